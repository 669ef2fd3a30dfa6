//! The checker itself: it has nothing against what may happen, and objects to each thing that may not.

use super::{Entry, History, Record, Seen, Violation};
use crate::Chance;

const EPOCH: &str = "the-log";
const CLIENTS: usize = 4;
/// Says something and is gone before it hears whether it was kept.
const GONE: usize = CLIENTS;
const RUNS: u64 = 60;

/// A room without a relay: everything goes well in it, in a random order.
struct Room {
    history: History,
    /// How far each client has seen, and what of its own is still to be acknowledged.
    cursors: [usize; CLIENTS],
    waiting: [Vec<usize>; CLIENTS],
}

/// A history with nothing wrong in it, with everything in it that a check looks at.
fn healthy(chance: &mut Chance) -> History {
    let records = (0..=GONE).map(|client| Record::of(format!("client-{client}"))).collect();
    let history = History { records, epoch: EPOCH.into(), log: Vec::new() };
    let mut room = Room { history, cursors: [0; CLIENTS], waiting: Default::default() };
    for client in 0..CLIENTS {
        room.joins(client, false);
        room.says(client);
    }
    for _ in 0..150 {
        let client = usize::try_from(chance.number(0..CLIENTS as u64)).expect("few");
        match chance.number(0..10) {
            0..3 => room.says(client),
            3..5 => room.is_told(client),
            5..8 => room.sees(client),
            8 => room.pages(client),
            _ => room.joins(client, chance.percent(80)),
        }
    }
    room.says(0);
    room.gone();
    for client in 0..CLIENTS {
        // Everyone saw the last event and came back after it, so that every fault has its place.
        room.joins(client, true);
        while room.cursors[client] < room.history.log.len() {
            room.sees(client);
        }
        room.is_told(client);
        room.pages(client);
    }
    room.history
}

impl Room {
    fn note(&mut self, client: usize, entry: Entry) {
        self.history.records[client].entries.push(entry);
    }

    fn joins(&mut self, client: usize, asked: bool) {
        let head = self.history.log.len();
        let joined = Entry::Joined {
            member: format!("member-{client}"),
            epoch: EPOCH.into(),
            head: head as u64,
            asked,
            resumed: asked,
        };
        self.note(client, joined);
        if !asked {
            self.cursors[client] = head.saturating_sub(5);
            // The end of the log at least is part of the welcome.
            while self.cursors[client] < head {
                self.sees(client);
            }
        }
    }

    fn appended(&mut self, client: usize) -> usize {
        let seq = self.history.log.len() + 1;
        let (id, text) = (format!("id-{seq}"), format!("the words of {seq}"));
        let member = format!("member-{client}");
        self.note(client, Entry::Said { id: id.clone(), text: text.clone() });
        self.history.log.push(Seen { seq: seq as u64, id, member, text });
        seq
    }

    fn says(&mut self, client: usize) {
        let seq = self.appended(client);
        self.waiting[client].push(seq);
    }

    fn gone(&mut self) {
        let joined = Entry::Joined {
            member: format!("member-{GONE}"),
            epoch: EPOCH.into(),
            head: 0,
            asked: false,
            resumed: false,
        };
        self.note(GONE, joined);
        self.appended(GONE);
        self.history.records[GONE].gave_up = true;
    }

    fn is_told(&mut self, client: usize) {
        for seq in std::mem::take(&mut self.waiting[client]) {
            self.note(client, Entry::Acknowledged { id: format!("id-{seq}"), seq: seq as u64 });
        }
    }

    fn sees(&mut self, client: usize) {
        if let Some(event) = self.history.log.get(self.cursors[client]).cloned() {
            self.note(client, Entry::Saw(event));
            self.cursors[client] += 1;
        }
    }

    fn pages(&mut self, client: usize) {
        let before = self.cursors[client] + 1;
        let events = self.history.log[before.saturating_sub(6)..before - 1].to_vec();
        self.note(client, Entry::Paged { before: before as u64, events });
    }
}

/// Spoils a healthy history in one way, again and again, and expects this and nothing else to be found.
fn objects(spoil: impl Fn(&mut History), is_it: impl Fn(&Violation) -> bool) {
    for seed in 0..RUNS {
        let mut chance = Chance::from_seed(seed);
        let mut history = healthy(&mut chance);
        spoil(&mut history);
        let found = history.check();
        assert!(!found.is_empty(), "nothing was found");
        assert!(found.iter().all(&is_it), "{found:#?}");
    }
}

fn find<'a, T>(history: &'a mut History, client: usize, wanted: impl Fn(&'a mut Entry) -> Option<T>) -> T {
    history.records[client].entries.iter_mut().rev().find_map(wanted).expect("a healthy history has everything")
}

