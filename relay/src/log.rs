//! A room's ordered, durable log of events: append and be told, read after, read before, wait for the head.
//!
//! This is all that the rest of the relay knows of storage. Behind it stand the database ([`database`]),
//! its one [`writer`] and the newest events in memory ([`tail`]). Beside it, [`index`] makes searching quick. What is done about a disk that gives
//! back something else than was written begins in [`open`](open::open) and [`health`].
//!
//! Invariants:
//! - an event is committed to disk before its `seq` is known to anyone;
//! - `seq` is gapless from 1 within an epoch;
//! - an event keeps its place, its time, its author and its id; what a message says may change, by an event;
//! - the head moves only after the events up to it can be read.

mod tail;

mod database;

mod change;
mod event;
mod files;
mod find;
mod fold;
mod index;
mod kept;
mod place;
mod reader;
mod receipts;
mod row;
mod scrub;
mod stored;
mod writer;

mod link;
mod member;
mod register;
mod room;
mod writes;

mod aside;
mod check;
mod checking;
mod file;
mod health;
mod in_place;
mod open;
mod paced;
mod salvage;
mod schema;

use std::{
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError, atomic::AtomicBool},
};

use thiserror::Error;
use tokio::sync::watch;

pub use aside::SetAside;
pub(crate) use database::Database;
pub(crate) use files::Content;
pub(crate) use find::{Found, Search};
pub(crate) use link::StoredLink;
pub(crate) use member::StoredMember;
pub(crate) use open::OpenError;
pub(crate) use receipts::{Receipts, Refused};
pub(crate) use register::{Changes, Decided, Register};
pub(crate) use room::{NewRoom, StoredRoom, rooms_in};
pub(crate) use row::LAST_ROOM;

use crate::{
    files::{ContentHash, Taken},
    wire::{self, Body, Frame, Millis, Seq},
};
use find::Finder;
use health::Health;
use index::Progress;
use reader::Reader;
use tail::Tail;
use writer::{Append, Closed, Command, Queue};

/// Why a log could not be written or read. Nothing was appended.
#[derive(Debug, Clone, Error)]
pub(crate) enum LogError {
    #[error("the relay is stopping")]
    Closed,
    #[error("the disk is full")]
    DiskFull,
    #[error("the database failed: {0}")]
    Database(Arc<rusqlite::Error>),
    #[error("{0}")]
    Io(Arc<io::Error>),
    /// By somebody, while it is open. What was committed would be found by nobody.
    #[error("the database was removed or moved")]
    Misplaced,
    #[error("this id is another member's, for something else")]
    IdTaken,
    #[error("there is nothing in the message")]
    Empty,
    #[error("there is no such message")]
    NoSuchMessage,
    #[error("the message is another member's")]
    NotYours,
    #[error("the message has as many reactions as one can have")]
    TooManyReactions,
    #[error("event {expected} is missing")]
    Gap { expected: Seq },
    #[error("event {seq} is not what was written")]
    Altered { seq: Seq },
    #[error("{0}")]
    Damaged(Arc<str>),
    /// Somebody found damage before.
    #[error("the database is damaged")]
    Distrusted,
}

impl LogError {
    /// Whether it is the sender's own doing, and nobody else's matter.
    fn is_refusal(&self) -> bool {
        matches!(self, Self::IdTaken | Self::Empty | Self::NoSuchMessage | Self::NotYours | Self::TooManyReactions)
    }

    /// Whether the disk gave back something else than what was written.
    fn is_damage(&self) -> bool {
        matches!(self, Self::Gap { .. } | Self::Altered { .. } | Self::Damaged(_))
    }
}

impl From<rusqlite::Error> for LogError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::{Error, ErrorCode, ffi};
        match &error {
            Error::SqliteFailure(failure, _) => match failure.code {
                ErrorCode::DiskFull => Self::DiskFull,
                // The file that connections share needs room too, and says this when there is none.
                ErrorCode::SystemIoFailure if failure.extended_code == ffi::SQLITE_IOERR_SHMSIZE => Self::DiskFull,
                // The last three: no statement of ours would, if what it met were what was written.
                ErrorCode::DatabaseCorrupt
                | ErrorCode::NotADatabase
                | ErrorCode::ConstraintViolation
                | ErrorCode::TooBig
                | ErrorCode::Unknown => Self::Damaged(error.to_string().into()),
                _ => Self::Database(error.into()),
            },
            // Values of another kind than the schema's, or tables that aren't there.
            Error::FromSqlConversionFailure(..)
            | Error::IntegralValueOutOfRange(..)
            | Error::InvalidColumnType(..)
            | Error::Utf8Error(..)
            | Error::QueryReturnedNoRows
            | Error::SqlInputError { .. } => Self::Damaged(error.to_string().into()),
            _ => Self::Database(error.into()),
        }
    }
}

