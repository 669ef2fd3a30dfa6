//! The page's only way to the network: WebSocket connections the shell opens for it.
//!
//! Each connection is one task. Frames go up in order as they come, no faster than the page takes them
//! ([`Uplink`]); what the page sends is written in order, and a send is done when the system has it.

use std::{
    collections::HashMap,
    future::Future,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures_util::{
    SinkExt, StreamExt,
    stream::{SplitSink, SplitStream},
};
use tokio::{
    net::TcpStream,
    sync::{mpsc, oneshot},
    time::timeout,
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        self, Message,
        error::CapacityError,
        protocol::{CloseFrame, frame::coding::CloseCode},
    },
};

use crate::{
    api::{Connected, SocketEvent},
    dial::{self, Heard},
    error::Error,
    uplink::Uplink,
};

/// How long a write may find no room in the other side's buffers before the connection counts as dead.
/// The page's own heartbeat notices a silent relay; this notices one that stopped reading.
const WRITE_DEADLINE: Duration = Duration::from_secs(15);

/// How long the other side may take to say goodbye.
const GOODBYE: Duration = Duration::from_secs(2);

/// How much may wait to be written before sending is refused: a page of ours waits for each send long
/// before that.
const QUEUE_BYTES: usize = 8 * 1024 * 1024;

/// A page of ours has one connection, two while it changes rooms.
const CONNECTIONS: usize = 16;

type Socket = WebSocketStream<TcpStream>;

/// Every connection the page has open.
#[derive(Debug, Clone, Default)]
pub(crate) struct Connections(Arc<Mutex<Open>>);

#[derive(Debug, Default)]
struct Open {
    /// Which page these belong to: a connection that was still being made when the page was replaced
    /// belongs to nobody.
    page: u64,
    last: u32,
    by_id: HashMap<u32, Handle>,
}

/// Dropping it ends the connection, after what is queued has been written.
#[derive(Debug)]
struct Handle {
    /// Whom it is to.
    authority: String,
    queue: mpsc::UnboundedSender<Outgoing>,
    queued: Arc<AtomicUsize>,
}

#[derive(Debug)]
struct Outgoing {
    text: String,
    written: oneshot::Sender<()>,
}

/// How a connection ended.
#[derive(Debug, PartialEq, Eq)]
struct Ending {
    code: u16,
    reason: String,
    /// Whether the other side said goodbye, or is past hearing ours.
    heard: bool,
}

impl Connections {
    /// Opens `ws://<address>/ws` at whichever of the addresses answers, tried in this order; its frames go to
    /// `uplink`.
    ///
    /// # Errors
    /// [`Error::BadAddress`], [`Error::Unreachable`], [`Error::Refused`].
    pub(crate) async fn connect(
        &self,
        addresses: &[String],
        heard: Option<Heard>,
        uplink: Uplink,
    ) -> Result<Connected, Error> {
        let page = {
            let open = self.lock();
            if open.by_id.len() >= CONNECTIONS {
                return Err(Error::BadInput("too many connections are open"));
            }
            open.page
        };
        let (socket, address) = dial::dial(addresses, heard.clone()).await?;
        let (queue, outgoing) = mpsc::unbounded_channel();
        let queued = Arc::new(AtomicUsize::new(0));
        let mut open = self.lock();
        if open.page != page {
            return Err(Error::NotConnected);
        }
        open.last += 1;
        let id = open.last;
        let handle = Handle { authority: address.clone(), queue, queued: queued.clone() };
        open.by_id.insert(id, handle);
        drop(open);
        let (connections, at) = (self.clone(), address.clone());
        tokio::spawn(async move {
            let (mut sink, mut stream) = socket.split();
            let ending = tokio::select! {
                ending = carry(&mut sink, &mut stream, outgoing, &queued, &uplink) => ending,
                () = dial::moved(heard, &at) => Ending::lost("the host has moved"),
            };
            tracing::debug!(id, code = ending.code, "connection ended");
            connections.lock().by_id.remove(&id);
            let (code, reason) = (ending.code, ending.reason.clone());
            uplink.send(SocketEvent::Closed { code, reason }).await;
            goodbye(&mut sink, &mut stream, &ending).await;
        });
        Ok(Connected { connection: id, address })
    }

    /// Whether a connection to there is open.
    pub(crate) fn reach(&self, authority: &str) -> bool {
        self.lock().by_id.values().any(|handle| handle.authority == authority)
    }

    /// Queues a text frame at once, so that frames leave in the order of these calls; the future is
    /// done when the system has taken it.
    ///
    /// # Errors
    /// [`Error::NotConnected`], at once or from the future when the connection ends first.
    pub(crate) fn send(&self, id: u32, text: String) -> Result<impl Future<Output = Result<(), Error>> + use<>, Error> {
        let open = self.lock();
        let handle = open.by_id.get(&id).ok_or(Error::NotConnected)?;
        let bytes = text.len();
        if handle.queued.fetch_add(bytes, Ordering::Relaxed) + bytes > QUEUE_BYTES {
            handle.queued.fetch_sub(bytes, Ordering::Relaxed);
            return Err(Error::BadInput("too much is waiting to be sent"));
        }
        let (written, done) = oneshot::channel();
        handle.queue.send(Outgoing { text, written }).map_err(|_| Error::NotConnected)?;
        Ok(async move { done.await.map_err(|_| Error::NotConnected) })
    }

