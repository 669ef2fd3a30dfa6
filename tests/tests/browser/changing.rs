//! Messages that change: other words, reactions, answers, deletion.

use anyhow::Result;
use fantoccini::key::Key;
use snug_relay::wire::{Body, ClientFrame, Delete, React};
use snug_tests::{Browser, Person, TestRelay};

/// Puts the focus to the message that says this: its tools are there then.
async fn goes_to(person: &Person, text: &str) -> Result<()> {
    let script = format!(
        "const text = [...document.querySelectorAll(\"[data-testid='message-text']\")]
             .find((node) => node.textContent === '{text}');
         text?.closest('[data-testid=message]').focus(); return !!text"
    );
    person.until_true(&format!("the message {text:?}"), &script).await
}

async fn presses(person: &Person, text: &str, tool: &str) -> Result<()> {
    goes_to(person, text).await?;
    person.click(tool).await
}

/// What somebody hears who doesn't see the field they have come to: its name, and what it is described by.
async fn hears_of_the_field(person: &Person) -> Result<String> {
    let script = "const field = document.activeElement;
        const ids = field.getAttribute('aria-describedby').split(' ');
        return [field.ariaLabel, ...ids.map((id) => document.getElementById(id).textContent)].join(' ').trim()";
    Ok(person.run(script).await?.as_str().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn ones_own_words_can_be_put_otherwise_and_everyone_reads_them_so() -> Result<()> {
    let relay = TestRelay::start().await;
    let browser = Browser::start().await?;
    let (mina, jun) = (browser.person().await?, browser.person().await?);
    mina.joins(&relay.link(), "Mina").await?;
    jun.joins(&relay.link(), "Jun").await?;
    mina.says("helo evryone").await?;
    jun.shows_message("Mina", "helo evryone").await?;
    goes_to(&jun, "helo evryone").await?;
    assert!(!jun.has("edit").await? && !jun.has("delete-message").await?, "it is not Jun's to change");

    // What was being written before is there again afterwards.
    mina.type_into("composer", "half a th").await?;
    presses(&mina, "helo evryone", "edit").await?;
    assert_eq!(mina.value("composer").await?, "helo evryone");
    assert!(mina.text("editing").await?.contains("helo evryone"));
    assert_eq!(hears_of_the_field(&mina).await?, "Edit message Editing Minahelo evryone");
    mina.type_into("composer", "hello everyone").await?;
    mina.press(Key::Enter).await?;
    jun.shows_message("Mina", "hello everyone").await?;
    assert!(jun.has("edited").await?);
    assert_eq!(mina.value("composer").await?, "half a th");

    // The arrow up in an empty field takes the last one up; Escape leaves it as it is.
    mina.find("composer").await?.send_keys(&Key::Backspace.to_string().repeat("half a th".len())).await?;
    mina.press(Key::Up).await?;
    assert_eq!(mina.value("composer").await?, "hello everyone");
    assert_eq!(hears_of_the_field(&mina).await?, "Edit message Editing Minahello everyone");
    mina.press(Key::Escape).await?;
    assert_eq!(hears_of_the_field(&mina).await?, "Message");
    assert_eq!(mina.value("composer").await?, "");
    assert!(!mina.has("editing").await?);

    // Whoever comes later reads it as it is now; so does who reloads.
    jun.reload().await?;
    jun.shows_message("Mina", "hello everyone").await?;
    assert!(jun.has("edited").await?);
    Ok(())
}

#[tokio::test]
async fn what_is_being_put_otherwise_survives_a_reload_and_the_draft_too() -> Result<()> {
    let relay = TestRelay::start().await;
    let browser = Browser::start().await?;
    let mina = browser.person().await?;
    mina.joins(&relay.link(), "Mina").await?;
    mina.says("one").await?;
    mina.shows_message("Mina", "one").await?;
    mina.type_into("composer", "half a th").await?;
    presses(&mina, "one", "edit").await?;
    mina.type_into("composer", "one and a half").await?;
    mina.reload().await?;
    mina.until_true("the field", "return !!document.querySelector('[data-testid=editing]')").await?;
    assert_eq!(mina.value("composer").await?, "one and a half");
    mina.click("cancel-writing").await?;
    assert_eq!(mina.value("composer").await?, "half a th");
    Ok(())
}

#[tokio::test]
async fn an_answer_shows_what_it_answers_and_leads_there() -> Result<()> {
    let relay = TestRelay::start().await;
    let browser = Browser::start().await?;
    let (mina, jun) = (browser.person().await?, browser.person().await?);
    mina.joins(&relay.link(), "Mina").await?;
    jun.joins(&relay.link(), "Jun").await?;
    mina.says("tea at four?").await?;
    for number in 1..=40 {
        mina.says(&format!("number {number}")).await?;
    }
    jun.shows_message("Mina", "number 40").await?;
    presses(&jun, "tea at four?", "reply").await?;
    assert!(jun.text("replying").await?.contains("tea at four?"));
    assert_eq!(hears_of_the_field(&jun).await?, "Message Replying to Minatea at four?");
    jun.says("yes, at four").await?;
    mina.shows_message("Jun", "yes, at four").await?;
    assert!(mina.text("quote").await?.contains("tea at four?"));
    assert!(!jun.has("replying").await?, "the next one is no answer");
    mina.click("quote").await?;
    mina.until_true(
        "what it answers in sight",
        "const text = [...document.querySelectorAll(\"[data-testid='message-text']\")]
             .find((node) => node.textContent === 'tea at four?');
         const box = text?.getBoundingClientRect(); return !!box && box.top >= 0 && box.bottom <= innerHeight",
    )
    .await?;
    Ok(())
}

#[tokio::test]
async fn reactions_are_counted_joined_and_taken_off() -> Result<()> {
    let relay = TestRelay::start().await;
    let browser = Browser::start().await?;
    let (mina, jun) = (browser.person().await?, browser.person().await?);
    mina.joins(&relay.link(), "Mina").await?;
    jun.joins(&relay.link(), "Jun").await?;
    mina.says("cake is ready").await?;
    jun.shows_message("Mina", "cake is ready").await?;
    presses(&jun, "cake is ready", "react").await?;
    jun.click("quick").await?;
    let shows = |count: usize, pressed: bool| {
        format!(
            "const reaction = document.querySelector('[data-testid=reaction]');
             return reaction?.textContent === '👍{count}' && reaction.ariaPressed === '{pressed}'"
        )
    };
    mina.until_true("Jun's reaction", &shows(1, false)).await?;
    assert!(mina.attribute("reaction", "title").await?.contains("Jun"));
    jun.until_true("her own", &shows(1, true)).await?;
    mina.click("reaction").await?;
    jun.until_true("both", &shows(2, true)).await?;
    // Who it was, without a pointer to rest on it.
    presses(&jun, "cake is ready", "who").await?;
    let who = "return document.querySelector('.who li')?.textContent === '👍You and Mina'";
    jun.until_true("who", who).await?;
    jun.press(Key::Escape).await?;
    // A long press is told to the page as this.
    jun.run(
        "const press = new MouseEvent('contextmenu', { bubbles: true, cancelable: true });
         document.querySelector('[data-testid=reaction]').dispatchEvent(press);
         return null",
    )
    .await?;
    jun.until_true("who", who).await?;
    jun.press(Key::Escape).await?;
    assert_eq!(jun.attribute("reaction", "title").await?, "You and Mina reacted with 👍");
    jun.click("reaction").await?;
    mina.until_true("Mina's alone", &shows(1, true)).await?;
    // Taken off by keyboard, it takes its button along, and the focus stays with the message.
    mina.run("document.querySelector('[data-testid=reaction]').focus(); return null").await?;
    mina.press(Key::Enter).await?;
    let at_the_message = "return document.activeElement.matches('[data-testid=message]')
        && document.querySelector('[data-testid=reaction]') === null";
    mina.until_true("the focus at the message", at_the_message).await?;
    jun.until_true("none", "return document.querySelector('[data-testid=reaction]') === null").await?;
    Ok(())
}

/// The focus is on the first of the quick ones, which Enter would send.
#[tokio::test]
async fn a_name_typed_among_the_quick_reactions_finds_its_emoji() -> Result<()> {
    let relay = TestRelay::start().await;
    let browser = Browser::start().await?;
    let mina = browser.person().await?;
    mina.joins(&relay.link(), "Mina").await?;
    mina.says("what is there?").await?;
    mina.shows_message("Mina", "what is there?").await?;
    presses(&mina, "what is there?", "react").await?;
    mina.find("emoji-search").await?;
    mina.until_true("a quick one in focus", "return document.activeElement.dataset.testid === 'quick'").await?;
    mina.client().active_element().await?.send_keys("cake").await?;
    mina.until_true(
        "the whole name where one looks for it",
        "return document.activeElement.dataset.testid === 'emoji-search' && document.activeElement.value === 'cake'",
    )
    .await?;
    mina.until_text("emoji", "🍰").await?;
    mina.press(Key::Enter).await?;
    mina.until_text("reaction", "🍰1").await?;
    // Enter on a quick one takes that, as before.
    presses(&mina, "what is there?", "react").await?;
    mina.until_true("a quick one in focus", "return document.activeElement.dataset.testid === 'quick'").await?;
    mina.press(Key::Enter).await?;
    let both = "const all = [...document.querySelectorAll('[data-testid=reaction]')];
        return all.map((it) => it.textContent).join() === '🍰1,👍1'";
    mina.until_true("both", both).await
}

#[tokio::test]
async fn what_is_deleted_is_gone_from_every_window_and_from_the_answers_to_it() -> Result<()> {
    let relay = TestRelay::start().await;
    let browser = Browser::start().await?;
    let (mina, jun) = (browser.person().await?, browser.person().await?);
    mina.joins(&relay.link(), "Mina").await?;
    jun.joins(&relay.link(), "Jun").await?;
    mina.says("my password is hunter2").await?;
    jun.shows_message("Mina", "my password is hunter2").await?;
    presses(&jun, "my password is hunter2", "reply").await?;
    jun.says("is it?").await?;
    mina.shows_message("Jun", "is it?").await?;
    presses(&mina, "my password is hunter2", "delete-message").await?;
    mina.click("confirm-delete").await?;
    let at_the_message = "return document.activeElement.closest('[data-testid=message]') !== null";
    mina.until_true("the focus where it was", at_the_message).await?;
    for person in [&mina, &jun] {
        person.until_true("it is gone", "return !!document.querySelector('[data-testid=gone]')").await?;
        person.until_true("nowhere", "return !document.body.innerHTML.includes('hunter2')").await?;
        assert!(person.text("quote").await?.contains("deleted"));
    }
    jun.reload().await?;
    jun.shows_message("Jun", "is it?").await?;
    assert!(jun.has("gone").await?);
    Ok(())
}

#[tokio::test]
async fn what_somebody_said_the_host_deletes_after_a_question_and_everybody_sees_who_did() -> Result<()> {
    let relay = TestRelay::start().await;
    let browser = Browser::start().await?;
    let (mina, jun) = (browser.person().await?, browser.person().await?);
    mina.joins(&relay.host_link(), "Mina").await?;
    jun.joins(&relay.link(), "Jun").await?;
    jun.says("my password is hunter2").await?;
    jun.says("forget that").await?;
    mina.shows_message("Jun", "forget that").await?;
    presses(&mina, "my password is hunter2", "delete-message").await?;
    mina.find("confirm-delete").await?;
    let asked = mina.run("return document.querySelector('dialog[open]').innerText").await?;
    let asked = asked.as_str().unwrap_or_default();
    assert!(asked.contains("Jun") && asked.contains("hunter2"), "whose it is, and which: {asked}");
    assert!(!mina.has("edit").await?, "nobody puts words into another's mouth");
    // Whoever thinks better of it has changed nothing.
    mina.press(Key::Escape).await?;
    mina.until_true("the question gone", "return !document.querySelector('dialog[open]')").await?;
    jun.says("please").await?;
    mina.shows_message("Jun", "please").await?;
    mina.shows_message("Jun", "my password is hunter2").await?;
    presses(&mina, "my password is hunter2", "delete-message").await?;
    mina.click("confirm-delete").await?;
    mina.until_text("gone", "Deleted by you").await?;
    jun.until_text("gone", "Deleted by Mina").await?;
    let mut sol = relay.join("Sol").await;
    assert!(matches!(&sol.events[0].body, Body::Gone { by: Some(by) } if by.nickname == "Mina"));
    sol.says("what was it?").await;
    for person in [&mina, &jun] {
        person.shows_message("Sol", "what was it?").await?;
        person.until_true("nowhere", "return !document.body.innerHTML.includes('hunter2')").await?;
        let rows = person.run("return document.querySelectorAll('[data-testid=message]').length").await?;
        assert_eq!(rows, 4, "the others are as they were");
    }
    // Whoever said it finds nothing to do with what is left.
    let left = "const row = document.querySelector('[data-testid=gone]').closest('[data-testid=message]');
        row.focus();
        return new Promise((done) => requestAnimationFrame(() => done(row.querySelector('button') === null)))";
    assert_eq!(jun.run(left).await?, true);
    jun.reload().await?;
    jun.until_text("gone", "Deleted by Mina").await
}

#[tokio::test]
async fn changes_made_while_the_host_is_away_are_made_when_it_is_back() -> Result<()> {
    let relay = TestRelay::start().await;
    let browser = Browser::start().await?;
    let mina = browser.person().await?;
    mina.joins(&relay.link(), "Mina").await?;
    mina.says("helo").await?;
    mina.shows_message("Mina", "helo").await?;
    let paused = relay.pause().await;
    mina.until_connection("offline").await?;
    presses(&mina, "helo", "edit").await?;
    mina.type_into("composer", "hello").await?;
    mina.press(Key::Enter).await?;
    mina.until_true("it waits", "return !!document.querySelector('[data-testid=changing]')").await?;
    let relay = paused.resume().await;
    mina.until_true(
        "it is made",
        "return !document.querySelector('[data-testid=changing]') && !!document.querySelector('[data-testid=edited]')",
    )
    .await?;
    let sol = relay.join("Sol").await;
    assert!(matches!(&sol.events[0].body, Body::Message(message) if message.text == "hello"));
    Ok(())
}

#[tokio::test]
async fn a_change_that_is_refused_says_so_and_keeps_its_words() -> Result<()> {
    let relay = TestRelay::start().await;
    let browser = Browser::start().await?;
    let mina = browser.person().await?;
    mina.joins(&relay.link(), "Mina").await?;
    mina.says("one").await?;
    mina.shows_message("Mina", "one").await?;
    presses(&mina, "one", "edit").await?;
    mina.type_into("composer", "carefully chosen words").await?;
    // The host deletes it meanwhile.
    let mut host = relay.joins_as_host().await;
    let id = host.events[0].id.clone();
    host.changes(ClientFrame::React(React { id: "r".into(), of: id.clone(), emoji: "👍".into(), on: true }))
        .await
        .unwrap();
    mina.until_true("the reaction", "return !!document.querySelector('[data-testid=reaction]')").await?;
    host.renames("Jun").await;
    host.changes(ClientFrame::Delete(Delete { id: "d".into(), of: id })).await.unwrap();
    mina.until_text("gone", "Deleted by Jun").await?;
    mina.press(Key::Enter).await?;
    assert_eq!(mina.attribute("failed", "data-reason").await?, "no_such_message");
    let shown = mina.messages().await?;
    assert!(shown.iter().any(|row| row[1] == "carefully chosen words" && row[2] == "failed"), "{shown:?}");
    // Whoever comes later has nothing but what is left of it, and reads the same.
    mina.reload().await?;
    mina.until_text("gone", "Deleted by Jun").await
}
