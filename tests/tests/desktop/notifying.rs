//! What is said while nobody looks is told on the desktop.

use anyhow::Result;
use snug_tests::desktop::{DesktopApp, Quit};

use crate::{Desk, guest, shown_link};

/// Without a window manager no window ever has the focus: who looks is said in its place.
fn looks(yes: bool) -> String {
    format!("document.hasFocus = () => {yes}; dispatchEvent(new Event('{}'))", if yes { "focus" } else { "blur" })
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_said_meanwhile_is_told_on_the_desktop_and_a_click_leads_to_it() -> Result<()> {
    let Some(desk) = Desk::alone("notifying::what_is_said_meanwhile_is_told_on_the_desktop_and_a_click_leads_to_it")?
    else {
        return Ok(());
    };
    let app = DesktopApp::start(desk.data()).await?;
    app.click("host-room").await?;
    app.until_connection("online").await?;
    let link = shown_link(&app).await?;
    let mut jun = guest(&link, "Jun").await;
    app.run(&looks(false)).await?;

    // A desktop without anybody who shows notifications: nothing waits for one, and the room goes on.
    jun.says("is anybody there?").await;
    app.until_shown("is anybody there?").await?;

    let desktop = app.notifications().await?;
    jun.says("<b>hello</b> & <img src=\"http://elsewhere/\"> welcome").await;
    let shown = desktop.shows("welcome").await?;
    assert!(!shown.body.contains(['<', '>']), "it is text: {shown:?}");
    assert!(!format!("{shown:?}").contains(&link.secret), "the secret is nobody's business: {shown:?}");
    assert_eq!(desktop.shown().len(), 1);

    // A burst takes the place of what is shown, and asks for little.
    jun.says_often("and on it goes", 300).await;
    let burst = desktop.shows("and on it goes").await?;
    assert_eq!((desktop.shown().len(), burst.id), (1, shown.id));
    assert!(burst.title.starts_with("302 new messages"), "{burst:?}");
    assert!(desktop.sent() <= 3, "{} were asked for", desktop.sent());

    desktop.clicks(&burst).await?;
    let led = "const last = [...document.querySelectorAll(\"[data-testid='message']\")].at(-1);
        return !!last && document.activeElement === last";
    app.until_true("the focus on the message it told of", led).await?;

    app.run(&looks(true)).await?;
    desktop.shows_none().await?;
    let sent = desktop.sent();
    // It led to where the burst began; what is newest is further down.
    app.run("document.querySelector(\"[data-testid='to-newest']\")?.click()").await?;
    jun.says("now somebody looks").await;
    app.until_shown("now somebody looks").await?;
    assert_eq!((desktop.sent(), desktop.shown()), (sent, vec![]), "it is being read");

    // What is still shown when the app ends goes with it.
    app.run(&looks(false)).await?;
    jun.says("the last word").await;
    desktop.shows("the last word").await?;
    app.quit(Quit::Terminate).await?;
    desktop.shows_none().await
}
