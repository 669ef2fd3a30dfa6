//! The database's schema, and the settings every connection that writes has.

use std::{
    fs::{File, OpenOptions},
    path::Path,
    time::Duration,
};

use rusqlite::{Connection, OpenFlags};
use rusqlite_migration::{M, Migrations};

use super::{LogError, paced};

/// Stands in the file's header and tells a database of ours from anybody else's: S-N-U-G.
pub(super) const APPLICATION: i32 = 0x534e_5547;

/// In bytes. Each commit writes whole pages, of each room that it is about at least one: twice as much with pages twice
/// as large. With SQLite's default of 4096 a busy room's commits take a little longer. [`file`](super::file) looks for it.
pub(super) const PAGE: u16 = 8 * 1024;

/// The WAL file is cut back to this when it starts anew, after a burst or a disk that was full. In bytes.
const WAL_BYTES: i64 = 16 * 1024 * 1024;

/// How long a connection waits for another one's lock. They are held for moments.
pub(super) const BUSY: Duration = Duration::from_secs(5);

/// The schema, step by step. What was released is never edited, only added to.
const MIGRATIONS: Migrations<'static> = Migrations::from_slice(STEPS);

const STEPS: &[M<'static>] = &[M::up(
    "CREATE TABLE room (
       key        INTEGER PRIMARY KEY,
       id         TEXT NOT NULL UNIQUE,
       name       TEXT NOT NULL,
       made_as    TEXT NOT NULL, -- its first name, by which a program goes on asking for it
       secret     BLOB NOT NULL CHECK (length(secret) = 16),
       host       BLOB NOT NULL CHECK (length(host) = 16),
       door       INTEGER NOT NULL CHECK (door IN (0, 1, 2)), -- closed, open, locked
       every_ms   INTEGER NOT NULL, -- slow mode: from one message of a member's to their next
       file_bytes INTEGER, -- the largest file and how long one is kept, where a host has said so
       file_days  INTEGER,
       epoch      TEXT NOT NULL,
       created_at INTEGER NOT NULL,
       sum        INTEGER NOT NULL -- of all the others: a disk may give back something else
     ) STRICT;
     CREATE TABLE event (
       key  INTEGER PRIMARY KEY, -- its room's key and its place in one: row.rs
       room INTEGER NOT NULL AS (key >> 44) VIRTUAL, -- no foreign key, which would be looked up for every event
       seq  INTEGER NOT NULL AS (key & 17592186044415) VIRTUAL,
       at   INTEGER NOT NULL,
       id   TEXT NOT NULL, -- as in json
       json TEXT NOT NULL, -- the event as it is sent, but for seq and at
       sum  INTEGER NOT NULL -- of room, seq, at and json
     ) STRICT;
     CREATE UNIQUE INDEX event_id ON event (room, id);
     CREATE TABLE member (
       room       INTEGER NOT NULL, -- its key
       member     TEXT NOT NULL,
       nickname   TEXT NOT NULL,
       at         INTEGER NOT NULL,
       came       INTEGER NOT NULL CHECK (came IN (0, 1, 2)), -- by a link, a knock, an open door
       standing   INTEGER NOT NULL CHECK (standing IN (0, 1, 2, 3)), -- usual, muted, banned, host
       decided_by TEXT, -- the nickname of the host who decided that
       out        INTEGER NOT NULL, -- put out: comes as others come
       put_out_by TEXT, -- by which host, until they are told
       sum        INTEGER NOT NULL, -- of all the others
       PRIMARY KEY (room, member)
     ) STRICT, WITHOUT ROWID;
     CREATE TABLE link (
       room    INTEGER NOT NULL, -- its key
       id      TEXT NOT NULL,
       secret  BLOB NOT NULL CHECK (length(secret) = 16),
       at      INTEGER NOT NULL,
       ends_at INTEGER,
       guests  INTEGER,
       used    INTEGER NOT NULL,
       sum     INTEGER NOT NULL, -- of all the others
       PRIMARY KEY (room, id)
     ) STRICT, WITHOUT ROWID;
     CREATE TABLE file (
       room     INTEGER NOT NULL, -- its key
       seq      INTEGER NOT NULL, -- the message's place
       hash     TEXT NOT NULL, -- of the content
       bytes    INTEGER NOT NULL,
       at       INTEGER NOT NULL, -- as the message
       gone     INTEGER NOT NULL, -- its time was up
       PRIMARY KEY (room, seq, hash)
     ) STRICT, WITHOUT ROWID;
     CREATE INDEX file_hash ON file (hash, room);
     CREATE TABLE erasing (since INTEGER NOT NULL) STRICT; -- a row while what was deleted may have left traces",
)];

