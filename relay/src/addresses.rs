//! Under which addresses others on the network reach this machine.

use std::net::IpAddr;

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
/// IPv4 only: a link with an IPv6 address needs a zone or a router that knows it, and is no link
/// anyone reads aloud.
pub fn addresses() -> Vec<Address> {
    let mut found: Vec<Address> = netdev::get_interfaces()
        .iter()
        .filter(|interface| interface.is_up() && !interface.is_loopback())
        .flat_map(|interface| {
            interface.ipv4_addrs().into_iter().map(|ip| Address {
                ip: IpAddr::V4(ip),
                adapter: interface.friendly_name.clone().unwrap_or_else(|| interface.name.clone()),
                kind: kind(interface),
            })
        })
        .collect();
    // Link-local addresses stand in when no router gave one: last among their kind.
    found.sort_by_key(|address| (address.kind, matches!(address.ip, IpAddr::V4(ip) if ip.is_link_local())));
    found
}

fn kind(interface: &Interface) -> AddressKind {
    if looks_virtual(&interface.name, interface.if_type) {
        AddressKind::Virtual
    } else if interface.default {
        AddressKind::Default
    } else {
        AddressKind::Other
    }
}

/// Adapters are told by name because systems report most virtual ones as plain Ethernet.
fn looks_virtual(name: &str, kind: InterfaceType) -> bool {
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
        "vEthernet",
    ];
    const PARTS: [&str; 6] = ["vbox", "virtualbox", "vmnet", "vmware", "wg", "zt"];
    let lower = name.to_lowercase();
    kind == InterfaceType::Tunnel
        || kind == InterfaceType::Ppp
        || PREFIXES.iter().any(|prefix| lower.starts_with(&prefix.to_lowercase()))
        || PARTS.iter().any(|part| lower.contains(part))
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

    #[test]
    fn loopback_is_never_among_them() {
        assert!(addresses().iter().all(|address| !address.ip.is_loopback()));
    }
}
