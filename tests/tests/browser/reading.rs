//! Reading back.

use fantoccini::key::Key;
use serde_json::json;
use snug_relay::wire::{ClientFrame, Delete, Edit, Join, NewMessage};
use snug_tests::{
    Browser, Clock, HeadlessRelay, TestClient, TestRelay,
    axe::nothing_in_the_way,
    giving::{has_sent, pastes_picture},
    rows::{ROW, in_sight, present, reads_on},
};

#[tokio::test]
async fn history_loads_on_scrolling_up_and_the_place_is_kept() {
    let relay = TestRelay::with(|limits| limits.page_events = 30).await;
    let mut jun = relay.join("Jun").await;
    for number in 1..=300 {
        jun.says(&format!("number {number}")).await;
    }
    let browser = Browser::start().await.unwrap();
    let mina = browser.person().await.unwrap();
    mina.joins(&relay.link(), "Mina").await.unwrap();
    mina.shows_message("Jun", "number 300").await.unwrap();
    mina.until_true("the newest in sight", &in_sight("number 300")).await.unwrap();
    let oldest = "return document.querySelector(\"[data-testid='message']\").dataset.seq";
    let before = mina.run(oldest).await.unwrap().as_str().unwrap().parse::<u64>().unwrap();
    assert!(before > 100, "only what is near is loaded, not everything from {before} on");

    assert_eq!(mina.attribute("log", "role").await.unwrap(), "log", "what is said is read out");
    // What comes in above isn't read out, as what is said is.
    mina.run(
        "const log = document.querySelector(\"[data-testid='log']\");
         window.readOut = [];
         new MutationObserver((changes) => {
             const added = changes.flatMap(({ addedNodes }) => [...addedNodes]);
             const rows = added.flatMap((it) => it.matches?.('article') ? [it] : [...it.querySelectorAll?.('article') ?? []]);
             if (log.ariaBusy !== 'true') window.readOut.push(...rows.map((it) => it.textContent));
         }).observe(log, { childList: true, subtree: true });
         return null",
    )
    .await
    .unwrap();

    // Up to the oldest that is loaded: more comes, and what was in sight doesn't move.
    let place = mina
        .run(
            "const row = [...document.querySelectorAll(\"[data-testid='message']\")][3];
             window.watched = row; row.scrollIntoView({ block: 'start' });
             return row.getBoundingClientRect().top",
        )
        .await
        .unwrap();
    mina.until_true("older messages", &format!("{} < {before}", oldest.replace("return", "return +"))).await.unwrap();
    let moved =
        mina.run(&format!("return Math.abs(window.watched.getBoundingClientRect().top - {place})")).await.unwrap();
    assert!(moved.as_f64().unwrap() <= 2.0, "what was being read moved by {moved} px");

    // All the way up, page after page.
    for _ in 0..40 {
        if mina.run(&present("number 1")).await.unwrap() == true {
            break;
        }
        mina.run("document.querySelector(\"[data-testid='message']\").scrollIntoView(); return null").await.unwrap();
        mina.until_true(
            "the page to settle",
            "return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))",
        )
        .await
        .unwrap();
    }
    mina.until_true("the first message", &present("number 1")).await.unwrap();
    mina.run("document.querySelector(\"[data-testid='to-newest']\").focus(); return null").await.unwrap();
    mina.press(Key::Enter).await.unwrap();
    mina.until_true("the newest in sight", &in_sight("number 300")).await.unwrap();
    let typing = "return document.activeElement.dataset.testid";
    assert_eq!(mina.run(typing).await.unwrap(), "composer", "the focus isn't lost with what was pressed");
    let listening = "return document.querySelector(\"[data-testid='log']\").ariaBusy === 'false'";
    mina.until_true("what comes next to be heard", listening).await.unwrap();
    assert_eq!(mina.run("return window.readOut").await.unwrap(), json!([]));
    jun.says("and one more").await;
    mina.until_true("it to be read out", "return window.readOut.some((it) => it.includes('and one more'))")
        .await
        .unwrap();
    assert_eq!(mina.run("return window.readOut.length").await.unwrap(), 1);
}

