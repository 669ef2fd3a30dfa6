//! How others reach the hosted room, and whether they can.

use std::{
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use snug_relay::{
    Address, AddressKind, Invite, Visit, addresses, local_name,
    reach::{Cause, FirewallKind, Reach, observe, verdict},
};

use crate::api::{self, InviteKind, InviteLink, Invites};

/// How long what the system says of this machine's name is believed: asking may go out to the network.
const NAME_HOLDS: Duration = Duration::from_secs(30);

/// Where a room is hosted.
#[derive(Clone)]
pub(crate) struct Place {
    pub(crate) invite: Invite,
    /// Where it listens for IPv4.
    pub(crate) listening: SocketAddr,
    /// Whether it listens for IPv6 too.
    pub(crate) ipv6: bool,
    pub(crate) names: Names,
}

impl Place {
    /// The links by the addresses this machine has now, best first, never empty. Takes no longer than asking the
    /// system for its adapters.
    pub(crate) async fn links(&self) -> Vec<InviteLink> {
        let found = tokio::task::spawn_blocking(addresses).await.unwrap_or_default();
        self.links_to(found, self.names.known())
    }

    /// Where guests who lose it may look for it: the addresses that lead to others at all, best first.
    pub(crate) async fn told(&self) -> Vec<String> {
        let found = tokio::task::spawn_blocking(addresses).await.unwrap_or_default();
        let ips: Vec<IpAddr> = found.iter().map(|address| address.ip).collect();
        let name = self.names.of(&ips).await;
        let real = |link: &InviteLink| !matches!(link.kind, InviteKind::Virtual | InviteKind::Loopback);
        self.links_to(found, name).into_iter().filter(real).map(|link| link.address).collect()
    }

    /// The same, with what can be found out about who can follow them; `visits` are those of whoever came. Takes up
    /// to a few seconds, where something doesn't answer.
    pub(crate) async fn invites(&self, visits: &[Visit]) -> Invites {
        let facts = observe(self.listening, visits).await;
        let ips: Vec<IpAddr> = facts.addresses.iter().map(|address| address.ip).collect();
        let name = self.names.of(&ips).await;
        let verdict = verdict(&facts, self.listening.port());
        Invites { links: self.links_to(facts.addresses, name), verdict: verdict.into() }
    }

    fn links_to(&self, found: Vec<Address>, name: Option<String>) -> Vec<InviteLink> {
        let port = self.listening.port();
        let link = |address: String, adapter: String, kind| InviteLink {
            link: self.invite.link(&address),
            address,
            adapter,
            kind,
        };
        let shown = found.into_iter().filter(|address| self.ipv6 || address.ip.is_ipv4());
        let mut links: Vec<InviteLink> =
            shown.map(|it| link(SocketAddr::new(it.ip, port).to_string(), it.adapter, it.kind.into())).collect();
        if links.is_empty() {
            let loopback = SocketAddr::from(([127, 0, 0, 1], port)).to_string();
            links.push(link(loopback, "Loopback".into(), InviteKind::Loopback));
        } else if let Some(name) = name {
            let after = links.iter().position(|it| it.kind == InviteKind::Virtual).unwrap_or(links.len());
            links.insert(after, link(format!("{name}:{port}"), String::new(), InviteKind::Name));
        }
        links
    }
}

/// This machine's name, asked for once in a while. Clones are the same.
#[derive(Clone, Default)]
pub(crate) struct Names(Arc<Mutex<Option<Known>>>);

struct Known {
    name: Option<String>,
    of: Vec<IpAddr>,
    at: Instant,
}

impl Names {
    /// Whether they are the same: those of the same relay.
    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    fn known(&self) -> Option<String> {
        self.lock().as_ref().and_then(|known| known.name.clone())
    }

    async fn of(&self, addresses: &[IpAddr]) -> Option<String> {
        if let Some(known) = &*self.lock()
            && known.of == addresses
            && known.at.elapsed() < NAME_HOLDS
        {
            return known.name.clone();
        }
        let name = local_name(addresses).await;
        *self.lock() = Some(Known { name: name.clone(), of: addresses.to_vec(), at: Instant::now() });
        name
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Known>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl From<AddressKind> for InviteKind {
    fn from(kind: AddressKind) -> Self {
        match kind {
            AddressKind::Default => Self::Default,
            AddressKind::Other => Self::Other,
            AddressKind::Virtual => Self::Virtual,
        }
    }
}

impl From<snug_relay::reach::Verdict> for api::Verdict {
    fn from(verdict: snug_relay::reach::Verdict) -> Self {
        let mut told = Self {
            reach: match verdict.reach {
                Reach::Proven => api::Reach::Proven,
                Reach::Likely => api::Reach::Likely,
                Reach::Doubtful => api::Reach::Doubtful,
                Reach::Impossible => api::Reach::Impossible,
            },
            cause: None,
            adapter: None,
            firewall: None,
            command: None,
        };
        told.cause = verdict.cause.map(|cause| match cause {
            Cause::NoNetwork => api::Cause::NoNetwork,
            Cause::LoopbackOnly => api::Cause::LoopbackOnly,
            Cause::OnlyVirtual { adapter } => {
                told.adapter = Some(adapter);
                api::Cause::OnlyVirtual
            }
            Cause::NoRouter => api::Cause::NoRouter,
            Cause::Tunnel { adapter } => {
                told.adapter = Some(adapter);
                api::Cause::Tunnel
            }
            Cause::Firewall { kind, command } => {
                (told.firewall, told.command) = (Some(kind.into()), command);
                api::Cause::Firewall
            }
            Cause::Silent => api::Cause::Silent,
        });
        told
    }
}

impl From<FirewallKind> for api::FirewallKind {
    fn from(kind: FirewallKind) -> Self {
        match kind {
            FirewallKind::Ufw => Self::Ufw,
            FirewallKind::Firewalld => Self::Firewalld,
            FirewallKind::Nftables => Self::Nftables,
            FirewallKind::Iptables => Self::Iptables,
            FirewallKind::Windows => Self::Windows,
            FirewallKind::MacOs => Self::Macos,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(ipv6: bool) -> Place {
        Place {
            invite: Invite {
                room: "abcd1234".into(),
                name: "Den".into(),
                secret: "AAAAAAAAAAAAAAAAAAAAAA".parse().expect("a secret"),
            },
            listening: ([0, 0, 0, 0], 7690).into(),
            ipv6,
            names: Names::default(),
        }
    }

    fn address(ip: &str, adapter: &str, kind: AddressKind) -> Address {
        Address { ip: ip.parse().expect("an address"), adapter: adapter.into(), kind }
    }

    fn shown(links: &[InviteLink]) -> Vec<(&str, &str, InviteKind)> {
        links.iter().map(|it| (it.address.as_str(), it.adapter.as_str(), it.kind)).collect()
    }

    #[test]
    fn every_address_and_the_name_make_a_link_of_their_own() {
        let found = vec![
            address("192.168.1.20", "Wi-Fi", AddressKind::Default),
            address("fd00::1", "Wi-Fi", AddressKind::Default),
            address("2001:db8::8a2e:370:7334", "Ethernet", AddressKind::Other),
            address("172.17.0.1", "docker0", AddressKind::Virtual),
        ];
        let links = place(true).links_to(found, Some("minas-laptop.local".into()));
        assert_eq!(
            shown(&links),
            [
                ("192.168.1.20:7690", "Wi-Fi", InviteKind::Default),
                ("[fd00::1]:7690", "Wi-Fi", InviteKind::Default),
                ("[2001:db8::8a2e:370:7334]:7690", "Ethernet", InviteKind::Other),
                // It leads to whichever of those above works, and before those that hardly ever do.
                ("minas-laptop.local:7690", "", InviteKind::Name),
                ("172.17.0.1:7690", "docker0", InviteKind::Virtual),
            ]
        );
        for InviteLink { link, address, .. } in &links {
            assert_eq!(link, &format!("http://{address}/r/abcd1234#AAAAAAAAAAAAAAAAAAAAAA"));
            // As the one who follows it reads it.
            let url: tauri::Url = link.parse().expect("a link");
            assert_eq!(url.port(), Some(7690), "{link}");
            assert_eq!(format!("{}:7690", url.host_str().unwrap_or_default()), *address);
        }
    }

    #[test]
    fn without_ipv6_no_link_needs_it() {
        let found = vec![
            address("192.168.1.20", "Wi-Fi", AddressKind::Default),
            address("fd00::1", "Wi-Fi", AddressKind::Default),
        ];
        assert_eq!(shown(&place(false).links_to(found, None)), [("192.168.1.20:7690", "Wi-Fi", InviteKind::Default)]);
    }

    #[test]
    fn without_a_network_there_is_this_machine_and_no_name_for_others() {
        let only_ipv6 = vec![address("fd00::1", "Wi-Fi", AddressKind::Default)];
        for found in [Vec::new(), only_ipv6] {
            let links = place(false).links_to(found, Some("minas-laptop.local".into()));
            assert_eq!(shown(&links), [("127.0.0.1:7690", "Loopback", InviteKind::Loopback)]);
        }
    }

    #[test]
    fn a_name_comes_last_where_nothing_is_virtual() {
        let found = vec![address("192.168.1.20", "Wi-Fi", AddressKind::Other)];
        let links = place(true).links_to(found, Some("minas-laptop.local".into()));
        assert_eq!(links.last().map(|it| it.kind), Some(InviteKind::Name));
        assert_eq!(links.len(), 2);
    }
}
