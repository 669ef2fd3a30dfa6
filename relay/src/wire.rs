//! The whole protocol, `snug.v1`: every frame either side may send.
//!
//! A frame is one WebSocket text message, `{"type": …, "payload": …}`. The first one a client sends is
//! [`Join`]; everything else is refused until it has been answered with [`Welcome`]. Whoever has only the
//! address of a closed room is answered with [`Waiting`] first, and may send nothing but `ping` meanwhile.
//!
//! `ui/src/wire.gen.ts` is generated from this file and a test fails when the two differ;
//! `cargo xtask bless` writes it anew.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

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

/// Something to say.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct NewMessage {
    /// Minted by the client, 1 to 64 printable ASCII characters, unique within the room. Sending the
    /// same id again is answered with the first one's `seq` and appends nothing; an id that another
    /// member used for something else is refused.
    pub id: String,
    /// What is said, at most [`Limits::text_chars`] and [`Limits::text_bytes`]; blank only where there are files.
    pub text: String,
    /// The id of the message it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply: Option<String>,
    /// Uploads of this member's that are complete, at most [`Limits::files`] of them, in the order in
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
    /// One emoji, at most [`Limits::emoji_bytes`] of UTF-8.
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
    /// At most [`Limits::nickname_chars`] characters.
    pub nickname: String,
}

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
    /// The event of this id, as above; [`ErrorCode::NoSuchMessage`] where the log has none.
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
    /// Minted by the client, as [`NewMessage::id`]; the answer, or the refusal, has it.
    pub id: String,
    /// As it was typed, at most [`Limits::query_chars`].
    pub query: String,
    /// Only messages before this place: [`Found::next`], for what comes after an answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Seq>,
}

/// What a host asks for. What comes of it shows in [`Knocks`], [`Keys`] and [`RoomInfo`]; anybody else is
/// refused with [`ErrorCode::NotHost`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Order {
    /// Lets in those who knock, or turns them away. Only those that are named, so that nobody comes in
    /// whom the host hasn't seen; who is gone by then is passed over.
    Answer {
        /// As in [`Knock::member`].
        members: Vec<String>,
        /// False to turn them away.
        admit: bool,
    },
    /// Opens the room to the network, closes it again or locks it. Nobody inside has to go.
    Door {
        /// How it is to stand.
        door: Door,
    },
    /// Makes a new link. The old one stops working at once; whoever was in before may come back without.
    Renew,
    /// Makes a further link, which ends.
    AddLink {
        /// After how long; by itself never when left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ends_in_ms: Option<Millis>,
        /// After how many devices that weren't in before; any number when left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        guests: Option<u32>,
    },
    /// Ends a further link now, and forgets it.
    EndLink {
        /// As in [`Link::id`].
        link: String,
    },
    /// Asks who may come back without a link.
    Guests,
    /// Takes that from somebody. Whoever is inside stays, and needs a link, or to knock, the next time. A ban
    /// stays.
    Forget {
        /// As in [`Guest::member`].
        member: String,
    },
    /// Gives the room another name.
    Rename {
        /// At most [`Limits::room_name_chars`] characters.
        name: String,
    },
    /// Puts somebody out of the room, who needs a link, or to knock, to come back. A [measure](Measure), as all
    /// that follow.
    Remove {
        /// Who is in the room, or may come back; not a host who is in it.
        member: String,
    },
    /// Puts a device out and keeps it out: under any name, at any address, after every restart, by any link.
    Ban {
        /// As above.
        member: String,
    },
    /// Takes a ban back. The device then comes in as others do.
    Unban {
        /// As in [`Guest::member`].
        member: String,
    },
    /// Has somebody only read, or say things again.
    Mute {
        /// As in [`Order::Remove`].
        member: String,
        /// False to let them speak again.
        on: bool,
    },
    /// Passes a host's powers to a member, or takes back those that were passed. Their app comes in anew with
    /// them; no key is told to anybody.
    Appoint {
        /// As in [`Order::Remove`]; to take them back, one to whom they were passed.
        member: String,
        /// False to take them back.
        on: bool,
    },
    /// Lets everybody but hosts say only so much: slow mode.
    Slow {
        /// The time from one message of a member's to their next, at most a day; 0 for no limit.
        every_ms: Millis,
    },
}

