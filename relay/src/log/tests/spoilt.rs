//! A stored database spoilt in many ways, and what is made of it: whatever is served was written, and
//! whatever is missing is said to be.
//!
//! Each run prints its seed; `SNUG_SEED` repeats it, `SNUG_LONG` tries ten times as much.

use std::{env, fs, path::Path};

use rand::{RngExt, SeedableRng, rngs::StdRng};

use super::*;
use crate::wire::{Door, Entry, Standing};

const ROOMS: usize = 4;
const EVENTS: usize = 2000;
const PAGE: usize = 8 * 1024;

/// A database as it was before anything happened to it.
struct Original {
    bytes: Vec<u8>,
    rooms: Vec<StoredRoom>,
    registers: Vec<(Vec<StoredMember>, Vec<StoredLink>)>,
    events: Vec<Vec<Event>>,
}

/// Several rooms with short and long messages, closed properly.
async fn original() -> Original {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let database = Database::open(directory.path(), &Limits::DEFAULT).expect("the directory is writable");
    let (mut rooms, mut logs, mut registers) = (Vec::new(), Vec::new(), Vec::new());
    for number in 0..ROOMS {
        let room = NewRoom {
            id: format!("room-{number}"),
            name: format!("Room {number}"),
            secret: Secret::random(),
            door: if number % 2 == 0 { Door::Open } else { Door::Locked },
        };
        rooms.push(database.create_room(room).await.expect("a room can be made"));
        logs.push(database.log(&rooms[number]).await.expect("the log can be read"));
        let (register, ..) = database.register(&rooms[number]).await.expect("the register can be read");
        registers.push(fill(&register).await);
    }
    let mut receipts = Vec::new();
    for number in 0..EVENTS {
        // Every hundredth is longer than a page.
        let text = format!("number {number}{}", ".".repeat(if number % 100 == 0 { 9000 } else { number % 90 }));
        receipts.push(append(&logs[number % ROOMS], &format!("id-{number}"), &text).await.expect("the writer runs"));
    }
    for receipt in receipts {
        receipt.settled().await.expect("the disk works");
    }
    let mut events = Vec::new();
    for log in &logs {
        let (read, error) = read(log).await;
        assert!(error.is_none() && read.len() == EVENTS / ROOMS);
        events.push(read);
    }
    database.close().await;
    let bytes = fs::read(directory.path().join("snug.db")).expect("readable");
    Original { bytes, rooms, registers, events }
}

/// Some hundred members, over several pages, and a few links.
async fn fill(register: &Register) -> (Vec<StoredMember>, Vec<StoredLink>) {
    let member = |number: u64| StoredMember {
        member: format!("member-{number:04}"),
        nickname: format!("Nickname {number}{}", ".".repeat(30)),
        at: 1_790_000_000_000 + number,
        by: Entry::Knock,
        standing: Standing::Banned,
        decided_by: number.is_multiple_of(3).then(|| "Mina".into()),
        out: number.is_multiple_of(2),
        put_out_by: number.is_multiple_of(5).then(|| "Sol".into()),
    };
    let link = |number: u32| StoredLink {
        id: format!("link-{number}"),
        secret: Secret::random(),
        at: 1_790_000_000_000,
        ends_at: number.is_multiple_of(2).then_some(1_800_000_000_000),
        guests: number.is_multiple_of(3).then_some(10),
        used: number,
    };
    let (members, links): (Vec<_>, Vec<_>) = ((0..200).map(member).collect(), (0..5).map(link).collect());
    let changes = Changes {
        room: None,
        members: members.iter().map(|member| (member.member.clone(), Some(member.clone()))).collect(),
        links: links.iter().map(|link| (link.id.clone(), Some(link.clone()))).collect(),
    };
    register.store(changes).await.expect("the disk works");
    (members, links)
}

/// Whether one link says the same as another.
fn same(one: &StoredLink, other: &StoredLink) -> bool {
    let said =
        |link: &StoredLink| (link.id.clone(), *link.secret.as_bytes(), link.at, link.ends_at, link.guests, link.used);
    said(one) == said(other)
}

/// All that a log serves, and what ended it.
async fn read(log: &Log) -> (Vec<Event>, Option<LogError>) {
    let (mut events, mut cursor) = (Vec::new(), 0);
    loop {
        match log.page_after(cursor, 100).await {
            Ok(page) if page.last == cursor => return (events, None),
            Ok(page) => {
                cursor = page.last;
                events.extend(serde_json::from_str::<Vec<Event>>(&format!("[{}]", page.events)).expect("events"));
            }
            Err(error) => return (events, Some(error)),
        }
    }
}

