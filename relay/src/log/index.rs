//! The index of words, which makes searching quick: a file of its own, filled behind the log by a thread of its own.
//!
//! Sending waits for none of it. What the index hasn't got yet a [search](super::find) reads from the log, so what is
//! found is complete at any time; and it shows nothing that it hasn't read in the log, so nothing that the index
//! says is believed. Damaged, lost or of another log, it is thrown away and made anew.
//!
//! It reads the log's events in order. A message is put in as it reads by now; an edit or a deletion has its message
//! put in anew, or taken out. So up to the place that it has reached everything is as the events up to there made it.

mod file;

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use rusqlite::{Connection, params};
use tokio::sync::watch;

use super::{
    LogError, Shared,
    health::Health,
    row::row,
    schema::{self, SELECT_ROOM, room_from},
    scrub::{Scrub, Step},
    sqlite::{SELECT_EVENT, time_of, verified},
    stored::Stored,
};
use crate::{
    search::{findable, fold},
    wire::{Body, Message, Seq},
};
pub(super) use file::reached;
use file::{Entry, Reached};

/// Events in one step at most, and about how many bytes of them: some milliseconds' work.
const STEP: u32 = 500;
const STEP_BYTES: usize = 512 * 1024;

/// While messages come, one waits this long for a quieter moment, but not longer than [`PATIENCE`].
const QUIET: Duration = Duration::from_millis(200);
const PATIENCE: Duration = Duration::from_secs(2);

/// While messages come, this many times as long as a step took is rested after it: a fiftieth of a core, which indexes
/// two thousand messages a second. A tenth took an eighth of what a busy room delivers.
const REST: u32 = 49;

/// After a failure, a full disk mostly, it is tried again after this long.
const AGAIN: Duration = Duration::from_secs(5);

/// When the relay stops, what was deleted is still taken out, for so long at most.
const LAST: Duration = Duration::from_secs(2);

/// After this long it is tried again to erase what somebody was reading.
const SOON: Duration = Duration::from_millis(5);

/// How far the index is with one room's log.
pub(super) struct Progress {
    /// Up to here all is in it. Moves after that can be read.
    reached: watch::Sender<Seq>,
    /// The newest edit or deletion: behind it the index says nothing wrong, before it it may.
    changed: watch::Sender<Seq>,
}

impl Progress {
    /// Of a log that ends at `head`, of which nothing is known.
    pub(super) fn unknown(head: Seq) -> Self {
        Self { reached: watch::Sender::new(0), changed: watch::Sender::new(head) }
    }

    /// Notes that a message reads otherwise since the event at `seq`.
    pub(super) fn change(&self, seq: Seq) {
        self.changed.send_replace(seq);
    }

    /// Waits until the index knows of all changes so far; whether it did within `patience`, and has anything.
    pub(super) async fn knows_all_changes(&self, patience: Duration) -> bool {
        let changed = *self.changed.borrow();
        let mut reached = self.reached.subscribe();
        let caught_up = reached.wait_for(|reached| *reached >= changed);
        tokio::time::timeout(patience, caught_up).await.is_ok_and(|reached| reached.is_ok_and(|reached| *reached > 0))
    }
}

#[cfg(test)]
impl Progress {
    /// Whether it gets to `seq` within a moment.
    pub(super) async fn gets_to(&self, seq: Seq) -> bool {
        let mut reached = self.reached.subscribe();
        let there = reached.wait_for(|reached| *reached >= seq);
        tokio::time::timeout(Duration::from_millis(100), there).await.is_ok()
    }

    /// As if the index had got to `seq` only.
    pub(super) fn pretend(&self, seq: Seq) {
        self.reached.send_replace(seq);
    }
}

/// What the thread is told. Cheap to clone; every clone is the same.
#[derive(Clone)]
pub(super) struct Index(Arc<Inner>);

struct Inner {
    directory: PathBuf,
    /// Something was committed since the thread last went to sleep.
    behind: AtomicBool,
    /// How many wait for it.
    hurry: AtomicUsize,
    /// Somebody found the file damaged.
    broken: AtomicBool,
    /// How often the file was made anew: whoever has it open has to open it again.
    made: AtomicUsize,
    /// Connections to read from the file as it was made last, that nobody uses now.
    readers: Mutex<Vec<Connection>>,
    told: Mutex<Told>,
    changed: Condvar,
}

