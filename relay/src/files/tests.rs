//! What can happen to an upload at the same time.

use std::{sync::Barrier, thread};

use futures_util::stream;

use super::*;
use bytes::Bytes;

/// Mina's, of three bytes.
fn begun() -> Begun {
    Begun { room: "room".into(), member: "mina".into(), name: "a".into(), bytes: 3, media: String::new() }
}

/// Somewhere in the same house.
fn from(place: u8) -> Source {
    let ip = [192, 168, 1, place].into();
    Source::new(ip, ip)
}

async fn begin(files: &Files) -> String {
    files.count("room", async { Ok::<_, FileError>(0) }).await.expect("counted");
    files.begin(begun(), from(1), 3).expect("it may begin").0.upload
}

async fn put(files: &Files, id: &str) {
    let pace = Pace { bytes: 1, within: std::time::Duration::from_secs(20) };
    let body = stream::iter([Ok::<_, FileError>(Bytes::from_static(b"abc"))]);
    let asked = (|| {}, || async { Ok(0) });
    assert!(files.put(("room", "mina", id), 0, body, pace, asked).await.expect("it is taken").file.is_some());
}

fn open(directory: &Path) -> Files {
    let limits = Limits { spare_bytes: 0, ..Limits::DEFAULT };
    Files::open(directory, &limits).expect("it opens")
}

#[tokio::test]
async fn what_stands_of_an_upload_is_whole_however_many_write_it_down() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let files = open(directory.path());
    let id = begin(&files).await;
    put(&files, &id).await;
    let upload = files.upload("room", "mina", &id).expect("there");
    let both = Barrier::new(2);
    // To its end, whatever comes of it: the other one waits for it.
    let notes = || {
        let noted = (0..200).map(|_| {
            both.wait();
            files.note(&upload)
        });
        noted.filter_map(Result::err).count()
    };
    let failed =
        thread::scope(|scope| [scope.spawn(notes), scope.spawn(notes)].map(|noting| noting.join().expect("done")));
    assert_eq!(failed, [0, 0]);
    assert_eq!(open(directory.path()).upload("room", "mina", &id).expect("found").now(), upload.now());
}

#[tokio::test]
async fn an_upload_goes_into_one_message_and_into_another_only_if_that_was_not_said() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let files = open(directory.path());
    let id = begin(&files).await;
    put(&files, &id).await;
    let take =
        |message: &str| files.take(("room", "mina", message), std::slice::from_ref(&id)).map(|(_, taken)| taken).ok();
    let first = take("one").expect("it is there");
    assert!(take("two").is_none(), "it is about to go into the first");
    // Said again before its answer came.
    let again = take("one").expect("it is the same message");
    drop(first);
    assert!(take("two").is_none(), "it may still be said");
    drop(again);
    let other = take("two").expect("nothing came of the first");
    assert!(take("one").is_none());
    other.said();
    assert!(take("one").is_none() && take("two").is_none(), "it is gone");
}

#[tokio::test]
async fn nobody_takes_all_places_by_coming_as_many() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let limits = Limits { spare_bytes: 0, uploads: 5, uploads_per_address: 2, ..Limits::DEFAULT };
    let files = Files::open(directory.path(), &limits).expect("it opens");
    files.count("room", async { Ok::<_, FileError>(0) }).await.expect("counted");
    let begin = |member: &str, place| files.begin(Begun { member: member.into(), ..begun() }, from(place), 3);
    let promised = begin("one", 6).expect("it may begin").0.upload;
    for member in ["two", "three"] {
        // The first time in the place of what was only promised.
        let id = begin(member, 6).expect("it may begin").0.upload;
        let pace = Pace { bytes: 1, within: std::time::Duration::from_secs(20) };
        let body = stream::iter([Ok::<_, FileError>(Bytes::from_static(b"a"))]);
        files.put(("room", member, &id), 0, body, pace, (|| {}, || async { Ok(0) })).await.expect("a byte of it");
    }
    assert!(files.upload("room", "one", &promised).is_err());
    assert!(matches!(begin("four", 6), Err(FileError::TooMany)));
    begin("four", 7).expect("from elsewhere it may");
}
