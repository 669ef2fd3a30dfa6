//! A relay from start to stop.

mod at_the_door;
mod errors;

use std::{
    io,
    net::{Ipv6Addr, SocketAddr},
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::net::TcpListener;
use tokio_util::{
    sync::{CancellationToken, DropGuard},
    task::TaskTracker,
};

use crate::{
    accept,
    config::{Config, Limits},
    delivery::Delivery,
    descriptors,
    door::Doorkeeper,
    gathered::Gathered,
    host::Host,
    invite::{Invite, Secret, random_room_id},
    lobby::Lobby,
    log::{self, Database, NewRoom, SetAside},
    naming::{self, clean_name},
    places::Places,
    presence::Presence,
    room::Room,
    rooms::Rooms,
    ticket::Tickets,
    visited::{Visit, Visited},
    web::{self, Exports, Web},
    wire::Door,
};
pub use at_the_door::AtTheDoor;
pub use errors::{RoomError, StartError};

/// A room in the data directory, served or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRoom {
    /// As it stands in the link.
    pub id: String,
    /// For people to read.
    pub name: String,
    /// Who gets in.
    pub door: Door,
    /// When it was made, in milliseconds since 1970-01-01 UTC.
    pub created_at: u64,
}

impl From<log::StoredRoom> for StoredRoom {
    fn from(room: log::StoredRoom) -> Self {
        let log::StoredRoom { id, name, door, created_at, .. } = room;
        Self { id, name, door, created_at }
    }
}

/// Starts relays.
#[derive(Debug)]
pub struct Relay;

impl Relay {
    /// Opens the data directory and serves on `listener`. No room is served yet:
    /// [`create_room`](RelayHandle::create_room) and [`serve_room`](RelayHandle::serve_room) do that.
    ///
    /// # Errors
    /// See [`StartError`]; the listener is closed then.
    pub async fn start(config: Config, listener: TcpListener) -> Result<RelayHandle, StartError> {
        config.limits.check()?;
        let addr = listener.local_addr()?;
        let Config { data, limits, hosts } = config;
        let limits = Arc::new(limits);
        let database = {
            let limits = limits.clone();
            let opened = tokio::task::spawn_blocking(move || Database::open(&data, &limits)).await;
            Arc::new(opened.map_err(io::Error::other)??)
        };
        let (rooms, tasks, stop) = (Arc::new(Rooms::default()), TaskTracker::new(), CancellationToken::new());
        let host = Host::default();
        let web = Web {
            rooms: rooms.clone(),
            limits: limits.clone(),
            hosts: Arc::new(hosts),
            sockets: Places::new(limits.sockets, limits.sockets_per_address),
            tasks: tasks.clone(),
            stop: stop.clone(),
            exports: Exports::default(),
        };
        tasks.spawn(tidy(database.clone(), limits.clone(), stop.clone()));
        let visited = Visited::default();
        let (most, from_one) = connections(&limits, descriptors::for_connections());
        let door = accept::Door {
            router: web::router(web),
            connections: Places::new(most, from_one),
            limits: limits.clone(),
            visited: visited.clone(),
            stop: stop.clone(),
        };
        let listen = {
            let tasks = tasks.clone();
            move |listener| {
                tasks.spawn(door.clone().run(listener, tasks.clone()));
            }
        };
        listen(listener);
        let listen = Box::new(listen);
        let _stops_when_dropped = stop.clone().drop_guard();
        Ok(RelayHandle { addr, listen, visited, host, rooms, database, limits, tasks, _stops_when_dropped, stop })
    }

    /// Every room in a data directory that no relay serves, oldest first; none where there is nothing yet.
    /// Blocks, listens on nothing and writes nothing.
    ///
    /// # Errors
    /// [`RoomError::Storage`], also where what is there is no database of Snug's.
    pub fn stored_rooms(data: &Path) -> Result<Vec<StoredRoom>, RoomError> {
        Ok(log::rooms_in(data)?.into_iter().map(StoredRoom::from).collect())
    }
}

/// A running relay. Dropping it stops it too, without waiting until it has.
pub struct RelayHandle {
    addr: SocketAddr,
    /// Accepts on one more listener.
    listen: Box<dyn Fn(TcpListener) + Send + Sync>,
    visited: Visited,
    host: Host,
    rooms: Arc<Rooms>,
    database: Arc<Database>,
    limits: Arc<Limits>,
    tasks: TaskTracker,
    stop: CancellationToken,
    _stops_when_dropped: DropGuard,
}

