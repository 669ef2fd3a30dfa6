//! The `snug-relay` program.

use std::process::Stdio;

use snug_relay::wire::{ClientFrame, Door, ErrorCode, Join, Order, ServerFrame};
use snug_tests::{DEADLINE, HeadlessRelay, Sender, TestClient, built, free_port};
use tempfile::TempDir;
use tokio::{process::Command, time::timeout};

use crate::files::says_with;

pub(crate) fn data() -> (TempDir, String) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().to_string_lossy().into_owned();
    (directory, path)
}

/// Joins by the parts of a printed link.
pub(crate) async fn follow(relay: &HeadlessRelay) -> TestClient {
    join(relay, Join::default()).await
}

/// The same on a device of one's own, to come back as the same member.
pub(crate) async fn follow_on(relay: &HeadlessRelay, device: &str) -> TestClient {
    join(relay, Join { device: Some(device.into()), ..Join::default() }).await
}

async fn join(relay: &HeadlessRelay, join: Join) -> TestClient {
    let (address, secret) = relay.link.split_once('#').expect("the link carries a secret");
    let room = address.rsplit('/').next().unwrap();
    let mut client = TestClient::connect(relay.authority().parse().unwrap()).await;
    let join = Join { room: Some(room.into()), secret: Some(secret.into()), ..join };
    client.send(&ClientFrame::Join(join)).await;
    client.welcomed().await;
    client
}

#[tokio::test]
async fn the_first_line_is_the_invite_link_and_it_lets_in() {
    let (_directory, data) = data();
    let relay = HeadlessRelay::start(&["--listen", "127.0.0.1:0", "--data", &data, "--room", "Den"]).await.unwrap();
    let mut client = follow(&relay).await;
    assert_eq!(client.welcome.as_ref().unwrap().room.name, "Den");
    client.says("hello").await;
    relay.stop("TERM").await.unwrap();
}

#[tokio::test]
async fn it_stops_cleanly_on_each_signal_and_keeps_room_link_and_history() {
    let (_directory, data) = data();
    let listen = format!("127.0.0.1:{}", free_port().unwrap());
    let arguments = ["--listen", &listen, "--data", &data, "--room", "Den"];
    let mut links = Vec::new();
    for (round, signal) in ["TERM", "INT"].into_iter().enumerate() {
        let relay = HeadlessRelay::start(&arguments).await.unwrap();
        let mut client = follow(&relay).await;
        assert_eq!(client.welcome.as_ref().unwrap().head, round as u64);
        client.says_with_id(&format!("round-{round}"), "again").await.unwrap();
        links.push(relay.link.clone());
        relay.stop(signal).await.unwrap();
    }
    assert_eq!(links[0], links[1]);
}

#[tokio::test]
async fn a_signal_right_after_the_first_line_stops_it_cleanly_too() {
    for _ in 0..10 {
        let (_directory, data) = data();
        let relay = HeadlessRelay::start(&["--listen", "127.0.0.1:0", "--data", &data]).await.unwrap();
        relay.stop("TERM").await.unwrap();
    }
}

#[tokio::test]
async fn a_room_is_found_by_its_name_however_untidily_it_is_given() {
    let (_directory, data) = data();
    let mut links = Vec::new();
    for name in ["My room", "  My \t room ", "My room"] {
        let relay = HeadlessRelay::start(&["--listen", "127.0.0.1:0", "--data", &data, "--room", name]).await.unwrap();
        links.push(relay.link.split_once("/r/").unwrap().1.to_owned());
        relay.stop("TERM").await.unwrap();
    }
    assert!(links.iter().all(|link| *link == links[0]), "{links:?}");
}

#[tokio::test]
async fn nobody_has_to_read_what_it_prints() {
    let (directory, data) = data();
    let log_path = directory.path().join("log");
    let (reader, links) = std::io::pipe().unwrap();
    drop(reader);
    let mut relay = Command::new(built("snug-relay").unwrap())
        .args(["--listen", "127.0.0.1:0", "--data", &data, "--room", "Den"])
        .stdout(links)
        .stderr(std::fs::File::create(&log_path).unwrap())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let link = HeadlessRelay::host_link(&log_path).await.unwrap();
    let (address, key) = link.split_once("#host=").unwrap();
    let addr = address.strip_prefix("http://").unwrap().split('/').next().unwrap();
    let mut host = TestClient::connect(addr.parse().unwrap()).await;
    host.asks(Join { host: Some(key.to_owned()), ..Join::default() }).await;
    assert_eq!(host.welcomed().await.room.name, "Den");
    relay.kill().await.unwrap();
}

