//! Searching a room's log: by the index as far as that goes, and by reading the rest. Newest first, a bounded piece
//! of work at a time, on connections of its own: whoever reads live waits for none of it.

use std::{
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use rusqlite::{Connection, params};
use tokio::sync::Semaphore;

use super::{
    LogError, Shared,
    event::{SELECT_EVENT, verified},
    health::Health,
    index::{self, Index},
    row, schema,
    stored::Stored,
};
use crate::{
    search::{Query, excerpt, findable, fold},
    wire::{Body, Hit, Seq},
};

/// Searches at one time, of all rooms together: they take a core each.
const CONNECTIONS: usize = 2;

/// How long to wait for the index to know of the newest changes.
const PATIENCE: Duration = Duration::from_millis(300);

/// Events read from the log at one time. Between these the WAL can be started anew.
const ROWS: u64 = 500;

/// Places of the index looked at in one go, where it has to compare all texts in them, and where it needn't.
const TEXTS: u64 = 4_000;
const PLACES: u64 = 100_000;

/// What is searched for, and how far to go for it now.
pub(crate) struct Search {
    pub(crate) query: Query,
    /// Only before this place.
    pub(crate) before: Seq,
    /// How many messages at most.
    pub(crate) hits: usize,
    /// About how long it may take.
    pub(crate) work: Duration,
}

/// What was found.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Newest first.
    pub(crate) hits: Vec<Hit>,
    /// Before here nothing was looked at yet; `None` when that is all there is.
    pub(crate) next: Option<Seq>,
}

/// A few connections to the log and its index. Clones share them.
#[derive(Clone)]
pub(super) struct Finder(Arc<Pool>);

struct Pool {
    database: PathBuf,
    index: Index,
    health: Health,
    turns: Arc<Semaphore>,
    /// Connections to the log.
    idle: Mutex<Vec<Connection>>,
}

impl Finder {
    pub(super) fn new(database: PathBuf, index: Index, health: Health) -> Self {
        Self(Arc::new(Pool {
            database,
            index,
            health,
            turns: Arc::new(Semaphore::new(CONNECTIONS)),
            idle: Mutex::default(),
        }))
    }

    /// Refuses every search from now on and closes the connections.
    pub(super) fn close(&self) {
        self.0.turns.close();
        self.0.idle().clear();
    }

    /// Searches a log. `given_up` is asked now and then.
    pub(super) async fn find(
        &self,
        room: Arc<Shared>,
        search: Search,
        given_up: Arc<AtomicBool>,
    ) -> Result<Found, LogError> {
        // If it doesn't come to know of them in time it is not asked at all.
        let usable = {
            let _hurry = self.0.index.hurry();
            room.progress.knows_all_changes(PATIENCE).await
        };
        let turn = self.0.turns.clone().acquire_owned().await.map_err(|_| LogError::Closed)?;
        let pool = self.0.clone();
        tokio::task::spawn_blocking(move || {
            // Until it has ended, which whoever gave it up doesn't wait for.
            let _turn = turn;
            let log = pool.take()?;
            let index = if usable { pool.index.lend() } else { None };
            let finding = Finding::new(&pool, &room, &search, &given_up);
            let found = finding.run(&log, index.as_ref().map(|lent| &lent.connection));
            if let Some(lent) = index {
                pool.index.take_back(lent);
            }
            if !pool.turns.is_closed() {
                pool.idle().push(log);
            }
            found.inspect_err(|error| pool.health.note(error))
        })
        .await
        .map_err(|_| LogError::Closed)?
    }
}

impl Pool {
    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self) -> rusqlite::Result<Connection> {
        let idle = self.idle().pop();
        idle.map_or_else(|| schema::open_to_read(&self.database), Ok)
    }
}

/// One search under way.
struct Finding<'a> {
    pool: &'a Pool,
    room: &'a Shared,
    search: &'a Search,
    given_up: &'a AtomicBool,
    until: Instant,
    /// Where it began.
    start: Seq,
    /// Before here nothing was looked at yet.
    end: Seq,
    hits: Vec<Hit>,
}

impl<'a> Finding<'a> {
    fn new(pool: &'a Pool, room: &'a Shared, search: &'a Search, given_up: &'a AtomicBool) -> Self {
        let (until, end) = (Instant::now() + search.work, search.before.min(room.head() + 1).max(1));
        Self { pool, room, search, given_up, until, start: end, end, hits: Vec::new() }
    }

    fn run(mut self, log: &Connection, index: Option<&Connection>) -> Result<Found, LogError> {
        let indexed = index.map_or(0, |index| {
            let reached = index::reached(index, self.room.room, &self.room.epoch);
            reached.unwrap_or_else(|error| self.without_index(error))
        });
        self.read(log, indexed)?;
        if let Some(index) = index
            && self.end <= indexed + 1
            && let Err(error) = self.look_up(log, index)?
        {
            let from = self.without_index(error);
            self.read(log, from)?;
        }
        let next = (self.end > 1).then_some(self.end);
        Ok(Found { hits: self.hits, next })
    }

