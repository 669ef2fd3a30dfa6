//! Whether a connection brings or takes a file just now, and whether that gets on.

use std::sync::{
    Arc,
    atomic::{AtomicU64, AtomicUsize, Ordering},
};

use axum::http::Request;

/// What one connection carries. Clones are the same.
#[derive(Clone, Default)]
pub(crate) struct Transfers(Arc<Counts>);

#[derive(Default)]
struct Counts {
    open: AtomicUsize,
    /// Pieces of files that were moved so far; of an upload as much as it has to bring in a while.
    moved: AtomicU64,
}

/// How a connection is doing.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Busy {
    No,
    Moving,
    /// Whoever is at the other end neither takes nor sends.
    Stalled,
}

impl Transfers {
    /// Lets whoever answers a request know which connection it came by.
    pub(super) fn tell<B>(&self, request: &mut Request<B>) {
        request.extensions_mut().insert(self.clone());
    }

    /// Those of the connection that a request came by.
    pub(crate) fn of<B>(request: &Request<B>) -> Self {
        request.extensions().get().cloned().unwrap_or_default()
    }

    /// Begins one, which lasts until it is dropped.
    pub(crate) fn begin(self) -> Transfer {
        self.0.open.fetch_add(1, Ordering::Relaxed);
        Transfer(self)
    }

    /// How it is going since it was last asked, when `before` pieces were moved.
    pub(super) fn busy(&self, before: &mut u64) -> Busy {
        let moved = self.0.moved.load(Ordering::Relaxed);
        let got_on = std::mem::replace(before, moved) != moved;
        match self.0.open.load(Ordering::Relaxed) {
            0 => Busy::No,
            _ if got_on => Busy::Moving,
            _ => Busy::Stalled,
        }
    }
}

/// A file on its way over a connection.
pub(crate) struct Transfer(Transfers);

impl Transfer {
    /// Another piece is through.
    pub(crate) fn moved(&self) {
        self.0.0.moved.fetch_add(1, Ordering::Relaxed);
    }
}

impl Drop for Transfer {
    fn drop(&mut self) {
        self.0.0.open.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_is_busy_while_a_file_moves() {
        let (transfers, mut seen) = (Transfers::default(), 0);
        assert_eq!(transfers.busy(&mut seen), Busy::No);
        let transfer = transfers.clone().begin();
        transfer.moved();
        assert_eq!(transfers.busy(&mut seen), Busy::Moving);
        assert_eq!(transfers.busy(&mut seen), Busy::Stalled);
        transfer.moved();
        assert_eq!(transfers.busy(&mut seen), Busy::Moving);
        drop(transfer);
        assert_eq!(transfers.busy(&mut seen), Busy::No);
    }
}
