//! How fast somebody may send: so much at once, and from then on so much a second.
//!
//! Whoever sends more is refused nothing. They are read from later, and TCP tells their program to wait: what
//! was typed while away, or pasted, or comes from a program that knows no pace, arrives all the same.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use crate::config::Limits;

/// What one member, or one socket that hasn't joined, may send.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Allowance {
    frames: Budget,
    bytes: Budget,
}

impl Allowance {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            frames: Budget::new(limits.frames_per_second, limits.frames_at_once),
            bytes: Budget::new(limits.bytes_per_second, limits.bytes_at_once),
        }
    }
}

/// A budget that fills up again, and never beyond what it was at first.
#[derive(Debug, Clone, Copy)]
struct Budget {
    /// How long one takes to come back, in nanoseconds; 0 for what nobody counts.
    each: u64,
    /// How long all of it takes.
    whole: Duration,
}

impl Budget {
    fn new(per_second: u32, at_once: u32) -> Self {
        let each = 1_000_000_000 / u64::from(per_second.max(1));
        Self { each, whole: Duration::from_nanos(each.saturating_mul(at_once.into())) }
    }

    /// Takes from a budget that is whole again at `whole_again`; until when nothing more may be taken, if
    /// that isn't now. A debt is never refused: it only takes longer.
    fn spend(&self, whole_again: &mut Instant, amount: usize, now: Instant) -> Option<Instant> {
        let amount = u64::try_from(amount).unwrap_or(u64::MAX);
        let takes = Duration::from_nanos(self.each.saturating_mul(amount));
        *whole_again = (*whole_again).max(now) + takes;
        let until = whole_again.checked_sub(self.whole)?;
        (until > now).then_some(until)
    }
}

/// What somebody has sent of late. All sockets of a member share one.
#[derive(Debug)]
pub(crate) struct Pace {
    allowance: Allowance,
    spent: Mutex<Spent>,
}

/// When each budget is whole again.
#[derive(Debug)]
struct Spent {
    frames: Instant,
    bytes: Instant,
}

impl Pace {
    /// Nothing so far.
    pub(crate) fn new(allowance: Allowance) -> Self {
        let now = Instant::now();
        Self { allowance, spent: Mutex::new(Spent { frames: now, bytes: now }) }
    }

    /// Counts what was read; until when to read nothing more, if that isn't now.
    pub(crate) fn charge(&self, frames: usize, bytes: usize) -> Option<Instant> {
        let now = Instant::now();
        let mut spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        let frames = self.allowance.frames.spend(&mut spent.frames, frames, now);
        let bytes = self.allowance.bytes.spend(&mut spent.bytes, bytes, now);
        frames.max(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pace() -> Pace {
        Pace::new(Allowance { frames: Budget::new(10, 100), bytes: Budget::new(1000, 5000) })
    }

    #[test]
    fn so_much_at_once_is_free_and_what_follows_waits_for_its_turn() {
        let pace = pace();
        assert_eq!(pace.charge(50, 100), None);
        assert_eq!(pace.charge(50, 100), None);
        let until = pace.charge(20, 100).expect("a hundred are spent");
        let waits = until.duration_since(Instant::now());
        assert!(waits <= Duration::from_secs(2) && waits > Duration::from_millis(1900), "{waits:?}");
    }

    #[test]
    fn bytes_count_as_frames_do() {
        let pace = pace();
        assert_eq!(pace.charge(1, 5000), None);
        let waits = pace.charge(1, 3000).expect("it is spent").duration_since(Instant::now());
        assert!(waits <= Duration::from_secs(3) && waits > Duration::from_millis(2900), "{waits:?}");
    }

    #[test]
    fn a_budget_is_never_more_than_whole() {
        let budget = Budget::new(10, 100);
        let begun = Instant::now();
        let mut whole_again = begun;
        let later = begun + Duration::from_secs(3600);
        assert_eq!(budget.spend(&mut whole_again, 100, later), None);
        assert!(budget.spend(&mut whole_again, 1, later).is_some());
    }

    #[test]
    fn the_highest_limits_are_none() {
        let pace = Pace::new(Allowance { frames: Budget::new(1 << 30, 1), bytes: Budget::new(1 << 30, 1) });
        assert_eq!(pace.charge(usize::MAX, usize::MAX), None);
    }
}
