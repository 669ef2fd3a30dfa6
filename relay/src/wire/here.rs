//! Who is here, and where the host is: state beside the log.

use serde::{Deserialize, Serialize};

/// Someone who is in the room now.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct Member {
    /// The same for every socket of a device, in this room.
    pub member: String,
    /// As of now.
    pub nickname: String,
    /// Nobody looks at any of the member's clients.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(test, ts(as = "Option<bool>"))]
    pub away: bool,
    /// This is the host.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(test, ts(as = "Option<bool>"))]
    pub host: bool,
}

/// What changed in who is here since this client was last told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Presence {
    /// True when `joined` is the whole list anew, because too much changed or was missed to tell the
    /// changes; as in [`Welcome::members`](super::Welcome::members), a part of it in a very large room.
    pub reset: bool,
    /// Came, changed their nickname, went away or came back.
    pub joined: Vec<Member>,
    /// Left.
    pub left: Vec<String>,
    /// How many are here now.
    pub count: u32,
}

/// Where the host can be reached, for whoever loses it. State beside the log: the latest wins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Addresses {
    /// `192.168.1.20:7684`, best first.
    pub addresses: Vec<String>,
    /// What the host is known again by, at an address one hears of elsewhere: it proves there that it knows
    /// this. The same for all who are inside, and after every restart.
    pub mark: String,
}

/// Who is typing, by the time they began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Typists {
    /// A few of them, where there are many; oneself may be among them.
    pub members: Vec<String>,
}
