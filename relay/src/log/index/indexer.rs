//! The thread that follows the log and puts what it reads into the index.

use std::{
    sync::{Arc, atomic::Ordering},
    thread,
    time::{Duration, Instant},
};

use rusqlite::{Connection, params};

use super::{
    Inner,
    file::{self, Entry, Part, Reached},
};
use crate::{
    log::{
        LogError, Shared,
        event::{SELECT_EVENT, time_of, verified},
        health::Health,
        room::{SELECT_ROOM, room_from},
        row::row,
        scrub::{self, Scrub, Step},
        stored::Stored,
    },
    search::{findable, fold},
    wire::{Body, Message, Seq},
};

/// Events in one step at most, and about how many bytes of them: some milliseconds' work.
const STEP: u32 = 500;
const STEP_BYTES: usize = 512 * 1024;

/// While messages come, one waits this long for a quieter moment, but not longer than [`PATIENCE`].
const QUIET: Duration = Duration::from_millis(200);
const PATIENCE: Duration = Duration::from_secs(2);

/// While messages come, this many times as long as a step took is rested after it: a fiftieth of a core, which indexes
/// two thousand messages a second. A tenth took an eighth of what a busy room delivers.
const REST: u32 = 49;

/// How much less than the others' its share of a busy core is: about a tenth of one's that has usual priority.
#[cfg(target_os = "linux")]
const NICE: i32 = 10;

/// After a failure, a full disk mostly, it is tried again after this long.
const AGAIN: Duration = Duration::from_secs(5);

/// When the relay stops, what was deleted is still taken out, for so long at most.
const LAST: Duration = Duration::from_secs(2);

/// After this long it is tried again to erase what somebody was reading.
const SOON: Duration = Duration::from_millis(5);

/// Why the index can't go on.
enum Trouble {
    /// It is damaged, or of another log.
    Useless(String),
    /// It can't be written just now.
    Failed(LogError),
    /// The log itself can't be read.
    Log(LogError),
}

impl From<rusqlite::Error> for Trouble {
    fn from(error: rusqlite::Error) -> Self {
        let error = LogError::from(error);
        if error.is_damage() { Self::Useless(error.to_string()) } else { Self::Failed(error) }
    }
}

pub(super) struct Indexer {
    pub(super) told: Arc<Inner>,
    pub(super) log: Connection,
    pub(super) health: Health,
    /// All that was deleted has left no traces, as far as this thread knows.
    pub(super) tidy: bool,
}

impl Indexer {
    pub(super) fn run(mut self) {
        yield_to_others();
        let mut made: Option<Instant> = None;
        while !self.told.stopped() {
            match self.work() {
                Ok(()) => return,
                Err(Trouble::Log(error)) => {
                    self.health.note(&error);
                    if error.is_damage() {
                        tracing::warn!(%error, "searching goes on without an index");
                        return;
                    }
                }
                Err(Trouble::Failed(error)) => tracing::warn!(%error, "the index of words can't be written"),
                Err(Trouble::Useless(why)) => {
                    tracing::warn!(why, "the index of words is made anew");
                    for room in self.told.rooms() {
                        room.progress.reached.send_replace(0);
                    }
                    match self.told.discard() {
                        Ok(()) if made.is_none_or(|made| made.elapsed() > AGAIN) => {
                            made = Some(Instant::now());
                            continue;
                        }
                        Ok(()) => {}
                        // Where somebody still reads it, a system may not let it go.
                        Err(error) => tracing::warn!(%error, "the old one is still there"),
                    }
                }
            }
            self.told.pause(AGAIN);
        }
    }

    /// Follows the log until it is told to stop.
    fn work(&mut self) -> Result<(), Trouble> {
        let mut index = file::open(&self.told.directory)?;
        self.told.broken.store(false, Ordering::Release);
        self.check(&index)?;
        self.tidy = false;
        // It may be another file than the one that was followed before.
        for room in self.told.rooms() {
            room.progress.reached.send_replace(file::reached(&index, room.room, &room.epoch)?);
        }
        loop {
            // Before looking: what is committed after it is looked at again.
            self.told.behind.store(false, Ordering::Release);
            let stop = self.told.stopped();
            let until = stop.then(|| Instant::now() + LAST);
            self.catch_up(&mut index, until)?;
            self.erase(&mut index, until)?;
            if stop {
                return Ok(());
            }
            self.told.wait();
            if self.told.broken.load(Ordering::Acquire) {
                return Err(Trouble::Useless("it gave back something wrong".to_owned()));
            }
            self.settle();
        }
    }

