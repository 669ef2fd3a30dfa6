//! What the page starts with.

use serde::{Deserialize, Serialize};

use super::Hosting;

/// What the page needs to know when it starts.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct ShellState {
    /// The one used last, else a guess from the login name.
    pub nickname: String,
    /// A name for a new room; empty when the page should make one from the nickname.
    pub room_name: String,
    /// This device's random token, to join rooms with.
    pub device: String,
    /// The rooms last been in, newest first.
    pub recent: Vec<RecentRoom>,
    /// The room hosted now, as after a reload of the page.
    pub hosting: Option<Hosting>,
    /// The invite link the app was opened with; told once.
    pub opened: Option<String>,
    /// The app's version.
    pub version: String,
    /// Whether the webview plays films and sound as they come in: WebKitGTK plays only what it has whole.
    pub streams: bool,
}

/// A room this device has been in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct RecentRoom {
    /// As it stands in the link.
    pub room: String,
    /// For people to read.
    pub name: String,
    /// The link it was joined by; for a hosted room it may lack the secret.
    pub link: String,
    /// Where else its host may be.
    #[serde(default)]
    pub others: Vec<String>,
    /// What its host is known by, where it said so.
    #[serde(default)]
    pub mark: Option<String>,
    /// What makes this device its host, where it was joined by a host's link. The settings alone keep it.
    #[serde(default)]
    pub host_key: Option<String>,
    /// Under which name this device's token for it was made, where it was joined before it was known which room it is.
    #[serde(default)]
    pub token: Option<String>,
    /// Whether it lives on this machine.
    pub hosted: bool,
    /// In milliseconds since 1970-01-01 UTC.
    pub last_used: u64,
}
