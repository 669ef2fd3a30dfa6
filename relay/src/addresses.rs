//! Under which addresses others on the network reach this machine.

use std::net::{IpAddr, Ipv6Addr};

use netdev::{Interface, interface::types::InterfaceType};

/// An address of this machine that isn't loopback.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// The address itself.
    pub ip: IpAddr,
    /// The adapter it belongs to, as this system's settings call it where they do, else its device name.
    pub adapter: String,
    /// How likely others reach it.
    pub kind: AddressKind,
}

/// What sort of adapter an address belongs to, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AddressKind {
    /// The adapter with the default route: the network this machine is on.
    Default,
    /// Another real adapter.
    Other,
    /// A VPN, a container bridge, a virtual machine's network: others rarely reach these.
    Virtual,
}

/// This machine's addresses, the likeliest to be reached first. Empty without a network.
///
/// IPv6 comes after IPv4: nobody reads it aloud. Of it only what stands in a link for everybody: link-local
/// addresses need a zone, which differs on each machine and which browsers refuse, and those that are about to
/// expire, or not yet known to be nobody else's, are left out.
pub fn addresses() -> Vec<Address> {
    ranked(&adapters())
}

fn ranked(adapters: &[Interface]) -> Vec<Address> {
    let mut found: Vec<Address> = adapters
        .iter()
        .flat_map(|adapter| {
            ips(adapter).into_iter().map(|ip| Address { ip, adapter: name(adapter), kind: kind(adapter) })
        })
        .collect();
    found.sort_by_key(rank);
    found
}

/// Link-local addresses stand in when no router gave one: last among their kind.
fn rank(address: &Address) -> (bool, bool, AddressKind, bool) {
    let link_local = matches!(address.ip, IpAddr::V4(ip) if ip.is_link_local());
    (address.kind == AddressKind::Virtual, address.ip.is_ipv6(), address.kind, link_local)
}

/// The adapter of a VPN, where that has the default route: what this machine sends elsewhere goes through it.
pub fn tunnel() -> Option<String> {
    tunnel_of(&adapters())
}

fn tunnel_of(adapters: &[Interface]) -> Option<String> {
    adapters.iter().find(|adapter| adapter.default && kind(adapter) == AddressKind::Virtual).map(name)
}

/// The networks this machine is in, by the adapters that aren't virtual. Equal while its addresses are.
pub(crate) struct Networks {
    adapters: Vec<Interface>,
}

impl PartialEq for Networks {
    fn eq(&self, other: &Self) -> bool {
        let addresses = |networks: &Self| networks.adapters.iter().flat_map(ips).collect::<Vec<_>>();
        addresses(self) == addresses(other)
    }
}

impl Networks {
    /// Asking the system takes a few milliseconds, more on Windows.
    pub(crate) async fn now() -> Self {
        let adapters = tokio::task::spawn_blocking(adapters).await.unwrap_or_default();
        Self { adapters: adapters.into_iter().filter(|it| kind(it) != AddressKind::Virtual).collect() }
    }

    /// Whether an address belongs to one of them, this machine's own included.
    pub(crate) fn have(&self, ip: IpAddr) -> bool {
        self.adapters.iter().any(|adapter| match ip {
            IpAddr::V4(ip) => adapter.ipv4.iter().any(|net| net.contains(&ip)),
            IpAddr::V6(ip) => fits_a_link(ip) && adapter.ipv6.iter().any(|net| net.contains(&ip)),
        })
    }

    /// Whether this machine has the address `here` in one of them, and another machine `there` is in that same one.
    pub(crate) fn join(&self, here: IpAddr, there: IpAddr) -> bool {
        let own = |adapter: &Interface| match there {
            IpAddr::V4(there) => adapter.ipv4_addrs().contains(&there),
            IpAddr::V6(there) => adapter.ipv6_addrs().contains(&there),
        };
        !self.adapters.iter().any(own)
            && self.adapters.iter().any(|adapter| match (here, there) {
                (IpAddr::V4(here), IpAddr::V4(there)) => {
                    adapter.ipv4.iter().any(|net| net.addr() == here && net.contains(&there))
                }
                (IpAddr::V6(here), IpAddr::V6(there)) => {
                    fits_a_link(there) && adapter.ipv6.iter().any(|net| net.addr() == here && net.contains(&there))
                }
                _ => false,
            })
    }

    /// Whether there is none, or none that gave this machine an address.
    pub(crate) fn is_empty(&self) -> bool {
        self.adapters.iter().all(|adapter| ips(adapter).is_empty())
    }
}

