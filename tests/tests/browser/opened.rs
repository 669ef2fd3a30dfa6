//! What opens in a room for whoever keeps it, in the states that other stories don't look at.

use anyhow::Result;
use fantoccini::key::Key;
use serde_json::json;
use snug_relay::wire::{Door, Order};
use snug_tests::{
    Browser, Person, TestRelay,
    axe::{PLACES, at_place, nothing_in_the_way, nothing_in_the_way_here},
    puppet,
};

use crate::states::LONG_KOREAN as LONG_NAME;

/// A host's page, by the host's own link.
async fn hosting(browser: &Browser, relay: &TestRelay) -> Result<Person> {
    let mina = browser.person().await?;
    puppet::between(&mina).await?;
    mina.joins(&relay.host_link(), "Mina").await?;
    puppet::lingers(&mina).await?;
    Ok(mina)
}

/// Opens what can be done about the one who is called so: from beside the log, or from the list over it.
pub(crate) async fn opens_about(mina: &Person, name: &str) -> Result<()> {
    mina.run(
        "if (!matchMedia('(min-width: 900px)').matches)
             document.querySelector('[data-testid=people-count]').closest('button').click();
         return null",
    )
    .await?;
    let open = format!(
        "const button = [...document.querySelectorAll('[data-testid=keep-order]')]
             .find((it) => it.ariaLabel.includes('{name}'));
         button?.click();
         return !!button"
    );
    mina.until_true(name, &open).await?;
    mina.until_true("what can be done", "return !!document.querySelector('.dialog-card[open]')").await
}

/// Closes whatever is open, one after the other.
pub(crate) async fn closes_all(mina: &Person) -> Result<()> {
    while mina.run("return !!document.querySelector('dialog[open]')").await? == true {
        let open = mina.run("return document.querySelectorAll('dialog[open]').length").await?;
        mina.press(Key::Escape).await?;
        mina.until_true(
            "one to be closed",
            &format!("return document.querySelectorAll('dialog[open]').length < {open}"),
        )
        .await?;
    }
    Ok(())
}

async fn closes(mina: &Person) -> Result<()> {
    mina.press(Key::Escape).await?;
    mina.until_true("it closed", "return !document.querySelector('dialog[open]')").await
}

#[tokio::test]
async fn what_a_host_decides_about_people() -> Result<()> {
    let relay = TestRelay::start().await;
    let browser = Browser::start().await?;
    let mina = hosting(&browser, &relay).await?;
    let mut host = relay.joins_as_host().await;
    host.renames("Ann").await;
    let (_jun, _was, _bo) = (relay.join(LONG_NAME).await, relay.join("Sol").await, relay.join("Bo").await);
    host.sees_here(&["Mina", "Ann", LONG_NAME, "Sol", "Bo"]).await;
    let (jun, sol, bo) = (host.member_called(LONG_NAME), host.member_called("Sol"), host.member_called("Bo"));
    host.orders(Order::Mute { member: jun, on: true }).await;
    host.orders(Order::Appoint { member: sol, on: true }).await;
    host.orders(Order::Ban { member: bo, new_link: false }).await;
    // Who has become a host comes in anew.
    mina.until_true("all of it", "return document.querySelectorAll('[data-testid=measure]').length === 3").await?;
    let _sol = relay.join("Sol").await;
    let about = [
        (LONG_NAME, "about one who is muted", "return !!document.querySelector('[data-testid=order-mute]')"),
        ("Sol", "about one who was made a host", "return document.querySelectorAll('.keep-order li').length === 1"),
        ("Ann", "about a host by the key", "return !document.querySelector('.keep-order')"),
    ];
    for place in PLACES {
        at_place(&mina, place).await;
        for (name, what, told) in about {
            opens_about(&mina, name).await?;
            mina.until_true(what, told).await?;
            nothing_in_the_way_here(&mina, what).await;
            closes_all(&mina).await?;
        }
    }
    host.orders(Order::Door { door: Door::Open }).await;
    mina.find("door").await?;
    for place in PLACES {
        at_place(&mina, place).await;
        opens_about(&mina, LONG_NAME).await?;
        mina.click("order-ban").await?;
        mina.find("confirm-ban").await?;
        nothing_in_the_way_here(&mina, "the question before a ban in an open room").await;
        closes_all(&mina).await?;
    }

    mina.click("settings").await?;
    mina.find("rules-open").await?;
    nothing_in_the_way(&mina, "a host's settings").await;
    mina.click("rules-open").await?;
    mina.find("rules").await?;
    puppet::hears(&mina, &json!({ "type": "error", "payload": { "code": "bad_room_name", "message": "" } })).await?;
    mina.until_true(
        "the complaint",
        "return [...document.querySelectorAll('dialog [role=alert]')].some((it) => it.textContent !== '')",
    )
    .await?;
    nothing_in_the_way(&mina, "the room's settings, which weren't taken").await;
    closes(&mina).await?;

    mina.click("invite-open").await?;
    mina.find("door-switch").await?;
    mina.run("document.querySelector('[data-testid=guests] summary').click(); return null").await?;
    mina.find("lift-ban").await?;
    mina.run("document.querySelector('[data-testid=guests]').scrollIntoView(); return null").await?;
    nothing_in_the_way(&mina, "who may come back").await;
    Ok(())
}

