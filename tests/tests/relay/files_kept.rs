//! Files: kept once, for as long as they are to be, and gone when they aren't.

use std::{fs, path::Path};

use snug_relay::wire::{Body, ClientFrame, Delete, Edit, ErrorCode, FileRefusal, FileRules, Measure, Order, Upload};
use snug_tests::{Sender, TestRelay, until, with_files};

use crate::files::{files_of, names_in, png, says_with, set};

#[tokio::test]
async fn equal_content_is_kept_once_and_until_the_last_message_with_it_is_deleted() {
    let relay = TestRelay::start().await;
    let (mut mina, mut jun) = (relay.join("Mina").await, relay.join("Jun").await);
    let (sender, others) = (Sender::of(&mina, relay.addr()), Sender::of(&jun, relay.addr()));
    let content = b"the same words, twice".repeat(100);
    let (first, second) = tokio::join!(sender.sends("a", "", &content), others.sends("b", "", &content));
    let hash = first.1.hash.clone();
    assert_eq!(second.1.hash, hash);
    assert_eq!(names_in(relay.data(), "files"), set([&hash]));
    says_with(&mut mina, "m", "", &[&first.0]).await;
    says_with(&mut jun, "j", "", &[&second.0]).await;
    let (own, _) = sender.sends("c", "", &content).await;
    says_with(&mut mina, "n", "words", &[&own]).await;

    // Other words leave the files as they are, and none at all will do.
    mina.changes(ClientFrame::Edit(Edit { id: "e".into(), of: "n".into(), text: String::new() })).await.unwrap();
    let read = &jun.reads_back(4, Some(1)).await.events[0];
    assert_eq!(files_of(read).len(), 1);

    let delete = |of: &str| ClientFrame::Delete(Delete { id: format!("d{of}"), of: of.into() });
    mina.changes(delete("m")).await.unwrap();
    mina.changes(delete("n")).await.unwrap();
    assert_eq!(sender.reads(&hash, "a", &[]).await.body, content, "Jun's message has it");
    // An upload that is on its way to a message holds it as well.
    let (held, _) = sender.sends("d", "", &content).await;
    jun.changes(delete("j")).await.unwrap();
    assert_eq!(others.is_refused(&hash).await, Some(ErrorCode::NoSuchFile));
    assert_eq!(names_in(relay.data(), "files"), set([&hash]));
    says_with(&mut mina, "o", "", &[&held]).await;
    assert_eq!(sender.reads(&hash, "d", &[]).await.body, content);
    mina.changes(delete("o")).await.unwrap();
    until("the last of it to be gone", async || names_in(relay.data(), "files").is_empty().then_some(()))
        .await
        .unwrap();

    // One that is taken back is gone at once, and nothing of any of them is left on disk.
    let (back, _) = sender.sends("e", "", &content).await;
    sender.asks("DELETE", &format!("/uploads/{back}"), b"").await;
    until("it to be gone", async || names_in(relay.data(), "files").is_empty().then_some(())).await.unwrap();
    let (_, data) = relay.stop().await;
    for entry in walk(data.path()) {
        let bytes = fs::read(&entry).unwrap();
        assert!(!bytes.windows(15).any(|window| window == b"the same words,"), "{}", entry.display());
    }
}

fn walk(directory: &Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}

#[tokio::test]
async fn a_message_that_is_sent_again_needs_its_uploads_no_more() {
    let relay = TestRelay::start().await;
    let mut mina = relay.join("Mina").await;
    let sender = Sender::of(&mina, relay.addr());
    let (upload, _) = sender.sends("a", "", b"once").await;
    let seq = says_with(&mut mina, "m", "look", &[&upload]).await;
    // The acknowledgement was lost.
    assert_eq!(says_with(&mut mina, "m", "look", &[&upload]).await, seq);
    let relay = relay.restart().await;
    let mut mina = relay.join("Mina").await;
    assert_eq!(says_with(&mut mina, "m", "look", &[&upload]).await, seq);
    // But into another message it doesn't go.
    let again = mina.changes(ClientFrame::NewMessage(with_files("n", "look", &[&upload]))).await.unwrap_err();
    assert_eq!(again.code, ErrorCode::NoSuchUpload);
    let mut jun = relay.join("Jun").await;
    let stolen = jun.changes(ClientFrame::NewMessage(with_files("m", "look", &[&upload]))).await.unwrap_err();
    assert_eq!(stolen.code, ErrorCode::NoSuchUpload, "nor is it anybody else's");
}

#[tokio::test]
async fn a_small_picture_is_replaced_once_and_the_other_is_gone() {
    let relay = TestRelay::start().await;
    let mut mina = relay.join("Mina").await;
    let sender = Sender::of(&mina, relay.addr());
    let (upload, file) = sender.sends("cat", "", b"a large picture of a cat").await;
    let gives = async |width: u32| {
        let answer = sender.asks("PUT", &format!("/uploads/{upload}/thumb"), &png(width, 1)).await;
        if answer.status == 200 { Ok(answer.json::<Upload>().file.unwrap().thumb.unwrap()) } else { Err(answer) }
    };
    let first = gives(1).await.unwrap();
    assert_eq!(gives(1).await.unwrap(), first, "its answer was lost, and that counts as nothing");
    assert_eq!(names_in(relay.data(), "files"), set([&file.hash, &first]));
    let second = gives(2).await.unwrap();
    until("the first to be gone", async || {
        (names_in(relay.data(), "files") == set([&file.hash, &second])).then_some(())
    })
    .await
    .unwrap();
    for width in 3..20 {
        assert_eq!(gives(width).await.unwrap_err().json::<FileRefusal>().code, ErrorCode::BadThumb);
    }
    assert_eq!(gives(2).await.unwrap(), second);
    says_with(&mut mina, "m", "", &[&upload]).await;
    assert_eq!(files_of(&mina.next_event().await)[0].thumb.as_ref(), Some(&second));
    assert_eq!(names_in(relay.data(), "files"), set([&file.hash, &second]));
}

