//! Files while the relay is killed, the disk is full or spoilt, the file is large, or nobody reads.

use std::{
    fs,
    time::{Duration, Instant},
};

use snug_relay::wire::{ClientFrame, Delete, ErrorCode, FileRefusal};
use snug_tests::{DEADLINE, HeadlessRelay, Sender, TestRelay, disk, free_port, until};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::{
    files::{PNG, bytes, files_of, names_in, says_with},
    headless::{data, follow, follow_on},
};

#[tokio::test]
async fn an_upload_survives_a_kill_and_so_does_every_file_of_an_acknowledged_message() {
    let (directory, data) = data();
    let listen = format!("127.0.0.1:{}", free_port().unwrap());
    let arguments = ["--listen", &listen, "--data", &data, "--room", "Den"];
    let content = bytes(7, 3_000_000);
    let relay = HeadlessRelay::start(&arguments).await.unwrap();
    let addr = relay.authority().parse().unwrap();
    let mina = follow_on(&relay, "the-device-of-Mina").await;
    let sender = Sender::of(&mina, addr);
    let upload = sender.begins("a.bin", 3_000_000, "").await.unwrap().upload;
    sender.puts(&upload, 0, &content[..1_000_000]).await.unwrap();
    let on_its_way = sender.puts_some(&upload, 1_000_000, 2_000_000, &content[1_000_000..1_700_000]).await;
    let part = directory.path().join(format!("uploads/{upload}.part"));
    until("more of it", async || (fs::metadata(&part).ok()?.len() > 1_000_000).then_some(())).await.unwrap();
    relay.kill().await.unwrap();
    drop(on_its_way);

    let relay = HeadlessRelay::start(&arguments).await.unwrap();
    let mut mina = follow_on(&relay, "the-device-of-Mina").await;
    let sender = Sender::of(&mina, addr);
    let there = sender.asks_how_far(&upload).await.unwrap().offset;
    assert!((1_000_001..=1_700_000).contains(&there), "{there}");
    let rest = &content[usize::try_from(there).unwrap()..];
    let file = sender.puts(&upload, there, rest).await.unwrap().file.unwrap();
    says_with(&mut mina, "m", "", &[&upload]).await;
    relay.kill().await.unwrap();

    let relay = HeadlessRelay::start(&arguments).await.unwrap();
    let mina = follow_on(&relay, "the-device-of-Mina").await;
    assert_eq!(files_of(&mina.welcome.as_ref().unwrap().events[0])[0], file);
    assert!(Sender::of(&mina, addr).reads(&file.hash, "a.bin", &[]).await.body == content, "byte for byte");
    relay.stop("TERM").await.unwrap();
}

/// As large a file as a phone's film goes through without being held in memory, in both directions.
#[tokio::test]
async fn a_large_file_takes_no_memory() {
    const PART: usize = 1024 * 1024;
    const PARTS: usize = 300;
    let (_directory, data) = data();
    let arguments =
        ["--listen", "127.0.0.1:0", "--data", &data, "--open", "--file-bytes", "400000000", "--spare-bytes", "0"];
    let relay = HeadlessRelay::start(&arguments).await.unwrap();
    let mut mina = follow(&relay).await;
    let addr = relay.authority().parse().unwrap();
    let sender = Sender::of(&mina, addr);
    let part = bytes(9, PART);
    // What it takes to do it once belongs to the program.
    sender.sends("warm", "", &part).await;
    let before = relay.memory().unwrap();
    let total = PART * PARTS;
    let upload = sender.begins("film.mp4", total as u64, "video/mp4").await.unwrap().upload;
    let mut stream = sender.puts_some(&upload, 0, total, &part).await;
    let mut most = 0;
    for _ in 1..PARTS {
        stream.write_all(&part).await.unwrap();
        most = most.max(relay.memory().unwrap());
    }
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let file = sender.asks_how_far(&upload).await.unwrap().file.expect("all of it is there");
    says_with(&mut mina, "m", "", &[&upload]).await;

    let path = sender.path(&file.hash, "film");
    let mut stream = tokio::net::TcpStream::connect(addr).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: {addr}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let (mut read, mut buffer) = (0, vec![0; PART]);
    loop {
        let more = stream.read(&mut buffer).await.unwrap();
        if more == 0 {
            break;
        }
        read += more;
        if read % (16 * PART) < more {
            most = most.max(relay.memory().unwrap());
        }
    }
    assert!(read > total);
    let grown = most.saturating_sub(before);
    println!("300 MB in and out; the relay grew by {} KB", grown / 1024);
    assert!(grown < 20 * 1024 * 1024, "{grown}");
    relay.stop("TERM").await.unwrap();
}

