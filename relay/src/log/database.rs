//! One open database: every room of a relay, and their logs.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
};

use rusqlite::Connection;
use tokio::sync::watch;

use super::{
    Log, LogError, NewRoom, OpenError, Register, SetAside, Shared, StoredLink, StoredMember, StoredRoom, aside,
    checking::Checking,
    event::newest,
    files,
    find::Finder,
    fold::Fold,
    health::Health,
    index::{Index, Progress},
    open::{Opened, blame, open},
    reader::Reader,
    register,
    room::{SELECT_ROOM, put_room, room_from, rooms},
    tail::Tail,
    writer::{self, Command, Queue},
    writes::Writes,
};
use crate::{
    clock::now,
    config::Limits,
    files::{ContentHash, Files},
    invite::{Secret, random_epoch},
    wire::{Door, Millis, Seq},
};

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
