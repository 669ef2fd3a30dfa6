//! The rules of a room: who gets in, what may be said, what it is called. It reads no socket and knows no SQL.

mod files;
mod saying;

use std::{
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};

use sha2::{Digest, Sha256};

use crate::{
    config::Limits,
    delivery::Delivery,
    door::{Asking, Doorkeeper, Way},
    files::{Files, THUMB_BYTES, THUMB_PIXELS},
    gathered::Gathered,
    host::{self, Host, HostMark},
    invite::{Invite, crockford, random_device},
    lobby::{Knock, Lobby},
    log::{Log, LogError, Page, Search},
    naming::{self, clean_name},
    presence::{ANONYMOUS, Presence, Roster, Seat},
    refusal::log_failed,
    search::Query,
    source::Source,
    ticket::Tickets,
    wire::{
        self, Door, ErrorCode, Found, Frame, HistoryPage, HistoryRequest, Join, Place, SearchRequest, Seq, ServerFrame,
        Since, Welcome, WireError, You,
    },
};

use saying::EMOJI_BYTES;

/// A room that is being served.
pub(crate) struct Room {
    pub(crate) id: String,
    pub(crate) door: Arc<Doorkeeper>,
    pub(crate) lobby: Arc<Lobby>,
    /// Moves when there may be something to tell to hosts.
    pub(crate) changed: Arc<Gathered>,
    pub(crate) tickets: Tickets,
    pub(crate) files: Files,
    pub(crate) log: Log,
    pub(crate) delivery: Delivery,
    pub(crate) presence: Arc<Presence>,
    /// Where the host is.
    pub(crate) at: Host,
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

/// What a `join` leads to.
pub(crate) enum Answer {
    In(Box<Entrance>),
    /// They wait at the door. Once it is open to them, they ask again.
    Waits(Knock),
}

/// Somebody who has said who they are.
struct Visitor {
    member: String,
    nickname: Option<String>,
    /// Their token, where they brought none.
    minted: Option<String>,
    since: Option<Since>,
    /// Whether the door knows them.
    known: bool,
}

impl Room {
    /// What those inside know the host by, wherever it is.
    pub(crate) fn mark(&self) -> HostMark {
        HostMark::of(&self.door.host_key())
    }

    /// Where the host can be reached now; `None` while that isn't known.
    pub(crate) fn addresses(&self) -> Option<Frame> {
        let host::Addresses(addresses) = self.at.now();
        let told = wire::Addresses { addresses, mark: self.mark().told() };
        (!told.addresses.is_empty()).then(|| ServerFrame::Addresses(told).encode())
    }

    /// The link's contents, as it is now.
    pub(crate) fn invite(&self) -> Invite {
        Invite { room: self.id.clone(), name: self.door.name(), secret: self.door.secret() }
    }

    /// Whether whoever knows the address is let in.
    pub(crate) fn is_open(&self) -> bool {
        self.door.stands() == Door::Open
    }

    /// Lets someone in, has them wait at the door, or says why neither.
    /// `minted` is the device's token where it brought none.
    pub(crate) async fn enter(&self, join: Join, minted: Option<String>, from: Source) -> Result<Answer, WireError> {
        let member = self.member_of(join.device.as_deref().unwrap_or_default())?;
        let nickname = join.nickname.as_deref().map(|nickname| self.nickname(nickname)).transpose()?;
        // Whoever has the key is the host, whatever the door knows of them.
        let known = join.host.is_none();
        let visitor = Visitor { member, nickname, minted, since: join.since, known };
        loop {
            let asking = Asking {
                member: &visitor.member,
                nickname: visitor.nickname.as_deref(),
                secret: join.secret.as_deref(),
                host: join.host.as_deref(),
                from,
            };
            match self.door.ask(asking).await? {
                Way::In { host } => return self.seat(visitor, host).await,
                Way::Counted { .. } => return self.seat(visitor, false).await,
                Way::Knock => {}
            }
            let nickname = visitor.nickname.as_deref().unwrap_or(ANONYMOUS);
            let knock = self.lobby.knock(&visitor.member, nickname, from)?;
            // Between the question and the knock the door may have been opened to everybody who waited.
            if !self.door.needs_no_answer(&visitor.member) {
                return Ok(Answer::Waits(knock));
            }
        }
    }

    /// Lets someone in who may be anybody and never comes back, if the room is open.
    pub(crate) async fn enter_open(&self) -> Result<Entrance, WireError> {
        if !self.is_open() {
            return Err(ErrorCode::NoSuchRoom.because("this room is not open to the network any more"));
        }
        let member = self.member_of(&random_device())?;
        let visitor = Visitor { member, nickname: None, minted: None, since: None, known: false };
        self.take_seat(visitor, false).await
    }

    async fn seat(&self, visitor: Visitor, host: bool) -> Result<Answer, WireError> {
        self.take_seat(visitor, host).await.map(|entrance| Answer::In(Box::new(entrance)))
    }