impl From<Closed> for LogError {
    fn from(Closed: Closed) -> Self {
        Self::Closed
    }
}

impl From<io::Error> for LogError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull,
            _ => Self::Io(error.into()),
        }
    }
}

/// What is to be appended; its place and its time are the log's to give.
pub(crate) struct Draft<'a> {
    pub(crate) member: &'a str,
    pub(crate) nickname: &'a str,
    /// Whether the member may delete what others said.
    pub(crate) host: bool,
    pub(crate) id: String,
    pub(crate) body: &'a Body,
    /// The uploads it takes with it.
    pub(crate) taken: Option<Taken>,
    /// What is decided with it.
    pub(crate) decided: Option<Decided>,
}

/// Several events encoded as one frame, and where they end.
#[derive(Debug, Clone)]
pub(crate) struct Batch {
    pub(crate) frame: Frame,
    pub(crate) last: Seq,
}

/// Events in a row, encoded and joined by commas.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Page {
    pub(crate) events: String,
    /// The place of the last one; where the page was to begin when there is none.
    pub(crate) last: Seq,
}

impl Page {
    /// An empty one that goes on after `cursor`.
    fn after(cursor: Seq) -> Self {
        Self { events: String::new(), last: cursor }
    }

    /// Adds the next event if it fits `budget`, or if it is the first; whether it did.
    fn push(&mut self, event: &str, budget: usize) -> bool {
        if !self.events.is_empty() {
            if self.events.len() + event.len() >= budget {
                return false;
            }
            self.events.push(',');
        }
        self.events.push_str(event);
        self.last += 1;
        true
    }
}

/// One room's log. Cheap to clone; every clone is the same log.
#[derive(Clone)]
pub(crate) struct Log {
    shared: Arc<Shared>,
    writer: Queue<Command>,
    reader: Reader,
    finder: Finder,
    batch_bytes: usize,
    health: Health,
}

/// What the writer moves and everyone else watches.
struct Shared {
    /// The room's key in the database.
    room: i64,
    epoch: String,
    head: watch::Sender<Seq>,
    tail: Mutex<Tail>,
    /// How far the index of words is with it.
    progress: Progress,
}

impl Shared {
    fn head(&self) -> Seq {
        *self.head.borrow()
    }

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

    /// Hands an event to the writer, waiting while its queue is full. What became of it is in `receipts`
    /// afterwards. A draft whose id is in the log already appends nothing and gets the first one's place,
    /// or [`LogError::IdTaken`] if that is somebody else's and says something else. One that changes a
    /// message may be refused with [`LogError::NoSuchMessage`], [`LogError::NotYours`] or
    /// [`LogError::TooManyReactions`].
    ///
    /// # Errors
    /// [`LogError::Distrusted`], of which `receipts` know nothing.
    pub(crate) async fn append(&self, draft: Draft<'_>, receipts: &Receipts) -> Result<(), LogError> {
        self.health.check()?;
        let append = Append::new(self.shared.clone(), draft, receipts);
        // Dropped, it says by itself that nobody will settle it.
        let _closed = self.writer.send(Command::Append(append)).await;
        Ok(())
    }

    /// Appends an event that nobody would send again; it is on disk when this returns.
    ///
    /// # Errors
    /// What kept it, and what was [decided](Draft::decided) with it, from being appended.
    pub(crate) async fn append_and_wait(&self, draft: Draft<'_>) -> Result<(), LogError> {
        let (receipts, mut head) = (Receipts::default(), self.head());
        self.append(draft, &receipts).await?;
        loop {
            head.mark_unchanged();
            if let Some(refused) = receipts.take_refused().pop() {
                return Err(refused.error);
            }
            if !receipts.take(Seq::MAX).is_empty() {
                return Ok(());
            }
            tokio::select! {
                () = receipts.woken() => {}
                moved = head.changed() => moved.map_err(|_| LogError::Closed)?,
            }
        }
    }

    /// Whether the member's message of this id is in the log; `receipts` tell where then.
    pub(crate) async fn has(&self, member: &str, id: &str, receipts: &Receipts) -> Result<bool, LogError> {
        let (room, wanted, member) = (self.shared.room, id.to_owned(), member.to_owned());
        let seq = self.reader.run(move |database| event::place_of(database, room, &member, &wanted)).await?;
        if let Some(seq) = seq {
            receipts.expect(id.to_owned(), true).settle(Ok(receipts::Placed::Again(seq)));
        }
        Ok(seq.is_some())
    }

    /// What is known of this content, where a message of the room has it.
    pub(crate) async fn content(&self, hash: &ContentHash) -> Result<Option<Content>, LogError> {
        let (room, hash) = (self.shared.room, hash.clone());
        self.reader.run(move |database| files::in_room(database, room, hash.as_str())).await
    }

