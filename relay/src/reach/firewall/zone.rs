//! What firewalld says of its zones.

use super::{Stance, saved::within};

/// The zone an adapter is in, of those that `--get-active-zones` tells of; it is the default one where it is in none.
pub(super) fn of<'a>(active: &'a str, adapter: &str) -> Option<&'a str> {
    let mut zone = None;
    for line in active.lines() {
        match line.trim().strip_prefix("interfaces:") {
            Some(adapters) if adapters.split_whitespace().any(|it| it == adapter) => return zone,
            Some(_) => {}
            None if !line.starts_with(char::is_whitespace) => zone = line.split_whitespace().next(),
            None => {}
        }
    }
    None
}

/// Whether somebody is in a zone by where they come from.
pub(super) fn by_source(active: &str) -> bool {
    active.lines().any(|line| line.trim().strip_prefix("sources:").is_some_and(|from| !from.trim().is_empty()))
}

/// What a zone does with the port, by what `--info-zone` tells of it.
pub(super) fn stance(zone: &str, port: u16) -> Stance {
    let told = |what: &str| zone.lines().find_map(|line| line.trim().strip_prefix(what)).unwrap_or_default().trim();
    let (target, ports) = (told("target:"), told("ports:"));
    let named =
        ports.split_whitespace().filter_map(|port| port.strip_suffix("/tcp")).any(|ports| within(ports, '-', port));
    if named || target == "ACCEPT" {
        return Stance::Allows;
    }
    if target.is_empty() || zone.contains("accept") {
        // It says something else than is known here, or has rules of its own that let some in.
        return Stance::Unknown;
    }
    Stance::Blocks
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACTIVE: &str =
        "docker\n  interfaces: docker0\nhome\n  interfaces: wlan0 eth1\npublic (default)\n  interfaces: eth0\n";

    const PUBLIC: &str = "public (active)
  target: default
  icmp-block-inversion: no
  interfaces: eth0
  sources: 
  services: dhcpv6-client ssh
  ports: 
  protocols: 
  rich rules: 
";

    #[test]
    fn an_adapters_own_zone_is_asked() {
        for (adapter, zone) in
            [("eth0", Some("public")), ("eth1", Some("home")), ("eth", None), ("docker0", Some("docker"))]
        {
            assert_eq!(of(ACTIVE, adapter), zone, "{adapter}");
        }
        assert!(!by_source(ACTIVE));
        assert!(by_source("trusted\n  sources: 192.168.1.0/24\n"));
    }

    #[test]
    fn a_zone_lets_in_what_it_names_or_all() {
        assert_eq!(stance(PUBLIC, 7684), Stance::Blocks);
        // As Fedora Workstation has it.
        let open = PUBLIC.replace("ports: ", "ports: 1025-65535/udp 1025-65535/tcp");
        assert_eq!(stance(&open, 7684), Stance::Allows);
        assert_eq!(stance(&open, 80), Stance::Blocks);
        assert_eq!(stance(&PUBLIC.replace("ports: ", "ports: 7684/udp"), 7684), Stance::Blocks);
        assert_eq!(stance(&PUBLIC.replace("target: default", "target: ACCEPT"), 7684), Stance::Allows);
        let rich = PUBLIC
            .replace("rich rules: ", "rich rules: \n\trule family=\"ipv4\" source address=\"192.168.0.0/16\" accept");
        assert_eq!(stance(&rich, 7684), Stance::Unknown);
        assert_eq!(stance("", 7684), Stance::Unknown);
    }
}
