//! Keeping order: what a host does about members and the room, and what comes of it.

use snug_relay::wire::{
    Body, ClientFrame, Deed, Door, ErrorCode, HistoryRequest, Join, Measure, Message, Order, Place, React, RoomInfo,
    ServerFrame, Standing, Welcome,
};
use snug_tests::{TestClient, TestRelay, disk};

pub(crate) const JUN: &str = "a-device-of-juns";
pub(crate) const SOL: &str = "a-device-of-sols";

pub(crate) fn about(deed: Deed, of: &str, called: &str) -> Body {
    Body::Measure(Measure::Member { deed, of: of.into(), called: called.into() })
}

pub(crate) fn of(client: &TestClient) -> &Welcome {
    client.welcome.as_ref().unwrap()
}

/// Reads on until this comes; by whom it is.
pub(crate) async fn reads(client: &mut TestClient, body: &Body) -> String {
    loop {
        let event = client.next_event().await;
        if event.body == *body {
            return event.member;
        }
    }
}

pub(crate) fn said(text: &str) -> Body {
    Body::Message(Message { text: text.into(), ..Message::default() })
}

/// Somebody who comes with the link, and who they are.
pub(crate) async fn comes(relay: &TestRelay, nickname: &str, device: &str) -> (TestClient, String) {
    let client = relay.join_as(nickname, device).await;
    let member = of(&client).you.member.clone();
    (client, member)
}

pub(crate) async fn comes_bare(relay: &TestRelay, device: &str) -> ErrorCode {
    let mut client = relay.connect().await;
    client.knocks(&relay.invite.room, "Somebody else", device).await;
    client.is_refused().await
}

async fn with_link(relay: &TestRelay, nickname: &str, device: &str) -> TestClient {
    let mut client = relay.connect().await;
    client.asks(by_link(relay, nickname, device)).await;
    client
}

fn by_link(relay: &TestRelay, nickname: &str, device: &str) -> Join {
    let (room, secret) = (Some(relay.invite.room.clone()), Some(relay.invite.secret.to_string()));
    let (nickname, device) = (Some(nickname.into()), Some(device.into()));
    Join { room, secret, nickname, device, ..Join::default() }
}

pub(crate) async fn hears_of_the_room(client: &mut TestClient, wanted: impl Fn(&RoomInfo) -> bool) {
    client
        .expect("the room as it is now", |frame| match frame {
            ServerFrame::Room(room) if wanted(room) => Some(()),
            _ => None,
        })
        .await;
}

/// Asks for far more than all buffers on the way hold, so that answers wait until it is read.
pub(crate) async fn asks_for_much(host: &mut TestClient, guest: &mut TestClient, times: u32) {
    for _ in 0..5 {
        host.says(&"long ".repeat(3000)).await;
    }
    for _ in 0..times {
        guest.send(&ClientFrame::History(HistoryRequest { place: Place::Before(100), limit: None })).await;
    }
}

#[tokio::test]
async fn whoever_is_removed_is_told_and_comes_back_as_others_come() {
    let relay = TestRelay::start().await;
    let mut host = relay.joins_as_host().await;
    let (mut jun, member) = comes(&relay, "Jun", JUN).await;
    let (mut sol, _) = comes(&relay, "Sol", SOL).await;
    // A second window of theirs.
    let mut other = relay.join_as("Jun", JUN).await;
    host.orders(Order::Remove { member: member.clone() }).await;
    for jun in [&mut jun, &mut other] {
        let refusal = jun.refusal().await;
        assert_eq!((refusal.code, refusal.by.as_deref()), (ErrorCode::Removed, Some("Anonymous")));
        assert_eq!(jun.is_closed().await, Some(1008));
    }
    let by = reads(&mut sol, &about(Deed::Removed, &member, "Jun")).await;
    assert_eq!(by, of(&host).you.member);
    // Not with the address alone any more, but with the link.
    relay.knock("Jun", JUN).await;
    let mut jun = relay.join_as("Jun", JUN).await;
    assert_eq!(of(&jun).you.member, member);
    jun.says("I'll behave").await;
    reads(&mut sol, &said("I'll behave")).await;
}