    /// Ends a connection once what is queued has been written. Its `closed` follows.
    pub(crate) fn disconnect(&self, id: u32) {
        self.lock().by_id.remove(&id);
    }

    /// Whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.lock().by_id.is_empty()
    }

    /// Ends every connection: the page they belong to is gone.
    pub(crate) fn close_all(&self) {
        let mut open = self.lock();
        open.page += 1;
        open.by_id.clear();
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Carries frames both ways until one side ends it. Reading and writing don't wait for each other:
/// two sides that both write before they read would stand still for ever.
async fn carry(
    sink: &mut SplitSink<Socket, Message>,
    stream: &mut SplitStream<Socket>,
    mut outgoing: mpsc::UnboundedReceiver<Outgoing>,
    queued: &AtomicUsize,
    uplink: &Uplink,
) -> Ending {
    tokio::select! {
        ending = read(stream, uplink) => ending,
        ending = write(sink, &mut outgoing, queued) => ending,
    }
}

async fn read(stream: &mut SplitStream<Socket>, uplink: &Uplink) -> Ending {
    loop {
        match stream.next().await {
            Some(Ok(Message::Text(text))) => {
                uplink.send(SocketEvent::Frame { text: text.as_str().to_owned() }).await;
            }
            // tungstenite answers pings by itself, as it reads on.
            Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => {}
            Some(Ok(Message::Binary(_))) => return Ending::ours(CloseCode::Unsupported, "only text was expected"),
            Some(Ok(Message::Close(frame))) => return Ending::theirs(frame),
            Some(Err(error)) => return Ending::broken(&error),
            None => return Ending::lost("the connection was cut"),
        }
    }
}

async fn write(
    sink: &mut SplitSink<Socket, Message>,
    outgoing: &mut mpsc::UnboundedReceiver<Outgoing>,
    queued: &AtomicUsize,
) -> Ending {
    // What has queued up goes out in one write.
    let mut batch = Vec::new();
    while outgoing.recv_many(&mut batch, 64).await > 0 {
        let written = timeout(WRITE_DEADLINE, async {
            for message in &mut batch {
                let text = std::mem::take(&mut message.text);
                queued.fetch_sub(text.len(), Ordering::Relaxed);
                sink.feed(Message::text(text)).await?;
            }
            sink.flush().await
        });
        match written.await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => return Ending::broken(&error),
            Err(_) => return Ending::lost("the other side stopped reading"),
        }
        for message in batch.drain(..) {
            // The page may have gone without waiting for it.
            let _ = message.written.send(());
        }
    }
    Ending::ours(CloseCode::Normal, "")
}

/// Says why, and lets the other side answer, so that its own side ends in order too.
async fn goodbye(sink: &mut SplitSink<Socket, Message>, stream: &mut SplitStream<Socket>, ending: &Ending) {
    let polite = async {
        if ending.heard {
            // The answer to the other side's goodbye is queued already.
            return sink.flush().await;
        }
        let frame = CloseFrame { code: ending.code.into(), reason: ending.reason.as_str().into() };
        sink.send(Message::Close(Some(frame))).await?;
        while let Some(Ok(message)) = stream.next().await {
            if message.is_close() {
                break;
            }
        }
        Ok(())
    };
    // It's over either way.
    let _ = timeout(GOODBYE, polite).await;
}

impl Ending {
    fn ours(code: CloseCode, reason: &str) -> Self {
        Self { code: code.into(), reason: reason.into(), heard: false }
    }

    fn theirs(frame: Option<CloseFrame>) -> Self {
        let (code, reason) = match frame {
            Some(frame) => (frame.code, frame.reason.as_str().to_owned()),
            None => (CloseCode::Status, String::new()),
        };
        Self { code: code.into(), reason, heard: true }
    }

    fn lost(reason: impl Into<String>) -> Self {
        Self { code: CloseCode::Abnormal.into(), reason: reason.into(), heard: true }
    }

    fn broken(error: &tungstenite::Error) -> Self {
        use tungstenite::Error::{Capacity, Protocol, Utf8};
        match error {
            Capacity(CapacityError::MessageTooLong { .. }) => Self::ours(CloseCode::Size, "a frame is too large"),
            Utf8(_) => Self::ours(CloseCode::Invalid, "a frame is not UTF-8"),
            Protocol(tungstenite::error::ProtocolError::ResetWithoutClosingHandshake) => {
                Self::lost("the connection was cut")
            }
            Protocol(_) => Self::ours(CloseCode::Protocol, "the other side broke the protocol"),
            other => Self::lost(other.to_string()),
        }
    }
}

#[cfg(test)]
#[path = "connection_tests.rs"]
mod tests;
