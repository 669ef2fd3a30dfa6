//! Taking a room along as one file.

use std::io::{Cursor, Read};

use serde_json::Value;
use snug_relay::wire::{ClientFrame, Delete, Edit, ErrorCode, Event, FileRefusal, NewMessage, Order, React};
use snug_tests::{DEADLINE, Sender, TestClient, TestRelay};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};
use zip::ZipArchive;

use crate::files::says_with;

type Archive = ZipArchive<Cursor<Vec<u8>>>;

/// An answer, read to its end.
struct Answer {
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Answer {
    fn code(&self) -> ErrorCode {
        serde_json::from_slice::<FileRefusal>(&self.body).unwrap().code
    }
}

async fn ask(relay: &TestRelay, method: &str, path: &str) -> Answer {
    let mut stream = TcpStream::connect(relay.addr()).await.unwrap();
    let request = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\nHost: {}\r\n\r\n", relay.addr());
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    timeout(DEADLINE, stream.read_to_end(&mut answer)).await.expect("an answer comes").unwrap();
    let split = answer.windows(4).position(|window| window == b"\r\n\r\n").expect("headers end");
    let head = String::from_utf8_lossy(&answer[..split]).to_lowercase();
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap();
    Answer { status, head, body: answer[split + 4..].to_vec() }
}

async fn asks(relay: &TestRelay, client: &TestClient, method: &str, more: &str) -> Answer {
    let ticket = &client.welcome.as_ref().unwrap().you.ticket;
    ask(relay, method, &format!("/export/{}?ticket={ticket}{more}", relay.invite.room)).await
}

/// The archive that comes of it, read to its end.
async fn exports(relay: &TestRelay, client: &TestClient, more: &str) -> Archive {
    let answer = asks(relay, client, "GET", more).await;
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    assert!(answer.head.contains("content-type: application/zip"), "{}", answer.head);
    assert!(answer.head.contains("content-disposition: attachment; filename=\"den "), "{}", answer.head);
    ZipArchive::new(Cursor::new(unchunked(&answer.body).expect("it came to its end"))).unwrap()
}

/// A body that came in pieces, put together; `None` if the last one is missing.
fn unchunked(mut body: &[u8]) -> Option<Vec<u8>> {
    let mut whole = Vec::new();
    loop {
        let line = body.windows(2).position(|two| two == b"\r\n")?;
        let size = usize::from_str_radix(std::str::from_utf8(&body[..line]).ok()?, 16).ok()?;
        if size == 0 {
            return Some(whole);
        }
        whole.extend_from_slice(body.get(line + 2..line + 2 + size)?);
        body = body.get(line + 4 + size..)?;
    }
}

fn text(archive: &mut Archive, name: &str) -> String {
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

/// What the lines are of: the export itself, and the room's events.
fn lines(archive: &mut Archive) -> (Value, Vec<Event>) {
    let text = text(archive, "room.jsonl");
    let (first, rest) = text.split_once('\n').unwrap();
    (serde_json::from_str(first).unwrap(), rest.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

fn reply(id: &str, of: &str, text: &str) -> ClientFrame {
    ClientFrame::NewMessage(NewMessage { reply: Some(of.into()), ..NewMessage::new(id, text) })
}

#[tokio::test]
async fn every_event_is_in_it_once_and_in_order() {
    // Mostly from the database, read in many pages.
    let relay = TestRelay::with(|limits| {
        limits.tail_bytes = 10_000;
        limits.batch_bytes = 4_000;
    })
    .await;
    let mut mina = relay.join("Mina").await;
    for number in 1..=300 {
        mina.says_with_id(&format!("m{number}"), &format!("number {number}")).await.unwrap();
    }
    for change in [
        ClientFrame::Edit(Edit { id: "e".into(), of: "m2".into(), text: "reworded".into() }),
        ClientFrame::Delete(Delete { id: "d".into(), of: "m3".into() }),
        ClientFrame::React(React { id: "r".into(), of: "m4".into(), emoji: "👍".into(), on: true }),
        reply("a", "m2", "an answer"),
    ] {
        mina.changes(change).await.unwrap();
    }
    let mut host = relay.joins_as_host().await;
    host.changes(ClientFrame::Delete(Delete { id: "h".into(), of: "m5".into() })).await.unwrap();
    let mut archive = exports(&relay, &mina, "").await;
    let (about, events) = lines(&mut archive);
    assert_eq!((about["snug"].as_str(), about["head"].as_u64()), (Some("export"), Some(305)));
    assert_eq!(about["epoch"].as_str(), Some(mina.welcome.as_ref().unwrap().epoch.as_str()));
    assert_eq!(events.iter().map(|event| event.seq).collect::<Vec<_>>(), (1..=305).collect::<Vec<_>>());
    // As everybody else reads them.
    let jun = relay.join("Jun").await;
    for event in &jun.events {
        assert_eq!(&events[usize::try_from(event.seq).unwrap() - 1], event);
    }
    let page = text(&mut archive, "room.html");
    assert!(!page.contains("number 3<") && !page.contains("number 2<"), "what was deleted or replaced is not in it");
    for there in ["reworded", "(edited)", "Message deleted", "Deleted by Anonymous", "👍 1", "number 300", "an answer"]
    {
        assert!(page.contains(there), "{there}");
    }
    assert_eq!(page.matches("<article").count(), 301);
    assert!(text(&mut archive, "README.txt").contains("room.jsonl"));
}

#[tokio::test]
async fn nothing_that_was_said_does_anything_in_the_page() {
    let relay = TestRelay::start().await;
    let hostile: Value = serde_json::from_str(include_str!("../../fixtures/hostile.json")).unwrap();
    let mut mina = relay.join("Mina").await;
    mina.renames("<script>alert(1)</script>").await;
    let mut said = 0;
    let mut say = hostile_texts(&hostile);
    say.push("</div></article></main><script>alert(1)</script><img src=x onerror=alert(1)>".to_owned());
    for (number, text) in say.iter().enumerate() {
        // Of some there is nothing to be seen, or too much: these are refused.
        said += u32::from(mina.says_with_id(&format!("said-{number}"), text).await.is_ok());
    }
    assert!(said > 20, "there is a table of them");
    let mut archive = exports(&relay, &mina, "&lang=ko&tz=Asia/Seoul").await;
    let page = text(&mut archive, "room.html");
    assert!(page.contains("<html lang=\"ko\">") && page.contains("Asia/Seoul"));
    assert!(page.contains("default-src 'none'; style-src 'sha256-"));
    // Every tag there is, is one of the page's own.
    let known = [
        "!doctype", "html", "head", "meta", "title", "style", "body", "header", "h1", "p", "main", "section", "h2",
        "article", "b", "bdi", "a", "time", "div", "span", "ul", "li", "img", "footer",
    ];
    let (_, body) = page.split_once("</style>").unwrap();
    for tag in body.split('<').skip(1) {
        let inside = tag.split('>').next().unwrap();
        let name = inside.trim_start_matches('/').split([' ', '\n']).next().unwrap();
        assert!(known.contains(&name), "<{inside}>");
        for attribute in inside.split_whitespace().skip(1).filter_map(|part| part.split_once('=')) {
            let own = ["id", "class", "href", "rel", "datetime", "dir", "lang"];
            assert!(own.contains(&attribute.0), "<{inside}>");
        }
        if let Some((_, address)) = inside.split_once("href=\"") {
            assert!(address.starts_with("http://") || address.starts_with("https://") || address.starts_with("#m"));
        }
    }
}

fn hostile_texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(values) => values.iter().flat_map(hostile_texts).collect(),
        Value::Object(values) => values.values().flat_map(hostile_texts).collect(),
        _ => Vec::new(),
    }
}

#[tokio::test]
async fn only_who_is_in_the_room_may_take_it_along() {
    let relay = TestRelay::start().await;
    let mina = relay.join("Mina").await;
    let other = relay.handle().create_room("Other", false).await.unwrap();
    let ticket = &mina.welcome.as_ref().unwrap().you.ticket;
    for (path, code) in [
        (format!("/export/{}", relay.invite.room), ErrorCode::BadTicket),
        (format!("/export/{}?ticket=x", relay.invite.room), ErrorCode::BadTicket),
        (format!("/export/{}?ticket={ticket}", other.room), ErrorCode::BadTicket),
        (format!("/export/nowhere?ticket={ticket}"), ErrorCode::NoSuchRoom),
    ] {
        let answer = ask(&relay, "GET", &path).await;
        assert_eq!(answer.code(), code, "{path}");
    }
    assert_eq!(asks(&relay, &mina, "HEAD", "").await.status, 200);
    let mut empty = exports(&relay, &mina, "").await;
    assert!(text(&mut empty, "room.html").contains("Nothing was said here."));
}

#[tokio::test]
async fn one_at_a_time_and_whoever_takes_their_time_holds_up_nobody() {
    let relay = TestRelay::with(|limits| limits.exports = 1).await;
    let (mut mina, mut jun) = (relay.join("Mina").await, relay.join("Jun").await);
    says_much(&mut mina).await;
    let slow = begins(&relay, &mina).await;
    let busy = asks(&relay, &jun, "GET", "").await;
    assert_eq!((busy.status, busy.code()), (429, ErrorCode::TooManyExports));
    let before = jun.says("goes on").await;
    assert_eq!(before, 601);
    drop(slow);
    let (about, events) = lines(&mut exports(&relay, &jun, "").await);
    assert_eq!((about["head"].as_u64(), events.len()), (Some(601), 601));
}

#[tokio::test]
async fn a_file_of_which_a_part_is_lost_is_not_in_it() {
    let relay = TestRelay::start().await;
    let mut mina = relay.join("Mina").await;
    let sender = Sender::of(&mina, relay.addr());
    let (one, _) = sender.sends("one.txt", "", b"all of it").await;
    let (two, cut) = sender.sends("two.txt", "", b"all of that").await;
    says_with(&mut mina, "m", "", &[&one, &two]).await;
    std::fs::write(relay.data().join("files").join(&cut.hash), b"all").unwrap();
    let mut archive = exports(&relay, &mina, "").await;
    let has = |name: &str| archive.file_names().any(|path| path.unwrap().contains(name));
    assert!(has("one") && !has("two"));
    assert!(text(&mut archive, "room.html").contains("two.txt"), "the page says that there was one");
}

#[tokio::test]
async fn whoever_is_put_out_takes_no_more_of_it_along() {
    let relay = TestRelay::with(|limits| limits.linger_ms = 10).await;
    let (mut host, mut jun) = (relay.joins_as_host().await, relay.join("Jun").await);
    says_much(&mut host).await;
    let whole = asks(&relay, &host, "GET", "").await.body.len();
    let taking = begins(&relay, &jun).await;
    host.orders(Order::Remove { member: jun.welcome.as_ref().unwrap().you.member.clone() }).await;
    assert_eq!(jun.is_refused().await, ErrorCode::Removed);
    breaks_off(taking, whole).await;
    // Nor who is gone by then, and still takes it.
    let sol = relay.join("Sol").await;
    let member = sol.welcome.as_ref().unwrap().you.member.clone();
    let taking = begins(&relay, &sol).await;
    sol.leaves().await;
    host.sees_here(&["Anonymous"]).await;
    host.orders(Order::Ban { member, new_link: false }).await;
    breaks_off(taking, whole).await;
}

/// Reads what comes of so many bytes, which has no proper end.
async fn breaks_off(mut taking: TcpStream, whole: usize) {
    let mut came = Vec::new();
    let _cut = timeout(DEADLINE, taking.read_to_end(&mut came)).await.expect("it is over");
    assert!(came.starts_with(b"HTTP/1.1 200") && !came.ends_with(b"\r\n0\r\n\r\n"));
    assert!(came.len() < whole / 2, "of {whole} bytes {} came", came.len());
}

/// What no buffer on the way holds.
async fn says_much(client: &mut TestClient) {
    for round in 0..6_u64 {
        for seed in 0..100_u64 {
            let noise: String = (0..800)
                .map(|word| {
                    format!("{:016x}", ((round * 100 + seed) * 1000 + word).wrapping_mul(0x9e37_79b9_7f4a_7c15))
                })
                .collect();
            client.says_with_id(&format!("{round}-{seed}"), &noise).await.unwrap();
        }
    }
}

/// Begins to take the archive, and reads nothing of it.
async fn begins(relay: &TestRelay, client: &TestClient) -> TcpStream {
    let ticket = &client.welcome.as_ref().unwrap().you.ticket;
    let request =
        format!("GET /export/{}?ticket={ticket} HTTP/1.1\r\nHost: {}\r\n\r\n", relay.invite.room, relay.addr());
    let stream = TcpStream::connect(relay.addr()).await.unwrap();
    stream.writable().await.unwrap();
    stream.try_write(request.as_bytes()).unwrap();
    stream.readable().await.unwrap();
    stream
}
