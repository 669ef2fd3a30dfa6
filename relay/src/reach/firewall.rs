//! The firewalls there are, as far as they can be told, and their rules, as far as they can be read.

mod saved;

use std::{fs, io, path::Path, process::Command};

use saved::{names_port, saved_stance, within};

/// Words of a rule that make it about less than a port.
const NARROW: [&str; 9] = ["ip", "ip6", "iif", "iifname", "ether", "ct", "meta", "limit", "fib"];

/// A firewall that is switched on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Firewall {
    /// Which one.
    pub kind: FirewallKind,
    /// What it does with what comes in for the room.
    pub stance: Stance,
    /// The chain that blocks, as nft names it: `inet filter input`.
    pub chain: Option<String>,
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
            FirewallKind::Firewalld => Some(format!("sudo firewall-cmd --add-port={port}/tcp")),
            FirewallKind::Nftables => {
                let chain = self.chain.as_deref().unwrap_or("inet filter input");
                Some(format!("sudo nft insert rule {chain} tcp dport {port} accept"))
            }
            FirewallKind::Iptables => Some(format!("sudo iptables -I INPUT -p tcp --dport {port} -j ACCEPT")),
            FirewallKind::Windows | FirewallKind::MacOs => None,
        }
    }
}

/// The firewall of this system, if one is found to be on. Asks programs of the system's, so not for async code.
pub(super) fn found(port: u16) -> Option<Firewall> {
    if cfg!(windows) {
        // It is always on, asks once by itself, and its rules take an administrator to read.
        return Some(Firewall { kind: FirewallKind::Windows, stance: Stance::Unknown, chain: None });
    }
    if cfg!(target_os = "macos") {
        return macos();
    }
    ufw(Path::new("/etc"), port).or_else(|| firewalld(port)).or_else(|| rules(port))
}

fn macos() -> Option<Firewall> {
    let asked =
        Command::new("/usr/libexec/ApplicationFirewall/socketfilterfw").arg("--getglobalstate").output().ok()?;
    let on = String::from_utf8_lossy(&asked.stdout).contains("enabled");
    on.then_some(Firewall { kind: FirewallKind::MacOs, stance: Stance::Unknown, chain: None })
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
        _ if accepts => Stance::Allows,
        Ok(rules) if rules.lines().any(|rule| rule.contains("ACCEPT") && names_port(rule, port)) => Stance::Allows,
        Ok(_) => Stance::Blocks,
        Err(_) => Stance::Unknown,
    };
    Some(Firewall { kind: FirewallKind::Ufw, stance, chain: None })
}

/// Its service has a control group while it runs.
fn firewalld(port: u16) -> Option<Firewall> {
    if !Path::new("/sys/fs/cgroup/system.slice/firewalld.service").is_dir() {
        return None;
    }
    let asked = Command::new("firewall-cmd").arg(format!("--query-port={port}/tcp")).output();
    let stance = match asked.ok().and_then(|asked| asked.status.code()) {
        Some(0) => Stance::Allows,
        Some(1) => Stance::Blocks,
        _ => Stance::Unknown,
    };
    Some(Firewall { kind: FirewallKind::Firewalld, stance, chain: None })
}

