//! Who has said something when, in slow mode: each member takes the floor once in a while.
//!
//! Kept by member and not with who is here, or whoever left and came back would have the floor again at once.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// Each member's last turn, as long as it keeps them from the next one.
#[derive(Debug)]
pub(crate) struct Floor {
    /// Members of whom that is known at most. Of more, those are forgotten who would wait least.
    most: usize,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    turns: HashMap<String, Turn>,
    /// When those were last let go of whose time is over.
    pruned: Option<Instant>,
}

/// The turn somebody took last.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Turn {
    /// When.
    at: Instant,
    /// For the message of which id; none once it was given back.
    by: Option<String>,
    /// When the one before was taken, in case that message isn't.
    before: Option<Instant>,
}

impl Floor {
    /// Nobody has said anything yet. At most `most` members are told apart.
    pub(super) fn new(most: usize) -> Self {
        Self { most, state: Mutex::default() }
    }

    /// Takes a member's turn to say something, of which there is one in `every`, for the message of this id; whether
    /// it wasn't that one's already.
    ///
    /// # Errors
    /// How long to wait for the next one.
    pub(crate) fn take(&self, member: &str, id: &str, every: Duration, now: Instant) -> Result<bool, Duration> {
        let mut state = self.state();
        let last = state.turns.get(member);
        if last.is_some_and(|turn| turn.by.as_deref() == Some(id)) {
            return Ok(false);
        }
        let last = last.map(|turn| turn.at);
        if let Some(wait) = last.and_then(|last| (last + every).checked_duration_since(now))
            && !wait.is_zero()
        {
            return Err(wait);
        }
        if state.turns.len() >= self.most || state.pruned.is_none_or(|pruned| pruned + every <= now) {
            state.prune(every, now, self.most);
        }
        state.turns.insert(member.to_owned(), Turn { at: now, by: Some(id.to_owned()), before: last });
        Ok(true)
    }

    /// Gives a turn back: the member's message of this id wasn't taken.
    pub(crate) fn give_back(&self, member: &str, id: &str) {
        let mut state = self.state();
        let Some(turn) = state.turns.get_mut(member).filter(|turn| turn.by.as_deref() == Some(id)) else { return };
        match turn.before {
            Some(before) => *turn = Turn { at: before, by: None, before: None },
            None => drop(state.turns.remove(member)),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Lets go of turns that keep nobody waiting any more; of a tenth of the others, too, where they are too many.
    fn prune(&mut self, every: Duration, now: Instant, most: usize) {
        self.pruned = Some(now);
        self.turns.retain(|_, turn| turn.at + every > now);
        if self.turns.len() >= most {
            let mut all: Vec<_> = self.turns.values().map(|turn| turn.at).collect();
            all.sort_unstable();
            let last = all[all.len().div_ceil(10) - 1];
            self.turns.retain(|_, turn| turn.at > last);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVERY: Duration = Duration::from_secs(30);

    fn floor() -> (Floor, impl Fn(u64) -> Instant) {
        let begin = Instant::now();
        (Floor::new(1000), move |seconds| begin + Duration::from_secs(seconds))
    }

    #[test]
    fn there_is_one_turn_in_a_while_and_who_asks_too_early_loses_nothing() {
        let (floor, at) = floor();
        assert_eq!(floor.take("jun", "a", EVERY, at(0)), Ok(true));
        assert_eq!(floor.take("jun", "b", EVERY, at(10)), Err(Duration::from_secs(20)));
        assert_eq!(floor.take("sol", "c", EVERY, at(10)), Ok(true), "each has their own");
        assert_eq!(floor.take("jun", "a", EVERY, at(15)), Ok(false), "sent again");
        assert_eq!(floor.take("jun", "b", EVERY, at(30)), Ok(true));
        // Set to less meanwhile.
        assert_eq!(floor.take("jun", "d", Duration::from_secs(5), at(35)), Ok(true));
    }

    #[test]
    fn a_turn_that_was_for_nothing_is_given_back_and_no_other() {
        let (floor, at) = floor();
        assert_eq!(floor.take("jun", "a", EVERY, at(0)), Ok(true));
        floor.give_back("jun", "a");
        assert_eq!(floor.take("jun", "b", EVERY, at(1)), Ok(true));
        assert_eq!(floor.take("jun", "c", EVERY, at(40)), Ok(true));
        floor.give_back("jun", "b");
        floor.give_back("sol", "c");
        assert_eq!(floor.take("jun", "d", EVERY, at(41)), Err(Duration::from_secs(29)));
        floor.give_back("jun", "c");
        let one_before = Err(Duration::from_secs(6));
        assert_eq!(floor.take("jun", "d", EVERY, at(25)), one_before, "the one before counts again");
        // Twice, and it isn't had twice.
        floor.give_back("jun", "c");
        assert_eq!(floor.take("jun", "d", EVERY, at(25)), one_before);
    }

    #[test]
    fn turns_are_kept_as_long_as_they_count_and_no_longer() {
        let (floor, at) = floor();
        for n in 0..100 {
            assert_eq!(floor.take(&format!("guest-{n}"), "a", EVERY, at(n / 10)), Ok(true));
        }
        assert_eq!(floor.state().turns.len(), 100);
        assert!(floor.take("guest-99", "b", EVERY, at(38)).is_err());
        assert_eq!(floor.take("guest-0", "b", EVERY, at(38)), Ok(true));
        assert_eq!(floor.state().turns.len(), 11, "ten of the last second before, and the new one");
    }

    #[test]
    fn however_many_come_only_so_many_are_remembered() {
        let begin = Instant::now();
        let floor = Floor::new(50);
        for n in 0..1000 {
            let now = begin + Duration::from_millis(n);
            assert_eq!(floor.take(&format!("guest-{n}"), "a", EVERY, now), Ok(true));
            assert!(floor.state().turns.len() <= 50);
        }
        assert!(floor.take("guest-999", "b", EVERY, begin + EVERY).is_err(), "the latest are");
    }
}
