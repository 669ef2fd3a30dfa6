//! The same socket, as its session sees it.

use std::sync::Arc;

use bytes::Bytes;

use super::{Share, follower::Follower};
use crate::{
    log::{Log, Receipts},
    wire::Seq,
};

/// A session's side of a [`Follower`]; dropping it ends the delivery.
pub(crate) struct Following {
    pub(super) follower: Arc<Follower>,
    pub(super) share: Arc<Share>,
    pub(super) place: usize,
}

impl Following {
    /// Keeps passes out. Where the cursor is, and what has to be sent first because it is before that.
    pub(crate) fn hold(&self) -> (Seq, Bytes) {
        let mut state = self.follower.state();
        state.held = true;
        state.expected = false;
        (state.cursor, std::mem::take(&mut state.rest))
    }

    /// Lets passes go on from `cursor`, unless more than that is in the log by now; whether it did.
    pub(crate) fn release(&self, cursor: Seq, log: &Log) -> bool {
        let mut state = self.follower.state();
        // Asked under the lock: what is appended after this, a pass brings; what was before, it may have
        // tried to bring already.
        state.held = cursor < *log.head().borrow();
        state.cursor = cursor;
        !state.held
    }

    /// Where what came from this socket is accounted for.
    pub(crate) fn receipts(&self) -> &Receipts {
        &self.follower.receipts
    }

    /// Whether fewer than `limit` messages of this socket are on their way. Where it is not so, its
    /// session is [woken](Self::woken) when it may be.
    pub(crate) fn takes_more(&self, limit: usize) -> bool {
        if self.receipts().outstanding() < limit {
            return true;
        }
        self.follower.state().expected = true;
        self.receipts().outstanding() < limit
    }

    /// Waits until there may be something to do for the session. Cancel safe.
    pub(crate) async fn woken(&self) {
        self.receipts().woken().await;
    }

    /// Whether there is: a pass left it something, or there are receipts that no pass takes along.
    pub(crate) fn calls(&self) -> bool {
        let state = self.follower.state();
        state.held || self.receipts().any(state.cursor)
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        self.follower.state().held = true;
        self.share.places().leave(self.place);
    }
}