#[tokio::test]
async fn someone_reading_back_is_not_torn_away_by_new_messages() {
    let relay = TestRelay::start().await;
    let mut jun = relay.join("Jun").await;
    for number in 1..=60 {
        jun.says(&format!("number {number}")).await;
    }
    let browser = Browser::start().await.unwrap();
    let mina = browser.person().await.unwrap();
    mina.joins(&relay.link(), "Mina").await.unwrap();
    mina.until_true("the newest in sight", &in_sight("number 60")).await.unwrap();
    jun.says("followed, because she is at the end").await;
    mina.until_true("the newest in sight", &in_sight("followed, because she is at the end")).await.unwrap();

    mina.run(&format!("{ROW}; row('number 30').scrollIntoView({{ block: 'center' }}); return null")).await.unwrap();
    mina.until_true("number 30 in sight", &in_sight("number 30")).await.unwrap();
    jun.says("not followed").await;
    mina.until_true("the message is there", &present("not followed")).await.unwrap();
    assert_eq!(mina.run(&in_sight("number 30")).await.unwrap(), true);
    assert_eq!(mina.run(&in_sight("not followed")).await.unwrap(), false);

    // Nor by one above that becomes longer, or goes.
    let top = format!("{ROW}; return row('number 30').getBoundingClientRect().top");
    let place = mina.run(&top).await.unwrap().as_f64().unwrap();
    let of = || "the-device-of-Jun-5".to_owned();
    let words = (1..=20).map(|line| format!("line {line}")).collect::<Vec<_>>().join("\n");
    jun.changes(ClientFrame::Edit(Edit { id: "longer".into(), of: of(), text: words })).await.unwrap();
    let long = "return document.querySelector(\"[data-seq='5']\").getBoundingClientRect().height > 300";
    mina.until_true("the longer one", long).await.unwrap();
    let moved = (mina.run(&top).await.unwrap().as_f64().unwrap() - place).abs();
    assert!(moved <= 2.0, "what was being read moved by {moved} px");
    jun.changes(ClientFrame::Delete(Delete { id: "gone".into(), of: of() })).await.unwrap();
    mina.until_true("that it is gone", &long.replace("> 300", "< 100")).await.unwrap();
    let moved = (mina.run(&top).await.unwrap().as_f64().unwrap() - place).abs();
    assert!(moved <= 2.0, "what was being read moved by {moved} px");
}

