//! A relay in this process, with one room.

use std::net::{Ipv4Addr, SocketAddr};

use snug_relay::{
    Config, Invite, Limits, Relay, RelayHandle,
    wire::{ClientFrame, Join},
};
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::TestClient;

/// In a story people say in a second what they say in a day elsewhere. Stories about their pace set it anew.
const HURRIED: Limits = Limits { frames_per_second: 1 << 30, bytes_per_second: 1 << 30, ..Limits::DEFAULT };

/// A relay with one room on a free port, its data in a directory that goes with it.
pub struct TestRelay {
    handle: RelayHandle,
    data: TempDir,
    limits: Limits,
    /// The room's invite.
    pub invite: Invite,
}

impl TestRelay {
    /// A room that takes the invite's secret.
    pub async fn start() -> Self {
        Self::with(|_| {}).await
    }

    /// A room that lets in whoever knows the address.
    pub async fn open() -> Self {
        Self::make(HURRIED, true, Ipv4Addr::LOCALHOST).await
    }

    /// A room whose limits differ from the defaults.
    pub async fn with(change: impl FnOnce(&mut Limits)) -> Self {
        let mut limits = HURRIED;
        change(&mut limits);
        Self::make(limits, false, Ipv4Addr::LOCALHOST).await
    }

    /// A room that takes the invite's secret, at another address than loopback's.
    pub async fn on(ip: Ipv4Addr) -> Self {
        Self::make(HURRIED, false, ip).await
    }

    async fn make(limits: Limits, open: bool, ip: Ipv4Addr) -> Self {
        let data = tempfile::tempdir().expect("a temporary directory can be made");
        let handle = serve(&data, &limits, SocketAddr::from((ip, 0))).await;
        let invite = handle.create_room("Den", open).await.expect("a room can be made");
        Self { handle, data, limits, invite }
    }

    /// Stops the relay and starts another on the same data and the same port.
    pub async fn restart(self) -> Self {
        self.pause().await.resume().await
    }

    /// Stops it until it is [resumed](Paused::resume): a host that is away for a while.
    pub async fn pause(self) -> Paused {
        let Self { handle, data, limits, invite } = self;
        let addr = handle.addr();
        handle.stop().await;
        Paused { addr, data, limits, invite }
    }

    /// Stops it; what comes back is where it was and what it kept.
    pub async fn stop(self) -> (SocketAddr, TempDir) {
        let Paused { addr, data, .. } = self.pause().await;
        (addr, data)
    }

    /// The room's invite link.
    pub fn link(&self) -> String {
        self.invite.link(self.addr())
    }

    /// The link that makes one the room's host.
    ///
    /// # Panics
    /// When the room isn't served.
    pub fn host_link(&self) -> String {
        let key = self.handle.host_key(&self.invite.room).expect("the room is served");
        self.invite.host_link(self.addr(), &key)
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.handle.addr()
    }

    /// The relay itself.
    pub fn handle(&self) -> &RelayHandle {
        &self.handle
    }

    /// Where it keeps its rooms.
    pub fn data(&self) -> &std::path::Path {
        self.data.path()
    }

    /// A socket that hasn't joined yet.
    pub async fn connect(&self) -> TestClient {
        TestClient::connect(self.addr()).await
    }

    /// Somebody who followed the invite.
    pub async fn join(&self, nickname: &str) -> TestClient {
        let device: String = nickname.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        self.join_as(nickname, &format!("the-device-of-{device}")).await
    }

    /// The host, by the key that only its app has.
    pub async fn joins_as_host(&self) -> TestClient {
        let mut host = self.connect().await;
        let key = self.handle.host_key(&self.invite.room).expect("the room is served").to_string();
        host.send(&ClientFrame::Join(Join {
            room: Some(self.invite.room.clone()),
            host: Some(key),
            ..Join::default()
        }))
        .await;
        assert!(host.welcomed().await.you.host);
        host
    }

    /// Somebody who has only the address, and waits at the door.
    pub async fn knock(&self, nickname: &str, device: &str) -> TestClient {
        let mut client = self.connect().await;
        client.knocks(&self.invite.room, nickname, device).await;
        client.waits().await;
        client
    }

    /// Somebody who asks to be let in with this behind the `#`.
    pub async fn asks_with(&self, secret: &str, device: &str) -> TestClient {
        let mut client = self.connect().await;
        let (room, secret, device) = (self.invite.room.clone(), secret.to_owned(), device.to_owned());
        client.asks(Join { room: Some(room), secret: Some(secret), device: Some(device), ..Join::default() }).await;
        client
    }

    /// Somebody who followed the invite on a certain device.
    pub async fn join_as(&self, nickname: &str, device: &str) -> TestClient {
        let mut client = self.connect().await;
        client.join(&self.invite, nickname, device, None).await;
        client
    }
}

/// A relay that is stopped for a while.
pub struct Paused {
    addr: SocketAddr,
    data: TempDir,
    limits: Limits,
    invite: Invite,
}

impl Paused {
    /// Where it keeps its rooms.
    pub fn data(&self) -> &std::path::Path {
        self.data.path()
    }

    /// Starts it again on the same data, at the same port of another address.
    pub async fn resume_on(mut self, ip: Ipv4Addr) -> TestRelay {
        self.addr.set_ip(ip.into());
        self.resume().await
    }

    /// Starts it again, on the same data and at the same address.
    pub async fn resume(self) -> TestRelay {
        let Self { addr, data, limits, invite } = self;
        let handle = serve(&data, &limits, addr).await;
        let invite = handle.serve_room(&invite.room).await.expect("the room is still there");
        TestRelay { handle, data, limits, invite }
    }
}

async fn serve(data: &TempDir, limits: &Limits, addr: SocketAddr) -> RelayHandle {
    let listener = TcpListener::bind(addr).await.expect("the port is free");
    let config = Config { limits: limits.clone(), ..Config::new(data.path()) };
    Relay::start(config, listener).await.expect("the relay starts")
}
