//! The host is killed, held, or in trouble; nobody's page is reloaded, and nothing is lost or doubled.

use fantoccini::key::Key;
use serde_json::json;
use snug_tests::{Browser, Person, TestRelay};

use crate::{Host, said_by};

/// A page that were loaded anew would have forgotten this.
async fn mark(page: &Person) {
    page.run("window.sameAsBefore = true; return null").await.unwrap();
}

async fn is_marked(page: &Person) -> bool {
    page.run("return window.sameAsBefore").await.unwrap() == true
}

#[tokio::test]
async fn a_host_killed_while_two_talk_costs_neither_a_word() {
    let host = Host::new();
    let relay = host.starts().await;
    let browser = Browser::start().await.unwrap();
    let (mina, jun) = (browser.person().await.unwrap(), browser.person().await.unwrap());
    let people = [(&mina, "Mina"), (&jun, "Jun")];
    for (person, nickname) in people {
        person.joins(&relay.link, nickname).await.unwrap();
        mark(person).await;
    }
    mina.says("Mina 0").await.unwrap();
    jun.shows_message("Mina", "Mina 0").await.unwrap();

    // The kill finds one on its way: acknowledged, only stored, or neither.
    jun.says("Jun 0").await.unwrap();
    relay.kill().await.unwrap();
    for (person, nickname) in people {
        person.until_connection("offline").await.unwrap();
        for number in 1..=3 {
            person.says(&format!("{nickname} {number}")).await.unwrap();
        }
        let shown = said_by(person, nickname).await;
        assert!(shown[1..].iter().all(|(_, state)| state == "pending"), "nothing is sent now: {shown:?}");
        let bar = person.text("offline-bar").await.unwrap();
        assert!(bar.contains("messages will be sent"), "{bar}");
    }

    let relay = host.starts().await;
    for (person, _) in people {
        person.until_connection("online").await.unwrap();
        for (_, nickname) in people {
            person.shows_message(nickname, &format!("{nickname} 3")).await.unwrap();
        }
    }
    mina.says("Mina 4").await.unwrap();
    jun.shows_message("Mina", "Mina 4").await.unwrap();
    mina.shows_message("Mina", "Mina 4").await.unwrap();
    assert_eq!(mina.messages().await.unwrap(), jun.messages().await.unwrap(), "one order for both");
    for (nickname, last) in [("Mina", 4), ("Jun", 3)] {
        let expected: Vec<_> = (0..=last).map(|number| (format!("{nickname} {number}"), "sent".to_owned())).collect();
        assert_eq!(said_by(&jun, nickname).await, expected, "each once, in the order typed");
    }
    assert!(is_marked(&mina).await && is_marked(&jun).await, "without a reload");
    relay.stop("TERM").await.unwrap();
}

#[tokio::test]
async fn a_host_that_is_held_is_noticed_though_its_sockets_stay_open() {
    let host = Host::new();
    let relay = host.starts().await;
    let browser = Browser::start().await.unwrap();
    let (mina, jun) = (browser.person().await.unwrap(), browser.person().await.unwrap());
    for (person, nickname) in [(&mina, "Mina"), (&jun, "Jun")] {
        person.joins(&relay.link, nickname).await.unwrap();
        person.until_connection("online").await.unwrap();
        mark(person).await;
    }
    mina.until_text("people-count", "2").await.unwrap();

    relay.signal("STOP").unwrap();
    jun.says("are you there?").await.unwrap();
    assert_eq!(jun.attribute("connection-state", "data-state").await.unwrap(), "online", "nobody can know yet");
    // Whoever says something learns it soon; who only listens, within half a minute.
    jun.until_connection("offline").await.unwrap();
    assert_eq!(said_by(&jun, "Jun").await, [("are you there?".into(), "pending".into())]);
    mina.until_connection("offline").await.unwrap();

    relay.signal("CONT").unwrap();
    for person in [&mina, &jun] {
        person.until_connection("online").await.unwrap();
        person.shows_message("Jun", "are you there?").await.unwrap();
    }
    // What the host read on the socket that was given up, and what came over the new one, is one message.
    mina.says("now I am").await.unwrap();
    for person in [&mina, &jun] {
        person.shows_message("Mina", "now I am").await.unwrap();
        assert_eq!(person.messages().await.unwrap().len(), 2);
        assert!(is_marked(person).await);
    }
}

