//! Guests who lose their host look for it where it said it is, and know it again.

use std::net::SocketAddr;

use snug_relay::{
    Config, HostMark, Relay,
    wire::{Addresses, ServerFrame},
};
use snug_tests::{TestClient, TestRelay};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// Where the host says it is, the next time it says so.
async fn told(client: &mut TestClient) -> Addresses {
    let told = |frame: &ServerFrame| match frame {
        ServerFrame::Addresses(addresses) => Some(addresses.clone()),
        _ => None,
    };
    client.expect("the host's addresses", told).await
}

#[tokio::test]
async fn guests_are_told_where_the_host_is_when_they_come_and_when_it_moves() {
    let relay = TestRelay::start().await;
    let mut before = relay.join("Jun").await;
    relay.handle().is_at(vec!["10.84.0.1:7684".into()]);
    let first = told(&mut before).await;
    assert_eq!(first.addresses, ["10.84.0.1:7684"]);
    let mut after = relay.join("Ana").await;
    assert_eq!(told(&mut after).await, first);

    // Saying it again is nothing new.
    relay.handle().is_at(vec!["10.84.0.1:7684".into()]);
    relay.handle().is_at(vec!["10.84.0.7:7684".into(), "mina.local:7684".into()]);
    for client in [&mut before, &mut after] {
        assert_eq!(told(client).await.addresses, ["10.84.0.7:7684", "mina.local:7684"]);
    }

    // By the same mark after a restart: those who were away know it again.
    let relay = relay.restart().await;
    relay.handle().is_at(vec!["10.84.0.9:7684".into()]);
    let mut again = relay.join("Jun").await;
    assert_eq!(told(&mut again).await.mark, first.mark);
}

#[tokio::test]
async fn a_host_proves_itself_where_the_guest_is_connected_to_and_nowhere_else() {
    let relay = TestRelay::start().await;
    relay.handle().is_at(vec!["10.84.0.1:7684".into()]);
    let mut jun = relay.join("Jun").await;
    let mark = HostMark::read(&told(&mut jun).await.mark).expect("a mark");
    let room = relay.invite.room.as_str();
    let at = relay.addr().to_string();
    let here = Some(mark.proof("a-question", &at));
    assert_eq!(proof(relay.addr(), &at, room).await, here);
    // Asked by somebody between, for an address of theirs or one that the host has on another network: it is no answer
    // for that one.
    for other in ["10.84.0.66:7684", "10.84.0.1:7684", "localhost:7684"] {
        assert_eq!(proof(relay.addr(), other, room).await, here, "{other}");
    }
    assert_eq!(proof(relay.addr(), &at, "nosuch00").await, None);
}

#[tokio::test]
async fn behind_a_proxy_a_host_proves_itself_by_the_name_it_was_given() {
    let data = tempfile::tempdir().expect("a directory");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let config = Config { hosts: vec!["chat.example".into()], ..Config::new(data.path()) };
    let relay = Relay::start(config, listener).await.expect("started");
    let invite = relay.create_room("Den", false).await.expect("a room");
    relay.is_at(vec!["172.17.0.2:7684".into()]);
    let mut jun = TestClient::connect(relay.addr()).await;
    jun.join(&invite, "Jun", "the-device-of-Jun", None).await;
    let mark = HostMark::read(&told(&mut jun).await.mark).expect("a mark");
    let at = |name: &'static str| proof(relay.addr(), name, &invite.room);
    assert_eq!(at("chat.example").await, Some(mark.proof("a-question", "chat.example")));
    assert_eq!(at("chat.example:8080").await, Some(mark.proof("a-question", "chat.example:8080")));
    relay.stop().await;
}

/// What the relay answers to a question, asked at an address.
async fn proof(relay: SocketAddr, at: &str, room: &str) -> Option<String> {
    let request = format!(
        "GET /ws HTTP/1.1\r\nHost: {at}\r\nConnection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
         Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: snug.v1\r\nSnug-Asked: {room} a-question\r\n\r\n"
    );
    let mut stream = TcpStream::connect(relay).await.expect("the relay listens");
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        answer.push(stream.read_u8().await.expect("an answer"));
    }
    let answer = String::from_utf8(answer).expect("text");
    assert!(answer.starts_with("HTTP/1.1 101"), "{answer}");
    answer.lines().find_map(|line| line.strip_prefix("snug-proof: ")).map(str::to_owned)
}
