//! A frame on its way to many sockets.

use bytes::Bytes;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};

use super::frames;
use crate::wire::Frame;

/// Up to so many bytes a copy for each socket is as cheap as anything.
const SMALL: usize = 16 * 1024;

/// For how many sockets a copy in the kernel pays.
#[cfg(target_os = "linux")]
const SEVERAL: usize = 8;

/// A frame as it goes over a stream, encoded once.
///
/// Where the system can, a large one is also copied into the kernel once, and each socket's queue points
/// at those pages. To copy them for every socket is what a busy room would do most of the time.
pub(crate) struct Parcel {
    bytes: Bytes,
    /// The same bytes, in memory of the kernel's. Written once: queues point at it long after it is closed.
    #[cfg(target_os = "linux")]
    pages: Option<std::os::fd::OwnedFd>,
}

impl Parcel {
    /// Of a text frame for so many sockets.
    pub(crate) fn new(text: &Frame, sockets: usize) -> Self {
        let bytes = framed(text);
        #[cfg(target_os = "linux")]
        {
            let pages = if bytes.len() > SMALL && sockets >= SEVERAL { pages_of(&bytes).ok() } else { None };
            Self { bytes, pages }
        }
        #[cfg(not(target_os = "linux"))]
        {
            let _ = sockets;
            Self { bytes }
        }
    }

    /// What is in it.
    pub(crate) fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// Whether it is no longer than what may be copied without a thought.
    pub(crate) fn is_small(&self) -> bool {
        self.bytes.len() <= SMALL
    }

    /// Sends as much of it as goes at once; how much. A stream that is broken takes nothing.
    pub(crate) fn send(&self, stream: &TcpStream) -> usize {
        #[cfg(target_os = "linux")]
        if let Some(pages) = &self.pages {
            let send = || {
                let sent = rustix::fs::sendfile(stream, pages, Some(&mut 0), self.bytes.len())?;
                Ok(sent)
            };
            return stream.try_io(tokio::io::Interest::WRITABLE, send).unwrap_or(0);
        }
        stream.try_write(&self.bytes).unwrap_or(0)
    }
}

#[cfg(target_os = "linux")]
fn pages_of(bytes: &[u8]) -> std::io::Result<std::os::fd::OwnedFd> {
    use std::io::Write;

    let pages = rustix::fs::memfd_create("snug-frame", rustix::fs::MemfdFlags::CLOEXEC)?;
    let mut file = std::fs::File::from(pages);
    file.write_all(bytes)?;
    Ok(file.into())
}

/// A text frame as it goes over the stream.
pub(crate) fn framed(text: &Frame) -> Bytes {
    let mut bytes = Vec::with_capacity(text.len() + 10);
    frames::header(OpCode::Data(Data::Text), text.len(), &mut bytes);
    bytes.extend_from_slice(text.as_bytes());
    bytes.into()
}

#[cfg(test)]
mod tests {
    use tokio::{io::AsyncReadExt, net::TcpListener};

    use super::*;

    #[tokio::test]
    async fn every_socket_gets_every_byte_however_slowly_it_reads() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback");
        let address = listener.local_addr().expect("bound");
        for size in [100, 64 * 1024, 300 * 1024] {
            let text: Frame =
                (0..size).map(|at| char::from(b'a' + u8::try_from(at % 26).expect("small"))).collect::<String>().into();
            let parcel = Parcel::new(&text, SEVERAL);
            #[cfg(target_os = "linux")]
            assert_eq!(parcel.pages.is_some(), size > SMALL);
            let mut readers = Vec::new();
            for _ in 0..8 {
                let mut reader = TcpStream::connect(address).await.expect("it listens");
                let (writer, _) = listener.accept().await.expect("it was connected to");
                // The same again and again, until it takes no more.
                let mut sent = 0;
                let more = loop {
                    let now = parcel.send(&writer);
                    sent += now;
                    if now < parcel.bytes().len() {
                        break parcel.bytes().slice(now..);
                    }
                };
                readers.push(tokio::spawn(async move {
                    let mut read = vec![0; sent];
                    reader.read_exact(&mut read).await.expect("it was sent");
                    (read, more, writer)
                }));
            }
            let bytes = parcel.bytes().clone();
            // What is in the queues stays as it is.
            drop(parcel);
            for reader in readers {
                let (read, more, writer) = reader.await.expect("it read");
                let whole = read.len() / bytes.len();
                assert_eq!(read.len() % bytes.len(), (bytes.len() - more.len()) % bytes.len());
                let expected = bytes.repeat(whole + 1);
                assert!(whole > 0 && read == expected[..read.len()]);
                drop(writer);
            }
        }
    }

    #[tokio::test]
    async fn a_broken_stream_takes_nothing() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback");
        let reader = TcpStream::connect(listener.local_addr().expect("bound")).await.expect("it listens");
        let (writer, _) = listener.accept().await.expect("it was connected to");
        let parcel = Parcel::new(&"x".repeat(64 * 1024).into(), 8);
        assert!(parcel.send(&writer) > 0);
        drop(reader);
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        // At most one more, for which it learns that there is nobody.
        parcel.send(&writer);
        assert_eq!(parcel.send(&writer), 0);
    }
}
