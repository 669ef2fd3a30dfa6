// Generated from src-tauri/api; `cargo xtask bless` writes it anew.

/**
 * What the page needs to know when it starts.
 */
export type ShellState = { 
/**
 * The one used last, else a guess from the login name.
 */
nickname: string, 
/**
 * A name for a new room; empty when the page should make one from the nickname.
 */
room_name: string, 
/**
 * This device's random token, to join rooms with.
 */
device: string, 
/**
 * The rooms last been in, newest first.
 */
recent: Array<RecentRoom>, 
/**
 * The room hosted now, as after a reload of the page.
 */
hosting: Hosting | null, 
/**
 * The invite link the app was opened with; told once.
 */
opened: string | null, 
/**
 * The app's version.
 */
version: string, 
/**
 * Whether the webview plays films and sound as they come in: WebKitGTK plays only what it has whole.
 */
streams: boolean, };

/**
 * A room this device has been in.
 */
export type RecentRoom = { 
/**
 * As it stands in the link.
 */
room: string, 
/**
 * For people to read.
 */
name: string, 
/**
 * The link it was joined by; for a hosted room it may lack the secret.
 */
link: string, 
/**
 * Where else its host may be.
 */
others: Array<string>, 
/**
 * What its host is known by, where it said so.
 */
mark: string | null, 
/**
 * What makes this device its host, where it was joined by a host's link. The settings alone keep it.
 */
host_key: string | null, 
/**
 * Under which name this device's token for it was made, where it was joined before it was known which room it is.
 */
token: string | null, 
/**
 * Whether it lives on this machine.
 */
hosted: boolean, 
/**
 * In milliseconds since 1970-01-01 UTC.
 */
last_used: number, };

/**
 * The room this machine hosts now.
 */
export type Hosting = { 
/**
 * As it stands in the link.
 */
room: string, 
/**
 * For people to read.
 */
name: string, 
/**
 * Where the app itself joins it, over loopback: `127.0.0.1:7684`.
 */
address: string, 
/**
 * What lets others in.
 */
secret: string, 
/**
 * What makes this app the host: no invite carries it, and it is for no one else.
 */
host_key: string, 
/**
 * Links for others, best first, never empty.
 */
invites: Array<InviteLink>, 
/**
 * Whether Snug apps nearby list it.
 */
nearby: boolean, 
/**
 * The port it had before, if that was taken and it had to move.
 */
moved_from: number | null, 
/**
 * What was found damaged when the rooms were opened the last time, and put out of the way.
 */
set_aside: SetAside | null, };

/**
 * How others reach the hosted room.
 */
export type Invites = { 
/**
 * Best first; empty when none is hosted.
 */
links: Array<InviteLink>, 
/**
 * Whether anybody can follow them.
 */
verdict: Verdict, };

/**
 * Whether others can reach the hosted room, as far as this machine can tell.
 */
export type Verdict = { 
/**
 * How sure it is.
 */
reach: Reach, 
/**
 * What stands in the way, or may.
 */
cause: Cause | null, 
/**
 * The adapter it is about.
 */
adapter: string | null, 
/**
 * The firewall it is about.
 */
firewall: FirewallKind | null, 
/**
 * What helps, to be typed into a terminal.
 */
command: string | null, };

/**
 * How sure it is that others can reach the hosted room.
 */
export type Reach = "proven" | "likely" | "doubtful" | "impossible";

/**
 * What stands in the way, or may.
 */
export type Cause = "no_network" | "loopback_only" | "only_virtual" | "no_router" | "tunnel" | "firewall" | "silent";

/**
 * Firewalls by name.
 */
export type FirewallKind = "ufw" | "firewalld" | "nftables" | "iptables" | "windows" | "macos";

/**
 * A database that was damaged, and what of it is in the new one.
 */
export type SetAside = { 
/**
 * Where it is now.
 */
file: string, 
/**
 * How many messages could be kept.
 */
events: number, 
/**
 * How many are known to be lost.
 */
lost: number, };

/**
 * A link to the hosted room through one of this machine's addresses.
 */
export type InviteLink = { 
/**
 * `http://192.168.1.20:7684/r/<room>#<secret>`
 */
link: string, 
/**
 * The bare address, to read aloud: `192.168.1.20:7684`.
 */
address: string, 
/**
 * The network adapter it belongs to.
 */
adapter: string, 
/**
 * How likely others reach it.
 */
kind: InviteKind, };

/**
 * How likely others reach this machine through an address, best first.
 */
