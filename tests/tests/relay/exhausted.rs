//! The system has nothing left to give: no file descriptor, or a disk that doesn't answer.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use snug_relay::wire::{ClientFrame, NewMessage};
use snug_tests::{DEADLINE, HeadlessRelay, SILENCE, TestClient};
use tokio::{
    io::AsyncReadExt,
    net::{TcpSocket, TcpStream},
    time::timeout,
};

use crate::headless::{data, follow};

fn address(relay: &HeadlessRelay) -> SocketAddr {
    relay.authority().parse().unwrap()
}

/// Talks, and reads from the disk what is in memory no more.
async fn talk_goes_on(mina: &mut TestClient, jun: &mut TestClient) {
    mina.says("still there?").await;
    while snug_tests::words(&jun.next_event().await) != "still there?" {}
    assert_eq!(jun.reads_back(3, None).await.events.len(), 2);
}

#[tokio::test]
async fn without_a_file_descriptor_those_inside_are_served_and_who_waits_gets_in_later() {
    let (_directory, data) = data();
    let relay = HeadlessRelay::start(&["--listen", "127.0.0.1:0", "--data", &data, "--tail-bytes", "0"]).await.unwrap();
    let (mut mina, mut jun) = (follow(&relay).await, follow(&relay).await);
    mina.says("first").await;
    mina.says("second").await;
    // Less than it has open already.
    relay.allow_files(5).await.unwrap();
    // The system takes the connection, and the relay can't.
    let late = TcpStream::connect(address(&relay)).await.unwrap();
    talk_goes_on(&mut mina, &mut jun).await;
    let mut answer = [0; 1];
    assert!(timeout(SILENCE, late.peek(&mut answer)).await.is_err(), "it waits, and isn't sent away");
    talk_goes_on(&mut mina, &mut jun).await;
    relay.allow_files(200).await.unwrap();
    let mut late = timeout(DEADLINE, TestClient::over(late, address(&relay))).await.expect("it is let in");
    late.send(&ClientFrame::Ping {}).await;
    late.is_refused().await;
    follow(&relay).await.says_with_id("late", "made it").await.unwrap();
    relay.stop("TERM").await.unwrap();
}

/// What is long is copied into the kernel once for all, through pipes; without any, it is copied for each.
#[tokio::test]
async fn without_a_file_descriptor_what_is_long_still_reaches_everybody() {
    let (_directory, data) = data();
    let relay = HeadlessRelay::start(&["--listen", "127.0.0.1:0", "--data", &data]).await.unwrap();
    let mut mina = follow(&relay).await;
    let mut others = Vec::new();
    // Enough for each of the threads that serve them.
    for _ in 0..40 {
        others.push(follow(&relay).await);
    }
    relay.allow_files(5).await.unwrap();
    let begun = Instant::now();
    // Several times: whatever else a socket is sent now and then brings along what was said meanwhile.
    for letter in ["가", "나", "다", "라"] {
        let long = letter.repeat(16_000);
        mina.says(&long).await;
        for other in &mut others {
            assert_eq!(snug_tests::words(&other.next_event().await), long);
        }
        others[0].hears_nothing().await;
    }
    assert!(begun.elapsed() < DEADLINE, "{:?}", begun.elapsed());
    relay.allow_files(200).await.unwrap();
    relay.stop("TERM").await.unwrap();
}

