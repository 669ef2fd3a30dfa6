//! What only hosts ask for and are told.

use serde::{Deserialize, Serialize};

use super::Millis;

/// What a host asks for. What comes of it shows in [`Knocks`], [`Keys`] and [`RoomInfo`](super::RoomInfo); anybody else is
/// refused with [`ErrorCode::NotHost`](super::ErrorCode::NotHost).
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
        /// At most [`Limits::room_name_chars`](super::Limits::room_name_chars) characters.
        name: String,
    },
    /// Puts somebody out of the room, who needs a link, or to knock, to come back. A [measure](super::Measure), as all
    /// that follow.
    Remove {
        /// Who is in the room, or may come back; not a host who is in it.
        member: String,
    },
    /// Puts a device out and keeps it out: under any name, from any address, after every restart, by any link. What is
    /// banned is the token it keeps; a browser keeps one for each address of the host's at which it opens the page.
    Ban {
        /// As above.
        member: String,
        /// Ends all links in the same moment and makes a new one, so that nobody comes back with another token by
        /// what they have.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        #[cfg_attr(test, ts(as = "Option<bool>"))]
        new_link: bool,
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

/// Who may come back without a link: every device that was let in, until the host forgets it. And who is banned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Guests {
    /// Those about whom a host has decided something come first, and all of them; then whoever was in last, a part
    /// of them where there are very many.
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
