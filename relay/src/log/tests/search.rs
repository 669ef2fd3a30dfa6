//! Searching: what is found, with an index, behind one, and without one.

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use rusqlite::Connection;

use super::*;
use crate::search::Query;

async fn change(log: &Log, id: &str, body: Body) {
    put(log, "m", id, body).await.expect("the writer runs").settled().await.expect("it is mine");
}

fn edited(of: &str, text: &str) -> Body {
    Body::Edited { of: of.into(), text: Some(text.into()) }
}

async fn page(log: &Log, typed: &str, before: Seq, hits: usize, work_ms: u64) -> Found {
    let query = Query::parse(typed).expect("it asks for something");
    let search = Search { query, before, hits, work: Duration::from_millis(work_ms) };
    log.search(search, Arc::default()).await.expect("readable")
}

/// The places of everything that is found, page by page.
async fn finds(log: &Log, typed: &str) -> Vec<Seq> {
    let (mut found, mut before) = (Vec::new(), Seq::MAX);
    loop {
        let Found { hits, next } = page(log, typed, before, 3, 100).await;
        found.extend(hits.iter().map(|hit| hit.seq));
        match next {
            Some(next) => {
                assert!(next < before, "it goes on");
                before = next;
            }
            None => return found,
        }
    }
}

fn file(directory: &Path) -> std::path::PathBuf {
    directory.join("snug-search.db")
}

/// Waits until the index has everything.
async fn is_indexed(log: &Log) {
    let deadline = Instant::now() + std::time::Duration::from_secs(20);
    while !log.shared.progress.gets_to(log.shared.head()).await {
        assert!(Instant::now() < deadline, "the index doesn't catch up");
    }
}

/// What is found when the whole log is read.
async fn finds_without_index(log: &Log, typed: &str) -> Vec<Seq> {
    let reached = log.shared.head();
    log.shared.progress.pretend(0);
    let found = finds(log, typed).await;
    log.shared.progress.pretend(reached);
    found
}

/// The same with the index as it is, and with the whole log read instead.
async fn finds_either_way(log: &Log, typed: &str) -> Vec<Seq> {
    is_indexed(log).await;
    let found = finds(log, typed).await;
    assert_eq!(finds_without_index(log, typed).await, found, "{typed:?}");
    found
}

/// How often the index's WAL began anew: once for each megabyte that was written, or oftener.
fn rounds_of_the_wal(directory: &Path) -> u32 {
    let wal = fs::read(directory.join("snug-search.db-wal")).expect("it is being written");
    // The checkpoint sequence number: https://www.sqlite.org/fileformat2.html#walformat
    u32::from_be_bytes(wal[12..16].try_into().expect("four bytes"))
}

/// Room by room, a thousand busy ones would have the index write more than the log does.
#[tokio::test]
async fn what_is_new_in_many_rooms_goes_in_together() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let (database, _) = open(directory.path(), &Limits::DEFAULT).await;
    let mut logs = Vec::new();
    for number in 0..300 {
        logs.push(another(&database, &format!("Room {number}")).await);
    }
    // The middle one's events are more than goes in at once, so that steps end within it.
    for number in 1..=700 {
        append(&logs[150], &number.to_string(), "a middling one").await.expect("the writer runs");
    }
    for (number, log) in logs.iter().enumerate() {
        say(log, "last", &format!("the last of room {number}")).await;
    }
    for (number, log) in logs.iter().enumerate() {
        let last = log.shared.head();
        assert_eq!(finds_either_way(log, &format!("\"of room {number}\"")).await, [last]);
    }
    assert_eq!(finds_either_way(&logs[150], "middling").await.len(), 700);
    let rounds = rounds_of_the_wal(directory.path());
    assert!(rounds <= 4, "the index wrote {rounds} MB at least");
    database.close().await;
}

#[tokio::test]
async fn what_is_there_is_found_newest_first() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let (database, log) = open(directory.path(), &Limits::DEFAULT).await;
    for (number, text) in [
        "Hello World",
        "오늘 회의는 세 시",
        "明天开会议吗",
        "a CAFÉ in Zürich",
        "100% \"done\" OR not AND NEAR(x)",
        "world hello",
        "hello",
        "line one\nline two",
        "<b>&amp;</b>",
        "hello world 會議",
    ]
    .iter()
    .enumerate()
    {
        say(&log, &number.to_string(), text).await;
    }
    for (typed, places) in [
        ("hello world", &[10, 6, 1][..]),
        ("\"hello world\"", &[10, 1]),
        ("회의", &[2]),
        ("회", &[2]),
        ("회이", &[]),
        ("会议", &[3]),
        ("议", &[3]),
        ("會議", &[10]),
        ("cafe ZURICH", &[4]),
        ("100%", &[5]),
        ("%", &[5]),
        ("_", &[]),
        ("\"done\" or", &[5]),
        ("near(x", &[5]),
        ("one line", &[8]),
        ("\"one line two\"", &[8]),
        ("<b>&amp;", &[9]),
        ("hello*", &[]),
        ("text:hello", &[]),
        ("from:min hello", &[10, 7, 6, 1]),
        ("from:jun hello", &[]),
        ("l", &[10, 8, 7, 6, 1]),
        ("nothing of the kind", &[]),
    ] {
        assert_eq!(finds_either_way(&log, typed).await, places, "{typed:?}");
    }
    database.close().await;
}

