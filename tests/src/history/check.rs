//! Decides whether a history is one that a relay may have.

use std::collections::{BTreeMap, HashMap, HashSet};

use snug_relay::wire::Seq;

use super::{Entry, History, Record, Seen, Violation};

/// The last reader: whoever read the log in the end.
pub(super) const IN_THE_END: &str = "the log in the end";

impl History {
    /// Every promise that was broken; none when all is well.
    pub fn check(&self) -> Vec<Violation> {
        let mut found = Vec::new();
        let log = Log::new(self, &mut found);
        for record in &self.records {
            answers(record, &log, &mut found);
            connections(record, self, &log, &mut found);
        }
        one_order(self, &mut found);
        what_was_said(self, &mut found);
        found
    }

    /// Every event that somebody saw, with who it was, and the log last.
    fn sightings(&self) -> impl Iterator<Item = (&str, &Seen)> {
        let in_the_end = self.log.iter().map(|seen| (IN_THE_END, seen));
        self.records.iter().flat_map(Record::sightings).chain(in_the_end)
    }
}

impl Record {
    fn sightings(&self) -> impl Iterator<Item = (&str, &Seen)> {
        self.entries.iter().flat_map(|entry| {
            let seen = match entry {
                Entry::Saw(seen) => std::slice::from_ref(seen),
                Entry::Paged { events, .. } => events.as_slice(),
                _ => &[],
            };
            seen.iter().map(|seen| (self.client.as_str(), seen))
        })
    }
}

/// The log in the end, by place and by id.
struct Log<'a> {
    by_seq: HashMap<Seq, &'a Seen>,
    by_id: HashMap<&'a str, Seq>,
}

impl<'a> Log<'a> {
    /// Gapless from 1, and no id twice.
    fn new(history: &'a History, found: &mut Vec<Violation>) -> Self {
        let mut log = Self { by_seq: HashMap::new(), by_id: HashMap::new() };
        let mut after = 0;
        for seen in &history.log {
            if seen.seq != after + 1 {
                found.push(Violation::Gap { reader: IN_THE_END.into(), after, came: seen.seq });
            }
            after = seen.seq;
            log.by_seq.insert(seen.seq, seen);
            if let Some(first) = log.by_id.get(seen.id.as_str()) {
                found.push(Violation::Doubled { id: seen.id.clone(), first: *first, again: seen.seq });
            } else {
                log.by_id.insert(&seen.id, seen.seq);
            }
        }
        log
    }

    fn holds(&self, seen: &Seen) -> bool {
        self.by_seq.get(&seen.seq).is_some_and(|kept| kept.id == seen.id)
    }
}

/// What was acknowledged is kept, once, where it was said to be; what was refused is not; and everything
/// was answered.
fn answers(record: &Record, log: &Log<'_>, found: &mut Vec<Violation>) {
    let client = &record.client;
    let mut said = HashSet::new();
    let mut places: BTreeMap<&str, Seq> = BTreeMap::new();
    let mut refused = HashSet::new();
    for entry in &record.entries {
        match entry {
            Entry::Said { id, .. } => {
                said.insert(id.as_str());
            }
            Entry::Acknowledged { id, .. } | Entry::Refused { id, .. } if !said.contains(id.as_str()) => {
                found.push(Violation::Unasked { client: client.clone(), id: id.clone() });
            }
            Entry::Acknowledged { id, seq } => match places.get(id.as_str()) {
                Some(first) if first != seq => {
                    found.push(Violation::TwoPlaces { id: id.clone(), first: *first, again: *seq });
                }
                Some(_) => {}
                None => {
                    places.insert(id, *seq);
                }
            },
            Entry::Refused { id, .. } => {
                refused.insert(id.as_str());
            }
            _ => {}
        }
    }
    for (id, told) in &places {
        let (id, told) = ((*id).to_owned(), *told);
        match log.by_id.get(id.as_str()) {
            None => found.push(Violation::Missing { client: client.clone(), id, seq: told }),
            Some(place) if *place != told => found.push(Violation::WrongPlace { id, told, found: *place }),
            Some(_) => {}
        }
    }
    for id in said {
        if places.contains_key(id) {
            continue;
        }
        if refused.contains(id) {
            if let Some(seq) = log.by_id.get(id) {
                found.push(Violation::RefusedYetKept { id: id.to_owned(), seq: *seq });
            }
        } else if !record.gave_up {
            found.push(Violation::Unanswered { client: client.clone(), id: id.to_owned() });
        }
    }
}

