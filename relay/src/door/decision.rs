//! What a host decides, from what it changes on disk to the moment from which it holds.

use super::rules::State;
use crate::{
    log::{Changes, StoredMember, StoredRoom},
    wire::{Deed, Entry, Measure, Millis, Standing},
};

/// What comes of a measure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Decision {
    /// The room has another name.
    Name(String),
    /// The room has another slow mode, or none.
    Pace(Millis),
    /// This is known of a member from now on.
    Known(Box<StoredMember>),
    /// Nothing is.
    Forgotten(String),
}

impl State {
    /// What a measure of the host of this name comes to.
    pub(super) fn decision(&self, measure: &Measure, by_whom: &str, now: Millis) -> Decision {
        let (deed, member, called) = match measure {
            Measure::Renamed { name } => return Decision::Name(name.clone()),
            Measure::Slowed { every_ms } => return Decision::Pace(*every_ms),
            Measure::Member { deed, of, called } => (*deed, of, called),
        };
        let known = self.members.get(member);
        let by_whom = Some(by_whom.to_owned());
        // An open door doesn't remember all.
        let unknown = || StoredMember {
            member: member.clone(),
            nickname: String::new(),
            at: now,
            by: Entry::Open,
            standing: Standing::Usual,
            decided_by: None,
            out: false,
            put_out_by: None,
        };
        let mut is = StoredMember { nickname: called.clone(), ..known.cloned().unwrap_or_else(unknown) };
        match deed {
            Deed::Unbanned => return Decision::Forgotten(member.clone()),
            Deed::Removed => {
                // A mute is not to be got rid of by being removed, nor is it a way back in.
                if is.standing != Standing::Muted {
                    (is.standing, is.decided_by) = (Standing::Usual, None);
                }
                (is.out, is.put_out_by) = (true, by_whom);
            }
            Deed::Banned => (is.standing, is.decided_by) = (Standing::Banned, by_whom),
            Deed::Muted => (is.standing, is.decided_by) = (Standing::Muted, by_whom),
            Deed::Unmuted if is.out && is.put_out_by.is_none() => return Decision::Forgotten(member.clone()),
            Deed::Unmuted | Deed::Dismissed => (is.standing, is.decided_by) = (Standing::Usual, None),
            Deed::Appointed => {
                (is.standing, is.decided_by) = (Standing::Host, by_whom);
                (is.out, is.put_out_by) = (false, None);
            }
        }
        Decision::Known(Box::new(is))
    }

    /// What a decision changes on disk.
    pub(super) fn changed_by(&self, decision: &Decision) -> Changes {
        let room = self.room.clone();
        match decision {
            Decision::Name(name) => {
                Changes { room: Some(StoredRoom { name: name.clone(), ..room }), ..Changes::default() }
            }
            Decision::Pace(every_ms) => {
                Changes { room: Some(StoredRoom { every_ms: *every_ms, ..room }), ..Changes::default() }
            }
            Decision::Known(member) => {
                Changes { members: vec![(member.member.clone(), Some((**member).clone()))], ..Changes::default() }
            }
            Decision::Forgotten(member) => Changes { members: vec![(member.clone(), None)], ..Changes::default() },
        }
    }

    /// Has a decision hold. What else has changed meanwhile stays changed.
    pub(super) fn hold(&mut self, decision: Decision) {
        match decision {
            Decision::Name(name) => self.room.name = name,
            Decision::Pace(every_ms) => self.room.every_ms = every_ms,
            Decision::Known(decided) => match self.members.get_mut(&decided.member) {
                Some(known) => {
                    (known.standing, known.decided_by) = (decided.standing, decided.decided_by);
                    (known.out, known.put_out_by) = (decided.out, decided.put_out_by);
                }
                None => drop(self.members.insert(decided.member.clone(), *decided)),
            },
            Decision::Forgotten(member) => drop(self.members.remove(&member)),
        }
    }
}