impl RelayHandle {
    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Listens on the same port of this machine's IPv6 addresses too, on a socket of its own: one socket for both
    /// would show IPv4 peers under other addresses, and not every system has it. Where there is no IPv6, or the
    /// port is taken there, it is as it was.
    pub fn listen_on_ipv6(&self) -> bool {
        let listener = ipv6_listener(self.addr.port());
        if let Err(error) = &listener {
            tracing::debug!(%error, "not on IPv6");
        }
        listener.map(|listener| (self.listen)(listener)).is_ok()
    }

    /// Tells everybody inside where the host can be reached from now on, `host:port` each, best first. Where that
    /// is somewhere else than before, [who came](Self::visited) is forgotten.
    pub fn is_at(&self, addresses: Vec<String>) {
        self.visited.is_at(&addresses);
        self.host.is_at(addresses);
    }

    /// Who has come within the last hour, since this machine is where it is. Connections of this machine's own
    /// containers are among them.
    pub fn visited(&self) -> Vec<Visit> {
        self.visited.at(Instant::now())
    }

    /// Forgets who came: the network may be another one, though it gives the same addresses.
    pub fn forget_visits(&self) {
        self.visited.forget();
    }

    /// Makes a room, stores it and serves it. An `open` one lets in whoever knows the address.
    ///
    /// # Errors
    /// [`RoomError::BadName`], [`RoomError::TooManyRooms`], [`RoomError::DiskFull`], [`RoomError::Storage`].
    pub async fn create_room(&self, name: &str, open: bool) -> Result<Invite, RoomError> {
        let most = self.limits.room_name_chars;
        let name = naming::room_name(name, most).ok_or(RoomError::BadName { most })?;
        let most = self.limits.rooms_kept;
        if self.database.rooms().await?.len() >= most {
            return Err(RoomError::TooManyRooms { most });
        }
        let door = if open { Door::Open } else { Door::Closed };
        let room = NewRoom { id: random_room_id(), name, secret: Secret::random(), door };
        let stored = self.database.create_room(room).await?;
        self.open_room(stored).await
    }

    /// Serves a stored room. Serving it twice is the same as once.
    ///
    /// # Errors
    /// [`RoomError::NoSuchRoom`], [`RoomError::Storage`].
    pub async fn serve_room(&self, id: &str) -> Result<Invite, RoomError> {
        if let Some(room) = self.rooms.get(id) {
            return Ok(room.invite());
        }
        let stored = self.database.room(id).await?.ok_or(RoomError::NoSuchRoom)?;
        self.open_room(stored).await
    }

    /// Opens, closes or locks a stored room. Where it is being served, those inside stay, and are told.
    ///
    /// # Errors
    /// [`RoomError::NoSuchRoom`]; [`RoomError::DiskFull`], [`RoomError::Storage`], though for a room that is
    /// being served it holds all the same, until the relay stops.
    pub async fn set_door(&self, id: &str, door: Door) -> Result<(), RoomError> {
        if let Some(room) = self.rooms.get(id) {
            return Ok(room.set_door(door).await?);
        }
        let stored = self.database.room(id).await?.ok_or(RoomError::NoSuchRoom)?;
        if stored.door == door {
            // A disk that is full must not keep a room closed.
            return Ok(());
        }
        Ok(self.database.set_door(stored, door).await?)
    }

    /// What lets people into a room that is being served, as it is now: the host may have made a new link.
    pub fn invite(&self, id: &str) -> Option<Invite> {
        self.rooms.get(id).map(|room| room.invite())
    }

    /// Who waits at the door of a room that is being served. As long as it is there, those who wait are told
    /// that there is a host: whoever holds it has to be able to answer.
    pub fn at_the_door(&self, id: &str) -> Option<AtTheDoor> {
        let room = self.rooms.get(id)?;
        Some(AtTheDoor::new(room))
    }

    /// Every room in the data directory, oldest first.
    ///
    /// # Errors
    /// [`RoomError::Storage`].
    pub async fn stored_rooms(&self) -> Result<Vec<StoredRoom>, RoomError> {
        Ok(self.database.rooms().await?.into_iter().map(StoredRoom::from).collect())
    }

    /// The oldest stored room that was made by this name, as [`create_room`](Self::create_room) would write it,
    /// whatever it is called by now; where none was, the oldest that is called so.
    ///
    /// # Errors
    /// [`RoomError::Storage`].
    pub async fn room_named(&self, name: &str) -> Result<Option<StoredRoom>, RoomError> {
        let (name, rooms) = (clean_name(name), self.database.rooms().await?);
        let made = rooms.iter().find(|room| room.made_as == name);
        let named = made.or_else(|| rooms.iter().find(|room| room.name == name));
        Ok(named.cloned().map(StoredRoom::from))
    }

    /// What makes whoever joins with it the host of a room that is being served. It is for the host's own
    /// app, and never in an invite.
    pub fn host_key(&self, id: &str) -> Option<Secret> {
        self.rooms.get(id).map(|room| room.door.host_key())
    }

