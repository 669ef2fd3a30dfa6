//! The room this machine hosts: a relay in this very process, from *Host a room* to *Stop hosting*.
//! Before and after that nothing listens.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    sync::Arc,
};

use snug_relay::{Config, Invite, Relay, RelayHandle, RoomError, StartError, StoredRoom, nearby::Advert};
use tokio::sync::Mutex;

use crate::{
    api::{Hosting, Invites, SetAside},
    error::Error,
    ports,
    reach::{Names, Place},
    settings::Settings,
};

/// Hosts one room at a time. Clones are the same host.
#[derive(Clone)]
pub(crate) struct Host(Arc<Inner>);

struct Inner {
    rooms: PathBuf,
    settings: Settings,
    /// Held while starting and stopping, so that these take turns.
    running: Mutex<Option<Running>>,
}

struct Running {
    relay: RelayHandle,
    invite: Invite,
    moved_from: Option<u16>,
    /// Whether it listens for IPv6 too.
    ipv6: bool,
    names: Names,
    /// Where guests were told it is.
    told: Option<Vec<String>>,
    /// Tells the network of it, unless the host doesn't want that.
    advert: Option<Advert>,
}

impl Host {
    /// Hosts nothing yet. Rooms are kept in `rooms`, ports in `settings`.
    pub(crate) fn new(rooms: PathBuf, settings: Settings) -> Self {
        Self(Arc::new(Inner { rooms, settings, running: Mutex::new(None) }))
    }

    /// The room hosted now.
    pub(crate) async fn hosting(&self) -> Option<Hosting> {
        match &*self.0.running.lock().await {
            Some(running) => Some(running.told().await),
            None => None,
        }
    }

    /// Hosts the stored room `room`, or a new one called `name`, in place of what was hosted before.
    /// The room that is hosted already just stays.
    ///
    /// # Errors
    /// [`Error::NoSuchRoom`], [`Error::PortTaken`], [`Error::DataNotWritable`], [`Error::DiskFull`],
    /// [`Error::DataInUse`], [`Error::DataForeign`], [`Error::DataNewer`]; nothing listens then.
    pub(crate) async fn start(&self, room: Option<&str>, name: &str) -> Result<Hosting, Error> {
        let mut running = self.0.running.lock().await;
        if let Some(already) = running.as_ref()
            && room == Some(already.invite.room.as_str())
        {
            return Ok(already.told().await);
        }
        if let Some(other) = running.take() {
            other.stop().await;
        }
        let started = self.run(room, name).await?;
        Ok(running.insert(started).told().await)
    }

    /// Waits until the rooms' database turns out to be damaged, and starts again without it, at the same
    /// address: whoever is in comes back by themselves.
    fn watch(&self, relay: &RelayHandle) {
        let (host, damaged) = (self.clone(), relay.damaged());
        tokio::spawn(async move {
            let what = damaged.await;
            let mut running = host.0.running.lock().await;
            // Another room may be hosted by now, over a database that is sound.
            let Some(hosted) = running.take_if(|hosted| hosted.relay.is_damaged()) else { return };
            tracing::error!(what, "the rooms' database is damaged: starting again without it");
            let room = hosted.invite.room.clone();
            hosted.stop().await;
            match host.run(Some(&room), "").await {
                Ok(again) => *running = Some(again),
                Err(error) => tracing::error!(%error, "the room can't be hosted any more"),
            }
        });
    }

    /// How others reach the hosted room now, and whether they can; `None` when none is hosted.
    pub(crate) async fn invites(&self) -> Option<Invites> {
        // Looking takes its time, in which the room can be stopped.
        let (place, visits) = match &*self.0.running.lock().await {
            Some(running) => (running.place(), running.relay.visited()),
            None => return None,
        };
        Some(place.invites(&visits).await)
    }

    /// Whether a room is hosted whose relay doesn't know yet where it is: it may have taken another's place unseen.
    pub(crate) async fn is_lost(&self) -> bool {
        self.0.running.lock().await.as_ref().is_some_and(|running| running.told.is_none())
    }

    /// Looks where others reach the hosted room now, and tells the guests; whether that is somewhere else than
    /// before.
    pub(crate) async fn moved(&self) -> bool {
        let Some(place) = self.0.running.lock().await.as_ref().map(Running::place) else { return false };
        let now = place.told().await;
        self.is_at(&place, now).await
    }

