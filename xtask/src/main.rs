//! `cargo xtask`: everything a person or CI does to Snug, set-up included.
//!
//! Read in this order: a command here, the [`steps`] it runs, the [`needs`] of a step, and the
//! [`system`] packages behind a need.

mod bless;
mod build;
mod deny;
mod dev;
mod group;
mod needs;
mod packages;
mod shell;
mod steps;
mod system;
mod test;
mod tree;
mod ui;

use std::process::ExitCode;

use anyhow::Result;
use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Parser, Subcommand};

/// Everything one does to Snug: set up, run, check, build.
///
/// Each command first installs what it needs and this machine lacks. On Debian and Ubuntu that
/// includes system packages (apt-get, with sudo where you aren't root); on other systems it prints
/// the exact commands and leaves the installing to you. Rust and Node are all you bring.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  cargo xtask dev                 the app, with live reload of the page
  cargo xtask test                every check, in order, as CI runs them
  cargo xtask test relay          one check alone
  cargo xtask test fmt lint unit  several
  cargo xtask build               installers and the headless relay";

#[derive(Subcommand)]
enum Command {
    /// Run the app from source; Ctrl-C ends everything it started
    ///
    /// The page reloads as you edit ui/, the shell and the relay are rebuilt as you edit them.
    /// Guests' browsers are served the last build of the page.
    Dev {
        /// Passed on to `cargo tauri dev`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
    /// Run the checks: all of them, or the steps named
    Test {
        /// What to run; nothing means everything, in this order
        #[arg(value_parser = step_names(), value_name = "STEP")]
        steps: Vec<String>,
        /// Run the remaining steps after one fails
        #[arg(long)]
        keep_going: bool,
    },
    /// Build what people install: the desktop app's packages and the headless relay
    Build,
    /// Rewrite what is generated: TypeScript types, snapshots, formatting
    ///
    /// Look at the difference before you commit it.
    Bless,
    /// Measure the relay under load
    Bench {
        /// Passed on to the bench; `cargo xtask bench --help` lists what it knows
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
    /// Run the Tauri command line pinned in ui/package.json
    Tauri {
        /// `dev`, `build`, `info`, …
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
}

fn step_names() -> PossibleValuesParser {
    PossibleValuesParser::new(steps::STEPS.iter().map(|step| PossibleValue::new(step.name).help(step.what)))
}

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("\nxtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<ExitCode> {
    match command {
        Command::Dev { args } => return dev::dev(&args),
        Command::Test { steps, keep_going } => return Ok(test::test(&steps, keep_going)),
        Command::Tauri { args } => return dev::tauri(&args),
        Command::Build => build::build()?,
        Command::Bless => bless::bless()?,
        Command::Bench { args } => build::bench(&args)?,
    }
    Ok(ExitCode::SUCCESS)
}
