//! Who is in a room now: state beside the log, where the latest wins.
//!
//! Changes are gathered over a moment and numbered; a session reads the frames after the last one it
//! has seen, like a cursor over a log, but one that forgets: whoever is too far behind gets the whole
//! list anew. So nobody's list waits for anybody, and a thousand people joining at once cost each
//! socket a few frames, not a thousand. Who is typing goes the same way, and is even less worth keeping.

mod names;
mod seat;
mod typing;

use std::{
    collections::{BTreeMap, HashMap, HashSet, VecDeque},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::{sync::watch, time::Instant};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    config::Limits,
    pace::{Allowance, Pace},
    restraint::Restraint,
    wire::{self, Frame, Member, ServerFrame, WireError},
};
use names::Names;
pub(crate) use seat::Seat;
use typing::Typing;

/// Frames a session may be behind before it is given the whole list instead.
const KEPT: usize = 16;

/// Names in one gathered frame at most; for more the whole list is sent, which the roster bounds.
const NAMES: usize = 64;

/// Who is in one room.
pub(crate) struct Presence {
    state: Mutex<State>,
    version: watch::Sender<u64>,
    gather: Duration,
    linger: Duration,
    typing: Duration,
    roster: usize,
    allowance: Allowance,
    tasks: TaskTracker,
    stop: CancellationToken,
}

#[derive(Default)]
struct State {
    here: HashMap<String, Here>,
    /// Of those who are gone and still take something along: they may yet be put out, or come back.
    gone: HashMap<String, Weak<Restraint>>,
    /// Members in order of arrival.
    arrivals: BTreeMap<u64, String>,
    next_arrival: u64,
    departures: u64,
    names: Names,
    typing: Typing,
    /// Somebody will look who hasn't said again that they type.
    expiring: bool,
    /// Came, left, were renamed, went away or came back since the last frame.
    changed: HashSet<String>,
    gathering: bool,
    version: u64,
    /// The newest frames, the last one being `version`'s.
    recent: VecDeque<Frame>,
    /// What was last told to everybody besides who is here; for those who missed it.
    standing: Option<Frame>,
    /// The last frame that told who types, for whoever is given everything anew.
    typing_told: Option<Frame>,
}

struct Here {
    /// What they want to be called.
    wanted: String,
    /// What they are called, so that nobody else here is.
    nickname: String,
    arrival: u64,
    sockets: usize,
    /// At how many of the sockets nobody is looking.
    unattended: usize,
    /// At how many of them the host sits.
    hosts: usize,
    /// All the sockets there are have to end, however long they take to: by none of them anybody is a host.
    put_out: bool,
    /// Which departure of the room's the last socket's going was; tells a member who came back from
    /// one who didn't.
    departure: u64,
    pace: Arc<Pace>,
    restraint: Arc<Restraint>,
}

/// What a newcomer is told.
pub(crate) struct Roster {
    pub(crate) members: Vec<Member>,
    pub(crate) count: u32,
    /// From where to read on.
    pub(crate) version: u64,
}

impl Presence {
    pub(crate) fn new(limits: &Limits, tasks: TaskTracker, stop: CancellationToken) -> Arc<Self> {
        Arc::new(Self {
            state: Mutex::default(),
            version: watch::Sender::new(0),
            gather: Duration::from_millis(limits.gather_ms),
            linger: Duration::from_millis(limits.linger_ms),
            typing: Duration::from_millis(limits.typing_ms),
            roster: limits.roster,
            allowance: Allowance::new(limits),
            tasks,
            stop,
        })
    }

    /// Takes a seat. Without a nickname the one this member has by another socket is kept; one that somebody
    /// else here is called by gets a number.
    pub(crate) fn enter(self: &Arc<Self>, member: &str, nickname: Option<String>, host: bool) -> (Seat, Roster) {
        let mut state = self.state();
        let (pace, restraint);
        if let Some(here) = state.here.get_mut(member) {
            let before = (here.is_away(), here.hosts > 0);
            if std::mem::take(&mut here.put_out) || here.sockets == 0 {
                // Until now they were what they had been before their last socket went, or before they were put out.
                here.hosts = 0;
            }
            here.sockets += 1;
            (pace, restraint) = (here.pace.clone(), here.restraint.clone());
            here.hosts += usize::from(host);
            if before != (here.is_away(), here.hosts > 0) {
                self.note(&mut state, member);
            }
            if let Some(nickname) = nickname {
                self.call(&mut state, member, nickname);
            }
        } else {
            let wanted = nickname.unwrap_or_else(|| ANONYMOUS.to_owned());
            let nickname = state.names.claim(member, &wanted);
            let arrival = state.next_arrival;
            state.next_arrival += 1;
            state.arrivals.insert(arrival, member.to_owned());
            pace = Arc::new(Pace::new(self.allowance));
            let known = state.gone.remove(member).and_then(|gone| gone.upgrade());
            restraint = known.filter(|known| known.expelled().is_none()).unwrap_or_default();
            let here = Here {
                wanted,
                nickname,
                arrival,
                sockets: 1,
                unattended: 0,
                hosts: usize::from(host),
                put_out: false,
                departure: 0,
                pace: pace.clone(),
                restraint: restraint.clone(),
            };
            state.here.insert(member.to_owned(), here);
            self.note(&mut state, member);
        }
        let roster = Roster { members: self.members(&state), count: count(&state), version: state.version };
        let unattended = AtomicBool::new(false);
        let (presence, member) = (self.clone(), member.to_owned());
        (Seat { presence, member, for_good: false, host, unattended, pace, restraint }, roster)
    }

