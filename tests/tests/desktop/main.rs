//! The real window, each time in a network of its own: hosting from it, guests through the link it
//! shows, quitting, coming back, and what its page may not do.

mod hosting;

mod accessible;
mod asking;
mod away;
mod confined;
mod engine;
mod files;
mod inviting;
mod moving;
mod nearby;
mod notifying;
mod opened;
mod reading;
mod told;
mod trouble;

use std::{net::SocketAddr, path::Path};

use anyhow::{Context, Result};
use snug_relay::wire::{ClientFrame, Join};
use snug_tests::{TestClient, desktop::DesktopApp, network};
use tempfile::TempDir;
use tokio::net::TcpListener;

/// What listens while nobody hosts.
pub(crate) const NOTHING: [u16; 0] = [];

/// The close code of a host that stops.
pub(crate) const GOING_AWAY: u16 = 1001;

/// A machine with nothing but the app on its network, and a directory for settings and rooms.
pub(crate) struct Desk {
    data: TempDir,
}

impl Desk {
    /// Runs the test of this name in a network of its own; `None` where it is run from.
    pub(crate) fn alone(test: &str) -> Result<Option<Self>> {
        if network::own(test) { Ok(Some(Self { data: tempfile::tempdir()? })) } else { Ok(None) }
    }

    pub(crate) fn data(&self) -> &Path {
        self.data.path()
    }
}

/// An invite link's parts.
#[derive(Debug, PartialEq)]
pub(crate) struct Link {
    pub(crate) addr: SocketAddr,
    pub(crate) room: String,
    pub(crate) secret: String,
}

impl Link {
    pub(crate) fn parse(link: &str) -> Result<Self> {
        let parts = || {
            let (authority, path) = link.strip_prefix("http://")?.split_once('/')?;
            let (room, secret) = path.strip_prefix("r/")?.split_once('#')?;
            Some(Self { addr: authority.parse().ok()?, room: room.to_owned(), secret: secret.to_owned() })
        };
        parts().with_context(|| format!("{link:?} is no invite link"))
    }
}

/// Opens the invite, reads the link, and closes it again.
pub(crate) async fn shown_link(app: &DesktopApp) -> Result<Link> {
    app.click("invite-open").await?;
    let link = Link::parse(&app.text("invite-link").await?)?;
    app.close_dialog().await?;
    Ok(link)
}

/// Somebody who follows a link.
pub(crate) async fn guest(link: &Link, nickname: &str) -> TestClient {
    let mut guest = TestClient::connect(link.addr).await;
    guest
        .send(&ClientFrame::Join(Join {
            room: Some(link.room.clone()),
            secret: Some(link.secret.clone()),
            nickname: Some(nickname.to_owned()),
            device: Some(format!("{nickname}-device-of-a-guest")),
            host: None,
            since: None,
        }))
        .await;
    guest.welcomed().await;
    guest
}

/// Fails unless everyone may listen on this port.
pub(crate) async fn expect_free(port: u16) -> Result<()> {
    TcpListener::bind(("0.0.0.0", port)).await.with_context(|| format!("port {port} is not free"))?;
    Ok(())
}