/// Those that are switched on and lead out of this machine.
fn adapters() -> Vec<Interface> {
    netdev::get_interfaces().into_iter().filter(|adapter| adapter.is_up() && !adapter.is_loopback()).collect()
}

fn name(adapter: &Interface) -> String {
    adapter.friendly_name.clone().unwrap_or_else(|| adapter.name.clone())
}

fn ips(adapter: &Interface) -> Vec<IpAddr> {
    let flags = |at: usize| adapter.ipv6_addr_flags.get(at).copied().unwrap_or_default();
    let good: Vec<(Ipv6Addr, bool)> = adapter
        .ipv6_addrs()
        .into_iter()
        .enumerate()
        .filter(|(at, ip)| {
            fits_a_link(*ip) && !flags(*at).deprecated && !flags(*at).tentative && !flags(*at).duplicated
        })
        .map(|(at, ip)| (ip, flags(at).temporary))
        .collect();
    // A link with an address that is made up anew each day ends with it.
    let lasting = good.iter().any(|(_, temporary)| !temporary);
    let v6 = good.into_iter().filter(|(_, temporary)| !(lasting && *temporary)).map(|(ip, _)| IpAddr::V6(ip));
    adapter.ipv4_addrs().into_iter().map(IpAddr::V4).chain(v6).collect()
}

/// Global, or unique to a site: an address that means the same machine to whoever is sent it.
fn fits_a_link(ip: Ipv6Addr) -> bool {
    ip.segments()[0] & 0xe000 == 0x2000 || ip.is_unique_local()
}

fn kind(adapter: &Interface) -> AddressKind {
    // On Windows the device's name is a number, and what it is stands in the other two.
    let called = adapter.friendly_name.as_deref().is_some_and(is_called_virtual);
    let described = adapter.description.as_deref().is_some_and(is_described_as_virtual);
    if looks_virtual(&adapter.name, adapter.if_type) || called || described {
        AddressKind::Virtual
    } else if adapter.default {
        AddressKind::Default
    } else {
        AddressKind::Other
    }
}

/// Whether an adapter of this name leads to no other machine, or to a VPN's.
pub(crate) fn is_virtual(name: &str) -> bool {
    looks_virtual(name, InterfaceType::Unknown)
}

/// Adapters are told by name because systems report most virtual ones as plain Ethernet.
fn looks_virtual(name: &str, kind: InterfaceType) -> bool {
    const PARTS: [&str; 2] = ["wg", "zt"];
    let lower = name.to_lowercase();
    matches!(kind, InterfaceType::Tunnel | InterfaceType::Ppp | InterfaceType::ProprietaryVirtual)
        || is_called_virtual(name)
        || PARTS.iter().any(|part| lower.contains(part))
}

/// By a name that may be a person's: what is short could be part of any word there.
fn is_called_virtual(name: &str) -> bool {
    const PREFIXES: [&str; 18] = [
        "br-",
        "bridge",
        "cali",
        "cni",
        "docker",
        "flannel",
        "ham",
        "lxc",
        "nordlynx",
        "ppp",
        "podman",
        "tailscale",
        "tap",
        "tun",
        "utun",
        "veth",
        "virbr",
        "vethernet",
    ];
    const PARTS: [&str; 8] = ["openvpn", "vbox", "virtualbox", "vmnet", "vmware", "vpn", "wireguard", "zerotier"];
    let lower = name.to_lowercase();
    PREFIXES.iter().any(|prefix| lower.starts_with(prefix)) || PARTS.iter().any(|part| lower.contains(part))
}

