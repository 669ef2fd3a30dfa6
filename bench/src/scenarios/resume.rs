//! Everyone's connection breaks at once, something is said meanwhile, and everyone comes back at once.

use std::{
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use serde::Serialize;
use tokio::{
    sync::oneshot,
    task::{JoinSet, LocalSet, spawn_blocking},
};

use super::Settings;
use crate::{
    crowd::Crowd,
    dialect,
    fill::fill,
    latency::{Latencies, Moment, Percentiles, Schedule},
    member::{Member, Since},
    processes::Shares,
    report::{self, Report},
    servers::{Peer, Server},
    socket::Socket,
};

const MEMBERS: usize = 5000;
const MISSED: u64 = 200;
/// How often somebody who stayed says something.
const EVERY: Duration = Duration::from_millis(50);

/// What happened in one round.
#[derive(Debug, Serialize)]
struct Measured {
    /// Until the last one had everything, in seconds.
    caught_up: f64,
    /// Until half of them had.
    half: f64,
    /// Meanwhile, for one who was there all along: until a message of theirs was on disk and seen.
    host: Percentiles,
    #[serde(flatten)]
    shares: Shares,
}

pub(super) async fn run(settings: &Settings, report: &mut Report) -> Result<()> {
    let members = settings.pick(MEMBERS, 1000);
    report.table(
        &format!("resume: {members} members cut off at once, {MISSED} messages missed, all back at once"),
        &[
            "round",
            "half caught up",
            "all caught up",
            "host p50, ms",
            "host p99, ms",
            "host max, ms",
            "server's core / load's core",
        ],
    );
    let mut caught_up = Vec::new();
    for round in 1..=settings.rounds {
        let figures = measure(members, settings).await?;
        report.row(&[
            round.to_string(),
            format!("{:.2} s", figures.half),
            format!("{:.2} s", figures.caught_up),
            format!("{:.1}", figures.host.p50),
            format!("{:.1}", figures.host.p99),
            format!("{:.1}", figures.host.max),
            report::busy(&figures.shares),
        ]);
        caught_up.push(figures.caught_up);
        report.keep("resume", Some(Peer::Snug), round, figures);
    }
    report.say(&report::ratio("all caught up, seconds, none lost", caught_up));
    Ok(())
}

async fn measure(members: usize, settings: &Settings) -> Result<Measured> {
    let server = Arc::new(Server::start(Peer::Snug, &settings.places)?);
    fill(&server, &server.rooms[0], 100).await?;
    let heard = Rc::new(Latencies::new()?);
    let crowd = Crowd::enter(&server, members, &heard).await?;
    let since = Member::enter(&server).await?.since;
    drop(crowd);
    fill(&server, &server.rooms[0], MISSED).await?;
    let head = Member::enter(&server).await?.since.seq;
    ensure!(head == since.seq + MISSED, "{head} is not {MISSED} after {}", since.seq);

    let host = Host::start(server.clone()).await?;
    let watch = server.watch()?;
    let begun = Instant::now();
    let mut returning = JoinSet::new();
    for _ in 0..members {
        let (server, since) = (server.clone(), since.clone());
        returning.spawn_local(async move { resume(&server, &since).await.map(|member| (begun.elapsed(), member)) });
    }
    let mut took = Vec::new();
    // Everyone stays until all are there.
    let mut there = Vec::new();
    while let Some(back) = returning.join_next().await {
        let (elapsed, member) = back?.context("a member did not come back")?;
        took.push(elapsed.as_secs_f64());
        there.push(member);
    }
    let shares = watch.seen()?.shares;
    let host = host.stop().await?;
    Ok(Measured { caught_up: took[took.len() - 1], half: took[took.len() / 2], host, shares })
}

/// Comes back and reads until nothing is missed; every place has to follow the one before.
async fn resume(server: &Server, since: &Since) -> Result<Member> {
    let mut member = Member::join(Socket::open(server).await?, None, Some(since)).await?;
    let mut seq = member.since.seq;
    let mut gap = None;
    while seq < since.seq + MISSED {
        member
            .socket
            .read(|frame| {
                for found in dialect::seqs(frame) {
                    if found != seq + 1 {
                        gap = Some((seq, found));
                    }
                    seq = found;
                }
            })
            .await?;
        ensure!(gap.is_none(), "{gap:?}: what follows is not the next");
    }
    Ok(member)
}

/// Somebody who was never away, on a thread of their own, so that they wait for the relay and not for
/// the thousands of sockets of this process.
struct Host {
    enough: Arc<AtomicBool>,
    measured: tokio::task::JoinHandle<Result<Percentiles>>,
}

impl Host {
    async fn start(server: Arc<Server>) -> Result<Self> {
        let enough = Arc::new(AtomicBool::new(false));
        let stop = enough.clone();
        let (entered, there) = oneshot::channel();
        let measured = spawn_blocking(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            LocalSet::new().block_on(&runtime, async {
                let heard = Rc::new(Latencies::new()?);
                let crowd = Crowd::enter(&server, 1, &heard).await?;
                let _waited_for = entered.send(());
                let mut said = 0;
                while !stop.load(Relaxed) {
                    crowd.say(Schedule { first: Moment::now() + EVERY, every: EVERY }, 1, 140).await?;
                    said += 1;
                }
                crowd.delivered(&heard, said).await?;
                Ok(heard.percentiles())
            })
        });
        there.await.context("the host is not let in")?;
        Ok(Self { enough, measured })
    }

    async fn stop(self) -> Result<Percentiles> {
        self.enough.store(true, Relaxed);
        self.measured.await?
    }
}
