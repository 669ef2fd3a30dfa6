//! Reading back.

use fantoccini::key::Key;
use serde_json::json;
use snug_relay::wire::{ClientFrame, Delete, Edit};
use snug_tests::{
    Browser, TestClient, TestRelay,
    axe::nothing_in_the_way,
    giving::{has_sent, pastes_picture},
    rows::{ROW, in_sight, present, reads_on},
};

#[tokio::test]
async fn history_loads_on_scrolling_up_and_the_place_is_kept() {
    let relay = TestRelay::with(|limits| limits.page_events = 30).await;
    let mut jun = relay.join("Jun").await;
    jun.counts(1..=300).await;
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
    jun.counts(1..=60).await;
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
    // And there what somebody else does above moves nothing, either: out of sight, or with its end in sight.
    let watched = "const [scrolled, done] = arguments;
        const log = document.querySelector(\"[data-testid='log']\");
        const rows = [...log.querySelectorAll('[data-seq]')];
        const [edge, box] = [log.getBoundingClientRect().top, (row) => row.getBoundingClientRect()];
        const above = rows.findLast((row) => box(row).bottom < edge && row.querySelector('.text'));
        if (scrolled) log.scrollTop += box(above).bottom - edge - 10;
        requestAnimationFrame(() => requestAnimationFrame(() => {
            window.watched = rows.find((row) => box(row).top > edge + log.clientHeight / 2);
            done([box(window.watched).top, above.dataset.seq, above.dataset.id, box(above).bottom - edge]);
        }))";
    for (scrolled, changed) in [(false, "out"), (true, "half")] {
        let found = mina.ask(watched, vec![json!(scrolled)]).await.unwrap();
        let (top, seq, id) = (&found[0], &found[1], found[2].as_str().unwrap().to_owned());
        assert_eq!(found[3].as_f64().unwrap() > 0.0, scrolled, "{found}");
        let moved = format!("return Math.abs(window.watched.getBoundingClientRect().top - {top})");
        let height = format!("document.querySelector('[data-seq={seq}]').offsetHeight");
        let longer = Edit { id: format!("longer-{changed}"), of: id.clone(), text: "line\n".repeat(15) };
        for (change, shown) in [
            (ClientFrame::Edit(longer), format!("return {height} > 300")),
            (ClientFrame::Delete(Delete { id: format!("gone-{changed}"), of: id }), format!("return {height} < 100")),
        ] {
            jun.changes(change).await.unwrap();
            mina.until_true("the change", &shown).await.unwrap();
            let moved = mina.run(&moved).await.unwrap().as_f64().unwrap();
            assert!(moved <= 2.0, "{changed} of sight: what was being read moved by {moved} px");
        }
    }
    assert_eq!(mina.run("return window.watched.isConnected").await.unwrap(), true);
}

#[tokio::test]
async fn coming_back_shows_where_reading_stopped_and_opens_there_when_there_is_much() {
    let relay = TestRelay::start().await;
    let mut jun = relay.join("Jun").await;
    jun.counts(1..=40).await;
    let browser = Browser::start().await.unwrap();
    let mina = browser.person().await.unwrap();
    mina.joins(&relay.link(), "Mina").await.unwrap();
    mina.until_true("the newest in sight", &in_sight("number 40")).await.unwrap();
    assert!(!mina.has("unread").await.unwrap(), "for a newcomer nothing is new");

    // A little, which fits: at the newest, with a line above what is new.
    mina.opens("about:blank").await.unwrap();
    jun.counts(41..=43).await;
    mina.opens(&relay.link()).await.unwrap();
    mina.until_text("unread", "3 new messages").await.unwrap();
    mina.until_true("the newest in sight", &in_sight("number 43")).await.unwrap();
    nothing_in_the_way(&mina, "where reading stopped").await;
    mina.until_true("all read", "return document.title === 'Den'").await.unwrap();
    assert!(!mina.has("to-newest").await.unwrap());

    // More than is loaded at first: from where reading stopped.
    mina.opens("about:blank").await.unwrap();
    jun.counts(44..=643).await;
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
