//! By which of this machine's addresses others have come: the only proof that they can.

use std::{
    collections::BTreeSet,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::net::TcpStream;

/// A machine that changes networks all the time has fewer, and it proves nothing of the newer ones.
const MOST: usize = 64;

/// The addresses of this machine's that somebody has called from another machine. Clones are the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct Visited(Arc<Mutex<BTreeSet<IpAddr>>>);

impl Visited {
    /// Notes where a connection came in. What this machine calls itself comes from the address it goes to.
    pub(crate) fn note(&self, stream: &TcpStream) {
        let (Ok(here), Ok(there)) = (stream.local_addr(), stream.peer_addr()) else { return };
        let (here, there) = (here.ip(), there.ip());
        if here.is_loopback() || here == there {
            return;
        }
        let mut visited = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if visited.len() < MOST {
            visited.insert(here);
        }
    }

    /// All of them.
    pub(crate) fn all(&self) -> Vec<IpAddr> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().copied().collect()
    }
}
