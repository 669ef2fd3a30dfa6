//! The firewalls there are, as far as they can be told, and their rules, as far as they can be read.

mod nft;
mod saved;
mod zone;

use std::{fs, io, path::Path, process::Command};

use nft::blocking_chain;
use saved::saved_stance;

/// A firewall that is switched on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Firewall {
    /// Which one.
    pub kind: FirewallKind,
    /// What it does with what comes in for the room.
    pub stance: Stance,
    /// Where in it: the chain that blocks, as nft names it (`inet filter input`), or firewalld's zone.
    pub place: Option<String>,
}

/// Firewalls by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FirewallKind {
    /// Ubuntu's.
    Ufw,
    /// Fedora's.
    Firewalld,
    /// Rules of one's own.
    Nftables,
    /// The same, in the older form.
    Iptables,
    /// Windows'.
    Windows,
    /// The Mac's.
    MacOs,
}

/// What a firewall does with what comes in for a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stance {
    /// Its rules let it through.
    Allows,
    /// Its rules drop it.
    Blocks,
    /// Its rules can't be read, or depend on who comes.
    Unknown,
}

impl Firewall {
    /// What lets the port through, to be typed into a terminal.
    pub fn command(&self, port: u16) -> Option<String> {
        match self.kind {
            FirewallKind::Ufw => Some(format!("sudo ufw allow {port}/tcp")),
            FirewallKind::Firewalld => {
                let zone = self.place.as_ref().map(|zone| format!("--zone={zone} ")).unwrap_or_default();
                Some(format!("sudo firewall-cmd {zone}--add-port={port}/tcp"))
            }
            FirewallKind::Nftables => {
                let chain = self.place.as_deref().unwrap_or("inet filter input");
                Some(format!("sudo nft insert rule {chain} tcp dport {port} accept"))
            }
            FirewallKind::Iptables => Some(format!("sudo iptables -I INPUT -p tcp --dport {port} -j ACCEPT")),
            FirewallKind::Windows | FirewallKind::MacOs => None,
        }
    }
}

/// The firewall of this system, if one is found to be on; guests come by `adapter`. Asks programs of the system's, so
/// not for async code.
pub(super) fn found(adapter: Option<&str>, port: u16) -> Option<Firewall> {
    if cfg!(windows) {
        // It is always on, asks once by itself, and its rules take an administrator to read.
        return Some(Firewall { kind: FirewallKind::Windows, stance: Stance::Unknown, place: None });
    }
    if cfg!(target_os = "macos") {
        return macos();
    }
    ufw(Path::new("/etc"), port).or_else(|| firewalld(adapter, port)).or_else(|| rules(port))
}

fn macos() -> Option<Firewall> {
    let asked =
        Command::new("/usr/libexec/ApplicationFirewall/socketfilterfw").arg("--getglobalstate").output().ok()?;
    let on = String::from_utf8_lossy(&asked.stdout).contains("enabled");
    on.then_some(Firewall { kind: FirewallKind::MacOs, stance: Stance::Unknown, place: None })
}

/// That it is on stands where everybody may read it; its rules only where root may.
fn ufw(etc: &Path, port: u16) -> Option<Firewall> {
    let on = fs::read_to_string(etc.join("ufw/ufw.conf")).ok()?;
    if !on.lines().any(|line| line.trim().eq_ignore_ascii_case("enabled=yes")) {
        return None;
    }
    let policy = fs::read_to_string(etc.join("default/ufw")).unwrap_or_default();
    let accepts = policy.lines().any(|line| line.trim().eq_ignore_ascii_case("default_input_policy=\"accept\""));
    let stance = match fs::read_to_string(etc.join("ufw/user.rules")) {
        Ok(rules) => saved_stance(&rules, !accepts, "-A ufw-user-input ", port),
        Err(_) => Stance::Unknown,
    };
    Some(Firewall { kind: FirewallKind::Ufw, stance, place: None })
}

/// Its service has a control group while it runs. Each adapter is in a zone, and each zone has rules of its own.
fn firewalld(adapter: Option<&str>, port: u16) -> Option<Firewall> {
    if !Path::new("/sys/fs/cgroup/system.slice/firewalld.service").is_dir() {
        return None;
    }
    let ask = |question: &str| {
        let asked = Command::new("firewall-cmd").arg(question).output().ok()?;
        asked.status.success().then(|| String::from_utf8_lossy(&asked.stdout).into_owned())
    };
    let active = ask("--get-active-zones").unwrap_or_default();
    let named = adapter.and_then(|adapter| zone::of(&active, adapter)).map(str::to_owned);
    let zone = named.or_else(|| ask("--get-default-zone").map(|zone| zone.trim().to_owned()));
    let told = zone.as_ref().and_then(|zone| ask(&format!("--info-zone={zone}")));
    let stance = match told.map(|told| zone::stance(&told, port)) {
        // Some come by their address into another one.
        Some(Stance::Blocks) if zone::by_source(&active) => Stance::Unknown,
        Some(stance) => stance,
        None => Stance::Unknown,
    };
    Some(Firewall { kind: FirewallKind::Firewalld, stance, place: zone })
}

