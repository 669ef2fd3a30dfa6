//! People who are there and say nothing: what each costs in memory, once buffers were used, and again
//! after each got far more at once than it usually does.

use std::{collections::BTreeMap, rc::Rc, time::Duration};

use anyhow::{Context, Result};
use serde::Serialize;

use super::Settings;
use crate::{
    crowd::Crowd,
    dialect::Dialect,
    latency::{Latencies, Moment, Schedule},
    member::{Member, Since},
    report::{self, Report},
    servers::{Peer, Server},
    socket::Socket,
};

const SOCKETS: usize = 5000;
const TEXT_BYTES: usize = 140;
/// Said while everyone is there.
const FEW: u32 = 10;
/// More than fits one frame of the relay's.
const MANY: u32 = 400;

/// Bytes a socket, in one round.
#[derive(Debug, Clone, Copy, Serialize)]
struct Measured {
    after_few: f64,
    after_many: f64,
}

pub(super) async fn run(settings: &Settings, report: &mut Report) -> Result<()> {
    report.table(
        &format!(
            "idle: bytes of the server's own memory for each of {SOCKETS} sockets, after {FEW} messages and after \
             {MANY} more (replayed to all at once by Snug)"
        ),
        &["round", "server", "after a few", "after many"],
    );
    let mut rounds = Vec::new();
    for round in 1..=settings.pick(settings.rounds.min(2), 1) {
        let mut measured = BTreeMap::new();
        for peer in settings.peers.iter().copied() {
            let figures = measure(peer, settings).await.with_context(|| format!("idle, {peer}"))?;
            report.row(&[
                round.to_string(),
                peer.to_string(),
                format!("{:.0}", figures.after_few),
                format!("{:.0}", figures.after_many),
            ]);
            report.keep("idle", Some(peer), round, figures);
            measured.insert(peer, figures);
        }
        rounds.push(measured);
    }
    let ratios =
        rounds.iter().filter_map(|round| Some(round.get(&Peer::Snug)?.after_few / round.get(&Peer::Bun)?.after_few));
    report.say(&report::ratio("Snug to Bun, after a few", ratios));
    Ok(())
}

async fn measure(peer: Peer, settings: &Settings) -> Result<Measured> {
    let sockets = settings.pick(SOCKETS, 500);
    let server = Server::start(peer, &settings.places)?;
    let heard = Rc::new(Latencies::new()?);
    // Somebody is there before the others, so that what a server makes once isn't counted with them.
    let early = Crowd::enter(&server, 1, &heard).await?;
    say(&early, FEW).await?;
    early.delivered(&heard, FEW.into()).await?;
    settle().await;
    let before = server.memory()?;

    let mut crowd = Crowd::enter(&server, sockets, &heard).await?;
    let everyone = sockets as u64 + 1;
    say(&early, FEW).await?;
    crowd.delivered(&heard, u64::from(FEW) * (1 + everyone)).await?;
    settle().await;
    let after_few = per(server.memory()?, before, sockets);

    match server.dialect {
        Dialect::Tutorial => {
            say(&early, MANY).await?;
            crowd.delivered(&heard, u64::from(FEW) * (1 + everyone) + u64::from(MANY) * everyone).await?;
        }
        Dialect::Snug => {
            let since = Member::enter(&server).await?.since;
            drop(crowd);
            say(&early, MANY).await?;
            crowd = resume(&server, sockets, &since, u64::from(MANY)).await?;
        }
    }
    settle().await;
    let after_many = per(server.memory()?, before, sockets);
    drop(crowd);
    Ok(Measured { after_few, after_many })
}

async fn say(crowd: &Crowd, count: u32) -> Result<()> {
    crowd.say(Schedule { first: Moment::now(), every: Duration::ZERO }, count, TEXT_BYTES).await.map(drop)
}

/// Everyone is back, and each has read what was said meanwhile.
async fn resume(server: &Server, sockets: usize, since: &Since, missed: u64) -> Result<Crowd> {
    let heard = Rc::new(Latencies::new()?);
    let mut crowd = Crowd::new(server);
    let mut due = 0;
    for _ in 0..sockets {
        let member = Member::join(Socket::open(server).await?, None, Some(since)).await?;
        due += since.seq + missed - member.since.seq;
        let heard = heard.clone();
        crowd.add(member, move |frame| heard.record(frame));
    }
    crowd.delivered(&heard, due).await?;
    Ok(crowd)
}

/// Collectors of garbage get their chance, and who left has left.
async fn settle() {
    tokio::time::sleep(Duration::from_secs(5)).await;
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
fn per(after: u64, before: u64, sockets: usize) -> f64 {
    (after as f64 - before as f64) / sockets as f64
}
