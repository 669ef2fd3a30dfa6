//! One WebSocket: reads that tell what went wrong, writes that never wait for ever, closes with the
//! code the standard has for the reason.

use std::time::{Duration, Instant};

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use futures_util::{FutureExt, SinkExt};
use tokio_tungstenite::tungstenite;
use tokio_util::sync::CancellationToken;

use crate::{
    config::Limits,
    wire::{ErrorCode, Frame, ServerFrame, WireError},
};

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

/// A socket and its deadlines.
pub(crate) struct Socket {
    inner: WebSocket,
    stop: CancellationToken,
    heard: Instant,
    stall: Duration,
    ping: Duration,
    silence: Duration,
}

impl Socket {
    pub(crate) fn new(inner: WebSocket, limits: &Limits, stop: CancellationToken) -> Self {
        Self {
            inner,
            stop,
            heard: Instant::now(),
            stall: Duration::from_millis(limits.stall_ms),
            ping: Duration::from_millis(limits.ping_ms),
            silence: Duration::from_millis(limits.silence_ms),
        }
    }

    /// The next text frame. Cancel safe.
    pub(crate) async fn text(&mut self) -> Result<Frame, End> {
        loop {
            let message = self.inner.recv().await.ok_or(End::Broken)?;
            if let Some(text) = self.sort(message)? {
                return Ok(text);
            }
        }
    }

    /// The next text frame, if one has arrived already.
    pub(crate) fn text_at_hand(&mut self) -> Result<Option<Frame>, End> {
        while let Some(message) = self.inner.recv().now_or_never() {
            if let Some(text) = self.sort(message.ok_or(End::Broken)?)? {
                return Ok(Some(text));
            }
        }
        Ok(None)
    }

    fn sort(&mut self, message: Result<Message, axum::Error>) -> Result<Option<Frame>, End> {
        self.heard = Instant::now();
        match message.map_err(classify)? {
            Message::Text(text) => Ok(Some(text)),
            Message::Binary(_) => Err(ErrorCode::BadFrame.because("frames are text").into()),
            // 1000 is what a program says when its person leaves; a closed tab says 1001.
            Message::Close(frame) => Err(End::Closed { on_purpose: frame.is_some_and(|frame| frame.code == 1000) }),
            Message::Ping(_) | Message::Pong(_) => Ok(None),
        }
    }

    /// Puts a frame into the write buffer; it goes out with the next [`flush`](Self::flush) at the latest.
    pub(crate) async fn feed(&mut self, frame: Frame) -> Result<(), End> {
        let sent = self.inner.feed(Message::Text(frame));
        within(self.stall, &self.stop, sent).await
    }

    /// Sends what was fed, waiting while the other side's buffers are full.
    pub(crate) async fn flush(&mut self) -> Result<(), End> {
        let sent = self.inner.flush();
        within(self.stall, &self.stop, sent).await
    }

    /// When to look after a quiet socket, again and again.
    pub(crate) fn ticks(&self) -> tokio::time::Interval {
        let mut ticks = tokio::time::interval_at(tokio::time::Instant::now() + self.ping, self.ping);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        ticks
    }

    /// Pings a quiet socket, gives a dead one up.
    pub(crate) async fn keep_alive(&mut self) -> Result<(), End> {
        let quiet = self.heard.elapsed();
        if quiet >= self.silence {
            return Err(ErrorCode::TooSlow.because("nothing was heard from this client for too long").into());
        }
        if quiet >= self.ping / 2 {
            let sent = self.inner.feed(Message::Ping(bytes::Bytes::new()));
            within(self.stall, &self.stop, sent).await?;
        }
        Ok(())
    }

    /// Says why, where there is something to say, and closes.
    pub(crate) async fn end(mut self, end: End, say: impl FnOnce(WireError) -> Frame) {
        let close = async {
            if let End::Refused(error) = end {
                let frame = CloseFrame { code: close_code(error.code), reason: code_name(error.code).into() };
                self.inner.feed(Message::Text(say(error))).await?;
                self.inner.feed(Message::Close(Some(frame))).await?;
            }
            self.inner.flush().await?;
            // The other side answers the close; until then nothing may cut off what is on its way.
            while let Some(Ok(_)) = self.inner.recv().await {}
            Ok::<_, axum::Error>(())
        };
        // Whoever doesn't read this within a second won't.
        let _gone = tokio::time::timeout(Duration::from_secs(1), close).await;
    }
}

async fn within(
    stall: Duration,
    stop: &CancellationToken,
    sent: impl Future<Output = Result<(), axum::Error>>,
) -> Result<(), End> {
    tokio::select! {
        biased;
        sent = tokio::time::timeout(stall, sent) => match sent {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(End::Broken),
        },
        () = stop.cancelled() => Err(stopping()),
    }
}

/// The end of every session when the host stops.
pub(crate) fn stopping() -> End {
    ErrorCode::Stopping.because("the host stopped hosting").into()
}

/// Which fault of the other side's a failed read is.
fn classify(error: axum::Error) -> End {
    use tungstenite::{Error, error::ProtocolError};
    let Ok(error) = error.into_inner().downcast::<Error>() else { return End::Broken };
    match *error {
        Error::Capacity(_) => ErrorCode::TooBig.because("the frame is larger than this relay reads").into(),
        Error::Utf8(_) => ErrorCode::BadUtf8.because("the frame is not UTF-8").into(),
        Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => End::Broken,
        Error::Protocol(fault) => ErrorCode::BadWebsocket.because(fault.to_string()).into(),
        _ => End::Broken,
    }
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
        ErrorCode::Full => 1013,
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
