//! A host that goes to another address, which a browser's page can't follow by itself.

use std::net::Ipv4Addr;

use snug_tests::{
    Browser, TestRelay,
    axe::{knows_its_words, nothing_in_the_way},
};

#[tokio::test]
async fn what_waits_is_carried_to_where_the_host_is_now_and_said_once() {
    let relay = TestRelay::start().await;
    let (browser, mut jun) = (Browser::start().await.unwrap(), relay.join("Jun").await);
    let mina = browser.person().await.unwrap();
    // Said before anybody comes, so that whoever is in has heard it.
    let elsewhere = Ipv4Addr::new(127, 0, 0, 2);
    let (from, to) = (relay.addr().to_string(), format!("{elsewhere}:{}", relay.addr().port()));
    relay.handle().is_at(vec![to.clone(), from]);
    mina.joins(&relay.link(), "Mina").await.unwrap();
    mina.says("before").await.unwrap();
    mina.shows_message("Mina", "before").await.unwrap();
    jun.hears("Mina", "before").await;

    knows_its_words(&mina).await;
    let paused = relay.pause().await;
    mina.until_connection("offline").await.unwrap();
    mina.says("while away, <b>one</b>").await.unwrap();
    mina.says("zwei, 셋 🍲").await.unwrap();
    let relay = paused.resume_on(elsewhere).await;
    // It can't have reached it: the page speaks to its own origin alone.
    mina.until_text("elsewhere-link", &to).await.unwrap();
    nothing_in_the_way(&mina, "a host that may be elsewhere").await;
    mina.click("elsewhere-link").await.unwrap();

    // What a link brings is shown before it is said in one's name.
    let brought = mina.text("brought").await.unwrap();
    nothing_in_the_way(&mina, "what a link brings").await;
    assert!(brought.contains("while away, <b>one</b>") && brought.contains("zwei, 셋 🍲"), "{brought}");
    assert_eq!(mina.value("nickname").await.unwrap(), "Mina");
    let address = mina.address().await.unwrap();
    assert_eq!(address, relay.link(), "the address holds the invite, and nothing besides");
    let mut jun = jun.resume(relay.addr(), &relay.invite).await;
    mina.click("enter-room").await.unwrap();
    for text in ["before", "while away, <b>one</b>", "zwei, 셋 🍲"] {
        mina.shows_message("Mina", text).await.unwrap();
    }
    jun.hears("Mina", "while away, <b>one</b>").await;
    jun.hears("Mina", "zwei, 셋 🍲").await;
    jun.hears_nothing().await;

    // The page that was left still has it, and says it no second time when the host is back there.
    let relay = relay.pause().await.resume_on(Ipv4Addr::LOCALHOST).await;
    mina.opens_anew(&relay.link()).await.unwrap();
    mina.click("enter-room").await.unwrap();
    mina.until_connection("online").await.unwrap();
    mina.until_true(
        "nothing waits",
        "return !document.querySelector(\"[data-state='pending'], [data-state='failed']\")",
    )
    .await
    .unwrap();
    let mut jun = jun.resume(relay.addr(), &relay.invite).await;
    jun.hears_nothing().await;
    assert_eq!(mina.messages().await.unwrap().len(), 3, "each once");
}

#[tokio::test]
async fn what_a_link_brings_is_not_said_by_whoever_doesnt_want_to() {
    let relay = TestRelay::start().await;
    let browser = Browser::start().await.unwrap();
    let (mina, mut jun) = (browser.person().await.unwrap(), relay.join("Jun").await);
    // {"nickname":"Mina","messages":[{"id":"01","text":"I hate soup","at":1}]}, by somebody who made it up.
    let made_up = "eyJuaWNrbmFtZSI6Ik1pbmEiLCJtZXNzYWdlcyI6W3siaWQiOiIwMSIsInRleHQiOiJJIGhhdGUgc291cCIsImF0IjoxfV19";
    mina.opens(&format!("{}~{made_up}", relay.link())).await.unwrap();
    assert!(mina.text("brought").await.unwrap().contains("I hate soup"));
    mina.click("brought-send").await.unwrap();
    mina.click("enter-room").await.unwrap();
    mina.says("Hello").await.unwrap();
    jun.hears("Mina", "Hello").await;
    jun.hears_nothing().await;
}
