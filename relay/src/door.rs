//! Who gets in: how a room's door stands, what opens it, and who may come back.
//!
//! All of it is in memory while the room is served, and each question is answered under one lock: a link for
//! five lets in five, however many come at once. What changes by it is [saved](Doorkeeper::save), together
//! with whatever else has changed meanwhile; whoever counts on that waits for it.

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use tokio_util::task::TaskTracker;

use crate::{
    config::Limits,
    gathered::Gathered,
    invite::{Secret, random_link_id},
    lobby::too_many_tries,
    log::{Changes, LogError, Register, StoredLink, StoredMember, StoredRoom, now},
    throttle::{Source, Throttle},
    wire::{Door, Entry, ErrorCode, Guest, Guests, Keys, Link, Millis, Standing, WireError},
};

/// How exactly it is stored when a member last came. Each time would be a write for every reload.
const DAY: Millis = 24 * 60 * 60 * 1000;

/// Members in one answer to a host, about 50 KB of them.
const TOLD: usize = 500;

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

/// Keeps one room's door.
pub(crate) struct Doorkeeper {
    state: Mutex<State>,
    register: Register,
    /// Slow mode, for whoever asks before each message.
    every_ms: AtomicU64,
    /// One saves at a time; whoever waits for it has been saved by the one before, or saves with the others.
    saving: tokio::sync::Mutex<()>,
    /// Somebody is about to.
    soon: AtomicBool,
    /// Tells hosts.
    changed: Arc<Gathered>,
    tasks: TaskTracker,
}

struct State {
    room: StoredRoom,
    members: HashMap<String, StoredMember>,
    /// Oldest first.
    links: Vec<StoredLink>,
    guesses: Throttle,
    limits: Arc<Limits>,
    unsaved: Unsaved,
}

/// What was changed since it was stored last.
#[derive(Debug, Default)]
struct Unsaved {
    room: bool,
    members: HashSet<String>,
    links: HashSet<String>,
}

