//! Reads what can still be read from a damaged database, and writes it into a new one.
//!
//! Only what verifies is taken over, so it does not matter how it is found: each row's checksum covers
//! its room, its place and its time.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Read, Seek, SeekFrom, Write},
    path::Path,
};

use rusqlite::{Connection, OptionalExtension, Row, ToSql, config::DbConfig, params};

use super::{
    LogError, StoredRoom,
    event::{SELECT_EVENT, event_sum, verified},
    file::{Kind, kind},
    files,
    link::{SELECT_LINK, link_from, put_link},
    member::{SELECT_MEMBER, member_from, put_member},
    room::{SELECT_ROOM, put_room, room_from},
    row,
    schema::{self, PAGE},
    stored::Stored,
};
use crate::{
    invite::random_epoch,
    wire::{Body, Message, Millis, Seq},
};

/// How far past the last event that was found it looks for more, where the log's end can't be told.
const FURTHER: Seq = 20_000;

/// How much was saved, and how much is known to be lost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Salvaged {
    pub(super) rooms: u64,
    pub(super) events: u64,
    pub(super) lost: u64,
}

/// Fills the empty database `into` with what can be read of the file at `damaged`: every room whose row
/// verifies, in a new epoch, of its events all that verify, in order and without a gap, and of its members
/// and links those that do.
///
/// The file itself is only read. `scratch` is a name for a copy of it, which is made if it takes one.
///
/// # Errors
/// When `into` or `scratch` can't be written.
pub(super) fn salvage(damaged: &Path, scratch: &Path, into: &mut Connection) -> Result<Salvaged, LogError> {
    let sources = sources(damaged, scratch)?;
    let rooms: BTreeMap<_, _> = sources.iter().flat_map(rooms).map(|room| (room.key, room)).collect();
    into.execute_batch("CREATE TEMP TABLE found (seq INTEGER PRIMARY KEY, at INTEGER, json TEXT)")?;
    let transaction = into.transaction()?;
    let mut salvaged = Salvaged::default();
    for room in rooms.into_values() {
        let room = StoredRoom { epoch: random_epoch(), ..room };
        put_room(&transaction, &room)?;
        for source in &sources {
            find(source, room.key, &transaction)?;
            find_register(source, room.key, &transaction)?;
        }
        let (kept, last) = renumber(&transaction, room.key)?;
        salvaged.rooms += 1;
        salvaged.events += kept;
        salvaged.lost += last - kept;
    }
    transaction.commit()?;
    into.execute_batch("DROP TABLE temp.found")?;
    Ok(salvaged)
}

/// The file as it is, and if its first page is bad, which says where everything else is, a copy with that
/// page mended. If that shows at first sight only the copy: from a file that it takes for empty SQLite
/// would remove the WAL.
fn sources(damaged: &Path, scratch: &Path) -> Result<Vec<Connection>, LogError> {
    let mut sources = Vec::new();
    if matches!(kind(damaged)?, Kind::Ours) {
        sources.extend(connect(damaged));
        let length = fs::metadata(damaged)?.len();
        let sound = |source: &Connection| -> Result<bool, LogError> {
            let pages: u64 = source.pragma_query_value(None, "page_count", |row| row.get(0))?;
            Ok(pages * u64::from(PAGE) == length && schema::layout(source)? == schema::new_layout()?)
        };
        if sources.iter().any(|source| sound(source).unwrap_or(false)) {
            return Ok(sources);
        }
    }
    mend(damaged, scratch)?;
    sources.push(connect(scratch)?);
    Ok(sources)
}

/// Opens a file that SQLite would rather not.
fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(path, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    // Else a file shorter than its header says can't be read at all.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_WRITABLE_SCHEMA, true)?;
    Ok(connection)
}

/// Copies the file, with the first page of a new database in place of its own. What that page says is the
/// same in every database of ours, but for the number of pages.
fn mend(damaged: &Path, scratch: &Path) -> Result<(), LogError> {
    let mut first = vec![0; PAGE.into()];
    let fresh = scratch.with_extension("fresh");
    remove(&fresh)?;
    schema::sync(schema::create(&fresh)?, &fresh)?;
    File::open(&fresh)?.read_exact(&mut first)?;
    remove(&fresh)?;

    copy(damaged, scratch)?;
    copy(&wal(damaged), &wal(scratch))?;
    let mut file = File::options().create(true).truncate(false).write(true).open(scratch)?;
    let pages = file.metadata()?.len().div_ceil(PAGE.into()).max(1);
    file.set_len(pages * u64::from(PAGE))?;
    // The number of pages, left for SQLite to find out: the WAL may know of more than the file has.
    first[28..32].fill(0);
    file.seek(SeekFrom::Start(0))?;
    file.write_all(&first)?;
    Ok(())
}

/// Copies a file, if it is there.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    match fs::copy(from, to) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        copied => copied.map(|_| ()),
    }
}

/// The name of a database's WAL.
pub(super) fn wal(database: &Path) -> std::path::PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push("-wal");
    name.into()
}

/// Removes a file, if it is there.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

/// Every room that verifies, read from both ends.
fn rooms(source: &Connection) -> Vec<StoredRoom> {
    let mut rooms = Vec::new();
    for order in ["ASC", "DESC"] {
        // What stops one direction, the other may get around.
        let _stopped = each(source, &format!("{SELECT_ROOM} ORDER BY key {order}"), &[], |row| {
            rooms.extend(room_from(row));
            Ok(())
        });
    }
    rooms
}

