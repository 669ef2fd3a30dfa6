//! Who gets in: how a room's door stands, what opens it, and who may come back.
//!
//! All of it is in memory while the room is served, and each question is answered under one lock: a link for
//! five lets in five, however many come at once. What changes by it is [saved](Doorkeeper::save), together
//! with whatever else has changed meanwhile; whoever counts on that waits for it.

mod decision;
mod floor;
mod rules;

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Instant,
};

use tokio_util::task::TaskTracker;

use crate::{
    clock::now,
    config::Limits,
    files::ContentHash,
    gathered::Gathered,
    invite::Secret,
    log::{Decided, LogError, Register, StoredLink, StoredMember, StoredRoom},
    refusal::{banned, come_again, log_failed, removed},
    restraint::Restraint,
    source::Source,
    wire::{Door, Entry, FileRules, Guests, Keys, Link, Measure, Millis, RoomInfo, Standing, WireError},
};
use decision::Decision;
pub(crate) use decision::NewKeys;
use floor::Floor;
use rules::{State, is_forgotten, is_usual};

/// Somebody who wants in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asking<'a> {
    /// Who they would be: proof that they hold the device's token.
    pub(crate) member: &'a str,
    /// As the room would show it.
    pub(crate) nickname: Option<&'a str>,
    pub(crate) secret: Option<&'a str>,
    pub(crate) host: Option<&'a str>,
    pub(crate) from: Source,
}

/// How they get in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Way {
    /// They are in.
    In { host: bool },
    /// They are in, and counted by the link of this id.
    Counted { link: String },
    /// If a host lets them.
    Knock,
}

/// What becomes of a question.
enum Asked {
    AtOnce(Way),
    /// It is asked again then.
    Held(Instant),
}

/// The turn to decide something.
pub(crate) type Turn = tokio::sync::OwnedMutexGuard<()>;

/// Keeps one room's door.
pub(crate) struct Doorkeeper {
    state: Mutex<State>,
    register: Register,
    /// Slow mode, for whoever asks before each message.
    every_ms: AtomicU64,
    /// Who has said something when, in slow mode.
    pub(crate) floor: Floor,
    /// One saves at a time; whoever waits for it has been saved by the one before, or saves with the others.
    saving: Arc<tokio::sync::Mutex<()>>,
    /// Somebody is about to.
    soon: AtomicBool,
    /// Tells hosts.
    changed: Arc<Gathered>,
    tasks: TaskTracker,
}

impl Doorkeeper {
    pub(crate) fn new(
        room: StoredRoom,
        (register, members, links): (Register, Vec<StoredMember>, Vec<StoredLink>),
        limits: Arc<Limits>,
        changed: Arc<Gathered>,
        tasks: TaskTracker,
    ) -> Arc<Self> {
        let every_ms = AtomicU64::new(room.every_ms);
        let floor = Floor::new(limits.members);
        let state = State::new(room, members, links, limits);
        Arc::new(Self {
            state: Mutex::new(state),
            register,
            every_ms,
            floor,
            saving: Arc::default(),
            soon: AtomicBool::new(false),
            changed,
            tasks,
        })
    }

    /// Lets somebody in, has them knock, or says why neither; after a moment where too much was wrong of what came
    /// from there before. Whoever gets in this way for the first time is
    /// remembered, so that they can come back.
    ///
    /// # Errors
    /// `wrong_host_key`, `wrong_secret`, `link_ended`, `room_locked`, `too_many_tries`; for a link that counts,
    /// whatever keeps it from being counted on disk.
    pub(crate) async fn ask(self: &Arc<Self>, asking: Asking<'_>) -> Result<Way, WireError> {
        let way = match self.asked(asking)? {
            Asked::AtOnce(way) => way,
            Asked::Held(turn) => {
                tokio::time::sleep_until(turn.into()).await;
                self.state().decide(asking, now(), Instant::now())?
            }
        };
        match &way {
            Way::Counted { link } => {
                if let Err(error) = self.save().await {
                    self.state().take_back(asking.member, link);
                    return Err(log_failed(error));
                }
                self.changed.note();
            }
            Way::In { .. } => self.save_soon(),
            Way::Knock => {}
        }
        Ok(way)
    }

