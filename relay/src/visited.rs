//! Who has come from another machine, and by which of this machine's addresses: the only proof that others can.

use std::{
    collections::VecDeque,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use tokio::net::TcpStream;

/// More machines than a network of one's own has; whoever came longest ago is forgotten first.
const MOST: usize = 64;

/// For how long having come proves that others can come: a network may change where this machine sees nothing of it.
/// A page of somebody who is inside comes again with the first picture it shows.
const HOLDS: Duration = Duration::from_secs(60 * 60);

/// Somebody came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Visit {
    /// By which of this machine's addresses.
    pub here: IpAddr,
    /// From which address.
    pub there: IpAddr,
    /// When they came last.
    pub at: Instant,
}

/// Everybody who came, since this machine moved. Clones are the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct Visited(Arc<Mutex<Known>>);

#[derive(Debug, Default)]
struct Known {
    /// Who came longest ago is first.
    visits: VecDeque<Visit>,
    /// Where this machine was said to be.
    at: Option<Vec<String>>,
}

impl Visited {
    /// Notes where a connection came in, and where from. What this machine calls itself comes from the address it
    /// goes to; whether it came over the network at all is for [`observe`](crate::reach::observe) to judge, since
    /// asking the system for each connection would cost too much.
    pub(crate) fn note(&self, stream: &TcpStream) {
        let (Ok(here), Ok(there)) = (stream.local_addr(), stream.peer_addr()) else { return };
        self.came(Visit { here: here.ip(), there: there.ip(), at: Instant::now() });
    }

    fn came(&self, visit: Visit) {
        if visit.here.is_loopback() || visit.here == visit.there {
            return;
        }
        let Known { visits, .. } = &mut *self.lock();
        visits.retain(|known| (known.here, known.there) != (visit.here, visit.there));
        if visits.len() >= MOST {
            visits.pop_front();
        }
        visits.push_back(visit);
    }

    /// Those that still prove something at `now`.
    pub(crate) fn at(&self, now: Instant) -> Vec<Visit> {
        let known = self.lock();
        known.visits.iter().filter(|visit| now.saturating_duration_since(visit.at) < HOLDS).copied().collect()
    }

    /// This machine is reached at these addresses from now on: where it was at others before, what was there proves
    /// nothing here, also once it is back, since another network may give the same ones.
    pub(crate) fn is_at(&self, addresses: &[String]) {
        let known = &mut *self.lock();
        if known.at.as_deref().is_some_and(|before| before != addresses) {
            known.visits.clear();
        }
        known.at = Some(addresses.to_vec());
    }

    /// The network may be another one.
    pub(crate) fn forget(&self) {
        self.lock().visits.clear();
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(there: [u8; 4], at: Instant) -> Visit {
        Visit { here: [192, 168, 1, 20].into(), there: there.into(), at }
    }

    #[test]
    fn who_came_is_known_for_a_while_and_until_this_machine_moves() {
        let (visited, now) = (Visited::default(), Instant::now());
        visited.came(from([192, 168, 1, 21], now));
        assert_eq!(visited.at(now).len(), 1);
        assert_eq!(visited.at(now + HOLDS), []);
        // They come again.
        visited.came(from([192, 168, 1, 21], now + HOLDS));
        assert_eq!(visited.at(now + HOLDS), [from([192, 168, 1, 21], now + HOLDS)]);

        // Being told where one is anyway is no move.
        let here = ["192.168.1.20:7684".to_owned()];
        visited.is_at(&here);
        visited.is_at(&here);
        assert_eq!(visited.at(now + HOLDS).len(), 1);
        // On no network for a moment, and then at the same address: another network's, perhaps.
        visited.is_at(&[]);
        visited.is_at(&here);
        assert_eq!(visited.at(now + HOLDS), []);
    }

    #[test]
    fn this_machine_itself_is_no_visitor() {
        let (visited, now) = (Visited::default(), Instant::now());
        visited.came(from([192, 168, 1, 20], now));
        let loopback = IpAddr::from([127, 0, 0, 1]);
        visited.came(Visit { here: loopback, there: loopback, at: now });
        assert_eq!(visited.at(now), []);
    }

    #[test]
    fn of_many_the_last_ones_are_known() {
        let (visited, now) = (Visited::default(), Instant::now());
        for last in 0..=255 {
            visited.came(from([10, 0, 0, last], now));
        }
        let known = visited.at(now);
        assert_eq!((known.len(), known[MOST - 1].there), (MOST, [10, 0, 0, 255].into()));
    }
}
