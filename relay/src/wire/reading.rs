//! Reading the log: as it goes on, further back, and by its words.

use serde::{Deserialize, Serialize};

use super::{Event, Millis, Seq};

/// Asks for a page of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct HistoryRequest {
    /// Which one.
    pub place: Place,
    /// How many at most; the relay's own page size when left out or larger.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

/// Where a page of the log is: on one side of a place in it, or around one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// The events that end just before this one.
    Before(Seq),
    /// The events that begin just after this one.
    After(Seq),
    /// This event with about as many before as after it; the nearest one there is.
    Around(Seq),
    /// The event of this id, as above; [`ErrorCode::NoSuchMessage`](super::ErrorCode::NoSuchMessage) where the log has none.
    Id(String),
    /// The first event of this moment or later, as above; the last one when all are earlier. Where the
    /// host's clock was set back meanwhile, one of those that it can be.
    At(Millis),
}

/// Asks for messages in which certain words are.
///
/// All the words have to be in it, `"several words"` in a row, and `from:name` in its author's name. Capitals, accents
/// and width make no difference; parts of words count. There is no wrong syntax. Of several searches of one socket
/// that are not answered yet only the last one is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct SearchRequest {
    /// Minted by the client, as [`NewMessage::id`](super::NewMessage::id); the answer, or the refusal, has it.
    pub id: String,
    /// As it was typed, at most [`Limits::query_chars`](super::Limits::query_chars).
    pub query: String,
    /// Only messages before this place: [`Found::next`], for what comes after an answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Seq>,
}

/// Events after a client's cursor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Events {
    /// In order; the first one follows the last one sent before.
    pub events: Vec<Event>,
}

/// What settled together: a busy sender is told once for all of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Acks {
    /// In the order the messages were sent.
    pub acks: Vec<Ack>,
}

/// A message is on disk and will be seen by everyone at this place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Ack {
    /// The id it was sent with.
    pub id: String,
    /// Its place in the log.
    pub seq: Seq,
}

/// A page of events, in order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct HistoryPage {
    /// As in the request.
    pub place: Place,
    /// The place it turned out to be: of the event in the middle, where one was asked for. 0 in an empty log.
    pub seq: Seq,
    /// The events there; empty at the end of the log on that side.
    pub events: Vec<Event>,
}

/// Messages that were found, as they read now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct Found {
    /// As in the request.
    pub id: String,
    /// Newest first. There may be none although there is a `next`: a search looks through so much at a time.
    pub hits: Vec<Hit>,
    /// Ask again with [`SearchRequest::before`] at this place for what is before it; absent at the log's beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Seq>,
}

/// A message that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Hit {
    /// [`Event::seq`].
    pub seq: Seq,
    /// [`Event::at`].
    pub at: Millis,
    /// [`Event::id`].
    pub id: String,
    /// [`Event::member`].
    pub member: String,
    /// [`Event::nickname`].
    pub nickname: String,
    /// A line of the message around what was looked for, in parts.
    pub excerpt: Vec<ExcerptPart>,
}

/// Part of an excerpt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ExcerptPart {
    /// Of the message, on one line; `…` where something was left out.
    pub text: String,
    /// Whether this is what was looked for.
    pub marked: bool,
}