#[tokio::test]
async fn with_few_file_descriptors_connections_leave_enough_for_those_inside() {
    let (_directory, data) = data();
    let arguments = ["--listen", "127.0.0.1:0", "--data", &data, "--tail-bytes", "0"];
    let relay = HeadlessRelay::with_files(100, &arguments).await.unwrap();
    let (mut mina, mut jun) = (follow(&relay).await, follow(&relay).await);
    mina.says("first").await;
    mina.says("second").await;
    let mut crowd = Vec::new();
    for _ in 0..200 {
        crowd.push(TcpStream::connect(address(&relay)).await.unwrap());
    }
    // Somebody is sent away.
    assert_eq!(timeout(DEADLINE, crowd[199].read(&mut [0; 1])).await.expect("at once").unwrap_or(0), 0);
    talk_goes_on(&mut mina, &mut jun).await;
    drop(crowd);
    // A place is free as soon as the relay has noticed.
    let begun = Instant::now();
    loop {
        let stream = TcpStream::connect(address(&relay)).await.unwrap();
        if timeout(SILENCE, stream.peek(&mut [0; 1])).await.is_err() {
            break;
        }
        assert!(begun.elapsed() < DEADLINE, "it never accepts again");
    }
    follow(&relay).await.says_with_id("late", "made it").await.unwrap();
    relay.stop("TERM").await.unwrap();
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn with_few_file_descriptors_one_address_has_half_of_them_at_most() {
    let (_directory, data) = data();
    let relay = HeadlessRelay::with_files(100, &["--listen", "127.0.0.1:0", "--data", &data]).await.unwrap();
    let mut crowd = Vec::new();
    for _ in 0..60 {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.9:0".parse().unwrap()).unwrap();
        crowd.push(socket.connect(address(&relay)).await.unwrap());
    }
    // Somebody is sent away.
    assert_eq!(timeout(DEADLINE, crowd[59].read(&mut [0; 1])).await.expect("at once").unwrap_or(0), 0);
    // And whoever comes from elsewhere gets in.
    let mut neighbour = timeout(DEADLINE, follow(&relay)).await.expect("there is a place left");
    neighbour.says("made it").await;
    relay.stop("TERM").await.unwrap();
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn it_raises_the_limit_the_system_starts_it_with() {
    let (_directory, data) = data();
    let relay = HeadlessRelay::start(&["--listen", "127.0.0.1:0", "--data", &data]).await.unwrap();
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", relay.pid().unwrap())).unwrap();
    let files = limits.lines().find(|line| line.starts_with("Max open files")).unwrap();
    let numbers: Vec<u64> = files.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    let [soft, hard] = numbers[..] else { panic!("{files}") };
    assert!(soft == hard || soft > 10_512, "{files}");
    relay.stop("TERM").await.unwrap();
}

/// Waits for a disk that never answers, with something on its way there.
async fn told_to_stop_over_a_hung_disk(data: &str) -> (HeadlessRelay, tokio::process::Child) {
    let arguments = ["--listen", "127.0.0.1:0", "--data", data, "--closing-ms", "1000"];
    let relay = HeadlessRelay::start(&arguments).await.unwrap();
    let mut mina = follow(&relay).await;
    mina.says_with_id("kept", "what was acknowledged").await.unwrap();
    let hung = relay.hang_disk().await.unwrap();
    mina.send(&ClientFrame::NewMessage(NewMessage::new("lost", "what wasn't"))).await;
    mina.hears("Anonymous", "what was acknowledged").await;
    mina.hears_nothing().await;
    relay.signal("TERM").unwrap();
    (relay, hung)
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_disk_that_hangs_delays_the_end_and_does_not_prevent_it() {
    let (_directory, data) = data();
    let (relay, hung) = told_to_stop_over_a_hung_disk(&data).await;
    assert!(relay.ends_over(hung).await.unwrap());
    let relay = HeadlessRelay::start(&["--listen", "127.0.0.1:0", "--data", &data]).await.unwrap();
    let again = follow(&relay).await;
    assert!(again.welcome.unwrap().head >= 1, "what was acknowledged is there");
    relay.stop("TERM").await.unwrap();
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_second_signal_ends_it_at_once() {
    let (_directory, data) = data();
    let arguments = ["--listen", "127.0.0.1:0", "--data", &data, "--closing-ms", "60000"];
    let relay = HeadlessRelay::start(&arguments).await.unwrap();
    let mut mina = follow(&relay).await;
    let hung = relay.hang_disk().await.unwrap();
    mina.send(&ClientFrame::NewMessage(NewMessage::new("lost", "what isn't kept"))).await;
    mina.hears_nothing().await;
    relay.signal("TERM").unwrap();
    assert_eq!(mina.is_closed().await, Some(1001));
    let begun = Instant::now();
    relay.signal("INT").unwrap();
    assert!(!relay.ends_over(hung).await.unwrap(), "it says that it wasn't in order");
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
}
