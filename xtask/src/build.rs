//! `cargo xtask build` and `cargo xtask bench`: what is made for people to install, and how fast it is.

use std::env::consts::EXE_SUFFIX;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::dev::tauri_cli;
use crate::needs::{self, Need};
use crate::packages::{RELAY, WINDOW};
use crate::shell::{cargo, say, target_dir};
use crate::ui::ensure_packages;

/// Builds the headless relay and the desktop app's packages, and says where they are.
pub(crate) fn build() -> Result<()> {
    needs::ensure(&[Need::System(WINDOW), Need::UiBuilt])?;
    relay()?;
    tauri_cli()?.words("build").run()?;

    let release = target_dir().join("release");
    say("built");
    println!("{}", release.join(format!("snug-relay{EXE_SUFFIX}")).display());
    for kind in sorted(&release.join("bundle"))? {
        for file in sorted(&kind)? {
            // The bundlers leave their working folders beside what they make; a Mac app is a folder.
            if file.is_file() || file.extension().is_some_and(|ending| ending == "app") {
                println!("{}", file.display());
            }
        }
    }
    Ok(())
}

/// Runs the bench against a release relay.
pub(crate) fn bench(args: &[String]) -> Result<()> {
    needs::ensure(&[Need::System(RELAY), Need::UiBuilt])?;
    // The other servers in the comparison.
    for server in ["bench/tutorial", "bench/bun"] {
        ensure_packages(server)?;
    }
    relay()?;
    cargo().words("run --release -p snug-bench --").args(args).run()
}

fn relay() -> Result<()> {
    cargo().words("build --release -p snug-relay").run()
}

fn sorted(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder)? {
        paths.push(entry?.path());
    }
    paths.sort();
    Ok(paths)
}
