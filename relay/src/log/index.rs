//! The index of words, which makes searching quick: a file of its own, filled behind the log by a thread of its own.
//!
//! Sending waits for none of it. What the index hasn't got yet a [search](super::find) reads from the log, so what is
//! found is complete at any time; and it shows nothing that it hasn't read in the log, so nothing that the index
//! says is believed. Damaged, lost or of another log, it is thrown away and made anew.
//!
//! It reads the log's events in order. A message is put in as it reads by now; an edit or a deletion has its message
//! put in anew, or taken out. So up to the place that it has reached everything is as the events up to there made it.

mod file;
mod indexer;

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use rusqlite::Connection;
use tokio::sync::watch;

use super::{LogError, Shared, health::Health, schema};
use crate::wire::Seq;
pub(super) use file::reached;
use indexer::Indexer;

/// How far the index is with one room's log.
pub(super) struct Progress {
    /// Up to here all is in it. Moves after that can be read.
    reached: watch::Sender<Seq>,
    /// The newest edit or deletion: behind it the index says nothing wrong, before it it may.
    changed: watch::Sender<Seq>,
}

impl Progress {
    /// Of a log that ends at `head`, of which nothing is known.
    pub(super) fn unknown(head: Seq) -> Self {
        Self { reached: watch::Sender::new(0), changed: watch::Sender::new(head) }
    }

    /// Notes that a message reads otherwise since the event at `seq`.
    pub(super) fn change(&self, seq: Seq) {
        self.changed.send_replace(seq);
    }

    /// Waits until the index knows of all changes so far; whether it did within `patience`, and has anything.
    pub(super) async fn knows_all_changes(&self, patience: Duration) -> bool {
        let changed = *self.changed.borrow();
        let mut reached = self.reached.subscribe();
        let caught_up = reached.wait_for(|reached| *reached >= changed);
        tokio::time::timeout(patience, caught_up).await.is_ok_and(|reached| reached.is_ok_and(|reached| *reached > 0))
    }
}

#[cfg(test)]
impl Progress {
    /// Whether it gets to `seq` within a moment.
    pub(super) async fn gets_to(&self, seq: Seq) -> bool {
        let mut reached = self.reached.subscribe();
        let there = reached.wait_for(|reached| *reached >= seq);
        tokio::time::timeout(Duration::from_millis(100), there).await.is_ok()
    }

    /// As if the index had got to `seq` only.
    pub(super) fn pretend(&self, seq: Seq) {
        self.reached.send_replace(seq);
    }
}

/// What the thread is told. Cheap to clone; every clone is the same.
#[derive(Clone)]
pub(super) struct Index(Arc<Inner>);

struct Inner {
    directory: PathBuf,
    /// Something was committed since the thread last went to sleep.
    behind: AtomicBool,
    /// How many wait for it.
    hurry: AtomicUsize,
    /// Somebody found the file damaged.
    broken: AtomicBool,
    /// How often the file was made anew: whoever has it open has to open it again.
    made: AtomicUsize,
    /// Connections to read from the file as it was made last, that nobody uses now.
    readers: Mutex<Vec<Connection>>,
    told: Mutex<Told>,
    changed: Condvar,
}

/// A connection to read from the index, and which making of it that is.
pub(super) struct Lent {
    pub(super) connection: Connection,
    made: usize,
}

#[derive(Default)]
struct Told {
    rooms: Vec<Weak<Shared>>,
    stop: bool,
}

/// Somebody waits for the index; it makes no pauses until this is dropped.
pub(super) struct Hurry(Arc<Inner>);

