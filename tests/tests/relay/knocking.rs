//! The waiting room: whoever has only the address knocks, and the host lets them in or not.

use std::{collections::HashSet, net::Ipv4Addr};

use snug_relay::wire::{ClientFrame, Door, Entry, ErrorCode, Join, NewMessage, Order, RoomInfo, ServerFrame};
use snug_tests::{DEADLINE, TestClient, TestRelay};
use tokio::time::timeout;

const JUN: &str = "a-device-of-juns";

async fn answers(host: &mut TestClient, members: Vec<String>, admit: bool) {
    host.orders(Order::Answer { members, admit }).await;
}

/// Waits to be told how the door stands now.
async fn hears_of_the_door(client: &mut TestClient, door: Door) {
    client
        .expect(&format!("a door that is {door:?}"), |frame| {
            matches!(frame, ServerFrame::Room(RoomInfo { door: now, .. }) if *now == door).then_some(())
        })
        .await;
}

#[tokio::test]
async fn whoever_knocks_is_seen_let_in_and_may_come_back() {
    let relay = TestRelay::start().await;
    let mut host = relay.joins_as_host().await;
    let mut jun = relay.knock("Jun", JUN).await;
    let at_the_door = host.sees_at_the_door(&["Jun"]).await;
    answers(&mut host, at_the_door.clone(), true).await;
    let welcome = jun.welcomed().await;
    assert_eq!((&welcome.you.member, welcome.you.host), (&at_the_door[0], false));
    assert_eq!(jun.says("thank you").await, 1);
    host.sees_at_the_door(&[]).await;
    jun.leaves().await;

    // With the address alone, also after the host stopped for the night.
    let relay = relay.restart().await;
    let mut back = relay.connect().await;
    back.knocks(&relay.invite.room, "Jun", JUN).await;
    assert_eq!(back.welcomed().await.you.member, at_the_door[0]);
    // And nobody else by that.
    relay.knock("Jun", "another-device-of-juns").await;
}

#[tokio::test]
async fn whoever_is_turned_away_is_told_so_and_may_knock_again_after_a_while() {
    let relay = TestRelay::with(|limits| limits.turned_away_ms = 60_000).await;
    let mut host = relay.joins_as_host().await;
    let mut jun = relay.knock("Jun", JUN).await;
    let mut sol = relay.knock("Sol", "a-device-of-sols").await;
    let at_the_door = host.sees_at_the_door(&["Jun", "Sol"]).await;
    answers(&mut host, at_the_door[..1].to_vec(), false).await;
    let refusal = jun.refusal().await;
    assert_eq!((refusal.code, refusal.wait_ms), (ErrorCode::TurnedAway, Some(60_000)));
    assert_eq!(jun.is_closed().await, Some(1008));
    host.sees_at_the_door(&["Sol"]).await;

    let mut again = relay.connect().await;
    again.knocks(&relay.invite.room, "Jun", JUN).await;
    let refusal = again.refusal().await;
    assert_eq!(refusal.code, ErrorCode::TurnedAway);
    assert!(refusal.wait_ms.is_some_and(|wait| wait > 0 && wait < 60_000));
    // It was an oversight: the link lets them in all the same.
    relay.join_as("Jun", JUN).await;
    answers(&mut host, at_the_door[1..].to_vec(), true).await;
    sol.welcomed().await;
}

