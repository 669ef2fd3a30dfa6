//! The servers under test, each on a core of its own.

use std::{
    fmt, fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::{
    dialect::Dialect,
    processes::{self, Shares},
};

pub(crate) const SERVER_CORE: &str = "0";

/// All of the load comes from one address, and a few members say in a second what a room does in a day.
const UNHURRIED: [&str; 10] = [
    "--sockets-per-address",
    "20000",
    "--frames-per-second",
    "1000000000",
    "--bytes-per-second",
    "1000000000",
    "--frames-at-once",
    "1000000000",
    "--bytes-at-once",
    "1000000000",
];

/// Which server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Peer {
    /// The tutorial's, on `ws`.
    Tutorial,
    /// The same protocol on Bun's own publish and subscribe.
    Bun,
    /// The relay's program, in release.
    Snug,
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Tutorial => "tutorial",
            Self::Bun => "Bun",
            Self::Snug => "Snug",
        })
    }
}

/// Where the servers' programs and their data are.
pub(crate) struct Places {
    /// The relay's program.
    pub(crate) relay: PathBuf,
    /// Where each relay gets a directory of its own: on a disk, else a commit costs nothing.
    pub(crate) data: PathBuf,
}

/// A server that listens, until it is dropped.
pub(crate) struct Server {
    child: Child,
    /// Where.
    pub(crate) authority: String,
    /// How to talk to it.
    pub(crate) dialect: Dialect,
    /// The ids of its rooms; none where there is only one, without an id.
    pub(crate) rooms: Vec<String>,
    data: TempDir,
}

impl Server {
    /// Starts it with nothing kept yet, and one room.
    pub(crate) fn start(peer: Peer, places: &Places) -> Result<Self> {
        match peer {
            Peer::Snug => Self::relay(places, &["Bench".to_owned()]),
            Peer::Tutorial => {
                let mut command = pinned();
                command.arg("node").arg(folder().join("tutorial/server.js"));
                Self::spawn(command, Dialect::Tutorial, tempfile::tempdir()?, 1)
            }
            Peer::Bun => {
                let mut command = pinned();
                command.arg(bun()?).arg(folder().join("bun/server.js"));
                Self::spawn(command, Dialect::Tutorial, tempfile::tempdir()?, 1)
            }
        }
    }

    /// Starts a relay with these rooms, all empty.
    pub(crate) fn relay(places: &Places, rooms: &[String]) -> Result<Self> {
        Self::relay_over(places, rooms, tempfile::tempdir_in(&places.data)?)
    }

    /// Starts a relay over what another one left.
    pub(crate) fn relay_over(places: &Places, rooms: &[String], data: TempDir) -> Result<Self> {
        let mut command = pinned();
        command.arg(&places.relay).args(["--listen", "127.0.0.1:0", "--open", "--data"]).arg(data.path());
        for room in rooms {
            command.args(["--room", room]);
        }
        command.args(UNHURRIED);
        Self::spawn(command, Dialect::Snug, data, rooms.len())
    }

    fn spawn(mut command: Command, dialect: Dialect, data: TempDir, rooms: usize) -> Result<Self> {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().context("taskset (util-linux)")?;
        let out = BufReader::new(child.stdout.take().context("standard output is piped")?);
        let mut server = Self { child, authority: String::new(), dialect, rooms: Vec::new(), data };
        for line in out.lines().take(rooms) {
            let line = line?;
            let link = line.strip_prefix("http://").with_context(|| format!("a link, not {line:?}"))?;
            let (authority, path) = link.split_once('/').context("a link has a path")?;
            authority.clone_into(&mut server.authority);
            let room = path.strip_prefix("r/").and_then(|room| room.split('#').next());
            server.rooms.extend(room.map(str::to_owned));
        }
        ensure!(!server.authority.is_empty(), "it doesn't start");
        Ok(server)
    }

    /// Tells it to stop, waits until it has, and gives back its data. Only a relay has any.
    pub(crate) fn stop(mut self) -> Result<TempDir> {
        kill_process(Pid::from_child(&self.child), Signal::TERM)?;
        let status = self.child.wait()?;
        ensure!(status.success(), "it ends with {status}");
        Ok(std::mem::replace(&mut self.data, tempfile::tempdir()?))
    }

    /// The processor time it has used so far.
    pub(crate) fn cpu(&self) -> Result<Duration> {
        processes::cpu(&self.pid())
    }

    /// The memory that is its alone, in bytes.
    pub(crate) fn memory(&self) -> Result<u64> {
        processes::memory(&self.pid())
    }

    fn pid(&self) -> String {
        self.child.id().to_string()
    }

    /// Begins to measure how busy it and the load are.
    pub(crate) fn watch(&self) -> Result<Watch<'_>> {
        Ok(Watch { server: self, begun: Instant::now(), server_cpu: self.cpu()?, load_cpu: processes::cpu("self")? })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ended_already = self.child.kill();
        let _ended = self.child.wait();
    }
}

/// How busy the server and the load are, from a moment on.
pub(crate) struct Watch<'a> {
    server: &'a Server,
    begun: Instant,
    server_cpu: Duration,
    load_cpu: Duration,
}

/// What a watch saw.
pub(crate) struct Seen {
    /// How long it watched.
    pub(crate) took: Duration,
    /// The server's processor time meanwhile.
    pub(crate) server_cpu: Duration,
    /// Both sides' shares of their core.
    pub(crate) shares: Shares,
}

impl Watch<'_> {
    pub(crate) fn seen(&self) -> Result<Seen> {
        let took = self.begun.elapsed();
        let server_cpu = self.server.cpu()? - self.server_cpu;
        let share = |cpu: Duration| 100.0 * cpu.as_secs_f64() / took.as_secs_f64();
        let shares = Shares { server: share(server_cpu), load: share(processes::cpu("self")? - self.load_cpu) };
        Ok(Seen { took, server_cpu, shares })
    }
}

fn pinned() -> Command {
    let mut command = Command::new("taskset");
    command.args(["--cpu-list", SERVER_CORE]);
    command
}

fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The program itself, from its package for this platform: npm's `bun` is only a script that puts it in place.
pub(crate) fn bun() -> Result<PathBuf> {
    let packages = folder().join("bun/node_modules/@oven");
    let installed =
        fs::read_dir(&packages).with_context(|| format!("{}: `cargo xtask bench` installs it", packages.display()))?;
    let mut programs =
        installed.filter_map(|package| Some(package.ok()?.path().join("bin/bun"))).filter(|program| program.is_file());
    programs.next().with_context(|| format!("no Bun for this platform in {}", packages.display()))
}
