//! What members say, change and tell of themselves.

use serde::{Deserialize, Serialize};

/// Something to say.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct NewMessage {
    /// Minted by the client, 1 to 64 printable ASCII characters, unique within the room. Sending the
    /// same id again is answered with the first one's `seq` and appends nothing; an id that another
    /// member used for something else is refused.
    pub id: String,
    /// What is said, at most [`Limits::text_chars`](super::Limits::text_chars) and [`Limits::text_bytes`](super::Limits::text_bytes); blank only where there are files.
    pub text: String,
    /// The id of the message it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply: Option<String>,
    /// Uploads of this member's that are complete, at most [`Limits::files`](super::Limits::files) of them, in the order in
    /// which they are to be shown. Each goes into one message.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(test, ts(as = "Option<Vec<String>>"))]
    pub files: Vec<String>,
}

/// Other words for a message of one's own. It becomes an event itself, and the message reads anew from
/// then on, in every page of history too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Edit {
    /// As [`NewMessage::id`]: the change's own.
    pub id: String,
    /// The message's id.
    pub of: String,
    /// As [`NewMessage::text`]. The message keeps its files.
    pub text: String,
}

/// Takes back a message: one's own, or for the host anybody's. What it said is erased from the host's
/// disk, its edits and reactions with it; that there was a message stays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Delete {
    /// As [`NewMessage::id`]: the change's own.
    pub id: String,
    /// The message's id.
    pub of: String,
}

/// Puts an emoji of one's own to anybody's message, or takes it off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct React {
    /// As [`NewMessage::id`]: the change's own.
    pub id: String,
    /// The message's id.
    pub of: String,
    /// One emoji, at most [`Limits::emoji_bytes`](super::Limits::emoji_bytes) of UTF-8.
    pub emoji: String,
    /// False to take it off.
    pub on: bool,
}

/// Whether somebody is typing. It ends by itself after a while, and with what they then say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Typing {
    /// False when they have stopped.
    pub on: bool,
}

/// Whether anybody looks at a client: its page is hidden, or nothing was touched for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Away {
    /// False when somebody is back. So it is taken to be when a client joins.
    pub away: bool,
}

/// A new nickname; blank means Anonymous. Where somebody else here is called so, it gets a number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Nickname {
    /// At most [`Limits::nickname_chars`](super::Limits::nickname_chars) characters.
    pub nickname: String,
}

impl NewMessage {
    /// Words, and nothing besides.
    pub fn new(id: impl Into<String>, text: impl Into<String>) -> Self {
        Self { id: id.into(), text: text.into(), ..Self::default() }
    }
}
