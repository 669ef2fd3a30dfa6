//! The newest events of one room, encoded once and kept ready to send.

use std::collections::VecDeque;

use super::Batch;
use crate::wire::{self, Frame, Seq};

/// Encoded events in one piece of text, `e1,e2,e3,`, so that any run of them is one slice and a frame
/// is one copy.
pub(super) struct Tail {
    /// The place of the first event in `text`; the next one to come when it is empty.
    first: Seq,
    text: String,
    /// Where each event's comma ends, counted from the beginning of all text ever pushed.
    ends: VecDeque<u64>,
    /// How much text was dropped from the front so far.
    dropped: u64,
    /// How much text to keep.
    capacity: usize,
    /// The last frame made. Sockets that are woken together ask for the same one.
    last: Option<Made>,
}

/// A frame that was made before, and for which cursor.
struct Made {
    cursor: Seq,
    batch: Batch,
    /// Nothing more fits it, wherever the head is by now.
    full: bool,
}

impl Tail {
    /// An empty tail of a log whose last event is `head`.
    pub(super) fn new(head: Seq, capacity: usize) -> Self {
        Self { first: head + 1, text: String::new(), ends: VecDeque::new(), dropped: 0, capacity, last: None }
    }

    /// Adds the next event. Old ones go once they are as much again as the tail is to keep, so that
    /// the text moves rarely.
    pub(super) fn push(&mut self, encoded: &str) {
        self.text.push_str(encoded);
        self.text.push(',');
        self.ends.push_back(self.dropped + self.text.len() as u64);
        if self.text.len() > self.capacity.saturating_mul(2) {
            self.drop_front();
        }
    }

    fn drop_front(&mut self) {
        let keep_from = self.dropped + (self.text.len() - self.capacity) as u64;
        let drop = self.ends.partition_point(|end| *end <= keep_from);
        let Some(bytes) = drop.checked_sub(1).and_then(|last| self.ends.get(last)).map(|end| end - self.dropped) else {
            return;
        };
        self.ends.drain(..drop);
        self.text.drain(..to_usize(bytes));
        self.dropped += bytes;
        self.first += drop as u64;
    }

    /// Events after `cursor` up to `head`, as many as fit `budget` and at least one; `None` when the
    /// tail does not reach back that far.
    pub(super) fn after(&mut self, cursor: Seq, head: Seq, budget: usize) -> Option<Batch> {
        if let Some(made) = &self.last
            && made.cursor == cursor
            && (made.full || made.batch.last >= head)
        {
            return Some(made.batch.clone());
        }
        let start = self.index(cursor + 1)?;
        let until = self.index(head + 1)?;
        let from = self.offset(start);
        let fitting = self.ends.partition_point(|end| to_usize(end - self.dropped) <= from + budget);
        let end = fitting.clamp(start + 1, until);
        let events = &self.text[from..self.offset(end) - 1];
        let batch = Batch { frame: Frame::from(wire::events_frame(events)), last: self.first + end as u64 - 1 };
        self.last = Some(Made { cursor, batch: batch.clone(), full: end < until });
        Some(batch)
    }

    /// Events from `start` to just before `end`, as one JSON array; `None` when the tail does not hold
    /// them all.
    pub(super) fn range(&self, start: Seq, end: Seq) -> Option<String> {
        let (from, to) = (self.offset(self.index(start)?), self.offset(self.index(end)?));
        Some(format!("[{}]", self.text[from..to].trim_end_matches(',')))
    }

    /// How many events stand before `seq` in the tail; `None` when it is not within it.
    fn index(&self, seq: Seq) -> Option<usize> {
        let index = to_usize(seq.checked_sub(self.first)?);
        (index <= self.ends.len()).then_some(index)
    }

    /// Where in `text` the event at `index` begins.
    fn offset(&self, index: usize) -> usize {
        index.checked_sub(1).map_or(0, |previous| to_usize(self.ends[previous] - self.dropped))
    }
}

/// Lengths of what is in memory fit a `usize` on every machine Snug runs on.
fn to_usize(length: u64) -> usize {
    usize::try_from(length).expect("within memory")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{Body, Event, ServerFrame};

    fn tail(head: Seq, capacity: usize, count: u64) -> Tail {
        let mut tail = Tail::new(head, capacity);
        for seq in head + 1..=head + count {
            tail.push(&serde_json::to_string(&event(seq)).expect("an event is JSON"));
        }
        tail
    }

    fn event(seq: Seq) -> Event {
        let body = Body::Message { text: format!("number {seq}") };
        Event { seq, at: 1, member: "m".into(), nickname: "Mina".into(), id: None, body }
    }

    fn seqs(batch: &Batch) -> Vec<Seq> {
        let ServerFrame::Events(events) = serde_json::from_str(&batch.frame).expect("a frame") else {
            panic!("not a frame of events: {}", batch.frame);
        };
        events.events.iter().map(|event| event.seq).collect()
    }

    #[test]
    fn a_frame_holds_everything_after_the_cursor() {
        let mut tail = tail(7, 1 << 20, 5);
        let batch = tail.after(9, 12, 1 << 20).expect("within the tail");
        assert_eq!(seqs(&batch), [10, 11, 12]);
        assert_eq!(batch.last, 12);
    }

    #[test]
    fn what_does_not_fit_a_frame_follows_in_the_next() {
        let mut tail = tail(0, 1 << 20, 100);
        let (mut cursor, mut seen) = (0, Vec::new());
        while cursor < 100 {
            let batch = tail.after(cursor, 100, 300).expect("within the tail");
            assert!(batch.frame.len() < 400);
            seen.extend(seqs(&batch));
            cursor = batch.last;
        }
        assert_eq!(seen, (1..=100).collect::<Vec<_>>());
    }

    #[test]
    fn an_event_larger_than_a_frame_still_goes_out() {
        let mut tail = tail(0, 1 << 20, 2);
        assert_eq!(seqs(&tail.after(0, 2, 1).expect("within the tail")), [1]);
    }

    #[test]
    fn a_frame_made_before_the_head_moved_is_not_given_again() {
        let mut tail = tail(0, 1 << 20, 2);
        assert_eq!(seqs(&tail.after(0, 2, 1 << 20).expect("within the tail")), [1, 2]);
        tail.push(&serde_json::to_string(&event(3)).expect("an event is JSON"));
        assert_eq!(seqs(&tail.after(0, 3, 1 << 20).expect("within the tail")), [1, 2, 3]);
    }

    #[test]
    fn events_past_the_head_are_not_shown_yet() {
        let mut tail = tail(0, 1 << 20, 5);
        assert_eq!(seqs(&tail.after(0, 3, 1 << 20).expect("within the tail")), [1, 2, 3]);
    }

    #[test]
    fn memory_stays_bounded_and_old_events_are_sent_back_to_the_database() {
        let mut tail = tail(0, 1000, 10_000);
        assert!(tail.text.len() <= 2000);
        assert!(tail.after(0, 10_000, 1 << 20).is_none());
        assert!(tail.range(1, 3).is_none());
        assert_eq!(seqs(&tail.after(9_998, 10_000, 1 << 20).expect("within the tail")), [9_999, 10_000]);
        let range = tail.range(9_999, 10_001).expect("within the tail");
        let range: Vec<Event> = serde_json::from_str(&range).expect("an array of events");
        assert_eq!(range, [event(9_999), event(10_000)]);
    }
}
