//! The one writer: a thread that commits whatever has queued, in one transaction.
//!
//! While a commit waits for the disk the next ones queue, and go together in the commit after it. So
//! an idle relay commits each message at once, and a busy one hundreds for the price of one.
//!
//! Those who are acknowledged together send their next together, but not at the same instant: committing
//! the first of them at once would make the others wait for a second commit. So right after a commit of
//! several, the writer waits for as many again, for a fraction of what that commit took.

mod place;
mod queue;

use std::{
    borrow::Cow,
    collections::HashMap,
    fs::File,
    path::Path,
    sync::Arc,
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use rusqlite::Connection;

use super::{
    Decided, Draft, LogError, Shared,
    change::Change,
    files,
    fold::Fold,
    health::Health,
    in_place::InPlace,
    index::Index,
    kept::Kept,
    receipts::{Receipts, Unsettled},
    scrub::{self, Scrub, Step},
    stored::Stored,
    tail::Filling,
};
use crate::{
    config::Limits,
    files::{ContentHash, Files, Taken},
    wire::{Body, FileInfo, Message},
};
use place::{Committed, Placed, place};
pub(super) use queue::{Closed, Queue};
use queue::{Queued, Waiting};

/// Appends in one transaction at most: past this, larger ones are no cheaper and only delay the
/// first in line.
const BATCH: usize = 4096;

/// And about so many bytes: a transaction of long messages keeps the short ones behind it waiting.
const BATCH_BYTES: usize = 4 * 1024 * 1024;

/// What may be waited for others, as a part of what the last commit took: less than what it saves, which
/// is a commit.
const PATIENCE: u32 = 4;

/// And no more than this, whatever a disk that stood still took.
const MOST: Duration = Duration::from_millis(10);

/// When the relay stops, what was deleted is still taken off the disk, for so long at most.
const LAST: Duration = Duration::from_secs(2);

/// After this long it is tried again to erase what somebody was reading.
const SOON: Duration = Duration::from_millis(5);

/// The database, or why nothing may be written to it.
type Writable<'a> = Result<&'a mut Connection, LogError>;

/// What the writer is asked for.
pub(super) enum Command {
    Append(Append),
    /// Anything else that writes, in a transaction of its own.
    Write(Box<dyn FnOnce(Writable<'_>) + Send>),
    /// Contents that nobody may want any more: those that nobody does are removed.
    Release(Vec<ContentHash>),
    Stop,
}

/// What a command takes of memory besides the text of an event, in bytes, about.
const EACH: usize = 512;

impl Queued for Command {
    fn size(&self) -> usize {
        match self {
            Self::Append(append) => append.size().saturating_add(EACH),
            Self::Write(_) | Self::Release(_) => EACH,
            // There is always room to end.
            Self::Stop => 0,
        }
    }

    fn is_urgent(&self) -> bool {
        !matches!(self, Self::Append(_))
    }
}

/// One event on its way to disk, encoded by its sender's task, so that the one writer doesn't have to.
pub(super) struct Append {
    log: Arc<Shared>,
    /// The event as it is sent, but for its place and time.
    json: String,
    /// What it changes of the log that is there, where it does.
    change: Option<Box<Change>>,
    /// The files it has, where it has some, and the uploads that they were.
    files: Option<Box<(Vec<FileInfo>, Option<Taken>)>>,
    /// What is decided with it, where something is.
    decided: Option<Box<Decided>>,
    receipt: Unsettled,
}

impl Append {
    pub(super) fn new(log: Arc<Shared>, draft: Draft<'_>, receipts: &Receipts) -> Self {
        let change = Change::from(&draft).map(Box::new);
        let Draft { member, nickname, host: _, id, body, taken, decided } = draft;
        let files = match body {
            Body::Message(Message { files, .. }) if !files.is_empty() => Some(Box::new((files.clone(), taken))),
            _ => None,
        };
        let stored = Stored {
            member: member.into(),
            nickname: nickname.into(),
            id: Cow::Borrowed(&id),
            body: Cow::Borrowed(body),
        };
        let json = stored.write();
        let decided = decided.map(Box::new);
        let is_message = matches!(body, Body::Message(_));
        Self { log, json, change, files, decided, receipt: receipts.expect(id, is_message) }
    }

    /// How long it is, in bytes.
    fn size(&self) -> usize {
        self.json.len()
    }
}

/// Starts the writer on its thread. It ends after [`Command::Stop`], or with its last sender, and only
/// then lets go of `lock`: no other writer may begin while this one still has something to commit.
pub(super) fn start(
    connection: Connection,
    fold: Fold,
    lock: File,
    limits: &Limits,
    health: Health,
    index: Index,
    files: Files,
) -> std::io::Result<(Queue<Command>, JoinHandle<()>)> {
    let (queue, waiting) = queue::queue(limits.queue_bytes);
    let writer = Writer {
        fold,
        files,
        health,
        index,
        batch: Vec::new(),
        kept: Kept::new(limits.tail_bytes, limits.batch_bytes),
        frame_bytes: limits.batch_bytes,
        last: None,
        // Where that can't be read, it shows when it is tried.
        erasing: scrub::is_due(&connection).unwrap_or(true).then(Scrub::default),
        kept_from_erasing: false,
        in_place: InPlace::of(Path::new(connection.path().unwrap_or_default())),
        connection,
    };
    let thread = thread::Builder::new().name("snug-log".into()).spawn(move || {
        Fold::count(&writer.connection);
        writer.run(waiting);
        drop(lock);
    })?;
    Ok((queue, thread))
}

struct Writer {
    /// Ends before the connection does, which is the last one then.
    fold: Fold,
    connection: Connection,
    in_place: InPlace,
    files: Files,
    health: Health,
    index: Index,
    batch: Vec<Append>,
    kept: Kept,
    /// About how large a frame of events gets.
    frame_bytes: usize,
    last: Option<Commit>,
    /// Something was deleted and may not be gone from the disk yet.
    erasing: Option<Scrub>,
    /// That failed; it is tried again after the next commit.
    kept_from_erasing: bool,
}

/// How the last commit went.
struct Commit {
    appends: usize,
    took: Duration,
    ended: Instant,
}

impl Commit {
    /// How long to wait for as many again, if they are still to be expected.
    fn patience(&self) -> Option<Duration> {
        (self.appends > 1 && self.ended.elapsed() < self.took).then(|| (self.took / PATIENCE).min(MOST))
    }
}

impl Writer {
    fn run(mut self, mut waiting: Waiting<Command>) {
        while self.wait(&mut waiting) {
            if let Some(last) = &self.last
                && let Some(patience) = last.patience()
            {
                waiting.wait(last.appends, Some(Instant::now() + patience));
            }
            let mut commands = waiting.take();
            let mut bytes = 0;
            for command in commands.drain(..) {
                match command {
                    Command::Append(append) => {
                        bytes += append.size();
                        self.batch.push(append);
                        if self.batch.len() >= BATCH || bytes >= BATCH_BYTES {
                            bytes = 0;
                            self.commit();
                        }
                    }
                    Command::Write(write) => {
                        self.commit();
                        write(self.in_place.check().map(|()| &mut self.connection));
                        self.fold();
                    }
                    Command::Release(hashes) => {
                        self.commit();
                        self.release(&hashes);
                    }
                    Command::Stop => {
                        self.commit();
                        self.erase_last();
                        return;
                    }
                }
            }
            self.commit();
            waiting.done(commands);
        }
    }

    /// Waits for something to do, and makes use of the time; whether there is ever going to be anything again.
    fn wait(&mut self, waiting: &mut Waiting<Command>) -> bool {
        while let Some(scrub) = self.erasing {
            if waiting.is_any() {
                return true;
            }
            if !self.erase(scrub) {
                thread::sleep(SOON);
            }
        }
        waiting.any()
    }

    /// Commits the batch and settles each append in it; leaves the batch empty.
    fn commit(&mut self) {
        if self.batch.is_empty() {
            return;
        }
        let (appends, begun) = (self.batch.len(), Instant::now());
        let trusted = self.health.check().and_then(|()| self.in_place.check());
        match trusted.and_then(|()| place(&mut self.connection, &self.batch)) {
            Ok(committed) => self.publish(committed),
            Err(error) => {
                tracing::error!(%error, appends = self.batch.len(), "a commit failed, nothing of it was kept");
                self.health.note(&error);
                for append in self.batch.drain(..) {
                    append.receipt.settle(Err(error.clone()));
                }
            }
        }
        self.last = Some(Commit { appends, took: begun.elapsed(), ended: Instant::now() });
        self.fold();
    }

    /// To be called after a commit, when those who wait for it were told.
    fn fold(&self) {
        self.fold.committed(&self.connection, &self.health);
    }

    /// Shows what was committed: first the events, then what holds by them and each sender's receipt, and the
    /// heads, at which everybody looks, only after them.
    fn publish(&mut self, Committed { placed, rewritten, mut let_go }: Committed) {
        if std::mem::take(&mut self.kept_from_erasing) {
            self.erasing = Some(Scrub::default());
        }
        let mut filling: HashMap<i64, (Arc<Shared>, Filling)> = HashMap::new();
        for (append, place) in self.batch.iter().zip(&placed) {
            let Placed::New { seq, at } = *place else { continue };
            if append.change.as_ref().is_some_and(|change| change.erases()) {
                self.erasing = Some(Scrub::default());
            }
            if append.change.as_ref().is_some_and(|change| change.rewords()) {
                append.log.progress.change(seq);
            }
            let new = || (append.log.clone(), Filling::new(seq));
            let (log, chunk) = filling.entry(append.log.room).or_insert_with(new);
            if !chunk.is_empty() && chunk.len() + append.json.len() > self.frame_bytes {
                self.kept.add(log.clone(), std::mem::replace(chunk, Filling::new(seq)));
            }
            chunk.push(at, &append.json);
        }
        let mut moved = Vec::with_capacity(filling.len());
        for (log, chunk) in filling.into_values() {
            moved.push((log.clone(), chunk.last()));
            self.kept.add(log, chunk);
        }
        for (log, event) in &rewritten {
            self.kept.rewrite(log, event);
        }
        self.kept.trim();
        let mut taken = Vec::new();
        for (append, place) in self.batch.drain(..).zip(placed) {
            if !matches!(place, Placed::Refused(_)) {
                taken.extend(append.files.and_then(|files| files.1));
            }
            if let Some(decided) = append.decided
                && matches!(place, Placed::New { .. })
            {
                let_go.extend((decided.holds)().iter().map(|hash| hash.as_str().to_owned()));
            }
            append.receipt.settle(place.settled());
        }
        // Before anybody is told: whoever sent them may begin as many again.
        taken.into_iter().for_each(Taken::said);
        for (log, seq) in moved {
            log.head.send_replace(seq);
        }
        self.index.wake();
        if !let_go.is_empty() {
            self.release(&let_go);
        }
    }

    /// Removes those of these contents that nobody wants.
    fn release<H: AsRef<str>>(&mut self, hashes: &[H]) {
        // What can't be trusted to know all messages doesn't know either what these are wanted for; nor does a database
        // in whose place there is another by now.
        let released = self
            .health
            .check()
            .and_then(|()| self.in_place.check())
            .and_then(|()| files::erase_unwanted(&self.connection, &self.files, hashes).map_err(LogError::from));
        if let Err(error) = released {
            tracing::warn!(%error, "files that nobody may want stay for now");
            self.health.note(&error);
        }
    }

    /// Takes a step towards what was deleted being nowhere on disk; false when somebody is reading what it
    /// would have to write over.
    fn erase(&mut self, scrub: Scrub) -> bool {
        let step = scrub.step(&mut self.connection).and_then(|step| {
            if matches!(step, Step::Done) {
                scrub::forget(&self.connection)?;
            }
            Ok(step)
        });
        match step {
            Ok(Step::Next(scrub)) => {
                self.erasing = Some(scrub);
                self.fold();
            }
            Ok(Step::Done) => self.erasing = None,
            Ok(Step::Busy) => {
                // It may be the fold that it waits for.
                self.fold.hurry();
                return false;
            }
            Err(error) => {
                let error = LogError::from(error);
                tracing::error!(%error, "what was deleted is left in unused parts of the database for now");
                self.health.note(&error);
                (self.erasing, self.kept_from_erasing) = (None, true);
            }
        }
        true
    }

    /// Does all that is left of it, for a while.
    fn erase_last(&mut self) {
        self.fold.hurry();
        let begun = Instant::now();
        while let Some(scrub) = self.erasing
            && begun.elapsed() < LAST
        {
            if !self.erase(scrub) {
                thread::sleep(SOON);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_right_after_a_commit_of_several_is_there_anyone_to_wait_for() {
        let took = Duration::from_millis(20);
        let patience = |appends, ended: Option<Instant>| {
            Commit { appends, took, ended: ended.expect("the machine has been up for a while") }.patience()
        };
        let now = Instant::now();
        let long = Commit { appends: 2, took: Duration::from_secs(60), ended: now };
        assert_eq!(patience(2, Some(now)), Some(took / 4));
        assert_eq!(long.patience(), Some(MOST));
        assert_eq!(patience(1, Some(now)), None, "one alone sends its next when it is told of this one");
        assert_eq!(patience(500, now.checked_sub(took)), None, "an idle relay commits at once");
    }
}