/// Rules of one's own: as they are, where they may be read. Only root is told them; anybody else is told what there
/// is to be loaded, and whether the system says that it was.
fn rules(port: u16) -> Option<Firewall> {
    let Some(ruleset) = loaded() else {
        return SOURCES.iter().find_map(|it| it.suspected(Path::new("/"), is_active(it.unit), port));
    };
    let chain = blocking_chain(&ruleset, port)?;
    Some(Firewall { kind: FirewallKind::Nftables, stance: Stance::Blocks, chain: Some(chain) })
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
        let maybe = |chain| Some(Firewall { kind: self.kind, stance: Stance::Unknown, chain });
        let mut told = false;
        for file in self.files {
            match fs::read_to_string(root.join(file)) {
                Ok(rules) if self.kind == FirewallKind::Iptables => {
                    told = true;
                    if saved_stance(&rules, ":INPUT DROP", "-A INPUT ", port) == Stance::Blocks {
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

/// The first chain for what comes in that certainly drops what comes for the port. Rules that depend on more than
/// the port are passed over, and so a chain counts as letting it through in doubt.
fn blocking_chain(ruleset: &str, port: u16) -> Option<String> {
    let (mut table, mut chain) = ("", "");
    // Whether the chain hooks into what comes in; then, what becomes of what no rule decides.
    let (mut hooked, mut drops) = (false, false);
    // Set once the chain's verdict on the port is known or can't be.
    let mut settled = false;
    for line in ruleset.lines().map(str::trim) {
        if let Some(named) = line.strip_prefix("table ") {
            table = named.trim_end_matches('{').trim();
        } else if let Some(named) = line.strip_prefix("chain ") {
            chain = named.trim_end_matches('{').trim();
            (hooked, drops, settled) = (false, false, false);
        } else if line.contains("hook input") {
            (hooked, drops) = (true, line.contains("policy drop"));
        } else if line == "}" {
            if hooked && drops && !settled {
                return Some(format!("{table} {chain}"));
            }
            hooked = false;
        } else if hooked && !settled {
            match judged(line, port) {
                Some(true) => return Some(format!("{table} {chain}")),
                Some(false) => settled = true,
                None => {}
            }
        }
    }
    None
}

/// What a rule does with whatever comes for the port: true if it drops it, false if it lets it through or may.
fn judged(rule: &str, port: u16) -> Option<bool> {
    let drops = rule.ends_with("drop") || rule.contains("reject");
    let accepts = rule.ends_with("accept") || rule.contains("jump ") || rule.contains("goto ");
    let words: Vec<&str> = rule.split_whitespace().collect();
    let alone = ["tcp", "dport"].as_slice();
    match words.windows(2).position(|pair| pair == alone) {
        // Nothing but the port, perhaps counted.
        Some(at) => {
            let ports = rule.split_once("dport")?.1;
            let named = match ports.split_once('{').and_then(|(_, set)| set.split_once('}')) {
                Some((set, _)) => set.split(',').any(|ports| within(ports.trim(), '-', port)),
                None => within(words.get(at + 2)?, '-', port),
            };
            // What stands behind the ports may narrow it down as well.
            let behind = ports.split_once('}').map_or(ports, |(_, behind)| behind);
            let alone = !behind.split_whitespace().any(|word| NARROW.contains(&word));
            let only_port =
                alone && words[..at].iter().all(|word| matches!(*word, "meta" | "l4proto" | "tcp" | "ip" | "protocol"));
            (named && (accepts || (drops && only_port))).then_some(drops)
        }
        // A rule about anything at all decides for the port too; one about something else doesn't.
        None if words.len() == 1 || words.first() == Some(&"counter") => (drops || accepts).then_some(drops),
        None if words.contains(&"jump") || words.contains(&"goto") => Some(false),
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{saved::FEDORA, *};

    const WALL: &str = "table inet wall {
	chain input {
		type filter hook input priority filter; policy accept;
		ct state established,related accept
		iif \"lo\" accept
		tcp dport 7684 drop
	}
}
";

    #[test]
    fn a_rule_that_drops_the_port_is_found_with_its_chain() {
        assert_eq!(blocking_chain(WALL, 7684).as_deref(), Some("inet wall input"));
        assert_eq!(blocking_chain(WALL, 7685), None);
        let many = WALL.replace("7684 drop", "{ 22, 7000-8000 } counter packets 0 bytes 0 drop");
        assert_eq!(blocking_chain(&many, 7684).as_deref(), Some("inet wall input"));
        let iptables = WALL.replace("tcp dport", "meta l4proto tcp tcp dport");
        assert_eq!(blocking_chain(&iptables, 7684).as_deref(), Some("inet wall input"));
    }

    #[test]
    fn a_chain_that_drops_whatever_it_doesnt_know_blocks_unless_it_lets_the_port_through() {
        let closed = WALL.replace("policy accept", "policy drop").replace("7684 drop", "22 accept");
        assert_eq!(blocking_chain(&closed, 7684).as_deref(), Some("inet wall input"));
        assert_eq!(blocking_chain(&closed, 22), None);
        let opened = closed.replace("22 accept", "{ 22, 7684 } accept");
        assert_eq!(blocking_chain(&opened, 7684), None);
    }

    #[test]
    fn in_doubt_nothing_is_claimed() {
        // Only for some, in another direction, decided elsewhere, or let through before.
        for ruleset in [
            WALL.replace("tcp dport 7684", "ip saddr 10.0.0.0/8 tcp dport 7684"),
            WALL.replace("tcp dport 7684", "tcp dport 7684 ip saddr 10.0.0.0/8"),
            WALL.replace("hook input", "hook output"),
            WALL.replace("policy accept", "policy drop").replace("tcp dport 7684 drop", "jump rest"),
            WALL.replace("ct state established,related accept", "accept"),
            String::new(),
        ] {
            assert_eq!(blocking_chain(&ruleset, 7684), None, "{ruleset}");
        }
    }

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
        write("ufw/user.rules", "");
        write("default/ufw", "DEFAULT_INPUT_POLICY=\"ACCEPT\"\n");
        assert_eq!(stance(), Some(Stance::Allows));
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
            Some(Firewall { kind: FirewallKind::Nftables, stance: Stance::Unknown, chain: chain.map(str::to_owned) })
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
            Firewall { kind, stance: Stance::Blocks, chain: chain.map(str::to_owned) }.command(7684)
        };
        let nft = command(FirewallKind::Nftables, Some("inet wall input"));
        assert_eq!(nft.as_deref(), Some("sudo nft insert rule inet wall input tcp dport 7684 accept"));
        assert_eq!(command(FirewallKind::Ufw, None).as_deref(), Some("sudo ufw allow 7684/tcp"));
        let iptables = command(FirewallKind::Iptables, None);
        assert_eq!(iptables.as_deref(), Some("sudo iptables -I INPUT -p tcp --dport 7684 -j ACCEPT"));
        assert_eq!(command(FirewallKind::Windows, None), None);
    }
}
