//! What waits to be sent: through a reload, in two tabs, and without a place to store it.

use snug_tests::{
    Browser, TestRelay,
    axe::{knows_its_words, nothing_in_the_way},
};

use crate::{Host, said_by};

fn sent(texts: &[&str]) -> Vec<(String, String)> {
    texts.iter().map(|text| ((*text).to_owned(), "sent".to_owned())).collect()
}

#[tokio::test]
async fn a_reload_while_the_host_is_gone_loses_nothing_that_waits() {
    let host = Host::new();
    let relay = host.starts().await;
    let browser = Browser::start().await.unwrap();
    let mina = browser.person().await.unwrap();
    mina.joins(&relay.link, "Mina").await.unwrap();
    mina.says("before").await.unwrap();
    mina.shows_message("Mina", "before").await.unwrap();
    relay.kill().await.unwrap();
    mina.until_connection("offline").await.unwrap();
    for text in ["one", "two", "three"] {
        mina.says(text).await.unwrap();
    }
    // The page comes from the host, which is gone: the browser shows its own.
    mina.reload().await.unwrap();
    assert!(!mina.has("composer").await.unwrap());

    let relay = host.starts().await;
    mina.reload().await.unwrap();
    mina.shows_message("Mina", "three").await.unwrap();
    mina.says("four").await.unwrap();
    mina.shows_message("Mina", "four").await.unwrap();
    assert_eq!(said_by(&mina, "Mina").await, sent(&["before", "one", "two", "three", "four"]));
    // And the host has each once.
    mina.opens_anew(&relay.link).await.unwrap();
    mina.click("enter-room").await.unwrap();
    mina.shows_message("Mina", "four").await.unwrap();
    assert_eq!(said_by(&mina, "Mina").await.len(), 5);
}

#[tokio::test]
async fn two_tabs_send_each_message_once_and_agree_on_its_fate() {
    let host = Host::new();
    let relay = host.starts().await;
    let browser = Browser::start().await.unwrap();
    let mina = browser.person().await.unwrap();
    mina.joins(&relay.link, "Mina").await.unwrap();
    let first = mina.opens_tab().await.unwrap();
    mina.joins(&relay.link, "Mina").await.unwrap();
    relay.kill().await.unwrap();
    mina.until_connection("offline").await.unwrap();
    mina.says("from the second tab").await.unwrap();
    let second = mina.client().window().await.unwrap();
    mina.looks_at(&first).await.unwrap();
    mina.until_connection("offline").await.unwrap();
    mina.says("from the first tab").await.unwrap();
    mina.says(&"far too long for what comes ".repeat(4)).await.unwrap();

    let _relay = host.starts_with(&["--text-bytes", "40"]).await;
    for tab in [&first, &second] {
        mina.looks_at(tab).await.unwrap();
        mina.shows_message("Mina", "from the first tab").await.unwrap();
        mina.shows_message("Mina", "from the second tab").await.unwrap();
        // The first tab's outbox is the second's, too: it finds the refused one as soon as it is back.
        mina.find("failed").await.unwrap();
        let shown = said_by(&mina, "Mina").await;
        assert_eq!(shown.len(), 3, "each once: {shown:?}");
    }
    mina.click("delete").await.unwrap();
    mina.looks_at(&first).await.unwrap();
    mina.until_true("it is gone here, too", "return !document.querySelector(\"[data-testid='failed']\")")
        .await
        .unwrap();
    assert_eq!(
        mina.run("return Object.keys(localStorage).filter((key) => key.includes('outbox')).length").await.unwrap(),
        0
    );
}

#[tokio::test]
async fn a_tab_closed_too_early_is_spoken_for_by_the_next_one() {
    let relay = TestRelay::start().await;
    let browser = Browser::start().await.unwrap();
    let mina = browser.person().await.unwrap();
    mina.joins(&relay.link(), "Mina").await.unwrap();
    // Nothing this tab says goes out any more.
    mina.gets_nothing_out().await.unwrap();
    mina.says("said in a closing door").await.unwrap();
    assert_eq!(said_by(&mina, "Mina").await[0].1, "pending");
    let first = mina.opens_tab().await.unwrap();
    mina.joins(&relay.link(), "Mina").await.unwrap();
    mina.shows_message("Mina", "said in a closing door").await.unwrap();
    // The tab that couldn't learns from the other, or from the log, that it is said.
    mina.looks_at(&first).await.unwrap();
    mina.shows_message("Mina", "said in a closing door").await.unwrap();
    assert_eq!(said_by(&mina, "Mina").await.len(), 1);
    assert_eq!(relay.join("Jun").await.events.len(), 1);
}

#[tokio::test]
async fn whoever_has_no_room_to_store_is_told_and_loses_nothing_that_is_not_reloaded() {
    let relay = TestRelay::start().await;
    let browser = Browser::start().await.unwrap();
    let mina = browser.person().await.unwrap();
    mina.joins(&relay.link(), "Mina").await.unwrap();
    knows_its_words(&mina).await;
    mina.run(
        "for (let size = 1 << 20; size > 0; size >>= 1) {
             try {
                 for (let at = 0; ; at += 1) localStorage.setItem(`filling ${size} ${at}`, 'x'.repeat(size));
             } catch {}
         }
         return null",
    )
    .await
    .unwrap();
    let paused = relay.pause().await;
    mina.until_connection("offline").await.unwrap();
    assert!(!mina.has("perishable-bar").await.unwrap(), "nothing waits yet");
    mina.says("only in this page").await.unwrap();
    mina.until_true("a warning", "return /a reload would lose it/.test(document.body.innerText)").await.unwrap();
    nothing_in_the_way(&mina, "what a reload would lose").await;

    let relay = paused.resume().await;
    mina.shows_message("Mina", "only in this page").await.unwrap();
    mina.until_true("no warning any more", "return !document.querySelector(\"[data-testid='perishable-bar']\")")
        .await
        .unwrap();
    assert_eq!(relay.join("Jun").await.events.len(), 1);
}
