//! Connections to rooms, and what comes of them.

use serde::{Deserialize, Serialize};

/// What a host is known by, for one that is looked for on the network.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Known {
    /// The room's id.
    pub room: String,
    /// As the host told it to those inside; `None` where it is as the settings know it, if they do.
    pub mark: Option<String>,
    /// An address where the person says it is, though who answers there can't prove it.
    pub trusted: Option<String>,
}

/// A connection that was opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Connected {
    /// Its number.
    pub connection: u32,
    /// Which of the addresses answered.
    pub address: String,
}

/// What comes up from a connection, in order. `closed` is the last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum SocketEvent {
    /// A text frame, as the relay sent it.
    Frame {
        /// All of it.
        text: String,
    },
    /// The connection is over, whoever ended it.
    Closed {
        /// The WebSocket close code; 1006 when there was none, as in a browser.
        code: u16,
        /// In the relay's words, or the system's.
        reason: String,
    },
}

/// What a relay answered about an upload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct FileAnswer {
    /// The HTTP status.
    pub status: u16,
    /// All of the answer's text, JSON of the relay's as a rule.
    pub text: String,
}
