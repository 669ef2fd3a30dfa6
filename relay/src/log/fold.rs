//! The WAL is folded into the database beside the writer: by a thread of its own, while commits go on.
//!
//! What is committed meanwhile is left over, and the WAL can only begin anew once nothing is. That rest is little,
//! so the writer folds it itself, between two commits. The thread takes its time, so that the disk is there for commits;
//! if it doesn't keep up, it hurries, and at last the writer waits for it.
//!
//! How SQLite does it: <https://www.sqlite.org/wal.html#ckpt>.

use std::{
    cell::Cell,
    path::Path,
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
};

use rusqlite::Connection;

use super::{
    LogError,
    health::Health,
    paced,
    schema::{self, PAGE},
};

/// How much the WAL holds before folding begins, in pages; 4 MiB. SQLite counts so, too, and means 1000.
const BEGIN: u32 = 4 * 1024 * 1024 / PAGE as u32;

/// How much it holds before the thread hurries, in pages.
const MUCH: u32 = 2 * BEGIN;

/// How much it holds before the writer waits for the thread, in pages: so much has to be read again after a crash.
const MOST: u32 = 4 * BEGIN;

thread_local! {
    /// What the WAL of this thread's connection held after its last commit, in pages. SQLite tells it to a function
    /// that can know nothing else.
    static PAGES: Cell<u32> = const { Cell::new(0) };
}

/// How it stands with the thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Idle,
    /// It is to fold, or does.
    Folding,
    /// It has folded what was there when it began.
    Folded,
    Ending,
}

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    /// Somebody waits for the thread, or soon will.
    hurry: AtomicBool,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, state: State) {
        *self.state() = state;
        self.changed.notify_all();
    }

    /// Waits for it to stand in another way than these; in which it does then.
    fn wait_while(&self, states: &[State]) -> State {
        let waited = self.changed.wait_while(self.state(), |state| states.contains(state));
        *waited.unwrap_or_else(PoisonError::into_inner)
    }

    /// The WAL has begun anew: there is nothing left over for the writer.
    fn begun_anew(&self) {
        let mut state = self.state();
        if *state == State::Folded {
            *state = State::Idle;
        }
    }

    /// The thread is done with what it was to fold.
    fn folded(&self) {
        let mut state = self.state();
        if *state == State::Folding {
            *state = State::Folded;
        }
        self.changed.notify_all();
    }
}

/// The writer's side of it. The thread ends with it.
pub(super) struct Fold {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Fold {
    /// Starts the thread, for whoever is to write to the database at `path`.
    pub(super) fn start(path: &Path, health: Health) -> Result<Self, LogError> {
        let connection = schema::open_paced(path)?;
        let shared =
            Arc::new(Shared { state: Mutex::new(State::Idle), changed: Condvar::new(), hurry: AtomicBool::new(false) });
        let thread = {
            let shared = shared.clone();
            move || {
                let hurry = shared.clone();
                paced::only_while(move || !hurry.hurry.load(Ordering::Relaxed));
                while shared.wait_while(&[State::Idle, State::Folded]) == State::Folding {
                    // Once more, for what was committed meanwhile: what is left is what the writer stops for.
                    if fold(&connection, &health) && *shared.state() == State::Folding {
                        fold(&connection, &health);
                    }
                    shared.folded();
                }
            }
        };
        let thread = thread::Builder::new().name("snug-fold".into()).spawn(thread)?;
        Ok(Self { shared, thread: Some(thread) })
    }

    /// Counts what `writer` commits from now on; all of it has to be committed by this thread.
    pub(super) fn count(writer: &Connection) {
        writer.wal_hook(Some(|_, pages| {
            PAGES.set(pages.unsigned_abs());
            Ok(())
        }));
    }

    /// Somebody waits for what the thread is at: it takes no pauses any more.
    pub(super) fn hurry(&self) {
        self.shared.hurry.store(true, Ordering::Relaxed);
    }

