//! A host's powers: about whom they hold, and how they are passed on and taken back.

use snug_relay::wire::{ClientFrame, Deed, Door, ErrorCode, NewMessage, Order, ServerFrame, Standing};
use snug_tests::TestRelay;

use crate::order::{JUN, SOL, about, asks_for_much, comes, comes_bare, of, reads, said};

#[tokio::test]
async fn nobody_keeps_order_about_a_host_and_nobody_but_a_host() {
    let relay = TestRelay::start().await;
    let mut host = relay.joins_as_host().await;
    let (mut jun, member) = comes(&relay, "Jun", JUN).await;
    let of_the_host = of(&host).you.member.clone();
    let all = |member: &str| {
        let member = member.to_owned();
        [
            Order::Remove { member: member.clone() },
            Order::Ban { member: member.clone(), new_link: false },
            Order::Mute { member, on: true },
        ]
    };
    for order in all(&of_the_host) {
        host.orders(order).await;
        assert_eq!(host.is_refused().await, ErrorCode::IsHost);
    }
    for order in all("nobody") {
        host.orders(order).await;
        assert_eq!(host.is_refused().await, ErrorCode::NoSuchMember);
    }
    host.orders(Order::Unban { member: member.clone() }).await;
    assert_eq!(host.is_refused().await, ErrorCode::NoSuchMember);
    let others = [Order::Rename { name: "Mine".into() }, Order::Slow { every_ms: 1 }, Order::Unban { member }];
    for order in all(&of_the_host).into_iter().chain(others) {
        jun.orders(order).await;
        assert_eq!(jun.is_refused().await, ErrorCode::NotHost);
    }
    jun.send(&ClientFrame::NewMessage(NewMessage::new("still", "still here"))).await;
    reads(&mut host, &said("still here")).await;
}

#[tokio::test]
async fn whoever_is_no_host_any_more_does_nothing_as_one_however_slowly_they_read() {
    let relay = TestRelay::start().await;
    let mut host = relay.joins_as_host().await;
    let (_, member) = comes(&relay, "Jun", JUN).await;
    host.orders(Order::Appoint { member: member.clone(), on: true }).await;
    reads(&mut host, &about(Deed::Appointed, &member, "Jun")).await;
    let mut jun = relay.connect().await;
    jun.knocks(&relay.invite.room, "Jun", JUN).await;
    assert!(jun.welcomed().await.you.host);
    asks_for_much(&mut host, &mut jun, 300).await;
    host.orders(Order::Appoint { member: member.clone(), on: false }).await;
    reads(&mut host, &about(Deed::Dismissed, &member, "Jun")).await;
    jun.send(&ClientFrame::Host(Order::Door { door: Door::Open })).await;
    // They are a guest by now, about whom a host decides.
    host.orders(Order::Ban { member: member.clone(), new_link: false }).await;
    reads(&mut host, &about(Deed::Banned, &member, "Jun")).await;
    jun.reads_to_the_end().await;
    assert_eq!(comes_bare(&relay, JUN).await, ErrorCode::Banned);
    relay.knock("Sol", SOL).await;
}

/// A host that couldn't be dismissed would stay one.
#[tokio::test]
async fn whom_something_was_decided_about_is_not_forgotten() {
    let relay = TestRelay::start().await;
    let mut host = relay.joins_as_host().await;
    let (_jun, member) = comes(&relay, "Jun", JUN).await;
    let (_sol, of_sol) = comes(&relay, "Sol", SOL).await;
    host.orders(Order::Appoint { member: member.clone(), on: true }).await;
    reads(&mut host, &about(Deed::Appointed, &member, "Jun")).await;
    host.orders(Order::Mute { member: of_sol.clone(), on: true }).await;
    reads(&mut host, &about(Deed::Muted, &of_sol, "Sol")).await;
    for member in [&member, &of_sol] {
        host.orders(Order::Forget { member: member.clone() }).await;
    }
    for _ in 0..4 {
        // What each of these was answered with.
        host.expect("guests", |frame| matches!(frame, ServerFrame::Guests(_)).then_some(())).await;
    }
    let mut known: Vec<_> = host.lists_guests().await.guests.into_iter().map(|it| (it.member, it.standing)).collect();
    known.sort_by_key(|(_, standing)| *standing == Standing::Muted);
    assert_eq!(known, [(member.clone(), Standing::Host), (of_sol, Standing::Muted)]);
    host.orders(Order::Appoint { member: member.clone(), on: false }).await;
    reads(&mut host, &about(Deed::Dismissed, &member, "Jun")).await;
}

#[tokio::test]
async fn a_member_to_whom_powers_are_passed_is_a_host_until_they_are_taken_back() {
    let relay = TestRelay::start().await;
    let mut host = relay.joins_as_host().await;
    let (mut jun, member) = comes(&relay, "Jun", JUN).await;
    let (mut sol, of_sol) = comes(&relay, "Sol", SOL).await;
    host.orders(Order::Appoint { member: member.clone(), on: true }).await;
    assert_eq!(jun.is_refused().await, ErrorCode::ComeAgain);
    reads(&mut sol, &about(Deed::Appointed, &member, "Jun")).await;
    // With what they have: the address and their device. Also after a restart, and with the door locked.
    let mut jun = relay.connect().await;
    jun.knocks(&relay.invite.room, "Jun", JUN).await;
    assert!(jun.welcomed().await.you.host);
    let told = |frame: &ServerFrame| match frame {
        ServerFrame::Presence(presence) => {
            presence.joined.iter().any(|it| it.member == member && it.host).then_some(())
        }
        _ => None,
    };
    host.expect("Jun, a host", told).await;
    jun.orders(Order::Door { door: Door::Locked }).await;
    jun.orders(Order::Mute { member: of_sol.clone(), on: true }).await;
    let by = reads(&mut sol, &about(Deed::Muted, &of_sol, "Sol")).await;
    assert_eq!(by, member);
    // The host itself is beyond it.
    jun.orders(Order::Appoint { member: of(&host).you.member.clone(), on: false }).await;
    assert_eq!(jun.is_refused().await, ErrorCode::NoSuchMember);
    host.orders(Order::Ban { member: member.clone(), new_link: false }).await;
    assert_eq!(host.is_refused().await, ErrorCode::IsHost);

    let relay = relay.restart().await;
    let mut jun = relay.connect().await;
    jun.knocks(&relay.invite.room, "Jun", JUN).await;
    assert!(jun.welcomed().await.you.host);
    let mut host = relay.joins_as_host().await;
    host.orders(Order::Appoint { member: member.clone(), on: false }).await;
    assert_eq!(jun.is_refused().await, ErrorCode::ComeAgain);
    let mut jun = relay.connect().await;
    jun.knocks(&relay.invite.room, "Jun", JUN).await;
    assert!(!jun.welcomed().await.you.host);
    // And everybody sees it.
    let told = |frame: &ServerFrame| match frame {
        ServerFrame::Presence(presence) => {
            presence.joined.iter().any(|it| it.member == member && !it.host).then_some(())
        }
        _ => None,
    };
    host.expect("Jun, a guest", told).await;
    jun.orders(Order::Renew).await;
    assert_eq!(jun.is_refused().await, ErrorCode::NotHost);
}
