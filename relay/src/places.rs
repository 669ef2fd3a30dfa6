//! How many there may be at once, in all and from one address.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::source::{Counted, Source};

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
    by_address: HashMap<Counted, usize>,
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
    from: Source,
}

impl Places {
    /// So many in all, and `from_one` of them from one address.
    pub(crate) fn new(most: usize, from_one: usize) -> Arc<Self> {
        Arc::new(Self { most, from_one, taken: Mutex::default() })
    }

    /// Takes one for somebody.
    pub(crate) fn take(self: &Arc<Self>, from: Source) -> Result<Place, NoPlace> {
        let mut taken = self.taken();
        if taken.in_all >= self.most {
            return Err(NoPlace::Full);
        }
        let has_all = |(counted, times): (Counted, u32)| {
            let most = self.from_one.saturating_mul(times as usize);
            taken.by_address.get(&counted).is_some_and(|from_here| *from_here >= most)
        };
        if from.counted().any(has_all) {
            return Err(NoPlace::TooManyFromHere);
        }
        for (counted, _) in from.counted() {
            *taken.by_address.entry(counted).or_default() += 1;
        }
        taken.in_all += 1;
        Ok(Place { places: self.clone(), from })
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken();
        taken.in_all -= 1;
        for (counted, _) in self.from.counted() {
            let Some(from_here) = taken.by_address.get_mut(&counted) else { continue };
            *from_here -= 1;
            if *from_here == 0 {
                taken.by_address.remove(&counted);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::tests::{came, from};

    #[test]
    fn no_address_has_more_than_its_share_and_all_together_no_more_than_there_are() {
        let places = Places::new(3, 2);
        let first = places.take(from("192.168.1.20")).expect("free");
        let _second = places.take(from("192.168.1.20")).expect("free");
        assert_eq!(places.take(from("192.168.1.20")).err(), Some(NoPlace::TooManyFromHere));
        let _other = places.take(from("192.168.1.21")).expect("free");
        assert_eq!(places.take(from("192.168.1.22")).err(), Some(NoPlace::Full));
        drop(first);
        let _again = places.take(from("192.168.1.20")).expect("given back");
    }

    #[test]
    fn a_network_of_ipv6_counts_as_one_address() {
        let places = Places::new(10, 1);
        let _one = places.take(from("2001:db8:1:2::1")).expect("free");
        assert_eq!(places.take(from("2001:db8:1:2:ffff::9")).err(), Some(NoPlace::TooManyFromHere));
        let _other = places.take(from("2001:db8:1:3::1")).expect("another network");
        let _four = places.take(from("192.168.1.20")).expect("free");
        assert_eq!(places.take(from("::ffff:192.168.1.20")).err(), Some(NoPlace::TooManyFromHere));
    }

    #[test]
    fn neighbours_have_their_own_and_not_all_there_are() {
        let places = Places::new(100, 2);
        let neighbour = |n: u32| places.take(came(&format!("2001:db8::{n}"), "2001:db8::ffff"));
        let one = [neighbour(1).expect("free"), neighbour(1).expect("free")];
        assert_eq!(neighbour(1).err(), Some(NoPlace::TooManyFromHere));
        let _others: Vec<_> = (2..8).map(|n| neighbour(n).expect("each has some")).collect();
        assert_eq!(neighbour(8).err(), Some(NoPlace::TooManyFromHere), "one might be behind all of them");
        let _other = places.take(from("2001:db8:0:1::1")).expect("another network");
        drop(one);
        let _again = neighbour(8).expect("given back");
    }

    #[test]
    fn nothing_is_remembered_of_who_has_left() {
        let places = Places::new(10, 1);
        drop(places.take(came("2001:db8::1", "2001:db8::9")).expect("free"));
        for last in 0..100 {
            drop(places.take(from(&format!("10.0.0.{last}"))).expect("free"));
        }
        assert!(places.taken().by_address.is_empty());
    }
}
