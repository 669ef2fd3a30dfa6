//! How many there may be at once, in all and from one address.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Places that are taken and given back.
#[derive(Debug)]
pub(crate) struct Places {
    most: usize,
    from_one: usize,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    in_all: usize,
    by_address: HashMap<IpAddr, usize>,
}

/// Why there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoPlace {
    /// All are taken.
    Full,
    /// This address has as many as one may have.
    TooManyFromHere,
}

/// One of the places; dropping it gives it back.
#[derive(Debug)]
pub(crate) struct Place {
    places: Arc<Places>,
    address: IpAddr,
}

impl Places {
    /// So many in all, and `from_one` of them from one address.
    pub(crate) fn new(most: usize, from_one: usize) -> Arc<Self> {
        Arc::new(Self { most, from_one, taken: Mutex::default() })
    }

    /// Takes one for somebody at `ip`.
    pub(crate) fn take(self: &Arc<Self>, ip: IpAddr) -> Result<Place, NoPlace> {
        let address = network_of(ip);
        let mut taken = self.taken();
        if taken.in_all >= self.most {
            return Err(NoPlace::Full);
        }
        let from_here = taken.by_address.entry(address).or_default();
        if *from_here >= self.from_one {
            return Err(NoPlace::TooManyFromHere);
        }
        *from_here += 1;
        taken.in_all += 1;
        Ok(Place { places: self.clone(), address })
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken();
        taken.in_all -= 1;
        if let Some(from_here) = taken.by_address.get_mut(&self.address) {
            *from_here -= 1;
            if *from_here == 0 {
                taken.by_address.remove(&self.address);
            }
        }
    }
}

/// What counts as one address: with IPv6 a device picks any of the 2^64 in its network, and often another
/// one every day.
fn network_of(ip: IpAddr) -> IpAddr {
    match ip.to_canonical() {
        IpAddr::V6(ip) => Ipv6Addr::from_bits(ip.to_bits() & (u128::MAX << 64)).into(),
        ip => ip,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn no_address_has_more_than_its_share_and_all_together_no_more_than_there_are() {
        let places = Places::new(3, 2);
        let first = places.take(ip("192.168.1.20")).expect("free");
        let _second = places.take(ip("192.168.1.20")).expect("free");
        assert_eq!(places.take(ip("192.168.1.20")).err(), Some(NoPlace::TooManyFromHere));
        let _other = places.take(ip("192.168.1.21")).expect("free");
        assert_eq!(places.take(ip("192.168.1.22")).err(), Some(NoPlace::Full));
        drop(first);
        let _again = places.take(ip("192.168.1.20")).expect("given back");
    }

    #[test]
    fn a_network_of_ipv6_counts_as_one_address() {
        let places = Places::new(10, 1);
        let _one = places.take(ip("2001:db8:1:2::1")).expect("free");
        assert_eq!(places.take(ip("2001:db8:1:2:ffff::9")).err(), Some(NoPlace::TooManyFromHere));
        let _other = places.take(ip("2001:db8:1:3::1")).expect("another network");
        let _four = places.take(ip("192.168.1.20")).expect("free");
        assert_eq!(places.take(ip("::ffff:192.168.1.20")).err(), Some(NoPlace::TooManyFromHere));
    }

    #[test]
    fn nothing_is_remembered_of_who_has_left() {
        let places = Places::new(10, 1);
        for last in 0..100 {
            drop(places.take(IpAddr::from([10, 0, 0, last])).expect("free"));
        }
        assert!(places.taken().by_address.is_empty());
    }
}
