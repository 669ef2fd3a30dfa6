//! `cargo deny`: licences, duplicate and banned crates, and where crates come from.

use std::env::consts::EXE_SUFFIX;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::shell::{cargo, on_path, say, target_dir, tool};

/// What `deny.toml` is written for.
const VERSION: &str = "0.20.2";

/// Installs `cargo deny` beside our own build, unless the person has one of this line already.
pub(crate) fn ensure() -> Result<()> {
    if installed().is_some() {
        return Ok(());
    }
    say("installing cargo-deny into target/tools, once (about a minute)");
    // Without optimisation it compiles in a fraction of the time, and what it does takes seconds.
    // What is left of the compiling is a third of a gigabyte nobody needs again.
    let tools = target_dir().join("tools");
    let build = tools.join("build");
    cargo()
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .env("CARGO_INCREMENTAL", "0")
        .words("install --quiet --locked --debug cargo-deny --version")
        .args([VERSION])
        .words("--root")
        .args([&tools])
        .words("--target-dir")
        .args([&build])
        .run()?;
    fs::remove_dir_all(&build).with_context(|| build.display().to_string())
}

/// Runs it on what it can know without the network: the advisory database is a git repository
/// elsewhere, and CI reaches only the package registries.
pub(crate) fn check() -> Result<()> {
    let program = installed().context("cargo-deny isn't installed")?;
    tool(&program, "cargo deny")
        .words("--workspace --all-features --locked check --hide-inclusion-graph bans licenses sources")
        .run()
}

/// Ours, or the person's own if it reads `deny.toml` the same way.
fn installed() -> Option<PathBuf> {
    let ours = target_dir().join("tools/bin").join(format!("cargo-deny{EXE_SUFFIX}"));
    let theirs = on_path(&["cargo-deny"]);
    let (line, _) = VERSION.rsplit_once('.')?;
    [Some(ours), theirs].into_iter().flatten().find(|program| {
        tool(program, "cargo deny")
            .args(["--version"])
            .read()
            .is_ok_and(|version| version.starts_with(&format!("cargo-deny {line}.")))
    })
}