    /// Tells the guests of the relay that was looked for. Looking takes its time, in which another may have taken its
    /// place, which is somewhere else.
    async fn is_at(&self, place: &Place, now: Vec<String>) -> bool {
        let mut running = self.0.running.lock().await;
        let Some(running) = running.as_mut().filter(|running| running.names.is(&place.names)) else { return false };
        running.relay.is_at(now.clone());
        let before = running.told.replace(now);
        before.is_some_and(|before| running.told != Some(before))
    }

    /// The network may be another one, though it gives the same addresses: that others came proves nothing any more.
    pub(crate) async fn slept(&self) {
        if let Some(running) = &*self.0.running.lock().await {
            running.relay.forget_visits();
        }
    }

    /// Tells the network that the room was opened to it or closed, or is called otherwise, where that is news; and of
    /// the room at all, where that failed before.
    pub(crate) async fn follow_door(&self) {
        if let Some(running) = &mut *self.0.running.lock().await {
            running.tell_nearby();
        }
    }

    /// Lets in who waits at the door of the room hosted now, or turns them away; nobody, where they went.
    ///
    /// # Errors
    /// [`Error::DiskFull`], [`Error::Io`] when they are in, but only until the room is stopped.
    pub(crate) async fn answer(&self, member: String, admit: bool) -> Result<(), Error> {
        let running = self.0.running.lock().await;
        let door = running.as_ref().and_then(|running| running.relay.at_the_door(&running.invite.room));
        drop(running);
        match door {
            Some(door) => Ok(door.answer(&[member], admit).await?),
            None => Ok(()),
        }
    }

    /// Whether a room is hosted, or about to be.
    pub(crate) fn is_hosting(&self) -> bool {
        self.0.running.try_lock().map_or(true, |running| running.is_some())
    }

    /// The best link to the room hosted now.
    pub(crate) async fn link(&self) -> Option<String> {
        let place = self.0.running.lock().await.as_ref().map(Running::place)?;
        place.links().await.into_iter().next().map(|link| link.link)
    }

    /// The id of the room hosted now.
    pub(crate) async fn room(&self) -> Option<String> {
        self.0.running.lock().await.as_ref().map(|running| running.invite.room.clone())
    }

    /// Whether Snug apps nearby list the room that is hosted, from now on.
    pub(crate) async fn show_nearby(&self, on: bool) {
        if let Some(running) = &mut *self.0.running.lock().await {
            if !on && let Some(advert) = running.advert.take() {
                advert.stop().await;
            } else if on {
                running.list();
            }
        }
    }

    /// Every room that is kept on this machine; none where they can't be read, which hosting one says why.
    pub(crate) async fn rooms(&self) -> Vec<StoredRoom> {
        let running = self.0.running.lock().await;
        let rooms = match &*running {
            Some(running) => running.relay.stored_rooms().await,
            None => {
                let data = self.0.rooms.clone();
                // Nobody opens them for writing meanwhile: the lock is held.
                tokio::task::spawn_blocking(move || Relay::stored_rooms(&data)).await.unwrap_or_else(|_| Ok(Vec::new()))
            }
        };
        rooms.unwrap_or_else(|error| {
            tracing::warn!(%error, "the rooms on this machine can't be listed");
            Vec::new()
        })
    }

    /// Stops hosting: guests are told, sockets closed, the port free when this returns.
    pub(crate) async fn stop(&self) {
        if let Some(running) = self.0.running.lock().await.take() {
            running.stop().await;
            tracing::info!("stopped hosting");
        }
    }

    async fn run(&self, room: Option<&str>, name: &str) -> Result<Running, Error> {
        let own = room.and_then(|room| self.0.settings.get().ports.get(room).copied());
        let listener = ports::listen(own).await?;
        let relay = Relay::start(Config::new(&self.0.rooms), listener).await?;
        let port = relay.addr().port();
        let served = match room {
            Some(room) => relay.serve_room(room).await,
            None => relay.create_room(name, false).await,
        };
        let invite = match served {
            Ok(invite) => invite,
            Err(error) => {
                relay.stop().await;
                return Err(error.into());
            }
        };
        let id = invite.room.clone();
        let kept = self.0.settings.change_soon(move |saved| {
            saved.ports.insert(id, port);
        });
        if let Err(error) = kept.await {
            tracing::warn!(%error, "the room may have another port the next time");
        }
        if let Some(set_aside) = relay.set_aside() {
            tracing::error!("{set_aside}");
        }
        self.watch(&relay);
        tracing::info!(room = invite.room, port, "hosting");
        let (ipv6, moved_from) = (relay.listen_on_ipv6(), own.filter(|own| *own != port));
        let mut running =
            Running { relay, invite, moved_from, ipv6, names: Names::default(), told: None, advert: None };
        if !self.0.settings.get().unlisted {
            running.list();
        }
        Ok(running)
    }
}