/// What was made of a spoilt database.
#[derive(Debug)]
struct Outcome {
    noticed: bool,
    served: usize,
}

impl Original {
    /// Opens `spoilt` in place of the original and holds what is served against it.
    async fn judge(&self, spoilt: &[u8]) -> Outcome {
        let directory = tempfile::tempdir().expect("a temporary directory");
        fs::write(directory.path().join("snug.db"), spoilt).expect("writable");
        let database = Database::open(directory.path(), &Limits::DEFAULT).expect("it is ours, in whatever state");
        let set_aside = database.set_aside().cloned();
        let mut served = 0;
        for room in database.rooms().await.expect("rooms can be read") {
            let number = self.rooms.iter().position(|original| original.id == room.id).expect("a room that was made");
            let was = &self.rooms[number];
            assert_eq!((&room.name, room.secret.as_bytes(), room.door), (&was.name, was.secret.as_bytes(), was.door));
            let (_, members, links) = database.register(&room).await.expect("the register can be read");
            let (knew, had) = &self.registers[number];
            assert!(members.iter().all(|member| knew.contains(member)), "somebody may come in who was never let in");
            assert!(links.iter().all(|link| had.iter().any(|had| same(link, had))), "a link that was never made");
            let whole = members.len() == knew.len() && links.len() == had.len();
            assert!(whole || set_aside.is_some(), "forgotten without a word");
            assert_eq!(room.epoch == was.epoch, set_aside.is_none(), "another log has another epoch");
            let (events, error) = read(&database.log(&room).await.expect("the log can be read")).await;
            assert!(error.is_none(), "what was looked at can be read: {error:?}");
            in_order(&events, &self.events[number]);
            served += events.len();
        }
        match &set_aside {
            None => assert_eq!(served, EVENTS, "lost without a word"),
            Some(set_aside) => {
                assert_eq!(served as u64, set_aside.events);
                assert!(fs::read(&set_aside.file).expect("readable") == spoilt, "it is kept as it was");
            }
        }
        database.close().await;
        // Nothing of the repair is left lying about.
        for entry in fs::read_dir(directory.path()).expect("readable") {
            let name = entry.expect("readable").file_name().into_string().expect("ASCII");
            let known = ["snug.db", "snug.lock", "snug-search.db"].contains(&name.as_str());
            assert!(known || name.starts_with("snug.db.damaged-"), "{name}");
        }
        Outcome { noticed: set_aside.is_some(), served }
    }

    fn page(&self, number: usize) -> std::ops::Range<usize> {
        number * PAGE..(number + 1) * PAGE
    }

    fn pages(&self) -> usize {
        self.bytes.len() / PAGE
    }
}

/// Each of `served` was written, in this order, once, and stands at the next place.
fn in_order(served: &[Event], written: &[Event]) {
    let mut rest = written.iter();
    for (event, seq) in served.iter().zip(1..) {
        assert_eq!(event.seq, seq);
        let same = |was: &&Event| Event { seq: was.seq, ..event.clone() } == **was;
        assert!(rest.any(|was| same(&was)), "{event:?} was not written, or not here");
    }
}

