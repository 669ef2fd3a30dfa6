//! The rules of a door: who gets in, and what that leaves behind. No lock, no disk, and the time is said to it.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::{Duration, Instant},
};

use super::{Asking, Way};
use crate::{
    config::Limits,
    invite::{Secret, random_link_id},
    log::{Changes, StoredLink, StoredMember, StoredRoom},
    refusal::{banned, removed, too_many_tries},
    source::Source,
    throttle::{Queue, Throttle},
    wire::{Door, Entry, ErrorCode, FileRules, Guest, Guests, Millis, Standing, WireError},
};

/// How exactly it is stored when a member last came. Each time would be a write for every reload.
const DAY: Millis = 24 * 60 * 60 * 1000;

/// Members about whom nothing was decided in one answer to a host, about 50 KB of them.
const TOLD: usize = 500;

/// All there is to know of a door.
pub(super) struct State {
    pub(super) room: StoredRoom,
    pub(super) members: HashMap<String, StoredMember>,
    /// Oldest first.
    pub(super) links: Vec<StoredLink>,
    guesses: Throttle,
    held: Queue,
    limits: Arc<Limits>,
    pub(super) unsaved: Unsaved,
}

/// What was changed since it was stored last.
#[derive(Debug, Default)]
pub(super) struct Unsaved {
    pub(super) room: bool,
    pub(super) members: HashSet<String>,
    pub(super) links: HashSet<String>,
}

impl Unsaved {
    pub(super) fn is_empty(&self) -> bool {
        !self.room && self.members.is_empty() && self.links.is_empty()
    }
}

impl State {
    pub(super) fn new(
        room: StoredRoom,
        members: Vec<StoredMember>,
        mut links: Vec<StoredLink>,
        limits: Arc<Limits>,
    ) -> Self {
        let over = Duration::from_millis(limits.tries_ms);
        let guesses = Throttle::new(limits.guesses, limits.room_guesses, over);
        let [each, all, longest] =
            [limits.guess_ms, limits.room_guess_ms, limits.guess_wait_ms].map(Duration::from_millis);
        let held = Queue::new(each, all, longest);
        links.sort_by(|one, other| one.at.cmp(&other.at).then_with(|| one.id.cmp(&other.id)));
        let members = members.into_iter().map(|member| (member.member.clone(), member)).collect();
        Self { room, members, links, guesses, held, limits, unsaved: Unsaved::default() }
    }

    /// Which files the room takes.
    pub(super) fn files(&self) -> FileRules {
        let usual = FileRules { bytes: self.limits.file_bytes, days: self.limits.file_days };
        self.room.files.unwrap_or(usual)
    }

    /// Whether somebody may come back as they are.
    pub(super) fn knows(&self, member: &str) -> bool {
        self.members.get(member).is_some_and(|known| !known.out)
    }

    /// Who may come back, and about whom something was decided, for hosts. The latter are all there and come first,
    /// however long ago it was: nowhere else is there a way to take it back.
    pub(super) fn guests(&self) -> Guests {
        let (mut usual, mut decided): (Vec<_>, Vec<_>) =
            self.members.values().filter(|known| !is_forgotten(known)).partition(|known| is_usual(known));
        for part in [&mut usual, &mut decided] {
            part.sort_unstable_by(|one, other| other.at.cmp(&one.at).then_with(|| one.member.cmp(&other.member)));
        }
        let count = u32::try_from(usual.len() + decided.len()).unwrap_or(u32::MAX);
        let told = |known: &StoredMember| Guest {
            member: known.member.clone(),
            nickname: known.nickname.clone(),
            at: known.at,
            by: known.by,
            standing: known.standing,
        };
        Guests { guests: decided.into_iter().chain(usual.into_iter().take(TOLD)).map(told).collect(), count }
    }

    /// Until when somebody has to wait before what they bring is compared with anything: not at all, as long as there
    /// wasn't too much that was wrong from where they come, or for this room.
    ///
    /// # Errors
    /// `too_many_tries`, when more wait already than may.
    pub(super) fn holds(&mut self, asking: Asking<'_>, clock: Instant) -> Result<Option<Instant>, WireError> {
        let Asking { member, secret, host, from, .. } = asking;
        let in_without = self.members.get(member).is_some_and(|known| known.standing == Standing::Banned || !known.out);
        let guesses = host.is_some() || (secret.is_some() && self.room.door == Door::Closed && !in_without);
        if !guesses || !self.guesses.is_spent(from, clock) {
            return Ok(None);
        }
        self.held.turn(from, clock).map(Some).map_err(too_many_tries)
    }

