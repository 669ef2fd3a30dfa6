//! What messages read after they were changed, and what is left of what they said.

use std::{fs, path::Path};

use rusqlite::Connection;

use super::*;
use crate::wire::{By, Reaction};

async fn change(log: &Log, member: &str, id: &str, body: Body) -> Result<Seq, LogError> {
    put(log, member, id, body).await.expect("the writer runs").settled().await
}

fn edited(of: &str, text: &str) -> Body {
    Body::Edited { of: of.into(), text: Some(text.into()) }
}

fn deleted(of: &str) -> Body {
    Body::Deleted { of: of.into() }
}

fn reacted(of: &str, emoji: &str, on: bool) -> Body {
    Body::Reacted { of: of.into(), emoji: emoji.into(), on }
}

async fn bodies(log: &Log) -> Vec<Body> {
    let page = log.page_before(Seq::MAX / 2, 1000).await.expect("readable");
    let events: Vec<Event> = serde_json::from_str(&format!("[{}]", page.events)).expect("events");
    events.into_iter().map(|event| event.body).collect()
}

/// The same from memory and from the database.
async fn reads(directory: &Path, log: &Log) -> Vec<Body> {
    let remembered = bodies(log).await;
    // Stored events are all a log of another tail has.
    let raw = Connection::open(directory.join("snug.db")).expect("there is a database");
    let mut rows = raw.prepare("SELECT json FROM event ORDER BY seq").expect("a table");
    let rows = rows.query_map([], |row| row.get::<_, String>(0)).expect("rows");
    let stored: Vec<_> =
        rows.map(|json| stored::Stored::read(&json.expect("text")).expect("an event").body.into_owned()).collect();
    assert_eq!(remembered, stored, "from memory as from the database");
    remembered
}

fn message(text: &str) -> Message {
    Message { text: text.into(), ..Message::default() }
}

#[tokio::test]
async fn a_change_is_an_event_and_the_message_reads_anew() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let (database, log) = open(directory.path(), &Limits::DEFAULT).await;
    say(&log, "a", "one").await;
    assert_eq!(change(&log, "m", "e1", edited("a", "two")).await.expect("it is mine"), 2);
    assert_eq!(change(&log, "m", "e2", edited("a", "three")).await.expect("it is mine"), 3);
    assert_eq!(change(&log, "n", "r1", reacted("a", "👍", true)).await.expect("anybody may"), 4);
    let reactions = vec![Reaction { emoji: "👍".into(), members: vec!["n".into()] }];
    let now = Message { edited: Some("e2".into()), reactions, ..message("three") };
    let read = reads(directory.path(), &log).await;
    assert_eq!(read[0], Body::Message(now));
    assert_eq!(read[1], Body::Edited { of: "a".into(), text: None }, "what was replaced is nowhere");
    assert_eq!(read[2], edited("a", "three"));

    // Sent again, a change is answered with its place, also when it could not be made any more.
    assert_eq!(change(&log, "m", "d1", deleted("a")).await.expect("it is mine"), 5);
    assert_eq!(change(&log, "m", "e2", edited("a", "three")).await.expect("it is there"), 3);
    assert_eq!(change(&log, "m", "d1", deleted("a")).await.expect("it is there"), 5);
    let read = reads(directory.path(), &log).await;
    assert_eq!(read[0], Body::Gone { by: None });
    assert_eq!(read[2], Body::Edited { of: "a".into(), text: None });
    database.close().await;
}

#[tokio::test]
async fn only_ones_own_is_changed_and_only_what_is_there() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let (database, log) = open(directory.path(), &Limits::DEFAULT).await;
    say(&log, "a", "one").await;
    for (member, body) in [("n", edited("a", "mine")), ("host", edited("a", "mine")), ("n", deleted("a"))] {
        let refused = change(&log, member, "x", body).await;
        assert!(matches!(refused, Err(LogError::NotYours)), "{refused:?}");
    }
    assert_eq!(change(&log, "m", "r", reacted("a", "👍", true)).await.expect("anybody may"), 2);
    for of in ["nothing", "r"] {
        let refused = change(&log, "m", "x", edited(of, "words")).await;
        assert!(matches!(refused, Err(LogError::NoSuchMessage)), "{refused:?}");
    }
    assert_eq!(change(&log, "host", "d", deleted("a")).await.expect("the host may"), 3);
    let refused = change(&log, "m", "x", reacted("a", "👍", true)).await;
    assert!(matches!(refused, Err(LogError::NoSuchMessage)), "{refused:?}");
    assert_eq!(
        reads(directory.path(), &log).await[0],
        Body::Gone { by: Some(By { member: "host".into(), nickname: "Mina".into() }) }
    );
    // What was refused took neither a place nor its id.
    assert_eq!(say(&log, "x", "words").await, 4);
    database.close().await;
}

#[tokio::test]
async fn a_refused_change_harms_nothing_that_is_committed_with_it() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let (database, log) = open(directory.path(), &Limits::DEFAULT).await;
    let mut said = Vec::new();
    for (id, body) in [
        ("a", Body::Message(message("one"))),
        ("x", deleted("nothing")),
        ("b", Body::Message(message("two"))),
        ("e", edited("b", "three")),
    ] {
        said.push(put(&log, "m", id, body).await.expect("the writer runs"));
    }
    let mut placed = Vec::new();
    for said in said {
        placed.push(said.settled().await.ok());
    }
    assert_eq!(placed, [Some(1), None, Some(2), Some(3)]);
    let read = reads(directory.path(), &log).await;
    assert_eq!(read[1], Body::Message(Message { edited: Some("e".into()), ..message("three") }));
    database.close().await;
}

