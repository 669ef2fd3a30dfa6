//! Behind the button for settings: how it looks, in which language, and what a room tells of.

use fantoccini::{
    actions::{InputSource, MOUSE_BUTTON_LEFT, MouseActions, PointerAction},
    key::Key,
};
use serde_json::json;
use snug_tests::{
    Browser, Person, TestRelay,
    rows::{in_sight, present},
};

/// What the browser is asked to show, kept in the page instead; nobody looks at it.
const NOBODY_LOOKS: &str = "window.told = [];
    document.hasFocus = () => false;
    window.Notification = class {
        static permission = 'default';
        static async requestPermission() { return (Notification.permission = 'granted') }
        constructor(title, { body, tag }) { Object.assign(this, { title, body, tag }); told.push(this) }
        close() { this.closed = true }
    };
    dispatchEvent(new Event('blur'));
    return null";

/// Waits until this is what was told last: the one before may have been told by itself, where it was allowed in time.
async fn told(person: &Person, title: &str) {
    person.until_true(title, &format!("return told.at(-1)?.title === '{title}'")).await.unwrap();
}

#[tokio::test]
async fn a_room_tells_what_one_chooses_once_one_lets_it() {
    let relay = TestRelay::start().await;
    let browser = Browser::start().await.unwrap();
    let mina = browser.person().await.unwrap();
    mina.joins(&relay.link(), "Mina").await.unwrap();
    let mut jun = relay.join("Jun").await;
    mina.run(NOBODY_LOOKS).await.unwrap();
    // Nobody was asked yet, and nobody is before they want it.
    jun.says("one").await;
    mina.shows_message("Jun", "one").await.unwrap();

    mina.click("settings").await.unwrap();
    assert_eq!(mina.attribute("notify-state", "data-state").await.unwrap(), "askable");
    mina.click("notify-allow").await.unwrap();
    mina.until_true(
        "leave",
        "return document.querySelector(\"[data-testid='notify-state']\").dataset.state === 'granted'",
    )
    .await
    .unwrap();
    assert!(!mina.has("notify-allow").await.unwrap());
    jun.says("two").await;
    told(&mina, "2 new messages in Den").await;

    mina.click("notify-mentions").await.unwrap();
    jun.says("three").await;
    jun.says("and you, @Mina?").await;
    told(&mina, "3 new messages in Den").await;
    mina.run("document.hasFocus = () => true; dispatchEvent(new Event('focus')); return null").await.unwrap();
    assert_eq!(mina.run("return told.at(-1).closed").await.unwrap(), true, "taken back once it is looked at");

    // As it was chosen, after a reload, too, and not for another room.
    mina.reload().await.unwrap();
    mina.click("settings").await.unwrap();
    let chosen = "return document.querySelector(\"[data-testid='notify-mentions']\").checked";
    mina.find("notify-mentions").await.unwrap();
    assert_eq!(mina.run(chosen).await.unwrap(), true);
    let stored = mina.run("return Object.keys(localStorage).filter((key) => key.startsWith('snug.notify.'))").await;
    assert_eq!(stored.unwrap(), json!([format!("snug.notify.{}", relay.invite.room)]));
    assert_eq!(mina.complaints().await.unwrap(), [""; 0]);
}

