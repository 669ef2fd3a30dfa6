//! The one writer: a thread that commits whatever has queued, in one transaction.
//!
//! While a commit waits for the disk the next ones queue, and go together in the commit after it. So
//! an idle relay commits each message at once, and a busy one hundreds for the price of one.

use std::{
    collections::HashMap,
    fs::File,
    sync::Arc,
    thread::{self, JoinHandle},
};

use rusqlite::{Connection, Transaction, TransactionBehavior, params};
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};

use super::{Draft, LogError, Shared, now};
use crate::wire::{Millis, Seq};

/// Appends in one transaction at most: past this, larger ones are no cheaper and only delay the
/// first in line.
const BATCH: usize = 4096;

/// And about so many bytes: a transaction of long messages keeps the short ones behind it waiting.
const BATCH_BYTES: usize = 4 * 1024 * 1024;

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
    member: String,
    nickname: String,
    id: Option<String>,
    /// The event as it is sent, but for its place and time.
    rest: String,
    /// Where in `rest` the body begins; only a brace follows it.
    body_at: usize,
    settle: oneshot::Sender<Result<Seq, LogError>>,
    /// Its share of the memory that may wait for the disk, given back with it.
    _share: Option<OwnedSemaphorePermit>,
}

impl Append {
    pub(super) fn new(log: Arc<Shared>, draft: Draft, settle: oneshot::Sender<Result<Seq, LogError>>) -> Self {
        let Draft { member, nickname, id, body } = draft;
        let mut rest = format!(r#""member":{},"nickname":{}"#, encode(&member), encode(&nickname));
        if let Some(id) = &id {
            rest.push_str(r#","id":"#);
            rest.push_str(&encode(id));
        }
        rest.push_str(r#","body":"#);
        let body_at = rest.len();
        rest.push_str(&encode(&body));
        rest.push('}');
        Self { log, member, nickname, id, rest, body_at, settle, _share: None }
    }

    /// About how much memory it takes.
    pub(super) fn size(&self) -> usize {
        self.rest.len()
    }

    pub(super) fn with_share(mut self, share: OwnedSemaphorePermit) -> Self {
        self._share = Some(share);
        self
    }

    fn body(&self) -> &str {
        &self.rest[self.body_at..self.rest.len() - 1]
    }
}

fn encode(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("text and tagged enums are JSON")
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
    fn settled(&self) -> Result<Seq, LogError> {
        match self {
            Self::New { seq, .. } | Self::Again { seq } => Ok(*seq),
            Self::Taken => Err(LogError::IdTaken),
        }
    }
}

/// Starts the writer on its thread. It ends after [`Command::Stop`], or with its last sender, and only
/// then lets go of `lock`: no other writer may begin while this one still has something to commit.
pub(super) fn start(
    connection: Connection,
    lock: File,
    queue: usize,
) -> std::io::Result<(mpsc::Sender<Command>, JoinHandle<()>)> {
    let (sender, receiver) = mpsc::channel(queue);
    let thread = thread::Builder::new().name("snug-log".into()).spawn(move || {
        run(connection, receiver);
        drop(lock);
    })?;
    Ok((sender, thread))
}

fn run(mut connection: Connection, mut commands: mpsc::Receiver<Command>) {
    let mut batch = Vec::new();
    let mut bytes = 0;
    while let Some(first) = commands.blocking_recv() {
        let mut next = Some(first);
        while let Some(command) = next.take() {
            match command {
                Command::Append(append) => {
                    bytes += append.size();
                    batch.push(append);
                    if batch.len() < BATCH && bytes < BATCH_BYTES {
                        next = commands.try_recv().ok();
                    }
                }
                Command::Write(write) => {
                    commit(&mut connection, &mut batch);
                    write(&mut connection);
                }
                Command::Stop => {
                    commit(&mut connection, &mut batch);
                    return;
                }
            }
        }
        commit(&mut connection, &mut batch);
        bytes = 0;
    }
}

/// Commits a batch and settles each append in it; leaves the batch empty.
fn commit(connection: &mut Connection, batch: &mut Vec<Append>) {
    if batch.is_empty() {
        return;
    }
    match place(connection, batch) {
        Ok(placed) => publish(batch, placed),
        Err(error) => {
            tracing::error!(%error, appends = batch.len(), "a commit failed, nothing of it was kept");
            let error = LogError::from(error);
            for append in batch.drain(..) {
                let _gone = append.settle.send(Err(error.clone()));
            }
        }
    }
}

/// Gives each append its place and makes all of them durable.
fn place(connection: &mut Connection, batch: &[Append]) -> rusqlite::Result<Vec<Placed>> {
    let at = now();
    let mut heads: HashMap<i64, Seq> = HashMap::new();
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let placed = batch
        .iter()
        .map(|append| {
            let head = heads.entry(append.log.room).or_insert_with(|| *append.log.head.borrow());
            insert(&transaction, append, head, at)
        })
        .collect::<rusqlite::Result<_>>()?;
    transaction.commit()?;
    Ok(placed)
}

fn insert(transaction: &Transaction<'_>, append: &Append, head: &mut Seq, at: Millis) -> rusqlite::Result<Placed> {
    let (room, seq) = (append.log.room, *head + 1);
    let inserted = transaction
        .prepare_cached(
            "INSERT INTO event (room, seq, at, member, nickname, id, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (room, id) WHERE id IS NOT NULL DO NOTHING",
        )?
        .execute(params![room, seq, at, append.member, append.nickname, append.id, append.body()])?;
    if inserted == 1 {
        *head = seq;
        return Ok(Placed::New { seq, at });
    }
    // Sent again, by the same member or by one who lost the token to be the same with: same place. But
    // whoever picks another's id for other words must not believe that these were kept.
    transaction
        .prepare_cached("SELECT seq, member = ?3 OR body = ?4 FROM event WHERE room = ?1 AND id = ?2")?
        .query_row(params![room, append.id, append.member, append.body()], |row| {
            let (seq, same): (Seq, bool) = (row.get(0)?, row.get(1)?);
            Ok(if same { Placed::Again { seq } } else { Placed::Taken })
        })
}

/// Shows what was committed: first the events, then the heads, then each sender's receipt.
fn publish(batch: &mut Vec<Append>, placed: Vec<Placed>) {
    let mut moved: HashMap<i64, (Arc<Shared>, Seq)> = HashMap::new();
    let mut encoded = String::new();
    for (append, place) in batch.iter().zip(&placed) {
        if let Placed::New { seq, at } = place {
            encoded.clear();
            encoded.push_str(&format!(r#"{{"seq":{seq},"at":{at},"#));
            encoded.push_str(&append.rest);
            append.log.tail().push(&encoded);
            moved.insert(append.log.room, (append.log.clone(), *seq));
        }
    }
    for (log, seq) in moved.into_values() {
        log.head.send_replace(seq);
    }
    for (append, place) in batch.drain(..).zip(placed) {
        // The sender's socket may be gone; the event is in the log all the same.
        let _gone = append.settle.send(place.settled());
    }
}
