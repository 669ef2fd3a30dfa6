//! Places in a log, by what people know of them: an id, a moment.

use rusqlite::{Connection, params};

use super::{Log, LogError, event::time_of, row};
use crate::wire::{Millis, Seq};

impl Log {
    /// Where the event of that id is; `None` when there is none.
    pub(crate) async fn place_of(&self, id: &str) -> Result<Option<Seq>, LogError> {
        let (room, id) = (self.shared.room, id.to_owned());
        let found = self.reader.run(move |database| by_id(database, room, &id)).await?;
        // One that was committed this moment is told of by the head, and not before.
        Ok(found.filter(|seq| *seq <= self.shared.head()))
    }

    /// The first event of that moment or later, the last one when all are earlier, 0 in an empty log. Where
    /// times run backwards, because a clock was set back, it is one that comes right after an earlier one.
    pub(crate) async fn place_at(&self, at: Millis) -> Result<Seq, LogError> {
        let (room, head) = (self.shared.room, self.shared.head());
        self.reader.run(move |database| by_time(database, room, at, head)).await
    }
}

fn by_id(database: &Connection, room: i64, id: &str) -> Result<Option<Seq>, LogError> {
    let mut statement = database.prepare_cached("SELECT key FROM event WHERE room = ?1 AND id = ?2")?;
    let mut rows = statement.query(params![room, id])?;
    let Some(found) = rows.next()? else { return Ok(None) };
    Ok(Some(row::place(found.get(0)?).1))
}

/// By halves: some twenty reads in a million events, and no index that every append would have to keep.
fn by_time(database: &Connection, room: i64, at: Millis, head: Seq) -> Result<Seq, LogError> {
    let (mut least, mut most) = (head.min(1), head);
    while least < most {
        let middle = least.midpoint(most);
        let found = time_of(database, room, middle)?.ok_or(LogError::Gap { expected: middle })?;
        if found < at {
            least = middle + 1;
        } else {
            most = middle;
        }
    }
    Ok(least)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::{event::event_sum, schema};

    /// A log of events at these times.
    fn log(times: &[Millis]) -> (tempfile::TempDir, Connection) {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let connection = schema::create(&directory.path().join("snug.db")).expect("a new database");
        for (seq, at) in (1..).zip(times) {
            let json = format!(r#"{{"id":"{seq}"}}"#);
            let event = params![row::row(7, seq), at, seq.to_string(), json, event_sum(7, seq, *at, &json)];
            connection.execute("INSERT INTO event VALUES (?1, ?2, ?3, ?4, ?5)", event).expect("an event");
        }
        (directory, connection)
    }

    #[test]
    fn a_moment_is_where_the_first_event_since_then_is() {
        let times = [10, 20, 20, 20, 30, 50];
        for count in 0..=times.len() {
            let (_directory, database) = log(&times[..count]);
            for at in [0, 1, 10, 11, 20, 21, 30, 31, 49, 50, 51, Millis::MAX] {
                let wanted = times[..count].iter().position(|time| *time >= at).map_or(count, |index| index + 1);
                let found = by_time(&database, 7, at, count as Seq).expect("readable");
                assert_eq!(found, wanted as Seq, "{at} among {count}");
            }
        }
    }

    #[test]
    fn a_clock_that_was_set_back_leads_to_one_of_the_places_it_can_be() {
        let times = [10, 20, 30, 15, 25, 35];
        let (_directory, database) = log(&times);
        for at in 1..=35 {
            let found = usize::try_from(by_time(&database, 7, at, 6).expect("readable")).expect("a place");
            assert!(times[found - 1] >= at && (found == 1 || times[found - 2] < at), "{at} is not at {found}");
        }
    }

    #[test]
    fn an_id_is_one_rooms_own() {
        let (_directory, database) = log(&[1, 2, 3]);
        assert_eq!(by_id(&database, 7, "2").expect("readable"), Some(2));
        assert_eq!(by_id(&database, 8, "2").expect("readable"), None);
        assert_eq!(by_id(&database, 7, "4").expect("readable"), None);
    }
}