#[tokio::test]
async fn a_room_that_was_renamed_is_found_by_the_name_it_was_made_by_and_by_its_own() {
    let (directory, data) = data();
    let log_path = directory.path().join("log");
    let starts = async |names: &[&str]| {
        let mut arguments = vec!["--listen", "127.0.0.1:0", "--data", &data];
        arguments.extend(names.iter().flat_map(|name| ["--room", *name]));
        HeadlessRelay::logging(&arguments, &[], std::fs::File::create(&log_path).unwrap().into()).await.unwrap()
    };
    let of = |relay: &HeadlessRelay| relay.link.split_once("/r/").unwrap().1.to_owned();
    let renames = async |relay: &HeadlessRelay, name: &str| {
        let link = HeadlessRelay::host_link(&log_path).await.unwrap();
        let mut host = TestClient::connect(relay.authority().parse().unwrap()).await;
        let key = link.split_once("#host=").unwrap().1.to_owned();
        host.asks(Join { host: Some(key), ..Join::default() }).await;
        host.welcomed().await;
        host.orders(Order::Rename { name: name.into() }).await;
        let renamed = |frame: &ServerFrame| matches!(frame, ServerFrame::Room(room) if room.name == name).then_some(());
        host.expect("another name", renamed).await;
    };
    let relay = starts(&["Den"]).await;
    let den = of(&relay);
    renames(&relay, "The Attic").await;
    relay.stop("TERM").await.unwrap();
    for names in [&["Den"][..], &["The Attic"], &["Den", "The Attic"]] {
        let relay = starts(names).await;
        assert_eq!(of(&relay), den, "{names:?}");
        // The only one: whoever doesn't name a room is led to it.
        assert_eq!(follow(&relay).await.welcome.as_ref().unwrap().room.name, "The Attic");
        relay.stop("TERM").await.unwrap();
    }
    // Another room that takes the name doesn't take its place.
    let relay = starts(&["Cellar"]).await;
    let cellar = of(&relay);
    assert_ne!(cellar, den);
    renames(&relay, "Den").await;
    relay.stop("TERM").await.unwrap();
    for (name, room) in [("Den", &den), ("Cellar", &cellar), ("The Attic", &den)] {
        let relay = starts(&[name]).await;
        assert_eq!(of(&relay), *room, "{name}");
        relay.stop("TERM").await.unwrap();
    }
}

#[cfg(unix)]
#[tokio::test]
async fn what_is_kept_is_for_this_user_only() {
    use std::os::unix::fs::PermissionsExt;
    let (directory, data) = data();
    std::fs::set_permissions(directory.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let relay = HeadlessRelay::start(&["--listen", "127.0.0.1:0", "--data", &data]).await.unwrap();
    follow(&relay).await.says("between us").await;
    for entry in std::fs::read_dir(directory.path()).unwrap().map(Result::unwrap) {
        let mode = entry.metadata().unwrap().permissions().mode();
        let empty = entry.metadata().unwrap().len() == 0;
        assert!(empty || mode & 0o077 == 0, "{:?} is {mode:o}", entry.file_name());
    }
    relay.stop("TERM").await.unwrap();
}

#[tokio::test]
async fn acknowledged_messages_survive_a_kill() {
    let (_directory, data) = data();
    let arguments = ["--listen", "127.0.0.1:0", "--data", &data, "--room", "Den"];
    for round in 0..5 {
        let relay = HeadlessRelay::start(&arguments).await.unwrap();
        let mut client = follow(&relay).await;
        assert_eq!(client.welcome.as_ref().unwrap().head, round * 20);
        for number in 0..20 {
            client.says_with_id(&format!("{round}-{number}"), "kept").await.unwrap();
        }
        relay.kill().await.unwrap();
    }
}

#[tokio::test]
async fn everything_can_be_set_by_environment() {
    let (_directory, data) = data();
    let environment = [
        ("SNUG_LISTEN", "127.0.0.1:0"),
        ("SNUG_DATA", &data),
        ("SNUG_ROOM", "From the environment"),
        ("SNUG_OPEN", "1"),
        ("SNUG_TEXT_BYTES", "10"),
        ("SNUG_NICKNAME_CHARS", "3"),
    ];
    let relay = HeadlessRelay::start_with(&[], &environment).await.unwrap();
    let mut client = TestClient::connect(relay.authority().parse().unwrap()).await;
    client.send(&ClientFrame::Join(Join::default())).await;
    let welcome = client.welcomed().await;
    assert_eq!(welcome.room.name, "From the environment");
    assert_eq!((welcome.limits.text_bytes, welcome.limits.nickname_chars), (10, 3));
    let refused = client.says_with_id("long", "12345678901").await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::TextTooLong);
}

