//! The servers under test, each on a core of its own.

use std::{
    fmt, fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use anyhow::{Context, Result};
use tempfile::TempDir;

const SERVER_CORE: &str = "0";

/// Which server.
#[derive(Clone, Copy)]
pub(crate) enum Peer<'a> {
    /// The relay's program, in release.
    Snug(&'a Path),
    /// The tutorial's, on `ws`.
    Tutorial,
}

impl fmt::Display for Peer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Snug(_) => "Snug, each message on disk first",
            Self::Tutorial => "the tutorial's, nothing kept",
        })
    }
}

/// A server that listens, until it is dropped.
pub(crate) struct Server {
    child: Child,
    /// Where.
    pub(crate) authority: String,
    /// Whether it speaks `snug.v1`.
    pub(crate) speaks_snug: bool,
    _data: TempDir,
}

impl Server {
    pub(crate) fn start(peer: Peer<'_>) -> Result<Self> {
        let data = tempfile::tempdir()?;
        let mut command = Command::new("taskset");
        command.args(["--cpu-list", SERVER_CORE]);
        match peer {
            Peer::Snug(program) => {
                command.arg(program).args(["--listen", "127.0.0.1:0", "--room", "Bench", "--open", "--data"]);
                command.arg(data.path());
            }
            Peer::Tutorial => {
                command.arg("node").arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tutorial/server.js"));
            }
        }
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().context("taskset (util-linux)")?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().context("standard output is piped")?).read_line(&mut line)?;
        let authority = line.strip_prefix("http://").and_then(|rest| rest.split('/').next());
        let authority = authority.with_context(|| format!("{peer}: it doesn't start"))?.to_owned();
        Ok(Self { child, authority, speaks_snug: matches!(peer, Peer::Snug(_)), _data: data })
    }

    /// The processor time it has used so far.
    pub(crate) fn cpu(&self) -> Result<Duration> {
        cpu_of(&self.child.id().to_string())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ended_already = self.child.kill();
        let _ended = self.child.wait();
    }
}

/// The processor time a process has used so far, from `/proc`; the kernel counts in hundredths of a second.
pub(crate) fn cpu_of(pid: &str) -> Result<Duration> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let (_, after_name) = stat.rsplit_once(") ").context("a line of /proc")?;
    let ticks: u64 = after_name.split(' ').skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum();
    Ok(Duration::from_millis(ticks * 10))
}
