//! The window's own screens, which no browser shows, have nothing that is in the way of those who use them otherwise.

use anyhow::Result;
use fantoccini::key::Key;
use snug_tests::{
    axe::nothing_in_the_way,
    desktop::{DesktopApp, Quit},
};

use crate::{Desk, guest, shown_link};

#[tokio::test(flavor = "multi_thread")]
async fn the_windows_own_screens() -> Result<()> {
    let Some(desk) = Desk::alone("accessible::the_windows_own_screens")? else { return Ok(()) };
    let app =
        DesktopApp::start_by_link(desk.data(), "snug://192.168.1.20:7684/r/abcdefgh#AAAAAAAAAAAAAAAAAAAAAA").await?;
    let _tray = app.tray().await?;
    app.find("opened").await?;
    nothing_in_the_way(&app, "the question whether to join").await;
    app.press(Key::Escape).await?;
    app.find("host-room").await?;
    nothing_in_the_way(&app, "the start").await;
    app.type_into("join-link", "no link at all").await?;
    app.press(Key::Enter).await?;
    app.until_true("a complaint", "return !!document.querySelector('[aria-invalid=true], [role=alert]')").await?;
    nothing_in_the_way(&app, "a link that is none").await;
    app.type_into("host-nickname", "Mina").await?;
    app.click("host-room").await?;
    app.until_connection("online").await?;
    nothing_in_the_way(&app, "a room of one's own").await;
    app.click("invite-open").await?;
    app.find("invite-link").await?;
    app.run("document.querySelectorAll('.invite details').forEach((it) => { it.open = true }); return null").await?;
    nothing_in_the_way(&app, "the keys and addresses").await;
    app.close_dialog().await?;
    app.close_window()?;
    app.find("closing-keep").await?;
    nothing_in_the_way(&app, "the question at closing").await;
    app.close_dialog().await?;
    // Whoever is alone isn't asked.
    let _jun = guest(&shown_link(&app).await?, "Jun").await;
    app.until_shown("Jun").await?;
    app.click("stop-hosting").await?;
    app.find("confirm-stop").await?;
    nothing_in_the_way(&app, "the question at stopping").await;
    app.click("confirm-stop").await?;
    app.find("recent-room").await?;
    nothing_in_the_way(&app, "the start with a room to host again").await;
    app.quit(Quit::Terminate).await
}
