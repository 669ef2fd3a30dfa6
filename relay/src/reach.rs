//! Whether others on the network can reach this machine: what can be found out from here, and what follows.
//!
//! Little can be known for certain by the host alone. Wi-Fi that keeps its guests apart looks like any other, and
//! rules of a firewall are mostly readable for root only. So a verdict never says more than its facts do; proof
//! is a guest who came.

mod firewall;

pub use firewall::{Firewall, FirewallKind, Stance};

use std::{
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use tokio::{net::TcpStream, time::timeout};

use crate::{
    addresses::{Address, AddressKind, Networks, addresses, tunnel},
    visited::Visit,
};

/// How long this machine may take to answer itself.
const ANSWER: Duration = Duration::from_secs(1);

/// What was found out about this machine and its network.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// Its addresses, best first.
    pub addresses: Vec<Address>,
    /// Whether the room listens on loopback alone.
    pub loopback_only: bool,
    /// The VPN's adapter, where all goes through one.
    pub tunnel: Option<String>,
    /// Whether the room answered when it was called at its best address from here; `None` where that wasn't tried.
    pub answers: Option<bool>,
    /// The firewall this system has, and what it does with the room's port.
    pub firewall: Option<Firewall>,
    /// Whether somebody of this machine's own networks has come, by an address it still has.
    pub visited: bool,
}

/// How sure it is that others can reach the room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Somebody did.
    Proven,
    /// Nothing was found that stands in the way.
    Likely,
    /// Something was found that may.
    Doubtful,
    /// Nobody can.
    Impossible,
}

/// What stands in the way, or may.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    /// This machine is on no network.
    NoNetwork,
    /// The room was told to listen on loopback alone.
    LoopbackOnly,
    /// All its addresses belong to a VPN, containers or virtual machines.
    OnlyVirtual {
        /// The first one's adapter.
        adapter: String,
    },
    /// No router gave it an address, so it made one up.
    NoRouter,
    /// What this machine sends goes through a VPN.
    Tunnel {
        /// The VPN's adapter.
        adapter: String,
    },
    /// A firewall drops what comes in for the room, or may.
    Firewall {
        /// Which one.
        kind: FirewallKind,
        /// What lets the room through, for a terminal; `None` where that is done with a mouse.
        command: Option<String>,
    },
    /// This machine doesn't answer at its own address, and nothing was found that keeps it from it.
    Silent,
}

/// What the facts come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// How sure it is.
    pub reach: Reach,
    /// The one thing to look at, where there is one.
    pub cause: Option<Cause>,
}

/// What follows from the facts for a room at this port.
pub fn verdict(facts: &Facts, port: u16) -> Verdict {
    let because = |reach, cause| Verdict { reach, cause: Some(cause) };
    let firewall = |found: &Firewall| Cause::Firewall { kind: found.kind, command: found.command(port) };
    if facts.loopback_only {
        return because(Reach::Impossible, Cause::LoopbackOnly);
    }
    let Some(best) = facts.addresses.first() else { return because(Reach::Impossible, Cause::NoNetwork) };
    match (&facts.firewall, facts.answers) {
        (Some(found), Some(false)) => return because(Reach::Impossible, firewall(found)),
        (None, Some(false)) => return because(Reach::Impossible, Cause::Silent),
        (Some(found), _) if found.stance == Stance::Blocks => return because(Reach::Impossible, firewall(found)),
        _ => {}
    }
    // Who came before the port was closed is no proof that others can now; beside that it is one, whatever else
    // there is.
    if facts.visited {
        return Verdict { reach: Reach::Proven, cause: None };
    }
    if best.kind == AddressKind::Virtual {
        return because(Reach::Doubtful, Cause::OnlyVirtual { adapter: best.adapter.clone() });
    }
    if let Some(adapter) = &facts.tunnel {
        return because(Reach::Doubtful, Cause::Tunnel { adapter: adapter.clone() });
    }
    if matches!(best.ip, IpAddr::V4(ip) if ip.is_link_local()) {
        return because(Reach::Doubtful, Cause::NoRouter);
    }
    match &facts.firewall {
        Some(found) if found.stance == Stance::Unknown => because(Reach::Doubtful, firewall(found)),
        _ => Verdict { reach: Reach::Likely, cause: None },
    }
}

