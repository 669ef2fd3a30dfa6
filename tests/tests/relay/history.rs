//! Reading what was said before.

use snug_relay::wire::{Body, ClientFrame, Delete, ErrorCode, Event, Place, Since};
use snug_tests::{DEADLINE, TestRelay, words};

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

#[tokio::test]
async fn a_page_is_found_on_either_side_of_a_place_and_around_it() {
    for tail_bytes in [1 << 20, 500] {
        let relay = with_messages(45, tail_bytes).await;
        let mut jun = relay.join("Jun").await;
        for (place, found, page) in [
            (Place::Before(20), 20, 10..=19),
            (Place::After(20), 20, 21..=30),
            (Place::After(40), 40, 41..=45),
            (Place::Around(20), 20, 15..=24),
            // Where there is less on one side, there is more on the other, or less in all.
            (Place::Around(2), 2, 1..=6),
            (Place::Around(44), 44, 36..=45),
            // The nearest there is, where there is none.
            (Place::Around(0), 1, 1..=5),
            (Place::Around(u64::MAX), 45, 36..=45),
        ] {
            let told = jun.reads(place.clone(), None).await.unwrap();
            assert_eq!((told.seq, seqs(&told.events)), (found, page.collect()), "{place:?}");
        }
        for place in [Place::After(45), Place::After(u64::MAX), Place::Before(0), Place::Before(1)] {
            assert!(jun.reads(place, None).await.unwrap().events.is_empty());
        }
        assert_eq!(seqs(&jun.reads(Place::Around(20), Some(1)).await.unwrap().events), [20]);
        assert_eq!(seqs(&jun.reads(Place::Around(20), Some(2)).await.unwrap().events), [19, 20]);
        assert!(jun.reads(Place::Around(20), Some(0)).await.unwrap().events.is_empty());
        assert_eq!(jun.reads(Place::Around(20), Some(u32::MAX)).await.unwrap().events.len(), 10);
    }
}

#[tokio::test]
async fn an_empty_log_has_no_place_at_all() {
    let relay = TestRelay::start().await;
    let mut mina = relay.join("Mina").await;
    for place in [Place::Around(1), Place::At(0), Place::At(u64::MAX), Place::After(0), Place::Before(9)] {
        let page = mina.reads(place, None).await.unwrap();
        assert!(page.events.is_empty() && (page.seq == 0 || matches!(page.place, Place::Before(9))));
    }
}

#[tokio::test]
async fn a_message_is_found_by_its_id_also_when_it_was_deleted() {
    let relay = with_messages(25, 500).await;
    let mut mina = relay.join("Mina").await;
    let page = mina.reads_back(12, Some(2)).await;
    let [tenth, eleventh] = [page.events[0].id.clone(), page.events[1].id.clone()];
    mina.changes(ClientFrame::Delete(Delete { id: "taken-back".into(), of: eleventh.clone() })).await.unwrap();
    let mut jun = relay.join("Jun").await;
    let found = jun.reads(Place::Id(tenth.clone()), None).await.unwrap();
    assert_eq!((found.seq, seqs(&found.events)), (10, (5..=14).collect()));
    let gone = jun.reads(Place::Id(eleventh), Some(1)).await.unwrap();
    assert_eq!((gone.seq, &gone.events[0].body), (11, &Body::Gone { by: None }));

    let unknown = jun.reads(Place::Id("nobody-said-this".into()), None).await.unwrap_err();
    assert_eq!((unknown.code, unknown.id.as_deref()), (ErrorCode::NoSuchMessage, Some("nobody-said-this")));
    // Nor is a message of another room.
    let other = relay.handle().create_room("Other", false).await.unwrap();
    let mut ana = relay.connect().await;
    ana.join(&other, "Ana", "the-device-of-Ana-elsewhere", None).await;
    assert_eq!(ana.reads(Place::Id(tenth), None).await.unwrap_err().code, ErrorCode::NoSuchMessage);
    for bad in [String::new(), "x".repeat(65), "with space".into()] {
        assert_eq!(jun.reads(Place::Id(bad), None).await.unwrap_err().code, ErrorCode::BadId);
    }
}

#[tokio::test]
async fn a_moment_is_where_what_was_said_then_begins() {
    let relay = with_messages(25, 500).await;
    let mut jun = relay.join("Jun").await;
    let mut all = jun.reads_back(16, None).await.events;
    all.extend(jun.events.clone());
    for event in &all {
        let found = jun.reads(Place::At(event.at), None).await.unwrap();
        // Several may have been committed in the same millisecond.
        let first = all.iter().find(|other| other.at == event.at).unwrap().seq;
        assert!(found.seq == first || first == 6 && found.seq < 6, "{} for {first}", found.seq);
        assert!(found.events.iter().any(|there| there.seq == found.seq));
    }
    assert_eq!(jun.reads(Place::At(0), None).await.unwrap().seq, 1);
    assert_eq!(jun.reads(Place::At(u64::MAX), None).await.unwrap().seq, 25);
}

#[tokio::test]
async fn a_page_of_long_messages_around_a_place_has_that_message_in_it() {
    let relay = TestRelay::start().await;
    let mut mina = relay.join("Mina").await;
    mina.says_often(&"x".repeat(16 * 1024), 20).await;
    for seq in 1..=20 {
        let page = mina.reads(Place::Around(seq), None).await.unwrap();
        assert!(page.events.len() <= 3, "about 64 KiB, and not {:?}", seqs(&page.events));
        assert!(seqs(&page.events).contains(&seq));
    }
}

/// As long as a room is, a place in it is found at once. Looked up a row at a time, these would be tens of
/// millions of rows.
#[tokio::test]
async fn a_place_in_a_long_room_is_found_at_once() {
    const MANY: u64 = 100_000;
    let relay = TestRelay::with(|limits| limits.tail_bytes = 1 << 16).await;
    let mut mina = relay.join("Mina").await;
    for _ in 0..MANY / 500 {
        mina.says_often("one of very many", 500).await;
    }
    let mut jun = relay.join("Jun").await;
    let began = std::time::Instant::now();
    for step in 1..=300 {
        let seq = step * MANY / 301;
        let event = jun.reads(Place::Around(seq), Some(1)).await.unwrap().events.remove(0);
        assert_eq!(jun.reads(Place::Id(event.id), Some(1)).await.unwrap().seq, seq);
        let found = jun.reads(Place::At(event.at), Some(1)).await.unwrap();
        assert_eq!(found.events[0].at, event.at);
    }
    assert!(began.elapsed() < DEADLINE, "900 places took {:?}", began.elapsed());
}
