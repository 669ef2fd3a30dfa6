//! Saying something: append, commit, then seen.

use snug_relay::wire::{ClientFrame, ErrorCode, NewMessage};
use snug_tests::TestRelay;

#[tokio::test]
async fn what_one_says_everyone_hears_once_and_the_sender_too() {
    let relay = TestRelay::start().await;
    let (mut mina, mut jun) = (relay.join("Mina").await, relay.join("Jun").await);
    assert_eq!(mina.says("hello").await, 1);
    assert_eq!(jun.says("hi").await, 2);
    for client in [&mut mina, &mut jun] {
        client.hears("Mina", "hello").await;
        client.hears("Jun", "hi").await;
        client.hears_nothing().await;
    }
}

#[tokio::test]
async fn an_event_carries_the_id_and_the_member_of_its_author() {
    let relay = TestRelay::start().await;
    let (mut mina, mut jun) = (relay.join("Mina").await, relay.join("Jun").await);
    mina.says_with_id("my-own-id", "hello").await.unwrap();
    let event = jun.next_event().await;
    assert_eq!(event.id, "my-own-id");
    assert_eq!(event.member, mina.welcome.unwrap().you.member);
    assert!(event.at > 1_700_000_000_000, "milliseconds since 1970");
}

#[tokio::test]
async fn the_same_id_again_gets_the_first_ones_place_and_appends_nothing() {
    let relay = TestRelay::start().await;
    let (mut mina, mut jun) = (relay.join("Mina").await, relay.join("Jun").await);
    let first = mina.says_with_id("a", "once").await.unwrap();
    mina.says("something else").await;
    assert_eq!(mina.says_with_id("a", "once").await.unwrap(), first);
    jun.hears("Mina", "once").await;
    jun.hears("Mina", "something else").await;
    jun.hears_nothing().await;

    // Also from another socket, and after a restart.
    let relay = relay.restart().await;
    let mut again = relay.join("Mina").await;
    assert_eq!(again.says_with_id("a", "once").await.unwrap(), first);
}

#[tokio::test]
async fn an_id_that_is_somebody_elses_is_refused_rather_than_swallowed() {
    let relay = TestRelay::start().await;
    let (mut mina, mut jun) = (relay.join("Mina").await, relay.join("Jun").await);
    let first = mina.says_with_id("1", "mine").await.unwrap();
    let refused = jun.says_with_id("1", "not the same").await.unwrap_err();
    assert_eq!((refused.code, refused.id.as_deref()), (ErrorCode::IdTaken, Some("1")));
    // The same words under the same id are the same message, sent again by someone who lost the token.
    assert_eq!(jun.says_with_id("1", "mine").await.unwrap(), first);
    jun.says("an id of my own").await;
    mina.hears("Mina", "mine").await;
    mina.hears("Jun", "an id of my own").await;
}

#[tokio::test]
async fn many_at_once_get_gapless_places_and_one_order() {
    let relay = TestRelay::start().await;
    let mut listeners = [relay.join("Listener").await, relay.join("Another").await];
    let mut senders = Vec::new();
    for sender in 0..8 {
        let mut client = relay.join(&format!("Sender {sender}")).await;
        senders.push(tokio::spawn(async move {
            for number in 0..100 {
                let (id, text) = (format!("{sender}-{number}"), format!("{sender}: {number}"));
                client.send(&ClientFrame::NewMessage(NewMessage::new(id, text))).await;
            }
            let mut places = Vec::new();
            for number in 0..100 {
                places.push(client.answer_about(&format!("{sender}-{number}")).await.unwrap());
            }
            assert!(places.is_sorted(), "one sender's messages keep their order");
        }));
    }
    for sender in senders {
        sender.await.unwrap();
    }
    let mut orders = Vec::new();
    for listener in &mut listeners {
        // The client itself checks that there is no gap.
        for _ in 0..800 {
            listener.next_event().await;
        }
        orders.push(listener.events.iter().map(|event| event.id.clone()).collect::<Vec<_>>());
    }
    assert_eq!(orders[0], orders[1]);
}

#[tokio::test]
async fn a_burst_travels_in_few_frames() {
    let relay = TestRelay::start().await;
    let (mut mina, mut jun) = (relay.join("Mina").await, relay.join("Jun").await);
    mina.says_often("quick", 200).await;
    for _ in 0..200 {
        jun.hears("Mina", "quick").await;
    }
    assert!(jun.event_frames < 100, "200 messages came in {} frames", jun.event_frames);
}

#[tokio::test]
async fn text_arrives_exactly_as_it_was_typed() {
    let relay = TestRelay::start().await;
    let (mut mina, mut jun) = (relay.join("Mina").await, relay.join("Jun").await);
    for text in
        ["  indented\n\ttabs  ", "\"quotes\" \\ and \u{0}", "회의 会议 👩‍🚀", "<script>alert(1)</script>", "\u{202e}odd"]
    {
        mina.says(text).await;
        jun.hears("Mina", text).await;
    }
}

#[tokio::test]
async fn a_changed_nickname_is_for_what_comes_after() {
    let relay = TestRelay::start().await;
    let (mut mina, mut jun) = (relay.join("Mina").await, relay.join("Jun").await);
    mina.says("before").await;
    mina.renames("민아").await;
    jun.sees_here(&["민아", "Jun"]).await;
    mina.says("after").await;
    jun.hears("Mina", "before").await;
    jun.hears("민아", "after").await;
    mina.renames("   ").await;
    jun.sees_here(&["Anonymous", "Jun"]).await;
}

#[tokio::test]
async fn whoever_has_much_on_its_way_is_read_again_when_there_is_room() {
    let relay = TestRelay::with(|limits| limits.in_flight = 2).await;
    let mut mina = relay.join("Mina").await;
    for number in 0..100 {
        let message = NewMessage::new(format!("id-{number}"), "hello");
        mina.send(&ClientFrame::NewMessage(message)).await;
    }
    for number in 0..100 {
        assert_eq!(mina.answer_about(&format!("id-{number}")).await.unwrap(), number + 1);
    }
}
