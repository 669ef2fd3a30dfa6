//! What only the shell can know, and the window tells in words: whether others can get here, what stood in the way of
//! hosting, who it was that answered. All of it is looked at, and so it is the page that is told it, not the shell that
//! finds it out.

use anyhow::Result;
use serde_json::{Value, json};
use snug_tests::{
    TestRelay,
    axe::nothing_in_the_way,
    desktop::{DesktopApp, Quit},
};

use crate::Desk;

/// Has commands answered by what stands in `window.answers`, where it has something for them.
pub(crate) const ANSWERS: &str = "
    const asks = window.fetch;
    window.answers = {};
    window.fetch = (url, how) => {
        const answer = answers[String(url).split('/').at(-1)];
        if (!answer) return asks(url, how);
        const headers = { 'content-type': 'application/json', 'Tauri-Response': 'error' in answer ? 'error' : 'ok' };
        return Promise.resolve(new Response(JSON.stringify(answer.error ?? answer.ok), { headers }));
    };
    return null";

pub(crate) async fn answers(app: &DesktopApp, command: &str, answer: &Value) -> Result<()> {
    app.run(&format!("answers.{command} = {answer}; return null")).await.map(drop)
}

#[tokio::test(flavor = "multi_thread")]
async fn whether_others_can_get_here() -> Result<()> {
    let Some(desk) = Desk::alone("told::whether_others_can_get_here")? else { return Ok(()) };
    let app = DesktopApp::start(desk.data()).await?;
    app.type_into("host-nickname", "Mina").await?;
    app.click("host-room").await?;
    app.until_connection("online").await?;
    app.run(ANSWERS).await?;
    let link = |address: &str, adapter: &str, kind: &str| json!({ "link": format!("http://{address}/r/abcdefgh#AAAAAAAAAAAAAAAAAAAAAA"), "address": address, "adapter": adapter, "kind": kind });
    let links = json!([
        link("192.168.1.20:7684", "Wi-Fi", "default"),
        link("10.8.0.3:7684", "Tailscale Tunnel", "virtual"),
        link("minas-laptop.local:7684", "", "name"),
        link("[2001:db8:85a3::8a2e:370:7334]:7684", "Intel(R) Ethernet Connection I219-V", "other"),
    ]);
    let command = "sudo firewall-cmd --zone=public --add-port=7684/tcp --permanent && sudo firewall-cmd --reload";
    let verdicts = [
        ("proven", json!({})),
        ("likely", json!({})),
        ("doubtful", json!({ "cause": "tunnel", "adapter": "Tailscale Tunnel" })),
        ("doubtful", json!({ "cause": "no_router" })),
        (
            "doubtful",
            json!({ "cause": "firewall", "firewall": "nftables", "command": "sudo nft add rule inet filter input tcp dport 7684 accept" }),
        ),
        ("impossible", json!({ "cause": "firewall", "firewall": "firewalld", "command": command })),
        ("doubtful", json!({ "cause": "firewall", "firewall": "windows" })),
        ("impossible", json!({ "cause": "firewall", "firewall": "macos" })),
        ("impossible", json!({ "cause": "no_network" })),
        ("impossible", json!({ "cause": "loopback_only" })),
        ("doubtful", json!({ "cause": "only_virtual", "adapter": "Tailscale Tunnel" })),
        ("impossible", json!({ "cause": "silent" })),
    ];
    app.click("invite-open").await?;
    app.find("verdict").await?;
    for (reach, more) in verdicts {
        let mut verdict = json!({ "reach": reach, "cause": null, "adapter": null, "firewall": null, "command": null });
        verdict.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        answers(&app, "invites", &json!({ "ok": { "links": links, "verdict": verdict } })).await?;
        let cause = verdict["cause"].as_str().unwrap_or_default();
        let firewall = verdict["firewall"].as_str().unwrap_or_default();
        let told = format!(
            "const it = document.querySelector('[data-testid=verdict]').dataset;
             return it.reach === '{reach}' && it.cause === '{cause}'
                 && document.querySelector('[data-testid=verdict]').innerText.toLowerCase().includes('{firewall}')"
        );
        app.until_true(&format!("{reach} {cause} {firewall}"), &told).await?;
        nothing_in_the_way(&app, &format!("the verdict, {reach} {cause} {firewall}")).await;
    }
    app.quit(Quit::Terminate).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stands_in_the_way_of_hosting_and_of_joining() -> Result<()> {
    let Some(desk) = Desk::alone("told::what_stands_in_the_way_of_hosting_and_of_joining")? else { return Ok(()) };
    let app = DesktopApp::start(desk.data()).await?;
    app.find("host-room").await?;
    app.run(ANSWERS).await?;
    for code in ["port_taken", "disk_full", "data_newer", "data_in_use", "no_such_room", "bad_input", "io"] {
        answers(&app, "host_room", &json!({ "error": { "code": code, "message": "os error 28: /home/mina/.local/share/snug/rooms/snug.db", "address": null } })).await?;
        app.click("host-room").await?;
        app.until_true(
            code,
            &format!("return document.querySelector('[data-testid=problem]')?.dataset.code === '{code}'"),
        )
        .await?;
        nothing_in_the_way(&app, &format!("hosting failed, {code}")).await;
    }
    for code in ["unreachable", "refused", "unproven", "bad_address"] {
        answers(&app, "connect", &json!({ "error": { "code": code, "message": "", "address": "192.168.1.20:7684" } }))
            .await?;
        app.type_into("join-link", "http://192.168.1.20:7684/r/abcdefgh#AAAAAAAAAAAAAAAAAAAAAA").await?;
        app.click("join-button").await?;
        app.until_true(
            code,
            &format!("return document.querySelector('[data-testid=refusal]')?.dataset.reason === '{code}'"),
        )
        .await?;
        nothing_in_the_way(&app, &format!("not let in, {code}")).await;
        app.run("[...document.querySelectorAll('.card-actions button:not([data-testid=trust-host])')][0].click(); return null").await?;
    }
    // And once one is in, when somebody else has the host's address.
    app.run("answers = {}; return null").await?;
    let relay = TestRelay::start().await;
    app.type_into("join-link", &relay.link()).await?;
    app.click("join-button").await?;
    app.until_connection("online").await?;
    answers(
        &app,
        "connect",
        &json!({ "error": { "code": "unproven", "message": "", "address": "192.168.1.20:7684" } }),
    )
    .await?;
    let _away = relay.pause().await;
    app.find("trust-host").await?;
    nothing_in_the_way(&app, "another computer where the host was").await;
    app.quit(Quit::Terminate).await
}
