//! Who waits at a room's door: state beside the log, never in it.
//!
//! Somebody who knocks has a socket and waits for a verdict. Both are bounded, and so is how often anybody
//! may knock; hosts are told of all who wait, a few times a second at most.

mod quiet;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use tokio::sync::watch;

use crate::{
    clock,
    config::Limits,
    gathered::Gathered,
    refusal::too_many_tries,
    source::{Counted, Source},
    throttle::Throttle,
    wire::{self, ErrorCode, Millis, WireError},
};

use quiet::Quiet;

/// Of so many it is remembered that they were turned away; of more, the latest.
const TURNED_AWAY: usize = 1000;

/// What becomes of a knock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The door is open to them: they ask again, and come in.
    Open,
    /// They may knock again after this long.
    TurnedAway(Duration),
    Locked,
}

/// The place before one room's door.
pub(crate) struct Lobby {
    state: Mutex<State>,
    hosts: watch::Sender<usize>,
    changed: Arc<Gathered>,
    limits: Arc<Limits>,
}

struct State {
    /// In the order they came; there are few.
    waiting: Vec<Waiting>,
    next: u64,
    /// Sockets that wait, by where they come from.
    sockets: HashMap<Counted, usize>,
    /// Until when they may not knock again.
    turned_away: HashMap<String, Instant>,
    knocks: Throttle,
    quiet: Quiet,
}

/// One device at the door.
struct Waiting {
    /// Tells it from an earlier knock of the same device.
    number: u64,
    member: String,
    nickname: String,
    at: Millis,
    /// Where they came from first.
    from: Source,
    /// A device may have several tabs open.
    sockets: usize,
    verdict: watch::Sender<Option<Verdict>>,
}

/// One socket that waits. Dropped, it is gone from the door.
pub(crate) struct Knock {
    lobby: Arc<Lobby>,
    number: u64,
    from: Source,
    verdict: watch::Receiver<Option<Verdict>>,
    hosts: watch::Receiver<usize>,
}

/// A host who is there to answer.
pub(crate) struct HostHere(Arc<Lobby>);

impl Lobby {
    /// Nobody waits yet. Hosts are told by `changed`.
    pub(crate) fn new(limits: Arc<Limits>, changed: Arc<Gathered>) -> Arc<Self> {
        let over = Duration::from_millis(limits.tries_ms);
        let knocks = Throttle::new(limits.knock_tries, limits.room_knock_tries, over);
        let (quiet, sockets, turned_away) = (Quiet::new(&limits), HashMap::new(), HashMap::new());
        let state = State { waiting: Vec::new(), next: 0, sockets, turned_away, knocks, quiet };
        Arc::new(Self { state: Mutex::new(state), hosts: watch::Sender::new(0), changed, limits })
    }

    /// Waits at the door.
    ///
    /// # Errors
    /// [`ErrorCode::TurnedAway`], [`ErrorCode::DoorQuiet`], [`ErrorCode::TooManyWaiting`],
    /// [`ErrorCode::TooManyTries`].
    pub(crate) fn knock(self: &Arc<Self>, member: &str, nickname: &str, from: Source) -> Result<Knock, WireError> {
        let mut state = self.state();
        let now = Instant::now();
        if let Some(until) = state.turned_away.get(member).filter(|until| **until > now) {
            return Err(turned_away(until.duration_since(now)));
        }
        let known = state.waiting.iter().position(|waiting| waiting.member == member);
        if let Some(wait) = state.quiet.is_quiet(from, now).filter(|_| known.is_none()) {
            return Err(door_quiet(wait));
        }
        let as_many_as_may = |(counted, times): (Counted, u32)| {
            let most = self.limits.knocks_each.saturating_mul(times as usize);
            state.sockets.get(&counted).is_some_and(|sockets| *sockets >= most)
        };
        if from.counted().any(as_many_as_may) || (known.is_none() && state.waiting.len() >= self.limits.knocks) {
            return Err(ErrorCode::TooManyWaiting.because("too many wait at this door already"));
        }
        state.knocks.take(from, now).map_err(too_many_tries)?;
        for (counted, _) in from.counted() {
            *state.sockets.entry(counted).or_default() += 1;
        }
        let at = known.unwrap_or_else(|| {
            state.next += 1;
            let waiting = Waiting {
                number: state.next,
                member: member.to_owned(),
                nickname: nickname.to_owned(),
                at: clock::now(),
                from,
                sockets: 0,
                verdict: watch::Sender::new(None),
            };
            state.waiting.push(waiting);
            state.waiting.len() - 1
        });
        let waiting = &mut state.waiting[at];
        waiting.sockets += 1;
        if waiting.nickname != nickname {
            nickname.clone_into(&mut waiting.nickname);
        }
        let (number, verdict) = (waiting.number, waiting.verdict.subscribe());
        drop(state);
        self.changed.note();
        Ok(Knock { lobby: self.clone(), number, from, verdict, hosts: self.hosts.subscribe() })
    }

    /// Everybody who waits, as hosts are told.
    pub(crate) fn waiting(&self) -> Vec<wire::Knock> {
        let state = self.state();
        let told = |waiting: &Waiting| wire::Knock {
            member: waiting.member.clone(),
            nickname: waiting.nickname.clone(),
            at: waiting.at,
        };
        state.waiting.iter().map(told).collect()
    }

