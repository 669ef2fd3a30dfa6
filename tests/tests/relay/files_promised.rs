//! Files that were promised and haven't come: they are in nobody's way, whatever becomes of them.

use snug_relay::wire::{ClientFrame, Delete, ErrorCode, FileRefusal, Order};
use snug_tests::{Sender, TestRelay, until};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::{
    files::{bytes, names_in, says_with, set},
    order::{JUN, SOL, comes},
};

#[tokio::test]
async fn what_was_only_promised_takes_no_room_from_anybody() {
    let relay = TestRelay::with(|limits| {
        limits.file_bytes = 1000;
        limits.room_file_bytes = 2500;
    })
    .await;
    let (mut mina, jun) = (relay.join("Mina").await, relay.join("Jun").await);
    let (sender, idle) = (Sender::of(&mina, relay.addr()), Sender::of(&jun, relay.addr()));
    let mut promised = Vec::new();
    for number in 0..20 {
        promised.push(idle.begins(&format!("{number}"), 1000, "").await.unwrap().upload);
    }
    // One that is coming while the room fills up.
    let mut coming = idle.puts_some(&promised[1], 0, 1000, &bytes(1, 100)).await;
    for seed in [2, 3] {
        let (upload, _) = sender.sends("a", "", &bytes(seed, 1000)).await;
        says_with(&mut mina, &format!("m{seed}"), "", &[&upload]).await;
    }

    // What comes counts, and no more comes than there is room for.
    assert_eq!(idle.puts(&promised[0], 0, &bytes(4, 400)).await.unwrap().offset, 400);
    coming.write_all(&bytes(1, 1000)[100..]).await.unwrap();
    let mut answer = String::new();
    coming.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 507") && answer.contains("room_files_full"), "{answer}");
    assert_eq!(idle.asks_how_far(&promised[1]).await.unwrap().offset, 100, "what came before is kept");
    let refused = idle.puts(&promised[0], 400, &bytes(4, 1000)[400..]).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::RoomFilesFull);
    let refused = sender.begins("b", 1, "").await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::RoomFilesFull, "it can be seen beforehand");

    // It is the same after a restart, and goes on where it was once there is room.
    let relay = relay.restart().await;
    let (mut mina, jun) = (relay.join("Mina").await, relay.join("Jun").await);
    let idle = Sender::of(&jun, relay.addr());
    let refused = idle.puts(&promised[0], 400, &bytes(4, 1000)[400..]).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::RoomFilesFull);
    mina.changes(ClientFrame::Delete(Delete { id: "d".into(), of: "m2".into() })).await.unwrap();
    assert!(idle.puts(&promised[0], 400, &bytes(4, 1000)[400..]).await.unwrap().file.is_some());
}

#[tokio::test]
async fn whoever_is_put_out_has_nothing_on_the_way_any_more() {
    let relay = TestRelay::start().await;
    let mut host = relay.joins_as_host().await;
    let (mut jun, removed) = comes(&relay, "Jun", JUN).await;
    let (sol, banned) = comes(&relay, "Sol", SOL).await;
    let mina = relay.join("Mina").await;
    let stays = Sender::of(&mina, relay.addr()).begins("hers", 10, "").await.unwrap().upload;
    let said = {
        let (upload, file) = Sender::of(&jun, relay.addr()).sends("said", "", b"it was said").await;
        says_with(&mut jun, "j", "", &[&upload]).await;
        file.hash
    };
    for client in [&jun, &sol] {
        let sender = Sender::of(client, relay.addr());
        sender.begins("promised", 1000, "").await.unwrap();
        let half = sender.begins("half", 1000, "").await.unwrap().upload;
        sender.puts(&half, 0, &bytes(1, 500)).await.unwrap();
        sender.sends("complete", "", sender.ticket.as_bytes()).await;
    }
    assert_eq!((names_in(relay.data(), "uploads").len(), names_in(relay.data(), "files").len()), (9, 3));

    host.orders(Order::Remove { member: removed }).await;
    host.orders(Order::Ban { member: banned, new_link: false }).await;
    until("theirs to be gone, but for what was said", async || {
        let left = (names_in(relay.data(), "uploads"), names_in(relay.data(), "files"));
        (left == (set([&format!("{stays}.json")]), set([&said]))).then_some(())
    })
    .await
    .unwrap();
    // They come back as others do, and begin anew.
    let (jun, _) = comes(&relay, "Jun", JUN).await;
    Sender::of(&jun, relay.addr()).sends("again", "", b"as others do").await;
}

#[tokio::test]
async fn what_nothing_has_come_of_makes_way_for_others() {
    let relay = TestRelay::with(|limits| {
        limits.files = 3;
        limits.member_uploads = 3;
        limits.uploads = 5;
    })
    .await;
    let (mina, jun) = (relay.join("Mina").await, relay.join("Jun").await);
    let (sender, idle) = (Sender::of(&mina, relay.addr()), Sender::of(&jun, relay.addr()));
    let begun = sender.begins("mine", 2, "").await.unwrap().upload;
    sender.puts(&begun, 0, b"a").await.unwrap();
    let mut promised = Vec::new();
    for number in 0..10 {
        promised.push(idle.begins(&format!("{number}"), 2, "").await.unwrap().upload);
    }
    // Their own go first, the oldest one before the others, and nothing is left of them.
    for gone in &promised[..7] {
        assert_eq!(idle.puts(gone, 0, b"ab").await.unwrap_err().code, ErrorCode::NoSuchUpload);
    }
    assert_eq!(names_in(relay.data(), "uploads").len(), 5, "two of one, and one of each of three");
    // Then anybody's, as long as anybody's is there.
    idle.puts(&promised[7], 0, b"a").await.unwrap();
    let second = sender.begins("second", 2, "").await.unwrap().upload;
    sender.puts(&second, 0, b"b").await.unwrap();
    let third = sender.begins("third", 2, "").await.unwrap().upload;
    sender.puts(&third, 0, b"c").await.unwrap();
    assert_eq!(idle.asks_how_far(&promised[8]).await.unwrap_err().code, ErrorCode::NoSuchUpload);
    idle.puts(&promised[9], 0, b"a").await.unwrap();
    let refused = |answer: Result<_, FileRefusal>| answer.map(|_: snug_relay::wire::Upload| ()).unwrap_err().code;
    assert_eq!(refused(sender.begins("fourth", 2, "").await), ErrorCode::TooManyUploads);
    assert_eq!(refused(idle.begins("more", 2, "").await), ErrorCode::TooManyUploads);
    // Whoever has brought something is in nobody's way and goes on.
    for (sender, upload) in [(&sender, &begun), (&sender, &second), (&idle, &promised[7]), (&idle, &promised[9])] {
        assert!(sender.puts(upload, 1, b"z").await.unwrap().file.is_some());
    }
}
