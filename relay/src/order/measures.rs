//! Keeping order: what a host does about members and the room, for all to read in its log.
//!
//! What is decided and the event that tells of it are one commit, and from that commit on it holds: both are so, or
//! neither is, whatever befalls the host in between. Decisions are taken one after the other.

use crate::{
    door::{Doorkeeper, NewKeys, Turn},
    invite::random_message_id,
    log::Draft,
    naming,
    presence::{Presence, Seat},
    refusal::{banned, come_again, log_failed, removed},
    room::Room,
    wire::{Body, Deed, ErrorCode, FileRules, Measure, Millis, ServerFrame, Standing, WireError},
};

/// The longest time between two messages in slow mode: a day.
const SLOWEST: Millis = 24 * 60 * 60 * 1000;

/// The longest time that files are kept which are not kept as long as the room, in days: ten years.
const LONGEST: u32 = 3650;

impl Room {
    /// Gives the room another name, which shows in its invites from then on.
    ///
    /// # Errors
    /// [`ErrorCode::BadRoomName`]; what keeps it from being stored, as for all of these.
    pub(super) async fn rename_room(&self, seat: &Seat, name: &str) -> Result<(), WireError> {
        let most = self.limits.room_name_chars;
        let Some(name) = naming::room_name(name, most) else {
            return Err(ErrorCode::BadRoomName.because(format!("a room's name has 1 to {most} characters")));
        };
        let turn = self.door.turn().await;
        if name == self.door.name() {
            return Ok(());
        }
        self.takes(turn, seat, Measure::Renamed { name }, NewKeys::None).await
    }

    /// Lets everybody but hosts say something once in a while, or as often as they like.
    ///
    /// # Errors
    /// [`ErrorCode::BadPace`].
    pub(super) async fn slow(&self, seat: &Seat, every_ms: Millis) -> Result<(), WireError> {
        if every_ms > SLOWEST {
            return Err(ErrorCode::BadPace.because("slow mode has a day between two messages at most"));
        }
        let turn = self.door.turn().await;
        if every_ms == self.door.every_ms() {
            return Ok(());
        }
        self.takes(turn, seat, Measure::Slowed { every_ms }, NewKeys::None).await
    }

    /// Says which files may be sent from now on, and for how long all of them are kept.
    ///
    /// # Errors
    /// [`ErrorCode::BadFileRules`].
    pub(super) async fn rule_files(&self, seat: &Seat, rules: FileRules) -> Result<(), WireError> {
        let most = self.limits.room_file_bytes;
        if !(1..=most).contains(&rules.bytes) || rules.days > LONGEST {
            let why = format!("a file may have 1 to {most} bytes, and is kept for {LONGEST} days at most, or forever");
            return Err(ErrorCode::BadFileRules.because(why));
        }
        let turn = self.door.turn().await;
        if rules == self.door.files() {
            return Ok(());
        }
        self.takes(turn, seat, Measure::Files(rules), NewKeys::None).await
    }

    /// Puts somebody out, who may come back as others come.
    ///
    /// # Errors
    /// [`ErrorCode::IsHost`], [`ErrorCode::NoSuchMember`].
    pub(super) async fn remove(&self, seat: &Seat, member: &str) -> Result<(), WireError> {
        let turn = self.door.turn().await;
        let (standing, called) = self.guest(member)?;
        if standing == Standing::Banned {
            return Ok(());
        }
        self.about(turn, seat, Deed::Removed, member, called).await
    }

    /// Puts a device out and keeps it out; where `new_link` is wanted, with all links there were.
    ///
    /// # Errors
    /// As for [`remove`](Self::remove).
    pub(super) async fn ban(&self, seat: &Seat, member: &str, new_link: bool) -> Result<(), WireError> {
        let turn = self.door.turn().await;
        let (standing, called) = self.guest(member)?;
        if standing == Standing::Banned {
            return Ok(());
        }
        let measure = Measure::Member { deed: Deed::Banned, of: member.to_owned(), called };
        let keys = if new_link { NewKeys::Wanted } else { NewKeys::None };
        self.takes(turn, seat, measure, keys).await?;
        if new_link {
            self.changed.note();
        }
        Ok(())
    }

    /// Takes a ban back. The device is forgotten, so it comes in as others do.
    ///
    /// # Errors
    /// [`ErrorCode::NoSuchMember`] where it isn't banned.
    pub(super) async fn unban(&self, seat: &Seat, member: &str) -> Result<(), WireError> {
        let turn = self.door.turn().await;
        let Some((Standing::Banned, called)) = self.door.standing(member) else {
            return Err(ErrorCode::NoSuchMember.because("no such device is banned"));
        };
        self.about(turn, seat, Deed::Unbanned, member, called).await
    }