export type InviteKind = "default" | "other" | "virtual" | "name" | "loopback";

/**
 * What the shell tells the page by itself.
 */
export type ShellEvent = { "kind": "nearby", 
/**
 * By name.
 */
rooms: Array<NearbyRoom>, 
/**
 * Whether this machine can't hear of any: it has no network, or no multicast.
 */
deaf: boolean, } | { "kind": "notification_clicked", 
/**
 * The message it told of.
 */
message: string, } | { "kind": "network", } | { "kind": "opened", 
/**
 * `http://192.168.1.20:7684/r/<room>#<secret>`
 */
link: string, } | { "kind": "stop", } | { "kind": "closing", } | { "kind": "moved", };

/**
 * A room that says of itself it is nearby. Any of it may be made up.
 */
export type NearbyRoom = { 
/**
 * As it stands in links.
 */
room: string, 
/**
 * For people to read.
 */
name: string, 
/**
 * Whether it says that whoever comes is let in.
 */
open: boolean, 
/**
 * Where it may be, best first, never empty: `192.168.1.20:7684`.
 */
addresses: Array<string>, };

/**
 * What a host is known by, for one that is looked for on the network.
 */
export type Known = { 
/**
 * The room's id.
 */
room: string, 
/**
 * As the host told it to those inside; `None` where it is as the settings know it, if they do.
 */
mark: string | null, 
/**
 * An address where the person says it is, though who answers there can't prove it.
 */
trusted: string | null, };

/**
 * What stands in the menu of the icon beside the clock.
 */
export type TrayWords = { 
/**
 * What is hosted.
 */
room: string, 
/**
 * Who waits at its door, while anybody does.
 */
door: DoorMenu | null, 
/**
 * Copy the invite link.
 */
copy: string, 
/**
 * Show the window.
 */
show: string, 
/**
 * Stop hosting.
 */
stop: string, 
/**
 * Quit.
 */
quit: string, };

/**
 * Who waits at the door, as the menu of the icon tells it.
 */
export type DoorMenu = { 
/**
 * That they are there, and how many.
 */
title: string, 
/**
 * How many, in as few characters as can be: it stands beside the icon.
 */
count: string, 
/**
 * Those who have waited longest.
 */
knocks: Array<Knocking>, 
/**
 * How many more there are, if there are.
 */
rest: string | null, 
/**
 * Let them in.
 */
let_in: string, 
/**
 * Turn them away.
 */
turn_away: string, };

/**
 * Somebody at the door.
 */
export type Knocking = { 
/**
 * Who they would be inside.
 */
member: string, 
/**
 * What they are called here, cut to what fits a menu.
 */
name: string, };

/**
 * A notification that somebody is at the door.
 */
export type KnockNotice = { 
/**
 * Its first line.
 */
title: string, 
/**
 * What stands under it.
 */
body: string, 
/**
 * Whom its buttons are about; without one it has none.
 */
member: string | null, 
/**
 * Let them in.
 */
let_in: string, 
/**
 * Turn them away.
 */
turn_away: string, };

/**
 * A connection that was opened.
 */
export type Connected = { 
/**
 * Its number.
 */
connection: number, 
/**
 * Which of the addresses answered.
 */
address: string, };

/**
 * What comes up from a connection, in order. `closed` is the last.
 */
export type SocketEvent = { "kind": "frame", 
/**
 * All of it.
 */
text: string, } | { "kind": "closed", 
/**
 * The WebSocket close code; 1006 when there was none, as in a browser.
 */
code: number, 
/**
 * In the relay's words, or the system's.
 */
reason: string, };

/**
 * What a relay answered about an upload.
 */
export type FileAnswer = { 
/**
 * The HTTP status.
 */
status: number, 
/**
 * All of the answer's text, JSON of the relay's as a rule.
 */
text: string, };

/**
 * How a command fails, for the program (`code`) and for a person (`message`).
 */
export type ShellError = { 
/**
 * What went wrong.
 */
code: ShellErrorCode, 
/**
 * The same in English.
 */
message: string, 
/**
 * Where, for what the person has to decide: `unproven`.
 */
address: string | null, };

/**
 * Why a command failed.
 */
export type ShellErrorCode = "port_taken" | "data_not_writable" | "disk_full" | "data_foreign" | "data_newer" | "data_in_use" | "no_such_room" | "bad_address" | "unreachable" | "refused" | "unproven" | "not_connected" | "no_such_file" | "file_gone" | "bad_ticket" | "too_many_exports" | "bad_link" | "bad_input" | "io";
