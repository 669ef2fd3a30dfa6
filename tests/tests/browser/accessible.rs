//! Nothing that can be found by looking at the page is in the way of those who use it otherwise.

use fantoccini::key::Key;
use serde_json::json;
use snug_relay::wire::{ClientFrame, Delete, Edit, NewMessage, Order, React};
use snug_tests::{
    Browser, Person, TestRelay,
    axe::{nothing_in_the_way, nothing_in_the_way_here},
    giving::{drops, has_sent, pastes_picture},
};

/// One of everything a message can be.
const MESSAGES: [&str; 6] = [
    "**bold** *italic* ~~struck~~ `code` https://example.com and [words](https://example.com)",
    "> quoted\n> > and quoted again\n\n- one\n  - inside\n- [x] done\n\n3. three",
    "```rust\n/// Says how much.\n#[test]\nfn main() { let n: u32 = 42; println!(\"{n}\"); }\n```",
    "```diff\n- before\n+ after\n@@ somewhere @@\n```\n```xml\n<a href=\"b\">c</a>\n```",
    "@Mina look at this, and @Jun too",
    "🫖",
];

#[tokio::test]
async fn the_room_with_all_that_opens_in_it() {
    let relay = TestRelay::with(|limits| limits.file_bytes = 64 * 1024).await;
    let browser = Browser::start().await.unwrap();
    let mut jun = relay.join("Jun").await;
    for text in MESSAGES {
        jun.says(text).await;
    }
    let lines: Vec<String> = (1..=60).map(|line| format!("line {line}")).collect();
    jun.says(&lines.join("\n")).await;
    jun.says_with_id("gone", "in a moment").await.unwrap();
    jun.says_with_id("changed", "helo").await.unwrap();
    let answer = NewMessage { reply: Some("changed".into()), ..NewMessage::new("answer", "hello yourself") };
    for change in [
        ClientFrame::Delete(Delete { id: "deletion".into(), of: "gone".into() }),
        ClientFrame::Edit(Edit { id: "edit".into(), of: "changed".into(), text: "hello".into() }),
        ClientFrame::NewMessage(answer),
        ClientFrame::React(React { id: "reaction".into(), of: "answer".into(), emoji: "👍".into(), on: true }),
    ] {
        jun.changes(change).await.unwrap();
    }
    for (language, width, height) in [("en-US", 1280, 800), ("ko-KR", 390, 844)] {
        let mina = browser.person_with(language, width, height).await.unwrap();
        mina.joins(&relay.link(), "Mina").await.unwrap();
        mina.says("**mine**").await.unwrap();
        pastes_picture(&mina, 400, 300).await.unwrap();
        pastes_picture(&mina, 90, 900).await.unwrap();
        drops(&mina, &json!([["plan.pdf", "", "%PDF-1.4"], ["song.wav", "", "RIFF....WAVEfmt "]])).await.unwrap();
        has_sent(&mina, 4).await.unwrap();
        mina.says("files").await.unwrap();
        mina.find("fold").await.unwrap();
        mina.until_true("colours", "return !!document.querySelector('.hljs-keyword')").await.unwrap();
        let shown = "return [...document.querySelectorAll(\"[data-testid='picture'] img\")]
            .every(({ complete, naturalWidth }) => complete && naturalWidth > 0)";
        mina.until_true("the pictures", shown).await.unwrap();
        let look = async |what: &str| nothing_in_the_way_here(&mina, what).await;
        look("the room").await;

        mina.run("document.querySelector(\"[data-testid='message'][tabindex='0']\").focus(); return null")
            .await
            .unwrap();
        mina.find("copy-text").await.unwrap();
        look("a message's tools").await;
        mina.click("react").await.unwrap();
        mina.find("emoji-search").await.unwrap();
        look("reacting").await;
        mina.press(Key::Escape).await.unwrap();
        mina.click("delete-message").await.unwrap();
        mina.find("confirm-delete").await.unwrap();
        look("deleting").await;
        mina.press(Key::Escape).await.unwrap();
        mina.click("edit").await.unwrap();
        mina.find("editing").await.unwrap();
        look("editing").await;
        mina.click("cancel-writing").await.unwrap();

        // All this takes longer than a guest may be silent, and somebody has to be there to be called.
        let _jun = relay.join("Jun").await;
        for asked in [":heart", "@"] {
            let all = format!("{}a{}", char::from(Key::Control), char::from(Key::Null));
            mina.find("composer").await.unwrap().send_keys(&format!("{all}{asked}")).await.unwrap();
            mina.find("suggestion").await.unwrap();
            look(asked).await;
        }
        mina.press(Key::Escape).await.unwrap();

        drops(&mina, &json!([["small.bin", "", "small"], ["large.bin", "", "large".repeat(16 * 1024)]])).await.unwrap();
        has_sent(&mina, 1).await.unwrap();
        look("files above the composer").await;
        mina.click("leave").await.unwrap();
        mina.find("confirm-leave").await.unwrap();
        look("leaving while files are on their way").await;
        mina.press(Key::Escape).await.unwrap();
        let over = |event: &str| {
            format!(
                "const dataTransfer = new DataTransfer();
                 dataTransfer.items.add(new File([''], 'a'));
                 dispatchEvent(new DragEvent('{event}', {{ dataTransfer }}));
                 return null"
            )
        };
        mina.run(&over("dragenter")).await.unwrap();
        mina.find("drop-place").await.unwrap();
        look("a file held over the room").await;
        mina.run(&over("dragleave")).await.unwrap();
        // It may be above what is in sight.
        mina.run(
            "const picture = document.querySelector(\"[data-testid='picture']\");
             picture.scrollIntoView({ block: 'center' });
             picture.click();
             return null",
        )
        .await
        .unwrap();
        mina.find("viewer-picture").await.unwrap();
        look("the viewer").await;
        mina.click("viewer-close").await.unwrap();
        for _ in 0..2 {
            mina.click("remove-file").await.unwrap();
        }

        mina.click("emoji-button").await.unwrap();
        mina.find("emoji-search").await.unwrap();
        look("the picker").await;
        mina.press(Key::Escape).await.unwrap();

        mina.click("search-open").await.unwrap();
        mina.find("search-field").await.unwrap();
        look("looking for nothing yet").await;
        mina.type_into("search-field", "hello").await.unwrap();
        mina.find("search-result").await.unwrap();
        look("what is found").await;
        mina.press(Key::Escape).await.unwrap();
        mina.press(Key::Escape).await.unwrap();

        mina.click("settings").await.unwrap();
        mina.find("notify-state").await.unwrap();
        look("settings").await;
        mina.click("export-open").await.unwrap();
        mina.find("export").await.unwrap();
        look("taking the room along").await;
        mina.press(Key::Escape).await.unwrap();
        mina.run("document.querySelector(\"[data-testid='day']\").click(); return null").await.unwrap();
        mina.find("calendar").await.unwrap();
        look("the calendar").await;
        mina.press(Key::Escape).await.unwrap();
        mina.leaves().await.unwrap();
    }
}

