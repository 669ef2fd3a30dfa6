//! A host keeps order, and everybody sees what was done.

use std::net::Ipv4Addr;

use anyhow::Result;
use fantoccini::key::Key;
use snug_tests::{Browser, Person, TestRelay, axe};

use crate::{
    Host,
    door::headless,
    opened::{closes_all, opens_about},
};

/// The host opens what can be done about the one other person here, and does this.
async fn does(host: &Person, order: &str) -> Result<()> {
    host.click("keep-order").await?;
    host.click(&format!("order-{order}")).await
}

async fn reads(person: &Person, what: &str) -> Result<()> {
    let script = format!(
        "return [...document.querySelectorAll('[data-testid=measure]')].some((it) => it.innerText.includes('{what}'))"
    );
    person.until_true(what, &script).await
}

#[tokio::test]
async fn a_host_mutes_removes_and_bans_and_everybody_is_told() -> Result<()> {
    let den = Host::new();
    let (relay, host_link) = headless(&den).await?;
    let browser = Browser::start().await?;
    let (mina, jun) = (browser.person().await?, browser.person().await?);
    mina.joins(&host_link, "Mina").await?;
    jun.joins(&relay.link, "Jun").await?;
    jun.says("ha").await?;
    mina.shows_message("Jun", "ha").await?;

    for place in axe::PLACES {
        axe::at_place(&mina, place).await;
        opens_about(&mina, "Jun").await?;
        mina.find("order-ban").await?;
        axe::nothing_in_the_way_here(&mina, "what can be done about somebody").await;
        mina.click("order-ban").await?;
        mina.find("confirm-ban").await?;
        axe::nothing_in_the_way_here(&mina, "the question before a ban").await;
        closes_all(&mina).await?;
    }
    axe::at_place(&mina, axe::PLACES[0]).await;
    does(&mina, "mute").await?;
    reads(&jun, "Mina muted you").await?;
    reads(&mina, "You muted Jun").await?;
    jun.until_true(
        "is told",
        "return document.querySelector('[data-testid=order-bar]').innerText.includes('Mina has muted you')",
    )
    .await?;
    // Nothing typed is lost by it. To be heard, it is said in a place that was there before.
    assert_eq!(jun.text("message-news").await?, "");
    jun.says("ha ha").await?;
    assert_eq!(jun.attribute("failed", "data-reason").await?, "muted");
    jun.until_text("message-news", "Not sent: the host has muted you. ha ha").await?;
    axe::nothing_in_the_way(&jun, "a message that was refused").await;
    jun.says("oh").await?;
    let two = "return document.querySelectorAll('[data-testid=failed]').length === 2";
    jun.until_true("two that weren't sent", two).await?;
    jun.run("[...document.querySelectorAll('[data-testid=delete]')].at(-1).focus(); return null").await?;
    jun.press(Key::Enter).await?;
    jun.until_true("one of them gone", &two.replace("2", "1")).await?;
    let typing = "return document.activeElement.dataset.testid";
    assert_eq!(jun.run(typing).await?, "composer", "the focus isn't lost with it");
    does(&mina, "mute").await?;
    reads(&jun, "let you speak again").await?;
    jun.run("document.querySelector('[data-testid=failed] button').click(); return null").await?;
    mina.shows_message("Jun", "ha ha").await?;

    does(&mina, "appoint").await?;
    mina.find("confirm-appoint").await?;
    axe::nothing_in_the_way_here(&mina, "the question before somebody is made a host").await;
    mina.click("confirm-appoint").await?;
    reads(&jun, "Mina made you a host").await?;
    jun.find("keep-order").await?;
    let host = "return [...document.querySelectorAll('.person:not(.myself) .person-state')].some((it) => it.innerText)";
    mina.until_true("Jun, a host", host).await?;
    does(&mina, "appoint").await?;
    reads(&jun, "took a host’s powers back from you").await?;
    let gone = "return !document.querySelector('[data-testid=keep-order]')";
    jun.until_true("a guest again", gone).await?;
    let guest = "return document.querySelector('[data-testid=keep-order]') && \
                 ![...document.querySelectorAll('.person:not(.myself) .person-state')].some((it) => it.innerText)";
    mina.until_true("a guest", guest).await?;

    does(&mina, "remove").await?;
    assert_eq!(jun.attribute("refusal", "data-reason").await?, "removed");
    jun.click("try-again").await?;
    jun.find("composer").await?;

    // Without a new link: the ban holds by itself.
    does(&mina, "ban").await?;
    mina.find("confirm-ban").await?;
    mina.click("ban-new-link").await?;
    mina.click("confirm-ban").await?;
    assert_eq!(jun.attribute("refusal", "data-reason").await?, "banned");
    jun.opens_anew(&relay.link).await?;
    jun.click("enter-room").await?;
    assert_eq!(jun.attribute("refusal", "data-reason").await?, "banned");

    mina.click("invite-open").await?;
    mina.run("document.querySelector('[data-testid=guests] summary').click(); return null").await?;
    mina.click("lift-ban").await?;
    reads(&mina, "You lifted the ban on Jun").await?;
    jun.click("try-again").await?;
    jun.find("composer").await?;
    relay.stop("TERM").await
}

