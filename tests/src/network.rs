//! A network of a test's own.

use std::{env, net::Ipv4Addr};

use crate::namespace;

/// Where a machine in a test's own network is reached: no loopback address, so for a browser no
/// secure context either.
pub const ADDRESS: Ipv4Addr = Ipv4Addr::new(10, 84, 0, 1);

const INSIDE: &str = "SNUG_TEST_NETWORK";

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