    /// Whether a room that is being served lets in whoever knows the address.
    pub fn is_open(&self, id: &str) -> bool {
        self.rooms.get(id).is_some_and(|room| room.is_open())
    }

    /// How many members are in a room that is being served; 0 for any other.
    pub fn members(&self, id: &str) -> u32 {
        self.rooms.get(id).map_or(0, |room| room.presence.count())
    }

    /// The database that was found damaged at the start, and what of it is in the one that is served now.
    pub fn set_aside(&self) -> Option<&SetAside> {
        self.database.set_aside()
    }

    /// Waits until the database turns out to be damaged; what is wrong with it. From then on nothing is
    /// appended and only what verifies is served. [Stop](Self::stop) this relay and start another: that
    /// one sets the database aside and goes on with what can be read of it.
    pub fn damaged(&self) -> impl Future<Output = String> + Send + use<> {
        let damaged = self.database.damaged();
        async move { damaged.await.to_string() }
    }

    /// Whether the database has turned out to be damaged.
    pub fn is_damaged(&self) -> bool {
        self.database.is_damaged()
    }

    /// Tells every guest, closes every socket and ends every task. The port is free when this returns,
    /// and all that was acknowledged is on disk. A disk that doesn't answer any more is given
    /// [`Limits::closing_ms`].
    pub async fn stop(self) {
        let Self { database, tasks, stop, limits, .. } = self;
        stop.cancel();
        tasks.close();
        // Every task has a second to say goodbye in; one that takes longer waits for a broken disk.
        if tokio::time::timeout(Duration::from_secs(5), tasks.wait()).await.is_err() {
            tracing::error!(tasks = tasks.len(), "stopped without waiting for the last tasks");
        }
        let closing = Duration::from_millis(limits.closing_ms);
        if tokio::time::timeout(closing, database.close()).await.is_err() {
            tracing::error!("stopped without waiting any longer for the disk");
        }
    }

    /// A room that is being served.
    #[cfg(test)]
    pub(crate) fn room(&self, id: &str) -> Option<Arc<Room>> {
        self.rooms.get(id)
    }

    async fn open_room(&self, stored: log::StoredRoom) -> Result<Invite, RoomError> {
        let log = self.database.log(&stored).await?;
        let register = self.database.register(&stored).await?;
        let (tasks, stop, limits) = (&self.tasks, &self.stop, &self.limits);
        let changed = Gathered::new(Duration::from_millis(limits.gather_ms), tasks.clone(), stop.clone());
        let room = Room {
            id: stored.id.clone(),
            door: Doorkeeper::new(stored, register, limits.clone(), changed.clone(), tasks.clone()),
            lobby: Lobby::new(limits.clone(), changed.clone()),
            changed,
            tickets: Tickets::new(),
            files: self.database.files().clone(),
            presence: Presence::new(limits, tasks.clone(), stop.clone()),
            delivery: Delivery::start(&log, tasks, stop),
            log,
            at: self.host.clone(),
            limits: limits.clone(),
        };
        Ok(self.rooms.insert(room).invite())
    }
}

/// How many connections there may be, in all and from one address. Where the system lets this program open fewer files
/// than the limits need, one address has half of them at most, or somebody could have all.
fn connections(limits: &Limits, files: usize) -> (usize, usize) {
    let wanted = limits.sockets.saturating_add(limits.pages);
    let from_one = limits.sockets_per_address.saturating_add(limits.pages);
    if files < wanted { (files, from_one.min(files.div_ceil(2))) } else { (wanted, from_one) }
}

fn ipv6_listener(port: u16) -> io::Result<TcpListener> {
    use socket2::{Domain, Protocol, Socket, Type};
    /// As tokio has it.
    const BACKLOG: i32 = 1024;
    let socket = Socket::new(Domain::IPV6, Type::STREAM, Some(Protocol::TCP))?;
    socket.set_only_v6(true)?;
    // As for IPv4: the port is had again right after it was left. On Windows that would let others take it.
    #[cfg(unix)]
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&SocketAddr::from((Ipv6Addr::UNSPECIFIED, port)).into())?;
    socket.listen(BACKLOG)?;
    TcpListener::from_std(socket.into())
}

/// Removes what nobody wants any more, at the start and now and then.
async fn tidy(database: Arc<Database>, limits: Arc<Limits>, stop: CancellationToken) {
    const HOUR: Duration = Duration::from_secs(60 * 60);
    let often = HOUR.min(Duration::from_millis(limits.upload_ms));
    let mut times = tokio::time::interval(often);
    times.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = times.tick() => {}
        }
        if let Err(error) = database.tidy_files(&limits).await {
            tracing::warn!(%error, "files that nobody wants stay for now");
        }
    }
}
