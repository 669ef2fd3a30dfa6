//! An example of every frame, and of every part one may have.

use crate::wire::*;

pub(super) fn client_frames() -> Vec<ClientFrame> {
    vec![
        ClientFrame::Join(Join::default()),
        ClientFrame::Join(Join {
            room: Some("a901as5y".into()),
            secret: Some("aKqI_REJ7Z7HkIC-VcXmRw".into()),
            nickname: Some("Mina".into()),
            device: Some("0123456789abcdef".into()),
            host: Some("Xx9ZQyS1e0m7LIC3vVcXmg".into()),
            since: Some(Since { epoch: "e1".into(), seq: 41, at: 1_790_000_000_000 }),
        }),
        ClientFrame::NewMessage(NewMessage::new("01", "Hello")),
        ClientFrame::NewMessage(NewMessage { reply: Some("01".into()), ..NewMessage::new("02", "Hi") }),
        ClientFrame::NewMessage(NewMessage { files: vec!["u1".into(), "u2".into()], ..NewMessage::new("06", "") }),
        ClientFrame::Edit(Edit { id: "03".into(), of: "01".into(), text: "Hello!".into() }),
        ClientFrame::React(React { id: "04".into(), of: "01".into(), emoji: "👍".into(), on: true }),
        ClientFrame::Delete(Delete { id: "05".into(), of: "01".into() }),
        ClientFrame::Nickname(Nickname { nickname: "민아".into() }),
        ClientFrame::History(HistoryRequest { place: Place::Before(42), limit: Some(20) }),
        ClientFrame::Search(SearchRequest { id: "s1".into(), query: "회의 from:mina".into(), before: None }),
        ClientFrame::Search(SearchRequest { id: "s2".into(), query: "회의 from:mina".into(), before: Some(42) }),
        ClientFrame::Typing(Typing { on: true }),
        ClientFrame::Away(Away { away: true }),
        ClientFrame::Ping {},
    ]
    .into_iter()
    .chain(places().map(|place| ClientFrame::History(HistoryRequest { place, limit: None })))
    .chain(orders().into_iter().map(ClientFrame::Host))
    .collect()
}

/// One of each kind.
fn places() -> impl Iterator<Item = Place> {
    let places =
        [Place::Before(43), Place::After(41), Place::Around(42), Place::Id("01".into()), Place::At(1_790_000_000_000)];
    places.into_iter().inspect(|place| match place {
        // A new kind can't be forgotten: this doesn't compile without its line.
        Place::Before(_) | Place::After(_) | Place::Around(_) | Place::Id(_) | Place::At(_) => {}
    })
}

/// One of each kind.
fn orders() -> Vec<Order> {
    let orders = vec![
        Order::Answer { members: vec!["m2".into()], admit: true },
        Order::Door { door: Door::Locked },
        Order::Renew,
        Order::AddLink { ends_in_ms: Some(3_600_000), guests: None },
        Order::AddLink { ends_in_ms: None, guests: Some(5) },
        Order::EndLink { link: "k1".into() },
        Order::Guests,
        Order::Forget { member: "m2".into() },
        Order::Rename { name: "Attic".into() },
        Order::Remove { member: "m2".into() },
        Order::Ban { member: "m2".into(), new_link: true },
        Order::Ban { member: "m2".into(), new_link: false },
        Order::Unban { member: "m2".into() },
        Order::Mute { member: "m2".into(), on: true },
        Order::Appoint { member: "m2".into(), on: true },
        Order::Slow { every_ms: 30_000 },
        Order::Files(FileRules { bytes: 1_000_000, days: 30 }),
    ];
    for order in &orders {
        // A new kind can't be forgotten: this doesn't compile without its line.
        match order {
            Order::Answer { .. }
            | Order::Door { .. }
            | Order::Renew
            | Order::AddLink { .. }
            | Order::EndLink { .. }
            | Order::Guests
            | Order::Forget { .. }
            | Order::Rename { .. }
            | Order::Remove { .. }
            | Order::Ban { .. }
            | Order::Unban { .. }
            | Order::Mute { .. }
            | Order::Appoint { .. }
            | Order::Slow { .. }
            | Order::Files(_) => {}
        }
    }
    orders
}

