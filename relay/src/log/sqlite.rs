//! The database file: every room of a relay, and their logs.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    thread::JoinHandle,
    time::Duration,
};

use rusqlite::{Connection, ErrorCode, OptionalExtension, Row, params};
use rusqlite_migration::{M, Migrations};
use thiserror::Error;
use tokio::sync::{Semaphore, mpsc, oneshot, watch};

use super::{
    Batch, Log, LogError, Shared, now,
    reader::Reader,
    tail::Tail,
    writer::{self, Command},
};
use crate::{
    config::Limits,
    invite::{Secret, random_epoch},
    wire::{self, Event, Frame, Millis, Seq},
};

const FILE: &str = "snug.db";
const LOCK: &str = "snug.lock";

/// The schema, step by step. What was released is never edited, only added to.
const MIGRATIONS: Migrations<'static> = Migrations::from_slice(STEPS);

const STEPS: &[M<'static>] = &[M::up(
    "CREATE TABLE room (
       key        INTEGER PRIMARY KEY,
       id         TEXT NOT NULL UNIQUE,
       name       TEXT NOT NULL,
       secret     BLOB NOT NULL CHECK (length(secret) = 16),
       open       INTEGER NOT NULL,
       epoch      TEXT NOT NULL,
       created_at INTEGER NOT NULL
     ) STRICT;
     CREATE TABLE event (
       room     INTEGER NOT NULL REFERENCES room (key),
       seq      INTEGER NOT NULL CHECK (seq > 0),
       at       INTEGER NOT NULL,
       member   TEXT NOT NULL,
       nickname TEXT NOT NULL,
       id       TEXT,
       body     TEXT NOT NULL,
       PRIMARY KEY (room, seq)
     ) STRICT, WITHOUT ROWID;
     CREATE UNIQUE INDEX event_id ON event (room, id) WHERE id IS NOT NULL;",
)];

/// Why the rooms in a directory can't be opened.
#[derive(Debug, Error)]
pub(crate) enum OpenError {
    #[error("can't write to {path}: {source}")]
    NotWritable { path: PathBuf, source: io::Error },
    #[error("another Snug is using {path}")]
    InUse { path: PathBuf },
    #[error("{path} is not a Snug database, or is damaged: {source}")]
    Corrupt { path: PathBuf, source: Box<dyn std::error::Error + Send + Sync> },
}

/// A room to be made.
pub(crate) struct NewRoom {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) secret: Secret,
    pub(crate) open: bool,
}

/// A room as it is stored.
#[derive(Debug, Clone)]
pub(crate) struct StoredRoom {
    pub(crate) key: i64,
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) secret: Secret,
    pub(crate) open: bool,
    pub(crate) epoch: String,
    pub(crate) created_at: Millis,
}

/// One open database. Only one process at a time has it.
pub(crate) struct Database {
    writer: mpsc::Sender<Command>,
    thread: Mutex<Option<JoinHandle<()>>>,
    reader: Reader,
    tail_bytes: usize,
    batch_bytes: usize,
    memory: Arc<Semaphore>,
    memory_bytes: usize,
}

impl Database {
    /// Opens the database in `directory`, making both when they aren't there. Blocks.
    pub(crate) fn open(directory: &Path, limits: &Limits) -> Result<Self, OpenError> {
        let lock = lock(directory)?;
        let path = directory.join(FILE);
        let connection = prepare(&path).map_err(|error| blame(path.clone(), error))?;
        let reader = Reader::open(&path).map_err(|error| blame(path.clone(), error.into()))?;
        let (writer, thread) = writer::start(connection, lock, limits.queue)
            .map_err(|source| OpenError::NotWritable { path: path.clone(), source })?;
        Ok(Self {
            writer,
            thread: Mutex::new(Some(thread)),
            reader,
            memory: Arc::new(Semaphore::new(limits.queue_bytes)),
            memory_bytes: limits.queue_bytes,
            tail_bytes: limits.tail_bytes,
            batch_bytes: limits.batch_bytes,
        })
    }

