//! What the shell tells the page by itself, without being asked.

use std::sync::{Arc, Mutex, PoisonError};

use tauri::ipc::Channel;

use crate::api::ShellEvent;

/// The page that is in the window now. Clones are the same page.
#[derive(Clone, Default)]
pub(crate) struct Page(Arc<Mutex<Option<Channel<ShellEvent>>>>);

impl Page {
    /// From now on this one is told; the page before is gone.
    pub(crate) fn follow(&self, events: Channel<ShellEvent>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(events);
    }

    /// Tells it. A page that isn't there yet asks for what it needs when it comes.
    pub(crate) fn tell(&self, event: ShellEvent) {
        let page = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(Err(error)) = page.map(|page| page.send(event)) {
            tracing::debug!(%error, "no page to tell");
        }
    }
}
