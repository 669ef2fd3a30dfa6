//! Before a room's door, and behind it with the keys.

use anyhow::Result;
use fantoccini::key::Key;
use snug_relay::wire::{Door, Order, ServerFrame};
use snug_tests::{Browser, HeadlessRelay, Person, TestRelay, camera, network, until};

use crate::{Host, messages::pastes};

/// A headless relay, and the link that makes one its host.
pub(crate) async fn headless(host: &Host) -> Result<(HeadlessRelay, String)> {
    let log = host.data.path().join("log");
    let relay = host.starts_logging(std::fs::File::create(&log)?).await;
    let link = HeadlessRelay::host_link(&log).await?;
    Ok((relay, link))
}

async fn opens_door(person: &Person, door: &str) -> Result<()> {
    person.run(&format!("document.querySelector(\"[data-testid='door-{door}']\").click(); return null")).await?;
    let script = format!("return document.querySelector(\"[data-testid='door-switch']\").dataset.door === '{door}'");
    person.until_true(door, &script).await
}

#[tokio::test]
async fn whoever_has_only_the_address_knocks_and_the_host_lets_them_in() -> Result<()> {
    let den = Host::new();
    let (relay, host_link) = headless(&den).await?;
    let browser = Browser::start().await?;
    let (mina, jun, sol) = (browser.person().await?, browser.person().await?, browser.person().await?);
    // Before the host is there.
    let address = format!("http://{}/", relay.authority());
    jun.opens(&address).await?;
    jun.type_into("nickname", "Jun").await?;
    jun.click("enter-room").await?;
    jun.find("knocking").await?;
    assert_eq!(jun.attribute("knocking", "data-host-here").await?, "false");

    mina.joins(&host_link, "Mina").await?;
    jun.until_true("the host is there", "return !!document.querySelector('[data-host-here=true]')").await?;
    mina.until_true("who it is", "return document.querySelector('[data-testid=knock]')?.innerText.includes('Jun')")
        .await?;
    mina.until_true("the title says so", "return document.title.startsWith('🔔 1')").await?;
    sol.opens(&address).await?;
    sol.type_into("nickname", "Sol").await?;
    sol.click("enter-room").await?;
    mina.until_true("both", "return document.querySelectorAll('[data-testid=knock]').length === 2").await?;
    mina.click("let-in").await?;
    jun.find("composer").await?;
    mina.until_true("one is left", "return document.querySelectorAll('[data-testid=knock]').length === 1").await?;
    mina.click("turn-away").await?;
    assert_eq!(sol.attribute("refusal", "data-reason").await?, "turned_away");
    sol.until_true("later", "return document.querySelector('[data-testid=try-again]').disabled").await?;
    mina.until_true("nobody", "return !document.querySelector('[data-testid=knocks]') && document.title === 'Den'")
        .await?;
    jun.says("thank you").await?;
    mina.shows_message("Jun", "thank you").await?;

    // Known from now on.
    jun.opens_anew(&address).await?;
    jun.click("enter-room").await?;
    jun.find("composer").await?;
    relay.stop("TERM").await
}

#[tokio::test]
async fn the_host_link_is_nowhere_to_be_seen_and_survives_a_reload() -> Result<()> {
    let den = Host::new();
    let (relay, host_link) = headless(&den).await?;
    let key = host_link.split_once("#host=").map(|(_, key)| key.to_owned()).unwrap_or_default();
    let browser = Browser::start().await?;
    let mina = browser.person().await?;
    mina.joins(&host_link, "Mina").await?;
    mina.click("invite-open").await?;
    mina.find("door-switch").await?;
    for _ in 0..2 {
        assert!(!mina.address().await?.contains(&key), "not in the address");
        let seen = "return document.title + document.documentElement.outerHTML";
        assert!(!mina.run(seen).await?.as_str().unwrap_or_default().contains(&key), "nor in the page");
        mina.reload().await?;
        mina.find("composer").await?;
        mina.click("invite-open").await?;
        mina.find("door-switch").await?;
    }
    // What is shown is the invite, once it has faded in.
    mina.until_text("invite-link", &relay.link).await?;

    // A wrong one is said to be wrong, and leads in as anybody.
    let jun = browser.person().await?;
    jun.joins(&relay.link, "Jun").await?;
    jun.opens_anew(&host_link.replace(&key, "AAAAAAAAAAAAAAAAAAAAAA")).await?;
    jun.click("enter-room").await?;
    assert_eq!(jun.attribute("refusal", "data-reason").await?, "wrong_host_key");
    jun.click("as-guest").await?;
    jun.find("composer").await?;
    jun.click("invite-open").await?;
    jun.find("invite-link").await?;
    assert!(!jun.has("door-switch").await?);
    relay.stop("TERM").await
}

