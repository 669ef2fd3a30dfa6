//! The one writer: a thread that commits whatever has queued, in one transaction.
//!
//! While a commit waits for the disk the next ones queue, and go together in the commit after it. So
//! an idle relay commits each message at once, and a busy one hundreds for the price of one.
//!
//! Those who are acknowledged together send their next together, but not at the same instant: committing
//! the first of them at once would make the others wait for a second commit. So right after a commit of
//! several, the writer waits for as many again, for a fraction of what that commit took.

use std::{
    borrow::Cow,
    collections::{HashMap, VecDeque},
    fs::File,
    sync::Arc,
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use rusqlite::{Connection, Transaction, TransactionBehavior, params};
use serde::{Deserialize, Serialize};
use tokio::sync::{OwnedSemaphorePermit, mpsc};

use super::{
    Draft, LogError, Shared,
    health::Health,
    now,
    receipts::{self, Receipts, Unsettled},
    schema::event_sum,
    sqlite::{SELECT_EVENT, verified},
    tail::Filling,
};
use crate::{
    config::Limits,
    wire::{Body, Millis, Seq},
};

/// Appends in one transaction at most: past this, larger ones are no cheaper and only delay the
/// first in line.
const BATCH: usize = 4096;

/// And about so many bytes: a transaction of long messages keeps the short ones behind it waiting.
const BATCH_BYTES: usize = 4 * 1024 * 1024;

/// What may be waited for others, as a part of what the last commit took: less than what it saves, which
/// is a commit.
const PATIENCE: u32 = 4;

/// And no more than this, whatever a disk that stood still took.
const MOST: Duration = Duration::from_millis(10);

/// How often to look whether they are there. In between the writer isn't woken for each of them.
const LOOK: Duration = Duration::from_micros(50);

/// What the writer is asked for.
pub(super) enum Command {
    Append(Append),
    /// Anything else that writes, in a transaction of its own.
    Write(Box<dyn FnOnce(&mut Connection) + Send>),
    Stop,
}

/// One event on its way to disk, encoded by its sender's task, so that the one writer doesn't have to.
pub(super) struct Append {
    log: Arc<Shared>,
    /// The event as it is sent, but for its place and time.
    json: String,
    receipt: Unsettled,
    /// Its share of the memory that may wait for the disk, given back with it.
    _share: Option<OwnedSemaphorePermit>,
}

impl Append {
    pub(super) fn new(log: Arc<Shared>, draft: Draft<'_>, receipts: &Receipts) -> Self {
        let Draft { member, nickname, id, body } = draft;
        let id_too = id.as_deref().map(Cow::Borrowed);
        let stored = Stored { member: member.into(), nickname: nickname.into(), id: id_too, body: Cow::Borrowed(body) };
        let json = serde_json::to_string(&stored).expect("text and tagged enums are JSON");
        Self { log, json, receipt: receipts.expect(id), _share: None }
    }

    /// About how much memory it takes.
    pub(super) fn size(&self) -> usize {
        self.json.len()
    }

    pub(super) fn with_share(mut self, share: OwnedSemaphorePermit) -> Self {
        self._share = Some(share);
        self
    }
}

/// An [`Event`](crate::wire::Event) without the place and the time that it doesn't have yet.
#[derive(Serialize, Deserialize)]
struct Stored<'a> {
    member: Cow<'a, str>,
    nickname: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Cow<'a, str>>,
    body: Cow<'a, Body>,
}

/// Where an append ended up within a transaction that isn't committed yet.
enum Placed {
    New {
        seq: Seq,
        at: Millis,
    },
    /// It is in the log already.
    Again {
        seq: Seq,
    },
    /// Its id is in the log, for something else that somebody else said.
    Taken,
}

impl Placed {
    fn settled(&self) -> Result<receipts::Placed, LogError> {
        match *self {
            Self::New { seq, .. } => Ok(receipts::Placed::New(seq)),
            Self::Again { seq } => Ok(receipts::Placed::Again(seq)),
            Self::Taken => Err(LogError::IdTaken),
        }
    }
}

