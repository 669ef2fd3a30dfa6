//! No message and no name can run code or break the page.

use anyhow::Result;
use fantoccini::key::Key;
use snug_relay::wire::Order;
use snug_tests::{
    Browser, TestRelay,
    hostile::{TEXTS, corpus, names_stay_in_their_place, nothing_ran},
};

/// More than the usual, for ten thousand marks of two bytes each.
const TEXT_BYTES: u32 = 32 * 1024;

#[tokio::test]
async fn hostile_messages_and_names_are_only_text() {
    let relay = TestRelay::with(|limits| {
        limits.text_bytes = TEXT_BYTES;
        limits.frame_bytes = 8 * TEXT_BYTES as usize;
    })
    .await;
    let browser = Browser::start().await.unwrap();
    let mina = browser.person_with("en-US", 390, 844).await.unwrap();
    mina.joins(&relay.link(), "Mina").await.unwrap();
    let mut vandal = relay.join("Vandal").await;
    let mut host = relay.joins_as_host().await;
    for hostile in corpus() {
        let (text, context) = (hostile.whole(), &hostile.name);
        vandal.renames(&hostile.as_name()).await;
        // Some are no names.
        host.orders(Order::Rename { name: hostile.as_name() }).await;
        vandal.says(&text).await;
        vandal.says(&format!("that was {context}")).await;
        mina.until_true(context, &format!("return {TEXTS}.at(-1) === 'that was {context}'")).await.unwrap();
        let shown = mina.run(&format!("return {TEXTS}.at(-2)")).await.unwrap();
        hostile.expect_shown(&text, shown.as_str().unwrap());
        nothing_ran(&mina, context).await;
        names_stay_in_their_place(&mina, context).await;
        assert_eq!(mina.complaints().await.unwrap(), [""; 0], "{context}");
    }
    let names = mina.run("return document.querySelectorAll('[data-testid=measure]').length").await.unwrap();
    assert!(names.as_u64() > Some(3), "{names} of them are names of rooms");
}

/// What no relay takes, since it isn't text, and what a page can be made to send all the same. The name of a file
/// can't be: no browser has one with half a character in it.
#[tokio::test]
async fn broken_surrogates_are_mended_before_they_are_sent() -> Result<()> {
    let relay = TestRelay::start().await;
    let browser = Browser::start().await?;
    let mina = browser.person().await?;
    let mut jun = relay.join("Jun").await;
    mina.opens(&relay.host_link()).await?;
    mina.run(
        "window.sockets = 0;
         window.WebSocket = class extends WebSocket { constructor(...about) { super(...about); sockets += 1; } };
         return null",
    )
    .await?;
    mina.forces("nickname", "Mi\\ud800na").await?;
    mina.click("enter-room").await?;
    jun.sees_here(&["Jun", "Mi\u{fffd}na"]).await;
    mina.forces("composer", "half \\ud83d of one").await?;
    mina.click("send").await?;
    jun.hears("Mi\u{fffd}na", "half \u{fffd} of one").await;
    mina.shows_message("Mi\u{fffd}na", "half \u{fffd} of one").await?;
    mina.click("edit-nickname").await?;
    mina.forces("edit-nickname-input", "\\udc00Mina").await?;
    mina.press(Key::Enter).await?;
    jun.sees_here(&["Jun", "\u{fffd}Mina"]).await;
    mina.click("settings").await?;
    mina.click("rules-open").await?;
    mina.forces("rules-name", "The \\ud800 attic").await?;
    mina.click("rules-rename").await?;
    mina.until_text("room-name", "The \u{fffd} attic").await?;
    assert_eq!(mina.run("return sockets").await?, 1, "over one connection");
    assert_eq!(mina.complaints().await?, [""; 0]);
    Ok(())
}