#[tokio::test]
async fn what_nobody_goes_on_with_is_removed_and_so_is_what_a_crash_left() {
    let relay = TestRelay::with(|limits| limits.upload_ms = 300).await;
    let mut mina = relay.join("Mina").await;
    let sender = Sender::of(&mina, relay.addr());
    let (upload, file) = sender.sends("a", "", b"kept").await;
    says_with(&mut mina, "m", "", &[&upload]).await;
    let begun = sender.begins("b", 10, "").await.unwrap().upload;
    sender.puts(&begun, 0, b"half").await.unwrap();
    sender.sends("c", "", b"complete, and never said").await;
    let orphan = "0".repeat(64);
    fs::write(relay.data().join("files").join(&orphan), "moved there, and then the power went").unwrap();
    until("all but what was said to be gone", async || {
        (names_in(relay.data(), "uploads").is_empty() && names_in(relay.data(), "files") == set([&file.hash]))
            .then_some(())
    })
    .await
    .unwrap();
    assert_eq!(sender.asks_how_far(&begun).await.unwrap_err().code, ErrorCode::NoSuchUpload);
    assert_eq!(sender.reads(&file.hash, "a", &[]).await.body, b"kept");
}

#[tokio::test]
async fn files_go_after_their_days_and_the_messages_stay() {
    let relay = TestRelay::with(|limits| {
        limits.upload_ms = 2_000;
        limits.file_days = 7;
    })
    .await;
    let mut mina = relay.join("Mina").await;
    let sender = Sender::of(&mina, relay.addr());
    let (old, old_file) = sender.sends("old", "", b"a week old").await;
    says_with(&mut mina, "o", "look", &[&old]).await;
    let (new, new_file) = sender.sends("new", "", b"of today").await;
    says_with(&mut mina, "n", "", &[&new]).await;
    let paused = relay.pause().await;
    let database = rusqlite::Connection::open(paused.data().join("snug.db")).unwrap();
    database.execute("UPDATE file SET at = at - 8 * 86400000 WHERE seq = 1", []).unwrap();
    drop(database);
    let relay = paused.resume().await;
    let mina = relay.join("Mina").await;
    let sender = Sender::of(&mina, relay.addr());
    until("the old file to be gone", async || (names_in(relay.data(), "files") == set([&new_file.hash])).then_some(()))
        .await
        .unwrap();
    let gone = sender.reads(&old_file.hash, "old", &[]).await;
    assert_eq!((gone.status, gone.json::<FileRefusal>().code), (410, ErrorCode::FileGone));
    assert_eq!(sender.reads(&new_file.hash, "new", &[]).await.status, 200);
    assert_eq!(files_of(&mina.welcome.as_ref().unwrap().events[0]).len(), 1, "the message says what there was");
    assert!(relay.restart().await.handle().set_aside().is_none(), "and nothing about it is damage");
}

#[tokio::test]
async fn a_host_says_how_large_files_may_be_and_how_long_they_are_kept_and_it_lasts() {
    let relay = TestRelay::with(|limits| {
        limits.upload_ms = 2_000;
        limits.file_bytes = 100;
        limits.room_file_bytes = 1000;
    })
    .await;
    let mut host = relay.joins_as_host().await;
    let mut mina = relay.join("Mina").await;
    assert_eq!(mina.welcome.as_ref().unwrap().room.files, FileRules { bytes: 100, days: 0 }, "as the relay has it");
    let sender = Sender::of(&mina, relay.addr());
    let large = [b'x'; 500];
    assert_eq!(sender.begins("large", large.len() as u64, "").await.unwrap_err().code, ErrorCode::FileTooBig);
    for (bytes, days) in [(0, 0), (1001, 0), (500, 3651)] {
        host.orders(Order::Files(FileRules { bytes, days })).await;
        assert_eq!(host.is_refused().await, ErrorCode::BadFileRules, "{bytes} bytes, {days} days");
    }
    let rules = FileRules { bytes: 500, days: 7 };
    mina.orders(Order::Files(rules)).await;
    assert_eq!(mina.is_refused().await, ErrorCode::NotHost);
    host.orders(Order::Files(rules)).await;
    while mina.next_event().await.body != Body::Measure(Measure::Files(rules)) {}
    let (upload, file) = sender.sends("large", "", &large).await;
    says_with(&mut mina, "l", "look", &[&upload]).await;
    assert_eq!(sender.begins("larger", 501, "").await.unwrap_err().code, ErrorCode::FileTooBig);

    // Another room's files are kept, and this one's go with their days, after a restart too.
    let paused = relay.pause().await;
    let database = rusqlite::Connection::open(paused.data().join("snug.db")).unwrap();
    database.execute("UPDATE file SET at = at - 8 * 86400000", []).unwrap();
    database
        .execute("INSERT INTO file SELECT room + 1, seq, 'of another room', bytes, at, gone FROM file", [])
        .unwrap();
    drop(database);
    let relay = paused.resume().await;
    let mina = relay.join("Mina").await;
    assert_eq!(mina.welcome.as_ref().unwrap().room.files, rules);
    let sender = Sender::of(&mina, relay.addr());
    until("it to be gone", async || (sender.reads(&file.hash, "large", &[]).await.status == 410).then_some(()))
        .await
        .unwrap();
    let database = rusqlite::Connection::open(relay.data().join("snug.db")).unwrap();
    let kept = database.query_row("SELECT gone FROM file WHERE hash = 'of another room'", [], |row| row.get(0));
    assert_eq!(kept, Ok(false));
}
