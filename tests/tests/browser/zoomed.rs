//! Somebody who sees little has everything twice as large: of a desk's 1280 by 800 that leaves the page 640 by 400.

use anyhow::Result;
use fantoccini::key::Key;
use serde_json::json;
use snug_relay::wire::{ClientFrame, NewMessage, Order, React};
use snug_tests::{
    Browser, Person, TestRelay,
    axe::nothing_in_the_way_here,
    giving::{drops, has_sent, pastes_picture},
};

use crate::states::LONG_KOREAN;

/// What can be used of what is open, in turn brought into sight as the focus brings it: whatever is not to be seen
/// whole then, or is under something, or out of the window.
const OUT_OF_REACH: &str = "
    const USED = 'button:not(:disabled), a[href], summary, select, input:not([type=file]), textarea, [role=option]';
    const within = [...document.querySelectorAll('dialog[open]')].at(-1) ?? document.body;
    const log = document.querySelector('.log');
    const seen = [...within.querySelectorAll(USED)].filter((it) =>
        it.checkVisibility({ visibilityProperty: true }) && !(within === document.body && log?.contains(it)));
    if (seen.length < 2) return ['nothing to use'];
    const wrong = [];
    for (const it of seen.slice(0, 80)) {
        it.scrollIntoView({ block: 'nearest', inline: 'nearest' });
        const target = it.closest('label') ?? it;
        const { left, top, right, bottom } = it.getBoundingClientRect();
        const [x, y] = [(left + right) / 2, (top + bottom) / 2];
        const hit = document.elementFromPoint(x, y);
        const whole = left >= -1 && top >= -1 && right <= innerWidth + 1 && (bottom <= innerHeight + 1 || bottom - top > innerHeight);
        // What one chooses from lies over the rest until one has.
        if (!whole || !hit || !(target.contains(hit) || hit.contains(it) || hit.closest('.suggestions')))
            wrong.push(`${[left, top, right, bottom].map(Math.round)} ${it.outerHTML.slice(0, 120)} under ${hit?.className}`);
    }
    // As it opens, and not with something half under what stays at the top.
    if (within !== document.body) for (const it of [within, ...within.querySelectorAll('*')]) it.scrollTop = 0;
    return wrong";

/// Whatever is open, and below it the room as it was.
async fn can_be_used(person: &Person, what: &str) -> Result<()> {
    let settled = "return document.getAnimations().every(({ playState, effect }) =>
        playState !== 'running' || effect.getComputedTiming().endTime === Infinity)";
    person.until_true(&format!("{what} at rest"), settled).await?;
    assert_eq!(person.run(OUT_OF_REACH).await?, json!([]), "{what}");
    nothing_in_the_way_here(person, &format!("twice as large, {what}")).await;
    Ok(())
}

/// How much of the log is to be seen, and what lies over where one types.
async fn there_is_room_to_read_and_to_write(person: &Person, least: f64, what: &str) -> Result<()> {
    let log = "const field = document.querySelector('[data-testid=composer]');
        const { left, top, right, bottom } = field.getBoundingClientRect();
        const over = [[left + 4, top + 4], [right - 4, top + 4], [(left + right) / 2, bottom - 4]]
            .filter(([x, y]) => document.elementFromPoint(x, y) !== field);
        return [document.querySelector('.log').clientHeight, over.length, bottom <= innerHeight, (bottom - top) / innerHeight]";
    let found = person.run(log).await?;
    let height = found[0].as_f64().unwrap_or_default();
    assert!(height >= least, "{what}: {height} px of the log");
    assert_eq!((&found[1], &found[2]), (&json!(0), &json!(true)), "{what}: something is over the composer");
    let share = found[3].as_f64().unwrap_or(1.0);
    assert!(share < 0.4, "{what}: what is written takes {share} of the window");
    Ok(())
}

