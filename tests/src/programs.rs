//! The programs that were built, and the tools tests need.

use std::{
    env,
    path::{Path, PathBuf},
    process::Stdio,
};

use anyhow::{Context, Result, bail};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
    time::timeout,
};

use crate::{DEADLINE, Link, processes, until};

/// A program of this workspace, beside the test that asks for it.
///
/// # Errors
/// Says how to build it when it isn't there.
pub fn built(name: &str) -> Result<PathBuf> {
    let test = env::current_exe()?;
    let directory = test.parent().and_then(Path::parent).context("tests run from target/<profile>/deps")?;
    let program = directory.join(format!("{name}{}", env::consts::EXE_SUFFIX));
    if !program.exists() {
        bail!("{name} is not built: `cargo xtask test` builds it before it runs this suite");
    }
    Ok(program)
}

/// A tool of the system's.
///
/// # Errors
/// Names it when it isn't there; a test that needs it has failed then.
pub fn tool(name: &str) -> Result<PathBuf> {
    let paths = env::var_os("PATH").context("PATH is not set")?;
    // Where Debian keeps tools that only root needs.
    let directories = env::split_paths(&paths).chain([PathBuf::from("/usr/sbin"), PathBuf::from("/sbin")]);
    let found = directories.map(|directory| directory.join(name)).find(|path| path.is_file());
    found.with_context(|| format!("{name} is not installed: `cargo xtask test` installs it"))
}

/// A port nothing listens on right now.
///
/// # Errors
/// When the system has none left.
pub fn free_port() -> Result<u16> {
    Ok(std::net::TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// The `snug-relay` program, running.
pub struct HeadlessRelay {
    child: Child,
    /// The lines it printed first: its rooms' links.
    pub link: String,
}

impl HeadlessRelay {
    /// Starts it and waits for the first line.
    ///
    /// # Errors
    /// When it isn't built, ends early, or prints nothing.
    pub async fn start(arguments: &[&str]) -> Result<Self> {
        Self::start_with(arguments, &[]).await
    }

    /// The same, with an environment.
    ///
    /// # Errors
    /// As for [`start`](Self::start).
    pub async fn start_with(arguments: &[&str], environment: &[(&str, &str)]) -> Result<Self> {
        Self::logging(arguments, environment, Stdio::inherit()).await
    }

    /// The same, with its log going somewhere.
    ///
    /// # Errors
    /// As for [`start`](Self::start).
    pub async fn logging(arguments: &[&str], environment: &[(&str, &str)], log: Stdio) -> Result<Self> {
        let mut child = Command::new(built("snug-relay")?)
            .args(arguments)
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()?;
        let stdout = child.stdout.take().context("standard output is piped")?;
        let mut lines = BufReader::new(stdout).lines();
        let link = timeout(DEADLINE, lines.next_line()).await??.context("snug-relay ended without a link")?;
        Ok(Self { child, link })
    }

    /// The link that makes one the host, as it said it to `log`.
    ///
    /// # Errors
    /// When it doesn't.
    pub async fn host_link(log: &Path) -> Result<String> {
        until("a host link", async || {
            let said = std::fs::read_to_string(log).ok()?;
            let (_, link) = said.lines().find(|line| line.contains("#host="))?.split_once("http://")?;
            Some(format!("http://{link}"))
        })
        .await
    }

    /// What stands between `http://` and the next slash.
    pub fn authority(&self) -> &str {
        self.link.strip_prefix("http://").and_then(|rest| rest.split('/').next()).unwrap_or_default()
    }

    /// Its process id.
    pub fn pid(&self) -> Option<u32> {
        self.child.id()
    }

    /// Where its first room is and what lets in.
    pub fn invite(&self) -> Link {
        Link::parse(&self.link)
    }

    /// Sends it a signal and waits for nothing: `STOP` holds it where it is, `CONT` lets it go on.
    ///
    /// # Errors
    /// When it is gone.
    pub fn signal(&self, name: &str) -> Result<()> {
        processes::signal(self.child.id().context("it runs")?, name)
    }

    /// How much memory it has for itself, in bytes.
    ///
    /// # Errors
    /// When it has ended.
    pub fn memory(&self) -> Result<u64> {
        processes::memory(self.pid().context("it runs")?)
    }

    /// Ends it as a power cut would.
    ///
    /// # Errors
    /// When it can't be killed.
    pub async fn kill(mut self) -> Result<()> {
        Ok(self.child.kill().await?)
    }

    /// Sends it a signal and waits for it to end by itself.
    ///
    /// # Errors
    /// When it doesn't end, or not successfully.
    pub async fn stop(mut self, signal: &str) -> Result<()> {
        let pid = self.child.id().context("it runs")?;
        let sent = Command::new(tool("kill")?).args([&format!("-{signal}"), &pid.to_string()]).status().await?;
        anyhow::ensure!(sent.success(), "the signal could not be sent");
        let status = timeout(DEADLINE, self.child.wait()).await.context("it doesn't end")??;
        anyhow::ensure!(status.success(), "it ended with {status}");
        Ok(())
    }
}
