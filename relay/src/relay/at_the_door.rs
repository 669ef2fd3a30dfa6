//! Who waits at a room's door, for a program that serves the room.

use std::sync::Arc;

use tokio::sync::watch;

use super::RoomError;
use crate::{lobby::HostHere, room::Room, wire::Knock};

/// Who waits at one room's door, for a program that shows it and can answer.
pub struct AtTheDoor {
    room: Arc<Room>,
    changed: watch::Receiver<()>,
    told: Option<Vec<Knock>>,
    _here: HostHere,
}

impl AtTheDoor {
    /// From now on, with nothing told yet.
    pub(super) fn new(room: Arc<Room>) -> Self {
        let mut changed = room.changed.watch();
        changed.mark_changed();
        Self { _here: room.lobby.host_enters(), room, changed, told: None }
    }

    /// All who wait, the longest first: at once the first time, then whenever it changes. `None` once the
    /// relay stops.
    pub async fn next(&mut self) -> Option<Vec<Knock>> {
        loop {
            tokio::select! {
                () = self.room.changed.stopped().cancelled() => return None,
                changed = self.changed.changed() => changed.ok()?,
            }
            let waiting = Some(self.room.lobby.waiting());
            if self.told != waiting {
                self.told.clone_from(&waiting);
                return waiting;
            }
        }
    }

    /// Lets in those of the named who still wait, or turns them away. `members` as in [`Knock::member`].
    ///
    /// # Errors
    /// [`RoomError::DiskFull`], [`RoomError::Storage`] when whom it let in is remembered only until the relay
    /// stops.
    pub async fn answer(&self, members: &[String], admit: bool) -> Result<(), RoomError> {
        Ok(self.room.answer(members, admit).await?)
    }
}
