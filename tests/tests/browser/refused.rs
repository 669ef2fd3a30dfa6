//! Being refused is said plainly.

use serde_json::{Value, json};
use snug_tests::{Browser, TestRelay, axe::nothing_in_the_way, puppet};

#[tokio::test]
async fn a_wrong_link_says_what_is_wrong_with_it() {
    let relay = TestRelay::start().await;
    let link = relay.link();
    let (address, secret) = link.split_once('#').unwrap();
    let browser = Browser::start().await.unwrap();
    let mina = browser.person().await.unwrap();
    let wrong_secret = format!("{address}#{}", secret.chars().rev().collect::<String>());
    let wrong_room = format!("http://{}/r/nowhere0#{secret}", relay.addr());
    for link in [&wrong_secret, &wrong_room] {
        mina.opens_anew(link).await.unwrap();
        mina.click("enter-room").await.unwrap();
        let told = mina.text("refusal").await.unwrap();
        assert!(told.len() > 20 && !told.contains('_'), "a sentence for a person: {told}");
        assert!(!told.contains(secret), "no secret on the screen");
    }
    // And the right one still lets in.
    mina.opens_anew(&link).await.unwrap();
    mina.click("enter-room").await.unwrap();
    mina.find("composer").await.unwrap();
}

#[tokio::test]
async fn an_open_room_is_entered_by_its_address_alone() {
    let relay = TestRelay::open().await;
    let browser = Browser::start().await.unwrap();
    let mina = browser.person().await.unwrap();
    mina.joins(&format!("http://{}/", relay.addr()), "Mina").await.unwrap();
    mina.says("no link needed").await.unwrap();
    mina.shows_message("Mina", "no link needed").await.unwrap();
}

#[tokio::test]
async fn a_full_host_is_said_to_be_full_and_tried_again() {
    let relay = TestRelay::with(|limits| limits.sockets = 1).await;
    let jun = relay.join("Jun").await;
    let browser = Browser::start().await.unwrap();
    let mina = browser.person().await.unwrap();
    mina.opens(&relay.link()).await.unwrap();
    mina.type_into("nickname", "Mina").await.unwrap();
    mina.click("enter-room").await.unwrap();
    mina.until_true("told that it is full", "return /full/i.test(document.body.innerText)").await.unwrap();
    jun.leaves().await;
    mina.find("composer").await.unwrap();
    mina.until_connection("online").await.unwrap();
}

/// What keeps somebody out, with what is said of it besides.
fn refusals() -> Vec<(&'static str, Value)> {
    let usual = ["wrong_secret", "link_ended", "no_answer", "room_locked", "too_many_waiting", "wrong_host_key"];
    let troubles = ["no_such_room", "full", "too_many_from_here", "log_failed", "log_damaged", "stopping"];
    let mut all: Vec<_> = usual.into_iter().chain(troubles).map(|code| (code, json!({}))).collect();
    all.extend([
        ("turned_away", json!({ "wait_ms": 45_000 })),
        ("door_quiet", json!({ "wait_ms": 540_000 })),
        ("too_many_tries", json!({ "wait_ms": 20_000 })),
        ("removed", json!({ "by": "Mina" })),
        ("banned", json!({ "by": "A very long name that goes on and on and" })),
        ("bad_nickname", json!({})),
        ("bad_device", json!({})),
    ]);
    all
}

#[tokio::test]
async fn every_way_not_to_be_in_is_said_and_in_nobodys_way() {
    let relay = TestRelay::start().await;
    let browser = Browser::start().await.unwrap();
    let mina = browser.person().await.unwrap();
    puppet::between(&mina).await.unwrap();
    mina.opens(&relay.link()).await.unwrap();
    mina.find("enter-room").await.unwrap();
    puppet::lingers(&mina).await.unwrap();
    for (code, more) in refusals() {
        let mut error = json!({ "type": "error", "payload": { "code": code, "message": "" } });
        error["payload"].as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        puppet::meets(&mina, &error).await.unwrap();
        mina.click("enter-room").await.unwrap();
        let said = format!("return document.querySelector('[data-testid=refusal]')?.dataset.reason === '{code}'");
        mina.until_true(code, &said).await.unwrap();
        nothing_in_the_way(&mina, &format!("refused, {code}")).await;
        mina.run("document.querySelector('.card-actions button').click(); return null").await.unwrap();
    }
    let away = json!({ "type": "waiting", "payload": { "host_here": false, "ends_in_ms": 300_000 } });
    puppet::meets(&mina, &away).await.unwrap();
    mina.click("enter-room").await.unwrap();
    mina.find("knocking").await.unwrap();
    nothing_in_the_way(&mina, "at the door of a host who is away").await;
    mina.click("stop-knocking").await.unwrap();
    puppet::meets(&mina, &Value::Null).await.unwrap();
    mina.click("enter-room").await.unwrap();
    mina.find("connection-state").await.unwrap();
    nothing_in_the_way(&mina, "on the way in").await;
}
