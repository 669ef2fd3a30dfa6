//! What the window has for bringing others in, and what it hands to the system.

use anyhow::{Context, Result};
use fantoccini::key::Key;
use serde_json::json;
use snug_tests::{
    axe::nothing_in_the_way,
    camera,
    desktop::{DesktopApp, Opener, Quit},
    network, tool, until,
};

use crate::{
    Desk, Link, guest,
    told::{ANSWERS, answers},
};

fn ip(arguments: &str) -> Result<()> {
    let changed = std::process::Command::new(tool("ip")?).args(arguments.split(' ')).status()?;
    anyhow::ensure!(changed.success(), "ip {arguments}");
    Ok(())
}

fn says(testid: &str, text: &str) -> String {
    format!("return document.querySelector('[data-testid={testid}]')?.textContent.includes('{text}') === true")
}

/// Chooses the address of this adapter that begins so, and waits until all of the invite is about it.
async fn chooses(app: &DesktopApp, adapter: &str, address: &str) -> Result<Link> {
    let pick = format!(
        "const row = [...document.querySelectorAll('.addresses label')].find((it) =>
             it.querySelector('.adapter').textContent.includes('{adapter}')
                 && it.querySelector('.address-text').textContent.startsWith('{address}'));
         if (!row) return false;
         row.closest('details').open = true;
         row.querySelector('input').click();
         return true"
    );
    app.until_true(&format!("{address} of {adapter} to choose"), &pick).await?;
    app.until_true(address, &says("invite-link", &format!("http://{address}"))).await?;
    let text = app.text("invite-link").await?;
    let link = Link::parse(&text)?;
    app.until_text("invite-address", &link.addr.to_string()).await?;
    app.run("document.querySelector('.qr').scrollIntoView({ block: 'center' }); return null").await?;
    until("the code to be the link", async || {
        (camera::scans(&app.client().screenshot().await.ok()?).ok()? == [text.as_str()]).then_some(())
    })
    .await?;
    Ok(link)
}

/// A letter's parts, each as whoever gets it reads it.
fn letter(url: &str) -> Result<Vec<(String, String)>> {
    let url = url_of(url)?;
    assert_eq!((url.scheme(), url.path()), ("mailto", ""), "to nobody yet");
    Ok(url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect())
}

fn url_of(url: &str) -> Result<url::Url> {
    url::Url::parse(url).with_context(|| format!("{url} is no URL"))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invite_goes_out_as_it_reads_and_links_go_to_the_system() -> Result<()> {
    let Some(desk) = Desk::alone("inviting::an_invite_goes_out_as_it_reads_and_links_go_to_the_system")? else {
        return Ok(());
    };
    // Without a network there is nobody to be found, which isn't the same as finding nobody.
    ip("link set snug0 down")?;
    let opener = Opener::new()?;
    let app = DesktopApp::start_with_opener(desk.data(), &opener).await?;
    app.until_true("that it can't look around", &says("nearby-state", "can’t look around")).await?;
    nothing_in_the_way(&app, "a start without a network").await;
    ip("link set snug0 up")?;
    app.until_true("that it found none", &says("nearby-state", "None found")).await?;

    // One more adapter, one more address, and a way elsewhere.
    ip("route add default via 10.84.0.2 dev snug0")?;
    ip("link add cable7 type veth peer name far-end")?;
    ip("link set far-end up")?;
    ip("address add 10.86.0.1/24 dev cable7")?;
    ip("link set cable7 up")?;
    ip("address add fd00:84::1/64 dev snug0 nodad")?;
    app.type_into("host-nickname", "Mina").await?;
    app.type_into("host-room-name", "Mina & Jun’s 방 #1?").await?;
    app.click("host-room").await?;
    app.until_connection("online").await?;
    app.click("invite-open").await?;
    let first = Link::parse(&app.text("invite-link").await?)?;
    assert_eq!(first.addr.ip(), network::ADDRESS, "by the way that leads elsewhere");
    let port = first.addr.port();
    let mut inside = Vec::new();
    for (adapter, address, name) in [("cable7", "10.86.0.1", "Sol"), ("snug0", "[fd00:84::1]", "Bo")] {
        let link = chooses(&app, adapter, address).await?;
        assert_eq!(link.addr, format!("{address}:{port}").parse()?);
        assert_eq!((&link.room, &link.secret), (&first.room, &first.secret), "the same room");
        inside.push(guest(&link, name).await);
    }
    let link = chooses(&app, "snug0", &network::ADDRESS.to_string()).await?;
    assert_eq!(link, first);
    let link = app.text("invite-link").await?;

    // By mail: the whole link, once, in the text alone.
    app.click("mail-link").await?;
    let mail = until("a letter", async || opener.opened().pop()).await?;
    let [(subject, about), (body, text)] = &letter(&mail)?[..] else { anyhow::bail!("{mail}") };
    assert_eq!((subject.as_str(), body.as_str()), ("subject", "body"));
    assert_eq!(about, "Join me in Mina & Jun’s 방 #1?");
    assert!(text.contains(&format!("\r\n\r\n{link}\r\n")), "{text}");
    assert_eq!(text.matches(&first.secret).count(), 1, "{text}");
    assert_eq!(mail.matches(&first.secret).count(), 1, "{mail}");
    assert!(mail.contains(&format!("%23{}", first.secret)), "behind the link's own mark: {mail}");

    // Copied: what another program gets is the link.
    app.click("copy-link").await?;
    app.until_true("that it is copied", &says("copy-link", "Copied")).await?;
    app.close_dialog().await?;
    app.click("composer").await?;
    let paste = format!("{}v{}", char::from(Key::Control), char::from(Key::Null));
    app.client().active_element().await?.send_keys(&paste).await?;
    until("it to be pasted", async || (app.value("composer").await.ok()? == link).then_some(())).await?;
    app.run("document.querySelector('[data-testid=composer]').select(); return null").await?;
    app.run(ANSWERS).await?;
    answers(&app, "copy_text", &json!({ "error": { "code": "io", "message": "nothing was copied", "address": null } }))
        .await?;
    app.click("invite-open").await?;
    app.click("copy-link").await?;
    app.until_shown("Couldn’t copy.").await?;
    assert_eq!(app.text("copy-link").await?.trim(), "Copy link", "it doesn't say that it did");
    assert_eq!(app.run("return getSelection().toString().trim()").await?, json!(link), "to be copied by hand");
    app.close_dialog().await?;

    // Links in messages.
    app.says("https://example.org/a%20b?c=d&e='f'#g [there](http://10.86.0.7/)").await?;
    for text in ["file:///etc/passwd", "mailto:a@b.c", "[x](javascript:alert(1))", "snug://10.86.0.1/", "[y](--help)"] {
        inside[0].says(text).await;
        app.until_shown(text).await?;
    }
    let links = "return [...document.querySelectorAll('[data-testid=message-text] a')].map((it) => it.href)";
    let web = ["https://example.org/a%20b?c=d&e=%27f%27#g", "http://10.86.0.7/"];
    assert_eq!(app.run(links).await?, json!(web));
    let home = app.address().await?;
    for (at, url) in web.iter().enumerate() {
        app.run(&format!("document.querySelectorAll('[data-testid=message-text] a')[{at}].click(); return null"))
            .await?;
        until(url, async || (opener.opened().get(1..)? == &web[..=at]).then_some(())).await?;
    }
    assert_eq!(app.address().await?, home, "and the window stays where it is");
    assert_eq!(opener.opened().len(), 3, "the letter and the two");
    app.quit(Quit::Terminate).await
}
