//! The room this machine hosts: a relay in this very process, from *Host a room* to *Stop hosting*.
//! Before and after that nothing listens.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::PathBuf,
};

use snug_relay::{AddressKind, Config, Invite, Relay, RelayHandle, RoomError, StartError, addresses};
use tokio::sync::Mutex;

use crate::{
    api::{Hosting, InviteKind, InviteLink},
    error::Error,
    ports,
    settings::Settings,
};

/// Hosts one room at a time.
pub(crate) struct Host {
    rooms: PathBuf,
    settings: Settings,
    /// Held while starting and stopping, so that these take turns.
    running: Mutex<Option<Running>>,
}

struct Running {
    relay: RelayHandle,
    invite: Invite,
    moved_from: Option<u16>,
}

impl Host {
    /// Hosts nothing yet. Rooms are kept in `rooms`, ports in `settings`.
    pub(crate) fn new(rooms: PathBuf, settings: Settings) -> Self {
        Self { rooms, settings, running: Mutex::new(None) }
    }

    /// The room hosted now.
    pub(crate) async fn hosting(&self) -> Option<Hosting> {
        match &*self.running.lock().await {
            Some(running) => Some(running.told().await),
            None => None,
        }
    }

    /// Hosts the stored room `room`, or a new one called `name`, in place of what was hosted before.
    /// The room that is hosted already just stays.
    ///
    /// # Errors
    /// [`Error::NoSuchRoom`], [`Error::PortTaken`], [`Error::DataNotWritable`], [`Error::DataInUse`],
    /// [`Error::DataCorrupt`]; nothing listens then.
    pub(crate) async fn start(&self, room: Option<&str>, name: &str) -> Result<Hosting, Error> {
        let mut running = self.running.lock().await;
        if let Some(already) = running.as_ref()
            && room == Some(already.invite.room.as_str())
        {
            return Ok(already.told().await);
        }
        if let Some(other) = running.take() {
            other.relay.stop().await;
        }
        let started = self.run(room, name).await?;
        Ok(running.insert(started).told().await)
    }

    /// Links to the hosted room, by the addresses this machine has now; empty when none is hosted.
    pub(crate) async fn invites(&self) -> Vec<InviteLink> {
        match &*self.running.lock().await {
            Some(running) => running.invites().await,
            None => Vec::new(),
        }
    }

    /// Stops hosting: guests are told, sockets closed, the port free when this returns.
    pub(crate) async fn stop(&self) {
        if let Some(running) = self.running.lock().await.take() {
            running.relay.stop().await;
            tracing::info!("stopped hosting");
        }
    }

    async fn run(&self, room: Option<&str>, name: &str) -> Result<Running, Error> {
        let own = room.and_then(|room| self.settings.get().ports.get(room).copied());
        let listener = ports::listen(own).await?;
        let relay = Relay::start(Config::new(&self.rooms), listener).await?;
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
        let kept = self.settings.change_soon(move |saved| {
            saved.ports.insert(id, port);
        });
        if let Err(error) = kept.await {
            tracing::warn!(%error, "the room may have another port the next time");
        }
        tracing::info!(room = invite.room, port, "hosting");
        Ok(Running { relay, invite, moved_from: own.filter(|own| *own != port) })
    }
}

impl Running {
    async fn told(&self) -> Hosting {
        let port = self.relay.addr().port();
        Hosting {
            room: self.invite.room.clone(),
            name: self.invite.name.clone(),
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, port)).to_string(),
            secret: self.invite.secret.to_string(),
            invites: self.invites().await,
            moved_from: self.moved_from,
        }
    }

    async fn invites(&self) -> Vec<InviteLink> {
        // Asking the system for its adapters takes a few milliseconds, more on Windows.
        let found = tokio::task::spawn_blocking(addresses).await.unwrap_or_default();
        let mut links: Vec<_> =
            found.into_iter().map(|address| self.link(address.ip, address.adapter, kind(address.kind))).collect();
        if links.is_empty() {
            links.push(self.link(Ipv4Addr::LOCALHOST.into(), "Loopback".into(), InviteKind::Loopback));
        }
        links
    }

    fn link(&self, ip: IpAddr, adapter: String, kind: InviteKind) -> InviteLink {
        let address = SocketAddr::new(ip, self.relay.addr().port()).to_string();
        InviteLink { link: self.invite.link(&address), address, adapter, kind }
    }
}

fn kind(kind: AddressKind) -> InviteKind {
    match kind {
        AddressKind::Default => InviteKind::Default,
        AddressKind::Other => InviteKind::Other,
        AddressKind::Virtual => InviteKind::Virtual,
    }
}

impl From<StartError> for Error {
    fn from(error: StartError) -> Self {
        match error {
            StartError::DataNotWritable { path, source } => Self::DataNotWritable { path, reason: source.to_string() },
            StartError::DataInUse { path } => Self::DataInUse { path },
            StartError::DataCorrupt { path, source } => Self::DataCorrupt { path, reason: source.to_string() },
            other => Self::io("the room can't be hosted", other),
        }
    }
}

impl From<RoomError> for Error {
    fn from(error: RoomError) -> Self {
        match error {
            RoomError::NoSuchRoom => Self::NoSuchRoom,
            RoomError::BadName { most } => Self::BadRoomName { most },
            other => Self::io("the room can't be hosted", other),
        }
    }
}
