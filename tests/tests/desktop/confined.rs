//! What the page in the window may not do.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use anyhow::{Context, Result};
use serde_json::json;
use snug_tests::{
    TestRelay,
    desktop::{DesktopApp, Quit},
    until,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

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
        (
            "notify_of_knock",
            json!({ "notice": { "title": " ", "body": "x", "member": null, "let_in": "x", "turn_away": "x" } }),
            "bad_input",
        ),
        (
            "notify_of_knock",
            json!({ "notice": { "title": "x", "body": "x", "member": "no id", "let_in": "x", "turn_away": "x" } }),
            "bad_input",
        ),
        ("host_room", json!({ "room": "nosuch00", "name": "x", "nickname": "x" }), "no_such_room"),
        ("host_room", json!({ "room": "../up", "name": "x", "nickname": "x" }), "bad_input"),
        ("host_room", json!({ "room": null, "name": "x".repeat(200), "nickname": "x" }), "bad_input"),
    ] {
        let answer = app.ask(invoke, vec![json!(command), payload]).await.context(command)?;
        assert_eq!(answer, expected, "{command}");
    }
    // Everything at once that a command may be given, and none of it any good.
    let all = "const [commands, names, done] = arguments;
        const absurd = [null, true, -1, 1e300, '', '\\u0000\\r\\n\\u202e', '../../etc/passwd', 'file:///etc/passwd', [[], {}], { toString: 'x' }];
        const took = [];
        const attempt = async (command, payload, said) => {
            try { await window.__TAURI_INTERNALS__.invoke(command, payload); took.push(command + ' ' + said) } catch {}
        };
        (async () => {
            for (const command of commands) {
                for (const it of absurd) await attempt(command, Object.fromEntries(names.map(name => [name, it])), JSON.stringify(it));
            }
            const long = 'x'.repeat(5 * 1024 * 1024);
            for (const command of ['send', 'copy_text', 'open_link']) await attempt(command, { connection: 1, text: long, url: long }, 'much');
            done(took)
        })()";
    let tried: Vec<_> = commands().filter(|command| !HARMLESS.contains(command)).collect();
    let took = app.ask(all, vec![json!(tried), json!(ARGUMENTS)]).await?;
    assert_eq!(took, json!([]), "taken though absurd");
    assert_eq!(app.listening()?, NOTHING, "no failure left anything listening");
    app.quit(Quit::Terminate).await
}

/// What commands call their arguments.
const ARGUMENTS: [&str; 26] = [
    "room",
    "name",
    "nickname",
    "addresses",
    "known",
    "events",
    "connection",
    "text",
    "link",
    "others",
    "mark",
    "hostKey",
    "hosted",
    "url",
    "subject",
    "body",
    "title",
    "message",
    "address",
    "ticket",
    "hash",
    "from",
    "language",
    "zone",
    "progress",
    "count",
];

/// Commands that take nothing, or have nothing to lose whatever they are given.
const HARMLESS: [&str; 19] = [
    "shell_state",
    "follow",
    "look_around",
    "show_nearby",
    "show_tray",
    "close_to_tray",
    "quit_app",
    "invites",
    "stop_hosting",
    "disconnect",
    "remember_nickname",
    "forget_room",
    "forget_host_key",
    "write_mail",
    "copy_text",
    // Words to be shown, whatever they are.
    "notify",
    "take_back_notification",
    // Without one to show.
    "notify_of_knock",
    // Without one that is being saved.
    "stop_archive",
];

/// Every command the shell answers.
fn commands() -> impl Iterator<Item = &'static str> {
    let list = include_str!("../../../src-tauri/permissions/page.toml").split("commands.allow = [").nth(1);
    list.unwrap_or_default().split('"').skip(1).step_by(2)
}

/// The window goes to a page of somebody else's, as nothing of ours ever lets it, and that page tries everything:
/// a relay's own, and one by a relay that was rebuilt to do harm and sends no policy along.
#[tokio::test(flavor = "multi_thread")]
async fn a_relays_page_in_the_window_can_call_no_command() -> Result<()> {
    let Some(desk) = Desk::alone("confined::a_relays_page_in_the_window_can_call_no_command")? else { return Ok(()) };
    let relay = TestRelay::open().await;
    let app = DesktopApp::start_let_loose(desk.data()).await?;
    app.find("host-room").await?;
    for page in [format!("http://{}/", relay.addr()), rebuilt().await?] {
        app.client().goto(&page).await?;
        assert!(app.address().await?.starts_with(&page), "by force, it is there");
        call_everything(&app).await.context(page)?;
        assert_eq!(app.listening()?, NOTHING, "nothing was hosted");
    }
    let settings = std::fs::read_to_string(desk.data().join("settings.json")).unwrap_or_default();
    assert!(!settings.contains("Mallory") && !settings.contains("Trap"), "{settings}");
    app.quit(Quit::Terminate).await
}

/// Calls each command in each way a page might, and fails if one is obeyed.
async fn call_everything(app: &DesktopApp) -> Result<()> {
    let asked = "const [command, payload, done] = arguments;
        const shell = window.__TAURI_INTERNALS__;
        if (!shell) done('no shell');
        else shell.invoke(command, payload).then(() => done('done'), error => done(String(error?.code ?? error)));
        setTimeout(() => done('no answer'), 2000)";
    let posted = "const [message, done] = arguments;
        try { window.ipc?.postMessage(message); window.webkit?.messageHandlers?.ipc?.postMessage(message) } catch {}
        done('posted')";
    let fetched = "const [command, payload, done] = arguments;
        fetch('ipc://localhost/' + command, { method: 'POST', body: payload, headers: { 'content-type': 'application/json' } })
            .then(answer => done(answer.ok ? 'done' : 'refused'), () => done('refused'))";
    let payload = json!({
        "room": null, "name": "Trap", "nickname": "Mallory", "on": true, "connection": 1, "text": "x", "words": null,
        "addresses": ["127.0.0.1:1"], "known": null, "events": "__CHANNEL__:1", "link": "", "others": [], "mark": null,
        "hosted": true, "url": "http://127.0.0.1:1/", "subject": "x", "body": "x", "title": "x", "message": "x", "count": 1,
    });
    let commands: Vec<_> = commands().collect();
    assert!(commands.len() > 20, "{commands:?}");
    for command in commands {
        let answer = app.ask(asked, vec![json!(command), payload.clone()]).await.context(command)?;
        let answer = answer.as_str().unwrap_or_default().to_owned();
        // Refused by name, or not even heard: nothing a command itself would say.
        assert!(answer.contains("not allowed") || answer.contains("no shell"), "{command}: {answer}");
        let message = json!({ "cmd": command, "callback": 1, "error": 2, "payload": payload, "options": {} });
        app.ask(posted, vec![json!(message.to_string())]).await.context(command)?;
        let answer = app.ask(fetched, vec![json!(command), json!(payload.to_string())]).await.context(command)?;
        assert_eq!(answer, "refused", "{command}");
    }
    Ok(())
}

/// A server whose page forbids itself nothing.
async fn rebuilt() -> Result<String> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let url = format!("http://{}/", listener.local_addr()?);
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let _asked = socket.read(&mut [0; 4096]).await;
            let page = "<!doctype html><title>Snug</title><p>welcome";
            let answer = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{page}",
                page.len()
            );
            let _answered = socket.write_all(answer.as_bytes()).await;
        }
    });
    Ok(url)
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
