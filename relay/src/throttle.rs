//! How often something may be tried: from one place, and from everywhere together. Beyond it there is none for a while,
//! or one waits for one's turn.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    time::{Duration, Instant},
};

/// Places that are told apart at most. Beyond it only what comes from everywhere together is counted, for
/// those that weren't known before.
const PLACES: usize = 4096;

/// Where somebody comes from, as far as they can't choose it freely: an IPv4 address, or the network of 64
/// bits that one device has all to itself in IPv6.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Source(IpAddr);

impl From<IpAddr> for Source {
    fn from(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V6(address) if !address.is_loopback() => {
                let [a, b, c, d, ..] = address.segments();
                IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
            }
            address => address,
        })
    }
}

impl Source {
    /// Whether it is this machine itself, where its own app comes from.
    fn is_here(self) -> bool {
        [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)].contains(&self.0)
    }
}

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

    /// Until when they are used up after one more; else how long until there is one.
    fn after(&self, used_until: Option<Instant>, now: Instant) -> Result<Instant, Duration> {
        let next = used_until.map_or(now, |until| until.max(now)) + self.share;
        let ahead = next.duration_since(now);
        if ahead <= self.over { Ok(next) } else { Err(ahead - self.over) }
    }
}

/// Counts tries.
#[derive(Debug)]
pub(crate) struct Throttle {
    each: Rate,
    all: Rate,
    places: HashMap<Source, Instant>,
    together: Option<Instant>,
}

impl Throttle {
    /// `each` tries from one place and `all` from everywhere, over so long.
    pub(crate) fn new(each: u32, all: u32, over: Duration) -> Self {
        Self { each: Rate::new(each, over), all: Rate::new(all, over), places: HashMap::new(), together: None }
    }

    /// Counts a try.
    ///
    /// # Errors
    /// How long to wait when there have been too many; then it isn't counted.
    pub(crate) fn take(&mut self, from: Source, now: Instant) -> Result<(), Duration> {
        let together = self.all.after(self.together, now);
        let place = self.each.after(self.places.get(&from).copied(), now);
        let (together, place) = match (together, place) {
            (Ok(together), Ok(place)) => (together, place),
            (together, place) => {
                let wait = |result: Result<_, Duration>| result.err().unwrap_or_default();
                return Err(wait(together.map(drop)).max(wait(place.map(drop))));
            }
        };
        self.together = Some(together);
        if self.places.len() >= PLACES {
            self.places.retain(|_, until| *until > now);
        }
        if self.places.len() < PLACES || self.places.contains_key(&from) {
            self.places.insert(from, place);
        }
        Ok(())
    }
}

impl Throttle {
    /// Whether there is no try left just now for somebody from there. Whoever is on this machine is not held
    /// responsible for what comes from everywhere.
    pub(crate) fn is_spent(&self, from: Source, now: Instant) -> bool {
        self.each.after(self.places.get(&from).copied(), now).is_err()
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
    places: HashMap<Source, Instant>,
    together: Option<Instant>,
}

impl Queue {
    /// From one place it is another's turn after `each`, from everywhere after `all`; nobody queues for longer than
    /// `longest`, so that only so many can at one time.
    pub(crate) fn new(each: Duration, all: Duration, longest: Duration) -> Self {
        Self { each, all, longest, places: HashMap::new(), together: None }
    }

    /// Queues, and says when it is their turn. Whoever is on this machine waits for nobody from elsewhere.
    ///
    /// # Errors
    /// After how long there is a place in the queue, where there is none.
    pub(crate) fn turn(&mut self, from: Source, now: Instant) -> Result<Instant, Duration> {
        let behind = |last: Option<Instant>, takes: Duration| last.map_or(now, |last| last.max(now)) + takes;
        let place = behind(self.places.get(&from).copied(), self.each);
        let together = behind(self.together, self.all);
        let turn = if from.is_here() { place } else { place.max(together) };
        let wait = turn.duration_since(now);
        if wait > self.longest.max(self.each) {
            return Err(wait - self.longest);
        }
        if !from.is_here() {
            self.together = Some(together);
        }
        if self.places.len() >= PLACES {
            self.places.retain(|_, last| *last > now);
        }
        if self.places.len() < PLACES || self.places.contains_key(&from) {
            self.places.insert(from, place);
        }
        Ok(turn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    fn from(address: &str) -> Source {
        address.parse::<IpAddr>().expect("an address").into()
    }

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
    fn a_device_with_a_whole_network_is_one_place_and_an_old_address_in_new_clothes_the_same() {
        assert_eq!(from("2001:db8::1"), from("2001:db8::ffff:2"));
        assert_ne!(from("2001:db8::1"), from("2001:db8:0:1::1"));
        assert_eq!(from("::ffff:192.168.1.20"), from("192.168.1.20"));
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
        let place = |n: u32| Source(IpAddr::V4((n + 0x0a00_0000).into()));
        for n in 0..20_000 {
            assert_eq!(throttle.take(place(n), now), Ok(()));
        }
        assert_eq!(throttle.places.len(), PLACES);
        assert_eq!(throttle.take(place(90_000), now + 2 * MINUTE), Ok(()));
        assert_eq!(throttle.places.len(), 1);
    }
}
