//! Whatever is written besides appends: in turn with them, on the writer's thread.

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::{
    LogError,
    health::Health,
    writer::{Command, Queue},
};

/// The way to the writer. Clones are the same way.
#[derive(Clone)]
pub(super) struct Writes {
    writer: Queue<Command>,
    health: Health,
}

impl Writes {
    pub(super) fn new(writer: Queue<Command>, health: Health) -> Self {
        Self { writer, health }
    }

    /// Commits what has queued and ends the writer. Whatever comes after this is refused.
    pub(super) async fn stop(&self) {
        let _already_closed = self.writer.send(Command::Stop).await;
    }

    /// Writes, once everything that has queued before is committed; it is on disk when this returns.
    ///
    /// # Errors
    /// [`LogError::Distrusted`] once damage was found; else whatever kept it from being written.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        write: impl FnOnce(&mut Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, LogError> {
        self.health.check()?;
        let (answer, answered) = oneshot::channel();
        let write = Command::Write(Box::new(move |connection| {
            let _gone = answer.send(connection.and_then(|connection| Ok(write(connection)?)));
        }));
        self.writer.send(write).await?;
        let written = answered.await.map_err(|_| LogError::Closed)?;
        written.inspect_err(|error| self.health.note(error))
    }
}