impl Drop for Hurry {
    fn drop(&mut self) {
        self.0.hurry.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Index {
    /// Starts the thread over the log in `database`.
    pub(super) fn start(database: &Path, health: &Health) -> Result<(Self, JoinHandle<()>), LogError> {
        let index = Self(Arc::new(Inner {
            directory: database.parent().unwrap_or(database).to_owned(),
            behind: AtomicBool::new(false),
            hurry: AtomicUsize::new(0),
            broken: AtomicBool::new(false),
            made: AtomicUsize::new(0),
            readers: Mutex::default(),
            told: Mutex::default(),
            changed: Condvar::new(),
        }));
        let log = schema::open_to_read(database)?;
        let indexer = Indexer { told: index.0.clone(), log, health: health.clone(), tidy: false };
        let thread = thread::Builder::new().name("snug-search".into()).spawn(move || indexer.run())?;
        Ok((index, thread))
    }

    /// Follows a room's log from now on.
    pub(super) fn follow(&self, log: &Arc<Shared>) {
        self.0.told().rooms.push(Arc::downgrade(log));
        self.wake();
    }

    /// Says that a head has moved. While the thread is awake this is one atomic operation.
    pub(super) fn wake(&self) {
        if !self.0.behind.swap(true, Ordering::AcqRel) {
            let _told = self.0.told();
            self.0.changed.notify_all();
        }
    }

    /// Lets the thread make no pauses for as long as the guard is held.
    pub(super) fn hurry(&self) -> Hurry {
        self.0.hurry.fetch_add(1, Ordering::AcqRel);
        let _told = self.0.told();
        self.0.changed.notify_all();
        Hurry(self.0.clone())
    }

    /// Says that the file is damaged; it is made anew.
    pub(super) fn is_broken(&self) {
        self.0.broken.store(true, Ordering::Release);
        self.wake();
    }

    /// A connection to read from it; `None` where it can't be opened.
    pub(super) fn lend(&self) -> Option<Lent> {
        // Before it is opened: what is older than it says is closed too often, never too seldom.
        let made = self.0.made.load(Ordering::Acquire);
        let idle = self.0.readers().pop();
        let connection = idle.map_or_else(|| file::open_to_read(&self.0.directory), Ok);
        connection.ok().map(|connection| Lent { connection, made })
    }

    /// Takes it back.
    pub(super) fn take_back(&self, lent: Lent) {
        let mut readers = self.0.readers();
        if lent.made == self.0.made.load(Ordering::Acquire) && !self.0.stopped() {
            readers.push(lent.connection);
        }
    }

    /// Lets the thread end, once what was deleted is out of the index.
    pub(super) fn stop(&self) {
        self.0.told().stop = true;
        self.0.readers().clear();
        self.0.changed.notify_all();
    }
}

impl Inner {
    fn told(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn stopped(&self) -> bool {
        self.told().stop
    }

    fn readers(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.readers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Removes the file, and closes what has it open.
    fn discard(&self) -> std::io::Result<()> {
        let mut readers = self.readers();
        readers.clear();
        self.made.fetch_add(1, Ordering::AcqRel);
        file::discard(&self.directory)
    }

    /// Sleeps, unless it is stopped.
    fn pause(&self, pause: Duration) {
        let _poisoned = self.changed.wait_timeout_while(self.told(), pause, |told| !told.stop);
    }

    /// Sleeps, unless it is stopped or somebody hurries; whether neither happened.
    fn rest(&self, pause: Duration) -> bool {
        let awake = |told: &mut Told| !told.stop && self.hurry.load(Ordering::Acquire) == 0;
        let waited = self.changed.wait_timeout_while(self.told(), pause, awake);
        waited.is_ok_and(|(_, timeout)| timeout.timed_out())
    }

    /// Sleeps until something is to be done.
    fn wait(&self) {
        let idle = |told: &mut Told| !told.stop && !self.behind.load(Ordering::Acquire);
        let _poisoned = self.changed.wait_while(self.told(), idle);
    }

    fn rooms(&self) -> Vec<Arc<Shared>> {
        let mut told = self.told();
        told.rooms.retain(|room| room.strong_count() > 0);
        told.rooms.iter().filter_map(Weak::upgrade).collect()
    }
}
