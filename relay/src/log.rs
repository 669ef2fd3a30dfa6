//! A room's ordered, durable log of events: append, read after, read before, wait for the head.
//!
//! This is all that the rest of the relay knows of storage. Behind it stand the database ([`sqlite`]),
//! its one [`writer`] and the newest events in memory ([`tail`]).
//!
//! Invariants:
//! - an event is committed to disk before its `seq` is known to anyone;
//! - `seq` is gapless from 1 within an epoch;
//! - the head moves only after the events up to it can be read.

mod tail;

mod reader;
mod sqlite;
mod writer;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use thiserror::Error;
use tokio::sync::{Semaphore, mpsc, oneshot, watch};

pub(crate) use sqlite::{Database, NewRoom, OpenError, StoredRoom};

use crate::wire::{Body, Event, Frame, Millis, Seq};
use reader::Reader;
use tail::Tail;
use writer::{Append, Command};

/// Why a log could not be written or read. Nothing was appended.
#[derive(Debug, Clone, Error)]
pub(crate) enum LogError {
    #[error("the relay is stopping")]
    Closed,
    #[error("the database failed: {0}")]
    Database(#[from] Arc<rusqlite::Error>),
    #[error("this id is another member's, for something else")]
    IdTaken,
    #[error("the database is damaged: event {expected} is missing")]
    Gap { expected: Seq },
}

impl From<rusqlite::Error> for LogError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(Arc::new(error))
    }
}

/// What is to be appended; its place and its time are the log's to give.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub(crate) member: String,
    pub(crate) nickname: String,
    pub(crate) id: Option<String>,
    pub(crate) body: Body,
}

/// Several events encoded as one frame, and where they end.
#[derive(Debug, Clone)]
pub(crate) struct Batch {
    pub(crate) frame: Frame,
    pub(crate) last: Seq,
}

/// One room's log. Cheap to clone; every clone is the same log.
#[derive(Clone)]
pub(crate) struct Log {
    shared: Arc<Shared>,
    writer: mpsc::Sender<Command>,
    reader: Reader,
    /// Bytes that may still join the writer's queue; shared by all rooms.
    memory: Arc<Semaphore>,
    memory_bytes: usize,
    batch_bytes: usize,
}

/// What the writer moves and everyone else watches.
struct Shared {
    /// The room's key in the database.
    room: i64,
    epoch: String,
    head: watch::Sender<Seq>,
    tail: Mutex<Tail>,
}

impl Shared {
    fn tail(&self) -> MutexGuard<'_, Tail> {
        self.tail.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Log {
    /// Which log this is.
    pub(crate) fn epoch(&self) -> &str {
        &self.shared.epoch
    }

    /// The last event's place, and a way to wait until it moves.
    pub(crate) fn head(&self) -> watch::Receiver<Seq> {
        self.shared.head.subscribe()
    }

    /// Hands an event to the writer, waiting while its queue is full. The receipt tells when it is on
    /// disk. A draft whose id is in the log already appends nothing and gets the first one's place, or
    /// [`LogError::IdTaken`] if that is somebody else's and says something else.
    pub(crate) async fn append(&self, draft: Draft) -> Result<Receipt, LogError> {
        let (settle, receipt) = oneshot::channel();
        let append = Append::new(self.shared.clone(), draft, settle);
        let share = u32::try_from(append.size().min(self.memory_bytes)).unwrap_or(u32::MAX);
        let share = self.memory.clone().acquire_many_owned(share).await.map_err(|_| LogError::Closed)?;
        self.writer.send(Command::Append(append.with_share(share))).await.map_err(|_| LogError::Closed)?;
        Ok(Receipt(receipt))
    }

    /// The next events after `cursor`, about [`batch_bytes`](crate::Limits::batch_bytes) of them, or
    /// `None` at the head. From memory where the tail reaches back that far.
    pub(crate) async fn after(&self, cursor: Seq) -> Result<Option<Batch>, LogError> {
        let head = *self.shared.head.borrow();
        if cursor >= head {
            return Ok(None);
        }
        if let Some(batch) = self.shared.tail().after(cursor, head, self.batch_bytes) {
            return Ok(Some(batch));
        }
        let (room, budget) = (self.shared.room, self.batch_bytes);
        self.reader.run(move |database| sqlite::after(database, room, cursor, head, budget)).await.map(Some)
    }

    /// Up to `limit` events before `seq`, in order; empty at the log's beginning.
    pub(crate) async fn before(&self, seq: Seq, limit: u32) -> Result<Vec<Event>, LogError> {
        let head = *self.shared.head.borrow();
        let end = seq.min(head + 1);
        let start = end.saturating_sub(u64::from(limit)).max(1);
        if start >= end {
            return Ok(Vec::new());
        }
        // Copied under the lock, which the writer needs too, and parsed outside it.
        let encoded = self.shared.tail().range(start, end);
        if let Some(events) = encoded.and_then(|encoded| serde_json::from_str(&encoded).ok()) {
            return Ok(events);
        }
        let room = self.shared.room;
        self.reader.run(move |database| sqlite::range(database, room, start, end)).await
    }
}

/// Tells when an appended event is on disk.
pub(crate) struct Receipt(oneshot::Receiver<Result<Seq, LogError>>);

impl Receipt {
    /// Its place in the log, once it is committed. Asked once. Cancel safe.
    pub(crate) async fn settled(&mut self) -> Result<Seq, LogError> {
        (&mut self.0).await.unwrap_or(Err(LogError::Closed))
    }

    /// The same, if it is known by now.
    pub(crate) fn settled_already(&mut self) -> Option<Result<Seq, LogError>> {
        match self.0.try_recv() {
            Ok(result) => Some(result),
            Err(oneshot::error::TryRecvError::Empty) => None,
            Err(oneshot::error::TryRecvError::Closed) => Some(Err(LogError::Closed)),
        }
    }
}

/// The host's clock.
pub(crate) fn now() -> Millis {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |since| u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests;
