//! What a message looks like, and what one can do with it.

use fantoccini::key::Key;
use snug_tests::{Browser, Page, TestRelay, network};

/// Everything a message can be written with.
const RICH: &str = "**bold** *italic* ~~struck~~ `code` <b>as typed</b>\nsecond line\n\n> quoted\n\n- one\n- two\n  - inside\n\n3. three\n\nhttps://example.com/a_b_c and [words](https://example.com) and mina@example.com\n\n```rust\nfn main() {}\n```";

#[tokio::test]
async fn markdown_is_shown_and_code_is_coloured_once_there_is_some() {
    let relay = TestRelay::start().await;
    let browser = Browser::start().await.unwrap();
    let (mina, mut jun) = (browser.person().await.unwrap(), relay.join("Jun").await);
    mina.joins(&relay.link(), "Mina").await.unwrap();
    jun.says("just words").await;
    mina.shows_message("Jun", "just words").await.unwrap();
    let loaded = "return performance.getEntriesByType('resource').some(({ name }) => name.includes('highlight'))";
    assert_eq!(mina.run(loaded).await.unwrap(), false, "nothing to colour, nothing loaded");
    jun.says(RICH).await;
    for (what, css) in [
        ("bold", "strong"),
        ("italic", "em"),
        ("struck", "del"),
        ("code", "p > code"),
        ("quoted", "blockquote > p"),
        ("one", "ul > li:first-child"),
        ("inside", "ul ul > li"),
        ("three", "ol[start='3'] > li"),
        ("https://example.com/a_b_c", "a[href='https://example.com/a_b_c']"),
        ("words", "a[href='https://example.com/']"),
        ("fn", "pre .hljs-keyword"),
    ] {
        mina.until_true(what, &format!("return document.querySelector(\".text {css}\")?.textContent === '{what}'"))
            .await
            .unwrap();
    }
    assert_eq!(mina.run(loaded).await.unwrap(), true);
    let copied = mina
        .run(
            "getSelection().selectAllChildren([...document.querySelectorAll('.text')].at(-1));
             return getSelection().toString()",
        )
        .await
        .unwrap();
    let copied = copied.as_str().unwrap();
    let lines: Vec<&str> = copied.lines().filter(|line| !line.trim().is_empty()).collect();
    assert_eq!(
        lines,
        [
            "bold italic struck code <b>as typed</b>",
            "second line",
            "quoted",
            "one",
            "two",
            "inside",
            "three",
            "https://example.com/a_b_c and words and mina@example.com",
            "fn main() {}",
        ],
        "{copied:?}"
    );
    assert_eq!(mina.complaints().await.unwrap(), [""; 0]);
}

/// The lines in which a message of this place stands, as they are drawn.
const LINES: &str = "const lines = (seq) => {
    const found = [];
    let last = null;
    const text = document.querySelector(`[data-seq='${seq}'] [data-testid='message-text']`);
    const walk = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
    const range = document.createRange();
    while (walk.nextNode()) {
        const node = walk.currentNode;
        for (let at = 0; at < node.length; at += 1) {
            range.setStart(node, at);
            range.setEnd(node, at + 1);
            const { top, width } = range.getBoundingClientRect();
            if (width > 0 && (last === null || top > last + 8)) {
                found.push('');
                last = top;
            }
            found[found.length - 1] += node.data[at];
        }
    }
    return found;
};";

