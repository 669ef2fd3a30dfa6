//! The number of an event's row: its room's key and its place in one, so that a table needs no second tree to find it.

use std::ops::RangeInclusive;

use crate::wire::Seq;

/// How many of its bits are the place; the rest are the room. The [schema](super::schema) has them, too. So many
/// events that a million a second would take half a year.
const PLACE_BITS: u32 = 44;

/// The last room that a number has room for: there are half a million.
pub(crate) const LAST_ROOM: u64 = (1 << (63 - PLACE_BITS)) - 1;

/// The last place that a number has room for.
const LAST: Seq = (1 << PLACE_BITS) - 1;

/// The number of the row that has the event at a place in a room. A room's rows stand together and in order.
pub(super) fn row(room: i64, seq: Seq) -> i64 {
    (room << PLACE_BITS) | i64::try_from(seq.min(LAST)).unwrap_or_default()
}

/// Where the event of a row is: its room, and its place there.
pub(super) fn place(row: i64) -> (i64, Seq) {
    (row >> PLACE_BITS, row.cast_unsigned() & LAST)
}

/// The numbers that a room's rows may have.
pub(super) fn all_of(room: i64) -> RangeInclusive<i64> {
    row(room, 0)..=row(room, LAST)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::schema;

    #[test]
    fn a_row_is_one_places_own() {
        for room in [1, 2, LAST_ROOM.cast_signed()] {
            for seq in [0, 1, 2, LAST - 1, LAST] {
                assert_eq!(place(row(room, seq)), (room, seq));
                assert!(all_of(room).contains(&row(room, seq)));
            }
            assert!(row(room, 0) > 0 && !all_of(room).contains(&row(room - 1, LAST)));
            assert_eq!(row(room, Seq::MAX), row(room, LAST), "as far as there are any");
        }
    }

    #[test]
    fn the_database_takes_a_row_apart_as_this_does() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let database = schema::create(&directory.path().join("snug.db")).expect("a new database");
        for at in [(1, 1), (7, LAST), (LAST_ROOM.cast_signed(), 2)] {
            let event = "INSERT INTO event (key, at, id, json, sum) VALUES (?1, 1, 'x', '{}', 0)";
            database.execute(event, [row(at.0, at.1)]).expect("an event");
            let apart = "SELECT room, seq FROM event WHERE key = ?1";
            let apart = database.query_row(apart, [row(at.0, at.1)], |row| Ok((row.get(0)?, row.get(1)?)));
            assert_eq!(apart.expect("it is there"), at);
        }
    }
}
