//! Keeping order: what a host does about members and the room, for all to read in its log.
//!
//! What is decided holds at once and is stored first; then it is an event. Where the host's disk fails in
//! between, it holds and isn't told of, which is the better of both ways to fail.

use crate::{
    invite::random_message_id,
    log::Receipts,
    naming,
    presence::Seat,
    room::{Room, banned, log_failed},
    wire::{Body, Deed, ErrorCode, Measure, Millis, ServerFrame, Standing, WireError},
};

/// The longest time between two messages in slow mode: a day.
const SLOWEST: Millis = 24 * 60 * 60 * 1000;

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
        if name == self.door.name() {
            return Ok(());
        }
        self.door.rename(name.clone());
        self.takes(seat, Measure::Renamed { name }).await
    }

    /// Lets everybody but hosts say something once in a while, or as often as they like.
    ///
    /// # Errors
    /// [`ErrorCode::BadPace`].
    pub(super) async fn slow(&self, seat: &Seat, every_ms: Millis) -> Result<(), WireError> {
        if every_ms > SLOWEST {
            return Err(ErrorCode::BadPace.because("slow mode has a day between two messages at most"));
        }
        if every_ms == self.door.every_ms() {
            return Ok(());
        }
        self.door.slow(every_ms);
        self.takes(seat, Measure::Slowed { every_ms }).await
    }

    /// Puts somebody out, who may come back as others come.
    ///
    /// # Errors
    /// [`ErrorCode::IsHost`], [`ErrorCode::NoSuchMember`].
    pub(super) async fn remove(&self, seat: &Seat, member: &str) -> Result<(), WireError> {
        let (standing, called) = self.guest(member)?;
        if standing == Standing::Banned {
            return Ok(());
        }
        // A mute is not to be got rid of by it.
        if standing == Standing::Usual {
            self.door.forget(member);
        }
        let why = ErrorCode::Removed.because("a host has removed you from the room");
        self.presence.expel(member, why.decided_by(seat.nickname()));
        self.about(seat, Deed::Removed, member, called).await
    }

    /// Puts a device out and keeps it out.
    ///
    /// # Errors
    /// As for [`remove`](Self::remove).
    pub(super) async fn ban(&self, seat: &Seat, member: &str) -> Result<(), WireError> {
        let (standing, called) = self.guest(member)?;
        if standing == Standing::Banned {
            return Ok(());
        }
        // First, so that nobody is in again before it holds.
        self.door.decide_about(member, &called, Standing::Banned);
        self.presence.expel(member, banned().decided_by(seat.nickname()));
        self.about(seat, Deed::Banned, member, called).await
    }

    /// Takes a ban back. The device is forgotten, so it comes in as others do.
    ///
    /// # Errors
    /// [`ErrorCode::NoSuchMember`] where it isn't banned.
    pub(super) async fn unban(&self, seat: &Seat, member: &str) -> Result<(), WireError> {
        let Some((Standing::Banned, called)) = self.door.standing(member) else {
            return Err(ErrorCode::NoSuchMember.because("no such device is banned"));
        };
        self.door.decide_about(member, &called, Standing::Usual);
        self.door.forget(member);
        self.about(seat, Deed::Unbanned, member, called).await
    }

    /// Has somebody only read, or speak again.
    ///
    /// # Errors
    /// As for [`remove`](Self::remove).
    pub(super) async fn mute(&self, seat: &Seat, member: &str, on: bool) -> Result<(), WireError> {
        let (standing, called) = self.guest(member)?;
        let wanted = if on { Standing::Muted } else { Standing::Usual };
        if standing == wanted || standing == Standing::Banned {
            return Ok(());
        }
        self.door.decide_about(member, &called, wanted);
        self.presence.mute(member, on);
        self.about(seat, if on { Deed::Muted } else { Deed::Unmuted }, member, called).await
    }

    /// Passes a host's powers to somebody, or takes them back from who has them so.
    ///
    /// # Errors
    /// As for [`remove`](Self::remove).
    pub(super) async fn appoint(&self, seat: &Seat, member: &str, on: bool) -> Result<(), WireError> {
        let (deed, called) = if on {
            let (standing, called) = self.guest(member)?;
            if standing == Standing::Banned {
                return Err(ErrorCode::NoSuchMember.because("this device is banned"));
            }
            self.door.decide_about(member, &called, Standing::Host);
            (Deed::Appointed, called)
        } else {
            let Some((Standing::Host, called)) = self.door.standing(member) else {
                return Err(ErrorCode::NoSuchMember.because("no host's powers were passed to this member"));
            };
            self.door.decide_about(member, &called, Standing::Usual);
            (Deed::Dismissed, called)
        };
        // Each socket is a host's or not for as long as it lives.
        self.presence.expel(member, ErrorCode::ComeAgain.because("what you may do here has changed"));
        self.about(seat, deed, member, called).await
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

    async fn about(&self, seat: &Seat, deed: Deed, of: &str, called: String) -> Result<(), WireError> {
        self.takes(seat, Measure::Member { deed, of: of.to_owned(), called }).await
    }

    /// Stores what was decided, tells everybody how the room is now, and puts it into the log.
    async fn takes(&self, seat: &Seat, measure: Measure) -> Result<(), WireError> {
        let stored = self.door.save().await;
        if !matches!(measure, Measure::Member { .. }) {
            self.presence.tell(ServerFrame::Room(self.info()).encode());
        }
        stored.map_err(log_failed)?;
        // Nobody waits for its receipt: it has no sender who would send it again.
        self.append(seat, random_message_id(), &Body::Measure(measure), &Receipts::default()).await
    }
}
