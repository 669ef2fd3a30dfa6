//! Going to a place in the log: by a quote, a link or a day.

use fantoccini::key::Key;
use snug_relay::wire::{ClientFrame, Delete, Join, NewMessage};
use snug_tests::{
    Browser, Clock, HeadlessRelay, TestClient, TestRelay,
    rows::{ROW, in_sight, present},
};

#[tokio::test]
async fn a_quote_leads_to_what_it_is_of_however_far_back_and_the_newest_are_a_press_away() {
    let relay = TestRelay::with(|limits| limits.page_events = 30).await;
    let mut jun = relay.join("Jun").await;
    for number in 1..=600 {
        jun.says_with_id(&format!("id-{number}"), &format!("number {number}")).await.unwrap();
    }
    let answer = |id: &str, of: &str, text: &str| {
        let message = NewMessage { reply: Some(of.into()), ..NewMessage::new(id, text) };
        ClientFrame::NewMessage(message)
    };
    jun.changes(answer("a", "id-20", "remember this?")).await.unwrap();
    let browser = Browser::start().await.unwrap();
    let mina = browser.person().await.unwrap();
    mina.joins(&relay.link(), "Mina").await.unwrap();
    mina.until_true("the newest in sight", &in_sight("remember this?")).await.unwrap();
    mina.click("quote").await.unwrap();
    mina.until_true("what it is of, in sight", &in_sight("number 20")).await.unwrap();
    let focused = "return document.activeElement.dataset.seq === '20' && document.activeElement.matches('.is-marked')";
    mina.until_true("the focus on it, and it stands out", focused).await.unwrap();
    assert_eq!(mina.run(&present("number 500")).await.unwrap(), false, "what lies between is not loaded");
    mina.until_true("nothing to stand out any more", "return !document.querySelector('.is-marked')").await.unwrap();

    // What is said meanwhile is counted, and doesn't move what is read.
    jun.says("meanwhile").await;
    mina.until_text("to-newest", "1 new message").await.unwrap();
    assert_eq!(mina.run(&in_sight("number 20")).await.unwrap(), true);
    assert_eq!(mina.run(&present("meanwhile")).await.unwrap(), false);

    // Down from there, page after page, and up to the beginning: nothing is missing and nothing twice.
    for (end, text) in [("last", "number 200"), ("first", "number 1")] {
        mina.until_true(
            text,
            &format!(
                "{ROW}; const rows = [...document.querySelectorAll(\"[data-testid='message']\")];
                 const seqs = rows.map((it) => +it.dataset.seq);
                 if (seqs.some((seq, at) => at > 0 && seq !== seqs[at - 1] + 1)) throw new Error(seqs.join());
                 rows.at('{end}' === 'last' ? -1 : 0).scrollIntoView();
                 return row('{text}') !== undefined"
            ),
        )
        .await
        .unwrap();
    }
    mina.click("to-newest").await.unwrap();
    mina.until_true("the newest in sight", &in_sight("meanwhile")).await.unwrap();
    assert!(!mina.has("to-newest").await.unwrap());
    jun.says("and followed again").await;
    mina.until_true("the newest in sight", &in_sight("and followed again")).await.unwrap();

    // One that was deleted still has its place; one that never was hasn't.
    jun.changes(ClientFrame::Delete(Delete { id: "d".into(), of: "id-40".into() })).await.unwrap();
    jun.changes(answer("b", "id-40", "to one that was deleted")).await.unwrap();
    jun.changes(answer("c", "unheard-of", "to nothing")).await.unwrap();
    mina.until_true("the newest in sight", &in_sight("to nothing")).await.unwrap();
    let quote = "[...document.querySelectorAll(\"[data-testid='quote']\")]";
    mina.run(&format!("{quote}.at(-2).click(); return null")).await.unwrap();
    mina.until_true(
        "what is left of it",
        "return document.activeElement.dataset.seq === '40' && document.activeElement.textContent.includes('deleted')",
    )
    .await
    .unwrap();
    mina.click("to-newest").await.unwrap();
    mina.until_true("the newest in sight", &in_sight("to nothing")).await.unwrap();
    mina.run(&format!("{quote}.at(-1).click(); return null")).await.unwrap();
    mina.until_text("sought", "That message isn’t in this room any more.").await.unwrap();
    assert_eq!(mina.run(&in_sight("to nothing")).await.unwrap(), true, "and one stays where one was");
    assert_eq!(mina.complaints().await.unwrap(), [""; 0]);
}

