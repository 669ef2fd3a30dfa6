//! A network of a test's own.

use std::{env, net::Ipv4Addr, path::Path};

use crate::{namespace, tool};

/// Where a machine in a test's own network is reached: no loopback address, so for a browser no
/// secure context either.
pub const ADDRESS: Ipv4Addr = Ipv4Addr::new(10, 84, 0, 1);

const INSIDE: &str = "SNUG_TEST_NETWORK";

const ORDINARY: &str = "SNUG_TEST_ORDINARY";

/// Runs the test of this name once more, in a network namespace that only it is in and that goes with
/// it. True inside; false outside, once the run inside has passed.
///
/// # Panics
/// When the run inside fails, or there can be no namespace: that takes root.
pub fn own(test: &str) -> bool {
    if env::var_os(INSIDE).is_some() {
        return true;
    }
    // IPv6 addresses are good at once: looking whether another machine has them takes a second or two, and when it is
    // over a browser hears of a network that changed, and gives up what it was loading.
    let lan = format!(
        "echo 0 > /proc/sys/net/ipv6/conf/all/accept_dad && echo 0 > /proc/sys/net/ipv6/conf/default/accept_dad && \
         ip link set lo up && ip link add snug0 type veth peer name snug1 && ip address add {ADDRESS}/24 dev snug0 && \
         ip link set snug0 up && ip link set snug1 up"
    );
    namespace::run(test, "--net", &lan, (INSIDE, "1"));
    false
}

/// Runs the test of this name once more, in the network it is in, as whoever may not read the network's rules, on a
/// system that loads these when it starts and says nothing of what it has started. True inside; false outside, once
/// the run inside has passed.
///
/// # Panics
/// When the run inside fails.
pub fn as_an_ordinary_user(test: &str, rules: &Path) -> bool {
    if env::var_os(ORDINARY).is_some() {
        return true;
    }
    let (rules, setpriv) = (rules.display(), tool("setpriv").expect("util-linux"));
    // Root without any of its powers instead of another user, who may not even be let into the directory of this test.
    let prepare = format!(
        "mount --bind {rules} /etc/nftables.conf && {{ [ ! -d /run/systemd ] || mount -t tmpfs none /run/systemd; }} && \
         set -- {} --bounding-set=-all --inh-caps=-all \"$@\"",
        setpriv.display()
    );
    namespace::run(test, "--mount", &prepare, (ORDINARY, "1"));
    false
}
