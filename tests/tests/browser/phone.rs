//! A phone: a thumb instead of a pointer, a keyboard that comes up over the page, and a button that goes back.

use anyhow::Result;
use fantoccini::key::Key;
use serde_json::{Value, json};
use snug_relay::wire::{ClientFrame, NewMessage, React};
use snug_tests::{Browser, Person, TestRelay, giving::has_sent};

use crate::files::file_of;

/// A visible part of the page that a keyboard covers as iOS does: the page stays as large, and is scrolled behind it.
const KEYBOARD: &str = "
    const visible = Object.assign(new EventTarget(), { scale: 1, offsetLeft: 0, offsetTop: 0, pageLeft: 0, covered: 0 });
    Object.defineProperties(visible, {
        width: { get: () => innerWidth },
        height: { get: () => innerHeight - visible.covered },
        pageTop: { get: () => visible.offsetTop },
    });
    Object.defineProperty(window, 'visualViewport', { value: visible });
    window.covers = (covered, offsetTop, scale = 1) => {
        Object.assign(visible, { covered, offsetTop, scale });
        visible.dispatchEvent(new Event('resize'));
    }";

#[tokio::test]
async fn the_keyboard_is_never_over_the_composer_nor_over_what_was_said_last() -> Result<()> {
    let relay = TestRelay::start().await;
    let mut jun = relay.join("Jun").await;
    jun.counts(1..=60).await;
    let browser = Browser::start().await?;
    let mina = browser.person_with("en-US", 390, 844).await?;
    mina.prepares(KEYBOARD).await?;
    mina.joins(&relay.link(), "Mina").await?;
    mina.shows_message("Jun", "number 60").await?;
    let placed = |top: u32, bottom: u32| {
        format!(
            "const box = (it) => it.getBoundingClientRect();
             const [header, composer] = ['.header', '.composer'].map((it) => box(document.querySelector(it)));
             const last = box([...document.querySelectorAll('[data-testid=message]')].at(-1));
             return header.top === {top} && composer.bottom === {bottom} && last.bottom <= composer.top"
        )
    };
    mina.until_true("all of the page", &placed(0, 844)).await?;
    for (covered, scrolled) in [(340, 0), (340, 120), (0, 0)] {
        mina.run(&format!("window.covers({covered}, {scrolled}); return null")).await?;
        let bottom = 844 - covered + scrolled;
        mina.until_true("what the keyboard leaves of it", &placed(scrolled, bottom)).await?;
    }
    // What opens from the edge opens above the keyboard.
    mina.run("document.querySelector('[data-testid=people-count]').closest('button').click(); return null").await?;
    mina.click("edit-nickname").await?;
    mina.run("window.covers(340, 0); return null").await?;
    let above = "return document.querySelector('dialog[open]').getBoundingClientRect().bottom <= 504";
    mina.until_true("the sheet above it", above).await?;
    mina.run("window.covers(0, 0); return null").await?;
    mina.press(Key::Escape).await?;
    mina.press(Key::Escape).await?;
    // Two fingers that look closer move nothing.
    mina.run("window.covers(400, 80, 2); return null").await?;
    mina.until_true("all of the page", &placed(0, 844)).await
}

/// Goes back and finds nothing open, and the room still there.
async fn goes_back(person: &Person, what: &str) -> Result<()> {
    person.until_true(what, "return !!document.querySelector('dialog[open]')").await?;
    person.client().back().await?;
    person.until_true("it closed", "return !document.querySelector('dialog[open]')").await?;
    assert!(person.has("composer").await?, "{what}: the room is left");
    Ok(())
}

