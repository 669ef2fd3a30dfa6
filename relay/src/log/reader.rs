//! Reads from the database, off the threads that serve sockets.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use rusqlite::{Connection, OpenFlags};
use tokio::sync::Semaphore;

use super::LogError;

/// Reads at one time. They wait for the disk, not for a core; more only take each other's turn.
const CONNECTIONS: usize = 4;

/// A few read-only connections to one database file. Clones share them.
#[derive(Clone)]
pub(super) struct Reader(Arc<Pool>);

struct Pool {
    path: PathBuf,
    turns: Semaphore,
    idle: Mutex<Vec<Connection>>,
}

impl Reader {
    pub(super) fn new(path: PathBuf) -> Self {
        Self(Arc::new(Pool { path, turns: Semaphore::new(CONNECTIONS), idle: Mutex::default() }))
    }

    /// Refuses every read from now on and closes the connections. The last one to a database folds
    /// its journal into it, so that a stopped relay leaves one file that can be copied.
    pub(super) fn close(&self) {
        self.0.turns.close();
        self.0.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Runs `read` on a thread that may block.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, LogError> + Send + 'static,
    ) -> Result<T, LogError> {
        let _turn = self.0.turns.acquire().await.map_err(|_| LogError::Closed)?;
        let pool = self.0.clone();
        tokio::task::spawn_blocking(move || {
            let connection = pool.take()?;
            let result = read(&connection);
            if !pool.turns.is_closed() {
                pool.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
            }
            result
        })
        .await
        .map_err(|_| LogError::Closed)?
    }
}

impl Pool {
    fn take(&self) -> Result<Connection, LogError> {
        if let Some(connection) = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop() {
            return Ok(connection);
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.path, flags)?;
        connection.busy_timeout(std::time::Duration::from_secs(5))?;
        Ok(connection)
    }
}
