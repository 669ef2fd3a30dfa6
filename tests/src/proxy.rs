//! A bad line between a client and a relay.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::watch,
    task::{JoinHandle, JoinSet},
};

/// Forwards connections to a relay, and lets faults befall them.
pub struct Proxy {
    addr: SocketAddr,
    lines: Lines,
    accepting: JoinHandle<()>,
}

/// The fault of each connection, none while it is well.
type Line = watch::Sender<Option<Fault>>;
type Lines = Arc<Mutex<Vec<Arc<Line>>>>;

/// What a connection can suffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Both sides see it broken.
    Cut,
    /// Whatever either side sends is swallowed, and neither is told.
    HalfOpen,
    /// One direction is forwarded no more, and the sender's buffers fill; the other goes on.
    Stall(Direction),
}

/// Where bytes are going.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// To the relay.
    Up,
    /// To the client.
    Down,
}

/// When a fault befalls a connection by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// After so many bytes in this direction.
    After(Direction, u64),
    /// When the relay sends these words: they don't pass any more.
    Before(&'static str),
}

/// What is to become of a connection; nothing ever, if `None`.
pub type Plan = Option<(When, Fault)>;

impl Fault {
    fn concerns(self, direction: Direction) -> bool {
        match self {
            Self::Cut | Self::HalfOpen => true,
            Self::Stall(stalled) => stalled == direction,
        }
    }
}

impl Proxy {
    /// Forwards to `relay`; each new connection gets the next plan.
    ///
    /// # Panics
    /// When there is no port left.
    pub async fn to(relay: SocketAddr, mut plans: impl FnMut() -> Plan + Send + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("there are free ports");
        let addr = listener.local_addr().expect("it is bound");
        let lines = Lines::default();
        let accepting = tokio::spawn({
            let lines = lines.clone();
            async move {
                let mut pipes = JoinSet::new();
                while let Ok((client, _)) = listener.accept().await {
                    let line = Arc::new(Line::new(None));
                    lines.lock().unwrap_or_else(PoisonError::into_inner).push(line.clone());
                    pipes.spawn(forward(client, relay, plans(), line));
                }
            }
        });
        Self { addr, lines, accepting }
    }

    /// A line that does nothing by itself.
    ///
    /// # Panics
    /// When there is no port left.
    pub async fn good(relay: SocketAddr) -> Self {
        Self::to(relay, || None).await
    }

    /// Where clients connect to.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Befalls every connection there is now.
    pub fn strikes(&self, fault: Fault) {
        for line in self.lines.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            line.send_replace(Some(fault));
        }
    }

    /// How many connections there were.
    pub fn connections(&self) -> usize {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn forward(client: TcpStream, relay: SocketAddr, plan: Plan, line: Arc<Line>) {
    // Not there: the client's connection ends with this one.
    let Ok(relay) = TcpStream::connect(relay).await else { return };
    // What is forwarded is to arrive as it was sent.
    let _closed = (client.set_nodelay(true), relay.set_nodelay(true));
    let ((from_client, to_client), (from_relay, to_relay)) = (client.into_split(), relay.into_split());
    let up = Pipe { direction: Direction::Up, line: line.clone(), plan, forwarded: 0, last: Vec::new() };
    let down = Pipe { direction: Direction::Down, line, plan, forwarded: 0, last: Vec::new() };
    tokio::join!(up.run(from_client, to_relay), down.run(from_relay, to_client));
}

/// One direction of a connection.
struct Pipe {
    direction: Direction,
    line: Arc<Line>,
    plan: Plan,
    forwarded: u64,
    /// The end of what was forwarded: the words that are waited for may come in two parts.
    last: Vec<u8>,
}

impl Pipe {
    async fn run(mut self, mut from: OwnedReadHalf, mut to: OwnedWriteHalf) {
        let mut struck = self.line.subscribe();
        let direction = self.direction;
        let mut concerns = async || match struck.wait_for(|fault| fault.is_some_and(|f| f.concerns(direction))).await {
            Ok(fault) => *fault,
            Err(_) => None,
        };
        let mut buffer = vec![0; 16 * 1024];
        let fault = loop {
            let read = tokio::select! {
                biased;
                fault = concerns() => break fault,
                read = from.read(&mut buffer) => read.unwrap_or(0),
            };
            if read == 0 {
                break None;
            }
            let passes = self.passes(&buffer[..read]);
            tokio::select! {
                biased;
                written = to.write_all(&buffer[..passes]) => if written.is_err() { break None },
                fault = concerns() => break fault,
            }
        };
        match fault {
            // The other direction learns of it: what ends for one side ends for both.
            None | Some(Fault::Cut) => {
                self.line.send_replace(Some(Fault::Cut));
            }
            Some(Fault::HalfOpen) => {
                while from.read(&mut buffer).await.is_ok_and(|read| read > 0) {}
                // Never closed, until the proxy goes.
                std::future::pending::<()>().await;
            }
            Some(Fault::Stall(_)) => {
                // The sockets stay open until the other direction ends.
                let _cut = struck.wait_for(|fault| *fault == Some(Fault::Cut)).await;
            }
        }
    }

    /// How many of these bytes pass; with them the fault strikes if it is due.
    fn passes(&mut self, bytes: &[u8]) -> usize {
        let due = self.plan.and_then(|(when, fault)| Some((self.due(when, bytes)?, fault)));
        self.forwarded += bytes.len() as u64;
        let Some((at, fault)) = due else { return bytes.len() };
        self.plan = None;
        self.line.send_replace(Some(fault));
        if fault.concerns(self.direction) { at } else { bytes.len() }
    }

    /// Where in these bytes the fault strikes.
    fn due(&mut self, when: When, bytes: &[u8]) -> Option<usize> {
        match when {
            When::After(direction, most) => {
                let left = usize::try_from(most.saturating_sub(self.forwarded)).ok()?;
                (direction == self.direction && left < bytes.len()).then_some(left)
            }
            When::Before(words) if self.direction == Direction::Down => {
                let before = self.last.len();
                self.last.extend_from_slice(bytes);
                let found = self.last.windows(words.len()).position(|window| window == words.as_bytes());
                self.last.drain(..self.last.len().saturating_sub(words.len() - 1));
                found.map(|at| at.saturating_sub(before))
            }
            When::Before(_) => None,
        }
    }
}
