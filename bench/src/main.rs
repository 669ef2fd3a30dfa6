//! How many messages a second reach their readers: the relay, with every one on disk first, and the
//! tutorial's server, which keeps nothing, under the same load, in turn.
//!
//! The server has one core and the load another. Figures of different machines or moments say nothing
//! beside each other; the ratio within one run does.

mod frames;
mod load;
mod servers;

use std::{
    os::unix::process::CommandExt,
    path::PathBuf,
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use clap::Parser;

use crate::{
    load::{Load, Measured},
    servers::{Peer, Server},
};

/// Deliveries per second of the relay and of the tutorial's server, side by side.
#[derive(Parser)]
struct Arguments {
    /// Sockets in the room.
    #[arg(long, default_value_t = 1000)]
    sockets: usize,
    /// How many of them send.
    #[arg(long, default_value_t = 16)]
    senders: usize,
    /// Messages each of those has on the way at most.
    #[arg(long, default_value_t = 64)]
    outstanding: u32,
    /// Bytes in a message's text.
    #[arg(long, default_value_t = 140)]
    bytes: usize,
    /// Seconds measured in each round, after one second of warming up.
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// How often each server is measured, in turn with the other.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// The program under test.
    #[arg(long, default_value = "target/release/snug-relay")]
    relay: PathBuf,
}

/// The load's own core; the server's is the other one.
const LOAD_CORE: &str = "1";
const PINNED: &str = "SNUG_BENCH_PINNED";

fn main() -> Result<()> {
    if std::env::var_os(PINNED).is_none() {
        let mut again = Command::new("taskset");
        again.args(["--cpu-list", LOAD_CORE]).arg(std::env::current_exe()?).args(std::env::args_os().skip(1));
        return Err(again.env(PINNED, "1").exec()).context("taskset (util-linux) is needed to keep the cores apart");
    }
    let arguments = Arguments::parse();
    // All tasks on the one core, without a thread to share it with.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(compare(&arguments))
}

async fn compare(arguments: &Arguments) -> Result<()> {
    println!(
        "{} sockets, {} senders with {} outstanding each, {} bytes; server and load on a core each\n",
        arguments.sockets, arguments.senders, arguments.outstanding, arguments.bytes
    );
    println!("| round | server | deliveries/s | messages/s | server's core | load's core |");
    println!("|---|---|---|---|---|---|");
    let mut ratios = Vec::new();
    for round in 1..=arguments.rounds {
        let tutorial = measure(arguments, Peer::Tutorial, round).await?;
        let snug = measure(arguments, Peer::Snug(&arguments.relay), round).await?;
        ratios.push(snug.deliveries_per_second / tutorial.deliveries_per_second);
    }
    ratios.sort_by(f64::total_cmp);
    let (least, most) = (ratios[0], ratios[ratios.len() - 1]);
    let middle = ratios[ratios.len() / 2];
    println!("\nratio, Snug to the tutorial's server: {middle:.1} (from {least:.1} to {most:.1})");
    Ok(())
}

async fn measure(arguments: &Arguments, peer: Peer<'_>, round: usize) -> Result<Measured> {
    let server = Server::start(peer)?;
    let load = Load {
        sockets: arguments.sockets,
        senders: arguments.senders,
        outstanding: arguments.outstanding,
        text: "x".repeat(arguments.bytes),
    };
    let running = load.start(&server).await?;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let (before, server_before, load_before) = (running.counted(), server.cpu()?, servers::cpu_of("self")?);
    let begun = Instant::now();
    tokio::time::sleep(Duration::from_secs(arguments.seconds)).await;
    let (after, took) = (running.counted(), begun.elapsed());
    let measured = Measured::between(before, after, took);
    let share = |before: Duration, after: Duration| 100.0 * (after - before).as_secs_f64() / took.as_secs_f64();
    let (server_share, load_share) =
        (share(server_before, server.cpu()?), share(load_before, servers::cpu_of("self")?));
    println!(
        "| {round} | {peer} | {:.0} | {:.0} | {server_share:.0} % | {load_share:.0} % |",
        measured.deliveries_per_second, measured.messages_per_second
    );
    if load_share > 97.0 && server_share < 90.0 {
        println!("| | | *void as a maximum: the load was the limit, not the server* | | | |");
    }
    running.stop();
    Ok(measured)
}
