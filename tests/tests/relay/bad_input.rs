//! Bad input gets a name and costs nothing else: after each, someone else's chat goes on.

use std::{
    io::Write as _,
    os::fd::AsFd,
    time::{Duration, Instant},
};

use snug_relay::wire::{Body, ClientFrame, ErrorCode, FileRefusal, HistoryRequest, Measure, NewMessage, Order, Place};
use snug_tests::{DEADLINE, Sender, TestClient, TestRelay};
use tokio::io::AsyncWriteExt;
use tokio_tungstenite::tungstenite::{Bytes, Message, Utf8Bytes};

async fn chat_goes_on(mina: &mut TestClient, jun: &mut TestClient) {
    mina.says("still there?").await;
    jun.hears("Mina", "still there?").await;
}

async fn pair(relay: &TestRelay) -> (TestClient, TestClient) {
    (relay.join("Mina").await, relay.join("Jun").await)
}

#[tokio::test]
async fn what_is_no_frame_is_named_and_the_session_goes_on() {
    let relay = TestRelay::start().await;
    let (mut mina, mut jun) = pair(&relay).await;
    for (text, code) in [
        ("not json", ErrorCode::BadJson),
        ("{\"type\":", ErrorCode::BadJson),
        ("[]", ErrorCode::BadFrame),
        ("{\"type\":\"new_message\",\"payload\":{\"id\":\"1\"}}", ErrorCode::BadFrame),
        ("{\"type\":\"new_message\",\"payload\":{\"text\":\"1\"}}", ErrorCode::BadFrame),
        ("{\"type\":\"history\",\"payload\":{\"before\":-1}}", ErrorCode::BadFrame),
        ("{\"type\":\"nickname\",\"payload\":\"Mina\"}", ErrorCode::BadFrame),
        ("{\"type\":\"explode\",\"payload\":{}}", ErrorCode::UnknownType),
    ] {
        mina.send_raw(Message::text(text)).await;
        assert_eq!(mina.is_refused().await, code, "{text}");
    }
    chat_goes_on(&mut mina, &mut jun).await;
}

/// JSON has a way to write half a character; it can be read, and be no text.
#[tokio::test]
async fn half_a_character_is_refused_in_words_and_names_alike() {
    let relay = TestRelay::start().await;
    let (mut mina, mut jun) = pair(&relay).await;
    let mut host = relay.joins_as_host().await;
    let room = &relay.invite.room;
    for half in ["\\ud800", "\\udc00\\ud800", "a\\udfffb"] {
        let mut newcomer = relay.connect().await;
        for (client, kind, payload) in [
            (0, "join", format!("{{\"room\":\"{room}\",\"nickname\":\"{half}\"}}")),
            (1, "new_message", format!("{{\"id\":\"1\",\"text\":\"{half}\"}}")),
            (1, "nickname", format!("{{\"nickname\":\"{half}\"}}")),
            (2, "host", format!("{{\"kind\":\"rename\",\"name\":\"{half}\"}}")),
        ] {
            let client = [&mut newcomer, &mut mina, &mut host].into_iter().nth(client).expect("one of three");
            client.send_raw(Message::text(format!("{{\"type\":\"{kind}\",\"payload\":{payload}}}"))).await;
            assert_eq!(client.is_refused().await, ErrorCode::BadFrame, "{kind} {payload}");
        }
        let new = format!("{{\"name\":\"{half}.txt\",\"bytes\":1,\"media\":\"text/plain\"}}");
        let begun = Sender::of(&mina, relay.addr()).asks("POST", "", new.as_bytes()).await;
        assert_eq!((begun.status, begun.json::<FileRefusal>().code), (400, ErrorCode::BadUpload), "{new}");
        chat_goes_on(&mut mina, &mut jun).await;
    }
    // Whole ones are taken, by the same sockets.
    host.orders(Order::Rename { name: "Tea \u{1fad6}".into() }).await;
    let renamed = Body::Measure(Measure::Renamed { name: "Tea \u{1fad6}".into() });
    while jun.next_event().await.body != renamed {}
}

#[tokio::test]
async fn deeply_nested_json_is_only_bad_json() {
    let relay = TestRelay::start().await;
    let (mut mina, mut jun) = pair(&relay).await;
    let nested = format!("{{\"type\":\"ping\",\"payload\":{}", "[".repeat(90_000));
    mina.send_raw(Message::text(nested)).await;
    assert_eq!(mina.is_refused().await, ErrorCode::BadJson);
    chat_goes_on(&mut mina, &mut jun).await;
}

