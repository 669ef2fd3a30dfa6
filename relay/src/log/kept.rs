//! What of all rooms' newest events stays in memory: so many bytes together, the oldest go first.

use std::{collections::VecDeque, sync::Arc};

use super::{Shared, change::Rewritten, tail::Filling};
use crate::wire::Seq;

/// The chunks in all tails, in the order they were committed.
pub(super) struct Kept {
    /// Each one's room, and its first event. A tail may have forgotten it by itself.
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
