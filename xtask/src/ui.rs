//! npm packages and the page's build, each renewed only when it is out of date.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context, Result, bail};

use crate::shell::{npm, npm_in, program, root, say};

/// What Vite asks for; the same is written in `ui/package.json`.
const OLDEST_NODE: (u32, u32) = (20, 19);

/// A copy of the lock file from which `node_modules` was installed. A copy rather than a time:
/// switching branches and back changes times and not what is installed.
const STAMP: &str = "node_modules/.installed-lock.json";

/// Makes a folder's `node_modules` what its `package-lock.json` says.
pub(crate) fn ensure_packages(folder: &str) -> Result<()> {
    node()?;
    let (stamp, lock) = (root().join(folder).join(STAMP), root().join(folder).join("package-lock.json"));
    let lock = fs::read(&lock).with_context(|| lock.display().to_string())?;
    if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    say(&format!("installing the npm packages of {folder}"));
    npm_in(folder).words("ci --no-audit --no-fund").run()?;
    fs::write(&stamp, lock).with_context(|| stamp.display().to_string())
}

/// Builds `ui/dist` if a source is newer than it.
pub(crate) fn ensure_built() -> Result<()> {
    ensure_packages("ui")?;
    let built = modified(&root().join("ui/dist/index.html"));
    if built.is_some() && built >= newest_source()? {
        return Ok(());
    }
    npm().words("run build").run()
}

fn node() -> Result<()> {
    let (major, minor) = OLDEST_NODE;
    let Ok(version) = program("node").args(["--version"]).read() else {
        bail!("Node is missing: {major}.{minor} or newer, from https://nodejs.org/en/download");
    };
    if number(&version) < Some(OLDEST_NODE) {
        bail!("Node {major}.{minor} or newer is needed, here is {}: https://nodejs.org/en/download", version.trim());
    }
    Ok(())
}

/// `v20.19.4` as (20, 19).
fn number(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.trim().trim_start_matches('v').split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

/// When anything the page is made of last changed. Folders count, so that a deletion is noticed.
fn newest_source() -> Result<Option<SystemTime>> {
    let mut newest = None;
    let mut folders: Vec<PathBuf> = vec![root().join("ui")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default();
            if name == "node_modules" || name == "dist" {
                continue;
            }
            newest = newest.max(modified(&path));
            if path.is_dir() {
                folders.push(path);
            }
        }
    }
    Ok(newest)
}

fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|meta| meta.modified()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn node_versions_are_compared_as_numbers() {
        assert_eq!(number("v20.19.4\n"), Some((20, 19)));
        assert!(number("v9.11.2") < Some(OLDEST_NODE));
        assert!(number("v20.9.0") < Some(OLDEST_NODE));
        assert!(number("v100.0.0") > Some(OLDEST_NODE));
        assert!(number("nonsense") < Some(OLDEST_NODE));
    }
}
