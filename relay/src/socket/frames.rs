//! The frames of RFC 6455, as a server reads and writes them. No sockets in here: bytes in, messages out.
//!
//! Headers are tungstenite's to read; what is done with them is not, because its sockets keep a read
//! buffer and a write buffer each and copy every frame into the latter: of a thousand readers, each its
//! own copy of what all of them are sent.

use std::io::Cursor;

use tokio_tungstenite::tungstenite::{
    Error,
    protocol::frame::{
        FrameHeader,
        coding::{CloseCode, Control, Data, OpCode},
    },
};

use crate::wire::{ErrorCode, Frame, WireError};

/// The longest header of a frame that a server sends, in bytes, by section 5.2.
pub(super) const HEADER: usize = 10;

/// The longest payload of a control frame, by section 5.5.
const CONTROL: u64 = 125;

/// What a client said, put together from its frames.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Message {
    Text(Frame),
    Ping(Vec<u8>),
    Pong,
    /// With the code it gave, if it gave one.
    Close(Option<u16>),
}

/// Bytes that came from one client and are no message yet.
///
/// Empty, it owns no memory: thousands of sockets are quiet most of the time.
pub(super) struct Incoming {
    /// What was received; the first `taken` bytes are done with.
    received: Vec<u8>,
    taken: usize,
    /// The beginning of a message that comes in several frames.
    begun: Option<Vec<u8>>,
    /// The most bytes a message may have.
    limit: usize,
    /// Frames since they were counted the last time, of all kinds.
    frames: usize,
}

impl Incoming {
    /// Begins with what came along with the request to speak WebSocket.
    pub(super) fn new(received: Vec<u8>, limit: usize) -> Self {
        Self { received, taken: 0, begun: None, limit, frames: 0 }
    }

    /// Where to append what comes next; there is room for `least` bytes.
    pub(super) fn spare(&mut self, least: usize) -> &mut Vec<u8> {
        if self.taken > 0 {
            self.received.drain(..self.taken);
            self.taken = 0;
        }
        self.received.reserve(least);
        &mut self.received
    }

    /// The next message, once all of it is here. After an error nothing that follows makes sense.
    pub(super) fn next(&mut self) -> Result<Option<Message>, WireError> {
        while let Some((header, payload)) = self.frame()? {
            if let Some(message) = self.sort(&header, payload)? {
                return Ok(Some(message));
            }
        }
        self.forget();
        Ok(None)
    }

    /// Reads messages of up to so many bytes from now on.
    pub(super) fn read_up_to(&mut self, limit: usize) {
        self.limit = limit;
    }

    /// How many frames were read since this was asked the last time.
    pub(super) fn count(&mut self) -> usize {
        std::mem::take(&mut self.frames)
    }

    /// Forgets what was received.
    pub(super) fn clear(&mut self) {
        self.taken = self.received.len();
        self.forget();
    }

    /// Gives the memory back when nothing is left to be read in it.
    pub(super) fn forget(&mut self) {
        if self.taken == self.received.len() {
            self.received = Vec::new();
            self.taken = 0;
        }
    }

    /// The next frame and where its payload lies, without the mask.
    fn frame(&mut self) -> Result<Option<(FrameHeader, std::ops::Range<usize>)>, WireError> {
        let mut cursor = Cursor::new(&self.received[self.taken..]);
        let parsed = FrameHeader::parse(&mut cursor).map_err(|error| match error {
            Error::Protocol(fault) => broken(fault.to_string()),
            error => broken(error.to_string()),
        })?;
        let Some((header, length)) = parsed else { return Ok(None) };
        let start = self.taken + usize::try_from(cursor.position()).unwrap_or(usize::MAX);
        let length = self.check(&header, length)?;
        let Some(mask) = header.mask else { return Err(broken("a client's frames have to be masked")) };
        let Some(payload) = self.received.get_mut(start..start + length) else { return Ok(None) };
        unmask(payload, mask);
        self.taken = start + length;
        self.frames += 1;
        Ok(Some((header, start..start + length)))
    }