#[tokio::test]
async fn a_network_that_is_back_is_tried_at_once() {
    let host = Host::new();
    let relay = host.starts().await;
    let browser = Browser::start().await.unwrap();
    let mina = browser.person().await.unwrap();
    mina.joins(&relay.link, "Mina").await.unwrap();
    relay.kill().await.unwrap();
    mina.until_connection("offline").await.unwrap();
    mina.run(
        "window.attempts = 0;
         window.WebSocket = class extends WebSocket {
             constructor(...how) { super(...how); window.attempts += 1 }
         };
         return null",
    )
    .await
    .unwrap();
    for wake in ["window, 'online'", "window, 'pageshow'", "document, 'visibilitychange'"] {
        // In one turn of the page's loop no timer can run out: the attempt is the event's.
        let tries = format!(
            "const [target, type] = [{wake}];
             const before = window.attempts;
             target.dispatchEvent(new Event(type));
             return window.attempts === before + 1"
        );
        mina.until_true(wake, &tries).await.unwrap();
    }
    let _relay = host.starts().await;
    mina.until_connection("online").await.unwrap();
}

#[tokio::test]
async fn one_refused_in_the_middle_says_why_and_holds_up_nothing() {
    let host = Host::new();
    let relay = host.starts().await;
    let browser = Browser::start().await.unwrap();
    let mina = browser.person().await.unwrap();
    mina.joins(&relay.link, "Mina").await.unwrap();
    relay.kill().await.unwrap();
    mina.until_connection("offline").await.unwrap();
    let long = "so much to say ".repeat(10);
    for text in ["first", long.trim(), "last"] {
        mina.says(text).await.unwrap();
    }

    // The host comes back with less patience.
    let relay = host.starts_with(&["--text-bytes", "40"]).await;
    mina.shows_message("Mina", "first").await.unwrap();
    mina.shows_message("Mina", "last").await.unwrap();
    assert_eq!(mina.attribute("failed", "data-reason").await.unwrap(), "text_too_long");
    assert!(mina.text("failed").await.unwrap().contains("too long for this room"));
    // It stays what it is through a reload, until the person decides.
    mina.reload().await.unwrap();
    assert_eq!(mina.attribute("failed", "data-reason").await.unwrap(), "text_too_long");
    let failed = (long.trim().to_owned(), "failed".to_owned());
    assert_eq!(said_by(&mina, "Mina").await, [("first".into(), "sent".into()), ("last".into(), "sent".into()), failed]);

    relay.stop("TERM").await.unwrap();
    mina.until_connection("offline").await.unwrap();
    let _relay = host.starts().await;
    mina.until_connection("online").await.unwrap();
    mina.click("retry").await.unwrap();
    mina.shows_message("Mina", long.trim()).await.unwrap();
}

#[tokio::test]
async fn what_the_host_cant_store_says_so_and_goes_out_by_itself_in_order() {
    let host = Host::new();
    let relay = host.starts().await;
    let browser = Browser::start().await.unwrap();
    let (mina, jun) = (browser.person().await.unwrap(), browser.person().await.unwrap());
    for (person, nickname) in [(&mina, "Mina"), (&jun, "Jun")] {
        person.joins(&relay.link, nickname).await.unwrap();
    }
    // As a host answers whose disk is full, which a disk can't be made to be just like that.
    mina.run(
        "window.full = true;
         const send = WebSocket.prototype.send;
         WebSocket.prototype.send = function (text) {
             const { type, payload } = JSON.parse(text);
             if (type !== 'new_message' || !window.full) return send.call(this, text);
             const refusal = { type: 'error', payload: { code: 'disk_full', message: '', id: payload.id } };
             queueMicrotask(() => this.onmessage({ data: JSON.stringify(refusal) }));
         };
         return null",
    )
    .await
    .unwrap();
    mina.says("one").await.unwrap();
    assert_eq!(mina.attribute("held", "data-reason").await.unwrap(), "disk_full");
    assert!(mina.text("held").await.unwrap().contains("the host’s disk is full"));
    for text in ["two", "three"] {
        mina.says(text).await.unwrap();
    }
    let expected = |state: &str| ["one", "two", "three"].map(|text| (text.to_owned(), state.to_owned()));
    assert_eq!(said_by(&mina, "Mina").await, expected("pending"), "not sent, and not given up");

    mina.run("window.full = false; return null").await.unwrap();
    mina.shows_message("Mina", "three").await.unwrap();
    jun.shows_message("Mina", "three").await.unwrap();
    assert_eq!(said_by(&jun, "Mina").await, expected("sent"));
    assert_eq!(mina.run("return document.querySelector(\"[data-testid='held']\")").await.unwrap(), json!(null));
}

