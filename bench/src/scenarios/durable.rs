//! Sends acknowledged a second, every one on disk, beside bare SQLite that commits as many rows at once.

use std::{collections::BTreeMap, time::Duration};

use anyhow::{Context, Result};
use serde::Serialize;

use super::Settings;
use crate::{
    commit,
    fill::Filling,
    processes::Shares,
    report::{self, Report},
    servers::{Peer, Server},
    spread::rate,
};

/// Sends on their way at once, and over how many sockets. With a socket for each of them, everyone hears
/// everyone, and what is measured is the fan-out.
const LOADS: [(&str, u32, u32); 5] = [
    ("1 sender", 1, 1),
    ("64 sends over 4 sockets", 4, 16),
    ("512 sends over 4 sockets", 4, 128),
    ("64 senders, all reading", 64, 1),
    ("512 senders, all reading", 512, 1),
];

/// What the relay did in one round.
#[derive(Debug, Serialize)]
struct Measured {
    acknowledged_per_second: f64,
    bare_rows_per_second: f64,
    #[serde(flatten)]
    shares: Shares,
}

pub(super) async fn run(settings: &Settings, report: &mut Report) -> Result<()> {
    report.table(
        "durable: sends acknowledged a second, beside rows of bare SQLite in transactions of as many",
        &["round", "sends at once", "Snug", "bare SQLite", "bare / Snug", "server's core / load's core"],
    );
    let mut ratios: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
    for round in 1..=settings.rounds {
        for (index, (name, sockets, outstanding)) in LOADS.into_iter().enumerate() {
            let figures = measure(sockets, outstanding, settings).await.context(name)?;
            let ratio = figures.bare_rows_per_second / figures.acknowledged_per_second;
            report.row(&[
                round.to_string(),
                name.to_owned(),
                format!("{:.0}", figures.acknowledged_per_second),
                format!("{:.0}", figures.bare_rows_per_second),
                format!("{ratio:.2}"),
                report::busy(&figures.shares),
            ]);
            if !figures.shares.void() {
                ratios.entry(index).or_default().push(ratio);
            }
            report.keep(&format!("durable, {name}"), Some(Peer::Snug), round, figures);
        }
    }
    for (index, ratios) in ratios {
        report.say(&report::ratio(&format!("bare SQLite to Snug, {}", LOADS[index].0), ratios));
    }
    Ok(())
}

async fn measure(sockets: u32, outstanding: u32, settings: &Settings) -> Result<Measured> {
    let sends = (sockets * outstanding) as usize;
    let (acknowledged_per_second, shares) = {
        let server = Server::start(Peer::Snug, &settings.places)?;
        let filling = Filling::start(&server, &server.rooms[0], sockets, outstanding, u64::MAX).await?;
        tokio::time::sleep(Duration::from_secs(1)).await;
        let before = filling.acknowledged();
        let watch = server.watch()?;
        tokio::time::sleep(Duration::from_secs(settings.pick(4, 2))).await;
        let acknowledged = filling.acknowledged() - before;
        let seen = watch.seen()?;
        (rate(acknowledged, seen.took), seen.shares)
    };
    // About as long as the relay had.
    let rows = acknowledged_per_second * settings.pick(4.0, 2.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small positive count")]
    let commits = (rows / f64::from(sockets * outstanding)).ceil() as usize;
    let bare = commit::time(settings, sends, commits.clamp(50, 20_000))?;
    Ok(Measured { acknowledged_per_second, bare_rows_per_second: bare.rows_per_second, shares })
}
