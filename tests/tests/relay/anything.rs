//! Whatever a client sends, in whatever order: nothing panics, nothing grows, and nobody else notices.
//!
//! A vandal does things that a generator makes up: frames of every type with any content, JSON of any shape,
//! bytes, headers that lie, pieces, control frames in odd places, on sockets that come and go, as a guest of a
//! room and as the host of another. Meanwhile two people talk in the first, and see exactly what was said. `SNUG_CASES` says how often; ARCHITECTURE.md how to let it run
//! for long.

use std::{collections::BTreeSet, env, fs, path::Path, time::Duration};

use futures_util::SinkExt;
use proptest::{
    collection::vec,
    prelude::*,
    strategy::ValueTree,
    test_runner::{Config, TestRunner},
};
use snug_relay::wire::{
    Away, Body, ClientFrame, Delete, Door, Edit, Event, FileRules, HistoryRequest, Join, Message as Said, NewMessage,
    Nickname, Order, Place, React, SearchRequest, Since, Typing,
};
use snug_tests::{DEADLINE, HeadlessRelay, Link, TestClient, until};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Message, client::IntoClientRequest},
};

use crate::headless::data;

/// How many sequences are tried when nobody says.
const CASES: u32 = 96;

/// What the relay may have grown by after any number of them: what it keeps in memory of the newest events,
/// and of what is on its way to disk, and its allocator's slack.
const GROWTH_BYTES: u64 = 64 * 1024 * 1024;

/// Something a vandal does.
#[derive(Debug, Clone)]
enum Act {
    /// A frame of the protocol.
    Frame(ClientFrame),
    /// JSON, or nearly.
    Text(String),
    /// A frame of RFC 6455 with any header, which needn't be true.
    Header { first: u8, masked: bool, claims: u64, payload: Vec<u8> },
    /// A text in pieces, with control frames between them.
    Pieces(Vec<Vec<u8>>),
    /// Bytes over the bare stream.
    Bytes(Vec<u8>),
    /// Another socket.
    Comes { whom: As, at_root: bool },
}

/// What a vandal comes as.
#[derive(Debug, Clone, Copy)]
enum As {
    Stranger,
    Guest,
    /// Of a room of its own, where its orders are obeyed.
    Host,
}

/// One of each kind of frame: what comes after this one. A new kind doesn't compile until it is in here, and
/// the test below fails until it is reached.
fn after(frame: &ClientFrame) -> Option<ClientFrame> {
    Some(match frame {
        ClientFrame::Join(_) => ClientFrame::NewMessage(NewMessage::default()),
        ClientFrame::NewMessage(_) => {
            ClientFrame::Edit(Edit { id: String::new(), of: String::new(), text: String::new() })
        }
        ClientFrame::Edit(_) => ClientFrame::Delete(Delete { id: String::new(), of: String::new() }),
        ClientFrame::Delete(_) => {
            ClientFrame::React(React { id: String::new(), of: String::new(), emoji: String::new(), on: true })
        }
        ClientFrame::React(_) => ClientFrame::Nickname(Nickname { nickname: String::new() }),
        ClientFrame::Nickname(_) => ClientFrame::Typing(Typing { on: true }),
        ClientFrame::Typing(_) => ClientFrame::Away(Away { away: true }),
        ClientFrame::Away(_) => ClientFrame::History(HistoryRequest { place: Place::Before(0), limit: None }),
        ClientFrame::History(_) => {
            ClientFrame::Search(SearchRequest { id: String::new(), query: String::new(), before: None })
        }
        ClientFrame::Search(_) => ClientFrame::Host(Order::Renew),
        ClientFrame::Host(_) => ClientFrame::Ping {},
        ClientFrame::Ping {} => return None,
    })
}

fn kinds() -> Vec<ClientFrame> {
    std::iter::successors(Some(ClientFrame::Join(Join::default())), after).collect()
}

#[test]
fn every_kind_of_frame_is_made_up() {
    let source = include_str!("../../../relay/src/wire.rs");
    let body = source.split("pub enum ClientFrame {").nth(1).unwrap().split("\n}\n").next().unwrap();
    let names = body.lines().filter_map(|line| line.strip_prefix("    "));
    let names: BTreeSet<_> = names
        .filter(|line| line.starts_with(char::is_uppercase))
        .filter_map(|line| line.split(['(', ' ', ',']).next())
        .collect();
    let made: BTreeSet<_> =
        kinds().iter().map(|kind| format!("{kind:?}").split(['(', ' ']).next().unwrap().to_owned()).collect();
    assert_eq!(made, names.into_iter().map(str::to_owned).collect());
}