/// By what Windows has for a description, mostly its driver's. What a virtual machine has for its own card is none of
/// these, and neither is what Windows shares its hotspot by.
fn is_described_as_virtual(description: &str) -> bool {
    const PARTS: [&str; 8] = ["host-only", "tap-", "tunnel", "virtual", "vpn", "wintun", "wireguard", "zerotier"];
    let lower = description.to_lowercase();
    !lower.contains("wi-fi direct") && PARTS.iter().any(|part| lower.contains(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bridges_and_tunnels_are_told_from_real_adapters() {
        for name in ["docker0", "br-1a2b", "veth12", "virbr0", "tailscale0", "utun3", "wg0", "VirtualBox Host-Only"] {
            assert!(looks_virtual(name, InterfaceType::Ethernet), "{name}");
        }
        for name in ["eth0", "en0", "wlan0", "wlp3s0", "enp5s0", "Wi-Fi", "Ethernet"] {
            assert!(!looks_virtual(name, InterfaceType::Ethernet), "{name}");
        }
    }

    fn adapter(name: &str, ip: &str, default: bool) -> Interface {
        let ipv4 = vec![ip.parse().expect("an address with its prefix")];
        Interface { name: name.into(), ipv4, default, if_type: InterfaceType::Ethernet, ..Interface::dummy() }
    }

    /// As Windows tells of one.
    fn windows(friendly: &str, description: &str, if_type: InterfaceType) -> Interface {
        let name = "{9A1C0F65-7E2B-4C0D-9C57-0B64F4E1D2AB}".into();
        let (friendly_name, description) = (Some(friendly.into()), Some(description.into()));
        Interface { name, friendly_name, description, if_type, ..Interface::dummy() }
    }

    #[test]
    fn on_windows_they_are_told_by_what_people_and_drivers_call_them() {
        use InterfaceType::{Ethernet, ProprietaryVirtual, Wireless80211};
        for (friendly, description, if_type) in [
            ("vEthernet (WSL (Hyper-V firewall))", "Hyper-V Virtual Ethernet Adapter", Ethernet),
            ("VMware Network Adapter VMnet8", "VMware Virtual Ethernet Adapter for VMnet8", Ethernet),
            ("이더넷 2", "VirtualBox Host-Only Ethernet Adapter", Ethernet),
            ("Ethernet 3", "TAP-Windows Adapter V9", Ethernet),
            ("Büro", "WireGuard Tunnel", ProprietaryVirtual),
            ("Tailscale", "Tailscale Tunnel", ProprietaryVirtual),
            ("Ethernet 4", "PANGP Virtual Ethernet Adapter Secure", Ethernet),
            ("Firma", "Something nobody has heard of", ProprietaryVirtual),
        ] {
            assert_eq!(kind(&windows(friendly, description, if_type)), AddressKind::Virtual, "{friendly}");
        }
        for (friendly, description, if_type) in [
            ("Wi-Fi", "Intel(R) Wi-Fi 6 AX201 160MHz", Wireless80211),
            ("이더넷", "Realtek PCIe GbE Family Controller", Ethernet),
            ("Ethernet", "Microsoft Hyper-V Network Adapter", Ethernet),
            ("Ethernet", "Red Hat VirtIO Ethernet Adapter", Ethernet),
            ("Ethernet0", "vmxnet3 Ethernet Adapter", Ethernet),
            ("Local Area Connection* 2", "Microsoft Wi-Fi Direct Virtual Adapter #2", Wireless80211),
        ] {
            assert_eq!(kind(&windows(friendly, description, if_type)), AddressKind::Other, "{friendly}");
        }
    }

    #[test]
    fn a_real_adapter_comes_first_though_another_has_the_default_route() {
        for other in ["tun0", "wg-office", "docker0", "br-1a2b3c", "virbr0"] {
            let real = adapter("eth0", "192.168.1.20/24", false);
            let all = [adapter(other, "10.8.0.2/24", true), real];
            let found: Vec<String> = ranked(&all).into_iter().map(|address| address.adapter).collect();
            assert_eq!(found, ["eth0", other]);
            assert_eq!(tunnel_of(&all).as_deref(), Some(other));
        }
    }

    #[test]
    fn the_likeliest_come_first_and_ipv6_after_ipv4() {
        let address = |ip: &str, kind| Address { ip: ip.parse().expect("an address"), adapter: "x".into(), kind };
        let best = [
            address("192.168.1.20", AddressKind::Default),
            address("10.0.0.5", AddressKind::Other),
            address("169.254.7.7", AddressKind::Other),
            address("2001:db8::20", AddressKind::Default),
            address("fd00::5", AddressKind::Other),
            address("172.17.0.1", AddressKind::Virtual),
            address("fd00:17::1", AddressKind::Virtual),
        ];
        let mut mixed = best.clone();
        mixed.reverse();
        mixed.sort_by_key(rank);
        assert_eq!(mixed, best);
    }

    #[test]
    fn a_link_holds_global_and_site_addresses_alone() {
        for fits in ["2001:db8::1", "fd12::1", "3fff::1"] {
            assert!(fits_a_link(fits.parse().expect("an address")), "{fits}");
        }
        for not in ["fe80::1", "::1", "ff02::fb", "::ffff:10.0.0.1", "::"] {
            assert!(!fits_a_link(not.parse().expect("an address")), "{not}");
        }
    }

    #[test]
    fn loopback_is_never_among_them() {
        assert!(addresses().iter().all(|address| !address.ip.is_loopback()));
    }
}
