//! The file that the index of words is in. It holds nothing that the log doesn't: it can be thrown away and made anew.

use std::{
    fs::OpenOptions,
    path::{Path, PathBuf},
};

use rusqlite::{Connection, OpenFlags, OptionalExtension, TransactionBehavior, params};

use crate::{
    log::{
        aside::clear,
        row::row,
        schema::{BUSY, PAGE},
        scrub,
    },
    wire::{Millis, Seq},
};

/// Beside the database.
const FILE: &str = "snug-search.db";

/// Another number for another layout: what has an older one is made anew.
const VERSION: i32 = 1;

/// How much its WAL holds before it is folded, in bytes: whoever commits to the log meanwhile waits for the same disk.
const FOLD_BYTES: u32 = 1024 * 1024;

/// `text` and `author` as they are compared, and of `text` every three characters. Where in it they stand is not
/// kept: that is looked up in the text, and half as much has to be written.
const SCHEMA: &str = "
    CREATE VIRTUAL TABLE message USING fts5 (
      text, author UNINDEXED, tokenize = 'trigram case_sensitive 1', detail = 'none', columnsize = 0
    );
    INSERT INTO message (message, rank) VALUES ('secure-delete', 1);
    CREATE TABLE room (
      key   INTEGER PRIMARY KEY, -- as in the log
      epoch TEXT NOT NULL,
      seq   INTEGER NOT NULL, -- up to here all is in the index
      at    INTEGER NOT NULL -- the time of that event
    ) STRICT;
    CREATE TABLE erasing (since INTEGER NOT NULL) STRICT; -- a row while what was deleted may have left traces";

/// How far a room's log is in the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reached {
    pub(super) key: i64,
    pub(super) epoch: String,
    pub(super) seq: Seq,
    pub(super) at: Millis,
}

/// What the index is to know of one message.
pub(super) enum Entry {
    /// How it reads, folded, and who said it.
    Reads { text: String, author: String },
    /// It is gone.
    Gone,
}

/// Where the file is.
pub(super) fn path(directory: &Path) -> PathBuf {
    directory.join(FILE)
}

/// Removes it.
pub(super) fn discard(directory: &Path) -> std::io::Result<()> {
    clear(&path(directory))
}

/// Opens it for its writer, making it when it isn't there.
///
/// # Errors
/// Also when it is damaged, or laid out in another way: then it has to be discarded first.
pub(super) fn open(directory: &Path) -> rusqlite::Result<Connection> {
    let path = path(directory);
    let mut private = OpenOptions::new();
    private.create(true).truncate(false).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut private, 0o600);
    // What keeps it from being made keeps it from being opened.
    let _made = private.open(&path);
    let connection = connect(&path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection.pragma_update(None, "page_size", PAGE)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // What a power cut takes is made up for from the log.
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.pragma_update(None, "secure_delete", true)?;
    connection.pragma_update(None, "journal_size_limit", 0)?;
    connection.pragma_update(None, "wal_autocheckpoint", FOLD_BYTES / u32::from(PAGE))?;
    let version: i32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let empty: bool = connection.query_row("SELECT count(*) = 0 FROM sqlite_schema", [], |row| row.get(0))?;
    if empty {
        connection.execute_batch(&format!("BEGIN; {SCHEMA}\n; PRAGMA user_version = {VERSION}; COMMIT"))?;
    } else if version != VERSION {
        return Err(rusqlite::Error::QueryReturnedNoRows);
    }
    let found: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if found == "ok" { Ok(connection) } else { Err(rusqlite::Error::QueryReturnedNoRows) }
}

/// Opens it for reading.
pub(super) fn open_to_read(directory: &Path) -> rusqlite::Result<Connection> {
    connect(&path(directory), OpenFlags::SQLITE_OPEN_READ_ONLY)
}

fn connect(path: &Path, access: OpenFlags) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(BUSY)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    Ok(connection)
}

/// How far every room is.
pub(super) fn all_reached(index: &Connection) -> rusqlite::Result<Vec<Reached>> {
    let mut statement = index.prepare("SELECT key, epoch, seq, at FROM room")?;
    let rows = statement
        .query_map([], |row| Ok(Reached { key: row.get(0)?, epoch: row.get(1)?, seq: row.get(2)?, at: row.get(3)? }))?;
    rows.collect()
}

/// How far a room of this epoch is; 0 when nothing of it is there.
pub(in crate::log) fn reached(index: &Connection, room: i64, epoch: &str) -> rusqlite::Result<Seq> {
    let mut statement = index.prepare_cached("SELECT seq FROM room WHERE key = ?1 AND epoch = ?2")?;
    Ok(statement.query_row(params![room, epoch], |row| row.get(0)).optional()?.unwrap_or_default())
}

/// What some events in a row, of one room, mean for the index.
pub(super) struct Part {
    /// They begin after this one.
    pub(super) from: Seq,
    pub(super) to: Reached,
    /// By place. Some may stand before `from`: they read otherwise now.
    pub(super) entries: Vec<(Seq, Entry)>,
    /// Some of them take words away for good.
    pub(super) erases: bool,
}

/// Puts the entries of some rooms in, and how far these are with them; of a room that isn't at `from` any more, which
/// another relay's thread that was about to end has moved, nothing.
pub(super) fn put(index: &mut Connection, parts: &[Part]) -> rusqlite::Result<()> {
    let transaction = index.transaction_with_behavior(TransactionBehavior::Immediate)?;
    {
        let mut delete = transaction.prepare_cached("DELETE FROM message WHERE rowid = ?1")?;
        let mut insert = transaction.prepare_cached("INSERT INTO message (rowid, text, author) VALUES (?1, ?2, ?3)")?;
        let mut reach = transaction.prepare_cached(
            "INSERT INTO room (key, epoch, seq, at) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (key) DO UPDATE SET epoch = ?2, seq = ?3, at = ?4",
        )?;
        for Part { from, to: Reached { key, epoch, seq, at }, entries, erases: _ } in parts {
            if reached(&transaction, *key, epoch)? != *from {
                continue;
            }
            for (seq, entry) in entries {
                let row = row(*key, *seq);
                delete.execute([row])?;
                if let Entry::Reads { text, author } = entry {
                    insert.execute(params![row, text, author])?;
                }
            }
            reach.execute(params![key, epoch, seq, at])?;
        }
    }
    if parts.iter().any(|part| part.erases) {
        scrub::remember(&transaction)?;
    }
    transaction.commit()
}