    /// The index is of no use: everything is read from the log, down to here.
    fn without_index(&self, error: rusqlite::Error) -> Seq {
        let error = LogError::from(error);
        tracing::warn!(%error, "the index of words can't be read");
        if error.is_damage() {
            self.pool.index.is_broken();
        }
        0
    }

    /// Whether it has to end here, for now or for good. However little time there is, it gets on a little.
    fn asked_enough(&self) -> bool {
        self.end <= 1
            || self.hits.len() >= self.search.hits
            || (self.end < self.start && Instant::now() >= self.until)
            || self.given_up.load(Ordering::Relaxed)
    }

    /// Reads the log backwards down to `from`.
    fn read(&mut self, log: &Connection, from: Seq) -> Result<(), LogError> {
        let mut statement =
            log.prepare_cached(&format!("{SELECT_EVENT} key < ?1 AND key > ?2 ORDER BY key DESC LIMIT ?3"))?;
        while self.end > from + 1 && !self.asked_enough() {
            let (room, end) = (self.room.room, self.end);
            let mut rows = statement.query(params![row::row(room, end), row::row(room, from), ROWS])?;
            while let Some(row) = rows.next()? {
                let (seq, at, json) = verified(room, row)?;
                if seq + 1 != self.end {
                    return Err(LogError::Gap { expected: self.end - 1 });
                }
                self.end = seq;
                self.hits.extend(self.hit(seq, at, Stored::read(json)?));
                if self.hits.len() >= self.search.hits {
                    break;
                }
            }
            if self.end == end {
                return Err(LogError::Gap { expected: end - 1 });
            }
        }
        Ok(())
    }

    /// Asks the index. The outer error is the log's, the inner one the index's.
    fn look_up(&mut self, log: &Connection, index: &Connection) -> Result<rusqlite::Result<()>, LogError> {
        let trigrams = self.search.query.trigrams();
        let span = if trigrams.is_some() { PLACES } else { TEXTS };
        while !self.asked_enough() {
            let from = self.end.saturating_sub(span).max(1);
            let (rows, down_to) = match self.rows(index, trigrams.as_deref(), from) {
                Ok(rows) => rows,
                Err(error) => return Ok(Err(error)),
            };
            for seq in rows {
                self.end = seq;
                self.hits.extend(self.message(log, seq)?);
                if self.hits.len() >= self.search.hits {
                    return Ok(Ok(()));
                }
            }
            self.end = down_to;
        }
        Ok(Ok(()))
    }

    /// The places from `from` up to the end of messages that fit by what the index knows, newest first, and down
    /// to where it has looked.
    fn rows(&self, index: &Connection, trigrams: Option<&str>, from: Seq) -> rusqlite::Result<(Vec<Seq>, Seq)> {
        let room = self.room.room;
        let narrowed = if trigrams.is_some() { "message MATCH ?3" } else { "?3 IS NULL" };
        let sql = format!(
            "SELECT rowid, text, author FROM message
             WHERE {narrowed} AND rowid >= ?1 AND rowid < ?2 ORDER BY rowid DESC"
        );
        let mut statement = index.prepare_cached(&sql)?;
        let mut rows = statement.query(params![row::row(room, from), row::row(room, self.end), trigrams])?;
        let (mut found, mut looked_at) = (Vec::new(), 0_u64);
        while let Some(row) = rows.next()? {
            let (_, seq) = row::place(row.get(0)?);
            let (text, author) = (row.get_ref(1)?.as_str()?, row.get_ref(2)?.as_str()?);
            if self.search.query.fits(text, author) {
                found.push(seq);
            }
            looked_at += 1;
            if found.len() >= self.search.hits || (looked_at.is_multiple_of(ROWS) && self.asked_enough()) {
                return Ok((found, seq));
            }
        }
        Ok((found, from))
    }

    /// The message at a place, if it is what is searched for by now.
    fn message(&self, log: &Connection, seq: Seq) -> Result<Option<Hit>, LogError> {
        let room = self.room.room;
        let mut statement = log.prepare_cached(&format!("{SELECT_EVENT} key = ?1"))?;
        let mut rows = statement.query([row::row(room, seq)])?;
        let Some(row) = rows.next()? else { return Err(LogError::Gap { expected: seq }) };
        let (seq, at, json) = verified(room, row)?;
        Ok(self.hit(seq, at, Stored::read(json)?))
    }

    fn hit(&self, seq: Seq, at: u64, stored: Stored<'_>) -> Option<Hit> {
        let Body::Message(message) = &*stored.body else { return None };
        let query = &self.search.query;
        let text = findable(message);
        if !query.fits(&fold(&text), &fold(&stored.nickname)) {
            return None;
        }
        let excerpt = excerpt(&text, query);
        let (id, member, nickname) = (stored.id.into(), stored.member.into(), stored.nickname.into());
        Some(Hit { seq, at, id, member, nickname, excerpt })
    }
}
