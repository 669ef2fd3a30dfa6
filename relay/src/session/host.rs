//! What a host's socket is told besides what everybody is.

use std::sync::Arc;

use tokio::sync::watch;

use crate::{
    lobby::HostHere,
    room::Room,
    wire::{Frame, Knocks, ServerFrame},
};

/// What one host's socket was told last. While it is there, those who knock know that there is a host.
pub(super) struct HostView {
    changed: watch::Receiver<()>,
    told: Vec<Frame>,
    _here: HostHere,
}

impl HostView {
    /// Nothing was told yet.
    pub(super) fn new(room: &Arc<Room>) -> Box<Self> {
        let mut changed = room.changed.watch();
        changed.mark_changed();
        Box::new(Self { changed, told: Vec::new(), _here: room.lobby.host_enters() })
    }

    /// Waits until there may be something to tell.
    pub(super) async fn changed(view: &mut Option<Box<Self>>) {
        match view {
            // The sender is the room's, which outlives its sessions.
            Some(view) => drop(view.changed.changed().await),
            None => std::future::pending().await,
        }
    }

    /// What is to be told: each of these frames is all there is to say of its matter.
    pub(super) fn news(&mut self, room: &Room) -> Vec<Frame> {
        let now = [
            ServerFrame::Knocks(Knocks { waiting: room.lobby.waiting() }).encode(),
            ServerFrame::Keys(room.door.keys()).encode(),
        ];
        let news = now.iter().filter(|frame| !self.told.contains(frame)).cloned().collect();
        self.told = now.into();
        news
    }
}