/// Where a client's last entries of a kind stand, the last one first.
fn positions(history: &History, client: usize, wanted: impl Fn(&Entry) -> bool) -> Vec<usize> {
    let entries = history.records[client].entries.iter().enumerate().rev();
    entries.filter(|(_, entry)| wanted(entry)).map(|(position, _)| position).collect()
}

/// Takes an event out of everything everybody saw.
fn forget(history: &mut History, id: &str) {
    history.log.retain(|seen| seen.id != id);
    for record in &mut history.records {
        record.entries.retain(|entry| !matches!(entry, Entry::Saw(seen) if seen.id == id));
        for entry in &mut record.entries {
            if let Entry::Paged { before, events } = entry {
                events.retain(|seen| seen.id != id);
                *before = events.last().map_or(1, |seen| seen.seq + 1);
            }
        }
    }
}

fn saw(entry: &mut Entry) -> Option<&mut Seen> {
    if let Entry::Saw(seen) = entry { Some(seen) } else { None }
}

#[test]
fn a_healthy_history_is_healthy() {
    for seed in 0..RUNS {
        let mut chance = Chance::from_seed(seed);
        assert_eq!(healthy(&mut chance).check(), []);
    }
}

#[test]
fn acknowledged_and_nowhere() {
    objects(
        |history| {
            // The very last: what comes after a place that is gone would be a gap besides.
            let (gone, last) = (history.log.len(), history.log.len() - 1);
            forget(history, &format!("id-{gone}"));
            forget(history, &format!("id-{last}"));
        },
        |found| matches!(found, Violation::Missing { client, .. } if client == "client-0"),
    );
}

#[test]
fn one_id_at_two_places() {
    objects(
        |history| {
            let again = Seen { seq: history.log.len() as u64 + 1, ..history.log[2].clone() };
            history.log.push(again);
        },
        |found| matches!(found, Violation::Doubled { first: 3, .. }),
    );
}

#[test]
fn acknowledged_at_another_place_than_it_has() {
    objects(
        |history| {
            find(history, 1, |entry| if let Entry::Acknowledged { seq, .. } = entry { Some(seq) } else { None })
                .clone_from(&9_999);
        },
        |found| matches!(found, Violation::WrongPlace { told: 9_999, .. }),
    );
}

#[test]
fn acknowledged_twice_with_different_places() {
    objects(
        |history| {
            let (id, seq) = find(history, 1, |entry| {
                if let Entry::Acknowledged { id, seq } = entry { Some((id.clone(), *seq)) } else { None }
            });
            history.records[1].entries.push(Entry::Acknowledged { id, seq: seq + 1 });
        },
        |found| matches!(found, Violation::TwoPlaces { .. }),
    );
}

#[test]
fn an_answer_to_nothing() {
    objects(
        |history| history.records[1].entries.push(Entry::Acknowledged { id: "id-1".into(), seq: 1 }),
        |found| matches!(found, Violation::Unasked { client, .. } if client == "client-1"),
    );
}

#[test]
fn no_answer_to_something() {
    objects(
        |history| {
            let acknowledged = positions(history, 2, |entry| matches!(entry, Entry::Acknowledged { .. }))[0];
            history.records[2].entries.remove(acknowledged);
        },
        |found| matches!(found, Violation::Unanswered { client, .. } if client == "client-2"),
    );
}

#[test]
fn refused_and_kept_all_the_same() {
    objects(
        |history| {
            let acknowledged = positions(history, 2, |entry| matches!(entry, Entry::Acknowledged { .. }))[0];
            let entry = &mut history.records[2].entries[acknowledged];
            let Entry::Acknowledged { id, .. } = entry else { return };
            *entry = Entry::Refused { id: id.clone(), code: snug_relay::wire::ErrorCode::LogFailed };
        },
        |found| matches!(found, Violation::RefusedYetKept { .. }),
    );
}

#[test]
fn an_event_left_out() {
    objects(
        |history| {
            let seen = positions(history, 3, |entry| matches!(entry, Entry::Saw(_)));
            // Its neighbours came on the same connection, or it would be the resume that was bad.
            let same_connection = |at: &&usize| {
                let entries = &history.records[3].entries;
                let before = entries[..**at].iter().rev().find(|e| matches!(e, Entry::Saw(_) | Entry::Joined { .. }));
                let after = entries[**at + 1..].iter().find(|e| matches!(e, Entry::Saw(_) | Entry::Joined { .. }));
                matches!((before, after), (Some(Entry::Saw(_)), Some(Entry::Saw(_))))
            };
            let at = *seen.iter().find(same_connection).expect("some follow one another");
            history.records[3].entries.remove(at);
        },
        |found| matches!(found, Violation::Gap { reader, .. } if reader == "client-3"),
    );
}

#[test]
fn an_event_seen_twice_in_a_row() {
    objects(
        |history| {
            let at = positions(history, 3, |entry| matches!(entry, Entry::Saw(_)))[0];
            let again = history.records[3].entries[at].clone();
            history.records[3].entries.insert(at + 1, again);
        },
        |found| matches!(found, Violation::Gap { after, came, .. } if after == came),
    );
}

