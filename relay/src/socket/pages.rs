//! Bytes that the kernel has once and many sockets send: each queue points at the same pages.
//!
//! They stand in a pipe from which nothing is read. `tee` puts references to its pages into a second pipe, `splice`
//! moves those to a socket. To copy the bytes for each socket takes longer, and so does `sendfile` from a `memfd`,
//! which looks for each page in the file again.

use std::{
    fs::File,
    io::{self, IoSlice, Write},
    os::fd::OwnedFd,
    sync::atomic::{AtomicBool, Ordering},
};

use rustix::{
    io::read,
    pipe::{PipeFlags, SpliceFlags, fcntl_setpipe_size, pipe_with, splice, tee},
};
use tokio::{io::Interest, net::TcpStream};
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};

use super::frames;
use crate::wire::Frame;

/// What a pipe holds by itself, in bytes, where pages have 4 KiB.
const USUAL: usize = 64 * 1024;

/// Frames in the kernel's memory. Written once: queues point at them long after this is dropped.
pub(super) struct Pages {
    /// How many bytes they are.
    len: usize,
    /// They stay in here.
    kept: OwnedFd,
    /// Through this they go to one socket after another; empty in between.
    out: OwnedFd,
    into: OwnedFd,
    /// It isn't empty: nothing may follow what is in it.
    stuck: AtomicBool,
}

impl Pages {
    /// Copies text frames there.
    ///
    /// # Errors
    /// When they are more than pipes of this user's may hold, or there are no descriptors left.
    pub(super) fn new(texts: &[Frame]) -> io::Result<Self> {
        let flags = PipeFlags::CLOEXEC | PipeFlags::NONBLOCK;
        let (kept, filling) = pipe_with(flags)?;
        let (out, into) = pipe_with(flags)?;
        let mut headers = vec![Vec::with_capacity(frames::HEADER); texts.len()];
        for (header, text) in headers.iter_mut().zip(texts) {
            frames::header(OpCode::Data(Data::Text), text.len(), header);
        }
        let parts = headers.iter().zip(texts).flat_map(|(header, text)| [header.as_slice(), text.as_bytes()]);
        let parts: Vec<_> = parts.map(IoSlice::new).collect();
        let len: usize = parts.iter().map(|part| part.len()).sum();
        if len > USUAL {
            fcntl_setpipe_size(&filling, len)?;
            fcntl_setpipe_size(&into, len)?;
        }
        // In one go: what is written later begins a page of its own. What doesn't fit is an error.
        if File::from(filling).write_vectored(&parts)? < len {
            return Err(io::ErrorKind::StorageFull.into());
        }
        Ok(Self { len, kept, out, into, stuck: AtomicBool::new(false) })
    }

    /// How many bytes they are.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Sends as much of them as goes at once; how much. A stream that is broken takes nothing.
    pub(super) fn send(&self, stream: &TcpStream) -> usize {
        if self.stuck.load(Ordering::Relaxed) {
            return 0;
        }
        let ready = tee(&self.kept, &self.into, self.len, SpliceFlags::NONBLOCK).unwrap_or(0);
        let mut left = ready;
        while left > 0 {
            let next = || Ok(splice(&self.out, None, stream, None, left, SpliceFlags::NONBLOCK)?);
            match stream.try_io(Interest::WRITABLE, next) {
                Ok(sent) if sent > 0 => left -= sent,
                _ => break,
            }
        }
        self.empty(left);
        ready - left
    }

    /// Takes out what a socket left.
    fn empty(&self, mut left: usize) {
        let mut rest = vec![0; left];
        while left > 0 {
            match read(&self.out, &mut rest[..left]) {
                Ok(taken) if taken > 0 => left -= taken,
                _ => return self.stuck.store(true, Ordering::Relaxed),
            }
        }
    }
}