/// Finds out what can be found out from here about a room that listens at `listening`; `visits` are those of
/// [whoever came](crate::RelayHandle::visited). Takes up to a second or two, where something doesn't answer.
pub async fn observe(listening: SocketAddr, visits: &[Visit]) -> Facts {
    let port = listening.port();
    let system = tokio::task::spawn_blocking(move || {
        let addresses = addresses();
        let firewall = firewall::found(addresses.first().map(|best| best.adapter.as_str()), port);
        (addresses, tunnel(), firewall)
    });
    let (addresses, tunnel, firewall) = system.await.unwrap_or_default();
    let answers = match addresses.first() {
        Some(best) => Some(answers(SocketAddr::new(best.ip, port)).await),
        None => None,
    };
    // Containers and virtual machines come by the same address as others do, and prove nothing.
    let visited = match visits {
        [] => false,
        _ => {
            let networks = Networks::now().await;
            visits.iter().any(|visit| networks.join(visit.here, visit.there))
        }
    };
    Facts { addresses, loopback_only: listening.ip().is_loopback(), tunnel, answers, firewall, visited }
}

async fn answers(address: SocketAddr) -> bool {
    matches!(timeout(ANSWER, TcpStream::connect(address)).await, Ok(Ok(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ip: &str, kind: AddressKind) -> Vec<Address> {
        vec![Address { ip: ip.parse().expect("an address"), adapter: "eth0".into(), kind }]
    }

    fn fine() -> Facts {
        Facts { addresses: at("192.168.1.20", AddressKind::Default), answers: Some(true), ..Facts::default() }
    }

    fn wall(kind: FirewallKind, stance: Stance) -> Option<Firewall> {
        Some(Firewall { kind, stance, place: None })
    }

    /// Who says more than this may be wrong.
    #[test]
    fn what_follows_from_what_was_found() {
        use FirewallKind::{Firewalld, Ufw, Windows};
        use Reach::{Doubtful, Impossible, Likely, Proven};
        let ufw = Cause::Firewall { kind: Ufw, command: Some("sudo ufw allow 7684/tcp".into()) };
        let windows = Cause::Firewall { kind: Windows, command: None };
        let virtual_only = at("172.17.0.1", AddressKind::Virtual);
        let table: [(&str, Facts, Reach, Option<Cause>); 17] = [
            ("nothing in the way", fine(), Likely, None),
            ("not tried", Facts { answers: None, ..fine() }, Likely, None),
            ("no network", Facts::default(), Impossible, Some(Cause::NoNetwork)),
            ("loopback", Facts { loopback_only: true, ..fine() }, Impossible, Some(Cause::LoopbackOnly)),
            ("somebody came", Facts { visited: true, ..fine() }, Proven, None),
            (
                "somebody came all the same",
                Facts { visited: true, firewall: wall(Ufw, Stance::Unknown), tunnel: Some("wg0".into()), ..fine() },
                Proven,
                None,
            ),
            (
                "somebody came, and then it was blocked",
                Facts { visited: true, firewall: wall(Ufw, Stance::Blocks), ..fine() },
                Impossible,
                Some(ufw.clone()),
            ),
            (
                "somebody came, and now there is no answer",
                Facts { visited: true, answers: Some(false), ..fine() },
                Impossible,
                Some(Cause::Silent),
            ),
            ("no answer", Facts { answers: Some(false), ..fine() }, Impossible, Some(Cause::Silent)),
            (
                "no answer, and a firewall",
                Facts { answers: Some(false), firewall: wall(Ufw, Stance::Unknown), ..fine() },
                Impossible,
                Some(ufw.clone()),
            ),
            (
                "rules that block",
                Facts { firewall: wall(Ufw, Stance::Blocks), ..fine() },
                Impossible,
                Some(ufw.clone()),
            ),
            ("rules nobody may read", Facts { firewall: wall(Ufw, Stance::Unknown), ..fine() }, Doubtful, Some(ufw)),
            ("rules that let it through", Facts { firewall: wall(Firewalld, Stance::Allows), ..fine() }, Likely, None),
            ("Windows", Facts { firewall: wall(Windows, Stance::Unknown), ..fine() }, Doubtful, Some(windows)),
            (
                "a VPN",
                Facts { tunnel: Some("wg0".into()), ..fine() },
                Doubtful,
                Some(Cause::Tunnel { adapter: "wg0".into() }),
            ),
            (
                "containers alone",
                Facts { addresses: virtual_only, ..fine() },
                Doubtful,
                Some(Cause::OnlyVirtual { adapter: "eth0".into() }),
            ),
            (
                "no router",
                Facts { addresses: at("169.254.3.4", AddressKind::Other), ..fine() },
                Doubtful,
                Some(Cause::NoRouter),
            ),
        ];
        for (what, facts, reach, cause) in table {
            assert_eq!(verdict(&facts, 7684), Verdict { reach, cause }, "{what}");
        }
    }

    #[tokio::test]
    async fn this_machine_is_looked_at_without_harm() {
        let listener = tokio::net::TcpListener::bind(("0.0.0.0", 0)).await.expect("a port");
        let facts = observe(listener.local_addr().expect("bound"), &[]).await;
        assert!(!facts.visited && !facts.loopback_only);
        assert_eq!(facts.answers.is_some(), !facts.addresses.is_empty());
    }
}
