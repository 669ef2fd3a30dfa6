//! Rooms nearby, by multicast DNS: this machine's are told to whoever asks, others' are found.
//!
//! A record says what a room is called, its id, whether it is open and where it is; never a secret. Anybody on
//! the network can send any record, so what is heard is bounded, cleaned, and only ever a hint where to knock.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
};

use socket2::{Domain, Protocol, Socket, Type};

mod advert;
mod record;
mod search;

pub use advert::Advert;
pub(crate) use advert::host_name;
pub use record::NearbyRoom;
pub use search::{Found, Search};

/// What rooms are called in DNS-SD.
const SERVICE: &str = "_snug._tcp.local.";

/// Multicast is not to be had here: no socket, mostly.
#[derive(Debug, thiserror::Error)]
#[error("no multicast DNS here: {0}")]
pub struct NoMulticast(String);

impl From<io::Error> for NoMulticast {
    fn from(error: io::Error) -> Self {
        Self(error.to_string())
    }
}

/// Whether the port all of them share can be shared. The library goes on without a socket where it can't, and says
/// nothing.
fn can_be_had() -> Result<(), NoMulticast> {
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP))?;
    socket.set_reuse_address(true)?;
    #[cfg(unix)]
    socket.set_reuse_port(true)?;
    Ok(socket.bind(&SocketAddr::from((Ipv4Addr::UNSPECIFIED, mdns_sd::MDNS_PORT)).into())?)
}

impl From<mdns_sd::Error> for NoMulticast {
    fn from(error: mdns_sd::Error) -> Self {
        Self(error.to_string())
    }
}