/// How a room's door stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Door {
    /// A link lets in; whoever has only the address knocks.
    #[default]
    Closed,
    /// Whoever knows the address is let in.
    Open,
    /// Nobody comes in who wasn't in before.
    Locked,
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

/// Who knocks, the one who waits longest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Knocks {
    /// All of them.
    pub waiting: Vec<Knock>,
}

/// Somebody at the door.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Knock {
    /// Who they would be inside.
    pub member: String,
    /// What they call themselves.
    pub nickname: String,
    /// Since when they wait.
    pub at: Millis,
}

/// What opens a room's door.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Keys {
    /// What the room's own link carries behind `#`.
    pub secret: String,
    /// The further links, oldest first. Ended ones stay until they are taken away or many are newer.
    pub links: Vec<Link>,
}

/// A further link, which ends.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct Link {
    /// By which a host names it.
    pub id: String,
    /// What it carries behind `#`.
    pub secret: String,
    /// When it was made.
    pub at: Millis,
    /// From when on it lets in nobody more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<Millis>,
    /// How many devices it lets in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guests: Option<u32>,
    /// How many it has let in.
    pub used: u32,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keys").field("links", &self.links).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { id, secret: _, at, ends_at, guests, used } = self;
        let told = (id, at, ends_at, guests, used);
        f.debug_tuple("Link").field(&told).finish_non_exhaustive()
    }
}

/// Who may come back without a link: every device that was let in, until the host forgets it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Guests {
    /// Whoever was in last comes first; a part of them where there are very many.
    pub guests: Vec<Guest>,
    /// How many there are.
    pub count: u32,
}

/// A device that may come back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Guest {
    /// Who it is in the room.
    pub member: String,
    /// What they were called when they last came.
    pub nickname: String,
    /// When they last came, to a day.
    pub at: Millis,
    /// How they came the first time.
    pub by: Entry,
    /// What a host has decided about them.
    #[serde(default, skip_serializing_if = "Standing::is_usual")]
    #[cfg_attr(test, ts(as = "Option<Standing>"))]
    pub standing: Standing,
}

/// What a device that was let in may do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Whatever members may.
    #[default]
    Usual,
    /// Come in and read.
    Muted,
    /// Nothing: it is not let in.
    Banned,
    /// Whatever hosts may, by [`Order::Appoint`].
    Host,
}

impl Standing {
    fn is_usual(&self) -> bool {
        *self == Self::Usual
    }
}

/// How somebody was let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Entry {
    /// By a link.
    Link,
    /// They knocked, and a host let them in.
    Knock,
    /// The room was open.
    Open,
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
    /// In order. What doesn't fit here follows in [`ServerFrame::Events`].
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
    /// Whether a host has [muted](Order::Mute) this member.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(test, ts(as = "Option<bool>"))]
    pub muted: bool,
    /// The token to join with the next time; only when the client sent none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// Lets this member's HTTP requests at the room's [files](FileInfo), for as long as the member is in the
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
    /// [Slow mode](Order::Slow): the time from one message of a member's to their next; 0 for no limit.
    pub every_ms: Millis,
}

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

/// What the relay accepts, so that a client can say so before it sends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Limits {
    /// The longest [`NewMessage::text`], in bytes of UTF-8.
    pub text_bytes: u32,
    /// The longest [`NewMessage::text`], in characters as people see them.
    pub text_chars: u32,
    /// The longest nickname, in characters.
    pub nickname_chars: u32,
    /// The longest name of a room, in characters.
    pub room_name_chars: u32,
    /// The longest [`React::emoji`], in bytes of UTF-8.
    pub emoji_bytes: u32,
    /// The largest file, in bytes.
    pub file_bytes: u64,
    /// The most files in one message.
    pub files: u32,
    /// The largest thumbnail, in bytes.
    pub thumb_bytes: u32,
    /// The longest side of a thumbnail, in pixels.
    pub thumb_pixels: u32,
    /// The longest [`SearchRequest::query`], in characters.
    pub query_chars: u32,
}

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
        by: Option<String>,
    },
    /// A host kept order.
    Measure(Measure),
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
        /// As in [`Order::Slow`].
        every_ms: Millis,
    },
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
    /// [`Order::Remove`]
    Removed,
    /// [`Order::Ban`]
    Banned,
    /// [`Order::Unban`]
    Unbanned,
    /// [`Order::Mute`]
    Muted,
    /// The same, taken back.
    Unmuted,
    /// [`Order::Appoint`]
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
/// [ticket](You::ticket).
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

