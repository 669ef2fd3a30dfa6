//! Connections against a WebSocket server of this test's own, told to misbehave.

use std::sync::mpsc as std_mpsc;

use snug_relay::nearby::Search;
use tauri::ipc::{Channel, InvokeResponseBody};
use tokio::net::TcpListener;
use tokio_tungstenite::{
    accept_hdr_async,
    tungstenite::{
        Bytes,
        handshake::server::{ErrorResponse, Request, Response},
        http::{HeaderValue, header},
    },
};

use super::*;
use crate::api::Known;

const DEADLINE: Duration = Duration::from_secs(5);

/// A relay's socket, as the server side sees it, and what the page is told of it.
struct Pair {
    connections: Connections,
    id: u32,
    server: Socket,
    page: Page,
}

struct Page(std_mpsc::Receiver<serde_json::Value>);

impl Page {
    fn open() -> (Self, Uplink) {
        let (told, heard) = std_mpsc::channel();
        let channel = Channel::new(move |body| {
            let InvokeResponseBody::Json(json) = body else { panic!("events are JSON") };
            // The test may be over.
            let _ = told.send(serde_json::from_str(&json).expect("JSON"));
            Ok(())
        });
        (Self(heard), Uplink::new(channel, None))
    }

    async fn next(self) -> (Self, serde_json::Value) {
        tokio::task::spawn_blocking(move || {
            let event = self.0.recv_timeout(DEADLINE).expect("an event in time");
            (self, event)
        })
        .await
        .expect("no panic")
    }

    async fn expect(self, event: serde_json::Value) -> Self {
        let (page, next) = self.next().await;
        assert_eq!(next, event);
        page
    }
}

async fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("bound").to_string();
    (listener, address)
}

async fn pair() -> Pair {
    let (listener, address) = listen().await;
    let connections = Connections::default();
    let (page, uplink) = Page::open();
    let addresses = [address];
    let (id, server) = tokio::join!(connections.connect(&addresses, None, uplink), accept(&listener));
    Pair { id: id.expect("connected").connection, connections, server, page }
}

/// Takes one socket the way a relay does, after a look at what was asked.
async fn accept(listener: &TcpListener) -> Socket {
    let (tcp, _) = listener.accept().await.expect("a client");
    #[expect(clippy::result_large_err, reason = "the callback's type is tungstenite's")]
    let look = |request: &Request, mut response: Response| -> Result<Response, ErrorResponse> {
        assert_eq!(request.uri().path(), "/ws");
        assert!(request.headers().get(header::ORIGIN).is_none(), "no page's Origin");
        let protocol = HeaderValue::from_static("snug.v1");
        assert_eq!(request.headers().get(header::SEC_WEBSOCKET_PROTOCOL), Some(&protocol));
        response.headers_mut().insert(header::SEC_WEBSOCKET_PROTOCOL, protocol);
        Ok(response)
    };
    accept_hdr_async(tcp, look).await.expect("a handshake")
}

fn frame(text: &str) -> serde_json::Value {
    serde_json::json!({ "kind": "frame", "text": text })
}

fn closed(code: u16, reason: &str) -> serde_json::Value {
    serde_json::json!({ "kind": "closed", "code": code, "reason": reason })
}

/// The next message, with a deadline.
async fn receive(server: &mut Socket) -> Option<Message> {
    timeout(DEADLINE, server.next()).await.expect("a message in time").and_then(Result::ok)
}

#[tokio::test]
async fn frames_go_both_ways_in_order() {
    let Pair { connections, id, mut server, mut page } = pair().await;
    for n in 0..50 {
        server.feed(Message::text(format!("down {n}"))).await.expect("fed");
    }
    server.flush().await.expect("flushed");
    for n in 0..50 {
        page = page.expect(frame(&format!("down {n}"))).await;
    }
    // Queued without waiting for any of them, as a page that is in a hurry does.
    let sends: Vec<_> = (0..50).map(|n| connections.send(id, format!("up {n}")).expect("queued")).collect();
    for n in 0..50 {
        assert_eq!(receive(&mut server).await, Some(Message::text(format!("up {n}"))));
    }
    for sent in sends {
        sent.await.expect("written");
    }
}

#[tokio::test]
async fn pings_are_answered() {
    let Pair { connections: _open, mut server, .. } = pair().await;
    server.send(Message::Ping(Bytes::from_static(b"there?"))).await.expect("sent");
    assert_eq!(receive(&mut server).await, Some(Message::Pong(Bytes::from_static(b"there?"))));
}