    /// Opens the door to those that are named, and are there.
    pub(crate) fn let_in(&self, members: &[String]) {
        let mut state = self.state();
        let State { waiting, quiet, .. } = &mut *state;
        for let_in in waiting.extract_if(.., |waiting| members.contains(&waiting.member)) {
            quiet.admit(let_in.from);
            let_in.verdict.send_replace(Some(Verdict::Open));
        }
        drop(state);
        self.changed.note();
    }

    /// Tells everybody the same, which is nothing about any of them.
    pub(crate) fn answer_all(&self, verdict: Verdict) {
        for answered in self.state().waiting.drain(..) {
            answered.verdict.send_replace(Some(verdict));
        }
        self.changed.note();
    }

    /// Turns those away that are named, and are there.
    pub(crate) fn turn_away(&self, members: &[String]) {
        let mut state = self.state();
        let State { waiting, turned_away, quiet, .. } = &mut *state;
        let (now, wait) = (Instant::now(), Duration::from_millis(self.limits.turned_away_ms));
        for answered in waiting.extract_if(.., |waiting| members.contains(&waiting.member)) {
            quiet.refuse(answered.from, now);
            // Told once how long it is: by then anybody may knock from there again.
            let wait = quiet.is_quiet(answered.from, now).map_or(wait, |quiet| quiet.max(wait));
            turned_away.insert(answered.member, now + wait);
            answered.verdict.send_replace(Some(Verdict::TurnedAway(wait)));
        }
        if turned_away.len() > TURNED_AWAY {
            let mut all: Vec<_> = turned_away.values().copied().collect();
            all.sort_unstable();
            let kept = all[all.len() - TURNED_AWAY];
            turned_away.retain(|_, until| *until >= kept);
        }
        drop(state);
        self.changed.note();
    }

    /// A host is here until what is returned is dropped.
    pub(crate) fn host_enters(self: &Arc<Self>) -> HostHere {
        self.hosts.send_modify(|hosts| *hosts += 1);
        HostHere(self.clone())
    }

    fn leave(&self, number: u64, from: Source) {
        let mut state = self.state();
        for (counted, _) in from.counted() {
            let Some(sockets) = state.sockets.get_mut(&counted) else { continue };
            *sockets -= 1;
            if *sockets == 0 {
                state.sockets.remove(&counted);
            }
        }
        let Some(at) = state.waiting.iter().position(|waiting| waiting.number == number) else { return };
        state.waiting[at].sockets -= 1;
        if state.waiting[at].sockets == 0 {
            state.waiting.remove(at);
            drop(state);
            self.changed.note();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Knock {
    /// Whether a host is there to answer.
    pub(crate) fn host_here(&mut self) -> bool {
        *self.hosts.borrow_and_update() > 0
    }

    /// Waits until there is a verdict, or it changes whether a host is there.
    pub(crate) async fn changed(&mut self) -> Option<Verdict> {
        // Neither sender goes before the knock: it holds the lobby, or was told.
        tokio::select! {
            _ = self.verdict.changed() => {}
            _ = self.hosts.changed() => {}
        }
        *self.verdict.borrow()
    }
}

impl Drop for Knock {
    fn drop(&mut self) {
        self.lobby.leave(self.number, self.from);
    }
}

impl Drop for HostHere {
    fn drop(&mut self) {
        self.0.hosts.send_modify(|hosts| *hosts -= 1);
    }
}

/// The host said no; they may knock again after this long.
pub(crate) fn turned_away(wait: Duration) -> WireError {
    ErrorCode::TurnedAway.because("the host did not let you in").after(wait)
}

/// The host said no to several from there; somebody may knock again after this long.
fn door_quiet(wait: Duration) -> WireError {
    ErrorCode::DoorQuiet.because("the host turned several away who knocked from this address").after(wait)
}

#[cfg(test)]
mod tests {
    use tokio_util::{sync::CancellationToken, task::TaskTracker};

    use super::*;
    use crate::source::tests::came;

    #[tokio::test]
    async fn guests_of_one_network_of_ipv6_dont_use_up_each_others_knocks() {
        let changed = Gathered::new(Duration::ZERO, TaskTracker::new(), CancellationToken::new());
        let lobby = Lobby::new(Arc::new(Limits::DEFAULT), changed);
        let own = "2001:db8::ffff";
        let knock = |address: &str, n: u32| lobby.knock(&format!("member-{n}"), "Jun", came(address, own));
        // One of them takes all that one may have, and rings until it may no more.
        let stays: Vec<_> = (0..8).filter_map(|n| knock("2001:db8::bad", n).ok()).collect();
        assert_eq!(stays.len(), 8);
        assert_eq!(knock("2001:db8::bad", 8).err().map(|error| error.code), Some(ErrorCode::TooManyWaiting));
        drop(stays);
        let rings = (0..20).take_while(|n| knock("2001:db8::bad", *n).is_ok()).count();
        assert_eq!(rings, 4, "twelve a minute");
        // Nine others each have a device of their own.
        let nine: Vec<_> = (100..109).map(|n| knock(&format!("2001:db8::{n}"), n)).collect();
        assert!(nine.iter().all(Result::is_ok));
        // And if it were one that takes address after address, half the places would be left to others.
        let more: Vec<_> = (200..300).filter_map(|n| knock(&format!("2001:db8::{n}"), n).ok()).collect();
        assert_eq!(nine.len() + more.len(), 32);
        assert!(lobby.knock("sol", "Sol", came("192.168.1.20", "192.168.1.1")).is_ok());
    }
}
