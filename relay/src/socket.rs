//! One WebSocket: reads that tell what went wrong, writes that never wait for ever, closes with the
//! code the standard has for the reason.

mod frames;
#[cfg(target_os = "linux")]
mod pages;
mod parcel;

use std::{
    convert::Infallible,
    io::{self, IoSlice},
    net::Shutdown,
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::FutureExt;
use socket2::SockRef;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Control, Data, OpCode};
use tokio_util::sync::CancellationToken;

use crate::{
    config::Limits,
    pace::{Allowance, Pace},
    restraint::Restraint,
    source::Source,
    wire::{ErrorCode, Frame, ServerFrame, WireError},
};
use frames::{Incoming, Message};
pub(crate) use parcel::{Parcel, framed};

/// Frames up to this size are gathered into one buffer; larger ones go out from where they are, which
/// is the same memory for all who are sent them.
const COPIED: usize = 4 * 1024;

/// So much is gathered before it is written.
const GATHERED: usize = 16 * 1024;

/// How much is asked for in one read: little at first, then as much as keeps coming.
const READ: std::ops::RangeInclusive<usize> = 2 * 1024..=64 * 1024;

/// Reads in a row that bring nothing to pass on, before it is another's turn: whoever sends faster than it is
/// read doesn't get all of the thread for that.
const READS: usize = 8;

/// Why a socket ended.
#[derive(Debug)]
pub(crate) enum End {
    /// The other side closed it; `on_purpose` when it said that it is leaving.
    Closed { on_purpose: bool },
    /// It broke, or stopped reading.
    Broken,
    /// We refuse to go on, and say so.
    Refused(WireError),
}

impl From<WireError> for End {
    fn from(error: WireError) -> Self {
        Self::Refused(error)
    }
}

/// A socket and its deadlines. Quiet, it holds no buffers.
pub(crate) struct Socket {
    stream: Arc<TcpStream>,
    from: Source,
    incoming: Incoming,
    appetite: usize,
    pace: Arc<Pace>,
    /// What hosts decide about who is in by it.
    restraint: Option<Arc<Restraint>>,
    /// Bytes read, and not charged yet.
    uncharged: usize,
    /// Until when nothing is read, because more came than may come at once.
    rests_until: Option<tokio::time::Instant>,
    /// What is gathered for the next write.
    outgoing: Vec<u8>,
    /// A frame went out in part and the rest of it can't follow any more.
    torn: bool,
    stop: CancellationToken,
    heard: Instant,
    stall: Duration,
    ping: Duration,
    silence: Duration,
}

impl Socket {
    /// Takes over a stream whose client was just told that WebSocket is spoken on it; `received` came
    /// along with its request. Until it is [let in](Self::let_in), it is read only as much from as that takes.
    pub(crate) fn new(
        (stream, received): (TcpStream, Vec<u8>),
        from: Source,
        limits: &Limits,
        stop: CancellationToken,
    ) -> Self {
        Self {
            stream: Arc::new(stream),
            from,
            uncharged: received.len(),
            incoming: Incoming::new(received, limits.join_bytes),
            appetite: *READ.start(),
            pace: Arc::new(Pace::new(Allowance::new(limits))),
            restraint: None,
            rests_until: None,
            outgoing: Vec::new(),
            torn: false,
            stop,
            heard: Instant::now(),
            stall: Duration::from_millis(limits.stall_ms),
            ping: Duration::from_millis(limits.ping_ms),
            silence: Duration::from_millis(limits.silence_ms),
        }
    }

    /// Where it comes from.
    pub(crate) fn from(&self) -> Source {
        self.from
    }

    /// The stream itself, for whoever writes to it in this socket's stead.
    pub(crate) fn stream(&self) -> Arc<TcpStream> {
        self.stream.clone()
    }

    /// Its client is a member now, and may say what members may, at the pace of all its sockets together, until a
    /// host puts them out.
    pub(crate) fn let_in(&mut self, pace: Arc<Pace>, restraint: Arc<Restraint>, limits: &Limits) {
        self.incoming.read_up_to(limits.frame_bytes);
        self.pace = pace;
        self.restraint = Some(restraint);
    }

    /// Waits until they are.
    async fn put_out(&self) {
        match &self.restraint {
            Some(restraint) => restraint.ends().await,
            None => std::future::pending().await,
        }
    }

    /// Counts what came since the last time, and so many frames more.
    pub(crate) fn charge(&mut self, more: u32) {
        let (frames, bytes) = (self.incoming.count() + more as usize, std::mem::take(&mut self.uncharged));
        if frames > 0 || bytes > 0 {
            self.rests_until = self.pace.charge(frames, bytes);
        }
    }

    /// Whether more came than may come at once, so that nothing is read for the moment.
    fn rests(&self) -> bool {
        self.rests_until.is_some_and(|until| until > tokio::time::Instant::now())
    }

