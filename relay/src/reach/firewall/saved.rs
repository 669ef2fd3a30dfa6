//! Rules as `iptables-save` writes them, and ufw with it.

use super::Stance;

/// What rules do with the port that stand as `iptables-save` writes them, in the chain whose rules begin with
/// `chain`; `closed` says whether what no rule decides is dropped.
pub(super) fn saved_stance(rules: &str, closed: bool, chain: &str, port: u16) -> Stance {
    let mut stance = if closed { Stance::Blocks } else { Stance::Allows };
    let mut maybe = false;
    for rule in rules.lines().filter(|line| line.starts_with(chain)) {
        let drops = rule.contains("-j DROP") || rule.contains("-j REJECT");
        match concerns(rule, port) {
            Concerns::No => {}
            Concerns::Some if drops => {}
            Concerns::Some => maybe = true,
            Concerns::All if drops => {
                stance = Stance::Blocks;
                break;
            }
            Concerns::All if rule.contains("-j ACCEPT") => return Stance::Allows,
            // Decided in another chain.
            Concerns::All => maybe = true,
        }
    }
    if maybe && stance == Stance::Blocks { Stance::Unknown } else { stance }
}

/// Whom of those who come for a port a rule is about.
enum Concerns {
    No,
    Some,
    All,
}

/// Of a rule in iptables' form.
fn concerns(rule: &str, port: u16) -> Concerns {
    let words: Vec<&str> = rule.split_whitespace().collect();
    let after = |option: &str| words.iter().position(|word| *word == option).and_then(|at| words.get(at + 1)).copied();
    let other_protocol = after("-p").is_some_and(|protocol| !matches!(protocol, "tcp" | "all"));
    let not_new = ["--ctstate", "--state"].iter().any(|it| after(it).is_some_and(|states| !states.contains("NEW")));
    let other_port = words.iter().any(|word| matches!(*word, "--dport" | "--dports")) && !names_port(rule, port);
    if other_protocol || not_new || other_port || after("-i") == Some("lo") {
        return Concerns::No;
    }
    let plain = |word: &&str| {
        matches!(
            *word,
            "-A" | "-p"
                | "-m"
                | "-j"
                | "--dport"
                | "--dports"
                | "--reject-with"
                | "--comment"
                | "--state"
                | "--ctstate"
        )
    };
    if words.iter().filter(|word| word.starts_with('-')).all(plain) { Concerns::All } else { Concerns::Some }
}

/// Whether a rule of iptables' form names the port, alone or in a range.
fn names_port(rule: &str, port: u16) -> bool {
    let mut words = rule.split_whitespace();
    words.any(|word| matches!(word, "--dport" | "--dports"))
        && words.next().is_some_and(|ports| ports.split(',').any(|ports| within(ports, ':', port)))
}

pub(super) fn within(range: &str, between: char, port: u16) -> bool {
    let (first, last) = range.split_once(between).unwrap_or((range, range));
    matches!((first.trim().parse::<u16>(), last.trim().parse::<u16>()), (Ok(first), Ok(last)) if (first..=last).contains(&port))
}

#[cfg(test)]
/// As Fedora's iptables-services come.
pub(super) const FEDORA: &str = "*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
-A INPUT -m state --state RELATED,ESTABLISHED -j ACCEPT
-A INPUT -p icmp -j ACCEPT
-A INPUT -i lo -j ACCEPT
-A INPUT -p tcp -m state --state NEW -m tcp --dport 22 -j ACCEPT
-A INPUT -j REJECT --reject-with icmp-host-prohibited
COMMIT
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_in_the_older_form_are_read_in_order() {
        let stance = |rules: &str| saved_stance(rules, rules.contains(":INPUT DROP"), "-A INPUT ", 7684);
        assert_eq!(stance(FEDORA), Stance::Blocks);
        assert_eq!(stance(""), Stance::Allows);
        assert_eq!(stance(":INPUT DROP [0:0]\n"), Stance::Blocks);
        assert_eq!(
            stance(":INPUT DROP [0:0]\n-A INPUT -p tcp -m multiport --dports 22,7000:8000 -j ACCEPT\n"),
            Stance::Allows
        );
        for maybe in ["-s 192.168.0.0/16 -j ACCEPT", "-i eth0 -j ACCEPT", "-j house-rules"] {
            assert_eq!(stance(&format!(":INPUT DROP [0:0]\n-A INPUT {maybe}\n")), Stance::Unknown, "{maybe}");
        }
        assert_eq!(stance("-A INPUT -s 10.0.0.9 -j DROP\n"), Stance::Allows, "one that is shut out is not everybody");
        assert_eq!(stance("-A INPUT -p udp -j DROP\n-A INPUT -p tcp --dport 80 -j DROP\n"), Stance::Allows);
    }
}