#[tokio::test]
async fn messages_that_can_not_be_taken_are_named_by_their_id() {
    let relay = TestRelay::start().await;
    let (mut mina, mut jun) = pair(&relay).await;
    let long = "x".repeat(16 * 1024 + 1);
    for (id, text, code) in [
        ("blank", " \n\t\u{3000}", ErrorCode::EmptyMessage),
        ("empty", "", ErrorCode::EmptyMessage),
        ("unseen", "\0\u{200b}\u{2800}", ErrorCode::EmptyMessage),
        ("long", &long, ErrorCode::TextTooLong),
    ] {
        let refused = mina.says_with_id(id, text).await.unwrap_err();
        assert_eq!((refused.code, refused.id.as_deref()), (code, Some(id)));
        assert!(!refused.message.is_empty());
    }
    for id in ["", "with space", "ünïcode", &"x".repeat(65)] {
        assert_eq!(mina.says_with_id(id, "hello").await.unwrap_err().code, ErrorCode::BadId, "{id:?}");
    }
    mina.says(&"x".repeat(16 * 1024)).await;
    jun.next_event().await;
    chat_goes_on(&mut mina, &mut jun).await;
}

#[tokio::test]
async fn a_nickname_that_is_too_long_is_refused_and_the_old_one_stays() {
    let relay = TestRelay::start().await;
    let (mut mina, mut jun) = pair(&relay).await;
    mina.renames(&"이".repeat(41)).await;
    assert_eq!(mina.is_refused().await, ErrorCode::BadNickname);
    chat_goes_on(&mut mina, &mut jun).await;
    mina.renames(&"이".repeat(40)).await;
    jun.sees_here(&[&"이".repeat(40), "Jun"]).await;
}

#[tokio::test]
async fn a_mebibyte_is_refused_with_1009() {
    let relay = TestRelay::start().await;
    let (mut mina, mut jun) = pair(&relay).await;
    let mut vandal = relay.join("Vandal").await;
    let huge = NewMessage::new("huge", "x".repeat(1 << 20));
    let json = serde_json::to_string(&ClientFrame::NewMessage(huge)).unwrap();
    vandal.try_send(Message::text(json)).await;
    assert_eq!(vandal.is_refused().await, ErrorCode::TooBig);
    assert_eq!(vandal.is_closed().await, Some(1009));
    chat_goes_on(&mut mina, &mut jun).await;
}

#[tokio::test]
async fn invalid_utf8_is_refused_with_1007() {
    let relay = TestRelay::start().await;
    let (mut mina, mut jun) = pair(&relay).await;
    let mut vandal = relay.join("Vandal").await;
    // A masked text frame of two bytes that are no UTF-8; no library would send it.
    vandal.stream().write_all(&[0x81, 0x82, 0, 0, 0, 0, 0xc3, 0x28]).await.unwrap();
    assert_eq!(vandal.is_refused().await, ErrorCode::BadUtf8);
    assert_eq!(vandal.is_closed().await, Some(1007));
    chat_goes_on(&mut mina, &mut jun).await;
}

#[tokio::test]
async fn what_breaks_the_websocket_standard_is_refused_with_1002() {
    let relay = TestRelay::start().await;
    let (mut mina, mut jun) = pair(&relay).await;
    let mut vandal = relay.join("Vandal").await;
    // Not masked, as a client's frames have to be.
    vandal.stream().write_all(&[0x81, 0x02, b'{', b'}']).await.unwrap();
    assert_eq!(vandal.is_refused().await, ErrorCode::BadWebsocket);
    assert_eq!(vandal.is_closed().await, Some(1002));
    chat_goes_on(&mut mina, &mut jun).await;
}

#[tokio::test]
async fn binary_frames_are_refused_with_1003() {
    let relay = TestRelay::start().await;
    let (mut mina, mut jun) = pair(&relay).await;
    let mut vandal = relay.join("Vandal").await;
    vandal.send_raw(Message::Binary(Bytes::from_static(b"{}"))).await;
    assert_eq!(vandal.is_refused().await, ErrorCode::BadFrame);
    assert_eq!(vandal.is_closed().await, Some(1003));
    chat_goes_on(&mut mina, &mut jun).await;
}

#[tokio::test]
async fn a_peer_that_never_answers_is_given_up_and_one_that_answers_pings_is_not() {
    let relay = TestRelay::with(|limits| {
        limits.ping_ms = 100;
        limits.silence_ms = 350;
        limits.linger_ms = 0;
    })
    .await;
    let mut mina = relay.join("Mina").await;
    let dead = relay.join("Dead").await;
    // Nobody reads Dead's socket, so nobody answers its pings; Mina reads hers and does.
    mina.sees_here(&["Mina", "Dead"]).await;
    mina.sees_here(&["Mina"]).await;
    mina.says("I am still here").await;
    drop(dead);
}

