mod change;
mod damage;
mod decided;
mod search;
mod spoilt;

use super::*;
use crate::{
    config::Limits,
    invite::Secret,
    wire::{Door, Event, Message},
};

/// Appends a message, and says what became of it.
struct Said {
    head: tokio::sync::watch::Receiver<Seq>,
    receipts: Receipts,
}

impl Said {
    async fn settled(mut self) -> Result<Seq, LogError> {
        loop {
            let head = *self.head.borrow_and_update();
            if let Some(ack) = self.receipts.take(head).pop() {
                return Ok(ack.seq);
            }
            if let Some(Refused { error, .. }) = self.receipts.take_refused().pop() {
                return Err(error);
            }
            tokio::select! {
                () = self.receipts.woken() => {}
                moved = self.head.changed() => moved.expect("the log is there"),
            }
        }
    }
}

async fn append(log: &Log, id: &str, text: &str) -> Result<Said, LogError> {
    put(log, "m", id, Body::Message(Message { text: text.into(), ..Message::default() })).await
}

/// Appends anything; the member "host" is the host.
async fn put(log: &Log, member: &str, id: &str, body: Body) -> Result<Said, LogError> {
    let (receipts, head) = (Receipts::default(), log.head());
    let draft = Draft {
        member,
        nickname: "Mina",
        host: member == "host",
        id: id.to_owned(),
        body: &body,
        taken: None,
        decided: None,
    };
    log.append(draft, &receipts).await?;
    Ok(Said { head, receipts })
}

async fn open(directory: &std::path::Path, limits: &Limits) -> (Database, Log) {
    let database = Database::open(directory, limits).expect("the directory is writable");
    let stored = database.rooms().await.expect("rooms can be read");
    let log = match stored.first() {
        Some(room) => database.log(room).await.expect("the log can be read"),
        None => another(&database, "Den").await,
    };
    (database, log)
}

/// The log of another room of that name.
async fn another(database: &Database, name: &str) -> Log {
    let room = NewRoom { id: name.into(), name: name.into(), secret: Secret::random(), door: Door::Closed };
    let room = database.create_room(room).await.expect("a room can be made");
    database.log(&room).await.expect("the log can be read")
}

async fn say(log: &Log, id: &str, text: &str) -> Seq {
    let said = append(log, id, text).await.expect("the writer runs");
    said.settled().await.expect("the disk works")
}

fn texts(page: &Page) -> Vec<String> {
    let events: Vec<Event> = serde_json::from_str(&format!("[{}]", page.events)).expect("events");
    events
        .iter()
        .map(|event| {
            let Body::Message(Message { text, .. }) = &event.body else { panic!("not a message: {event:?}") };
            format!("{} {text}", event.seq)
        })
        .collect()
}

#[tokio::test]
async fn places_are_gapless_and_the_same_id_keeps_its_own() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let (database, log) = open(directory.path(), &Limits::DEFAULT).await;
    assert_eq!(say(&log, "a", "one").await, 1);
    assert_eq!(say(&log, "b", "two").await, 2);
    assert_eq!(say(&log, "a", "one again").await, 1);
    assert_eq!(say(&log, "c", "three").await, 3);
    assert_eq!(texts(&log.page_before(100, 10).await.expect("readable")), ["1 one", "2 two", "3 three"]);
    database.close().await;
}

#[tokio::test]
async fn the_same_id_twice_in_one_commit_is_appended_once() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let (database, log) = open(directory.path(), &Limits::DEFAULT).await;
    let mut receipts = Vec::new();
    for index in 0..300 {
        let id = format!("{}", index % 3);
        receipts.push(append(&log, &id, "again").await.expect("the writer runs"));
    }
    for (index, receipt) in receipts.into_iter().enumerate() {
        assert_eq!(receipt.settled().await.expect("the disk works"), index as u64 % 3 + 1);
    }
    assert_eq!(*log.head().borrow(), 3);
    database.close().await;
}

