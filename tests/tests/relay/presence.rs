//! Who is here.

use snug_tests::TestRelay;

#[tokio::test]
async fn everyone_sees_who_comes_and_who_leaves() {
    let relay = TestRelay::start().await;
    let mut mina = relay.join("Mina").await;
    let jun = relay.join("Jun").await;
    mina.sees_here(&["Mina", "Jun"]).await;
    jun.leaves().await;
    mina.sees_here(&["Mina"]).await;
}

#[tokio::test]
async fn a_broken_socket_counts_as_here_for_a_moment_and_then_as_gone() {
    let relay = TestRelay::with(|limits| limits.linger_ms = 200).await;
    let mut mina = relay.join("Mina").await;
    let jun = relay.join("Jun").await;
    mina.sees_here(&["Mina", "Jun"]).await;
    drop(jun);
    mina.sees_here(&["Mina"]).await;
}

#[tokio::test]
async fn a_reloaded_page_is_no_coming_and_going() {
    let relay = TestRelay::with(|limits| limits.linger_ms = 60_000).await;
    let mut mina = relay.join("Mina").await;
    let jun = relay.join("Jun").await;
    mina.sees_here(&["Mina", "Jun"]).await;
    mina.forget_presence();
    drop(jun);
    let _jun = relay.join("Jun").await;
    // Someone who comes afterwards is told of, so anything about Jun would have been told before.
    let _ann = relay.join("Ann").await;
    let mut told = mina.next_presence().await;
    while told.joined.iter().all(|member| member.nickname != "Ann") {
        // Until then only the first coming of the two.
        assert!(told.left.is_empty(), "{told:?}");
        told = mina.next_presence().await;
    }
    assert_eq!((told.joined.len(), told.left.len()), (1, 0), "{told:?}");
    assert_eq!(told.joined[0].nickname, "Ann");
}

#[tokio::test]
async fn a_crowd_is_told_of_in_few_frames_and_counted_to_the_last() {
    let relay = TestRelay::with(|limits| {
        limits.gather_ms = 200;
        limits.roster = 20;
    })
    .await;
    let mut mina = relay.join("Mina").await;
    let mut crowd = Vec::new();
    for number in 0..150 {
        crowd.push(relay.join(&format!("Guest {number}")).await);
    }
    mina.sees_count(151).await;
    // Told by name up to the roster, however many came at once.
    assert_eq!(mina.members.len(), 20);
    let last = crowd.last().unwrap().welcome.as_ref().unwrap();
    assert_eq!((last.members.len(), last.count), (20, 150 + 1));
    let frames = mina.presence_frames;
    assert!(frames < 30, "150 came, {frames} frames told of it");
}

#[tokio::test]
async fn two_sockets_of_one_device_leave_when_the_last_does() {
    let relay = TestRelay::start().await;
    let mut mina = relay.join("Mina").await;
    let laptop = relay.join_as("Jun", "the-device-of-jun").await;
    let mut tab = relay.join_as("Jun", "the-device-of-jun").await;
    mina.sees_count(2).await;
    laptop.leaves().await;
    tab.says("still here").await;
    mina.hears("Jun", "still here").await;
    mina.sees_count(2).await;
    tab.leaves().await;
    mina.sees_count(1).await;
}

#[tokio::test]
async fn everyone_of_a_crowd_is_told_by_name() {
    let relay = TestRelay::with(|limits| limits.gather_ms = 1_000).await;
    let mut mina = relay.join("Mina").await;
    let mut crowd = Vec::new();
    for number in 0..100 {
        crowd.push(relay.join(&format!("Guest {number}")).await);
    }
    mina.sees_count(101).await;
    assert_eq!(mina.members.len(), 101);
}