    /// The rules. What follows from the answer is done when it is given.
    pub(super) fn decide(&mut self, asking: Asking<'_>, now: Millis, clock: Instant) -> Result<Way, WireError> {
        let Asking { member, nickname, secret, host, from } = asking;
        if let Some(key) = host {
            if self.room.host.matches(key) {
                return Ok(Way::In { host: true });
            }
            return Err(self.wrong(ErrorCode::WrongHostKey, "this is not the room's host key", from, clock));
        }
        if let Some(known) = self.members.get(member) {
            if known.standing == Standing::Banned {
                return Err(banned(known.decided_by.clone()));
            }
            if !known.out {
                let host = known.standing == Standing::Host;
                self.came_back(member, nickname, now);
                return Ok(Way::In { host });
            }
            if let Some(by) = self.tell(member) {
                return Err(removed(Some(by)));
            }
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

    /// Counts a guess. Those that are too many are [held](Self::holds) from then on.
    fn wrong(&mut self, code: ErrorCode, why: &str, from: Source, clock: Instant) -> WireError {
        let _spent = self.guesses.take(from, clock);
        code.because(why)
    }

    /// Who put somebody out, where they don't know yet that they were. Now they do.
    pub(super) fn tell(&mut self, member: &str) -> Option<String> {
        let known = self.members.get_mut(member)?;
        let by = known.put_out_by.take()?;
        if known.standing == Standing::Usual {
            // There was nothing else to be known of them.
            self.members.remove(member);
        }
        self.unsaved.members.insert(member.to_owned());
        Some(by)
    }

    fn came_back(&mut self, member: &str, nickname: Option<&str>, now: Millis) {
        let Some(known) = self.members.get_mut(member) else { return };
        let nickname = nickname.filter(|_| known.standing != Standing::Muted);
        let renamed = nickname.is_some_and(|nickname| known.nickname != nickname);
        if renamed || now >= known.at.saturating_add(DAY) {
            known.at = now;
            if let Some(nickname) = nickname {
                nickname.clone_into(&mut known.nickname);
            }
            self.unsaved.members.insert(member.to_owned());
        }
    }

    pub(super) fn remember(&mut self, member: &str, nickname: Option<&str>, by: Entry, now: Millis) {
        if let Some(known) = self.members.get_mut(member) {
            if known.out {
                (known.out, known.put_out_by, known.by, known.at) = (false, None, by, now);
                self.unsaved.members.insert(member.to_owned());
            }
            return self.came_back(member, nickname, now);
        }
        if self.members.len() >= self.limits.members {
            self.forget_some();
        }
        let nickname = nickname.unwrap_or(crate::presence::ANONYMOUS).to_owned();
        let (member, standing, out) = (member.to_owned(), Standing::Usual, false);
        let known = StoredMember { member, nickname, at: now, by, standing, decided_by: None, out, put_out_by: None };
        self.unsaved.members.insert(known.member.clone());
        self.members.insert(known.member.clone(), known);
    }

    /// Makes room for a tenth more: first of those whom an open door let in, who may be anybody, then of
    /// those who haven't come for longest. About whom a host has decided something, that holds.
    fn forget_some(&mut self) {
        let forgettable = |known: &&StoredMember| is_usual(known);
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
    pub(super) fn take_back(&mut self, member: &str, link: &str) {
        // About whom a host has decided something meanwhile, that holds.
        if self.members.get(member).is_some_and(|known| known.standing == Standing::Usual) {
            self.members.remove(member);
        }
        self.unsaved.members.insert(member.to_owned());
        if let Some(link) = self.links.iter_mut().find(|known| known.id == link) {
            link.used = link.used.saturating_sub(1);
            // Whoever came beside them may have stored it with both.
            self.unsaved.links.insert(link.id.clone());
        }
    }

    pub(super) fn add_link(
        &mut self,
        ends_in: Option<Millis>,
        guests: Option<u32>,
        now: Millis,
    ) -> Result<(), WireError> {
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
    pub(super) fn changes(&mut self) -> (Unsaved, Changes) {
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

/// Whether a host has decided nothing about them that lasts.
pub(super) fn is_usual(known: &StoredMember) -> bool {
    known.standing == Standing::Usual
}

/// Whether all that is known of them is what they haven't been told yet.
pub(super) fn is_forgotten(known: &StoredMember) -> bool {
    known.out && is_usual(known)
}