    /// Calls somebody who is here what they want to be called, as far as nobody else is.
    fn call(self: &Arc<Self>, state: &mut State, member: &str, wanted: String) {
        let Some(here) = state.here.get_mut(member) else { return };
        if here.wanted == wanted {
            // With the number it has, where it has one: who is called what doesn't change by itself.
            return;
        }
        state.names.release(member, &here.nickname);
        let nickname = state.names.claim(member, &wanted);
        here.wanted = wanted;
        if here.nickname != nickname {
            here.nickname = nickname;
            self.note(state, member);
        }
    }

    /// What keeps this member from being here, if they are, or only just lost their last socket, and weren't put out.
    pub(crate) fn restraint(&self, member: &str) -> Option<Arc<Restraint>> {
        self.state().here.get(member).filter(|here| !here.put_out).map(|here| here.restraint.clone())
    }

    /// Whether this member is here as a host, and what they are called here.
    pub(crate) fn here(&self, member: &str) -> Option<(bool, String)> {
        self.state().here.get(member).map(|here| (here.hosts > 0 && !here.put_out, here.nickname.clone()))
    }

    /// Has all this member's sockets end, and tells them why. Who comes in again from now on is not concerned.
    ///
    /// Called on the log's thread, which has no runtime to gather changes on: who is seen as a host stays that until they
    /// come again, or are gone.
    pub(crate) fn expel(&self, member: &str, why: WireError) {
        let mut state = self.state();
        if let Some(here) = state.here.get_mut(member) {
            std::mem::take(&mut here.restraint).expel(why);
            here.put_out = true;
        } else if let Some(gone) = state.gone.remove(member).and_then(|gone| gone.upgrade()) {
            gone.expel(why);
        }
        // Each socket looks when it is woken for what has changed here.
        self.version.send_replace(state.version);
    }

    /// Lets this member say nothing, or speak again.
    pub(crate) fn mute(&self, member: &str, on: bool) {
        if let Some(here) = self.state().here.get(member) {
            here.restraint.mute(on);
        }
    }

    /// How many are here.
    pub(crate) fn count(&self) -> u32 {
        count(&self.state())
    }