    /// Refuses a frame by its header, before any of its payload is waited for.
    fn check(&self, header: &FrameHeader, length: u64) -> Result<usize, WireError> {
        if header.rsv1 || header.rsv2 || header.rsv3 {
            return Err(broken("no extension was agreed on, and reserved bits are set"));
        }
        match header.opcode {
            OpCode::Control(_) if !header.is_final || length > CONTROL => {
                return Err(broken("a control frame has at most 125 bytes, in one piece"));
            }
            OpCode::Control(_) => {}
            OpCode::Data(Data::Continue) if self.begun.is_none() => {
                return Err(broken("a continuation of nothing"));
            }
            OpCode::Data(Data::Text | Data::Binary) if self.begun.is_some() => {
                return Err(broken("a new message in the middle of another"));
            }
            // Refused before its bytes are read, and whatever they are.
            OpCode::Data(Data::Binary) => return Err(ErrorCode::BadFrame.because("frames are text")),
            OpCode::Data(_) => {}
        }
        let begun = self.begun.as_ref().map_or(0, Vec::len);
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        if begun.saturating_add(length) > self.limit {
            return Err(ErrorCode::TooBig.because("the frame is larger than this relay reads"));
        }
        Ok(length)
    }

    fn sort(&mut self, header: &FrameHeader, payload: std::ops::Range<usize>) -> Result<Option<Message>, WireError> {
        let payload = &self.received[payload];
        let message = match header.opcode {
            OpCode::Control(Control::Ping) => Message::Ping(payload.to_vec()),
            OpCode::Control(Control::Close) => Message::Close(close_code(payload)?),
            OpCode::Control(_) => Message::Pong,
            OpCode::Data(_) => match (self.begun.take(), header.is_final) {
                (None, true) => Message::Text(text(payload.to_vec())?),
                (begun, finished) => {
                    let mut begun = begun.unwrap_or_default();
                    begun.extend_from_slice(payload);
                    if !finished {
                        self.begun = Some(begun);
                        return Ok(None);
                    }
                    Message::Text(text(begun)?)
                }
            },
        };
        Ok(Some(message))
    }
}

/// Takes a client's mask off, by section 5.3; eight bytes at a time.
fn unmask(payload: &mut [u8], mask: [u8; 4]) {
    let [a, b, c, d] = mask;
    let twice = u64::from_ne_bytes([a, b, c, d, a, b, c, d]);
    let (words, rest) = payload.as_chunks_mut();
    for word in words {
        *word = (u64::from_ne_bytes(*word) ^ twice).to_ne_bytes();
    }
    for (byte, mask) in rest.iter_mut().zip(mask.iter().cycle()) {
        *byte ^= mask;
    }
}

fn text(bytes: Vec<u8>) -> Result<Frame, WireError> {
    Frame::try_from(bytes).map_err(|_| ErrorCode::BadUtf8.because("the frame is not UTF-8"))
}

/// What a close frame gives as its reason, by section 7.4: two bytes of code, then text.
fn close_code(payload: &[u8]) -> Result<Option<u16>, WireError> {
    let Some((code, reason)) = payload.split_first_chunk() else {
        return if payload.is_empty() { Ok(None) } else { Err(broken("half a close code")) };
    };
    let code = u16::from_be_bytes(*code);
    if !CloseCode::from(code).is_allowed() {
        return Err(broken(format!("no close code is {code}")));
    }
    match str::from_utf8(reason) {
        Ok(_) => Ok(Some(code)),
        Err(_) => Err(ErrorCode::BadUtf8.because("the reason to close is not UTF-8")),
    }
}

fn broken(why: impl Into<String>) -> WireError {
    ErrorCode::BadWebsocket.because(why)
}

/// Writes the header of a frame that is sent in one piece.
pub(super) fn header(opcode: OpCode, length: usize, into: &mut Vec<u8>) {
    let header = FrameHeader { opcode, ..FrameHeader::default() };
    // Memory takes whatever is written to it.
    let _never = header.format(length as u64, into);
}

/// Writes a close frame.
pub(super) fn close(code: Option<u16>, reason: &str, into: &mut Vec<u8>) {
    let payload: Vec<u8> = code.map(|code| [&code.to_be_bytes(), reason.as_bytes()].concat()).unwrap_or_default();
    header(OpCode::Control(Control::Close), payload.len(), into);
    into.extend_from_slice(&payload);
}

#[cfg(test)]
mod tests;
