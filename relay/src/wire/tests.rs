//! The page's types and the protocol's examples follow the Rust types, or these fail.
//! `cargo xtask bless` writes both anew.

mod examples;

use std::{fs, path::Path};

use ts_rs::{Config, TS};

use super::*;
use examples::{about_files, client_frames, event, server_frames};

#[test]
fn the_pages_types_are_the_relays() {
    let config = Config::new().with_large_int("number");
    let mut generated = String::from("// Generated from relay/src/wire.rs by `cargo xtask bless`. Edit that.\n");
    declare::<ClientFrame>(&config, &mut generated);
    declare::<ServerFrame>(&config, &mut generated);
    declare::<Join>(&config, &mut generated);
    declare::<Since>(&config, &mut generated);
    declare::<NewMessage>(&config, &mut generated);
    declare::<Edit>(&config, &mut generated);
    declare::<Delete>(&config, &mut generated);
    declare::<React>(&config, &mut generated);
    declare::<Nickname>(&config, &mut generated);
    declare::<Typing>(&config, &mut generated);
    declare::<Away>(&config, &mut generated);
    declare::<HistoryRequest>(&config, &mut generated);
    declare::<Place>(&config, &mut generated);
    declare::<SearchRequest>(&config, &mut generated);
    declare::<Order>(&config, &mut generated);
    declare::<Door>(&config, &mut generated);
    declare::<Waiting>(&config, &mut generated);
    declare::<Knocks>(&config, &mut generated);
    declare::<Knock>(&config, &mut generated);
    declare::<Keys>(&config, &mut generated);
    declare::<Link>(&config, &mut generated);
    declare::<Guests>(&config, &mut generated);
    declare::<Guest>(&config, &mut generated);
    declare::<Entry>(&config, &mut generated);
    declare::<Standing>(&config, &mut generated);
    declare::<Welcome>(&config, &mut generated);
    declare::<You>(&config, &mut generated);
    declare::<FileRules>(&config, &mut generated);
    declare::<RoomInfo>(&config, &mut generated);
    declare::<Member>(&config, &mut generated);
    declare::<Limits>(&config, &mut generated);
    declare::<Event>(&config, &mut generated);
    declare::<Body>(&config, &mut generated);
    declare::<By>(&config, &mut generated);
    declare::<Measure>(&config, &mut generated);
    declare::<Deed>(&config, &mut generated);
    declare::<Message>(&config, &mut generated);
    declare::<Reaction>(&config, &mut generated);
    declare::<FileInfo>(&config, &mut generated);
    declare::<NewUpload>(&config, &mut generated);
    declare::<Upload>(&config, &mut generated);
    declare::<FileRefusal>(&config, &mut generated);
    declare::<Events>(&config, &mut generated);
    declare::<Acks>(&config, &mut generated);
    declare::<Ack>(&config, &mut generated);
    declare::<HistoryPage>(&config, &mut generated);
    declare::<Found>(&config, &mut generated);
    declare::<Hit>(&config, &mut generated);
    declare::<ExcerptPart>(&config, &mut generated);
    declare::<Presence>(&config, &mut generated);
    declare::<Addresses>(&config, &mut generated);
    declare::<Typists>(&config, &mut generated);
    declare::<WireError>(&config, &mut generated);
    declare::<ErrorCode>(&config, &mut generated);

    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/src/wire.gen.ts");
    if std::env::var_os("BLESS").is_some() {
        fs::write(&path, &generated).expect("the file can be written");
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == generated, "ui/src/wire.gen.ts is not what relay/src/wire.rs says: run `cargo xtask bless`");
}

fn declare<T: TS>(config: &Config, into: &mut String) {
    into.push('\n');
    into.push_str(&T::docs().unwrap_or_default());
    into.push_str("export ");
    into.push_str(&T::decl(config));
    into.push('\n');
}

#[test]
fn every_frame_has_its_example() {
    let examples: Vec<String> = client_frames()
        .iter()
        .map(|frame| serde_json::to_string(frame).expect("every frame is JSON"))
        .chain(server_frames().iter().map(|frame| frame.encode().to_string()))
        .chain(about_files())
        .collect();
    insta::assert_snapshot!(examples.join("\n"));
}

#[test]
fn what_a_client_sends_is_read_back() {
    for frame in client_frames() {
        // An example for a new frame can't be forgotten: this doesn't compile without its line.
        match frame {
            ClientFrame::Join(_)
            | ClientFrame::NewMessage(_)
            | ClientFrame::Edit(_)
            | ClientFrame::Delete(_)
            | ClientFrame::React(_)
            | ClientFrame::Nickname(_)
            | ClientFrame::Typing(_)
            | ClientFrame::Away(_)
            | ClientFrame::History(_)
            | ClientFrame::Search(_)
            | ClientFrame::Host(_)
            | ClientFrame::Ping {} => {}
        }
        let json = serde_json::to_string(&frame).expect("every frame is JSON");
        assert_eq!(ClientFrame::parse(&json), Ok(frame));
    }
}

