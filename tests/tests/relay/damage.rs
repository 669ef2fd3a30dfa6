//! A log that is damaged, or older than what its clients know.

use std::{fs, path::Path, process::Stdio};

use snug_relay::wire::{ClientFrame, ErrorCode, Join, Place, Since};
use snug_tests::{HeadlessRelay, TestClient, TestRelay, free_port, until};

use crate::headless::{data, follow};

/// Flips one bit of the text `said` wherever it stands in the file.
fn flip(file: &Path, said: &str) {
    let mut bytes = fs::read(file).unwrap();
    let places: Vec<_> = bytes
        .windows(said.len())
        .enumerate()
        .filter(|(_, found)| *found == said.as_bytes())
        .map(|(at, _)| at)
        .collect();
    assert!(!places.is_empty(), "{said:?} is in the file");
    for at in places {
        bytes[at] ^= 1;
    }
    fs::write(file, bytes).unwrap();
}

/// Follows the link from where a copy of the log ended.
async fn come_back(relay: &HeadlessRelay, since: Since) -> TestClient {
    let (address, secret) = relay.link.split_once('#').unwrap();
    let mut client = TestClient::connect(relay.authority().parse().unwrap()).await;
    let room = address.rsplit('/').next().unwrap().into();
    let join = Join { room: Some(room), secret: Some(secret.into()), since: Some(since), ..Join::default() };
    client.send(&ClientFrame::Join(join)).await;
    client.welcomed().await;
    client
}

async fn hears_all(client: &mut TestClient, head: u64) -> Vec<String> {
    while client.events.last().is_none_or(|event| event.seq < head) {
        client.next_event().await;
    }
    client.events.iter().map(|event| event.id.clone()).collect()
}

#[tokio::test]
async fn a_damaged_database_is_set_aside_and_the_link_still_leads_in() {
    let (directory, data) = data();
    let listen = format!("127.0.0.1:{}", free_port().unwrap());
    let arguments = ["--listen", &listen, "--data", &data, "--room", "Den", "--page-events", "500"];
    let relay = HeadlessRelay::start(&arguments).await.unwrap();
    let mut mina = follow(&relay).await;
    for number in 1..=200 {
        mina.says_with_id(&format!("id-{number}"), &format!("message {number}.")).await.unwrap();
    }
    hears_all(&mut mina, 200).await;
    let (place, link) = (mina.place(), relay.link.clone());
    relay.stop("TERM").await.unwrap();
    let file = directory.path().join("snug.db");
    flip(&file, "message 100.");
    let spoilt = fs::read(&file).unwrap();

    let stderr = directory.path().join("stderr");
    let log = Stdio::from(fs::File::create(&stderr).unwrap());
    // Whatever the log's filter is, the host is told.
    let relay = HeadlessRelay::logging(&arguments, &[("RUST_LOG", "off")], log).await.unwrap();
    assert_eq!(relay.link, link);
    let said = fs::read_to_string(&stderr).unwrap();
    for words in ["snug.db.damaged-", "1 room with 199 messages", "1 message at least could not be read", "event 100"] {
        assert!(said.contains(words), "{words:?} is not in {said:?}");
    }
    let aside = said.split_once("is now ").unwrap().1.split_once(';').unwrap().0;
    assert!(fs::read(aside).unwrap() == spoilt, "nothing of it is gone");

    // Whoever knew the old log starts over from this one.
    let mut mina = come_back(&relay, place.clone()).await;
    let welcome = mina.welcome.clone().unwrap();
    assert!(!welcome.resumed && welcome.epoch != place.epoch);
    let ids = hears_all(&mut mina, 199).await;
    let expected: Vec<_> = (1..=200).filter(|number| *number != 100).map(|number| format!("id-{number}")).collect();
    assert_eq!(ids, expected);
    // What was kept is known by its id, and what was not is taken again.
    assert_eq!(mina.says_with_id("id-101", "message 101.").await.unwrap(), 100);
    assert_eq!(mina.says_with_id("id-100", "message 100.").await.unwrap(), 200);
    relay.stop("TERM").await.unwrap();
}