/// Which of the steps above a database has been through.
pub(super) const VERSION: usize = STEPS.len();

/// Makes an empty database in a file that isn't there yet, for this user only. It is complete, but not
/// known to be on disk before [`sync`].
pub(super) fn create(path: &Path) -> Result<Connection, LogError> {
    // Before SQLite makes it readable for everyone, in a directory that may be open to them.
    let mut private = OpenOptions::new();
    private.create_new(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut private, 0o600);
    private.open(path)?;
    let mut connection = Connection::open_with_flags(path, flags(OpenFlags::SQLITE_OPEN_READ_WRITE))?;
    connection.pragma_update(None, "page_size", PAGE)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "OFF")?;
    connection.pragma_update(None, "application_id", APPLICATION)?;
    MIGRATIONS.to_latest(&mut connection).map_err(migrated)?;
    Ok(connection)
}

/// Closes a database that was just [created](create) and waits until it is on disk.
pub(super) fn sync(connection: Connection, path: &Path) -> Result<(), LogError> {
    // The last connection folds the WAL into the file and removes it.
    connection.close().map_err(|(_, error)| error)?;
    Ok(File::options().write(true).open(path)?.sync_all()?)
}

/// Opens a database for its writer. One of an older Snug is brought up to date.
pub(super) fn open(path: &Path) -> Result<Connection, LogError> {
    ready(Connection::open_with_flags(path, flags(OpenFlags::SQLITE_OPEN_READ_WRITE))?)
}

/// Opens it for whoever folds the WAL beside its writer: [`paced`].
pub(super) fn open_paced(path: &Path) -> Result<Connection, LogError> {
    let Some(paced) = paced::name() else { return open(path) };
    ready(Connection::open_with_flags_and_vfs(path, flags(OpenFlags::SQLITE_OPEN_READ_WRITE), paced)?)
}

fn ready(mut connection: Connection) -> Result<Connection, LogError> {
    connection.busy_timeout(BUSY)?;
    // WAL: readers never wait for the writer. FULL: a commit is on disk, not on its way there.
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    // On macOS only these reach the disk itself; elsewhere they change nothing.
    connection.pragma_update(None, "fullfsync", true)?;
    connection.pragma_update(None, "checkpoint_fullfsync", true)?;
    // The writer sees to it: fold.rs.
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    connection.pragma_update(None, "journal_size_limit", WAL_BYTES)?;
    // What is deleted is gone from the file, not only from its tables.
    connection.pragma_update(None, "secure_delete", true)?;
    // Looks at each page as it is read: damage is found before it is written over.
    connection.pragma_update(None, "cell_size_check", true)?;
    connection.set_prepared_statement_cache_capacity(32);
    MIGRATIONS.to_latest(&mut connection).map_err(migrated)?;
    Ok(connection)
}

/// Opens a database for reading. What is wrong with it shows when it is first read.
pub(super) fn open_to_read(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(path, flags(OpenFlags::SQLITE_OPEN_READ_ONLY))?;
    connection.busy_timeout(BUSY)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    Ok(connection)
}

/// What a database says of itself: every table and index in SQL, and where each begins.
pub(super) fn layout(connection: &Connection) -> rusqlite::Result<Vec<(String, i64)>> {
    let mut statement = connection.prepare("SELECT coalesce(sql, name), rootpage FROM sqlite_schema ORDER BY name")?;
    statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
}

/// The layout of a new database. One that came through migrations has the same tables and indexes, but
/// they may begin elsewhere.
pub(super) fn new_layout() -> Result<Vec<(String, i64)>, LogError> {
    let mut connection = Connection::open_in_memory()?;
    MIGRATIONS.to_latest(&mut connection).map_err(migrated)?;
    Ok(layout(&connection)?)
}

/// Whether a database has the tables and indexes it should have.
///
/// # Errors
/// When it can't be read.
pub(super) fn is_ours(connection: &Connection) -> Result<bool, LogError> {
    let described = |layout: Vec<(String, i64)>| layout.into_iter().map(|(sql, _)| sql).collect::<Vec<_>>();
    Ok(described(layout(connection)?) == described(new_layout()?))
}

fn flags(access: OpenFlags) -> OpenFlags {
    access | OpenFlags::SQLITE_OPEN_NO_MUTEX
}

fn migrated(error: rusqlite_migration::Error) -> LogError {
    match error {
        rusqlite_migration::Error::RusqliteError { err, .. } => err.into(),
        other => LogError::Damaged(other.to_string().into()),
    }
}
