//! Reads from the database, off the threads that serve sockets.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use rusqlite::Connection;
use tokio::sync::Semaphore;

use super::{LogError, health::Health, schema};

/// Reads at one time. They wait for the disk, not for a core; more only take each other's turn.
const CONNECTIONS: usize = 4;

/// A few read-only connections to one database file. Clones share them.
#[derive(Clone)]
pub(super) struct Reader(Arc<Pool>);

struct Pool {
    path: PathBuf,
    health: Health,
    turns: Arc<Semaphore>,
    idle: Mutex<Vec<Connection>>,
}

impl Reader {
    /// Opens them all at once: later there may be no file descriptor left for those who are inside.
    pub(super) fn open(path: &Path, health: &Health) -> rusqlite::Result<Self> {
        let idle = (0..CONNECTIONS).map(|_| connect(path)).collect::<rusqlite::Result<Vec<_>>>()?;
        let (path, turns, idle) = (path.to_owned(), Arc::new(Semaphore::new(CONNECTIONS)), Mutex::new(idle));
        Ok(Self(Arc::new(Pool { path, health: health.clone(), turns, idle })))
    }

    /// Refuses every read from now on and closes the connections. The last one to a database folds
    /// its journal into it, so that a stopped relay leaves one file that can be copied.
    pub(super) fn close(&self) {
        self.0.turns.close();
        self.0.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Runs `read` on a thread that may block. What it finds damaged is noted.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, LogError> + Send + 'static,
    ) -> Result<T, LogError> {
        let turn = self.0.turns.clone().acquire_owned().await.map_err(|_| LogError::Closed)?;
        let pool = self.0.clone();
        tokio::task::spawn_blocking(move || {
            // Until it is read, whether or not anybody waits for it any more.
            let _turn = turn;
            let connection = pool.take()?;
            let result = read(&connection);
            if !pool.turns.is_closed() {
                pool.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
            }
            result.inspect_err(|error| pool.health.note(error))
        })
        .await
        .map_err(|_| LogError::Closed)?
    }
}

impl Pool {
    /// There is one for each turn, unless a read panicked with it.
    fn take(&self) -> rusqlite::Result<Connection> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        idle.map_or_else(|| connect(&self.path), Ok)
    }
}

fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let connection = schema::open_to_read(path)?;
    // SQLite opens the file only when it is first read.
    connection.query_row("SELECT count(*) FROM room", [], |_| Ok(()))?;
    Ok(connection)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn a_read_that_nobody_waits_for_any_more_counts_until_it_has_ended() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let path = directory.path().join("snug.db");
        schema::sync(schema::create(&path).expect("a new database"), &path).expect("on disk");
        let reader = Reader::open(&path, &Health::new(directory.path())).expect("readable");
        let ((begin, begun), (end, ends)) = (mpsc::channel(), mpsc::channel::<()>());
        let read = move |_: &Connection| {
            begin.send(()).expect("somebody waits for it");
            Ok(ends.recv().is_ok())
        };
        let mut reading = Box::pin(reader.run(read));
        assert!((&mut reading).now_or_never().is_none());
        begun.recv().expect("it begins");
        drop(reading);
        assert_eq!(reader.0.turns.available_permits(), CONNECTIONS - 1);
        end.send(()).expect("it goes on");
        let all = u32::try_from(CONNECTIONS).expect("a few");
        drop(reader.0.turns.acquire_many(all).await.expect("nobody closed it"));
        assert_eq!(reader.0.idle.lock().expect("whole").len(), CONNECTIONS, "and no more are opened");
    }
}