#[tokio::test]
async fn the_relays_goodbye_is_told_with_code_and_reason() {
    let Pair { connections, id, mut server, page } = pair().await;
    server.send(Message::text("last")).await.expect("sent");
    let goodbye = CloseFrame { code: CloseCode::from(4001), reason: "stopping".into() };
    server.send(Message::Close(Some(goodbye))).await.expect("sent");
    page.expect(frame("last")).await.expect(closed(4001, "stopping")).await;
    assert!(matches!(connections.send(id, "too late".into()).map(|_| ()), Err(Error::NotConnected)));
}

#[tokio::test]
async fn disconnecting_sends_what_is_queued_first_and_says_goodbye() {
    let Pair { connections, id, mut server, page } = pair().await;
    let sent = connections.send(id, "one more thing".into()).expect("queued");
    connections.disconnect(id);
    assert_eq!(receive(&mut server).await, Some(Message::text("one more thing")));
    sent.await.expect("written");
    let Some(Message::Close(Some(goodbye))) = receive(&mut server).await else { panic!("no goodbye") };
    assert_eq!(goodbye.code, CloseCode::Normal);
    assert_eq!(receive(&mut server).await, None);
    page.expect(closed(1000, "")).await;
}

#[tokio::test]
async fn a_cut_connection_is_told_as_browsers_do() {
    let Pair { connections: _open, server, page, .. } = pair().await;
    drop(server);
    let (_, event) = page.next().await;
    assert_eq!(event["code"], 1006);
}

#[tokio::test]
async fn a_replaced_page_leaves_no_connection_behind() {
    let Pair { connections, id, mut server, .. } = pair().await;
    connections.close_all();
    assert!(matches!(receive(&mut server).await, Some(Message::Close(_))));
    assert!(matches!(connections.send(id, "hello?".into()).map(|_| ()), Err(Error::NotConnected)));
}

#[tokio::test]
async fn a_connection_made_for_a_page_that_is_gone_is_dropped() {
    let (listener, address) = listen().await;
    let connections = Connections::default();
    let (_page, uplink) = Page::open();
    let addresses = [address];
    let (refused, mut server) = tokio::join!(connections.connect(&addresses, None, uplink), async {
        // The page is replaced while the handshake is under way.
        connections.close_all();
        accept(&listener).await
    });
    assert!(matches!(refused, Err(Error::NotConnected)));
    assert_eq!(receive(&mut server).await, None);
}

#[tokio::test]
async fn a_frame_beyond_all_measure_ends_the_connection() {
    let Pair { connections: _open, mut server, page, .. } = pair().await;
    let flood = tokio::spawn(async move {
        let _ = server.send(Message::text("x".repeat(17 * 1024 * 1024))).await;
        while let Some(Ok(_)) = server.next().await {}
    });
    let (_, event) = page.next().await;
    assert_eq!((&event["kind"], &event["code"]), (&"closed".into(), &1009.into()));
    flood.abort();
}

