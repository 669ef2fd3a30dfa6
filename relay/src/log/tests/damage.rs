//! A disk that gives back something else than was written, met while the database is open, and files
//! that are not ours.

use std::{fs, path::Path};

use rusqlite::Connection;

use super::*;

/// A log of three messages, and the database as another program would open it.
async fn three(directory: &Path) -> (Database, Log, Connection) {
    let (database, log) = open(directory, &Limits { tail_bytes: 0, ..Limits::DEFAULT }).await;
    for id in ["a", "b", "c"] {
        say(&log, id, "text").await;
    }
    let raw = Connection::open(directory.join("snug.db")).expect("a database");
    (database, log, raw)
}

async fn is_distrusted(database: &Database, log: &Log, directory: &Path) {
    let what = tokio::time::timeout(std::time::Duration::from_secs(20), database.damaged()).await;
    assert!(what.is_ok(), "nobody is told");
    assert!(matches!(append(log, "d", "more").await, Err(LogError::Distrusted)));
    let room = NewRoom { id: "x".into(), name: "New".into(), secret: Secret::random(), door: Door::Closed };
    assert!(matches!(database.create_room(room).await, Err(LogError::Distrusted)));
    assert!(directory.join("snug.db.distrusted").exists(), "a kill would make it forget");
}

#[tokio::test]
async fn a_hole_in_the_log_is_reported_not_skipped() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let (database, log, raw) = three(directory.path()).await;
    raw.execute("DELETE FROM event WHERE seq = 2", []).expect("writable");
    assert!(matches!(log.page_before(100, 10).await, Err(LogError::Gap { expected: 2 })));
    assert!(matches!(log.after(1).await, Err(LogError::Gap { expected: 2 })));
    is_distrusted(&database, &log, directory.path()).await;
    // What verifies is still there.
    assert_eq!(texts(&log.page_before(100, 1).await.expect("readable")), ["3 text"]);
    drop(raw);
    database.close().await;

    // Set aside at the next start, however sound it looks to whoever opens it then.
    let epoch = log.epoch().to_owned();
    let (database, log) = open(directory.path(), &Limits::DEFAULT).await;
    let set_aside = database.set_aside().expect("it was marked");
    assert_eq!((set_aside.rooms, set_aside.events, set_aside.lost), (1, 2, 1));
    assert!(set_aside.why.contains("event 2 is missing"), "{set_aside}");
    assert!(set_aside.file.exists());
    assert_ne!(log.epoch(), epoch);
    assert_eq!(texts(&log.page_before(100, 10).await.expect("readable")), ["1 text", "2 text"]);
    assert_eq!(say(&log, "c", "text").await, 2, "its id is still known");
    assert_eq!(say(&log, "b", "text").await, 3, "the one that was lost is taken again");
    database.close().await;
    drop((database, log));
    let (database, _) = open(directory.path(), &Limits::DEFAULT).await;
    assert_eq!(database.set_aside(), None, "once");
    database.close().await;
}

#[tokio::test]
async fn what_the_disk_gives_back_altered_is_reported_not_served() {
    for alter in ["json = replace(json, 'text', 'test')", "at = at + 1", "sum = sum + 1"] {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let (database, log, raw) = three(directory.path()).await;
        raw.execute(&format!("UPDATE event SET {alter} WHERE seq = 2"), []).expect("writable");
        assert!(matches!(log.time_of(2).await, Err(LogError::Altered { seq: 2 })));
        assert!(matches!(log.page_before(100, 10).await, Err(LogError::Altered { seq: 2 })));
        assert!(matches!(log.after(0).await, Err(LogError::Altered { seq: 2 })));
        assert_eq!(texts(&log.page_before(100, 1).await.expect("readable")), ["3 text"]);
        is_distrusted(&database, &log, directory.path()).await;
        drop(raw);
        database.close().await;
    }
}

#[tokio::test]
async fn a_resend_that_meets_damage_is_refused_not_answered() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let (database, log, raw) = three(directory.path()).await;
    raw.execute("UPDATE event SET json = replace(json, 'text', 'test') WHERE seq = 2", []).expect("writable");
    let receipt = append(&log, "b", "text").await.expect("the writer runs");
    assert!(matches!(receipt.settled().await, Err(LogError::Altered { seq: 2 })));
    is_distrusted(&database, &log, directory.path()).await;
    drop(raw);
    database.close().await;
}

