//! Several machines on one: rooms that are found, that move, that can't be reached.

mod nearby;

use std::process::Stdio;

use anyhow::Result;
use snug_tests::{Machine, built};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

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