pub(super) fn server_frames() -> Vec<ServerFrame> {
    let mina = Member { member: "m1".into(), nickname: "Mina".into(), host: true, ..Member::default() };
    vec![
        ServerFrame::Welcome(Welcome {
            you: You {
                member: "m1".into(),
                nickname: "Mina".into(),
                host: true,
                muted_by: Some("Sol".into()),
                device: Some("0123456789abcdef".into()),
                ticket: "m1.2Xn9cQ".into(),
            },
            room: RoomInfo {
                id: "a901as5y".into(),
                name: "Den".into(),
                door: Door::Closed,
                every_ms: 0,
                files: FileRules { bytes: 104_857_600, days: 0 },
            },
            epoch: "e1".into(),
            head: 42,
            resumed: false,
            events: vec![event()],
            members: vec![mina.clone()],
            count: 1,
            limits: Limits {
                text_bytes: 65_536,
                text_chars: 16_384,
                nickname_chars: 40,
                room_name_chars: 60,
                emoji_bytes: 64,
                room_file_bytes: 4_294_967_296,
                files: 20,
                thumb_bytes: 65_536,
                thumb_pixels: 640,
                query_chars: 200,
            },
        }),
        ServerFrame::Events(Events {
            events: bodies().into_iter().zip(43..).map(|(body, seq)| Event { seq, body, ..event() }).collect(),
        }),
        ServerFrame::Ack(Acks { acks: vec![Ack { id: "01".into(), seq: 42 }, Ack { id: "02".into(), seq: 43 }] }),
        ServerFrame::History(HistoryPage { place: Place::Id("01".into()), seq: 42, events: vec![event()] }),
        ServerFrame::Found(Found { id: "s1".into(), hits: vec![hit()], next: Some(42) }),
        ServerFrame::Found(Found { id: "s2".into(), hits: vec![], next: None }),
        ServerFrame::Addresses(Addresses {
            addresses: vec!["192.168.1.20:7684".into(), "minas-laptop.local:7684".into()],
            mark: "AAAAAAAAAAAAAAAAAAAAAA".into(),
        }),
        ServerFrame::Waiting(Waiting { host_here: false, ends_in_ms: 600_000 }),
        ServerFrame::Room(RoomInfo {
            id: "a901as5y".into(),
            name: "Den".into(),
            door: Door::Open,
            every_ms: 30_000,
            files: FileRules { bytes: 1_000_000, days: 30 },
        }),
        ServerFrame::Knocks(Knocks {
            waiting: vec![Knock { member: "m2".into(), nickname: "Jun".into(), at: 1_790_000_000_000 }],
        }),
        ServerFrame::Keys(Keys {
            secret: "aKqI_REJ7Z7HkIC-VcXmRw".into(),
            links: vec![Link {
                id: "k1".into(),
                secret: "Yx8ZQyS1e0m7LIC3vVcXmg".into(),
                at: 1_790_000_000_000,
                ends_at: Some(1_790_003_600_000),
                guests: Some(5),
                used: 2,
            }],
        }),
        ServerFrame::Guests(Guests {
            guests: vec![Guest {
                member: "m2".into(),
                nickname: "Jun".into(),
                at: 1_790_000_000_000,
                by: Entry::Knock,
                standing: Standing::Banned,
            }],
            count: 1,
        }),
        ServerFrame::Error(
            ErrorCode::TurnedAway.because("the host said no").after(std::time::Duration::from_secs(120)),
        ),
        ServerFrame::Presence(Presence {
            reset: false,
            joined: vec![mina, Member { member: "m3".into(), nickname: "Jun".into(), away: true, host: false }],
            left: vec!["m2".into()],
            count: 2,
        }),
        ServerFrame::Typing(Typists { members: vec!["m1".into(), "m3".into()] }),
        ServerFrame::Error(ErrorCode::BadJson.because("expected value at line 1 column 1")),
        ServerFrame::Error(ErrorCode::EmptyMessage.because("there is nothing in the message").about("01")),
        ServerFrame::Pong {},
    ]
}