/// A connection to read from the index, and which making of it that is.
pub(super) struct Lent {
    pub(super) connection: Connection,
    made: usize,
}

#[derive(Default)]
struct Told {
    rooms: Vec<Weak<Shared>>,
    stop: bool,
}

/// Somebody waits for the index; it makes no pauses until this is dropped.
pub(super) struct Hurry(Arc<Inner>);

impl Drop for Hurry {
    fn drop(&mut self) {
        self.0.hurry.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Index {
    /// Starts the thread over the log in `database`.
    pub(super) fn start(database: &Path, health: &Health) -> Result<(Self, JoinHandle<()>), LogError> {
        let index = Self(Arc::new(Inner {
            directory: database.parent().unwrap_or(database).to_owned(),
            behind: AtomicBool::new(false),
            hurry: AtomicUsize::new(0),
            broken: AtomicBool::new(false),
            made: AtomicUsize::new(0),
            readers: Mutex::default(),
            told: Mutex::default(),
            changed: Condvar::new(),
        }));
        let log = schema::open_to_read(database)?;
        let indexer = Indexer { told: index.0.clone(), log, health: health.clone(), tidy: false };
        let thread = thread::Builder::new().name("snug-search".into()).spawn(move || indexer.run())?;
        Ok((index, thread))
    }

    /// Follows a room's log from now on.
    pub(super) fn follow(&self, log: &Arc<Shared>) {
        self.0.told().rooms.push(Arc::downgrade(log));
        self.wake();
    }

    /// Says that a head has moved. While the thread is awake this is one atomic operation.
    pub(super) fn wake(&self) {
        if !self.0.behind.swap(true, Ordering::AcqRel) {
            let _told = self.0.told();
            self.0.changed.notify_all();
        }
    }

    /// Lets the thread make no pauses for as long as the guard is held.
    pub(super) fn hurry(&self) -> Hurry {
        self.0.hurry.fetch_add(1, Ordering::AcqRel);
        let _told = self.0.told();
        self.0.changed.notify_all();
        Hurry(self.0.clone())
    }

    /// Says that the file is damaged; it is made anew.
    pub(super) fn is_broken(&self) {
        self.0.broken.store(true, Ordering::Release);
        self.wake();
    }

    /// A connection to read from it; `None` where it can't be opened.
    pub(super) fn lend(&self) -> Option<Lent> {
        // Before it is opened: what is older than it says is closed too often, never too seldom.
        let made = self.0.made.load(Ordering::Acquire);
        let idle = self.0.readers().pop();
        let connection = idle.map_or_else(|| file::open_to_read(&self.0.directory), Ok);
        connection.ok().map(|connection| Lent { connection, made })
    }

    /// Takes it back.
    pub(super) fn take_back(&self, lent: Lent) {
        let mut readers = self.0.readers();
        if lent.made == self.0.made.load(Ordering::Acquire) && !self.0.stopped() {
            readers.push(lent.connection);
        }
    }

    /// Lets the thread end, once what was deleted is out of the index.
    pub(super) fn stop(&self) {
        self.0.told().stop = true;
        self.0.readers().clear();
        self.0.changed.notify_all();
    }
}

impl Inner {
    fn told(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn stopped(&self) -> bool {
        self.told().stop
    }

    fn readers(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.readers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Removes the file, and closes what has it open.
    fn discard(&self) -> std::io::Result<()> {
        let mut readers = self.readers();
        readers.clear();
        self.made.fetch_add(1, Ordering::AcqRel);
        file::discard(&self.directory)
    }

    /// Sleeps, unless it is stopped.
    fn pause(&self, pause: Duration) {
        let _poisoned = self.changed.wait_timeout_while(self.told(), pause, |told| !told.stop);
    }

    /// Sleeps, unless it is stopped or somebody hurries; whether neither happened.
    fn rest(&self, pause: Duration) -> bool {
        let awake = |told: &mut Told| !told.stop && self.hurry.load(Ordering::Acquire) == 0;
        let waited = self.changed.wait_timeout_while(self.told(), pause, awake);
        waited.is_ok_and(|(_, timeout)| timeout.timed_out())
    }

    /// Sleeps until something is to be done.
    fn wait(&self) {
        let idle = |told: &mut Told| !told.stop && !self.behind.load(Ordering::Acquire);
        let _poisoned = self.changed.wait_while(self.told(), idle);
    }

    fn rooms(&self) -> Vec<Arc<Shared>> {
        let mut told = self.told();
        told.rooms.retain(|room| room.strong_count() > 0);
        told.rooms.iter().filter_map(Weak::upgrade).collect()
    }
}

/// Why the index can't go on.
enum Trouble {
    /// It is damaged, or of another log.
    Useless(String),
    /// It can't be written just now.
    Failed(LogError),
    /// The log itself can't be read.
    Log(LogError),
}

impl From<rusqlite::Error> for Trouble {
    fn from(error: rusqlite::Error) -> Self {
        let error = LogError::from(error);
        if error.is_damage() { Self::Useless(error.to_string()) } else { Self::Failed(error) }
    }
}

struct Indexer {
    told: Arc<Inner>,
    log: Connection,
    health: Health,
    /// All that was deleted has left no traces, as far as this thread knows.
    tidy: bool,
}

impl Indexer {
    fn run(mut self) {
        let mut made: Option<Instant> = None;
        while !self.told.stopped() {
            match self.work() {
                Ok(()) => return,
                Err(Trouble::Log(error)) => {
                    self.health.note(&error);
                    if error.is_damage() {
                        tracing::warn!(%error, "searching goes on without an index");
                        return;
                    }
                }
                Err(Trouble::Failed(error)) => tracing::warn!(%error, "the index of words can't be written"),
                Err(Trouble::Useless(why)) => {
                    tracing::warn!(why, "the index of words is made anew");
                    for room in self.told.rooms() {
                        room.progress.reached.send_replace(0);
                    }
                    match self.told.discard() {
                        Ok(()) if made.is_none_or(|made| made.elapsed() > AGAIN) => {
                            made = Some(Instant::now());
                            continue;
                        }
                        Ok(()) => {}
                        // Where somebody still reads it, a system may not let it go.
                        Err(error) => tracing::warn!(%error, "the old one is still there"),
                    }
                }
            }
            self.told.pause(AGAIN);
        }
    }

    /// Follows the log until it is told to stop.
    fn work(&mut self) -> Result<(), Trouble> {
        let mut index = file::open(&self.told.directory)?;
        self.told.broken.store(false, Ordering::Release);
        self.check(&index)?;
        self.tidy = false;
        loop {
            // Before looking: what is committed after it is looked at again.
            self.told.behind.store(false, Ordering::Release);
            let stop = self.told.stopped();
            let until = stop.then(|| Instant::now() + LAST);
            self.catch_up(&mut index, until)?;
            self.erase(&mut index, until)?;
            if stop {
                return Ok(());
            }
            self.told.wait();
            if self.told.broken.load(Ordering::Acquire) {
                return Err(Trouble::Useless("it gave back something wrong".to_owned()));
            }
            self.settle();
        }
    }

    /// Whether what is in the index is of these logs, as far as they go.
    fn check(&self, index: &Connection) -> Result<(), Trouble> {
        let epochs = self.epochs().map_err(Trouble::Log)?;
        for Reached { key, epoch, seq, at } in file::all_reached(index)? {
            let known = epochs.iter().any(|(room, its)| *room == key && *its == epoch);
            if !known || time_of(&self.log, key, seq).map_err(Trouble::Log)? != Some(at) {
                return Err(Trouble::Useless("it is of another log".to_owned()));
            }
        }
        Ok(())
    }

    fn epochs(&self) -> Result<Vec<(i64, String)>, LogError> {
        let mut statement = self.log.prepare(SELECT_ROOM)?;
        let mut rows = statement.query([])?;
        let mut epochs = Vec::new();
        while let Some(row) = rows.next()? {
            let room = room_from(row)?;
            epochs.push((room.key, room.epoch));
        }
        Ok(epochs)
    }

    /// Waits for a moment in which nothing is said, for a while.
    fn settle(&self) {
        let heads = || self.told.rooms().iter().map(|room| room.head()).collect::<Vec<_>>();
        let (begun, mut before) = (Instant::now(), heads());
        while begun.elapsed() < PATIENCE && self.told.rest(QUIET) {
            let now = heads();
            if now == before {
                return;
            }
            before = now;
        }
    }

    /// Brings every room up to its head. When it is to end, at `until`, only what has changes waiting.
    fn catch_up(&mut self, index: &mut Connection, until: Option<Instant>) -> Result<(), Trouble> {
        for room in self.told.rooms() {
            let mut reached = file::reached(index, room.room, &room.epoch)?;
            room.progress.reached.send_replace(reached);
            let mut head = room.head();
            while reached < head {
                let begun = Instant::now();
                match until {
                    None if self.told.stopped() => break,
                    Some(until) if begun > until || reached >= *room.progress.changed.borrow() => break,
                    _ => {}
                }
                reached = self.step(index, &room, reached, head)?;
                room.progress.reached.send_replace(reached);
                let busy = room.head() != head;
                head = room.head();
                if busy && until.is_none() {
                    self.told.rest(begun.elapsed() * REST);
                }
            }
        }
        Ok(())
    }

    /// Takes some events after `reached`; up to where.
    fn step(&mut self, index: &mut Connection, room: &Shared, reached: Seq, head: Seq) -> Result<Seq, Trouble> {
        let read = self.read(room, reached, head).map_err(Trouble::Log)?;
        file::put(index, reached, &read.reached, &read.entries, read.erases)?;
        self.tidy &= !read.erases;
        Ok(file::reached(index, room.room, &room.epoch)?)
    }

    /// What some events after `reached` mean for the index.
    fn read(&self, room: &Shared, reached: Seq, head: Seq) -> Result<Read, LogError> {
        let key = room.room;
        let mut reached = Reached { key, epoch: room.epoch.clone(), seq: reached, at: 0 };
        let (mut entries, mut changed, mut bytes, mut erases) = (Vec::new(), Vec::new(), 0, false);
        let mut statement =
            self.log.prepare_cached(&format!("{SELECT_EVENT} key > ?1 AND key <= ?2 ORDER BY key LIMIT ?3"))?;
        let mut rows = statement.query(params![row(key, reached.seq), row(key, head), STEP])?;
        while let Some(row) = rows.next()? {
            let (seq, at, json) = verified(key, row)?;
            if seq != reached.seq + 1 {
                return Err(LogError::Gap { expected: reached.seq + 1 });
            }
            (reached.seq, reached.at) = (seq, at);
            bytes += json.len();
            let stored = Stored::read(json)?;
            match &*stored.body {
                Body::Message(message) => entries.push((seq, entry(message, &stored.nickname))),
                Body::Edited { of, .. } => changed.push(of.clone()),
                Body::Deleted { of } => {
                    erases = true;
                    changed.push(of.clone());
                }
                _ => {}
            }
            if bytes > STEP_BYTES {
                break;
            }
        }
        if reached.at == 0 {
            return Err(LogError::Gap { expected: reached.seq + 1 });
        }
        for id in changed {
            // Of a log that was saved from a damaged one, the message may be missing.
            if let Some((seq, entry)) = self.now(key, &id)?
                && seq <= reached.seq
            {
                entries.push((seq, entry));
            }
        }
        Ok(Read { entries, reached, erases })
    }

    /// How the message of that id reads by now.
    fn now(&self, room: i64, id: &str) -> Result<Option<(Seq, Entry)>, LogError> {
        let mut statement = self.log.prepare_cached(&format!("{SELECT_EVENT} room = ?1 AND id = ?2"))?;
        let mut rows = statement.query(params![room, id])?;
        let Some(row) = rows.next()? else { return Ok(None) };
        let (seq, _, json) = verified(room, row)?;
        let stored = Stored::read(json)?;
        Ok(Some(match &*stored.body {
            Body::Message(message) => (seq, entry(message, &stored.nickname)),
            _ => (seq, Entry::Gone),
        }))
    }

    /// Takes what was deleted off the disk, too.
    fn erase(&mut self, index: &mut Connection, until: Option<Instant>) -> Result<(), Trouble> {
        if self.tidy || !file::has_traces(index)? {
            self.tidy = true;
            return Ok(());
        }
        let mut scrub = Scrub::default();
        loop {
            match scrub.step(index)? {
                Step::Next(next) => scrub = next,
                Step::Busy => thread::sleep(SOON),
                Step::Done => break,
            }
            let late = until.map_or_else(|| self.told.stopped(), |until| Instant::now() > until);
            if late {
                return Ok(());
            }
        }
        file::has_no_traces(index)?;
        self.tidy = true;
        Ok(())
    }
}

/// What some events mean for the index.
struct Read {
    entries: Vec<(Seq, Entry)>,
    reached: Reached,
    erases: bool,
}

/// What the index is to know of a message that is there.
fn entry(message: &Message, nickname: &str) -> Entry {
    Entry::Reads { text: fold(&findable(message)), author: fold(nickname) }
}