    /// Commits what has queued and ends the writer. Appends after this are refused.
    pub(crate) async fn close(&self) {
        self.reader.close();
        let _already_closed = self.writer.send(Command::Stop).await;
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            let _panicked = tokio::task::spawn_blocking(move || thread.join()).await;
        }
    }

    /// Every room in the file, oldest first.
    pub(crate) async fn rooms(&self) -> Result<Vec<StoredRoom>, LogError> {
        self.reader
            .run(|database| {
                let mut statement = database.prepare_cached(&format!("{SELECT_ROOM} ORDER BY key"))?;
                Ok(statement.query_map([], room_from)?.collect::<rusqlite::Result<_>>()?)
            })
            .await
    }

    /// The room of that id, if there is one.
    pub(crate) async fn room(&self, id: &str) -> Result<Option<StoredRoom>, LogError> {
        let id = id.to_owned();
        self.reader
            .run(move |database| {
                let mut statement = database.prepare_cached(&format!("{SELECT_ROOM} WHERE id = ?1"))?;
                Ok(statement.query_row([id], room_from).optional()?)
            })
            .await
    }

    /// Stores a new room with an empty log.
    pub(crate) async fn create_room(&self, room: NewRoom) -> Result<StoredRoom, LogError> {
        self.write(move |database| {
            let (epoch, created_at) = (random_epoch(), now());
            database.execute(
                "INSERT INTO room (id, name, secret, open, epoch, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![room.id, room.name, room.secret.as_bytes(), room.open, epoch, created_at],
            )?;
            let key = database.last_insert_rowid();
            let NewRoom { id, name, secret, open } = room;
            Ok(StoredRoom { key, id, name, secret, open, epoch, created_at })
        })
        .await
    }

    /// Opens or closes a stored room to whoever knows the address.
    pub(crate) async fn set_open(&self, key: i64, open: bool) -> Result<(), LogError> {
        self.write(move |database| database.execute("UPDATE room SET open = ?2 WHERE key = ?1", params![key, open]))
            .await
            .map(drop)
    }

    /// The log of a stored room. Called once a room: every call makes another tail.
    pub(crate) async fn log(&self, room: &StoredRoom) -> Result<Log, LogError> {
        let key = room.key;
        let head: Seq = self
            .reader
            .run(move |database| {
                let newest = "SELECT coalesce(max(seq), 0) FROM event WHERE room = ?1";
                Ok(database.query_row(newest, [key], |row| row.get(0))?)
            })
            .await?;
        let tail = Mutex::new(Tail::new(head, self.tail_bytes));
        let shared = Shared { room: key, epoch: room.epoch.clone(), head: watch::Sender::new(head), tail };
        Ok(Log {
            shared: Arc::new(shared),
            writer: self.writer.clone(),
            reader: self.reader.clone(),
            memory: self.memory.clone(),
            memory_bytes: self.memory_bytes,
            batch_bytes: self.batch_bytes,
        })
    }

    async fn write<T: Send + 'static>(
        &self,
        write: impl FnOnce(&mut Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, LogError> {
        let (answer, answered) = oneshot::channel();
        let write = Command::Write(Box::new(move |connection| {
            let _gone = answer.send(write(connection));
        }));
        self.writer.send(write).await.map_err(|_| LogError::Closed)?;
        Ok(answered.await.map_err(|_| LogError::Closed)??)
    }
}

fn lock(directory: &Path) -> Result<File, OpenError> {
    let not_writable = |source| OpenError::NotWritable { path: directory.to_owned(), source };
    create_private(directory).map_err(not_writable)?;
    let file =
        OpenOptions::new().create(true).truncate(false).write(true).open(directory.join(LOCK)).map_err(not_writable)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse { path: directory.to_owned() }),
        Err(TryLockError::Error(source)) => Err(not_writable(source)),
    }
}

/// The rooms' secrets and all that was said lie in there: for this user only.
fn create_private(directory: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory)
}