    /// Waits until it may be read from again. Cancel safe.
    async fn rested(&mut self) {
        if let Some(until) = self.rests_until {
            tokio::time::sleep_until(until).await;
            self.rests_until = None;
        }
    }

    /// The next text frame; `None` when something came that only has to be answered, which the next
    /// [`flush`](Self::flush) does. Cancel safe.
    pub(crate) async fn text(&mut self) -> Result<Option<Frame>, End> {
        loop {
            for _ in 0..READS {
                self.charge(0);
                self.rested().await;
                let text = self.received()?;
                if text.is_some() || !self.outgoing.is_empty() {
                    return Ok(text);
                }
                self.fill().await?;
            }
            tokio::task::yield_now().await;
        }
    }

    /// The next text frame, if one has arrived already.
    pub(crate) fn text_at_hand(&mut self) -> Result<Option<Frame>, End> {
        for _ in 0..READS {
            if self.uncharged > 0 {
                self.charge(0);
            }
            if self.rests() {
                break;
            }
            if let Some(text) = self.received()? {
                return Ok(Some(text));
            }
            match self.fill().now_or_never() {
                Some(filled) => filled?,
                None => break,
            }
        }
        Ok(None)
    }

    /// The next text frame of those that were read; answers what only the socket is concerned with.
    fn received(&mut self) -> Result<Option<Frame>, End> {
        while let Some(message) = self.incoming.next()? {
            match message {
                Message::Text(text) => return Ok(Some(text)),
                Message::Ping(payload) => self.pong(&payload),
                Message::Pong => {}
                Message::Close(code) => {
                    frames::close(code, "", &mut self.outgoing);
                    // 1000 is what a program says when its person leaves; a closed tab says 1001.
                    return Err(End::Closed { on_purpose: code == Some(1000) });
                }
            }
        }
        Ok(None)
    }

