//! `cargo xtask test`: runs steps and tells how each went and how long it took.

use std::fmt;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use crate::needs;
use crate::shell::say;
use crate::steps::{self, Step};

/// How one step went.
enum Outcome {
    Passed(Duration),
    Failed(Duration, anyhow::Error),
    /// An earlier one failed.
    NotRun,
}

/// Runs the steps called `names`, or all. Stops at the first that fails, unless `keep_going`.
pub(crate) fn test(names: &[String], keep_going: bool) -> ExitCode {
    let begun = Instant::now();
    let mut failed = false;
    let mut outcomes = Vec::new();
    for step in steps::named(names) {
        let outcome = if failed && !keep_going { Outcome::NotRun } else { run(step) };
        failed |= matches!(outcome, Outcome::Failed(..));
        outcomes.push((step.name, outcome));
    }
    summary(&outcomes, begun.elapsed());
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// Gets what the step needs and runs it; the time counts both.
fn run(step: &Step) -> Outcome {
    eprintln!();
    say(&format!("{}: {}", step.name, step.what));
    let begun = Instant::now();
    let result = needs::ensure(step.needs).and_then(|()| (step.run)());
    let outcome = match result {
        Ok(()) => Outcome::Passed(begun.elapsed()),
        Err(error) => Outcome::Failed(begun.elapsed(), error),
    };
    say(&format!("{}: {outcome}", step.name));
    outcome
}

/// One line a step; what went wrong in full stands where it happened.
fn summary(outcomes: &[(&str, Outcome)], total: Duration) {
    eprintln!();
    for (name, outcome) in outcomes {
        let line = outcome.to_string();
        eprintln!("  {name:<8} {}", line.lines().next().unwrap_or_default());
    }
    let passed = outcomes.iter().filter(|(_, outcome)| matches!(outcome, Outcome::Passed(_))).count();
    let total = total.as_secs_f32();
    eprintln!("\n{passed} of {} steps passed in {total:.1} s", outcomes.len());
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Passed(time) => write!(f, "ok in {:.1} s", time.as_secs_f32()),
            Self::Failed(time, error) => {
                write!(f, "FAILED in {:.1} s: {error:#}", time.as_secs_f32())
            }
            Self::NotRun => write!(f, "not run"),
        }
    }
}
