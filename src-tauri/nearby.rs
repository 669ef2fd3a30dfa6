//! Rooms nearby, for the page to list while it shows them.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use snug_relay::nearby::{Found, Search};
use tokio::task::AbortHandle;

use crate::{
    api::{NearbyRoom, ShellEvent},
    hosting::Host,
    page::Page,
};

/// Looks around for as long as somebody wants to know. Before and after that nothing listens to the network.
#[derive(Clone, Default)]
pub(crate) struct Nearby(Arc<Mutex<Looking>>);

#[derive(Default)]
struct Looking {
    search: Weak<Search>,
    /// Tells the page; holds on to the search meanwhile.
    telling: Option<AbortHandle>,
}

impl Nearby {
    /// The search, which ends when nobody holds it any more.
    pub(crate) fn search(&self) -> Arc<Search> {
        let mut looking = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        looking.search.upgrade().unwrap_or_else(|| {
            let search = Arc::new(Search::start());
            looking.search = Arc::downgrade(&search);
            search
        })
    }

    /// Tells the page what is nearby, now and whenever it changes; the room that is hosted here isn't among it.
    pub(crate) fn tell(&self, page: Page, host: Host) {
        let search = self.search();
        let telling = tokio::spawn(async move {
            let mut found = search.found();
            loop {
                let Found { rooms, deaf } = found.borrow_and_update().clone();
                let own = host.room().await;
                let others = rooms.into_iter().filter(|it| Some(&it.room) != own.as_ref());
                let rooms = others.map(NearbyRoom::from).collect();
                page.tell(ShellEvent::Nearby { rooms, deaf });
                if found.changed().await.is_err() {
                    return;
                }
            }
        });
        self.stop_telling(Some(telling.abort_handle()));
    }

    /// Nobody looks at the list any more.
    pub(crate) fn forget(&self) {
        self.stop_telling(None);
    }

    fn stop_telling(&self, instead: Option<AbortHandle>) {
        let mut looking = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(before) = std::mem::replace(&mut looking.telling, instead) {
            before.abort();
        }
    }
}

impl From<snug_relay::nearby::NearbyRoom> for NearbyRoom {
    fn from(room: snug_relay::nearby::NearbyRoom) -> Self {
        let addresses = room.addresses.iter().map(ToString::to_string).collect();
        Self { room: room.room, name: room.name, open: room.open, addresses }
    }
}