#[tokio::test]
async fn the_door_from_both_sides() {
    let relay = TestRelay::start().await;
    let browser = Browser::start().await.unwrap();
    let address = format!("http://{}/", relay.addr());
    let mut host = relay.joins_as_host().await;
    let links = [(Some(3_600_000), None), (None, Some(5))];
    for (ends_in_ms, guests) in links {
        host.orders(Order::AddLink { ends_in_ms, guests }).await;
    }
    let _ann = relay.join("Ann").await;
    let _knocks = (relay.knock("Jun", "a-device-of-juns").await, relay.knock("Mina", "a-device-of-another").await);
    let (mina, sol) = (browser.person().await.unwrap(), browser.person().await.unwrap());
    sol.opens(&address).await.unwrap();
    sol.click("enter-room").await.unwrap();
    sol.find("knocking").await.unwrap();
    mina.joins(&relay.host_link(), "Mina").await.unwrap();
    nothing_in_the_way(&sol, "at the door").await;
    mina.find("knocks").await.unwrap();
    nothing_in_the_way(&mina, "who is at the door").await;
    mina.click("invite-open").await.unwrap();
    mina.find("door-switch").await.unwrap();
    mina.run("document.querySelectorAll('.invite details').forEach((it) => { it.open = true }); return null")
        .await
        .unwrap();
    mina.click("show-link").await.unwrap();
    mina.find("guest").await.unwrap();
    nothing_in_the_way(&mina, "the keys").await;
}