/// In the host's place: refuses what is said for the reason in `refuses`, or lets it lie with those in `held`.
const REFUSES: &str = "window.refuses = null;
    window.holds = false;
    window.held = [];
    const send = WebSocket.prototype.send;
    WebSocket.prototype.send = function (text) {
        const { type, payload } = JSON.parse(text);
        if (type !== 'new_message' || !(window.refuses || window.holds)) return send.call(this, text);
        if (window.holds) return window.held.push(() => send.call(this, text));
        const refusal = { type: 'error', payload: { code: window.refuses, message: '', id: payload.id } };
        queueMicrotask(() => this.onmessage({ data: JSON.stringify(refusal) }));
    };
    return null";

#[tokio::test]
async fn what_is_on_its_way_again_is_not_taken_back_and_said_twice() {
    let relay = TestRelay::start().await;
    let browser = Browser::start().await.unwrap();
    let mina = browser.person().await.unwrap();
    let mut jun = relay.join("Jun").await;
    mina.joins(&relay.link(), "Mina").await.unwrap();
    mina.run(REFUSES).await.unwrap();
    mina.run("window.refuses = 'disk_full'; return null").await.unwrap();
    mina.says("only once").await.unwrap();
    mina.find("held").await.unwrap();
    mina.run("window.holds = true; return null").await.unwrap();
    mina.until_true("it goes out again", "return window.held.length === 1").await.unwrap();
    let sending = "return !document.querySelector(\"[data-testid='held']\")
        && !document.querySelector(\"[data-testid='delete']\")
        && !!document.querySelector(\"[data-state='pending']\")";
    mina.until_true("nothing to take back", sending).await.unwrap();
    mina.press(Key::Up).await.unwrap();
    assert_eq!(mina.value("composer").await.unwrap(), "");
    // And it arrives.
    mina.run("window.refuses = null; window.holds = false; window.held.pop()(); return null").await.unwrap();
    mina.shows_message("Mina", "only once").await.unwrap();
    jun.hears("Mina", "only once").await;
    jun.hears_nothing().await;
    assert_eq!(said_by(&mina, "Mina").await.len(), 1);
    assert_eq!(mina.value("composer").await.unwrap(), "");
}

#[tokio::test]
async fn whoever_tries_again_by_keyboard_is_at_the_message_once_it_is_sent() {
    let relay = TestRelay::start().await;
    let browser = Browser::start().await.unwrap();
    let mina = browser.person().await.unwrap();
    mina.joins(&relay.link(), "Mina").await.unwrap();
    mina.run(REFUSES).await.unwrap();
    mina.run("window.refuses = 'muted'; return null").await.unwrap();
    mina.says("after all").await.unwrap();
    mina.find("failed").await.unwrap();
    mina.run("window.refuses = null; window.holds = true; return null").await.unwrap();
    mina.run("document.querySelector(\"[data-testid='retry']\").focus(); return null").await.unwrap();
    mina.press(Key::Enter).await.unwrap();
    let at_it = |state: &str| {
        format!(
            "const it = document.activeElement;
             return it.dataset.testid === 'message' && it.dataset.state === '{state}' && it.innerText.includes('after all')"
        )
    };
    mina.until_true("the focus on what is sent again", &at_it("pending")).await.unwrap();
    mina.run("window.holds = false; window.held.pop()(); return null").await.unwrap();
    mina.until_true("the focus on what is in the log", &at_it("sent")).await.unwrap();

    // What is tried again by itself takes its button along.
    mina.run("window.refuses = 'disk_full'; return null").await.unwrap();
    mina.says("and this").await.unwrap();
    mina.find("held").await.unwrap();
    mina.run("window.holds = true; document.querySelector(\"[data-testid='retry']\").focus(); return null")
        .await
        .unwrap();
    let at_this = "const it = document.activeElement;
        return it.dataset.testid === 'message' && it.innerText.includes('and this')";
    mina.until_true("the focus on the message whose button is gone", at_this).await.unwrap();
}
