//! Every type that crosses between the page and the shell.
//!
//! `ui/src/shell.gen.ts` is generated from this file and the test below fails when the two differ;
//! `cargo xtask bless` writes it anew.

use serde::{Deserialize, Serialize};

/// What the page needs to know when it starts.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct ShellState {
    /// The one used last, else a guess from the login name.
    pub nickname: String,
    /// A name for a new room; empty when the page should make one from the nickname.
    pub room_name: String,
    /// This device's random token, to join rooms with.
    pub device: String,
    /// The rooms last been in, newest first.
    pub recent: Vec<RecentRoom>,
    /// The room hosted now, as after a reload of the page.
    pub hosting: Option<Hosting>,
    /// The invite link the app was opened with; told once.
    pub opened: Option<String>,
    /// The app's version.
    pub version: String,
    /// Whether the webview plays films and sound as they come in: WebKitGTK plays only what it has whole.
    pub streams: bool,
}

/// A room this device has been in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct RecentRoom {
    /// As it stands in the link.
    pub room: String,
    /// For people to read.
    pub name: String,
    /// The link it was joined by; for a hosted room it may lack the secret.
    pub link: String,
    /// Where else its host may be.
    #[serde(default)]
    pub others: Vec<String>,
    /// What its host is known by, where it said so.
    #[serde(default)]
    pub mark: Option<String>,
    /// What makes this device its host, where it was joined by a host's link. The settings alone keep it.
    #[serde(default)]
    pub host_key: Option<String>,
    /// Whether it lives on this machine.
    pub hosted: bool,
    /// In milliseconds since 1970-01-01 UTC.
    pub last_used: u64,
}

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

/// What the shell tells the page by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum ShellEvent {
    /// What is nearby, all of it, while the page [wants to know](crate::commands).
    Nearby {
        /// By name.
        rooms: Vec<NearbyRoom>,
        /// Whether this machine can't hear of any: it has no network, or no multicast.
        deaf: bool,
    },
    /// A notification was clicked; the window is in front.
    NotificationClicked {
        /// The message it told of.
        message: String,
    },
    /// The network changed, or this machine woke up: connections may be dead.
    Network {},
    /// Somebody opened an invite link with the app.
    Opened {
        /// `http://192.168.1.20:7684/r/<room>#<secret>`
        link: String,
    },
    /// Somebody wants the hosted room to be stopped, by the icon beside the clock.
    Stop {},
    /// Somebody closed the window, and nothing has been decided for that yet: it is still open.
    Closing {},
    /// The links to the hosted room are others than before.
    Moved {},
}

/// What a host is known by, for one that is looked for on the network.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Known {
    /// The room's id.
    pub room: String,
    /// As the host told it to those inside; `None` before one was.
    pub mark: Option<String>,
    /// An address where the person says it is, though who answers there can't prove it.
    pub trusted: Option<String>,
}

/// A room that says of itself it is nearby. Any of it may be made up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct NearbyRoom {
    /// As it stands in links.
    pub room: String,
    /// For people to read.
    pub name: String,
    /// Whether it says that whoever comes is let in.
    pub open: bool,
    /// Where it may be, best first, never empty: `192.168.1.20:7684`.
    pub addresses: Vec<String>,
}

/// What stands in the menu of the icon beside the clock.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct TrayWords {
    /// What is hosted.
    pub room: String,
    /// Who waits at its door, while anybody does.
    pub door: Option<DoorMenu>,
    /// Copy the invite link.
    pub copy: String,
    /// Show the window.
    pub show: String,
    /// Stop hosting.
    pub stop: String,
    /// Quit.
    pub quit: String,
}

/// Who waits at the door, as the menu of the icon tells it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct DoorMenu {
    /// That they are there, and how many.
    pub title: String,
    /// How many, in as few characters as can be: it stands beside the icon.
    pub count: String,
    /// Those who have waited longest.
    pub knocks: Vec<Knocking>,
    /// How many more there are, if there are.
    pub rest: Option<String>,
    /// Let them in.
    pub let_in: String,
    /// Turn them away.
    pub turn_away: String,
}

/// Somebody at the door.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Knocking {
    /// Who they would be inside.
    pub member: String,
    /// What they are called here, cut to what fits a menu.
    pub name: String,
}

/// A notification that somebody is at the door.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct KnockNotice {
    /// Its first line.
    pub title: String,
    /// What stands under it.
    pub body: String,
    /// Whom its buttons are about; without one it has none.
    pub member: Option<String>,
    /// Let them in.
    pub let_in: String,
    /// Turn them away.
    pub turn_away: String,
}

