//! Who may open a socket at all.

use std::{collections::BTreeSet, path::Path};

use snug_tests::TestRelay;
use tokio::net::TcpStream;
use tokio_tungstenite::{
    client_async,
    tungstenite::{Error, client::IntoClientRequest},
};

use crate::pages::{Answer, get, raw, request};

/// Tries to open a WebSocket with these headers: 101, or the status it was refused with.
async fn knock(relay: &TestRelay, path: &str, headers: &[(&'static str, &str)]) -> u16 {
    let mut request = format!("ws://{}{path}", relay.addr()).into_client_request().unwrap();
    for (name, value) in headers {
        request.headers_mut().insert(*name, value.parse().unwrap());
    }
    let stream = TcpStream::connect(relay.addr()).await.unwrap();
    match client_async(request, stream).await {
        Ok((_, response)) => response.status().as_u16(),
        Err(Error::Http(response)) => response.status().as_u16(),
        Err(error) => panic!("neither opened nor refused: {error}"),
    }
}

const PROTOCOL: (&str, &str) = ("sec-websocket-protocol", "snug.v1");

#[tokio::test]
async fn pages_from_elsewhere_are_refused() {
    let relay = TestRelay::open().await;
    let own = format!("http://{}", relay.addr());
    assert_eq!(knock(&relay, "/ws", &[PROTOCOL, ("origin", &own)]).await, 101);
    let other_port = format!("http://127.0.0.1:{}", relay.addr().port().wrapping_add(1));
    for origin in ["http://evil.example", "null", "http://127.0.0.1", &other_port, "http://127.0.0.2:7684", "file://"] {
        for path in ["/ws", "/"] {
            assert_eq!(knock(&relay, path, &[PROTOCOL, ("origin", origin)]).await, 403, "{origin} at {path}");
        }
        assert_eq!(get(relay.addr(), "/", &[("origin", origin)]).await.status, 403, "{origin}");
    }
}

#[tokio::test]
async fn foreign_host_names_are_refused() {
    let relay = TestRelay::open().await;
    // Anybody on the network can give out a name in .local, too.
    for host in
        ["evil.example", "evil.example:7684", "127.0.0.1.evil.example", "evil.local:7684", "snug-nosuch00.local"]
    {
        assert_eq!(knock(&relay, "/ws", &[PROTOCOL, ("host", host)]).await, 421, "{host}");
        let answer = get(relay.addr(), "/", &[("host", host)]).await;
        assert_eq!(answer.status, 421, "{host}");
        assert!(answer.body.starts_with("foreign_host"), "the refusal has a name: {}", answer.body);
    }
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap();
    let own = format!("{}.local:7684", name.trim().split('.').next().unwrap());
    // As the network is told of the room.
    let room = format!("snug-{}.local:7684", relay.invite.room);
    for host in ["localhost:7684", &own, &room, "192.168.1.20:7684", "[fe80::1]:7684"] {
        assert_eq!(get(relay.addr(), "/", &[("host", host)]).await.status, 200, "{host}");
    }
}

#[tokio::test]
async fn the_subprotocol_has_to_be_asked_for() {
    let relay = TestRelay::open().await;
    assert_eq!(knock(&relay, "/ws", &[]).await, 400);
    assert_eq!(knock(&relay, "/ws", &[("sec-websocket-protocol", "snug.v0")]).await, 400);
    assert_eq!(knock(&relay, "/", &[PROTOCOL]).await, 400);
    assert_eq!(knock(&relay, "/elsewhere", &[PROTOCOL]).await, 303);
}

#[tokio::test]
async fn no_compression_is_ever_agreed() {
    let relay = TestRelay::open().await;
    let mut request = format!("ws://{}/ws", relay.addr()).into_client_request().unwrap();
    request.headers_mut().insert("sec-websocket-protocol", "snug.v1".parse().unwrap());
    request.headers_mut().insert("sec-websocket-extensions", "permessage-deflate".parse().unwrap());
    let stream = TcpStream::connect(relay.addr()).await.unwrap();
    let (_, response) = client_async(request, stream).await.unwrap();
    assert!(response.headers().get("sec-websocket-extensions").is_none());
    assert_eq!(response.headers()["sec-websocket-protocol"], "snug.v1");
}

/// Every route as the relay's source has it, a path that leads there, and what a GET gets.
const ROUTES: [(&str, &str, u16); 8] = [
    ("/", "/", 200),
    ("/r/{room}", "/r/abcd1234", 200),
    ("/ws", "/ws", 426),
    ("/export/{room}", "/export/abcd1234", 404),
    ("/files/{room}", "/files/abcd1234", 405),
    ("/files/{room}/uploads/{upload}", "/files/abcd1234/uploads/u1", 404),
    ("/files/{room}/uploads/{upload}/thumb", "/files/abcd1234/uploads/u1/thumb", 405),
    ("/files/{room}/{hash}/{name}", "/files/abcd1234/0123/plan.pdf", 404),
];

/// Paths with no route of their own: the page's files, and what leads to the page.
const OTHERS: [(&str, u16); 3] = [("/manifest.webmanifest", 200), ("/nowhere", 303), ("/r/abcd1234/further", 303)];

/// A path for every route, and those without.
pub(crate) fn paths() -> impl Iterator<Item = &'static str> {
    answers().map(|(path, _)| path)
}

fn answers() -> impl Iterator<Item = (&'static str, u16)> {
    ROUTES.into_iter().map(|(_, path, status)| (path, status)).chain(OTHERS)
}

/// The tables above are of use only while they are whole.
#[test]
fn no_route_is_missing_from_the_table() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../relay/src");
    let files = std::fs::read_dir(folder.join("web")).unwrap().map(|entry| entry.unwrap().path());
    let mut found = BTreeSet::new();
    for file in files.filter(|path| path.is_file()).chain([folder.join("web.rs")]) {
        let source = std::fs::read_to_string(&file).unwrap();
        for other in [".nest(", ".nest_service(", ".route_service(", ".fallback_service("] {
            assert!(!source.contains(other), "{}: this test knows no {other}", file.display());
        }
        let routes = source.split(".route(").skip(1).map(|rest| rest.split('"').nth(1).unwrap().to_owned());
        found.extend(routes);
    }
    assert_eq!(found, ROUTES.iter().map(|(route, ..)| (*route).to_owned()).collect());
}

