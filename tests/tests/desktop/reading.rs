//! Reading back in the window: its engine doesn't keep the place by itself when something above it changes.

use anyhow::Result;
use snug_relay::wire::{ClientFrame, Delete, Edit, NewMessage};
use snug_tests::{
    desktop::{DesktopApp, Quit},
    rows::{ROW, in_sight, present, reads_on},
};

use crate::{Desk, guest, shown_link};

#[tokio::test(flavor = "multi_thread")]
async fn the_place_is_kept_whatever_comes_goes_and_grows() -> Result<()> {
    let Some(desk) = Desk::alone("reading::the_place_is_kept_whatever_comes_goes_and_grows")? else { return Ok(()) };
    let app = DesktopApp::start(desk.data()).await?;
    app.type_into("host-nickname", "Mina").await?;
    app.click("host-room").await?;
    let link = shown_link(&app).await?;
    let mut jun = guest(&link, "Jun").await;
    for number in 1..=240 {
        jun.says_with_id(&format!("id-{number}"), &format!("number {number}")).await.expect("it is taken");
    }
    app.until_true("the newest in sight", &in_sight("number 240")).await?;

    // Below, what comes is not followed by whoever reads back.
    app.run(&format!("{ROW}; row('number 210').scrollIntoView({{ block: 'center' }}); return null")).await?;
    app.until_true("number 210 in sight", &in_sight("number 210")).await?;
    let top = format!("{ROW}; return row('number 210').getBoundingClientRect().top");
    let place = async || -> Result<f64> { Ok(app.run(&top).await?.as_f64().unwrap_or(f64::NAN)) };
    let before = place().await?;
    let stays = async |what: &str| -> Result<()> {
        let moved = (place().await? - before).abs();
        assert!(moved <= 2.0, "{what}: what was being read moved by {moved} px");
        Ok(())
    };
    jun.says("not followed").await;
    app.until_true("the message is there", &present("not followed")).await?;
    stays("one came below").await?;
    // Above, one becomes longer, one shorter, and one goes.
    let edit = |id: &str, text: String| ClientFrame::Edit(Edit { id: id.into(), of: "id-175".into(), text });
    let height = "return document.querySelector(\"[data-seq='175']\").getBoundingClientRect().height";
    let lines = (1..=20).map(|line| format!("line {line}")).collect::<Vec<_>>().join("\n");
    jun.changes(edit("longer", lines)).await.expect("it is taken");
    app.until_true("the longer one", &format!("{height} > 300")).await?;
    stays("one above grew").await?;
    jun.changes(edit("shorter", "short".into())).await.expect("it is taken");
    app.until_true("the shorter one", &format!("{height} < 100")).await?;
    stays("one above shrank").await?;
    let delete = Delete { id: "gone".into(), of: "id-176".into() };
    jun.changes(ClientFrame::Delete(delete)).await.expect("it is taken");
    app.until_true(
        "that it is gone",
        "return !document.querySelector(\"[data-seq='176'] [data-testid='message-text']\")",
    )
    .await?;
    stays("one above was deleted").await?;

    // Up, page after page: what is in sight stays where it is while older ones come above it.
    let oldest = "+document.querySelector(\"[data-testid='message']\").dataset.seq";
    while app.run(&format!("return {oldest}")).await? != 1 {
        let first = app
            .run(
                "const row = document.querySelector(\"[data-testid='message']\");
                 row.scrollIntoView({ block: 'start' }); window.watched = row;
                 window.place = row.getBoundingClientRect().top; return +row.dataset.seq",
            )
            .await?;
        app.until_true("older ones", &format!("return {oldest} < {first}")).await?;
        // Still, once drawn: where the engine put it and the page put it back, nobody saw that.
        let moved = app
            .ask(
                "const [done] = arguments; requestAnimationFrame(() => requestAnimationFrame(() =>
                     done(window.watched.isConnected ? window.watched.getBoundingClientRect().top - window.place : NaN)))",
                Vec::new(),
            )
            .await?;
        let moved = moved.as_f64().unwrap_or(f64::NAN).abs();
        assert!(moved <= 2.0, "older ones came above {first}: it moved by {moved} px");
    }

    // Somebody answers what is far from here: there and back to the newest.
    let answer = NewMessage { reply: Some("id-60".into()), ..NewMessage::new("answer", "remember this?") };
    jun.changes(ClientFrame::NewMessage(answer)).await.expect("it is taken");
    app.click("to-newest").await?;
    app.until_true("the newest in sight", &in_sight("remember this?")).await?;
    app.click("quote").await?;
    app.until_true("what it is of, in sight", &in_sight("number 60")).await?;
    // Down from there: pages come in below what is in sight.
    assert!(!app.run(&present("number 170")).await?.as_bool().unwrap_or(true), "what lies between is not loaded");
    let kept = reads_on(&app, 240, 170).await?;
    assert!(kept["last"].as_u64() > Some(1), "{kept}");
    app.click("to-newest").await?;
    app.until_true("the newest in sight", &in_sight("remember this?")).await?;
    jun.says("and followed again").await;
    app.until_true("the newest in sight", &in_sight("and followed again")).await?;
    app.quit(Quit::Window).await
}
