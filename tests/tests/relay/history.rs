//! Reading what was said before.

use snug_relay::wire::{Event, Since};
use snug_tests::{TestRelay, words};

fn seqs(events: &[Event]) -> Vec<u64> {
    events.iter().map(|event| event.seq).collect()
}

async fn with_messages(count: u64, tail_bytes: usize) -> TestRelay {
    let relay = TestRelay::with(|limits| {
        limits.page_events = 10;
        limits.tail_bytes = tail_bytes;
    })
    .await;
    let mut mina = relay.join("Mina").await;
    for number in 1..=count {
        assert_eq!(mina.says(&format!("number {number}")).await, number);
    }
    relay
}

#[tokio::test]
async fn a_newcomer_gets_the_newest_page_and_pages_back_to_the_beginning() {
    // Once all from memory, once mostly from the database.
    for tail_bytes in [1 << 20, 500] {
        let relay = with_messages(25, tail_bytes).await;
        let mut jun = relay.join("Jun").await;
        assert_eq!(seqs(&jun.events), (16..=25).collect::<Vec<_>>());
        assert_eq!(seqs(&jun.reads_back(16, None).await.events), (6..=15).collect::<Vec<_>>());
        assert_eq!(seqs(&jun.reads_back(6, None).await.events), (1..=5).collect::<Vec<_>>());
        assert!(jun.reads_back(1, None).await.events.is_empty());
    }
}

#[tokio::test]
async fn a_page_is_never_longer_than_the_relay_allows() {
    let relay = with_messages(25, 1 << 20).await;
    let mut jun = relay.join("Jun").await;
    assert_eq!(seqs(&jun.reads_back(20, Some(3)).await.events), [17, 18, 19]);
    assert_eq!(jun.reads_back(20, Some(1_000_000)).await.events.len(), 10);
    assert!(jun.reads_back(20, Some(0)).await.events.is_empty());
    assert_eq!(seqs(&jun.reads_back(u64::MAX, None).await.events), (16..=25).collect::<Vec<_>>());
    assert!(jun.reads_back(0, None).await.events.is_empty());
}

#[tokio::test]
async fn history_is_what_was_said_and_by_whom_then() {
    let relay = TestRelay::start().await;
    let mut mina = relay.join("Mina").await;
    mina.says("before").await;
    mina.renames("민아").await;
    mina.sees_here(&["민아"]).await;
    mina.says("after").await;
    let relay = relay.restart().await;
    let jun = relay.join("Jun").await;
    let told: Vec<_> = jun.events.iter().map(|event| (event.nickname.as_str(), words(event))).collect();
    assert_eq!(told, [("Mina", "before"), ("민아", "after")]);
}

#[tokio::test]
async fn a_page_of_long_messages_stays_small_enough_for_a_slow_line() {
    let relay = TestRelay::start().await;
    let mut mina = relay.join("Mina").await;
    mina.says_often(&"x".repeat(16 * 1024), 20).await;
    let mut jun = relay.join("Jun").await;
    assert_eq!(seqs(&jun.events), [18, 19, 20], "about 64 KiB");
    assert_eq!(seqs(&jun.reads_back(18, None).await.events), [15, 16, 17]);
    // Whoever comes back gets the beginning first and the rest right after it.
    let second = jun.reads_back(3, Some(1)).await.events.remove(0);
    let since = Since { epoch: jun.welcome.as_ref().unwrap().epoch.clone(), seq: 2, at: second.at };
    let mut back = relay.connect().await;
    let welcome = back.join(&relay.invite, "Back", "a-device-to-be-back", Some(since)).await;
    assert_eq!(seqs(&welcome.events), [3, 4, 5]);
    while back.events.last().is_none_or(|event| event.seq < 20) {
        back.next_event().await;
    }
}