#[tokio::test]
async fn a_banned_guest_who_comes_by_another_address_finds_the_old_link_ended() -> Result<()> {
    let relay = TestRelay::on(Ipv4Addr::UNSPECIFIED).await;
    let port = relay.addr().port();
    let at = |address: &str| relay.invite.link(format!("{address}:{port}"));
    let browser = Browser::start().await?;
    let (mina, jun) = (browser.person().await?, browser.person().await?);
    jun.joins(&at("127.0.0.1"), "Jun").await?;
    let key = relay.handle().host_key(&relay.invite.room).expect("the room is served");
    mina.joins(&relay.invite.host_link(format!("127.0.0.1:{port}"), &key), "Mina").await?;
    does(&mina, "ban").await?;
    mina.click("confirm-ban").await?;
    assert_eq!(jun.attribute("refusal", "data-reason").await?, "banned");
    // There the same browser has another token.
    jun.opens_anew(&at("127.0.0.2")).await?;
    jun.type_into("nickname", "Jun").await?;
    jun.click("enter-room").await?;
    assert_eq!(jun.attribute("refusal", "data-reason").await?, "wrong_secret");
    jun.click("knock-instead").await?;
    jun.find("knocking").await?;
    let mut host = relay.joins_as_host().await;
    host.sees_at_the_door(&["Jun"]).await;
    Ok(())
}

#[tokio::test]
async fn a_host_renames_the_room_and_slows_it_down() -> Result<()> {
    let den = Host::new();
    let (relay, host_link) = headless(&den).await?;
    let browser = Browser::start().await?;
    let (mina, jun) = (browser.person().await?, browser.person().await?);
    mina.joins(&host_link, "Mina").await?;
    jun.joins(&relay.link, "Jun").await?;
    mina.click("settings").await?;
    mina.click("rules-open").await?;
    mina.find("rules-name").await?;
    axe::nothing_in_the_way(&mina, "the room's settings").await;
    mina.run("document.querySelector('[data-testid=rules-name]').select(); return null").await?;
    mina.type_into("rules-name", "The attic").await?;
    mina.click("rules-rename").await?;
    jun.until_true("the name", "return document.querySelector('[data-testid=room-name]').innerText === 'The attic'")
        .await?;
    reads(&jun, "Mina renamed the room to “The attic”").await?;
    let chooses = async |what: &str, value: &str| {
        let script = format!(
            "const choice = document.querySelector('[data-testid={what}]'); choice.value = '{value}';
             choice.dispatchEvent(new Event('change', {{ bubbles: true }})); return null"
        );
        mina.run(&script).await
    };
    chooses("rules-bytes", "10485760").await?;
    reads(&jun, "Mina allowed files up to 10 MB, kept as long as the room").await?;
    chooses("rules-days", "30").await?;
    reads(&jun, "Mina allowed files up to 10 MB, kept for 30 days").await?;
    chooses("rules-slow", "5000").await?;
    reads(&jun, "slow mode: one message every 5 seconds").await?;
    jun.says("one").await?;
    jun.says("two").await?;
    // It waits, and goes by itself.
    assert_eq!(jun.attribute("held", "data-reason").await?, "slow_mode");
    jun.until_text("message-news", "Slow mode: it goes out by itself when it’s your turn. two").await?;
    axe::nothing_found(&jun, "a message that is held up").await;
    mina.shows_message("Jun", "two").await?;
    relay.stop("TERM").await
}