/// Random choices that a seed repeats.
fn dice() -> StdRng {
    let given = env::var("SNUG_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed: u64 = given.unwrap_or_else(rand::random);
    println!("SNUG_SEED={seed}");
    StdRng::seed_from_u64(seed)
}

fn times(few: usize) -> usize {
    if env::var_os("SNUG_LONG").is_some() { few * 10 } else { few }
}

#[tokio::test]
async fn single_bits() {
    let (original, mut dice) = (original().await, dice());
    assert!(!original.judge(&original.bytes).await.noticed, "nothing is wrong with it");
    let (mut noticed, mut saved) = (0, 0);
    let flips = times(150);
    for _ in 0..flips {
        let mut spoilt = original.bytes.clone();
        let bit = dice.random_range(0..spoilt.len() * 8);
        spoilt[bit / 8] ^= 1 << (bit % 8);
        let outcome = original.judge(&spoilt).await;
        noticed += usize::from(outcome.noticed);
        // One page, and a long message that ends on it, is what one bit may cost. The rooms' page is another matter.
        saved += usize::from(outcome.served + 60 >= EVENTS);
    }
    println!("{flips} flips: {noticed} noticed, the others met nothing that is used; {saved} cost a page at most");
    assert!(noticed > flips / 3, "{noticed} of {flips}: most of the file is in use");
    assert!(saved * 100 >= flips * 95, "{saved} of {flips} kept all but a page");
}

/// The header and the two pages that say what everything else is: each bit counts for more here.
#[tokio::test]
async fn single_bits_of_what_matters_most() {
    let (original, mut dice) = (original().await, dice());
    for round in 0..times(120) {
        let mut spoilt = original.bytes.clone();
        let end = if round % 2 == 0 { 100 } else { 3 * PAGE };
        let bit = dice.random_range(0..end * 8);
        spoilt[bit / 8] ^= 1 << (bit % 8);
        let outcome = original.judge(&spoilt).await;
        if bit / 8 < PAGE {
            assert_eq!(outcome.served, EVENTS, "what the first page says is known: bit {bit}");
        }
    }
}

#[tokio::test]
async fn cut_short() {
    let (original, mut dice) = (original().await, dice());
    let length = original.bytes.len();
    let ends = [0, 1, 15, 16, 99, 100, 512, PAGE - 1, PAGE, PAGE + 1, 2 * PAGE, length - PAGE, length - 1];
    let random: Vec<_> = (0..times(30)).map(|_| dice.random_range(0..length)).collect();
    let mut most = 0;
    for end in ends.into_iter().chain(random) {
        let outcome = original.judge(&original.bytes[..end]).await;
        // SQLite reads zeros beyond the end of a file: where only zeros were cut off, nothing is missing.
        if original.bytes[end..].iter().all(|byte| *byte == 0) {
            assert_eq!(outcome.served, EVENTS, "cut at {end}");
        } else {
            assert!(outcome.noticed, "cut at {end}");
        }
        most = most.max(outcome.served);
    }
    assert!(most > EVENTS / 2, "what was left of it is kept: {most}");
}

#[tokio::test]
async fn pages_zeroed_and_filled_with_noise() {
    let (original, mut dice) = (original().await, dice());
    for number in (0..original.pages()).step_by(if times(1) > 1 { 1 } else { 7 }) {
        let mut spoilt = original.bytes.clone();
        spoilt[original.page(number)].fill(0);
        let outcome = original.judge(&spoilt).await;
        assert!(outcome.noticed, "page {number}");
        if number > 0 {
            // The first page full of noise says nothing of whose it is; see what is left alone.
            dice.fill(&mut spoilt[original.page(number)]);
            assert!(original.judge(&spoilt).await.noticed, "page {number}");
        }
    }
}

#[tokio::test]
async fn pages_that_changed_places() {
    let (original, mut dice) = (original().await, dice());
    let first = (0, dice.random_range(1..original.pages()));
    let others =
        (0..times(30)).map(|_| (dice.random_range(0..original.pages()), dice.random_range(0..original.pages())));
    for (one, other) in std::iter::once(first).chain(others.collect::<Vec<_>>()) {
        let mut spoilt = original.bytes.clone();
        spoilt[original.page(one)].copy_from_slice(&original.bytes[original.page(other)]);
        spoilt[original.page(other)].copy_from_slice(&original.bytes[original.page(one)]);
        // Two empty ones are the same, and nothing is wrong.
        let differ = original.bytes[original.page(one)] != original.bytes[original.page(other)];
        assert_eq!(original.judge(&spoilt).await.noticed, differ, "{one} and {other}");
    }
}

/// Bits that flip while the database is open. What was read before may still be in memory.
#[tokio::test]
async fn single_bits_while_it_is_open() {
    let (original, mut dice) = (original().await, dice());
    let mut met = 0;
    for _ in 0..times(60) {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let file = directory.path().join("snug.db");
        fs::write(&file, &original.bytes).expect("writable");
        let database = Database::open(directory.path(), &Limits::DEFAULT).expect("sound");
        let mut logs = Vec::new();
        for room in &original.rooms {
            logs.push(database.log(room).await.expect("readable"));
        }
        flip(&file, dice.random_range(0..original.bytes.len() * 8));
        for (log, written) in logs.iter().zip(&original.events) {
            let (events, error) = read(log).await;
            assert_eq!(events, written[..events.len()], "verbatim, as far as it goes");
            match error {
                None => assert_eq!(events.len(), written.len(), "lost without a word"),
                Some(error) => {
                    assert!(error.is_damage() || matches!(error, LogError::Distrusted), "{error}");
                    met += 1;
                    assert!(matches!(append(log, "more", "more").await, Err(LogError::Distrusted)));
                }
            }
        }
        database.close().await;
    }
    println!("{met} reads met damage");
    assert!(met > 5, "{met}");
}

fn flip(file: &Path, bit: usize) {
    use std::io::{Read, Seek, SeekFrom, Write};
    let mut file = fs::File::options().read(true).write(true).open(file).expect("there");
    let mut byte = [0];
    file.seek(SeekFrom::Start((bit / 8) as u64)).expect("within");
    file.read_exact(&mut byte).expect("readable");
    file.seek(SeekFrom::Start((bit / 8) as u64)).expect("within");
    file.write_all(&[byte[0] ^ 1 << (bit % 8)]).expect("writable");
}

/// The two files as a power cut leaves them, after so many messages and, only in the second, sixty more.
async fn cut_off(folded: usize) -> (Vec<Event>, Vec<u8>, Vec<u8>) {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let (mut database, mut log) = open(directory.path(), &Limits::DEFAULT).await;
    for number in 0..folded + 60 {
        if number == folded && folded > 0 {
            database.close().await;
            drop((database, log));
            (database, log) = open(directory.path(), &Limits::DEFAULT).await;
        }
        say(&log, &number.to_string(), &format!("number {number}.")).await;
    }
    let (written, _) = read(&log).await;
    let left = |name: &str| fs::read(directory.path().join(name)).expect("readable");
    let (file, wal) = (left("snug.db"), left("snug.db-wal"));
    database.close().await;
    (written, file, wal)
}

/// What is only in the WAL is saved too, and the WAL stays with the file it belongs to.
#[tokio::test]
async fn a_wal_goes_where_its_database_goes() {
    let (written, file, wal) = cut_off(0).await;
    let mut zeroed = file.clone();
    zeroed[..PAGE].fill(0);
    let mut flipped = file.clone();
    flipped[18] ^= 1;
    // Long enough for a page that none of the sixty touches.
    let (_, sound, later) = cut_off(1600).await;
    let mut deep = sound.clone();
    // Wherever it stands: a page that was split has what moved elsewhere still lying about.
    while let Some(at) = deep.windows(9).position(|found| found == b"number 3.") {
        deep[at] ^= 1;
    }
    let cases = [(Some(zeroed), &wal, 60), (Some(flipped), &wal, 60), (Some(Vec::new()), &wal, 60), (None, &wal, 60)];
    for (spoilt, wal, kept) in cases.into_iter().chain([(Some(deep), &later, 1659)]) {
        let directory = tempfile::tempdir().expect("a temporary directory");
        if let Some(spoilt) = &spoilt {
            fs::write(directory.path().join("snug.db"), spoilt).expect("writable");
        }
        fs::write(directory.path().join("snug.db-wal"), wal).expect("writable");
        let (database, log) = open(directory.path(), &Limits::DEFAULT).await;
        let set_aside = database
            .set_aside()
            .unwrap_or_else(|| panic!("not noticed: {:?} bytes", spoilt.as_ref().map(Vec::len)))
            .clone();
        let (events, error) = read(&log).await;
        assert!(
            error.is_none() && events.len() == kept,
            "{} of {kept} from {:?} bytes, {set_aside:?}",
            events.len(),
            spoilt.as_ref().map(Vec::len)
        );
        assert!(kept > 60 || events == written, "all of it was in the WAL");
        database.close().await;
        assert_eq!(fs::read(&set_aside.file).ok(), spoilt);
        let mut with_it = set_aside.file.into_os_string();
        with_it.push("-wal");
        assert!(fs::read(with_it).expect("readable") == *wal);
        assert!(!directory.path().join("snug.db-wal").exists());
    }
}

/// A WAL that is lost, cut or flipped makes an older log of it, which is whole all the same. Only clients
/// can know, and they are told.
#[tokio::test]
async fn a_spoilt_wal_leaves_an_older_log() {
    let mut dice = dice();
    let (written, file, wal) = cut_off(0).await;
    let mut heads = Vec::new();
    for round in 0..times(30) {
        let again = tempfile::tempdir().expect("a temporary directory");
        let at = |name: &str| again.path().join(name);
        let mut spoilt = wal.clone();
        match round % 3 {
            0 => spoilt.truncate(dice.random_range(0..wal.len())),
            1 => spoilt[dice.random_range(0..wal.len())] ^= 1,
            _ => {}
        }
        fs::write(at("snug.db"), &file).expect("writable");
        fs::write(at("snug.db-wal"), &spoilt).expect("writable");
        let database = Database::open(again.path(), &Limits::DEFAULT).expect("it is ours");
        for room in database.rooms().await.expect("readable") {
            let (events, error) = read(&database.log(&room).await.expect("readable")).await;
            assert!(error.is_none());
            assert_eq!(events, written[..events.len()]);
            heads.push(events.len());
        }
        database.close().await;
    }
    assert!(heads.contains(&60) && heads.iter().any(|head| *head < 60), "{heads:?}");
}
