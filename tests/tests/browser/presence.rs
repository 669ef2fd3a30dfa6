//! Who is here, who looks, who types: what two people see of each other besides what they say.

use serde_json::json;
use snug_tests::{Browser, TestRelay};

#[tokio::test]
async fn each_sees_that_the_other_types_until_it_is_said() {
    let relay = TestRelay::start().await;
    let link = relay.link();
    let browser = Browser::start().await.unwrap();
    let (mina, mut jun) = (browser.person().await.unwrap(), relay.join("Jun").await);
    mina.joins(&link, "Mina").await.unwrap();
    jun.sees_here(&["Jun", "Mina"]).await;
    mina.type_into("composer", "hel").await.unwrap();
    jun.sees_typing(&["Mina"]).await;
    assert_eq!(mina.text("typing").await.unwrap(), "", "nobody is told of themselves");
    mina.says("hello").await.unwrap();
    jun.sees_typing(&[]).await;

    jun.types(true).await;
    mina.until_text("typing", "Jun is typing…").await.unwrap();
    let mut ann = relay.join("Ann").await;
    ann.types(true).await;
    mina.until_text("typing", "Jun and Ann are typing…").await.unwrap();
    // The line begins to go with what was said, not a moment later, and still says it while it fades.
    mina.run(
        "const line = document.querySelector('[data-testid=typing]');
         new MutationObserver(() => {
             if (!line.classList.contains('shown')) window.fading ??= line.textContent;
         }).observe(line, { attributes: true });
         return null",
    )
    .await
    .unwrap();
    jun.says("hi").await;
    ann.says("hi").await;
    mina.until_text("typing", "").await.unwrap();
    let fading = mina.run("return window.fading").await.unwrap();
    assert!(fading.as_str().is_some_and(|it| it.ends_with("typing…")), "{fading}");

    // A name from the right doesn't turn the sentence around it.
    let mut sara = relay.join("שרה").await;
    sara.types(true).await;
    mina.until_text("typing", "\u{2068}שרה\u{2069} is typing…").await.unwrap();
    let turned = "return [...document.querySelectorAll('.typing-names, .notice')]
        .filter((it) => it.textContent.includes('שרה'))
        .map((it) => [getComputedStyle(it.querySelector('span') ?? it).direction, it.textContent.startsWith('\\u2068')])";
    mina.until_true("who came", &format!("return (() => {{ {turned} }})().length === 2")).await.unwrap();
    assert_eq!(mina.run(turned).await.unwrap(), json!([["ltr", true], ["ltr", true]]));
}

#[tokio::test]
async fn whoever_is_away_and_whoever_hosts_is_marked_and_names_are_unique() {
    let relay = TestRelay::start().await;
    let link = relay.link();
    let browser = Browser::start().await.unwrap();
    let mut jun = relay.join("Mina").await;
    let mina = browser.person().await.unwrap();
    // What looks like one character counts as one, also before one is in.
    mina.opens(&link).await.unwrap();
    mina.find("nickname").await.unwrap();
    let names_herself = async |count: usize| {
        let script = format!(
            "const field = document.querySelector('[data-testid=nickname]');
             field.value = '👨‍👩‍👧‍👦'.repeat({count});
             field.dispatchEvent(new Event('input', {{ bubbles: true }}));
             return null"
        );
        mina.run(&script).await.unwrap();
    };
    let complaint = |text: &str, fit: bool| {
        format!(
            "return document.querySelector('.join [role=alert]').textContent === '{text}'
                 && document.querySelector('[data-testid=enter-room]').disabled === {}",
            !fit
        )
    };
    names_herself(41).await;
    let too_long = complaint("That name is too long: 40 characters at most.", false);
    mina.until_true("too long a name", &too_long).await.unwrap();
    names_herself(40).await;
    mina.until_true("a name", &complaint("", true)).await.unwrap();
    mina.click("enter-room").await.unwrap();
    jun.sees_here(&["Mina", &"👨‍👩‍👧‍👦".repeat(40)]).await;
    mina.changes_nickname("Mina").await.unwrap();
    jun.sees_here(&["Mina", "Mina 2"]).await;
    let people = "return [...document.querySelectorAll(\"[data-testid='member']\")].map((it) => it.innerText.replace(/\\s+/g, ' ').trim())";
    let until = async |wanted: &str| {
        mina.until_true(wanted, &format!("return JSON.stringify((() => {{ {people} }})()).includes({wanted:?})"))
            .await
            .unwrap();
    };
    until("Mina 2").await;
    jun.goes_away(true).await;
    until("Mina away").await;
    jun.goes_away(false).await;
    mina.until_true("back", "return !document.querySelector('.person.away')").await.unwrap();
    let _host = relay.joins_as_host().await;
    until("Anonymous host").await;
}

