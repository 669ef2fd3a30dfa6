//! Reading back.

use snug_relay::wire::{ClientFrame, Delete, NewMessage};
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

#[tokio::test]
async fn a_quote_leads_to_what_it_is_of_however_far_back_and_the_newest_are_a_press_away() {
    let relay = TestRelay::with(|limits| limits.page_events = 30).await;
    let mut jun = relay.join("Jun").await;
    for number in 1..=600 {
        jun.says_with_id(&format!("id-{number}"), &format!("number {number}")).await.unwrap();
    }
    let answer = |id: &str, of: &str, text: &str| {
        let message = NewMessage { reply: Some(of.into()), ..NewMessage::new(id, text) };
        ClientFrame::NewMessage(message)
    };
    jun.changes(answer("a", "id-20", "remember this?")).await.unwrap();
    let browser = Browser::start().await.unwrap();
    let mina = browser.person().await.unwrap();
    mina.joins(&relay.link(), "Mina").await.unwrap();
    mina.until_true("the newest in sight", &in_sight("remember this?")).await.unwrap();
    mina.click("quote").await.unwrap();
    mina.until_true("what it is of, in sight", &in_sight("number 20")).await.unwrap();
    let focused = "return document.activeElement.dataset.seq === '20' && document.activeElement.matches('.is-marked')";
    mina.until_true("the focus on it, and it stands out", focused).await.unwrap();
    assert_eq!(mina.run(&present("number 500")).await.unwrap(), false, "what lies between is not loaded");
    mina.until_true("nothing to stand out any more", "return !document.querySelector('.is-marked')").await.unwrap();

    // What is said meanwhile is counted, and doesn't move what is read.
    jun.says("meanwhile").await;
    mina.until_text("to-newest", "1 new message").await.unwrap();
    assert_eq!(mina.run(&in_sight("number 20")).await.unwrap(), true);
    assert_eq!(mina.run(&present("meanwhile")).await.unwrap(), false);

    // Down from there, page after page, and up to the beginning: nothing is missing and nothing twice.
    for (end, text) in [("last", "number 200"), ("first", "number 1")] {
        mina.until_true(
            text,
            &format!(
                "{ROW}; const rows = [...document.querySelectorAll(\"[data-testid='message']\")];
                 const seqs = rows.map((it) => +it.dataset.seq);
                 if (seqs.some((seq, at) => at > 0 && seq !== seqs[at - 1] + 1)) throw new Error(seqs.join());
                 rows.at('{end}' === 'last' ? -1 : 0).scrollIntoView();
                 return row('{text}') !== undefined"
            ),
        )
        .await
        .unwrap();
    }
    mina.click("to-newest").await.unwrap();
    mina.until_true("the newest in sight", &in_sight("meanwhile")).await.unwrap();
    assert!(!mina.has("to-newest").await.unwrap());
    jun.says("and followed again").await;
    mina.until_true("the newest in sight", &in_sight("and followed again")).await.unwrap();

    // One that was deleted still has its place; one that never was hasn't.
    jun.changes(ClientFrame::Delete(Delete { id: "d".into(), of: "id-40".into() })).await.unwrap();
    jun.changes(answer("b", "id-40", "to one that was deleted")).await.unwrap();
    jun.changes(answer("c", "unheard-of", "to nothing")).await.unwrap();
    mina.until_true("the newest in sight", &in_sight("to nothing")).await.unwrap();
    let quote = "[...document.querySelectorAll(\"[data-testid='quote']\")]";
    mina.run(&format!("{quote}.at(-2).click(); return null")).await.unwrap();
    mina.until_true(
        "what is left of it",
        "return document.activeElement.dataset.seq === '40' && document.activeElement.textContent.includes('deleted')",
    )
    .await
    .unwrap();
    mina.click("to-newest").await.unwrap();
    mina.until_true("the newest in sight", &in_sight("to nothing")).await.unwrap();
    mina.run(&format!("{quote}.at(-1).click(); return null")).await.unwrap();
    mina.until_text("sought", "That message isn’t in this room any more.").await.unwrap();
    assert_eq!(mina.run(&in_sight("to nothing")).await.unwrap(), true, "and one stays where one was");
    assert_eq!(mina.complaints().await.unwrap(), [""; 0]);
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
