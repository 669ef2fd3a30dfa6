//! Being refused is said plainly.

use snug_tests::{Browser, TestRelay};

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
