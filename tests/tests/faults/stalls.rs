//! Somebody who doesn't read, among people who do.

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::{SinkExt, StreamExt};
use snug_relay::wire::{ClientFrame, NewMessage};
use snug_tests::{
    DEADLINE, HeadlessRelay, Link, PersistentClient, TestClient,
    history::{Entry, History},
};
use tempfile::TempDir;
use tokio::{
    net::TcpStream,
    sync::Barrier,
    task::JoinHandle,
    time::{interval, timeout},
};
use tokio_tungstenite::{WebSocketStream, tungstenite::Message};

const MEBIBYTE: u64 = 1 << 20;

/// What is said while somebody doesn't read: far more than the system's own buffers hold.
const MESSAGES: u32 = 12_000;
const LENGTH: usize = 16 * 1024;

/// What a relay may need besides what it may keep: SQLite's page caches, the index of words, the queue to the
/// disk, frames on their way, and what the allocator hasn't given back yet. It was 25 to 54 MB, as much after 131 MB
/// said as after 65. About half of what is said.
const WORKING: u64 = 96 * MEBIBYTE;

/// A stalled reader for whom the relay waits for so long; what it has seen once it reads again.
async fn reads_again_after(stall_ms: &str) -> usize {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().to_string_lossy().into_owned();
    let arguments = ["--listen", "127.0.0.1:0", "--data", &data, "--stall-ms", stall_ms];
    let kept = (2 * MEBIBYTE).to_string();
    let relay = HeadlessRelay::start(&[arguments.as_slice(), &["--tail-bytes", &kept]].concat()).await.unwrap();
    let link = relay.invite();

    let mut stalled = PersistentClient::new(&link, "stalled");
    stalled.enters().await;
    let mut busy = PersistentClient::new(&link, "busy");
    busy.talks(10, 1, |number| number.to_string()).await;
    let before = relay.memory().unwrap();
    let text = "x".repeat(LENGTH);
    timeout(DEADLINE, busy.talks(MESSAGES, 32, |_| text.clone())).await.expect("nobody waits for the stalled one");
    let grown = relay.memory().unwrap().saturating_sub(before);
    let most = WORKING + 2 * MEBIBYTE;
    assert!(grown < most, "{grown} bytes more while {} were said", LENGTH * MESSAGES as usize);

    let head = u64::from(MESSAGES) + 10;
    let mut records = Vec::new();
    for mut client in [stalled, busy] {
        timeout(DEADLINE, client.reads_to(head)).await.expect("it reads on");
        records.push(client.gives_up());
    }
    let joined = records[0].entries.iter().filter(|entry| matches!(entry, Entry::Joined { .. })).count();
    History::of(records, &link).await.is_sound();
    joined
}

#[tokio::test]
async fn a_stalled_reader_costs_no_memory_and_reads_on_where_it_stopped() {
    assert_eq!(reads_again_after("60000").await, 1, "it was never dropped");
}

#[tokio::test]
async fn a_stalled_reader_that_was_dropped_comes_back_and_gets_everything() {
    assert!(reads_again_after("100").await > 1, "it was dropped");
}

const READERS: usize = 8;
/// In each of two rooms, in turns: what the machine does besides falls on both.
const ROUNDS: usize = 24;
const PACED: u32 = 100;
const PACE: Duration = Duration::from_millis(2);
/// Below this, what differs is the machine.
const NOISE: Duration = Duration::from_micros(200);

type Socket = WebSocketStream<TcpStream>;

async fn joins(link: &Link) -> Socket {
    let mut socket = link.connect().await.unwrap();
    socket.send(Message::text(serde_json::to_string(&ClientFrame::Join(link.join())).unwrap())).await.unwrap();
    socket
}

/// Somebody who does nothing but read. How long each paced message took since it was due, by round.
async fn times_taken(mut socket: Socket, begun: Instant, ready: Arc<Barrier>) -> Vec<Vec<Duration>> {
    let mut rounds = vec![Vec::new(); ROUNDS];
    loop {
        let frame = timeout(DEADLINE, socket.next()).await.expect("something comes").unwrap().unwrap();
        let now = begun.elapsed();
        let Ok(text) = frame.to_text() else { continue };
        // What is timed comes in small frames, all of a round in one at most; of a large one only the end matters, where
        // what it begins after may be.
        let end = &text[text.len().saturating_sub(2 * LENGTH)..];
        for words in end.split(r#""text":""#).skip(1) {
            let mut words = words.split([' ', '"']);
            match (words.next(), words.next(), words.next()) {
                (Some("due"), Some(round), Some(nanos)) => {
                    let due = Duration::from_nanos(nanos.parse().unwrap());
                    rounds[round.parse::<usize>().unwrap()].push(now.saturating_sub(due));
                }
                (Some("ready"), ..) => {
                    ready.wait().await;
                }
                (Some("over"), ..) => return rounds,
                _ => {}
            }
        }
    }
}

