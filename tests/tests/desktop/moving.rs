//! A host whose address changes under a live room.

use std::{
    net::{IpAddr, Ipv4Addr},
    time::Duration,
};

use anyhow::Result;
use snug_tests::{
    Lan,
    desktop::{DesktopApp, Quit},
    network,
};
use tokio::time::Instant;

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
    mina.quit(Quit::Window).await?;
    jun.quit(Quit::Terminate).await?;

    // And the next day the guest's app finds it at yet another one.
    lan.moves(IpAddr::V4(to), IpAddr::V4(Ipv4Addr::new(10, 84, 0, 78)))?;
    let mina = DesktopApp::start(here.path()).await?;
    mina.click("host-again").await?;
    let jun = DesktopApp::start_on(&machine, there.path()).await?;
    jun.click("join-again").await?;
    jun.shows_message("Jun", "And still here").await?;
    mina.quit(Quit::Terminate).await?;
    jun.quit(Quit::Terminate).await
}

/// The code's own drawing.
const CODE: &str = "return document.querySelector('.qr path')?.getAttribute('d')";
const SENT: &str =
    "return [...document.querySelectorAll(\"[data-testid='message']\")].every((it) => it.dataset.state === 'sent')";
const COUNT: &str = "document.querySelectorAll(\"[data-testid='message']\").length";
