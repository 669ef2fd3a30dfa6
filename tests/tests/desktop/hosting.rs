//! From *Host a room* to a restart, with guests.

use anyhow::{Context, Result};
use snug_tests::{
    Browser, TestRelay,
    desktop::{DesktopApp, Quit},
    network,
};

use crate::{Desk, GOING_AWAY, NOTHING, expect_free, guest, shown_link};

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_joins_through_the_shown_link_and_finds_everything_again_after_a_restart() -> Result<()> {
    let Some(desk) =
        Desk::alone("hosting::a_browser_joins_through_the_shown_link_and_finds_everything_again_after_a_restart")?
    else {
        return Ok(());
    };
    let app = DesktopApp::start(desk.data()).await?;
    app.type_into("host-nickname", "Mina").await?;
    app.click("host-room").await?;
    app.click("invite-open").await?;
    let link = app.text("invite-link").await?;
    assert!(link.starts_with(&format!("http://{}:7684/r/", network::ADDRESS)), "{link}");
    app.close_dialog().await?;

    let browser = Browser::start().await?;
    let jun = browser.person().await?;
    jun.joins(&link, "Jun").await?;
    app.until_text("people-count", "2").await?;
    app.says("Soup is ready").await?;
    jun.shows_message("Mina", "Soup is ready").await?;
    jun.says("On my way").await?;
    app.shows_message("Jun", "On my way").await?;
    jun.shows_message("Jun", "On my way").await?;
    app.shows_message("Mina", "Soup is ready").await?;
    app.quit(Quit::Window).await?;

    jun.until_connection("offline").await?;
    jun.says("Where did you go?").await?;

    let app = DesktopApp::start(desk.data()).await?;
    app.click("host-again").await?;
    // The browser comes back by itself, and what was typed meanwhile with it.
    jun.until_connection("online").await?;
    for text in [("Mina", "Soup is ready"), ("Jun", "On my way"), ("Jun", "Where did you go?")] {
        app.shows_message(text.0, text.1).await?;
        jun.shows_message(text.0, text.1).await?;
    }
    assert_eq!(app.messages().await?.len(), 3, "each once");
    assert_eq!(jun.messages().await?.len(), 3, "each once");
    let (_, secret) = link.split_once('#').context("the secret is in the fragment")?;
    assert!(!app.log()?.contains(secret), "no log line has it");
    app.quit(Quit::Terminate).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_joins_through_the_shown_link_and_both_see_both_messages() -> Result<()> {
    let Some(desk) = Desk::alone("hosting::a_guest_joins_through_the_shown_link_and_both_see_both_messages")? else {
        return Ok(());
    };
    let app = DesktopApp::start(desk.data()).await?;
    app.type_into("host-nickname", "Mina").await?;
    app.type_into("host-room-name", "Kitchen table").await?;
    app.click("host-room").await?;
    assert_eq!(app.text("room-name").await?, "Kitchen table");

    let mut jun = guest(&shown_link(&app).await?, "Jun").await;
    app.until_text("people-count", "2").await?;
    app.says("Soup is ready").await?;
    jun.hears("Mina", "Soup is ready").await;
    jun.says("On my way").await;
    jun.hears("Jun", "On my way").await;
    app.shows_message("Mina", "Soup is ready").await?;
    app.shows_message("Jun", "On my way").await?;

    app.says("국이 <b>뜨거워요</b>").await?;
    jun.hears("Mina", "국이 <b>뜨거워요</b>").await;
    app.shows_message("Mina", "국이 <b>뜨거워요</b>").await?;
    jun.says("맛있겠다 🍲\n<script>alert(1)</script>").await;
    app.shows_message("Jun", "맛있겠다 🍲\n<script>alert(1)</script>").await?;

    jun.leaves().await;
    app.until_text("people-count", "1").await?;
    app.quit(Quit::Terminate).await
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_listens_before_hosting_nor_after_stopping() -> Result<()> {
    let Some(desk) = Desk::alone("hosting::nothing_listens_before_hosting_nor_after_stopping")? else { return Ok(()) };
    let app = DesktopApp::start(desk.data()).await?;
    app.find("host-room").await?;
    assert_eq!(app.listening()?, NOTHING, "before Host a room");

    app.click("host-room").await?;
    let link = shown_link(&app).await?;
    assert_eq!(app.listening()?, [link.addr.port()], "while hosting");

    // With a guest inside, the app asks first.
    let mut jun = guest(&link, "Jun").await;
    app.until_text("people-count", "2").await?;
    app.click("stop-hosting").await?;
    app.click("confirm-stop").await?;
    app.find("host-room").await?;
    assert_eq!(jun.is_closed().await, Some(GOING_AWAY));
    assert_eq!(app.listening()?, NOTHING, "after Stop hosting");
    expect_free(link.addr.port()).await?;
    app.quit(Quit::Terminate).await
}

#[tokio::test(flavor = "multi_thread")]
async fn however_the_app_ends_guests_are_told_and_the_port_is_free() -> Result<()> {
    let Some(desk) = Desk::alone("hosting::however_the_app_ends_guests_are_told_and_the_port_is_free")? else {
        return Ok(());
    };
    for quit in [Quit::Window, Quit::Interrupt, Quit::Terminate] {
        let app = DesktopApp::start(desk.data()).await?;
        app.click("host-room").await?;
        let link = shown_link(&app).await?;
        let mut jun = guest(&link, "Jun").await;
        app.quit(quit).await.with_context(|| format!("{quit:?}"))?;
        assert_eq!(jun.is_closed().await, Some(GOING_AWAY), "{quit:?}");
        expect_free(link.addr.port()).await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_room_is_offered_again_with_its_history_port_and_link() -> Result<()> {
    let Some(desk) = Desk::alone("hosting::the_room_is_offered_again_with_its_history_port_and_link")? else {
        return Ok(());
    };
    let app = DesktopApp::start(desk.data()).await?;
    app.type_into("host-nickname", "Mina").await?;
    app.click("host-room").await?;
    let name = app.text("room-name").await?;
    app.says("Still here tomorrow?").await?;
    app.shows_message("Mina", "Still here tomorrow?").await?;
    let link = shown_link(&app).await?;
    app.quit(Quit::Window).await?;

    let app = DesktopApp::start(desk.data()).await?;
    app.find("host-room").await?;
    assert_eq!(app.listening()?, NOTHING, "being offered is not being hosted");
    app.click("host-again").await?;
    assert_eq!(app.text("room-name").await?, name);
    app.shows_message("Mina", "Still here tomorrow?").await?;
    assert_eq!(shown_link(&app).await?, link);
    // The same device is the same member, under the same name.
    app.says("Of course").await?;
    app.shows_message("Mina", "Of course").await?;
    assert_eq!(guest(&link, "Jun").await.events.len(), 2);
    app.quit(Quit::Window).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_loaded_anew_is_back_in_its_room_alone() -> Result<()> {
    let Some(desk) = Desk::alone("hosting::a_page_loaded_anew_is_back_in_its_room_alone")? else { return Ok(()) };
    let app = DesktopApp::start(desk.data()).await?;
    app.type_into("host-nickname", "Mina").await?;
    app.click("host-room").await?;
    let link = shown_link(&app).await?;
    let mut jun = guest(&link, "Jun").await;
    app.until_text("people-count", "2").await?;
    app.reload().await?;
    app.until_text("people-count", "2").await?;
    app.says("Hello again").await?;
    jun.hears("Mina", "Hello again").await;
    // The page before left no connection behind.
    assert_eq!(app.connections_to(link.addr.port())?, 1);
    app.quit(Quit::Terminate).await
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_elses_room_is_joined_through_its_link() -> Result<()> {
    let Some(desk) = Desk::alone("hosting::somebody_elses_room_is_joined_through_its_link")? else { return Ok(()) };
    let relay = TestRelay::start().await;
    let mut jun = relay.join("Jun").await;
    let app = DesktopApp::start(desk.data()).await?;
    app.type_into("host-nickname", "Mina").await?;
    app.type_into("join-link", &relay.invite.link(relay.addr())).await?;
    app.click("join-button").await?;
    assert_eq!(app.text("room-name").await?, "Den");
    jun.says("Come in").await;
    jun.hears("Jun", "Come in").await;
    app.shows_message("Jun", "Come in").await?;
    app.says("Thank you").await?;
    jun.hears("Mina", "Thank you").await;
    assert_eq!(app.listening()?, NOTHING, "a guest listens to nobody");
    app.quit(Quit::Terminate).await
}
