//! Choosing emoji and people while typing.

use fantoccini::key::Key;
use snug_tests::{Browser, Person, TestRelay};

#[tokio::test]
async fn a_shortcode_is_completed_by_keyboard_and_enter_picks_before_it_sends() {
    let relay = TestRelay::start().await;
    let browser = Browser::start().await.unwrap();
    let mina = browser.person().await.unwrap();
    let mut jun = relay.join("Jun").await;
    mina.joins(&relay.link(), "Mina").await.unwrap();
    let loaded = "return performance.getEntriesByType('resource').some(({ name }) => name.includes('emoji'))";
    assert_eq!(mina.run(loaded).await.unwrap(), false, "nobody has asked for emoji yet");
    types(&mina, "well :tad").await;
    mina.until_true("the list", &chosen("🎉")).await.unwrap();
    mina.press(Key::Enter).await.unwrap();
    until_typed(&mina, "well 🎉 ").await;
    jun.hears_nothing().await;
    assert!(!mina.has("suggestion").await.unwrap());
    mina.press(Key::Enter).await.unwrap();
    jun.hears("Mina", "well 🎉").await;

    // The arrows choose, all around; Tab takes one, too.
    types(&mina, ":heart").await;
    mina.find("suggestion").await.unwrap();
    let first = mina.run(CHOSEN).await.unwrap();
    mina.press(Key::Up).await.unwrap();
    mina.press(Key::Down).await.unwrap();
    mina.until_true("the first again", &format!("{CHOSEN} === {first}")).await.unwrap();
    mina.press(Key::Down).await.unwrap();
    mina.until_true("another", &format!("{CHOSEN} !== {first}")).await.unwrap();
    let second = mina.run("return document.querySelector('[aria-selected=true] .suggestion-sign').textContent");
    let second = second.await.unwrap().as_str().unwrap().to_owned();
    mina.press(Key::Tab).await.unwrap();
    until_typed(&mina, &format!("{second} ")).await;

    // And so does a press on one, with the focus left where it is.
    empties(&mina).await;
    types(&mina, ":tad").await;
    mina.click("suggestion").await.unwrap();
    until_typed(&mina, "🎉 ").await;
    mina.until_true("where one types", "return document.activeElement.dataset.testid === 'composer'").await.unwrap();

    // What is offered is for the word the caret is in.
    empties(&mina).await;
    types(&mina, "and :tad").await;
    mina.find("suggestion").await.unwrap();
    mina.press(Key::Home).await.unwrap();
    mina.until_true("no list", "return !document.querySelector(\"[data-testid='suggestion']\")").await.unwrap();
    mina.press(Key::End).await.unwrap();
    mina.until_true("the list again", &chosen("🎉")).await.unwrap();
    empties(&mina).await;

    // Escape leaves what was typed, and Enter sends it.
    empties(&mina).await;
    types(&mina, ":tad").await;
    mina.find("suggestion").await.unwrap();
    mina.press(Key::Escape).await.unwrap();
    mina.until_true("no list", "return !document.querySelector(\"[data-testid='suggestion']\")").await.unwrap();
    mina.press(Key::Enter).await.unwrap();
    jun.hears("Mina", ":tad").await;

    // Typed to its end.
    types(&mina, ":tada:").await;
    until_typed(&mina, "🎉").await;
}

/// Enter is the input method's until it is done, also while there is a list.
#[tokio::test]
async fn enter_that_ends_a_composition_neither_picks_nor_sends() {
    let relay = TestRelay::start().await;
    let browser = Browser::start().await.unwrap();
    let mina = browser.person_with("ko-KR", 1280, 800).await.unwrap();
    let mut jun = relay.join("Jun").await;
    mina.joins(&relay.link(), "Mina").await.unwrap();
    types(&mina, ":찻주전자").await;
    mina.until_true("the teapot", &chosen("🫖")).await.unwrap();
    for composing in [true, false] {
        mina.run(&format!(
            "document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {{ key: 'Enter', code: 'Enter',
                keyCode: 229, isComposing: {composing}, bubbles: true, cancelable: true }})); return null"
        ))
        .await
        .unwrap();
        jun.hears_nothing().await;
        mina.until_true("still to choose", &chosen("🫖")).await.unwrap();
    }
    mina.press(Key::Enter).await.unwrap();
    until_typed(&mina, "🫖 ").await;
}

#[tokio::test]
async fn people_are_completed_and_the_one_who_is_called_sees_it() {
    let relay = TestRelay::start().await;
    let browser = Browser::start().await.unwrap();
    let (mina, jun) = (browser.person().await.unwrap(), browser.person().await.unwrap());
    let (mut kim, _ming) = (relay.join("Mina Kim").await, relay.join("민아").await);
    mina.joins(&relay.link(), "Mina").await.unwrap();
    jun.joins(&relay.link(), "Jun").await.unwrap();
    jun.until_true("all of them here", "return document.querySelectorAll(\"[data-testid='member']\").length === 4")
        .await
        .unwrap();
    types(&jun, "hi @mi").await;
    jun.until_true(
        "those it may be",
        "return [...document.querySelectorAll(\"[data-testid='suggestion']\")].map((it) => it.textContent).join()
            === 'Mina,Mina Kim'",
    )
    .await
    .unwrap();
    jun.press(Key::Enter).await.unwrap();
    until_typed(&jun, "hi @Mina ").await;
    // Picked is picked: Enter now sends, although another name goes on here.
    jun.press(Key::Enter).await.unwrap();
    kim.hears("Jun", "hi @Mina").await;
    // Taken up again, it ends in a name that nobody asks about.
    jun.press(Key::Up).await.unwrap();
    until_typed(&jun, "hi @Mina").await;
    jun.until_true("the key's coming up seen to", "return new Promise((seen) => setTimeout(() => seen(true), 100))")
        .await
        .unwrap();
    assert!(!jun.has("suggestion").await.unwrap());
    jun.press(Key::Escape).await.unwrap();
    until_typed(&jun, "").await;
    mina.until_true("it stands out", &stands_out("hi @Mina", true)).await.unwrap();
    kim.says("@Mina Kim is me, and `@Mina` is code").await;
    mina.until_true("the other Mina's doesn't", &stands_out("@Mina Kim is me, and @Mina is code", false))
        .await
        .unwrap();
    kim.says("@mina: look").await;
    mina.until_true("hers does", &stands_out("@mina: look", true)).await.unwrap();
    jun.until_true("and not to others", &stands_out("@mina: look", false)).await.unwrap();
    // Korean, half a syllable in.
    types(&jun, "@ㅁ").await;
    jun.until_true("the Korean name", "return document.querySelector('[aria-selected=true]')?.textContent === '민아'")
        .await
        .unwrap();
}