    /// To be called after `writer` committed something: sees to it that the WAL doesn't grow for ever.
    pub(super) fn committed(&self, writer: &Connection, health: &Health) {
        let pages = PAGES.get();
        if pages < BEGIN {
            self.shared.begun_anew();
            return;
        }
        self.shared.hurry.store(pages >= MUCH, Ordering::Relaxed);
        let mut state = *self.shared.state();
        if state == State::Folding && pages >= MOST {
            state = self.shared.wait_while(&[State::Folding]);
        }
        match state {
            State::Idle => self.shared.set(State::Folding),
            State::Folded => {
                fold(writer, health);
                self.shared.set(State::Idle);
            }
            State::Folding | State::Ending => {}
        }
    }
}

impl Drop for Fold {
    fn drop(&mut self) {
        self.hurry();
        self.shared.set(State::Ending);
        let _panicked = self.thread.take().map(JoinHandle::join);
    }
}

/// Folds all that nobody reads from the WAL; whether it did. Waits for nobody, and if it fails, the next time does for both.
fn fold(connection: &Connection, health: &Health) -> bool {
    let folded = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
    if let Err(error) = folded {
        let error = LogError::from(error);
        tracing::warn!(%error, "the WAL can't be folded into the database");
        health.note(&error);
        return false;
    }
    true
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn what_the_thread_has_folded_to_the_end_is_not_left_to_the_writer() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("snug.db");
        schema::sync(schema::create(&path).expect("a database"), &path).expect("on disk");
        let writer = schema::open(&path).expect("the same");
        let health = Health::new(directory.path());
        let fold = Fold::start(&path, health.clone()).expect("a thread");
        Fold::count(&writer);
        let mut keys = 0..;
        let mut commit = || {
            let insert = "INSERT INTO event (key, at, id, json, sum) VALUES (?1, 0, ?1, hex(zeroblob(40000)), 0)";
            writer.execute(insert, [keys.next()]).expect("room for it");
            fold.committed(&writer, &health);
            PAGES.get()
        };
        while commit() < BEGIN {}
        assert_eq!(fold.shared.wait_while(&[State::Folding]), State::Folded);
        assert!(commit() < BEGIN, "the WAL began anew by itself");
        assert_eq!(*fold.shared.state(), State::Idle, "the next four megabytes are the thread's again");
    }

    #[test]
    fn the_wal_begins_anew_while_commits_go_on() {
        let directory = tempfile::tempdir().expect("a directory");
        let (path, wal) = (directory.path().join("snug.db"), directory.path().join("snug.db-wal"));
        schema::sync(schema::create(&path).expect("a database"), &path).expect("on disk");
        let writer = schema::open(&path).expect("the same");
        let health = Health::new(directory.path());
        let fold = Fold::start(&path, health.clone()).expect("a thread");
        Fold::count(&writer);
        let mut most = 0;
        for key in 0..1000 {
            let insert = "INSERT INTO event (key, at, id, json, sum) VALUES (?1, 0, ?1, hex(zeroblob(40000)), 0)";
            writer.execute(insert, [key]).expect("room for it");
            fold.committed(&writer, &health);
            most = most.max(fs::metadata(&wal).expect("a WAL").len());
        }
        let (page, commit) = (u64::from(PAGE) + 24, 16);
        assert!(most >= u64::from(BEGIN) * page, "{most}: of 80 MB");
        assert!(most <= u64::from(MOST + commit) * page, "{most}: of 80 MB");

        drop(fold);
        writer.close().expect("nobody else has it");
        assert!(!wal.exists(), "the thread's connection is closed, so that this was the last");
        let kept = schema::open_to_read(&path).expect("the database");
        let count: i64 = kept.query_row("SELECT count(*) FROM event", [], |row| row.get(0)).expect("readable");
        assert_eq!(count, 1000);
    }
}