/// Ids that are somebody's, ids that could be, and what is none.
fn id() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => (0..40u32).prop_map(|number| format!("mina-{number}")),
        3 => (0..40u32).prop_map(|number| format!("vandal-{number}")),
        2 => "[a-z0-9]{1,64}",
        1 => "\\PC{0,80}",
        1 => Just(String::new()),
    ]
}

fn words() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "\\PC{0,60}",
        1 => "[ \\n\\t\\u{200b}\\u{202e}\\u{0}\\u{feff}]{0,20}",
        1 => ("\\PC{1,3}", 1..30_000usize).prop_map(|(text, times)| text.repeat(times)),
        1 => Just("👍".to_owned()),
    ]
}

fn number() -> impl Strategy<Value = u64> {
    prop_oneof![Just(0), Just(1), 0..200u64, Just(u64::MAX), Just(1 << 53), any::<u64>()]
}

fn maybe<T: std::fmt::Debug>(of: impl Strategy<Value = T>) -> impl Strategy<Value = Option<T>> {
    proptest::option::of(of)
}

/// What only a host may ask for.
fn order() -> impl Strategy<Value = Order> {
    let door = prop_oneof![Just(Door::Closed), Just(Door::Open), Just(Door::Locked)];
    prop_oneof![
        1 => (vec(id(), 0..4), any::<bool>()).prop_map(|(members, admit)| Order::Answer { members, admit }),
        1 => door.prop_map(|door| Order::Door { door }),
        1 => Just(Order::Renew),
        1 => (maybe(number()), maybe(any::<u32>())).prop_map(|(ends_in_ms, guests)| Order::AddLink { ends_in_ms, guests }),
        1 => id().prop_map(|link| Order::EndLink { link }),
        1 => Just(Order::Guests),
        1 => id().prop_map(|member| Order::Forget { member }),
        // What is mostly obeyed.
        5 => "\\PC{1,40}".prop_map(|name| Order::Rename { name }),
        1 => words().prop_map(|name| Order::Rename { name }),
        1 => id().prop_map(|member| Order::Remove { member }),
        1 => (id(), any::<bool>()).prop_map(|(member, new_link)| Order::Ban { member, new_link }),
        1 => id().prop_map(|member| Order::Unban { member }),
        1 => (id(), any::<bool>()).prop_map(|(member, on)| Order::Mute { member, on }),
        1 => (id(), any::<bool>()).prop_map(|(member, on)| Order::Appoint { member, on }),
        5 => (0..100u64).prop_map(|every_ms| Order::Slow { every_ms }),
        1 => number().prop_map(|every_ms| Order::Slow { every_ms }),
        3 => (1..1_000_000u64, 0..4000u32).prop_map(|(bytes, days)| Order::Files(FileRules { bytes, days })),
        1 => (number(), any::<u32>()).prop_map(|(bytes, days)| Order::Files(FileRules { bytes, days })),
    ]
}

