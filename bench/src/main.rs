//! How fast, side by side: the relay, with every message on disk first, and servers that keep nothing,
//! under the same load, in turn.
//!
//! The server has one core and the load another. Figures of different machines or moments say nothing
//! beside each other; the ratio within one run does.

mod dialect;
mod frames;
mod socket;

mod processes;
mod servers;

mod crowd;
mod fill;
mod latency;
mod member;

mod commit;
mod plot;
mod record;
mod report;
mod scenarios;
mod spread;

use std::{
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};
use clap::{Parser, ValueEnum};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::task::LocalSet;

use crate::{
    report::Report,
    scenarios::{Scenario, Settings},
    servers::{Peer, Places},
};

/// The relay beside other servers; ratios within one run are what counts.
#[derive(Parser)]
#[command(args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    part: Option<Part>,
    /// What to measure; everything, if nothing is named.
    scenarios: Vec<Scenario>,
    /// A short run, to see that everything works.
    #[arg(long)]
    quick: bool,
    /// Keep the figures, in `bench/results`.
    #[arg(long)]
    record: bool,
    /// Measure only this server; may be given several times. Scenarios that only the relay has a part
    /// in don't ask.
    #[arg(long = "server", value_name = "SERVER")]
    servers: Vec<Peer>,
    /// How often each server is measured, in turn with the others.
    #[arg(long)]
    rounds: Option<usize>,
    /// The program under test.
    #[arg(long, default_value = "target/release/snug-relay")]
    relay: PathBuf,
    /// A directory on the disk that messages are to be on.
    #[arg(long, default_value = "target")]
    data: PathBuf,
}

#[derive(clap::Subcommand)]
enum Part {
    /// Time commits of bare SQLite: what the bench starts on the server's core.
    #[command(hide = true)]
    Commit { rows: usize, commits: usize, database: PathBuf },
}

/// The load's own core; the server's is the other one.
const LOAD_CORE: &str = "1";
const PINNED: &str = "SNUG_BENCH_PINNED";

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    if let Some(Part::Commit { rows, commits, database }) = arguments.part {
        let took = commit::run(&database, rows, commits)?;
        println!("{}", serde_json::to_string(&took)?);
        return Ok(());
    }
    if std::env::var_os(PINNED).is_none() {
        let mut again = Command::new("taskset");
        again.args(["--cpu-list", LOAD_CORE]).arg(std::env::current_exe()?).args(std::env::args_os().skip(1));
        return Err(again.env(PINNED, "1").exec()).context("taskset (util-linux) is needed to keep the cores apart");
    }
    // Thousands of sockets here, and as many in the servers, which inherit this.
    let files = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: files.maximum, ..files })?;
    // All tasks on the one core, without a thread to share it with.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    LocalSet::new().block_on(&runtime, run(arguments))
}

async fn run(arguments: Arguments) -> Result<()> {
    let peers = if arguments.servers.is_empty() { Peer::value_variants().to_vec() } else { arguments.servers };
    let settings = Settings {
        peers,
        places: Places { relay: arguments.relay, data: arguments.data },
        rounds: arguments.rounds.unwrap_or(if arguments.quick { 1 } else { 3 }),
        quick: arguments.quick,
    };
    let all = if arguments.scenarios.is_empty() { Scenario::value_variants() } else { &arguments.scenarios };
    let mut report = Report::default();
    for scenario in all {
        scenario.run(&settings, &mut report).await?;
    }
    if arguments.record {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("results");
        record::write(&folder, &report, &settings.places)?;
    }
    Ok(())
}
