//! The page and its files over HTTP.

use std::net::SocketAddr;

use snug_tests::{DEADLINE, TestRelay};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// An answer, read to its end.
pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    pub(crate) body: String,
    pub(crate) bytes: usize,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// One request on one connection, in plain bytes: `Host` and all can be anything.
pub(crate) async fn get(addr: SocketAddr, path: &str, headers: &[(&str, &str)]) -> Answer {
    request("GET", addr, path, headers).await
}

pub(crate) async fn request(method: &str, addr: SocketAddr, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut text = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\n");
    if !headers.iter().any(|(name, _)| *name == "host") {
        text.push_str(&format!("Host: {addr}\r\n"));
    }
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str("\r\n");
    raw(addr, &text).await
}

/// Whatever stands there, as a request; the answer.
pub(crate) async fn raw(addr: SocketAddr, text: &str) -> Answer {
    let mut stream = TcpStream::connect(addr).await.unwrap();
    stream.write_all(text.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    timeout(DEADLINE, stream.read_to_end(&mut answer)).await.expect("an answer comes").unwrap();
    let split = answer.windows(4).position(|window| window == b"\r\n\r\n").expect("headers end");
    let head = String::from_utf8_lossy(&answer[..split]).into_owned();
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|code| code.parse().ok()).unwrap();
    let headers = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        .collect();
    let body = &answer[split + 4..];
    Answer { status, headers, body: String::from_utf8_lossy(body).into_owned(), bytes: body.len() }
}

async fn script(relay: &TestRelay) -> String {
    let page = get(relay.addr(), "/", &[]).await;
    let found = page.body.split('"').find(|part| part.starts_with("/assets/") && part.ends_with(".js"));
    found.expect("the page has a script").to_owned()
}

#[tokio::test]
async fn files_named_by_their_content_are_cached_for_good_and_the_page_is_not() {
    let relay = TestRelay::start().await;
    let file = get(relay.addr(), &script(&relay).await, &[]).await;
    assert_eq!(file.header("cache-control"), Some("public, max-age=31536000, immutable"));
    for page in ["/", "/r/abcd1234"] {
        let page = get(relay.addr(), page, &[]).await;
        assert_eq!(page.header("cache-control"), Some("no-cache"));
        let known = page.header("etag").unwrap();
        let again = get(relay.addr(), "/", &[("if-none-match", known)]).await;
        assert_eq!((again.status, again.bytes), (304, 0));
    }
}

#[tokio::test]
async fn files_are_compressed_for_whoever_can_read_it() {
    let relay = TestRelay::start().await;
    let script = script(&relay).await;
    let plain = get(relay.addr(), &script, &[]).await;
    assert_eq!(plain.header("content-encoding"), None);
    for (offer, coding) in [("gzip, deflate", "gzip"), ("gzip, deflate, br", "br"), ("br;q=0, gzip", "gzip")] {
        let packed = get(relay.addr(), &script, &[("accept-encoding", offer)]).await;
        assert_eq!(packed.header("content-encoding"), Some(coding), "{offer}");
        assert_eq!(packed.header("vary"), Some("Accept-Encoding"));
        assert!(packed.bytes * 2 < plain.bytes, "{} of {}", packed.bytes, plain.bytes);
    }
}

#[tokio::test]
async fn no_path_leads_out_of_the_pages_own_files() {
    let relay = TestRelay::start().await;
    for path in ["/../Cargo.toml", "/assets/../../package.json", "/%2e%2e/package.json", "//etc/passwd", "/.gitignore"]
    {
        let answer = get(relay.addr(), path, &[]).await;
        assert!([303, 400].contains(&answer.status), "{path}: {}", answer.status);
    }
}

#[tokio::test]
async fn nothing_is_changed_by_any_method() {
    let relay = TestRelay::start().await;
    for method in ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"] {
        for path in ["/", "/ws", "/r/abcd1234", "/nowhere"] {
            let answer = request(method, relay.addr(), path, &[]).await;
            assert_eq!(answer.status, 405, "{method} {path}");
        }
    }
}
