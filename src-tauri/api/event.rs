//! What the shell tells by itself, and what is nearby.

use serde::Serialize;

/// What the shell tells the page by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum ShellEvent {
    /// What is nearby, all of it, while the page [wants to know](crate::commands).
    Nearby {
        /// By name.
        rooms: Vec<NearbyRoom>,
        /// Whether this machine can't hear of any: it has no network, or no multicast.
        deaf: bool,
    },
    /// A notification was clicked; the window is in front.
    NotificationClicked {
        /// The message it told of.
        message: String,
    },
    /// The network changed, or this machine woke up: connections may be dead.
    Network {},
    /// Somebody opened an invite link with the app.
    Opened {
        /// `http://192.168.1.20:7684/r/<room>#<secret>`
        link: String,
    },
    /// Somebody wants the hosted room to be stopped, by the icon beside the clock.
    Stop {},
    /// Somebody closed the window, and nothing has been decided for that yet: it is still open.
    Closing {},
    /// The links to the hosted room are others than before.
    Moved {},
}

/// A room that says of itself it is nearby. Any of it may be made up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct NearbyRoom {
    /// As it stands in links.
    pub room: String,
    /// For people to read.
    pub name: String,
    /// Whether it says that whoever comes is let in.
    pub open: bool,
    /// Where it may be, best first, never empty: `192.168.1.20:7684`.
    pub addresses: Vec<String>,
}