#[tokio::test]
async fn a_reopened_log_goes_on_where_it_was() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let (database, log) = open(directory.path(), &Limits::DEFAULT).await;
    let epoch = log.epoch().to_owned();
    say(&log, "a", "one").await;
    database.close().await;
    drop((database, log));

    let (database, log) = open(directory.path(), &Limits::DEFAULT).await;
    assert_eq!(log.epoch(), epoch);
    assert_eq!(say(&log, "a", "resent").await, 1);
    assert_eq!(say(&log, "b", "two").await, 2);
    assert_eq!(texts(&log.page_before(100, 10).await.expect("readable")), ["1 one", "2 two"]);
    database.close().await;
}

#[tokio::test]
async fn a_cursor_far_behind_the_tail_reads_on_from_the_database_without_a_gap() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let limits = Limits { tail_bytes: 2_000, batch_bytes: 1_500, ..Limits::DEFAULT };
    let (database, log) = open(directory.path(), &limits).await;
    for index in 1..=200 {
        say(&log, &format!("{index}"), "something of a certain length").await;
    }
    let (mut cursor, mut seen, mut frames) = (0, Vec::new(), 0);
    while let Some(batch) = log.after(cursor).await.expect("readable") {
        let crate::wire::ServerFrame::Events(events) = serde_json::from_str(&batch.frame).expect("a frame") else {
            panic!("not events");
        };
        seen.extend(events.events.iter().map(|event| event.seq));
        cursor = batch.last;
        frames += 1;
    }
    assert_eq!(seen, (1..=200).collect::<Vec<_>>());
    assert!(frames > 10, "frames stay small: {frames}");
    database.close().await;
}

#[tokio::test]
async fn after_closing_nothing_is_taken() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let (database, log) = open(directory.path(), &Limits::DEFAULT).await;
    database.close().await;
    let late = append(&log, "late", "late").await.expect("the database is sound");
    assert!(matches!(late.settled().await, Err(LogError::Closed)));
}

#[tokio::test]
async fn rooms_share_what_is_kept_in_memory() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let limits = Limits { tail_bytes: 4_000, ..Limits::DEFAULT };
    let (database, quiet) = open(directory.path(), &limits).await;
    let busy = another(&database, "Busy").await;
    say(&quiet, "a", "said once").await;
    assert!(quiet.shared.tail().event(1).is_some());
    for number in 1..=100 {
        say(&busy, &number.to_string(), "again and again").await;
    }
    assert!(quiet.shared.tail().event(1).is_none(), "the oldest goes first, whose it is");
    assert!(busy.shared.tail().event(100).is_some());
    assert!(busy.shared.tail().event(50).is_none());
    assert_eq!(texts(&quiet.page_before(2, 10).await.expect("readable")), ["1 said once"]);
    database.close().await;
}

#[tokio::test]
async fn what_one_commit_brings_goes_out_in_frames_of_the_usual_size() {
    const BATCH: usize = 2_000;
    let directory = tempfile::tempdir().expect("a temporary directory");
    let (database, log) = open(directory.path(), &Limits { batch_bytes: BATCH, ..Limits::DEFAULT }).await;
    let (text, mut said) = ("x".repeat(200), Vec::new());
    for number in 0..300 {
        said.push(append(&log, &number.to_string(), &text).await.expect("the writer runs"));
    }
    for said in said {
        said.settled().await.expect("it is kept");
    }
    let (mut cursor, mut largest) = (0, 0);
    while let Some(Batch { frame, last }) = log.after(cursor).await.expect("readable") {
        (cursor, largest) = (last, largest.max(frame.len()));
    }
    assert_eq!(cursor, 300);
    // One event more than fits, and what is around them.
    assert!((BATCH / 2..BATCH + 500).contains(&largest), "a frame of {largest} bytes");
    database.close().await;
}

