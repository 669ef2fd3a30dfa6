//! What a process has used, from `/proc`.

use std::{fs, time::Duration};

use anyhow::{Context, Result};

/// The processor time of a process and all its threads so far; the kernel counts in hundredths of a second.
pub(crate) fn cpu(pid: &str) -> Result<Duration> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let (_, after_name) = stat.rsplit_once(") ").context("a line of /proc")?;
    let ticks: u64 = after_name.split(' ').skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum();
    Ok(Duration::from_millis(ticks * 10))
}

/// The memory that is this process's alone, in bytes: what it wrote to. The code it shares or could
/// read again from its file does not count.
pub(crate) fn memory(pid: &str) -> Result<u64> {
    let smaps = fs::read_to_string(format!("/proc/{pid}/smaps_rollup"))?;
    let line = smaps.lines().find_map(|line| line.strip_prefix("Private_Dirty:")).context("a line of /proc")?;
    let kilobytes: u64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(kilobytes * 1024)
}

/// The share of its core that server and load each had, in percent.
#[derive(Debug, Clone, Copy, serde::Serialize)]
pub(crate) struct Shares {
    pub(crate) server: f64,
    pub(crate) load: f64,
}

impl Shares {
    /// A load that has no more to give while the server still has says nothing about the server.
    pub(crate) fn void(&self) -> bool {
        self.load > 97.0 && self.server < 90.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_is_void_only_where_the_load_gave_out_first() {
        let void = |server, load| Shares { server, load }.void();
        assert!(void(60.0, 99.0));
        assert!(!void(95.0, 99.0), "both at their limit: the server's counts");
        assert!(!void(60.0, 80.0), "neither at its limit: a paced load");
        assert!(!void(100.0, 50.0));
    }

    #[test]
    fn a_process_has_used_memory_and_time() {
        assert!(memory("self").unwrap() > 100_000);
        let before = cpu("self").unwrap();
        while cpu("self").unwrap() < before + Duration::from_millis(20) {}
    }
}
