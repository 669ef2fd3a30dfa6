//! What only hosts may ask of a room, whether over a socket or from the program that serves it.

mod measures;

use crate::{
    lobby::Verdict,
    log::LogError,
    presence::Seat,
    refusal::log_failed,
    room::Room,
    wire::{Door, ErrorCode, Frame, Order, ServerFrame, WireError},
};

impl Room {
    /// Does what a host asks for; the answer, where that is not told to all hosts anyway.
    ///
    /// # Errors
    /// [`ErrorCode::NotHost`], [`ErrorCode::BadLink`], [`ErrorCode::TooManyLinks`]; and what kept it from being
    /// stored. It holds then all the same, until the relay stops. Those of [measures](Self::remove), which don't
    /// hold then.
    pub(crate) async fn order(&self, seat: &Seat, order: Order) -> Result<Option<Frame>, WireError> {
        if !seat.host {
            return Err(ErrorCode::NotHost.because("only a host may do that"));
        }
        let done = match order {
            Order::Answer { members, admit } => self.answer(&members, admit).await,
            Order::Door { door } => self.set_door(door).await,
            Order::Renew => {
                self.door.renew();
                self.door.save().await
            }
            Order::AddLink { ends_in_ms, guests } => {
                self.door.add_link(ends_in_ms, guests)?;
                self.door.save().await
            }
            Order::EndLink { link } => {
                self.door.end_link(&link);
                self.door.save().await
            }
            Order::Guests => return Ok(self.told_guests()),
            Order::Forget { member } => {
                self.door.forget(&member);
                let saved = self.door.save().await.map_err(log_failed);
                return saved.map(|()| self.told_guests());
            }
            Order::Rename { name } => return self.rename_room(seat, &name).await.map(|()| None),
            Order::Slow { every_ms } => return self.slow(seat, every_ms).await.map(|()| None),
            Order::Files(rules) => return self.rule_files(seat, rules).await.map(|()| None),
            Order::Remove { member } => return self.remove(seat, &member).await.map(|()| self.told_guests()),
            Order::Ban { member, new_link } => {
                return self.ban(seat, &member, new_link).await.map(|()| self.told_guests());
            }
            Order::Unban { member } => return self.unban(seat, &member).await.map(|()| self.told_guests()),
            Order::Appoint { member, on } => return self.appoint(seat, &member, on).await.map(|()| self.told_guests()),
            Order::Mute { member, on } => return self.mute(seat, &member, on).await.map(|()| self.told_guests()),
        };
        done.map(|()| None).map_err(log_failed)
    }

    fn told_guests(&self) -> Option<Frame> {
        Some(ServerFrame::Guests(self.door.guests()).encode())
    }

    /// Lets in those of the named who wait at the door, or turns them away.
    ///
    /// # Errors
    /// When whom it let in can't be stored.
    pub(crate) async fn answer(&self, members: &[String], admit: bool) -> Result<(), LogError> {
        if !admit {
            self.lobby.turn_away(members);
            return Ok(());
        }
        let named = self.lobby.waiting().into_iter().filter(|knock| members.contains(&knock.member));
        // Before they are told: they ask again then.
        let stored = self.door.let_in(named.map(|knock| (knock.member, knock.nickname))).await;
        self.lobby.let_in(members);
        stored
    }

    /// Opens, closes or locks the room. Everybody inside is told; whoever waits at the door comes in, or
    /// learns that nobody does.
    ///
    /// # Errors
    /// When it can't be stored.
    pub(crate) async fn set_door(&self, door: Door) -> Result<(), LogError> {
        if self.door.set(door) {
            self.presence.tell(ServerFrame::Room(self.door.info()).encode());
            match door {
                Door::Open => self.lobby.answer_all(Verdict::Open),
                Door::Locked => self.lobby.answer_all(Verdict::Locked),
                Door::Closed => {}
            }
        }
        self.door.save().await
    }
}