    async fn take_seat(&self, visitor: Visitor, host: bool) -> Result<Entrance, WireError> {
        let Visitor { member, nickname, minted, since, known } = visitor;
        let cursor = self.cursor(since).await.map_err(log_failed)?;
        let head = *self.log.head().borrow();
        let page = match cursor {
            Some(cursor) => self.log.page_after(cursor, self.limits.page_events).await,
            None => self.log.page_before(head + 1, self.limits.page_events).await,
        };
        let Page { events, last } = page.map_err(log_failed)?;
        let nickname = known.then(|| self.door.muted_name(&member)).flatten().or(nickname);
        let (seat, Roster { members, count, version }) = self.presence.enter(&member, nickname, host);
        // After it was taken: what a host decides meanwhile holds by this, or by what is done to those who are here.
        let muted_by = match known.then(|| self.door.seat(&member, host, &seat.restraint)) {
            None => None,
            Some(Ok(muted_by)) => muted_by,
            Some(Err(decided)) => {
                seat.leave_for_good();
                return Err(decided);
            }
        };
        let (nickname, ticket) = (seat.nickname(), self.tickets.issue(&member));
        let welcome = Welcome {
            you: You { nickname, host, muted_by, device: minted, ticket, member },
            // After the version: a change in between is told twice rather than never.
            room: self.door.info(),
            epoch: self.log.epoch().to_owned(),
            head,
            resumed: cursor.is_some(),
            members,
            count,
            limits: wire::Limits {
                text_bytes: self.limits.text_bytes,
                text_chars: self.limits.text_chars,
                nickname_chars: self.limits.nickname_chars,
                room_name_chars: self.limits.room_name_chars,
                emoji_bytes: EMOJI_BYTES,
                room_file_bytes: self.limits.room_file_bytes,
                files: self.limits.files,
                thumb_bytes: THUMB_BYTES,
                thumb_pixels: THUMB_PIXELS,
                query_chars: self.limits.query_chars,
            },
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

    /// A page of the log: what was said before or after a place in it, or around one.
    pub(crate) async fn history(&self, request: HistoryRequest) -> Result<Frame, WireError> {
        let HistoryRequest { place, limit } = request;
        let most = self.limits.page_events;
        let limit = limit.unwrap_or(most).min(most);
        let (seq, page) = match &place {
            Place::Before(seq) => (*seq, self.log.page_before(*seq, limit).await),
            Place::After(seq) => (*seq, self.log.page_after(*seq, limit).await),
            Place::Around(seq) => self.around(*seq, limit).await,
            Place::Id(id) => {
                check_id(id)?;
                let found = self.log.place_of(id).await.map_err(log_failed)?;
                let missing = || ErrorCode::NoSuchMessage.because("the log has no event of this id").about(id);
                self.around(found.ok_or_else(missing)?, limit).await
            }
            Place::At(at) => self.around(self.log.place_at(*at).await.map_err(log_failed)?, limit).await,
        };
        let page = page.map_err(log_failed)?;
        Ok(ServerFrame::History(HistoryPage { place, seq, events: Vec::new() }).encode_with(&page.events))
    }

    /// The nearest place there is, and the page around it.
    async fn around(&self, seq: Seq, limit: u32) -> (Seq, Result<Page, LogError>) {
        let head = *self.log.head().borrow();
        let seq = seq.max(1).min(head);
        (seq, self.log.page_around(seq, limit).await)
    }

    /// What somebody looks for, if it can be looked for.
    pub(crate) fn search(&self, request: &SearchRequest) -> Result<Search, WireError> {
        let SearchRequest { id, query, before } = request;
        check_id(id)?;
        let most = self.limits.query_chars;
        if query.chars().count() > most as usize {
            return Err(ErrorCode::QueryTooLong.because(format!("a search has at most {most} characters")).about(id));
        }
        let query = Query::parse(query)
            .ok_or_else(|| ErrorCode::EmptySearch.because("the search asks for nothing").about(id))?;
        let (hits, work) = (self.limits.search_hits as usize, Duration::from_millis(self.limits.search_ms));
        Ok(Search { query, before: before.unwrap_or(Seq::MAX), hits, work })
    }

    /// The answer to the search of that id.
    pub(crate) async fn find(&self, id: String, search: Search, given_up: Arc<AtomicBool>) -> Result<Frame, WireError> {
        let found = self.log.search(search, given_up).await.map_err(|error| log_failed(error).about(&id))?;
        Ok(ServerFrame::Found(Found { id, hits: found.hits, next: found.next }).encode())
    }

    /// A nickname as the room shows it: one line, nothing unseen in it, Anonymous when blank.
    fn nickname(&self, wanted: &str) -> Result<String, WireError> {
        let nickname = clean_name(wanted);
        if nickname.is_empty() {
            return Ok(ANONYMOUS.to_owned());
        }
        if naming::length(&nickname) > self.limits.nickname_chars as usize {
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

/// Refuses an id that is none. It can't be told back either, lest it be a megabyte long.
fn check_id(id: &str) -> Result<(), WireError> {
    if id.is_empty() || id.len() > 64 || !id.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(ErrorCode::BadId.because("an id has 1 to 64 printable ASCII characters"));
    }
    Ok(())
}

#[cfg(test)]
pub(crate) mod tests;
