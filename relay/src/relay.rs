//! A relay from start to stop.

use std::{
    io,
    net::{IpAddr, Ipv6Addr, SocketAddr},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use thiserror::Error;
use tokio::{net::TcpListener, sync::Semaphore};
use tokio_util::{
    sync::{CancellationToken, DropGuard},
    task::TaskTracker,
};

use crate::{
    accept,
    config::{BadLimit, Config, Limits},
    delivery::Delivery,
    host::Host,
    invite::{Invite, Secret, random_room_id},
    log::{self, Database, LogError, NewRoom, OpenError, SetAside},
    presence::Presence,
    room::{Room, clean_name},
    rooms::Rooms,
    ticket::Tickets,
    visited::Visited,
    web::{self, Web},
};

/// Why a relay didn't start. Nothing listens then, and nothing was changed.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StartError {
    /// The data directory, or the database in it, can't be written.
    #[error("can't write to {path}: {source}")]
    DataNotWritable {
        /// Where.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// There is no room left for it.
    #[error("can't write to {path}: the disk is full")]
    DiskFull {
        /// Where.
        path: PathBuf,
    },
    /// Another process has the data directory open.
    #[error("another Snug is using {path}")]
    DataInUse {
        /// Which directory.
        path: PathBuf,
    },
    /// What is there is no database of Snug's. It is left as it is.
    #[error("{path} is not a Snug database: {why}")]
    DataForeign {
        /// Which file.
        path: PathBuf,
        /// How that shows.
        why: String,
    },
    /// What is there was written by a Snug that knows more. It is left as it is.
    #[error("{path} was written by a newer Snug: use that one, or another directory")]
    DataNewer {
        /// Which file.
        path: PathBuf,
    },
    /// A limit is set to what no relay can run with.
    #[error(transparent)]
    BadLimit(#[from] BadLimit),
    /// The listener does not work.
    #[error("can't listen: {0}")]
    Io(#[from] io::Error),
}

impl From<OpenError> for StartError {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::NotWritable { path, source } => Self::DataNotWritable { path, source },
            OpenError::InUse { path } => Self::DataInUse { path },
            OpenError::DiskFull { path } => Self::DiskFull { path },
            OpenError::Foreign { path, why } => Self::DataForeign { path, why },
            OpenError::Newer { path } => Self::DataNewer { path },
        }
    }
}

/// Why something could not be done with a room.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum RoomError {
    /// No stored room has that id.
    #[error("there is no such room")]
    NoSuchRoom,
    /// The name is blank, or longer than [`Limits::room_name_chars`].
    #[error("a room's name has 1 to {most} characters")]
    BadName {
        /// The most characters.
        most: u32,
    },
    /// There is no room left for it.
    #[error("the disk is full")]
    DiskFull,
    /// The database could not be written or read.
    #[error("{0}")]
    Storage(String),
}

impl From<LogError> for RoomError {
    fn from(error: LogError) -> Self {
        match error {
            LogError::DiskFull => Self::DiskFull,
            error => Self::Storage(error.to_string()),
        }
    }
}

