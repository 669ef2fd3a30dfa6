//! What the log holds.

use serde::{Deserialize, Serialize};

use super::{FileRules, Millis, Seq};

/// Something that happened, at its place in the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Event {
    /// Its place.
    pub seq: Seq,
    /// When it was committed.
    pub at: Millis,
    /// Who did it.
    pub member: String,
    /// What they were called then.
    pub nickname: String,
    /// Its author's client gave it, or the relay for a client that has none. By it events name each other.
    pub id: String,
    /// What it was.
    pub body: Body,
}

/// What an event says.
///
/// A change of a message is an event at its own place, and in the same commit the message's event is
/// written anew, as it reads from then on. So a page of history shows everything as it is now, and whoever
/// has a message already learns its changes in order. To apply one again changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Body {
    /// Somebody said something.
    Message(Message),
    /// A message was put into other words.
    Edited {
        /// The message's id.
        of: String,
        /// The words; absent since a later edit replaced them or the message was deleted.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<String>,
    },
    /// Somebody put an emoji to a message or took it off.
    Reacted {
        /// The message's id.
        of: String,
        /// As it was sent.
        emoji: String,
        /// False when it was taken off.
        on: bool,
    },
    /// A message was deleted, by its author or the host.
    Deleted {
        /// The message's id.
        of: String,
    },
    /// What is left of a message that was deleted.
    Gone {
        /// Who deleted it, where that wasn't its author.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<By>,
    },
    /// A host kept order.
    Measure(Measure),
}

/// Who did something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct By {
    /// Who that is.
    pub member: String,
    /// What they were called then.
    pub nickname: String,
}

/// What a host did to keep order, for all to read. By whom the event says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Measure {
    /// The room is called otherwise.
    Renamed {
        /// Its name from then on.
        name: String,
    },
    /// Slow mode was set, or ended.
    Slowed {
        /// As in [`Order::Slow`](super::Order::Slow).
        every_ms: Millis,
    },
    /// Other files may be sent, or are kept for another time.
    Files(FileRules),
    /// It was about one member.
    Member {
        /// What was done.
        deed: Deed,
        /// To whom.
        of: String,
        /// What they were called then.
        called: String,
    },
}

/// What a host may do about a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Deed {
    /// [`Order::Remove`](super::Order::Remove)
    Removed,
    /// [`Order::Ban`](super::Order::Ban)
    Banned,
    /// [`Order::Unban`](super::Order::Unban)
    Unbanned,
    /// [`Order::Mute`](super::Order::Mute)
    Muted,
    /// The same, taken back.
    Unmuted,
    /// [`Order::Appoint`](super::Order::Appoint)
    Appointed,
    /// The same, taken back.
    Dismissed,
}

/// What somebody said, as it reads now.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct Message {
    /// Exactly as it was typed.
    pub text: String,
    /// The id of the message it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply: Option<String>,
    /// The id of its newest [edit](Body::Edited).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited: Option<String>,
    /// In the order the emoji were first used.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(test, ts(as = "Option<Vec<Reaction>>"))]
    pub reactions: Vec<Reaction>,
    /// In the order in which its author put them. It has to stand last: by its end a stored message with
    /// files is told from all the others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(test, ts(as = "Option<Vec<FileInfo>>"))]
    pub files: Vec<FileInfo>,
}

/// A file in a message. Its content is at `/files/{room}/{hash}/{name}`, for whoever has a
/// [ticket](super::You::ticket).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct FileInfo {
    /// SHA-256 of the content, in 64 hexadecimal digits.
    pub hash: String,
    /// One line without path, control characters or marks that turn text around; never empty.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// The MIME type that the relay made out by looking at the content: `text/plain` for what can be read
    /// as text, `application/octet-stream` for what it doesn't know.
    pub media: String,
    /// In pixels, as it is shown: a photo's own turn is taken into account. Only images have it, and only
    /// those a browser can be expected to show; a picture without it is a file like any other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// In pixels, too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    /// The hash of a small picture of it that its author's client made, served as the file itself is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thumb: Option<String>,
}

/// Who put one emoji to a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Reaction {
    /// As the first one sent it.
    pub emoji: String,
    /// In order, never empty.
    pub members: Vec<String>,
}