#[tokio::test]
async fn what_does_not_answer_as_a_relay_does_is_named() {
    use tokio::io::AsyncWriteExt;
    let connections = Connections::default();

    let (listener, address) = listen().await;
    let web_server = tokio::spawn(async move {
        let (mut tcp, _) = listener.accept().await.expect("a client");
        tcp.write_all(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n").await.expect("written");
        tcp
    });
    let refused = connections.connect(&[address], None, Page::open().1).await.expect_err("no relay");
    assert!(matches!(&refused, Error::Refused { reason, .. } if reason.contains("404")), "{refused}");
    web_server.await.expect("no panic");

    let (listener, address) = listen().await;
    drop(listener);
    let unreachable = connections.connect(&[address], None, Page::open().1).await.expect_err("nobody");
    assert!(matches!(unreachable, Error::Unreachable { .. }), "{unreachable}");

    let bad = connections.connect(&["http://a/b".to_owned()], None, Page::open().1).await.expect_err("no address");
    assert!(matches!(bad, Error::BadAddress(_)), "{bad}");
}

#[tokio::test]
async fn an_impatient_page_is_refused_before_memory_runs_out() {
    let Pair { connections, id, server: _deaf, .. } = pair().await;
    let megabyte = "x".repeat(1024 * 1024);
    let refused = (0..1000).find_map(|_| connections.send(id, megabyte.clone()).map(|_| ()).err());
    assert!(matches!(refused, Some(Error::BadInput(_))));
}

#[tokio::test]
async fn whichever_address_answers_is_the_one() {
    let (listener, address) = listen().await;
    let (gone, nobody) = listen().await;
    drop(gone);
    // One where nothing ever answers, one where nobody is, one that is none, and the right one.
    let addresses = ["10.255.255.1:9".to_owned(), nobody, "no address".to_owned(), address.clone()];
    let connections = Connections::default();
    let began = std::time::Instant::now();
    let (connected, _server) = tokio::join!(connections.connect(&addresses, None, Page::open().1), accept(&listener));
    assert_eq!(connected.expect("connected").address, address);
    assert!(began.elapsed() < std::time::Duration::from_secs(2), "it took {:?}", began.elapsed());
}

/// What whoever has been in the room knows its host by, as it is told to those inside.
const MARK: &str = "AAAAAAAAAAAAAAAAAAAAAA";

fn known(trusted: Option<&str>) -> Heard {
    let known = Known { room: "abcd1234".into(), mark: Some(MARK.into()), trusted: trusted.map(str::to_owned) };
    Heard::of(&known, Arc::new(Search::start())).expect("a mark")
}

/// What somebody answers who is asked for a proof.
type Prover<'a> = dyn Fn(&str) -> Option<String> + 'a;

/// Takes one socket as a relay does that answers what it is asked with `prove`.
async fn answer(listener: &TcpListener, prove: impl FnOnce(&str) -> Option<String> + Unpin) -> Socket {
    let (tcp, _) = listener.accept().await.expect("a client");
    #[expect(clippy::result_large_err, reason = "the callback's type is tungstenite's")]
    let look = |request: &Request, mut response: Response| -> Result<Response, ErrorResponse> {
        response.headers_mut().insert(header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static("snug.v1"));
        let asked = request.headers().get(snug_relay::ASKED).map(|asked| asked.to_str().expect("text"));
        let nonce = asked.and_then(|asked| asked.split_once(' ')).map_or("", |(_, nonce)| nonce);
        if let Some(proof) = prove(nonce) {
            response.headers_mut().insert(snug_relay::PROOF, HeaderValue::from_str(&proof).expect("a value"));
        }
        Ok(response)
    };
    accept_hdr_async(tcp, look).await.expect("a handshake")
}

#[tokio::test]
async fn whoever_answers_where_the_host_was_is_told_nothing_before_they_prove_to_be_it() {
    let mark = snug_relay::HostMark::read(MARK).expect("a mark");
    // Another host at the same address, one that lets the right one answer from elsewhere, one that makes it up.
    let elsewhere = |nonce: &str| Some(mark.proof(nonce, "10.84.0.1:7684"));
    let makes_up = |_: &str| Some("AAAA".to_owned());
    let provers: [&Prover<'_>; 3] = [&|_| None, &elsewhere, &makes_up];
    for prove in provers {
        let (listener, address) = listen().await;
        let (connections, addresses) = (Connections::default(), [address.clone()]);
        let connecting = connections.connect(&addresses, Some(known(None)), Page::open().1);
        let (refused, mut server) = tokio::join!(connecting, answer(&listener, prove));
        assert!(matches!(&refused, Err(Error::Unproven { address: at }) if *at == address), "{refused:?}");
        assert!(connections.is_empty());
        assert_eq!(receive(&mut server).await, None, "not a word");
    }

    // The person is asked though another address takes its time to answer, or never does.
    let (listener, address) = listen().await;
    let (connections, addresses) = (Connections::default(), [address.clone(), "10.255.255.1:9".into()]);
    let connecting = connections.connect(&addresses, Some(known(None)), Page::open().1);
    let asked = timeout(DEADLINE, async { tokio::join!(connecting, answer(&listener, |_| None)) }).await;
    assert!(matches!(asked.expect("in time").0, Err(Error::Unproven { .. })));

    let (listener, address) = listen().await;
    let (connections, addresses) = (Connections::default(), [address.clone()]);
    let connecting = connections.connect(&addresses, Some(known(None)), Page::open().1);
    let (connected, _server) = tokio::join!(connecting, answer(&listener, |nonce| Some(mark.proof(nonce, &address))));
    assert_eq!(connected.expect("the host itself").address, address);

    // The person knows better: the host put its room back from a copy that has another key, or is behind a proxy.
    let (listener, address) = listen().await;
    let (connections, addresses) = (Connections::default(), [address.clone()]);
    let connecting = connections.connect(&addresses, Some(known(Some(&address))), Page::open().1);
    let (connected, _server) = tokio::join!(connecting, answer(&listener, |_| None));
    assert_eq!(connected.expect("said to be the host").address, address);
}
