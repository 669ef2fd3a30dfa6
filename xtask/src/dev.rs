//! `cargo xtask dev`: the app from source, and nothing left running when it ends.

use std::env;
use std::process::{ExitCode, ExitStatus};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use anyhow::{Result, bail};

use crate::group::Group;
use crate::needs::{self, Need};
use crate::packages::WINDOW;
use crate::shell::{Cmd, program, root};

/// Runs the app by `cargo tauri dev` until it is closed or interrupted.
pub(crate) fn dev(args: &[String]) -> Result<ExitCode> {
    needs::ensure(&[Need::System(WINDOW), Need::UiBuilt])?;
    let headless =
        ["DISPLAY", "WAYLAND_DISPLAY"].iter().all(|name| env::var_os(name).is_none_or(|value| value.is_empty()));
    if cfg!(target_os = "linux") && headless {
        bail!(
            "everything is set up, but there is no display here to open a window on: run this in \
             a desktop session, or with `xvfb-run cargo xtask dev`"
        );
    }
    supervise(tauri_cli()?.words("dev").args(args))
}

/// The Tauri command line, for anything else it can do. `cargo tauri` is an alias for this.
pub(crate) fn tauri(args: &[String]) -> Result<ExitCode> {
    if args.first().is_some_and(|command| command == "dev") {
        return dev(&args[1..]);
    }
    if args.first().is_some_and(|command| command == "build") {
        needs::ensure(&[Need::System(WINDOW), Need::UiBuilt])?;
    }
    Ok(exit_code(tauri_cli()?.args(args).attend()?))
}

/// The command line pinned in `ui/package.json`: prebuilt, so that it is there in seconds instead
/// of the minutes `cargo install tauri-cli` compiles, and the same for everybody.
pub(crate) fn tauri_cli() -> Result<Cmd> {
    needs::ensure(&[Need::UiPackages])?;
    let script = "ui/node_modules/@tauri-apps/cli/tauri.js";
    if !root().join(script).is_file() {
        bail!("ui/package.json doesn't list @tauri-apps/cli");
    }
    Ok(program("node").args([script]))
}

/// Runs it, and ends all it started when it ends or when we are told to.
fn supervise(command: Cmd) -> Result<ExitCode> {
    static GROUP: Mutex<Option<Group>> = Mutex::new(None);
    static INTERRUPTED: AtomicBool = AtomicBool::new(false);
    ctrlc::set_handler(|| {
        INTERRUPTED.store(true, Ordering::SeqCst);
        let group = *GROUP.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(group) = group {
            group.end();
        }
    })?;
    let mut child = {
        let mut slot = GROUP.lock().unwrap_or_else(PoisonError::into_inner);
        let (child, group) = Group::start(command)?;
        *slot = Some(group);
        child
    };
    let status = child.wait()?;
    let group = GROUP.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(group) = group {
        group.end();
    }
    if INTERRUPTED.load(Ordering::SeqCst) {
        return Ok(ExitCode::from(130)); // as shells say "ended by Ctrl-C"
    }
    Ok(exit_code(status))
}

/// The same code for us; one that was ended by a signal has none.
fn exit_code(status: ExitStatus) -> ExitCode {
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    code.map_or(ExitCode::FAILURE, ExitCode::from)
}
