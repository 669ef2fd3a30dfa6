//! A disk that runs full: sends fail by name, reading goes on, and room is all it takes to recover.

use std::{fs, path::Path, time::Duration};

use snug_relay::{
    RoomError,
    wire::{ClientFrame, ErrorCode, NewMessage},
};
use snug_tests::{HeadlessRelay, TestClient, TestRelay, disk};

use crate::headless::fails_saying;

/// Says one thing after the other until the disk takes no more; how many it took.
async fn says_until_full(client: &mut TestClient, prefix: &str, text: &str) -> u64 {
    for number in 0.. {
        if let Err(refused) = client.says_with_id(&format!("{prefix}-{number}"), text).await {
            assert_eq!(refused.code, ErrorCode::DiskFull, "{refused:?}");
            return number;
        }
    }
    unreachable!("a disk is finite")
}

/// Everything a newcomer gets to see, oldest first, by its id.
async fn all(relay: &TestRelay) -> Vec<String> {
    let mut reader = relay.join("Reader").await;
    let head = reader.welcome.as_ref().unwrap().head;
    let (mut before, mut ids) = (head + 1, Vec::new());
    while before > 1 {
        let page = reader.reads_back(before, None).await;
        before = page.events[0].seq;
        ids.extend(page.events.into_iter().rev().map(|event| event.id));
    }
    ids.reverse();
    assert_eq!(ids.len() as u64, head, "no gap");
    ids
}

#[tokio::test]
async fn sends_fail_by_name_reading_goes_on_and_room_is_all_it_takes() {
    let test = "disk::sends_fail_by_name_reading_goes_on_and_room_is_all_it_takes";
    let Some(disk) = disk::own(test, 16 * 1024) else { return };
    // Every reading goes to the disk.
    let relay = TestRelay::with(|limits| limits.tail_bytes = 1).await;
    let (mut mina, mut jun) = (relay.join("Mina").await, relay.join("Jun").await);
    for number in 0..100 {
        mina.says_with_id(&format!("before-{number}"), "before").await.unwrap();
    }
    disk.fill(0);
    let taken = says_until_full(&mut mina, "full", &"x".repeat(3000)).await;
    // Several at once, from two people: each is told, and by its id.
    for number in 0..20 {
        let client = if number % 2 == 0 { &mut mina } else { &mut jun };
        let message = NewMessage::new(format!("more-{number}"), "y".repeat(5000));
        client.send(&ClientFrame::NewMessage(message)).await;
    }
    for number in 0..20 {
        let client = if number % 2 == 0 { &mut mina } else { &mut jun };
        let refused = client.answer_about(&format!("more-{number}")).await.unwrap_err();
        assert_eq!(refused.code, ErrorCode::DiskFull);
        assert_eq!(refused.id, Some(format!("more-{number}")), "about this one");
    }
    // Nobody is thrown out: who was there reads on, newcomers come in, whoever was away comes back.
    let kept = 100 + taken;
    let page = jun.reads_back(51, Some(50)).await;
    assert_eq!(page.events.len(), 50);
    let place = all(&relay).await;
    assert_eq!(place.len() as u64, kept);
    let mut jun = jun.resume(relay.addr(), &relay.invite).await;
    assert!(jun.welcome.as_ref().unwrap().resumed);
    while jun.events.last().is_none_or(|event| event.seq < kept) {
        jun.next_event().await;
    }
    let error = relay.handle().create_room("Another", false).await.unwrap_err();
    assert!(matches!(error, RoomError::DiskFull), "{error}");

    disk.clear();
    // The same ids again, in another order: each gets the next place, once.
    for number in (0..20).rev() {
        let (id, text) = (format!("more-{number}"), "y".repeat(5000));
        let seq = jun.says_with_id(&id, &text).await.unwrap();
        assert_eq!(seq, kept + 20 - number);
        assert_eq!(mina.says_with_id(&id, &text).await.unwrap(), seq);
    }
    mina.says_with_id(&format!("full-{taken}"), "and the first one that was refused").await.unwrap();
    relay.handle().create_room("Another", false).await.unwrap();

    let mut expected = place;
    expected.extend((0..20).rev().map(|number| format!("more-{number}")));
    expected.push(format!("full-{taken}"));
    assert_eq!(all(&relay).await, expected);
    let relay = relay.restart().await;
    assert!(relay.handle().set_aside().is_none(), "nothing was damaged by it");
    assert_eq!(all(&relay).await, expected);
}