impl Unsaved {
    fn is_empty(&self) -> bool {
        !self.room && self.members.is_empty() && self.links.is_empty()
    }
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
        let state = State::new(room, members, links, limits);
        Arc::new(Self {
            state: Mutex::new(state),
            register,
            every_ms,
            saving: tokio::sync::Mutex::default(),
            soon: AtomicBool::new(false),
            changed,
            tasks,
        })
    }

    /// Lets somebody in, has them knock, or says why neither. Whoever gets in this way for the first time is
    /// remembered, so that they can come back.
    ///
    /// # Errors
    /// [`ErrorCode::WrongHostKey`], [`ErrorCode::WrongSecret`], [`ErrorCode::LinkEnded`],
    /// [`ErrorCode::RoomLocked`], [`ErrorCode::TooManyTries`]; for a link that counts, whatever keeps it
    /// from being counted on disk.
    pub(crate) async fn ask(self: &Arc<Self>, asking: Asking<'_>) -> Result<Way, WireError> {
        let way = self.state().decide(asking, now(), Instant::now())?;
        match &way {
            Way::Counted { link } => {
                if let Err(error) = self.save().await {
                    self.state().take_back(asking.member, link);
                    return Err(crate::room::log_failed(error));
                }
                self.changed.note();
            }
            Way::In { .. } => self.save_soon(),
            Way::Knock => {}
        }
        Ok(way)
    }

    /// Whether this one needn't knock, nor wait for an answer: the door was opened or locked, or they are
    /// known.
    pub(crate) fn needs_no_answer(&self, member: &str) -> bool {
        let state = self.state();
        state.room.door != Door::Closed || state.members.contains_key(member)
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
        let state = self.state();
        let mut members: Vec<_> = state.members.values().collect();
        members.sort_unstable_by(|one, other| other.at.cmp(&one.at).then_with(|| one.member.cmp(&other.member)));
        let told = |member: &&StoredMember| Guest {
            member: member.member.clone(),
            nickname: member.nickname.clone(),
            at: member.at,
            by: member.by,
            standing: member.standing,
        };
        let count = u32::try_from(members.len()).unwrap_or(u32::MAX);
        Guests { guests: members.iter().take(TOLD).map(told).collect(), count }
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
    /// [`ErrorCode::BadLink`], [`ErrorCode::TooManyLinks`].
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

    /// Lets somebody come back only as others come. Who is banned stays banned.
    pub(crate) fn forget(&self, member: &str) {
        let mut state = self.state();
        if state.members.get(member).is_some_and(|known| known.standing != Standing::Banned) {
            state.members.remove(member);
            state.unsaved.members.insert(member.to_owned());
        }
    }

    /// Gives the room another name.
    pub(crate) fn rename(&self, name: String) {
        let mut state = self.state();
        state.room.name = name;
        state.unsaved.room = true;
    }

    /// The time from one message of a member's to their next; 0 where there is no limit.
    pub(crate) fn every_ms(&self) -> Millis {
        self.every_ms.load(Ordering::Relaxed)
    }

    /// Sets slow mode, or ends it with 0.
    pub(crate) fn slow(&self, every_ms: Millis) {
        let mut state = self.state();
        state.room.every_ms = every_ms;
        state.unsaved.room = true;
        self.every_ms.store(every_ms, Ordering::Relaxed);
    }

    /// What was decided about somebody, and what they were last called; `None` for whom nobody let in.
    pub(crate) fn standing(&self, member: &str) -> Option<(Standing, String)> {
        self.state().members.get(member).map(|known| (known.standing, known.nickname.clone()))
    }

    /// Decides about somebody. Whoever isn't known yet, because an open door doesn't remember all, is from now
    /// on.
    pub(crate) fn decide_about(&self, member: &str, nickname: &str, standing: Standing) {
        let mut state = self.state();
        state.remember(member, Some(nickname), Entry::Open, now());
        if let Some(known) = state.members.get_mut(member) {
            known.standing = standing;
            state.unsaved.members.insert(member.to_owned());
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

impl State {
    fn new(room: StoredRoom, members: Vec<StoredMember>, mut links: Vec<StoredLink>, limits: Arc<Limits>) -> Self {
        let over = Duration::from_millis(limits.tries_ms);
        let guesses = Throttle::new(limits.guesses, limits.room_guesses, over);
        links.sort_by(|one, other| one.at.cmp(&other.at).then_with(|| one.id.cmp(&other.id)));
        let members = members.into_iter().map(|member| (member.member.clone(), member)).collect();
        Self { room, members, links, guesses, limits, unsaved: Unsaved::default() }
    }

    /// The rules. What follows from the answer is done when it is given.
    fn decide(&mut self, asking: Asking<'_>, now: Millis, clock: Instant) -> Result<Way, WireError> {
        let Asking { member, nickname, secret, host, from } = asking;
        if let Some(key) = host {
            if self.room.host.matches(key) {
                return Ok(Way::In { host: true });
            }
            return Err(self.wrong(ErrorCode::WrongHostKey, "this is not the room's host key", from, clock));
        }
        if let Some(known) = self.members.get(member) {
            if known.standing == Standing::Banned {
                return Err(crate::room::banned());
            }
            let host = known.standing == Standing::Host;
            self.came_back(member, nickname, now);
            return Ok(Way::In { host });
        }
        // Each is compared, whichever is the right one.
        let own = secret.is_some_and(|secret| self.room.secret.matches(secret));
        let mut further = None;
        for (at, link) in self.links.iter().enumerate() {
            if secret.is_some_and(|secret| link.secret.matches(secret)) {
                further = Some(at);
            }
        }
        match self.room.door {
            Door::Locked => Err(ErrorCode::RoomLocked.because("the host has locked this room")),
            Door::Open => {
                self.remember(member, nickname, if own { Entry::Link } else { Entry::Open }, now);
                Ok(Way::In { host: false })
            }
            Door::Closed if own => {
                self.remember(member, nickname, Entry::Link, now);
                Ok(Way::In { host: false })
            }
            Door::Closed => match (further, secret) {
                (Some(at), _) => {
                    let link = &mut self.links[at];
                    let over = link.ends_at.is_some_and(|end| end <= now);
                    if over || link.guests.is_some_and(|guests| link.used >= guests) {
                        return Err(ErrorCode::LinkEnded.because("this link has ended"));
                    }
                    link.used = link.used.saturating_add(1);
                    let id = link.id.clone();
                    self.unsaved.links.insert(id.clone());
                    self.remember(member, nickname, Entry::Link, now);
                    Ok(Way::Counted { link: id })
                }
                (None, Some(_)) => {
                    let why = "this room needs the secret that its invite link carries";
                    Err(self.wrong(ErrorCode::WrongSecret, why, from, clock))
                }
                (None, None) => Ok(Way::Knock),
            },
        }
    }

    /// Counts a guess. Whoever has the right one was let in before it came to that.
    fn wrong(&mut self, code: ErrorCode, why: &str, from: Source, clock: Instant) -> WireError {
        match self.guesses.take(from, clock) {
            Ok(()) => code.because(why),
            Err(wait) => too_many_tries(wait),
        }
    }

    fn came_back(&mut self, member: &str, nickname: Option<&str>, now: Millis) {
        let Some(known) = self.members.get_mut(member) else { return };
        let renamed = nickname.is_some_and(|nickname| known.nickname != nickname);
        if renamed || now >= known.at.saturating_add(DAY) {
            known.at = now;
            if let Some(nickname) = nickname {
                nickname.clone_into(&mut known.nickname);
            }
            self.unsaved.members.insert(member.to_owned());
        }
    }

    fn remember(&mut self, member: &str, nickname: Option<&str>, by: Entry, now: Millis) {
        if self.members.contains_key(member) {
            return self.came_back(member, nickname, now);
        }
        if self.members.len() >= self.limits.members {
            self.forget_some();
        }
        let nickname = nickname.unwrap_or(crate::presence::ANONYMOUS).to_owned();
        let standing = Standing::Usual;
        let known = StoredMember { member: member.to_owned(), nickname, at: now, by, standing };
        self.members.insert(member.to_owned(), known);
        self.unsaved.members.insert(member.to_owned());
    }

    /// Makes room for a tenth more: first of those whom an open door let in, who may be anybody, then of
    /// those who haven't come for longest. About whom a host has decided something, that holds.
    fn forget_some(&mut self) {
        let forgettable = |known: &&StoredMember| known.standing == Standing::Usual;
        let usual = self.members.values().filter(forgettable);
        let mut all: Vec<_> = usual.map(|known| (known.by != Entry::Open, known.at)).collect();
        all.sort_unstable();
        let Some(last) = all.get(all.len().div_ceil(10).saturating_sub(1)).copied() else { return };
        let mut gone: Vec<_> = self
            .members
            .values()
            .filter(forgettable)
            .filter(|known| (known.by != Entry::Open, known.at) <= last)
            .map(|known| known.member.clone())
            .collect();
        // Many may have come in the same moment.
        gone.truncate(all.len().div_ceil(10));
        for member in gone {
            self.members.remove(&member);
            self.unsaved.members.insert(member);
        }
    }

    /// Undoes what a link that counts has let in and could not be stored.
    fn take_back(&mut self, member: &str, link: &str) {
        self.members.remove(member);
        self.unsaved.members.insert(member.to_owned());
        if let Some(link) = self.links.iter_mut().find(|known| known.id == link) {
            link.used = link.used.saturating_sub(1);
        }
    }

    fn add_link(&mut self, ends_in: Option<Millis>, guests: Option<u32>, now: Millis) -> Result<(), WireError> {
        if ends_in == Some(0) || guests == Some(0) || (ends_in.is_none() && guests.is_none()) {
            return Err(ErrorCode::BadLink.because("a link ends at a time ahead or after at least one guest"));
        }
        if self.links.len() >= self.limits.links {
            let ended = |link: &StoredLink| {
                link.ends_at.is_some_and(|end| end <= now) || link.guests.is_some_and(|guests| link.used >= guests)
            };
            let Some(at) = self.links.iter().position(ended) else {
                return Err(ErrorCode::TooManyLinks.because("this room has as many links as it can"));
            };
            self.unsaved.links.insert(self.links.remove(at).id);
        }
        let (id, secret) = (random_link_id(), Secret::random());
        self.unsaved.links.insert(id.clone());
        // SQLite's numbers have a sign.
        let ends_at = ends_in.map(|ends_in| now.saturating_add(ends_in).min(Millis::MAX / 2));
        self.links.push(StoredLink { id, secret, at: now, ends_at, guests, used: 0 });
        Ok(())
    }

    /// What is to be stored now, and of what that is.
    fn changes(&mut self) -> (Unsaved, Changes) {
        let unsaved = std::mem::take(&mut self.unsaved);
        let link = |id: &String| self.links.iter().find(|link| link.id == *id).cloned();
        let changes = Changes {
            room: unsaved.room.then(|| self.room.clone()),
            members: unsaved.members.iter().map(|id| (id.clone(), self.members.get(id).cloned())).collect(),
            links: unsaved.links.iter().map(|id| (id.clone(), link(id))).collect(),
        };
        (unsaved, changes)
    }
}

#[cfg(test)]
mod tests;
