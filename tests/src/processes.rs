//! Processes, as Linux shows them under `/proc`.

use std::{
    collections::HashSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};

use crate::tool;

/// Every process below this one.
pub(crate) fn below(ancestor: u32) -> Vec<u32> {
    let parents: Vec<(u32, u32)> = all().filter_map(|pid| Some((pid, parent(pid)?))).collect();
    let mut found = vec![ancestor];
    let mut at = 0;
    while at < found.len() {
        let parent = found[at];
        found.extend(parents.iter().filter(|(_, of)| *of == parent).map(|(pid, _)| *pid));
        at += 1;
    }
    found.split_off(1)
}

/// The program it runs.
pub(crate) fn program(pid: u32) -> Option<PathBuf> {
    fs::read_link(format!("/proc/{pid}/exe")).ok()
}

/// A variable of the environment it was started with.
pub(crate) fn environment(pid: u32, name: &str) -> Option<String> {
    environments(pid)?.into_iter().find_map(|(found, value)| (found == name).then_some(value))
}

/// All of them.
pub(crate) fn environments(pid: u32) -> Option<Vec<(String, String)>> {
    let variables = fs::read(format!("/proc/{pid}/environ")).ok()?;
    let variables = variables.split(|byte| *byte == 0).map(String::from_utf8_lossy);
    let parted = variables.filter_map(|variable| {
        let (name, value) = variable.split_once('=')?;
        Some((name.to_owned(), value.to_owned()))
    });
    Some(parted.collect())
}

/// Whether it still runs; one that has ended and waits to be noticed doesn't.
pub(crate) fn alive(pid: u32) -> bool {
    stat(pid).is_some_and(|stat| !stat.starts_with(['Z', 'X']))
}

/// How much memory it has that no other process has too, in bytes.
pub(crate) fn memory(pid: u32) -> Result<u64> {
    let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).context("the process is gone")?;
    let dirty = rollup.lines().find_map(|line| line.strip_prefix("Private_Dirty:")).context("the system tells")?;
    let kilobytes: u64 = dirty.trim().trim_end_matches(" kB").parse()?;
    Ok(kilobytes * 1024)
}

/// A TCP socket's two ends.
pub(crate) struct Tcp {
    pub(crate) local: u16,
    pub(crate) remote: u16,
    state: String,
}

impl Tcp {
    pub(crate) fn listens(&self) -> bool {
        self.state == "0A"
    }

    pub(crate) fn is_established(&self) -> bool {
        self.state == "01"
    }
}

/// Its TCP sockets, on any address.
pub(crate) fn tcp(pid: u32) -> Result<Vec<Tcp>> {
    let open = fs::read_dir(format!("/proc/{pid}/fd")).context("the process is gone")?;
    let sockets: HashSet<String> = open
        .filter_map(|entry| fs::read_link(entry.ok()?.path()).ok())
        .filter_map(|link| Some(link.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.to_owned()))
        .collect();
    let port = |address: &str| u16::from_str_radix(address.rsplit(':').next()?, 16).ok();
    let mut found = Vec::new();
    for table in ["tcp", "tcp6"] {
        // A system without IPv6 has no table for it.
        let Ok(table) = fs::read_to_string(Path::new("/proc").join(pid.to_string()).join("net").join(table)) else {
            continue;
        };
        for line in table.lines().skip(1) {
            let columns: Vec<&str> = line.split_whitespace().collect();
            let [_, local, remote, state, _, _, _, _, _, inode, ..] = columns[..] else { continue };
            if let (true, Some(local), Some(remote)) = (sockets.contains(inode), port(local), port(remote)) {
                found.push(Tcp { local, remote, state: state.to_owned() });
            }
        }
    }
    Ok(found)
}

/// Sends a process a signal.
///
/// # Errors
/// When it is gone.
pub fn signal(pid: u32, name: &str) -> Result<()> {
    kill(&[&format!("-{name}"), &pid.to_string()])
}

/// Ends a group of processes at once.
pub(crate) fn end_group(leader: u32) -> Result<()> {
    kill(&["-KILL", "--", &format!("-{leader}")])
}

fn kill(arguments: &[&str]) -> Result<()> {
    let status = Command::new(tool("kill")?).args(arguments).status()?;
    ensure!(status.success(), "kill {arguments:?} ended with {status}");
    Ok(())
}

fn all() -> impl Iterator<Item = u32> {
    fs::read_dir("/proc").into_iter().flatten().filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
}

fn parent(pid: u32) -> Option<u32> {
    stat(pid)?.split(' ').nth(1)?.parse().ok()
}

/// What follows the program's name, which may hold anything: state, parent, group, …
fn stat(pid: u32) -> Option<String> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    Some(stat.rsplit_once(") ")?.1.to_owned())
}