#[test]
fn a_hole_in_the_log() {
    objects(
        |history| {
            // One that nobody is owed and nobody saw.
            let seq = history.log.len() as u64 + 2;
            let event = Seen { seq, id: "late".into(), member: format!("member-{GONE}"), text: "late".into() };
            history.log.push(event);
            history.records[GONE].entries.push(Entry::Said { id: "late".into(), text: "late".into() });
        },
        |found| matches!(found, Violation::Gap { reader, .. } if reader == super::check::IN_THE_END),
    );
}

#[test]
fn a_resume_that_leaves_out_or_repeats() {
    for repeat in [false, true] {
        objects(
            |history| {
                let came_back = history.records.iter().enumerate().find_map(|(client, record)| {
                    let joined = |at: usize| matches!(record.entries[at], Entry::Joined { resumed: true, .. });
                    let next = |at: usize| record.entries[at..].iter().position(|e| matches!(e, Entry::Saw(_)));
                    // Somebody who saw two or more before the next coming back.
                    (0..record.entries.len()).filter(|at| joined(*at)).find_map(|at| {
                        let first = at + next(at)?;
                        let second = first + 1 + next(first + 1)?;
                        let again = record.entries[at + 1..second].iter().any(|e| matches!(e, Entry::Joined { .. }));
                        let before = record.entries[..at].iter().rposition(|e| matches!(e, Entry::Saw(_)))?;
                        (!again).then_some((client, before, first))
                    })
                });
                let (client, before, first) = came_back.expect("somebody came back and saw something");
                let entries = &mut history.records[client].entries;
                if repeat {
                    let last = entries[before].clone();
                    entries.insert(first, last);
                } else {
                    entries.remove(first);
                }
            },
            |found| matches!(found, Violation::BadResume { .. }),
        );
    }
}

#[test]
fn made_to_start_over_for_nothing() {
    objects(
        |history| {
            *find(history, 1, |entry| if let Entry::Joined { resumed, .. } = entry { Some(resumed) } else { None }) =
                false;
        },
        |found| matches!(found, Violation::StartedOver { client, .. } if client == "client-1"),
    );
}

#[test]
fn told_of_another_log() {
    objects(
        |history| {
            *find(history, 1, |entry| if let Entry::Joined { epoch, .. } = entry { Some(epoch) } else { None }) =
                "another".into();
        },
        |found| matches!(found, Violation::AnotherLog { epoch, .. } if epoch == "another"),
    );
}

#[test]
fn a_page_that_ends_too_early_or_is_empty() {
    for empty in [false, true] {
        objects(
            |history| {
                let events =
                    find(history, 1, |entry| if let Entry::Paged { events, .. } = entry { Some(events) } else { None });
                if empty {
                    events.clear();
                } else {
                    events.pop();
                }
            },
            |found| matches!(found, Violation::BadPage { client, .. } if client == "client-1"),
        );
    }
}

#[test]
fn two_orders() {
    objects(
        |history| {
            let seen = positions(history, 2, |entry| matches!(entry, Entry::Saw(_)));
            let (Some(Entry::Saw(one)), Some(Entry::Saw(other))) =
                (history.records[2].entries.get(seen[0]).cloned(), history.records[2].entries.get(seen[1]).cloned())
            else {
                return;
            };
            history.records[2].entries[seen[0]] = Entry::Saw(Seen { seq: one.seq, ..other.clone() });
            history.records[2].entries[seen[1]] = Entry::Saw(Seen { seq: other.seq, ..one });
        },
        |found| matches!(found, Violation::Disagree { .. }),
    );
}

#[test]
fn seen_and_gone() {
    objects(
        |history| {
            // Nobody was told that it is kept, but everybody saw it.
            history.log.pop();
        },
        |found| matches!(found, Violation::Vanished { .. }),
    );
}

#[test]
fn said_by_nobody() {
    objects(
        |history| {
            let event = Seen {
                seq: history.log.len() as u64 + 1,
                id: "whose".into(),
                member: "member-1".into(),
                text: "boo".into(),
            };
            history.records[1].entries.push(Entry::Saw(event.clone()));
            history.log.push(event);
        },
        |found| matches!(found, Violation::NeverSaid { id, .. } if id == "whose"),
    );
}

#[test]
fn other_words() {
    objects(
        |history| find(history, 1, saw).text.push('!'),
        |found| matches!(found, Violation::Altered { said, seen, .. } if *seen == format!("{said}!")),
    );
}

#[test]
fn anothers_name_under_it() {
    objects(
        |history| find(history, 1, saw).member = "member-elsewhere".into(),
        |found| matches!(found, Violation::Misattributed { member, .. } if member == "member-elsewhere"),
    );
}