impl Running {
    /// Has apps nearby list the room. Where that fails its links work all the same, and it is tried again.
    fn list(&mut self) {
        let (room, port) = (&self.invite.room, self.relay.addr().port());
        self.advert.get_or_insert_with(|| Advert::of(room, port));
        self.tell_nearby();
    }

    fn tell_nearby(&mut self) {
        let (open, name) = (self.relay.is_open(&self.invite.room), self.invite().name);
        if let Some(advert) = &mut self.advert {
            advert.tell(&name, open);
        }
    }

    async fn stop(self) {
        if let Some(advert) = self.advert {
            advert.stop().await;
        }
        self.relay.stop().await;
    }

    async fn told(&self) -> Hosting {
        let port = self.relay.addr().port();
        Hosting {
            room: self.invite.room.clone(),
            name: self.invite().name,
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, port)).to_string(),
            secret: self.invite().secret.to_string(),
            host_key: self.relay.host_key(&self.invite.room).map(|key| key.to_string()).unwrap_or_default(),
            invites: self.place().links().await,
            nearby: self.advert.is_some(),
            moved_from: self.moved_from,
            set_aside: self.relay.set_aside().map(|aside| SetAside {
                file: aside.file.to_string_lossy().into_owned(),
                events: aside.events,
                lost: aside.lost,
            }),
        }
    }

    /// As it is now: the host may have made a new link since.
    fn invite(&self) -> Invite {
        self.relay.invite(&self.invite.room).unwrap_or_else(|| self.invite.clone())
    }

    fn place(&self) -> Place {
        let (invite, listening, names) = (self.invite(), self.relay.addr(), self.names.clone());
        Place { invite, listening, ipv6: self.ipv6, names }
    }
}

impl From<StartError> for Error {
    fn from(error: StartError) -> Self {
        match error {
            StartError::DataNotWritable { path, source } => Self::DataNotWritable { path, reason: source.to_string() },
            StartError::DataInUse { path } => Self::DataInUse { path },
            StartError::DiskFull { path } => Self::DiskFull { what: path.display().to_string() },
            StartError::DataForeign { path, why } => Self::DataForeign { path, reason: why },
            StartError::DataNewer { path } => Self::DataNewer { path },
            other => Self::io("the room can't be hosted", other),
        }
    }
}

impl From<RoomError> for Error {
    fn from(error: RoomError) -> Self {
        match error {
            RoomError::NoSuchRoom => Self::NoSuchRoom,
            RoomError::BadName { most } => Self::BadRoomName { most },
            RoomError::DiskFull => Self::DiskFull { what: "the room".into() },
            other => Self::io("the room can't be hosted", other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A host whose rooms nobody nearby is told of.
    async fn host(data: &std::path::Path) -> Host {
        let settings = Settings::open(data);
        settings.change_soon(|saved| saved.unlisted = true).await.expect("it is kept");
        Host::new(data.join("rooms"), settings)
    }

    async fn place(host: &Host) -> Place {
        host.0.running.lock().await.as_ref().map(Running::place).expect("a room is hosted")
    }

    async fn told(host: &Host) -> Option<Vec<String>> {
        host.0.running.lock().await.as_ref().expect("a room is hosted").told.clone()
    }

    #[tokio::test]
    async fn a_relay_that_takes_anothers_place_is_told_where_it_is_and_nothing_of_where_that_was() {
        let data = tempfile::tempdir().expect("a directory");
        let host = host(data.path()).await;
        assert!(!host.is_lost().await, "there is nothing to tell it");
        let room = host.start(None, "Den").await.expect("hosted").room;
        assert!(host.is_lost().await);
        let (before, here) = (place(&host).await, || vec!["192.168.1.20:7690".to_owned()]);
        assert!(!host.is_at(&before, here()).await, "it was nowhere before");
        assert!(!host.is_lost().await);
        assert!(!host.is_at(&before, here()).await, "it stays");
        assert!(host.is_at(&before, vec!["192.168.1.21:7690".to_owned()]).await, "it moved");

        // The same room at the same port, while it was still looked where the one before is.
        host.stop().await;
        assert!(!host.is_at(&before, here()).await);
        host.start(Some(&room), "").await.expect("hosted again");
        assert!(host.is_lost().await);
        assert!(!host.is_at(&before, here()).await);
        assert_eq!(told(&host).await, None, "that was the other's");
        host.is_at(&place(&host).await, here()).await;
        assert_eq!(told(&host).await, Some(here()));
        host.stop().await;
    }
}
