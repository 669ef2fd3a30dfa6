//! Links: a new one, ones that end, and who guesses at them.

use std::{collections::HashSet, net::Ipv4Addr};

use snug_relay::wire::{Door, ErrorCode, Join, Keys, Order, ServerFrame};
use snug_tests::{TestClient, TestRelay};

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

#[tokio::test]
async fn guessing_is_slowed_down_and_the_right_link_is_not() {
    let relay = TestRelay::with(|limits| {
        limits.guesses = 4;
        limits.room_guesses = 6;
    })
    .await;
    let from = |n: u8| Ipv4Addr::new(127, 0, 0, n);
    let guess = async |n: u8, secret: &str, device: &str| {
        let mut client = TestClient::connect_from(from(n), relay.addr()).await;
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
    };
    let wrong = "AAAAAAAAAAAAAAAAAAAAAA";
    for _ in 0..4 {
        assert_eq!(guess(2, wrong, "a-guessing-device").await.unwrap().code, ErrorCode::WrongSecret);
    }
    for _ in 0..20 {
        let refused = guess(2, wrong, "a-guessing-device").await.unwrap();
        assert_eq!(refused.code, ErrorCode::TooManyTries);
        assert!(refused.wait_ms.is_some_and(|wait| wait > 0 && wait <= 60_000));
    }
    // Behind the same address somebody has the right link.
    assert_eq!(guess(2, &relay.invite.secret.to_string(), "an-honest-device").await, None);
    // From elsewhere there are two more, and then none for anybody.
    for n in [3, 4] {
        assert_eq!(guess(n, wrong, "a-guessing-device").await.unwrap().code, ErrorCode::WrongSecret);
    }
    assert_eq!(guess(5, wrong, "a-guessing-device").await.unwrap().code, ErrorCode::TooManyTries);
    assert_eq!(guess(5, &relay.invite.secret.to_string(), "another-honest-device").await, None);
    // Nor does it keep anybody from knocking.
    let mut knocks = TestClient::connect_from(from(2), relay.addr()).await;
    knocks.knocks(&relay.invite.room, "Jun", "a-device-of-juns").await;
    knocks.waits().await;
}