#[tokio::test]
async fn whoever_is_put_out_reads_nothing_more_however_much_they_asked_for_before() {
    let relay = TestRelay::with(|limits| limits.frames_at_once = 100_000).await;
    let mut host = relay.joins_as_host().await;
    let (mut jun, member) = comes(&relay, "Jun", JUN).await;
    asks_for_much(&mut host, &mut jun, 1500).await;
    for _ in 0..100 {
        host.says("meanwhile").await;
    }
    host.orders(Order::Ban { member: member.clone(), new_link: false }).await;
    reads(&mut host, &about(Deed::Banned, &member, "Jun")).await;
    host.says("among ourselves").await;
    let heard = jun.reads_to_the_end().await;
    let news = heard.iter().filter_map(|frame| match frame {
        ServerFrame::Events(events) => Some(&events.events),
        _ => None,
    });
    assert!(!news.flatten().any(|event| event.body == said("among ourselves")));
    assert!(heard.len() < 1500, "nor all that they asked for: {}", heard.len());
}

#[tokio::test]
async fn a_ban_holds_under_any_name_by_any_link_and_after_a_restart_and_hits_nobody_else() {
    let relay = TestRelay::start().await;
    let mut host = relay.joins_as_host().await;
    let (mut jun, member) = comes(&relay, "Jun", JUN).await;
    host.orders(Order::Ban { member: member.clone(), new_link: false }).await;
    let refusal = jun.refusal().await;
    assert_eq!((refusal.code, refusal.by.as_deref()), (ErrorCode::Banned, Some("Anonymous")));
    let by = reads(&mut host, &about(Deed::Banned, &member, "Jun")).await;
    assert_eq!(by, of(&host).you.member);
    // Forgetting whoever may come back doesn't lift it.
    host.orders(Order::Forget { member: member.clone() }).await;
    host.orders(Order::Door { door: Door::Open }).await;
    let guests = host.lists_guests().await;
    assert_eq!((guests.guests[0].member.as_str(), guests.guests[0].standing), (member.as_str(), Standing::Banned));

    let relay = relay.restart().await;
    assert_eq!(comes_bare(&relay, JUN).await, ErrorCode::Banned);
    assert_eq!(with_link(&relay, "Jin", JUN).await.is_refused().await, ErrorCode::Banned);
    let mut elsewhere = TestClient::connect_from([127, 0, 0, 2].into(), relay.addr()).await;
    elsewhere.asks(by_link(&relay, "Jun", JUN)).await;
    assert_eq!(elsewhere.is_refused().await, ErrorCode::Banned, "from another address");
    // From the same address.
    relay.join_as("Sol", SOL).await;

    let mut host = relay.joins_as_host().await;
    host.orders(Order::Unban { member: member.clone() }).await;
    reads(&mut host, &about(Deed::Unbanned, &member, "Jun")).await;
    assert_eq!(of(&relay.join_as("Jun", JUN).await).you.member, member);
}

#[tokio::test]
async fn a_ban_with_a_new_link_leaves_no_way_back_by_another_token() {
    let relay = TestRelay::start().await;
    let mut host = relay.joins_as_host().await;
    let before = host.sees_keys(|_| true).await.secret;
    host.orders(Order::AddLink { ends_in_ms: None, guests: Some(5) }).await;
    let further = host.sees_keys(|keys| !keys.links.is_empty()).await.links[0].secret.clone();
    let (mut jun, member) = comes(&relay, "Jun", JUN).await;
    let (mut sol, _) = comes(&relay, "Sol", SOL).await;
    host.orders(Order::Ban { member: member.clone(), new_link: true }).await;
    assert_eq!(jun.is_refused().await, ErrorCode::Banned);
    reads(&mut sol, &about(Deed::Banned, &member, "Jun")).await;
    let now = host.sees_keys(|keys| keys.secret != before && keys.links.is_empty()).await.secret;

    // It is one decision: after a restart, too, there is the ban and the new link.
    let relay = relay.restart().await;
    for old in [&before, &further] {
        let mut another = relay.asks_with(old, "another-token-of-juns").await;
        assert_eq!(another.is_refused().await, ErrorCode::WrongSecret);
    }
    assert_eq!(relay.asks_with(&now, JUN).await.is_refused().await, ErrorCode::Banned);
    relay.asks_with(&now, "a-device-of-minas").await.welcomed().await;
    // Whoever was in before comes by whatever they have.
    relay.asks_with(&before, SOL).await.welcomed().await;
}