#[tokio::test]
async fn damage_met_while_serving_is_set_aside_without_anyone_doing_a_thing() {
    let (directory, data) = data();
    let listen = format!("127.0.0.1:{}", free_port().unwrap());
    let arguments = ["--listen", &listen, "--data", &data, "--room", "Den", "--tail-bytes", "1"];
    let relay = HeadlessRelay::start(&arguments).await.unwrap();
    let mut mina = follow(&relay).await;
    for number in 1..=300 {
        mina.says_with_id(&format!("id-{number}"), &format!("message {number}.")).await.unwrap();
    }
    relay.stop("TERM").await.unwrap();

    let stderr = directory.path().join("stderr");
    let log = Stdio::from(fs::File::create(&stderr).unwrap());
    let relay = HeadlessRelay::logging(&arguments, &[], log).await.unwrap();
    let mut jun = follow(&relay).await;
    let epoch = jun.welcome.clone().unwrap().epoch;
    flip(&directory.path().join("snug.db"), "message 20.");
    // Who only talks doesn't meet it; the first who reads that far does.
    jun.says_with_id("after", "said after the damage").await.unwrap();
    assert_eq!(jun.reads(Place::Before(41), Some(40)).await.unwrap_err().code, ErrorCode::LogDamaged);
    jun.is_closed().await;

    // The same port, the same link, another epoch.
    until("the relay has started again", async || {
        let again = fs::read_to_string(&stderr).unwrap().contains("a new one holds");
        (again && tokio::net::TcpStream::connect(relay.authority()).await.is_ok()).then_some(())
    })
    .await
    .unwrap();
    let mut jun = follow(&relay).await;
    assert_ne!(jun.welcome.as_ref().unwrap().epoch, epoch);
    assert_eq!(jun.welcome.as_ref().unwrap().head, 300, "one of 301 is lost");
    assert_eq!(jun.says_with_id("after", "said after the damage").await.unwrap(), 300);
    assert_eq!(jun.says_with_id("on", "it goes on").await.unwrap(), 301);
    let page = jun.reads_back(41, Some(40)).await;
    assert_eq!(page.events.len(), 40);
    assert!(page.events.iter().all(|event| event.id != "id-20"));
    assert!(!directory.path().join("snug.db.distrusted").exists(), "that is over");
    relay.stop("TERM").await.unwrap();
}

#[tokio::test]
async fn a_killed_relay_remembers_what_it_met() {
    let (directory, data) = data();
    let arguments = ["--listen", "127.0.0.1:0", "--data", &data, "--room", "Den"];
    let relay = HeadlessRelay::start(&arguments).await.unwrap();
    follow(&relay).await.says_with_id("kept", "kept").await.unwrap();
    relay.kill().await.unwrap();
    fs::write(directory.path().join("snug.db.distrusted"), "event 7 is not what was written").unwrap();
    let stderr = directory.path().join("stderr");
    let log = Stdio::from(fs::File::create(&stderr).unwrap());
    let relay = HeadlessRelay::logging(&arguments, &[], log).await.unwrap();
    assert_eq!(follow(&relay).await.welcome.unwrap().head, 1);
    let said = fs::read_to_string(&stderr).unwrap();
    assert!(said.contains("event 7 is not what was written") && said.contains("with 1 message"), "{said}");
    relay.stop("TERM").await.unwrap();
}