#[tokio::test]
async fn whoever_writes_on_beside_the_field_for_a_name_is_not_called_back_to_it() {
    let relay = TestRelay::start().await;
    let browser = Browser::start().await.unwrap();
    let mina = browser.person().await.unwrap();
    mina.joins(&relay.link(), "Mina").await.unwrap();
    mina.click("edit-nickname").await.unwrap();
    let focused = |testid: &str| format!("return document.activeElement.dataset.testid === '{testid}'");
    mina.until_true("the field for it", &focused("edit-nickname-input")).await.unwrap();
    // All of it, to be typed over.
    let chosen =
        "const { selectionStart, selectionEnd } = document.activeElement; return [selectionStart, selectionEnd]";
    assert_eq!(mina.run(chosen).await.unwrap(), json!([0, 4]));
    mina.click("composer").await.unwrap();
    mina.client().active_element().await.unwrap().send_keys("I was writing").await.unwrap();
    let mut jun = relay.join("Jun").await;
    jun.says("hello").await;
    mina.shows_message("Jun", "hello").await.unwrap();
    assert_eq!(mina.run(&focused("composer")).await.unwrap(), true, "whatever happens in the room");
    mina.client().active_element().await.unwrap().send_keys(" and write on").await.unwrap();
    assert_eq!(mina.value("composer").await.unwrap(), "I was writing and write on");
    assert_eq!(mina.value("edit-nickname-input").await.unwrap(), "Mina");
}

#[tokio::test]
async fn who_comes_goes_and_is_called_otherwise_is_told_in_passing() {
    let relay = TestRelay::start().await;
    let browser = Browser::start().await.unwrap();
    let mina = browser.person().await.unwrap();
    mina.joins(&relay.link(), "Mina").await.unwrap();
    let tells = async |wanted: &[&str]| {
        let notices = "return JSON.stringify([...document.querySelectorAll('.notice > span')]
            .map((it) => it.textContent.replaceAll(/[\\u2068\\u2069]/g, '')))";
        let script = format!("{notices} === {:?}", json!(wanted).to_string());
        mina.until_true(&format!("{wanted:?}"), &script).await.unwrap();
    };
    let mut jun = relay.join("Jun").await;
    tells(&["Jun joined"]).await;
    let mut ann = relay.join("Ann").await;
    tells(&["Jun and Ann joined"]).await;
    jun.says("hello").await;
    tells(&["Jun and Ann joined"]).await;
    ann.renames("Anna").await;
    tells(&["Jun and Ann joined", "Ann is now Anna"]).await;
    mina.changes_nickname("민아").await.unwrap();
    tells(&["Jun and Ann joined", "Ann is now Anna", "You are now 민아"]).await;
    // Gone by the door, together where nothing was said between them; each notice where it belongs.
    ann.leaves().await;
    tells(&["Jun and Ann joined", "Ann is now Anna", "You are now 민아", "Anna left"]).await;
    jun.leaves().await;
    tells(&["Jun and Ann joined", "Ann is now Anna", "You are now 민아", "Anna and Jun left"]).await;
    // Whoever is back at once was hardly gone.
    let mut jun = relay.join("Jun").await;
    tells(&["Jun and Ann joined", "Ann is now Anna", "You are now 민아", "Anna left"]).await;
    jun.says_with_id("again", "here again").await.unwrap();
    mina.shows_message("Jun", "here again").await.unwrap();
    let rows = "return [...document.querySelectorAll('.log [data-key]')].map((row) =>
        row.matches('.notice') ? 'notice' : row.querySelector(\"[data-testid='message-text']\")?.textContent)";
    let order = ["notice", "hello", "notice", "notice", "notice", "here again"];
    assert_eq!(mina.run(rows).await.unwrap(), json!(order));
    assert_eq!(mina.run("return document.querySelectorAll(\"[data-testid='member']\").length").await.unwrap(), 2);
}
