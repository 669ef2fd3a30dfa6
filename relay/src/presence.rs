//! Who is in a room now: state beside the log, where the latest wins.
//!
//! Changes are gathered over a moment and numbered; a session reads the frames after the last one it
//! has seen, like a cursor over a log, but one that forgets: whoever is too far behind gets the whole
//! list anew. So nobody's list waits for anybody, and a thousand people joining at once cost each
//! socket a few frames, not a thousand.

use std::{
    collections::{BTreeMap, HashMap, HashSet, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::sync::watch;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    config::Limits,
    wire::{self, Frame, Member, ServerFrame},
};

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
    roster: usize,
    tasks: TaskTracker,
    stop: CancellationToken,
}

#[derive(Default)]
struct State {
    here: HashMap<String, Here>,
    /// Members in order of arrival.
    arrivals: BTreeMap<u64, String>,
    next_arrival: u64,
    departures: u64,
    /// Came, left or were renamed since the last frame.
    changed: HashSet<String>,
    gathering: bool,
    version: u64,
    /// The newest frames, the last one being `version`'s.
    recent: VecDeque<Frame>,
    /// What was last told to everybody besides who is here; for those who missed it.
    standing: Option<Frame>,
}

struct Here {
    nickname: String,
    arrival: u64,
    sockets: usize,
    /// Which departure of the room's the last socket's going was; tells a member who came back from
    /// one who didn't.
    departure: u64,
}

/// What a newcomer is told.
pub(crate) struct Roster {
    pub(crate) members: Vec<Member>,
    pub(crate) count: u32,
    /// From where to read on.
    pub(crate) version: u64,
}

/// One socket's place in a room; leaving happens when it is dropped.
pub(crate) struct Seat {
    presence: Arc<Presence>,
    member: String,
    for_good: bool,
    /// Whether it is the host's: who came with the room's host key.
    pub(crate) host: bool,
}

impl Presence {
    pub(crate) fn new(limits: &Limits, tasks: TaskTracker, stop: CancellationToken) -> Arc<Self> {
        Arc::new(Self {
            state: Mutex::default(),
            version: watch::Sender::new(0),
            gather: Duration::from_millis(limits.gather_ms),
            linger: Duration::from_millis(limits.linger_ms),
            roster: limits.roster,
            tasks,
            stop,
        })
    }

    /// Takes a seat. Without a nickname the one this member has by another socket is kept.
    pub(crate) fn enter(self: &Arc<Self>, member: &str, nickname: Option<String>) -> (Seat, Roster) {
        let mut state = self.state();
        let arrival = state.next_arrival;
        if let Some(here) = state.here.get_mut(member) {
            here.sockets += 1;
            if let Some(nickname) = nickname
                && here.nickname != nickname
            {
                here.nickname = nickname;
                self.note(&mut state, member);
            }
        } else {
            let nickname = nickname.unwrap_or_else(|| ANONYMOUS.to_owned());
            state.next_arrival += 1;
            state.arrivals.insert(arrival, member.to_owned());
            state.here.insert(member.to_owned(), Here { nickname, arrival, sockets: 1, departure: 0 });
            self.note(&mut state, member);
        }
        let roster = Roster { members: self.members(&state), count: count(&state), version: state.version };
        (Seat { presence: self.clone(), member: member.to_owned(), for_good: false, host: false }, roster)
    }

    /// Whether this member is here, or only just lost their last socket.
    #[expect(dead_code, reason = "files ask for it")]
    pub(crate) fn is_here(&self, member: &str) -> bool {
        self.state().here.contains_key(member)
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
        let frames = [ServerFrame::Presence(frame).encode()].into_iter().chain(state.standing.clone());
        (frames.collect(), state.version)
    }

    /// Tells everybody something that isn't worth keeping either, in its turn among the changes. Who misses
    /// it is told the latest.
    pub(crate) fn tell(&self, frame: Frame) {
        let mut state = self.state();
        state.standing = Some(frame.clone());
        self.push(&mut state, frame);
    }