#[tokio::test]
async fn a_new_link_ends_the_old_one_while_those_inside_go_on() -> Result<()> {
    let den = Host::new();
    let (relay, host_link) = headless(&den).await?;
    let browser = Browser::start().await?;
    let (mina, jun, sol) = (browser.person().await?, browser.person().await?, browser.person().await?);
    mina.joins(&host_link, "Mina").await?;
    jun.joins(&relay.link, "Jun").await?;
    mina.click("invite-open").await?;
    mina.find("door-switch").await?;
    mina.run("document.querySelector('[data-testid=new-link]').open = true; return null").await?;
    mina.click("make-new-link").await?;
    mina.click("confirm-new-link").await?;
    let old = &relay.link;
    let script = format!("return document.querySelector('[data-testid=invite-link]').textContent !== '{old}'");
    mina.until_true("another link", &script).await?;
    let new = mina.text("invite-link").await?;

    jun.says("still here").await?;
    jun.reload().await?;
    jun.shows_message("Jun", "still here").await?;
    sol.opens(old).await?;
    sol.click("enter-room").await?;
    assert_eq!(sol.attribute("refusal", "data-reason").await?, "wrong_secret");
    // By the old link one may still knock.
    sol.click("knock-instead").await?;
    sol.find("knocking").await?;
    sol.click("stop-knocking").await?;
    sol.opens_anew(&new).await?;
    sol.click("enter-room").await?;
    sol.find("composer").await?;

    // One that ends after a guest is shown at once, and told apart from the room's own.
    mina.run("document.querySelector('[data-testid=further-links]').open = true; return null").await?;
    mina.run(
        "const guests = document.querySelector('[data-testid=link-guests]');
         guests.value = '1'; guests.dispatchEvent(new Event('change', { bubbles: true })); return null",
    )
    .await?;
    mina.click("add-link").await?;
    mina.find("chosen-link").await?;
    let ending = mina.text("invite-link").await?;
    assert!(ending != new && ending != *old);
    let (first, second) = (browser.person().await?, browser.person().await?);
    first.joins(&ending, "First").await?;
    second.opens(&ending).await?;
    second.click("enter-room").await?;
    assert_eq!(second.attribute("refusal", "data-reason").await?, "link_ended");

    // Locked, for all to see.
    opens_door(&mina, "locked").await?;
    jun.until_true("a lock", "return document.querySelector('[data-testid=door]')?.dataset.door === 'locked'").await?;
    opens_door(&mina, "open").await?;
    jun.until_true("open", "return document.querySelector('[data-testid=door]')?.dataset.door === 'open'").await?;
    relay.stop("TERM").await
}

#[tokio::test]
async fn an_invite_is_copied_and_scanned_as_it_reads_on_plain_http() -> Result<()> {
    if !network::own("door::an_invite_is_copied_and_scanned_as_it_reads_on_plain_http") {
        return Ok(());
    }
    let relay = TestRelay::on(network::ADDRESS).await;
    let browser = Browser::start().await?;
    let mina = browser.person().await?;
    mina.joins(&relay.host_link(), "Mina").await?;
    assert_eq!(mina.run("return isSecureContext").await?, false);
    mina.click("invite-open").await?;
    mina.until_text("invite-link", &relay.link()).await?;

    // A camera before the window reads what is written there, in either theme.
    for theme in ["light", "dark"] {
        mina.run(&format!("document.documentElement.dataset.theme = '{theme}'; return null")).await?;
        until(&format!("a code to scan, {theme}"), async || {
            let seen = mina.client().screenshot().await.ok()?;
            (camera::scans(&seen).ok()? == [relay.link()]).then_some(())
        })
        .await?;
    }

    // What the button says it did it did: it is what gets pasted, with nothing around it.
    mina.click("copy-link").await?;
    mina.until_true("it says so", "return document.querySelector('[data-testid=copy-link]').innerText === 'Copied'")
        .await?;
    mina.press(Key::Escape).await?;
    mina.click("composer").await?;
    pastes(&mina).await;
    assert_eq!(mina.value("composer").await?, relay.link());

    // And where the browser doesn't let it, it says that, and the link is there to be copied by hand.
    mina.run("document.execCommand = () => false; return null").await?;
    mina.click("invite-open").await?;
    mina.click("copy-link").await?;
    let failed = format!(
        "return document.querySelector('[data-testid=copy-link]').innerText === 'Copy link'
            && getSelection().toString().trim() === '{}'
            && [...document.querySelectorAll('.invite [role=status]')].some((it) =>
                it.checkVisibility() && it.innerText.startsWith('Couldn’t copy.'))",
        relay.link()
    );
    mina.until_true("the truth", &failed).await
}

#[tokio::test]
async fn a_locked_room_is_waited_for() -> Result<()> {
    let relay = TestRelay::start().await;
    let mut host = relay.joins_as_host().await;
    host.orders(Order::Door { door: Door::Locked }).await;
    host.expect("locked", |frame| matches!(frame, ServerFrame::Room(_)).then_some(())).await;
    let browser = Browser::start().await?;
    let mina = browser.person().await?;
    mina.opens(&relay.link()).await?;
    mina.click("enter-room").await?;
    assert_eq!(mina.attribute("refusal", "data-reason").await?, "room_locked");
    host.orders(Order::Door { door: Door::Closed }).await;
    until("let in", async || mina.has("composer").await.ok()?.then_some(())).await
}
