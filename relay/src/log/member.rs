//! Devices a room has let in, as they are stored. Everything that is to hold for a device and survive a
//! restart belongs into its row.

use rusqlite::{Connection, Row, params};

use super::LogError;
use crate::wire::{Entry, Millis, Standing};

/// A device that may come back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredMember {
    /// Who it is in the room: a hash of its token, which is stored nowhere.
    pub(crate) member: String,
    /// What they were called when they last came.
    pub(crate) nickname: String,
    /// When they last came, to a day.
    pub(crate) at: Millis,
    /// How they came the first time.
    pub(crate) by: Entry,
    /// What a host has decided about them.
    pub(crate) standing: Standing,
    /// What the host was called who decided that; none where nothing was.
    pub(crate) decided_by: Option<String>,
    /// They were put out, so they come as others come; all that is known of them is what was decided.
    pub(crate) out: bool,
    /// What the host was called who put them out, until they are told.
    pub(crate) put_out_by: Option<String>,
}

pub(super) const SELECT_MEMBER: &str =
    "SELECT room, member, nickname, at, came, standing, decided_by, out, put_out_by, sum FROM member";

/// The member in a row of [`SELECT_MEMBER`], and the key of its room.
///
/// # Errors
/// [`LogError::Damaged`] when it is not what was written.
pub(super) fn member_from(row: &Row<'_>) -> Result<(i64, StoredMember), LogError> {
    let room = row.get(0)?;
    let damaged = || LogError::Damaged(format!("a member of room {room} is not what was written").into());
    let by = match row.get(4)? {
        0 => Entry::Link,
        1 => Entry::Knock,
        2 => Entry::Open,
        _ => return Err(damaged()),
    };
    let standing = match row.get(5)? {
        0 => Standing::Usual,
        1 => Standing::Muted,
        2 => Standing::Banned,
        3 => Standing::Host,
        _ => return Err(damaged()),
    };
    let member = StoredMember {
        member: row.get(1)?,
        nickname: row.get(2)?,
        at: row.get(3)?,
        by,
        standing,
        decided_by: row.get(6)?,
        out: row.get(7)?,
        put_out_by: row.get(8)?,
    };
    if member_sum(room, &member) == row.get::<_, u32>(9)? { Ok((room, member)) } else { Err(damaged()) }
}

/// Stores a member, in place of the one that is the same device.
pub(super) fn put_member(database: &Connection, room: i64, member: &StoredMember) -> rusqlite::Result<()> {
    let StoredMember { member: id, nickname, at, by, standing, decided_by, out, put_out_by } = member;
    database
        .prepare_cached(
            "INSERT INTO member (room, member, nickname, at, came, standing, decided_by, out, put_out_by, sum)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
             ON CONFLICT (room, member) DO UPDATE SET nickname = ?3, at = ?4, came = ?5, standing = ?6,
             decided_by = ?7, out = ?8, put_out_by = ?9, sum = ?10",
        )?
        .execute(params![
            room,
            id,
            nickname,
            at,
            number(*by),
            standing_number(*standing),
            decided_by,
            out,
            put_out_by,
            member_sum(room, member)
        ])?;
    Ok(())
}

/// Forgets a member.
pub(super) fn drop_member(database: &Connection, room: i64, member: &str) -> rusqlite::Result<()> {
    database.prepare_cached("DELETE FROM member WHERE room = ?1 AND member = ?2")?.execute(params![room, member])?;
    Ok(())
}

/// Tells a stored member from one that was altered on disk.
fn member_sum(room: i64, member: &StoredMember) -> u32 {
    let mut sum = crc32fast::Hasher::new();
    sum.update(&room.to_le_bytes());
    for text in [&member.member, &member.nickname] {
        sum.update(&text.len().to_le_bytes());
        sum.update(text.as_bytes());
    }
    sum.update(&member.at.to_le_bytes());
    sum.update(&[number(member.by), standing_number(member.standing), u8::from(member.out)]);
    for by in [&member.decided_by, &member.put_out_by] {
        sum.update(&[u8::from(by.is_some())]);
        let by = by.as_deref().unwrap_or_default();
        sum.update(&by.len().to_le_bytes());
        sum.update(by.as_bytes());
    }
    sum.finalize()
}

fn number(by: Entry) -> u8 {
    match by {
        Entry::Link => 0,
        Entry::Knock => 1,
        Entry::Open => 2,
    }
}

fn standing_number(standing: Standing) -> u8 {
    match standing {
        Standing::Usual => 0,
        Standing::Muted => 1,
        Standing::Banned => 2,
        Standing::Host => 3,
    }
}
