//! The app, opened by an invite link: when it starts, and while it runs.

use anyhow::Result;
use snug_tests::{
    TestRelay,
    desktop::{DesktopApp, Quit},
    until,
};

use crate::{Desk, GOING_AWAY, NOTHING, guest, shown_link};

/// An invite as the page in a browser hands it to the app.
fn app_link(relay: &TestRelay) -> String {
    relay.link().replacen("http:", "snug:", 1)
}

/// Starts the app once more, which ends at once: there is one app, with one window.
async fn again(app: &DesktopApp, arguments: &[&str]) -> Result<()> {
    let ended = app.is_started_again(arguments).await?;
    assert!(ended.status.success(), "{ended:?}");
    assert_eq!(app.windows()?, 1, "one window");
    Ok(())
}

/// That the dialog asks about this and nothing is asked twice.
fn asks(about: &str, and: &str) -> String {
    format!(
        "const asked = [...document.querySelectorAll('[data-testid=opened]')].map((it) => it.textContent);
         return asked.length === 1 && asked[0].includes('{about}') && asked[0].includes('{and}')"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_opens_the_app_that_runs_and_nothing_is_joined_unasked() -> Result<()> {
    let Some(desk) = Desk::alone("opened::a_link_opens_the_app_that_runs_and_nothing_is_joined_unasked")? else {
        return Ok(());
    };
    let (den, attic) = (TestRelay::start().await, TestRelay::start().await);
    let (at_den, at_attic) = (den.addr().to_string(), attic.addr().to_string());
    let (mut jun, mut sol) = (den.join("Jun").await, attic.join("Sol").await);
    let app = DesktopApp::start_installed(desk.data(), &app_link(&den)).await?;
    let tray = app.tray().await?;
    app.until_true("the question", &asks(&at_den, "")).await?;
    assert_eq!(app.connections_to(den.addr().port())?, 0, "asking is not joining");
    // As whom, the system suggests.
    let me = &app.value("host-nickname").await?;
    app.click("opened-join").await?;
    assert_eq!(app.text("room-name").await?, "Den");
    app.says("Hello there").await?;
    jun.hears(me, "Hello there").await;

    // The room one is in is no news, and what is no invite is nothing at all.
    again(&app, &[&app_link(&den)]).await?;
    again(&app, &["snug://user@192.168.1.20/r/abcdefgh#AAAAAAAAAAAAAAAAAAAAAA"]).await?;
    // Another one is: asked about, and left alone.
    again(&app, &[&app_link(&attic)]).await?;
    app.until_true("the question about the other", &asks(&at_attic, "You’ll leave")).await?;
    app.close_dialog().await?;
    assert_eq!(app.connections_to(attic.addr().port())?, 0);
    app.says("Still here").await?;
    jun.hears(me, "Still here").await;

    // And asked about again, gone to. Its bare address says the same of where it leads.
    again(&app, &[&format!("snug://{at_attic}/")]).await?;
    app.until_true("the question about the address", &asks(&at_attic, "You’ll leave")).await?;
    again(&app, &[&app_link(&attic)]).await?;
    app.until_true("the newest question", &asks(&at_attic, "You’ll leave")).await?;
    app.click("opened-join").await?;
    jun.sees_here(&["Jun"]).await;
    sol.sees_here(&["Sol", me]).await;
    app.says("Moved").await?;
    sol.hears(me, "Moved").await;

    // Whoever hosts is told what that would end; the window, hidden meanwhile, comes back to ask.
    app.click("leave").await?;
    app.type_into("host-nickname", "Mina").await?;
    again(&app, &[&format!("snug://{at_attic}")]).await?;
    app.until_true("the question to whoever is nowhere", &asks(&at_attic, "")).await?;
    assert!(!app.text("opened").await?.contains("leave"), "there is nothing to leave");
    app.close_dialog().await?;
    app.click("host-room").await?;
    let link = shown_link(&app).await?;
    let mut bo = guest(&link, "Bo").await;
    tray.offers("Quit Snug").await?;
    app.close_window()?;
    app.find("closing-keep").await?;
    app.run("setTimeout(() => document.querySelector(\"[data-testid='closing-keep']\").click(), 50)").await?;
    until("the window to be hidden", async || (!app.is_on_screen().ok()?).then_some(())).await?;
    again(&app, &[&app_link(&den)]).await?;
    until("the window to be back", async || app.is_on_screen().ok()?.then_some(())).await?;
    app.until_true("the question to a host", &asks(&at_den, "stops being hosted")).await?;
    app.click("opened-join").await?;
    assert_eq!(bo.is_closed().await, Some(GOING_AWAY));
    app.until_text("room-name", "Den").await?;
    app.says("And back").await?;
    jun.hears("Mina", "And back").await;
    assert_eq!(app.listening()?, NOTHING, "it hosts no more");

    let log = app.log()?;
    for secret in [&den.invite.secret, &attic.invite.secret] {
        assert!(!log.contains(&secret.to_string()), "no log line has it");
    }
    app.quit(Quit::Terminate).await
}