#[tokio::test]
async fn a_full_disk_takes_no_files_and_still_messages() {
    let test = "files_in_trouble::a_full_disk_takes_no_files_and_still_messages";
    let Some(disk) = disk::own(test, 32 * 1024) else { return };
    let relay = TestRelay::with(|limits| limits.spare_bytes = 4 * 1024 * 1024).await;
    let mut mina = relay.join("Mina").await;
    let sender = Sender::of(&mina, relay.addr());
    mina.says("before").await;
    let content = bytes(5, 20_000_000);
    let refused = sender.begins("a", 40_000_000, "").await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::DiskFull, "it can be seen beforehand");
    for _ in 0..3 {
        sender.begins("promised, and in nobody's way", 20_000_000, "").await.unwrap();
    }
    let upload = sender.begins("a", 20_000_000, "").await.unwrap().upload;
    // Others fill it meanwhile, but for what files leave free and some more.
    disk.fill(14_000);
    let refused = sender.puts(&upload, 0, &content).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::DiskFull);
    disk.fill(2_000);
    let thumb = format!("/uploads/{upload}/thumb");
    let refused = sender.asks("PUT", &thumb, PNG).await;
    assert_eq!(refused.json::<FileRefusal>().code, ErrorCode::DiskFull, "however little it is");
    for _ in 0..20 {
        mina.says("the chat goes on").await;
    }
    // To the last byte, and past what anybody leaves free: what is there stays what it is.
    disk.fill(0);
    let there = sender.asks_how_far(&upload).await.unwrap().offset;
    let refused = sender.puts(&upload, there, &content[usize::try_from(there).unwrap()..]).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::DiskFull);
    assert_eq!(sender.begins("b", 1, "").await.unwrap_err().code, ErrorCode::DiskFull);
    disk.clear();
    assert_eq!(sender.asks("PUT", &thumb, PNG).await.status, 200);
    let there = sender.asks_how_far(&upload).await.unwrap().offset;
    let sent = sender.puts(&upload, there, &content[usize::try_from(there).unwrap()..]).await.unwrap();
    says_with(&mut mina, "m", "", &[&upload]).await;
    assert!(sender.reads(&sent.file.unwrap().hash, "a", &[]).await.body == content, "byte for byte");
}

#[tokio::test]
async fn a_file_of_which_a_part_is_lost_is_gone_until_it_is_sent_again() {
    let relay = TestRelay::start().await;
    let mut mina = relay.join("Mina").await;
    let sender = Sender::of(&mina, relay.addr());
    let (upload, file) = sender.sends("plan", "", b"the whole plan").await;
    says_with(&mut mina, "m", "", &[&upload]).await;
    fs::write(relay.data().join("files").join(&file.hash), b"the whole").unwrap();
    let lost = sender.reads(&file.hash, "plan", &[]).await;
    assert_eq!((lost.status, lost.json::<FileRefusal>().code), (410, ErrorCode::FileGone));
    let (upload, _) = sender.sends("plan", "", b"the whole plan").await;
    assert!(sender.reads(&file.hash, "plan", &[]).await.body == b"the whole plan");
    says_with(&mut mina, "n", "", &[&upload]).await;
}