#[tokio::test]
async fn the_place_is_kept_both_ways_whatever_comes_or_goes_above_and_below() {
    let relay = TestRelay::with(|limits| limits.page_events = 30).await;
    let browser = Browser::start().await.unwrap();
    let mut jun = relay.join("Jun").await;
    let says = async |jun: &mut TestClient, number: usize| {
        // Some take a line, and some more than one screen would.
        let lines = if number.is_multiple_of(40) { 18 } else { number % 3 };
        let text = format!("number {number}{}", "\nand more".repeat(lines));
        jun.says_with_id(&format!("id-{number}"), &text).await.unwrap();
    };
    for number in 1..=150 {
        says(&mut jun, number).await;
    }
    {
        let ann = browser.person().await.unwrap();
        ann.joins(&relay.link(), "Ann").await.unwrap();
        pastes_picture(&ann, 900, 700).await.unwrap();
        has_sent(&ann, 1).await.unwrap();
        ann.says("a picture").await.unwrap();
        ann.shows_message("Ann", "a picture").await.unwrap();
        ann.leaves().await.unwrap();
    }
    for number in 152..=500 {
        says(&mut jun, number).await;
    }
    for kept in std::fs::read_dir(relay.data().join("files")).unwrap() {
        std::fs::remove_file(kept.unwrap().path()).unwrap();
    }
    let mina = browser.person().await.unwrap();
    mina.joins(&relay.link(), "Mina").await.unwrap();
    mina.until_true("the newest", "return !!document.querySelector(\"[data-seq='500']\")").await.unwrap();
    // Up from the newest: pages come in above and go below, and a picture that takes its place turns out to be gone.
    let kept = reads_on(&mina, -240, 140).await.unwrap();
    assert!(kept["steps"].as_u64() > Some(20) && kept["most"].as_u64() < Some(400), "{kept}");
    assert!(kept["first"].as_u64() > Some(5) && kept["last"].as_u64() > Some(1), "{kept}");
    assert!(mina.has("gone-file").await.unwrap(), "it was there, and gave way to a card");
    // Down again, from a place that was gone to: pages come in below, and what is above is let go of.
    let link = format!("http://{}/r/{}#m=id-20", relay.addr(), relay.invite.room);
    mina.opens(&link).await.unwrap();
    mina.until_true("what was gone to", "return document.activeElement.dataset.seq === '20'").await.unwrap();
    let kept = reads_on(&mina, 240, 260).await.unwrap();
    assert!(kept["steps"].as_u64() > Some(20) && kept["most"].as_u64() < Some(400), "{kept}");
    assert!(kept["first"].as_u64() > Some(1) && kept["last"].as_u64() > Some(5), "{kept}");
    // And there what somebody else does above moves nothing, either.
    let watched = "const log = document.querySelector(\"[data-testid='log']\");
        window.watched = [...log.querySelectorAll('[data-seq]')]
            .find((row) => row.getBoundingClientRect().top > log.clientHeight / 2);
        const above = [...log.querySelectorAll('[data-seq]')]
            .findLast((row) => row.getBoundingClientRect().bottom < log.getBoundingClientRect().top);
        return [window.watched.getBoundingClientRect().top, above.dataset.seq, above.dataset.id]";
    let [top, seq, id] = [0, 1, 2].map({
        let found = mina.run(watched).await.unwrap();
        move |at| found[at].clone()
    });
    let id = id.as_str().unwrap().to_owned();
    let moved = format!("return Math.abs(window.watched.getBoundingClientRect().top - {top})");
    let height = format!("document.querySelector('[data-seq={seq}]').offsetHeight");
    let longer = Edit { id: "longer".into(), of: id.clone(), text: "line\n".repeat(15) };
    for (change, shown) in [
        (ClientFrame::Edit(longer), format!("return {height} > 300")),
        (ClientFrame::Delete(Delete { id: "gone".into(), of: id }), format!("return {height} < 100")),
    ] {
        jun.changes(change).await.unwrap();
        mina.until_true("the change", &shown).await.unwrap();
        let moved = mina.run(&moved).await.unwrap().as_f64().unwrap();
        assert!(moved <= 2.0, "what was being read moved by {moved} px");
    }
    assert_eq!(mina.run("return window.watched.isConnected").await.unwrap(), true);
}

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
async fn coming_back_shows_where_reading_stopped_and_opens_there_when_there_is_much() {
    let relay = TestRelay::start().await;
    let mut jun = relay.join("Jun").await;
    for number in 1..=40 {
        jun.says(&format!("number {number}")).await;
    }
    let browser = Browser::start().await.unwrap();
    let mina = browser.person().await.unwrap();
    mina.joins(&relay.link(), "Mina").await.unwrap();
    mina.until_true("the newest in sight", &in_sight("number 40")).await.unwrap();
    assert!(!mina.has("unread").await.unwrap(), "for a newcomer nothing is new");

    // A little, which fits: at the newest, with a line above what is new.
    mina.opens("about:blank").await.unwrap();
    for number in 41..=43 {
        jun.says(&format!("number {number}")).await;
    }
    mina.opens(&relay.link()).await.unwrap();
    mina.until_text("unread", "3 new messages").await.unwrap();
    mina.until_true("the newest in sight", &in_sight("number 43")).await.unwrap();
    nothing_in_the_way(&mina, "where reading stopped").await;
    mina.until_true("all read", "return document.title === 'Den'").await.unwrap();
    assert!(!mina.has("to-newest").await.unwrap());

    // More than is loaded at first: from where reading stopped.
    mina.opens("about:blank").await.unwrap();
    for number in 44..=643 {
        jun.says(&format!("number {number}")).await;
    }
    mina.opens(&relay.link()).await.unwrap();
    mina.until_true("the first that is new, in sight", &in_sight("number 44")).await.unwrap();
    let above = format!(
        "{ROW}; const line = document.querySelector(\"[data-testid='unread']\");
         return !!line && line.nextElementSibling.contains(row('number 44'))
             && line.textContent.endsWith('+ new messages')"
    );
    mina.until_true("the line above it", &above).await.unwrap();
    assert_eq!(mina.run(&present("number 400")).await.unwrap(), false, "the rest is not loaded yet");
    mina.until_true("how much is new, in the title", "return /^\\(\\d+\\+\\) Den$/.test(document.title)")
        .await
        .unwrap();

    // Read on: what is read is not counted any more, and once all is known it is counted to the last.
    mina.until_true(
        "some of it to be read, and the rest known",
        "document.querySelector(\"[data-testid='log']\").scrollTop += 600;
         const pill = document.querySelector(\"[data-testid='to-newest']\")?.textContent ?? '';
         return /^\\d+ new messages$/.test(pill) && parseInt(pill) < 400",
    )
    .await
    .unwrap();
    nothing_in_the_way(&mina, "what is new").await;
    mina.opens("about:blank").await.unwrap();
    mina.opens(&relay.link()).await.unwrap();
    mina.until_true(
        "the line further on",
        &format!("{ROW}; return !!document.querySelector(\"[data-testid='unread']\") && !row('number 44')"),
    )
    .await
    .unwrap();
    mina.click("to-newest").await.unwrap();
    mina.until_true("the newest in sight", &in_sight("number 643")).await.unwrap();
    mina.until_true("all read", "return document.title === 'Den'").await.unwrap();
    mina.reload().await.unwrap();
    mina.until_true("the newest in sight", &in_sight("number 643")).await.unwrap();
    assert!(!mina.has("unread").await.unwrap());

    // Looking elsewhere is being away, too. One's own words are never new.
    mina.run("document.hasFocus = () => false; dispatchEvent(new Event('blur')); return null").await.unwrap();
    mina.says("said and gone").await.unwrap();
    jun.says("heard by nobody").await;
    mina.until_true("one in the title", "return document.title === '(1) Den'").await.unwrap();
    mina.until_text("unread", "1 new message").await.unwrap();
    mina.run("document.hasFocus = () => true; dispatchEvent(new Event('focus')); return null").await.unwrap();
    mina.until_true("none in the title", "return document.title === 'Den'").await.unwrap();
    assert!(mina.has("unread").await.unwrap(), "the line stays for as long as one reads");
    mina.says("an answer").await.unwrap();
    mina.until_true("no line", "return !document.querySelector(\"[data-testid='unread']\")").await.unwrap();
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
    for number in 1..=200 {
        jun.says(&format!("number {number}")).await;
    }
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