/// Whatever it is, and whatever it answers: it runs nothing, is framed nowhere, tells nobody where it was.
fn is_hardened(answer: &Answer, what: &str) {
    let policy = answer.header("content-security-policy").unwrap_or_default();
    for part in
        ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"]
    {
        assert!(policy.split(';').any(|found| found.trim() == part), "{what}: no {part} in {policy:?}");
    }
    // Neither inline nor eval, nor anybody else's.
    assert!(!policy.contains("unsafe") && !policy.contains('*') && !policy.contains("http"), "{what}: {policy}");
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{what}");
    assert_eq!(answer.header("referrer-policy"), Some("no-referrer"), "{what}");
    assert_eq!(answer.header("cross-origin-resource-policy"), Some("same-origin"), "{what}");
    assert_eq!(answer.header("x-frame-options"), Some("DENY"), "{what}");
    for cors in ["access-control-allow-origin", "access-control-allow-credentials", "access-control-allow-methods"] {
        assert_eq!(answer.header(cors), None, "{what}");
    }
}

const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"];

#[tokio::test]
async fn every_route_keeps_out_who_has_no_business_there() {
    let relay = TestRelay::open().await;
    let mut mina = relay.join("Mina").await;
    let port = relay.addr().port();
    let other_port = format!("http://127.0.0.1:{}", port.wrapping_add(1));
    let other_address = format!("http://127.0.0.2:{port}");
    let rebound = format!("rebound.example:{port}");
    let cases = [
        ("origin", "http://evil.example", 403),
        ("origin", "null", 403),
        ("origin", "file://", 403),
        ("origin", "", 403),
        ("origin", &other_port, 403),
        ("origin", &other_address, 403),
        ("host", "evil.example", 421),
        ("host", "127.0.0.1.evil.example", 421),
        ("host", &rebound, 421),
        ("host", "", 400),
        ("host", "[::1", 400),
        ("host", "evil.example@127.0.0.1", 400),
        ("host", "127.0.0.1:port", 400),
    ];
    for path in paths() {
        for method in METHODS {
            for (name, value, status) in cases {
                let what = format!("{method} {path} with {name}: {value}");
                let answer = request(method, relay.addr(), path, &[(name, value)]).await;
                assert_eq!(answer.status, status, "{what}");
                is_hardened(&answer, &what);
            }
        }
    }
    mina.says("nothing happened").await;
    mina.sees_here(&["Mina"]).await;
}

#[tokio::test]
async fn every_answer_is_hardened_and_no_get_changes_anything() {
    let relay = TestRelay::open().await;
    let mut mina = relay.join("Mina").await;
    let own = format!("http://{}", relay.addr());
    for (path, status) in answers() {
        for method in METHODS {
            let what = format!("{method} {path}");
            let answer = request(method, relay.addr(), path, &[("origin", &own)]).await;
            is_hardened(&answer, &what);
            if method == "GET" {
                assert_eq!(answer.status, status, "{what}");
            }
        }
        let asked = format!("{path}?type=new_message&text=hello&nickname=Ghost");
        is_hardened(&request("GET", relay.addr(), &asked, &[]).await, &asked);
    }
    assert_eq!(mina.says("the first").await, 1, "nothing was said before");
    mina.sees_here(&["Mina"]).await;
}

#[tokio::test]
async fn what_is_no_request_gets_no_more_than_an_error() {
    let relay = TestRelay::open().await;
    let host = format!("Host: {}\r\n", relay.addr());
    let long = format!("GET / HTTP/1.1\r\n{host}X: {}\r\n\r\n", "x".repeat(1 << 20));
    let many = format!("GET / HTTP/1.1\r\n{host}{}\r\n", "X: x\r\n".repeat(1000));
    for (what, text, statuses) in [
        ("no Host", "GET / HTTP/1.1\r\nConnection: close\r\n\r\n".to_owned(), [400, 400]),
        ("two Hosts", format!("GET / HTTP/1.1\r\n{host}{host}Connection: close\r\n\r\n"), [400, 400]),
        (
            "two Origins",
            format!(
                "GET / HTTP/1.1\r\n{host}Origin: http://{0}\r\nOrigin: http://{0}\r\nConnection: close\r\n\r\n",
                relay.addr()
            ),
            [400, 400],
        ),
        (
            "another host in the target",
            format!("GET http://evil.example/ HTTP/1.1\r\n{host}Connection: close\r\n\r\n"),
            [400, 400],
        ),
        ("a tunnel", format!("CONNECT evil.example:80 HTTP/1.1\r\n{host}Connection: close\r\n\r\n"), [400, 405]),
        ("no HTTP", "\u{16}\u{3}\u{1}\u{2}\r\n\r\n".to_owned(), [400, 400]),
        ("a header without end", long, [431, 400]),
        ("too many headers", many, [431, 400]),
    ] {
        let answer = raw(relay.addr(), &text).await;
        assert!(statuses.contains(&answer.status), "{what}: {}", answer.status);
        assert!(answer.bytes < 200, "{what}");
    }
}