/// Starts the writer on its thread. It ends after [`Command::Stop`], or with its last sender, and only
/// then lets go of `lock`: no other writer may begin while this one still has something to commit.
pub(super) fn start(
    connection: Connection,
    lock: File,
    limits: &Limits,
    health: Health,
) -> std::io::Result<(mpsc::Sender<Command>, JoinHandle<()>)> {
    let (sender, receiver) = mpsc::channel(limits.queue);
    let writer = Writer {
        connection,
        health,
        batch: Vec::new(),
        kept: VecDeque::new(),
        kept_bytes: 0,
        tail_bytes: limits.tail_bytes,
        frame_bytes: limits.batch_bytes,
        last: None,
    };
    let thread = thread::Builder::new().name("snug-log".into()).spawn(move || {
        writer.run(receiver);
        drop(lock);
    })?;
    Ok((sender, thread))
}

struct Writer {
    connection: Connection,
    health: Health,
    batch: Vec<Append>,
    /// Which rooms' tails hold what is in memory, and how much of it, in the order it was committed.
    kept: VecDeque<(Arc<Shared>, usize)>,
    kept_bytes: usize,
    /// How much may be kept of all rooms together.
    tail_bytes: usize,
    /// About how large a frame of events gets.
    frame_bytes: usize,
    last: Option<Commit>,
}

/// How the last commit went.
struct Commit {
    appends: usize,
    took: Duration,
    ended: Instant,
}

impl Commit {
    /// How long to wait for as many again, if they are still to be expected.
    fn patience(&self) -> Option<Duration> {
        (self.appends > 1 && self.ended.elapsed() < self.took).then(|| (self.took / PATIENCE).min(MOST))
    }
}

impl Writer {
    fn run(mut self, mut commands: mpsc::Receiver<Command>) {
        while let Some(first) = commands.blocking_recv() {
            let usual = self.last.as_ref().and_then(|last| Some((last.appends, Instant::now() + last.patience()?)));
            let (mut next, mut bytes) = (Some(first), 0);
            loop {
                match next.take().or_else(|| commands.try_recv().ok()) {
                    Some(Command::Append(append)) => {
                        bytes += append.size();
                        self.batch.push(append);
                        if self.batch.len() >= BATCH || bytes >= BATCH_BYTES {
                            break;
                        }
                    }
                    Some(Command::Write(write)) => {
                        self.commit();
                        write(&mut self.connection);
                    }
                    Some(Command::Stop) => {
                        self.commit();
                        return;
                    }
                    None if usual
                        .is_some_and(|(appends, until)| self.batch.len() < appends && Instant::now() < until) =>
                    {
                        thread::sleep(LOOK);
                    }
                    None => break,
                }
            }
            self.commit();
        }
    }

    /// Commits the batch and settles each append in it; leaves the batch empty.
    fn commit(&mut self) {
        if self.batch.is_empty() {
            return;
        }
        let (appends, begun) = (self.batch.len(), Instant::now());
        match self.health.check().and_then(|()| place(&mut self.connection, &self.batch)) {
            Ok(placed) => self.publish(placed),
            Err(error) => {
                tracing::error!(%error, appends = self.batch.len(), "a commit failed, nothing of it was kept");
                self.health.note(&error);
                for append in self.batch.drain(..) {
                    append.receipt.settle(Err(error.clone()));
                }
            }
        }
        self.last = Some(Commit { appends, took: begun.elapsed(), ended: Instant::now() });
    }

