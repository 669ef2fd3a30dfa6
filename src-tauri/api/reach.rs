//! Whether others can get here.

use serde::Serialize;

use super::InviteLink;

/// How others reach the hosted room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Invites {
    /// Best first; empty when none is hosted.
    pub links: Vec<InviteLink>,
    /// Whether anybody can follow them.
    pub verdict: Verdict,
}

/// Whether others can reach the hosted room, as far as this machine can tell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Verdict {
    /// How sure it is.
    pub reach: Reach,
    /// What stands in the way, or may.
    pub cause: Option<Cause>,
    /// The adapter it is about.
    pub adapter: Option<String>,
    /// The firewall it is about.
    pub firewall: Option<FirewallKind>,
    /// What helps, to be typed into a terminal.
    pub command: Option<String>,
}

/// How sure it is that others can reach the hosted room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub(crate) enum Reach {
    /// Somebody did.
    Proven,
    /// Nothing was found that stands in the way.
    Likely,
    /// Something was found that may.
    Doubtful,
    /// Nobody can.
    Impossible,
}

/// What stands in the way, or may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub(crate) enum Cause {
    /// This machine is on no network.
    NoNetwork,
    /// The room listens on loopback alone.
    LoopbackOnly,
    /// All addresses are a VPN's, containers' or virtual machines'.
    OnlyVirtual,
    /// No router gave this machine an address.
    NoRouter,
    /// What this machine sends goes through a VPN.
    Tunnel,
    /// A firewall drops what comes in for the room, or may.
    Firewall,
    /// This machine doesn't even answer itself, for no reason that was found.
    Silent,
}

/// Firewalls by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub(crate) enum FirewallKind {
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
    Macos,
}
