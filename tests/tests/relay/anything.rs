//! Whatever clients send, in whatever order: nothing panics, nothing grows, and nobody else notices.
//!
//! Several vandals do what a generator makes up: frames of every type with any content, JSON of any shape, bytes,
//! headers that lie, pieces, control frames in odd places, on sockets that come and go, as strangers, as guests of a
//! room, and as hosts and guests of another. Meanwhile two people talk in the first, and see exactly what was said.
//! `SNUG_CASES` says how many acts there are, `SNUG_SEED` which; ARCHITECTURE.md how to let it run for long.

mod acts;
mod ear;
mod innocents;
mod maker;
mod tally;
mod vandal;

use std::{
    collections::VecDeque,
    env, fs,
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use snug_relay::wire::Join;
use snug_tests::{Chance, DEADLINE, HeadlessRelay, until};
use tokio::{
    sync::{mpsc, watch},
    task::JoinSet,
};

use crate::headless::data;
use acts::{As, Sequence, VANDALS};
use innocents::{Innocents, joins, reads_all};
use vandal::{Shared, Shows, Vandal};

/// How many acts are tried when nobody says.
const ACTS: u64 = 16_000;

/// Mina says a line after each so many of them.
const EVERY: u64 = 64;

/// And vandals are never further ahead than so many lines.
const AHEAD: u64 = 4;

/// Limits that would only slow this down, raised.
const HURRIED: &[(&str, &str)] = &[
    ("SNUG_LINGER_MS", "0"),
    ("SNUG_SOCKETS_PER_ADDRESS", "1000000"),
    ("SNUG_PAGES", "100000"),
    ("SNUG_QUESTION_FRAMES", "1"),
    ("SNUG_SEARCH_GAP_MS", "0"),
    ("SNUG_GUESSES", "1000000000"),
    ("SNUG_ROOM_GUESSES", "1000000000"),
    ("SNUG_KNOCK_TRIES", "1000000000"),
    ("SNUG_ROOM_KNOCK_TRIES", "1000000000"),
    ("SNUG_REFUSALS", "1000000000"),
    ("SNUG_TURNED_AWAY_MS", "0"),
    // What is kept in memory on purpose is no growth.
    ("SNUG_TAIL_BYTES", "1048576"),
    ("SNUG_QUEUE_BYTES", "1048576"),
    ("SNUG_MEMBERS", "500"),
];

/// Gives back at once what is no longer used, so that what is left is what is kept; and takes no two megabytes, most of
/// which nobody ever writes to, where a page is enough.
const MEMORY: &[(&str, &str)] =
    &[("MIMALLOC_PURGE_DELAY", "0"), ("MIMALLOC_ALLOW_THP", "0"), ("MALLOC_ARENA_MAX", "1")];

/// Every limit as it is for everybody, those included that all stories raise.
const USUAL: &[(&str, &str)] = &[("SNUG_FRAMES_PER_SECOND", "100"), ("SNUG_BYTES_PER_SECOND", "524288")];

/// What the relay may have grown by while the second half of them was done, and by how much more for each act until its
/// connections have as much of the database in memory as they may.
const GROWTH_BYTES: u64 = 32 * 1024 * 1024;
const GROWTH_EACH: u64 = 64;
const GROWTH_MORE: u64 = 16 * 1024 * 1024;

fn cases() -> u64 {
    env::var("SNUG_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(ACTS)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_a_client_does_nobody_else_notices() {
    all_of_them_do(cases(), HURRIED, DEADLINE).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_a_client_does_within_the_usual_limits_nobody_else_notices() {
    // They are read from only so fast.
    all_of_them_do(cases() / 8, USUAL, 3 * DEADLINE).await;
}

async fn all_of_them_do(cases: u64, limits: &[(&str, &str)], patience: Duration) {
    let mut chance = Chance::new();
    let seed = chance.number(0..u64::MAX);
    let (_directory, data) = data();
    let log = format!("{data}.log");
    let arguments = ["--listen", "127.0.0.1:0", "--data", &data, "--room", "Den", "--room", "Attic"];
    // With all of it looked at when it is opened again.
    let limits = [limits, MEMORY, &[("RUST_BACKTRACE", "0"), ("SNUG_CHECK_BYTES", "1073741824")]].concat();
    let file = fs::File::create(&log).unwrap();
    let relay = HeadlessRelay::logging(&arguments, &limits, file.into()).await.unwrap();
    let link = relay.invite();
    let mut innocents = Innocents::come(&link, host_of("Den", Path::new(&log)).await).await;
    let (wrong, mut is_wrong) = mpsc::unbounded_channel();
    let shared = Arc::new(Shared {
        addr: link.addr,
        den: link.join(),
        attic: host_of("Attic", Path::new(&log)).await,
        epoch: innocents.epoch().to_owned(),
        mina: innocents.mina().to_owned(),
        said: AtomicU64::new(0),
        tag: chance.number(1 << 60..1 << 61),
        tally: tally::Tally::default(),
        patience,
        wrong,
        shows: Mutex::new(Shows::default()),
        done: Mutex::new(VecDeque::new()),
    });
    let told = Told(shared.clone(), seed);
    let begun = Instant::now();
    let sockets = || {
        let files = fs::read_dir(format!("/proc/{}/fd", relay.pid().unwrap())).unwrap();
        let leads = files.filter_map(|file| fs::read_link(file.ok()?.path()).ok());
        leads.filter(|lead| lead.to_string_lossy().starts_with("socket:")).count()
    };
    let (before, mut early) = (sockets(), relay.memory().unwrap());

    let (next, heard) = (Arc::new(AtomicU64::new(0)), watch::Sender::new(0));
    let mut vandals = JoinSet::new();
    for number in 0..VANDALS {
        let (shared, next, mut heard) = (shared.clone(), next.clone(), heard.subscribe());
        let mut vandal = Vandal::new(number, shared.clone());
        vandals.spawn(async move {
            while shared.tally.acts() < cases {
                vandal.does(&Arc::new(Sequence::of(seed, next.fetch_add(1, Ordering::Relaxed)))).await;
                let ahead = |heard: &u64| shared.tally.acts() < (heard + AHEAD) * EVERY;
                if heard.wait_for(ahead).await.is_err() {
                    break;
                }
            }
        });
    }
    let (mut half, mut logged) = (false, fs::metadata(&log).unwrap().len());
    while !vandals.is_empty() {
        innocents.talk(&shared).await;
        let lines = shared.said.load(Ordering::Relaxed);
        heard.send_replace(lines);
        while shared.tally.acts() < lines * EVERY {
            tokio::select! {
                Some(wrong) = is_wrong.recv() => panic!("{wrong}"),
                done = vandals.join_next() => match done {
                    Some(done) => done.unwrap(),
                    None => break,
                },
                () = shared.tally.more() => {}
            }
        }
        let logs = fs::metadata(&log).unwrap().len();
        if std::mem::replace(&mut logged, logs) != logs {
            nothing_panicked(&log);
        }
        if !half && shared.tally.acts() > cases / 2 {
            (half, early) = (true, relay.memory().unwrap());
        }
    }
    let took = begun.elapsed();
    innocents.look_around(&shared, &link).await;
    if let Ok(wrong) = is_wrong.try_recv() {
        panic!("{wrong}");
    }
    // Their sockets are given back, and nothing is kept of them.
    until("the vandals' sockets to be closed", async || (sockets() <= before + 1).then_some(())).await.unwrap();
    let late = relay.memory().unwrap();
    let [early_mb, late_mb] = [early, late].map(|bytes| bytes / 1024 / 1024);
    println!(
        "SNUG_SEED={}: {took:.1?}, {:.0} acts a second, the slowest line {:?}; \
         {early_mb} MB after half, {late_mb} MB after all\n{}",
        chance.seed().unwrap_or_default(),
        shared.tally.acts() as f64 / took.as_secs_f64(),
        innocents.slowest,
        shared.tally
    );
    let most = GROWTH_BYTES + (cases * GROWTH_EACH).min(GROWTH_MORE);
    assert!(late.saturating_sub(early) < most, "it grew from {early} to {late} bytes");
    drop(innocents);

    // What was asked for was mostly done, or all of this would look at refusals only.
    for whom in [As::Guest, As::Host] {
        let (frames, refused) = shared.tally.of(whom);
        assert!(frames < 500 || frames > refused * 5 / 4, "of {frames} frames {refused} were refused to a {whom:?}");
    }
    for answer in ["ack", "page", "found", "guests", "room", "waiting", "line"] {
        assert!(cases < ACTS || shared.tally.has(answer), "nobody was answered with any {answer}");
    }
    relay.stop("TERM").await.unwrap();
    nothing_panicked(&log);

    // And whoever starts it again finds all of it sound.
    let file = fs::File::create(&log).unwrap();
    let relay = HeadlessRelay::logging(&arguments, &limits, file.into()).await.unwrap();
    reads_all(&mut joins(&relay.invite(), "Later").await, &shared).await;
    relay.stop("TERM").await.unwrap();
    nothing_panicked(&log);
    assert!(!fs::read_to_string(&log).unwrap().contains("damaged"));
    fs::remove_file(&log).unwrap();
    drop(told);
}

fn nothing_panicked(log: &str) {
    let written = fs::read_to_string(log).unwrap();
    assert!(!written.contains("panicked"), "{written}");
}

/// Says when something goes wrong what was done just before.
struct Told(Arc<Shared>, u64);

impl Drop for Told {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            return;
        }
        eprintln!("{}\nwhat was done last, the newest at the end:", self.0.tally);
        for sequence in &*self.0.done() {
            let Sequence { number, comes, acts, leaves } = &**sequence;
            eprintln!("sequence {number} of {:x}: {comes:?}, then {leaves:?}", self.1);
            for act in acts {
                let told = format!("{act:?}");
                let end = told.char_indices().nth(400).map_or(told.len(), |(end, _)| end);
                eprintln!("    {}", &told[..end]);
            }
        }
    }
}

/// What makes one the host of the room of that name.
async fn host_of(room: &str, log: &Path) -> Join {
    until("the room's host link", async || {
        let said = fs::read_to_string(log).ok()?;
        let line = said.lines().find(|line| line.contains(&format!("the host of {room:?} ")))?;
        let (link, key) = line.split_once("#host=")?;
        let room = link.rsplit('/').next()?;
        Some(Join { room: Some(room.into()), host: Some(key.into()), ..Join::default() })
    })
    .await
    .unwrap()
}