/// Rules of one's own: as they are, where they may be read. Only root is told them; anybody else is told what there
/// is to be loaded, and whether the system says that it was.
fn rules(port: u16) -> Option<Firewall> {
    let Some(ruleset) = loaded() else {
        return SOURCES.iter().find_map(|it| it.suspected(Path::new("/"), is_active(it.unit), port));
    };
    let chain = blocking_chain(&ruleset, port)?;
    Some(Firewall { kind: FirewallKind::Nftables, stance: Stance::Blocks, place: Some(chain) })
}

fn loaded() -> Option<String> {
    let nft = ["/usr/sbin/nft", "/sbin/nft", "/usr/bin/nft"].into_iter().find(|nft| Path::new(nft).is_file())?;
    let asked = Command::new(nft).args(["list", "ruleset"]).output().ok().filter(|asked| asked.status.success())?;
    Some(String::from_utf8_lossy(&asked.stdout).into_owned())
}

/// Whether the system has started a service; `None` where it isn't systemd's to say.
fn is_active(unit: &str) -> Option<bool> {
    Path::new("/run/systemd/system").is_dir().then_some(())?;
    let asked = Command::new("systemctl").args(["is-active", "--quiet", unit]).status();
    asked.ok().map(|status| status.success())
}

/// What loads rules when the system starts.
struct Source {
    unit: &'static str,
    kind: FirewallKind,
    /// Where they stand, below the root.
    files: &'static [&'static str],
}

const SOURCES: [Source; 3] = [
    Source {
        unit: "nftables",
        kind: FirewallKind::Nftables,
        files: &["etc/nftables.conf", "etc/sysconfig/nftables.conf"],
    },
    Source {
        unit: "iptables",
        kind: FirewallKind::Iptables,
        files: &["etc/sysconfig/iptables", "etc/iptables/iptables.rules"],
    },
    Source { unit: "netfilter-persistent", kind: FirewallKind::Iptables, files: &["etc/iptables/rules.v4"] },
];

impl Source {
    /// The firewall there may be by it: its rules would block, or nobody may read them. What a system came with and
    /// never loaded is none, and neither is what keeps nobody from the port.
    fn suspected(&self, root: &Path, active: Option<bool>, port: u16) -> Option<Firewall> {
        if active == Some(false) {
            return None;
        }
        let maybe = |chain| Some(Firewall { kind: self.kind, stance: Stance::Unknown, place: chain });
        let mut told = false;
        for file in self.files {
            match fs::read_to_string(root.join(file)) {
                Ok(rules) if self.kind == FirewallKind::Iptables => {
                    told = true;
                    if saved_stance(&rules, rules.contains(":INPUT DROP"), "-A INPUT ", port) == Stance::Blocks {
                        return maybe(None);
                    }
                }
                Ok(rules) => {
                    told = true;
                    if let Some(chain) = blocking_chain(&rules, port) {
                        return maybe(Some(chain));
                    }
                    if rules.lines().any(|line| ELSEWHERE.iter().any(|word| line.trim_start().starts_with(word))) {
                        return maybe(None);
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::PermissionDenied => return maybe(None),
                Err(_) => {}
            }
        }
        // It runs, and what it has loaded is nowhere to be seen.
        if active == Some(true) && !told { maybe(None) } else { None }
    }
}

/// How lines begin after which rules stand in other files, or in another form than they are listed in.
const ELSEWHERE: [&str; 4] = ["include ", "define ", "add rule ", "add chain "];

#[cfg(test)]
const WALL: &str = "table inet wall {
	chain input {
		type filter hook input priority filter; policy accept;
		ct state established,related accept
		iif \"lo\" accept
		tcp dport 7684 drop
	}
}
";

#[cfg(test)]
mod tests {
    use super::{saved::FEDORA, *};