#[tokio::test]
async fn whatever_opens_has_room_for_a_thumb_and_closes_by_the_back_button() -> Result<()> {
    let relay = TestRelay::start().await;
    let mut jun = relay.join("Jun").await;
    jun.says_with_id("tea", "tea at four?").await.unwrap();
    jun.says(&["line"; 60].join("\n")).await;
    jun.changes(ClientFrame::NewMessage(NewMessage {
        reply: Some("tea".into()),
        ..NewMessage::new("five", "or at five")
    }))
    .await
    .unwrap();
    for (at, emoji) in ["👍", "🎉", "😂", "❤️", "🙏", "😮", "🍵"].into_iter().enumerate() {
        let react = React { id: format!("r{at}"), of: "five".into(), emoji: emoji.into(), on: true };
        jun.changes(ClientFrame::React(react)).await.unwrap();
    }
    let browser = Browser::start().await?;
    let mina = browser.person_with("en-US", 390, 844).await?;
    mina.opens(&relay.host_link()).await?;
    mina.find("enter-room").await?;
    fits_a_thumb(&mina, "the way in").await?;
    mina.joins(&relay.host_link(), "Mina").await?;
    let (_place, plan) = file_of(1000, "plan.pdf")?;
    mina.attaches(&[&plan]).await?;
    has_sent(&mina, 1).await?;
    fits_a_thumb(&mina, "a file to be sent").await?;
    mina.says("the plan").await?;
    mina.shows_message("Mina", "the plan").await?;
    fits_a_thumb(&mina, "the room").await?;
    mina.run("[...document.querySelectorAll('[data-testid=message]')].at(-1).focus(); return null").await?;
    mina.click("react").await?;
    mina.find("quick").await?;
    mina.find("emoji-search").await?;
    fits_a_thumb(&mina, "reacting").await?;
    goes_back(&mina, "reacting").await?;
    mina.find("edit").await?;
    fits_a_thumb(&mina, "a message's tools").await?;
    mina.click("edit").await?;
    mina.find("editing").await?;
    fits_a_thumb(&mina, "editing").await?;
    mina.click("cancel-writing").await?;

    for (opened_by, within) in [
        ("search-open", "search-field"),
        ("emoji-button", "emoji-search"),
        ("invite-open", "door-switch"),
        ("settings", "notify-state"),
        ("people-count", "keep-order"),
        ("day", "calendar"),
    ] {
        let press =
            format!("document.querySelector('[data-testid={opened_by}]').closest('button').click(); return null");
        mina.run(&press).await?;
        mina.find(within).await?;
        fits_a_thumb(&mina, within).await?;
        goes_back(&mina, within).await?;
    }
    // One that opens in another's place, and one over another.
    mina.click("settings").await?;
    mina.click("export-open").await?;
    mina.find("export").await?;
    fits_a_thumb(&mina, "taking the room along").await?;
    goes_back(&mina, "the export").await?;
    mina.click("settings").await?;
    mina.click("rules-open").await?;
    mina.find("rules").await?;
    fits_a_thumb(&mina, "the room's settings").await?;
    goes_back(&mina, "the room's settings").await?;
    mina.run("document.querySelector('[data-testid=people-count]').closest('button').click(); return null").await?;
    mina.click("keep-order").await?;
    mina.find("order-mute").await?;
    fits_a_thumb(&mina, "what can be done about somebody").await?;
    mina.client().back().await?;
    mina.until_true("one of them closed", "return document.querySelectorAll('dialog[open]').length === 1").await?;
    goes_back(&mina, "the people").await?;

    // As large as they look on the home screen, and opening this room, not whatever is at the address.
    let manifest = mina
        .ask(
            "const done = arguments[arguments.length - 1];
             const link = document.querySelector('link[rel=manifest]').href;
             fetch(link).then((it) => it.json()).then(async (manifest) => {
                 const icons = await Promise.all(manifest.icons.map(async ({ src, type }) => {
                     const icon = await fetch(new URL(src, link));
                     return icon.ok && icon.headers.get('content-type') === type;
                 }));
                 done([manifest.display, 'start_url' in manifest, icons]);
             }, (error) => done(String(error)))",
            Vec::<Value>::new(),
        )
        .await?;
    assert_eq!(manifest, json!(["standalone", false, [true, true, true]]));
    assert_eq!(mina.complaints().await?, [""; 0]);
    Ok(())
}

/// Fails if something to be pressed is narrower or lower than a thumb, 44 px, with the space around it that belongs to
/// nothing else; or if a field is of smaller letters than 16 px, on which a phone zooms in.
async fn fits_a_thumb(person: &Person, what: &str) -> Result<()> {
    let found = person
        .run(
            "const TARGETS = 'button:not(:disabled), a[href], summary, select, label:has(input), [role=option], \
                 input:not([type=checkbox], [type=radio], [type=file]), textarea';
             const within = [...document.querySelectorAll('dialog[open]')].at(-1) ?? document.body;
             const seen = [...within.querySelectorAll(TARGETS)].filter((it) =>
                 it.checkVisibility({ visibilityProperty: true }) && !it.closest('.text, .for-readers'));
             const small = seen.filter((it) => {
                 const box = it.getBoundingClientRect();
                 const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
                 const hit = document.elementFromPoint(x, y);
                 // Out of sight, or under something.
                 if (!hit || !it.contains(hit)) return false;
                 const near = [[21, 0], [-21, 0], [0, 21], [0, -21]];
                 return near.some(([right, down]) => {
                     const other = document.elementFromPoint(x + right, y + down)?.closest(TARGETS);
                     return other != null && other !== it && !it.contains(other) && !other.contains(it);
                 });
             });
             const fields = [...document.querySelectorAll('input, textarea, select')].filter((it) =>
                 !/checkbox|radio|file/.test(it.type) && parseFloat(getComputedStyle(it).fontSize) < 16);
             return [...small, ...fields].map((it) => {
                 const { width, height } = it.getBoundingClientRect();
                 return `${Math.round(width)} x ${Math.round(height)} ${it.outerHTML.slice(0, 120)}`;
             })",
        )
        .await?;
    assert_eq!(found, json!([]), "{what}");
    Ok(())
}
