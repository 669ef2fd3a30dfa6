//! One client's socket, as cheap as it can be: millions of frames pass through it, on one core.

use std::{cell::RefCell, io::ErrorKind, sync::Arc};

use anyhow::{Context, Result, bail, ensure};
use tokio::net::TcpStream;

use crate::{frames, servers::Server};

/// What one read takes at most.
const READ: usize = 128 * 1024;

thread_local! {
    /// All sockets read into the same memory, which so stays in the core's cache.
    static SCRATCH: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// A WebSocket that was let in by the server, and has said nothing yet.
pub(crate) struct Socket {
    stream: Arc<TcpStream>,
    /// What was received and not handed over: mostly the beginning of a frame whose rest hasn't come yet.
    begun: Vec<u8>,
}

impl Socket {
    /// Connects and upgrades.
    pub(crate) async fn open(server: &Server) -> Result<Self> {
        let stream = TcpStream::connect(&server.authority).await?;
        stream.set_nodelay(true)?;
        let mut socket = Self::over(stream);
        let request = format!(
            "GET {} HTTP/1.1\r\nhost: {}\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
             sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n{}\r\n",
            server.dialect.path(),
            server.authority,
            server.dialect.headers(),
        );
        socket.sender().send(request.as_bytes()).await?;
        socket.upgraded().await.context("the server upgrades no socket")?;
        Ok(socket)
    }

    pub(crate) fn over(stream: TcpStream) -> Self {
        Self { stream: Arc::new(stream), begun: Vec::new() }
    }

    async fn upgraded(&mut self) -> Result<()> {
        const END: &[u8] = b"\r\n\r\n";
        loop {
            self.more().await?;
            if let Some(end) = self.begun.windows(END.len()).position(|window| window == END) {
                ensure!(self.begun.starts_with(b"HTTP/1.1 101 "), "{}", self.begun.escape_ascii());
                self.begun.drain(..end + END.len());
                return Ok(());
            }
        }
    }

    /// Waits for bytes and keeps them.
    async fn more(&mut self) -> Result<()> {
        self.stream.readable().await?;
        match self.stream.try_read_buf(&mut self.begun) {
            Ok(0) => bail!("the server closed the connection"),
            Ok(_) => Ok(()),
            Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Says that nobody is here any more.
    pub(crate) async fn leave(self) -> Result<()> {
        self.sender().send(&frames::LEAVE).await
    }

    /// The side that sends, for whoever keeps the schedule.
    pub(crate) fn sender(&self) -> Sender {
        Sender(self.stream.clone())
    }

    /// Waits for what comes next and hands over the payload of each whole text frame. Answers pings.
    ///
    /// # Errors
    /// The other side closed the socket, or it broke.
    pub(crate) async fn read(&mut self, take: impl FnMut(&[u8])) -> Result<()> {
        if frames::next(&self.begun).is_none() {
            self.stream.readable().await?;
        }
        if self.read_ready(take)? {
            self.sender().send(&frames::PONG).await?;
        }
        Ok(())
    }

    /// Takes what is there; true when a ping wants its answer.
    fn read_ready(&mut self, mut take: impl FnMut(&[u8])) -> Result<bool> {
        SCRATCH.with_borrow_mut(|scratch| {
            let begun = self.begun.len();
            if scratch.len() < begun + READ {
                scratch.resize(begun + READ, 0);
            }
            scratch[..begun].copy_from_slice(&self.begun);
            let read = match self.stream.try_read(&mut scratch[begun..]) {
                Ok(0) => bail!("the server closed the connection"),
                Ok(read) => read,
                Err(error) if error.kind() == ErrorKind::WouldBlock => 0,
                Err(error) => return Err(error.into()),
            };
            let received = &scratch[..begun + read];
            let (mut pinged, mut closed) = (false, false);
            let used = frames::each(received, |opcode, payload| match opcode {
                frames::TEXT => take(payload),
                frames::CLOSE => closed = true,
                frames::PING => pinged = true,
                _ => {}
            });
            self.begun.clear();
            self.begun.extend_from_slice(&received[used..]);
            ensure!(!closed, "the server closed the socket");
            Ok(pinged)
        })
    }

    /// Waits for one text frame; what comes behind it stays for the next.
    pub(crate) async fn next(&mut self) -> Result<String> {
        loop {
            let Some((opcode, start, end)) = frames::next(&self.begun) else {
                self.more().await?;
                continue;
            };
            let payload = String::from_utf8_lossy(&self.begun[start..end]).into_owned();
            self.begun.drain(..end);
            ensure!(opcode != frames::CLOSE, "the server closed the socket");
            if opcode == frames::TEXT {
                return Ok(payload);
            }
        }
    }
}

/// The side of a socket that sends.
#[derive(Clone)]
pub(crate) struct Sender(Arc<TcpStream>);

impl Sender {
    /// Sends bytes as they are.
    pub(crate) async fn send(&self, mut bytes: &[u8]) -> Result<()> {
        while !bytes.is_empty() {
            self.0.writable().await?;
            bytes = self.send_some(bytes)?;
        }
        Ok(())
    }

    /// Sends from a thread of its own, outside the runtime.
    pub(crate) fn send_blocking(&self, mut bytes: &[u8]) -> Result<()> {
        while !bytes.is_empty() {
            let left = self.send_some(bytes)?;
            if left.len() == bytes.len() {
                // The server reads nothing. However long that takes, it counts: the schedule goes on.
                std::thread::yield_now();
            }
            bytes = left;
        }
        Ok(())
    }

    fn send_some<'a>(&self, bytes: &'a [u8]) -> Result<&'a [u8]> {
        match self.0.try_write(bytes) {
            Ok(sent) => Ok(&bytes[sent..]),
            Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(bytes),
            Err(error) => Err(error.into()),
        }
    }
}