    /// How many bytes the room's files take.
    pub(crate) async fn file_bytes(&self) -> Result<u64, LogError> {
        let room = self.shared.room;
        self.reader.run(move |database| files::bytes(database, room)).await
    }

    /// Removes those of these contents that nobody wants.
    pub(crate) async fn release(&self, hashes: Vec<ContentHash>) -> Result<(), LogError> {
        if hashes.is_empty() {
            return Ok(());
        }
        let release = Command::Release(hashes);
        Ok(self.writer.send(release).await?)
    }

    /// The next events after `cursor`, about [`batch_bytes`](crate::Limits::batch_bytes) of them, or
    /// `None` at the head. From memory where the tail reaches back that far.
    pub(crate) async fn after(&self, cursor: Seq) -> Result<Option<Batch>, LogError> {
        let head = self.shared.head();
        if cursor >= head {
            return Ok(None);
        }
        if let Some(batch) = self.shared.tail().after(cursor, head, self.batch_bytes) {
            return Ok(Some(batch));
        }
        let (room, budget) = (self.shared.room, self.batch_bytes);
        let read = move |database: &_| event::forwards(database, room, cursor, head, u32::MAX, budget);
        let page = self.reader.run(read).await?;
        Ok(Some(Batch { frame: wire::events_frame(&page.events).into(), last: page.last }))
    }

    /// Up to `limit` events after `cursor`, about [`batch_bytes`](crate::Limits::batch_bytes) of them.
    pub(crate) async fn page_after(&self, cursor: Seq, limit: u32) -> Result<Page, LogError> {
        self.forwards(cursor, limit, self.batch_bytes).await
    }

    /// Up to `limit` events that end just before `seq`, about
    /// [`batch_bytes`](crate::Limits::batch_bytes) of them; empty at the log's beginning.
    pub(crate) async fn page_before(&self, seq: Seq, limit: u32) -> Result<Page, LogError> {
        self.backwards(seq, limit, self.batch_bytes).await
    }

    /// Up to `limit` events with the one at `seq` among them, about as many on either side where there are,
    /// about [`batch_bytes`](crate::Limits::batch_bytes) of them.
    pub(crate) async fn page_around(&self, seq: Seq, limit: u32) -> Result<Page, LogError> {
        let cursor = seq.saturating_sub(1);
        let after = self.forwards(cursor, limit.div_ceil(2), self.batch_bytes.div_ceil(2)).await?;
        let found = u32::try_from(after.last - cursor).unwrap_or(limit);
        let budget = self.batch_bytes.saturating_sub(after.events.len());
        let before = match limit - found {
            0 => return Ok(after),
            _ if budget == 0 => return Ok(after),
            rest => self.backwards(seq, rest, budget).await?,
        };
        let between = if before.events.is_empty() || after.events.is_empty() { "" } else { "," };
        Ok(Page { events: [&before.events, between, &after.events].concat(), last: after.last })
    }

    async fn forwards(&self, cursor: Seq, limit: u32, budget: usize) -> Result<Page, LogError> {
        let head = self.shared.head();
        if cursor >= head || limit == 0 {
            return Ok(Page::after(cursor));
        }
        if let Some(page) = self.shared.tail().forwards(cursor, head, limit, budget) {
            return Ok(page);
        }
        let room = self.shared.room;
        self.reader.run(move |database| event::forwards(database, room, cursor, head, limit, budget)).await
    }

    async fn backwards(&self, seq: Seq, limit: u32, budget: usize) -> Result<Page, LogError> {
        let end = seq.min(self.shared.head() + 1);
        if end <= 1 || limit == 0 {
            return Ok(Page::after(end.saturating_sub(1)));
        }
        if let Some(page) = self.shared.tail().backwards(end, limit, budget) {
            return Ok(page);
        }
        let room = self.shared.room;
        self.reader.run(move |database| event::backwards(database, room, end, limit, budget)).await
    }

    /// Searches it, a bounded piece of work at a time. It ends early once `given_up`.
    pub(crate) async fn search(&self, search: Search, given_up: Arc<AtomicBool>) -> Result<Found, LogError> {
        self.finder.find(self.shared.clone(), search, given_up).await
    }

    /// When the event at `seq` was committed; `None` when there is no such event.
    pub(crate) async fn time_of(&self, seq: Seq) -> Result<Option<Millis>, LogError> {
        if seq == 0 || seq > self.shared.head() {
            return Ok(None);
        }
        if let Some(event) = self.shared.tail().event(seq) {
            return Ok(wire::time_of(event));
        }
        let room = self.shared.room;
        self.reader.run(move |database| event::time_of(database, room, seq)).await
    }
}

#[cfg(test)]
mod tests;
