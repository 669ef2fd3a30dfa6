//! Where somebody comes from, as far as they can't choose it freely, and what that counts for.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// So many times as much as one place may have, all places of a network of IPv6 may that this machine is in. Few
/// guests come at the same moment; and where a room has about ten times as much for all together, half of it stays for
/// everybody else.
const NEIGHBOURS: u32 = 4;

/// Where somebody comes from.
///
/// With IPv4 that is an address. With IPv6 a device far away has a whole network of 64 bits to itself, which counts as
/// one place. In a network that this machine is in, too, all its neighbours share those bits, so there each address
/// is one; but since any of them may take as many addresses as it likes, the network counts beside it, more loosely.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Source {
    place: IpAddr,
    neighbours: Option<Ipv6Addr>,
}

/// What is counted of where somebody comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Counted {
    Place(IpAddr),
    Neighbours(Ipv6Addr),
}

impl Source {
    /// Where `peer` comes from, who came to the address `own` of this machine.
    pub(crate) fn new(peer: IpAddr, own: IpAddr) -> Self {
        let (place, own) = match (peer.to_canonical(), own) {
            (IpAddr::V6(place), own) if !place.is_loopback() => (place, own),
            (place, _) => return Self { place, neighbours: None },
        };
        let network = network_of(place);
        match own {
            IpAddr::V6(own) if network_of(own) == network => Self { place: place.into(), neighbours: Some(network) },
            _ => Self { place: network.into(), neighbours: None },
        }
    }

    /// What is counted, and how many times as much as one place it may have.
    pub(crate) fn counted(self) -> impl Iterator<Item = (Counted, u32)> {
        let neighbours = self.neighbours.map(|network| (Counted::Neighbours(network), NEIGHBOURS));
        [(Counted::Place(self.place), 1)].into_iter().chain(neighbours)
    }

    /// Whether it is this machine itself, where its own app comes from.
    pub(crate) fn is_here(self) -> bool {
        [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)].contains(&self.place)
    }
}

/// The network of 64 bits that an address is in.
fn network_of(ip: Ipv6Addr) -> Ipv6Addr {
    Ipv6Addr::from_bits(ip.to_bits() & (u128::MAX << 64))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Somebody at an address that is in none of this machine's networks.
    pub(crate) fn from(address: &str) -> Source {
        came(address, "2001:db8:ffff::1")
    }

    /// Somebody who came to an address of this machine.
    pub(crate) fn came(peer: &str, own: &str) -> Source {
        Source::new(peer.parse().expect("an address"), own.parse().expect("an address"))
    }

    #[test]
    fn a_device_with_a_whole_network_is_one_place_and_an_old_address_in_new_clothes_the_same() {
        assert_eq!(from("2001:db8::1"), from("2001:db8::ffff:2"));
        assert_ne!(from("2001:db8::1"), from("2001:db8:0:1::1"));
        assert_eq!(from("::ffff:192.168.1.20"), from("192.168.1.20"));
        assert_ne!(from("192.168.1.20"), from("192.168.1.21"));
        assert_eq!(from("192.168.1.20").counted().count(), 1);
        assert_eq!(from("2001:db8::1").counted().count(), 1);
    }

    #[test]
    fn neighbours_are_told_apart_and_count_together_as_well() {
        let (one, other) = (came("2001:db8::1:1", "2001:db8::9"), came("2001:db8::1:2", "2001:db8::9"));
        assert_ne!(one, other);
        let counted = |source: Source| source.counted().collect::<Vec<_>>();
        assert_eq!(counted(one)[1], counted(other)[1]);
        assert_eq!(counted(one)[1].1, NEIGHBOURS);
        assert_ne!(came("fe80::1", "2001:db8::9"), came("fe80::1", "fe80::9"), "it goes by how they came");
    }

    #[test]
    fn this_machines_own_app_is_here_and_nobody_else_is() {
        assert!(from("127.0.0.1").is_here() && from("::1").is_here());
        assert!(!from("127.0.0.2").is_here() && !from("192.168.1.20").is_here() && !from("::2").is_here());
    }
}
