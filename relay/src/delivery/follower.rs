//! A socket that is up to date, as the passes see it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::net::TcpStream;

use crate::{
    log::Receipts,
    socket::{Parcel, framed},
    wire::{Acks, Seq, ServerFrame},
};

/// A socket that follows a log.
pub(super) struct Follower {
    stream: Arc<TcpStream>,
    state: Mutex<State>,
    /// Of what came from this socket. Who sends is told as fast as everybody reads, right after what
    /// it is about, and so can't leave the others behind. Its session is woken through this too.
    pub(super) receipts: Receipts,
}

pub(super) struct State {
    /// The last event it was sent.
    pub(super) cursor: Seq,
    /// Its session's, until released.
    pub(super) held: bool,
    /// What the stream didn't take of what is before the cursor, which has to be sent first.
    pub(super) rest: Bytes,
    /// Its session wants to know when receipts may have been taken.
    pub(super) expected: bool,
}

impl Follower {
    /// One that was sent everything up to `cursor`; it is its session's at first.
    pub(super) fn new(stream: Arc<TcpStream>, cursor: Seq) -> Self {
        let state = State { cursor, held: true, rest: Bytes::new(), expected: false };
        Self { stream, state: Mutex::new(state), receipts: Receipts::default() }
    }

    /// Sends a frame of the events after `cursor` up to `last`, if that is what comes next here, and which
    /// of them came from here; whether it isn't there already.
    pub(super) fn offer(&self, events: &Parcel, cursor: Seq, last: Seq) -> bool {
        let mut state = self.state();
        if state.held || state.cursor >= last {
            return false;
        }
        if state.cursor == cursor {
            state.cursor = last;
            state.rest = self.send(events, last);
        }
        // Its session finds out why, and goes on from here.
        state.held = state.cursor < last || !state.rest.is_empty();
        if state.held || std::mem::take(&mut state.expected) {
            self.receipts.wake();
        }
        true
    }

    /// Sends events up to `last` and what they acknowledge; what the stream didn't take of it.
    fn send(&self, events: &Parcel, last: Seq) -> Bytes {
        if !events.is_small() {
            let rest = events.send(&self.stream);
            // Its session acknowledges them, behind what is left: a copy with them in it would be each socket's own.
            if !rest.is_empty() {
                return rest;
            }
            // By themselves: behind the pages they would cost a quarter of all that goes through here.
            let acks = self.acks(last);
            let sent = if acks.is_empty() { 0 } else { self.stream.try_write(&acks).unwrap_or(0) };
            return acks.slice(sent..);
        }
        let acks = self.acks(last);
        if acks.is_empty() { events.send(&self.stream) } else { events.send_with(&self.stream, &acks) }
    }

    /// The frame that acknowledges what came from here, up to `last`; nothing where nothing did.
    fn acks(&self, last: Seq) -> Bytes {
        let acks = self.receipts.take(last);
        if acks.is_empty() { Bytes::new() } else { framed(&[ServerFrame::Ack(Acks { acks }).encode()]) }
    }

    /// Makes its session read on by itself.
    pub(super) fn call(&self) -> bool {
        self.state().held = true;
        self.receipts.wake();
        true
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
