//! Every way to stand before a door, and what happens over time, against rules written down once more.

use std::collections::{HashMap, HashSet};

use proptest::prelude::*;

use super::*;
use crate::{
    invite::random_link_id,
    wire::{Deed, ErrorCode},
};

const NOW: Millis = 1_790_000_000_000;

fn room(door: Door) -> StoredRoom {
    StoredRoom {
        key: 1,
        id: "r".into(),
        name: "Den".into(),
        made_as: "Den".into(),
        secret: Secret::random(),
        host: Secret::random(),
        door,
        every_ms: 0,
        files: None,
        epoch: "e".into(),
        created_at: NOW,
    }
}

fn here(n: u8) -> Source {
    crate::source::tests::from(&format!("192.168.1.{n}"))
}

fn here_itself() -> Source {
    crate::source::tests::from("127.0.0.1")
}

fn link(ends_at: Option<Millis>, guests: Option<u32>, used: u32) -> StoredLink {
    StoredLink { id: random_link_id(), secret: Secret::random(), at: NOW, ends_at, guests, used }
}

fn member(id: &str, by: Entry) -> StoredMember {
    StoredMember {
        member: id.into(),
        nickname: "Mina".into(),
        at: NOW,
        by,
        standing: Standing::Usual,
        decided_by: None,
        out: false,
        put_out_by: None,
    }
}

fn state(door: Door, links: Vec<StoredLink>, limits: Limits) -> State {
    let put_out = StoredMember { standing: Standing::Muted, out: true, ..member("put-out", Entry::Link) };
    State::new(room(door), vec![member("known", Entry::Link), put_out], links, Arc::new(limits))
}

fn asking<'a>(member: &'a str, secret: Option<&'a str>, host: Option<&'a str>) -> Asking<'a> {
    Asking { member, nickname: Some("Mina"), secret, host, from: here(1) }
}

/// What stands behind `#`, by what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fragment {
    None,
    Own,
    Wrong,
    Further,
    OverByTime,
    OverByGuests,
}

#[test]
fn every_way_to_stand_before_the_door() {
    use Fragment::{Further, None as Bare, OverByGuests, OverByTime, Own, Wrong};
    for door in [Door::Open, Door::Closed, Door::Locked] {
        for fragment in [Bare, Own, Wrong, Further, OverByTime, OverByGuests] {
            for who in ["known", "put-out", "new"] {
                for key in [None, Some(true), Some(false)] {
                    let links = vec![
                        link(Some(NOW + 1), Some(2), 1),
                        link(Some(NOW), None, 0),
                        link(None, Some(2), 2),
                        link(None, Some(9), 0),
                    ];
                    let secret = |at: usize| links[at].secret.to_string();
                    let (further, by_time, by_guests) = (secret(0), secret(1), secret(2));
                    let first = links[0].id.clone();
                    let mut state = state(door, links, Limits::DEFAULT);
                    let fragment_text = match fragment {
                        Bare => None,
                        Own => Some(state.room.secret.to_string()),
                        Wrong => Some(Secret::random().to_string()),
                        Further => Some(further),
                        OverByTime => Some(by_time),
                        OverByGuests => Some(by_guests),
                    };
                    let key_text = key
                        .map(|right| if right { state.room.host.to_string() } else { state.room.secret.to_string() });
                    let known = who == "known";
                    let way = state
                        .decide(asking(who, fragment_text.as_deref(), key_text.as_deref()), NOW, Instant::now())
                        .map_err(|error| error.code);
                    let expected = match (key, known, door, fragment) {
                        (Some(true), ..) => Ok(Way::In { host: true }),
                        (Some(false), ..) => Err(ErrorCode::WrongHostKey),
                        (None, true, ..) | (None, false, Door::Open, _) | (None, false, Door::Closed, Own) => {
                            Ok(Way::In { host: false })
                        }
                        (None, false, Door::Locked, _) => Err(ErrorCode::RoomLocked),
                        (None, false, Door::Closed, Further) => Ok(Way::Counted { link: first }),
                        (None, false, Door::Closed, OverByTime | OverByGuests) => Err(ErrorCode::LinkEnded),
                        (None, false, Door::Closed, Wrong) => Err(ErrorCode::WrongSecret),
                        (None, false, Door::Closed, Bare) => Ok(Way::Knock),
                    };
                    assert_eq!(way, expected, "{door:?} {fragment:?}, {who}, host key: {key:?}");
                    let in_by_themselves = way.is_ok_and(|way| way != Way::Knock) && key.is_none();
                    assert_eq!(state.knows(who), in_by_themselves || known, "who got in is known");
                    assert_eq!(state.members["put-out"].standing, Standing::Muted, "whatever became of them");
                    let counted = state.links.iter().map(|link| link.used).sum::<u32>();
                    assert_eq!(counted, if matches!(expected, Ok(Way::Counted { .. })) { 4 } else { 3 });
                }
            }
        }
    }
}