#[tokio::test]
async fn who_knocks_and_what_opens_the_door() -> Result<()> {
    let relay = TestRelay::start().await;
    let browser = Browser::start().await?;
    let mina = hosting(&browser, &relay).await?;
    let mut host = relay.joins_as_host().await;
    let _waiting = (
        relay.knock(LONG_NAME, "the-first-device").await,
        relay.knock("Mina", "the-second-device").await,
        relay.knock("שרה", "the-third-device-").await,
        relay.knock("Jun", "the-fourth-device").await,
        relay.knock("Bo", "the-fifth-device-").await,
    );
    mina.until_true("all of them", "return document.querySelectorAll('[data-testid=knock]').length === 5").await?;
    nothing_in_the_way(&mina, "many at the door").await;

    host.orders(Order::AddLink { ends_in_ms: Some(3_600_000), guests: Some(5) }).await;
    host.orders(Order::Door { door: Door::Locked }).await;
    mina.until_true("locked", "return document.querySelector('[data-testid=door]')?.dataset.door === 'locked'").await?;
    mina.click("invite-open").await?;
    mina.find("door-switch").await?;
    nothing_in_the_way(&mina, "the invite of a locked room").await;
    puppet::copies_nothing(&mina).await?;
    mina.click("copy-link").await?;
    mina.until_true("that it couldn't be copied", "return !!document.querySelector('.invite .warn:not(:empty)')")
        .await?;
    nothing_in_the_way(&mina, "a link that couldn't be copied, in the invite").await;
    for (summary, what) in [("further-links", "links that end"), ("new-link", "a new link")] {
        mina.run(&format!(
            "const it = document.querySelector('[data-testid={summary}]'); it.open = true; it.scrollIntoView(); return null"
        ))
        .await?;
        if summary == "new-link" {
            mina.click("make-new-link").await?;
            mina.find("confirm-new-link").await?;
            puppet::hears(&mina, &json!({ "type": "error", "payload": { "code": "disk_full", "message": "" } }))
                .await?;
        }
        nothing_in_the_way(&mina, what).await;
    }
    closes(&mina).await?;

    // Somebody who came by knocking has no link to pass on.
    let sol = browser.person().await?;
    host.orders(Order::Door { door: Door::Open }).await;
    sol.joins(&format!("http://{}/", relay.addr()), "Sol").await?;
    nothing_in_the_way(&sol, "an open room").await;
    host.orders(Order::Door { door: Door::Closed }).await;
    sol.until_true("closed", "return !document.querySelector('[data-testid=door]')").await?;
    sol.click("invite-open").await?;
    sol.find("invite-link").await?;
    nothing_in_the_way(&sol, "the invite of one who has no link").await;
    closes(&sol).await
}

#[tokio::test]
async fn what_a_room_tells_and_gives_away() -> Result<()> {
    let relay = TestRelay::start().await;
    let browser = Browser::start().await?;
    let mina = browser.person().await?;
    puppet::between(&mina).await?;
    // The address alone, and a name that is too long.
    mina.opens(&format!("http://{}/", relay.addr())).await?;
    mina.type_into("nickname", &"Mina ".repeat(20)).await?;
    mina.until_true("too long", "return document.querySelector('.join [role=alert]').textContent !== ''").await?;
    nothing_in_the_way(&mina, "the way in by the address alone").await;
    mina.click("settings").await?;
    mina.find("settings").await?;
    mina.until_true("the menu", "return !!document.querySelector('.dialog-menu[open]')").await?;
    nothing_in_the_way(&mina, "the settings before one is in").await;
    closes(&mina).await?;
    mina.opens_anew(&relay.link()).await?;
    mina.type_into("nickname", "Mina").await?;
    mina.click("enter-room").await?;
    mina.find("composer").await?;
    for (permission, what) in [
        ("class { static permission = 'denied' }", "notifications the browser blocks"),
        ("class { static permission = 'granted' }", "notifications that are shown"),
        ("undefined", "a browser without notifications"),
    ] {
        mina.run(&format!("window.Notification = {permission}; return null")).await?;
        mina.click("settings").await?;
        mina.click("notify-mentions").await?;
        mina.find("notify-state").await?;
        nothing_in_the_way(&mina, what).await;
        closes(&mina).await?;
    }
    mina.click("settings").await?;
    mina.click("export-open").await?;
    mina.find("export").await?;
    mina.run("window.fetch = async () => new Response(null, { status: 429 }); return null").await?;
    mina.click("export").await?;
    mina.until_true("busy", "return !!document.querySelector('dialog .warn')").await?;
    nothing_in_the_way(&mina, "an export that has to wait").await;
    mina.run(
        "window.fetch = async () => new Response(null, { status: 200 });
        HTMLAnchorElement.prototype.click = () => {}; return null",
    )
    .await?;
    mina.click("export").await?;
    mina.until_true("passed on", "return document.querySelector('[data-testid=export-status]').textContent !== ''")
        .await?;
    nothing_in_the_way(&mina, "an export that the browser saves").await;
    closes(&mina).await?;

    mina.run(
        "const field = document.querySelector('[data-testid=composer]');
         field.value = 'word '.repeat(3300);
         field.dispatchEvent(new Event('input', { bubbles: true }));
         return null",
    )
    .await?;
    mina.until_true("too long", "return !!document.querySelector('.room-left.over')").await?;
    nothing_in_the_way(&mina, "a message that is too long").await;
    Ok(())
}