fn hit() -> Hit {
    let Event { seq, at, member, nickname, id, .. } = event();
    let part = |text: &str, marked| ExcerptPart { text: text.into(), marked };
    Hit { seq, at, id, member, nickname, excerpt: vec![part("오늘 ", false), part("회의", true)] }
}

pub(super) fn event() -> Event {
    Event {
        seq: 42,
        at: 1_790_000_000_000,
        member: "m1".into(),
        nickname: "Mina".into(),
        id: "01".into(),
        body: Body::Message(Message { text: "Say \"hi\"\n안녕".into(), ..Message::default() }),
    }
}

fn photo() -> FileInfo {
    FileInfo {
        hash: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad".into(),
        name: "고양이.jpg".into(),
        bytes: 2_401_337,
        media: "image/jpeg".into(),
        width: Some(4032),
        height: Some(3024),
        thumb: Some("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855".into()),
    }
}

fn document() -> FileInfo {
    FileInfo {
        hash: "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824".into(),
        name: "minutes.pdf".into(),
        bytes: 48_112,
        media: "application/pdf".into(),
        ..FileInfo::default()
    }
}

/// What goes over HTTP.
pub(super) fn about_files() -> Vec<String> {
    let new = NewUpload { name: "고양이.jpg".into(), bytes: 2_401_337, media: "image/jpeg".into() };
    let (upload, code) = ("u1".to_owned(), ErrorCode::WrongOffset);
    let refusal = FileRefusal { code, message: "the upload goes on at 7".into(), offset: Some(7) };
    vec![
        serde_json::to_string(&new).expect("JSON"),
        serde_json::to_string(&Upload { upload: upload.clone(), offset: 0, file: None }).expect("JSON"),
        serde_json::to_string(&Upload { upload, offset: 2_401_337, file: Some(photo()) }).expect("JSON"),
        serde_json::to_string(&refusal).expect("JSON"),
    ]
}

/// One of each kind.
fn bodies() -> Vec<Body> {
    let of = "01".to_owned();
    let reactions = vec![Reaction { emoji: "👍".into(), members: vec!["m1".into(), "m2".into()] }];
    let message =
        Message { text: "Hello!".into(), reply: Some("00".into()), edited: Some("03".into()), ..Message::default() };
    let bodies = vec![
        Body::Message(Message { reactions, ..message.clone() }),
        Body::Message(Message { files: vec![photo(), document()], ..message }),
        Body::Edited { of: of.clone(), text: Some("Hello!".into()) },
        Body::Edited { of: of.clone(), text: None },
        Body::Reacted { of: of.clone(), emoji: "👍".into(), on: true },
        Body::Deleted { of },
        Body::Gone { by: Some(By { member: "m2".into(), nickname: "Sol".into() }) },
        Body::Gone { by: None },
        Body::Measure(Measure::Renamed { name: "Attic".into() }),
        Body::Measure(Measure::Slowed { every_ms: 30_000 }),
        Body::Measure(Measure::Files(FileRules { bytes: 1_000_000, days: 0 })),
        Body::Measure(Measure::Member { deed: Deed::Banned, of: "m2".into(), called: "Jun".into() }),
    ];
    for body in &bodies {
        // A new kind can't be forgotten: this doesn't compile without its line.
        match body {
            Body::Message(_)
            | Body::Edited { .. }
            | Body::Reacted { .. }
            | Body::Deleted { .. }
            | Body::Gone { .. }
            | Body::Measure(_) => {}
        }
    }
    bodies
}
