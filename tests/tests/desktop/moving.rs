//! A host whose address changes under a live room.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use anyhow::Result;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use snug_tests::{
    Lan, Link,
    axe::nothing_in_the_way,
    desktop::{DesktopApp, Quit},
    network,
};
use tokio::{net::TcpListener, task::JoinHandle, time::Instant};
use tokio_tungstenite::{
    accept_hdr_async,
    tungstenite::{
        Message,
        handshake::server::{ErrorResponse, Request, Response},
        http::HeaderValue,
    },
};

/// By then guests are back.
const BACK: Duration = Duration::from_secs(5);

#[tokio::test(flavor = "multi_thread")]
async fn guests_follow_a_host_to_another_address_and_so_do_link_and_code() -> Result<()> {
    let Some(mut lan) = Lan::alone("moving::guests_follow_a_host_to_another_address_and_so_do_link_and_code")? else {
        return Ok(());
    };
    let (here, there) = (tempfile::tempdir()?, tempfile::tempdir()?);
    let machine = lan.machine()?;
    let mina = DesktopApp::start(here.path()).await?;
    let jun = DesktopApp::start_on(&machine, there.path()).await?;
    mina.type_into("host-nickname", "Mina").await?;
    mina.click("host-room").await?;
    mina.click("invite-open").await?;
    let link = mina.text("invite-link").await?;
    jun.type_into("host-nickname", "Jun").await?;
    jun.type_into("join-link", &link).await?;
    jun.click("join-button").await?;
    jun.says("Here I am").await?;
    jun.until_true("it is sent", SENT).await?;
    jun.run("window.sameAsBefore = true; return null").await?;

    let to = Ipv4Addr::new(10, 84, 0, 77);
    let code = mina.run(CODE).await?;
    lan.moves(network::ADDRESS.into(), IpAddr::V4(to))?;
    let began = Instant::now();
    jun.says("And still here").await?;
    jun.until_true("what is said after it is sent", &format!("{SENT} && {COUNT} === 2")).await?;
    let took = began.elapsed();
    assert!(took < BACK, "it took {took:?}");
    assert_eq!(jun.run("return window.sameAsBefore").await?, true, "without a reload");

    // Under the host's eyes, without a click.
    let moved = link.replace(&network::ADDRESS.to_string(), &to.to_string());
    mina.until_text("invite-link", &moved).await?;
    assert_ne!(mina.run(CODE).await?, code, "the code is of the new link");
    mina.close_dialog().await?;
    mina.find("relinked").await?;
    nothing_in_the_way(&mina, "the link is another one").await;
    mina.quit(Quit::Window).await?;
    jun.quit(Quit::Terminate).await?;

    // The next day another machine has the address it was at, as in any other network: it hears not a word.
    lan.moves(IpAddr::V4(to), IpAddr::V4(Ipv4Addr::new(10, 84, 0, 78)))?;
    lan.ip(&format!("address add {to}/24 dev snug0"))?;
    let stranger = Stranger::at((to, Link::parse(&link).addr.port()).into(), Link::parse(&link).room()).await?;
    let jun = DesktopApp::start_on(&machine, there.path()).await?;
    jun.click("join-again").await?;
    jun.find("trust-host").await?;
    nothing_in_the_way(&jun, "a host that couldn't prove itself").await;
    // Nor does whoever names the room in a link of their own, to a message in it or with a key.
    jun.click("give-up").await?;
    let at = format!("{to}:{}", Link::parse(&link).addr.port());
    let link = Link::parse(&link);
    let room = link.room();
    for given in [format!("http://{at}/r/{room}#m=01abc"), format!("http://{at}/r/{room}#AAAAAAAAAAAAAAAAAAAAAA")] {
        jun.type_into("join-link", &given).await?;
        jun.click("join-button").await?;
        jun.find("trust-host").await?;
        jun.click("give-up").await?;
    }
    assert_eq!(stranger.heard(), [""; 0]);
    // By a bare address, which names no room, it is told who comes, as any stranger is, and nothing more: neither what
    // opens that room nor what waits to be said there.
    jun.type_into("join-link", &at).await?;
    jun.click("join-button").await?;
    jun.find("trust-host").await?;
    jun.click("give-up").await?;
    let heard = stranger.heard();
    let [join] = &heard[..] else { panic!("more than one thing was said: {heard:?}") };
    let join: Value = serde_json::from_str(join)?;
    assert_eq!(join["type"], "join");
    assert!(["room", "secret", "host", "since"].iter().all(|key| join["payload"].get(key).is_none()), "{join}");
    jun.click("join-again").await?;
    jun.find("trust-host").await?;
    let (came, heard) = stranger.leaves();
    assert!(came > 4 && heard.len() == 1, "{came} connections, on which was said: {heard:?}");
    lan.ip(&format!("address del {to}/24 dev snug0"))?;

    // And the guest's app finds the host at yet another one, by itself.
    let mina = DesktopApp::start(here.path()).await?;
    mina.click("host-again").await?;
    jun.shows_message("Jun", "And still here").await?;
    mina.quit(Quit::Terminate).await?;
    jun.quit(Quit::Terminate).await
}