/// Frames of messages have a way of their own, which has to lead where the other does.
#[test]
fn however_a_frame_is_written_it_is_the_same() {
    let frame = || ClientFrame::NewMessage(NewMessage::new("01", "Say \"hi\"\n안녕"));
    let json = serde_json::to_string(&frame()).expect("every frame is JSON");
    let payload = json.strip_prefix(r#"{"type":"new_message","payload":"#).and_then(|rest| rest.strip_suffix('}'));
    let payload = payload.expect("as our clients write it");
    for written in [
        format!(r#"{{"payload":{payload},"type":"new_message"}}"#),
        format!(r#" {{ "type" : "new_message" , "payload" : {payload} }} "#),
        format!(r#"{{"type":"new\u005fmessage","payload":{payload}}}"#),
        format!(r#"{{"type":"new_message","payload":{payload},"and":"more"}}"#),
        format!(r#"{{"type":"new_message","payload": {payload} }}"#),
    ] {
        assert_eq!(ClientFrame::parse(&written), Ok(frame()), "{written}");
    }
    let code = |text: String| ClientFrame::parse(&text).map_err(|error| error.code);
    assert_eq!(code(format!("{json}}}")), Err(ErrorCode::BadJson));
    assert_eq!(code(format!("{json}{json}")), Err(ErrorCode::BadJson));
    let twice = format!(r#"{{"type":"new_message","payload":{payload},"type":"ping"}}"#);
    assert_eq!(code(twice), Err(ErrorCode::BadFrame));
}

#[test]
fn what_a_relay_sends_is_read_back() {
    for frame in server_frames() {
        match frame {
            ServerFrame::Welcome(_)
            | ServerFrame::Waiting(_)
            | ServerFrame::Room(_)
            | ServerFrame::Knocks(_)
            | ServerFrame::Keys(_)
            | ServerFrame::Guests(_)
            | ServerFrame::Events(_)
            | ServerFrame::Ack(_)
            | ServerFrame::History(_)
            | ServerFrame::Found(_)
            | ServerFrame::Presence(_)
            | ServerFrame::Addresses(_)
            | ServerFrame::Typing(_)
            | ServerFrame::Error(_)
            | ServerFrame::Pong {} => {}
        }
        assert_eq!(serde_json::from_str::<ServerFrame>(&frame.encode()).ok(), Some(frame));
    }
}

#[test]
fn events_encoded_one_by_one_make_the_same_frame() {
    let encoded = serde_json::to_string(&event()).expect("an event is JSON");
    let encoded = format!("{encoded},{encoded}");
    let spliced = events_frame(&encoded);
    assert_eq!(spliced, *ServerFrame::Events(Events { events: vec![event(), event()] }).encode());
    for frame in server_frames() {
        let (empty, full) = match frame {
            ServerFrame::Welcome(welcome) => (
                ServerFrame::Welcome(Welcome { events: vec![], ..welcome.clone() }),
                ServerFrame::Welcome(Welcome { events: vec![event(), event()], ..welcome }),
            ),
            ServerFrame::History(page) => (
                ServerFrame::History(HistoryPage { events: vec![], ..page.clone() }),
                ServerFrame::History(HistoryPage { events: vec![event(), event()], ..page }),
            ),
            _ => continue,
        };
        assert_eq!(empty.encode_with(&encoded), full.encode());
        assert_eq!(empty.encode_with(""), empty.encode());
    }
}

#[test]
fn an_event_is_its_stored_part_with_a_place_and_a_time() {
    let event = event();
    let whole = serde_json::to_string(&event).expect("an event is JSON");
    let place = format!(r#"{{"seq":{},"at":{},"#, event.seq, event.at);
    let stored = format!("{{{}", whole.strip_prefix(&place).expect("place and time come first"));
    let mut encoded = String::new();
    encode_event(event.seq, event.at, &stored, &mut encoded);
    assert_eq!(encoded, whole);
    assert_eq!(time_of(&encoded), Some(event.at));
}

#[test]
fn each_kind_of_bad_frame_has_its_name() {
    let code = |text: &str| ClientFrame::parse(text).map_err(|error| error.code);
    for not_json in ["", "{", "hello", r#"{"type":"ping"} trailing"#] {
        assert_eq!(code(not_json), Err(ErrorCode::BadJson), "{not_json}");
    }
    for not_a_frame in [
        "[]",
        "7",
        "{}",
        r#"{"type":7}"#,
        r#"{"type":"new_message"}"#,
        r#"{"type":"new_message","payload":{"id":"1"}}"#,
        r#"{"type":"new_message","payload":"hello"}"#,
        r#"{"type":"join","payload":{"since":{"epoch":"e","seq":-1,"at":1}}}"#,
        r#"{"type":"history","payload":{}}"#,
        r#"{"type":"history","payload":{"place":{}}}"#,
        r#"{"type":"history","payload":{"place":{"before":2,"after":1}}}"#,
        r#"{"type":"history","payload":{"place":{"beside":2}}}"#,
        r#"{"type":"history","payload":{"place":{"around":-1}}}"#,
        r#"{"type":"history","payload":{"place":{"around":1e400}}}"#,
        r#"{"type":"history","payload":{"place":{"at":18446744073709551616}}}"#,
    ] {
        assert_eq!(code(not_a_frame), Err(ErrorCode::BadFrame), "{not_a_frame}");
    }
    assert_eq!(code(r#"{"type":"shout","payload":{}}"#), Err(ErrorCode::UnknownType));
    assert_eq!(code(r#"{"type":"join"}"#), Ok(ClientFrame::Join(Join::default())));
}
