//! What is decided with an event: on disk with it, never without it, and so before anybody reads of it.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use super::*;
use crate::{
    room::tests::{comes, served},
    wire::{Measure, Order},
};

/// A room's slow mode, and the newest event, as whoever looks at the disk at one moment finds them. A host that dies
/// then finds just this.
fn look(database: &rusqlite::Connection) -> (Millis, String) {
    let look = "SELECT every_ms, coalesce((SELECT json FROM event ORDER BY seq DESC LIMIT 1), '') FROM room";
    database.query_row(look, [], |row| Ok((row.get(0)?, row.get(1)?))).expect("readable")
}

#[tokio::test]
async fn whenever_the_host_dies_what_was_decided_is_told_of_and_what_is_told_of_holds() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let (relay, room) = served(directory.path()).await;
    let host = comes(&room, "the-device-of-the-host", true).await;
    let database = schema::open_to_read(&directory.path().join("snug.db")).expect("a database");
    let over = Arc::new(AtomicBool::new(false));
    let looking = thread::spawn({
        let over = over.clone();
        move || {
            let mut seen = std::collections::BTreeSet::new();
            while !over.load(Ordering::Relaxed) {
                let (every_ms, newest) = look(&database);
                let told = newest.contains(&format!("\"every_ms\":{every_ms}}}"));
                assert!(told || (every_ms == 0 && newest.is_empty()), "{every_ms} holds, and what is told is {newest}");
                seen.insert(every_ms);
            }
            seen.len()
        }
    });
    for every_ms in 1..=100 {
        room.order(&host, Order::Slow { every_ms }).await.expect("the disk works");
    }
    over.store(true, Ordering::Relaxed);
    let seen = looking.join().expect("each look was in order");
    assert!(seen > 10, "it was looked at {seen} states only");
    relay.stop().await;
}

#[tokio::test]
async fn it_holds_before_anybody_reads_of_it_and_only_if_it_is_new() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let (database, log) = open(directory.path(), &Limits::DEFAULT).await;
    let room = database.rooms().await.expect("rooms can be read").remove(0);
    let slowed = |id: &str, every_ms: Millis| {
        let head = log.head();
        let (held, holds) = std::sync::mpsc::channel();
        let changes = Changes { room: Some(StoredRoom { every_ms, ..room.clone() }), ..Changes::default() };
        // It may be asked for what holds as soon as the head moves.
        let holding = move || {
            held.send(*head.borrow()).expect("wanted");
            Vec::new()
        };
        let decided = Decided { changes, holds: Box::new(holding) };
        let (log, id) = (log.clone(), id.to_owned());
        async move {
            let body = Body::Measure(Measure::Slowed { every_ms });
            let (member, nickname, host) = ("host", "Mina", true);
            let draft = Draft { member, nickname, host, id, body: &body, taken: None, decided: Some(decided) };
            let appended = log.append_and_wait(draft).await;
            (appended.is_ok(), holds.try_recv().ok())
        }
    };
    let stored = async || database.rooms().await.expect("rooms can be read")[0].every_ms;
    assert_eq!(slowed("a", 5).await, (true, Some(0)));
    assert_eq!((*log.head().borrow(), stored().await), (1, 5));
    assert_eq!(slowed("a", 5).await, (true, None), "it was in the log already");
    assert_eq!(slowed("b", 7).await, (true, Some(1)));
    assert_eq!(stored().await, 7);
    // Somebody else's id.
    say(&log, "d", "hello").await;
    assert_eq!(slowed("d", 9).await, (false, None));
    assert_eq!((*log.head().borrow(), stored().await), (3, 7));
    database.close().await;
    assert_eq!(slowed("e", 9).await, (false, None), "the relay has stopped");
}
