//! The room that this machine hosts, and the links to it.

use serde::Serialize;

/// The room this machine hosts now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Hosting {
    /// As it stands in the link.
    pub room: String,
    /// For people to read.
    pub name: String,
    /// Where the app itself joins it, over loopback: `127.0.0.1:7684`.
    pub address: String,
    /// What lets others in.
    pub secret: String,
    /// What makes this app the host: no invite carries it, and it is for no one else.
    pub host_key: String,
    /// Links for others, best first, never empty.
    pub invites: Vec<InviteLink>,
    /// Whether Snug apps nearby list it.
    pub nearby: bool,
    /// The port it had before, if that was taken and it had to move.
    pub moved_from: Option<u16>,
    /// What was found damaged when the rooms were opened the last time, and put out of the way.
    pub set_aside: Option<SetAside>,
}

/// A database that was damaged, and what of it is in the new one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct SetAside {
    /// Where it is now.
    pub file: String,
    /// How many messages could be kept.
    pub events: u64,
    /// How many are known to be lost.
    pub lost: u64,
}

/// A link to the hosted room through one of this machine's addresses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct InviteLink {
    /// `http://192.168.1.20:7684/r/<room>#<secret>`
    pub link: String,
    /// The bare address, to read aloud: `192.168.1.20:7684`.
    pub address: String,
    /// The network adapter it belongs to.
    pub adapter: String,
    /// How likely others reach it.
    pub kind: InviteKind,
}

/// How likely others reach this machine through an address, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub(crate) enum InviteKind {
    /// The adapter with the default route.
    Default,
    /// Another real adapter.
    Other,
    /// A VPN, a container bridge, a virtual machine's network.
    Virtual,
    /// None of them, but the machine's name.
    Name,
    /// Only this machine itself; the one that is left without a network.
    Loopback,
}
