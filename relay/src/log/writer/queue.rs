//! What waits for the writer: in order, bounded by the memory it takes, and handed over all at once.
//!
//! The writer says how many it waits for and is woken once, when they are there: waking it for each of those who
//! are acknowledged together, and so send together, would cost more than what they send.

use std::{
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use tokio::sync::Semaphore;

/// What can be queued.
pub(in crate::log) trait Queued {
    /// About how much memory it takes.
    fn size(&self) -> usize;

    /// Whether nothing is gained by waiting for others beside it.
    fn is_urgent(&self) -> bool;
}

/// Vectors longer than this are given back to the allocator after a burst.
const KEPT: usize = 1024;

/// The writer is gone, and what was to be queued went with it.
#[derive(Debug)]
pub(in crate::log) struct Closed;

/// The way to the writer. Clones are the same way; the writer ends with the last of them.
pub(in crate::log) struct Queue<T>(Arc<Entry<T>>);

/// Closes with its last [`Queue`].
struct Entry<T>(Arc<Shared<T>>);

/// The writer's end. Dropped, it refuses what has queued, and everything after it.
pub(super) struct Waiting<T> {
    shared: Arc<Shared<T>>,
    /// Emptied, to be filled again.
    spare: Vec<T>,
    /// The memory that those take which were handed over last.
    taken: usize,
}

struct Shared<T> {
    state: Mutex<State<T>>,
    arrived: Condvar,
    /// The memory that may still be taken, in bytes.
    room: Semaphore,
    /// The same while nothing waits.
    most: usize,
}

struct State<T> {
    queued: Vec<T>,
    /// The memory that those take.
    bytes: usize,
    /// With how many of them the writer is woken; `usize::MAX` while it doesn't sleep.
    wakes: usize,
    /// One that nothing is gained by waiting beside.
    urgent: bool,
    closed: bool,
}

/// A queue that holds up to about so many bytes; whatever is larger than that waits alone.
pub(super) fn queue<T: Queued>(most: usize) -> (Queue<T>, Waiting<T>) {
    let most = most.min(Semaphore::MAX_PERMITS);
    let state = State { queued: Vec::new(), bytes: 0, wakes: usize::MAX, urgent: false, closed: false };
    let state = Mutex::new(state);
    let shared = Arc::new(Shared { state, arrived: Condvar::new(), room: Semaphore::new(most), most });
    (Queue(Arc::new(Entry(shared.clone()))), Waiting { shared, spare: Vec::new(), taken: 0 })
}

impl<T> Clone for Queue<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T: Queued> Queue<T> {
    /// Queues something, in the order in which this is called, waiting while there is no room.
    ///
    /// # Errors
    /// [`Closed`] once the writer has ended.
    pub(in crate::log) async fn send(&self, queued: T) -> Result<(), Closed> {
        let Entry(shared) = &*self.0;
        let bytes = queued.size().min(shared.most);
        let room = shared.room.acquire_many(u32::try_from(bytes).unwrap_or(u32::MAX)).await.map_err(|_| Closed)?;
        room.forget();
        let mut state = shared.state();
        if state.closed {
            return Err(Closed);
        }
        state.bytes += bytes;
        state.urgent |= queued.is_urgent();
        state.queued.push(queued);
        if state.queued.len() >= state.wakes || state.urgent {
            state.wakes = usize::MAX;
            shared.arrived.notify_one();
        }
        Ok(())
    }
}

impl<T> Waiting<T> {
    /// Whether something is there.
    pub(super) fn is_any(&self) -> bool {
        !self.shared.state().queued.is_empty()
    }

    /// Waits until something is; whether it is, or nobody can send anything any more.
    pub(super) fn any(&mut self) -> bool {
        self.wait(1, None);
        self.is_any()
    }

    /// Waits until so many are there, or one that isn't to wait, for a while.
    pub(super) fn wait(&mut self, count: usize, until: Option<Instant>) {
        let mut state = self.shared.state();
        state.wakes = count;
        while state.queued.len() < count && !state.urgent && !state.closed {
            state = match until.map(|until| until.saturating_duration_since(Instant::now())) {
                None => self.shared.arrived.wait(state).unwrap_or_else(PoisonError::into_inner),
                Some(left) if left.is_zero() => break,
                Some(left) => self.shared.arrived.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0,
            };
        }
        state.wakes = usize::MAX;
    }

    /// Takes all that is there, in order. Their memory is theirs until it is [given back](Self::done).
    pub(super) fn take(&mut self) -> Vec<T> {
        let mut state = self.shared.state();
        self.taken += std::mem::take(&mut state.bytes);
        state.urgent = false;
        std::mem::replace(&mut state.queued, std::mem::take(&mut self.spare))
    }

    /// Gives the memory back of all that was taken, and `emptied` to be filled again.
    pub(super) fn done(&mut self, mut emptied: Vec<T>) {
        emptied.clear();
        if emptied.capacity() <= KEPT {
            self.spare = emptied;
        }
        self.shared.room.add_permits(std::mem::take(&mut self.taken));
    }
}

impl<T> Shared<T> {
    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Drop for Entry<T> {
    fn drop(&mut self) {
        self.0.state().closed = true;
        self.0.arrived.notify_one();
    }
}

impl<T> Drop for Waiting<T> {
    fn drop(&mut self) {
        self.shared.room.close();
        let refused = {
            let mut state = self.shared.state();
            state.closed = true;
            std::mem::take(&mut state.queued)
        };
        // Their senders are told without the lock.
        drop(refused);
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::mpsc, thread, time::Duration};

    use futures_util::FutureExt;

    use super::*;

    /// Its size, and whether it is urgent.
    #[derive(Debug, PartialEq)]
    struct Thing(usize, bool);

    impl Queued for Thing {
        fn size(&self) -> usize {
            self.0
        }

        fn is_urgent(&self) -> bool {
            self.1
        }
    }

    const SOON: Duration = Duration::from_millis(50);
    const LATE: Duration = Duration::from_secs(10);

    /// Queues it, if there is room now.
    fn send(queue: &Queue<Thing>, size: usize) -> Option<Result<(), Closed>> {
        queue.send(Thing(size, false)).now_or_never()
    }

    /// Waits on a thread; tells when it has.
    fn wait(
        mut waiting: Waiting<Thing>,
        wait: impl FnOnce(&mut Waiting<Thing>) + Send + 'static,
    ) -> mpsc::Receiver<Waiting<Thing>> {
        let (done, waited) = mpsc::channel();
        thread::spawn(move || {
            wait(&mut waiting);
            let _gone = done.send(waiting);
        });
        waited
    }

    #[test]
    fn all_that_waits_is_handed_over_in_order() {
        let (queue, mut waiting) = queue(100);
        for size in [1, 2, 3] {
            assert!(matches!(send(&queue, size), Some(Ok(()))));
        }
        assert!(waiting.any());
        assert_eq!(waiting.take(), [Thing(1, false), Thing(2, false), Thing(3, false)]);
        assert!(!waiting.is_any());
    }

    #[test]
    fn the_writer_is_woken_once_as_many_are_there_as_it_waits_for() {
        let (queue, waiting) = queue(100);
        let waited = wait(waiting, |waiting| waiting.wait(3, None));
        send(&queue, 1);
        send(&queue, 1);
        assert!(waited.recv_timeout(SOON).is_err(), "two are not three");
        send(&queue, 1);
        let mut waiting = waited.recv_timeout(LATE).expect("it is woken");
        assert_eq!(waiting.take().len(), 3);
    }

    #[test]
    fn what_is_urgent_is_waited_beside_no_more_than_time_is_wasted() {
        let (queue, waiting) = queue(100);
        let waited = wait(waiting, |waiting| waiting.wait(3, None));
        queue.send(Thing(1, true)).now_or_never().expect("there is room").expect("it waits");
        let mut waiting = waited.recv_timeout(LATE).expect("it is woken");
        assert_eq!(waiting.take().len(), 1);
        // That was about that one.
        send(&queue, 1);
        let waited = wait(waiting, |waiting| waiting.wait(2, Some(Instant::now() + SOON * 4)));
        assert!(waited.recv_timeout(SOON).is_err());
        assert_eq!(waited.recv_timeout(LATE).expect("its time is up").take().len(), 1);
    }

    #[test]
    fn there_is_room_again_once_what_was_taken_is_done() {
        let (queue, mut waiting) = queue(100);
        assert!(matches!(send(&queue, 60), Some(Ok(()))));
        assert!(send(&queue, 60).is_none(), "it takes more than is left");
        let taken = waiting.take();
        assert!(send(&queue, 60).is_none(), "what is being written is in memory still");
        waiting.done(taken);
        assert!(matches!(send(&queue, 1_000), Some(Ok(()))), "whatever its size, it gets through alone");
        assert!(send(&queue, 1).is_none());
        let taken = waiting.take();
        waiting.done(taken);
        assert!(matches!(send(&queue, 100), Some(Ok(()))), "and takes no more than there is");
    }

    #[test]
    fn the_writer_ends_with_its_last_sender_and_not_before_all_is_taken() {
        let (queue, mut waiting) = queue(100);
        send(&queue, 1);
        let other = queue.clone();
        drop(queue);
        assert!(waiting.any() && waiting.take().len() == 1);
        let waited = wait(waiting, |waiting| assert!(!waiting.any()));
        assert!(waited.recv_timeout(SOON).is_err(), "there is another one");
        drop(other);
        waited.recv_timeout(LATE).expect("there is none");
    }

    #[test]
    fn once_the_writer_is_gone_everything_is_refused() {
        let (queue, waiting) = queue(100);
        send(&queue, 100);
        let mut late = Box::pin(queue.send(Thing(1, false)));
        assert!(late.as_mut().now_or_never().is_none());
        drop(waiting);
        assert!(matches!(late.now_or_never(), Some(Err(Closed))), "also who waits already");
        assert!(matches!(send(&queue, 1), Some(Err(Closed))));
    }
}
