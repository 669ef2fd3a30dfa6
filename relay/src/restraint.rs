//! What keeps one member from speaking, or from being here: hosts' decisions.

use std::sync::{
    OnceLock,
    atomic::{AtomicBool, Ordering},
};

use tokio::sync::Notify;

use crate::wire::WireError;

/// Shared by all sockets of a member who is here.
#[derive(Debug, Default)]
pub(crate) struct Restraint {
    expelled: OnceLock<WireError>,
    ended: Notify,
    muted: AtomicBool,
}

impl Restraint {
    /// Why these sockets have to end, if they have to.
    pub(crate) fn expelled(&self) -> Option<&WireError> {
        self.expelled.get()
    }

    /// Whether this member may only read.
    pub(crate) fn is_muted(&self) -> bool {
        self.muted.load(Ordering::Relaxed)
    }

    pub(crate) fn expel(&self, why: WireError) {
        // The first reason is as good as the next.
        let _told = self.expelled.set(why);
        self.ended.notify_waiters();
    }

    /// Waits until these sockets have to end. Cancel safe.
    pub(crate) async fn ends(&self) {
        let ended = self.ended.notified();
        if self.expelled().is_none() {
            ended.await;
        }
    }

    pub(crate) fn mute(&self, on: bool) {
        self.muted.store(on, Ordering::Relaxed);
    }
}
