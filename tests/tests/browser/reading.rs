//! Reading back.

use snug_tests::{Browser, TestRelay};

#[tokio::test]
async fn history_loads_on_scrolling_up_and_the_place_is_kept() {
    let relay = TestRelay::with(|limits| limits.page_events = 30).await;
    let mut jun = relay.join("Jun").await;
    for number in 1..=300 {
        jun.says(&format!("number {number}")).await;
    }
    let browser = Browser::start().await.unwrap();
    let mina = browser.person().await.unwrap();
    mina.joins(&relay.link(), "Mina").await.unwrap();
    mina.shows_message("Jun", "number 300").await.unwrap();
    mina.until_true("the newest in sight", &in_sight("number 300")).await.unwrap();
    let oldest = "return document.querySelector(\"[data-testid='message']\").dataset.seq";
    let before = mina.run(oldest).await.unwrap().as_str().unwrap().parse::<u64>().unwrap();
    assert!(before > 100, "only what is near is loaded, not everything from {before} on");

    // Up to the oldest that is loaded: more comes, and what was in sight doesn't move.
    let place = mina
        .run(
            "const row = [...document.querySelectorAll(\"[data-testid='message']\")][3];
             window.watched = row; row.scrollIntoView({ block: 'start' });
             return row.getBoundingClientRect().top",
        )
        .await
        .unwrap();
    mina.until_true("older messages", &format!("{} < {before}", oldest.replace("return", "return +"))).await.unwrap();
    let moved =
        mina.run(&format!("return Math.abs(window.watched.getBoundingClientRect().top - {place})")).await.unwrap();
    assert!(moved.as_f64().unwrap() <= 2.0, "what was being read moved by {moved} px");

    // All the way up, page after page.
    for _ in 0..40 {
        if mina.run(&present("number 1")).await.unwrap() == true {
            break;
        }
        mina.run("document.querySelector(\"[data-testid='message']\").scrollIntoView(); return null").await.unwrap();
        mina.until_true(
            "the page to settle",
            "return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))",
        )
        .await
        .unwrap();
    }
    mina.until_true("the first message", &present("number 1")).await.unwrap();
}

#[tokio::test]
async fn someone_reading_back_is_not_torn_away_by_new_messages() {
    let relay = TestRelay::start().await;
    let mut jun = relay.join("Jun").await;
    for number in 1..=60 {
        jun.says(&format!("number {number}")).await;
    }
    let browser = Browser::start().await.unwrap();
    let mina = browser.person().await.unwrap();
    mina.joins(&relay.link(), "Mina").await.unwrap();
    mina.until_true("the newest in sight", &in_sight("number 60")).await.unwrap();
    jun.says("followed, because she is at the end").await;
    mina.until_true("the newest in sight", &in_sight("followed, because she is at the end")).await.unwrap();

    mina.run(&format!("{ROW}; row('number 30').scrollIntoView({{ block: 'center' }}); return null")).await.unwrap();
    mina.until_true("number 30 in sight", &in_sight("number 30")).await.unwrap();
    jun.says("not followed").await;
    mina.until_true("the message is there", &present("not followed")).await.unwrap();
    assert_eq!(mina.run(&in_sight("number 30")).await.unwrap(), true);
    assert_eq!(mina.run(&in_sight("not followed")).await.unwrap(), false);
}

const ROW: &str = "const row = (text) => [...document.querySelectorAll(\"[data-testid='message-text']\")]
    .find((node) => node.textContent === text)";

fn present(text: &str) -> String {
    format!("{ROW}; return row('{text}') !== undefined")
}

fn in_sight(text: &str) -> String {
    format!(
        "{ROW}; const box = row('{text}')?.getBoundingClientRect();
         return !!box && box.top >= 0 && box.bottom <= innerHeight"
    )
}