#[tokio::test]
async fn what_was_told_leads_to_its_message_and_sounds_only_where_that_is_wanted() {
    let relay = TestRelay::with(|limits| limits.page_events = 30).await;
    let mut jun = relay.join("Jun").await;
    jun.counts(1..=200).await;
    let browser = Browser::start().await.unwrap();
    let mina = browser.person().await.unwrap();
    mina.joins(&relay.link(), "Mina").await.unwrap();
    mina.until_true("the newest in sight", &in_sight("number 200")).await.unwrap();
    // Whoever reads far above is told of what is said below.
    let link = format!("http://{}/r/{}#m={}", relay.addr(), relay.invite.room, jun.events[9].id);
    mina.opens(&link).await.unwrap();
    mina.until_true("what was said long ago", &in_sight("number 10")).await.unwrap();
    mina.run(NOBODY_LOOKS).await.unwrap();
    let notes = "window.notes = 0;
        const start = AudioScheduledSourceNode.prototype.start;
        AudioScheduledSourceNode.prototype.start = function (when) { window.notes += 1; start.call(this, when) };
        window.focus = () => { window.came = true };
        return null";
    mina.run(notes).await.unwrap();
    mina.run("Notification.permission = 'granted'; return null").await.unwrap();
    jun.says("could you come?").await;
    told(&mina, "Jun in Den").await;
    assert_eq!(mina.run("return told.at(-1).body").await.unwrap(), "could you come?");
    assert_eq!(mina.run("return window.notes").await.unwrap(), 0, "nobody asked for sound");
    assert_eq!(mina.run(&present("could you come?")).await.unwrap(), false, "it isn't even loaded");

    mina.run("told.at(-1).onclick(); return null").await.unwrap();
    mina.until_true("what it tells of", &in_sight("could you come?")).await.unwrap();
    let marked = "return document.activeElement.matches('.is-marked')
        && document.activeElement.textContent.includes('could you come?')";
    mina.until_true("the focus on it, and it stands out", marked).await.unwrap();
    assert_eq!(mina.run("return [window.came, told.at(-1).closed]").await.unwrap(), json!([true, true]));

    // What it will be like is heard where it is chosen, and from then on with what is told.
    mina.run("document.hasFocus = () => true; dispatchEvent(new Event('focus')); return null").await.unwrap();
    mina.click("settings").await.unwrap();
    mina.click("notify-sound").await.unwrap();
    mina.until_true("a sound", "return window.notes === 2").await.unwrap();
    mina.press(Key::Escape).await.unwrap();
    mina.run("document.hasFocus = () => false; dispatchEvent(new Event('blur')); return null").await.unwrap();
    jun.says("and a sound").await;
    mina.until_true("it is told", "return told.at(-1).body === 'and a sound'").await.unwrap();
    mina.until_true("and heard", "return window.notes === 4").await.unwrap();
    mina.run("document.hasFocus = () => true; dispatchEvent(new Event('focus')); return null").await.unwrap();
    mina.click("settings").await.unwrap();
    mina.click("notify-sound").await.unwrap();
    mina.press(Key::Escape).await.unwrap();
    mina.run("document.hasFocus = () => false; dispatchEvent(new Event('blur')); return null").await.unwrap();
    jun.says("and none").await;
    mina.until_true("it is told", "return told.at(-1).body === 'and none'").await.unwrap();
    assert_eq!(mina.run("return window.notes").await.unwrap(), 4);
    assert_eq!(mina.complaints().await.unwrap(), [""; 0]);
}

#[tokio::test]
async fn what_is_chosen_in_one_tab_holds_in_the_others() {
    let relay = TestRelay::start().await;
    let browser = Browser::start().await.unwrap();
    let mina = browser.person().await.unwrap();
    mina.joins(&relay.link(), "Mina").await.unwrap();
    let first = mina.opens_tab().await.unwrap();
    mina.joins(&relay.link(), "Mina").await.unwrap();
    mina.click("settings").await.unwrap();
    mina.click("theme-dark").await.unwrap();
    mina.click("language-ko").await.unwrap();
    mina.looks_at(&first).await.unwrap();
    let follows = "const { lang, dataset } = document.documentElement;
        return lang === 'ko' && dataset.theme === 'dark' && document.body.innerText.includes('초대')";
    mina.until_true("the same here", follows).await.unwrap();
    // And what the system says once more.
    let second = mina.client().windows().await.unwrap().into_iter().find(|tab| *tab != first).unwrap();
    mina.looks_at(&second).await.unwrap();
    mina.click("language-system").await.unwrap();
    mina.looks_at(&first).await.unwrap();
    mina.until_true("English again", "return document.documentElement.lang === 'en'").await.unwrap();
}

#[tokio::test]
async fn a_dialog_is_closed_by_a_press_beside_it_and_not_by_words_chosen_beyond_its_edge() {
    let relay = TestRelay::start().await;
    let browser = Browser::start().await.unwrap();
    let mina = browser.person().await.unwrap();
    mina.joins(&relay.host_link(), "Mina").await.unwrap();
    mina.click("settings").await.unwrap();
    mina.click("rules-open").await.unwrap();
    mina.click("rules-name").await.unwrap();
    mina.type_into("rules-name", "The attic").await.unwrap();
    let (down, up) =
        (PointerAction::Down { button: MOUSE_BUTTON_LEFT }, PointerAction::Up { button: MOUSE_BUTTON_LEFT });
    let beside = PointerAction::MoveTo { duration: None, x: 5.0, y: 5.0 };
    let field = mina.find("rules-name").await.unwrap();
    let chooses = MouseActions::new("mouse".to_owned())
        .then(PointerAction::MoveToElement { element: field, duration: None, x: 0.0, y: 0.0 })
        .then(down.clone())
        .then(beside.clone())
        .then(up.clone());
    mina.client().perform_actions(chooses).await.unwrap();
    assert_eq!(mina.value("rules-name").await.unwrap(), "The attic");

    let presses = MouseActions::new("mouse".to_owned()).then(beside).then(down).then(up);
    mina.client().perform_actions(presses).await.unwrap();
    let closed = "return !document.querySelector(\"[data-testid='rules-name']\")";
    mina.until_true("it closed", closed).await.unwrap();
}
