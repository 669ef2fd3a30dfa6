//! Getting into a room.

use std::time::{Duration, Instant};

use futures_util::FutureExt;
use snug_relay::wire::{ClientFrame, Door, ErrorCode, Join, NewMessage, SUBPROTOCOL};
use snug_tests::{TestClient, TestRelay};
use tokio_tungstenite::tungstenite::Message;

async fn refusal(client: &mut TestClient, join: Join) -> ErrorCode {
    client.send(&ClientFrame::Join(join)).await;
    client.is_refused().await
}

#[tokio::test]
async fn the_invite_lets_in_and_says_where_one_is() {
    let relay = TestRelay::start().await;
    let mina = relay.join("Mina").await;
    let welcome = mina.welcome.unwrap();
    assert_eq!(welcome.room.name, "Den");
    assert_eq!(welcome.room.id, relay.invite.room);
    assert_eq!(welcome.room.door, Door::Closed);
    assert_eq!(welcome.you.nickname, "Mina");
    assert_eq!((welcome.head, welcome.count, welcome.resumed), (0, 1, false));
    assert_eq!(welcome.members[0].member, welcome.you.member);
    assert_eq!(SUBPROTOCOL, "snug.v1");
}

#[tokio::test]
async fn with_a_wrong_secret_nobody_gets_in() {
    let relay = TestRelay::start().await;
    let right = relay.invite.secret.to_string();
    let mut almost = right.clone();
    almost.replace_range(0..1, if right.starts_with('A') { "B" } else { "A" });
    for secret in [String::new(), almost, right[..21].to_owned(), format!("{right}A")] {
        let mut client = relay.connect().await;
        let join = Join { room: Some(relay.invite.room.clone()), secret: Some(secret), ..Join::default() };
        assert_eq!(refusal(&mut client, join).await, ErrorCode::WrongSecret);
        assert_eq!(client.is_closed().await, Some(1008));
    }
}

#[tokio::test]
async fn an_open_room_takes_whoever_knows_the_address() {
    let relay = TestRelay::open().await;
    let mut client = relay.connect().await;
    client.send(&ClientFrame::Join(Join::default())).await;
    let welcome = client.welcomed().await;
    assert_eq!(welcome.you.nickname, "Anonymous");
    assert_eq!(welcome.room.door, Door::Open);
}

#[tokio::test]
async fn the_room_has_to_be_named_where_there_are_several() {
    let relay = TestRelay::open().await;
    relay.handle().create_room("Attic", true).await.unwrap();
    let mut client = relay.connect().await;
    assert_eq!(refusal(&mut client, Join::default()).await, ErrorCode::NoSuchRoom);
    let mut client = relay.connect().await;
    let wrong = Join { room: Some("nowhere0".into()), ..Join::default() };
    assert_eq!(refusal(&mut client, wrong).await, ErrorCode::NoSuchRoom);
}

#[tokio::test]
async fn a_rooms_secret_opens_no_other_room() {
    let relay = TestRelay::start().await;
    let other = relay.handle().create_room("Attic", false).await.unwrap();
    let mut client = relay.connect().await;
    let crossed = Join { room: Some(other.room), secret: Some(relay.invite.secret.to_string()), ..Join::default() };
    assert_eq!(refusal(&mut client, crossed).await, ErrorCode::WrongSecret);
}

#[tokio::test]
async fn a_stored_room_that_is_not_served_can_not_be_reached() {
    let relay = TestRelay::start().await;
    let attic = relay.handle().create_room("Attic", true).await.unwrap();
    let relay = relay.restart().await;
    let mut client = relay.connect().await;
    assert_eq!(refusal(&mut client, Join { room: Some(attic.room), ..Join::default() }).await, ErrorCode::NoSuchRoom);
}

#[tokio::test]
async fn rooms_do_not_hear_each_other() {
    let relay = TestRelay::start().await;
    let attic = relay.handle().create_room("Attic", false).await.unwrap();
    let mut mina = relay.join("Mina").await;
    let mut jun = relay.connect().await;
    jun.join(&attic, "Jun", "a-device-of-junes", None).await;
    assert_eq!(mina.says("in the den").await, 1);
    assert_eq!(jun.says("in the attic").await, 1);
    jun.hears("Jun", "in the attic").await;
    jun.hears_nothing().await;
}

#[tokio::test]
async fn the_same_device_is_the_same_member_and_another_is_not() {
    let relay = TestRelay::start().await;
    let first = relay.join_as("Mina", "one-device-0123456").await;
    let again = relay.join_as("Mina", "one-device-0123456").await;
    let other = relay.join_as("Mina", "two-device-0123456").await;
    let member = |client: &TestClient| client.welcome.as_ref().unwrap().you.member.clone();
    assert_eq!(member(&first), member(&again));
    assert_ne!(member(&first), member(&other));
    assert_eq!(again.welcome.as_ref().unwrap().count, 1, "two sockets of one device are one member");

    // A restart stores nothing about devices and still knows them.
    let before = member(&first);
    let relay = relay.restart().await;
    assert_eq!(member(&relay.join_as("Mina", "one-device-0123456").await), before);
}

