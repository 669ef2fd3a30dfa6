//! How much one guest may take, and that nobody honest ever notices.

use std::{
    net::Ipv4Addr,
    time::{Duration, Instant},
};

use futures_util::future::join_all;
use snug_relay::{
    Config, Limits, Relay, RoomError,
    wire::{ClientFrame, ErrorCode, HistoryRequest, NewMessage, Place},
};
use snug_tests::{DEADLINE, Sender, TestClient, TestRelay, with_files};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::timeout,
};
use tokio_tungstenite::tungstenite::Message;

/// A relay at which a member may send 20 frames a second, after so many at once.
async fn paced(at_once: u32) -> TestRelay {
    TestRelay::with(|limits| {
        limits.frames_per_second = 20;
        limits.frames_at_once = at_once;
    })
    .await
}

fn history() -> Message {
    let request = ClientFrame::History(HistoryRequest { place: Place::Before(2), limit: Some(1) });
    Message::text(serde_json::to_string(&request).unwrap())
}

#[tokio::test]
async fn whoever_says_too_much_is_heard_later_and_loses_nothing() {
    let relay = paced(60).await;
    let mut mina = relay.join("Mina").await;
    let mut loud = relay.join("Loud").await;
    let begun = Instant::now();
    loud.says_often("and another thing", 160).await;
    // 60 are free and up to 64 taken before anybody counts; the rest comes at 20 a second.
    let took = begun.elapsed();
    assert!(took > Duration::from_millis(1500), "it took {took:?}");
    for _ in 0..160 {
        mina.hears("Loud", "and another thing").await;
    }
}

#[tokio::test]
async fn while_one_waits_for_their_turn_the_others_dont() {
    let relay = paced(20).await;
    let (mut mina, mut jun) = (relay.join("Mina").await, relay.join("Jun").await);
    let mut loud = relay.join("Loud").await;
    for number in 0..200 {
        let message = ClientFrame::NewMessage(NewMessage::new(format!("loud-{number}"), "me, me, me"));
        loud.send(&message).await;
    }
    let begun = Instant::now();
    mina.says("may I?").await;
    while jun.next_event().await.nickname != "Mina" {}
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
}