#[tokio::test]
async fn lines_break_by_what_is_written_and_not_by_the_language_of_the_page() {
    let korean = "다음 주 회의는 월요일 오후 세 시에 도서관 앞에서 시작하니까 늦지 않게 와 주시고 발표 자료는 미리 올려 주세요. "
        .repeat(3);
    let japanese =
        "来週の会議は月曜日の午後三時に図書館の前で始まりますので遅れないように来てください発表資料は事前に".repeat(3);
    let path = ["/home/mina", "projects", "snug", "a_rather_long_folder.d", "and_what_is_in_it"].join("/").repeat(4);
    let link = format!("http://example.com{path}?with=something&and=more");
    let said = [korean.trim(), &japanese, &link, &format!("`{path}`")];
    let relay = TestRelay::start().await;
    let browser = Browser::start().await.unwrap();
    let (mina, mut jun) = (browser.person().await.unwrap(), relay.join("Jun").await);
    mina.joins(&relay.link(), "Mina").await.unwrap();
    for text in said {
        jun.says(text).await;
    }
    mina.until_true("all of it", "return document.querySelectorAll(\"[data-testid='message-text']\").length === 4")
        .await
        .unwrap();
    let lines = async |seq: u64| -> Vec<String> {
        let found = mina.run(&format!("{LINES} return lines({seq})")).await.unwrap();
        serde_json::from_value(found).unwrap()
    };
    for language in ["en", "ko"] {
        mina.speaks(Some(language)).await.unwrap();
        let [korean, japanese, link, path] = [lines(1).await, lines(2).await, lines(3).await, lines(4).await];
        for found in [&korean, &japanese, &link, &path] {
            assert!(found.len() > 1, "{language}: {found:?}");
        }
        let (_, before_the_last) = korean.split_last().unwrap();
        assert!(before_the_last.iter().all(|line| line.ends_with(' ')), "{language}, within a word: {korean:?}");
        let (last, full) = japanese.split_last().unwrap();
        let lengths: Vec<usize> = full.iter().map(|line| line.chars().count()).collect();
        assert!(lengths.iter().all(|length| length.abs_diff(lengths[0]) <= 1), "{language}, not full: {japanese:?}");
        assert!(last.chars().count() <= lengths[0], "{language}: {japanese:?}");
        for found in [&link, &path] {
            let (_, before_the_last) = found.split_last().unwrap();
            let between = |line: &String| line.ends_with(['/', '?', '&', '=', '.', '_']);
            assert!(before_the_last.iter().all(between), "{language}, within a name: {found:?}");
        }
    }
    for (typed, breaks) in [("늦지 않게", "keep-all"), ("月曜日", "normal")] {
        mina.type_into("composer", typed).await.unwrap();
        let same = format!(
            "const field = document.querySelector(\"[data-testid='composer']\");
             return getComputedStyle(field).wordBreak === '{breaks}'"
        );
        mina.until_true(&format!("{breaks} in the field"), &same).await.unwrap();
    }
    // Whoever marks it and copies it has what was typed, and nothing of where it may break.
    let marked = "const [, , text] = document.querySelectorAll(\"[data-testid='message-text']\");
        getSelection().selectAllChildren(text);
        return getSelection().toString()";
    assert_eq!(mina.run(marked).await.unwrap(), link);
}

