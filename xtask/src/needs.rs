//! What a step needs before it can run, how each is found, and how it is installed.

use anyhow::{Result, bail};

use crate::packages::Package;
use crate::shell::{cargo, program, say};
use crate::{deny, system, ui};

/// One thing a step can't do without.
#[derive(Clone, Copy)]
pub(crate) enum Need {
    /// Programs and libraries of the operating system.
    System(&'static [Package]),
    /// `cargo fmt`.
    Rustfmt,
    /// `cargo clippy`.
    Clippy,
    /// The pinned `cargo deny`.
    CargoDeny,
    /// `ui/node_modules` as `package-lock.json` has it, and a Node to run it.
    UiPackages,
    /// `ui/dist` no older than its sources: the relay and the app embed it.
    UiBuilt,
}

/// Makes sure of all of them, installing what is missing. Fails with the name of what it can't get.
pub(crate) fn ensure(needs: &[Need]) -> Result<()> {
    // Together, so that what is missing is one list and one run of the package manager.
    let packages: Vec<Package> = needs
        .iter()
        .filter_map(|need| match need {
            Need::System(packages) => Some(packages.iter().copied()),
            _ => None,
        })
        .flatten()
        .collect();
    system::ensure(&packages)?;

    for need in needs {
        match need {
            Need::System(_) => {}
            Need::Rustfmt => component("rustfmt", "fmt")?,
            Need::Clippy => component("clippy", "clippy")?,
            Need::CargoDeny => deny::ensure()?,
            Need::UiPackages => ui::ensure_packages("ui")?,
            Need::UiBuilt => ui::ensure_built()?,
        }
    }
    Ok(())
}

/// A component of the Rust toolchain, and the cargo subcommand it brings.
fn component(name: &str, subcommand: &str) -> Result<()> {
    if cargo().args([subcommand, "--version"]).read().is_ok() {
        return Ok(());
    }
    if program("rustup").args(["--version"]).read().is_err() {
        bail!(
            "{name} is missing, and there is no rustup to install it: add your system's package \
             for it, or get Rust from https://rustup.rs"
        );
    }
    say(&format!("installing {name}"));
    program("rustup").args(["component", "add", name]).run()
}