/// What changed in who is here since this client was last told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Presence {
    /// True when `joined` is the whole list anew, because too much changed or was missed to tell the
    /// changes; as in [`Welcome::members`], a part of it in a very large room.
    pub reset: bool,
    /// Came, changed their nickname, went away or came back.
    pub joined: Vec<Member>,
    /// Left.
    pub left: Vec<String>,
    /// How many are here now.
    pub count: u32,
}

/// Asks to send a file: the body of `POST /files/{room}`, answered with an [`Upload`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct NewUpload {
    /// What it is called where it comes from. The relay may clean it.
    pub name: String,
    /// How large it is, at most [`Limits::file_bytes`].
    pub bytes: u64,
    /// What the client takes it for. It counts only where the content can't tell.
    pub media: String,
}

/// How far a file has come, as every request about an upload is answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct Upload {
    /// What the upload goes by: later requests, and [`NewMessage::files`], name it so.
    pub upload: String,
    /// How much of it the relay has; from here the next part continues.
    pub offset: u64,
    /// What became of it, once the relay has all of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<FileInfo>,
}

/// Why an HTTP request about a file was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct FileRefusal {
    /// What went wrong.
    pub code: ErrorCode,
    /// The same in English.
    pub message: String,
    /// With [`ErrorCode::WrongOffset`]: where the upload goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset: Option<u64>,
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

