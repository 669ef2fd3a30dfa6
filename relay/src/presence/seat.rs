//! One socket's place in a room, and what its member may change by it.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use super::{ANONYMOUS, Presence};
use crate::{pace::Pace, restraint::Restraint};

/// One socket's place in a room; leaving happens when it is dropped.
pub(crate) struct Seat {
    pub(super) presence: Arc<Presence>,
    pub(super) member: String,
    pub(super) for_good: bool,
    /// Whether it is the host's: who came with the room's host key.
    pub(crate) host: bool,
    /// Whether nobody is looking at what this socket brings.
    pub(super) unattended: AtomicBool,
    /// How much the member may send, on all its sockets together.
    pub(crate) pace: Arc<Pace>,
    /// What hosts have decided about the member; the same for all its sockets.
    pub(crate) restraint: Arc<Restraint>,
}

impl Seat {
    /// Whose seat it is.
    pub(crate) fn member(&self) -> &str {
        &self.member
    }

    /// What this member is called now.
    pub(crate) fn nickname(&self) -> String {
        self.presence.state().here.get(&self.member).map_or_else(|| ANONYMOUS.to_owned(), |here| here.nickname.clone())
    }

    /// Changes it, for all to see; to one with a number, where somebody else is called so.
    pub(crate) fn rename(&self, nickname: String) {
        self.presence.call(&mut self.presence.state(), &self.member, nickname);
    }

    /// Tells whether anybody is looking at what this socket brings.
    pub(crate) fn set_away(&self, away: bool) {
        let mut state = self.presence.state();
        if self.unattended.swap(away, Ordering::Relaxed) == away {
            return;
        }
        let Some(here) = state.here.get_mut(&self.member) else { return };
        let before = here.is_away();
        if away {
            here.unattended += 1;
        } else {
            here.unattended -= 1;
        }
        if here.is_away() != before {
            self.presence.note(&mut state, &self.member);
        }
    }

    /// Tells whether this member is typing; for a while, after which it has to be told again.
    pub(crate) fn set_typing(&self, on: bool) {
        self.presence.typing(&mut self.presence.state(), &self.member, on);
    }

    /// Leaves on purpose: the others are told at once, not after a while.
    pub(crate) fn leave_for_good(mut self) {
        self.for_good = true;
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.presence.leave(self);
    }
}
