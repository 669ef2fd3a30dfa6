//! What was measured: as tables for people while it runs, as figures for whoever compares later.

use serde::Serialize;
use serde_json::{Value, json};

use crate::{processes::Shares, servers::Peer, spread::Spread};

/// Everything measured in one run.
#[derive(Default)]
pub(crate) struct Report {
    figures: Vec<Value>,
    plots: Vec<(String, String)>,
}

impl Report {
    /// Begins a scenario and its table.
    pub(crate) fn table(&self, title: &str, columns: &[&str]) {
        println!("\n### {title}\n\n| {} |\n|{}", columns.join(" | "), "---|".repeat(columns.len()));
    }

    pub(crate) fn row(&self, cells: &[String]) {
        println!("| {} |", cells.join(" | "));
    }

    /// A sentence below a table.
    pub(crate) fn say(&self, line: &str) {
        println!("\n{line}");
    }

    /// Keeps one measurement as it is.
    pub(crate) fn keep(&mut self, scenario: &str, peer: Option<Peer>, round: usize, figures: impl Serialize) {
        self.figures.push(json!({ "scenario": scenario, "server": peer, "round": round, "figures": figures }));
    }

    /// Keeps a plot under a name.
    pub(crate) fn draw(&mut self, name: &str, svg: String) {
        self.plots.push((name.to_owned(), svg));
    }

    /// What was measured.
    pub(crate) fn figures(&self) -> &[Value] {
        &self.figures
    }

    /// Plots by name.
    pub(crate) fn plots(&self) -> &[(String, String)] {
        &self.plots
    }
}

/// How busy both sides were, and whether that makes the figures beside it void.
pub(crate) fn busy(shares: &Shares) -> String {
    let Shares { server, load } = shares;
    let void = if shares.void() { ", **void**: the load gave out first" } else { "" };
    format!("{server:.0} % / {load:.0} %{void}")
}

/// The ratios within each round, in words.
pub(crate) fn ratio(of: &str, ratios: impl IntoIterator<Item = f64>) -> String {
    match Spread::of(ratios) {
        Some(ratio) => format!("{of}: {ratio}"),
        None => format!("{of}: void"),
    }
}
