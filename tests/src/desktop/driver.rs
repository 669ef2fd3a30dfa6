//! The programs below the app: a session bus, an input method's daemon where there is one, and WebKitWebDriver.

use std::{
    fs::{self, File},
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use anyhow::Result;
use tempfile::TempDir;

use crate::{Machine, processes, tool};

/// Runs a program in its session, with an input method's daemon beside it where there is to be one. Nobody looks at
/// what it would show, and nothing of it is kept.
const SESSION: &str = "[ \"$GTK_IM_MODULE\" != ibus ] || ibus-daemon --panel=disable --emoji-extension=disable --cache=none & exec \"$@\"";

/// `dbus-run-session` and everything below it, in a process group of its own.
pub(super) struct Driver {
    session: Child,
    logs: TempDir,
}

impl Driver {
    pub(super) fn start(
        data: &Path,
        port: u16,
        display: &str,
        machine: Option<&Machine>,
        environment: &[(&str, &str)],
    ) -> Result<Self> {
        let logs = tempfile::tempdir()?;
        let log = File::create(log_file(&logs))?;
        let session = tool("dbus-run-session")?;
        let mut session = match machine {
            Some(machine) => machine.command(session)?,
            None => Command::new(session),
        };
        let session = session
            .arg("--")
            .args(["sh", "-c", SESSION, "sh"])
            .arg(tool("WebKitWebDriver")?)
            .arg(format!("--port={port}"))
            .arg(if machine.is_some() { "--host=all" } else { "--host=local" })
            .env("DISPLAY", display)
            .env("GDK_BACKEND", "x11")
            .env_remove("WAYLAND_DISPLAY")
            .env("SNUG_DATA_DIR", data)
            .env("TMPDIR", logs.path())
            // Where it stands which directory is for downloads.
            .env("XDG_CONFIG_HOME", data.join("config"))
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            // GTK's own, whatever else is installed.
            .env("GTK_IM_MODULE", "gtk-im-context-simple")
            // Without a screen reader there is nobody to wait for.
            .env("NO_AT_BRIDGE", "1")
            .env("RUST_LOG", "info,snug_desktop=debug")
            .env("RUST_BACKTRACE", "1")
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .process_group(0)
            .spawn()?;
        Ok(Self { session, logs })
    }

    /// Of the session.
    pub(super) fn id(&self) -> u32 {
        self.session.id()
    }

    /// What all of them wrote so far.
    pub(super) fn log(&self) -> Result<String> {
        Ok(String::from_utf8_lossy(&fs::read(log_file(&self.logs))?).into_owned())
    }
}

fn log_file(logs: &TempDir) -> PathBuf {
    logs.path().join("log")
}

impl Drop for Driver {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("what the app wrote:\n{}", self.log().unwrap_or_default());
        }
        // The whole group: the bus, what it started, WebKitWebDriver, the app and WebKit's processes.
        if let Err(error) = processes::end_group(self.session.id()) {
            eprintln!("processes may be left over: {error:#}");
        }
        let _ended = self.session.wait();
    }
}
