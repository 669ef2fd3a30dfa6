//! Refusals, each with its name.

use serde::{Deserialize, Serialize};

use super::Millis;

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
    /// The host said no to several who knocked from this address. Anybody may knock from there again after
    /// [`WireError::wait_ms`].
    DoorQuiet,
    /// Nobody answered the knock.
    NoAnswer,
    /// As many wait at the door already as can, or as can from one address.
    TooManyWaiting,
    /// The device token is not of the form [`Join::device`](super::Join::device) asks for.
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
    /// A room's name is not blank, and at most [`Limits::room_name_chars`](super::Limits::room_name_chars) long.
    BadRoomName,
    /// Slow mode has a day between two messages at most.
    BadPace,
    /// A file may be as large as all of the room's, and be kept for ten years at most.
    BadFileRules,
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
    /// The message id is not of the form [`NewMessage::id`](super::NewMessage::id) asks for.
    BadId,
    /// Another member has said something else under this id; this message was not kept.
    IdTaken,
    /// There is nothing in the message.
    EmptyMessage,
    /// The text is longer than [`Limits::text_chars`](super::Limits::text_chars) or [`Limits::text_bytes`](super::Limits::text_bytes).
    TextTooLong,
    /// The message to be changed or shown isn't in the log, or what was to be changed was deleted.
    NoSuchMessage,
    /// The message is somebody else's.
    NotYours,
    /// A reaction is one emoji, of at most [`Limits::emoji_bytes`](super::Limits::emoji_bytes).
    BadEmoji,
    /// The message has as many reactions as one can have.
    TooManyReactions,
    /// A message may have [`Limits::files`](super::Limits::files) files.
    TooManyFiles,
    /// There is no such upload of this member's, it isn't complete, or it is in a message already.
    NoSuchUpload,
    /// The ticket is missing or wrong, or its member is not in the room just now.
    BadTicket,
    /// The request about an upload is not of the form it should have.
    BadUpload,
    /// The file is larger than [`FileRules::bytes`](super::FileRules::bytes).
    FileTooBig,
    /// The room's files take as much of the host's disk as they may.
    RoomFilesFull,
    /// This member, or all together, have begun as many uploads as there may be.
    TooManyUploads,
    /// The upload goes on elsewhere: [`FileRefusal::offset`](super::FileRefusal::offset) says where.
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
    /// The query is longer than [`Limits::query_chars`](super::Limits::query_chars).
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

    /// Tells after how long it is worth trying again.
    #[must_use]
    pub fn after(mut self, wait: std::time::Duration) -> Self {
        self.wait_ms = Some(Millis::try_from(wait.as_millis()).unwrap_or(Millis::MAX));
        self
    }
}
