//! People in Chromium.

#![allow(clippy::unwrap_used, reason = "in a test, that is how it fails")]

mod talking;

mod accessible;
mod away;
mod changing;
mod completing;
mod composing;
mod door;
mod elsewhere;
mod exporting;
mod faults;
mod files;
mod focus;
mod going;
mod hostile;
mod inviting;
mod looking;
mod measured;
mod messages;
mod opened;
mod order;
mod phone;
mod presence;
mod reading;
mod refused;
mod replaced;
mod searching;
mod settings;
mod states;
mod tutorial;
mod waiting;
mod zoomed;

use snug_tests::{HeadlessRelay, Page, free_port};
use tempfile::TempDir;

/// A machine that hosts one room with `snug-relay`, at one address, however often that is ended.
pub(crate) struct Host {
    data: TempDir,
    listen: String,
}

impl Host {
    pub(crate) fn new() -> Self {
        let listen = format!("127.0.0.1:{}", free_port().unwrap());
        Self { data: tempfile::tempdir().unwrap(), listen }
    }

    pub(crate) async fn starts(&self) -> HeadlessRelay {
        self.starts_with(&[]).await
    }

    /// The same, with what it says going somewhere.
    pub(crate) async fn starts_logging(&self, log: std::fs::File) -> HeadlessRelay {
        let data = self.data.path().to_string_lossy();
        let arguments = ["--listen", &self.listen, "--data", &data, "--room", "Den"];
        HeadlessRelay::logging(&arguments, &[], log.into()).await.unwrap()
    }

    pub(crate) async fn starts_with(&self, more: &[&str]) -> HeadlessRelay {
        let data = self.data.path().to_string_lossy();
        let arguments = [&["--listen", &self.listen, "--data", &data, "--room", "Den"], more].concat();
        HeadlessRelay::start(&arguments).await.unwrap()
    }
}

/// What a page shows of what this person said, in order, with each one's state.
pub(crate) async fn said_by(page: &Page, nickname: &str) -> Vec<(String, String)> {
    let rows = page.messages().await.unwrap();
    let text = |row: &serde_json::Value, at: usize| row[at].as_str().unwrap().to_owned();
    rows.iter().filter(|row| row[0] == nickname).map(|row| (text(row, 1), text(row, 2))).collect()
}
