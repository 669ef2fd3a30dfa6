//! Rooms as rows, beside their logs.

use std::path::Path;

use rusqlite::{Connection, Row, params};

use super::{LogError, aside::FILE, schema};
use crate::{
    invite::Secret,
    wire::{Door, FileRules, Millis},
};

/// A room to be made.
pub(crate) struct NewRoom {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) secret: Secret,
    pub(crate) door: Door,
}

/// A room as it is stored.
#[derive(Debug, Clone)]
pub(crate) struct StoredRoom {
    pub(crate) key: i64,
    pub(crate) id: String,
    pub(crate) name: String,
    /// What it was called when it was made.
    pub(crate) made_as: String,
    pub(crate) secret: Secret,
    /// What makes whoever has it the host.
    pub(crate) host: Secret,
    pub(crate) door: Door,
    /// Slow mode: the time from one message of a member's to their next; 0 for none.
    pub(crate) every_ms: Millis,
    /// Which files it takes, where a host has said so.
    pub(crate) files: Option<FileRules>,
    pub(crate) epoch: String,
    pub(crate) created_at: Millis,
}

/// Tells a stored room from one that was altered on disk.
fn room_sum(room: &StoredRoom) -> u32 {
    let mut sum = crc32fast::Hasher::new();
    sum.update(&room.key.to_le_bytes());
    for text in [&room.id, &room.name, &room.made_as, &room.epoch] {
        sum.update(&text.len().to_le_bytes());
        sum.update(text.as_bytes());
    }
    sum.update(room.secret.as_bytes());
    sum.update(room.host.as_bytes());
    sum.update(&[door_number(room.door)]);
    sum.update(&room.every_ms.to_le_bytes());
    if let Some(FileRules { bytes, days }) = room.files {
        sum.update(&bytes.to_le_bytes());
        sum.update(&days.to_le_bytes());
    }
    sum.update(&room.created_at.to_le_bytes());
    sum.finalize()
}

/// To be followed by which, or by nothing for all.
pub(super) const SELECT_ROOM: &str = "SELECT key, id, name, made_as, secret, host, door, every_ms, epoch, created_at, sum, file_bytes, file_days FROM room";

/// The room in a row of [`SELECT_ROOM`].
///
/// # Errors
/// [`LogError::Damaged`] when it is not what was written.
pub(super) fn room_from(row: &Row<'_>) -> Result<StoredRoom, LogError> {
    let damaged = |key: i64| LogError::Damaged(format!("room {key} is not what was written").into());
    let door = match row.get(6)? {
        0 => Door::Closed,
        1 => Door::Open,
        2 => Door::Locked,
        _ => return Err(damaged(row.get(0)?)),
    };
    let room = StoredRoom {
        key: row.get(0)?,
        id: row.get(1)?,
        name: row.get(2)?,
        made_as: row.get(3)?,
        secret: Secret::from_bytes(row.get(4)?),
        host: Secret::from_bytes(row.get(5)?),
        door,
        every_ms: row.get(7)?,
        files: Option::zip(row.get(11)?, row.get(12)?).map(|(bytes, days)| FileRules { bytes, days }),
        epoch: row.get(8)?,
        created_at: row.get(9)?,
    };
    if room_sum(&room) == row.get::<_, u32>(10)? { Ok(room) } else { Err(damaged(room.key)) }
}

fn door_number(door: Door) -> u8 {
    match door {
        Door::Closed => 0,
        Door::Open => 1,
        Door::Locked => 2,
    }
}

/// Stores a room, in place of the one that has its key.
pub(super) fn put_room(connection: &Connection, room: &StoredRoom) -> rusqlite::Result<()> {
    let StoredRoom { key, id, name, made_as, secret, host, door, every_ms, files, epoch, created_at } = room;
    connection.execute(
        "INSERT INTO room
           (key, id, name, made_as, secret, host, door, every_ms, epoch, created_at, sum, file_bytes, file_days)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
         ON CONFLICT (key) DO UPDATE SET
           name = ?3, secret = ?5, door = ?7, every_ms = ?8, sum = ?11, file_bytes = ?12, file_days = ?13",
        params![
            key,
            id,
            name,
            made_as,
            secret.as_bytes(),
            host.as_bytes(),
            door_number(*door),
            every_ms,
            epoch,
            created_at,
            room_sum(room),
            files.map(|rules| rules.bytes),
            files.map(|rules| rules.days),
        ],
    )?;
    Ok(())
}

/// Every room in a directory whose database nobody has opened, oldest first; none where there is no database.
/// Blocks, and writes nothing.
pub(crate) fn rooms_in(directory: &Path) -> Result<Vec<StoredRoom>, LogError> {
    let path = directory.join(FILE);
    if !path.exists() {
        return Ok(Vec::new());
    }
    rooms(&schema::open_to_read(&path)?)
}

/// Every room, oldest first.
pub(super) fn rooms(database: &Connection) -> Result<Vec<StoredRoom>, LogError> {
    let mut statement = database.prepare_cached(&format!("{SELECT_ROOM} ORDER BY key"))?;
    let mut rows = statement.query([])?;
    let mut rooms = Vec::new();
    while let Some(row) = rows.next()? {
        rooms.push(room_from(row)?);
    }
    Ok(rooms)
}
