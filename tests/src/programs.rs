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

/// In a story people say in a second what they say in a day elsewhere.
const HURRIED: [(&str, &str); 2] = [("SNUG_FRAMES_PER_SECOND", "1000000000"), ("SNUG_BYTES_PER_SECOND", "1000000000")];

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
        Self::spawn(Command::new(built("snug-relay")?).args(arguments), environment, log).await
    }

    /// The same, where the system lets it open so many files and no more.
    ///
    /// # Errors
    /// As for [`start`](Self::start).
    pub async fn with_files(files: u32, arguments: &[&str]) -> Result<Self> {
        let mut command = Command::new(tool("prlimit")?);
        command.arg(format!("--nofile={files}:{files}")).arg(built("snug-relay")?).args(arguments);
        Self::spawn(&mut command, &[], Stdio::inherit()).await
    }

    async fn spawn(command: &mut Command, environment: &[(&str, &str)], log: Stdio) -> Result<Self> {
        let mut child = command
            .envs(HURRIED)
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

    /// Lets it open so many files from now on; what is open already stays so.
    ///
    /// # Errors
    /// When it is gone.
    pub async fn allow_files(&self, files: u32) -> Result<()> {
        let pid = self.pid().context("it runs")?;
        let arguments = [format!("--pid={pid}"), format!("--nofile={files}:")];
        let set = Command::new(tool("prlimit")?).args(arguments).status().await?;
        anyhow::ensure!(set.success(), "the limit could not be set");
        Ok(())
    }

    /// Lets its disk hang from now on: what it wants to have written for good never is. It does again when
    /// what comes back is dropped.
    ///
    /// # Errors
    /// When it can't be traced: that takes root, or a system that allows it.
    pub async fn hang_disk(&self) -> Result<Child> {
        let mut strace = Command::new(tool("strace")?)
            .args(["-f", "-e", "trace=fsync,fdatasync", "-e", "inject=fsync,fdatasync:delay_enter=600000000"])
            .args(["-p", &self.pid().context("it runs")?.to_string()])
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let mut lines = BufReader::new(strace.stderr.take().context("standard error is piped")?).lines();
        let attached = timeout(DEADLINE, lines.next_line()).await??.unwrap_or_default();
        anyhow::ensure!(attached.contains("attached"), "{attached}");
        // It goes on writing there, and stops when nobody reads.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Ok(strace)
    }

    /// Waits for it to end by itself while its disk hangs; whether it ended well.
    ///
    /// # Errors
    /// When it doesn't end.
    pub async fn ends_over(mut self, hung: Child) -> Result<bool> {
        let pid = self.pid().context("it runs")?;
        let over = async || (!processes::alive(pid)).then_some(());
        crate::until("the relay to end, though its disk doesn't answer", over).await?;
        // What holds the disk up holds its last thread too, which has ended as well.
        drop(hung);
        Ok(timeout(DEADLINE, self.child.wait()).await.context("it doesn't end")??.success())
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