/// A refusal, for the program (`code`) and for a person (`message`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct WireError {
    /// What went wrong.
    pub code: ErrorCode,
    /// The same in English, for logs and command-line tools.
    pub message: String,
    /// The message it concerns, or the search, where it concerns one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// After how long it is worth trying again, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait_ms: Option<Millis>,
    /// What the host is called who decided it, with [`ErrorCode::Removed`] and [`ErrorCode::Banned`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// Why something was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// The frame is not JSON.
    BadJson,
    /// The frame is JSON, but not `{type, payload}` with the fields its type needs.
    BadFrame,
    /// The frame's type is not one of the protocol's.
    UnknownType,
    /// The frame is larger than the relay reads; the socket is closed with 1009.
    TooBig,
    /// The frame is not UTF-8; the socket is closed with 1007.
    BadUtf8,
    /// The frame breaks the WebSocket standard; the socket is closed with 1002.
    BadWebsocket,
    /// The first frame was not `join`, or it came too late.
    NotJoined,
    /// A second `join` on one socket.
    AlreadyJoined,
    /// There is no such room here, or several and none was named.
    NoSuchRoom,
    /// The secret is wrong, or no longer right. One may knock without it.
    WrongSecret,
    /// The link has ended: its time is over, or it has let in as many as it was for. One may knock.
    LinkEnded,
    /// The host has locked the room: nobody comes in who wasn't in before.
    RoomLocked,
    /// There were too many wrong secrets or knocks, from this address or for this room.
    TooManyTries,
    /// The host said no. One may knock again after [`WireError::wait_ms`].
    TurnedAway,
    /// Nobody answered the knock.
    NoAnswer,
    /// As many wait at the door already as can, or as can from one address.
    TooManyWaiting,
    /// The device token is not of the form [`Join::device`] asks for.
    BadDevice,
    /// The nickname is too long or has characters no one can read.
    BadNickname,
    /// The host key is not this room's.
    WrongHostKey,
    /// Only a host may do that.
    NotHost,
    /// That can't be done about a host who is in the room, nor about oneself.
    IsHost,
    /// There is no such member, here or among those who may come back.
    NoSuchMember,
    /// A room's name is not blank, and at most [`Limits::room_name_chars`] long.
    BadRoomName,
    /// Slow mode has a day between two messages at most.
    BadPace,
    /// A host put this member out of the room; the socket is closed. One may come back as others come.
    Removed,
    /// A host banned this device from the room.
    Banned,
    /// What this member may do is another thing now: the socket is closed, and it is to join anew at once.
    ComeAgain,
    /// A host muted this member: it may read.
    Muted,
    /// The room is in slow mode, and the next message may be sent after [`WireError::wait_ms`].
    SlowMode,
    /// A link has to end at some time ahead or after a number of guests, or both.
    BadLink,
    /// The room has as many links as it can.
    TooManyLinks,
    /// The message id is not of the form [`NewMessage::id`] asks for.
    BadId,
    /// Another member has said something else under this id; this message was not kept.
    IdTaken,
    /// There is nothing in the message.
    EmptyMessage,
    /// The text is longer than [`Limits::text_chars`] or [`Limits::text_bytes`].
    TextTooLong,
    /// The message to be changed or shown isn't in the log, or what was to be changed was deleted.
    NoSuchMessage,
    /// The message is somebody else's.
    NotYours,
    /// A reaction is one emoji, of at most [`Limits::emoji_bytes`].
    BadEmoji,
    /// The message has as many reactions as one can have.
    TooManyReactions,
    /// A message may have [`Limits::files`] files.
    TooManyFiles,
    /// There is no such upload of this member's, it isn't complete, or it is in a message already.
    NoSuchUpload,
    /// The ticket is missing or wrong, or its member is not in the room just now.
    BadTicket,
    /// The request about an upload is not of the form it should have.
    BadUpload,
    /// The file is larger than [`Limits::file_bytes`].
    FileTooBig,
    /// The room's files take as much of the host's disk as they may.
    RoomFilesFull,
    /// This member, or all together, have begun as many uploads as there may be.
    TooManyUploads,
    /// The upload goes on elsewhere: [`FileRefusal::offset`] says where.
    WrongOffset,
    /// The thumbnail is too large, or no picture.
    BadThumb,
    /// No message in this room has such a file.
    NoSuchFile,
    /// The host no longer has the file: its time was up, or it was lost.
    FileGone,
    /// This member is taking an archive of the room already, or as many others as may.
    TooManyExports,
    /// The search asks for nothing.
    EmptySearch,
    /// The query is longer than [`Limits::query_chars`].
    QueryTooLong,
    /// The log could not be written or read; nothing was appended.
    LogFailed,
    /// The host's disk is full; nothing was appended. It can be sent again once there is room.
    DiskFull,
    /// The host's disk gave back something else than was written. Nothing was appended, and nothing will
    /// be until the host has set the log aside and goes on with another one, in another epoch.
    LogDamaged,
    /// The relay has as many sockets as it takes.
    Full,
    /// The relay has as many sockets as it takes from this client's address.
    TooManyFromHere,
    /// The other side did not read or answer in time.
    TooSlow,
    /// The host stopped hosting.
    Stopping,
}

impl ErrorCode {
    /// The same refusal with words for a person.
    pub fn because(self, message: impl Into<String>) -> WireError {
        WireError { code: self, message: message.into(), id: None, wait_ms: None, by: None }
    }
}

impl WireError {
    /// Names the message this refusal concerns.
    #[must_use]
    pub fn about(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// Names who decided it.
    #[must_use]
    pub fn decided_by(mut self, nickname: impl Into<String>) -> Self {
        self.by = Some(nickname.into());
        self
    }

    /// Tells after how long it is worth trying again.
    #[must_use]
    pub fn after(mut self, wait: std::time::Duration) -> Self {
        self.wait_ms = Some(Millis::try_from(wait.as_millis()).unwrap_or(Millis::MAX));
        self
    }
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

impl NewMessage {
    /// Words, and nothing besides.
    pub fn new(id: impl Into<String>, text: impl Into<String>) -> Self {
        Self { id: id.into(), text: text.into(), ..Self::default() }
    }
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