#[tokio::test]
async fn an_emoji_is_picked_by_keyboard_and_by_touch() {
    let relay = TestRelay::start().await;
    let browser = Browser::start().await.unwrap();
    let (mina, jun) = (browser.person().await.unwrap(), browser.person_with("ko-KR", 390, 844).await.unwrap());
    mina.joins(&relay.link(), "Mina").await.unwrap();
    types(&mina, "tea? ").await;
    mina.click("emoji-button").await.unwrap();
    mina.find("emoji-search").await.unwrap();
    mina.until_true("the focus to search", "return document.activeElement.dataset.testid === 'emoji-search'")
        .await
        .unwrap();
    mina.press(Key::Right).await.unwrap();
    mina.press(Key::Down).await.unwrap();
    mina.until_true(
        "one in the second line",
        "const active = document.activeElement.getAttribute('aria-activedescendant');
         const [first, chosen] = [document.querySelector('[role=option]'), document.getElementById(active)];
         return chosen.ariaSelected === 'true' && chosen.offsetTop > first.offsetTop
             && chosen.offsetLeft > first.offsetLeft",
    )
    .await
    .unwrap();
    mina.press(Key::Escape).await.unwrap();
    mina.until_true("back where one types", "return document.activeElement.dataset.testid === 'emoji-button'")
        .await
        .unwrap();
    mina.press(Key::Enter).await.unwrap();
    // That there is none is said right under the word, where one looks for what it finds.
    mina.type_into("emoji-search", "no such thing").await.unwrap();
    mina.until_text("picker-name", "No emoji found").await.unwrap();
    let apart = "const box = (id) => document.querySelector(`[data-testid='${id}']`).getBoundingClientRect();
        return box('picker-name').top - box('emoji-search').bottom";
    let apart = mina.run(apart).await.unwrap().as_f64().unwrap();
    assert!((0.0..=16.0).contains(&apart), "{apart} px under the word");
    mina.type_into("emoji-search", "teapot").await.unwrap();
    mina.until_true("the teapot first", "return document.querySelector('[role=option]').textContent === '🫖'")
        .await
        .unwrap();
    mina.press(Key::Enter).await.unwrap();
    until_typed(&mina, "tea? 🫖").await;
    mina.until_true("where one types", "return document.activeElement.dataset.testid === 'composer'").await.unwrap();

    jun.joins(&relay.link(), "Jun").await.unwrap();
    jun.click("emoji-button").await.unwrap();
    jun.type_into("emoji-search", "찻주전자").await.unwrap();
    jun.until_true("found in Korean", "return document.querySelector('[role=option]')?.ariaLabel === '찻주전자'")
        .await
        .unwrap();
    jun.click("emoji").await.unwrap();
    until_typed(&jun, "🫖").await;
    // The one used last is at hand.
    jun.click("emoji-button").await.unwrap();
    jun.until_true("it is first now", "return document.querySelector('[role=option]')?.textContent === '🫖'")
        .await
        .unwrap();
}

const CHOSEN: &str = "return document.activeElement.getAttribute('aria-activedescendant')";

/// Whether this one is chosen, for those who see it and for those who are told.
fn chosen(sign: &str) -> String {
    format!(
        "const active = document.activeElement.getAttribute('aria-activedescendant');
         const option = active && document.getElementById(active);
         return !!option && option.ariaSelected === 'true' && option.textContent.includes('{sign}')
             && option.parentElement.id === document.activeElement.getAttribute('aria-controls')"
    )
}

fn stands_out(text: &str, out: bool) -> String {
    format!(
        "const row = [...document.querySelectorAll(\"[data-testid='message']\")].find((row) =>
             row.querySelector(\"[data-testid='message-text']\").textContent === '{text}');
         return !!row && row.classList.contains('for-me') === {out}"
    )
}

async fn types(person: &Person, text: &str) {
    person.find("composer").await.unwrap().send_keys(text).await.unwrap();
}

async fn empties(person: &Person) {
    let all = format!("{}a{}", char::from(Key::Control), char::from(Key::Null));
    types(person, &format!("{all}{}", char::from(Key::Backspace))).await;
}

async fn until_typed(person: &Person, text: &str) {
    let script = format!("return document.querySelector(\"[data-testid='composer']\").value === {text:?}");
    person.until_true(&format!("{text:?} in the composer"), &script).await.unwrap();
}