#[test]
fn too_many_guesses_wait_for_their_turn_by_place_and_room_and_so_does_what_is_right() {
    let limits = Limits {
        guesses: 3,
        room_guesses: 5,
        guess_ms: 1000,
        room_guess_ms: 100,
        guess_wait_ms: 2000,
        ..Limits::DEFAULT
    };
    let (mut state, clock) = (state(Door::Closed, Vec::new(), limits), Instant::now());
    let (right, wrong) = (state.room.secret.to_string(), Secret::random().to_string());
    let (key, link) = (state.room.host.to_string(), right.clone());
    let mut after = |from: u8, secret: Option<&str>, host: Option<&str>, who: &str| {
        let asking = Asking { member: who, nickname: None, secret, host, from: here(from) };
        let turn = state.holds(asking, clock).map_err(|error| error.code)?;
        let way = state.decide(asking, NOW, clock).map_err(|error| error.code);
        Ok::<_, ErrorCode>((turn.map(|turn| turn.duration_since(clock).as_millis()), way))
    };
    for _ in 0..2 {
        assert_eq!(after(1, Some(&wrong), None, "a"), Ok((None, Err(ErrorCode::WrongSecret))));
    }
    assert_eq!(after(1, Some(&link), Some(&wrong), "a"), Ok((None, Err(ErrorCode::WrongHostKey))), "so is a key");
    // Now each has its turn, whatever it is, and is told the truth then; and those behind have none for now.
    assert_eq!(after(1, Some(&wrong), None, "a"), Ok((Some(1000), Err(ErrorCode::WrongSecret))));
    let guest = Way::In { host: false };
    assert_eq!(after(1, Some(&right), None, "b"), Ok((Some(2000), Ok(guest.clone()))));
    assert_eq!(after(1, Some(&right), None, "c"), Err(ErrorCode::TooManyTries));
    assert_eq!(after(1, None, Some(&key), "h"), Err(ErrorCode::TooManyTries), "a key is no quicker");
    // What is compared with nothing waits for nothing.
    assert_eq!(after(1, Some(&wrong), None, "known"), Ok((None, Ok(guest.clone()))), "who was in before");
    assert_eq!(after(1, None, None, "d"), Ok((None, Ok(Way::Knock))));
    // Elsewhere nobody waits, until there were five for the room.
    assert_eq!(after(2, Some(&right), None, "e"), Ok((None, Ok(guest.clone()))));
    for _ in 0..2 {
        assert_eq!(after(2, Some(&wrong), None, "f"), Ok((None, Err(ErrorCode::WrongSecret))));
    }
    assert_eq!(after(3, Some(&right), None, "g"), Ok((Some(1000), Ok(guest))));
    // The host's own app is on this machine.
    let own = Asking { member: "h", nickname: None, secret: None, host: Some(&key), from: here_itself() };
    assert_eq!(state.holds(own, clock), Ok(None));
}

#[test]
fn when_there_are_too_many_those_go_first_whom_an_open_door_let_in() {
    let limits = Limits { members: 20, ..Limits::DEFAULT };
    let mut state = state(Door::Open, Vec::new(), limits);
    for n in 0..10 {
        state.remember(&format!("friend-{n}"), None, Entry::Knock, NOW - 1000 + n);
    }
    for n in 0..1000 {
        state.remember(&format!("anybody-{n}"), None, Entry::Open, NOW + n);
        assert!(state.members.len() <= 20);
    }
    assert!((0..10).all(|n| state.members.contains_key(&format!("friend-{n}"))) && state.members.contains_key("known"));
    assert!(state.members.contains_key("anybody-999"));
    let (_, changes) = state.changes();
    let gone = changes.members.iter().filter(|(_, member)| member.is_none()).count();
    assert_eq!(gone, 1012 - state.members.len(), "and their rows go with them");
}

