//! Files: sent in parts that may break off, kept once, shown so that they can do nothing, and gone when they are
//! to be.

use std::{collections::BTreeSet, fs, path::Path};

use snug_relay::wire::{Body, ClientFrame, Delete, ErrorCode, Event, FileInfo, FileRefusal};
use snug_tests::{Sender, TestClient, TestRelay, ask, until, with_files};

/// A picture of one pixel.
pub(crate) const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDATx\xdac\xfc\xcf\xc0P\x0f\0\x04\x85\x01\x80\x84\xa9\x8c!\0\0\0\0IEND\xaeB`\x82";

/// Bytes of a kind of their own.
pub(crate) fn bytes(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    };
    std::iter::repeat_with(next).flatten().take(length).collect()
}

/// Says something with these uploads and expects it to be taken.
pub(crate) async fn says_with(client: &mut TestClient, id: &str, text: &str, uploads: &[&str]) -> u64 {
    client.changes(ClientFrame::NewMessage(with_files(id, text, uploads))).await.expect("it is taken")
}

pub(crate) fn files_of(event: &Event) -> &[FileInfo] {
    match &event.body {
        Body::Message(message) => &message.files,
        other => panic!("not a message: {other:?}"),
    }
}

/// The names in one of the data directory's folders.
pub(crate) fn names_in(data: &Path, folder: &str) -> BTreeSet<String> {
    let entries = fs::read_dir(data.join(folder)).into_iter().flatten();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

pub(crate) fn set<const N: usize>(names: [&str; N]) -> BTreeSet<String> {
    names.into_iter().map(str::to_owned).collect()
}

#[tokio::test]
async fn a_file_is_sent_in_parts_and_everybody_has_it() {
    let relay = TestRelay::start().await;
    let (mut mina, mut jun) = (relay.join("Mina").await, relay.join("Jun").await);
    let sender = Sender::of(&mina, relay.addr());
    let content = bytes(1, 300_000);
    let begun = sender.begins("my notes.bin", 300_000, "text/html").await.unwrap();
    assert_eq!((begun.offset, &begun.file), (0, &None));
    let upload = begun.upload;
    let mut offset = 0;
    for part in content.chunks(99_999) {
        let sent = sender.puts(&upload, offset, part).await.unwrap();
        offset += part.len() as u64;
        assert_eq!((sent.offset, sent.file.is_some()), (offset, offset == 300_000));
        assert_eq!(sender.asks_how_far(&upload).await.unwrap(), sent);
    }
    let (picture, thumb) = sender.sends("cat.png", "", PNG).await;
    assert_eq!((thumb.media.as_str(), thumb.width, thumb.height, thumb.thumb), ("image/png", Some(1), Some(1), None));
    assert_eq!(sender.asks("PUT", &format!("/uploads/{picture}/thumb"), PNG).await.status, 200);

    assert_eq!(says_with(&mut mina, "m", "", &[&upload, &picture]).await, 1);
    let heard = jun.next_event().await;
    let [notes, cat] = files_of(&heard) else { panic!("two files: {heard:?}") };
    assert_eq!(
        (notes.name.as_str(), notes.bytes, notes.media.as_str()),
        ("my notes.bin", 300_000, "application/octet-stream")
    );
    assert_eq!(cat.thumb.as_ref(), Some(&cat.hash), "the same picture, here");
    let reader = Sender::of(&jun, relay.addr());
    let read = reader.reads(&notes.hash, "my%20notes.bin", &[]).await;
    assert_eq!((read.status, read.body == content), (200, true));
    assert_eq!(read.header("content-length"), Some("300000"));
    assert_eq!(read.header("content-type"), Some("application/octet-stream"));
    assert_eq!(read.header("content-security-policy"), Some("sandbox; default-src 'none'"));
    assert_eq!(read.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(read.header("cross-origin-resource-policy"), Some("same-origin"));
    assert_eq!(read.header("cache-control"), Some("no-store"));
    let shown = reader.reads(&cat.hash, "cat.png", &[]).await;
    assert_eq!((shown.header("content-type"), shown.body.as_slice()), (Some("image/png"), PNG));
    assert_eq!(shown.header("content-disposition"), Some("inline; filename=\"cat.png\"; filename*=UTF-8''cat.png"));
    let saved = reader.reads(&cat.hash, "cat.png?download", &[]).await;
    assert!(saved.header("content-disposition").unwrap().starts_with("attachment; "));

    // Who comes later reads the same, and so does who comes after the host was away.
    let relay = relay.restart().await;
    let late = relay.join("Late").await;
    assert_eq!(files_of(&late.welcome.as_ref().unwrap().events[0]), files_of(&heard));
    assert_eq!(Sender::of(&late, relay.addr()).reads(&notes.hash, "x", &[]).await.body, content);
    assert_eq!(names_in(relay.data(), "uploads"), set([]), "nothing is left of the uploads");
}

#[tokio::test]
async fn a_part_of_a_file_can_be_asked_for() {
    let relay = TestRelay::start().await;
    let mut mina = relay.join("Mina").await;
    let sender = Sender::of(&mina, relay.addr());
    let content = bytes(2, 100_000);
    let (upload, file) = sender.sends("a.bin", "", &content).await;
    says_with(&mut mina, "m", "here", &[&upload]).await;
    let part = sender.reads(&file.hash, "a.bin", &[("range", "bytes=70000-89999")]).await;
    assert_eq!((part.status, part.body.as_slice()), (206, &content[70_000..90_000]));
    assert_eq!(part.header("content-range"), Some("bytes 70000-89999/100000"));
    assert_eq!(part.header("accept-ranges"), Some("bytes"));
    let end = sender.reads(&file.hash, "a.bin", &[("range", "bytes=-5")]).await;
    assert_eq!((end.status, end.body.as_slice()), (206, &content[99_995..]));
    let beyond = sender.reads(&file.hash, "a.bin", &[("range", "bytes=100000-")]).await;
    assert_eq!((beyond.status, beyond.header("content-range"), beyond.body.len()), (416, Some("bytes */100000"), 0));
    let known = part.header("etag").unwrap();
    let same = sender.reads(&file.hash, "a.bin", &[("range", "bytes=1-2"), ("if-range", known)]).await;
    let other = sender.reads(&file.hash, "a.bin", &[("range", "bytes=1-2"), ("if-range", "\"other\"")]).await;
    assert_eq!((same.status, other.status), (206, 200));
    let head = sender.reads_by("HEAD", &file.hash, "a.bin", &[]).await;
    assert_eq!((head.status, head.header("content-length"), head.body.len()), (200, Some("100000"), 0));
    let (empty, file) = sender.sends("empty", "", b"").await;
    says_with(&mut mina, "e", "", &[&empty]).await;
    assert_eq!(sender.reads(&file.hash, "empty", &[]).await.status, 200);
}

#[tokio::test]
async fn an_upload_goes_on_where_it_was_cut() {
    let relay = TestRelay::start().await;
    let mut mina = relay.join("Mina").await;
    let sender = Sender::of(&mina, relay.addr());
    let content = bytes(3, 1_000_000);
    let upload = sender.begins("a.bin", 1_000_000, "").await.unwrap().upload;
    let reached = async |least: u64| {
        until("what was sent to be there", async || {
            // To ask is to take over: so it is not asked too early.
            let part = fs::metadata(relay.data().join(format!("uploads/{upload}.part"))).ok()?;
            (part.len() >= least).then_some(())
        })
        .await
        .unwrap();
    };

    // One that is cut, then one that stands still on a line nobody knows is dead.
    drop(sender.puts_some(&upload, 0, 1_000_000, &content[..300_000]).await);
    reached(300_000).await;
    let there = sender.asks_how_far(&upload).await.unwrap().offset;
    assert_eq!(there, 300_000);
    let dead = sender.puts_some(&upload, there, 700_000, &content[300_000..500_000]).await;
    reached(500_000).await;
    let there = sender.asks_how_far(&upload).await.unwrap().offset;
    assert_eq!(there, 500_000);
    drop(dead);

    // Somewhere else than where it ends.
    let refused = sender.puts(&upload, 400_000, &content[400_000..]).await.unwrap_err();
    assert_eq!((refused.code, refused.offset), (ErrorCode::WrongOffset, Some(500_000)));
    // More than was said.
    let refused = sender.puts(&upload, 500_000, &bytes(4, 500_001)).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::BadUpload);
    let there = usize::try_from(sender.asks_how_far(&upload).await.unwrap().offset).unwrap();
    assert!((500_000..1_000_000).contains(&there), "{there}");
    assert!(fs::metadata(relay.data().join(format!("uploads/{upload}.part"))).unwrap().len() == there as u64);

    // Begun anew, since that was another file's end.
    assert_eq!(sender.asks("DELETE", &format!("/uploads/{upload}"), b"").await.status, 204);
    assert_eq!(sender.asks_how_far(&upload).await.unwrap_err().code, ErrorCode::NoSuchUpload);
    let upload = sender.begins("a.bin", 1_000_000, "").await.unwrap().upload;
    sender.puts(&upload, 0, &content[..400_000]).await.unwrap();

    // And over a restart of the relay.
    let relay = relay.restart().await;
    mina = relay.join("Mina").await;
    let sender = Sender::of(&mina, relay.addr());
    assert_eq!(sender.asks_how_far(&upload).await.unwrap().offset, 400_000);
    let sent = sender.puts(&upload, 400_000, &content[400_000..]).await.unwrap();
    // The answer was lost: the last part once more.
    assert_eq!(sender.puts(&upload, 1_000_000, b"").await.unwrap(), sent);
    let relay = relay.restart().await;
    mina = relay.join("Mina").await;
    let sender = Sender::of(&mina, relay.addr());
    assert_eq!(sender.asks_how_far(&upload).await.unwrap(), sent, "complete, and still there");
    says_with(&mut mina, "m", "", &[&upload]).await;
    assert_eq!(sender.reads(&sent.file.unwrap().hash, "a", &[]).await.body, content);
}

#[tokio::test]
async fn a_ticket_is_one_members_in_one_room_for_as_long_as_they_are_in() {
    let relay = TestRelay::with(|limits| limits.linger_ms = 0).await;
    let (mut mina, jun) = (relay.join("Mina").await, relay.join("Jun").await);
    let sender = Sender::of(&mina, relay.addr());
    let (upload, file) = sender.sends("a", "", b"for this room alone").await;
    says_with(&mut mina, "m", "", &[&upload]).await;

    // None, a wrong one, another member's with this one's name; of another room's; and this one's elsewhere.
    let code = sender.ticket.split_once('.').unwrap().1.to_owned();
    for ticket in ["", "x", "x.y", &format!("nobody.{code}"), relay.invite.secret.to_string().as_str()] {
        let forged = sender.with(ticket);
        assert_eq!(forged.is_refused(&file.hash).await, Some(ErrorCode::BadTicket), "{ticket:?}");
        assert_eq!(forged.begins("a", 1, "").await.unwrap_err().code, ErrorCode::BadTicket, "{ticket:?}");
    }
    let other = relay.handle().create_room("Other", false).await.unwrap();
    let mut guest = relay.connect().await;
    guest.join(&other, "Guest", "the-device-of-Mina", None).await;
    let elsewhere = Sender::of(&guest, relay.addr());
    assert_eq!(elsewhere.is_refused(&file.hash).await, Some(ErrorCode::NoSuchFile), "not a file of this room's");
    let here = sender.with(&elsewhere.ticket);
    assert_eq!(here.is_refused(&file.hash).await, Some(ErrorCode::BadTicket));

    // What changes something takes the ticket from a header alone.
    let path = format!("/files/{}?ticket={}", relay.invite.room, sender.ticket);
    let new = br#"{"name":"a","bytes":1,"media":""}"#;
    assert_eq!(ask(relay.addr(), "POST", &path, &[], new).await.status, 401);
    let bearer = format!("Bearer {}", sender.ticket);
    let foreign = [("authorization", bearer.as_str()), ("origin", "http://evil.example")];
    assert_eq!(ask(relay.addr(), "POST", &path, &foreign, new).await.status, 403);
    let asked = [("access-control-request-method", "PATCH"), ("origin", "http://evil.example")];
    assert_eq!(ask(relay.addr(), "OPTIONS", &path, &asked, b"").await.status, 403);

    // An upload is its member's alone.
    let (own, _) = sender.sends("b", "", b"Mina's").await;
    let others = Sender::of(&jun, relay.addr());
    assert_eq!(others.asks_how_far(&own).await.unwrap_err().code, ErrorCode::NoSuchUpload);
    assert_eq!(others.asks("DELETE", &format!("/uploads/{own}"), b"").await.status, 404);
    let mut jun = jun;
    let refused = jun.changes(ClientFrame::NewMessage(with_files("j", "look", &[&own]))).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::NoSuchUpload);

    // It is good for reading while she is in, and not after.
    assert_eq!(sender.is_refused(&file.hash).await, None);
    drop(mina);
    until("Mina to have left", async || {
        (sender.is_refused(&file.hash).await == Some(ErrorCode::BadTicket)).then_some(())
    })
    .await
    .unwrap();
    let mina = relay.join("Mina").await;
    assert_eq!(Sender::of(&mina, relay.addr()).ticket, sender.ticket, "addresses stay good when she is back");
    assert_eq!(sender.is_refused(&file.hash).await, None);
    let relay = relay.restart().await;
    let _mina = relay.join("Mina").await;
    assert_eq!(sender.is_refused(&file.hash).await, Some(ErrorCode::BadTicket), "it dies with the relay's run");
}

#[tokio::test]
async fn a_file_is_what_its_bytes_say_and_never_a_page() {
    let relay = TestRelay::start().await;
    let mut mina = relay.join("Mina").await;
    let sender = Sender::of(&mina, relay.addr());
    let script = "<script>alert(1)</script>";
    for (name, claimed, content) in [
        ("page.png", "image/png", format!("<!DOCTYPE html>{script}")),
        ("page.html", "text/html", format!("<html>{script}")),
        ("cat.svg", "image/svg+xml", format!("<svg xmlns='http://www.w3.org/2000/svg'>{script}</svg>")),
        (
            "cat.jpg",
            "image/jpeg",
            format!("<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'>{script}</svg>"),
        ),
        ("a.pdf", "application/pdf", "%PDF-1.7 /JS (app.alert(1))".into()),
        ("a.js", "text/javascript", "alert(1)".into()),
        ("a.mp4", "video/mp4", "\u{0}not a video".into()),
        ("a.xht", "application/xhtml+xml", format!("<html xmlns='http://www.w3.org/1999/xhtml'>{script}</html>")),
    ] {
        let (upload, file) = sender.sends(name, claimed, content.as_bytes()).await;
        assert_eq!((file.width, file.height), (None, None), "{name}");
        says_with(&mut mina, name, "", &[&upload]).await;
        for path in [name.to_owned(), "x.html".into(), "x.png?inline".into()] {
            let read = sender.reads(&file.hash, &path, &[]).await;
            assert_eq!(read.header("content-type"), Some("application/octet-stream"), "{name}");
            assert!(read.header("content-disposition").unwrap().starts_with("attachment; "), "{name}");
            assert_eq!(read.header("content-security-policy"), Some("sandbox; default-src 'none'"), "{name}");
        }
    }
    // A picture stays one, whatever it is called and sent as.
    let (upload, file) = sender.sends("page.html", "text/html", PNG).await;
    says_with(&mut mina, "picture", "", &[&upload]).await;
    assert_eq!(sender.reads(&file.hash, "page.html", &[]).await.header("content-type"), Some("image/png"));
}

#[tokio::test]
async fn no_name_leads_anywhere_or_hides_what_it_is() {
    let relay = TestRelay::start().await;
    let mut mina = relay.join("Mina").await;
    let sender = Sender::of(&mina, relay.addr());
    for (number, (name, clean)) in [
        ("../../../etc/passwd", "passwd"),
        ("C:\\Windows\\system32\\evil.exe", "evil.exe"),
        ("photo\u{202e}gpj.exe", "photogpj.exe"),
        ("a\r\nSet-Cookie: b=c", "a Set-Cookie: b=c"),
        ("a\"; filename=\"b.html", "a\"; filename=\"b.html"),
        ("<img src=x onerror=alert(1)>.png", "<img src=x onerror=alert(1)>.png"),
        ("\u{200b}\u{2060}", "file"),
        ("", "file"),
    ]
    .into_iter()
    .enumerate()
    {
        let (upload, file) = sender.sends(name, "", format!("file {number}").as_bytes()).await;
        assert_eq!(file.name, clean, "{name:?}");
        says_with(&mut mina, &format!("m{number}"), "", &[&upload]).await;
        let told = sender.reads(&file.hash, "a%22%0d%0aX:%20y%22.png", &[]).await;
        let told = told.header("content-disposition").unwrap();
        assert_eq!(told, "attachment; filename=\"a_ X_ y_.png\"; filename*=UTF-8''a%22%20X%3A%20y%22.png");
    }
    // Neither do hashes and ids.
    for path in ["/..%2f..%2fsnug.db/x", "/%2e%2e/x", "/uploads/..%2f..%2fsnug", "/uploads/..%2fx/thumb"] {
        let answer = sender.asks("GET", path, b"").await;
        assert!([303, 404, 405].contains(&answer.status), "{path}: {}", answer.status);
    }
}

#[tokio::test]
async fn there_is_a_limit_to_everything_and_each_has_its_name() {
    let relay = TestRelay::with(|limits| {
        limits.file_bytes = 1000;
        limits.room_file_bytes = 2500;
        limits.files = 2;
        limits.member_uploads = 3;
    })
    .await;
    let (mut mina, mut jun) = (relay.join("Mina").await, relay.join("Jun").await);
    let sender = Sender::of(&mina, relay.addr());
    let refused = |answer: Result<_, FileRefusal>| answer.map(|_: snug_relay::wire::Upload| ()).unwrap_err().code;
    assert_eq!(refused(sender.begins("a", 1001, "").await), ErrorCode::FileTooBig);
    let (first, one) = sender.sends("a", "", &bytes(1, 1000)).await;
    let (second, _) = sender.sends("b", "", &bytes(2, 1000)).await;
    let others = Sender::of(&jun, relay.addr());
    assert_eq!(refused(others.begins("c", 501, "").await), ErrorCode::RoomFilesFull, "for all together");
    let (third, _) = sender.sends("c", "", b"").await;
    assert_eq!(refused(sender.begins("d", 1, "").await), ErrorCode::TooManyUploads);

    let said = mina.changes(ClientFrame::NewMessage(with_files("m", "", &[&first, &second, &third]))).await;
    assert_eq!(said.unwrap_err().code, ErrorCode::TooManyFiles);
    let said = mina.changes(ClientFrame::NewMessage(with_files("m", " ", &[]))).await;
    assert_eq!(said.unwrap_err().code, ErrorCode::EmptyMessage);
    let said = mina.changes(ClientFrame::NewMessage(with_files("m", "", &["nosuchupload"]))).await;
    assert_eq!(said.unwrap_err().code, ErrorCode::NoSuchUpload);
    let unfinished = others.begins("d", 5, "").await.unwrap().upload;
    let said = jun.changes(ClientFrame::NewMessage(with_files("j", "", &[&unfinished]))).await;
    assert_eq!(said.unwrap_err().code, ErrorCode::NoSuchUpload);
    says_with(&mut mina, "m", "", &[&first, &second]).await;
    assert_eq!(refused(sender.begins("d", 501, "").await), ErrorCode::RoomFilesFull, "what is said counts, too");

    // What is deleted counts no more.
    mina.changes(ClientFrame::Delete(Delete { id: "d".into(), of: "m".into() })).await.unwrap();
    until("the file to be gone", async || {
        (sender.is_refused(&one.hash).await == Some(ErrorCode::NoSuchFile)).then_some(())
    })
    .await
    .unwrap();
    sender.sends("d", "", &bytes(4, 1000)).await;

    // No thumbnail but a small picture.
    let thumb = format!("/uploads/{third}/thumb");
    for wrong in [
        b"<svg/>".to_vec(),
        bytes(1, 65_537),
        Vec::new(),
        png(641, 1),
        [b"GIF89a\x01\0\x01\0".as_slice(), &[0; 9]].concat(),
    ] {
        let answer = sender.asks("PUT", &thumb, &wrong).await;
        assert_eq!((answer.status, answer.json::<FileRefusal>().code), (400, ErrorCode::BadThumb));
    }
    assert_eq!(sender.asks("PUT", &thumb, &png(640, 640)).await.status, 200);
    // And no request but of the form it should have.
    for (method, path, body) in
        [("POST", "", "{}"), ("POST", "", "x"), ("PATCH", "/uploads/x", ""), ("PATCH", "/uploads/x?offset=-1", "")]
    {
        let answer = sender.asks(method, path, body.as_bytes()).await;
        assert_eq!(
            (answer.status, answer.json::<FileRefusal>().code),
            (400, ErrorCode::BadUpload),
            "{method} {path} {body}"
        );
    }
    mina.says("and the chat goes on").await;
}

/// The beginning of a PNG of this size.
pub(crate) fn png(width: u32, height: u32) -> Vec<u8> {
    [&PNG[..16], &width.to_be_bytes(), &height.to_be_bytes(), &PNG[24..]].concat()
}