/// A connection that was opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Connected {
    /// Its number.
    pub connection: u32,
    /// Which of the addresses answered.
    pub address: String,
}

/// What comes up from a connection, in order. `closed` is the last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum SocketEvent {
    /// A text frame, as the relay sent it.
    Frame {
        /// All of it.
        text: String,
    },
    /// The connection is over, whoever ended it.
    Closed {
        /// The WebSocket close code; 1006 when there was none, as in a browser.
        code: u16,
        /// In the relay's words, or the system's.
        reason: String,
    },
}

/// What a relay answered about an upload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct FileAnswer {
    /// The HTTP status.
    pub status: u16,
    /// All of the answer's text, JSON of the relay's as a rule.
    pub text: String,
}

/// How a command fails, for the program (`code`) and for a person (`message`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct ShellError {
    /// What went wrong.
    pub code: ShellErrorCode,
    /// The same in English.
    pub message: String,
    /// Where, for what the person has to decide: `unproven`.
    pub address: Option<String>,
}

/// Why a command failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub(crate) enum ShellErrorCode {
    /// Not one port could be listened on.
    PortTaken,
    /// The data directory can't be made or written.
    DataNotWritable,
    /// There is no room left on the disk.
    DiskFull,
    /// Where the rooms' database should be stands something else.
    DataForeign,
    /// The rooms' database was written by a newer Snug.
    DataNewer,
    /// Another process has the rooms open.
    DataInUse,
    /// There is no such room on this machine.
    NoSuchRoom,
    /// Not an address of the form `host:port`.
    BadAddress,
    /// Nothing answers at that address.
    Unreachable,
    /// Something answers, but it is no Snug or lets nobody in.
    Refused,
    /// A relay answers that can't prove to be the room's host.
    Unproven,
    /// No connection has that number, or it has ended.
    NotConnected,
    /// No message of the room has that file.
    NoSuchFile,
    /// The host no longer has it.
    FileGone,
    /// The ticket is not, or no longer, good.
    BadTicket,
    /// Others take archives from the host just now.
    TooManyExports,
    /// Not an http or https link.
    BadLink,
    /// An argument that is too long, empty or of the wrong form.
    BadInput,
    /// The system refused something else.
    Io,
}

#[cfg(test)]
mod tests {
    use std::{env, fs, path::Path};

    use ts_rs::{Config, TS};

    use super::*;

    #[test]
    fn the_pages_types_are_the_shells() {
        let generated = typescript();
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/src/shell.gen.ts");
        if env::var_os("BLESS").is_some() {
            fs::create_dir_all(path.parent().expect("a file has a folder")).expect("ui/src can be made");
            fs::write(&path, generated).expect("ui/src/shell.gen.ts can be written");
            return;
        }
        let committed = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            committed == generated,
            "ui/src/shell.gen.ts differs from src-tauri/api.rs; `cargo xtask bless` writes it anew"
        );
    }

    fn typescript() -> String {
        let config = Config::new().with_large_int("number");
        let types = [
            declaration::<ShellState>(&config),
            declaration::<RecentRoom>(&config),
            declaration::<Hosting>(&config),
            declaration::<Invites>(&config),
            declaration::<Verdict>(&config),
            declaration::<Reach>(&config),
            declaration::<Cause>(&config),
            declaration::<FirewallKind>(&config),
            declaration::<SetAside>(&config),
            declaration::<InviteLink>(&config),
            declaration::<InviteKind>(&config),
            declaration::<ShellEvent>(&config),
            declaration::<NearbyRoom>(&config),
            declaration::<Known>(&config),
            declaration::<TrayWords>(&config),
            declaration::<DoorMenu>(&config),
            declaration::<Knocking>(&config),
            declaration::<KnockNotice>(&config),
            declaration::<Connected>(&config),
            declaration::<SocketEvent>(&config),
            declaration::<FileAnswer>(&config),
            declaration::<ShellError>(&config),
            declaration::<ShellErrorCode>(&config),
        ];
        format!("// Generated from src-tauri/api.rs; `cargo xtask bless` writes it anew.\n\n{}", types.join("\n"))
    }

    fn declaration<T: TS>(config: &Config) -> String {
        let docs = T::docs().unwrap_or_default();
        format!("{docs}export {}\n", T::decl(config))
    }
}
