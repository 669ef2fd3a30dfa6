//! Coming back after having been away.

use snug_relay::wire::Since;
use snug_tests::TestRelay;

#[tokio::test]
async fn whoever_was_away_gets_exactly_what_was_missed() {
    let relay = TestRelay::start().await;
    let (mut mina, mut jun) = (relay.join("Mina").await, relay.join("Jun").await);
    mina.says("one").await;
    jun.hears("Mina", "one").await;
    let (place, addr) = (jun.place(), relay.addr());
    assert_eq!(place.seq, 1);
    let away = jun;
    mina.says("two").await;
    mina.says("three").await;
    let mut back = away.resume(addr, &relay.invite).await;
    let welcome = back.welcome.as_ref().unwrap();
    assert!(welcome.resumed);
    assert_eq!((welcome.epoch.as_str(), welcome.events.len()), (place.epoch.as_str(), 2));
    back.hears("Mina", "two").await;
    back.hears("Mina", "three").await;
    mina.says("four").await;
    back.hears("Mina", "four").await;
    back.hears_nothing().await;
}

#[tokio::test]
async fn a_long_absence_is_made_up_for_in_several_frames_without_a_gap() {
    let relay = TestRelay::with(|limits| {
        limits.page_events = 10;
        limits.batch_bytes = 2_000;
        limits.tail_bytes = 3_000;
    })
    .await;
    let (mut mina, jun) = (relay.join("Mina").await, relay.join("Jun").await);
    mina.counts(1..=200).await;
    let mut back = jun.resume(relay.addr(), &relay.invite).await;
    assert_eq!(back.welcome.as_ref().unwrap().events.len(), 10);
    for number in 1..=200 {
        back.hears("Mina", &format!("number {number}")).await;
    }
    back.hears_nothing().await;
}

#[tokio::test]
async fn the_hosts_restart_is_only_another_absence() {
    let relay = TestRelay::start().await;
    let (mut mina, jun) = (relay.join("Mina").await, relay.join("Jun").await);
    mina.says("before").await;
    let relay = relay.restart().await;
    let mut mina = mina.resume(relay.addr(), &relay.invite).await;
    mina.says("after").await;
    let mut jun = jun.resume(relay.addr(), &relay.invite).await;
    assert!(jun.welcome.as_ref().unwrap().resumed);
    jun.hears("Mina", "before").await;
    jun.hears("Mina", "after").await;
}

#[tokio::test]
async fn another_epoch_or_a_place_beyond_the_head_means_starting_over() {
    let relay = TestRelay::start().await;
    let mut mina = relay.join("Mina").await;
    mina.says("one").await;
    let Since { epoch, at, .. } = mina.place();
    for since in [
        Since { epoch: "another-log".into(), seq: 1, at },
        Since { epoch: String::new(), seq: 0, at: 0 },
        Since { epoch: epoch.clone(), seq: 2, at },
        Since { epoch: epoch.clone(), seq: u64::MAX, at },
        // The host went back to an older copy of its log, and has gone on differently since.
        Since { epoch: epoch.clone(), seq: 1, at: at + 1 },
    ] {
        let mut back = relay.connect().await;
        let welcome = back.join(&relay.invite, "Jun", "a-device-of-junes", Some(since.clone())).await;
        assert!(!welcome.resumed, "{since:?}");
        assert_eq!(welcome.events.len(), 1);
    }
}

#[tokio::test]
async fn nothing_is_missed_or_doubled_between_history_and_live() {
    let relay = TestRelay::with(|limits| limits.page_events = 5).await;
    let mut busy = relay.join("Busy").await;
    let talking = tokio::spawn(async move {
        for number in 1..=300 {
            busy.says(&format!("{number}")).await;
        }
    });
    let mut joiners = Vec::new();
    while !talking.is_finished() && joiners.len() < 40 {
        joiners.push(relay.join(&format!("Joiner {}", joiners.len())).await);
    }
    talking.await.unwrap();
    for mut joiner in joiners {
        // The client itself checks that each event follows the one before.
        while joiner.events.last().is_none_or(|event| event.seq < 300) {
            joiner.next_event().await;
        }
    }
}

#[tokio::test]
async fn sending_again_after_a_cut_gets_the_first_place() {
    let relay = TestRelay::start().await;
    let mut mina = relay.join("Mina").await;
    let mut jun = relay.join("Jun").await;
    let first = mina.says_with_id("kept", "was it kept?").await.unwrap();
    let mut back = mina.resume(relay.addr(), &relay.invite).await;
    assert_eq!(back.says_with_id("kept", "was it kept?").await.unwrap(), first);
    jun.hears("Mina", "was it kept?").await;
    jun.hears_nothing().await;
}
