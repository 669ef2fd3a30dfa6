//! What a page in a browser hands to other programs: the invite, to the app or to whatever one writes with.

use anyhow::Result;
use serde_json::json;
use snug_tests::{Browser, TestRelay};

/// A share sheet in place of the system's, which headless browsers have none of.
const SHARE_SHEET: &str = "window.shared = [];
    window.declines = false;
    window.unhandled = 0;
    addEventListener('unhandledrejection', () => { unhandled += 1 });
    Object.defineProperty(Navigator.prototype, 'share', { value: function (what) {
        if (this !== navigator) throw new TypeError('Illegal invocation');
        shared.push(what);
        return declines ? Promise.reject(new DOMException('', 'AbortError')) : Promise.resolve();
    } });";

#[tokio::test]
async fn an_invite_is_handed_to_the_app_to_a_letter_and_to_the_share_sheet() -> Result<()> {
    let relay = TestRelay::start().await;
    let browser = Browser::start().await?;
    let mina = browser.person().await?;
    let (at, room, secret) = (relay.addr(), &relay.invite.room, relay.invite.secret.to_string());

    // The app gets what the page was opened with, by its own scheme: a secret only behind the #, if there is one, and
    // never what makes one the host.
    for (opened, for_the_app) in [
        (format!("http://{at}/"), format!("snug://{at}/")),
        (format!("http://{at}/r/{room}"), format!("snug://{at}/r/{room}")),
        (relay.host_link(), format!("snug://{at}/r/{room}")),
        (relay.link(), format!("snug://{at}/r/{room}#{secret}")),
    ] {
        mina.opens_anew(&opened).await?;
        assert_eq!(mina.attribute("open-in-app", "href").await?, for_the_app, "opened by {opened}");
    }
    // Whoever was in by the link needs it no more, and neither does their app.
    let jun = browser.person().await?;
    jun.joins(&relay.link(), "Jun").await?;
    jun.opens_anew(&format!("http://{at}/r/{room}")).await?;
    assert_eq!(jun.attribute("open-in-app", "href").await?, format!("snug://{at}/r/{room}#{secret}"));
    jun.leaves().await?;

    // Where the browser has no share sheet there is no button for it; a letter can be begun everywhere.
    mina.joins(&relay.link(), "Mina").await?;
    mina.run("delete Navigator.prototype.share; return null").await?;
    mina.click("invite-open").await?;
    let letter = mina.attribute("mail-link", "href").await?;
    assert!(!mina.has("share-link").await?);
    let letter = url::Url::parse(&letter)?;
    assert_eq!((letter.scheme(), letter.path()), ("mailto", ""), "to nobody yet");
    let [(subject, about), (body, text)] = &letter.query_pairs().collect::<Vec<_>>()[..] else {
        anyhow::bail!("{letter}")
    };
    assert_eq!((&**subject, &**body), ("subject", "body"));
    assert_eq!(about, "Join me in Den");
    assert!(text.contains(&format!("\n\n{}\n", relay.link())), "{text}");
    assert_eq!(letter.as_str().matches(&secret).count(), 1, "{letter}");
    assert!(letter.as_str().contains(&format!("%23{secret}")), "behind the link's own mark: {letter}");

    mina.prepares(SHARE_SHEET).await?;
    mina.reload().await?;
    mina.click("invite-open").await?;
    mina.click("share-link").await?;
    assert_eq!(mina.run("return shared").await?, json!([{ "title": "Join me in Den", "url": relay.link() }]));
    // Whoever closes it without choosing anything hears no more of it.
    mina.run("declines = true; return null").await?;
    let shown = mina.shown().await;
    mina.click("share-link").await?;
    assert_eq!(mina.run("return shared.length").await?, 2);
    let after = "const [done] = arguments; setTimeout(() => done(unhandled))";
    assert_eq!(mina.ask(after, Vec::new()).await?, 0);
    assert_eq!(mina.shown().await, shown);
    Ok(())
}