#[tokio::test]
async fn every_limit_is_in_the_help_with_its_variable() {
    let help = Command::new(built("snug-relay").unwrap()).arg("--help").output().await.unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let source = include_str!("../../../relay/src/config.rs");
    let limits = source.split("pub struct Limits").nth(1).unwrap().split("\n}\n").next().unwrap();
    let fields: Vec<_> =
        limits.lines().filter_map(|line| line.trim().strip_prefix("pub ")?.split(':').next()).collect();
    assert!(fields.len() > 10, "{fields:?}");
    for field in fields {
        let (flag, variable) = (format!("--{}", field.replace('_', "-")), format!("SNUG_{}=", field.to_uppercase()));
        assert!(help.contains(&flag) && help.contains(&variable), "{flag} and {variable} are not in --help");
    }
}

pub(crate) async fn fails_saying(arguments: &[&str], words: &str) {
    let program =
        Command::new(built("snug-relay").unwrap()).args(arguments).stdin(Stdio::null()).kill_on_drop(true).output();
    let ended = timeout(DEADLINE, program).await.unwrap_or_else(|_| panic!("{arguments:?} serves instead of failing"));
    let program = ended.unwrap();
    let said = String::from_utf8_lossy(&program.stderr);
    assert!(!program.status.success() && said.contains(words), "{arguments:?} said {said:?}");
    assert!(program.stdout.is_empty(), "no link is printed");
}

#[tokio::test]
async fn what_stands_in_the_way_is_said_plainly() {
    let (_directory, data) = data();
    let taken = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let listen = taken.local_addr().unwrap().to_string();
    fails_saying(&["--listen", &listen, "--data", &data], "can't listen on").await;
    fails_saying(&["--listen", "127.0.0.1:0", "--data", "/proc/snug"], "can't write to /proc/snug").await;
    fails_saying(&["--listen", "nonsense", "--data", &data], "invalid value 'nonsense'").await;
    fails_saying(&["--listen", "127.0.0.1:0", "--data", &data, "--room", " "], "can't make a room").await;

    for (limit, value) in
        [("--ping-ms", "0"), ("--queue-bytes", "0"), ("--in-flight", "0"), ("--stall-ms", &u64::MAX.to_string())]
    {
        let arguments = ["--listen", "127.0.0.1:0", "--data", &data, limit, value];
        fails_saying(&arguments, &limit[2..].replace('-', "_")).await;
    }

    let relay = HeadlessRelay::start(&["--listen", "127.0.0.1:0", "--data", &data]).await.unwrap();
    fails_saying(&["--listen", "127.0.0.1:0", "--data", &data], "another Snug is using").await;
    relay.stop("TERM").await.unwrap();
    let left: Vec<_> = std::fs::read_dir(&data).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 3, "a stopped relay leaves one database, its index and its lock: {left:?}");

    std::fs::write(format!("{data}/snug.db"), "dear diary, ".repeat(1000)).unwrap();
    fails_saying(&["--listen", "127.0.0.1:0", "--data", &data], "is not a Snug database").await;
}