/// A kind of frame with any content.
fn filled(kind: ClientFrame) -> BoxedStrategy<ClientFrame> {
    match kind {
        ClientFrame::Join(_) => {
            let since = (words(), number(), number()).prop_map(|(epoch, seq, at)| Since { epoch, seq, at });
            (maybe(id()), maybe(words()), maybe(words()), maybe(words()), maybe(words()), maybe(since))
                .prop_map(|(room, secret, nickname, device, host, since)| {
                    ClientFrame::Join(Join { room, secret, nickname, device, host, since })
                })
                .boxed()
        }
        ClientFrame::NewMessage(_) => (id(), words(), maybe(id()))
            .prop_map(|(id, text, reply)| ClientFrame::NewMessage(NewMessage { reply, ..NewMessage::new(id, text) }))
            .boxed(),
        ClientFrame::Edit(_) => {
            (id(), id(), words()).prop_map(|(id, of, text)| ClientFrame::Edit(Edit { id, of, text })).boxed()
        }
        ClientFrame::Delete(_) => (id(), id()).prop_map(|(id, of)| ClientFrame::Delete(Delete { id, of })).boxed(),
        ClientFrame::React(_) => (id(), id(), words(), any::<bool>())
            .prop_map(|(id, of, emoji, on)| ClientFrame::React(React { id, of, emoji, on }))
            .boxed(),
        ClientFrame::Nickname(_) => words().prop_map(|nickname| ClientFrame::Nickname(Nickname { nickname })).boxed(),
        ClientFrame::History(_) => {
            let place = prop_oneof![
                number().prop_map(Place::Before),
                number().prop_map(Place::After),
                number().prop_map(Place::Around),
                number().prop_map(Place::At),
                id().prop_map(Place::Id),
            ];
            (place, maybe(any::<u32>()))
                .prop_map(|(place, limit)| ClientFrame::History(HistoryRequest { place, limit }))
                .boxed()
        }
        ClientFrame::Typing(_) => any::<bool>().prop_map(|on| ClientFrame::Typing(Typing { on })).boxed(),
        ClientFrame::Away(_) => any::<bool>().prop_map(|away| ClientFrame::Away(Away { away })).boxed(),
        ClientFrame::Search(_) => (id(), words(), maybe(number()))
            .prop_map(|(id, query, before)| ClientFrame::Search(SearchRequest { id, query, before }))
            .boxed(),
        ClientFrame::Host(_) => order().prop_map(ClientFrame::Host).boxed(),
        ClientFrame::Ping {} => Just(kind).boxed(),
    }
}

fn json() -> impl Strategy<Value = serde_json::Value> {
    use serde_json::Value;
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,20}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Value::from),
            vec(("[a-z_]{1,9}", inner), 0..6).prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