    /// Decides at once, under one lock, unless they have to wait for their turn.
    fn asked(&self, asking: Asking<'_>) -> Result<Asked, WireError> {
        let (mut state, clock) = (self.state(), Instant::now());
        match state.holds(asking, clock)? {
            Some(turn) => Ok(Asked::Held(turn)),
            None => state.decide(asking, now(), clock).map(Asked::AtOnce),
        }
    }

    /// Whether this one needn't knock, nor wait for an answer: the door was opened or locked, or they are
    /// known.
    pub(crate) fn needs_no_answer(&self, member: &str) -> bool {
        let state = self.state();
        state.room.door != Door::Closed || state.knows(member)
    }

    /// Remembers those whom a host lets in.
    ///
    /// # Errors
    /// When that can't be stored; they may come in all the same, until the relay stops.
    pub(crate) async fn let_in(&self, members: impl IntoIterator<Item = (String, String)>) -> Result<(), LogError> {
        {
            let mut state = self.state();
            for (member, nickname) in members {
                state.remember(&member, Some(&nickname), Entry::Knock, now());
            }
        }
        self.save().await
    }

    /// How the door stands.
    pub(crate) fn stands(&self) -> Door {
        self.state().room.door
    }

    /// What a member may know of the room.
    pub(crate) fn info(&self) -> RoomInfo {
        let state = self.state();
        let StoredRoom { id, name, door, every_ms, .. } = &state.room;
        RoomInfo { id: id.clone(), name: name.clone(), door: *door, every_ms: *every_ms, files: state.files() }
    }

    /// Which files it takes.
    pub(crate) fn files(&self) -> FileRules {
        self.state().files()
    }

    /// The room's name.
    pub(crate) fn name(&self) -> String {
        self.state().room.name.clone()
    }

    /// What the room's own link carries.
    pub(crate) fn secret(&self) -> Secret {
        self.state().room.secret.clone()
    }

    /// What makes whoever has it the host.
    pub(crate) fn host_key(&self) -> Secret {
        self.state().room.host.clone()
    }

    /// What opens the door, for hosts.
    pub(crate) fn keys(&self) -> Keys {
        let state = self.state();
        let told = |link: &StoredLink| Link {
            id: link.id.clone(),
            secret: link.secret.to_string(),
            at: link.at,
            ends_at: link.ends_at,
            guests: link.guests,
            used: link.used,
        };
        Keys { secret: state.room.secret.to_string(), links: state.links.iter().map(told).collect() }
    }

    /// Who may come back, for hosts.
    pub(crate) fn guests(&self) -> Guests {
        self.state().guests()
    }

    /// Opens, closes or locks the door; whether that is a change. It holds from now on, also where it
    /// can't be saved yet, as all that follows.
    pub(crate) fn set(&self, door: Door) -> bool {
        let mut state = self.state();
        let changes = std::mem::replace(&mut state.room.door, door) != door;
        state.unsaved.room |= changes;
        changes
    }

    /// Makes another secret for the room's own link; the old one opens nothing from now on.
    pub(crate) fn renew(&self) {
        let mut state = self.state();
        state.room.secret = Secret::random();
        state.unsaved.room = true;
        drop(state);
        self.changed.note();
    }

    /// Makes a link that ends.
    ///
    /// # Errors
    /// `bad_link`, `too_many_links`.
    pub(crate) fn add_link(&self, ends_in: Option<Millis>, guests: Option<u32>) -> Result<(), WireError> {
        self.state().add_link(ends_in, guests, now())?;
        self.changed.note();
        Ok(())
    }

    /// Ends a link and forgets it.
    pub(crate) fn end_link(&self, id: &str) {
        let mut state = self.state();
        state.links.retain(|link| link.id != id);
        state.unsaved.links.insert(id.to_owned());
        drop(state);
        self.changed.note();
    }

    /// Lets somebody come back only as others come. About whom a host has decided something, that holds until another
    /// decision takes it back.
    pub(crate) fn forget(&self, member: &str) {
        let mut state = self.state();
        if state.members.get(member).is_some_and(is_usual) {
            state.members.remove(member);
            state.unsaved.members.insert(member.to_owned());
        }
    }

    /// The time from one message of a member's to their next; 0 where there is no limit.
    pub(crate) fn every_ms(&self) -> Millis {
        self.every_ms.load(Ordering::Relaxed)
    }

