//! Messages that change: other words, reactions, deletion; and who may do what.

use snug_relay::wire::{Body, By, ClientFrame, Delete, Edit, ErrorCode, Join, Message, NewMessage, React, Reaction};
use snug_tests::{TestRelay, words};

fn edit(id: &str, of: &str, text: &str) -> ClientFrame {
    ClientFrame::Edit(Edit { id: id.into(), of: of.into(), text: text.into() })
}

fn delete(id: &str, of: &str) -> ClientFrame {
    ClientFrame::Delete(Delete { id: id.into(), of: of.into() })
}

fn react(id: &str, of: &str, emoji: &str, on: bool) -> ClientFrame {
    ClientFrame::React(React { id: id.into(), of: of.into(), emoji: emoji.into(), on })
}

#[tokio::test]
async fn everyone_hears_a_change_in_its_place_and_whoever_comes_later_reads_the_result() {
    let relay = TestRelay::start().await;
    let (mut mina, mut jun) = (relay.join("Mina").await, relay.join("Jun").await);
    mina.says_with_id("a", "helo").await.unwrap();
    assert_eq!(mina.changes(edit("e", "a", "hello")).await, Ok(2));
    assert_eq!(jun.changes(react("r", "a", "👍", true)).await, Ok(3));
    jun.hears("Mina", "helo").await;
    assert_eq!(jun.next_event().await.body, Body::Edited { of: "a".into(), text: Some("hello".into()) });
    assert_eq!(jun.next_event().await.body, Body::Reacted { of: "a".into(), emoji: "👍".into(), on: true });
    let reactions = vec![Reaction { emoji: "👍".into(), members: vec![jun.welcome.unwrap().you.member] }];
    let edited = Some("e".to_owned());
    let now = Body::Message(Message { text: "hello".into(), edited, reactions, ..Message::default() });
    assert_eq!(relay.join("Sol").await.events[0].body, now, "from memory");
    let relay = relay.restart().await;
    assert_eq!(relay.join("Sol").await.events[0].body, now, "from the disk");
}

#[tokio::test]
async fn what_is_sent_again_after_a_cut_happens_once() {
    let relay = TestRelay::start().await;
    let mut mina = relay.join("Mina").await;
    mina.says_with_id("a", "hello").await.unwrap();
    assert_eq!(mina.changes(delete("d", "a")).await, Ok(2));
    let mut mina = mina.resume(relay.addr(), &relay.invite).await;
    assert_eq!(mina.changes(delete("d", "a")).await, Ok(2));
    assert_eq!(mina.says_with_id("a", "hello").await, Ok(1), "the message that is gone keeps its place");
    assert_eq!(relay.join("Jun").await.events.len(), 2);
}

#[tokio::test]
async fn an_answer_names_what_it_answers() {
    let relay = TestRelay::start().await;
    let (mut mina, mut jun) = (relay.join("Mina").await, relay.join("Jun").await);
    mina.says_with_id("a", "tea?").await.unwrap();
    let answer = NewMessage { reply: Some("a".into()), ..NewMessage::new("b", "yes!") };
    assert_eq!(jun.changes(ClientFrame::NewMessage(answer)).await, Ok(2));
    mina.hears("Mina", "tea?").await;
    let heard = mina.next_event().await;
    assert_eq!(words(&heard), "yes!");
    assert!(matches!(heard.body, Body::Message(Message { reply: Some(of), .. }) if of == "a"));
}

#[tokio::test]
async fn each_refused_change_has_its_name_and_changes_nothing() {
    let relay = TestRelay::start().await;
    let (mut mina, mut jun) = (relay.join("Mina").await, relay.join("Jun").await);
    mina.says_with_id("a", "mine").await.unwrap();
    let long = "x".repeat(64 * 1024);
    for (frame, code) in [
        (edit("x", "a", "stolen"), ErrorCode::NotYours),
        (delete("x", "a"), ErrorCode::NotYours),
        (edit("x", "nothing", "words"), ErrorCode::NoSuchMessage),
        (react("x", "nothing", "👍", true), ErrorCode::NoSuchMessage),
        (react("x", "a", "hello", true), ErrorCode::BadEmoji),
        (react("x", "a", "👍👍", true), ErrorCode::BadEmoji),
        (edit("x", "a", "  "), ErrorCode::NotYours),
        (edit("x", "a", &long), ErrorCode::TextTooLong),
        (delete("x", "two words"), ErrorCode::BadId),
        (delete("", "a"), ErrorCode::BadId),
    ] {
        assert_eq!(jun.changes(frame.clone()).await.map_err(|error| error.code), Err(code), "{frame:?}");
    }
    let emptied = mina.changes(edit("y", "a", "  ")).await;
    assert_eq!(
        emptied.map_err(|error| error.code),
        Err(ErrorCode::EmptyMessage),
        "only what has files may lose its words"
    );
    assert_eq!(jun.says("still here").await, 2, "no place was taken");
    assert_eq!(words(&relay.join("Sol").await.events[0]), "mine");
}

#[tokio::test]
async fn the_host_may_delete_what_anybody_said_and_edit_only_its_own() {
    let relay = TestRelay::start().await;
    let mut mina = relay.join("Mina").await;
    assert!(!mina.welcome.as_ref().unwrap().you.host);
    mina.says_with_id("a", "rude").await.unwrap();
    let mut host = relay.joins_as_host().await;
    assert_eq!(host.changes(edit("e", "a", "kind")).await.map_err(|error| error.code), Err(ErrorCode::NotYours));
    assert_eq!(host.changes(delete("d", "a")).await, Ok(2));
    let you = host.welcome.unwrap().you;
    let by = Some(By { member: you.member, nickname: you.nickname });
    assert_eq!(relay.join("Sol").await.events[0].body, Body::Gone { by });
}

#[tokio::test]
async fn a_wrong_host_key_lets_nobody_in_whatever_else_they_bring() {
    let relay = TestRelay::start().await;
    let invite = &relay.invite;
    for key in [invite.secret.to_string(), String::new(), "x".repeat(22)] {
        let mut guest = relay.connect().await;
        let secret = Some(invite.secret.to_string());
        let join = Join { room: Some(invite.room.clone()), secret, host: Some(key), ..Join::default() };
        guest.send(&ClientFrame::Join(join)).await;
        assert_eq!(guest.is_refused().await, ErrorCode::WrongHostKey);
    }
}
