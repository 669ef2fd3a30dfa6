//! Slow mode: from one message of a member's to their next some time has to pass.

use std::time::Duration;

use snug_relay::wire::{ClientFrame, Edit, ErrorCode, NewMessage, Order};
use snug_tests::{TestClient, TestRelay};

use crate::order::{JUN, SOL, comes, hears_of_the_room, of};

#[tokio::test]
async fn each_says_one_thing_in_a_while_and_hosts_what_they_like() {
    let relay = TestRelay::start().await;
    let mut host = relay.joins_as_host().await;
    let (mut jun, _) = comes(&relay, "Jun", JUN).await;
    let every_ms = 60_000;
    host.orders(Order::Slow { every_ms }).await;
    hears_of_the_room(&mut jun, |room| room.every_ms == every_ms).await;
    jun.says_with_id("one", "one").await.unwrap();
    let refused = jun.says_with_id("two", "two").await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::SlowMode);
    assert!(refused.wait_ms.is_some_and(|wait| wait > 50_000 && wait <= every_ms), "{refused:?}");
    // Sent again, because the answer was lost.
    jun.says_with_id("one", "one").await.unwrap();
    for text in ["a", "b", "c"] {
        host.says(text).await;
    }
    let (mut sol, _) = comes(&relay, "Sol", SOL).await;
    assert_eq!(of(&sol).room.every_ms, every_ms);
    sol.says("my turn").await;
    host.orders(Order::Slow { every_ms: 0 }).await;
    hears_of_the_room(&mut jun, |room| room.every_ms == 0).await;
    jun.says_with_id("two", "two").await.unwrap();
    host.orders(Order::Slow { every_ms: Duration::from_hours(25).as_millis() as u64 }).await;
    assert_eq!(host.is_refused().await, ErrorCode::BadPace);
}

#[tokio::test]
async fn what_is_refused_takes_nobodys_turn() {
    let relay = TestRelay::start().await;
    let mut host = relay.joins_as_host().await;
    let (mut jun, _) = comes(&relay, "Jun", JUN).await;
    host.says_with_id("the-hosts", "mine").await.unwrap();
    host.orders(Order::Slow { every_ms: 60_000 }).await;
    hears_of_the_room(&mut jun, |room| room.every_ms > 0).await;
    // Its file isn't there.
    let with = |id: &str| NewMessage { files: vec!["no-such-upload".into()], ..NewMessage::new(id, "look") };
    jun.send(&ClientFrame::NewMessage(with("a"))).await;
    assert_eq!(jun.answer_about("a").await.unwrap_err().code, ErrorCode::NoSuchUpload);
    // The log has another's under this id.
    assert_eq!(jun.says_with_id("the-hosts", "not mine").await.unwrap_err().code, ErrorCode::IdTaken);
    jun.says_with_id("b", "heard").await.unwrap();
    // Now it is taken, and saying the same again gives nothing back.
    jun.send(&ClientFrame::NewMessage(with("b"))).await;
    jun.answer_about("b").await.unwrap();
    assert_eq!(jun.says_with_id("c", "too early").await.unwrap_err().code, ErrorCode::SlowMode);
}

#[tokio::test]
async fn a_change_that_is_refused_gives_no_turn_back() {
    let relay = TestRelay::start().await;
    let mut host = relay.joins_as_host().await;
    let (mut jun, _) = comes(&relay, "Jun", JUN).await;
    host.orders(Order::Slow { every_ms: 60_000 }).await;
    hears_of_the_room(&mut jun, |room| room.every_ms > 0).await;
    let mut taken = 0;
    for id in ["a", "b", "c"] {
        // Under the id of the message that comes with it.
        jun.send(&ClientFrame::Edit(Edit { id: id.into(), of: "nothing".into(), text: "x".into() })).await;
        jun.send(&ClientFrame::NewMessage(NewMessage::new(id, "once more"))).await;
        for _ in 0..2 {
            taken += u32::from(jun.answer_about(id).await.is_ok());
        }
    }
    assert_eq!(taken, 1);
}

#[tokio::test]
async fn nobody_has_another_turn_by_coming_again() {
    // A member whose line broke is gone at once, too.
    let relay = TestRelay::with(|limits| limits.linger_ms = 0).await;
    let mut host = relay.joins_as_host().await;
    let (mut jun, member) = comes(&relay, "Jun", JUN).await;
    let every_ms = 3_600_000;
    host.orders(Order::Slow { every_ms }).await;
    hears_of_the_room(&mut jun, |room| room.every_ms == every_ms).await;
    host.sees_here(&["Anonymous", "Jun"]).await;
    jun.says_with_id("one", "one").await.unwrap();

    let refused = async |client: &mut TestClient| {
        let refused = client.says_with_id("two", "two").await.unwrap_err();
        assert!(refused.wait_ms.is_some_and(|wait| wait > 3_000_000 && wait <= every_ms), "{refused:?}");
        refused.code
    };
    jun.leaves().await;
    host.sees_here(&["Anonymous"]).await;
    let (mut jun, _) = comes(&relay, "Jun", JUN).await;
    assert_eq!(refused(&mut jun).await, ErrorCode::SlowMode);
    drop(jun);
    host.sees_here(&["Anonymous"]).await;
    let (mut jun, _) = comes(&relay, "Jin", JUN).await;
    assert_eq!(refused(&mut jun).await, ErrorCode::SlowMode);
    // Nor by being put out in between.
    host.orders(Order::Remove { member }).await;
    assert_eq!(jun.is_refused().await, ErrorCode::Removed);
    let (mut jun, _) = comes(&relay, "Jun", JUN).await;
    assert_eq!(refused(&mut jun).await, ErrorCode::SlowMode);
    // What the turn was for is told its place as ever.
    assert_eq!(jun.says_with_id("one", "one").await.unwrap(), 2);
}