#[test]
fn a_directory_in_use_is_refused() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let _first = Database::open(directory.path(), &Limits::DEFAULT).expect("the directory is writable");
    assert!(matches!(Database::open(directory.path(), &Limits::DEFAULT), Err(OpenError::InUse { .. })));
}

#[test]
fn whoever_is_just_ending_is_waited_for() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let held = std::fs::File::create(directory.path().join("snug.lock")).expect("the directory is writable");
    held.try_lock().expect("nobody has it");
    let ends = std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_millis(200));
        drop(held);
    });
    assert!(Database::open(directory.path(), &Limits::DEFAULT).is_ok());
    ends.join().expect("it ended");
}

#[test]
fn commits_reach_the_disk_itself() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = directory.path().join("snug.db");
    drop(schema::create(&path).expect("a new database"));
    let connection = schema::open(&path).expect("a database");
    let pragma = |name: &str| -> String {
        let value: rusqlite::types::Value =
            connection.pragma_query_value(None, name, |row| row.get(0)).expect("SQLite knows it");
        match value {
            rusqlite::types::Value::Text(text) => text,
            other => format!("{other:?}"),
        }
    };
    // What no kill can show and a power cut would: 2 is FULL.
    assert_eq!(pragma("journal_mode"), "wal");
    assert_eq!(pragma("synchronous"), "Integer(2)");
    assert_eq!(pragma("fullfsync"), "Integer(1)");
    assert_eq!(pragma("checkpoint_fullfsync"), "Integer(1)");
}

#[tokio::test]
async fn a_log_that_still_has_something_to_commit_keeps_the_next_one_out() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let (database, log) = open(directory.path(), &Limits::DEFAULT).await;
    let mut receipts = Vec::new();
    for number in 0..200 {
        receipts.push(append(&log, &number.to_string(), "queued").await.expect("the writer runs"));
    }
    // Dropped without closing: its writer goes on until the queue is empty.
    drop((database, log));
    while let Err(error) = Database::open(directory.path(), &Limits::DEFAULT) {
        assert!(matches!(error, OpenError::InUse { .. }), "{error}");
        tokio::task::yield_now().await;
    }
    let (database, log) = open_when_free(directory.path()).await;
    assert_eq!(say(&log, "next", "in its place").await, 201);
    database.close().await;
}

async fn open_when_free(directory: &std::path::Path) -> (Database, Log) {
    loop {
        match Database::open(directory, &Limits::DEFAULT) {
            Ok(database) => {
                database.close().await;
                return open(directory, &Limits::DEFAULT).await;
            }
            Err(OpenError::InUse { .. }) => tokio::task::yield_now().await,
            Err(error) => panic!("{error}"),
        }
    }
}

#[tokio::test]
async fn what_waits_for_the_disk_is_bounded_in_bytes() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let limits = Limits { queue_bytes: 3_000, ..Limits::DEFAULT };
    let (database, log) = open(directory.path(), &limits).await;
    // Somebody else writes, so that nothing gets to the disk for a while.
    let other = rusqlite::Connection::open(directory.path().join("snug.db")).expect("a database");
    other.execute_batch("BEGIN IMMEDIATE").expect("nobody writes yet");
    let text = "x".repeat(600);
    let mut receipts = Vec::new();
    for id in ["a", "b"] {
        receipts.push(append(&log, id, &text).await.expect("the writer runs"));
    }
    let mut third = std::pin::pin!(append(&log, "c", &text));
    let waits = tokio::time::timeout(std::time::Duration::from_millis(200), third.as_mut()).await;
    assert!(waits.is_err(), "a third message found room beside the first two");
    // Longer than all that may wait: alone, it still gets through.
    other.execute_batch("COMMIT").expect("it can be ended");
    receipts.push(third.await.expect("the writer runs"));
    for (receipt, seq) in receipts.into_iter().zip(1..) {
        assert_eq!(receipt.settled().await.expect("the disk works"), seq);
    }
    assert_eq!(say(&log, "d", &"x".repeat(5_000)).await, 4);
    database.close().await;
}
