//! Links: a new one, ones that end, and who guesses at them.

use std::{
    collections::HashSet,
    net::Ipv4Addr,
    time::{Duration, Instant},
};

use snug_relay::wire::{Door, ErrorCode, Join, Keys, Order, ServerFrame, WireError};
use snug_tests::{SILENCE, TestClient, TestRelay};
use tokio::time::timeout;

/// What came of asking: in, or why not.
async fn comes_in(client: &mut TestClient) -> Result<(), ErrorCode> {
    client
        .expect("an answer", |frame| match frame {
            ServerFrame::Welcome(_) => Some(Ok(())),
            ServerFrame::Error(error) => Some(Err(error.code)),
            _ => None,
        })
        .await
}

async fn adds_link(host: &mut TestClient, ends_in_ms: Option<u64>, guests: Option<u32>) -> Keys {
    let before = host.sees_keys(|_| true).await.links.len();
    host.orders(Order::AddLink { ends_in_ms, guests }).await;
    host.sees_keys(|keys| keys.links.len() == before + 1).await
}

#[tokio::test]
async fn a_new_link_ends_the_old_one_at_once_and_nobody_inside_notices() {
    let relay = TestRelay::start().await;
    let mut host = relay.joins_as_host().await;
    let (mut mina, mut jun) = (relay.join("Mina").await, relay.join("Jun").await);
    let old = relay.invite.secret.to_string();
    assert_eq!(host.sees_keys(|_| true).await.secret, old);
    host.orders(Order::Renew).await;
    let new = host.sees_keys(|keys| keys.secret != old).await.secret;
    assert_eq!(new, relay.handle().invite(&relay.invite.room).unwrap().secret.to_string());

    assert_eq!(comes_in(&mut relay.asks_with(&old, "a-new-device-00001").await).await, Err(ErrorCode::WrongSecret));
    assert_eq!(comes_in(&mut relay.asks_with(&new, "a-new-device-00002").await).await, Ok(()));
    assert_eq!(mina.says("still here").await, 1);
    jun.hears("Mina", "still here").await;
    // Jun's page has the old link, and comes back by it: at once, and after a restart.
    let jun = jun.resume(relay.addr(), &relay.invite).await;
    let relay = relay.restart().await;
    assert_eq!(relay.invite.secret.to_string(), new, "it is on disk");
    let mut stale = relay.invite.clone();
    stale.secret = old.parse().unwrap();
    jun.resume(relay.addr(), &stale).await;
    assert_eq!(comes_in(&mut relay.asks_with(&old, "a-new-device-00003").await).await, Err(ErrorCode::WrongSecret));
}

#[tokio::test]
async fn a_link_for_three_lets_in_three_devices_however_many_come_at_once() {
    let relay = TestRelay::start().await;
    let mut host = relay.joins_as_host().await;
    for round in 0..5 {
        let keys = adds_link(&mut host, None, Some(3)).await;
        let link = keys.links.last().unwrap().clone();
        let guests = (0..24).map(|n| {
            let (addr, room, secret) = (relay.addr(), relay.invite.room.clone(), link.secret.clone());
            tokio::spawn(async move {
                // Each device comes twice: it is one guest.
                let device = format!("a-device-of-round-{round}-{}", n / 2);
                let mut guest = TestClient::connect(addr).await;
                let (room, secret) = (Some(room), Some(secret));
                guest.asks(Join { room, secret, device: Some(device.clone()), ..Join::default() }).await;
                (device, comes_in(&mut guest).await)
            })
        });
        let guests: Vec<_> = guests.collect();
        let (mut inside, mut outside) = (HashSet::new(), HashSet::new());
        for guest in guests {
            match guest.await.unwrap() {
                (device, Ok(())) => inside.insert(device),
                (device, Err(code)) => {
                    assert_eq!(code, ErrorCode::LinkEnded);
                    outside.insert(device)
                }
            };
        }
        assert_eq!((inside.len(), outside.len()), (3, 9), "{inside:?}");
        host.sees_keys(|keys| keys.links.iter().any(|known| known.id == link.id && known.used == 3)).await;
    }
}

#[tokio::test]
async fn what_a_link_has_let_in_is_known_after_a_restart() {
    let relay = TestRelay::start().await;
    let mut host = relay.joins_as_host().await;
    let link = adds_link(&mut host, None, Some(2)).await.links.pop().unwrap();
    assert_eq!(comes_in(&mut relay.asks_with(&link.secret, "a-new-device-00001").await).await, Ok(()));
    let relay = relay.restart().await;
    assert_eq!(comes_in(&mut relay.asks_with(&link.secret, "a-new-device-00002").await).await, Ok(()));
    let relay = relay.restart().await;
    for (device, expected) in [
        ("a-new-device-00003", Err(ErrorCode::LinkEnded)),
        // Those two are members, and come back by whatever they have.
        ("a-new-device-00001", Ok(())),
        ("a-new-device-00002", Ok(())),
    ] {
        assert_eq!(comes_in(&mut relay.asks_with(&link.secret, device).await).await, expected, "{device}");
    }
    let mut host = relay.joins_as_host().await;
    let known = host.sees_keys(|keys| !keys.links.is_empty()).await.links.pop().unwrap();
    assert_eq!((known.used, known.guests, known.ends_at), (2, Some(2), None));
}

