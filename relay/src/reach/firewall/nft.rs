//! Rules as nft lists them, and as they stand in its files.

use super::saved::within;

/// What ends the reading of a rule: what it does with whatever it is about.
const VERDICTS: [&str; 8] = ["accept", "drop", "reject", "jump", "goto", "queue", "return", "continue"];

/// What no guest's connection is made by.
const OTHER_PROTOCOLS: [&str; 13] =
    ["udp", "udplite", "icmp", "icmpv6", "ipv6-icmp", "igmp", "sctp", "dccp", "esp", "ah", "gre", "vrrp", "ospf"];

/// The first chain for what comes in that certainly drops what comes for the port, as `inet filter input`. Whatever
/// may let it through, for some at least, settles a chain: then nothing is claimed of it.
pub(super) fn blocking_chain(ruleset: &str, port: u16) -> Option<String> {
    let (mut table, mut chain) = ("", "");
    // Whether the chain hooks into what comes in; then, what becomes of what no rule decides.
    let (mut hooked, mut drops) = (false, false);
    // Set once the chain lets the port through, or may.
    let mut settled = false;
    for line in ruleset.lines().map(str::trim).filter(|line| !line.starts_with('#')) {
        if let Some(named) = line.strip_prefix("table ") {
            table = named.trim_end_matches('{').trim();
        } else if let Some(named) = line.strip_prefix("chain ") {
            chain = named.trim_end_matches('{').trim();
            (hooked, drops, settled) = (false, false, false);
        } else if line.contains("hook input") {
            // Others carry no IPv4, by which guests come first.
            let family = table.split(' ').next();
            (hooked, drops) = (matches!(family, Some("ip" | "inet")), line.contains("policy drop"));
        } else if line == "}" {
            if hooked && drops && !settled {
                return Some(format!("{table} {chain}"));
            }
            hooked = false;
        } else if hooked && line.starts_with("policy ") {
            drops = line.contains("drop");
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

/// What a rule does with what comes for the port: true if it drops all of it, false if it lets some of it through or
/// may, `None` if it goes on to the next one.
fn judged(rule: &str, port: u16) -> Option<bool> {
    let words = words(rule);
    let has = |any: &[&str]| words.iter().any(|word| any.contains(&word.as_str()));
    let lets_in = has(&["accept", "jump", "goto", "queue", "return", "vmap"]);
    let drops = has(&["drop", "reject"]);
    match concerns(&words, port) {
        Concerns::No => None,
        _ if lets_in => Some(false),
        Concerns::All if drops => Some(true),
        Concerns::All | Concerns::Some => None,
    }
}

/// Whom of those who come for a port a rule is about.
enum Concerns {
    No,
    Some,
    All,
}

fn concerns(words: &[String], port: u16) -> Concerns {
    let mut rest = words.iter().map(String::as_str).peekable();
    let mut narrowed = false;
    while let Some(word) = rest.next() {
        match word {
            verdict if VERDICTS.contains(&verdict) => break,
            // It counts or writes down, and is about nobody.
            "counter" | "packets" | "bytes" | "log" | "meta" | "tcp" | "th" | "{" | "}" => {
                if word == "tcp" && rest.peek().is_none_or(|next| *next != "dport") {
                    // Of its flags, or where it comes from; or a protocol in a set.
                    narrowed = true;
                }
            }
            number if number.parse::<u64>().is_ok() => {}
            "dport" => match operand(&mut rest) {
                Some(ports) if ports.iter().all(|it| !it.starts_with(['@', '$'])) => {
                    if !ports.iter().any(|ports| within(ports, '-', port)) {
                        return Concerns::No;
                    }
                }
                _ => narrowed = true,
            },
            "l4proto" | "protocol" | "nexthdr" => match operand(&mut rest) {
                Some(protocols) if !protocols.iter().any(|it| matches!(*it, "tcp" | "6")) => return Concerns::No,
                Some(_) => {}
                None => narrowed = true,
            },
            "iif" | "iifname" => match operand(&mut rest) {
                Some(adapters) if adapters == ["lo"] => return Concerns::No,
                _ => narrowed = true,
            },
            "state" => match operand(&mut rest) {
                Some(states) if !states.iter().any(|it| matches!(*it, "new" | "untracked")) => return Concerns::No,
                Some(_) => {}
                None => narrowed = true,
            },
            "ct" if rest.peek().is_some_and(|next| *next == "state") => {}
            "ip" if rest.peek().is_some_and(|next| *next == "protocol") => {}
            "pkttype" => match operand(&mut rest) {
                // Nobody connects to all at once.
                Some(kinds) if !kinds.contains(&"host") => return Concerns::No,
                Some(_) => {}
                None => narrowed = true,
            },
            other if OTHER_PROTOCOLS.contains(&other) => return Concerns::No,
            _ => narrowed = true,
        }
    }
    if narrowed { Concerns::Some } else { Concerns::All }
}

/// What something is compared with, one or several; `None` where that isn't for equality. Of a map its keys.
fn operand<'a>(rest: &mut std::iter::Peekable<impl Iterator<Item = &'a str>>) -> Option<Vec<&'a str>> {
    let mut first = rest.next()?;
    let map = first == "vmap";
    if map {
        first = rest.next()?;
    }
    if matches!(first, "!=" | "<" | ">" | "<=" | ">=" | "&" | "==") {
        return None;
    }
    if first != "{" {
        // Several states stand side by side.
        let mut several = vec![first];
        while let Some(next) =
            rest.next_if(|next| matches!(*next, "established" | "related" | "new" | "invalid" | "untracked"))
        {
            several.push(next);
        }
        return Some(several);
    }
    // A set ends behind what it holds; where it goes on in the next line, it may hold anything.
    let mut set = Vec::new();
    loop {
        match rest.next()? {
            "}" => return Some(set),
            // Where what is compared with ends, and what becomes of it begins.
            ":" if map => {
                while rest.peek().is_some_and(|next| VERDICTS.contains(next)) {
                    let verdict = rest.next();
                    if matches!(verdict, Some("jump" | "goto")) {
                        rest.next();
                    }
                }
            }
            word => set.push(word),
        }
    }
}

/// Its words, a set's each by itself, without what people wrote beside it.
fn words(rule: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for (at, part) in rule.split('"').enumerate() {
        if at % 2 == 0 {
            let apart = part.replace('{', " { ").replace('}', " } ").replace(':', " : ").replace([',', ';'], " ");
            words.extend(apart.split_whitespace().map(str::to_owned));
        } else if words.last().is_some_and(|before| matches!(before.as_str(), "comment" | "prefix")) {
            words.pop();
        } else {
            words.push(part.to_owned());
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::{super::WALL, *};

    #[test]
    fn a_rule_that_drops_the_port_is_found_with_its_chain() {
        assert_eq!(blocking_chain(WALL, 7684).as_deref(), Some("inet wall input"));
        assert_eq!(blocking_chain(WALL, 7685), None);
        let many = WALL.replace("7684 drop", "{ 22, 7000-8000 } counter packets 0 bytes 0 drop");
        assert_eq!(blocking_chain(&many, 7684).as_deref(), Some("inet wall input"));
        let iptables = WALL.replace("tcp dport", "meta l4proto tcp tcp dport");
        assert_eq!(blocking_chain(&iptables, 7684).as_deref(), Some("inet wall input"));
        let told = WALL.replace("7684 drop", "7684 log prefix \"let us accept: \" drop comment \"accept nobody\"");
        assert_eq!(blocking_chain(&told, 7684).as_deref(), Some("inet wall input"));
    }

    fn closed_but_for(rule: &str) -> String {
        WALL.replace("policy accept", "policy drop").replace("tcp dport 7684 drop", rule)
    }

    #[test]
    fn a_chain_that_drops_whatever_it_doesnt_know_blocks_unless_it_may_let_somebody_in() {
        // What none of these is about is a guest's connection to the port.
        for others in [
            "tcp dport 22 accept",
            "tcp dport { ssh, 80, 443 } ct state new accept",
            "udp dport 7684 accept",
            "udp dport { 5353, 7684 } accept",
            "ip protocol icmp accept",
            "meta l4proto { icmp, ipv6-icmp } accept",
            "icmp type echo-request limit rate 5/second accept",
            "icmpv6 type { nd-neighbor-solicit, nd-router-advert } accept",
            "ip daddr 224.0.0.251 udp dport 5353 accept",
            "meta pkttype { broadcast, multicast } accept",
            "iifname lo accept",
            "ct state vmap { established : accept, related : accept, invalid : drop }",
            "ct state established accept comment \"new ones are not\"",
            "counter packets 1 bytes 2",
            "ip saddr 10.0.0.9 drop",
        ] {
            let ruleset = closed_but_for(others);
            assert_eq!(blocking_chain(&ruleset, 7684).as_deref(), Some("inet wall input"), "{others}");
        }
        for lets_in in [
            "tcp dport { 22, 7684 } accept",
            "meta l4proto { tcp, udp } th dport 7000-8000 accept",
            "accept",
            // For some: it may be those who are meant to come.
            "ip saddr 192.168.0.0/16 accept",
            "ip saddr { 10.0.0.0/8, 192.168.0.0/16 } counter packets 0 bytes 0 accept",
            "iifname \"eth0\" accept",
            "iif != \"lo\" accept",
            "tcp dport != 22 accept",
            "tcp dport @rooms accept",
            "tcp dport vmap { 22 : accept, 7684 : jump house }",
            "ct state new limit rate 10/second accept",
            "ether saddr 02:00:00:00:00:01 accept",
            "ip saddr 192.168.1.0/24 jump house",
            "jump house",
            "iifname vmap { \"lo\" : accept, \"eth0\" : jump house }",
            "xt match \"multiport\" accept",
        ] {
            assert_eq!(blocking_chain(&closed_but_for(lets_in), 7684), None, "{lets_in}");
        }
    }

    #[test]
    fn in_doubt_nothing_is_claimed() {
        // Only for some, in another direction, over IPv6 alone, or let through before.
        for ruleset in [
            WALL.replace("tcp dport 7684", "ip saddr 10.0.0.0/8 tcp dport 7684"),
            WALL.replace("tcp dport 7684", "tcp dport 7684 ip saddr 10.0.0.0/8"),
            WALL.replace("hook input", "hook output"),
            WALL.replace("table inet wall", "table ip6 wall"),
            WALL.replace("ct state established,related accept", "accept"),
            WALL.replace("ct state established,related accept", "ip saddr 192.168.0.0/16 accept"),
            String::new(),
        ] {
            assert_eq!(blocking_chain(&ruleset, 7684), None, "{ruleset}");
        }
    }

    #[test]
    fn a_file_says_the_same_in_more_lines() {
        let file = "#!/usr/sbin/nft -f\nflush ruleset\ntable inet filter {\n  chain input {\n    \
                    type filter hook input priority filter\n    policy drop;\n    # tcp dport 7684 accept\n    \
                    iif lo accept;\n  }\n}\n";
        assert_eq!(blocking_chain(file, 7684).as_deref(), Some("inet filter input"));
    }
}
