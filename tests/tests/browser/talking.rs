//! Two people in one room.

use fantoccini::key::Key;
use snug_tests::{Browser, TestRelay, network};

#[tokio::test]
async fn two_people_follow_the_link_and_talk() {
    let relay = TestRelay::start().await;
    let link = relay.link();
    let browser = Browser::start().await.unwrap();
    let (mina, jun) = (browser.person().await.unwrap(), browser.person().await.unwrap());
    mina.joins(&link, "Mina").await.unwrap();
    jun.joins(&link, "Jun").await.unwrap();
    assert_eq!(mina.text("room-name").await.unwrap(), "Den");
    mina.says("hello").await.unwrap();
    jun.shows_message("Mina", "hello").await.unwrap();
    jun.says("안녕 👋").await.unwrap();
    for person in [&mina, &jun] {
        person.shows_message("Mina", "hello").await.unwrap();
        person.shows_message("Jun", "안녕 👋").await.unwrap();
        assert_eq!(person.messages().await.unwrap().len(), 2, "each once");
        person.until_connection("online").await.unwrap();
    }
    mina.until_true("two people here", "return document.querySelectorAll(\"[data-testid='member']\").length === 2")
        .await
        .unwrap();
    jun.leaves().await.unwrap();
    mina.until_true("one person here", "return document.querySelectorAll(\"[data-testid='member']\").length === 1")
        .await
        .unwrap();
    assert_eq!(mina.complaints().await.unwrap(), [""; 0]);
}

#[tokio::test]
async fn on_a_lan_address_nothing_leans_on_a_secure_context() {
    if !network::own("talking::on_a_lan_address_nothing_leans_on_a_secure_context") {
        return;
    }
    let relay = TestRelay::on(network::ADDRESS).await;
    let link = relay.link();
    assert!(link.starts_with("http://10.84.0.1:"), "{link}");
    let browser = Browser::start().await.unwrap();
    let (mina, jun) = (browser.person().await.unwrap(), browser.person_with("ko-KR", 390, 844).await.unwrap());
    mina.joins(&link, "Mina").await.unwrap();
    jun.joins(&link, "Jun").await.unwrap();
    let promised = mina.run("return [isSecureContext, !!navigator.clipboard, !!crypto.subtle]").await.unwrap();
    assert_eq!(promised, serde_json::json!([false, false, false]));
    // What can't be is said, and not asked for.
    mina.click("settings").await.unwrap();
    assert_eq!(mina.attribute("notify-state", "data-state").await.unwrap(), "insecure");
    assert!(!mina.has("notify-allow").await.unwrap());
    mina.press(Key::Escape).await.unwrap();
    mina.says("from the desk").await.unwrap();
    jun.says("전화기에서").await.unwrap();
    for person in [&mina, &jun] {
        person.shows_message("Mina", "from the desk").await.unwrap();
        person.shows_message("Jun", "전화기에서").await.unwrap();
        assert_eq!(person.complaints().await.unwrap(), [""; 0]);
    }
    assert_eq!(jun.run("return document.documentElement.lang").await.unwrap(), "ko");
}

#[tokio::test]
async fn a_changed_nickname_is_seen_by_all_and_remembered() {
    let relay = TestRelay::start().await;
    let link = relay.link();
    let browser = Browser::start().await.unwrap();
    let (mina, mut jun) = (browser.person().await.unwrap(), relay.join("Jun").await);
    mina.joins(&link, "Mina").await.unwrap();
    jun.sees_here(&["Jun", "Mina"]).await;
    mina.changes_nickname("민아").await.unwrap();
    jun.sees_here(&["Jun", "민아"]).await;
    mina.says("it is still me").await.unwrap();
    jun.hears("민아", "it is still me").await;
    mina.opens_anew(&link).await.unwrap();
    let field = mina.find("nickname").await.unwrap();
    assert_eq!(field.prop("value").await.unwrap().as_deref(), Some("민아"));
}

#[tokio::test]
async fn someone_without_a_name_is_anonymous() {
    let relay = TestRelay::start().await;
    let browser = Browser::start().await.unwrap();
    let nobody = browser.person().await.unwrap();
    let mut jun = relay.join("Jun").await;
    nobody.opens(&relay.link()).await.unwrap();
    nobody.click("enter-room").await.unwrap();
    nobody.says("who am I?").await.unwrap();
    jun.hears("Anonymous", "who am I?").await;
}