    /// Wakes whoever waits for a frame after the ones they have seen.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.version.subscribe()
    }

    /// The frames after `version`, and the version they lead to.
    pub(crate) fn since(&self, version: u64) -> (Vec<Frame>, u64) {
        let state = self.state();
        let behind = usize::try_from(state.version - version).unwrap_or(usize::MAX);
        if behind <= state.recent.len() {
            let skip = state.recent.len() - behind;
            return (state.recent.iter().skip(skip).cloned().collect(), state.version);
        }
        let joined = self.members(&state);
        let frame = wire::Presence { reset: true, joined, left: Vec::new(), count: count(&state) };
        let frames = [ServerFrame::Presence(frame).encode()].into_iter();
        (frames.chain(state.standing.clone()).chain(state.typing_told.clone()).collect(), state.version)
    }

    /// Tells everybody something that isn't worth keeping either, in its turn among the changes. Who misses
    /// it is told the latest.
    pub(crate) fn tell(&self, frame: Frame) {
        let mut state = self.state();
        state.standing = Some(frame.clone());
        push(&mut state, frame);
        self.version.send_replace(state.version);
    }

    fn members(&self, state: &State) -> Vec<Member> {
        state.arrivals.values().take(self.roster).filter_map(|member| as_member(state, member)).collect()
    }

    /// Notes a change and sees to it that a frame tells of it soon.
    fn note(self: &Arc<Self>, state: &mut State, member: &str) {
        state.changed.insert(member.to_owned());
        self.gather(state);
    }

    /// Tells what has changed in a moment, with all that changes until then.
    fn gather(self: &Arc<Self>, state: &mut State) {
        if std::mem::replace(&mut state.gathering, true) {
            return;
        }
        // A frame goes to everyone: the more there are, the more each one has to be worth.
        let crowd = u32::try_from(state.here.len() / 500).unwrap_or(u32::MAX);
        let wait = Instant::now() + self.gather.saturating_mul(crowd.saturating_add(1));
        let presence = self.clone();
        self.at(wait, move || presence.publish());
    }

    fn publish(&self) {
        let mut state = self.state();
        state.gathering = false;
        if !state.changed.is_empty() {
            let frame = self.changes_of(&mut state);
            push(&mut state, frame);
        }
        if let Some(members) = state.typing.news() {
            let frame = ServerFrame::Typing(wire::Typists { members: members.to_vec() }).encode();
            state.typing_told = Some(frame.clone());
            push(&mut state, frame);
        }
        self.version.send_replace(state.version);
    }

    /// The frame that tells what has changed.
    fn changes_of(&self, state: &mut State) -> Frame {
        let changed = std::mem::take(&mut state.changed);
        let (mut joined, left): (Vec<_>, Vec<_>) =
            changed.into_iter().partition(|member| state.here.contains_key(member));
        // In a very large room only those are told of by name who have been here longest.
        if let Some((newest, _)) = state.arrivals.iter().nth(self.roster) {
            joined.retain(|member| state.here.get(member).is_some_and(|here| here.arrival < *newest));
        }
        // So many at once that the list itself says it shorter.
        let reset = joined.len() > NAMES;
        let (joined, left) = if reset {
            (self.members(state), Vec::new())
        } else {
            (joined.iter().filter_map(|member| as_member(state, member)).collect(), left)
        };
        ServerFrame::Presence(wire::Presence { reset, joined, left, count: count(state) }).encode()
    }

    /// A member types, or has stopped.
    fn typing(self: &Arc<Self>, state: &mut State, member: &str, on: bool) {
        let news = if on { state.typing.begin(member, Instant::now() + self.typing) } else { state.typing.end(member) };
        if news {
            self.gather(state);
        }
        self.expire_later(state);
    }

    /// Sees to it that whoever doesn't say so again is forgotten in time.
    fn expire_later(self: &Arc<Self>, state: &mut State) {
        let Some(end) = state.typing.next_end() else { return };
        if std::mem::replace(&mut state.expiring, true) {
            return;
        }
        let presence = self.clone();
        self.at(end, move || {
            let mut state = presence.state();
            state.expiring = false;
            if state.typing.expire(Instant::now()) {
                presence.gather(&mut state);
            }
            presence.expire_later(&mut state);
        });
    }

    fn leave(self: &Arc<Self>, seat: &Seat) {
        let mut state = self.state();
        state.departures += 1;
        let departure = state.departures;
        let member = seat.member.as_str();
        let Some(here) = state.here.get_mut(member) else { return };
        let before = (here.is_away(), here.hosts > 0);
        here.sockets -= 1;
        // Whose last socket goes is what they were until they come back, or are gone.
        let counts = seat.host && Arc::ptr_eq(&seat.restraint, &here.restraint);
        here.hosts -= usize::from(counts && here.sockets > 0);
        here.unattended -= usize::from(seat.unattended.load(Ordering::Relaxed));
        if here.sockets > 0 {
            if before != (here.is_away(), here.hosts > 0) {
                self.note(&mut state, member);
            }
            return;
        }
        here.departure = departure;
        self.typing(&mut state, member, false);
        if seat.for_good {
            self.remove(&mut state, member);
            return;
        }
        let (presence, member) = (self.clone(), member.to_owned());
        self.at(Instant::now() + self.linger, move || {
            let mut state = presence.state();
            let gone = |here: &Here| here.sockets == 0 && here.departure == departure;
            if state.here.get(&member).is_some_and(gone) {
                presence.remove(&mut state, &member);
            }
        });
    }

    fn remove(self: &Arc<Self>, state: &mut State, member: &str) {
        if let Some(here) = state.here.remove(member) {
            state.arrivals.remove(&here.arrival);
            state.names.release(member, &here.nickname);
            state.gone.retain(|_, gone| gone.strong_count() > 0);
            state.gone.insert(member.to_owned(), Arc::downgrade(&here.restraint));
            self.note(state, member);
        }
    }

    /// Does something at a moment, unless the relay stops before.
    fn at(&self, moment: Instant, act: impl FnOnce() + Send + 'static) {
        let stop = self.stop.clone();
        self.tasks.spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep_until(moment) => act(),
            }
        });
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What someone is called who gave no name.
pub(crate) const ANONYMOUS: &str = "Anonymous";

fn count(state: &State) -> u32 {
    u32::try_from(state.here.len()).unwrap_or(u32::MAX)
}

fn push(state: &mut State, frame: Frame) {
    state.recent.push_back(frame);
    if state.recent.len() > KEPT {
        state.recent.pop_front();
    }
    state.version += 1;
}

fn as_member(state: &State, member: &str) -> Option<Member> {
    let here = state.here.get(member)?;
    Some(Member {
        member: member.to_owned(),
        nickname: here.nickname.clone(),
        away: here.is_away(),
        host: here.hosts > 0,
    })
}

impl Here {
    /// Whether nobody looks at any of the sockets. One that is lost says nothing of who looked at it.
    fn is_away(&self) -> bool {
        self.sockets > 0 && self.unattended == self.sockets
    }
}