    /// Whether what is in the index is of these logs, as far as they go.
    fn check(&self, index: &Connection) -> Result<(), Trouble> {
        let epochs = self.epochs().map_err(Trouble::Log)?;
        for Reached { key, epoch, seq, at } in file::all_reached(index)? {
            let known = epochs.iter().any(|(room, its)| *room == key && *its == epoch);
            if !known || time_of(&self.log, key, seq).map_err(Trouble::Log)? != Some(at) {
                return Err(Trouble::Useless("it is of another log".to_owned()));
            }
        }
        Ok(())
    }

    fn epochs(&self) -> Result<Vec<(i64, String)>, LogError> {
        let mut statement = self.log.prepare(SELECT_ROOM)?;
        let mut rows = statement.query([])?;
        let mut epochs = Vec::new();
        while let Some(row) = rows.next()? {
            let room = room_from(row)?;
            epochs.push((room.key, room.epoch));
        }
        Ok(epochs)
    }

    /// Waits for a moment in which nothing is said, for a while.
    fn settle(&self) {
        let rooms = self.told.rooms();
        let (begun, mut before) = (Instant::now(), said(&rooms));
        while begun.elapsed() < PATIENCE && self.told.rest(QUIET) {
            let now = said(&rooms);
            if now == before {
                return;
            }
            before = now;
        }
    }

    /// Brings every room up to its head, in steps. When it is to end, at `until`, only what has changes waiting.
    fn catch_up(&mut self, index: &mut Connection, until: Option<Instant>) -> Result<(), Trouble> {
        let all = self.told.rooms();
        let mut rooms = &*all;
        loop {
            let (begun, before) = (Instant::now(), said(&all));
            if until.map_or_else(|| self.told.stopped(), |until| begun > until) {
                return Ok(());
            }
            rooms = self.step(index, rooms, until.is_some())?;
            if rooms.is_empty() {
                return Ok(());
            }
            if until.is_none() && said(&all) != before {
                self.told.rest(begun.elapsed() * REST);
            }
        }
    }

