//! Nothing is lost while the host is away, the page is reloaded, or both.

use snug_tests::{Browser, TestRelay};

#[tokio::test]
async fn what_is_typed_while_the_host_is_away_is_sent_when_it_is_back() {
    let relay = TestRelay::start().await;
    let browser = Browser::start().await.unwrap();
    let (mina, jun) = (browser.person().await.unwrap(), relay.join("Jun").await);
    mina.joins(&relay.link(), "Mina").await.unwrap();
    mina.says("before").await.unwrap();
    mina.shows_message("Mina", "before").await.unwrap();
    // A page that were loaded anew would have forgotten this.
    mina.run("window.sameAsBefore = true; return null").await.unwrap();

    let paused = relay.pause().await;
    mina.until_connection("offline").await.unwrap();
    mina.says("while away, one").await.unwrap();
    mina.says("while away, two").await.unwrap();
    let shown = mina.messages().await.unwrap();
    assert_eq!(shown[1..].iter().map(|row| row[2].as_str().unwrap()).collect::<Vec<_>>(), ["pending", "pending"]);

    let relay = paused.resume().await;
    mina.until_connection("online").await.unwrap();
    let mut jun = jun.resume(relay.addr(), &relay.invite).await;
    for text in ["before", "while away, one", "while away, two"] {
        mina.shows_message("Mina", text).await.unwrap();
        jun.hears("Mina", text).await;
    }
    jun.hears_nothing().await;
    assert_eq!(mina.messages().await.unwrap().len(), 3, "each once");
    assert_eq!(mina.run("return window.sameAsBefore").await.unwrap(), true);
}

#[tokio::test]
async fn what_was_said_by_others_meanwhile_is_there_without_a_reload() {
    let relay = TestRelay::start().await;
    let browser = Browser::start().await.unwrap();
    let mina = browser.person().await.unwrap();
    mina.joins(&relay.link(), "Mina").await.unwrap();
    let paused = relay.pause().await;
    mina.until_connection("offline").await.unwrap();
    let relay = paused.resume().await;
    let mut jun = relay.join("Jun").await;
    jun.says_often("did you miss me?", 100).await;
    mina.until_connection("online").await.unwrap();
    mina.shows_message("Jun", "did you miss me?").await.unwrap();
    jun.says("that was all").await;
    mina.shows_message("Jun", "that was all").await.unwrap();
}

#[tokio::test]
async fn a_reload_loses_neither_what_waits_nor_what_is_being_typed() {
    let relay = TestRelay::start().await;
    let browser = Browser::start().await.unwrap();
    let mina = browser.person().await.unwrap();
    let link = relay.link();
    mina.joins(&link, "Mina").await.unwrap();
    // Nothing goes out any more, but the page itself can still be loaded.
    mina.gets_nothing_out().await.unwrap();
    mina.says("is this lost?").await.unwrap();
    mina.find("composer").await.unwrap().send_keys("half a thou").await.unwrap();
    mina.reload().await.unwrap();
    mina.shows_message("Mina", "is this lost?").await.unwrap();
    mina.until_true("the draft", "return document.querySelector(\"[data-testid='composer']\").value === 'half a thou'")
        .await
        .unwrap();
    let jun = relay.join("Jun").await;
    assert_eq!(jun.events.len(), 1, "sent once");
}

#[tokio::test]
async fn coming_back_is_the_same_member() {
    let relay = TestRelay::start().await;
    let browser = Browser::start().await.unwrap();
    let mina = browser.person().await.unwrap();
    let link = relay.link();
    mina.joins(&link, "Mina").await.unwrap();
    let mut jun = relay.join("Jun").await;
    let before = jun.members.iter().find(|member| member.nickname == "Mina").unwrap().member.clone();
    mina.opens_anew(&link).await.unwrap();
    mina.joins(&link, "Mina again").await.unwrap();
    jun.sees_here(&["Jun", "Mina again"]).await;
    let after = jun.members.iter().find(|member| member.nickname == "Mina again").unwrap().member.clone();
    assert_eq!(before, after);
}
