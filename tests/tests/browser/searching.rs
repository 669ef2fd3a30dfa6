//! Finding what was said, and going there.

use fantoccini::key::Key;
use snug_tests::{Browser, Page, TestRelay};

/// The places of what is found, in order.
const FOUND: &str =
    "return [...document.querySelectorAll(\"[data-testid='search-result']\")].map((it) => +it.dataset.seq)";

async fn ctrl(page: &Page, key: &str) {
    let keys = format!("{}{key}{}", char::from(Key::Control), char::from(Key::Null));
    page.client().active_element().await.unwrap().send_keys(&keys).await.unwrap();
}

#[tokio::test]
async fn what_was_said_long_ago_is_found_and_gone_to_by_keyboard() {
    let relay = TestRelay::with(|limits| limits.page_events = 30).await;
    let mut jun = relay.join("Jun").await;
    for number in 1..=400 {
        jun.says(&if number % 150 == 0 { format!("회의 {number}") } else { format!("number {number}") }).await;
    }
    let browser = Browser::start().await.unwrap();
    let mina = browser.person().await.unwrap();
    mina.joins(&relay.link(), "Mina").await.unwrap();
    mina.shows_message("Jun", "number 400").await.unwrap();

    ctrl(&mina, "f").await;
    mina.find("search-field").await.unwrap();
    mina.until_true("the focus in it", "return document.activeElement.dataset.testid === 'search-field'")
        .await
        .unwrap();
    mina.type_into("search-field", "회의").await.unwrap();
    mina.until_true("both, the newest first", &format!("{FOUND}.join() === '300,150'")).await.unwrap();
    let marked = "return document.querySelector(\"[data-testid='search-result'] mark\").textContent";
    assert_eq!(mina.run(marked).await.unwrap(), "회의");
    mina.press(Key::Down).await.unwrap();
    mina.press(Key::Enter).await.unwrap();
    let in_sight = "const row = document.querySelector(\"[data-seq='150'].message\"); if (!row) return false;
         const log = document.querySelector(\"[data-testid='log']\").getBoundingClientRect();
         const { top, bottom } = row.getBoundingClientRect();
         return top >= log.top && bottom <= log.bottom";
    mina.until_true("the older one in sight", in_sight).await.unwrap();

    ctrl(&mina, "f").await;
    mina.until_true("the focus back in it", "return document.activeElement.dataset.testid === 'search-field'")
        .await
        .unwrap();
    mina.type_into("search-field", "no such words").await.unwrap();
    mina.until_true("that there is nothing", &format!("{FOUND}.length === 0")).await.unwrap();
    mina.until_true(
        "it to say so",
        "return document.querySelector(\"[data-testid='search-status']\").textContent.includes('no such words')",
    )
    .await
    .unwrap();
    // Once to empty it, once to close it.
    mina.press(Key::Escape).await.unwrap();
    mina.press(Key::Escape).await.unwrap();
    mina.until_true("the focus back where one types", "return document.activeElement.dataset.testid === 'composer'")
        .await
        .unwrap();
    assert!(!mina.has("search-field").await.unwrap());
}

#[tokio::test]
async fn what_is_typed_while_away_is_looked_for_once_back() {
    let relay = TestRelay::start().await;
    relay.join("Jun").await.says("a needle").await;
    let browser = Browser::start().await.unwrap();
    let mina = browser.person().await.unwrap();
    mina.joins(&relay.link(), "Mina").await.unwrap();
    mina.shows_message("Jun", "a needle").await.unwrap();
    mina.click("search-open").await.unwrap();
    mina.find("search-field").await.unwrap();
    let relay = relay.pause().await;
    mina.find("offline-bar").await.unwrap();
    mina.type_into("search-field", "needle").await.unwrap();
    mina.until_true(
        "it to say that it waits",
        "return document.querySelector(\"[data-testid='search-status']\").textContent !== ''",
    )
    .await
    .unwrap();
    let _relay = relay.resume().await;
    mina.until_true("it to be found", &format!("{FOUND}.join() === '1'")).await.unwrap();
}