    fn members(&self, state: &State) -> Vec<Member> {
        state.arrivals.values().take(self.roster).filter_map(|member| as_member(state, member)).collect()
    }

    /// Notes a change and sees to it that a frame tells of it soon.
    fn note(self: &Arc<Self>, state: &mut State, member: &str) {
        state.changed.insert(member.to_owned());
        if std::mem::replace(&mut state.gathering, true) {
            return;
        }
        // A frame goes to everyone: the more there are, the more each one has to be worth.
        let crowd = u32::try_from(state.here.len() / 500).unwrap_or(u32::MAX);
        let wait = self.gather.saturating_mul(crowd.saturating_add(1));
        let presence = self.clone();
        self.later(wait, move || presence.publish());
    }

    fn publish(&self) {
        let mut state = self.state();
        state.gathering = false;
        let changed = std::mem::take(&mut state.changed);
        let (mut joined, left): (Vec<_>, Vec<_>) =
            changed.into_iter().partition(|member| state.here.contains_key(member));
        // Whoever came after as many as are told by name only counts.
        if let Some(last) = state.arrivals.keys().nth(self.roster.saturating_sub(1)).copied() {
            joined.retain(|member| self.roster > 0 && state.here.get(member).is_some_and(|here| here.arrival <= last));
        }
        // So many at once that the list itself says it shorter.
        let reset = joined.len() > NAMES;
        let (joined, left) = if reset {
            (self.members(&state), Vec::new())
        } else {
            (joined.iter().filter_map(|member| as_member(&state, member)).collect(), left)
        };
        let frame = wire::Presence { reset, joined, left, count: count(&state) };
        self.push(&mut state, ServerFrame::Presence(frame).encode());
    }

    fn push(&self, state: &mut State, frame: Frame) {
        state.recent.push_back(frame);
        if state.recent.len() > KEPT {
            state.recent.pop_front();
        }
        state.version += 1;
        self.version.send_replace(state.version);
    }

    fn leave(self: &Arc<Self>, member: &str, for_good: bool) {
        let mut state = self.state();
        state.departures += 1;
        let departure = state.departures;
        let Some(here) = state.here.get_mut(member) else { return };
        here.sockets -= 1;
        if here.sockets > 0 {
            return;
        }
        here.departure = departure;
        if for_good {
            self.remove(&mut state, member);
            return;
        }
        let (presence, member) = (self.clone(), member.to_owned());
        self.later(self.linger, move || {
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
            self.note(state, member);
        }
    }

    /// Does something after a while, unless the relay stops before.
    fn later(&self, wait: Duration, act: impl FnOnce() + Send + 'static) {
        let stop = self.stop.clone();
        self.tasks.spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(wait) => act(),
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

fn as_member(state: &State, member: &str) -> Option<Member> {
    let here = state.here.get(member)?;
    Some(Member { member: member.to_owned(), nickname: here.nickname.clone() })
}

impl Seat {
    /// Whose seat it is.
    pub(crate) fn member(&self) -> &str {
        &self.member
    }

    /// What this member is called now.
    pub(crate) fn nickname(&self) -> String {
        self.presence.state().here.get(&self.member).map_or_else(|| ANONYMOUS.to_owned(), |here| here.nickname.clone())
    }

    /// Changes it, for all to see.
    pub(crate) fn rename(&self, nickname: String) {
        let mut state = self.presence.state();
        if let Some(here) = state.here.get_mut(&self.member)
            && here.nickname != nickname
        {
            here.nickname = nickname;
            self.presence.note(&mut state, &self.member);
        }
    }

    /// Leaves on purpose: the others are told at once, not after a while.
    pub(crate) fn leave_for_good(mut self) {
        self.for_good = true;
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.presence.leave(&self.member, self.for_good);
    }
}
