//! The checks, in the order they run: the cheap ones that fail most often first.
//!
//! Cargo compiles a crate once for each set of features it is asked for, and which features those
//! are depends on the packages a command selects. So there are two selections and no more, each
//! spelled the same wherever it is used: [`RELAY_SIDE`] compiles without Tauri, [`DESKTOP`] with it.

use anyhow::Result;

use crate::needs::Need::{self, CargoDeny, Clippy, Rustfmt, System, UiBuilt, UiPackages};
use crate::packages::{BROWSER, DISPLAY, FAULTS, NETWORK, RELAY, WINDOW};
use crate::shell::{Cmd, cargo, npm};
use crate::{deny, tree};

/// One named check.
pub(crate) struct Step {
    /// What a person types.
    pub(crate) name: &'static str,
    /// One line for `--help`.
    pub(crate) what: &'static str,
    /// What must be there before it can run.
    pub(crate) needs: &'static [Need],
    /// The check itself; an error is a failure.
    pub(crate) run: fn() -> Result<()>,
    /// The file in `tests/tests/` it runs, if it is one of those.
    pub(crate) suite: Option<&'static str>,
}

/// The relay and everything that drives it from outside.
const RELAY_SIDE: &str = "-p snug-relay -p snug-tests -p snug-bench";

/// The app as it ships: its page inside, instead of a development server's.
const DESKTOP: &str = "-p snug --features tauri/custom-protocol";

/// Every step, in order.
pub(crate) const STEPS: &[Step] = &[
    Step {
        name: "fmt",
        what: "Rust is formatted",
        needs: &[Rustfmt],
        run: || cargo().words("fmt --all --check").run(),
        suite: None,
    },
    Step {
        name: "tree",
        what: "the tree keeps its own rules: who may import what, no test forgotten",
        needs: &[],
        run: tree::check,
        suite: None,
    },
    Step {
        name: "ui",
        what: "the page: Biome, TypeScript, unit tests, build",
        needs: &[UiPackages],
        run: ui,
        suite: None,
    },
    Step {
        name: "lint",
        what: "Clippy and the documentation's links, on every crate and target",
        needs: &[System(WINDOW), Clippy, UiBuilt],
        run: lint,
        suite: None,
    },
    Step { name: "unit", what: "unit tests of every crate", needs: &[System(WINDOW), UiBuilt], run: unit, suite: None },
    Step {
        name: "relay",
        what: "the relay over real sockets",
        needs: &[System(RELAY), UiBuilt],
        run: || suite("relay"),
        suite: Some("relay"),
    },
    Step {
        name: "faults",
        what: "the relay killed, cut off, stalled and out of time",
        needs: &[System(RELAY), System(FAULTS), UiBuilt],
        run: faults,
        suite: Some("faults"),
    },
    Step {
        name: "network",
        what: "several machines on one: rooms found, moved, out of reach",
        needs: &[System(RELAY), System(NETWORK), UiBuilt],
        run: || suite("network"),
        suite: Some("network"),
    },
    Step {
        name: "browser",
        what: "two people in Chromium",
        needs: &[System(RELAY), System(BROWSER), UiBuilt],
        run: browser,
        suite: Some("browser"),
    },
    Step {
        name: "desktop",
        what: "the real window, where nobody looks",
        needs: &[System(WINDOW), System(BROWSER), System(NETWORK), System(DISPLAY), UiBuilt],
        run: desktop,
        suite: Some("desktop"),
    },
    Step {
        name: "deny",
        what: "licences, banned crates, and where crates come from",
        needs: &[CargoDeny],
        run: deny::check,
        suite: None,
    },
];

fn ui() -> Result<()> {
    for script in ["lint", "check", "test", "build"] {
        npm().args(["run", script]).run()?;
    }
    Ok(())
}

fn lint() -> Result<()> {
    cargo().words("clippy --workspace --all-targets --features tauri/custom-protocol").words("-- -D warnings").run()?;
    cargo()
        .env("RUSTDOCFLAGS", "-D warnings")
        .words("doc --workspace --no-deps --lib --document-private-items")
        .words("--features tauri/custom-protocol")
        .run()
}

fn unit() -> Result<()> {
    for tests in unit_tests() {
        tests.run()?;
    }
    Ok(())
}

/// The unit tests of every crate: not the suites, which need more than a compiler.
pub(crate) fn unit_tests() -> [Cmd; 3] {
    [
        cargo().words("test -p xtask"),
        cargo().words("test").words(RELAY_SIDE).words("--lib --bins"),
        cargo().words("test").words(DESKTOP).words("--lib --bins"),
    ]
}

/// One of `tests/tests/`, with the headless relay it starts and kills.
fn suite(name: &str) -> Result<()> {
    tests_of(name)?.run()
}

/// The run of a suite, once the relay it starts is built.
fn tests_of(name: &str) -> Result<Cmd> {
    // The suite is named here too: with test targets in it, cargo resolves the same features for
    // this build as for the run below, and compiles nothing twice.
    cargo().words("build").words(RELAY_SIDE).args(["--bin", "snug-relay", "--test", name]).run()?;
    Ok(cargo().words("test").words(RELAY_SIDE).args(["--test", name]))
}

fn browser() -> Result<()> {
    // What is timed is timed alone: beside others it would tell of them.
    tests_of("browser")?.words("-- --skip measured::").run()?;
    tests_of("browser")?.words("-- measured:: --test-threads=1").run()
}

fn faults() -> Result<()> {
    // One at a time: each of them keeps a machine busy, and one of them times what it does.
    tests_of("faults")?.words("-- --test-threads=1").run()
}

fn desktop() -> Result<()> {
    // The app, and its tests for the reason given above.
    cargo().words("build").words(DESKTOP).words("--bins --tests").run()?;
    suite("desktop")
}

/// The steps called `names`, in the order of [`STEPS`]; all of them if there are no names.
pub(crate) fn named(names: &[String]) -> Vec<&'static Step> {
    STEPS.iter().filter(|step| names.is_empty() || names.iter().any(|name| name == step.name)).collect()
}