#[tokio::test]
async fn a_reader_that_stalls_is_dropped_and_harms_nobody() {
    let relay = TestRelay::with(|limits| {
        limits.stall_ms = 300;
        limits.linger_ms = 0;
        limits.batch_bytes = 64 * 1024;
    })
    .await;
    let (mut mina, mut jun) = pair(&relay).await;
    let stalled = relay.join("Stalled").await;
    mina.sees_count(3).await;
    // More than the system's own buffers hold.
    let text = "x".repeat(16 * 1024);
    for _ in 0..100 {
        mina.says_often(&text, 10).await;
        for _ in 0..10 {
            jun.next_event().await;
        }
    }
    mina.sees_count(2).await;
    chat_goes_on(&mut mina, &mut jun).await;
    // When it reads again it is cut off, and resumes from where it was.
    let mut back = stalled.resume(relay.addr(), &relay.invite).await;
    for _ in 0..1001 {
        back.next_event().await;
    }
}

#[tokio::test]
async fn a_slow_header_is_dropped() {
    use tokio::io::AsyncReadExt;
    let relay = TestRelay::with(|limits| limits.header_ms = 200).await;
    let mut slow = tokio::net::TcpStream::connect(relay.addr()).await.unwrap();
    slow.write_all(b"GET / HTTP/1.1\r\nHost: local").await.unwrap();
    let mut answer = Vec::new();
    tokio::time::timeout(DEADLINE, slow.read_to_end(&mut answer)).await.expect("the connection is dropped").unwrap();
    assert!(answer.is_empty() || answer.starts_with(b"HTTP/1.1 408"), "{}", String::from_utf8_lossy(&answer));
}

#[tokio::test]
async fn unknown_fields_are_no_fault() {
    let relay = TestRelay::start().await;
    let (mut mina, mut jun) = pair(&relay).await;
    let json = r#"{"type":"new_message","payload":{"id":"x","text":"from the future","mood":"bright"},"v":2}"#;
    mina.send_raw(Message::Text(Utf8Bytes::from_static(json))).await;
    mina.answer_about("x").await.unwrap();
    jun.hears("Mina", "from the future").await;
}

#[tokio::test]
async fn whoever_asks_and_never_reads_the_answers_is_dropped_after_one_stall() {
    let relay = TestRelay::with(|limits| {
        limits.stall_ms = 300;
        limits.linger_ms = 0;
    })
    .await;
    let (mut mina, mut jun) = pair(&relay).await;
    mina.says_often(&"x".repeat(16 * 1024), 10).await;
    let mut asking = relay.join("Asking").await;
    mina.sees_count(3).await;
    // Answers of 64 KiB each: far more than the system's own buffers hold.
    for _ in 0..300 {
        let request = ClientFrame::History(HistoryRequest { place: Place::Before(11), limit: None });
        asking.try_send(Message::text(serde_json::to_string(&request).unwrap())).await;
    }
    mina.sees_count(2).await;
    for _ in 0..10 {
        jun.next_event().await;
    }
    chat_goes_on(&mut mina, &mut jun).await;
}

#[tokio::test]
async fn a_connection_that_asks_for_pages_for_ever_is_ended() {
    use tokio::io::AsyncReadExt;
    let relay = TestRelay::with(|limits| limits.pages_ms = 200).await;
    let mut idle = tokio::net::TcpStream::connect(relay.addr()).await.unwrap();
    let request = format!("GET / HTTP/1.1\r\nHost: {}\r\n\r\n", relay.addr());
    idle.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    tokio::time::timeout(DEADLINE, idle.read_to_end(&mut answer)).await.expect("the connection is ended").unwrap();
    assert!(answer.starts_with(b"HTTP/1.1 200"));
    // Sockets are not pages.
    let (mut mina, mut jun) = pair(&relay).await;
    chat_goes_on(&mut mina, &mut jun).await;
}

/// Frames that get no answer and mean nothing, faster than they are read.
#[tokio::test]
async fn a_flood_of_pongs_leaves_the_others_their_turn_and_does_not_outlast_its_time() {
    let relay = TestRelay::with(|limits| limits.join_ms = 1000).await;
    let (mut mina, mut jun) = pair(&relay).await;
    let mut client = relay.connect().await;
    client.send(&ClientFrame::Ping {}).await;
    assert_eq!(client.is_refused().await, ErrorCode::NotJoined);
    let mut stream = std::net::TcpStream::from(client.stream().as_fd().try_clone_to_owned().unwrap());
    let flood = std::thread::spawn(move || {
        // Each masked, and empty.
        let pongs = [0x8a, 0x80, 0, 0, 0, 0].repeat(100_000);
        stream.set_nonblocking(false).unwrap();
        while stream.write_all(&pongs).is_ok() {}
    });
    let begun = Instant::now();
    while !flood.is_finished() {
        chat_goes_on(&mut mina, &mut jun).await;
        assert!(begun.elapsed() < DEADLINE, "it goes on and on");
    }
    assert!(begun.elapsed() > Duration::from_millis(500), "it was no flood");
}