#[tokio::test]
async fn a_link_ends_when_its_time_is_over_or_the_host_ends_it() {
    let relay = TestRelay::start().await;
    let mut host = relay.joins_as_host().await;
    let short = adds_link(&mut host, Some(1), None).await.links.pop().unwrap();
    let long = adds_link(&mut host, Some(3_600_000), None).await.links.pop().unwrap();
    // A millisecond is over by now.
    assert_eq!(
        comes_in(&mut relay.asks_with(&short.secret, "a-new-device-00001").await).await,
        Err(ErrorCode::LinkEnded)
    );
    assert_eq!(comes_in(&mut relay.asks_with(&long.secret, "a-new-device-00001").await).await, Ok(()));
    host.orders(Order::EndLink { link: long.id.clone() }).await;
    host.sees_keys(|keys| keys.links.iter().all(|link| link.id != long.id)).await;
    assert_eq!(
        comes_in(&mut relay.asks_with(&long.secret, "a-new-device-00002").await).await,
        Err(ErrorCode::WrongSecret)
    );
    assert_eq!(comes_in(&mut relay.asks_with(&long.secret, "a-new-device-00001").await).await, Ok(()));
    // Of a locked room not even a good one does.
    let good = adds_link(&mut host, None, Some(1)).await.links.pop().unwrap();
    host.orders(Order::Door { door: Door::Locked }).await;
    host.expect("locked", |frame| matches!(frame, ServerFrame::Room(_)).then_some(())).await;
    assert_eq!(
        comes_in(&mut relay.asks_with(&good.secret, "a-new-device-00003").await).await,
        Err(ErrorCode::RoomLocked)
    );
    for order in [
        Order::AddLink { ends_in_ms: None, guests: None },
        Order::AddLink { ends_in_ms: Some(0), guests: Some(1) },
        Order::AddLink { ends_in_ms: None, guests: Some(0) },
    ] {
        host.orders(order).await;
        assert_eq!(host.is_refused().await, ErrorCode::BadLink);
    }
}

/// Asks from a certain address with this behind the `#`; why not, if not.
async fn asks_from(relay: &TestRelay, from: Ipv4Addr, secret: &str, device: &str) -> Option<WireError> {
    let mut client = TestClient::connect_from(from, relay.addr()).await;
    let (room, secret) = (Some(relay.invite.room.clone()), Some(secret.to_owned()));
    client.asks(Join { room, secret, device: Some(device.to_owned()), ..Join::default() }).await;
    let answer = client
        .expect("an answer", |frame| match frame {
            ServerFrame::Welcome(_) => Some(None),
            ServerFrame::Error(error) => Some(Some(error.clone())),
            _ => None,
        })
        .await;
    if answer.is_some() {
        client.is_closed().await;
    }
    answer
}

const WRONG: &str = "AAAAAAAAAAAAAAAAAAAAAA";

#[tokio::test]
async fn guessing_goes_no_faster_than_it_may_however_many_sockets_guess() {
    const EACH: Duration = Duration::from_millis(150);
    let relay = TestRelay::with(|limits| {
        limits.guesses = 4;
        limits.guess_ms = 150;
        limits.guess_wait_ms = 20_000;
    })
    .await;
    let (guessing, elsewhere) = (Ipv4Addr::new(127, 0, 0, 2), Ipv4Addr::new(127, 0, 0, 3));
    let begin = Instant::now();
    let all: Vec<_> = (0..24).map(|_| asks_from(&relay, guessing, WRONG, "a-guessing-device")).collect();
    // Beside it somebody who has the right link and the same address, and somebody who has another one.
    let secret = relay.invite.secret.to_string();
    let honest = asks_from(&relay, guessing, &secret, "an-honest-device");
    let (answers, beside, other) = tokio::join!(
        futures_util::future::join_all(all),
        honest,
        asks_from(&relay, elsewhere, &secret, "another-honest-device")
    );
    let took = begin.elapsed();
    assert_eq!((beside, other), (None, None), "both are in");
    assert!(answers.iter().flatten().all(|error| error.code == ErrorCode::WrongSecret), "{answers:?}");
    assert_eq!(answers.iter().flatten().count(), 24);
    // Four at once, and what the time has given back of them; each of the others after the one before. However slow
    // this machine is, it takes no less.
    let given_back = u32::try_from(took.as_millis() / (60_000 / 4)).unwrap();
    assert!(took >= EACH * (24 - 4 - given_back), "{took:?} for 24 guesses");
}

#[tokio::test]
async fn of_those_who_guess_only_so_many_wait_and_knocking_goes_on() {
    let relay = TestRelay::with(|limits| {
        limits.guesses = 2;
        limits.guess_ms = 60_000;
        limits.guess_wait_ms = 120_000;
    })
    .await;
    let from = Ipv4Addr::new(127, 0, 0, 2);
    for _ in 0..2 {
        let refused = asks_from(&relay, from, WRONG, "a-guessing-device").await.unwrap();
        assert_eq!(refused.code, ErrorCode::WrongSecret);
    }
    let mut waiting = Vec::new();
    for n in 0..2 {
        let mut client = TestClient::connect_from(from, relay.addr()).await;
        let (room, device) = (Some(relay.invite.room.clone()), Some(format!("a-guessing-device-{n}")));
        client.asks(Join { room, secret: Some(WRONG.into()), device, ..Join::default() }).await;
        waiting.push(client);
    }
    // Which of them is read first nobody knows: it is asked until two wait.
    let refused = loop {
        match timeout(SILENCE, asks_from(&relay, from, WRONG, "one-more-guessing-device")).await {
            Ok(refused) => break refused.unwrap(),
            Err(_waits) => {}
        }
    };
    assert_eq!(refused.code, ErrorCode::TooManyTries);
    assert!(refused.wait_ms.is_some_and(|wait| wait > 0 && wait <= 60_000), "{refused:?}");
    // Nor does it keep anybody from knocking.
    let mut knocks = TestClient::connect_from(from, relay.addr()).await;
    knocks.knocks(&relay.invite.room, "Jun", "a-device-of-juns").await;
    knocks.waits().await;
    // Who waits may go, and whoever stops hosting waits for nobody.
    waiting.pop();
    relay.stop().await;
}
