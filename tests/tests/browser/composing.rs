//! Typing.

use fantoccini::key::Key;
use snug_tests::{
    Browser, TestRelay,
    composition::{Order, ends_with_enter},
};

#[tokio::test]
async fn enter_sends_shift_enter_makes_a_line() {
    let relay = TestRelay::start().await;
    let browser = Browser::start().await.unwrap();
    let mina = browser.person().await.unwrap();
    let mut jun = relay.join("Jun").await;
    mina.joins(&relay.link(), "Mina").await.unwrap();
    let composer = mina.find("composer").await.unwrap();
    let shift_enter = format!("{}{}{}", char::from(Key::Shift), char::from(Key::Enter), char::from(Key::Null));
    composer.send_keys(&format!("one{shift_enter}two")).await.unwrap();
    jun.hears_nothing().await;
    mina.press(Key::Enter).await.unwrap();
    jun.hears("Mina", "one\ntwo").await;
    mina.until_true("an empty composer", "return document.querySelector(\"[data-testid='composer']\").value === ''")
        .await
        .unwrap();
}

#[tokio::test]
async fn the_field_is_as_high_as_what_stands_in_it_however_wide_it_is() {
    let relay = TestRelay::start().await;
    let mut jun = relay.join("Jun").await;
    jun.counts(1..=60).await;
    let browser = Browser::start().await.unwrap();
    let mina = browser.person().await.unwrap();
    mina.joins(&relay.link(), "Mina").await.unwrap();
    mina.shows_message("Jun", "number 60").await.unwrap();
    mina.type_into("composer", &"a long draft ".repeat(16)).await.unwrap();
    let height = "return document.querySelector(\"[data-testid='composer']\").clientHeight";
    let wide = mina.run(height).await.unwrap().as_i64().unwrap();
    // Whatever makes it narrower: a window, a phone that is turned, the search that opens beside it.
    let all_of_it = |higher: &str| {
        format!(
            "const field = document.querySelector(\"[data-testid='composer']\");
             const log = document.querySelector(\"[data-testid='log']\");
             return field.clientHeight {higher} {wide} && field.scrollHeight <= field.clientHeight
                 && log.scrollHeight - log.scrollTop - log.clientHeight < 2"
        )
    };
    mina.until_true("all of it", &all_of_it("===")).await.unwrap();
    mina.client().set_window_size(520, 800).await.unwrap();
    mina.until_true("more lines, and the newest still in sight", &all_of_it(">")).await.unwrap();
    mina.client().set_window_size(1280, 800).await.unwrap();
    mina.until_true("fewer again", &all_of_it("===")).await.unwrap();
}

/// The events of a Korean input method, in Chromium's order and in Safari's, where the end of the
/// composition comes before the key that ended it.
#[tokio::test]
async fn enter_that_ends_a_composition_never_sends() {
    let relay = TestRelay::start().await;
    let browser = Browser::start().await.unwrap();
    let mina = browser.person().await.unwrap();
    let mut jun = relay.join("Jun").await;
    mina.joins(&relay.link(), "Mina").await.unwrap();
    mina.find("composer").await.unwrap().send_keys("회의").await.unwrap();
    for order in [Order::KeyFirst, Order::EndFirst] {
        assert_eq!(ends_with_enter(&mina, order).await.unwrap(), "회의");
        jun.hears_nothing().await;
    }
    mina.press(Key::Enter).await.unwrap();
    jun.hears("Mina", "회의").await;
}

/// The same by the browser's own events, for a word of several syllables.
#[tokio::test]
async fn a_word_that_is_being_composed_is_sent_only_by_the_enter_after_it() {
    let relay = TestRelay::start().await;
    let browser = Browser::start().await.unwrap();
    let mina = browser.person().await.unwrap();
    let mut jun = relay.join("Jun").await;
    mina.joins(&relay.link(), "Mina").await.unwrap();
    mina.click("composer").await.unwrap();
    mina.composes(&["ㅎ", "호", "회"]).await.unwrap();
    mina.ends_composing("회").await.unwrap();
    mina.composes(&["ㅇ", "으", "의"]).await.unwrap();
    mina.ends_composing("의").await.unwrap();
    let typed = "return document.querySelector(\"[data-testid='composer']\").value";
    assert_eq!(mina.run(typed).await.unwrap(), "회의");
    jun.hears_nothing().await;
    mina.press(Key::Enter).await.unwrap();
    jun.hears("Mina", "회의").await;
}

/// The button takes the word from under the input method, which never tells that it has ended.
#[tokio::test]
async fn what_is_sent_while_it_is_being_composed_leaves_enter_to_send_the_next() {
    let relay = TestRelay::start().await;
    let browser = Browser::start().await.unwrap();
    let mina = browser.person().await.unwrap();
    let mut jun = relay.join("Jun").await;
    mina.joins(&relay.link(), "Mina").await.unwrap();
    mina.click("composer").await.unwrap();
    mina.composes(&["ㅎ", "호", "회"]).await.unwrap();
    mina.click("send").await.unwrap();
    jun.hears("Mina", "회").await;
    mina.says("next").await.unwrap();
    jun.hears("Mina", "next").await;
}

#[tokio::test]
async fn a_message_too_long_is_kept_from_being_sent_and_not_lost() {
    let relay = TestRelay::with(|limits| limits.text_bytes = 20).await;
    let browser = Browser::start().await.unwrap();
    let mina = browser.person().await.unwrap();
    let mut jun = relay.join("Jun").await;
    mina.joins(&relay.link(), "Mina").await.unwrap();
    mina.says("this is much longer than twenty bytes").await.unwrap();
    jun.hears_nothing().await;
    let kept = "return document.body.innerText.includes('much longer than twenty') ||
        document.querySelector(\"[data-testid='composer']\").value.includes('much longer than twenty')";
    mina.until_true("the text is still there", kept).await.unwrap();
}

#[tokio::test]
async fn a_draft_is_kept_for_its_room_over_a_reload() {
    let (relay, other) = (TestRelay::start().await, TestRelay::start().await);
    let browser = Browser::start().await.unwrap();
    let mina = browser.person().await.unwrap();
    mina.joins(&relay.link(), "Mina").await.unwrap();
    mina.find("composer").await.unwrap().send_keys("half a thought").await.unwrap();
    mina.reload().await.unwrap();
    let typed = async || mina.find("composer").await.unwrap().prop("value").await.unwrap().unwrap();
    assert_eq!(typed().await, "half a thought");
    mina.says("").await.unwrap();
    mina.shows_message("Mina", "half a thought").await.unwrap();
    mina.reload().await.unwrap();
    assert_eq!(typed().await, "", "what was sent is no draft any more");
    mina.joins(&other.link(), "Mina").await.unwrap();
    assert_eq!(typed().await, "");
}

#[tokio::test]
async fn a_draft_is_its_tabs_and_found_by_the_next_visit() {
    let relay = TestRelay::start().await;
    let browser = Browser::start().await.unwrap();
    let mina = browser.person().await.unwrap();
    mina.joins(&relay.link(), "Mina").await.unwrap();
    let typed = "return document.querySelector(\"[data-testid='composer']\").value";
    let shows = async |text: &str| {
        mina.until_true(&format!("{text:?}"), &format!("{typed} === '{text}'")).await.unwrap();
    };
    mina.find("composer").await.unwrap().send_keys("a long thought").await.unwrap();
    let first = mina.opens_tab().await.unwrap();
    mina.joins(&relay.link(), "Mina").await.unwrap();
    // The other tab has it open.
    shows("").await;
    mina.says("in short").await.unwrap();
    mina.shows_message("Mina", "in short").await.unwrap();
    let second = mina.client().window().await.unwrap();
    mina.looks_at(&first).await.unwrap();
    shows("a long thought").await;
    mina.reload().await.unwrap();
    shows("a long thought").await;

    // With that tab gone, whoever comes goes on with it; and what is said is no draft any more.
    mina.client().close_window().await.unwrap();
    mina.looks_at(&second).await.unwrap();
    mina.opens_tab().await.unwrap();
    mina.joins(&relay.link(), "Mina").await.unwrap();
    shows("a long thought").await;
    mina.says("").await.unwrap();
    mina.shows_message("Mina", "a long thought").await.unwrap();
    let drafts = "return Object.keys(localStorage).filter((key) => key.includes('draft')).length";
    assert_eq!(mina.run(drafts).await.unwrap(), 0);
}

#[tokio::test]
async fn the_composer_grows_with_its_lines_up_to_a_limit() {
    let relay = TestRelay::start().await;
    let browser = Browser::start().await.unwrap();
    let mina = browser.person().await.unwrap();
    mina.joins(&relay.link(), "Mina").await.unwrap();
    let shift_enter = format!("{}{}{}", char::from(Key::Shift), char::from(Key::Enter), char::from(Key::Null));
    let height = async || {
        let script = "return document.querySelector(\"[data-testid='composer']\").offsetHeight";
        mina.run(script).await.unwrap().as_u64().unwrap()
    };
    let one = height().await;
    mina.find("composer").await.unwrap().send_keys(&format!("a{shift_enter}b{shift_enter}c")).await.unwrap();
    let three = height().await;
    assert_eq!(three, one + 2 * 24, "a line is a line");
    mina.find("composer").await.unwrap().send_keys(&shift_enter.repeat(30)).await.unwrap();
    let most = height().await;
    assert!(most > three && most <= 260, "{most} px for thirty lines");
}

#[tokio::test]
async fn rich_text_is_pasted_as_plain_text() {
    let relay = TestRelay::start().await;
    let browser = Browser::start().await.unwrap();
    let mina = browser.person().await.unwrap();
    let mut jun = relay.join("Jun").await;
    mina.joins(&relay.link(), "Mina").await.unwrap();
    mina.run(
        "document.activeElement.blur();
         const rich = document.createElement('div');
         rich.innerHTML = '<h1>Title</h1><b>bold</b> and <a href=\"https://example.com\">a link</a><img src=x>';
         document.body.append(rich);
         getSelection().selectAllChildren(rich);
         document.execCommand('copy');
         rich.remove();
         document.querySelector(\"[data-testid='composer']\").focus();
         return null",
    )
    .await
    .unwrap();
    let paste = format!("{}v{}", char::from(Key::Control), char::from(Key::Null));
    mina.client().active_element().await.unwrap().send_keys(&paste).await.unwrap();
    mina.press(Key::Enter).await.unwrap();
    jun.hears("Mina", "Title\nbold and a link").await;
}

/// What somebody types who has clicked a message, or nothing at all, is for the room.
#[tokio::test]
async fn whatever_is_typed_or_pasted_outside_of_a_field_goes_to_the_composer() {
    let relay = TestRelay::start().await;
    let browser = Browser::start().await.unwrap();
    let (mina, mut jun) = (browser.person().await.unwrap(), relay.join("Jun").await);
    mina.joins(&relay.link(), "Mina").await.unwrap();
    jun.says("tea at four?").await;
    jun.hears("Jun", "tea at four?").await;
    mina.shows_message("Jun", "tea at four?").await.unwrap();
    let at = |testid: &str| format!("return document.activeElement.dataset.testid === '{testid}'");
    let holds = |text: &str| format!("return document.querySelector('[data-testid=composer]').value === '{text}'");
    let types = async |text: &str| mina.client().active_element().await.unwrap().send_keys(text).await.unwrap();

    mina.click("message-text").await.unwrap();
    mina.until_true("the message in focus", &at("message")).await.unwrap();
    // What moves and presses stays there.
    mina.press(Key::Up).await.unwrap();
    mina.press(Key::Space).await.unwrap();
    mina.until_true("the message still", &at("message")).await.unwrap();
    types("yes, at ").await;
    mina.until_true("all of it", &holds("yes, at ")).await.unwrap();
    mina.until_true("the focus with it", &at("composer")).await.unwrap();

    // With the focus nowhere, and the caret before what is there.
    mina.run(
        "const field = document.querySelector('[data-testid=composer]');
         field.setSelectionRange(0, 0); field.blur(); return null",
    )
    .await
    .unwrap();
    types("4 ").await;
    mina.until_true("after the rest", &holds("yes, at 4 ")).await.unwrap();

    mina.run(
        "document.activeElement.blur();
         const words = document.createElement('span');
         words.textContent = 'sharp';
         document.body.append(words);
         getSelection().selectAllChildren(words);
         document.execCommand('copy');
         words.remove();
         document.querySelector('[data-testid=log]').focus();
         return null",
    )
    .await
    .unwrap();
    types(&format!("{}v{}", char::from(Key::Control), char::from(Key::Null))).await;
    mina.until_true("what was pasted", &holds("yes, at 4 sharp")).await.unwrap();
    mina.press(Key::Enter).await.unwrap();
    jun.hears("Mina", "yes, at 4 sharp").await;
    // A dialog's keys are its own.
    mina.click("settings").await.unwrap();
    mina.find("notify-state").await.unwrap();
    types("x").await;
    mina.press(Key::Escape).await.unwrap();
    mina.until_true("nothing written", &holds("")).await.unwrap();
}