/// Somebody who speaks as a relay does, and writes down what is said to them. Whoever asks to be let in without saying where
/// is welcomed to a room that isn't theirs.
struct Stranger {
    listening: JoinHandle<()>,
    came: Arc<AtomicUsize>,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Stranger {
    async fn at(address: SocketAddr, room: &str) -> Result<Self> {
        let welcome = welcome_to(room);
        let listener = TcpListener::bind(address).await?;
        let (came, heard) = (Arc::new(AtomicUsize::new(0)), Arc::new(Mutex::new(Vec::new())));
        let (counts, writes) = (came.clone(), heard.clone());
        let listening = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                #[expect(clippy::result_large_err, reason = "the callback's type is tungstenite's")]
                let agree = |_: &Request, mut response: Response| -> Result<Response, ErrorResponse> {
                    let protocol = HeaderValue::from_static("snug.v1");
                    response.headers_mut().insert("sec-websocket-protocol", protocol);
                    Ok(response)
                };
                let Ok(mut socket) = accept_hdr_async(stream, agree).await else { continue };
                counts.fetch_add(1, Ordering::SeqCst);
                while let Some(Ok(message)) = socket.next().await {
                    if message.is_close() {
                        continue;
                    }
                    writes.lock().expect("nobody panics").push(message.to_string());
                    let _gone = socket.send(Message::text(&welcome)).await;
                }
            }
        });
        Ok(Self { listening, came, heard })
    }

    /// What was said until now.
    fn heard(&self) -> Vec<String> {
        self.heard.lock().expect("nobody panics").clone()
    }

    /// How often somebody came, and all they said.
    fn leaves(self) -> (usize, Vec<String>) {
        self.listening.abort();
        let heard = self.heard();
        (self.came.load(Ordering::SeqCst), heard)
    }
}

fn welcome_to(room: &str) -> String {
    let payload = json!({
        "you": { "member": "jun", "nickname": "Jun", "host": false, "ticket": "jun.t" },
        "room": { "id": room, "name": "Yours", "door": "open", "every_ms": 0, "files": { "bytes": 1, "days": 0 } },
        "epoch": "e", "head": 0, "resumed": false, "events": [], "members": [], "count": 1,
        "limits": { "text_bytes": 100, "text_chars": 100, "nickname_chars": 40, "room_name_chars": 40 },
    });
    json!({ "type": "welcome", "payload": payload }).to_string()
}

/// The code's own drawing.
const CODE: &str = "return document.querySelector('.qr path')?.getAttribute('d')";
const SENT: &str =
    "return [...document.querySelectorAll(\"[data-testid='message']\")].every((it) => it.dataset.state === 'sent')";
const COUNT: &str = "document.querySelectorAll(\"[data-testid='message']\").length";
