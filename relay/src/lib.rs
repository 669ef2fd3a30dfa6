//! The room itself: an HTTP and WebSocket relay over a durable log. Knows nothing of Tauri.
//!
//! A room is an ordered, durable log of events; a socket is a cursor over that log. To say something
//! is to append; to listen is to read from the cursor to the head. The modules are declared in the order
//! in which a message passes through them.

mod config;
mod relay;

mod descriptors;
mod places;
mod source;

mod accept;
mod visited;
mod web;

mod pace;
mod seed;
mod session;
mod socket;
pub mod wire;

mod clock;
mod export;
mod host;
mod invite;
mod naming;
mod presence;
mod refusal;
mod restraint;
mod room;
mod rooms;
mod search;
mod ticket;

mod door;
mod gathered;
mod lobby;
mod order;
mod throttle;

mod log;

mod files;

mod delivery;

mod addresses;
mod name;
pub mod nearby;
pub mod reach;

pub use addresses::{Address, AddressKind, addresses, tunnel};
pub use config::{BadLimit, Config, Limits};
pub use descriptors::raise_file_limit;
pub use files::clean_file_name;
pub use host::{ASKED, HostMark, PROOF};
pub use invite::{Invite, NoSecret, Secret};
pub use log::SetAside;
pub use name::local_name;
pub use relay::{AtTheDoor, Relay, RelayHandle, RoomError, StartError, StoredRoom};
pub use visited::Visit;

/// Whether a program may write this to its log, whatever else it filters. Below `info` the WebSocket
/// libraries write out every frame, and the first one carries the room's secret.
pub fn may_be_logged(metadata: &tracing::Metadata<'_>) -> bool {
    let frames = metadata.target().starts_with("tungstenite") || metadata.target().starts_with("tokio_tungstenite");
    !frames || *metadata.level() <= tracing::Level::INFO
}

/// The port a relay listens on unless told otherwise: S-N-U-G on a telephone's keys.
pub const DEFAULT_PORT: u16 = 7684;