#[tokio::test]
async fn reactions_are_a_set_and_bounded() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let (database, log) = open(directory.path(), &Limits::DEFAULT).await;
    say(&log, "a", "one").await;
    for (number, (member, emoji, on)) in [
        ("m", "👍", true),
        ("m", "👍", true),
        ("n", "👍", true),
        ("m", "🎉", true),
        ("m", "👍", false),
        ("m", "🎉", false),
    ]
    .into_iter()
    .enumerate()
    {
        change(&log, member, &format!("r{number}"), reacted("a", emoji, on)).await.expect("anybody may");
    }
    let reactions = vec![Reaction { emoji: "👍".into(), members: vec!["n".into()] }];
    assert_eq!(bodies(&log).await[0], Body::Message(Message { reactions, ..message("one") }));
    let emoji = |number: u32| char::from_u32(0x1f400 + number).expect("an animal").to_string();
    for number in 0..19 {
        change(&log, "m", &format!("z{number}"), reacted("a", &emoji(number), true)).await.expect("there is room");
    }
    let refused = change(&log, "m", "z", reacted("a", &emoji(19), true)).await;
    assert!(matches!(refused, Err(LogError::TooManyReactions)), "{refused:?}");
    change(&log, "m", "last", reacted("a", "👍", true)).await.expect("no further emoji");
    database.close().await;
}

/// The bytes of everything in the directory. What is removed just then has none.
fn on_disk(directory: &Path) -> Vec<u8> {
    let bytes = |file: std::io::Result<fs::DirEntry>| match fs::read(file.expect("readable").path()) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
        read => read.expect("readable"),
    };
    fs::read_dir(directory).expect("readable").flat_map(bytes).collect()
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

/// Waits until a text stands nowhere on disk.
async fn is_erased(directory: &Path, text: &str) {
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while holds(&on_disk(directory), text) {
        assert!(std::time::Instant::now() < deadline, "still on disk: {text}");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn what_was_deleted_is_nowhere_on_disk() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let (database, log) = open(directory.path(), &Limits::DEFAULT).await;
    let secret = |number: usize| format!("the {number}th secret {}", "unspeakable ".repeat(number % 400));
    // Enough of different lengths that pages are split and rows move.
    for number in 0..400 {
        say(&log, &format!("s{number}"), &secret(number)).await;
        say(&log, &format!("k{number}"), &format!("kept {number}")).await;
    }
    for number in (0..400).step_by(3) {
        let edit = edited(&format!("s{number}"), &format!("{} reworded", secret(number)));
        change(&log, "m", &format!("e{number}"), edit).await.expect("it is mine");
    }
    assert!(holds(&on_disk(directory.path()), "the 7th secret"));
    for number in 0..400 {
        change(&log, "m", &format!("d{number}"), deleted(&format!("s{number}"))).await.expect("it is mine");
    }
    is_erased(directory.path(), "th secret").await;
    let bytes = on_disk(directory.path());
    assert!(!holds(&bytes, "unspeakable"), "not a part of one either");
    assert!(holds(&bytes, "kept 399"));
    database.close().await;
}

/// What a crash would have left of it.
fn copied(from: &Path) -> tempfile::TempDir {
    let copy = tempfile::tempdir().expect("a temporary directory");
    for file in ["snug.db", "snug.db-wal"] {
        fs::copy(from.join(file), copy.path().join(file)).expect("it is there");
    }
    copy
}

#[tokio::test]
async fn a_crash_doesnt_keep_what_was_deleted() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let (database, log) = open(directory.path(), &Limits::DEFAULT).await;
    say(&log, "a", "a secret").await;
    let raw = Connection::open(directory.path().join("snug.db")).expect("there is a database");
    raw.execute_batch("BEGIN").expect("nobody keeps it from reading");
    let read: i64 = raw.query_row("SELECT count(*) FROM event", [], |row| row.get(0)).expect("a table");
    assert_eq!(read, 1);
    change(&log, "m", "d", deleted("a")).await.expect("it is mine");
    let crashed = copied(directory.path());
    assert!(holds(&on_disk(crashed.path()), "a secret"), "somebody may still read it");
    drop(raw);
    database.close().await;
    assert!(!holds(&on_disk(directory.path()), "a secret"), "nothing is left where it ends in order");

    let database = Database::open(crashed.path(), &Limits::DEFAULT).expect("it is sound");
    is_erased(crashed.path(), "a secret").await;
    let raw = Connection::open(crashed.path().join("snug.db")).expect("there is a database");
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while scrub::is_due(&raw).expect("a table") {
        assert!(std::time::Instant::now() < deadline, "it is looked for on and on");
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    database.close().await;
}

#[tokio::test]
async fn a_reader_that_takes_its_time_delays_the_erasing_and_nothing_else() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let (database, log) = open(directory.path(), &Limits::DEFAULT).await;
    say(&log, "a", "a secret").await;
    let raw = Connection::open(directory.path().join("snug.db")).expect("there is a database");
    let mut reading = raw.prepare("SELECT json FROM event").expect("a table");
    let mut rows = reading.query([]).expect("rows");
    rows.next().expect("readable").expect("an event");
    change(&log, "m", "d", deleted("a")).await.expect("it is mine");
    for number in 0..10 {
        say(&log, &number.to_string(), "goes on").await;
    }
    assert!(holds(&on_disk(directory.path()), "a secret"), "somebody may still read it");
    drop(rows);
    is_erased(directory.path(), "a secret").await;
    database.close().await;
}
