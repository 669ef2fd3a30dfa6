//! The real window: hosting from it, guests through the link it shows, quitting, coming back, and what
//! its page may not do. One at a time, because a room's port is the machine's.

use std::{
    fs,
    net::SocketAddr,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use anyhow::{Context, Result};
use serde_json::json;
use snug_relay::wire::{ClientFrame, Join};
use snug_tests::{
    TestClient, TestRelay,
    desktop::{DesktopApp, Quit},
    until,
};
use tempfile::TempDir;
use tokio::{
    net::TcpListener,
    sync::{Mutex, MutexGuard},
};

/// The one desk everybody takes turns at.
static DESK: Mutex<()> = Mutex::const_new(());

/// A turn, and a directory for settings and rooms that goes with it.
struct Turn {
    data: TempDir,
    _desk: MutexGuard<'static, ()>,
}

impl Turn {
    async fn wait() -> Result<Self> {
        Ok(Self { _desk: DESK.lock().await, data: tempfile::tempdir()? })
    }

    fn data(&self) -> &Path {
        self.data.path()
    }
}

/// An invite link's parts.
#[derive(Debug, PartialEq)]
struct Link {
    addr: SocketAddr,
    room: String,
    secret: String,
}

impl Link {
    fn parse(link: &str) -> Result<Self> {
        let parts = || {
            let (authority, path) = link.strip_prefix("http://")?.split_once('/')?;
            let (room, secret) = path.strip_prefix("r/")?.split_once('#')?;
            Some(Self { addr: authority.parse().ok()?, room: room.to_owned(), secret: secret.to_owned() })
        };
        parts().with_context(|| format!("{link:?} is no invite link"))
    }
}

/// Opens the invite, reads the link, and closes it again.
async fn shown_link(app: &DesktopApp) -> Result<Link> {
    app.click("invite-open").await?;
    let link = Link::parse(&app.text("invite-link").await?)?;
    app.close_dialog().await?;
    Ok(link)
}

/// Somebody who follows a link.
async fn guest(link: &Link, nickname: &str) -> TestClient {
    let mut guest = TestClient::connect(link.addr).await;
    guest
        .send(&ClientFrame::Join(Join {
            room: Some(link.room.clone()),
            secret: Some(link.secret.clone()),
            nickname: Some(nickname.to_owned()),
            device: Some(format!("{nickname}-device-of-a-guest")),
            since: None,
        }))
        .await;
    guest.welcomed().await;
    guest
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_joins_through_the_shown_link_and_both_see_both_messages() -> Result<()> {
    let turn = Turn::wait().await?;
    let app = DesktopApp::start(turn.data()).await?;
    app.type_into("host-nickname", "Mina").await?;
    app.type_into("host-room-name", "Kitchen table").await?;
    app.click("host-room").await?;
    assert_eq!(app.text("room-name").await?, "Kitchen table");

    let mut jun = guest(&shown_link(&app).await?, "Jun").await;
    app.until_text("people-count", "2").await?;
    app.says("Soup is ready").await?;
    jun.hears("Mina", "Soup is ready").await;
    jun.says("On my way").await;
    jun.hears("Jun", "On my way").await;
    app.shows_message("Mina", "Soup is ready").await?;
    app.shows_message("Jun", "On my way").await?;

    app.says("국이 <b>뜨거워요</b>").await?;
    jun.hears("Mina", "국이 <b>뜨거워요</b>").await;
    app.shows_message("Mina", "국이 <b>뜨거워요</b>").await?;
    jun.says("맛있겠다 🍲\n<script>alert(1)</script>").await;
    app.shows_message("Jun", "맛있겠다 🍲\n<script>alert(1)</script>").await?;

    jun.leaves().await;
    app.until_text("people-count", "1").await?;
    app.quit(Quit::Terminate).await
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_listens_before_hosting_nor_after_stopping() -> Result<()> {
    let turn = Turn::wait().await?;
    let app = DesktopApp::start(turn.data()).await?;
    app.find("host-room").await?;
    assert_eq!(app.listening()?, NOTHING, "before Host a room");

    app.click("host-room").await?;
    let link = shown_link(&app).await?;
    assert_eq!(app.listening()?, [link.addr.port()], "while hosting");

    // With a guest inside, the app asks first.
    let mut jun = guest(&link, "Jun").await;
    app.until_text("people-count", "2").await?;
    app.click("stop-hosting").await?;
    app.click("confirm-stop").await?;
    app.find("host-room").await?;
    assert_eq!(jun.is_closed().await, Some(GOING_AWAY));
    assert_eq!(app.listening()?, NOTHING, "after Stop hosting");
    expect_free(link.addr.port()).await?;
    app.quit(Quit::Terminate).await
}

#[tokio::test(flavor = "multi_thread")]
async fn however_the_app_ends_guests_are_told_and_the_port_is_free() -> Result<()> {
    let turn = Turn::wait().await?;
    for quit in [Quit::Window, Quit::Interrupt, Quit::Terminate] {
        let app = DesktopApp::start(turn.data()).await?;
        app.click("host-room").await?;
        let link = shown_link(&app).await?;
        let mut jun = guest(&link, "Jun").await;
        app.quit(quit).await.with_context(|| format!("{quit:?}"))?;
        assert_eq!(jun.is_closed().await, Some(GOING_AWAY), "{quit:?}");
        expect_free(link.addr.port()).await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_room_is_offered_again_with_its_history_port_and_link() -> Result<()> {
    let turn = Turn::wait().await?;
    let app = DesktopApp::start(turn.data()).await?;
    app.type_into("host-nickname", "Mina").await?;
    app.click("host-room").await?;
    let name = app.text("room-name").await?;
    app.says("Still here tomorrow?").await?;
    app.shows_message("Mina", "Still here tomorrow?").await?;
    let link = shown_link(&app).await?;
    app.quit(Quit::Window).await?;

    let app = DesktopApp::start(turn.data()).await?;
    app.find("host-room").await?;
    assert_eq!(app.listening()?, NOTHING, "being offered is not being hosted");
    app.click("host-again").await?;
    assert_eq!(app.text("room-name").await?, name);
    app.shows_message("Mina", "Still here tomorrow?").await?;
    assert_eq!(shown_link(&app).await?, link);
    // The same device is the same member, under the same name.
    app.says("Of course").await?;
    app.shows_message("Mina", "Of course").await?;
    assert_eq!(guest(&link, "Jun").await.events.len(), 2);
    app.quit(Quit::Window).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_loaded_anew_is_back_in_its_room_alone() -> Result<()> {
    let turn = Turn::wait().await?;
    let app = DesktopApp::start(turn.data()).await?;
    app.type_into("host-nickname", "Mina").await?;
    app.click("host-room").await?;
    let link = shown_link(&app).await?;
    let mut jun = guest(&link, "Jun").await;
    app.until_text("people-count", "2").await?;
    app.reload().await?;
    app.until_text("people-count", "2").await?;
    app.says("Hello again").await?;
    jun.hears("Mina", "Hello again").await;
    // The page before left no connection behind.
    assert_eq!(app.connections_to(link.addr.port())?, 1);
    app.quit(Quit::Terminate).await
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_elses_room_is_joined_through_its_link() -> Result<()> {
    let turn = Turn::wait().await?;
    let relay = TestRelay::start().await;
    let mut jun = relay.join("Jun").await;
    let app = DesktopApp::start(turn.data()).await?;
    app.type_into("host-nickname", "Mina").await?;
    app.type_into("join-link", &relay.invite.link(relay.addr())).await?;
    app.click("join-button").await?;
    assert_eq!(app.text("room-name").await?, "Den");
    jun.says("Come in").await;
    jun.hears("Jun", "Come in").await;
    app.shows_message("Jun", "Come in").await?;
    app.says("Thank you").await?;
    jun.hears("Mina", "Thank you").await;
    assert_eq!(app.listening()?, NOTHING, "a guest listens to nobody");
    app.quit(Quit::Terminate).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_that_is_taken_moves_the_room_and_says_so() -> Result<()> {
    let turn = Turn::wait().await?;
    let app = DesktopApp::start(turn.data()).await?;
    app.click("host-room").await?;
    let before = shown_link(&app).await?;
    app.quit(Quit::Terminate).await?;

    let _taken = TcpListener::bind(("0.0.0.0", before.addr.port())).await?;
    let app = DesktopApp::start(turn.data()).await?;
    app.click("host-again").await?;
    app.click("invite-open").await?;
    let after = Link::parse(&app.text("invite-link").await?)?;
    assert_ne!(after.addr.port(), before.addr.port());
    assert_eq!((&after.room, &after.secret), (&before.room, &before.secret));
    app.until_shown(&format!("Port {} was taken", before.addr.port())).await?;
    assert_eq!(guest(&after, "Jun").await.count, 2);
    app.quit(Quit::Terminate).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_that_cant_be_written_is_explained_in_the_window() -> Result<()> {
    let turn = Turn::wait().await?;
    // A file in its way stops even those whom no permission stops.
    fs::write(turn.data().join("file"), "in the way")?;
    let app = DesktopApp::start(&turn.data().join("file/data")).await?;
    app.click("host-room").await?;
    assert_eq!(app.attribute("problem", "data-code").await?, "data_not_writable");
    let told = app.text("problem").await?;
    assert!(told.contains("file/data"), "it names the place: {told}");
    assert_eq!(app.listening()?, NOTHING);
    app.quit(Quit::Terminate).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_database_is_explained_in_the_window_and_left_alone() -> Result<()> {
    let turn = Turn::wait().await?;
    let rooms = turn.data().join("rooms");
    let database = rooms.join("snug.db");
    fs::create_dir(&rooms)?;
    fs::write(&database, "no database, but somebody's notes\n".repeat(200))?;
    let app = DesktopApp::start(turn.data()).await?;
    app.click("host-room").await?;
    assert_eq!(app.attribute("problem", "data-code").await?, "data_corrupt");
    let told = app.text("problem").await?;
    assert!(told.contains("snug.db"), "it names the file: {told}");
    assert_eq!(app.listening()?, NOTHING);
    assert!(fs::read_to_string(&database)?.starts_with("no database, but somebody's notes"));
    app.quit(Quit::Terminate).await
}

#[tokio::test(flavor = "multi_thread")]
async fn damaged_settings_are_set_aside_and_the_app_starts() -> Result<()> {
    let turn = Turn::wait().await?;
    fs::write(turn.data().join("settings.json"), "{ \"nickname\": \"Mi")?;
    let app = DesktopApp::start(turn.data()).await?;
    app.find("host-room").await?;
    app.quit(Quit::Terminate).await?;
    let names = fs::read_dir(turn.data())?.map(|entry| Ok(entry?.file_name().into_string().unwrap_or_default()));
    let names: Vec<String> = names.collect::<Result<_>>()?;
    assert!(names.iter().any(|name| name.starts_with("settings.damaged-")), "{names:?}");
    Ok(())
}

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
    let turn = Turn::wait().await?;
    let (url, visits) = somewhere().await?;
    let app = DesktopApp::start(turn.data()).await?;
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
    let turn = Turn::wait().await?;
    let app = DesktopApp::start(turn.data()).await?;
    app.find("host-room").await?;
    let invoke = "const [command, payload, done] = arguments;
        window.__TAURI_INTERNALS__.invoke(command, payload).then(() => done('done'), error => done(error?.code ?? 'forbidden'))";
    for (command, payload, expected) in [
        ("plugin:event|emit", json!({ "event": "x" }), "forbidden"),
        ("plugin:window|set_title", json!({ "label": "main", "value": "x" }), "forbidden"),
        ("plugin:webview|create_webview_window", json!({ "options": { "label": "x" } }), "forbidden"),
        ("open_link", json!({ "url": "file:///etc/passwd" }), "bad_link"),
        ("open_link", json!({ "url": "javascript:alert(1)" }), "bad_link"),
        ("connect", json!({ "address": "user@host/path", "events": "__CHANNEL__:1" }), "bad_address"),
        ("connect", json!({ "address": "127.0.0.1:1", "events": "__CHANNEL__:1" }), "unreachable"),
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

/// What listens while nobody hosts.
const NOTHING: [u16; 0] = [];

/// The close code of a host that stops.
const GOING_AWAY: u16 = 1001;

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

/// Fails unless everyone may listen on this port.
async fn expect_free(port: u16) -> Result<()> {
    TcpListener::bind(("0.0.0.0", port)).await.with_context(|| format!("port {port} is not free"))?;
    Ok(())
}