    /// Has somebody only read, or speak again.
    ///
    /// # Errors
    /// As for [`remove`](Self::remove).
    pub(super) async fn mute(&self, seat: &Seat, member: &str, on: bool) -> Result<(), WireError> {
        let turn = self.door.turn().await;
        let (standing, called) = self.guest(member)?;
        let wanted = if on { Standing::Muted } else { Standing::Usual };
        if standing == wanted || standing == Standing::Banned {
            return Ok(());
        }
        self.about(turn, seat, if on { Deed::Muted } else { Deed::Unmuted }, member, called).await
    }

    /// Passes a host's powers to somebody, or takes them back from who has them so.
    ///
    /// # Errors
    /// As for [`remove`](Self::remove).
    pub(super) async fn appoint(&self, seat: &Seat, member: &str, on: bool) -> Result<(), WireError> {
        let turn = self.door.turn().await;
        if on {
            let (standing, called) = self.guest(member)?;
            if standing == Standing::Banned {
                return Err(ErrorCode::NoSuchMember.because("this device is banned"));
            }
            return self.about(turn, seat, Deed::Appointed, member, called).await;
        }
        let Some((Standing::Host, called)) = self.door.standing(member) else {
            return Err(ErrorCode::NoSuchMember.because("no host's powers were passed to this member"));
        };
        self.about(turn, seat, Deed::Dismissed, member, called).await
    }

    /// What was decided about somebody who is no host, and what they are called.
    fn guest(&self, member: &str) -> Result<(Standing, String), WireError> {
        match (self.presence.here(member), self.door.standing(member)) {
            (Some((true, _)), _) | (_, Some((Standing::Host, _))) => Err(ErrorCode::IsHost.because("that is a host")),
            (Some((false, called)), known) => Ok((known.map_or(Standing::Usual, |(standing, _)| standing), called)),
            (None, Some(known)) => Ok(known),
            (None, None) => Err(ErrorCode::NoSuchMember.because("there is no such member")),
        }
    }

    async fn about(&self, turn: Turn, seat: &Seat, deed: Deed, of: &str, called: String) -> Result<(), WireError> {
        self.takes(turn, seat, Measure::Member { deed, of: of.to_owned(), called }, NewKeys::None).await
    }

    /// Puts what is decided on disk and into the log, from where on it holds.
    async fn takes(&self, turn: Turn, seat: &Seat, measure: Measure, keys: NewKeys) -> Result<(), WireError> {
        // Another host may have dismissed this one before it was their turn.
        if let Some(why) = seat.restraint.expelled() {
            return Err(why.clone());
        }
        let (door, presence, files) = (self.door.clone(), self.presence.clone(), self.files.clone());
        let (taken, by, room) = (measure.clone(), seat.nickname(), self.id.clone());
        let decided = self.door.decide(turn, (&measure, keys), &seat.nickname(), move || {
            enforce(&taken, by, &door, &presence);
            put_out(&taken).map(|member| files.cancel_all(&room, member)).unwrap_or_default()
        });
        let draft = Draft {
            member: seat.member(),
            nickname: &seat.nickname(),
            host: seat.host,
            id: random_message_id(),
            body: &Body::Measure(measure),
            taken: None,
            decided: Some(decided),
        };
        self.log.append_and_wait(draft).await.map_err(log_failed)
    }
}

/// Who is put out by this. What they have on its way for the room goes with them.
fn put_out(measure: &Measure) -> Option<&str> {
    match measure {
        Measure::Member { deed: Deed::Removed | Deed::Banned, of, .. } => Some(of),
        _ => None,
    }
}

/// Has what holds now hold for those who are here.
fn enforce(measure: &Measure, by: String, door: &Doorkeeper, presence: &Presence) {
    let (deed, member) = match measure {
        Measure::Renamed { .. } | Measure::Slowed { .. } | Measure::Files(_) => {
            return presence.tell(ServerFrame::Room(door.info()).encode());
        }
        Measure::Member { deed, of, .. } => (*deed, of),
    };
    match deed {
        Deed::Removed => presence.expel(member, removed(Some(by))),
        Deed::Banned => presence.expel(member, banned(Some(by))),
        Deed::Muted => presence.mute(member, true),
        Deed::Unmuted => presence.mute(member, false),
        Deed::Appointed | Deed::Dismissed => presence.expel(member, come_again()),
        // They aren't here.
        Deed::Unbanned => {}
    }
}