/// All sockets of a device count together, and what has no words in it too.
#[tokio::test]
async fn pings_and_empty_pieces_count_on_all_sockets_together() {
    for nothing in [[0x89, 0x80, 0, 0, 0, 0], [0x8a, 0x80, 0, 0, 0, 0]] {
        let relay = paced(50).await;
        let mut first = relay.join_as("Mina", "one-and-the-same-device").await;
        let mut second = relay.join_as("Mina", "one-and-the-same-device").await;
        // Two seconds' worth of debt, from whenever it has come.
        first.stream().write_all(&nothing.repeat(150)).await.unwrap();
        // What it says itself costs it a fiftieth of a second a word at most.
        let waits = async {
            let mut longest = Duration::ZERO;
            while longest < Duration::from_secs(1) {
                let begun = Instant::now();
                second.says("a word").await;
                longest = begun.elapsed();
            }
        };
        timeout(DEADLINE, waits).await.expect("the other socket counts too");
    }
    let relay = paced(50).await;
    let mut mina = relay.join("Mina").await;
    // A text that goes on and on, in pieces with nothing in them.
    let begun = Instant::now();
    let pieces = [[0x01, 0x80, 0, 0, 0, 0].as_slice(), &[0x00, 0x80, 0, 0, 0, 0].repeat(90)].concat();
    mina.stream().write_all(&pieces).await.unwrap();
    mina.stream().write_all(&[0x80, 0x80, 0, 0, 0, 0]).await.unwrap();
    assert_eq!(mina.is_refused().await, ErrorCode::BadJson, "nothing is no JSON");
    mina.says("and now in words").await;
    assert!(begun.elapsed() > Duration::from_secs(1), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn bytes_count_as_frames_do() {
    let relay = TestRelay::with(|limits| {
        limits.bytes_per_second = 100_000;
        limits.bytes_at_once = 100_000;
    })
    .await;
    let mut mina = relay.join("Mina").await;
    let begun = Instant::now();
    mina.says_often(&"x".repeat(10_000), 25).await;
    assert!(begun.elapsed() > Duration::from_secs(1), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn questions_that_cost_the_disk_something_count_for_more() {
    let relay = paced(100).await;
    let mut mina = relay.join("Mina").await;
    mina.says("something to read").await;
    let begun = Instant::now();
    // 24 questions of 6 frames each are 144.
    for _ in 0..24 {
        mina.send_raw(history()).await;
    }
    for _ in 0..24 {
        mina.expect("a page", |frame| matches!(frame, snug_relay::wire::ServerFrame::History(_)).then_some(())).await;
    }
    assert!(begun.elapsed() > Duration::from_millis(1200), "{:?}", begun.elapsed());
}

/// With the limits that people have: typing fast, a hundred lines, what was typed while away, scrolling back.
#[tokio::test]
async fn nobody_who_means_well_notices_the_limits() {
    let relay = TestRelay::with(|limits| *limits = Limits::DEFAULT).await;
    let (mut mina, mut jun) = (relay.join("Mina").await, relay.join("Jun").await);
    let begun = Instant::now();
    mina.says(&"a line of a log that somebody wants to show, of the usual length, more or less\n".repeat(100)).await;
    mina.says_often("typed while the host was away", 1000).await;
    for _ in 0..30 {
        mina.reads_back(1000, None).await;
    }
    for _ in 0..10 {
        mina.says(&"가".repeat(16 * 1024)).await;
    }
    for _ in 0..1011 {
        jun.next_event().await;
    }
    assert!(begun.elapsed() < DEADLINE, "{:?}", begun.elapsed());
}

/// While it isn't read from, a socket isn't given up for its silence either.
#[tokio::test]
async fn whoever_waits_for_their_turn_is_not_taken_for_dead() {
    let relay = TestRelay::with(|limits| {
        // Half a second from one to the next, in which nothing is read that could tell.
        limits.frames_per_second = 2;
        limits.frames_at_once = 3;
        limits.ping_ms = 100;
        limits.silence_ms = 300;
    })
    .await;
    let mut loud = relay.join("Loud").await;
    let begun = Instant::now();
    for _ in 0..7 {
        // One at a time: what comes in one read is counted after it.
        loud.says("again").await;
    }
    assert!(begun.elapsed() > Duration::from_secs(1), "it had to wait");
}

#[tokio::test]
async fn one_address_has_its_share_of_the_sockets_and_others_have_theirs() {
    let relay = TestRelay::with(|limits| limits.sockets_per_address = 2).await;
    let (mut mina, jun) = (relay.join("Mina").await, relay.join("Jun").await);
    let mut third = relay.connect().await;
    assert_eq!(third.is_refused().await, ErrorCode::TooManyFromHere);
    assert_eq!(third.is_closed().await, Some(1013));
    let mut neighbour = TestClient::connect_from(Ipv4Addr::new(127, 0, 0, 2), relay.addr()).await;
    neighbour.join(&relay.invite, "Neighbour", "the-neighbours-device", None).await;
    mina.says("room for everyone").await;
    jun.leaves().await;
    mina.sees_here(&["Mina", "Neighbour"]).await;
    relay.join("Ada").await;
}

#[tokio::test]
async fn connections_that_only_hold_a_place_leave_the_others_theirs() {
    let relay = TestRelay::with(|limits| {
        limits.sockets_per_address = 5;
        limits.pages = 5;
    })
    .await;
    let mut mina = relay.join("Mina").await;
    let held: Vec<_> = join_all((0..20).map(|_| TcpStream::connect(relay.addr()))).await;
    // Five, five, less Mina's: what is beyond that is closed at once.
    let mut open = 0;
    for connection in held {
        let mut connection = connection.unwrap();
        let closed = timeout(snug_tests::SILENCE, connection.read(&mut [0; 1])).await;
        open += usize::from(closed.is_err());
    }
    assert!(open <= 9, "{open} of 20 are held");
    let mut neighbour = TestClient::connect_from(Ipv4Addr::new(127, 0, 0, 2), relay.addr()).await;
    neighbour.join(&relay.invite, "Neighbour", "the-neighbours-device", None).await;
    mina.says("still here").await;
}

/// Waits until the relay has had enough of a connection that does this to it.
async fn is_dropped(relay: &TestRelay, what: &str, first: &[u8], then: &[u8]) {
    let stream = TcpStream::connect(relay.addr()).await.unwrap();
    let (mut reading, mut writing) = stream.into_split();
    let (first, then) = (first.to_vec(), then.to_vec());
    let writer = tokio::spawn(async move {
        writing.write_all(&first).await?;
        let mut ticks = tokio::time::interval(Duration::from_millis(20));
        loop {
            ticks.tick().await;
            writing.write_all(&then).await?;
        }
        #[expect(unreachable_code, reason = "it says what goes wrong with")]
        Ok::<(), std::io::Error>(())
    });
    let mut answer = Vec::new();
    let ended = timeout(DEADLINE, reading.read_to_end(&mut answer)).await;
    // A reset ends it as well.
    assert!(ended.is_ok(), "{what} goes on for ever");
    writer.abort();
}

#[tokio::test]
async fn slow_headers_and_slow_bodies_are_dropped() {
    let relay = TestRelay::with(|limits| {
        limits.header_ms = 300;
        limits.pages_ms = 300;
    })
    .await;
    let mut mina = relay.join("Mina").await;
    is_dropped(&relay, "a request line", b"G", b"E").await;
    is_dropped(&relay, "a header", b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ", b"x").await;
    is_dropped(&relay, "nothing at all", b"", b"").await;
    for method in ["GET", "POST", "PUT"] {
        for path in crate::doors::paths() {
            let head = format!("{method} {path} HTTP/1.1\r\nHost: {}\r\nContent-Length: 1000000\r\n\r\n", relay.addr());
            is_dropped(&relay, &format!("a body for {method} {path}"), head.as_bytes(), b"x").await;
        }
    }
    let chunked = format!("POST / HTTP/1.1\r\nHost: {}\r\nTransfer-Encoding: chunked\r\n\r\n", relay.addr());
    is_dropped(&relay, "a body in chunks", chunked.as_bytes(), b"1\r\nx\r\n").await;
    mina.says("and I am still here").await;
}

/// With a ticket, which is the only way to hold a connection for longer than a page takes.
#[tokio::test]
async fn an_upload_that_only_trickles_is_ended_and_one_that_comes_slowly_is_not() {
    let relay = TestRelay::with(|limits| {
        limits.pages_ms = 200;
        limits.stall_ms = 500;
        limits.stall_bytes = 1_000;
    })
    .await;
    let mina = relay.join("Mina").await;
    let sender = Sender::of(&mina, relay.addr());
    let head = |upload: &str| {
        format!(
            "PATCH /files/{}/uploads/{upload}?offset=0 HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\n\
             Content-Length: 20000\r\n\r\n",
            relay.invite.room,
            relay.addr(),
            sender.ticket
        )
    };
    let upload = sender.begins("a", 20_000, "").await.unwrap().upload;
    is_dropped(&relay, "an upload by single bytes", head(&upload).as_bytes(), b"x").await;
    let so_far = sender.asks_how_far(&upload).await.unwrap().offset;
    assert!(so_far > 0 && so_far < 1_000, "{so_far} bytes of it came, and are kept");

    let upload = sender.begins("b", 20_000, "").await.unwrap().upload;
    let mut stream = TcpStream::connect(relay.addr()).await.unwrap();
    stream.write_all(head(&upload).as_bytes()).await.unwrap();
    let mut ticks = tokio::time::interval(Duration::from_millis(20));
    for _ in 0..100 {
        ticks.tick().await;
        stream.write_all(&[b'x'; 200]).await.expect("it is taken");
    }
    let mut answer = [0; 12];
    timeout(DEADLINE, stream.read_exact(&mut answer)).await.expect("an answer").unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200");
}

/// However many members and rooms there are: what is on its way costs the host memory and the disk.
#[tokio::test]
async fn there_are_so_many_uploads_in_all_and_room_for_another_when_one_ended() {
    let relay = TestRelay::with(|limits| limits.uploads = 2).await;
    let elsewhere = relay.handle().create_room("Other", false).await.unwrap();
    let (mut mina, mut sol) = (relay.join("Mina").await, relay.connect().await);
    sol.join(&elsewhere, "Sol", "sol-device-of-a-guest", None).await;
    let (one, other) = (Sender::of(&mina, relay.addr()), Sender::of(&sol, relay.addr()));
    let first = one.begins("a", 2, "").await.unwrap().upload;
    let second = one.begins("b", 2, "").await.unwrap().upload;
    for upload in [&first, &second] {
        one.puts(upload, 0, b"a").await.unwrap();
    }
    assert_eq!(other.begins("c", 2, "").await.unwrap_err().code, ErrorCode::TooManyUploads, "though it's Sol's first");
    // Those that are on their way are in nobody's way.
    let file = one.puts(&first, 1, b"b").await.unwrap().file;
    assert!(file.is_some(), "complete");
    assert_eq!(other.begins("c", 2, "").await.unwrap_err().code, ErrorCode::TooManyUploads, "it is in no message yet");

    mina.changes(ClientFrame::NewMessage(with_files("m", "", &[&first]))).await.unwrap();
    let third = other.begins("c", 2, "").await.unwrap().upload;
    other.puts(&third, 0, b"c").await.unwrap();
    assert_eq!(one.begins("d", 2, "").await.unwrap_err().code, ErrorCode::TooManyUploads);
    assert_eq!(one.asks("DELETE", &format!("/uploads/{second}"), b"").await.status, 204);
    one.begins("d", 2, "").await.unwrap();
    other.puts(&third, 1, b"d").await.unwrap();
}

#[tokio::test]
async fn whoever_asks_for_pages_and_does_not_read_them_is_dropped() {
    let relay = TestRelay::with(|limits| limits.pages_ms = 300).await;
    let mut stream = TcpStream::connect(relay.addr()).await.unwrap();
    let request = format!("GET / HTTP/1.1\r\nHost: {}\r\n\r\n", relay.addr()).repeat(100);
    let asking = async {
        // Until nothing more fits on the way there, and then until there is nobody any more.
        while stream.write_all(request.as_bytes()).await.is_ok() {}
    };
    timeout(DEADLINE, asking).await.expect("it is dropped");
}

#[tokio::test]
async fn messages_are_as_long_in_every_language() {
    let relay = TestRelay::with(|limits| limits.text_chars = 10).await;
    let mut mina = relay.join("Mina").await;
    assert_eq!(mina.welcome.as_ref().unwrap().limits.text_chars, 10);
    for text in ["0123456789", "가나다라마바사아자차", "👩‍🚀👩‍🚀👩‍🚀👩‍🚀👩‍🚀👩‍🚀👩‍🚀👩‍🚀👩‍🚀👩‍🚀"]
    {
        mina.says(text).await;
        let longer = format!("{text}!");
        let refused = mina.says_with_id("longer", &longer).await.unwrap_err();
        assert_eq!(refused.code, ErrorCode::TextTooLong, "{longer}");
    }
    // Whatever is piled onto one character, the bytes have an end.
    let piled = format!("e{}", "\u{301}".repeat(40_000));
    assert_eq!(mina.says_with_id("piled", &piled).await.unwrap_err().code, ErrorCode::TextTooLong);
}

#[tokio::test]
async fn there_are_so_many_rooms_with_names_so_long_and_no_more() {
    let directory = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let limits = Limits { rooms_kept: 2, room_name_chars: 5, ..Limits::DEFAULT };
    let relay = Relay::start(Config { limits, ..Config::new(directory.path()) }, listener).await.unwrap();
    assert!(matches!(relay.create_room("sixsix", false).await, Err(RoomError::BadName { most: 5 })));
    assert!(matches!(relay.create_room(&"x\u{301}\u{302}".repeat(6), false).await, Err(RoomError::BadName { .. })));
    relay.create_room("👩‍🚀👩‍🚀👩‍🚀👩‍🚀👩‍🚀", false).await.unwrap();
    relay.create_room("다섯글자야", false).await.unwrap();
    assert!(matches!(relay.create_room("third", false).await, Err(RoomError::TooManyRooms { most: 2 })));
    relay.stop().await;
}

/// Before they have joined, nobody can make the relay keep much for them.
#[tokio::test]
async fn a_first_frame_is_no_longer_than_a_join_takes() {
    let relay = TestRelay::start().await;
    let mut stranger = relay.connect().await;
    stranger.try_send(Message::text("x".repeat(10_000))).await;
    assert_eq!(stranger.is_refused().await, ErrorCode::TooBig);
    assert_eq!(stranger.is_closed().await, Some(1009));
    // What is sent right behind a join is a member's, though it came along with it.
    let mut mina = relay.connect().await;
    let join = snug_relay::wire::Join { secret: Some(relay.invite.secret.to_string()), ..Default::default() };
    mina.send(&ClientFrame::Join(join)).await;
    mina.send(&ClientFrame::NewMessage(NewMessage::new("at-once", "x".repeat(16 * 1024)))).await;
    mina.answer_about("at-once").await.unwrap();
}

#[tokio::test]
async fn whoever_does_not_join_in_time_is_sent_away_with_1008() {
    let relay = TestRelay::with(|limits| limits.join_ms = 200).await;
    let mut silent = relay.connect().await;
    assert_eq!(silent.is_refused().await, ErrorCode::NotJoined);
    assert_eq!(silent.is_closed().await, Some(1008));
}
