//! The newest events of one room, in the frames they are sent in.
//!
//! What one commit brought is encoded once, as one frame or a few, and every socket that follows the
//! log closely is sent those very bytes. Only for one that is behind are several put together.

use std::collections::VecDeque;

use super::{Batch, Page, change::Rewritten};
use crate::wire::{self, Frame, Millis, Seq};

/// What a chunk takes besides its text, about.
const OVERHEAD: usize = 128;

/// Frames up to this size are put together for whoever is behind; of larger ones there are few, and
/// everybody is sent the same.
const SMALL: usize = 32 * 1024;

/// Events in a row, encoded as a frame.
pub(super) struct Chunk {
    first: Seq,
    frame: Frame,
    /// Where in `frame` each event ends.
    ends: Vec<u32>,
}

/// A chunk that is being filled.
pub(super) struct Filling {
    first: Seq,
    text: String,
    ends: Vec<u32>,
}

impl Filling {
    /// Begins with the event at `first`.
    pub(super) fn new(first: Seq) -> Self {
        Self { first, text: wire::EVENTS_OPEN.to_owned(), ends: Vec::new() }
    }

    /// Adds the next event: its place follows from those before, the rest is JSON's object of it.
    pub(super) fn push(&mut self, at: Millis, json: &str) {
        if !self.ends.is_empty() {
            self.text.push(',');
        }
        wire::encode_event(self.first + self.ends.len() as u64, at, json, &mut self.text);
        self.ends.push(u32::try_from(self.text.len()).expect("a frame has a few kilobytes"));
    }

    /// Adds the next event, which is encoded with its place and its time already.
    fn push_encoded(&mut self, event: &str) {
        if !self.ends.is_empty() {
            self.text.push(',');
        }
        self.text.push_str(event);
        self.ends.push(u32::try_from(self.text.len()).expect("a frame has a few kilobytes"));
    }

    /// The place of its last event; that before its first where there is none yet.
    pub(super) fn last(&self) -> Seq {
        self.first + self.ends.len() as u64 - 1
    }

    pub(super) fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// How large it is by now.
    pub(super) fn len(&self) -> usize {
        self.text.len()
    }

    pub(super) fn finish(mut self) -> Chunk {
        self.text.push_str(wire::EVENTS_CLOSE);
        Chunk { first: self.first, frame: self.text.into(), ends: self.ends }
    }
}

impl Chunk {
    /// The place of its first event.
    pub(super) fn first(&self) -> Seq {
        self.first
    }

    /// The place of its last event.
    pub(super) fn last(&self) -> Seq {
        self.first + self.ends.len() as u64 - 1
    }

    /// About how much memory it takes.
    pub(super) fn size(&self) -> usize {
        self.frame.len() + self.ends.len() * size_of::<u32>() + OVERHEAD
    }

    /// Its events from the one at `seq` on.
    fn events(&self, seq: Seq) -> impl Iterator<Item = &str> {
        let skip = usize::try_from(seq.saturating_sub(self.first)).unwrap_or(usize::MAX);
        let starts = std::iter::once(wire::EVENTS_OPEN.len()).chain(self.ends.iter().map(|end| *end as usize + 1));
        starts.zip(&self.ends).skip(skip).map(|(start, end)| &self.frame[start..*end as usize])
    }
}

/// The newest chunks of a log, oldest first, without a gap.
#[derive(Default)]
pub(super) struct Tail {
    chunks: VecDeque<Chunk>,
    /// The last frame put together. Sockets that are behind alike ask for the same one.
    joined: Option<Joined>,
}

struct Joined {
    cursor: Seq,
    batch: Batch,
    /// Nothing more fits it, wherever the head is by now.
    full: bool,
}

impl Tail {
    /// Adds what was committed next.
    pub(super) fn push(&mut self, chunk: Chunk) {
        self.chunks.push_back(chunk);
    }

    /// Forgets the oldest chunk, if that is the one that begins at `first`; how much it took.
    pub(super) fn forget(&mut self, first: Seq) -> usize {
        let oldest = self.chunks.pop_front_if(|chunk| chunk.first == first);
        oldest.map_or(0, |chunk| chunk.size())
    }