#[tokio::test]
async fn whoever_rings_again_under_another_name_finds_the_door_quiet_and_nobody_else_does() {
    let relay = TestRelay::with(|limits| limits.quiet_ms = 600_000).await;
    let mut host = relay.joins_as_host().await;
    let (his, another) = (Ipv4Addr::new(127, 0, 0, 2), Ipv4Addr::new(127, 0, 0, 3));
    let knocks = async |from: Ipv4Addr, n: u32| {
        let mut guest = TestClient::connect_from(from, relay.addr()).await;
        // A private window: another token each time.
        guest.knocks(&relay.invite.room, &format!("Guest {n}"), &format!("a-private-window-{n}")).await;
        guest
    };
    for n in 0..3 {
        let mut guest = knocks(his, n).await;
        guest.waits().await;
        let at_the_door = host.sees_at_the_door(&[&format!("Guest {n}")]).await;
        answers(&mut host, at_the_door, false).await;
        let refusal = guest.refusal().await;
        // The last one is told that it takes longer now.
        let wait = if n < 2 { 120_000 } else { 600_000 };
        assert_eq!((refusal.code, refusal.wait_ms), (ErrorCode::TurnedAway, Some(wait)));
        host.sees_at_the_door(&[]).await;
    }
    let refusal = knocks(his, 3).await.refusal().await;
    assert_eq!(refusal.code, ErrorCode::DoorQuiet);
    assert!(refusal.wait_ms.is_some_and(|wait| wait > 500_000 && wait <= 600_000), "{refusal:?}");
    // Somebody else knocks as ever; and by a link one comes in from there, too.
    let mut sol = knocks(another, 4).await;
    sol.waits().await;
    assert_eq!(host.sees_at_the_door(&["Guest 4"]).await.len(), 1);
    let mut mina = TestClient::connect_from(his, relay.addr()).await;
    mina.join(&relay.invite, "Mina", "a-device-of-minas", None).await;
}

#[tokio::test]
async fn a_knock_again_after_that_while_is_heard() {
    let relay = TestRelay::with(|limits| limits.turned_away_ms = 0).await;
    let mut host = relay.joins_as_host().await;
    let mut jun = relay.knock("Jun", JUN).await;
    let at_the_door = host.sees_at_the_door(&["Jun"]).await;
    answers(&mut host, at_the_door, false).await;
    assert_eq!(jun.is_refused().await, ErrorCode::TurnedAway);
    relay.knock("Jun", JUN).await;
    host.sees_at_the_door(&["Jun"]).await;
}

#[tokio::test]
async fn the_host_may_be_away_and_finds_them_at_the_door() {
    let relay = TestRelay::start().await;
    let mut jun = relay.connect().await;
    jun.knocks(&relay.invite.room, "Jun", JUN).await;
    let waiting = jun.waits().await;
    assert!(!waiting.host_here && waiting.ends_in_ms > 0);
    let mut host = relay.joins_as_host().await;
    assert!(jun.waits().await.host_here);
    host.sees_at_the_door(&["Jun"]).await;
    host.leaves().await;
    assert!(!jun.waits().await.host_here);
    let mut host = relay.joins_as_host().await;
    let at_the_door = host.sees_at_the_door(&["Jun"]).await;
    answers(&mut host, at_the_door, true).await;
    jun.welcomed().await;
}

#[tokio::test]
async fn whoever_goes_is_no_longer_at_the_door() {
    let relay = TestRelay::start().await;
    let mut host = relay.joins_as_host().await;
    let jun = relay.knock("Jun", JUN).await;
    let mut second_tab = relay.knock("Jun", JUN).await;
    let at_the_door = host.sees_at_the_door(&["Jun"]).await;
    assert_eq!(at_the_door.len(), 1, "one device is one, however many tabs it has");
    jun.leaves().await;
    let sol = relay.knock("Sol", "a-device-of-sols").await;
    host.sees_at_the_door(&["Jun", "Sol"]).await;
    drop(sol);
    host.sees_at_the_door(&["Jun"]).await;
    answers(&mut host, at_the_door, true).await;
    second_tab.welcomed().await;
}

#[tokio::test]
async fn nobody_waits_for_ever() {
    let relay = TestRelay::with(|limits| limits.knock_ms = 100).await;
    let mut host = relay.joins_as_host().await;
    let mut jun = relay.knock("Jun", JUN).await;
    assert_eq!(jun.is_refused().await, ErrorCode::NoAnswer);
    assert_eq!(jun.is_closed().await, Some(1008));
    host.sees_at_the_door(&[]).await;
}

#[tokio::test]
async fn while_waiting_one_may_ask_whether_the_relay_is_there_and_nothing_else() {
    let relay = TestRelay::start().await;
    let mut jun = relay.knock("Jun", JUN).await;
    jun.send(&ClientFrame::Ping {}).await;
    jun.expect("an answer", |frame| matches!(frame, ServerFrame::Pong {}).then_some(())).await;
    jun.send(&ClientFrame::NewMessage(NewMessage::new("1", "let me in!"))).await;
    assert_eq!(jun.is_refused().await, ErrorCode::NotJoined);
    assert_eq!(jun.is_closed().await, Some(1008));
}

