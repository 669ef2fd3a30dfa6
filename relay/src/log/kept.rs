//! What of all rooms' newest events stays in memory: so many bytes together, the oldest go first.

use std::{collections::VecDeque, sync::Arc};

use super::{Shared, change::Rewritten, tail::Filling};
use crate::wire::Seq;

/// The chunks in all tails, in the order they were committed.
pub(super) struct Kept {
    /// Each one's room, and its first event.
    chunks: VecDeque<(Arc<Shared>, Seq)>,
    bytes: usize,
    /// How much may be kept of all rooms together, in bytes.
    most: usize,
    /// About how large a frame of events gets, in bytes.
    frame: usize,
}

impl Kept {
    pub(super) fn new(most: usize, frame: usize) -> Self {
        Self { chunks: VecDeque::new(), bytes: 0, most, frame }
    }

    /// Adds what was committed next to a room's tail.
    pub(super) fn add(&mut self, log: Arc<Shared>, chunk: Filling) {
        let chunk = chunk.finish();
        self.bytes += chunk.size();
        self.chunks.push_back((log.clone(), chunk.first()));
        log.tail().push(chunk);
    }

    /// Puts an event that reads otherwise now in the place of what it was.
    pub(super) fn rewrite(&mut self, log: &Shared, event: &Rewritten) {
        let (gone, new) = log.tail().rewrite(event, self.frame);
        self.bytes = self.bytes + new - gone;
        // What outgrew its frame was forgotten there, with all before it.
        if gone > 0 && new == 0 {
            self.chunks.retain(|(of, first)| !std::ptr::eq(&**of, log) || *first > event.seq);
        }
    }

    /// Forgets the oldest until it isn't too much any more.
    pub(super) fn trim(&mut self) {
        while self.bytes > self.most
            && let Some((log, first)) = self.chunks.pop_front()
        {
            self.bytes -= log.tail().forget(first);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use tokio::sync::watch;

    use super::*;
    use crate::log::{index::Progress, tail::Tail};

    fn log(room: i64) -> Arc<Shared> {
        let (head, tail) = (watch::Sender::new(0), Mutex::new(Tail::default()));
        Arc::new(Shared { room, epoch: String::new(), head, tail, progress: Progress::unknown(0) })
    }

    fn chunk(seq: Seq) -> Filling {
        let mut filling = Filling::new(seq);
        filling.push(1, "{}");
        filling
    }

    #[test]
    fn what_outgrew_its_frame_is_forgotten_with_all_before_it() {
        let mut kept = Kept::new(usize::MAX, 100);
        let (one, other) = (log(1), log(2));
        for seq in 1..=3 {
            kept.add(one.clone(), chunk(seq));
            kept.add(other.clone(), chunk(seq));
        }
        let json = format!(r#"{{"text":"{}"}}"#, "x".repeat(200));
        kept.rewrite(&one, &Rewritten { seq: 2, at: 1, json });
        let left: Vec<_> = kept.chunks.iter().map(|(log, first)| (log.room, *first)).collect();
        assert_eq!(left, [(2, 1), (2, 2), (1, 3), (2, 3)]);
        let sizes = chunk(1).finish().size();
        assert_eq!(kept.bytes, 4 * sizes);
    }
}
