//! The whole protocol, `snug.v1`: every frame either side may send.
//!
//! A frame is one WebSocket text message, `{"type": …, "payload": …}`. The first one a client sends is
//! [`Join`]; everything else is refused until it has been answered with [`Welcome`]. Whoever has only the
//! address of a closed room is answered with [`Waiting`] first, and may send nothing but `ping` meanwhile.
//!
//! `ui/src/wire.gen.ts` is generated from this module and a test fails when the two differ;
//! `cargo xtask bless` writes it anew.

mod event;
mod here;
mod host;
mod joining;
mod reading;
mod refusal;
mod saying;
mod upload;

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

pub use event::{Body, By, Deed, Event, FileInfo, Measure, Message, Reaction};
pub use here::{Addresses, Member, Presence, Typists};
pub use host::{Door, Entry, FileRules, Guest, Guests, Keys, Knock, Knocks, Link, Order, Standing};
pub use joining::{Join, Limits, RoomInfo, Since, Waiting, Welcome, You};
pub use reading::{Ack, Acks, Events, ExcerptPart, Found, HistoryPage, HistoryRequest, Hit, Place, SearchRequest};
pub use refusal::{ErrorCode, WireError};
pub use saying::{Away, Delete, Edit, NewMessage, Nickname, React, Typing};
pub use upload::{FileRefusal, NewUpload, Upload};

/// The WebSocket subprotocol under which these frames travel.
pub const SUBPROTOCOL: &str = "snug.v1";

/// A place in a room's log: gapless, from 1. 0 stands before the first event.
pub type Seq = u64;

/// A moment, in milliseconds since 1970-01-01 UTC by the host's clock.
pub type Millis = u64;

/// What a client may send.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "type", content = "payload", rename_all = "snake_case")]
pub enum ClientFrame {
    /// Ask to be let into a room. Once, and first.
    Join(Join),
    /// Say something.
    NewMessage(NewMessage),
    /// Put other words in the place of a message's.
    Edit(Edit),
    /// Take a message back, with everything it said.
    Delete(Delete),
    /// Put an emoji to a message, or take it off again.
    React(React),
    /// Change one's own nickname, for all to see.
    Nickname(Nickname),
    /// Tell that one is typing, or has stopped. Worth saying again every few seconds while it is so.
    Typing(Typing),
    /// Tell that nobody is looking at this client, or somebody is again.
    Away(Away),
    /// Ask for a page of the log, anywhere in it.
    History(HistoryRequest),
    /// Ask for messages in which certain words are. Another one before the answer takes its place.
    Search(SearchRequest),
    /// Something only a host may ask for.
    Host(Order),
    /// "Are you there?", answered with [`ServerFrame::Pong`]. Pages can't see WebSocket pings, and a
    /// browser may call a dead socket open.
    Ping {},
}

/// What a relay may send.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "type", content = "payload", rename_all = "snake_case")]
#[expect(clippy::large_enum_variant, reason = "no frame is kept: it is encoded where it is made")]
pub enum ServerFrame {
    /// The answer to [`Join`].
    Welcome(Welcome),
    /// The first answer to a [`Join`] that is a knock: the host is asked. Again whenever it changes.
    Waiting(Waiting),
    /// The room is another one now than [`Welcome::room`] said: its door was opened, closed or locked.
    Room(RoomInfo),
    /// What came after this client's cursor, in order, without a gap.
    Events(Events),
    /// Messages of this client's are on disk.
    Ack(Acks),
    /// The answer to [`HistoryRequest`].
    History(HistoryPage),
    /// The answer to [`SearchRequest`].
    Found(Found),
    /// Who came, went or changed their name, gathered over a moment.
    Presence(Presence),
    /// Where the host can be reached now: after the welcome, and whenever that changes.
    Addresses(Addresses),
    /// For hosts: who knocks. All of them, whenever that changes.
    Knocks(Knocks),
    /// For hosts: what opens the door. All of it, whenever that changes.
    Keys(Keys),
    /// For hosts: the answer to [`Order::Guests`].
    Guests(Guests),
    /// Who is typing now, gathered over a moment.
    Typing(Typists),
    /// Something this client sent was refused, or the relay is about to close the socket.
    Error(WireError),
    /// The answer to [`ClientFrame::Ping`].
    Pong {},
}

/// An encoded frame, shared between sockets without being copied.
pub(crate) type Frame = tokio_tungstenite::tungstenite::Utf8Bytes;