/// A relay of its own with one who talks and several who read.
struct Room {
    relay: HeadlessRelay,
    _directory: TempDir,
    sender: TestClient,
    readers: Vec<JoinHandle<Vec<Vec<Duration>>>>,
    /// Somebody else, who joined and never reads.
    _stalled: Option<Socket>,
    begun: Instant,
}

impl Room {
    /// Opens it and says more than the buffers of somebody hold who doesn't read; once all the others have
    /// it, it is ready.
    async fn open(with_stalled: bool) -> Self {
        // In memory where that can be had: a disk takes longer now and then, whoever reads.
        let memory = Path::new("/dev/shm");
        let directory = if memory.is_dir() { TempDir::new_in(memory) } else { TempDir::new() }.unwrap();
        let data = directory.path().to_string_lossy().into_owned();
        let relay = HeadlessRelay::start(&["--listen", "127.0.0.1:0", "--data", &data]).await.unwrap();
        let link = relay.invite();
        let (begun, ready) = (Instant::now(), Arc::new(Barrier::new(READERS + 1)));
        // First, so that whoever is served in order comes after it.
        let stalled = if with_stalled { Some(joins(&link).await) } else { None };
        let mut readers = Vec::new();
        for _ in 0..READERS {
            readers.push(tokio::spawn(times_taken(joins(&link).await, begun, ready.clone())));
        }
        let mut sender = TestClient::connect(link.addr).await;
        sender.send(&ClientFrame::Join(link.join())).await;
        sender.welcomed().await;
        let long = "x".repeat(LENGTH);
        for _ in 0..30 {
            sender.says_often(&long, 10).await;
        }
        sender.says_with_id("ready", "ready").await.unwrap();
        timeout(DEADLINE, ready.wait()).await.expect("nobody waits for the stalled one");
        Self { relay, _directory: directory, sender, readers, _stalled: stalled, begun }
    }

    /// Something is said every [`PACE`].
    async fn round(&mut self, round: usize) {
        let mut pace = interval(PACE);
        for number in 0..PACED {
            pace.tick().await;
            let text = format!("due {round} {}", self.begun.elapsed().as_nanos());
            let message = NewMessage::new(format!("paced-{round}-{number}"), text);
            self.sender.send(&ClientFrame::NewMessage(message)).await;
        }
        for number in 0..PACED {
            self.sender.answer_about(&format!("paced-{round}-{number}")).await.unwrap();
        }
    }

    /// The 99th percentile of all readers, of each round, in order of size.
    async fn p99s(mut self) -> Vec<Duration> {
        self.sender.says_with_id("over", "over").await.unwrap();
        let mut rounds = vec![Vec::new(); ROUNDS];
        for reader in self.readers {
            for (round, took) in rounds.iter_mut().zip(reader.await.unwrap()) {
                assert_eq!(took.len(), PACED as usize);
                round.extend(took);
            }
        }
        self.relay.stop("TERM").await.unwrap();
        let p99 = |mut took: Vec<Duration>| {
            took.sort();
            took[took.len() * 99 / 100]
        };
        let mut p99s: Vec<_> = rounds.into_iter().map(p99).collect();
        p99s.sort();
        p99s
    }
}

/// What it can show: a relay that waits for a stalled reader, or works for it, for about a millisecond. What
/// it can't: less than that, or what happens where thousands stall.
#[tokio::test]
async fn the_others_hear_as_fast_with_a_stalled_reader_among_them_as_without() {
    let (mut without, mut with) = (Room::open(false).await, Room::open(true).await);
    for round in 0..ROUNDS {
        without.round(round).await;
        with.round(round).await;
    }
    let (without, with) = (without.p99s().await, with.p99s().await);
    // Of the quietest rounds: a relay that waits does so in every round, a busy machine doesn't.
    let quiet = |p99s: &[Duration]| p99s[..ROUNDS / 4].iter().sum::<Duration>() / (ROUNDS as u32 / 4);
    let most = quiet(&without).mul_f64(1.2) + NOISE;
    assert!(quiet(&with) <= most, "p99 of each round with it: {with:?}; and without: {without:?}");
    eprintln!("p99 {:?} with a stalled reader, {:?} without", quiet(&with), quiet(&without));
}
