//! The figures of a run as a file, with what they were measured on.

use std::{fs, path::Path, process::Command};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::{
    report::Report,
    servers::{self, Places},
};

/// Writes `latest.json` and the plots into a folder.
pub(crate) fn write(folder: &Path, report: &Report, places: &Places) -> Result<()> {
    let cpu = fs::read_to_string("/proc/cpuinfo")?;
    let cpus: Vec<&str> = cpu
        .lines()
        .filter_map(|line| line.strip_prefix("model name")?.split_once(": "))
        .map(|(_, name)| name)
        .collect();
    let machine = json!({
        "date": said(Command::new("date").args(["-u", "+%Y-%m-%d %H:%M UTC"]))?,
        "kernel": fs::read_to_string("/proc/sys/kernel/osrelease")?.trim(),
        "cpu": cpus.first(),
        "cores": cpus.len(),
        "snug_relay": said(Command::new(&places.relay).arg("--version"))?,
        "bun": said(Command::new(servers::bun()?).arg("--version"))?,
        "node": said(Command::new("node").arg("--version"))?,
        "sqlite": rusqlite::version(),
    });
    fs::create_dir_all(folder)?;
    for (name, svg) in report.plots() {
        fs::write(folder.join(name).with_extension("svg"), svg)?;
    }
    // A measurement a line, so that a change can be read as one.
    let figures: Vec<String> = report.figures().iter().map(Value::to_string).collect();
    let record = format!("{{\n\"on\": {machine},\n\"figures\": [\n{}\n]\n}}\n", figures.join(",\n"));
    let path = folder.join("latest.json");
    fs::write(&path, record).with_context(|| path.display().to_string())
}

fn said(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("{}", command.get_program().display()))?;
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}
