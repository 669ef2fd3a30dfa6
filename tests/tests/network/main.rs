//! Several machines on one: rooms that are found, that move, that can't be reached.

mod nearby;
mod reach;

use std::{net::SocketAddr, process::Stdio};

use anyhow::{Context, Result};
use snug_relay::wire::Join;
use snug_tests::{Link, Machine, TestClient, built, tool};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

/// Whether somebody at the machine gets an answer when they call.
pub(crate) fn calls(machine: &Machine, address: SocketAddr) -> Result<bool> {
    let (ip, port) = (address.ip(), address.port());
    let call = format!("exec 3<>/dev/tcp/{ip}/{port}");
    let mut called = machine.command(tool("timeout")?)?;
    called.args(["1", tool("bash")?.to_string_lossy().as_ref(), "-c", &call]);
    Ok(called.stderr(Stdio::null()).status()?.success())
}

/// A room on another machine, hosted by the headless relay.
pub(crate) struct Elsewhere {
    relay: Child,
    _data: TempDir,
    pub(crate) link: String,
    host_link: String,
}

impl Elsewhere {
    pub(crate) async fn host(machine: &Machine, name: &str) -> Result<Self> {
        let data = tempfile::tempdir()?;
        let mut command = machine.command(built("snug-relay")?)?;
        command
            .args(["--nearby", "--room", name, "--data"])
            .arg(data.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut relay = Command::from(command).kill_on_drop(true).spawn()?;
        let mut link = String::new();
        if let Some(stdout) = relay.stdout.take() {
            BufReader::new(stdout).read_line(&mut link).await?;
        }
        let mut host_link = String::new();
        if let Some(stderr) = relay.stderr.take() {
            let mut lines = BufReader::new(stderr).lines();
            while let Some(line) = lines.next_line().await? {
                if let Some((_, link)) = line.split_once(" opens ") {
                    link.clone_into(&mut host_link);
                    break;
                }
                eprintln!("{line}");
            }
            // Or it would have nowhere to write.
            tokio::spawn(async move {
                while let Ok(Some(line)) = lines.next_line().await {
                    eprintln!("{line}");
                }
            });
        }
        Ok(Self { relay, _data: data, link: link.trim().to_owned(), host_link })
    }

    /// The host, by the link that the relay told whoever started it.
    pub(crate) async fn hosted(&self) -> Result<TestClient> {
        let link = Link::parse(&self.link);
        let key = self.host_link.split_once("#host=").context("a host link")?.1.to_owned();
        let mut host = TestClient::connect(link.addr).await;
        host.asks(Join { host: Some(key), ..link.join() }).await;
        assert!(host.welcomed().await.you.host);
        Ok(host)
    }

    /// Ends it in order.
    pub(crate) async fn stop(mut self) -> Result<()> {
        snug_tests::signal(self.relay.id().unwrap_or_default(), "TERM")?;
        self.relay.wait().await?;
        Ok(())
    }

    /// Ends it as a power cut would.
    pub(crate) async fn kill(mut self) -> Result<()> {
        Ok(self.relay.kill().await?)
    }
}