#[tokio::test]
async fn a_thousand_knocks_are_a_few_frames_for_the_host_and_no_memory() {
    let relay = TestRelay::with(|limits| {
        limits.knocks = 20;
        limits.knocks_each = 4;
        limits.knock_tries = 6;
        limits.room_knock_tries = 200;
    })
    .await;
    let mut host = relay.joins_as_host().await;
    host.sees_at_the_door(&[]).await;
    let before = host.knock_frames;
    let (mut inside, mut refused) = (Vec::new(), Vec::new());
    for n in 0..1000_u32 {
        if n == 500 {
            assert_eq!((inside.len(), host.waiting.len().max(20)), (20, 20));
            inside.clear();
            host.sees_at_the_door(&[]).await;
        }
        let from = Ipv4Addr::new(127, 0, 0, u8::try_from(n % 40 + 1).unwrap());
        let mut guest = TestClient::connect_from(from, relay.addr()).await;
        guest.knocks(&relay.invite.room, &format!("Guest {n}"), &format!("a-device-of-guest-{n}")).await;
        let waits = guest
            .expect("an answer", |frame| match frame {
                ServerFrame::Waiting(_) => Some(Ok(())),
                ServerFrame::Error(error) => Some(Err(error.code)),
                _ => None,
            })
            .await;
        match waits {
            // The first ones stay, the others only ring the bell.
            Ok(()) if n < 500 => inside.push(guest),
            Ok(()) => drop(guest),
            Err(code) => refused.push(code),
        }
    }
    let kinds: HashSet<_> = refused.iter().copied().collect();
    assert_eq!(kinds, HashSet::from([ErrorCode::TooManyWaiting, ErrorCode::TooManyTries]));
    assert!(refused.len() >= 700, "{}", refused.len());
    // The host goes on as if nothing were the matter.
    assert_eq!(host.says("what a noise").await, 1);
    let frames = host.knock_frames - before;
    assert!(frames < 150, "{frames} frames");
}

#[tokio::test]
async fn the_door_opens_closes_and_locks_for_all_to_see() {
    let relay = TestRelay::start().await;
    let mut host = relay.joins_as_host().await;
    let mut mina = relay.join("Mina").await;
    let mut jun = relay.knock("Jun", JUN).await;
    host.sees_at_the_door(&["Jun"]).await;

    // Opened: whoever waited comes in, whoever has the address too, the tutorial's guests as well.
    host.orders(Order::Door { door: Door::Open }).await;
    assert_eq!(jun.welcomed().await.room.door, Door::Open);
    hears_of_the_door(&mut mina, Door::Open).await;
    let mut anybody = relay.connect().await;
    anybody.asks(Join::default()).await;
    anybody.welcomed().await;

    // Locked: not even with the link. Those who were in may come back.
    host.orders(Order::Door { door: Door::Locked }).await;
    hears_of_the_door(&mut mina, Door::Locked).await;
    for secret in [Some(relay.invite.secret.to_string()), Some("x".repeat(22)), None] {
        let mut late = relay.connect().await;
        late.asks(Join { secret, ..Join::default() }).await;
        assert_eq!(late.is_refused().await, ErrorCode::RoomLocked);
    }
    let mut jun = jun.resume(relay.addr(), &relay.invite).await;
    assert_eq!(jun.says("I was only gone for a moment").await, 1);

    // It stays locked, and closed it takes a link or a knock again.
    let relay = relay.restart().await;
    let mut host = relay.joins_as_host().await;
    assert_eq!(host.welcome.as_ref().unwrap().room.door, Door::Locked);
    host.orders(Order::Door { door: Door::Closed }).await;
    hears_of_the_door(&mut host, Door::Closed).await;
    let mut sol = relay.knock("Sol", "a-device-of-sols").await;
    host.sees_at_the_door(&["Sol"]).await;
    host.orders(Order::Door { door: Door::Locked }).await;
    assert_eq!(sol.is_refused().await, ErrorCode::RoomLocked);
}