    /// Puts an event in the place of what it was, if that is in here; how much memory was let go of, and how
    /// much taken instead. A chunk that would become larger than a frame of `most` bytes is forgotten, and
    /// all before it: the database has them.
    pub(super) fn rewrite(&mut self, event: &Rewritten, most: usize) -> (usize, usize) {
        let Some(index) = self.index(event.seq) else { return (0, 0) };
        self.joined = None;
        let old = &self.chunks[index];
        let mut filling = Filling::new(old.first);
        for (seq, json) in (old.first..).zip(old.events(old.first)) {
            if seq == event.seq {
                filling.push(event.at, &event.json);
            } else {
                filling.push_encoded(json);
            }
        }
        let new = filling.finish();
        if new.frame.len() > most.max(old.frame.len()) {
            return (self.chunks.drain(..=index).map(|chunk| chunk.size()).sum(), 0);
        }
        let sizes = (old.size(), new.size());
        self.chunks[index] = new;
        sizes
    }

    /// Events after `cursor` up to `head`, as many as fit `budget` and at least one; `None` when the
    /// tail does not reach back that far.
    pub(super) fn after(&mut self, cursor: Seq, head: Seq, budget: usize) -> Option<Batch> {
        let index = self.index(cursor + 1)?;
        let chunk = &self.chunks[index];
        let follower = self.chunks.get(index + 1).filter(|next| next.last() <= head);
        let alone =
            chunk.frame.len() > SMALL || follower.is_none_or(|next| chunk.frame.len() + next.frame.len() > budget);
        if alone && chunk.first == cursor + 1 && chunk.last() <= head {
            return Some(Batch { frame: chunk.frame.clone(), last: chunk.last() });
        }
        if let Some(joined) = &self.joined
            && joined.cursor == cursor
            && (joined.full || joined.batch.last >= head)
        {
            return Some(joined.batch.clone());
        }
        // Whole chunks, so that whoever is behind comes to where the others are, and not between.
        let mut page = Page::after(cursor);
        for chunk in self.chunks.range(index..).take_while(|chunk| chunk.last() <= head) {
            let fits = page.events.len() + chunk.frame.len() <= budget;
            if !fits && page.last > cursor {
                break;
            }
            for event in chunk.events(cursor + 1) {
                page.push(event, usize::MAX);
            }
        }
        let batch = Batch { frame: wire::events_frame(&page.events).into(), last: page.last };
        self.joined = Some(Joined { cursor, batch: batch.clone(), full: page.last < head });
        Some(batch)
    }

    /// Up to `limit` events after `cursor` and up to `head`, as many as fit `budget` and at least one;
    /// `None` when the tail does not reach back that far.
    pub(super) fn forwards(&self, cursor: Seq, head: Seq, limit: u32, budget: usize) -> Option<Page> {
        let index = self.index(cursor + 1)?;
        let events = self.chunks.range(index..).flat_map(|chunk| chunk.events(cursor + 1));
        let mut page = Page::after(cursor);
        for event in events.take(usize::try_from(head - cursor).unwrap_or(usize::MAX).min(limit as usize)) {
            if !page.push(event, budget) {
                break;
            }
        }
        Some(page)
    }

    /// Up to `limit` events that end just before `end`, as many as fit `budget` and at least one; `None`
    /// when the tail does not reach back that far.
    pub(super) fn backwards(&self, end: Seq, limit: u32, budget: usize) -> Option<Page> {
        let start = end.saturating_sub(u64::from(limit)).max(1);
        self.index(start)?;
        let mut events: Vec<_> = (start..end).rev().map_while(|seq| self.event(seq)).collect();
        let fitting = fitting(&events, budget);
        events.truncate(fitting);
        let mut page = Page::after(end - 1 - events.len() as u64);
        for event in events.into_iter().rev() {
            page.push(event, usize::MAX);
        }
        Some(page)
    }

    /// The event at `seq`, encoded; `None` when it is not in here.
    pub(super) fn event(&self, seq: Seq) -> Option<&str> {
        self.chunks[self.index(seq)?].events(seq).next()
    }

    /// Which chunk holds the event at `seq`.
    fn index(&self, seq: Seq) -> Option<usize> {
        let after = self.chunks.partition_point(|chunk| chunk.first <= seq);
        let index = after.checked_sub(1)?;
        (seq <= self.chunks[index].last()).then_some(index)
    }
}

