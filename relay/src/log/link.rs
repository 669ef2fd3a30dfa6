//! Links that end, as they are stored.

use rusqlite::{Connection, Row, params};

use super::LogError;
use crate::{invite::Secret, wire::Millis};

/// A link besides the room's own.
#[derive(Debug, Clone)]
pub(crate) struct StoredLink {
    /// By which a host names it.
    pub(crate) id: String,
    pub(crate) secret: Secret,
    /// When it was made.
    pub(crate) at: Millis,
    /// From when on it lets in nobody more.
    pub(crate) ends_at: Option<Millis>,
    /// How many devices it lets in.
    pub(crate) guests: Option<u32>,
    /// How many it has let in.
    pub(crate) used: u32,
}

pub(super) const SELECT_LINK: &str = "SELECT room, id, secret, at, ends_at, guests, used, sum FROM link";

/// The link in a row of [`SELECT_LINK`], and the key of its room.
///
/// # Errors
/// [`LogError::Damaged`] when it is not what was written.
pub(super) fn link_from(row: &Row<'_>) -> Result<(i64, StoredLink), LogError> {
    let room = row.get(0)?;
    let link = StoredLink {
        id: row.get(1)?,
        secret: Secret::from_bytes(row.get(2)?),
        at: row.get(3)?,
        ends_at: row.get(4)?,
        guests: row.get(5)?,
        used: row.get(6)?,
    };
    if link_sum(room, &link) != row.get::<_, u32>(7)? {
        return Err(LogError::Damaged(format!("a link of room {room} is not what was written").into()));
    }
    Ok((room, link))
}

/// Stores a link, in place of the one of the same id.
pub(super) fn put_link(database: &Connection, room: i64, link: &StoredLink) -> rusqlite::Result<()> {
    let StoredLink { id, secret, at, ends_at, guests, used } = link;
    database
        .prepare_cached(
            "INSERT INTO link (room, id, secret, at, ends_at, guests, used, sum)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
             ON CONFLICT (room, id) DO UPDATE SET used = ?7, sum = ?8",
        )?
        .execute(params![room, id, secret.as_bytes(), at, ends_at, guests, used, link_sum(room, link)])?;
    Ok(())
}

/// Forgets a link.
pub(super) fn drop_link(database: &Connection, room: i64, id: &str) -> rusqlite::Result<()> {
    database.prepare_cached("DELETE FROM link WHERE room = ?1 AND id = ?2")?.execute(params![room, id])?;
    Ok(())
}

/// Tells a stored link from one that was altered on disk.
fn link_sum(room: i64, link: &StoredLink) -> u32 {
    let mut sum = crc32fast::Hasher::new();
    sum.update(&room.to_le_bytes());
    sum.update(&link.id.len().to_le_bytes());
    sum.update(link.id.as_bytes());
    sum.update(link.secret.as_bytes());
    sum.update(&link.at.to_le_bytes());
    for end in [link.ends_at, link.guests.map(u64::from)] {
        sum.update(&[u8::from(end.is_some())]);
        sum.update(&end.unwrap_or_default().to_le_bytes());
    }
    sum.update(&link.used.to_le_bytes());
    sum.finalize()
}
