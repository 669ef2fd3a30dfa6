//! Events as rows: each is checked against what was written, and none is passed over.

use rusqlite::{Connection, Row, params};

use super::{LogError, Page, row, stored::Stored};
use crate::wire::{self, Millis, Seq};

/// Tells a stored event from one that was altered on disk.
pub(super) fn event_sum(room: i64, seq: Seq, at: Millis, json: &str) -> u32 {
    let mut sum = crc32fast::Hasher::new();
    sum.update(&room.to_le_bytes());
    sum.update(&seq.to_le_bytes());
    sum.update(&at.to_le_bytes());
    sum.update(json.as_bytes());
    sum.finalize()
}

/// To be followed by which: by `key`, where the place is known, or by `room` and `id`.
pub(super) const SELECT_EVENT: &str = "SELECT key, at, json, sum FROM event WHERE";

/// The place of a room's last event, 0 where there is none.
pub(super) fn newest(database: &Connection, room: i64) -> Result<Seq, LogError> {
    let mut statement = database.prepare_cached("SELECT max(key) FROM event WHERE key >= ?1 AND key <= ?2")?;
    let all = row::all_of(room);
    let newest: Option<i64> = statement.query_row([all.start(), all.end()], |row| row.get(0))?;
    Ok(newest.map_or(0, |newest| row::place(newest).1))
}

/// The place, the time and the rest of the event in a row of [`SELECT_EVENT`].
///
/// # Errors
/// [`LogError::Altered`] when it is not what was written.
pub(super) fn verified<'a>(room: i64, row: &'a Row<'_>) -> Result<(Seq, Millis, &'a str), LogError> {
    let (key, at, stored): (i64, Millis, u32) = (row.get(0)?, row.get(1)?, row.get(3)?);
    let (_, seq) = row::place(key);
    let json = row.get_ref(2)?.as_str().ok().filter(|json| event_sum(room, seq, at, json) == stored);
    Ok((seq, at, json.ok_or(LogError::Altered { seq })?))
}

/// Appends the event of a row to `encoded`, which is emptied first; its place.
fn encode(room: i64, row: &Row<'_>, encoded: &mut String) -> Result<Seq, LogError> {
    let (seq, at, json) = verified(room, row)?;
    encoded.clear();
    wire::encode_event(seq, at, json, encoded);
    Ok(seq)
}

/// Up to `limit` events after `cursor` and up to `head`, as many as fit `budget` and at least one.
pub(super) fn forwards(
    database: &Connection,
    room: i64,
    cursor: Seq,
    head: Seq,
    limit: u32,
    budget: usize,
) -> Result<Page, LogError> {
    let mut statement =
        database.prepare_cached(&format!("{SELECT_EVENT} key > ?1 AND key <= ?2 ORDER BY key LIMIT ?3"))?;
    let mut rows = statement.query(params![row::row(room, cursor), row::row(room, head), limit])?;
    let (mut page, mut event) = (Page::after(cursor), String::new());
    while let Some(row) = rows.next()? {
        expect(encode(room, row, &mut event)?, page.last + 1)?;
        if !page.push(&event, budget) {
            return Ok(page);
        }
    }
    // Fewer than there should be, and nothing said so.
    expect(page.last, head.min(cursor + u64::from(limit)))?;
    Ok(page)
}

/// Up to `limit` events that end just before `end`, as many as fit `budget` and at least one.
pub(super) fn backwards(
    database: &Connection,
    room: i64,
    end: Seq,
    limit: u32,
    budget: usize,
) -> Result<Page, LogError> {
    let mut statement =
        database.prepare_cached(&format!("{SELECT_EVENT} key < ?1 AND key >= ?2 ORDER BY key DESC LIMIT ?3"))?;
    let mut rows = statement.query(params![row::row(room, end), row::all_of(room).start(), limit])?;
    let (mut events, mut size, mut next) = (Vec::new(), 0, end - 1);
    while let Some(row) = rows.next()? {
        let mut event = String::new();
        expect(encode(room, row, &mut event)?, next)?;
        size += event.len() + 1;
        if size > budget && !events.is_empty() {
            break;
        }
        events.push(event);
        next -= 1;
    }
    let read_all = size > budget || events.len() == limit as usize || next == 0;
    if !read_all {
        return Err(LogError::Gap { expected: next });
    }
    events.reverse();
    Ok(Page { events: events.join(","), last: end - 1 })
}

/// When the event at `seq` was committed.
pub(super) fn time_of(database: &Connection, room: i64, seq: Seq) -> Result<Option<Millis>, LogError> {
    let mut statement = database.prepare_cached(&format!("{SELECT_EVENT} key = ?1"))?;
    let mut rows = statement.query([row::row(room, seq)])?;
    rows.next()?.map(|row| Ok(verified(room, row)?.1)).transpose()
}

/// Where the member's event of this id is.
pub(super) fn place_of(database: &Connection, room: i64, member: &str, id: &str) -> Result<Option<Seq>, LogError> {
    let mut statement = database.prepare_cached(&format!("{SELECT_EVENT} room = ?1 AND id = ?2"))?;
    let mut rows = statement.query(params![room, id])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let (seq, _, json) = verified(room, row)?;
    Ok((Stored::read(json)?.member == member).then_some(seq))
}

/// A log with a hole is never served as if it were whole.
fn expect(found: Seq, expected: Seq) -> Result<(), LogError> {
    if found == expected { Ok(()) } else { Err(LogError::Gap { expected }) }
}