#[tokio::test]
async fn the_host_link_makes_one_the_host_and_is_not_among_the_links_to_pass_on() {
    let (directory, data) = data();
    let log_path = directory.path().join("log");
    let arguments = ["--listen", "127.0.0.1:0", "--data", &data, "--room", "Den"];
    let log = std::fs::File::create(&log_path).unwrap();
    let relay = HeadlessRelay::logging(&arguments, &[], log.into()).await.unwrap();
    assert!(!relay.link.contains("host="));
    let link = HeadlessRelay::host_link(&log_path).await.unwrap();
    let (address, key) = link.split_once("#host=").unwrap();
    assert_eq!(address, relay.link.split_once('#').unwrap().0);
    let host = |key: &str| Join { host: Some(key.to_owned()), ..Join::default() };
    let mut client = TestClient::connect(relay.authority().parse().unwrap()).await;
    client.asks(host(key)).await;
    assert!(client.welcomed().await.you.host);
    // What it decides about the door lasts: a room that was locked stays so, one that was open doesn't.
    client.orders(Order::Door { door: Door::Locked }).await;
    let locked =
        |frame: &ServerFrame| matches!(frame, ServerFrame::Room(room) if room.door == Door::Locked).then_some(());
    client.expect("a locked door", locked).await;
    relay.stop("TERM").await.unwrap();
    for (more, door) in [(None, Door::Locked), (Some("--open"), Door::Open), (None, Door::Closed)] {
        let arguments: Vec<_> = arguments.into_iter().chain(more).collect();
        let relay = HeadlessRelay::start(&arguments).await.unwrap();
        let mut client = TestClient::connect(relay.authority().parse().unwrap()).await;
        client.asks(host(key)).await;
        assert_eq!(client.welcomed().await.room.door, door, "{more:?}");
        relay.stop("TERM").await.unwrap();
    }
}

#[tokio::test]
async fn no_log_line_ever_holds_the_secret() {
    let (_directory, data) = data();
    let log_path = format!("{data}.log");
    let log = std::fs::File::create(&log_path).unwrap();
    let arguments = ["--listen", "127.0.0.1:0", "--data", &data];
    let relay = HeadlessRelay::logging(&arguments, &[("RUST_LOG", "trace,tungstenite::protocol=trace")], log.into())
        .await
        .unwrap();
    let addr = relay.authority().parse().unwrap();
    let mut secrets = vec![relay.link.split_once('#').unwrap().1.to_owned()];
    let mut mina = follow(&relay).await;
    mina.says("hello").await;
    let sender = Sender::of(&mina, addr);
    let (upload, file) = sender.sends("a", "", b"hello").await;
    says_with(&mut mina, "m", "", &[&upload]).await;
    assert_eq!(sender.reads(&file.hash, "a", &[]).await.status, 200);

    // All that opens a door comes by, is used and is refused once.
    let host_link = HeadlessRelay::host_link(std::path::Path::new(&log_path)).await.unwrap();
    let key = host_link.split_once("#host=").unwrap().1.to_owned();
    let mut host = TestClient::connect(addr).await;
    host.asks(Join { host: Some(key.clone()), ..Join::default() }).await;
    host.welcomed().await;
    host.orders(Order::AddLink { ends_in_ms: Some(60_000), guests: Some(1) }).await;
    let keys = host.sees_keys(|keys| !keys.links.is_empty()).await;
    secrets.push(keys.links[0].secret.clone());
    host.orders(Order::Renew).await;
    secrets.push(host.sees_keys(|now| now.secret != keys.secret).await.secret);
    let guessed = "Z3Vlc3NlZC1zZWNyZXQtMQ".to_owned();
    for (secret, n) in secrets.iter().chain([&secrets[1], &guessed]).zip(0..) {
        let device = format!("a-device-with-number-{n}");
        let mut guest = TestClient::connect(addr).await;
        guest.asks(Join { secret: Some(secret.clone()), device: Some(device.clone()), ..Join::default() }).await;
        guest
            .expect("an answer", |frame| matches!(frame, ServerFrame::Welcome(_) | ServerFrame::Error(_)).then_some(()))
            .await;
    }
    secrets.push(guessed);
    secrets.push(sender.ticket.split_once('.').unwrap().1.to_owned());
    secrets.push("a-device-with-number".to_owned());
    relay.stop("TERM").await.unwrap();
    let log = std::fs::read_to_string(&log_path).unwrap();
    std::fs::remove_file(&log_path).unwrap();
    assert!(!log.is_empty(), "there is something to look at");
    for secret in &secrets {
        assert!(!log.contains(secret.as_str()), "{secret} is in {log}");
    }
    // The host link is said once, and is no line of the log.
    let said: Vec<_> = log.lines().filter(|line| line.contains(&key)).collect();
    assert!(said.len() == 1 && said[0].starts_with("snug-relay: the host of "), "{said:?}");
}