#[tokio::test]
async fn a_long_message_is_folded_and_unfolds_by_keyboard() {
    let relay = TestRelay::start().await;
    let browser = Browser::start().await.unwrap();
    let (mina, mut jun) = (browser.person().await.unwrap(), relay.join("Jun").await);
    mina.joins(&relay.link(), "Mina").await.unwrap();
    let lines: Vec<String> = (1..=80).map(|line| format!("line {line} of **many**")).collect();
    jun.says(&lines[..20].join("\n")).await;
    jun.says("short").await;
    mina.shows_message("Jun", "short").await.unwrap();
    assert!(!mina.has("fold").await.unwrap(), "twenty lines aren't long");
    jun.says(&lines.join("\n")).await;
    mina.find("fold").await.unwrap();
    let height = "return document.querySelector('.fold.folded, .fold:has(+ button)').getBoundingClientRect().height";
    let folded = mina.run(height).await.unwrap().as_f64().unwrap();
    assert!((400.0..560.0).contains(&folded), "about twenty lines, and not {folded} px");
    assert_eq!(mina.attribute("fold", "aria-expanded").await.unwrap(), "false");

    mina.run("document.querySelector(\"[data-testid='fold']\").focus(); return null").await.unwrap();
    let top = "return document.querySelector('.fold:has(+ button)').getBoundingClientRect().top";
    let before = mina.run(top).await.unwrap().as_f64().unwrap();
    mina.press(Key::Enter).await.unwrap();
    mina.until_true("all of it", &format!("{height} > 1900")).await.unwrap();
    let moved = (mina.run(top).await.unwrap().as_f64().unwrap() - before).abs();
    assert!(moved < 3.0, "what is to be read stays where it was, and doesn't move by {moved} px");
    assert_eq!(mina.attribute("fold", "aria-expanded").await.unwrap(), "true");
    mina.press(Key::Enter).await.unwrap();
    mina.until_true("folded again", &format!("{height} < 560")).await.unwrap();
    mina.until_true(
        "the button in sight",
        "const { top, bottom } = document.activeElement.getBoundingClientRect();
        return document.activeElement.dataset.testid === 'fold' && top >= 0 && bottom <= innerHeight",
    )
    .await
    .unwrap();
}

#[tokio::test]
async fn the_text_of_a_message_is_copied_as_typed_on_plain_http() {
    if !network::own("messages::the_text_of_a_message_is_copied_as_typed_on_plain_http") {
        return;
    }
    let relay = TestRelay::on(network::ADDRESS).await;
    let browser = Browser::start().await.unwrap();
    let (mina, mut jun) = (browser.person().await.unwrap(), relay.join("Jun").await);
    mina.joins(&relay.link(), "Mina").await.unwrap();
    assert_eq!(mina.run("return isSecureContext").await.unwrap(), false);
    jun.says("first").await;
    jun.says("**as** _typed_\n- here").await;
    jun.says("last").await;
    mina.shows_message("Jun", "last").await.unwrap();

    // By keyboard: into the log backwards from where one types, up to the message, and to its tools.
    mina.find("composer").await.unwrap();
    mina.run("document.querySelector(\"[data-testid='message'][tabindex='0']\").focus(); return null").await.unwrap();
    mina.until_true("the newest message in focus", &focus_is_on("last")).await.unwrap();
    mina.press(Key::Up).await.unwrap();
    mina.until_true("the one before", &focus_is_on("typed")).await.unwrap();
    mina.press(Key::Tab).await.unwrap();
    mina.until_true("its first tool", "return document.activeElement.dataset.testid === 'react'").await.unwrap();
    mina.press(Key::Right).await.unwrap();
    mina.press(Key::Right).await.unwrap();
    mina.until_true("the third", "return document.activeElement.dataset.testid === 'copy-text'").await.unwrap();
    mina.press(Key::Enter).await.unwrap();
    // The pointer may rest on another message, which then shows its own.
    let said = "return document.activeElement.closest('.tools')?.textContent === 'Copied'";
    mina.until_true("what became of it", said).await.unwrap();
    mina.press(Key::Escape).await.unwrap();
    mina.until_true("the message again", &focus_is_on("typed")).await.unwrap();
    mina.press(Key::Escape).await.unwrap();
    mina.until_true("where one types", "return document.activeElement.dataset.testid === 'composer'").await.unwrap();
    pastes(&mina).await;
    let pasted = mina.find("composer").await.unwrap().prop("value").await.unwrap();
    assert_eq!(pasted.as_deref(), Some("**as** _typed_\n- here"));
}

