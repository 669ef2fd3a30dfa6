//! What became of what one sender appended. The writer tells, whoever has the sender's socket asks.

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicUsize, Ordering},
};

use tokio::sync::Notify;

use super::LogError;
use crate::wire::{Ack, Seq};

/// One sender's receipts. Cheap to clone; every clone is of the same ones.
///
/// A place is known here a moment before the head moves there, so that whoever brings the event brings
/// the receipt with it: nobody is woken for it. For anything else the sender has to be.
#[derive(Clone, Default)]
pub(crate) struct Receipts(Arc<Inner>);

#[derive(Default)]
struct Inner {
    /// Appended, and not taken from here.
    outstanding: AtomicUsize,
    settled: Mutex<Settled>,
    woken: Notify,
}

#[derive(Default)]
struct Settled {
    placed: Vec<Ack>,
    refused: Vec<Refused>,
}

/// An event that isn't in the log.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) id: String,
    pub(crate) error: LogError,
    /// It was to be a message, and not a change of one.
    pub(crate) is_message: bool,
}

impl Receipts {
    /// How many are not settled, or not taken.
    pub(crate) fn outstanding(&self) -> usize {
        self.0.outstanding.load(Ordering::Acquire)
    }

    /// Takes those of events up to `cursor`.
    pub(crate) fn take(&self, cursor: Seq) -> Vec<Ack> {
        if self.outstanding() == 0 {
            return Vec::new();
        }
        let mut settled = self.settled();
        let taken = if settled.placed.iter().all(|ack| ack.seq <= cursor) {
            std::mem::take(&mut settled.placed)
        } else {
            settled.placed.extract_if(.., |ack| ack.seq <= cursor).collect()
        };
        self.0.outstanding.fetch_sub(taken.len(), Ordering::AcqRel);
        taken
    }

    /// Takes those of events that are not in the log, and why.
    pub(crate) fn take_refused(&self) -> Vec<Refused> {
        let taken = std::mem::take(&mut self.settled().refused);
        self.0.outstanding.fetch_sub(taken.len(), Ordering::AcqRel);
        taken
    }

    /// Whether there is any to take, of events up to `cursor` or refused.
    pub(crate) fn any(&self, cursor: Seq) -> bool {
        let settled = self.settled();
        !settled.refused.is_empty() || settled.placed.iter().any(|ack| ack.seq <= cursor)
    }

    /// Waits until [`wake`](Self::wake) is called, or was since the last time. Cancel safe.
    pub(crate) async fn woken(&self) {
        self.0.woken.notified().await;
    }

    /// Tells the sender that there is something to do.
    pub(crate) fn wake(&self) {
        self.0.woken.notify_one();
    }

    /// Begins one.
    pub(super) fn expect(&self, id: String, is_message: bool) -> Unsettled {
        self.0.outstanding.fetch_add(1, Ordering::AcqRel);
        Unsettled { id, is_message, receipts: Some(self.clone()) }
    }

    fn settle(&self, id: String, is_message: bool, result: Result<Placed, LogError>) {
        let wakes = !matches!(result, Ok(Placed::New(_)));
        let mut settled = self.settled();
        match result {
            Ok(Placed::New(seq) | Placed::Again(seq)) => settled.placed.push(Ack { id, seq }),
            Err(error) => settled.refused.push(Refused { id, error, is_message }),
        }
        drop(settled);
        if wakes {
            self.wake();
        }
    }

    fn settled(&self) -> MutexGuard<'_, Settled> {
        self.0.settled.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where an event is.
pub(super) enum Placed {
    /// The head is about to move there.
    New(Seq),
    /// It was there already, or is by another of the same commit.
    Again(Seq),
}

/// A receipt that its sender waits for. Dropped, it says that the relay is stopping.
pub(super) struct Unsettled {
    id: String,
    is_message: bool,
    receipts: Option<Receipts>,
}

impl Unsettled {
    /// Of which event.
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// Tells what became of it.
    pub(super) fn settle(mut self, result: Result<Placed, LogError>) {
        self.tell(result);
    }

    fn tell(&mut self, result: Result<Placed, LogError>) {
        if let Some(receipts) = self.receipts.take() {
            receipts.settle(std::mem::take(&mut self.id), self.is_message, result);
        }
    }
}

impl Drop for Unsettled {
    fn drop(&mut self) {
        self.tell(Err(LogError::Closed));
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    fn settled(receipts: &Receipts, id: &str, result: Result<Placed, LogError>) {
        receipts.expect(id.into(), true).settle(result);
    }

    fn ids(acks: Vec<Ack>) -> Vec<(String, Seq)> {
        acks.into_iter().map(|ack| (ack.id, ack.seq)).collect()
    }

    #[test]
    fn are_taken_up_to_a_place_and_once() {
        let receipts = Receipts::default();
        for (id, seq) in [("a", 3), ("b", 5), ("c", 4)] {
            settled(&receipts, id, Ok(Placed::New(seq)));
        }
        assert_eq!(ids(receipts.take(2)), []);
        assert!(!receipts.any(2) && receipts.any(3));
        assert_eq!(ids(receipts.take(4)), [("a".into(), 3), ("c".into(), 4)]);
        assert_eq!(receipts.outstanding(), 1);
        assert_eq!(ids(receipts.take(9)), [("b".into(), 5)]);
        assert_eq!(receipts.outstanding(), 0);
    }

    #[test]
    fn wake_for_what_no_event_brings() {
        let receipts = Receipts::default();
        let woken = || receipts.woken().now_or_never().is_some();
        settled(&receipts, "new", Ok(Placed::New(1)));
        assert!(!woken(), "the event brings it");
        settled(&receipts, "again", Ok(Placed::Again(1)));
        assert!(woken());
        settled(&receipts, "refused", Err(LogError::DiskFull));
        assert!(woken() && receipts.any(0));
        assert!(
            matches!(receipts.take_refused().as_slice(), [Refused { id, error: LogError::DiskFull, .. }] if id == "refused")
        );
        assert_eq!(ids(receipts.take(1)), [("new".into(), 1), ("again".into(), 1)]);
        assert_eq!(receipts.outstanding(), 0);
    }

    #[test]
    fn say_so_when_nobody_will_settle_them() {
        let receipts = Receipts::default();
        drop(receipts.expect("late".into(), true));
        assert!(receipts.woken().now_or_never().is_some());
        assert!(
            matches!(receipts.take_refused().as_slice(), [Refused { id, error: LogError::Closed, .. }] if id == "late")
        );
    }
}
