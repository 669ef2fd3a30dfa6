//! Somebody who only has keys: where the focus is can be seen at every stop, in both themes, and it is never on what
//! can't be seen. WCAG 2.2, 2.4.7 and 2.4.11, and 1.4.11 for the colour that shows it.

use std::collections::HashSet;

use anyhow::Result;
use fantoccini::key::Key;
use serde_json::{Value, json};
use snug_relay::wire::{ClientFrame, NewMessage, React};
use snug_tests::{
    Browser, Person, TestRelay,
    giving::{drops, has_sent, pastes_picture},
};

/// What has the focus, and what is wrong with how that shows. A line around it, or around what it is in, has to be
/// there with the focus and not without it, and differ from what it lies on by three to one.
const LOOK: &str = "
    const it = document.activeElement;
    if (it === null || it === document.body) return null;
    const canvas = Object.assign(document.createElement('canvas'), { width: 1, height: 1 }).getContext('2d', { willReadFrequently: true });
    const rgba = (color, ground) => {
        canvas.clearRect(0, 0, 1, 1);
        for (const fill of [ground, color]) if (fill) { canvas.fillStyle = fill; canvas.fillRect(0, 0, 1, 1) }
        return [...canvas.getImageData(0, 0, 1, 1).data];
    };
    const light = (color) => {
        const [r, g, b] = color.slice(0, 3).map((part) => part / 255)
            .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const contrast = (one, other) => {
        const [less, more] = [light(one), light(other)].sort((a, b) => a - b);
        return (more + 0.05) / (less + 0.05);
    };
    const groundOf = (element) => {
        const layers = [];
        for (let at = element; at; at = at.parentElement) {
            const color = getComputedStyle(at).backgroundColor;
            layers.unshift(color);
            if (rgba(color)[3] === 255) break;
        }
        return layers.reduce((ground, layer) => `rgb(${rgba(layer, ground).slice(0, 3)})`, 'white');
    };
    // Lines around an element: what it has of them now, each with whether it lies within it.
    const linesOf = (element) => {
        const style = getComputedStyle(element);
        const found = [];
        if (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2)
            found.push(['outline', style.outlineColor, parseFloat(style.outlineOffset) < 0]);
        for (const shadow of style.boxShadow.split(/,(?![^(]*\\))/)) {
            const sizes = shadow.match(/(-?[\\d.]+)px/g)?.map(parseFloat) ?? [];
            const color = shadow.match(/[a-z]+\\([^)]*\\)/)?.[0];
            if (color && sizes[2] === 0 && sizes[3] >= 1) found.push(['shadow', color, shadow.includes('inset')]);
        }
        return found;
    };
    const around = [it, it.nextElementSibling, it.parentElement, it.parentElement?.parentElement]
        .filter((one) => one && one !== document.body && (one === it || one.tagName !== 'DIALOG'));
    const shown = [];
    for (const theme of ['light', 'dark']) {
        document.documentElement.dataset.theme = theme;
        shown.push(around.map((one) => linesOf(one).map(([kind, color, inside]) => {
            const ground = groundOf(inside || one.tagName === 'DIALOG' ? one : one.parentElement ?? one);
            return { kind, color, contrast: contrast(rgba(color, ground), rgba(ground)) };
        })));
    }
    // A message's tools are there only for as long as the focus is with it.
    const passing = it.closest('.tools') !== null;
    if (!passing) it.blur();
    const without = [];
    for (const theme of ['light', 'dark']) {
        document.documentElement.dataset.theme = theme;
        without.push(around.map((one) => passing ? [] : linesOf(one).map(([kind, color]) => kind + color)));
    }
    document.documentElement.dataset.theme = 'light';
    if (!passing) it.focus({ preventScroll: true, focusVisible: true });
    const wrong = [];
    if (document.activeElement !== it) wrong.push('it lets go of the focus');
    for (const [at, theme] of ['light', 'dark'].entries()) {
        const fresh = shown[at].flatMap((lines, one) => lines.filter(({ kind, color }) => !without[at][one].includes(kind + color)));
        const best = Math.max(0, ...fresh.map((line) => line.contrast));
        if (best < 3) wrong.push(`${theme}: ${fresh.length} lines, ${best.toFixed(2)} to one at most`);
    }
    const { left, top, right, bottom } = it.getBoundingClientRect();
    const [fromX, toX] = [Math.max(0, left), Math.min(innerWidth, right)];
    const [fromY, toY] = [Math.max(0, top), Math.min(innerHeight, bottom)];
    const target = it.closest('label') ?? it;
    const points = [[0.5, 0.5], [0.1, 0.5], [0.9, 0.5], [0.5, 0.1], [0.5, 0.9]];
    const seen = points.filter(([x, y]) => {
        const hit = document.elementFromPoint(fromX + (toX - fromX) * x, fromY + (toY - fromY) * y);
        return hit && (target.contains(hit) || (hit.contains(it) && hit.tagName !== 'DIALOG'));
    });
    if (toX <= fromX || toY <= fromY) wrong.push('it is out of sight');
    else if (seen.length < 3) wrong.push(`it is under something: ${seen.length} of 5`);
    const modal = [...document.querySelectorAll('dialog[open]')].at(-1);
    if (modal && !modal.contains(it)) wrong.push('it is behind what is open');
    window.stops ??= new Map();
    if (!window.stops.has(it)) window.stops.set(it, window.stops.size);
    return [it.dataset.testid ?? it.getAttribute('aria-label') ?? it.className ?? it.tagName,
        window.stops.get(it), wrong, `${[left, top, right, bottom].map(Math.round)} ${it.outerHTML.slice(0, 140)}`]";

