//! What the disk takes by itself: rows of the relay's own table, committed by bare SQLite.

use std::{process::Command, time::Instant};

use anyhow::{Context, Result, ensure};
use rusqlite::{Connection, TransactionBehavior, params};
use serde::{Deserialize, Serialize};

use crate::{
    dialect,
    fill::TEXT_BYTES,
    latency::{Moment, Percentiles, histogram, nanos},
    scenarios::Settings,
    servers::{SERVER_CORE, Server},
    spread::rate,
};

/// What bare SQLite did.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Committed {
    /// How long one commit took.
    pub(crate) took: Percentiles,
    pub(crate) rows_per_second: f64,
}

/// Commits `commits` transactions of `rows` rows each on the server's core.
pub(crate) fn time(settings: &Settings, rows: usize, commits: usize) -> Result<Committed> {
    // A relay makes the database, so that its schema stands in one place; then it is ours.
    let data = Server::relay(&settings.places, &["Bench".to_owned()])?.stop()?;
    let output = Command::new("taskset")
        .args(["--cpu-list", SERVER_CORE])
        .arg(std::env::current_exe()?)
        .args(["commit", &rows.to_string(), &commits.to_string()])
        .arg(data.path().join("snug.db"))
        .output()?;
    ensure!(output.status.success(), "bare SQLite: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).context("what a commit took")
}

/// The same in this process, over a relay's database.
pub(crate) fn run(database: &std::path::Path, rows: usize, commits: usize) -> Result<Committed> {
    let mut database = Connection::open(database)?;
    // As the relay has it.
    database.pragma_update(None, "journal_mode", "WAL")?;
    database.pragma_update(None, "synchronous", "FULL")?;
    database.pragma_update(None, "wal_autocheckpoint", 256)?;
    let event = format!(
        r#"{{"member":"0123456789abcdef","nickname":"Anonymous","id":"{}","body":{{"type":"message","text":"{}"}}}}"#,
        dialect::id(Moment::now(), 0, 0),
        "x".repeat(TEXT_BYTES)
    );
    let mut took = histogram()?;
    // As the relay numbers what is said in its first room.
    let first = 1_u64 << 44;
    let (mut seq, all) = (0_u64, Instant::now());
    for _ in 0..commits {
        let begun = Instant::now();
        let transaction = database.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for _ in 0..rows {
            seq += 1;
            let id = dialect::id(Moment::now(), 0, seq);
            transaction
                .prepare_cached(
                    // Word for word the relay's own.
                    "INSERT INTO event (key, at, id, json, sum) VALUES (?1, ?2, ?3, ?4, ?5)
                     ON CONFLICT (room, id) DO NOTHING",
                )?
                .execute(params![first + seq, 1_800_000_000_000_u64, id, event, seq])?;
        }
        transaction.commit()?;
        took.saturating_record(nanos(begun.elapsed()));
    }
    let rows_per_second = rate(seq, all.elapsed());
    Ok(Committed { took: Percentiles::of(&took), rows_per_second })
}