/// Where the next event of a client has to stand.
enum Next {
    /// Anywhere up to here: a first page ends at the head, and begins where it likes.
    UpTo(Seq),
    /// Right behind what it had when it came back.
    Resumes(Seq),
    /// Right behind the one before.
    Follows(Seq),
}

/// Each connection goes on where the one before ended, and has no gap and no event twice.
fn connections(record: &Record, history: &History, log: &Log<'_>, found: &mut Vec<Violation>) {
    let client = || record.client.clone();
    let mut next = Next::UpTo(0);
    let mut last: Option<&Seen> = None;
    for entry in &record.entries {
        match entry {
            Entry::Joined { epoch, head, asked, resumed, .. } => {
                if *epoch != history.epoch {
                    found.push(Violation::AnotherLog { client: client(), epoch: epoch.clone() });
                }
                next = if *resumed { Next::Resumes(last.map_or(0, |seen| seen.seq)) } else { Next::UpTo(head + 1) };
                if let (true, false, Some(last)) = (*asked, *resumed, last)
                    && log.holds(last)
                {
                    found.push(Violation::StartedOver { client: client(), cursor: last.seq });
                }
            }
            Entry::Saw(seen) => {
                let came = seen.seq;
                match next {
                    Next::UpTo(most) if came > most => {
                        found.push(Violation::Gap { reader: client(), after: most.saturating_sub(1), came });
                    }
                    Next::Resumes(cursor) if came != cursor + 1 => {
                        found.push(Violation::BadResume { client: client(), cursor, came });
                    }
                    Next::Follows(after) if came != after + 1 => {
                        found.push(Violation::Gap { reader: client(), after, came });
                    }
                    _ => {}
                }
                next = Next::Follows(came);
                last = Some(seen);
            }
            Entry::Paged { before, events } => {
                let came: Vec<Seq> = events.iter().map(|seen| seen.seq).collect();
                let leads_up = came.iter().rev().zip((1..*before).rev()).all(|(came, due)| *came == due);
                if !leads_up || (came.is_empty() && *before > 1) || came.len() as u64 >= *before {
                    found.push(Violation::BadPage { client: client(), before: *before, came });
                }
            }
            _ => {}
        }
    }
}

/// Whoever looks at a place sees the same event there, and whoever looks at the end still does.
fn one_order(history: &History, found: &mut Vec<Violation>) {
    let kept: HashSet<Seq> = history.log.iter().map(|seen| seen.seq).collect();
    let mut first: HashMap<Seq, (&str, &str)> = HashMap::new();
    let mut told = HashSet::new();
    for (reader, seen) in history.sightings() {
        let (one, id) = *first.entry(seen.seq).or_insert((reader, &seen.id));
        if id != seen.id && told.insert((seen.seq, &seen.id)) {
            let (one, other) = ((one.to_owned(), id.to_owned()), (reader.to_owned(), seen.id.clone()));
            found.push(Violation::Disagree { seq: seen.seq, one, other });
        }
        if !kept.contains(&seen.seq) && told.insert((seen.seq, &seen.id)) {
            found.push(Violation::Vanished { client: reader.to_owned(), seq: seen.seq, id: seen.id.clone() });
        }
    }
}

/// Whatever is seen was said, in these words, by this member.
fn what_was_said(history: &History, found: &mut Vec<Violation>) {
    let mut said: HashMap<&str, (&str, HashSet<&str>)> = HashMap::new();
    for record in &history.records {
        let members: HashSet<&str> = record.entries.iter().filter_map(member).collect();
        for entry in &record.entries {
            if let Entry::Said { id, text } = entry {
                said.insert(id, (text, members.clone()));
            }
        }
    }
    let mut told = HashSet::new();
    for (reader, seen) in history.sightings() {
        let (id, member) = (&seen.id, &seen.member);
        let Some((text, members)) = said.get(id.as_str()) else {
            if told.insert((seen.seq, id)) {
                found.push(Violation::NeverSaid { reader: reader.into(), seq: seen.seq, id: id.clone() });
            }
            continue;
        };
        if *text != seen.text {
            let (said, seen) = ((*text).to_owned(), seen.text.clone());
            found.push(Violation::Altered { reader: reader.into(), id: id.clone(), said, seen });
        }
        if !members.contains(member.as_str()) {
            found.push(Violation::Misattributed { reader: reader.into(), id: id.clone(), member: member.clone() });
        }
    }
}

fn member(entry: &Entry) -> Option<&str> {
    match entry {
        Entry::Joined { member, .. } => Some(member),
        _ => None,
    }
}