#[tokio::test]
async fn messages_are_found_by_what_they_say_now() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let (database, log) = open(directory.path(), &Limits::DEFAULT).await;
    for id in ["a", "b", "c"] {
        say(&log, id, &format!("the first words of {id}")).await;
    }
    is_indexed(&log).await;
    change(&log, "e", edited("a", "reworded")).await;
    change(&log, "d", Body::Deleted { of: "b".into() }).await;
    // Right away, whether the index knows of it or not.
    assert_eq!(finds(&log, "first words").await, [3]);
    assert_eq!(finds(&log, "reworded").await, [1]);
    assert_eq!(finds_either_way(&log, "first words").await, [3]);
    assert_eq!(finds_either_way(&log, "reworded").await, [1]);
    change(&log, "e2", edited("a", "the first words again")).await;
    assert_eq!(finds(&log, "first words").await, [3, 1]);
    assert_eq!(finds_either_way(&log, "reworded").await, [] as [Seq; 0]);
    database.close().await;
}

#[tokio::test]
async fn another_rooms_messages_are_never_found() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let (database, log) = open(directory.path(), &Limits::DEFAULT).await;
    let other = another(&database, "Other").await;
    say(&log, "a", "ours").await;
    say(&other, "a", "theirs").await;
    say(&other, "b", "theirs again").await;
    for typed in ["theirs", "th", "from:mina"] {
        assert_eq!(finds_either_way(&log, typed).await, if typed.len() > 6 { vec![1] } else { vec![] }, "{typed}");
    }
    assert_eq!(finds_either_way(&other, "theirs").await, [2, 1]);
    database.close().await;
}

#[tokio::test]
async fn while_others_talk_everything_is_found_once() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let (database, log) = open(directory.path(), &Limits::DEFAULT).await;
    let talking = tokio::spawn({
        let log = log.clone();
        async move {
            let mut said = Vec::new();
            for number in 0..3_000 {
                said.push(append(&log, &format!("{number}"), "needle in hay").await.expect("the writer runs"));
            }
            for said in said {
                said.settled().await.expect("the disk works");
            }
        }
    });
    while !talking.is_finished() {
        let head = *log.head().borrow();
        let found = finds(&log, "needle").await;
        assert!(found.first().copied().unwrap_or_default() >= head, "what was there is found");
        assert!(found.windows(2).all(|pair| pair[0] == pair[1] + 1), "each once");
    }
    talking.await.expect("all was said");
    assert_eq!(finds(&log, "needle").await, (1..=3_000).rev().collect::<Vec<_>>());
    database.close().await;
}

#[tokio::test]
async fn a_search_ends_in_time_and_says_where_to_go_on() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let (database, log) = open(directory.path(), &Limits::DEFAULT).await;
    for number in 0..2_000 {
        append(&log, &format!("{number}"), "hay").await.expect("the writer runs");
    }
    assert_eq!(say(&log, "last", "hay").await, 2_001);
    let (mut before, mut pages) = (Seq::MAX, 0);
    while let Some(next) = page(&log, "needle", before, 10, 0).await.next {
        assert!(next < before);
        (before, pages) = (next, pages + 1);
        assert!(pages < 10_000, "it ends");
    }
    let search = Search {
        query: Query::parse("hay").expect("a word"),
        before: Seq::MAX,
        hits: 10_000,
        work: std::time::Duration::from_secs(60),
    };
    let found = log.search(search, Arc::new(true.into())).await.expect("readable");
    assert!(found.hits.is_empty(), "nobody waits for it any more");
    database.close().await;
}

#[tokio::test]
async fn an_index_that_is_lost_or_damaged_or_of_another_log_is_made_anew() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let words = ["one needle", "two needles", "hay"];
    let (database, log) = open(directory.path(), &Limits::DEFAULT).await;
    for (number, text) in words.iter().enumerate() {
        say(&log, &number.to_string(), text).await;
    }
    is_indexed(&log).await;
    database.close().await;
    drop((database, log));
    let good = fs::read(file(directory.path())).expect("it is there");

    type Spoil = fn(&Path, &[u8]);
    let spoils: [(&str, Spoil); 6] = [
        ("lost", |file, _| fs::remove_file(file).expect("there")),
        ("empty", |file, _| fs::write(file, "").expect("writable")),
        ("another file", |file, _| fs::write(file, "dear diary, ".repeat(4_000)).expect("writable")),
        ("zeros", |file, good| fs::write(file, vec![0; good.len()]).expect("writable")),
        ("half", |file, good| fs::write(file, &good[..good.len() / 2]).expect("writable")),
        ("of another log", |file, _| {
            let index = Connection::open(file).expect("a database");
            index.execute_batch("UPDATE room SET epoch = 'x'; DELETE FROM message").expect("writable");
        }),
    ];
    for (what, spoil) in spoils {
        fs::write(file(directory.path()), &good).expect("writable");
        spoil(&file(directory.path()), &good);
        let (database, log) = open(directory.path(), &Limits::DEFAULT).await;
        assert_eq!(database.set_aside(), None, "{what}: the log is none the worse for it");
        assert_eq!(finds(&log, "needle").await, [2, 1], "{what}: at once");
        assert_eq!(finds_either_way(&log, "needle").await, [2, 1], "{what}");
        database.close().await;
    }
}