#[test]
fn however_many_come_after_them_hosts_are_told_of_all_whom_they_banned_or_muted() {
    let mut state = state(Door::Closed, Vec::new(), Limits::DEFAULT);
    let decided = [("banned", Standing::Banned, 1), ("muted", Standing::Muted, 2), ("a-host", Standing::Host, 3)];
    for (id, standing, at) in decided {
        state.members.insert(id.into(), StoredMember { standing, at, ..member(id, Entry::Link) });
    }
    for n in 0..2000 {
        state.remember(&format!("guest-{n}"), None, Entry::Link, NOW + n);
    }
    let told = state.guests();
    let first: Vec<_> = told.guests.iter().take(6).map(|guest| guest.member.as_str()).collect();
    assert_eq!(first, ["put-out", "a-host", "muted", "banned", "guest-1999", "guest-1998"]);
    assert_eq!((told.guests.len(), told.count), (504, 2005));
}

#[test]
fn whoever_was_put_out_hears_of_it_once_whatever_else_is_decided_until_then() {
    let about = |deed| Measure::Member { deed, of: "known".into(), called: "Mina".into() };
    let decide = |state: &mut State, deed, by: &str| {
        let decision = state.decision(&about(deed), NewKeys::None, by, NOW);
        state.hold(decision);
    };
    let bare = || asking("known", None, None);
    let told = |state: &mut State| {
        let refused = state.decide(bare(), NOW, Instant::now()).expect_err("isn't let in");
        (refused.code, refused.by)
    };
    for between in [&[][..], &[Deed::Muted], &[Deed::Muted, Deed::Unmuted], &[Deed::Muted, Deed::Removed]] {
        let mut state = state(Door::Closed, Vec::new(), Limits::DEFAULT);
        decide(&mut state, Deed::Removed, "Sol");
        for deed in between {
            decide(&mut state, *deed, "Sol");
            assert!(!state.knows("known"), "still out after {between:?}");
        }
        assert_eq!(told(&mut state), (ErrorCode::Removed, Some("Sol".into())), "{between:?}");
        assert_eq!(state.decide(bare(), NOW, Instant::now()), Ok(Way::Knock), "then they come as others do");
        let muted = between.contains(&Deed::Muted) && !between.contains(&Deed::Unmuted);
        let known = state.members.get("known").map(|known| (known.standing, known.decided_by.as_deref()));
        assert_eq!(known, muted.then_some((Standing::Muted, Some("Sol"))), "{between:?}");
    }
    // What is decided later is what one is told, and by whom that was.
    let mut state = state(Door::Closed, Vec::new(), Limits::DEFAULT);
    decide(&mut state, Deed::Removed, "Sol");
    decide(&mut state, Deed::Banned, "Jun");
    assert_eq!(told(&mut state), (ErrorCode::Banned, Some("Jun".into())));
    decide(&mut state, Deed::Unbanned, "Sol");
    assert_eq!(state.decide(bare(), NOW, Instant::now()), Ok(Way::Knock));
}

#[test]
fn a_link_has_an_end_and_old_ones_make_room() {
    let mut state = state(Door::Closed, Vec::new(), Limits { links: 2, ..Limits::DEFAULT });
    for (ends_in, guests) in [(None, None), (Some(0), None), (None, Some(0)), (Some(1), Some(0))] {
        assert_eq!(state.add_link(ends_in, guests, NOW).map_err(|error| error.code), Err(ErrorCode::BadLink));
    }
    assert_eq!(state.add_link(Some(10), None, NOW), Ok(()));
    assert_eq!(state.add_link(None, Some(1), NOW), Ok(()));
    assert_eq!(state.add_link(None, Some(1), NOW + 9).map_err(|error| error.code), Err(ErrorCode::TooManyLinks));
    let ended = state.links[0].id.clone();
    assert_eq!(state.add_link(Some(Millis::MAX), Some(1), NOW + 10), Ok(()));
    assert!(state.links.len() == 2 && state.links.iter().all(|link| link.id != ended));
    assert!(state.unsaved.links.contains(&ended), "its row goes, too");
}

