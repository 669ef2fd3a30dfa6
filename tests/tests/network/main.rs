//! Several machines on one: rooms that are found, that move, that can't be reached.

mod nearby;
mod reach;

use std::{net::SocketAddr, process::Stdio};

use anyhow::Result;
use snug_tests::{Machine, built, tool};
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
}

impl Elsewhere {
    pub(crate) async fn host(machine: &Machine, name: &str) -> Result<Self> {
        let data = tempfile::tempdir()?;
        let mut command = machine.command(built("snug-relay")?)?;
        command.args(["--nearby", "--room", name, "--data"]).arg(data.path()).stdout(Stdio::piped());
        let mut relay = Command::from(command).kill_on_drop(true).spawn()?;
        let mut link = String::new();
        if let Some(stdout) = relay.stdout.take() {
            BufReader::new(stdout).read_line(&mut link).await?;
        }
        Ok(Self { relay, _data: data, link: link.trim().to_owned() })
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