#[tokio::test]
async fn a_link_to_a_message_leads_those_there_who_are_inside_and_lets_nobody_in() {
    let relay = TestRelay::with(|limits| limits.page_events = 30).await;
    let mut jun = relay.join("Jun").await;
    for number in 1..=300 {
        jun.says_with_id(&format!("id-{number}"), &format!("number {number}")).await.unwrap();
    }
    let browser = Browser::start().await.unwrap();
    let mina = browser.person().await.unwrap();
    mina.joins(&relay.link(), "Mina").await.unwrap();
    mina.until_true("the newest in sight", &in_sight("number 300")).await.unwrap();

    // What the tool copies is a link without the secret, and what is said with it leads there.
    let copied = "window.copied = ''; navigator.clipboard.writeText = async (text) => { window.copied = text };";
    mina.run(&format!("{ROW}; {copied}; row('number 299').click(); return null")).await.unwrap();
    // The pointer may rest on another message, which then has its own tools.
    let tool = "document.querySelector(\"[data-seq='299'] [data-testid='copy-message-link']\")";
    mina.until_true("its tools", &format!("return !!{tool}")).await.unwrap();
    mina.run(&format!("{tool}.click(); return null")).await.unwrap();
    mina.until_true("what became of it", &format!("return {tool}.closest('.tools').textContent === 'Copied'"))
        .await
        .unwrap();
    let link = mina.run("return window.copied").await.unwrap();
    let link = link.as_str().unwrap();
    assert_eq!(link, format!("http://{}/r/{}#m=id-299", relay.addr(), relay.invite.room));
    let elsewhere = link.replace("id-299", "id-7").replace("127.0.0.1", "localhost");
    jun.says(&format!("see {elsewhere}")).await;
    mina.until_true("the link", "return !!document.querySelector(\".text a[href$='id-7']\")").await.unwrap();
    mina.run("document.querySelector(\".text a[href$='id-7']\").click(); return null").await.unwrap();
    mina.until_true("what it leads to", &in_sight("number 7")).await.unwrap();
    let windows = mina.client().windows().await.unwrap();
    assert_eq!(windows.len(), 1, "in this window, not in another");

    // Put into the address of the page one is in, and opened anew by someone who has been there.
    let fresh = "return performance.getEntriesByType('navigation')[0].name";
    let before = mina.run(fresh).await.unwrap();
    mina.opens(&link.replace("id-299", "id-150")).await.unwrap();
    mina.until_true("what it leads to", &in_sight("number 150")).await.unwrap();
    assert_eq!(mina.run(fresh).await.unwrap(), before, "no reload");
    mina.click("leave").await.unwrap();
    mina.find("enter-room").await.unwrap();
    mina.opens(&link.replace("id-299", "id-80")).await.unwrap();
    mina.click("enter-room").await.unwrap();
    mina.until_true("what it leads to", &in_sight("number 80")).await.unwrap();
    assert!(!mina.address().await.unwrap().contains("#m="), "a reload goes on with the room");

    // One that isn't there is said not to be.
    mina.opens(&link.replace("id-299", "unheard-of")).await.unwrap();
    mina.until_text("sought", "That message isn’t in this room any more.").await.unwrap();

    let kim = browser.person().await.unwrap();
    kim.opens(link).await.unwrap();
    kim.click("enter-room").await.unwrap();
    kim.find("knocking").await.unwrap();
}

