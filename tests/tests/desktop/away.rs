//! A guest in the app, whose host is killed and comes back; and a host by a link, who is away for a while.

use std::os::unix::fs::PermissionsExt;

use anyhow::{Context, Result};
use snug_tests::{
    HeadlessRelay, TestRelay,
    desktop::{DesktopApp, Quit},
};

use crate::{Desk, Link, guest};

#[tokio::test(flavor = "multi_thread")]
async fn what_is_typed_in_the_window_while_the_host_is_gone_is_sent_when_it_is_back() -> Result<()> {
    let Some(desk) = Desk::alone("away::what_is_typed_in_the_window_while_the_host_is_gone_is_sent_when_it_is_back")?
    else {
        return Ok(());
    };
    let rooms = desk.data().join("elsewhere").to_string_lossy().into_owned();
    let elsewhere = ["--listen", "127.0.0.1:7900", "--data", &rooms, "--room", "Den"];
    let relay = HeadlessRelay::start(&elsewhere).await?;
    let link = Link::parse(&relay.link)?;
    let app = DesktopApp::start(desk.data()).await?;
    app.type_into("join-link", &relay.link).await?;
    app.click("join-button").await?;
    app.until_connection("online").await?;
    app.says("before").await?;
    app.until_true("it is sent", &all("sent", 1)).await?;
    app.run("window.sameAsBefore = true; return null").await?;

    relay.kill().await?;
    app.until_connection("offline").await?;
    app.says("while away, one").await?;
    app.says("while away, two").await?;
    app.until_true("two wait", "return document.querySelectorAll(\"[data-state='pending']\").length === 2").await?;
    app.until_shown("2 messages will be sent").await?;

    let relay = HeadlessRelay::start(&elsewhere).await?;
    app.until_connection("online").await?;
    app.until_true("all are sent", &all("sent", 3)).await?;
    assert_eq!(app.run("return window.sameAsBefore").await?, true, "without a reload");

    // And what waits when the window is closed is sent when the room is entered again.
    relay.kill().await?;
    app.until_connection("offline").await?;
    app.says("before closing").await?;
    app.until_true("it waits", "return document.querySelectorAll(\"[data-state='pending']\").length === 1").await?;
    app.quit(Quit::Window).await?;
    let relay = HeadlessRelay::start(&elsewhere).await?;
    let app = DesktopApp::start(desk.data()).await?;
    app.click("join-again").await?;
    app.until_true("all are sent", &all("sent", 4)).await?;
    let jun = guest(&link, "Jun").await;
    let said: Vec<_> = jun.welcome.iter().flat_map(|welcome| &welcome.events).map(|event| event.seq).collect();
    assert_eq!(said, [1, 2, 3, 4], "each once");
    app.quit(Quit::Terminate).await?;
    relay.stop("TERM").await
}

/// That there are so many messages, and all are in this state.
fn all(state: &str, count: usize) -> String {
    format!(
        "const rows = [...document.querySelectorAll(\"[data-testid='message']\")];
         return rows.length === {count} && rows.every((row) => row.dataset.state === '{state}')"
    )
}

/// `snug-relay` on another machine prints such a link.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_the_host_by_a_link_is_the_host_again_when_the_app_was_closed() -> Result<()> {
    let Some(desk) = Desk::alone("away::whoever_is_the_host_by_a_link_is_the_host_again_when_the_app_was_closed")?
    else {
        return Ok(());
    };
    let relay = TestRelay::start().await;
    let room = relay.invite.room.clone();
    let key = relay.handle().host_key(&room).context("the room is served")?.to_string();
    let app = DesktopApp::start(desk.data()).await?;
    app.type_into("join-link", &format!("http://{}/r/{room}#host={key}", relay.addr())).await?;
    app.click("join-button").await?;
    let mut jun = relay.knock("Jun", "a-device-of-juns").await;
    app.click("let-in").await?;
    jun.welcomed().await;
    assert!(!app.log()?.contains(&key), "no log line has it");
    app.quit(Quit::Terminate).await?;

    let settings = desk.data().join("settings.json");
    assert!(std::fs::read_to_string(&settings)?.contains(&key));
    assert_eq!(std::fs::metadata(&settings)?.permissions().mode() & 0o777, 0o600, "for nobody else to read");
    let app = DesktopApp::start(desk.data()).await?;
    app.click("join-again").await?;
    let mut sol = relay.knock("Sol", "a-device-of-sols").await;
    app.click("let-in").await?;
    sol.welcomed().await;
    app.click("invite-open").await?;
    app.find("invite-link").await?;
    let shown = app.run("return document.documentElement.outerHTML").await?;
    assert!(!shown.as_str().unwrap_or_default().contains(&key), "nor does the page show it");
    app.quit(Quit::Terminate).await
}
