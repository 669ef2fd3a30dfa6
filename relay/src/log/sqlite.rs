//! One open database: every room of a relay, and their logs.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
};

use rusqlite::{Connection, InterruptHandle, Row, params};
use tokio::sync::watch;

use super::{
    Log, LogError, OpenError, Page, Register, SetAside, Shared, StoredLink, StoredMember,
    aside::{self, FILE},
    check::check,
    files,
    find::Finder,
    fold::Fold,
    health::Health,
    index::{Index, Progress},
    now,
    open::{Opened, blame, open},
    reader::Reader,
    register, row,
    schema::{self, SELECT_ROOM, event_sum, put_room, room_from},
    stored::Stored,
    tail::Tail,
    writer::{self, Command, Queue},
    writes::Writes,
};
use crate::{
    config::Limits,
    files::{ContentHash, Files},
    invite::{Secret, random_epoch},
    wire::{self, Door, FileRules, Millis, Seq},
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

/// A look at everything, while it is being served already.
struct Checking {
    given_up: Arc<AtomicBool>,
    /// Ends the statement it is in.
    interrupt: InterruptHandle,
}

impl Checking {
    /// Begins on a thread of its own; what it finds goes to `health`, and to `sound` if that is nothing.
    fn start(path: &Path, health: &Health, sound: Arc<AtomicBool>) -> Result<(JoinHandle<()>, Self), LogError> {
        let (connection, health) = (schema::open_to_read(path)?, health.clone());
        let given_up = Arc::new(AtomicBool::new(false));
        let checking = Self { given_up: given_up.clone(), interrupt: connection.get_interrupt_handle() };
        let thread = thread::Builder::new().name("snug-check".into()).spawn(move || {
            match check(&connection, || !given_up.load(Ordering::Relaxed)) {
                Err(error) if !given_up.load(Ordering::Relaxed) => {
                    tracing::error!(%error, "the database could not be checked, or is damaged");
                    health.note(&error);
                }
                _ => sound.store(!given_up.load(Ordering::Relaxed), Ordering::Release),
            }
        })?;
        Ok((thread, checking))
    }

    fn give_up(&self) {
        self.given_up.store(true, Ordering::Relaxed);
        self.interrupt.interrupt();
    }
}

/// Contents that are looked after at one time, between commits.
const RELEASED: usize = 64;

/// One open database. Only one process at a time has it.
pub(crate) struct Database {
    writer: Queue<Command>,
    writes: Writes,
    threads: Mutex<Vec<JoinHandle<()>>>,
    reader: Reader,
    finder: Finder,
    index: Index,
    indexing: Mutex<Option<JoinHandle<()>>>,
    batch_bytes: usize,
    health: Health,
    checking: Option<Checking>,
    set_aside: Option<SetAside>,
    files: Files,
    directory: PathBuf,
    /// It was looked at in full.
    sound: Arc<AtomicBool>,
}

impl Database {
    /// Opens the database in `directory`, making both when they aren't there; what is damaged is set
    /// aside. Blocks.
    pub(crate) fn open(directory: &Path, limits: &Limits) -> Result<Self, OpenError> {
        let Opened { connection, path, lock, set_aside, checked } = open(directory, limits.check_bytes)?;
        let failed = |error: LogError| blame(path.clone(), error);
        let health = Health::new(directory);
        let files = Files::open(directory, limits).map_err(|error| blame(directory.to_owned(), error.into()))?;
        let sound = Arc::new(AtomicBool::new(checked));
        let reader = Reader::open(&path, &health).map_err(|error| failed(error.into()))?;
        let (mut threads, mut checking) = (Vec::new(), None);
        if !checked {
            let (thread, started) = Checking::start(&path, &health, sound.clone()).map_err(failed)?;
            threads.push(thread);
            checking = Some(started);
        }
        let (index, indexing) = Index::start(&path, &health).map_err(failed)?;
        let finder = Finder::new(path.clone(), index.clone(), health.clone());
        let fold = Fold::start(&path, health.clone()).map_err(failed)?;
        let (writer, thread) =
            writer::start(connection, fold, lock, limits, health.clone(), index.clone(), files.clone())
                .map_err(|error| failed(error.into()))?;
        threads.push(thread);
        Ok(Self {
            writes: Writes::new(writer.clone(), health.clone()),
            writer,
            threads: Mutex::new(threads),
            reader,
            finder,
            index,
            indexing: Mutex::new(Some(indexing)),
            batch_bytes: limits.batch_bytes,
            health,
            checking,
            set_aside,
            files,
            directory: directory.to_owned(),
            sound,
        })
    }

    /// The database that was found damaged in the place of this one.
    pub(crate) fn set_aside(&self) -> Option<&SetAside> {
        self.set_aside.as_ref()
    }

    /// Waits until this one turns out to be damaged; what is wrong with it. From then on nothing is
    /// appended, and what is served is only what verifies.
    pub(crate) fn damaged(&self) -> impl Future<Output = Arc<str>> + Send + use<> {
        self.health.damaged()
    }

    /// Whether it did.
    pub(crate) fn is_damaged(&self) -> bool {
        self.health.is_damaged()
    }

    /// Commits what has queued and ends the writer. Appends after this are refused.
    pub(crate) async fn close(&self) {
        if let Some(checking) = &self.checking {
            checking.give_up();
        }
        self.reader.close();
        self.finder.close();
        self.index.stop();
        // Before the writer, whose connection is the last one then, and folds the WAL into the file.
        let indexing = self.indexing.lock().unwrap_or_else(PoisonError::into_inner).take();
        join(indexing).await;
        self.writes.stop().await;
        let threads = std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        join(threads).await;
    }

    /// Every room in the file, oldest first.
    pub(crate) async fn rooms(&self) -> Result<Vec<StoredRoom>, LogError> {
        self.reader.run(rooms).await
    }

    /// The room of that id, if there is one.
    pub(crate) async fn room(&self, id: &str) -> Result<Option<StoredRoom>, LogError> {
        let id = id.to_owned();
        self.reader
            .run(move |database| {
                let mut statement = database.prepare_cached(&format!("{SELECT_ROOM} WHERE id = ?1"))?;
                statement.query([id])?.next()?.map(room_from).transpose()
            })
            .await
    }

    /// Stores a new room with an empty log.
    pub(crate) async fn create_room(&self, room: NewRoom) -> Result<StoredRoom, LogError> {
        let make = move |database: &mut Connection| {
            let NewRoom { id, name, secret, door } = room;
            let key = database.query_row("SELECT coalesce(max(key), 0) + 1 FROM room", [], |row| row.get(0))?;
            let host = Secret::random();
            let (epoch, created_at) = (random_epoch(), now());
            let (made_as, every_ms, files) = (name.clone(), 0, None);
            let room = StoredRoom { key, id, name, made_as, secret, host, door, every_ms, files, epoch, created_at };
            put_room(database, &room)?;
            Ok(room)
        };
        self.writes.run(make).await
    }

    /// Opens, closes or locks a stored room that nobody serves.
    pub(crate) async fn set_door(&self, room: StoredRoom, door: Door) -> Result<(), LogError> {
        self.writes.run(move |database| put_room(database, &StoredRoom { door, ..room })).await
    }

    /// What a stored room keeps beside its log. Called once a room: whoever calls it keeps the answer.
    pub(crate) async fn register(
        &self,
        room: &StoredRoom,
    ) -> Result<(Register, Vec<StoredMember>, Vec<StoredLink>), LogError> {
        let key = room.key;
        let (members, links) = self.reader.run(move |database| register::read(database, key)).await?;
        Ok((Register::new(key, self.writes.clone()), members, links))
    }

    /// The log of a stored room. Called once a room: every call makes another tail.
    pub(crate) async fn log(&self, room: &StoredRoom) -> Result<Log, LogError> {
        let key = room.key;
        let head: Seq = self.reader.run(move |database| newest(database, key)).await?;
        let tail = Mutex::new(Tail::default());
        let (head, progress) = (watch::Sender::new(head), Progress::unknown(head));
        let shared = Arc::new(Shared { room: key, epoch: room.epoch.clone(), head, tail, progress });
        self.index.follow(&shared);
        Ok(Log {
            shared,
            writer: self.writer.clone(),
            reader: self.reader.clone(),
            finder: self.finder.clone(),
            batch_bytes: self.batch_bytes,
            health: self.health.clone(),
        })
    }

    /// The files that its messages have.
    pub(crate) fn files(&self) -> &Files {
        &self.files
    }

    /// Removes uploads that nobody went on with, files whose time is up, and what a crash left behind.
    ///
    /// Of the last nothing while a database lies beside this one that was set aside: what no message here has may
    /// be that one's. And nothing before it is known that the messages here are all that were written.
    pub(crate) async fn tidy_files(&self, limits: &Limits) -> Result<(), LogError> {
        const DAY_MS: Millis = 24 * 60 * 60 * 1000;
        let (files, before) = (self.files.clone(), now().saturating_sub(limits.upload_ms));
        let abandoned = tokio::task::spawn_blocking(move || files.forget_abandoned(before));
        let mut unwanted = abandoned.await.map_err(|_| LogError::Closed)?;
        for room in self.rooms().await? {
            let days = room.files.map_or(limits.file_days, |rules| rules.days);
            if days > 0 {
                let before = now().saturating_sub(DAY_MS * u64::from(days));
                let expired = self.writes.run(move |database| files::expire(database, room.key, before)).await?;
                unwanted.extend(expired.iter().filter_map(|hash| ContentHash::parse(hash)));
            }
        }
        if self.sound.load(Ordering::Acquire) && !aside::any(&self.directory)? {
            let files = self.files.clone();
            unwanted.extend(tokio::task::spawn_blocking(move || files.all()).await.map_err(|_| LogError::Closed)??);
        }
        for some in unwanted.chunks(RELEASED) {
            self.health.check()?;
            self.writer.send(Command::Release(some.to_vec())).await?;
        }
        Ok(())
    }
}

async fn join(threads: impl IntoIterator<Item = JoinHandle<()>>) {
    for thread in threads {
        let _panicked = tokio::task::spawn_blocking(move || thread.join()).await;
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        self.index.stop();
    }
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

fn rooms(database: &Connection) -> Result<Vec<StoredRoom>, LogError> {
    let mut statement = database.prepare_cached(&format!("{SELECT_ROOM} ORDER BY key"))?;
    let mut rows = statement.query([])?;
    let mut rooms = Vec::new();
    while let Some(row) = rows.next()? {
        rooms.push(room_from(row)?);
    }
    Ok(rooms)
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
