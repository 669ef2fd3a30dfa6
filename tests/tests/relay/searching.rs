//! Finding what was said.

use std::time::Instant;

use snug_relay::wire::{ClientFrame, Delete, Edit, ErrorCode, ExcerptPart, Found, SearchRequest, ServerFrame};
use snug_tests::TestRelay;

fn asks(id: &str, query: &str) -> ClientFrame {
    ClientFrame::Search(SearchRequest { id: id.into(), query: query.into(), before: None })
}

#[tokio::test]
async fn what_was_said_is_found_with_a_line_of_it() {
    let relay = TestRelay::start().await;
    let (mut mina, mut jun) = (relay.join("Mina").await, relay.join("Jun").await);
    mina.says_with_id("a", "오늘 회의는 세 시").await.unwrap();
    jun.says("no meeting today").await;
    let Found { hits, next, .. } = jun.searches("회의", None).await.unwrap();
    assert_eq!((hits.len(), next), (1, None));
    let said = &mina.next_event().await;
    assert_eq!((hits[0].seq, hits[0].at, &hits[0].id), (1, said.at, &said.id));
    assert_eq!((&hits[0].member, &hits[0].nickname), (&said.member, &said.nickname));
    let part = |text: &str, marked| ExcerptPart { text: text.into(), marked };
    assert_eq!(hits[0].excerpt, [part("오늘 ", false), part("회의", true), part("는 세 시", false)]);
    assert_eq!(mina.finds("from:jun").await, [2]);
    let relay = relay.restart().await;
    assert_eq!(relay.join("Sol").await.finds("회의").await, [1], "after a restart, too");
}

#[tokio::test]
async fn it_is_found_by_what_it_says_now() {
    let relay = TestRelay::start().await;
    let mut mina = relay.join("Mina").await;
    for id in ["a", "b"] {
        mina.says_with_id(id, "the first words").await.unwrap();
    }
    let edit = Edit { id: "e".into(), of: "a".into(), text: "reworded".into() };
    mina.changes(ClientFrame::Edit(edit)).await.unwrap();
    mina.changes(ClientFrame::Delete(Delete { id: "d".into(), of: "b".into() })).await.unwrap();
    assert_eq!(mina.finds("first").await, [] as [u64; 0]);
    assert_eq!(mina.finds("reworded").await, [1]);
}

#[tokio::test]
async fn what_is_in_another_room_is_not_found() {
    let relay = TestRelay::start().await;
    let other = relay.handle().create_room("Other", false).await.unwrap();
    let mut sol = relay.connect().await;
    sol.join(&other, "Sol", "the-device-of-Sol", None).await;
    sol.says("a secret of theirs").await;
    let mut mina = relay.join("Mina").await;
    mina.says("a secret of ours").await;
    assert_eq!(mina.finds("secret").await, [1]);
    assert_eq!(mina.finds("theirs").await, [] as [u64; 0]);
    assert_eq!(sol.finds("secret").await, [1]);
}

#[tokio::test]
async fn each_page_goes_on_where_the_last_one_ended() {
    let relay = TestRelay::with(|limits| limits.search_hits = 7).await;
    let mut mina = relay.join("Mina").await;
    for number in 1..=50 {
        mina.says(if number % 2 == 0 { "needle" } else { "hay" }).await;
    }
    let first = mina.searches("needle", None).await.unwrap();
    assert_eq!(first.hits.iter().map(|hit| hit.seq).collect::<Vec<_>>(), [50, 48, 46, 44, 42, 40, 38]);
    assert_eq!(first.next, Some(38));
    assert_eq!(mina.finds("needle").await, (1..=25).rev().map(|half| half * 2).collect::<Vec<_>>());
}

#[tokio::test]
async fn only_words_and_never_syntax() {
    let relay = TestRelay::start().await;
    let mut mina = relay.join("Mina").await;
    mina.says("plain words").await;
    for hostile in [
        "\"",
        "\"\"\"",
        "*",
        "pla*",
        "-plain",
        "plain NOT words",
        "NEAR(plain words)",
        "text:plain",
        "{text}:plain",
        "^plain",
        "plain) OR (1",
        "'; DROP TABLE event; --",
        "%",
        "_____",
        "plain%",
        "\\",
        "\u{0}",
        "plain\u{0}x",
        "\u{202e}\u{202e}",
        "from:%",
        "from:\"",
        "AND",
        "OR NOT",
        "a\"b\"c",
        "\u{1f600}",
        "\u{10ffff}\u{10ffff}\u{10ffff}",
    ] {
        match mina.searches(hostile, None).await {
            Ok(found) => assert_eq!(found.hits, [], "{hostile:?}"),
            Err(refused) => assert_eq!(refused.code, ErrorCode::EmptySearch, "{hostile:?}"),
        }
    }
    let long = mina.searches(&"x".repeat(201), None).await;
    assert_eq!(long.map_err(|error| error.code), Err(ErrorCode::QueryTooLong));
    assert_eq!(mina.finds(&"ㅎ".repeat(200)).await, [] as [u64; 0]);
    mina.send(&asks("two words", "plain")).await;
    assert_eq!(mina.is_refused().await, ErrorCode::BadId);
    assert_eq!(mina.finds("\"plain words\"").await, [1], "nothing was harmed");
}

#[tokio::test]
async fn the_next_search_takes_the_place_of_the_last() {
    let relay = TestRelay::with(|limits| limits.search_gap_ms = 200).await;
    let mut mina = relay.join("Mina").await;
    mina.says("needle").await;
    let begun = Instant::now();
    for number in 0..500 {
        mina.send(&asks(&format!("s{number}"), "need")).await;
    }
    let mut answered = Vec::new();
    while answered.last().is_none_or(|id| id != "s499") {
        let id = mina.expect("an answer", |frame| match frame {
            ServerFrame::Found(found) => Some(found.id.clone()),
            _ => None,
        });
        answered.push(id.await);
    }
    let most = 2 + begun.elapsed().as_millis() / 200;
    assert!(answered.len() as u128 <= most, "{answered:?} in {:?}", begun.elapsed());
}

#[tokio::test]
async fn who_searches_keeps_nobody_waiting() {
    const SEARCHES: usize = 20;
    // Each search could take minutes, and four go on at once.
    let relay = TestRelay::with(|limits| {
        limits.search_ms = 60_000;
        limits.search_gap_ms = 0;
        limits.tail_bytes = 0;
    })
    .await;
    let mut mina = relay.join("Mina").await;
    for _ in 0..10 {
        mina.says_often("hay in a stack of hay", 2_000).await;
    }
    let mut jun = relay.join("Jun").await;
    let mut seekers = Vec::new();
    for name in ["Ana", "Bea", "Cem", "Dan"] {
        let mut seeker = relay.join(name).await;
        for number in 0..SEARCHES {
            seeker.send(&asks(&format!("s{number}"), "nn hh")).await;
        }
        seekers.push(seeker);
    }
    let begun = Instant::now();
    mina.says("still here").await;
    jun.hears("Mina", "still here").await;
    assert_eq!(jun.reads_back(100, None).await.events.len(), 60);
    let served = Instant::now();
    for seeker in &mut seekers {
        let last = |frame: &ServerFrame| matches!(frame, ServerFrame::Found(found) if found.id == "s19").then_some(());
        seeker.expect("the last answer", last).await;
    }
    let (took, longer) = (served - begun, served.elapsed());
    assert!(took < longer, "it took {took:?}, and the searches {longer:?} longer");
}
