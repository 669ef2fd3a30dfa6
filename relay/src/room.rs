//! The rules of a room: who gets in, what may be said, what it is called. It reads no socket and knows no SQL.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::{
    config::Limits,
    delivery::Delivery,
    invite::{Invite, Secret, crockford, random_device},
    log::{Draft, Log, LogError, Page, Receipts},
    presence::{ANONYMOUS, Presence, Roster, Seat},
    wire::{
        self, Body, ErrorCode, Frame, HistoryPage, HistoryRequest, Join, NewMessage, RoomInfo, Seq, ServerFrame, Since,
        Welcome, WireError, You,
    },
};

/// A room that is being served.
pub(crate) struct Room {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) secret: Secret,
    /// Whoever knows the address is let in.
    pub(crate) open: bool,
    pub(crate) log: Log,
    pub(crate) delivery: Delivery,
    pub(crate) presence: Arc<Presence>,
    pub(crate) limits: Arc<Limits>,
}

/// A member on one socket.
pub(crate) struct Entrance {
    pub(crate) seat: Seat,
    pub(crate) welcome: Frame,
    /// The last event in the log then.
    pub(crate) head: Seq,
    /// Up to where the welcome leads; the session reads on from here.
    pub(crate) cursor: Seq,
    pub(crate) presence_version: u64,
}

impl Room {
    /// The link's contents.
    pub(crate) fn invite(&self) -> Invite {
        Invite { room: self.id.clone(), name: self.name.clone(), secret: self.secret.clone() }
    }

    /// Lets someone in, or says why not.
    pub(crate) async fn enter(&self, join: Join) -> Result<Entrance, WireError> {
        if !self.open && !join.secret.as_deref().is_some_and(|secret| self.secret.matches(secret)) {
            return Err(ErrorCode::WrongSecret.because("this room needs the secret that its invite link carries"));
        }
        let minted = join.device.is_none().then(random_device);
        let device = join.device.or_else(|| minted.clone()).unwrap_or_default();
        let member = self.member_of(&device)?;
        let nickname = join.nickname.as_deref().map(|nickname| self.nickname(nickname)).transpose()?;
        let cursor = self.cursor(join.since).await.map_err(log_failed)?;
        let head = *self.log.head().borrow();
        let page = match cursor {
            Some(cursor) => self.log.page_after(cursor, self.limits.page_events).await,
            None => self.log.page_before(head + 1, self.limits.page_events).await,
        };
        let Page { events, last } = page.map_err(log_failed)?;
        let (seat, Roster { members, count, version }) = self.presence.enter(&member, nickname);
        let welcome = Welcome {
            you: You { member, nickname: seat.nickname(), device: minted },
            room: RoomInfo { id: self.id.clone(), name: self.name.clone(), open: self.open },
            epoch: self.log.epoch().to_owned(),
            head,
            resumed: cursor.is_some(),
            members,
            count,
            limits: wire::Limits { text_bytes: self.limits.text_bytes, nickname_chars: self.limits.nickname_chars },
            events: Vec::new(),
        };
        let welcome = ServerFrame::Welcome(welcome).encode_with(&events);
        Ok(Entrance { seat, welcome, head, cursor: last, presence_version: version })
    }

    /// Where a client goes on that was here before; `None` when it has to start over, because what it has
    /// is not the beginning of this log.
    async fn cursor(&self, since: Option<Since>) -> Result<Option<Seq>, LogError> {
        let Some(Since { epoch, seq, at }) = since else { return Ok(None) };
        let ours = epoch == self.log.epoch() && (seq == 0 || self.log.time_of(seq).await? == Some(at));
        Ok(ours.then_some(seq))
    }

    /// Appends a message; `receipts` tell its place once it is on disk.
    pub(crate) async fn say(&self, seat: &Seat, message: NewMessage, receipts: &Receipts) -> Result<(), WireError> {
        let NewMessage { id, text } = message;
        let refuse = |code: ErrorCode, why: String| Err(code.because(why).about(&id));
        if id.is_empty() || id.len() > 64 || !id.bytes().all(|byte| byte.is_ascii_graphic()) {
            // An id that can't be used can't be told back either, lest it be a megabyte long.
            return Err(ErrorCode::BadId.because("an id has 1 to 64 printable ASCII characters"));
        }
        if text.trim().is_empty() {
            return refuse(ErrorCode::EmptyMessage, "there is nothing in the message".into());
        }
        if text.len() > self.limits.text_bytes as usize {
            return refuse(
                ErrorCode::TextTooLong,
                format!("the text has {} bytes of UTF-8, the most is {}", text.len(), self.limits.text_bytes),
            );
        }
        let body = Body::Message { text };
        let draft = Draft { member: seat.member(), nickname: &seat.nickname(), id: Some(id.clone()), body: &body };
        self.log.append(draft, receipts).await.map_err(|error| log_failed(error).about(id))
    }

