//! From the log to every socket that is up to date, without waking its session.
//!
//! Waking a thousand tasks for one message costs more than the message. So whoever has nothing else to
//! do than to wait for what comes next is sent it from here, in one pass over all of them, by a task
//! that is itself a cursor over the log. A socket that has anything else going on, or can't take what
//! it is sent, is its session's, which reads on from the cursor by itself.
//!
//! Invariant: a follower's cursor moves, and its stream is written, by whoever holds it: its session
//! from [`hold`](Following::hold) to [`release`](Following::release), a pass at any other time.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::{net::TcpStream, sync::Notify};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    log::{Batch, Log},
    socket::framed,
    wire::Seq,
};

/// Followers served before other tasks have their turn: a fraction of a millisecond.
const TURN: usize = 32;

/// The followers of one room, in as many shares as there are threads to serve them.
pub(crate) struct Delivery {
    shares: Vec<Arc<Share>>,
}

/// Followers that are served one after another.
#[derive(Default)]
struct Share(Mutex<Places>);

#[derive(Default)]
struct Places {
    /// Each at a place of its own, so that a pass can go on where it was while others come and go.
    followers: Vec<Option<Arc<Follower>>>,
    free: Vec<usize>,
}

/// A socket that follows a log.
pub(crate) struct Follower {
    stream: Arc<TcpStream>,
    state: Mutex<State>,
    /// Tells its session that there is something to do.
    woken: Notify,
}

struct State {
    /// The last event it was sent.
    cursor: Seq,
    /// Its session's, until released.
    held: bool,
    /// What the stream didn't take of the last frame, which has to be sent before anything else.
    rest: Bytes,
    /// Its session wants to know when the cursor has moved.
    expected: bool,
}

impl Delivery {
    /// Begins to deliver what is appended to `log` from now on.
    pub(crate) fn start(log: &Log, tasks: &TaskTracker, stop: &CancellationToken) -> Self {
        let threads = tokio::runtime::Handle::current().metrics().num_workers();
        let shares: Vec<_> = (0..threads.max(1)).map(|_| Arc::<Share>::default()).collect();
        for share in &shares {
            let (share, log, stop) = (share.clone(), log.clone(), stop.clone());
            tasks.spawn(async move {
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = share.serve(log) => {}
                }
            });
        }
        Self { shares }
    }

    /// Takes in a socket that was sent everything up to `cursor`; it is its session's at first.
    pub(crate) fn follow(&self, stream: Arc<TcpStream>, cursor: Seq) -> Following {
        let state = State { cursor, held: true, rest: Bytes::new(), expected: false };
        let follower = Arc::new(Follower { stream, state: Mutex::new(state), woken: Notify::new() });
        let emptiest = self.shares.iter().min_by_key(|share| share.places().count());
        let share = emptiest.expect("there is at least one share").clone();
        let place = share.places().take(follower.clone());
        Following { follower, share, place }
    }
}

impl Share {
    /// Sends on what is appended, until the log ends.
    async fn serve(&self, log: Log) {
        let mut head = log.head();
        let mut cursor = *head.borrow();
        while head.changed().await.is_ok() {
            let newest = *head.borrow_and_update();
            while cursor < newest {
                let Ok(Some(Batch { frame, last })) = log.after(cursor).await else {
                    // Each session meets the same failure and tells its client.
                    cursor = newest;
                    self.pass(Follower::call).await;
                    break;
                };
                let frame = framed(&frame);
                self.pass(|follower| follower.offer(&frame, cursor, last)).await;
                cursor = last;
            }
        }
    }

    async fn pass(&self, serve: impl Fn(&Follower)) {
        let mut turn = Vec::with_capacity(TURN);
        let mut next = 0;
        loop {
            let more = {
                let places = self.places();
                let end = (next + TURN).min(places.followers.len());
                turn.extend(places.followers[next.min(end)..end].iter().flatten().cloned());
                next = end;
                end < places.followers.len()
            };
            for follower in turn.drain(..) {
                serve(&follower);
            }
            if !more {
                return;
            }
            tokio::task::yield_now().await;
        }
    }

    fn places(&self) -> MutexGuard<'_, Places> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Places {
    fn count(&self) -> usize {
        self.followers.len() - self.free.len()
    }

    fn take(&mut self, follower: Arc<Follower>) -> usize {
        if let Some(place) = self.free.pop() {
            self.followers[place] = Some(follower);
            return place;
        }
        self.followers.push(Some(follower));
        self.followers.len() - 1
    }

    fn leave(&mut self, place: usize) {
        self.followers[place] = None;
        self.free.push(place);
    }
}

impl Follower {
    /// Sends a frame of the events after `cursor` up to `last`, if that is what comes next here.
    fn offer(&self, frame: &Bytes, cursor: Seq, last: Seq) {
        let mut state = self.state();
        if state.held || state.cursor >= last {
            return;
        }
        let sent = if state.cursor == cursor { self.stream.try_write(frame).unwrap_or(0) } else { 0 };
        if sent > 0 {
            state.cursor = last;
        }
        if sent < frame.len() {
            // Its session finds out why, and goes on from here.
            state.held = true;
            state.rest = if sent > 0 { frame.slice(sent..) } else { Bytes::new() };
        }
        if state.held || std::mem::take(&mut state.expected) {
            self.woken.notify_one();
        }
    }

    /// Makes its session read on by itself.
    fn call(&self) {
        self.state().held = true;
        self.woken.notify_one();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A session's side of a [`Follower`]; dropping it ends the delivery.
pub(crate) struct Following {
    follower: Arc<Follower>,
    share: Arc<Share>,
    place: usize,
}

impl Following {
    /// Keeps passes out. Where the cursor is, and what has to be sent first because its beginning was.
    pub(crate) fn hold(&self) -> (Seq, Bytes) {
        let mut state = self.follower.state();
        state.held = true;
        state.expected = false;
        (state.cursor, std::mem::take(&mut state.rest))
    }

    /// Lets passes go on from `cursor`, unless more than that is in the log by now; whether it did.
    pub(crate) fn release(&self, cursor: Seq, log: &Log) -> bool {
        let mut state = self.follower.state();
        // Asked under the lock: what is appended after this, a pass brings; what was before, it may have
        // tried to bring already.
        state.held = cursor < *log.head().borrow();
        state.cursor = cursor;
        !state.held
    }

    /// Asks to be [woken](Self::woken) when a pass has moved the cursor, if it is before `seq`; whether it is.
    pub(crate) fn expects(&self, seq: Seq) -> bool {
        let mut state = self.follower.state();
        state.expected = state.cursor < seq;
        state.expected
    }

    /// Waits until a pass leaves something to its session. Cancel safe.
    pub(crate) async fn woken(&self) {
        self.follower.woken.notified().await;
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        self.follower.state().held = true;
        self.share.places().leave(self.place);
    }
}
