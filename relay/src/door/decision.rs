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
    /// What a measure comes to.
    pub(super) fn decision(&self, measure: &Measure, now: Millis) -> Decision {
        let (deed, member, called) = match measure {
            Measure::Renamed { name } => return Decision::Name(name.clone()),
            Measure::Slowed { every_ms } => return Decision::Pace(*every_ms),
            Measure::Member { deed, of, called } => (*deed, of, called),
        };
        let known = self.members.get(member);
        // A mute is not to be got rid of by being removed, nor is it a way back in.
        let (muted, out) = known.map_or((false, false), |known| (known.standing == Standing::Muted, known.out));
        let standing = match deed {
            Deed::Unbanned => return Decision::Forgotten(member.clone()),
            Deed::Removed if !muted => return Decision::Forgotten(member.clone()),
            Deed::Unmuted if out => return Decision::Forgotten(member.clone()),
            Deed::Unmuted | Deed::Dismissed => Standing::Usual,
            Deed::Removed | Deed::Muted => Standing::Muted,
            Deed::Banned => Standing::Banned,
            Deed::Appointed => Standing::Host,
        };
        // An open door doesn't remember all.
        let (at, by) = known.map_or((now, Entry::Open), |known| (known.at, known.by));
        let (member, nickname, out) = (member.clone(), called.clone(), deed == Deed::Removed);
        Decision::Known(Box::new(StoredMember { member, nickname, at, by, standing, out }))
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
                Some(known) => (known.standing, known.out) = (decided.standing, decided.out),
                None => drop(self.members.insert(decided.member.clone(), *decided)),
            },
            Decision::Forgotten(member) => drop(self.members.remove(&member)),
        }
    }
}