/// How many of these fit one page, and at least one.
fn fitting(events: &[&str], budget: usize) -> usize {
    let mut size = 0;
    let fitting = events.iter().take_while(|event| {
        size += event.len() + 1;
        size <= budget
    });
    fitting.count().max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{Body, Event, Message, ServerFrame};

    /// A tail of events 1 to the sum of `commits`, as they came by so many at once.
    fn tail(commits: &[u64]) -> Tail {
        let mut tail = Tail::default();
        let mut next = 1;
        for count in commits {
            let mut filling = Filling::new(next);
            for seq in next..next + count {
                filling.push(1, &json(seq));
            }
            tail.push(filling.finish());
            next += count;
        }
        tail
    }

    fn json(seq: Seq) -> String {
        said(seq, &format!("number {seq}"))
    }

    fn said(seq: Seq, text: &str) -> String {
        let body = Body::Message(Message { text: text.into(), ..Message::default() });
        let body = serde_json::to_string(&body).expect("JSON");
        format!(r#"{{"member":"m","nickname":"Mina","id":"{seq}","body":{body}}}"#)
    }

    fn seqs(batch: &Batch) -> Vec<Seq> {
        let ServerFrame::Events(events) = serde_json::from_str(&batch.frame).expect("a frame") else {
            panic!("not a frame of events: {}", batch.frame);
        };
        for event in &events.events {
            let text = format!("number {}", event.seq);
            assert_eq!(event.body, Body::Message(Message { text, ..Message::default() }));
        }
        events.events.iter().map(|event| event.seq).collect()
    }

    fn page(page: &Page) -> Vec<Seq> {
        let events: Vec<Event> = serde_json::from_str(&format!("[{}]", page.events)).expect("events");
        let seqs: Vec<_> = events.iter().map(|event| event.seq).collect();
        assert_eq!(seqs.last(), Some(&page.last));
        seqs
    }

    #[test]
    fn whoever_is_close_gets_the_commits_own_frame() {
        let mut tail = tail(&[3, 2]);
        let first = tail.after(3, 5, 1 << 20).expect("within the tail");
        assert_eq!(seqs(&first), [4, 5]);
        let again = tail.after(3, 5, 1 << 20).expect("within the tail");
        assert_eq!(first.frame.as_str().as_ptr(), again.frame.as_str().as_ptr(), "the same bytes, not a copy");
    }

    #[test]
    fn small_commits_are_put_together_for_whoever_is_behind() {
        let mut tail = tail(&[1; 100]);
        let batch = tail.after(10, 100, 1 << 20).expect("within the tail");
        assert_eq!(seqs(&batch), (11..=100).collect::<Vec<_>>());
        let again = tail.after(10, 100, 1 << 20).expect("within the tail");
        assert_eq!(batch.frame.as_str().as_ptr(), again.frame.as_str().as_ptr(), "put together once");
    }

    #[test]
    fn a_cursor_within_a_commit_gets_the_rest_of_it() {
        let mut tail = tail(&[5, 5]);
        assert_eq!(seqs(&tail.after(2, 10, 300).expect("within the tail")), [3, 4, 5]);
        assert_eq!(seqs(&tail.after(7, 10, 1 << 20).expect("within the tail")), [8, 9, 10]);
    }

    #[test]
    fn whoever_is_behind_comes_to_where_the_others_are() {
        let mut tail = tail(&[5, 2, 2, 2, 5]);
        let budget = 10 * json(1).len();
        assert_eq!(seqs(&tail.after(2, 16, budget).expect("within the tail")), (3..=9).collect::<Vec<_>>());
        assert_eq!(seqs(&tail.after(9, 16, budget).expect("within the tail")), [10, 11, 12, 13, 14, 15, 16]);
    }

    #[test]
    fn what_does_not_fit_a_frame_follows_in_the_next() {
        let mut tail = tail(&[7, 1, 1, 30, 1, 2, 58]);
        for start in 0..100 {
            let (mut cursor, mut seen) = (start, Vec::new());
            while cursor < 100 {
                let batch = tail.after(cursor, 100, 300).expect("within the tail");
                seen.extend(seqs(&batch));
                cursor = batch.last;
            }
            assert_eq!(seen, (start + 1..=100).collect::<Vec<_>>());
        }
    }

    #[test]
    fn an_event_larger_than_a_frame_still_goes_out() {
        let mut tail = tail(&[1, 1]);
        assert_eq!(seqs(&tail.after(0, 2, 1).expect("within the tail")), [1]);
        assert_eq!(page(&tail.backwards(3, 2, 1).expect("within the tail")), [2]);
        assert_eq!(page(&tail.forwards(0, 2, 2, 1).expect("within the tail")), [1]);
    }

    #[test]
    fn what_was_put_together_before_the_head_moved_is_not_given_again() {
        let mut tail = tail(&[1, 1, 1]);
        assert_eq!(seqs(&tail.after(0, 2, 1 << 20).expect("within the tail")), [1, 2], "the head is at 2");
        assert_eq!(seqs(&tail.after(0, 3, 1 << 20).expect("within the tail")), [1, 2, 3]);
    }

    #[test]
    fn pages_end_where_they_are_asked_to() {
        let tail = tail(&[3, 4, 5]);
        assert_eq!(page(&tail.backwards(13, 5, 1 << 20).expect("within the tail")), [8, 9, 10, 11, 12]);
        assert_eq!(page(&tail.backwards(5, 60, 1 << 20).expect("within the tail")), [1, 2, 3, 4]);
        assert_eq!(page(&tail.forwards(2, 12, 3, 1 << 20).expect("within the tail")), [3, 4, 5]);
        assert_eq!(page(&tail.forwards(10, 12, 60, 1 << 20).expect("within the tail")), [11, 12]);
    }

    #[test]
    fn what_was_forgotten_is_the_databases_to_tell() {
        let mut tail = tail(&[3, 3, 3]);
        assert!(tail.forget(1) > 0);
        assert!(tail.after(2, 9, 1 << 20).is_none());
        assert!(tail.forwards(0, 9, 60, 1 << 20).is_none());
        assert!(tail.backwards(10, 9, 1 << 20).is_none());
        assert!(tail.event(3).is_none());
        assert_eq!(page(&tail.backwards(10, 6, 1 << 20).expect("within the tail")), [4, 5, 6, 7, 8, 9]);
        assert!(tail.event(4).is_some_and(|event| event.contains("number 4")));
    }

    fn rewritten(seq: Seq, text: &str) -> Rewritten {
        Rewritten { seq, at: 1, json: said(seq, text) }
    }

    #[test]
    fn what_was_put_into_other_words_is_never_given_as_it_was() {
        let mut tail = tail(&[3, 3]);
        let before = tail.after(0, 6, 1 << 20).expect("within the tail");
        let sizes: usize = tail.chunks.iter().map(Chunk::size).sum();
        let (gone, new) = tail.rewrite(&rewritten(2, "other words"), 1 << 20);
        assert_eq!(tail.chunks.iter().map(Chunk::size).sum::<usize>(), sizes - gone + new);
        for frame in [
            tail.after(0, 6, 1 << 20).expect("within the tail").frame.to_string(),
            tail.backwards(7, 6, 1 << 20).expect("within the tail").events,
            tail.forwards(0, 6, 6, 1 << 20).expect("within the tail").events,
        ] {
            assert!(frame.contains("other words") && !frame.contains("number 2"), "{frame}");
        }
        assert!(before.frame.contains("number 2"), "what is on its way already stays as it was");
        assert_eq!(tail.rewrite(&rewritten(9, "nothing"), 1 << 20), (0, 0));
    }

    #[test]
    fn a_chunk_that_outgrows_a_frame_is_the_databases_to_tell() {
        let mut tail = tail(&[3, 3, 3]);
        let (gone, new) = tail.rewrite(&rewritten(5, &"long ".repeat(400)), 1000);
        assert!(gone > 0 && new == 0);
        assert!(tail.after(3, 9, 1 << 20).is_none() && tail.event(1).is_none());
        assert_eq!(seqs(&tail.after(6, 9, 1 << 20).expect("within the tail")), [7, 8, 9]);
        assert_eq!(tail.forget(1), 0, "it is forgotten already");
        assert!(tail.event(7).is_some());
    }
}