/// Puts every event of a room that verifies into `found`.
fn find(source: &Connection, room: i64, into: &Connection) -> Result<(), LogError> {
    let mut keep = into.prepare("INSERT OR IGNORE INTO found (seq, at, json) VALUES (?1, ?2, ?3)")?;
    let (mut whole, mut last) = (true, 0);
    for order in ["ASC", "DESC"] {
        let all = row::all_of(room);
        let those = format!("{SELECT_EVENT} key >= ?1 AND key <= ?2 ORDER BY key {order}");
        let read = each(source, &those, &[all.start(), all.end()], |row| {
            match verified(room, row) {
                Ok((seq, at, json)) => {
                    last = last.max(seq);
                    keep.execute(params![seq, at, json])?;
                }
                Err(_) => whole = false,
            }
            Ok(())
        });
        match read {
            Ok(()) => {}
            Err(Stopped::Reading) => whole = false,
            Err(Stopped::Writing(error)) => return Err(error.into()),
        }
    }
    let found: Seq = into.query_row("SELECT count(*) FROM found", [], |row| row.get(0))?;
    if whole && found == last {
        return Ok(());
    }
    // One by one: each lookup takes its own way through the tree, past what is bad elsewhere.
    let Ok(mut lookup) = source.prepare(&format!("{SELECT_EVENT} key = ?1")) else { return Ok(()) };
    let mut known = into.prepare("SELECT 1 FROM found WHERE seq = ?1")?;
    let indexed = "SELECT max(key) FROM event INDEXED BY event_id WHERE room = ?1";
    let indexed = source.query_row(indexed, [room], |row| row.get::<_, Option<i64>>(0));
    // What the index says of the end is no more certain than the rest.
    let further = match indexed {
        Ok(Some(end)) => row::place(end).1.saturating_sub(last).clamp(FURTHER / 100, FURTHER),
        _ => FURTHER,
    };
    let (mut seq, mut end) = (1, last + further);
    while seq <= end {
        if !known.exists([seq])? {
            let read = |row: &Row<'_>| Ok(verified(room, row).ok().map(|(seq, at, json)| (seq, at, json.to_owned())));
            if let Ok(Some(Some((seq, at, json)))) = lookup.query_row([row::row(room, seq)], read).optional() {
                keep.execute(params![seq, at, json])?;
                end = end.max(seq + further);
            }
        }
        seq += 1;
    }
    Ok(())
}

/// Takes over every member and every link of a room that verifies.
fn find_register(source: &Connection, room: i64, into: &Connection) -> Result<(), LogError> {
    for order in ["ASC", "DESC"] {
        let members =
            each(source, &format!("{SELECT_MEMBER} WHERE room = ?1 ORDER BY member {order}"), &[&room], |row| {
                member_from(row).map_or(Ok(()), |(room, member)| put_member(into, room, &member))
            });
        let links = each(source, &format!("{SELECT_LINK} WHERE room = ?1 ORDER BY id {order}"), &[&room], |row| {
            link_from(row).map_or(Ok(()), |(room, link)| put_link(into, room, &link))
        });
        for read in [members, links] {
            // Those that can't be read need a link again, or another one.
            if let Err(Stopped::Writing(error)) = read {
                return Err(error.into());
            }
        }
    }
    Ok(())
}

/// Moves what was found into the log, each event to the next place; how many, and the last one's old place.
fn renumber(into: &Connection, room: i64) -> Result<(u64, Seq), LogError> {
    let mut insert = into.prepare("INSERT INTO event (key, at, id, json, sum) VALUES (?1, ?2, ?3, ?4, ?5)")?;
    let mut found = into.prepare("SELECT seq, at, json FROM found ORDER BY seq")?;
    let mut rows = found.query([])?;
    let (mut kept, mut last) = (0, 0);
    while let Some(row) = rows.next()? {
        let (at, json): (Millis, String) = (row.get(1)?, row.get(2)?);
        (kept, last) = (kept + 1, row.get(0)?);
        let stored = Stored::read(&json)?;
        insert.execute(params![row::row(room, kept), at, stored.id, json, event_sum(room, kept, at, &json)])?;
        if let Body::Message(Message { files, .. }) = &*stored.body {
            files::refer(into, room, kept, at, files)?;
        }
    }
    drop(rows);
    into.execute("DELETE FROM found", [])?;
    Ok((kept, last))
}

enum Stopped {
    Reading,
    Writing(rusqlite::Error),
}

/// Hands each row to `take`, until no further one can be read or `take` fails.
fn each(
    source: &Connection,
    sql: &str,
    parameters: &[&dyn ToSql],
    mut take: impl FnMut(&Row<'_>) -> rusqlite::Result<()>,
) -> Result<(), Stopped> {
    let mut statement = source.prepare(sql).map_err(|_| Stopped::Reading)?;
    let mut rows = statement.query(parameters).map_err(|_| Stopped::Reading)?;
    while let Some(row) = rows.next().map_err(|_| Stopped::Reading)? {
        take(row).map_err(Stopped::Writing)?;
    }
    Ok(())
}
