//! What keeps one member from speaking, or from being here: hosts' decisions, and slow mode.

use std::{
    sync::{
        Mutex, OnceLock, PoisonError,
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
    /// When their last message was taken, in slow mode.
    said: Mutex<Option<Instant>>,
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

    /// Takes the turn to say something, of which there is one in `every`.
    ///
    /// # Errors
    /// How long to wait for the next one.
    pub(crate) fn take_turn(&self, every: Duration, now: Instant) -> Result<(), Duration> {
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(wait) = said.and_then(|said| (said + every).checked_duration_since(now))
            && !wait.is_zero()
        {
            return Err(wait);
        }
        *said = Some(now);
        Ok(())
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
        assert_eq!(restraint.take_turn(every, at(0)), Ok(()));
        assert_eq!(restraint.take_turn(every, at(10)), Err(Duration::from_secs(20)));
        assert_eq!(restraint.take_turn(every, at(30)), Ok(()));
        // Set to less meanwhile.
        assert_eq!(restraint.take_turn(Duration::from_secs(5), at(35)), Ok(()));
    }
}
