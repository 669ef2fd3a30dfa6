//! The window's own engine, WebKitGTK, where the browser suite's stories are Chromium's.

use anyhow::Result;
use fantoccini::key::Key;
use snug_tests::{
    composition::{Order, ends_with_enter},
    desktop::{DesktopApp, Quit},
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
    app.quit(Quit::Window).await
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