#[tokio::test]
async fn a_client_without_a_device_is_given_a_token_to_come_back_with() {
    let relay = TestRelay::open().await;
    let mut first = relay.connect().await;
    first.send(&ClientFrame::Join(Join::default())).await;
    let you = first.welcomed().await.you.clone();
    let mut again = relay.connect().await;
    again.send(&ClientFrame::Join(Join { device: you.device, ..Join::default() })).await;
    let back = again.welcomed().await.you.clone();
    assert_eq!(back.member, you.member);
    assert_eq!(back.device, None);
}

#[tokio::test]
async fn a_device_token_of_the_wrong_form_is_refused() {
    let relay = TestRelay::open().await;
    for device in ["", "short", "with spaces in it, too", &"x".repeat(65), "ünïcödé-ünïcödé-ünïcödé"] {
        let mut client = relay.connect().await;
        let join = Join { device: Some(device.to_owned()), ..Join::default() };
        assert_eq!(refusal(&mut client, join).await, ErrorCode::BadDevice, "{device:?}");
    }
}

#[tokio::test]
async fn a_nickname_too_long_can_be_mended_on_the_same_socket() {
    let relay = TestRelay::open().await;
    let mut client = relay.connect().await;
    let long = Join { nickname: Some("x".repeat(41)), ..Join::default() };
    assert_eq!(refusal(&mut client, long).await, ErrorCode::BadNickname);
    client.send(&ClientFrame::Join(Join { nickname: Some("x".repeat(40)), ..Join::default() })).await;
    client.welcomed().await;
}

#[tokio::test]
async fn nothing_else_is_taken_before_join_nor_a_second_join() {
    let relay = TestRelay::open().await;
    let mut client = relay.connect().await;
    client.send(&ClientFrame::NewMessage(NewMessage::new("1", "too early"))).await;
    assert_eq!(client.is_refused().await, ErrorCode::NotJoined);
    client.send(&ClientFrame::Join(Join::default())).await;
    client.welcomed().await;
    client.send(&ClientFrame::Join(Join::default())).await;
    assert_eq!(client.is_refused().await, ErrorCode::AlreadyJoined);
    assert_eq!(client.says("and still in").await, 1);
}

#[tokio::test]
async fn a_socket_that_never_joins_is_closed() {
    let relay = TestRelay::with(|limits| limits.join_ms = 100).await;
    let mut client = relay.connect().await;
    assert_eq!(client.is_refused().await, ErrorCode::NotJoined);
    assert_eq!(client.is_closed().await, Some(1008));
}

#[tokio::test]
async fn nor_is_one_kept_that_says_anything_else() {
    let relay = TestRelay::with(|limits| limits.join_ms = 100).await;
    let mut client = relay.connect().await;
    let begun = Instant::now();
    loop {
        client.send_raw(Message::text("hello?")).await;
        match client.is_refused().await {
            ErrorCode::NotJoined => break,
            refused => assert_eq!(refused, ErrorCode::BadJson),
        }
        assert!(begun.elapsed() < Duration::from_secs(5), "it talks on");
    }
    assert_eq!(client.is_closed().await, Some(1008));
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the relay is on this thread, and is to stand still")]
async fn whoever_asked_in_time_is_let_in_though_the_relay_stood_still() {
    let relay = TestRelay::with(|limits| limits.join_ms = 100).await;
    for _ in 0..6 {
        let mut client = relay.connect().await;
        client.send(&ClientFrame::Ping {}).await;
        assert_eq!(client.is_refused().await, ErrorCode::NotJoined);
        let join = Join { secret: Some(relay.invite.secret.to_string()), ..Join::default() };
        client.send(&ClientFrame::Join(join)).now_or_never().expect("there is room for one frame");
        // The relay runs on this thread.
        std::thread::sleep(Duration::from_millis(150));
        client.welcomed().await;
    }
}

#[tokio::test]
async fn one_guest_too_many_is_told_so() {
    let relay = TestRelay::with(|limits| limits.sockets = 1).await;
    let mina = relay.join("Mina").await;
    let mut late = relay.connect().await;
    assert_eq!(late.is_refused().await, ErrorCode::Full);
    assert_eq!(late.is_closed().await, Some(1013));
    mina.leaves().await;
    // Her place is free again, at the latest a moment after her socket is closed.
    for _ in 0..1000 {
        let mut client = relay.connect().await;
        client.send(&ClientFrame::Ping {}).await;
        if client.is_refused().await == ErrorCode::NotJoined {
            return;
        }
    }
    panic!("the place is never free again");
}
