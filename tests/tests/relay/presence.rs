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

#[tokio::test]
async fn whoever_is_away_on_every_socket_is_away() {
    let relay = TestRelay::start().await;
    let mut mina = relay.join("Mina").await;
    let mut laptop = relay.join_as("Jun", "the-device-of-jun").await;
    mina.sees_here(&["Mina", "Jun"]).await;
    laptop.goes_away(true).await;
    mina.sees_away("Jun", true).await;
    // A second socket is somebody who looks, until it says otherwise.
    let mut tab = relay.join_as("Jun", "the-device-of-jun").await;
    mina.sees_away("Jun", false).await;
    tab.goes_away(true).await;
    mina.sees_away("Jun", true).await;
    laptop.goes_away(false).await;
    mina.sees_away("Jun", false).await;
    // What is left of the two counts.
    laptop.leaves().await;
    mina.sees_away("Jun", true).await;
    // And whoever comes later is told.
    let ann = relay.join("Ann").await;
    assert!(ann.members.iter().any(|member| member.nickname == "Jun" && member.away));
}

#[tokio::test]
async fn who_types_is_told_and_ends_with_what_they_say() {
    let relay = TestRelay::with(|limits| limits.typing_ms = 60_000).await;
    let mut mina = relay.join("Mina").await;
    let mut jun = relay.join("Jun").await;
    let mut ann = relay.join("Ann").await;
    mina.sees_here(&["Mina", "Jun", "Ann"]).await;
    jun.types(true).await;
    mina.sees_typing(&["Jun"]).await;
    ann.types(true).await;
    mina.sees_typing(&["Jun", "Ann"]).await;
    jun.says("done").await;
    mina.sees_typing(&["Ann"]).await;
    ann.types(false).await;
    mina.sees_typing(&[]).await;
    ann.types(true).await;
    mina.sees_typing(&["Ann"]).await;
    drop(ann);
    mina.sees_typing(&[]).await;
}

#[tokio::test]
async fn who_does_not_say_so_again_types_no_more() {
    let relay = TestRelay::with(|limits| limits.typing_ms = 300).await;
    let mut mina = relay.join("Mina").await;
    let mut jun = relay.join("Jun").await;
    mina.sees_here(&["Mina", "Jun"]).await;
    jun.types(true).await;
    mina.sees_typing(&["Jun"]).await;
    mina.sees_typing(&[]).await;
}

#[tokio::test]
async fn a_crowd_that_types_is_told_of_in_few_frames() {
    let relay = TestRelay::with(|limits| (limits.gather_ms, limits.typing_ms) = (200, 60_000)).await;
    let mut mina = relay.join("Mina").await;
    let mut crowd = Vec::new();
    for number in 0..40 {
        crowd.push(relay.join(&format!("Guest {number}")).await);
    }
    mina.sees_count(41).await;
    for _ in 0..10 {
        for guest in &mut crowd {
            guest.types(true).await;
        }
    }
    for guest in &mut crowd {
        guest.says("hello").await;
    }
    for number in 0..40 {
        mina.hears(&format!("Guest {number}"), "hello").await;
    }
    mina.sees_typing(&[]).await;
    assert!(mina.typing_frames < 20, "400 said so, {} frames told of it", mina.typing_frames);
}

#[tokio::test]
async fn no_two_who_are_here_are_called_the_same() {
    let relay = TestRelay::with(|limits| limits.linger_ms = 0).await;
    let mut mina = relay.join_as("Mina", "the-device-of-mina").await;
    let other = relay.join_as("mina", "the-device-of-another").await;
    mina.sees_here(&["Mina", "mina 2"]).await;
    assert_eq!(other.welcome.as_ref().map(|welcome| welcome.you.nickname.as_str()), Some("mina 2"));
    // Nor by what nobody sees, or in wider letters.
    let hidden = relay.join("M\u{200d}ina\u{e0061}").await;
    let wide = relay.join("Ｍｉｎａ").await;
    mina.sees_here(&["Mina", "mina 2", "Mina 3", "Ｍｉｎａ 4"]).await;
    hidden.leaves().await;
    wide.leaves().await;
    // Who comes back while somebody else has the name has a number, and is called as before once it is free.
    mina.leaves().await;
    other.leaves().await;
    let mut other = relay.join_as("mina", "the-device-of-another").await;
    other.sees_here(&["mina"]).await;
    let mina = relay.join_as("Mina", "the-device-of-mina").await;
    other.sees_here(&["mina", "Mina 2"]).await;
    // A second socket of hers changes nothing.
    let _tab = relay.join_as("Mina", "the-device-of-mina").await;
    drop(mina);
    let ann = relay.join("Ann").await;
    other.sees_here(&["mina", "Mina 2", "Ann"]).await;
    drop(ann);
}

#[tokio::test]
async fn whoever_takes_the_name_of_another_gets_a_number() {
    let relay = TestRelay::start().await;
    let mut mina = relay.join("Mina").await;
    let mut jun = relay.join("Jun").await;
    mina.sees_here(&["Mina", "Jun"]).await;
    jun.renames("MINA").await;
    mina.sees_here(&["Mina", "MINA 2"]).await;
    jun.says("it is me").await;
    mina.hears("MINA 2", "it is me").await;
    jun.renames("Jun").await;
    mina.sees_here(&["Mina", "Jun"]).await;
}

#[tokio::test]
async fn the_host_is_known_to_everybody() {
    let relay = TestRelay::start().await;
    let mut jun = relay.join("Jun").await;
    let host = relay.joins_as_host().await;
    jun.sees_here(&["Anonymous", "Jun"]).await;
    let hosts: Vec<_> = jun.members.iter().filter(|member| member.host).map(|member| &*member.nickname).collect();
    assert_eq!(hosts, ["Anonymous"]);
    drop(host);
}
