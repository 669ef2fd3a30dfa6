//! Coming in: what a client says of itself, and what it is told.

use serde::{Deserialize, Serialize};

use super::{Door, Event, FileRules, Member, Millis, Seq};

/// Asks to be let into a room.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct Join {
    /// Which room; may be left out where the relay has exactly one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room: Option<String>,
    /// The invite's secret, as it stands behind `#` in the link. Not needed in an open room, nor by a
    /// device that was let in before. Without one, joining a closed room is to knock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
    /// Anonymous when left out or blank.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nickname: Option<String>,
    /// A random token the client keeps, so that it comes back as the same member: 16 to 64 characters
    /// of `A-Z a-z 0-9 - _`. Without one the relay makes one up and tells it in [`You::device`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// The room's host key, for the host's own app: with it one has the host's powers, and needs no
    /// secret. It is in no invite.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// Where the client's own copy of the log ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Since>,
}

/// Where a client's copy of a log ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Since {
    /// Which log that was.
    pub epoch: String,
    /// The last event the client has; 0 when it has none.
    pub seq: Seq,
    /// [`Event::at`] of that event, 0 when there is none. By it the relay knows a log that was put back to
    /// an older copy and has gone on differently since.
    pub at: Millis,
}

/// The host is asked whether you may come in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Waiting {
    /// Whether a host is there to answer; if not, the knock waits for one.
    pub host_here: bool,
    /// After how long from now nobody will have answered.
    pub ends_in_ms: Millis,
}

/// You are in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Welcome {
    /// Who the client is in this room.
    pub you: You,
    /// The room it is in.
    pub room: RoomInfo,
    /// Which log this is. Another epoch is another log: nothing known of the old one holds.
    pub epoch: String,
    /// The last event in the log; 0 when it is empty.
    pub head: Seq,
    /// True when `events` continue the client's copy after [`Join::since`]; false when they are the
    /// newest page and the client has to start over.
    pub resumed: bool,
    /// Who is here; a part of them in a very large room.
    pub members: Vec<Member>,
    /// How many are here.
    pub count: u32,
    /// What the relay accepts.
    pub limits: Limits,
    /// In order. What doesn't fit here follows in [`ServerFrame::Events`](super::ServerFrame::Events).
    pub events: Vec<Event>,
}

/// Who the client is in a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct You {
    /// The same for every socket of this device, in this room.
    pub member: String,
    /// As the room sees it.
    pub nickname: String,
    /// Whether this is the host, by [`Join::host`].
    pub host: bool,
    /// What the host is called who [muted](super::Order::Mute) this member; absent when nobody did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub muted_by: Option<String>,
    /// The token to join with the next time; only when the client sent none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// Lets this member's HTTP requests at the room's [files](super::FileInfo), for as long as the member is in the
    /// room. The same for every socket of this member's until the relay stops; of no use for joining.
    pub ticket: String,
}

/// What a member may know of a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct RoomInfo {
    /// As it stands in the link.
    pub id: String,
    /// For people to read.
    pub name: String,
    /// Who gets in.
    pub door: Door,
    /// [Slow mode](super::Order::Slow): the time from one message of a member's to their next; 0 for no limit.
    pub every_ms: Millis,
    /// Which files may be sent.
    pub files: FileRules,
}

/// What the relay accepts, so that a client can say so before it sends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Limits {
    /// The longest [`NewMessage::text`](super::NewMessage::text), in bytes of UTF-8.
    pub text_bytes: u32,
    /// The longest [`NewMessage::text`](super::NewMessage::text), in characters as people see them.
    pub text_chars: u32,
    /// The longest nickname, in characters.
    pub nickname_chars: u32,
    /// The longest name of a room, in characters.
    pub room_name_chars: u32,
    /// The longest [`React::emoji`](super::React::emoji), in bytes of UTF-8.
    pub emoji_bytes: u32,
    /// What all files of the room may take together, in bytes.
    pub room_file_bytes: u64,
    /// The most files in one message.
    pub files: u32,
    /// The largest thumbnail, in bytes.
    pub thumb_bytes: u32,
    /// The longest side of a thumbnail, in pixels.
    pub thumb_pixels: u32,
    /// The longest [`SearchRequest::query`](super::SearchRequest::query), in characters.
    pub query_chars: u32,
}