#[tokio::test]
async fn a_database_that_is_set_aside_costs_no_file() {
    let relay = TestRelay::with(|limits| limits.upload_ms = 200).await;
    let mut mina = relay.join("Mina").await;
    let sender = Sender::of(&mina, relay.addr());
    let mut hashes = Vec::new();
    for name in ["one", "two", "three"] {
        let (upload, file) = sender.sends(name, "", name.as_bytes()).await;
        says_with(&mut mina, name, &format!("look at number {name}."), &[&upload]).await;
        hashes.push(file.hash);
    }
    let paused = relay.pause().await;
    let path = paused.data().join("snug.db");
    let mut database = fs::read(&path).unwrap();
    let said = b"look at number two.";
    let places: Vec<_> = (0..database.len() - said.len()).filter(|at| database[*at..].starts_with(said)).collect();
    places.iter().for_each(|at| database[*at] ^= 1);
    fs::write(&path, &database).unwrap();

    let relay = paused.resume().await;
    let aside = relay.handle().set_aside().expect("it was damaged").file.clone();
    let mut mina = relay.join("Mina").await;
    assert_eq!(mina.welcome.as_ref().unwrap().events.len(), 2);
    let sender = Sender::of(&mina, relay.addr());
    assert_eq!(sender.reads(&hashes[0], "one", &[]).await.body, b"one");
    assert_eq!(sender.reads(&hashes[2], "three", &[]).await.body, b"three");
    assert_eq!(sender.is_refused(&hashes[1]).await, Some(ErrorCode::NoSuchFile));
    // It is looked through in vain, as often as it may: what no message here has, the other database has.
    let (gone, _) = sender.sends("gone", "", b"nobody goes on with this").await;
    until("it to be tidied up", async || sender.asks_how_far(&gone).await.err()).await.unwrap();
    assert!(names_in(relay.data(), "files").contains(&hashes[1]));
    // What is deleted here goes all the same.
    mina.changes(ClientFrame::Delete(Delete { id: "d".into(), of: "one".into() })).await.unwrap();
    until("it to be gone", async || (!names_in(relay.data(), "files").contains(&hashes[0])).then_some(()))
        .await
        .unwrap();

    // Once nobody has that database any more, nobody has its files.
    let relay = {
        let paused = relay.pause().await;
        let aside = aside.file_name().unwrap().to_str().unwrap();
        for name in names_in(paused.data(), "").iter().filter(|name| name.starts_with(aside)) {
            fs::remove_file(paused.data().join(name)).unwrap();
        }
        paused.resume().await
    };
    until("only what is said to be left", async || (names_in(relay.data(), "files").len() == 1).then_some(()))
        .await
        .unwrap();
    assert!(names_in(relay.data(), "files").contains(&hashes[2]));
}

#[tokio::test]
async fn a_list_of_files_that_says_something_else_than_the_messages_is_damage() {
    let relay = TestRelay::start().await;
    let mut mina = relay.join("Mina").await;
    let sender = Sender::of(&mina, relay.addr());
    let (upload, file) = sender.sends("a", "", b"kept").await;
    says_with(&mut mina, "m", "", &[&upload]).await;
    let paused = relay.pause().await;
    let database = rusqlite::Connection::open(paused.data().join("snug.db")).unwrap();
    database.execute("DELETE FROM file", []).unwrap();
    drop(database);
    let relay = paused.resume().await;
    assert!(relay.handle().set_aside().is_some());
    let mina = relay.join("Mina").await;
    assert_eq!(Sender::of(&mina, relay.addr()).reads(&file.hash, "a", &[]).await.body, b"kept");
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "somebody reads slowly")]
async fn whoever_reads_a_file_may_take_their_time_but_not_stand_still() {
    let relay = TestRelay::with(|limits| {
        limits.pages_ms = 200;
        limits.stall_ms = 400;
    })
    .await;
    let mut mina = relay.join("Mina").await;
    let sender = Sender::of(&mina, relay.addr());
    // More than the system's own buffers hold.
    let content = bytes(6, 30_000_000);
    let (upload, file) = sender.sends("a", "", &content).await;
    says_with(&mut mina, "m", "", &[&upload]).await;
    let request = async || {
        let path = sender.path(&file.hash, "a");
        let mut stream = tokio::net::TcpStream::connect(relay.addr()).await.unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", relay.addr());
        stream.write_all(request.as_bytes()).await.unwrap();
        stream
    };
    let (mut slow, mut still) = (request().await, request().await);
    let begun = Instant::now();
    let (mut read, mut buffer) = (0, vec![0; 1_000_000]);
    loop {
        let more = tokio::time::timeout(DEADLINE, slow.read(&mut buffer)).await.expect("it goes on").unwrap();
        if more == 0 {
            break;
        }
        read += more;
        if read < 20_000_000 {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
    assert!(read > content.len() && begun.elapsed() > Duration::from_millis(1500), "all of it, and slowly: {read}");
    // The other one was cut off meanwhile: what comes ends early.
    tokio::time::sleep(Duration::from_secs(1)).await;
    let mut rest = Vec::new();
    let _reset = tokio::time::timeout(DEADLINE, still.read_to_end(&mut rest)).await.expect("it ends");
    assert!(rest.len() < content.len(), "{} bytes", rest.len());
}
