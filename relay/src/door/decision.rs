//! What a host decides, from what it changes on disk to the moment from which it holds.

use super::rules::State;
use crate::{
    invite::Secret,
    log::{Changes, StoredMember},
    wire::{Deed, Entry, FileRules, Measure, Millis, Standing},
};

/// Whether everything that opened the door until now is to open it no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NewKeys {
    /// It goes on to.
    None,
    /// The room gets a new secret, and all further links end.
    Wanted,
}

/// What is decided.
#[derive(Debug, Clone)]
pub(super) struct Decision {
    what: What,
    /// The room's new secret, and the further links that end for it.
    keys: Option<(Secret, Vec<String>)>,
}

/// What comes of a measure.
#[derive(Debug, Clone, PartialEq, Eq)]
enum What {
    /// The room has another name.
    Name(String),
    /// The room has another slow mode, or none.
    Pace(Millis),
    /// The room takes other files.
    Files(FileRules),
    /// This is known of a member from now on.
    Known(Box<StoredMember>),
    /// Nothing is.
    Forgotten(String),
}

impl State {
    /// What a measure of the host of this name comes to.
    pub(super) fn decision(&self, measure: &Measure, keys: NewKeys, by_whom: &str, now: Millis) -> Decision {
        let ended = || self.links.iter().map(|link| link.id.clone()).collect();
        let keys = (keys == NewKeys::Wanted).then(|| (Secret::random(), ended()));
        Decision { what: self.what(measure, by_whom, now), keys }
    }

    fn what(&self, measure: &Measure, by_whom: &str, now: Millis) -> What {
        let (deed, member, called) = match measure {
            Measure::Renamed { name } => return What::Name(name.clone()),
            Measure::Slowed { every_ms } => return What::Pace(*every_ms),
            Measure::Files(rules) => return What::Files(*rules),
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
            Deed::Unbanned => return What::Forgotten(member.clone()),
            Deed::Removed => {
                // A mute is not to be got rid of by being removed, nor is it a way back in.
                if is.standing != Standing::Muted {
                    (is.standing, is.decided_by) = (Standing::Usual, None);
                }
                (is.out, is.put_out_by) = (true, by_whom);
            }
            Deed::Banned => (is.standing, is.decided_by) = (Standing::Banned, by_whom),
            Deed::Muted => (is.standing, is.decided_by) = (Standing::Muted, by_whom),
            Deed::Unmuted if is.out && is.put_out_by.is_none() => return What::Forgotten(member.clone()),
            Deed::Unmuted | Deed::Dismissed => (is.standing, is.decided_by) = (Standing::Usual, None),
            Deed::Appointed => {
                (is.standing, is.decided_by) = (Standing::Host, by_whom);
                (is.out, is.put_out_by) = (false, None);
            }
        }
        What::Known(Box::new(is))
    }

    /// What a decision changes on disk.
    pub(super) fn changed_by(&self, decision: &Decision) -> Changes {
        let mut room = self.room.clone();
        let (mut whole, mut members) = (true, Vec::new());
        match &decision.what {
            What::Name(name) => room.name.clone_from(name),
            What::Pace(every_ms) => room.every_ms = *every_ms,
            What::Files(rules) => room.files = Some(*rules),
            What::Known(member) => {
                whole = false;
                members.push((member.member.clone(), Some((**member).clone())));
            }
            What::Forgotten(member) => {
                whole = false;
                members.push((member.clone(), None));
            }
        }
        let mut links = Vec::new();
        if let Some((secret, ended)) = &decision.keys {
            whole = true;
            room.secret = secret.clone();
            links.extend(ended.iter().map(|id| (id.clone(), None)));
        }
        Changes { room: whole.then_some(room), members, links }
    }

    /// Has a decision hold. What else has changed meanwhile stays changed.
    pub(super) fn hold(&mut self, Decision { what, keys }: Decision) {
        match what {
            What::Name(name) => self.room.name = name,
            What::Pace(every_ms) => self.room.every_ms = every_ms,
            What::Files(rules) => self.room.files = Some(rules),
            What::Known(decided) => match self.members.get_mut(&decided.member) {
                Some(known) => {
                    known.nickname = decided.nickname;
                    (known.standing, known.decided_by) = (decided.standing, decided.decided_by);
                    (known.out, known.put_out_by) = (decided.out, decided.put_out_by);
                }
                None => drop(self.members.insert(decided.member.clone(), *decided)),
            },
            What::Forgotten(member) => drop(self.members.remove(&member)),
        }
        if let Some((secret, ended)) = keys {
            self.room.secret = secret;
            self.links.retain(|link| !ended.contains(&link.id));
        }
    }
}
