//! Where the host has turned several away from: nobody rings from there for a while.
//!
//! Who was turned away is told apart by the token of the device, and a private window has another one each time. So
//! what counts here is where they come from, which they can't change as easily, and only what the host refused: others
//! at the same address may knock until then, and whom the host lets in speaks for those to come.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use crate::{
    config::Limits,
    source::{Counted, Source},
};

/// Of so many places that is remembered.
const PLACES: usize = 1000;

/// From where how many were turned away.
#[derive(Debug)]
pub(super) struct Quiet {
    /// So many.
    refusals: u32,
    /// Within this time of each other.
    over: Duration,
    /// For so long it is quiet then.
    quiet: Duration,
    places: HashMap<Counted, Refused>,
}

#[derive(Debug, Clone, Copy)]
struct Refused {
    times: u32,
    /// Until when nobody rings from there.
    quiet: Option<Instant>,
    /// When all of it is forgotten.
    until: Instant,
}

impl Quiet {
    pub(super) fn new(limits: &Limits) -> Self {
        let over = Duration::from_millis(limits.refusals_ms);
        let quiet = Duration::from_millis(limits.quiet_ms);
        Self { refusals: limits.refusals, over, quiet, places: HashMap::new() }
    }

    /// For how long yet nobody rings from there; `None` when anybody may.
    pub(super) fn is_quiet(&self, from: Source, now: Instant) -> Option<Duration> {
        let left = |(counted, _)| self.places.get(&counted)?.quiet?.checked_duration_since(now);
        from.counted().filter_map(left).filter(|left| !left.is_zero()).max()
    }

    /// Somebody from there was turned away.
    pub(super) fn refuse(&mut self, from: Source, now: Instant) {
        if self.places.len() >= PLACES {
            self.places.retain(|_, refused| refused.until > now);
        }
        for (counted, times) in from.counted() {
            let known = self.places.get(&counted).filter(|refused| refused.until > now);
            if known.is_none() && self.places.len() >= PLACES {
                continue;
            }
            let refused = known.map_or(1, |refused| refused.times.saturating_add(1));
            let quiet = (refused >= self.refusals.saturating_mul(times)).then_some(now + self.quiet);
            // Once it was quiet, the next one is enough for as long as this is remembered.
            let until = quiet.unwrap_or(now) + self.over;
            self.places.insert(counted, Refused { times: refused, quiet, until });
        }
    }

    /// Somebody from there was let in.
    pub(super) fn admit(&mut self, from: Source) {
        for (counted, _) in from.counted() {
            self.places.remove(&counted);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::tests::{came, from};

    const MINUTE: Duration = Duration::from_secs(60);

    fn quiet() -> Quiet {
        Quiet::new(&Limits { refusals: 3, refusals_ms: 600_000, quiet_ms: 600_000, ..Limits::DEFAULT })
    }

    #[test]
    fn after_a_few_it_is_quiet_for_a_while_and_then_after_the_next() {
        let (mut quiet, now) = (quiet(), Instant::now());
        let at = from("192.168.1.20");
        for minute in 0..3 {
            assert_eq!(quiet.is_quiet(at, now + minute * MINUTE), None);
            quiet.refuse(at, now + minute * MINUTE);
        }
        assert_eq!(quiet.is_quiet(at, now + 2 * MINUTE), Some(10 * MINUTE));
        assert_eq!(quiet.is_quiet(from("192.168.1.21"), now + 2 * MINUTE), None, "nobody else is concerned");
        let over = now + 12 * MINUTE;
        assert_eq!(quiet.is_quiet(at, over), None);
        quiet.refuse(at, over);
        assert_eq!(quiet.is_quiet(at, over), Some(10 * MINUTE), "it is known yet who that was");
        let forgotten = over + 21 * MINUTE;
        quiet.refuse(at, forgotten);
        assert_eq!(quiet.is_quiet(at, forgotten), None, "and some time it isn't");
    }

    #[test]
    fn a_refusal_now_and_then_is_none_too_many_and_one_who_is_let_in_speaks_for_the_others() {
        let (mut quiet, now) = (quiet(), Instant::now());
        let at = from("192.168.1.20");
        for hour in 0..10 {
            let now = now + hour * 11 * MINUTE;
            quiet.refuse(at, now);
            assert_eq!(quiet.is_quiet(at, now), None);
        }
        let now = now + 200 * MINUTE;
        for _ in 0..10 {
            quiet.refuse(at, now);
            quiet.refuse(at, now);
            assert_eq!(quiet.is_quiet(at, now), None);
            quiet.admit(at);
        }
    }

    #[test]
    fn taking_another_address_of_the_same_network_helps_for_a_while_only() {
        let (mut quiet, now) = (quiet(), Instant::now());
        let neighbour = |n: u32| came(&format!("2001:db8::{n}"), "2001:db8::ffff");
        for n in 0..11 {
            quiet.refuse(neighbour(n), now);
            assert_eq!(quiet.is_quiet(neighbour(100), now), None);
        }
        quiet.refuse(neighbour(11), now);
        assert_eq!(quiet.is_quiet(neighbour(100), now), Some(10 * MINUTE));
    }

    #[test]
    fn places_are_not_kept_for_ever() {
        let (mut quiet, now) = (quiet(), Instant::now());
        for n in 0..5000_u32 {
            quiet.refuse(from(&std::net::Ipv4Addr::from(0x0a00_0000 + n).to_string()), now);
        }
        assert_eq!(quiet.places.len(), PLACES);
        quiet.refuse(from("192.168.1.20"), now + 11 * MINUTE);
        assert_eq!(quiet.places.len(), 1);
    }
}