    /// Changes a member's nickname.
    pub(crate) fn rename(&self, seat: &Seat, nickname: &str) -> Result<(), WireError> {
        seat.rename(self.nickname(nickname)?);
        Ok(())
    }

    /// A page of what was said before a place in the log.
    pub(crate) async fn history(&self, request: &HistoryRequest) -> Result<Frame, WireError> {
        let HistoryRequest { before, limit } = *request;
        let page = self.limits.page_events;
        let page = self.log.page_before(before, limit.unwrap_or(page).min(page)).await.map_err(log_failed)?;
        Ok(ServerFrame::History(HistoryPage { before, events: Vec::new() }).encode_with(&page.events))
    }

    /// A nickname as the room shows it: one line, nothing unseen in it, Anonymous when blank.
    fn nickname(&self, wanted: &str) -> Result<String, WireError> {
        let nickname = clean_name(wanted);
        if nickname.is_empty() {
            return Ok(ANONYMOUS.to_owned());
        }
        if nickname.chars().count() > self.limits.nickname_chars as usize {
            let why = format!("a nickname has at most {} characters", self.limits.nickname_chars);
            return Err(ErrorCode::BadNickname.because(why));
        }
        Ok(nickname)
    }

    /// The member a device is in this room.
    ///
    /// A hash of the device's token, so that it is the same after every restart with nothing stored;
    /// with the room's id in it, so that two rooms can't tell that it is the same device; 80 bits, so
    /// that no token can be made up to match another's member.
    fn member_of(&self, device: &str) -> Result<String, WireError> {
        let fits = (16..=64).contains(&device.len())
            && device.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
        if !fits {
            let why = "a device token has 16 to 64 characters of A-Z a-z 0-9 - _";
            return Err(ErrorCode::BadDevice.because(why));
        }
        let hash = Sha256::new().chain_update(&self.id).chain_update([0]).chain_update(device).finalize();
        Ok(crockford().encode(&hash[..10]))
    }
}

/// One line, trimmed, without control characters or the marks that turn text around for the reader of
/// what follows it.
pub(crate) fn clean_name(wanted: &str) -> String {
    let shown: String = wanted
        .chars()
        .map(|char| if char.is_whitespace() { ' ' } else { char })
        .filter(|char| {
            !char.is_control() && !matches!(char, '\u{ad}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2060}' | '\u{2800}' | '\u{3164}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
        })
        .collect();
    shown.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// What a client is told when the log fails; the details are the host's, and in the host's own log.
pub(crate) fn log_failed(error: LogError) -> WireError {
    match error {
        LogError::Closed => ErrorCode::Stopping.because("the host is stopping"),
        LogError::DiskFull => ErrorCode::DiskFull.because("the host's disk is full; nothing was kept"),
        LogError::Gap { .. } | LogError::Altered { .. } | LogError::Damaged(_) | LogError::Distrusted => {
            ErrorCode::LogDamaged.because("the host's disk gave back something else than was written; nothing was kept")
        }
        LogError::IdTaken => ErrorCode::IdTaken.because("another member has said something else under this id"),
        error => {
            tracing::error!(%error, "the log failed");
            ErrorCode::LogFailed.because("the host could not write to or read from its disk; nothing was kept")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::clean_name;

    #[test]
    fn names_are_one_line_with_nothing_unseen() {
        assert_eq!(clean_name("  Mina \n\t Kim "), "Mina Kim");
        assert_eq!(clean_name("a\u{202e}b\u{0007}c\u{2066}"), "abc");
        assert_eq!(clean_name(" \u{3000}\n"), "");
        // Emoji held together by a joiner stay whole.
        assert_eq!(clean_name("👩‍🚀 민아"), "👩‍🚀 민아");
    }
}
