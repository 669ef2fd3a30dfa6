//! A lively room on a schedule: how long until a message is with everyone, and what each delivery costs.

use std::{collections::BTreeMap, rc::Rc, time::Duration};

use anyhow::{Context, Result};
use serde::Serialize;

use super::Settings;
use crate::{
    commit::{self, Committed},
    crowd::Crowd,
    latency::{Latencies, Moment, Percentiles, Schedule},
    plot,
    processes::Shares,
    report::{self, Report},
    servers::{Peer, Server},
    spread::{Spread, rate},
};

const SOCKETS: usize = 500;
const PER_SECOND: u32 = 50;
const TEXT_BYTES: usize = 140;

/// What one server did in one round.
#[derive(Debug, Serialize)]
pub(super) struct Measured {
    pub(super) latency: Percentiles,
    /// How late the load itself was.
    late: Percentiles,
    cpu_micros_per_delivery: f64,
    #[serde(flatten)]
    pub(super) shares: Shares,
}

/// For [`Measured::cells`].
pub(super) const COLUMNS: [&str; 9] = [
    "round",
    "server",
    "p50",
    "p99",
    "p99.9",
    "max",
    "CPU per delivery",
    "server's core / load's core",
    "load late, p99",
];

impl Measured {
    pub(super) fn cells(&self, round: usize, who: &str) -> Vec<String> {
        let mut cells = vec![round.to_string(), who.to_owned()];
        cells.extend(self.latency.cells());
        cells.push(format!("{:.1} µs", self.cpu_micros_per_delivery));
        cells.push(report::busy(&self.shares));
        cells.push(format!("{:.2}", self.late.p99));
        cells
    }
}

pub(super) async fn run(settings: &Settings, report: &mut Report) -> Result<()> {
    report.table(
        &format!("paced: {SOCKETS} sockets, {PER_SECOND} messages a second, {TEXT_BYTES} bytes; milliseconds"),
        &COLUMNS,
    );
    let mut rounds = Vec::new();
    for round in 1..=settings.rounds {
        let mut measured = BTreeMap::new();
        for peer in settings.peers.iter().copied() {
            let figures = measure(peer, settings).await.with_context(|| format!("paced, {peer}"))?;
            report.row(&figures.cells(round, &peer.to_string()));
            report.keep("paced", Some(peer), round, &figures);
            measured.insert(peer, figures);
        }
        let commit = commit::time(settings, 1, settings.pick(400, 100))?;
        let mut cells = vec![round.to_string(), "one commit, bare".to_owned()];
        cells.extend(commit.took.cells());
        report.row(&cells);
        report.keep("commit", None, round, &commit);
        rounds.push((measured, commit));
    }
    let valid = rounds.iter().filter(|(measured, _)| measured.values().all(|figures| !figures.shares.void()));
    let curves: Vec<_> = settings.peers.iter().map(|peer| (*peer, curve(valid.clone(), *peer))).collect();
    let title = format!("Until a message is with everyone: {SOCKETS} sockets, {PER_SECOND} messages a second");
    report.draw("paced", plot::percentiles(&title, &curves));
    let p99 = |peer| valid.clone().filter_map(move |(measured, _)| Some(measured.get(&peer)?.latency.p99));
    let goals = p99(Peer::Bun).zip(valid.clone()).map(|(bun, (_, commit))| bun + commit.took.p99);
    report.say(&report::ratio(
        "Snug's p99 to Bun's plus a commit's",
        p99(Peer::Snug).zip(goals).map(|(snug, goal)| snug / goal),
    ));
    let cpu = |peer| valid.clone().filter_map(move |(measured, _)| Some(measured.get(&peer)?.cpu_micros_per_delivery));
    report.say(&report::ratio(
        "Snug's CPU per delivery to Bun's",
        cpu(Peer::Snug).zip(cpu(Peer::Bun)).map(|(snug, bun)| snug / bun),
    ));
    Ok(())
}

/// The middle one of the rounds, at each percentile.
fn curve<'a>(rounds: impl Iterator<Item = &'a (BTreeMap<Peer, Measured>, Committed)>, peer: Peer) -> Vec<(f64, f64)> {
    let curves: Vec<&[(f64, f64)]> =
        rounds.filter_map(|(measured, _)| Some(measured.get(&peer)?.latency.curve.as_slice())).collect();
    let percentiles = curves.first().map_or(&[][..], |curve| curve);
    let middle = |index: usize| Spread::of(curves.iter().map(|curve| curve[index].1)).map(|spread| spread.median);
    percentiles.iter().enumerate().filter_map(|(index, (percentile, _))| Some((*percentile, middle(index)?))).collect()
}

async fn measure(peer: Peer, settings: &Settings) -> Result<Measured> {
    let server = Server::start(peer, &settings.places)?;
    let latencies = Rc::new(Latencies::new()?);
    let crowd = Crowd::enter(&server, SOCKETS, &latencies).await?;
    on_schedule(&server, &crowd, &latencies, PER_SECOND, SOCKETS, settings).await
}

/// Says so many messages a second, each of which so many readers get.
pub(super) async fn on_schedule(
    server: &Server,
    crowd: &Crowd,
    latencies: &Latencies,
    per_second: u32,
    readers: usize,
    settings: &Settings,
) -> Result<Measured> {
    // The news of who came goes out in the first seconds.
    let (warming, measured) = (per_second * 3, per_second * settings.pick(20, 3));
    let schedule =
        Schedule { first: Moment::now() + Duration::from_millis(500), every: Duration::from_secs(1) / per_second };
    let begins = schedule.at(warming);
    latencies.only_from(begins);
    let watch = async {
        tokio::time::sleep(begins.left()).await;
        server.watch()
    };
    let (late, watch) = tokio::join!(crowd.say(schedule, warming + measured, TEXT_BYTES), watch);
    let (late, watch) = (late?, watch?);
    let deliveries = u64::from(measured) * readers as u64;
    crowd.delivered(latencies, deliveries).await?;
    let seen = watch.seen()?;
    Ok(Measured {
        latency: latencies.percentiles(),
        late: Percentiles::of(&late),
        cpu_micros_per_delivery: 1e6 / rate(deliveries, seen.server_cpu),
        shares: seen.shares,
    })
}