    /// Waits until something comes, and reads it. Cancel safe.
    async fn fill(&mut self) -> Result<(), End> {
        loop {
            // The buffer is made when there is something to put into it.
            self.stream.readable().await.map_err(|_| End::Broken)?;
            let into = self.incoming.spare(self.appetite);
            let room = into.capacity() - into.len();
            let read = match self.stream.try_read_buf(into) {
                Ok(0) => return Err(End::Broken),
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.incoming.forget();
                    continue;
                }
                Err(_) => return Err(End::Broken),
            };
            self.uncharged += read;
            self.appetite = if read == room { (self.appetite * 4).min(*READ.end()) } else { *READ.start() };
            self.heard = Instant::now();
            return Ok(());
        }
    }

    /// Answers a ping, unless the answers to earlier ones haven't gone out yet.
    fn pong(&mut self, payload: &[u8]) {
        if self.outgoing.len() < GATHERED {
            frames::header(OpCode::Control(Control::Pong), payload.len(), &mut self.outgoing);
            self.outgoing.extend_from_slice(payload);
        }
    }

    /// Sends what a pass of the delivery couldn't, in full or in part.
    pub(crate) async fn complete(&mut self, rest: &[u8]) -> Result<(), End> {
        if rest.is_empty() {
            return Ok(());
        }
        // What was gathered meanwhile goes after it.
        let gathered = std::mem::take(&mut self.outgoing);
        let sent = self.send(rest).await;
        self.outgoing = gathered;
        sent
    }

    /// Gathers a frame, or sends it; it is out with the next [`flush`](Self::flush) at the latest.
    pub(crate) async fn feed(&mut self, frame: Frame) -> Result<(), End> {
        frames::header(OpCode::Data(Data::Text), frame.len(), &mut self.outgoing);
        if frame.len() > COPIED {
            return self.send(frame.as_bytes()).await;
        }
        self.outgoing.extend_from_slice(frame.as_bytes());
        if self.outgoing.len() < GATHERED { Ok(()) } else { self.flush().await }
    }

    /// Sends what was gathered, waiting while the other side's buffers are full.
    pub(crate) async fn flush(&mut self) -> Result<(), End> {
        self.send(&[]).await
    }

    /// Sends what was gathered, and `payload` after it.
    async fn send(&mut self, payload: &[u8]) -> Result<(), End> {
        let mut sent = 0;
        let mut deadline = None;
        while !self.outgoing.is_empty() || sent < payload.len() {
            match self.write(payload, sent) {
                Ok(now_sent) => sent = now_sent,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    // Until the rest is out: whoever gives up waiting leaves half a frame behind.
                    self.torn = true;
                    let deadline = *deadline.get_or_insert_with(|| tokio::time::Instant::now() + self.stall);
                    tokio::select! {
                        biased;
                        writable = self.stream.writable() => writable.map_err(|_| End::Broken)?,
                        () = tokio::time::sleep_until(deadline) => return Err(End::Broken),
                        () = self.stop.cancelled() => return Err(stopping()),
                        // In the middle of a frame, where nothing else can be said.
                        () = self.put_out() => return Err(End::Broken),
                    }
                }
                Err(_) => {
                    self.torn = true;
                    return Err(End::Broken);
                }
            }
        }
        self.torn = false;
        Ok(())
    }

    /// Writes what was gathered and `payload` from `sent` on, as much as goes at once; how much of
    /// `payload` is out then.
    fn write(&mut self, payload: &[u8], sent: usize) -> io::Result<usize> {
        let payload = &payload[sent..];
        let written = match (self.outgoing.as_slice(), payload) {
            (own, []) => self.stream.try_write(own)?,
            ([], payload) => self.stream.try_write(payload)?,
            (own, payload) => self.stream.try_write_vectored(&[IoSlice::new(own), IoSlice::new(payload)])?,
        };
        let own = written.min(self.outgoing.len());
        if own == self.outgoing.len() {
            self.outgoing = Vec::new();
        } else {
            self.outgoing.drain(..own);
        }
        Ok(sent + written - own)
    }

    /// When to look after a quiet socket, again and again.
    pub(crate) fn ticks(&self) -> tokio::time::Interval {
        let mut ticks = tokio::time::interval_at(tokio::time::Instant::now() + self.ping, self.ping);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        ticks
    }

    /// Whether something is gathered that the next [`flush`](Self::flush) sends.
    pub(crate) fn has_answers(&self) -> bool {
        !self.outgoing.is_empty()
    }

    /// Takes it that the other side is there, while nothing is read from it that could tell.
    pub(crate) fn assume_alive(&mut self) {
        self.heard = Instant::now();
    }

    /// Gathers a ping for a quiet socket, and says whether it did; gives a dead one up. `due` is when this
    /// should have been: where it is late, the relay stood still itself, and has yet to ask.
    pub(crate) fn keep_alive(&mut self, due: tokio::time::Instant) -> Result<bool, End> {
        if self.rests() {
            self.assume_alive();
        }
        let quiet = self.heard.elapsed();
        if quiet.saturating_sub(due.elapsed()) >= self.silence {
            return Err(ErrorCode::TooSlow.because("nothing was heard from this client for too long").into());
        }
        let asks = quiet >= self.ping / 2;
        if asks {
            frames::header(OpCode::Control(Control::Ping), 0, &mut self.outgoing);
        }
        Ok(asks)
    }

    /// Says why, where there is something to say, and closes, after the `rest` of what a pass of the delivery
    /// couldn't send.
    pub(crate) async fn end(mut self, end: End, rest: &[u8], say: impl FnOnce(WireError) -> Frame) {
        // That everything stops is a reason to end, not to end without a word.
        self.stop = CancellationToken::new();
        self.restraint = None;
        // Whoever doesn't read this within a second won't.
        let _gone = tokio::time::timeout(Duration::from_secs(1), self.close(end, rest, say)).await;
    }

    async fn close(&mut self, end: End, rest: &[u8], say: impl FnOnce(WireError) -> Frame) -> Result<Infallible, End> {
        // Nothing said after half a frame would be understood.
        if !self.torn {
            self.complete(rest).await?;
            if let End::Refused(error) = end {
                let (code, name) = (close_code(error.code), code_name(error.code));
                self.feed(say(error)).await?;
                frames::close(Some(code), &name, &mut self.outgoing);
            }
            self.flush().await?;
        }
        SockRef::from(&*self.stream).shutdown(Shutdown::Write).map_err(|_| End::Broken)?;
        // What is still on its way here has to be taken, or the system cuts off what is on its way there.
        loop {
            self.incoming.clear();
            self.fill().await?;
        }
    }
}

/// The end of every session when the host stops.
pub(crate) fn stopping() -> End {
    ErrorCode::Stopping.because("the host stopped hosting").into()
}

/// RFC 6455, section 7.4.1, and 1013 from the registry behind it.
fn close_code(code: ErrorCode) -> u16 {
    match code {
        ErrorCode::TooBig => 1009,
        // Fatal only for binary frames, which the protocol does not have.
        ErrorCode::BadFrame => 1003,
        ErrorCode::BadUtf8 => 1007,
        ErrorCode::BadWebsocket => 1002,
        ErrorCode::Stopping => 1001,
        ErrorCode::LogFailed => 1011,
        ErrorCode::Full | ErrorCode::TooManyFromHere | ErrorCode::TooManyWaiting => 1013,
        _ => 1008,
    }
}

fn code_name(code: ErrorCode) -> String {
    serde_json::to_value(code).ok().and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default()
}

/// An error as a frame of `snug.v1`.
pub(crate) fn as_frame(error: WireError) -> Frame {
    ServerFrame::Error(error).encode()
}

/// An error as a line of text, for the tutorial's clients.
pub(crate) fn as_line(error: WireError) -> Frame {
    format!("! {}: {}", code_name(error.code), error.message).into()
}