/// What is done to a stored database while nobody has it open, and whether it is noticed at opening.
async fn opened_after(spoil: impl FnOnce(&Connection)) -> Option<SetAside> {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let (database, log, raw) = three(directory.path()).await;
    database.close().await;
    drop((database, log));
    spoil(&raw);
    drop(raw);
    let database = Database::open(directory.path(), &Limits::DEFAULT).expect("set aside or sound");
    let set_aside = database.set_aside().cloned();
    database.close().await;
    set_aside
}

/// The index of ids loses one: a message sent again would be there twice.
fn lose_an_id(raw: &Connection) {
    raw.execute_batch(
        "PRAGMA writable_schema = ON;
         UPDATE sqlite_schema SET sql = sql || ' WHERE seq <> 2' WHERE name = 'event_id';
         PRAGMA writable_schema = RESET; REINDEX event_id; PRAGMA writable_schema = ON;
         UPDATE sqlite_schema SET sql = replace(sql, ' WHERE seq <> 2', '') WHERE name = 'event_id';",
    )
    .expect("writable");
}

#[tokio::test]
async fn a_large_database_is_served_while_it_is_looked_at() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let (database, log, raw) = three(directory.path()).await;
    database.close().await;
    drop((database, log));
    lose_an_id(&raw);
    drop(raw);
    let (database, log) = open(directory.path(), &Limits { check_bytes: 0, ..Limits::DEFAULT }).await;
    assert_eq!(database.set_aside(), None, "nobody had to wait");
    is_distrusted(&database, &log, directory.path()).await;
    database.close().await;
    drop((database, log));
    let (database, log) = open(directory.path(), &Limits { check_bytes: 0, ..Limits::DEFAULT }).await;
    assert_eq!(database.set_aside().map(|aside| (aside.events, aside.lost)), Some((3, 0)));
    assert_eq!(say(&log, "b", "text").await, 2, "it is known again");
    assert!(!database.is_damaged());
    database.close().await;
}

#[tokio::test]
async fn an_opening_notices_what_no_read_would() {
    let set_aside = opened_after(lose_an_id).await.expect("noticed");
    assert!(set_aside.why.contains("index"), "{set_aside}");
    assert_eq!((set_aside.events, set_aside.lost), (3, 0));

    // A flipped secret would lock everyone out.
    let secret = |raw: &Connection| raw.execute_batch("UPDATE room SET secret = randomblob(16)").expect("writable");
    let set_aside = opened_after(secret).await.expect("noticed");
    assert_eq!((set_aside.rooms, set_aside.events), (0, 0), "{set_aside}");

    // A table without its constraint.
    let schema = |raw: &Connection| {
        raw.execute_batch(
            "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, 'UNIQUE INDEX', 'INDEX')",
        )
        .expect("writable");
    };
    let set_aside = opened_after(schema).await.expect("noticed");
    assert_eq!(set_aside.events, 3, "{set_aside}");

    // An event of no room.
    let orphan = |raw: &Connection| {
        raw.execute_batch(
            "PRAGMA foreign_keys = OFF; INSERT INTO event SELECT (9 << 44) + 1, at, 'x', json, sum FROM event LIMIT 1",
        )
        .expect("writable");
    };
    assert!(opened_after(orphan).await.is_some());
    assert_eq!(opened_after(|_| {}).await, None);
}

#[test]
fn what_is_not_ours_is_named_and_left_alone() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let file = directory.path().join("snug.db");
    let refused = || Database::open(directory.path(), &Limits::DEFAULT).map(drop).expect_err("it is not ours");
    let untouched = |before: &[u8]| {
        assert!(fs::read(&file).expect("readable") == before);
        let names = fs::read_dir(directory.path()).expect("readable").map(|entry| entry.expect("readable").file_name());
        assert!(names.into_iter().all(|name| !name.to_string_lossy().contains("damaged")));
    };

    for words in ["dear diary, ".repeat(1000), "dear diary".into(), "x".into()] {
        fs::write(&file, &words).expect("writable");
        assert!(matches!(refused(), OpenError::Foreign { .. }));
        untouched(words.as_bytes());
    }

    fs::remove_file(&file).expect("there");
    let other = Connection::open(&file).expect("a database");
    other.execute_batch("CREATE TABLE recipe (id INTEGER PRIMARY KEY, text TEXT)").expect("writable");
    drop(other);
    let recipes = fs::read(&file).expect("readable");
    assert!(matches!(refused(), OpenError::Foreign { .. }));
    untouched(&recipes);

    fs::remove_file(&file).expect("there");
    let newer = schema::create(&file).expect("a new database");
    newer.execute_batch("CREATE TABLE reaction (id INTEGER PRIMARY KEY); PRAGMA user_version = 2").expect("writable");
    schema::sync(newer, &file).expect("writable");
    let before = fs::read(&file).expect("readable");
    assert!(matches!(refused(), OpenError::Newer { .. }));
    untouched(&before);
}

