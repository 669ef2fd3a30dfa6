//! The window's own engine, WebKitGTK, where the browser suite's stories are Chromium's.

use anyhow::Result;
use fantoccini::key::Key;
use snug_relay::wire::{self, ClientFrame};
use snug_tests::{
    Sender, TestRelay,
    composition::{Order, ends_with_enter},
    desktop::{
        DesktopApp,
        Keycap::{Char, Control, Enter, Shift, Space},
        Quit,
    },
    giving::has_sent,
    hostile::{TEXTS, corpus, names_stay_in_their_place, nothing_ran},
    with_files, words,
};

use crate::{Desk, guest, shown_link};

/// More than the usual, for ten thousand marks of two bytes each.
const TEXT_BYTES: u32 = 32 * 1024;

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
async fn broken_surrogates_are_mended_on_their_way_out_of_the_window() -> Result<()> {
    let Some(desk) = Desk::alone("engine::broken_surrogates_are_mended_on_their_way_out_of_the_window")? else {
        return Ok(());
    };
    let app = DesktopApp::start(desk.data()).await?;
    app.forces("host-room-name", "Mina\\udc00s den").await?;
    app.forces("host-nickname", "Mi\\ud800na").await?;
    app.click("host-room").await?;
    app.until_text("room-name", "Mina\u{fffd}s den").await?;
    let link = shown_link(&app).await?;
    let mut jun = guest(&link, "Jun").await;
    jun.sees_here(&["Jun", "Mi\u{fffd}na"]).await;
    app.forces("composer", "half \\ud83d of one").await?;
    app.click("send").await?;
    jun.hears("Mi\u{fffd}na", "half \u{fffd} of one").await;
    app.click("edit-nickname").await?;
    app.forces("edit-nickname-input", "\\udc00Mina").await?;
    app.press(Key::Enter).await?;
    jun.sees_here(&["Jun", "\u{fffd}Mina"]).await;
    app.click("settings").await?;
    app.click("rules-open").await?;
    app.forces("rules-name", "The \\ud800 attic").await?;
    app.click("rules-rename").await?;
    app.until_text("room-name", "The \u{fffd} attic").await?;
    // A file's name is whole before the page gets to see it.
    app.close_dialog().await?;
    app.run(
        "const dataTransfer = new DataTransfer();
         dataTransfer.items.add(new File(['words'], 'half \\ud800.txt', { type: 'text/plain' }));
         const drop = new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true });
         document.querySelector('[data-testid=log]').dispatchEvent(drop); return null",
    )
    .await?;
    has_sent(&app, 1).await?;
    app.click("send").await?;
    app.until_text("file-name", "half \u{fffd}.txt").await?;
    assert_eq!(app.connections_to(link.addr.port())?, 1);
    app.quit(Quit::Window).await
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_messages_and_names_are_only_text_here_too() -> Result<()> {
    let Some(desk) = Desk::alone("engine::hostile_messages_and_names_are_only_text_here_too")? else { return Ok(()) };
    let relay = TestRelay::with(|limits| {
        limits.text_bytes = TEXT_BYTES;
        limits.frame_bytes = 8 * TEXT_BYTES as usize;
    })
    .await;
    let app = DesktopApp::start(desk.data()).await?;
    app.type_into("join-link", &relay.link()).await?;
    app.click("join-button").await?;
    app.find("composer").await?;
    let mut vandal = relay.join("Vandal").await;
    let mut host = relay.joins_as_host().await;
    let sender = Sender::of(&vandal, relay.addr());
    for (at, hostile) in corpus().iter().enumerate() {
        let (text, context) = (hostile.whole(), &hostile.name);
        vandal.renames(&hostile.as_name()).await;
        // Some are no names.
        host.orders(wire::Order::Rename { name: hostile.as_name() }).await;
        vandal.says(&text).await;
        let (file, _) = sender.sends(&hostile.as_file_name(), "text/plain", b"words").await;
        let id = format!("file-{at}");
        vandal
            .changes(ClientFrame::NewMessage(with_files(&id, &format!("that was {context}"), &[&file])))
            .await
            .expect("it is taken");
        app.until_true(context, &format!("return {TEXTS}.at(-1) === 'that was {context}'")).await?;
        let shown = app.run(&format!("return {TEXTS}.at(-2)")).await?;
        hostile.expect_shown(&text, shown.as_str().unwrap_or_default());
        nothing_ran(&app, context).await;
        names_stay_in_their_place(&app, context).await;
    }
    // And with as little room as the window can have.
    app.is_sized(360, 480).await?;
    nothing_ran(&app, "a small window").await;
    names_stay_in_their_place(&app, "a small window").await;
    let names = app.run("return document.querySelectorAll('[data-testid=measure]').length").await?;
    assert!(names.as_u64() > Some(3), "{names} of them are names of rooms");
    app.quit(Quit::Window).await
}
