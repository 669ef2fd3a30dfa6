//! What keeps one member from speaking, or from being here: hosts' decisions.

use std::sync::{
    OnceLock,
    atomic::{AtomicBool, Ordering},
};

use crate::wire::WireError;

/// Shared by all sockets of a member who is here.
#[derive(Debug, Default)]
pub(crate) struct Restraint {
    expelled: OnceLock<WireError>,
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

    pub(super) fn expel(&self, why: WireError) {
        // The first reason is as good as the next.
        let _told = self.expelled.set(why);
    }

    pub(crate) fn mute(&self, on: bool) {
        self.muted.store(on, Ordering::Relaxed);
    }
}