    /// Takes some events of the first of these rooms, all that fit in one go: each room's are few where there are many
    /// rooms, and what a step costs besides is the same. Which rooms are left.
    fn step<'a>(
        &mut self,
        index: &mut Connection,
        mut rooms: &'a [Arc<Shared>],
        only_changes: bool,
    ) -> Result<&'a [Arc<Shared>], Trouble> {
        let (mut budget, mut moved, mut parts) = (Budget { events: STEP, bytes: STEP_BYTES }, Vec::new(), Vec::new());
        while let Some((room, others)) = rooms.split_first()
            && !budget.is_spent()
        {
            let head = room.head();
            if let Some(from) = missing(index, room, head, only_changes)? {
                let part = self.read(room, from, head, &mut budget).map_err(Trouble::Log)?;
                let all = part.to.seq == head;
                moved.push(room);
                parts.push(part);
                if !all {
                    break;
                }
            }
            rooms = others;
        }
        if !parts.is_empty() {
            file::put(index, &parts)?;
            self.tidy &= parts.iter().all(|part| !part.erases);
            for (room, part) in moved.iter().zip(&parts) {
                let reached = file::reached(index, room.room, &room.epoch)?;
                room.progress.reached.send_replace(reached);
                if reached != part.to.seq {
                    // Somebody else moved it; there may be more to do than was done.
                    self.told.behind.store(true, Ordering::Release);
                }
            }
        }
        Ok(rooms)
    }

    /// What the events after `from` mean for the index, as many as fit the budget.
    fn read(&self, room: &Shared, from: Seq, head: Seq, budget: &mut Budget) -> Result<Part, LogError> {
        let key = room.room;
        let mut to = Reached { key, epoch: room.epoch.clone(), seq: from, at: 0 };
        let (mut entries, mut changed, mut erases) = (Vec::new(), Vec::new(), false);
        let mut statement =
            self.log.prepare_cached(&format!("{SELECT_EVENT} key > ?1 AND key <= ?2 ORDER BY key LIMIT ?3"))?;
        let mut rows = statement.query(params![row(key, from), row(key, head), budget.events])?;
        while let Some(row) = rows.next()? {
            let (seq, at, json) = verified(key, row)?;
            if seq != to.seq + 1 {
                return Err(LogError::Gap { expected: to.seq + 1 });
            }
            (to.seq, to.at) = (seq, at);
            budget.spend(json.len());
            let stored = Stored::read(json)?;
            match &*stored.body {
                Body::Message(message) => entries.push((seq, entry(message, &stored.nickname))),
                Body::Edited { of, .. } => changed.push(of.clone()),
                Body::Deleted { of } => {
                    erases = true;
                    changed.push(of.clone());
                }
                _ => {}
            }
            if budget.is_spent() {
                break;
            }
        }
        if to.at == 0 {
            return Err(LogError::Gap { expected: from + 1 });
        }
        for id in changed {
            // Of a log that was saved from a damaged one, the message may be missing.
            if let Some((seq, entry)) = self.now(key, &id)?
                && seq <= to.seq
            {
                entries.push((seq, entry));
            }
        }
        Ok(Part { from, to, entries, erases })
    }

    /// How the message of that id reads by now.
    fn now(&self, room: i64, id: &str) -> Result<Option<(Seq, Entry)>, LogError> {
        let mut statement = self.log.prepare_cached(&format!("{SELECT_EVENT} room = ?1 AND id = ?2"))?;
        let mut rows = statement.query(params![room, id])?;
        let Some(row) = rows.next()? else { return Ok(None) };
        let (seq, _, json) = verified(room, row)?;
        let stored = Stored::read(json)?;
        Ok(Some(match &*stored.body {
            Body::Message(message) => (seq, entry(message, &stored.nickname)),
            _ => (seq, Entry::Gone),
        }))
    }

    /// Takes what was deleted off the disk, too.
    fn erase(&mut self, index: &mut Connection, until: Option<Instant>) -> Result<(), Trouble> {
        if self.tidy || !scrub::is_due(index)? {
            self.tidy = true;
            return Ok(());
        }
        let mut scrub = Scrub::default();
        loop {
            match scrub.step(index)? {
                Step::Next(next) => scrub = next,
                Step::Busy => thread::sleep(SOON),
                Step::Done => break,
            }
            let late = until.map_or_else(|| self.told.stopped(), |until| Instant::now() > until);
            if late {
                return Ok(());
            }
        }
        scrub::forget(index)?;
        self.tidy = true;
        Ok(())
    }
}

/// Where a thread can be less hurried than its program, this one is: nobody waits for it but whoever searches.
fn yield_to_others() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::nice(NICE) {
        tracing::debug!(%error, "the index of words is made as hurriedly as all else");
    }
}

/// How much one step may still read.
struct Budget {
    events: u32,
    bytes: usize,
}

impl Budget {
    /// For an event of so many bytes.
    fn spend(&mut self, bytes: usize) {
        self.events = self.events.saturating_sub(1);
        self.bytes = self.bytes.saturating_sub(bytes);
    }

    fn is_spent(&self) -> bool {
        self.events == 0 || self.bytes == 0
    }
}

/// After which event the index is to go on in a room; `None` where it has all that it is to have.
fn missing(index: &Connection, room: &Shared, head: Seq, only_changes: bool) -> rusqlite::Result<Option<Seq>> {
    if *room.progress.reached.borrow() == head {
        return Ok(None);
    }
    let reached = file::reached(index, room.room, &room.epoch)?;
    room.progress.reached.send_replace(reached);
    let until = if only_changes { head.min(*room.progress.changed.borrow()) } else { head };
    Ok((reached < until).then_some(reached))
}

/// How many events there are in all of these rooms, whose heads never go back.
fn said(rooms: &[Arc<Shared>]) -> u64 {
    rooms.iter().map(|room| room.head()).sum()
}

/// What the index is to know of a message that is there.
fn entry(message: &Message, nickname: &str) -> Entry {
    Entry::Reads { text: fold(&findable(message)), author: fold(nickname) }
}
