//! What the page in the window may not do.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use anyhow::{Context, Result};
use serde_json::json;
use snug_tests::{
    desktop::{DesktopApp, Quit},
    until,
};
use tokio::net::TcpListener;

use crate::{Desk, NOTHING};

/// Everything a page can try to reach the network with, and what it gets. Each calls `done` once.
const ATTEMPTS: [(&str, &str); 12] = [
    ("fetch", "fetch(url).then(() => done('reached'), () => done('refused'))"),
    (
        "WebSocket",
        "try { new WebSocket(url.replace('http', 'ws')).onopen = () => done('reached') } catch { done('refused') }",
    ),
    (
        "XMLHttpRequest",
        "const x = new XMLHttpRequest(); x.open('GET', url); x.onload = () => done('reached'); x.onerror = () => done('refused'); x.send()",
    ),
    ("EventSource", "try { new EventSource(url).onopen = () => done('reached') } catch { done('refused') }"),
    (
        "image",
        "const x = new Image(); x.onload = () => done('reached'); x.onerror = () => done('refused'); x.src = url",
    ),
    (
        "script",
        "const x = document.createElement('script'); x.onload = () => done('reached'); x.onerror = () => done('refused'); x.src = url; document.head.append(x)",
    ),
    (
        "inline script",
        "const x = document.createElement('script'); x.textContent = 'window.ran = true'; document.head.append(x); done(window.ran ? 'reached' : 'refused')",
    ),
    ("eval", "try { eval('1'); done('reached') } catch { done('refused') }"),
    ("beacon", "navigator.sendBeacon(url, 'x'); done('refused')"),
    ("frame", "const x = document.createElement('iframe'); x.src = url; document.body.append(x); done('refused')"),
    (
        "preconnect",
        "const x = document.createElement('link'); x.rel = 'preconnect'; x.href = url; document.head.append(x); done('refused')",
    ),
    ("window", "done(window.open(url) ? 'reached' : 'refused')"),
];

/// Ways off the page. None has an answer: either the page is still there, or it isn't.
const DEPARTURES: [(&str, &str); 4] = [
    ("location", "location.href = url"),
    ("form", "const x = document.createElement('form'); x.action = url; document.body.append(x); x.submit()"),
    ("link", "const x = document.createElement('a'); x.href = url; document.body.append(x); x.click()"),
    ("data", "location.href = 'data:text/html,elsewhere'"),
];

#[tokio::test(flavor = "multi_thread")]
async fn the_page_has_no_network_of_its_own_and_stays_at_home() -> Result<()> {
    let Some(desk) = Desk::alone("confined::the_page_has_no_network_of_its_own_and_stays_at_home")? else {
        return Ok(());
    };
    let (url, visits) = somewhere().await?;
    let app = DesktopApp::start(desk.data()).await?;
    app.find("host-room").await?;
    let home = app.address().await?;

    for (name, attempt) in ATTEMPTS {
        let script = format!("const [url, done] = arguments; {attempt}");
        let answer = app.ask(&script, vec![json!(url)]).await.context(name)?;
        assert_eq!(answer, "refused", "{name}");
    }
    for (name, departure) in DEPARTURES {
        // The shell answers each in its log: that is when it's over.
        let refused = app.log()?.matches(REFUSED).count();
        let script = format!("const [url, done] = arguments; {departure}; done()");
        app.ask(&script, vec![json!(url)]).await.context(name)?;
        if name != "form" {
            // A form is stopped earlier, by the Content-Security-Policy.
            until(name, async || (app.log().ok()?.matches(REFUSED).count() > refused).then_some(())).await?;
        }
        assert_eq!(app.address().await?, home, "{name}");
    }
    app.find("host-room").await?;
    assert_eq!(visits.load(Ordering::SeqCst), 0, "somebody came by");
    app.quit(Quit::Terminate).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_can_ask_for_nothing_but_the_apps_own_commands() -> Result<()> {
    let Some(desk) = Desk::alone("confined::the_page_can_ask_for_nothing_but_the_apps_own_commands")? else {
        return Ok(());
    };
    let app = DesktopApp::start(desk.data()).await?;
    app.find("host-room").await?;
    let invoke = "const [command, payload, done] = arguments;
        window.__TAURI_INTERNALS__.invoke(command, payload).then(() => done('done'), error => done(error?.code ?? 'forbidden'))";
    for (command, payload, expected) in [
        ("plugin:event|emit", json!({ "event": "x" }), "forbidden"),
        ("plugin:window|set_title", json!({ "label": "main", "value": "x" }), "forbidden"),
        ("plugin:webview|create_webview_window", json!({ "options": { "label": "x" } }), "forbidden"),
        ("open_link", json!({ "url": "file:///etc/passwd" }), "bad_link"),
        ("open_link", json!({ "url": "javascript:alert(1)" }), "bad_link"),
        (
            "connect",
            json!({ "addresses": ["user@host/path"], "known": null, "events": "__CHANNEL__:1" }),
            "bad_address",
        ),
        ("connect", json!({ "addresses": ["127.0.0.1:1"], "known": null, "events": "__CHANNEL__:1" }), "unreachable"),
        ("send", json!({ "connection": 7, "text": "x" }), "not_connected"),
        ("send", json!({ "connection": "x" }), "bad_input"),
        ("host_room", json!({ "room": "nosuch00", "name": "x", "nickname": "x" }), "no_such_room"),
        ("host_room", json!({ "room": "../up", "name": "x", "nickname": "x" }), "bad_input"),
        ("host_room", json!({ "room": null, "name": "x".repeat(200), "nickname": "x" }), "bad_input"),
    ] {
        let answer = app.ask(invoke, vec![json!(command), payload]).await.context(command)?;
        assert_eq!(answer, expected, "{command}");
    }
    assert_eq!(app.listening()?, NOTHING, "no failure left anything listening");
    app.quit(Quit::Terminate).await
}

/// As the shell writes it when it keeps the page at home.
const REFUSED: &str = "the page tried to go elsewhere";

/// A server that counts who comes by.
async fn somewhere() -> Result<(String, Arc<AtomicUsize>)> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let url = format!("http://{}/", listener.local_addr()?);
    let visits = Arc::new(AtomicUsize::new(0));
    let counted = visits.clone();
    tokio::spawn(async move {
        while listener.accept().await.is_ok() {
            counted.fetch_add(1, Ordering::SeqCst);
        }
    });
    Ok((url, visits))
}
