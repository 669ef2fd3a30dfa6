//! How often something may be tried: from one place, and from everywhere together. Beyond it there is none for a while,
//! or one waits for one's turn.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use crate::source::{Counted, Source};

/// Places that are told apart at most. Beyond it only what comes from everywhere together is counted, for
/// those that weren't known before.
const PLACES: usize = 4096;

/// So many tries over a time, evenly given back.
///
/// All that is kept is until when they are used up, counting from now: each one moves that by its share of
/// the time, and it can't be further ahead than the whole of it.
#[derive(Debug, Clone, Copy)]
struct Rate {
    share: Duration,
    over: Duration,
}

impl Rate {
    fn new(tries: u32, over: Duration) -> Self {
        Self { share: over / tries.max(1), over }
    }

    /// So many times as much.
    fn times(self, times: u32) -> Self {
        Self { share: self.share / times.max(1), ..self }
    }

    /// Until when they are used up after one more; else how long until there is one.
    fn after(&self, used_until: Option<Instant>, now: Instant) -> Result<Instant, Duration> {
        let next = used_until.map_or(now, |until| until.max(now)) + self.share;
        let ahead = next.duration_since(now);
        if ahead <= self.over { Ok(next) } else { Err(ahead - self.over) }
    }
}

/// Until when something is so, by where it comes from.
#[derive(Debug, Default)]
struct Known(HashMap<Counted, Instant>);

impl Known {
    fn get(&self, counted: Counted) -> Option<Instant> {
        self.0.get(&counted).copied()
    }

    /// Notes it, unless too many others are known.
    fn set(&mut self, counted: Counted, until: Instant, now: Instant) {
        if self.0.len() >= PLACES {
            self.0.retain(|_, until| *until > now);
        }
        if self.0.len() < PLACES || self.0.contains_key(&counted) {
            self.0.insert(counted, until);
        }
    }
}

/// Counts tries.
#[derive(Debug)]
pub(crate) struct Throttle {
    each: Rate,
    all: Rate,
    places: Known,
    together: Option<Instant>,
}

impl Throttle {
    /// `each` tries from one place and `all` from everywhere, over so long.
    pub(crate) fn new(each: u32, all: u32, over: Duration) -> Self {
        Self { each: Rate::new(each, over), all: Rate::new(all, over), places: Known::default(), together: None }
    }

    /// Counts a try.
    ///
    /// # Errors
    /// How long to wait when there have been too many; then it isn't counted.
    pub(crate) fn take(&mut self, from: Source, now: Instant) -> Result<(), Duration> {
        let mut wait = Duration::ZERO;
        let mut after = |after: Result<Instant, Duration>| after.map_err(|longer| wait = wait.max(longer)).ok();
        let together = after(self.all.after(self.together, now));
        let next: Vec<_> = from
            .counted()
            .filter_map(|(counted, times)| {
                let until = after(self.each.times(times).after(self.places.get(counted), now))?;
                Some((counted, until))
            })
            .collect();
        if !wait.is_zero() {
            return Err(wait);
        }
        self.together = together;
        for (counted, until) in next {
            self.places.set(counted, until, now);
        }
        Ok(())
    }

    /// Whether there is no try left just now for somebody from there. Whoever is on this machine is not held
    /// responsible for what comes from everywhere.
    pub(crate) fn is_spent(&self, from: Source, now: Instant) -> bool {
        let mut counted = from.counted();
        counted.any(|(counted, times)| self.each.times(times).after(self.places.get(counted), now).is_err())
            || (!from.is_here() && self.all.after(self.together, now).is_err())
    }
}

/// A queue in which each takes so long: in one from each place, and all of them in one from everywhere, which moves
/// faster.
#[derive(Debug)]
pub(crate) struct Queue {
    each: Duration,
    all: Duration,
    longest: Duration,
    /// When the last one's turn is that has queued.
    places: Known,
    together: Option<Instant>,
}

impl Queue {
    /// From one place it is another's turn after `each`, from everywhere after `all`; nobody queues for longer than
    /// `longest`, so that only so many can at one time.
    pub(crate) fn new(each: Duration, all: Duration, longest: Duration) -> Self {
        Self { each, all, longest, places: Known::default(), together: None }
    }