#[tokio::test]
async fn a_full_room_is_read_and_used_at_twice_its_size() -> Result<()> {
    let relay = TestRelay::start().await;
    let browser = Browser::start().await?;
    let mut jun = relay.join(LONG_KOREAN).await;
    for number in 1..=80 {
        jun.says(&format!("number {number}, and a few words more so that it takes a line or two of a narrow column"))
            .await;
    }
    jun.says_with_id("tea", &"tea at four, or at five, whatever suits you best? ".repeat(6)).await.expect("said");
    jun.says("```rust\nfn main() { println!(\"a line of code that is longer than there is room for in it\"); }\n```")
        .await;
    for (at, emoji) in ["👍", "🎉", "😂", "❤️", "🙏", "😮", "🍵"].into_iter().enumerate() {
        let react = React { id: format!("r{at}"), of: "tea".into(), emoji: emoji.into(), on: true };
        jun.changes(ClientFrame::React(react)).await.expect("reacted");
    }
    let answer = NewMessage { reply: Some("tea".into()), ..NewMessage::new("five", "@Mina at five") };
    jun.changes(ClientFrame::NewMessage(answer)).await.expect("answered");
    let mut others = Vec::new();
    for number in 1..=24 {
        others.push(relay.join(&format!("Guest number {number}")).await);
    }
    let mut host = relay.joins_as_host().await;
    host.orders(Order::AddLink { ends_in_ms: Some(3_600_000), guests: Some(5) }).await;

    let mina = browser.person().await?;
    mina.joins(&relay.host_link(), "Mina").await?;
    pastes_picture(&mina, 400, 300).await?;
    pastes_picture(&mina, 300, 400).await?;
    has_sent(&mina, 2).await?;
    mina.says("two of them").await?;
    mina.shows_message("Mina", "two of them").await?;
    mina.is_zoomed_twice(1280, 800).await?;
    there_is_room_to_read_and_to_write(&mina, 220.0, "the room").await?;
    can_be_used(&mina, "the room").await?;

    // As much as there can be around where one types: an answer, files, somebody at the door, and many lines.
    let _knock = relay.knock(LONG_KOREAN, "a-device-of-another").await;
    mina.find("knocks").await?;
    mina.run("document.querySelector(\"[data-id='five']\").focus(); return null").await?;
    mina.click("reply").await?;
    mina.find("replying").await?;
    drops(&mina, &json!([["a rather long name of a plan.pdf", "", "%PDF-1.4"], ["song.wav", "", "RIFF"]])).await?;
    has_sent(&mina, 2).await?;
    let line =
        format!("and one more line{}{}{}", char::from(Key::Shift), char::from(Key::Enter), char::from(Key::Null));
    mina.find("composer").await?.send_keys(&line.repeat(8)).await?;
    // Elsewhere in the log the day, or the way to the newest, may lie over something until one scrolls.
    mina.run("const log = document.querySelector('.log'); log.scrollTop = log.scrollHeight; return null").await?;
    there_is_room_to_read_and_to_write(&mina, 80.0, "with all around the composer").await?;
    can_be_used(&mina, "all around the composer").await?;
    mina.find("composer").await?.send_keys(":hea").await?;
    mina.find("suggestion").await?;
    can_be_used(&mina, "suggestions over a full composer").await?;
    mina.press(Key::Escape).await?;

    for (opened_by, within, what) in [
        ("emoji-button", "emoji-search", "the picker"),
        ("invite-open", "door-switch", "the invite"),
        ("people-count", "member", "the people"),
        ("search-open", "search-field", "the search"),
        ("settings", "notify-state", "the settings"),
        ("day", "calendar", "the calendar"),
    ] {
        let press =
            format!("document.querySelector('[data-testid={opened_by}]').closest('button').click(); return null");
        mina.run(&press).await?;
        mina.find(within).await?;
        mina.run("document.querySelectorAll('.invite details').forEach((it) => { it.open = true }); return null")
            .await?;
        can_be_used(&mina, what).await?;
        mina.press(Key::Escape).await?;
        mina.until_true("it closed", "return !document.querySelector('dialog[open]')").await?;
    }
    mina.run("[...document.querySelectorAll('[data-testid=picture]')].at(-1).click(); return null").await?;
    mina.find("viewer-picture").await?;
    can_be_used(&mina, "the viewer").await?;
    mina.press(Key::Escape).await?;
    // A message's tools, above the least there is of the log.
    mina.run("document.querySelector(\"[data-id='five']\").focus(); return null").await?;
    for tool in ["react", "reply", "copy-text"] {
        let hit = format!(
            "const it = document.querySelector(\"[data-id='five'] [data-testid='{tool}']\");
             it.focus();
             const {{ left, top, width, height }} = it.getBoundingClientRect();
             return it.contains(document.elementFromPoint(left + width / 2, top + height / 2))"
        );
        mina.until_true(&format!("{tool} in reach"), &hit).await?;
    }
    assert_eq!(mina.complaints().await?, [""; 0]);
    Ok(())
}