#[tokio::test]
async fn a_day_is_gone_to_by_keyboard_alone() {
    let relay = TestRelay::with(|limits| limits.page_events = 30).await;
    let mut jun = relay.join("Jun").await;
    jun.counts(1..=200).await;
    let browser = Browser::start().await.unwrap();
    let mina = browser.person().await.unwrap();
    mina.joins(&relay.link(), "Mina").await.unwrap();
    mina.until_true("the newest in sight", &in_sight("number 200")).await.unwrap();
    mina.run("document.querySelector(\"[data-testid='day']\").focus(); return null").await.unwrap();
    mina.press(Key::Enter).await.unwrap();
    mina.find("calendar").await.unwrap();
    let today = "return document.activeElement.matches('.calendar-day[aria-current=date]')";
    mina.until_true("today", today).await.unwrap();
    // There is no other day to go to.
    for key in [Key::Left, Key::Right, Key::Up, Key::Down, Key::PageUp, Key::PageDown] {
        mina.press(key).await.unwrap();
        assert_eq!(mina.run(today).await.unwrap(), true);
    }
    let others =
        "return [...document.querySelectorAll('.calendar-day:not([aria-current])')].every((it) => it.disabled)";
    mina.until_true("no other day", others).await.unwrap();
    mina.press(Key::Enter).await.unwrap();
    mina.until_true("its first message", &in_sight("number 1")).await.unwrap();
    assert!(!mina.has("calendar").await.unwrap());
    assert_eq!(mina.complaints().await.unwrap(), [""; 0]);
}

#[tokio::test]
async fn a_day_of_another_month_is_gone_to_and_so_is_one_on_which_nothing_was_said() {
    const DAY: i64 = 24;
    let directory = tempfile::tempdir().unwrap();
    let clock = Clock::right(directory.path()).unwrap();
    let data = directory.path().join("data");
    let arguments = ["--listen", "127.0.0.1:0", "--data", &data.to_string_lossy()];
    clock.set(-70 * DAY).unwrap();
    let relay = HeadlessRelay::start_with(&arguments, &clock.environment()).await.unwrap();
    let link = relay.invite();
    let mut jun = TestClient::connect(link.addr).await;
    jun.asks(Join { nickname: Some("Jun".into()), device: Some("the-device-of-jun".into()), ..link.join() }).await;
    jun.welcomed().await;
    // More than fits the page, on each of three days.
    for (days, when) in [(-70, "first"), (-40, "then"), (0, "today")] {
        clock.set(days * DAY).unwrap();
        for number in 1..=120 {
            jun.says_with_id(&format!("{when}-{number}"), &format!("{when} {number}")).await.unwrap();
        }
    }
    let browser = Browser::start().await.unwrap();
    let mina = browser.person().await.unwrap();
    mina.joins(&relay.link, "Mina").await.unwrap();
    mina.until_true("the newest in sight", &in_sight("today 120")).await.unwrap();
    for (days, leads_to) in [(70, "first 1"), (40, "then 1"), (20, "today 1"), (69, "then 1")] {
        mina.run("document.querySelector(\"[data-testid='day']\").click(); return null").await.unwrap();
        mina.find("calendar").await.unwrap();
        // Month by month, until the one that has the day: by its name, as whoever listens hears it.
        let day = format!(
            "const day = new Date(Date.now() - {days} * 86400000);
             const called = new Intl.DateTimeFormat(document.documentElement.lang, {{ dateStyle: 'full' }}).format(day);
             const it = [...document.querySelectorAll('.calendar-day')].find((it) => it.textContent.endsWith(called));
             const turns = document.querySelectorAll('.calendar-head button');
             if (it) it.click(); else (window.forward ? turns[1] : turns[0]).click();
             if (!it && turns[0].disabled) window.forward = true;
             return !!it"
        );
        mina.run("window.forward = false; return null").await.unwrap();
        mina.until_true(&format!("the day {days} days ago"), &day).await.unwrap();
        mina.until_true(leads_to, &in_sight(leads_to)).await.unwrap();
    }
    // Before the first day there is none to choose.
    mina.run("document.querySelector(\"[data-testid='day']\").click(); return null").await.unwrap();
    mina.find("calendar").await.unwrap();
    let beginning = "const [back] = document.querySelectorAll('.calendar-head button');
        if (!back.disabled) back.click();
        return back.disabled && document.querySelectorAll('.calendar-day:not(:disabled)').length > 0";
    mina.until_true("the first month", beginning).await.unwrap();
    assert_eq!(mina.complaints().await.unwrap(), [""; 0]);
    relay.stop("TERM").await.unwrap();
}