#[tokio::test]
async fn whoever_knocks_as_the_door_opens_is_never_left_waiting() {
    let relay = TestRelay::with(|limits| {
        limits.knock_tries = 10_000;
        limits.room_knock_tries = 10_000;
        limits.knocks_each = 100;
    })
    .await;
    let mut host = relay.joins_as_host().await;
    for round in 0..20 {
        host.orders(Order::Door { door: Door::Closed }).await;
        hears_of_the_door_or_knows(&mut host, Door::Closed, round).await;
        let guests = (0..8).map(|n| {
            let (addr, room) = (relay.addr(), relay.invite.room.clone());
            tokio::spawn(async move {
                let mut guest = TestClient::connect(addr).await;
                guest.knocks(&room, "Jun", &format!("a-device-of-round-{round}-{n}")).await;
                guest.welcomed().await;
            })
        });
        let guests: Vec<_> = guests.collect();
        tokio::task::yield_now().await;
        host.orders(Order::Door { door: Door::Open }).await;
        for guest in guests {
            timeout(DEADLINE, guest).await.expect("the door is open").unwrap();
        }
        hears_of_the_door(&mut host, Door::Open).await;
    }
}

/// The first time it is closed already.
async fn hears_of_the_door_or_knows(host: &mut TestClient, door: Door, round: u32) {
    if round > 0 {
        hears_of_the_door(host, door).await;
    }
}

#[tokio::test]
async fn only_hosts_may_answer_or_see_who_asks() {
    let relay = TestRelay::start().await;
    let mut mina = relay.join("Mina").await;
    let mut jun = relay.knock("Jun", JUN).await;
    let mut host = relay.joins_as_host().await;
    let at_the_door = host.sees_at_the_door(&["Jun"]).await;
    let orders = [
        Order::Answer { members: at_the_door.clone(), admit: true },
        Order::Door { door: Door::Open },
        Order::Renew,
        Order::AddLink { ends_in_ms: None, guests: Some(1) },
        Order::EndLink { link: "x".into() },
        Order::Guests,
        Order::Forget { member: at_the_door[0].clone() },
    ];
    for order in orders {
        mina.orders(order.clone()).await;
        assert_eq!(mina.is_refused().await, ErrorCode::NotHost, "{order:?}");
    }
    assert!(mina.knock_frames == 0 && mina.keys.is_none());
    answers(&mut host, at_the_door, true).await;
    jun.welcomed().await;
}

#[tokio::test]
async fn the_host_sees_who_may_come_back_and_can_take_it_back() {
    let relay = TestRelay::start().await;
    let mut host = relay.joins_as_host().await;
    let mina = relay.join("Mina").await;
    let mut jun = relay.knock("Jun", JUN).await;
    let at_the_door = host.sees_at_the_door(&["Jun"]).await;
    answers(&mut host, at_the_door.clone(), true).await;
    jun.welcomed().await;
    let known = host.lists_guests().await;
    let by = |nickname: &str| known.guests.iter().find(|guest| guest.nickname == nickname).map(|guest| guest.by);
    assert_eq!((by("Mina"), by("Jun"), known.count), (Some(Entry::Link), Some(Entry::Knock), 2));

    host.orders(Order::Forget { member: at_the_door[0].clone() }).await;
    assert_eq!(jun.says("I am still here").await, 1);
    drop((jun, mina));
    let relay = relay.restart().await;
    relay.knock("Jun", JUN).await;
}

#[tokio::test]
async fn a_program_that_serves_a_room_may_answer_in_the_hosts_place() {
    let relay = TestRelay::start().await;
    let mut door = relay.handle().at_the_door(&relay.invite.room).unwrap();
    assert_eq!(timeout(DEADLINE, door.next()).await.unwrap(), Some(Vec::new()));
    let mut jun = relay.connect().await;
    jun.knocks(&relay.invite.room, "Jun", JUN).await;
    assert!(jun.waits().await.host_here);
    let waiting = timeout(DEADLINE, door.next()).await.unwrap().unwrap();
    assert_eq!(waiting[0].nickname, "Jun");
    door.answer(&[waiting[0].member.clone()], true).await.unwrap();
    jun.welcomed().await;
    assert_eq!(timeout(DEADLINE, door.next()).await.unwrap(), Some(Vec::new()));
    relay.stop().await;
    assert_eq!(timeout(DEADLINE, door.next()).await.unwrap(), None);
}