/// Every screen on the way in, and every way not to be in.
#[tokio::test]
async fn the_ways_in_and_whatever_is_in_the_way() {
    let browser = Browser::start().await.unwrap();
    for (language, width, height) in [("en-US", 1280, 800), ("ko-KR", 390, 844), ("en-US", 320, 568)] {
        // At 320 px, which is what four times the size leaves of a desk's 1280: WCAG 2.2, 1.4.10.
        let relay = TestRelay::start().await;
        let link = relay.link();
        let (address, _) = link.split_once('#').unwrap();
        let mina = browser.person_with(language, width, height).await.unwrap();
        let look = async |what: &str| nothing_in_the_way_here(&mina, what).await;
        mina.opens_anew(&link).await.unwrap();
        mina.find("enter-room").await.unwrap();
        look("the way in").await;
        for wrong in [format!("{address}#{}", "A".repeat(22)), format!("http://{}/r/nowhere0", relay.addr())] {
            mina.opens_anew(&wrong).await.unwrap();
            mina.click("enter-room").await.unwrap();
            mina.find("refusal").await.unwrap();
            look("a refusal").await;
        }
        mina.joins(&link, "Mina").await.unwrap();
        look("an empty room").await;
        mina.click("invite-open").await.unwrap();
        mina.find("invite-link").await.unwrap();
        look("the invite").await;
        mina.press(Key::Escape).await.unwrap();
        if width < 900 {
            mina.run("document.querySelector(\"[data-testid='people-count']\").closest('button').click(); return null")
                .await
                .unwrap();
            mina.until_true("the people", "return !!document.querySelector('dialog .people-list')").await.unwrap();
            look("the people").await;
        }
        mina.click("edit-nickname").await.unwrap();
        mina.find("edit-nickname-input").await.unwrap();
        look("another name").await;
        mina.press(Key::Escape).await.unwrap();
        if width < 900 {
            mina.press(Key::Escape).await.unwrap();
        }
        let mut jun = relay.join("A very long name that goes on and on and").await;
        jun.says("hello").await;
        jun.types(true).await;
        mina.until_true("somebody types", "return !!document.querySelector('.typing.shown')").await.unwrap();
        look("somebody with a long name, who types").await;
        drop(jun);
        let paused = relay.pause().await;
        mina.until_connection("offline").await.unwrap();
        mina.says("said while away").await.unwrap();
        mina.find("offline-bar").await.unwrap();
        look("a host that is away").await;
        drop(paused);
        mina.leaves().await.unwrap();
    }
}

/// Whoever asks their system for less motion gets none that goes on or moves.
#[tokio::test]
async fn less_motion_is_less_motion() {
    let relay = TestRelay::start().await;
    let browser = Browser::start().await.unwrap();
    let mina: Person = browser.person().await.unwrap();
    mina.prefers_less_motion().await.unwrap();
    mina.joins(&relay.link(), "Mina").await.unwrap();
    let mut jun = relay.join("Jun").await;
    jun.types(true).await;
    mina.until_true("somebody types", "return !!document.querySelector('.typing.shown')").await.unwrap();
    // What fades for others is gone at once.
    jun.types(false).await;
    mina.until_text("typing", "").await.unwrap();
    mina.click("invite-open").await.unwrap();
    mina.find("invite-link").await.unwrap();
    let moving = "return document.getAnimations().filter((it) => {
        const { iterations, duration } = it.effect.getComputedTiming();
        return it.playState === 'running' && (iterations === Infinity || duration > 10);
    }).map((it) => it.animationName ?? it.transitionProperty)";
    assert_eq!(mina.run(moving).await.unwrap(), json!([]));
}