    /// Shows what was committed: first the events, then each sender's receipt, and the heads, at which
    /// everybody looks, only after them.
    fn publish(&mut self, placed: Vec<Placed>) {
        let mut filling: HashMap<i64, (Arc<Shared>, Filling)> = HashMap::new();
        let mut moved: HashMap<i64, (Arc<Shared>, Seq)> = HashMap::new();
        for (append, place) in self.batch.iter().zip(&placed) {
            let Placed::New { seq, at } = *place else { continue };
            let room = append.log.room;
            let full = |(_, chunk): &mut (_, Filling)| chunk.len() + append.json.len() > self.frame_bytes;
            if filling.get_mut(&room).is_some_and(full)
                && let Some((log, chunk)) = filling.remove(&room)
            {
                keep(&mut self.kept, &mut self.kept_bytes, log, chunk);
            }
            let (_, chunk) = filling.entry(room).or_insert_with(|| (append.log.clone(), Filling::new(seq)));
            chunk.push(at, &append.json);
            moved.insert(room, (append.log.clone(), seq));
        }
        for (log, chunk) in filling.into_values() {
            keep(&mut self.kept, &mut self.kept_bytes, log, chunk);
        }
        while self.kept_bytes > self.tail_bytes
            && let Some((log, size)) = self.kept.pop_front()
        {
            log.tail().drop_oldest();
            self.kept_bytes -= size;
        }
        for (append, place) in self.batch.drain(..).zip(placed) {
            append.receipt.settle(place.settled());
        }
        for (log, seq) in moved.into_values() {
            log.head.send_replace(seq);
        }
    }
}

fn keep(kept: &mut VecDeque<(Arc<Shared>, usize)>, bytes: &mut usize, log: Arc<Shared>, chunk: Filling) {
    let chunk = chunk.finish();
    *bytes += chunk.size();
    kept.push_back((log.clone(), chunk.size()));
    log.tail().push(chunk);
}

/// Gives each append its place and makes all of them durable.
fn place(connection: &mut Connection, batch: &[Append]) -> Result<Vec<Placed>, LogError> {
    let at = now();
    let mut heads: HashMap<i64, Seq> = HashMap::new();
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let placed = {
        let mut insert = transaction.prepare_cached(
            "INSERT INTO event (room, seq, at, id, json, sum) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (room, id) WHERE id IS NOT NULL DO NOTHING",
        )?;
        let place = |append: &Append| {
            let room = append.log.room;
            let head = heads.entry(room).or_insert_with(|| append.log.head());
            let seq = *head + 1;
            let sum = event_sum(room, seq, at, &append.json);
            if insert.execute(params![room, seq, at, append.receipt.id(), append.json, sum])? == 0 {
                return find(&transaction, append);
            }
            *head = seq;
            Ok(Placed::New { seq, at })
        };
        batch.iter().map(place).collect::<Result<_, LogError>>()?
    };
    transaction.commit()?;
    Ok(placed)
}

/// Where the event is that has the id of this append already.
fn find(transaction: &Transaction<'_>, append: &Append) -> Result<Placed, LogError> {
    let mut first = transaction.prepare_cached(&format!("{SELECT_EVENT} AND id = ?2"))?;
    let mut rows = first.query(params![append.log.room, append.receipt.id()])?;
    let row = rows.next()?.ok_or_else(|| LogError::Damaged("an id is known but its event isn't there".into()))?;
    let (seq, _, json) = verified(append.log.room, row)?;
    // Sent again, by the same member or by one who lost the token to be the same with: same place.
    // But whoever picks another's id for other words must not believe that these were kept.
    let same = match (serde_json::from_str::<Stored>(json), serde_json::from_str::<Stored>(&append.json)) {
        (Ok(first), Ok(again)) => first.member == again.member || first.body == again.body,
        _ => false,
    };
    Ok(if same { Placed::Again { seq } } else { Placed::Taken })
}

/// The id in an event as it is stored.
pub(super) fn id_of(json: &str) -> Option<String> {
    serde_json::from_str::<Stored>(json).ok()?.id.map(Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_right_after_a_commit_of_several_is_there_anyone_to_wait_for() {
        let took = Duration::from_millis(20);
        let patience = |appends, ended: Option<Instant>| {
            Commit { appends, took, ended: ended.expect("the machine has been up for a while") }.patience()
        };
        let now = Instant::now();
        let long = Commit { appends: 2, took: Duration::from_secs(60), ended: now };
        assert_eq!(patience(2, Some(now)), Some(took / 4));
        assert_eq!(long.patience(), Some(MOST));
        assert_eq!(patience(1, Some(now)), None, "one alone sends its next when it is told of this one");
        assert_eq!(patience(500, now.checked_sub(took)), None, "an idle relay commits at once");
    }
}
