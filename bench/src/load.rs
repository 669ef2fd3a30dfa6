//! The load: sockets that read all they get, some of which send as fast as they are answered.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use anyhow::{Context, Result};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
};
use tokio_tungstenite::{client_async, tungstenite::client::IntoClientRequest};

use crate::{frames, servers::Server};

/// What is asked of a server.
pub(crate) struct Load {
    pub(crate) sockets: usize,
    pub(crate) senders: usize,
    pub(crate) outstanding: u32,
    pub(crate) text: String,
}

/// Totals since the load began.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Counted {
    deliveries: u64,
    messages: u64,
}

/// What happened within a while.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Measured {
    pub(crate) deliveries_per_second: f64,
    pub(crate) messages_per_second: f64,
}

impl Measured {
    #[expect(clippy::cast_precision_loss, reason = "figures for people")]
    pub(crate) fn between(before: Counted, after: Counted, took: Duration) -> Self {
        let rate = |before: u64, after: u64| (after - before) as f64 / took.as_secs_f64();
        Self {
            deliveries_per_second: rate(before.deliveries, after.deliveries),
            messages_per_second: rate(before.messages, after.messages),
        }
    }
}

/// A load that goes on until it is stopped.
pub(crate) struct Running {
    counters: Arc<Counters>,
    sockets: JoinSet<()>,
}

#[derive(Default)]
struct Counters {
    deliveries: AtomicU64,
    messages: AtomicU64,
}

impl Running {
    pub(crate) fn counted(&self) -> Counted {
        let Counters { deliveries, messages } = &*self.counters;
        Counted { deliveries: deliveries.load(Relaxed), messages: messages.load(Relaxed) }
    }

    pub(crate) fn stop(mut self) {
        self.sockets.abort_all();
    }
}

impl Load {
    /// Opens every socket, then lets the senders loose.
    pub(crate) async fn start(self, server: &Server) -> Result<Running> {
        let counters = Arc::new(Counters::default());
        let mut opened = Vec::new();
        for number in 0..self.sockets {
            let stream = open(server).await.with_context(|| format!("socket {number}"))?;
            opened.push(stream);
        }
        let mut sockets = JoinSet::new();
        for (number, stream) in opened.into_iter().enumerate() {
            let sends = if number < self.senders { self.outstanding } else { 0 };
            let mut socket = Socket {
                stream,
                number,
                counters: counters.clone(),
                text: self.text.clone(),
                snug: server.speaks_snug,
                due: sends,
                sent: 0,
                last_seq: 0,
            };
            sockets.spawn(async move {
                // It ends with the server, which is stopped first.
                let _ended = socket.run().await;
            });
        }
        Ok(Running { counters, sockets })
    }
}

/// Opens a socket and joins; from here on the bytes are ours.
async fn open(server: &Server) -> Result<TcpStream> {
    let stream = TcpStream::connect(&server.authority).await?;
    stream.set_nodelay(true)?;
    let path = if server.speaks_snug { "/ws" } else { "/" };
    let mut request = format!("ws://{}{path}", server.authority).into_client_request()?;
    if server.speaks_snug {
        request.headers_mut().insert("sec-websocket-protocol", "snug.v1".parse()?);
    }
    let (socket, _) = client_async(request, stream).await?;
    let mut stream = socket.into_inner();
    if server.speaks_snug {
        let mut join = Vec::new();
        frames::text(&json!({ "type": "join", "payload": {} }).to_string(), &mut join);
        stream.write_all(&join).await?;
    }
    Ok(stream)
}

struct Socket {
    stream: TcpStream,
    number: usize,
    counters: Arc<Counters>,
    text: String,
    snug: bool,
    /// Messages it may send now.
    due: u32,
    sent: u64,
    last_seq: u64,
}

impl Socket {
    async fn run(&mut self) -> Result<()> {
        let (mut received, mut outgoing) = (Vec::with_capacity(256 * 1024), Vec::new());
        loop {
            for _ in 0..std::mem::take(&mut self.due) {
                let message = self.message();
                frames::text(&message, &mut outgoing);
            }
            if !outgoing.is_empty() {
                self.stream.write_all(&outgoing).await?;
                outgoing.clear();
            }
            anyhow::ensure!(self.stream.read_buf(&mut received).await? > 0, "the server closed the socket");
            let mut pong = false;
            let mut answered = 0;
            let used = frames::each(&received, |opcode, payload| match opcode {
                1 => answered += self.count(payload),
                9 => pong = true,
                _ => {}
            });
            received.drain(..used);
            if self.is_sender() {
                self.due = answered;
            }
            if pong {
                outgoing.extend([0x8a, 0x80, 0, 0, 0, 0]);
            }
        }
    }

    fn is_sender(&self) -> bool {
        self.sent > 0
    }

    fn message(&mut self) -> String {
        self.sent += 1;
        let payload = if self.snug {
            json!({ "id": format!("{}-{}", self.number, self.sent), "text": self.text })
        } else {
            // The number tells a sender its own messages, as the id does above.
            json!(format!("{:05}{}", self.number, self.text.get(5..).unwrap_or_default()))
        };
        json!({ "type": "new_message", "payload": payload }).to_string()
    }

    /// Counts what a frame delivers; returns how many of this socket's own messages it answers.
    fn count(&mut self, frame: &[u8]) -> u32 {
        if !self.snug {
            self.counters.deliveries.fetch_add(1, Relaxed);
            let own = self.is_sender() && frame.get(11..16) == Some(format!("{:05}", self.number).as_bytes());
            if own {
                self.counters.messages.fetch_add(1, Relaxed);
            }
            return own.into();
        }
        if frame.starts_with(br#"{"type":"ack""#) {
            self.counters.messages.fetch_add(1, Relaxed);
            return 1;
        }
        if frame.starts_with(br#"{"type":"events""#)
            && let Some(seq) = last_seq(frame)
        {
            // Places are gapless, so the last one tells how many there were.
            self.counters.deliveries.fetch_add(seq - self.last_seq, Relaxed);
            self.last_seq = seq;
        }
        0
    }
}

fn last_seq(frame: &[u8]) -> Option<u64> {
    const MARK: &[u8] = br#"{"seq":"#;
    let at = frame.windows(MARK.len()).rposition(|window| window == MARK)? + MARK.len();
    let digits = frame[at..].iter().take_while(|byte| byte.is_ascii_digit());
    Some(digits.fold(0, |number, digit| number * 10 + u64::from(digit - b'0')))
}

#[cfg(test)]
mod tests {
    use super::last_seq;

    #[test]
    fn the_last_place_in_a_frame_is_found() {
        let frame = br#"{"type":"events","payload":{"events":[{"seq":9,"at":1},{"seq":10,"at":1,"body":{}}]}}"#;
        assert_eq!(last_seq(frame), Some(10));
        assert_eq!(last_seq(b"{}"), None);
    }
}