pub(super) fn prepare(path: &Path) -> Result<Connection, rusqlite_migration::Error> {
    // Before SQLite makes it readable for everyone, in a directory that may be open to them.
    let mut private = OpenOptions::new();
    private.create(true).truncate(false).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut private, 0o600);
    // If this can't be done, SQLite will say why.
    let _refused = private.open(path);
    let mut connection = Connection::open(path)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    // WAL: readers never wait for the writer. FULL: a commit is on disk, not on its way there.
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    // On macOS only this reaches the disk itself; elsewhere it changes nothing.
    connection.pragma_update(None, "fullfsync", true)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.set_prepared_statement_cache_capacity(32);
    MIGRATIONS.to_latest(&mut connection)?;
    Ok(connection)
}

/// Tells a directory that can't be written from a file that is no database of ours.
fn blame(path: PathBuf, error: rusqlite_migration::Error) -> OpenError {
    let failure = match &error {
        rusqlite_migration::Error::RusqliteError { err: rusqlite::Error::SqliteFailure(failure, _), .. } => {
            Some(failure.code)
        }
        _ => None,
    };
    if matches!(failure, Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)) {
        return OpenError::InUse { path };
    }
    if let Some(code) = failure
        && matches!(
            code,
            ErrorCode::CannotOpen
                | ErrorCode::ReadOnly
                | ErrorCode::PermissionDenied
                | ErrorCode::DiskFull
                | ErrorCode::SystemIoFailure
        )
    {
        return OpenError::NotWritable { path, source: io::Error::other(error) };
    }
    OpenError::Corrupt { path, source: error.into() }
}

const SELECT_ROOM: &str = "SELECT key, id, name, secret, open, epoch, created_at FROM room";

fn room_from(row: &Row<'_>) -> rusqlite::Result<StoredRoom> {
    Ok(StoredRoom {
        key: row.get(0)?,
        id: row.get(1)?,
        name: row.get(2)?,
        secret: Secret::from_bytes(row.get(3)?),
        open: row.get(4)?,
        epoch: row.get(5)?,
        created_at: row.get(6)?,
    })
}

const SELECT_EVENT: &str = "SELECT seq, at, member, nickname, id, body FROM event WHERE room = ?1";

fn event_from(row: &Row<'_>) -> Result<Event, LogError> {
    let body: String = row.get(5)?;
    let body = serde_json::from_str(&body)
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(5, rusqlite::types::Type::Text, Box::new(error)))?;
    Ok(Event { seq: row.get(0)?, at: row.get(1)?, member: row.get(2)?, nickname: row.get(3)?, id: row.get(4)?, body })
}

/// Events after `cursor` up to `head`, as many as fit `budget` and at least one.
pub(super) fn after(
    database: &Connection,
    room: i64,
    cursor: Seq,
    head: Seq,
    budget: usize,
) -> Result<Batch, LogError> {
    let mut statement = database.prepare_cached(&format!("{SELECT_EVENT} AND seq > ?2 AND seq <= ?3 ORDER BY seq"))?;
    let mut rows = statement.query(params![room, cursor, head])?;
    let mut events = String::new();
    let mut last = cursor;
    while let Some(row) = rows.next()? {
        let event = event_from(row)?;
        expect(event.seq, last + 1)?;
        last = event.seq;
        if !events.is_empty() {
            events.push(',');
        }
        events.push_str(&serde_json::to_string(&event).expect("an event is JSON"));
        if events.len() >= budget {
            break;
        }
    }
    if last == cursor {
        return Err(LogError::Gap { expected: cursor + 1 });
    }
    Ok(Batch { frame: Frame::from(wire::events_frame(&events)), last })
}

/// Events from `start` to just before `end`.
pub(super) fn range(database: &Connection, room: i64, start: Seq, end: Seq) -> Result<Vec<Event>, LogError> {
    let mut statement = database.prepare_cached(&format!("{SELECT_EVENT} AND seq >= ?2 AND seq < ?3 ORDER BY seq"))?;
    let mut rows = statement.query(params![room, start, end])?;
    let mut events = Vec::new();
    let mut next = start;
    while let Some(row) = rows.next()? {
        let event = event_from(row)?;
        expect(event.seq, next)?;
        next += 1;
        events.push(event);
    }
    expect(next, end)?;
    Ok(events)
}

/// A log with a hole is never served as if it were whole.
fn expect(found: Seq, expected: Seq) -> Result<(), LogError> {
    if found == expected { Ok(()) } else { Err(LogError::Gap { expected }) }
}