    /// Queues, and says when it is their turn. Whoever is on this machine waits for nobody from elsewhere.
    ///
    /// # Errors
    /// After how long there is a place in the queue, where there is none.
    pub(crate) fn turn(&mut self, from: Source, now: Instant) -> Result<Instant, Duration> {
        let behind = |last: Option<Instant>, takes: Duration| last.map_or(now, |last| last.max(now)) + takes;
        let together = behind(self.together, self.all);
        let next: Vec<_> = from
            .counted()
            .map(|(counted, times)| (counted, behind(self.places.get(counted), self.each / times.max(1))))
            .collect();
        let place = next.iter().map(|(_, until)| *until).max().unwrap_or(now);
        let turn = if from.is_here() { place } else { place.max(together) };
        let wait = turn.duration_since(now);
        if wait > self.longest.max(self.each) {
            return Err(wait.saturating_sub(self.longest));
        }
        if !from.is_here() {
            self.together = Some(together);
        }
        for (counted, until) in next {
            self.places.set(counted, until, now);
        }
        Ok(turn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::tests::{came, from};

    const MINUTE: Duration = Duration::from_secs(60);

    #[test]
    fn a_place_has_so_many_at_once_and_gets_them_back_one_by_one() {
        let (mut throttle, now) = (Throttle::new(3, 1000, MINUTE), Instant::now());
        let mina = from("192.168.1.20");
        for _ in 0..3 {
            assert_eq!(throttle.take(mina, now), Ok(()));
        }
        assert_eq!(throttle.take(mina, now), Err(MINUTE / 3));
        assert_eq!(throttle.take(from("192.168.1.21"), now), Ok(()), "another one is no worse off");
        // What was refused wasn't counted.
        assert_eq!(throttle.take(mina, now + MINUTE / 3), Ok(()));
        assert!(throttle.take(mina, now + MINUTE / 3).is_err());
        let later = now + 10 * MINUTE;
        for _ in 0..3 {
            assert_eq!(throttle.take(mina, later), Ok(()), "no more than all of them come back");
        }
        assert!(throttle.take(mina, later).is_err());
    }

    #[test]
    fn all_places_together_have_so_many_too() {
        let (mut throttle, now) = (Throttle::new(3, 5, MINUTE), Instant::now());
        let taken = (0..100).filter(|n| throttle.take(from(&format!("10.0.0.{n}")), now).is_ok()).count();
        assert_eq!(taken, 5);
        assert_eq!(throttle.take(from("10.0.0.200"), now), Err(MINUTE / 5));
    }

    #[test]
    fn neighbours_have_their_own_and_one_that_takes_many_addresses_not_all_there_is() {
        let (mut throttle, now) = (Throttle::new(3, 1000, MINUTE), Instant::now());
        let neighbour = |n: u32| came(&format!("2001:db8::{n}"), "2001:db8::ffff");
        for _ in 0..3 {
            assert_eq!(throttle.take(neighbour(1), now), Ok(()));
        }
        assert_eq!(throttle.take(neighbour(1), now), Err(MINUTE / 3));
        let others = (2..100).filter(|n| throttle.take(neighbour(*n), now).is_ok()).count();
        assert_eq!(others, 9, "four times what one may have, all together");
        assert_eq!(throttle.take(from("2001:db8:0:1::1"), now), Ok(()));
        assert!(throttle.is_spent(neighbour(200), now) && !throttle.is_spent(from("2001:db8:0:1::1"), now));
        let mut queue = Queue::new(MINUTE, Duration::ZERO, MINUTE);
        assert_eq!(queue.turn(neighbour(1), now), Ok(now + MINUTE));
        assert_eq!(queue.turn(neighbour(2), now), Ok(now + MINUTE), "not behind the other");
    }

    #[test]
    fn in_a_queue_one_is_behind_the_other_and_it_is_never_long() {
        let second = Duration::from_secs(1);
        let (mut queue, now) = (Queue::new(second, second / 4, 3 * second), Instant::now());
        let (mina, jun) = (from("192.168.1.20"), from("192.168.1.21"));
        let turns: Vec<_> = (0..3).map(|_| queue.turn(mina, now)).collect();
        assert_eq!(turns, [Ok(now + second), Ok(now + 2 * second), Ok(now + 3 * second)]);
        assert_eq!(queue.turn(mina, now), Err(second), "no place left for now");
        assert_eq!(queue.turn(jun, now), Ok(now + second), "from elsewhere there is");
        assert_eq!(queue.turn(mina, now + second), Ok(now + 4 * second));
        assert_eq!(queue.turn(mina, now + 60 * second), Ok(now + 61 * second), "it is empty again");
        // From everywhere together no more than four come a second, whatever the places.
        let (mut queue, many) = (Queue::new(second, second / 4, 3 * second), 0..100);
        let turns: Vec<_> = many.filter_map(|n| queue.turn(from(&format!("10.0.0.{n}")), now).ok()).collect();
        assert_eq!((turns.len(), turns.last().copied()), (12, Some(now + 3 * second)));
        assert_eq!(queue.turn(from("127.0.0.1"), now), Ok(now + second), "but for this machine's own app");
        assert_eq!(queue.turn(from("::1"), now), Ok(now + second));
    }

    #[test]
    fn places_are_not_kept_for_ever() {
        let (mut throttle, now) = (Throttle::new(2, u32::MAX, MINUTE), Instant::now());
        let place = |n: u32| from(&std::net::Ipv4Addr::from(n + 0x0a00_0000).to_string());
        for n in 0..20_000 {
            assert_eq!(throttle.take(place(n), now), Ok(()));
        }
        assert_eq!(throttle.places.0.len(), PLACES);
        assert_eq!(throttle.take(place(90_000), now + 2 * MINUTE), Ok(()));
        assert_eq!(throttle.places.0.len(), 1);
    }
}