/// Goes from stop to stop until the first of them comes again; whatever is wrong with any, and what they are called.
async fn walks(person: &Person, what: &str) -> Result<Vec<String>> {
    let (mut names, mut been, mut outside) = (Vec::new(), HashSet::new(), 0);
    person.run("window.stops = new Map(); return null").await?;
    while outside < 3 && names.len() < 120 {
        person.press(Key::Tab).await?;
        let found = person.run(LOOK).await?;
        if found == Value::Null {
            // Out of the page, to what the browser has around it, and in again.
            outside += 1;
            continue;
        }
        assert_eq!(found[2], json!([]), "{what}: {} {}", found[0], found[3]);
        if !been.insert(found[1].as_u64()) {
            break;
        }
        names.push(found[0].as_str().unwrap_or_default().to_owned());
    }
    Ok(names)
}

/// Fails unless the walk came by all of these.
fn came_by(names: &[String], wanted: &[&str]) {
    for name in wanted {
        assert!(names.iter().any(|it| it == name), "never at {name}: {names:?}");
    }
}

#[tokio::test]
async fn whoever_goes_by_keyboard_sees_where_they_are() -> Result<()> {
    let relay = TestRelay::start().await;
    let mut jun = relay.join("Jun").await;
    jun.counts(1..=30).await;
    jun.says_with_id("tea", "tea? see https://example.com/tea and\n```\ncode\n```").await.expect("said");
    let react = React { id: "r".into(), of: "tea".into(), emoji: "👍".into(), on: true };
    jun.changes(ClientFrame::React(react)).await.expect("reacted");
    let answer = NewMessage { reply: Some("tea".into()), ..NewMessage::new("five", "at five") };
    jun.changes(ClientFrame::NewMessage(answer)).await.expect("answered");
    let browser = Browser::start().await?;
    let mina = browser.person().await?;
    // What fades in has its colours at once.
    mina.prefers_less_motion().await?;
    mina.opens(&relay.host_link()).await?;
    mina.find("enter-room").await?;
    came_by(&walks(&mina, "the way in").await?, &["nickname", "enter-room", "settings"]);
    mina.type_into("nickname", "Mina").await?;
    mina.click("enter-room").await?;
    mina.find("composer").await?;
    pastes_picture(&mina, 200, 100).await?;
    has_sent(&mina, 1).await?;
    mina.says("a picture").await?;
    mina.shows_message("Mina", "a picture").await?;
    drops(&mina, &json!([["plan.pdf", "", "%PDF-1.4"]])).await?;
    has_sent(&mina, 1).await?;
    mina.find("composer").await?.send_keys("half a th").await?;
    let _knock = relay.knock("Sol", "a-device-of-another").await;
    mina.find("knocks").await?;
    came_by(
        &walks(&mina, "the room").await?,
        &[
            "invite-open",
            "search-open",
            "settings",
            "leave",
            "log",
            "react",
            "picture",
            "composer",
            "send",
            "emoji-button",
            "attach",
            "remove-file",
            "let-in",
        ],
    );
    // From message to message one goes by the arrows.
    mina.run("document.querySelector(\"[data-testid='message'][tabindex='0']\").focus(); return null").await?;
    for _ in 0..6 {
        mina.press(Key::Up).await?;
        let found = mina.run(LOOK).await?;
        assert_eq!((&found[0], &found[2]), (&json!("message"), &json!([])), "{}", found[3]);
    }
    for (opened_by, within, wanted) in [
        ("settings", "notify-state", &["theme-system", "notify-all", "notify-sound", "export-open"][..]),
        ("invite-open", "door-switch", &["copy-link", "door-closed"][..]),
        ("search-open", "search-field", &["search-field"][..]),
        ("emoji-button", "emoji-search", &["emoji-search"][..]),
        ("day", "calendar", &[][..]),
    ] {
        mina.run(&format!("document.querySelector('[data-testid={opened_by}]').focus(); return null")).await?;
        mina.press(Key::Enter).await?;
        mina.find(within).await?;
        mina.run("document.querySelectorAll('.invite details').forEach((it) => { it.open = true }); return null")
            .await?;
        came_by(&walks(&mina, opened_by).await?, wanted);
        if opened_by == "search-open" {
            mina.click("search-open").await?;
            continue;
        }
        mina.press(Key::Escape).await?;
        mina.until_true("it closed", "return !document.querySelector('dialog[open]')").await?;
        let back = format!("return document.activeElement.dataset.testid === '{opened_by}'");
        mina.until_true("the focus back", &back).await?;
    }
    assert_eq!(mina.complaints().await?, [""; 0]);
    Ok(())
}
