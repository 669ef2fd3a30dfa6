//! Everything the tutorial teaches, under the headings of its document, works here; what it does
//! wrong doesn't.

use futures_util::{SinkExt, StreamExt};
use snug_relay::wire::{ClientFrame, Delete, Edit, Order};
use snug_tests::{DEADLINE, SILENCE, TestRelay};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{WebSocketStream, client_async, tungstenite::Message};

use crate::pages::get;

/// The tutorial's client, as its `app.js` has it: a socket at the page's own address, no subprotocol.
struct Guest(WebSocketStream<TcpStream>);

impl Guest {
    async fn connect(relay: &TestRelay) -> Self {
        let stream = TcpStream::connect(relay.addr()).await.unwrap();
        let (socket, _) = client_async(format!("ws://{}", relay.addr()), stream).await.unwrap();
        Self(socket)
    }

    /// `socket.send(JSON.stringify({type, payload}))`
    async fn sends(&mut self, kind: &str, payload: &str) {
        let json = serde_json::json!({ "type": kind, "payload": payload }).to_string();
        self.0.send(Message::text(json)).await.unwrap();
    }

    async fn sees(&mut self, line: &str) {
        assert_eq!(self.next_line().await, line);
    }

    async fn next_line(&mut self) -> String {
        let next = timeout(DEADLINE, self.0.next()).await.expect("a line comes").unwrap().unwrap();
        next.into_text().unwrap().to_string()
    }

    async fn sees_nothing(&mut self) {
        let next = timeout(SILENCE, self.0.next()).await;
        assert!(next.is_err(), "saw {next:?}");
    }
}

#[tokio::test]
async fn basic_routing_home_is_served_and_every_other_path_redirects_to_it() {
    let relay = TestRelay::open().await;
    let home = get(relay.addr(), "/", &[]).await;
    assert_eq!(home.status, 200);
    assert!(home.body.contains("<!doctype html>") || home.body.contains("<!DOCTYPE html>"), "{}", home.body);
    for path in ["/nowhere", "/a/b/c", "/index.php", "/r", "/r/a/b"] {
        let other = get(relay.addr(), path, &[]).await;
        assert_eq!((other.status, other.header("location")), (303, Some("/")), "{path}");
    }
}

#[tokio::test]
async fn basic_routing_static_files_of_the_page_are_served() {
    let relay = TestRelay::open().await;
    let home = get(relay.addr(), "/", &[]).await;
    let script = home.body.split('"').find(|part| part.starts_with("/assets/") && part.ends_with(".js"));
    let script = get(relay.addr(), script.expect("the page has a script"), &[]).await;
    assert_eq!((script.status, script.header("content-type")), (200, Some("text/javascript; charset=utf-8")));
}

#[tokio::test]
async fn websockets_http_and_websocket_share_one_port() {
    let relay = TestRelay::open().await;
    assert_eq!(get(relay.addr(), "/", &[]).await.status, 200);
    let _guest = Guest::connect(&relay).await;
    assert_eq!(get(relay.addr(), "/", &[]).await.status, 200);
}

#[tokio::test]
async fn realtime_chatting_a_new_message_reaches_every_socket() {
    let relay = TestRelay::open().await;
    let (mut ann, mut ben, mut cho) =
        (Guest::connect(&relay).await, Guest::connect(&relay).await, Guest::connect(&relay).await);
    ann.sends("new_message", "hello").await;
    ben.sees("Anonymous: hello").await;
    cho.sees("Anonymous: hello").await;
}

#[tokio::test]
async fn realtime_chatting_messages_arrive_in_the_order_they_were_sent() {
    let relay = TestRelay::open().await;
    let (mut ann, mut ben) = (Guest::connect(&relay).await, Guest::connect(&relay).await);
    for number in 0..50 {
        ann.sends("new_message", &format!("number {number}")).await;
    }
    for number in 0..50 {
        ben.sees(&format!("Anonymous: number {number}")).await;
    }
}

#[tokio::test]
async fn nickname_configuration_anonymous_until_named() {
    let relay = TestRelay::open().await;
    let (mut ann, mut ben) = (Guest::connect(&relay).await, Guest::connect(&relay).await);
    ann.sends("new_message", "who am I?").await;
    ben.sees("Anonymous: who am I?").await;
    ann.sends("nickname", "Ann").await;
    ann.sends("new_message", "now you know").await;
    ben.sees("Ann: now you know").await;
}

