//! The window's own engine, WebKitGTK, where the browser suite's stories are Chromium's.

use anyhow::Result;
use fantoccini::key::Key;
use snug_tests::{
    composition::{Order, ends_with_enter},
    desktop::{
        DesktopApp,
        Keycap::{Char, Control, Enter, Shift, Space},
        Quit,
    },
    hostile::{TEXTS, corpus, nothing_ran},
    words,
};

use crate::{Desk, guest, shown_link};

/// What a room takes unless told otherwise, in bytes.
const TEXT_BYTES: usize = 64 * 1024;

#[tokio::test(flavor = "multi_thread")]
async fn enter_that_ends_a_composition_never_sends() -> Result<()> {
    let Some(desk) = Desk::alone("engine::enter_that_ends_a_composition_never_sends")? else { return Ok(()) };
    let app = DesktopApp::start(desk.data()).await?;
    app.click("host-room").await?;
    let link = shown_link(&app).await?;
    let mut jun = guest(&link, "Jun").await;
    app.find("composer").await?.send_keys("회의").await?;
    for order in [Order::KeyFirst, Order::EndFirst] {
        assert_eq!(ends_with_enter(&app, order).await?, "회의");
        jun.hears_nothing().await;
    }
    app.press(Key::Enter).await?;
    assert_eq!(words(&jun.next_event().await), "회의");

    // The same by GTK's own input method, with real keys: the letter by its number, which stands there until Enter
    // makes it one.
    app.strikes(&[&[Control, Shift, Char('u')], &[Char('d')], &[Char('6')], &[Char('8')], &[Char('c')]])?;
    app.until_true("what is being composed", &written("ud68c")).await?;
    app.strikes(&[&[Enter]])?;
    app.until_true("the letter", &written("회")).await?;
    jun.hears_nothing().await;
    app.strikes(&[&[Enter]])?;
    assert_eq!(words(&jun.next_event().await), "회");
    app.until_true("an empty field", &written("")).await?;
    app.quit(Quit::Window).await
}

/// A Korean ends the last syllable and sends with one Enter: the input method ends it and lets the key on.
#[tokio::test(flavor = "multi_thread")]
async fn hangul_stands_in_the_field_while_it_is_composed_and_is_sent_whole() -> Result<()> {
    let Some(desk) = Desk::alone("engine::hangul_stands_in_the_field_while_it_is_composed_and_is_sent_whole")? else {
        return Ok(());
    };
    let app = DesktopApp::start_in_korea(desk.data()).await?;
    app.click("host-room").await?;
    let link = shown_link(&app).await?;
    let mut jun = guest(&link, "Jun").await;
    app.click("composer").await?;
    app.strikes(&[&[Shift, Space]])?;
    // A consonant may turn out to be the next syllable's: 횡 on the way to 회의.
    for (key, stands) in [('g', "ㅎ"), ('h', "호"), ('l', "회"), ('d', "횡"), ('m', "회으"), ('l', "회의")] {
        app.strikes(&[&[Char(key)]])?;
        app.until_true(stands, &written(stands)).await?;
    }
    jun.hears_nothing().await;
    app.strikes(&[&[Enter]])?;
    assert_eq!(words(&jun.next_event().await), "회의");
    app.until_true("an empty field", &written("")).await?;
    jun.hears_nothing().await;
    app.quit(Quit::Window).await
}

/// Whether this stands in the composer, as a script.
fn written(text: &str) -> String {
    format!("return document.querySelector(\"[data-testid='composer']\").value === '{text}'")
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_messages_and_names_are_only_text_here_too() -> Result<()> {
    let Some(desk) = Desk::alone("engine::hostile_messages_and_names_are_only_text_here_too")? else { return Ok(()) };
    let app = DesktopApp::start(desk.data()).await?;
    app.click("host-room").await?;
    let link = shown_link(&app).await?;
    let mut vandal = guest(&link, "Vandal").await;
    for hostile in corpus() {
        let context = &hostile.name;
        let Some(text) = hostile.fitting(TEXT_BYTES) else { continue };
        let name: String = text.chars().filter(|c| !c.is_control()).take(40).collect();
        vandal.renames(&name).await;
        vandal.says(&text).await;
        vandal.says(&format!("that was {context}")).await;
        app.until_true(context, &format!("return {TEXTS}.at(-1) === 'that was {context}'")).await?;
        let shown = app.run(&format!("return {TEXTS}.at(-2)")).await?;
        hostile.expect_shown(&text, shown.as_str().unwrap_or_default());
        nothing_ran(&app, context).await;
    }
    app.quit(Quit::Window).await
}
