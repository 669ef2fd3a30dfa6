//! The rooms a relay serves right now.

use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError, RwLock},
};

use crate::{
    nearby,
    room::Room,
    wire::{ErrorCode, WireError},
};

/// Rooms by id. What is stored but not in here can't be reached.
#[derive(Default)]
pub(crate) struct Rooms(RwLock<BTreeMap<String, Arc<Room>>>);

impl Rooms {
    /// Serves a room from now on; the one of that id that is served already, where there is one.
    pub(crate) fn insert(&self, room: Room) -> Arc<Room> {
        let mut rooms = self.0.write().unwrap_or_else(PoisonError::into_inner);
        rooms.entry(room.id.clone()).or_insert_with(|| Arc::new(room)).clone()
    }

    /// The room of that id.
    pub(crate) fn get(&self, id: &str) -> Option<Arc<Room>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }

    /// Whether one is told of on the network as being on a host of this name.
    pub(crate) fn is_host(&self, name: &str) -> bool {
        let rooms = self.0.read().unwrap_or_else(PoisonError::into_inner);
        rooms.keys().any(|room| nearby::host_name(room) == format!("{name}."))
    }

    /// The room a client asks for; without an id, the only one there is.
    pub(crate) fn find(&self, id: Option<&str>) -> Result<Arc<Room>, WireError> {
        let room = match id {
            Some(id) => self.get(id),
            None => self.only(|_| true),
        };
        room.ok_or_else(|| match id {
            Some(_) => ErrorCode::NoSuchRoom.because("there is no such room here"),
            None => ErrorCode::NoSuchRoom.because("this relay does not have exactly one room: `room` has to name it"),
        })
    }

    /// The only room that is open to the network, where those go who can't name one.
    pub(crate) fn only_open(&self) -> Result<Arc<Room>, WireError> {
        self.only(Room::is_open).ok_or_else(|| {
            ErrorCode::NoSuchRoom.because("there isn't exactly one room here that is open to the network")
        })
    }

    fn only(&self, wanted: impl Fn(&Room) -> bool) -> Option<Arc<Room>> {
        let rooms = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let mut fitting = rooms.values().filter(|room| wanted(room));
        let only = fitting.next()?;
        fitting.next().is_none().then(|| only.clone())
    }
}
