//! Running programs as a person would type them: from the project's root, each line shown first.

use std::env;
use std::ffi::OsStr;
use std::fmt::Write as _;
use std::io::{ErrorKind, IsTerminal};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

use anyhow::{Context, Result, anyhow, bail};

/// The project's root: the folder that holds `Cargo.toml` and `tauri.conf.json`.
pub(crate) fn root() -> PathBuf {
    let xtask =
        env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    xtask.parent().map_or(xtask.clone(), Path::to_path_buf)
}

/// Where cargo puts what it builds.
pub(crate) fn target_dir() -> PathBuf {
    root().join(env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into()))
}

/// The first of `names` found on `PATH`.
pub(crate) fn on_path(names: &[&str]) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .flat_map(|dir| names.iter().map(move |name| dir.join(format!("{name}{}", env::consts::EXE_SUFFIX))))
        .find(|file| file.is_file())
}

/// One line of progress, marked so that it stands out from the programs' own output.
pub(crate) fn say(line: &str) {
    if std::io::stderr().is_terminal() {
        eprintln!("\x1b[1m▸ {line}\x1b[0m");
    } else {
        eprintln!("▸ {line}");
    }
}

/// `cargo …`, the same cargo that started us.
pub(crate) fn cargo() -> Cmd {
    let program = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    Cmd::new(&program, "cargo")
}

/// `npm …` in `ui/`.
pub(crate) fn npm() -> Cmd {
    npm_in("ui")
}

/// `npm …` in a folder of the tree.
pub(crate) fn npm_in(folder: &str) -> Cmd {
    // Windows runs a batch file only when its ending is spelled out.
    let program = if cfg!(windows) { "npm.cmd" } else { "npm" };
    Cmd::new(program, "npm").in_dir(folder)
}

/// Any other program on `PATH`.
pub(crate) fn program(name: &str) -> Cmd {
    Cmd::new(name, name)
}

/// A program at a known place, shown by the name a person would use.
pub(crate) fn tool(path: &Path, shown: &str) -> Cmd {
    Cmd::new(path, shown)
}

/// A command line, to be run from the root.
pub(crate) struct Cmd {
    command: Command,
    shown: String,
}

impl Cmd {
    fn new(program: impl AsRef<OsStr>, shown: &str) -> Self {
        let mut command = Command::new(program);
        command.current_dir(root());
        // `cargo run` describes xtask to us in these. Passed on, they make build scripts that watch
        // them rebuild their crates on every change between `cargo xtask` and plain `cargo`.
        for (name, _) in env::vars_os() {
            let name = name.to_string_lossy();
            if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
                command.env_remove(name.as_ref());
            }
        }
        Self { command, shown: shown.to_owned() }
    }

    /// Adds arguments; a string is split at its spaces, so that lines read as they are typed.
    pub(crate) fn words(self, words: &str) -> Self {
        self.args(words.split_whitespace())
    }

    /// Adds arguments as they are.
    pub(crate) fn args<S: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = S>) -> Self {
        for arg in args {
            let _ = write!(self.shown, " {}", arg.as_ref().display());
            self.command.arg(arg);
        }
        self
    }

    /// Sets an environment variable.
    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.shown = format!("{name}={value} {}", self.shown);
        self.command.env(name, value);
        self
    }

    fn in_dir(mut self, dir: &str) -> Self {
        self.command.current_dir(root().join(dir));
        self
    }

    /// Shows the line and runs it, its output going where ours goes. Fails unless it succeeds.
    ///
    /// There is nothing on its stdin: a program that would ask fails instead of waiting for ever.
    pub(crate) fn run(mut self) -> Result<()> {
        eprintln!("$ {}", self.shown);
        self.command.stdin(Stdio::null());
        let status = self.command.status();
        self.judge(status)
    }

    /// Shows the line and runs it with our stdin, for a person to answer what it asks.
    pub(crate) fn attend(mut self) -> Result<ExitStatus> {
        eprintln!("$ {}", self.shown);
        self.command.status().map_err(|error| self.missing(error))
    }

    /// Shows the line and starts it in a process group of its own; the caller waits for it.
    ///
    /// Such a group may not read from the terminal, so there is nothing on its stdin.
    pub(crate) fn start_apart(mut self) -> Result<Child> {
        eprintln!("$ {}", self.shown);
        self.command.stdin(Stdio::null());
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut self.command, 0);
        self.command.spawn().map_err(|error| self.missing(error))
    }

    /// Runs it unseen and gives back what it wrote to stdout. Fails unless it succeeds.
    pub(crate) fn read(mut self) -> Result<String> {
        let output = self.command.stdin(Stdio::null()).output();
        let output = output.map_err(|error| self.missing(error))?;
        if !output.status.success() {
            let stderr = String::from_utf8_lossy(&output.stderr);
            bail!("`{}` failed: {}", self.shown, stderr.trim());
        }
        String::from_utf8(output.stdout).with_context(|| format!("`{}` wrote no UTF-8", self.shown))
    }

    fn judge(&self, status: std::io::Result<ExitStatus>) -> Result<()> {
        let status = status.map_err(|error| self.missing(error))?;
        if status.success() {
            return Ok(());
        }
        bail!("`{}` failed ({status})", self.shown)
    }

    fn missing(&self, error: std::io::Error) -> anyhow::Error {
        let program = self.command.get_program().display();
        if error.kind() == ErrorKind::NotFound {
            return anyhow!("{program} is not installed, or not on PATH");
        }
        anyhow!(error).context(format!("{program} can't be started"))
    }
}
