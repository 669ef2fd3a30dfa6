//! Typing.

use fantoccini::key::Key;
use snug_tests::{Browser, TestRelay};

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
    for enter_first in [true, false] {
        let script = format!(
            "const field = document.querySelector(\"[data-testid='composer']\");
             field.focus();
             const fire = (event) => field.dispatchEvent(event);
             fire(new CompositionEvent('compositionstart', {{ bubbles: true }}));
             fire(new CompositionEvent('compositionupdate', {{ bubbles: true, data: '의' }}));
             const end = () => fire(new CompositionEvent('compositionend', {{ bubbles: true, data: '의' }}));
             const enter = (composing) => fire(new KeyboardEvent('keydown', {{
                 key: 'Enter', code: 'Enter', keyCode: 229, isComposing: composing, bubbles: true, cancelable: true }}));
             if ({enter_first}) {{ enter(true); end(); }} else {{ end(); enter(false); }}
             return field.value"
        );
        assert_eq!(mina.run(&script).await.unwrap(), "회의");
        jun.hears_nothing().await;
    }
    mina.press(Key::Enter).await.unwrap();
    jun.hears("Mina", "회의").await;
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
