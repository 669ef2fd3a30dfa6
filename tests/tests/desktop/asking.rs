//! Whoever knocks is answered without the window: from the notification, and from the icon beside the clock, which
//! keeps the room open when the window is closed.

use std::time::Duration;

use anyhow::Result;
use snug_relay::wire::ErrorCode;
use snug_tests::{
    TestClient,
    desktop::{DesktopApp, Quit},
    until,
};
use tokio::time::{Instant, sleep_until};

use crate::{Desk, GOING_AWAY, Link, expect_free, guest, shown_link};

/// Somebody who has only the address, and rings.
async fn knocks(link: &Link, nickname: &str) -> TestClient {
    let mut guest = TestClient::connect(link.addr).await;
    let device: String = nickname.chars().filter(char::is_ascii_alphanumeric).collect();
    guest.knocks(&link.room, nickname, &format!("{device}-device-at-the-door")).await;
    guest.waits().await;
    guest
}

#[tokio::test(flavor = "multi_thread")]
async fn a_knock_is_told_on_the_desktop_and_answered_there() -> Result<()> {
    let Some(desk) = Desk::alone("asking::a_knock_is_told_on_the_desktop_and_answered_there")? else { return Ok(()) };
    let app = DesktopApp::start(desk.data()).await?;
    let desktop = app.notifications().await?;
    app.click("host-room").await?;
    app.until_connection("online").await?;
    let link = shown_link(&app).await?;
    // Without a window manager no window ever has the focus: who looks is said in its place.
    app.run("document.hasFocus = () => true; dispatchEvent(new Event('focus'))").await?;
    let mut seen = knocks(&link, "Seen").await;
    app.find("knock").await?;
    app.click("let-in").await?;
    seen.welcomed().await;

    app.run("document.hasFocus = () => false; dispatchEvent(new Event('blur'))").await?;
    let mut jun = knocks(&link, "Jun").await;
    let shown = desktop.shows("Jun").await?;
    assert!(!shown.title.contains("Seen") && desktop.sent() == 1, "who was seen to come was no news: {shown:?}");
    assert!(!format!("{shown:?}").contains(&link.secret), "the secret is nobody's business: {shown:?}");
    desktop.presses(&shown, "Let in").await?;
    jun.welcomed().await;
    desktop.shows_none().await?;

    let mut sol = knocks(&link, "Sol").await;
    let shown = desktop.shows("Sol").await?;
    desktop.presses(&shown, "Turn away").await?;
    assert_eq!(sol.is_refused().await, ErrorCode::TurnedAway);
    desktop.shows_none().await?;

    // Several at once have no buttons: whom they would let in isn't clear. Looking takes it back.
    let _crowd = (knocks(&link, "Ada").await, knocks(&link, "Bob").await);
    let shown = desktop.shows("2 are at the door").await?;
    assert!(shown.actions.iter().all(|(action, _)| action == "default"), "{shown:?}");
    app.run("document.hasFocus = () => true; dispatchEvent(new Event('focus'))").await?;
    desktop.shows_none().await?;
    app.quit(Quit::Terminate).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_icon_beside_the_clock_answers_knocks_and_keeps_the_room_open() -> Result<()> {
    let name = "asking::the_icon_beside_the_clock_answers_knocks_and_keeps_the_room_open";
    let Some(desk) = Desk::alone(name)? else { return Ok(()) };
    let began = Instant::now();
    let app = DesktopApp::start(desk.data()).await?;
    let tray = app.tray().await?;
    app.click("host-room").await?;
    app.until_connection("online").await?;
    let link = shown_link(&app).await?;
    tray.offers("Stop hosting").await?;
    let menu = tray.menu().await?;
    assert!(menu.len() == 5 && !format!("{menu:?}").contains(&link.secret), "{menu:?}");

    // Names are names, whatever stands in them.
    let mut jun = knocks(&link, "J&un_jr").await;
    tray.offers("J&un_jr/Turn away").await?;
    tray.is_labelled("1").await?;
    let mut sol = knocks(&link, "Sol").await;
    tray.is_labelled("2").await?;
    tray.chooses("Sol/Turn away").await?;
    assert_eq!(sol.is_refused().await, ErrorCode::TurnedAway);
    tray.chooses("J&un_jr/Let in").await?;
    jun.welcomed().await;
    tray.offers_no("J&un_jr").await?;
    tray.is_labelled("").await?;

    // No more than a handful is listed, and the rest counted.
    let mut crowd = Vec::new();
    for n in 0..7 {
        crowd.push(knocks(&link, &format!("{n} guest")).await);
    }
    tray.offers("Show 2 more").await?;
    tray.offers_no("6 guest").await?;
    drop(crowd);
    tray.offers_no("guest").await?;

    // Closing the window asks once; then it leaves the room open.
    app.close_window()?;
    app.find("closing-keep").await?;
    // By a script and not at once: a driver's click isn't over before the page has drawn, which it doesn't out of sight.
    app.run("setTimeout(() => document.querySelector(\"[data-testid='closing-keep']\").click(), 50)").await?;
    until("no window", async || (!app.is_on_screen().ok()?).then_some(())).await?;
    jun.says("still here").await;
    let _mina = guest(&link, "Mina").await;
    tray.chooses("Show Snug").await?;
    until("the window", async || app.is_on_screen().ok()?.then_some(())).await?;
    app.until_shown("still here").await?;
    app.close_window()?;
    until("no window again, and no question", async || (!app.is_on_screen().ok()?).then_some(())).await?;
    jun.says("and still").await;
    // Not even when a page that takes long to load would be shown as it is.
    sleep_until(began + Duration::from_secs(4)).await;
    assert!(!app.is_on_screen()?, "nobody asked for the window");

    tray.chooses("Quit Snug").await?;
    assert_eq!(jun.is_closed().await, Some(GOING_AWAY));
    until("the port to be free", async || expect_free(link.addr.port()).await.ok()).await
}
