//! Who may open a socket at all.

use snug_tests::TestRelay;
use tokio::net::TcpStream;
use tokio_tungstenite::{
    client_async,
    tungstenite::{Error, client::IntoClientRequest},
};

use crate::pages::get;

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
    for host in ["evil.example", "evil.example:7684", "127.0.0.1.evil.example"] {
        assert_eq!(knock(&relay, "/ws", &[PROTOCOL, ("host", host)]).await, 421, "{host}");
        let answer = get(relay.addr(), "/", &[("host", host)]).await;
        assert_eq!(answer.status, 421, "{host}");
        assert!(answer.body.starts_with("foreign_host"), "the refusal has a name: {}", answer.body);
    }
    for host in ["localhost:7684", "mina.local:7684", "192.168.1.20:7684", "[fe80::1]:7684"] {
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

#[tokio::test]
async fn every_answer_is_hardened() {
    let relay = TestRelay::open().await;
    for path in ["/", "/nowhere", "/ws", "/r/abcd1234"] {
        let answer = get(relay.addr(), path, &[]).await;
        let policy = answer.header("content-security-policy").unwrap_or_default();
        assert!(policy.contains("default-src 'none'") && policy.contains("script-src 'self'"), "{path}: {policy}");
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"), "{path}");
        assert_eq!(answer.header("cross-origin-resource-policy"), Some("same-origin"), "{path}");
        assert_eq!(answer.header("access-control-allow-origin"), None, "{path}");
    }
}
