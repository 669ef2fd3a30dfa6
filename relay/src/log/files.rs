//! Which messages have which files. It is written in the same commits as the messages, and what nobody wants
//! any more is removed after them: never before, and never what an event that can be read refers to.
//!
//! All of it follows from the events, so it is made anew from those that are saved of a damaged database, and
//! held against them when a database is looked at.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::LogError;
use crate::{
    files::{ContentHash, Files},
    wire::{Body, FileInfo, Message, Millis, Seq},
};

/// What a message has on disk: of each file its content, and its thumbnail's.
fn contents(files: &[FileInfo]) -> impl Iterator<Item = (&str, u64)> {
    files.iter().flat_map(|file| {
        // How large a thumbnail is nobody wrote down, and it is little: it counts as nothing.
        let thumb = file.thumb.as_deref().map(|thumb| (thumb, 0));
        std::iter::once((file.hash.as_str(), file.bytes)).chain(thumb)
    })
}

/// The hashes of what the event of this JSON has on disk, each once and in order. Costs next to nothing where
/// it has none.
pub(super) fn contents_of(json: &str) -> Result<Vec<String>, LogError> {
    // Files stand last in a message: a file ends an object within a list, and nothing else of ours does.
    if !json.ends_with("}]}}") || !json.contains(r#""files":["#) {
        return Ok(Vec::new());
    }
    let Body::Message(Message { files, .. }) = super::stored::Stored::read(json)?.body.into_owned() else {
        return Ok(Vec::new());
    };
    let mut hashes: Vec<_> = contents(&files).map(|(hash, _)| hash.to_owned()).collect();
    hashes.sort_unstable();
    hashes.dedup();
    Ok(hashes)
}

/// Notes what a message has.
pub(super) fn refer(
    database: &Connection,
    room: i64,
    seq: Seq,
    at: Millis,
    files: &[FileInfo],
) -> rusqlite::Result<()> {
    let mut insert = database.prepare_cached(
        "INSERT OR IGNORE INTO file (room, seq, hash, bytes, at, gone) VALUES (?1, ?2, ?3, ?4, ?5, 0)",
    )?;
    for (hash, bytes) in contents(files) {
        insert.execute(params![room, seq, hash, bytes, at])?;
    }
    Ok(())
}

/// Forgets what a message has; the hashes of it.
pub(super) fn let_go(database: &Connection, room: i64, seq: Seq) -> rusqlite::Result<Vec<String>> {
    let mut delete = database.prepare_cached("DELETE FROM file WHERE room = ?1 AND seq = ?2 RETURNING hash")?;
    delete.query_map(params![room, seq], |row| row.get(0))?.collect()
}

/// Removes those of these contents that no message has, and nobody holds. It runs where commits do, so that
/// none comes in between.
pub(super) fn erase_unwanted<H: AsRef<str>>(
    database: &Connection,
    files: &Files,
    hashes: &[H],
) -> rusqlite::Result<()> {
    let mut wanted = database.prepare_cached("SELECT 1 FROM file WHERE hash = ?1 AND gone = 0 LIMIT 1")?;
    for hash in hashes.iter().filter_map(|hash| ContentHash::parse(hash.as_ref())) {
        if !wanted.exists([hash.as_str()])?
            && let Err(error) = files.erase(&hash)
        {
            tracing::warn!(%error, "a file that nobody wants stays for now");
        }
    }
    Ok(())
}

/// Lets go of what was last put into one of the room's messages before `before`, and says that it is gone; the hashes
/// of it.
pub(super) fn expire(database: &mut Connection, room: i64, before: Millis) -> rusqlite::Result<Vec<String>> {
    let transaction = database.transaction()?;
    let old: Vec<String> = {
        let mut old = transaction
            .prepare("SELECT hash FROM file WHERE room = ?1 AND gone = 0 GROUP BY hash HAVING max(at) < ?2")?;
        old.query_map(params![room, before], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?
    };
    for hash in &old {
        transaction
            .prepare_cached("UPDATE file SET gone = 1 WHERE hash = ?2 AND room = ?1")?
            .execute(params![room, hash])?;
    }
    transaction.commit()?;
    Ok(old)
}

/// A content that a message has.
pub(crate) struct Content {
    /// It had its time.
    pub(crate) gone: bool,
    /// How large it is; of a thumbnail that isn't known.
    pub(crate) bytes: Option<u64>,
}

/// The content, where a message of the room has it.
pub(super) fn in_room(database: &Connection, room: i64, hash: &str) -> Result<Option<Content>, LogError> {
    let mut statement = database.prepare_cached(
        "SELECT min(gone), max(bytes) FROM file INDEXED BY file_hash WHERE hash = ?2 AND room = ?1 HAVING count(*) > 0",
    )?;
    let content =
        |row: &Row<'_>| Ok(Content { gone: row.get(0)?, bytes: Some(row.get(1)?).filter(|bytes| *bytes > 0) });
    Ok(statement.query_row(params![room, hash], content).optional()?)
}

/// How many bytes the room's files take, each content once.
pub(super) fn bytes(database: &Connection, room: i64) -> Result<u64, LogError> {
    let mut statement = database.prepare_cached(
        "SELECT coalesce(sum(bytes), 0) FROM (SELECT max(bytes) AS bytes FROM file WHERE room = ?1 AND gone = 0 GROUP BY hash)",
    )?;
    Ok(statement.query_row([room], |row| row.get(0))?)
}

/// What the table says of the events from one place to another, as pairs in order.
pub(super) fn listed(database: &Connection, room: i64, from: Seq, to: Seq) -> Result<Vec<(Seq, String)>, LogError> {
    let mut statement = database
        .prepare_cached("SELECT seq, hash FROM file WHERE room = ?1 AND seq >= ?2 AND seq <= ?3 ORDER BY seq, hash")?;
    let rows = statement.query_map(params![room, from, to], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