#[tokio::test]
async fn a_log_put_back_to_an_older_copy_makes_whoever_was_further_on_start_over() {
    let relay = TestRelay::with(|limits| limits.page_events = 500).await;
    let mut mina = relay.join("Mina").await;
    let (mut at_80, mut at_90) = (relay.join("Jun").await, relay.join("Ada").await);
    for number in 1..=80 {
        mina.says_with_id(&format!("first-{number}"), "first").await.unwrap();
    }
    hears_all(&mut at_80, 80).await;
    let place_80 = at_80.place();
    let relay = relay.pause().await;
    let file = relay.data().join("snug.db");
    let copy = fs::read(&file).unwrap();
    let relay = relay.resume().await;
    let mut mina = mina.resume(relay.addr(), &relay.invite).await;
    at_90 = at_90.resume(relay.addr(), &relay.invite).await;
    for number in 81..=100 {
        mina.says_with_id(&format!("first-{number}"), "first").await.unwrap();
        if number == 90 {
            hears_all(&mut at_90, 90).await;
        }
    }
    hears_all(&mut mina, 100).await;
    let (place_90, place_100) = (at_90.place(), mina.place());
    assert_eq!((place_80.seq, place_100.seq), (80, 100));
    assert!((81..=99).contains(&place_90.seq));
    let relay = relay.pause().await;
    fs::write(&file, copy).unwrap();
    let relay = relay.resume().await;
    assert!(relay.handle().set_aside().is_none(), "by itself it is a sound log");

    // Before the log is that long again, and after.
    for said in [0, 30] {
        let mut host = relay.join("Host").await;
        for number in 0..said {
            host.says_with_id(&format!("second-{number}"), "second").await.unwrap();
        }
        for (place, resumed) in [(&place_80, true), (&place_90, false), (&place_100, false)] {
            let mut back = relay.connect().await;
            let welcome = back.join(&relay.invite, "Back", "a-device-that-is-back", Some(place.clone())).await.clone();
            assert_eq!(welcome.resumed, resumed, "from {} with {said} said since", place.seq);
            let first = if resumed { 81 } else { 1 };
            let from = welcome.events.first().map_or(welcome.head + 1, |event| event.seq);
            assert_eq!((from, welcome.head), (first, 80 + said));
        }
    }
    // What is gone from the log is taken again, once, and what is in it is not.
    let mut mina = relay.connect().await;
    mina.join(&relay.invite, "Mina", "the-device-of-Mina", Some(place_100)).await;
    assert_eq!(mina.says_with_id("first-80", "first").await.unwrap(), 80);
    for _ in 0..2 {
        for number in 81..=100 {
            assert_eq!(mina.says_with_id(&format!("first-{number}"), "first").await.unwrap(), number + 30);
        }
    }
}

/// What a power cut takes with it on a disk that lies: the journal, or its end.
#[tokio::test]
async fn messages_that_are_gone_with_their_journal_make_clients_start_over() {
    let (directory, data) = data();
    let listen = format!("127.0.0.1:{}", free_port().unwrap());
    let arguments = ["--listen", &listen, "--data", &data, "--room", "Den"];
    let wal = directory.path().join("snug.db-wal");
    type Lose = fn(&mut Vec<u8>);
    let lost: [(&str, Lose); 3] = [
        ("all of it", |wal| wal.clear()),
        ("its end", |wal| wal.truncate(wal.len() / 2)),
        ("a bit", |wal| {
            let middle = wal.len() / 2;
            wal[middle] ^= 1;
        }),
    ];
    let mut said = 0;
    for (what, lose) in lost {
        let relay = HeadlessRelay::start(&arguments).await.unwrap();
        let mut mina = follow(&relay).await;
        let kept = mina.welcome.as_ref().unwrap().head;
        for number in 0..60 {
            said += 1;
            mina.says_with_id(&format!("id-{said}"), &format!("message {number}")).await.unwrap();
        }
        hears_all(&mut mina, kept + 60).await;
        let place = mina.place();
        relay.kill().await.unwrap();
        let mut bytes = fs::read(&wal).unwrap();
        lose(&mut bytes);
        fs::write(&wal, bytes).unwrap();

        let relay = HeadlessRelay::start(&arguments).await.unwrap();
        let mut mina = come_back(&relay, place).await;
        let welcome = mina.welcome.clone().unwrap();
        assert!(welcome.head < kept + 60, "with {what} of the journal something went");
        assert!(!welcome.resumed, "{what}");
        let head = welcome.head;
        assert_eq!(mina.says_with_id(&format!("id-{said}"), "message 59").await.unwrap(), head + 1);
        relay.stop("TERM").await.unwrap();
    }
}
