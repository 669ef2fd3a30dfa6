//! Lines that break, stall, or look well and are dead.

use std::time::Duration;

use snug_tests::{
    Chance, DEADLINE, Direction, Fault, Link, PersistentClient, Plan, Proxy, TestClient, TestRelay, When,
    history::{Entry, History},
};
use tokio::time::timeout;

const CLIENTS: u64 = 4;
const MESSAGES: u32 = 400;

/// Something for each new connection to suffer, anywhere in it: within the handshake, within a frame's
/// header, within a page, long after.
fn anything(chance: &mut Chance) -> Plan {
    let direction = *chance.one_of(&[Direction::Up, Direction::Down]);
    let when = When::After(direction, chance.size(1..12_000));
    match chance.number(0..10) {
        // Far enough for a long stretch to get through, but no line is good for ever.
        0 => Some((When::After(Direction::Down, chance.number(20_000..60_000)), Fault::Cut)),
        1 => Some((when, Fault::HalfOpen)),
        2 => Some((when, Fault::Stall(*chance.one_of(&[Direction::Up, Direction::Down])))),
        3 => Some((When::Before(r#""type":"ack""#), Fault::Cut)),
        _ => Some((when, Fault::Cut)),
    }
}

#[tokio::test]
async fn over_a_line_that_breaks_anywhere_everything_arrives_once_and_in_order() {
    let mut chance = Chance::new();
    let relay = TestRelay::with(|limits| {
        limits.ping_ms = 200;
        limits.silence_ms = 500;
        limits.stall_ms = 400;
        limits.page_events = 20;
    })
    .await;
    let link = Link::parse(&relay.link());
    let everything = CLIENTS * u64::from(MESSAGES);
    let mut lines = Vec::new();
    let mut clients = Vec::new();
    for number in 0..CLIENTS {
        let mut plans = chance.split();
        let proxy = Proxy::to(relay.addr(), move || anything(&mut plans)).await;
        let client = PersistentClient::new(&link.by_way_of(proxy.addr()), &format!("client-{number}"));
        let mut client = client.with_patience(Duration::from_millis(100));
        lines.push(proxy);
        let (window, length) = (chance.size(1..30), chance.size(1..300));
        clients.push(tokio::spawn(async move {
            let text = |number| format!("{number} {}", "x".repeat(usize::try_from(length).unwrap()));
            client.talks(MESSAGES, usize::try_from(window).unwrap(), text).await;
            client.reads_to(everything).await;
            client.gives_up()
        }));
    }
    let mut witness = PersistentClient::new(&link, "witness");
    timeout(2 * DEADLINE, witness.reads_to(everything)).await.expect("a good line is no worse for the bad ones");
    let mut records = vec![witness.gives_up()];
    for client in clients {
        records.push(timeout(2 * DEADLINE, client).await.expect("everybody gets through").unwrap());
    }
    History::of(records, &link).await.is_sound();
    let connections: usize = lines.iter().map(Proxy::connections).sum();
    assert!(connections > 40, "the lines broke only {connections} times");
}

#[tokio::test]
async fn a_message_whose_acknowledgement_is_lost_keeps_its_first_place() {
    let relay = TestRelay::start().await;
    let link = Link::parse(&relay.link());
    let mut jun = relay.join("Jun").await;
    // Three times the relay gets it, and three times nobody is told.
    let mut cuts = 3;
    let proxy = Proxy::to(relay.addr(), move || {
        cuts -= 1;
        (cuts >= 0).then_some((When::Before(r#""type":"ack""#), Fault::Cut))
    })
    .await;
    let mut mina = PersistentClient::new(&link.by_way_of(proxy.addr()), "Mina");
    mina.enters().await;
    let id = mina.says("is it kept?").await;
    jun.hears("Mina", "is it kept?").await;
    jun.says("it is").await;
    timeout(DEADLINE, mina.settles()).await.expect("told in the end");
    assert_eq!(proxy.connections(), 4);
    timeout(DEADLINE, mina.reads_to(2)).await.expect("nothing is missed");
    assert!(mina.record().entries.contains(&Entry::Acknowledged { id, seq: 1 }), "{:?}", mina.record());
    jun.hears("Jun", "it is").await;
    jun.hears_nothing().await;
}

#[tokio::test]
async fn a_peer_that_went_away_without_a_word_is_given_up_and_harms_nobody() {
    let relay = TestRelay::with(|limits| {
        limits.ping_ms = 100;
        limits.silence_ms = 350;
        limits.linger_ms = 0;
    })
    .await;
    let proxy = Proxy::good(relay.addr()).await;
    let (mut mina, mut ann) = (relay.join("Mina").await, relay.join("Ann").await);
    let mut jun = TestClient::connect(proxy.addr()).await;
    jun.join(&relay.invite, "Jun", "the-device-of-Jun", None).await;
    mina.sees_here(&["Mina", "Ann", "Jun"]).await;
    proxy.strikes(Fault::HalfOpen);
    mina.says("are you there?").await;
    ann.hears("Mina", "are you there?").await;
    // Ann's socket answers only while somebody reads from it.
    tokio::join!(mina.sees_here(&["Mina", "Ann"]), ann.sees_here(&["Mina", "Ann"]));
    mina.says("he is gone").await;
    ann.hears("Mina", "he is gone").await;
    let mut jun = jun.resume(relay.addr(), &relay.invite).await;
    jun.hears("Mina", "are you there?").await;
    jun.hears("Mina", "he is gone").await;
}