/// The name of a frame, with a payload of another shape.
fn misshapen() -> impl Strategy<Value = String> {
    let names: Vec<String> = kinds()
        .iter()
        .map(|kind| serde_json::to_value(kind).unwrap()["type"].as_str().unwrap().to_owned())
        .chain(["welcome".into(), "events".into(), "explode".into(), String::new()])
        .collect();
    (proptest::sample::select(names), json())
        .prop_map(|(name, payload)| format!(r#"{{"type":"{name}","payload":{payload}}}"#))
}

/// What leaves the socket open, whatever else may be wrong with it.
fn act() -> BoxedStrategy<Act> {
    let frame = proptest::sample::select(kinds()).prop_flat_map(filled);
    let cut = (misshapen(), any::<proptest::sample::Index>())
        .prop_map(|(text, at)| text.chars().take(at.index(text.chars().count() + 1)).collect::<String>());
    prop_oneof![
        8 => frame.prop_map(Act::Frame),
        2 => order().prop_map(|order| Act::Frame(ClientFrame::Host(order))),
        3 => misshapen().prop_map(Act::Text),
        1 => json().prop_map(|json| Act::Text(json.to_string())),
        1 => cut.prop_map(Act::Text),
        1 => (whom(), prop::bool::weighted(0.1)).prop_map(|(whom, at_root)| Act::Comes { whom, at_root }),
    ]
    .boxed()
}

/// And what mostly doesn't.
fn breaking() -> impl Strategy<Value = Act> {
    let claims = prop_oneof![0..200u64, Just(65_536), Just(u64::MAX), Just(1 << 40), Just(409_600)];
    prop_oneof![
        4 => act(),
        2 => (any::<u8>(), any::<bool>(), claims, vec(any::<u8>(), 0..200))
            .prop_map(|(first, masked, claims, payload)| Act::Header { first, masked, claims, payload }),
        2 => vec(vec(any::<u8>(), 0..40), 0..6).prop_map(Act::Pieces),
        1 => vec(any::<u8>(), 0..300).prop_map(Act::Bytes),
        1 => (whom(), prop::bool::weighted(0.1)).prop_map(|(whom, at_root)| Act::Comes { whom, at_root }),
    ]
}

fn whom() -> impl Strategy<Value = As> {
    proptest::sample::select(vec![As::Stranger, As::Guest, As::Host, As::Host])
}

/// Any frame, masked with nothing.
fn framed(first: u8, masked: bool, claims: u64, payload: &[u8]) -> Vec<u8> {
    let mask = if masked { 0x80 } else { 0 };
    let mut bytes = vec![first];
    match claims {
        0..126 => bytes.push(mask | claims as u8),
        126..65_536 => {
            bytes.push(mask | 126);
            bytes.extend_from_slice(&(claims as u16).to_be_bytes());
        }
        _ => {
            bytes.push(mask | 127);
            bytes.extend_from_slice(&claims.to_be_bytes());
        }
    }
    if masked {
        bytes.extend_from_slice(&[0; 4]);
    }
    bytes.extend_from_slice(payload);
    bytes
}

/// Somebody who means no well.
struct Vandal {
    link: Link,
    /// Where it is the host, and by which key.
    own: Join,
    socket: Option<WebSocketStream<TcpStream>>,
}

impl Vandal {
    async fn comes(&mut self, whom: As, at_root: bool) {
        self.goes().await;
        let path = if at_root { "" } else { "ws" };
        let mut request = format!("ws://{}/{path}", self.link.addr).into_client_request().unwrap();
        if !at_root {
            request.headers_mut().insert("sec-websocket-protocol", "snug.v1".parse().unwrap());
        }
        let stream = TcpStream::connect(self.link.addr).await.unwrap();
        let (mut socket, _) = client_async(request, stream).await.unwrap();
        let join = match whom {
            As::Stranger => None,
            As::Guest => Some(self.link.join()),
            As::Host => Some(self.own.clone()),
        };
        if let Some(join) = join.filter(|_| !at_root) {
            let (nickname, device) = (Some("Vandal".into()), Some("the-device-of-the-vandal".into()));
            let join = Join { nickname, device, ..join };
            let _refused = socket.send(Message::text(serde_json::to_string(&ClientFrame::Join(join)).unwrap())).await;
        }
        self.socket = Some(socket);
    }

    /// Does it, and doesn't care what comes of it.
    async fn does(&mut self, act: Act) {
        let bytes = match act {
            Act::Comes { whom, at_root } => return self.comes(whom, at_root).await,
            Act::Frame(frame) => text(serde_json::to_string(&frame).unwrap().as_bytes()),
            Act::Text(json) => text(json.as_bytes()),
            Act::Header { first, masked, claims, payload } => framed(first, masked, claims, &payload),
            Act::Pieces(pieces) => {
                let mut bytes = framed(0x01, true, 0, &[]);
                for piece in &pieces {
                    bytes.extend(framed(0x00, true, piece.len() as u64, piece));
                    bytes.extend(framed(0x89, true, 1, b"?"));
                    bytes.extend(framed(0x8a, true, 0, &[]));
                }
                bytes.extend(framed(0x80, true, 0, &[]));
                bytes
            }
            Act::Bytes(bytes) => bytes,
        };
        let Some(socket) = &mut self.socket else { return self.comes(As::Guest, false).await };
        let _closed = timeout(Duration::from_secs(5), socket.get_mut().write_all(&bytes)).await;
    }

    /// Goes once the relay has taken all of it: what is cut off is never looked at.
    async fn goes(&mut self) {
        let Some(mut socket) = self.socket.take() else { return };
        let _closed = socket.get_mut().shutdown().await;
        let mut answers = vec![0; 64 * 1024];
        while let Ok(Ok(1..)) = timeout(DEADLINE, socket.get_mut().read(&mut answers)).await {}
    }
}

fn text(payload: &[u8]) -> Vec<u8> {
    framed(0x81, true, payload.len() as u64, payload)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_a_client_does_nobody_else_notices() {
    let (_directory, data) = data();
    let log = format!("{data}.log");
    let [rooms, places] =
        [["--room", "Den", "--room", "Attic"], ["--linger-ms", "0", "--sockets-per-address", "100000"]];
    let arguments = [&["--listen", "127.0.0.1:0", "--data", &data], &rooms[..], &places[..]].concat();
    let file = fs::File::create(&log).unwrap();
    let relay = HeadlessRelay::logging(&arguments, &[("RUST_BACKTRACE", "0")], file.into()).await.unwrap();
    let link = relay.invite();
    let mut mina = joins(&link, "Mina").await;
    let mut jun = joins(&link, "Jun").await;
    let member = mina.welcome.as_ref().unwrap().you.member.clone();
    let own = host_of("Attic", Path::new(&log)).await;
    let mut vandal = Vandal { link, own: own.clone(), socket: None };

    let cases = env::var("SNUG_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(CASES);
    // What came before may have had it put out.
    let acts = prop_oneof![2 => vec(act(), 1..16).boxed(), 1 => vec(breaking(), 1..12).boxed()];
    let strategy = (whom(), acts);
    // Each case leaves something in the room, so none can be repeated to make it smaller; the seed is told.
    let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::default() });
    let (mut said, mut early) = (0, relay.memory().unwrap());
    for case in 0..cases {
        let (whom, acts) = strategy.new_tree(&mut runner).unwrap().current();
        let told = format!("case {case}: as {whom:?}, {acts:?}");
        vandal.comes(whom, false).await;
        for act in acts {
            vandal.does(act).await;
        }
        vandal.goes().await;
        // Mina says her line and Jun hears it, and nothing else that would be hers.
        let line = format!("line {said}");
        let id = format!("a-line-of-mina-{said}");
        mina.says_with_id(&id, &line).await.unwrap_or_else(|error| panic!("{error:?} after {told}"));
        said += 1;
        loop {
            let event = jun.next_event().await;
            if event.member != member {
                let others = match &event.body {
                    Body::Edited { of, .. } | Body::Deleted { of } => of.starts_with("a-line-of-mina"),
                    _ => false,
                };
                assert!(!others, "{event:?} after {told}");
                continue;
            }
            assert_eq!((event.id.as_str(), says(&event.body)), (id.as_str(), Some(line.as_str())), "{told}");
            break;
        }
        if case == cases / 4 {
            early = relay.memory().unwrap();
        }
    }
    let grown = relay.memory().unwrap().saturating_sub(early);
    assert!(grown < GROWTH_BYTES, "it grew by {grown} bytes");
    // Whoever comes now reads the same, each line once, as it was said.
    let mut late = joins(&vandal.link, "Late").await;
    for number in 0..said {
        let place = Place::Id(format!("a-line-of-mina-{number}"));
        let page = late.reads(place, Some(1)).await.unwrap();
        let event = page.events.iter().find(|event| event.id == format!("a-line-of-mina-{number}")).unwrap();
        assert_eq!(says(&event.body), Some(format!("line {number}").as_str()));
    }
    // Where it was the host, it was obeyed.
    let mut owner = TestClient::connect(vandal.link.addr).await;
    owner.send(&ClientFrame::Join(own)).await;
    owner.welcomed().await;
    let measures = |event: &Event| matches!(event.body, Body::Measure(_));
    assert!(owner.reads(Place::After(0), Some(1000)).await.unwrap().events.iter().any(measures));
    relay.stop("TERM").await.unwrap();
    let written = fs::read_to_string(&log).unwrap();
    fs::remove_file(&log).unwrap();
    assert!(!written.contains("panicked"), "{written}");
}

/// What makes one the host of the room of that name.
async fn host_of(room: &str, log: &Path) -> Join {
    until("the room's host link", async || {
        let said = fs::read_to_string(log).ok()?;
        let line = said.lines().find(|line| line.contains(&format!("the host of {room:?} ")))?;
        let (link, key) = line.split_once("#host=")?;
        let room = link.rsplit('/').next()?;
        Some(Join { room: Some(room.into()), host: Some(key.into()), ..Join::default() })
    })
    .await
    .unwrap()
}

fn says(body: &Body) -> Option<&str> {
    match body {
        Body::Message(Said { text, .. }) => Some(text),
        _ => None,
    }
}

async fn joins(link: &Link, nickname: &str) -> TestClient {
    let mut client = TestClient::connect(link.addr).await;
    let device = Some(format!("the-device-of-{nickname}"));
    let join = Join { nickname: Some(nickname.into()), device, ..link.join() };
    client.send(&ClientFrame::Join(join)).await;
    client.welcomed().await;
    client
}

#[test]
fn a_true_header_is_what_the_standard_says() {
    assert_eq!(framed(0x81, true, 2, b"hi"), [0x81, 0x82, 0, 0, 0, 0, b'h', b'i']);
    assert_eq!(framed(0x81, false, 126, b"")[..4], [0x81, 126, 0, 126]);
}