#[tokio::test]
async fn a_crash_between_the_renames_is_made_up_for() {
    // As it was left by a crash: first after the old file went, then after its WAL went too.
    for wal_is_left in [true, false] {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let at = |name: &str| directory.path().join(name);
        let (database, log) = open(directory.path(), &Limits::DEFAULT).await;
        say(&log, "kept", "kept").await;
        database.close().await;
        fs::rename(at("snug.db"), at("snug.db.next-T")).expect("writable");
        fs::write(at("snug.db.damaged-T"), "what it was").expect("writable");
        if wal_is_left {
            fs::write(at("snug.db-wal"), "what else it was").expect("writable");
        } else {
            fs::write(at("snug.db.damaged-T-wal"), "what else it was").expect("writable");
        }
        let (database, again) = open(directory.path(), &Limits::DEFAULT).await;
        assert_eq!(again.epoch(), log.epoch());
        assert_eq!(texts(&again.page_before(9, 9).await.expect("readable")), ["1 kept"]);
        assert_eq!(fs::read_to_string(at("snug.db.damaged-T-wal")).expect("readable"), "what else it was");
        database.close().await;
    }
}

#[tokio::test]
async fn what_was_set_aside_is_never_overwritten() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    for _ in 0..3 {
        let (database, _) = open(directory.path(), &Limits::DEFAULT).await;
        database.close().await;
        fs::write(directory.path().join("snug.db"), "").expect("writable");
    }
    let (database, _) = open(directory.path(), &Limits::DEFAULT).await;
    database.close().await;
    let names = fs::read_dir(directory.path()).expect("readable").map(|entry| entry.expect("readable").file_name());
    let aside = names.filter(|name| name.to_string_lossy().starts_with("snug.db.damaged-")).count();
    assert_eq!(aside, 3);
}

/// What it takes is found by nobody, or only by whoever knows where it went.
#[cfg(unix)]
#[tokio::test]
async fn nothing_is_committed_to_a_database_that_was_removed_or_moved() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let data = directory.path().join("data");
    fs::create_dir(&data).expect("a directory");
    let (database, log) = open(&data, &Limits::DEFAULT).await;
    say(&log, "a", "one").await;
    let elsewhere = directory.path().join("moved");
    // Nobody here wants it; whoever is in the place of this may.
    let unwanted = ContentHash::parse(&"ab".repeat(32)).expect("a hash");
    let file = data.join("files").join(unwanted.as_str());
    fs::create_dir(data.join("files")).and_then(|()| fs::write(&file, b"a file")).expect("writable");
    let fails = async |what: &str| {
        let said = append(&log, "b", "two").await.expect("the writer runs").settled().await;
        assert!(matches!(said, Err(LogError::Misplaced)), "{what}: {said:?}");
        let room = NewRoom { id: "x".into(), name: "New".into(), secret: Secret::random(), door: Door::Closed };
        assert!(matches!(database.create_room(room).await, Err(LogError::Misplaced)), "{what}");
    };
    for name in ["snug.db", "snug.db-wal"] {
        fs::rename(data.join(name), &elsewhere).expect("there");
        fails(name).await;
        fs::copy(&elsewhere, data.join(name)).expect("there");
        log.release(vec![unwanted.clone()]).await.expect("the writer runs");
        fails("a copy").await;
        assert!(file.exists(), "{name}");
        fs::rename(&elsewhere, data.join(name)).expect("there");
    }
    fs::rename(&data, &elsewhere).expect("there");
    fails("all of it").await;
    fs::rename(&elsewhere, &data).expect("there");
    log.release(vec![unwanted]).await.expect("the writer runs");
    assert_eq!(say(&log, "b", "two").await, 2, "it is where it was, and goes on");
    assert!(!file.exists());
    database.close().await;
    let (database, log) = open(&data, &Limits::DEFAULT).await;
    assert_eq!(texts(&log.page_before(100, 10).await.expect("readable")), ["1 one", "2 two"]);
    database.close().await;
}