#[tokio::test]
async fn an_index_that_breaks_under_way_changes_nothing_that_is_found() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let (database, log) = open(directory.path(), &Limits::DEFAULT).await;
    for number in 0..50 {
        say(&log, &number.to_string(), "needle").await;
    }
    is_indexed(&log).await;
    let all: Vec<Seq> = (1..=50).rev().collect();
    assert_eq!(finds(&log, "needle").await, all);
    let index = Connection::open(file(directory.path())).expect("a database");
    index.execute_batch("UPDATE message_data SET block = zeroblob(length(block)) WHERE id > 10").expect("writable");
    assert_eq!(finds(&log, "needle").await, all);
    assert!(!database.is_damaged(), "the log is none the worse for it");
    drop(index);
    assert_eq!(finds_either_way(&log, "needle").await, all);
    database.close().await;
}

/// Every three characters that the index knows.
fn trigrams(directory: &Path) -> Vec<String> {
    let index = Connection::open(file(directory)).expect("a database");
    index.execute_batch("CREATE VIRTUAL TABLE temp.terms USING fts5vocab('main', 'message', 'row')").expect("FTS5");
    let mut terms = index.prepare("SELECT term FROM temp.terms").expect("a table");
    let terms = terms.query_map([], |row| row.get(0)).expect("rows");
    terms.collect::<Result<_, _>>().expect("text")
}

#[tokio::test]
async fn what_was_deleted_is_not_even_in_the_index_in_parts() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let (database, log) = open(directory.path(), &Limits::DEFAULT).await;
    for number in 0..200 {
        say(&log, &format!("k{number}"), &format!("kept {number}")).await;
        say(&log, &format!("s{number}"), &format!("qzx {}", "unspeakable ".repeat(number))).await;
    }
    is_indexed(&log).await;
    assert!(trigrams(directory.path()).iter().any(|trigram| trigram == "qzx"));
    for number in 0..200 {
        change(&log, &format!("d{number}"), Body::Deleted { of: format!("s{number}") }).await;
    }
    is_indexed(&log).await;
    // Deleted right before it stops, it is erased as well.
    say(&log, "last", "jvw unspeakable").await;
    is_indexed(&log).await;
    change(&log, "dl", Body::Deleted { of: "last".into() }).await;
    let mut closing = Instant::now();
    database.close().await;
    // On a machine that is too busy for it in the time there is, it is done at the next start.
    while closing.elapsed() > Duration::from_secs(1) {
        let (database, log) = open(directory.path(), &Limits::DEFAULT).await;
        is_indexed(&log).await;
        closing = Instant::now();
        database.close().await;
    }
    let left = trigrams(directory.path());
    for gone in ["qzx", "unspeakable", "jvw"] {
        assert!(!left.iter().any(|trigram| gone.contains(trigram.as_str())), "{gone} of {left:?}");
    }
    assert!(left.iter().any(|trigram| trigram == "kep"));
    let bytes = fs::read(file(directory.path())).expect("readable");
    for gone in ["qzx", "unspeak", "jvw"] {
        assert!(!bytes.windows(gone.len()).any(|window| window == gone.as_bytes()), "{gone}");
    }
}

/// Somebody who reads from the index keeps its WAL from being emptied, and in the WAL is what was deleted.
#[tokio::test]
async fn that_something_was_deleted_is_remembered_until_no_trace_of_it_is_left() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let (database, log) = open(directory.path(), &Limits::DEFAULT).await;
    say(&log, "a", "unspeakable").await;
    is_indexed(&log).await;
    let reading = Connection::open(file(directory.path())).expect("a database");
    let count = |index: &Connection, table: &str| -> i64 {
        index.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).expect("a table")
    };
    reading.execute_batch("BEGIN").expect("nobody keeps it from reading");
    assert_eq!(count(&reading, "room"), 1);
    change(&log, "da", Body::Deleted { of: "a".into() }).await;
    is_indexed(&log).await;
    let looking = Connection::open(file(directory.path())).expect("the same");
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(count(&looking, "erasing"), 1);
    drop(reading);
    let deadline = Instant::now() + Duration::from_secs(20);
    while count(&looking, "erasing") > 0 {
        assert!(Instant::now() < deadline, "it is never done");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    database.close().await;
}