/// A room in the data directory, served or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRoom {
    /// As it stands in the link.
    pub id: String,
    /// For people to read.
    pub name: String,
    /// Whoever knows the address is let in.
    pub open: bool,
    /// When it was made, in milliseconds since 1970-01-01 UTC.
    pub created_at: u64,
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
            opened.map_err(io::Error::other)??
        };
        let (rooms, tasks, stop) = (Arc::new(Rooms::default()), TaskTracker::new(), CancellationToken::new());
        let host = Host::default();
        let web = Web {
            rooms: rooms.clone(),
            limits: limits.clone(),
            hosts: Arc::new(hosts),
            host: host.clone(),
            sockets: Arc::new(Semaphore::new(limits.sockets.min(Semaphore::MAX_PERMITS))),
            tasks: tasks.clone(),
            stop: stop.clone(),
        };
        let (router, visited) = (web::router(web), Visited::default());
        let listen = {
            let (limits, visited, tasks, stop) = (limits.clone(), visited.clone(), tasks.clone(), stop.clone());
            move |listener| {
                let (limits, visited, stop) = (limits.clone(), visited.clone(), stop.clone());
                tasks.spawn(accept::run(listener, router.clone(), limits, visited, tasks.clone(), stop));
            }
        };
        listen(listener);
        let listen = Box::new(listen);
        let _stops_when_dropped = stop.clone().drop_guard();
        Ok(RelayHandle { addr, listen, visited, host, rooms, database, limits, tasks, _stops_when_dropped, stop })
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
    database: Database,
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

    /// Tells everybody inside where the host can be reached from now on, `host:port` each, best first.
    pub fn is_at(&self, addresses: Vec<String>) {
        self.host.is_at(addresses);
    }

    /// By which of this machine's addresses others have come so far.
    pub fn visited(&self) -> Vec<IpAddr> {
        self.visited.all()
    }

    /// Makes a room, stores it and serves it. An `open` one lets in whoever knows the address.
    ///
    /// # Errors
    /// [`RoomError::BadName`], [`RoomError::DiskFull`], [`RoomError::Storage`].
    pub async fn create_room(&self, name: &str, open: bool) -> Result<Invite, RoomError> {
        let name = clean_name(name);
        let most = self.limits.room_name_chars;
        if name.is_empty() || name.chars().count() > most as usize {
            return Err(RoomError::BadName { most });
        }
        let room = NewRoom { id: random_room_id(), name, secret: Secret::random(), open };
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

    /// Opens a stored room to whoever knows the address, or closes it. It holds from the next
    /// [`serve_room`](Self::serve_room) on.
    ///
    /// # Errors
    /// [`RoomError::NoSuchRoom`], [`RoomError::DiskFull`], [`RoomError::Storage`].
    pub async fn set_open(&self, id: &str, open: bool) -> Result<(), RoomError> {
        let stored = self.database.room(id).await?.ok_or(RoomError::NoSuchRoom)?;
        if stored.open == open {
            // A disk that is full must not keep a room closed.
            return Ok(());
        }
        Ok(self.database.set_open(stored, open).await?)
    }

    /// Every room in the data directory, oldest first.
    ///
    /// # Errors
    /// [`RoomError::Storage`].
    pub async fn stored_rooms(&self) -> Result<Vec<StoredRoom>, RoomError> {
        let rooms = self.database.rooms().await?;
        let shown = |room: log::StoredRoom| StoredRoom {
            id: room.id,
            name: room.name,
            open: room.open,
            created_at: room.created_at,
        };
        Ok(rooms.into_iter().map(shown).collect())
    }

    /// The oldest stored room of this name, as [`create_room`](Self::create_room) would write it.
    ///
    /// # Errors
    /// [`RoomError::Storage`].
    pub async fn room_named(&self, name: &str) -> Result<Option<StoredRoom>, RoomError> {
        let name = clean_name(name);
        Ok(self.stored_rooms().await?.into_iter().find(|room| room.name == name))
    }

    /// What makes whoever joins with it the host of a room that is being served. It is for the host's own
    /// app, and never in an invite.
    pub fn host_key(&self, id: &str) -> Option<Secret> {
        self.rooms.get(id).map(|room| room.host.clone())
    }

    /// Whether a room that is being served lets in whoever knows the address.
    pub fn is_open(&self, id: &str) -> bool {
        self.rooms.get(id).is_some_and(|room| room.open)
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
    /// and all that was acknowledged is on disk.
    pub async fn stop(self) {
        let Self { database, tasks, stop, .. } = self;
        stop.cancel();
        tasks.close();
        // Every task has a second to say goodbye in; one that takes longer waits for a broken disk.
        if tokio::time::timeout(Duration::from_secs(5), tasks.wait()).await.is_err() {
            tracing::error!(tasks = tasks.len(), "stopped without waiting for the last tasks");
        }
        database.close().await;
    }

    async fn open_room(&self, stored: log::StoredRoom) -> Result<Invite, RoomError> {
        let log = self.database.log(&stored).await?;
        let log::StoredRoom { id, name, secret, host, open, .. } = stored;
        let presence = Presence::new(&self.limits, self.tasks.clone(), self.stop.clone());
        let delivery = Delivery::start(&log, &self.tasks, &self.stop);
        let (tickets, limits) = (Tickets::new(), self.limits.clone());
        let room =
            Room { id, name, secret, host, open, tickets, log, delivery, presence, at: self.host.clone(), limits };
        Ok(self.rooms.insert(room).invite())
    }
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
