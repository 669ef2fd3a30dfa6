//! Frames on their way to many sockets.

use std::{io::IoSlice, sync::OnceLock};

use bytes::Bytes;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};

use super::frames;
#[cfg(target_os = "linux")]
use super::pages::Pages;
use crate::wire::Frame;

/// Up to so many bytes a copy for each socket is as cheap as anything.
const SMALL: usize = 16 * 1024;

/// For how many sockets a copy in the kernel pays.
#[cfg(target_os = "linux")]
const SEVERAL: usize = 4;

/// Frames as they go over a stream, encoded once.
///
/// Where the system can, large ones are copied into the kernel once, and each socket's queue points at those
/// pages. To copy them for every socket is what a busy room would do most of the time.
pub(crate) struct Parcel {
    frames: Vec<Frame>,
    /// All of it in one piece, for whoever can't be sent it from the kernel's memory, or not all of it.
    bytes: OnceLock<Bytes>,
    #[cfg(target_os = "linux")]
    pages: Option<Pages>,
}

impl Parcel {
    /// Of text frames for so many sockets.
    pub(crate) fn new(frames: Vec<Frame>, sockets: usize) -> Self {
        #[cfg(target_os = "linux")]
        {
            let mut parcel = Self { frames, bytes: OnceLock::new(), pages: None };
            if !parcel.is_small() && sockets >= SEVERAL {
                parcel.pages = Pages::new(&parcel.frames).ok();
            }
            parcel
        }
        #[cfg(not(target_os = "linux"))]
        {
            let _ = sockets;
            Self { frames, bytes: OnceLock::new() }
        }
    }

    /// Whether it is no longer than what may be copied without a thought.
    pub(crate) fn is_small(&self) -> bool {
        self.frames.iter().map(|frame| frame.len()).sum::<usize>() <= SMALL
    }

    /// Sends as much of it as goes at once; what is left, in memory that all share. A stream that is broken takes
    /// nothing.
    pub(crate) fn send(&self, stream: &TcpStream) -> Bytes {
        #[cfg(target_os = "linux")]
        if let Some(pages) = &self.pages {
            let sent = pages.send(stream);
            return if sent == pages.len() { Bytes::new() } else { self.bytes().slice(sent..) };
        }
        self.bytes().slice(stream.try_write(self.bytes()).unwrap_or(0)..)
    }

    /// The same with `after` behind it, in one go; of what is left there is a copy.
    pub(crate) fn send_with(&self, stream: &TcpStream, after: &[u8]) -> Bytes {
        let sent = stream.try_write_vectored(&[IoSlice::new(self.bytes()), IoSlice::new(after)]).unwrap_or(0);
        let own = sent.min(self.bytes().len());
        [&self.bytes()[own..], &after[sent - own..]].concat().into()
    }

    fn bytes(&self) -> &Bytes {
        self.bytes.get_or_init(|| framed(&self.frames))
    }
}

/// Text frames as they go over the stream.
pub(crate) fn framed(texts: &[Frame]) -> Bytes {
    let mut bytes = Vec::with_capacity(texts.iter().map(|text| text.len() + frames::HEADER).sum());
    for text in texts {
        frames::header(OpCode::Data(Data::Text), text.len(), &mut bytes);
        bytes.extend_from_slice(text.as_bytes());
    }
    bytes.into()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::{io::AsyncReadExt, net::TcpListener, time::timeout};

    use super::*;

    const SOCKETS: usize = 8;

    fn text(size: usize) -> Frame {
        (0..size).map(|at| char::from(b'a' + u8::try_from(at % 26).expect("small"))).collect::<String>().into()
    }

    /// A stream, and who reads what is written to it.
    async fn stream() -> (TcpStream, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback");
        let reader = TcpStream::connect(listener.local_addr().expect("bound")).await.expect("it listens");
        let (writer, _) = listener.accept().await.expect("it was connected to");
        (writer, reader)
    }

    #[tokio::test]
    async fn every_socket_gets_every_byte_however_slowly_it_reads() {
        for sizes in [&[100][..], &[64 * 1024], &[60_000, 70_000, 5], &[300 * 1024]] {
            let frames: Vec<_> = sizes.iter().map(|size| text(*size)).collect();
            let expected = framed(&frames);
            let parcel = Parcel::new(frames, SOCKETS);
            #[cfg(target_os = "linux")]
            assert_eq!(parcel.pages.is_some(), expected.len() > SMALL);
            let mut readers = Vec::new();
            for number in 0..SOCKETS {
                let (writer, mut reader) = stream().await;
                let after = if parcel.is_small() { format!("to {number}") } else { String::new() };
                let one = [expected.as_ref(), after.as_bytes()].concat();
                // The same again and again, until it takes no more.
                let mut times = 1;
                let rest = loop {
                    let rest = match after.as_bytes() {
                        [] => parcel.send(&writer),
                        after => parcel.send_with(&writer, after),
                    };
                    if !rest.is_empty() {
                        break rest;
                    }
                    times += 1;
                };
                assert!(one.ends_with(&rest));
                readers.push(tokio::spawn(async move {
                    let mut read = vec![0; one.len() * times - rest.len()];
                    reader.read_exact(&mut read).await.expect("it was sent");
                    assert!(one.repeat(times).starts_with(&read));
                    let more = timeout(Duration::from_millis(20), reader.read_u8()).await;
                    assert!(more.is_err(), "nothing else was");
                    drop(writer);
                }));
            }
            // What is in the queues stays as it is.
            drop(parcel);
            for reader in readers {
                reader.await.expect("it read");
            }
        }
    }

    #[tokio::test]
    async fn what_a_socket_left_is_not_the_next_ones() {
        let parcel = Parcel::new(vec![text(64 * 1024)], SOCKETS);
        let ((full, _reader), (other, mut reader)) = (stream().await, stream().await);
        while parcel.send(&full).is_empty() {}
        assert_eq!(parcel.send(&other), Bytes::new());
        let mut read = vec![0; parcel.bytes().len()];
        reader.read_exact(&mut read).await.expect("it was sent");
        assert_eq!(read, *parcel.bytes());
    }

    #[tokio::test]
    async fn a_broken_stream_takes_nothing() {
        let (writer, reader) = stream().await;
        let parcel = Parcel::new(vec![text(64 * 1024)], SOCKETS);
        assert_eq!(parcel.send(&writer), Bytes::new());
        drop(reader);
        tokio::time::sleep(Duration::from_millis(50)).await;
        // At most one more, for which it learns that there is nobody.
        parcel.send(&writer);
        assert_eq!(parcel.send(&writer), *parcel.bytes());
    }
}
