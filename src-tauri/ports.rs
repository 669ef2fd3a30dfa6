//! Which port a room is hosted on.

use std::{io, net::Ipv4Addr};

use snug_relay::DEFAULT_PORT;
use tokio::net::TcpListener;

use crate::error::Error;

/// Tried in turn when the preferred one is taken, so that a firewall rule can name them.
const NEXT: std::ops::RangeInclusive<u16> = 7685..=7700;

/// Listens on the room's `own` port, else on the first free one of: the preferred port, the next few,
/// whatever the system has.
///
/// IPv4, on every adapter. IPv6 gets a socket of its own later, on the same port.
///
/// # Errors
/// [`Error::PortTaken`] when not one port can be had.
pub(crate) async fn listen(own: Option<u16>) -> Result<TcpListener, Error> {
    let mut refused = None;
    for port in candidates(own) {
        match TcpListener::bind((Ipv4Addr::UNSPECIFIED, port)).await {
            Ok(listener) => return Ok(listener),
            Err(error) => {
                tracing::debug!(port, %error, "not this port");
                refused = Some(error);
            }
        }
    }
    Err(Error::PortTaken(refused.unwrap_or_else(|| io::ErrorKind::AddrInUse.into())))
}

/// Every refusal moves on to the next, not only "taken": Windows reserves whole ranges and calls that
/// "permission denied".
fn candidates(own: Option<u16>) -> impl Iterator<Item = u16> {
    own.into_iter()
        .chain(std::iter::once(DEFAULT_PORT).chain(NEXT).filter(move |port| Some(*port) != own))
        .chain(std::iter::once(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rooms_own_port_comes_first_and_any_port_last() {
        let new: Vec<u16> = candidates(None).collect();
        assert_eq!(new[..3], [7684, 7685, 7686]);
        assert_eq!(new[16..], [7700, 0]);
        let known: Vec<u16> = candidates(Some(7690)).collect();
        assert_eq!(known[..3], [7690, 7684, 7685]);
        assert_eq!(known.iter().filter(|port| **port == 7690).count(), 1);
        assert_eq!(candidates(Some(50_000)).next(), Some(50_000));
    }

    #[tokio::test]
    async fn a_taken_port_is_passed_over() {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
        let port = taken.local_addr().expect("bound").port();
        let listener = listen(Some(port)).await.expect("another port");
        let got = listener.local_addr().expect("bound");
        assert_ne!(got.port(), port);
        assert!(got.ip().is_unspecified());
    }

    #[tokio::test]
    async fn a_port_that_was_left_can_be_had_again() {
        let first = listen(None).await.expect("a port");
        let port = first.local_addr().expect("bound").port();
        drop(first);
        let second = listen(Some(port)).await.expect("a port");
        assert_eq!(second.local_addr().expect("bound").port(), port);
    }
}