    #[test]
    fn ufw_is_told_by_its_files() {
        let etc = tempfile::tempdir().expect("a directory");
        let write = |file: &str, text: &str| {
            let path = etc.path().join(file);
            fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            fs::write(path, text).expect("written");
        };
        assert_eq!(ufw(etc.path(), 7684), None);
        write("ufw/ufw.conf", "# on at boot\nENABLED=no\n");
        assert_eq!(ufw(etc.path(), 7684), None);
        write("ufw/ufw.conf", "# on at boot\nENABLED=yes\n");
        let stance = || ufw(etc.path(), 7684).map(|found| found.stance);
        assert_eq!(stance(), Some(Stance::Unknown), "its rules are root's to read");
        write("ufw/user.rules", "-A ufw-user-input -p tcp --dport 22 -j ACCEPT\n");
        assert_eq!(stance(), Some(Stance::Blocks));
        write("ufw/user.rules", "-A ufw-user-input -p tcp -m multiport --dports 22,7684:7700 -j ACCEPT\n");
        assert_eq!(stance(), Some(Stance::Allows));
        for maybe in ["-s 192.168.0.0/16 -j ACCEPT", "-p tcp --dport 7684 -j ufw-user-limit-accept"] {
            write("ufw/user.rules", &format!("-A ufw-user-input {maybe}\n"));
            assert_eq!(stance(), Some(Stance::Unknown), "{maybe}");
        }
        write("ufw/user.rules", "");
        write("default/ufw", "DEFAULT_INPUT_POLICY=\"ACCEPT\"\n");
        assert_eq!(stance(), Some(Stance::Allows));
        write("ufw/user.rules", "-A ufw-user-input -p tcp --dport 7684 -j DROP\n");
        assert_eq!(stance(), Some(Stance::Blocks));
    }

    /// For whoever isn't root.
    #[test]
    fn rules_that_cant_be_read_are_suspected_by_what_there_is_to_load() {
        let root = tempfile::tempdir().expect("a directory");
        let write = |file: &str, text: &str| {
            let path = root.path().join(file);
            fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            fs::write(path, text).expect("written");
        };
        let [nft, iptables, _] = &SOURCES;
        let told = |source: &Source, active| source.suspected(root.path(), active, 7684);
        assert_eq!(told(nft, None), None, "nothing there");
        assert_eq!(told(nft, Some(false)), None);
        let chain = |chain: Option<&str>| {
            Some(Firewall { kind: FirewallKind::Nftables, stance: Stance::Unknown, place: chain.map(str::to_owned) })
        };
        assert_eq!(told(nft, Some(true)), chain(None), "it runs, and its rules are nowhere to be seen");

        write("etc/nftables.conf", WALL);
        for running in [Some(true), None] {
            assert_eq!(told(nft, running), chain(Some("inet wall input")), "{running:?}");
        }
        assert_eq!(told(nft, Some(false)), None, "never loaded");
        // As Debian has it: three chains with nothing in them.
        write("etc/nftables.conf", &WALL.replace("tcp dport 7684 drop", ""));
        assert_eq!(told(nft, Some(true)), None);
        write("etc/nftables.conf", "flush ruleset\ninclude \"/etc/nftables.d/*.nft\"\n");
        assert_eq!(told(nft, Some(true)), chain(None));

        write("etc/sysconfig/iptables", FEDORA);
        let found = told(iptables, None).expect("a firewall");
        assert_eq!((found.kind, found.stance), (FirewallKind::Iptables, Stance::Unknown));
        write("etc/sysconfig/iptables", &FEDORA.replace("--dport 22", "--dport 7684"));
        assert_eq!(told(iptables, Some(true)), None, "they let the port through");
    }

    #[test]
    fn each_has_its_own_way_to_let_the_room_through() {
        let command = |kind, chain: Option<&str>| {
            Firewall { kind, stance: Stance::Blocks, place: chain.map(str::to_owned) }.command(7684)
        };
        let nft = command(FirewallKind::Nftables, Some("inet wall input"));
        assert_eq!(nft.as_deref(), Some("sudo nft insert rule inet wall input tcp dport 7684 accept"));
        assert_eq!(command(FirewallKind::Ufw, None).as_deref(), Some("sudo ufw allow 7684/tcp"));
        let zone = command(FirewallKind::Firewalld, Some("home"));
        assert_eq!(zone.as_deref(), Some("sudo firewall-cmd --zone=home --add-port=7684/tcp"));
        let iptables = command(FirewallKind::Iptables, None);
        assert_eq!(iptables.as_deref(), Some("sudo iptables -I INPUT -p tcp --dport 7684 -j ACCEPT"));
        assert_eq!(command(FirewallKind::Windows, None), None);
    }
}