#[tokio::test]
async fn the_tutorials_guests_and_snugs_members_are_in_the_same_room() {
    let relay = TestRelay::open().await;
    let mut guest = Guest::connect(&relay).await;
    let mut mina = relay.join("Mina").await;
    guest.sends("nickname", "Ann").await;
    mina.sees_here(&["Ann", "Mina"]).await;
    guest.sends("new_message", "hello from 2021").await;
    mina.hears("Ann", "hello from 2021").await;
    mina.says("안녕").await;
    guest.sees("Mina: 안녕").await;
}

#[tokio::test]
async fn the_tutorials_faults_are_gone_the_sender_does_not_see_a_message_twice() {
    let relay = TestRelay::open().await;
    let (mut ann, mut ben) = (Guest::connect(&relay).await, Guest::connect(&relay).await);
    ann.sends("new_message", "once").await;
    ben.sees("Anonymous: once").await;
    ann.sees_nothing().await;
    ben.sends("new_message", "twice").await;
    ann.sees("Anonymous: twice").await;
}

#[tokio::test]
async fn the_tutorials_faults_are_gone_closed_sockets_are_dropped() {
    let relay = TestRelay::open().await;
    let mut mina = relay.join("Mina").await;
    let mut ann = Guest::connect(&relay).await;
    mina.sees_count(2).await;
    ann.0.close(None).await.unwrap();
    mina.sees_count(1).await;
}

#[tokio::test]
async fn the_tutorials_faults_are_gone_what_was_said_is_kept() {
    let relay = TestRelay::open().await;
    let mut ann = Guest::connect(&relay).await;
    ann.sends("new_message", "remember me").await;
    let mut early = relay.join("Early").await;
    if early.events.is_empty() {
        early.hears("Anonymous", "remember me").await;
    }
    let relay = relay.restart().await;
    let late = relay.join("Late").await;
    assert_eq!(late.events.len(), 1);
}

#[tokio::test]
async fn the_tutorials_faults_are_gone_a_malformed_frame_ends_nothing() {
    let relay = TestRelay::open().await;
    let (mut ann, mut ben) = (Guest::connect(&relay).await, Guest::connect(&relay).await);
    for bad in ["", "hello", "{", "[]", r#"{"type":"new_message"}"#, r#"{"type":"new_message","payload":7}"#] {
        ann.0.send(Message::text(bad)).await.unwrap();
        let answer = ann.next_line().await;
        assert!(answer.starts_with("! bad_"), "{bad:?} was answered with {answer:?}");
    }
    ann.sends("dance", "now").await;
    assert!(ann.next_line().await.starts_with("! unknown_type: "));
    ann.sends("new_message", "  ").await;
    assert!(ann.next_line().await.starts_with("! empty_message: "));
    ann.sends("new_message", "still here").await;
    ben.sees("Anonymous: still here").await;
}

#[tokio::test]
async fn a_room_that_is_not_open_takes_no_guests_without_its_secret() {
    let relay = TestRelay::start().await;
    let mut guest = Guest::connect(&relay).await;
    assert!(guest.next_line().await.starts_with("! no_such_room: "));
    let closed = timeout(DEADLINE, guest.0.next()).await.expect("the socket is closed");
    assert!(matches!(closed, Some(Ok(Message::Close(Some(frame)))) if u16::from(frame.code) == 1008));
}

#[tokio::test]
async fn its_guests_see_what_was_said_and_no_changes_of_it() {
    let relay = TestRelay::open().await;
    let mut guest = Guest::connect(&relay).await;
    let mut mina = relay.join("Mina").await;
    mina.sees_count(2).await;
    mina.says_with_id("a", "helo").await.unwrap();
    for change in [
        ClientFrame::Edit(Edit { id: "b".into(), of: "a".into(), text: "hello".into() }),
        ClientFrame::Delete(Delete { id: "c".into(), of: "a".into() }),
    ] {
        mina.changes(change).await.unwrap();
    }
    mina.says("bye").await;
    guest.sees("Mina: helo").await;
    guest.sees("Mina: bye").await;
}

#[tokio::test]
async fn whoever_a_host_bans_hears_no_more() {
    let relay = TestRelay::open().await;
    let mut host = relay.joins_as_host().await;
    let mut ben = Guest::connect(&relay).await;
    ben.sends("nickname", "Ben").await;
    host.sees_here(&["Anonymous", "Ben"]).await;
    let member = host.member_called("Ben");
    host.orders(Order::Ban { member, new_link: false }).await;
    let told = ben.next_line().await;
    assert!(told.starts_with("! banned: "), "{told}");
    host.says("among ourselves").await;
    let ends = async {
        while let Some(Ok(more)) = ben.0.next().await {
            assert!(!more.is_text(), "{more}");
        }
    };
    timeout(DEADLINE, ends).await.expect("it is closed");
}