    /// What was decided about somebody, and what they were last called; `None` for whom nobody let in.
    pub(crate) fn standing(&self, member: &str) -> Option<(Standing, String)> {
        let state = self.state();
        let known = state.members.get(member).filter(|known| !is_forgotten(known))?;
        Some((known.standing, known.nickname.clone()))
    }

    /// What somebody who may only read goes on to be called, whatever they want to be: a name is words, too.
    pub(crate) fn muted_name(&self, member: &str) -> Option<String> {
        self.standing(member).and_then(|(standing, name)| (standing == Standing::Muted).then_some(name))
    }

    /// Somebody is told now that they were put out. Who wasn't there to be told is when they come again.
    pub(crate) fn told(self: &Arc<Self>, member: &str) {
        if self.state().tell(member).is_some() {
            self.save_soon();
        }
    }

    /// Waits for the turn to decide something. As long as it is held nothing else is decided or stored.
    pub(crate) async fn turn(&self) -> Turn {
        self.saving.clone().lock_owned().await
    }

    /// What a measure of the host called `by` changes, for the commit that has it in the log. From that commit on it
    /// holds, and `then` is called, which gives what is to be released; where there is none, it is as if nothing had
    /// been decided.
    pub(crate) fn decide(
        self: &Arc<Self>,
        turn: Turn,
        (measure, keys): (&Measure, NewKeys),
        by: &str,
        then: impl FnOnce() -> Vec<ContentHash> + Send + 'static,
    ) -> Decided {
        let (decision, changes) = {
            let state = self.state();
            let decision = state.decision(measure, keys, by, now());
            let changes = state.changed_by(&decision);
            (decision, changes)
        };
        let door = self.clone();
        let holds = move || {
            door.hold(decision);
            let let_go = then();
            drop(turn);
            let_go
        };
        Decided { changes, holds: Box::new(holds) }
    }

    fn hold(&self, decision: Decision) {
        let mut state = self.state();
        state.hold(decision);
        self.every_ms.store(state.room.every_ms, Ordering::Relaxed);
    }

    /// Whether somebody who was let in, as a host or not, may still sit down; who muted them, where they may only read.
    ///
    /// Asked once `restraint` is where hosts' decisions about them find it: whatever is decided holds by this or
    /// by that.
    ///
    /// # Errors
    /// `banned`, `removed`, `come_again`: what was decided meanwhile.
    pub(crate) fn seat(
        self: &Arc<Self>,
        member: &str,
        host: bool,
        restraint: &Restraint,
    ) -> Result<Option<String>, WireError> {
        let mut state = self.state();
        let Some(known) = state.members.get(member).filter(|known| !known.out) else {
            let by = state.tell(member);
            drop(state);
            self.save_soon();
            return Err(removed(by));
        };
        match known.standing {
            Standing::Banned => Err(banned(known.decided_by.clone())),
            standing if (standing == Standing::Host) != host => Err(come_again()),
            standing => {
                // Under the lock, so that nobody who may speak again meanwhile is muted by it.
                let muted = standing == Standing::Muted;
                restraint.mute(muted);
                Ok(known.decided_by.clone().filter(|_| muted))
            }
        }
    }

    /// Stores whatever has changed; it is on disk when this returns.
    ///
    /// # Errors
    /// When it can't be written. It is tried again with the next change.
    pub(crate) async fn save(&self) -> Result<(), LogError> {
        let _turn = self.saving.lock().await;
        self.soon.store(false, Ordering::Release);
        let (unsaved, changes) = {
            let mut state = self.state();
            if state.unsaved.is_empty() {
                return Ok(());
            }
            state.changes()
        };
        self.register.store(changes).await.inspect_err(|error| {
            tracing::warn!(%error, "who may come into a room could not be stored");
            let mut state = self.state();
            state.unsaved.room |= unsaved.room;
            state.unsaved.members.extend(unsaved.members);
            state.unsaved.links.extend(unsaved.links);
        })
    }

    /// Stores it a moment later. Nobody is kept waiting for that, nor out if it can't be.
    fn save_soon(self: &Arc<Self>) {
        if self.state().unsaved.is_empty() || self.soon.swap(true, Ordering::AcqRel) {
            return;
        }
        let door = self.clone();
        self.tasks.spawn(async move {
            // It says so itself when it fails.
            let _failed = door.save().await;
        });
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