#[tokio::test]
async fn the_journal_shrinks_again_after_a_disk_was_full() {
    let test = "disk::the_journal_shrinks_again_after_a_disk_was_full";
    let Some(disk) = disk::own(test, 64 * 1024) else { return };
    let relay = TestRelay::with(|limits| {
        limits.text_chars = 60_000;
        limits.text_bytes = 60_000;
        limits.frame_bytes = 400_000;
    })
    .await;
    let mut mina = relay.join("Mina").await;
    mina.says("before").await;
    let wal = relay.data().join("snug.db-wal");
    let length = |path: &Path| fs::metadata(path).unwrap().len();
    for round in 0..3 {
        // Room for the journal, but not for what is in it in the database too.
        disk.fill(1500);
        says_until_full(&mut mina, &format!("full-{round}"), &"x".repeat(50_000)).await;
        disk.clear();
        let mut most = 0;
        for number in 0..150 {
            mina.says_with_id(&format!("{round}-{number}"), &"z".repeat(50_000)).await.unwrap();
            most = most.max(length(&wal));
        }
        // 7.5 MB were said; the journal starts anew after about 4 MB of it.
        assert!(most < 6 * 1024 * 1024, "the journal grew to {most} bytes");
    }
}

/// Readers at all times, none for long: the journal is started anew between them.
#[tokio::test]
async fn the_journal_stays_small_among_busy_readers() {
    let relay = TestRelay::with(|limits| limits.tail_bytes = 1).await;
    let mut mina = relay.join("Mina").await;
    mina.says_often(&"x".repeat(1000), 500).await;
    let reading = |mut reader: TestClient| async move {
        for _ in 0..400 {
            reader.reads_back(501, None).await;
        }
    };
    let mut readers = Vec::new();
    for number in 0..6 {
        readers.push(tokio::spawn(reading(relay.join(&format!("Reader {number}")).await)));
    }
    let wal = relay.data().join("snug.db-wal");
    let (mut most, mut said) = (0, 0);
    while said < 12_000 || readers.iter().any(|reader| !reader.is_finished()) {
        mina.says_often(&"x".repeat(1000), 200).await;
        said += 200;
        most = most.max(fs::metadata(&wal).unwrap().len());
    }
    println!("{said} messages of 1 KB; the journal had {most} bytes at most");
    assert!(most < 16 * 1024 * 1024, "{most}");
    for reader in readers {
        reader.await.unwrap();
    }
}

#[tokio::test]
async fn a_start_on_a_full_disk_says_so_and_harms_nothing() {
    let test = "disk::a_start_on_a_full_disk_says_so_and_harms_nothing";
    let Some(disk) = disk::own(test, 2048) else { return };
    let data = disk.root().join("data").to_string_lossy().into_owned();
    let arguments = ["--listen", "127.0.0.1:0", "--data", &data, "--room", "Den"];
    let database = format!("{data}/snug.db");
    let said = format!("can't write to {database}: the disk is full");

    // The first start of all.
    fs::create_dir(&data).unwrap();
    disk.fill(0);
    fails_saying(&arguments, &said).await;
    disk.clear();
    disk.fill(20);
    fails_saying(&arguments, &said).await;
    assert!(!Path::new(&database).exists(), "half a database is none");
    disk.clear();

    let relay = HeadlessRelay::start(&arguments).await.unwrap();
    let (link, room) =
        (relay.link.clone(), relay.link.rsplit_once(':').unwrap().1.split_once('/').unwrap().1.to_owned());
    let mut mina = crate::headless::follow(&relay).await;
    for number in 0..50 {
        mina.says_with_id(&number.to_string(), "kept").await.unwrap();
    }
    relay.stop("TERM").await.unwrap();
    let before = fs::read(&database).unwrap();
    disk.fill(0);
    fails_saying(&arguments, &said).await;
    assert!(fs::read(&database).unwrap() == before, "untouched");

    // Damaged as well: what can't be salvaged now is left for later.
    let mut spoilt = before.clone();
    spoilt[20] ^= 1;
    fs::write(&database, &spoilt).unwrap();
    fails_saying(&arguments, &said).await;
    assert!(fs::read(&database).unwrap() == spoilt, "still there, under its name");
    disk.clear();

    fs::write(&database, &before).unwrap();
    let relay = HeadlessRelay::start(&arguments).await.unwrap();
    assert!(relay.link.ends_with(&room), "{link} became {}", relay.link);
    let mina = crate::headless::follow(&relay).await;
    assert_eq!(mina.welcome.as_ref().unwrap().head, 50);
    relay.stop("TERM").await.unwrap();
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "nothing is to happen for longer than a silence may last")]
async fn a_disk_that_stands_still_puts_nobody_out() {
    let relay = TestRelay::with(|limits| {
        limits.in_flight = 2;
        limits.ping_ms = 100;
        limits.silence_ms = 300;
    })
    .await;
    let mut mina = relay.join("Mina").await;
    // Somebody else writes, so that nothing gets to the disk for a while.
    let other = rusqlite::Connection::open(relay.data().join("snug.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    for number in 0..5 {
        let message = NewMessage::new(format!("id-{number}"), "hello");
        mina.send(&ClientFrame::NewMessage(message)).await;
    }
    // With two on their way nothing more is read, so nothing can be heard of her.
    tokio::time::sleep(Duration::from_secs(1)).await;
    other.execute_batch("COMMIT").unwrap();
    for number in 0..5 {
        assert_eq!(mina.answer_about(&format!("id-{number}")).await.unwrap(), number + 1);
    }
}
