//! From the log to every socket that is up to date, without waking its session.
//!
//! Waking a thousand tasks for one message costs more than the message. So whoever has nothing else to
//! do than to wait for what comes next is sent it from here, in one pass over all of them, by a task
//! that is itself a cursor over the log. A socket that has anything else going on, or can't take what
//! it is sent, is its session's, which reads on from the cursor by itself.
//!
//! Invariant: a follower's cursor moves, and its stream is written, by whoever holds it: its session
//! from [`hold`](Following::hold) to [`release`](Following::release), a pass at any other time.

mod follower;
mod following;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::{net::TcpStream, sync::watch};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    log::{Batch, Log, LogError},
    socket::Parcel,
    wire::{Frame, Seq},
};
use follower::Follower;
pub(crate) use following::Following;

/// Followers served before other tasks have their turn: a fraction of a millisecond.
const TURN: usize = 32;

/// So much is sent to one socket before it is the next one's turn, in bytes, where there is so much: with a frame
/// at a time each reader is woken more often than it gets work.
const TOGETHER: usize = 256 * 1024;

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

impl Delivery {
    /// Begins to deliver what is appended to `log` from now on.
    pub(crate) fn start(log: &Log, tasks: &TaskTracker, stop: &CancellationToken) -> Self {
        let threads = tokio::runtime::Handle::current().metrics().num_workers();
        let shares: Vec<_> = (0..threads.max(1)).map(|_| Arc::<Share>::default()).collect();
        for share in &shares {
            let (share, log, stop) = (share.clone(), log.clone(), stop.clone());
            // Here and not in the task, which may begin when somebody follows already.
            let mut head = log.head();
            let cursor = *head.borrow_and_update();
            tasks.spawn(async move {
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = share.serve(log, head, cursor) => {}
                }
            });
        }
        Self { shares }
    }

    /// Takes in a socket that was sent everything up to `cursor`; it is its session's at first.
    pub(crate) fn follow(&self, stream: Arc<TcpStream>, cursor: Seq) -> Following {
        let follower = Arc::new(Follower::new(stream, cursor));
        let emptiest = self.shares.iter().min_by_key(|share| share.places().count());
        let share = emptiest.expect("there is at least one share").clone();
        let place = share.places().take(follower.clone());
        Following { follower, share, place }
    }
}

impl Share {
    /// Sends on what is appended after `cursor`, until the log ends.
    async fn serve(&self, log: Log, mut head: watch::Receiver<Seq>, mut cursor: Seq) {
        while head.changed().await.is_ok() {
            let newest = *head.borrow_and_update();
            while cursor < newest {
                let Ok((frames, last)) = next(&log, cursor, newest).await else {
                    // Each session meets the same failure and tells its client.
                    cursor = newest;
                    self.pass(Follower::call).await;
                    break;
                };
                let parcel = Parcel::new(frames, self.places().count());
                self.pass(|follower| follower.offer(&parcel, cursor, last)).await;
                cursor = last;
            }
        }
    }

    /// Goes over all followers; `serve` tells whether there was anything to do for one.
    async fn pass(&self, serve: impl Fn(&Follower) -> bool) {
        let mut turn = Vec::with_capacity(TURN);
        let (mut next, mut served) = (0, 0);
        loop {
            let more = {
                let places = self.places();
                let end = (next + TURN).min(places.followers.len());
                turn.extend(places.followers[next.min(end)..end].iter().flatten().cloned());
                next = end;
                end < places.followers.len()
            };
            for follower in turn.drain(..) {
                served += usize::from(serve(&follower));
            }
            if !more {
                return;
            }
            // Whoever reads on by itself is no reason to fall behind the others' events.
            if served >= TURN {
                served = 0;
                tokio::task::yield_now().await;
            }
        }
    }

    fn places(&self) -> MutexGuard<'_, Places> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The frames of what comes after `cursor` up to `newest`, about [`TOGETHER`] bytes of them and at least one, and
/// where they end.
async fn next(log: &Log, cursor: Seq, newest: Seq) -> Result<(Vec<Frame>, Seq), LogError> {
    let (mut frames, mut bytes, mut last) = (Vec::new(), 0, cursor);
    while last < newest && bytes < TOGETHER {
        let Batch { frame, last: end } = log.after(last).await?.ok_or(LogError::Gap { expected: last + 1 })?;
        (bytes, last) = (bytes + frame.len(), end);
        frames.push(frame);
    }
    Ok((frames, last))
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

#[cfg(test)]
mod tests;
