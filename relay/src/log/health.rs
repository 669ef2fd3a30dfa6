//! Whether what the disk gives back can be trusted. The first who finds that it can't says so here.

use std::{
    fs::File,
    io::Write,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::watch;

use super::LogError;

/// Stands beside a database that gave back something wrong, and says what. The next opening sets that
/// database aside, even if it looks sound by then, and even if this process is killed now.
const MARK: &str = "snug.db.distrusted";

/// What is known of one open database. Clones share it.
#[derive(Clone)]
pub(super) struct Health(Arc<Inner>);

struct Inner {
    mark: PathBuf,
    /// One takes note at a time.
    noting: Mutex<()>,
    /// What was found, once something was.
    damage: watch::Sender<Option<Arc<str>>>,
}

impl Health {
    /// Of a database in `directory` that is sound as far as anyone knows.
    pub(super) fn new(directory: &Path) -> Self {
        Self(Arc::new(Inner { mark: directory.join(MARK), noting: Mutex::default(), damage: watch::Sender::new(None) }))
    }

    /// Takes note if `error` means that the database is damaged. Only the first one counts.
    pub(super) fn note(&self, error: &LogError) {
        if !error.is_damage() {
            return;
        }
        let _noting = self.0.noting.lock().unwrap_or_else(PoisonError::into_inner);
        if self.is_damaged() {
            return;
        }
        let what: Arc<str> = error.to_string().into();
        tracing::error!(%what, "nothing more is written");
        // Before anyone is told: whoever is may end the process.
        if let Err(error) = write_mark(&self.0.mark, &what) {
            tracing::error!(%error, "can't mark the database");
        }
        self.0.damage.send_replace(Some(what));
    }

    /// Whether damage was found.
    pub(super) fn is_damaged(&self) -> bool {
        self.0.damage.borrow().is_some()
    }

    /// # Errors
    /// [`LogError::Distrusted`] once damage was found.
    pub(super) fn check(&self) -> Result<(), LogError> {
        if self.is_damaged() { Err(LogError::Distrusted) } else { Ok(()) }
    }

    /// Waits until damage is found; what it was.
    pub(super) fn damaged(&self) -> impl Future<Output = Arc<str>> + Send + use<> {
        let (mut damage, health) = (self.0.damage.subscribe(), self.clone());
        async move {
            loop {
                if let Some(what) = damage.borrow_and_update().clone() {
                    return what;
                }
                // The sender lives as long as `health` does.
                let _never_gone = damage.changed().await;
                let _ = &health;
            }
        }
    }
}

/// What the last one who had the database in `directory` open found wrong with it.
pub(super) fn marked(directory: &Path) -> Option<String> {
    let mark = directory.join(MARK);
    // Whatever became of its words, it is the mark that counts.
    mark.exists().then(|| std::fs::read_to_string(mark).unwrap_or_else(|_| "it gave back something wrong".into()))
}

/// Forgets it, once that database is out of the way.
pub(super) fn unmark(directory: &Path) -> std::io::Result<()> {
    match std::fs::remove_file(directory.join(MARK)) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn write_mark(mark: &Path, what: &str) -> std::io::Result<()> {
    let mut file = File::create(mark)?;
    file.write_all(what.as_bytes())?;
    file.sync_all()
}
