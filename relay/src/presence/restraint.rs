//! What keeps one member from speaking, or from being here: hosts' decisions, and slow mode.

use std::{
    sync::{
        Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use crate::wire::WireError;

/// Shared by all sockets of a member who is here.
#[derive(Debug, Default)]
pub(crate) struct Restraint {
    expelled: OnceLock<WireError>,
    muted: AtomicBool,
    turns: Mutex<Turns>,
}

/// Whose turn it was last, in slow mode.
#[derive(Debug, Default)]
struct Turns {
    /// When the last one was taken.
    last: Option<Instant>,
    /// For the message of which id.
    by: String,
    /// When the one before was, in case that message isn't taken.
    before: Option<Instant>,
}

impl Restraint {
    /// Why these sockets have to end, if they have to.
    pub(crate) fn expelled(&self) -> Option<&WireError> {
        self.expelled.get()
    }

    /// Whether this member may only read.
    pub(crate) fn is_muted(&self) -> bool {
        self.muted.load(Ordering::Relaxed)
    }

    pub(super) fn expel(&self, why: WireError) {
        // The first reason is as good as the next.
        let _told = self.expelled.set(why);
    }

    pub(crate) fn mute(&self, on: bool) {
        self.muted.store(on, Ordering::Relaxed);
    }

    /// Takes the turn to say something, of which there is one in `every`, for the message of this id; whether it
    /// wasn't that one's already.
    ///
    /// # Errors
    /// How long to wait for the next one.
    pub(crate) fn take_turn(&self, id: &str, every: Duration, now: Instant) -> Result<bool, Duration> {
        let mut turns = self.turns();
        if turns.by == id {
            return Ok(false);
        }
        if let Some(wait) = turns.last.and_then(|last| (last + every).checked_duration_since(now))
            && !wait.is_zero()
        {
            return Err(wait);
        }
        *turns = Turns { last: Some(now), by: id.to_owned(), before: turns.last };
        Ok(true)
    }

    /// Gives a turn back: the message of this id wasn't taken.
    pub(crate) fn give_back(&self, id: &str) {
        let mut turns = self.turns();
        if turns.by == id {
            *turns = Turns { last: turns.before, ..Turns::default() };
        }
    }

    fn turns(&self) -> MutexGuard<'_, Turns> {
        self.turns.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_one_turn_in_a_while_and_who_asks_too_early_loses_nothing() {
        let (restraint, begin) = (Restraint::default(), Instant::now());
        let every = Duration::from_secs(30);
        let at = |seconds| begin + Duration::from_secs(seconds);
        assert_eq!(restraint.take_turn("a", every, at(0)), Ok(true));
        assert_eq!(restraint.take_turn("b", every, at(10)), Err(Duration::from_secs(20)));
        assert_eq!(restraint.take_turn("a", every, at(15)), Ok(false), "sent again");
        assert_eq!(restraint.take_turn("b", every, at(30)), Ok(true));
        // Set to less meanwhile.
        assert_eq!(restraint.take_turn("c", Duration::from_secs(5), at(35)), Ok(true));
    }

    #[test]
    fn a_turn_that_was_for_nothing_is_given_back_and_no_other() {
        let (restraint, begin) = (Restraint::default(), Instant::now());
        let every = Duration::from_secs(30);
        let at = |seconds| begin + Duration::from_secs(seconds);
        assert_eq!(restraint.take_turn("a", every, at(0)), Ok(true));
        restraint.give_back("a");
        assert_eq!(restraint.take_turn("b", every, at(1)), Ok(true));
        assert_eq!(restraint.take_turn("c", every, at(40)), Ok(true));
        restraint.give_back("b");
        assert_eq!(restraint.take_turn("d", every, at(41)), Err(Duration::from_secs(29)));
        restraint.give_back("c");
        assert_eq!(restraint.take_turn("d", every, at(25)), Err(Duration::from_secs(6)), "the one before counts again");
        // Twice, and it isn't had twice.
        restraint.give_back("c");
        assert_eq!(restraint.take_turn("d", every, at(25)), Err(Duration::from_secs(6)));
    }
}