/// What may happen before a door.
#[derive(Debug, Clone)]
enum Event {
    Asks { who: usize, secret: usize },
    Stands(Door),
    Renew,
    AddLink { guests: u32 },
    Forget { who: usize },
    LetIn { who: usize },
    Waits(Millis),
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let door = prop_oneof![3 => Just(Door::Closed), 1 => Just(Door::Open), 1 => Just(Door::Locked)];
    let event = prop_oneof![
        10 => (0..12_usize, 0..8_usize).prop_map(|(who, secret)| Event::Asks { who, secret }),
        2 => door.prop_map(Event::Stands),
        1 => Just(Event::Renew),
        2 => (1..4_u32).prop_map(|guests| Event::AddLink { guests }),
        1 => (0..12_usize).prop_map(|who| Event::Forget { who }),
        1 => (0..12_usize).prop_map(|who| Event::LetIn { who }),
        1 => (1..2000_u64).prop_map(Event::Waits),
    ];
    prop::collection::vec(event, 1..60)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever happens in whatever order: whoever is in was let in by one of the ways there are, whoever was
    /// let in may come back, links let in as many as they say, and an old secret opens nothing.
    #[test]
    fn nobody_gets_in_by_any_other_way(events in events()) {
        let mut state = state(Door::Closed, Vec::new(), Limits::DEFAULT);
        state.members.clear();
        let (mut now, clock) = (NOW, Instant::now());
        let mut known = HashSet::new();
        // What was ever handed out: text, the link's id if it is one, and whether it was replaced since.
        let mut secrets = vec![(state.room.secret.to_string(), None, false), (Secret::random().to_string(), None, true)];
        let mut let_in: HashMap<String, HashSet<String>> = HashMap::new();
        for event in events {
            match event {
                Event::Asks { who, secret } => {
                    let who = format!("device-{who}");
                    let carried = secrets.get(secret).cloned();
                    let text = carried.as_ref().map(|(text, ..)| text.as_str());
                    let door = state.room.door;
                    let way = state.decide(asking(&who, text, None), now, clock);
                    let is_in = matches!(way, Ok(Way::In { .. } | Way::Counted { .. }));
                    if known.contains(&who) {
                        prop_assert!(is_in, "{who} was in before, and got {way:?}");
                        continue;
                    }
                    let own = matches!(&carried, Some((_, None, false)));
                    if let Ok(Way::Counted { link }) = &way {
                        prop_assert!(matches!(&carried, Some((_, Some(of), _)) if of == link));
                        let guests = let_in.entry(link.clone()).or_default();
                        guests.insert(who.clone());
                        let limit = state.links.iter().find(|known| known.id == *link).and_then(|link| link.guests);
                        prop_assert!(guests.len() <= limit.unwrap_or(u32::MAX) as usize);
                    } else if is_in {
                        prop_assert!(door == Door::Open || (door == Door::Closed && own), "{carried:?} at a {door:?} door");
                    }
                    prop_assert!(!(is_in && door == Door::Locked));
                    if is_in {
                        known.insert(who);
                    }
                }
                Event::Stands(door) => state.room.door = door,
                Event::Renew => {
                    state.room.secret = Secret::random();
                    for (_, link, old) in &mut secrets {
                        *old |= link.is_none();
                    }
                    secrets.push((state.room.secret.to_string(), None, false));
                }
                Event::AddLink { guests } => {
                    if state.add_link(Some(3000), Some(guests), now).is_ok()
                        && let Some(link) = state.links.last()
                    {
                        secrets.push((link.secret.to_string(), Some(link.id.clone()), false));
                    }
                }
                Event::Forget { who } => {
                    let who = format!("device-{who}");
                    state.members.remove(&who);
                    known.remove(&who);
                }
                Event::LetIn { who } => {
                    let who = format!("device-{who}");
                    state.remember(&who, None, Entry::Knock, now);
                    known.insert(who);
                }
                Event::Waits(ms) => now += ms,
            }
        }
    }
}