#[tokio::test]
async fn whoever_is_muted_reads_and_says_nothing_until_they_may_again() {
    let relay = TestRelay::start().await;
    let mut host = relay.joins_as_host().await;
    let (mut jun, member) = comes(&relay, "Jun", JUN).await;
    jun.says_with_id("mine", "before").await.unwrap();
    host.orders(Order::Mute { member: member.clone(), on: true }).await;
    reads(&mut jun, &about(Deed::Muted, &member, "Jun")).await;
    assert_eq!(jun.says_with_id("more", "hey").await.unwrap_err().code, ErrorCode::Muted);
    let react = React { id: "r".into(), of: "mine".into(), emoji: "👍".into(), on: true };
    assert_eq!(jun.changes(ClientFrame::React(react)).await.unwrap_err().code, ErrorCode::Muted);
    // The answer to this one was lost: it is in the log, and so it is told.
    assert_eq!(jun.says_with_id("mine", "before").await.unwrap(), 1);
    host.says("you can read this").await;
    reads(&mut jun, &said("you can read this")).await;

    let relay = relay.restart().await;
    let mut jun = relay.join_as("Jun", JUN).await;
    assert_eq!(of(&jun).you.muted_by.as_deref(), Some("Anonymous"));
    assert_eq!(jun.says_with_id("more", "hey").await.unwrap_err().code, ErrorCode::Muted);
    let mut host = relay.joins_as_host().await;
    host.orders(Order::Mute { member: member.clone(), on: false }).await;
    reads(&mut host, &about(Deed::Unmuted, &member, "Jun")).await;
    jun.says_with_id("more", "hey").await.unwrap();
    // And when they come again.
    assert_eq!(of(&relay.join_as("Jun", JUN).await).you.muted_by, None);
}

#[tokio::test]
async fn whoever_was_away_when_it_was_decided_is_told_by_whom_when_they_come() {
    let relay = TestRelay::with(|limits| limits.linger_ms = 0).await;
    let mut host = relay.joins_as_host().await;
    host.renames("Mina").await;
    host.sees_here(&["Mina"]).await;
    let (jun, of_jun) = comes(&relay, "Jun", JUN).await;
    let (sol, of_sol) = comes(&relay, "Sol", SOL).await;
    jun.leaves().await;
    sol.leaves().await;
    host.sees_here(&["Mina"]).await;
    host.orders(Order::Remove { member: of_jun.clone() }).await;
    host.orders(Order::Ban { member: of_sol.clone(), new_link: false }).await;
    reads(&mut host, &about(Deed::Banned, &of_sol, "Sol")).await;
    // Whoever was removed may not come back as they are, so they aren't listed as if.
    let listed = host.lists_guests().await;
    assert_eq!((listed.guests.len(), listed.guests[0].member.as_str(), listed.count), (1, of_sol.as_str(), 1));
    for order in [Order::Mute { member: of_jun.clone(), on: true }, Order::Remove { member: of_jun.clone() }] {
        host.orders(order).await;
        assert_eq!(host.is_refused().await, ErrorCode::NoSuchMember);
    }

    // Also after a restart, by whichever way they come.
    let relay = relay.restart().await;
    let told = async |mut client: TestClient| {
        let refusal = client.refusal().await;
        assert_eq!(client.is_closed().await, Some(1008));
        (refusal.code, refusal.by)
    };
    let by = Some("Mina".to_owned());
    assert_eq!(told(with_link(&relay, "Jun", JUN).await).await, (ErrorCode::Removed, by.clone()));
    for _ in 0..2 {
        assert_eq!(told(with_link(&relay, "Sol", SOL).await).await, (ErrorCode::Banned, by.clone()));
    }
    // Once is enough: from then on they come as others come.
    relay.knock("Jun", JUN).await;
    relay.join_as("Jun", JUN).await;
    let relay = relay.restart().await;
    relay.join_as("Jun", JUN).await;
}

#[tokio::test]
async fn a_mute_outlasts_being_removed_and_is_no_way_back_in() {
    let relay = TestRelay::start().await;
    let mut host = relay.joins_as_host().await;
    let (mut jun, member) = comes(&relay, "Jun", JUN).await;
    host.orders(Order::Mute { member: member.clone(), on: true }).await;
    host.orders(Order::Remove { member: member.clone() }).await;
    assert_eq!(jun.is_refused().await, ErrorCode::Removed);
    relay.knock("Jun", JUN).await;
    let relay = relay.restart().await;
    relay.knock("Jun", JUN).await;
    let mut jun = relay.join_as("Jun", JUN).await;
    assert_eq!(of(&jun).you.muted_by.as_deref(), Some("Anonymous"));
    assert_eq!(jun.says_with_id("more", "hey").await.unwrap_err().code, ErrorCode::Muted);
    // And from then on they come as they are.
    let mut again = relay.connect().await;
    again.knocks(&relay.invite.room, "Jun", JUN).await;
    assert!(again.welcomed().await.you.muted_by.is_some());
}

