//! A program and everything it starts, to be ended together.
//!
//! The Tauri command line ends Vite on Ctrl-C but not when it is ended any other way, and never the
//! app; npm passes no signal on at all. So they get a process group of their own: it still holds
//! those whose parents have gone.

use std::process::Child;
use std::time::{Duration, Instant};

use anyhow::Result;

use crate::shell::{Cmd, program};

/// How long they have to end by themselves.
const PATIENCE: Duration = Duration::from_secs(5);

/// The process group of a program.
#[derive(Clone, Copy)]
pub(crate) struct Group {
    leader: u32,
}

impl Group {
    /// Starts `command` as the first of its group.
    pub(crate) fn start(command: Cmd) -> Result<(Child, Self)> {
        let child = command.start_apart()?;
        let leader = child.id();
        Ok((child, Self { leader }))
    }

    /// Ends all that are left of it; those that don't heed are killed. Returns once none is left.
    pub(crate) fn end(self) {
        if cfg!(windows) {
            // Windows keeps no groups, but it can walk the tree as long as the leader lives.
            let _ = program("taskkill").args(["/T", "/F", "/PID", &self.leader.to_string()]).read();
            return;
        }
        let begun = Instant::now();
        let mut signal = "TERM";
        while self.signal(signal) {
            std::thread::sleep(Duration::from_millis(50));
            // Nothing is sent twice: a second TERM means "at once" to some.
            signal = "0";
            if begun.elapsed() > PATIENCE {
                self.signal("KILL");
                return;
            }
        }
    }

    /// Signals every member; false if there is none. The shell's own `kill`, because it is always
    /// there and the system call would be unsafe code.
    fn signal(self, name: &str) -> bool {
        let Self { leader } = self;
        program("sh").args(["-c", &format!("kill -{name} -{leader}")]).read().is_ok()
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::io::Read;
    use std::os::unix::process::CommandExt;
    use std::process::{Command, Stdio};

    use super::*;

    #[test]
    fn ends_a_child_whose_parent_has_gone() {
        // The shell ends at once and leaves its child behind, which holds the pipe open.
        let mut shell = Command::new("sh")
            .args(["-c", "sleep 60 &"])
            .process_group(0)
            .stdout(Stdio::piped())
            .spawn()
            .expect("sh starts");
        assert!(shell.wait().expect("sh ends").success());
        let begun = Instant::now();
        let group = Group { leader: shell.id() };
        group.end();
        let mut pipe = shell.stdout.take().expect("it is piped");
        pipe.read_to_end(&mut Vec::new()).expect("it closes");
        assert!(begun.elapsed() < Duration::from_secs(30), "the child ran on");
    }
}
