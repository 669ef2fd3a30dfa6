//! Sends acknowledged a second, every one on disk, beside what that is made of: bare SQLite that commits as
//! many rows at once, and a server that keeps nothing and exchanges the same frames over as many sockets.
//!
//! A commit alone is no goal where it takes less than a message's way there and back: whoever sends waits for
//! both. So the goal is a commit plus an exchange, as a paced message's goal is Bun's latency plus a commit.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde::Serialize;

use super::{
    Settings,
    fanout::{self, Load},
};
use crate::{
    commit,
    processes::Shares,
    report::{self, Report},
    servers::Peer,
};

/// Sends on their way at once, and over how many sockets. With a socket for each of them, everyone hears
/// everyone, and what is measured is the fan-out.
const LOADS: [(&str, usize, u32); 5] = [
    ("1 sender", 1, 1),
    ("64 sends over 4 sockets", 4, 16),
    ("512 sends over 4 sockets", 4, 128),
    ("64 senders, all reading", 64, 1),
    ("512 senders, all reading", 512, 1),
];

/// What was reached in one round, each a second.
#[derive(Debug, Serialize)]
struct Measured {
    acknowledged_per_second: f64,
    bare_rows_per_second: f64,
    exchanged_per_second: f64,
    #[serde(flatten)]
    shares: Shares,
}

impl Measured {
    /// How many times as long as a commit by itself.
    fn beside_a_commit(&self) -> f64 {
        self.bare_rows_per_second / self.acknowledged_per_second
    }

    /// How many times as long as a commit and an exchange.
    fn beside_both(&self) -> f64 {
        let both = self.bare_rows_per_second.recip() + self.exchanged_per_second.recip();
        self.acknowledged_per_second.recip() / both
    }
}

pub(super) async fn run(settings: &Settings, report: &mut Report) -> Result<()> {
    report.table(
        "durable: sends acknowledged a second, beside rows of bare SQLite in transactions of as many, and sends \
         that Bun answers without keeping them",
        &[
            "round",
            "sends at once",
            "Snug",
            "bare SQLite",
            "Bun",
            "to SQLite",
            "to both",
            "server's core / load's core",
        ],
    );
    let mut ratios: BTreeMap<usize, Vec<(f64, f64)>> = BTreeMap::new();
    for round in 1..=settings.rounds {
        for (index, (name, sockets, outstanding)) in LOADS.into_iter().enumerate() {
            let figures = measure(sockets, outstanding, settings).await.context(name)?;
            report.row(&[
                round.to_string(),
                name.to_owned(),
                format!("{:.0}", figures.acknowledged_per_second),
                format!("{:.0}", figures.bare_rows_per_second),
                format!("{:.0}", figures.exchanged_per_second),
                format!("{:.2}", figures.beside_a_commit()),
                format!("{:.2}", figures.beside_both()),
                report::busy(&figures.shares),
            ]);
            if !figures.shares.void() {
                ratios.entry(index).or_default().push((figures.beside_a_commit(), figures.beside_both()));
            }
            report.keep(&format!("durable, {name}"), Some(Peer::Snug), round, figures);
        }
    }
    for (index, ratios) in ratios {
        let (commit, both): (Vec<_>, Vec<_>) = ratios.into_iter().unzip();
        let name = LOADS[index].0;
        report.say(&report::ratio(&format!("Snug's time for a send to a commit's, {name}"), commit));
        report.say(&report::ratio(&format!("and to a commit's and an exchange's, {name}"), both));
    }
    Ok(())
}

async fn measure(sockets: usize, outstanding: u32, settings: &Settings) -> Result<Measured> {
    let load = Load { sockets, senders: sockets, outstanding };
    let snug = fanout::measure(Peer::Snug, load, settings).await?;
    let bun = fanout::measure(Peer::Bun, load, settings).await?;
    // About as long as the relay had.
    let sends = sockets * outstanding as usize;
    let rows = snug.messages_per_second * settings.pick(6.0, 2.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small positive count")]
    let commits = (rows / sends as f64).ceil() as usize;
    let bare = commit::time(settings, sends, commits.clamp(50, 20_000))?;
    Ok(Measured {
        acknowledged_per_second: snug.messages_per_second,
        bare_rows_per_second: bare.rows_per_second,
        exchanged_per_second: bun.messages_per_second,
        shares: snug.shares,
    })
}