#[tokio::test]
async fn code_is_copied_without_what_is_said_around_it() {
    let relay = TestRelay::start().await;
    let browser = Browser::start().await.unwrap();
    let (mina, mut jun) = (browser.person().await.unwrap(), relay.join("Jun").await);
    mina.joins(&relay.link(), "Mina").await.unwrap();
    jun.says("like this:\n```js\nlet one\n  let two\n```\nand so on").await;
    mina.click("copy-code").await.unwrap();
    mina.until_true("copied", "return document.querySelector('[data-testid=copy-code]').title === 'Copied'")
        .await
        .unwrap();
    mina.click("composer").await.unwrap();
    pastes(&mina).await;
    let pasted = mina.find("composer").await.unwrap().prop("value").await.unwrap();
    assert_eq!(pasted.as_deref(), Some("let one\n  let two"));
    // Where it can't be, it is selected.
    mina.run(
        "navigator.clipboard.writeText = () => Promise.reject(new Error('no'));
         document.execCommand = () => false; return null",
    )
    .await
    .unwrap();
    mina.click("copy-code").await.unwrap();
    mina.until_true("the code selected", "return getSelection().toString().trim() === 'let one\\n  let two'")
        .await
        .unwrap();
}

#[tokio::test]
async fn a_copy_that_failed_is_not_called_copied() {
    let relay = TestRelay::start().await;
    let browser = Browser::start().await.unwrap();
    let (mina, mut jun) = (browser.person().await.unwrap(), relay.join("Jun").await);
    mina.joins(&relay.link(), "Mina").await.unwrap();
    jun.says("hard to copy").await;
    mina.shows_message("Jun", "hard to copy").await.unwrap();
    mina.run(
        "navigator.clipboard.writeText = () => Promise.reject(new Error('no'));
         document.execCommand = () => false; return null",
    )
    .await
    .unwrap();
    // By a tap, or a click: anywhere on the message.
    mina.click("message-text").await.unwrap();
    mina.click("copy-text").await.unwrap();
    mina.until_true(
        "the truth",
        "return document.querySelector(\"[data-testid='copy-outcome']\").textContent.includes('Couldn’t copy')
            && getSelection().toString().trim() === 'hard to copy'",
    )
    .await
    .unwrap();
}

#[tokio::test]
async fn a_message_shows_its_tools_to_a_pointer_and_only_then() {
    let relay = TestRelay::start().await;
    let browser = Browser::start().await.unwrap();
    let (mina, mut jun) = (browser.person().await.unwrap(), relay.join("Jun").await);
    mina.joins(&relay.link(), "Mina").await.unwrap();
    jun.says("point at me").await;
    mina.shows_message("Jun", "point at me").await.unwrap();
    assert!(!mina.has("copy-text").await.unwrap());
    let over = "document.querySelector(\"[data-testid='message-text']\").dispatchEvent(
        new PointerEvent('pointerover', { bubbles: true, pointerType: 'mouse' })); return null";
    mina.run(over).await.unwrap();
    mina.find("copy-text").await.unwrap();
    let away = "document.querySelector(\"[data-testid='log']\").dispatchEvent(
        new PointerEvent('pointerleave', { pointerType: 'mouse' })); return null";
    mina.run(away).await.unwrap();
    mina.until_true("no tools", "return !document.querySelector(\"[data-testid='copy-text']\")").await.unwrap();

    // A finger points by a tap.
    let kim = browser.person_with("ko-KR", 390, 844).await.unwrap();
    kim.joins(&relay.link(), "Kim").await.unwrap();
    kim.shows_message("Jun", "point at me").await.unwrap();
    assert!(!kim.has("copy-text").await.unwrap());
    kim.click("message-text").await.unwrap();
    kim.click("copy-text").await.unwrap();
    kim.until_text("copy-outcome", "복사했어요").await.unwrap();
}

fn focus_is_on(text: &str) -> String {
    format!(
        "return document.activeElement.matches(\"[data-testid='message']\") &&
            document.activeElement.textContent.includes('{text}')"
    )
}

/// Presses what pastes.
pub(crate) async fn pastes(page: &Page) {
    let keys = format!("{}v{}", char::from(Key::Control), char::from(Key::Null));
    page.client().active_element().await.unwrap().send_keys(&keys).await.unwrap();
}