/// Before the encoded events, joined by commas, of a frame of [`Events`].
pub(crate) const EVENTS_OPEN: &str = r#"{"type":"events","payload":{"events":["#;
/// And after them.
pub(crate) const EVENTS_CLOSE: &str = "]}}";

/// The frame [`ServerFrame::Events`] around events that are encoded already, joined by commas.
pub(crate) fn events_frame(events: &str) -> String {
    [EVENTS_OPEN, events, EVENTS_CLOSE].concat()
}

/// Writes an [`Event`] of which `json` is all but its place and its time, as an object.
pub(crate) fn encode_event(seq: Seq, at: Millis, json: &str, into: &mut String) {
    // Memory takes whatever is written to it.
    let _never = write!(into, r#"{{"seq":{seq},"at":{at},{}"#, &json[1..]);
}

/// The time in an event that [`encode_event`] wrote.
pub(crate) fn time_of(event: &str) -> Option<Millis> {
    let (_, at) = event.split_once(r#","at":"#)?;
    at.split(',').next()?.parse().ok()
}

impl ServerFrame {
    /// As it is sent.
    pub(crate) fn encode(&self) -> Frame {
        serde_json::to_string(self).expect("every frame is JSON").into()
    }

    /// As it is sent, with `events` that are encoded already. In every frame that has events they stand
    /// last, so that they can be put in without being read.
    pub(crate) fn encode_with(&self, events: &str) -> Frame {
        let mut frame = serde_json::to_string(self).expect("every frame is JSON");
        debug_assert!(frame.ends_with(r#""events":[]}}"#), "{frame}");
        frame.truncate(frame.len() - EVENTS_CLOSE.len());
        frame.push_str(events);
        frame.push_str(EVENTS_CLOSE);
        frame.into()
    }
}

impl ClientFrame {
    /// Reads a frame, or says what is wrong with it: [`ErrorCode::BadJson`], [`ErrorCode::UnknownType`]
    /// or [`ErrorCode::BadFrame`].
    pub fn parse(text: &str) -> Result<Self, WireError> {
        /// What the frame of a message begins with.
        const MESSAGE: &str = r#"{"type":"new_message","payload":"#;

        #[derive(Deserialize)]
        struct Envelope<'a> {
            #[serde(borrow)]
            r#type: std::borrow::Cow<'a, str>,
            #[serde(borrow, default)]
            payload: Option<&'a serde_json::value::RawValue>,
        }

        /// Errors quote what they were given, however much that was.
        fn short(error: String) -> String {
            if error.chars().count() <= 200 { error } else { error.chars().take(200).chain(['…']).collect() }
        }

        fn payload<T: serde::de::DeserializeOwned>(envelope: &Envelope<'_>) -> Result<T, WireError> {
            let json = envelope.payload.map_or("{}", |payload| payload.get());
            serde_json::from_str(json).map_err(|error| {
                ErrorCode::BadFrame.because(short(format!("payload of `{}`: {error}", envelope.r#type)))
            })
        }

        // Nearly all that comes is a message, written as our clients write it: that is read once instead of twice.
        let message = text.strip_prefix(MESSAGE).and_then(|rest| serde_json::from_str(rest.strip_suffix('}')?).ok());
        if let Some(message) = message {
            return Ok(Self::NewMessage(message));
        }
        let envelope: Envelope<'_> = serde_json::from_str(text).map_err(|error| match error.classify() {
            serde_json::error::Category::Data => ErrorCode::BadFrame.because(short(error.to_string())),
            _ => ErrorCode::BadJson.because(short(error.to_string())),
        })?;
        match &*envelope.r#type {
            "join" => payload(&envelope).map(Self::Join),
            "new_message" => payload(&envelope).map(Self::NewMessage),
            "edit" => payload(&envelope).map(Self::Edit),
            "delete" => payload(&envelope).map(Self::Delete),
            "react" => payload(&envelope).map(Self::React),
            "nickname" => payload(&envelope).map(Self::Nickname),
            "typing" => payload(&envelope).map(Self::Typing),
            "away" => payload(&envelope).map(Self::Away),
            "history" => payload(&envelope).map(Self::History),
            "search" => payload(&envelope).map(Self::Search),
            "host" => payload(&envelope).map(Self::Host),
            "ping" => Ok(Self::Ping {}),
            unknown => Err(ErrorCode::UnknownType.because(short(format!("no frame has the type `{unknown}`")))),
        }
    }
}

#[cfg(test)]
mod tests;