#[tokio::test]
async fn whoever_is_muted_says_nothing_by_their_name_either() {
    let relay = TestRelay::start().await;
    let mut host = relay.joins_as_host().await;
    let (mut jun, member) = comes(&relay, "Jun", JUN).await;
    jun.renames("Junho").await;
    host.sees_here(&["Anonymous", "Junho"]).await;
    host.orders(Order::Mute { member: member.clone(), on: true }).await;
    reads(&mut jun, &about(Deed::Muted, &member, "Junho")).await;
    jun.renames("buy my things").await;
    assert_eq!(jun.is_refused().await, ErrorCode::Muted);
    // Nor by coming as somebody else, beside that, again, or after the host was away.
    let named = |client: &TestClient| of(client).you.nickname.clone();
    let (beside, _) = comes(&relay, "buy my things", JUN).await;
    assert_eq!(named(&beside), "Junho");
    drop((jun, beside));
    let relay = relay.restart().await;
    let (mut again, _) = comes(&relay, "buy my things", JUN).await;
    assert_eq!(named(&again), "Junho");
    let mut host = relay.joins_as_host().await;
    host.orders(Order::Mute { member: member.clone(), on: false }).await;
    reads(&mut again, &about(Deed::Unmuted, &member, "Junho")).await;
    again.renames("Jun").await;
    let (later, _) = comes(&relay, "Jun", JUN).await;
    assert_eq!(named(&later), "Jun");
}

#[tokio::test]
async fn what_the_disk_has_no_room_for_is_not_decided() {
    let test = "order::what_the_disk_has_no_room_for_is_not_decided";
    let Some(disk) = disk::own(test, 16 * 1024) else { return };
    let relay = TestRelay::start().await;
    let mut host = relay.joins_as_host().await;
    let (mut jun, member) = comes(&relay, "Jun", JUN).await;
    disk.fill(0);
    for number in 0.. {
        if host.says_with_id(&format!("filling-{number}"), &"x".repeat(3000)).await.is_err() {
            break;
        }
    }
    let orders = |member: &str| {
        let member = member.to_owned();
        [
            Order::Mute { member: member.clone(), on: true },
            Order::Ban { member, new_link: true },
            Order::Slow { every_ms: 60_000 },
            Order::Rename { name: "The Attic".into() },
        ]
    };
    for order in orders(&member) {
        host.orders(order).await;
        assert_eq!(host.is_refused().await, ErrorCode::DiskFull);
    }
    disk.clear();
    // Neither put out nor muted nor slowed down, nobody is told that they were, and the link is what it was.
    relay.join("Sol").await;
    for text in ["one", "two"] {
        jun.says(text).await;
    }
    let told = |client: &TestClient| client.events.iter().any(|event| matches!(event.body, Body::Measure(_)));
    assert!(!told(&jun));
    let relay = relay.restart().await;
    let (mut jun, _) = comes(&relay, "Jun", JUN).await;
    let (you, room) = (&of(&jun).you, &of(&jun).room);
    assert_eq!((you.muted_by.is_some(), room.name.as_str(), room.every_ms), (false, "Den", 0));
    jun.says("three").await;
    // Once there is room, it is decided like anything else.
    let mut host = relay.joins_as_host().await;
    host.orders(Order::Ban { member: member.clone(), new_link: false }).await;
    assert_eq!(jun.is_refused().await, ErrorCode::Banned);
    reads(&mut host, &about(Deed::Banned, &member, "Jun")).await;
}

#[tokio::test]
async fn a_room_has_another_name_from_then_on() {
    let relay = TestRelay::start().await;
    let mut host = relay.joins_as_host().await;
    let (mut jun, _) = comes(&relay, "Jun", JUN).await;
    host.orders(Order::Rename { name: " The \u{202e}Attic ".into() }).await;
    hears_of_the_room(&mut jun, |room| room.name == "The Attic").await;
    reads(&mut jun, &Body::Measure(Measure::Renamed { name: "The Attic".into() })).await;
    for name in [String::new(), " \u{200b} ".into(), "x".repeat(500)] {
        host.orders(Order::Rename { name }).await;
        assert_eq!(host.is_refused().await, ErrorCode::BadRoomName);
    }
    let relay = relay.restart().await;
    assert_eq!(of(&relay.join("Mina").await).room.name, "The Attic");
}
