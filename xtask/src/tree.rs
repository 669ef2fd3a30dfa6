//! What no compiler checks: rules of the tree that are easy to break unseen.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::packages;
use crate::shell::{cargo, root};
use crate::steps::STEPS;

/// Names what breaks it.
type Rule = fn() -> Result<Vec<String>>;

/// Runs every rule and reports all that are broken.
pub(crate) fn check() -> Result<()> {
    let rules: &[(&str, Rule)] = &[
        ("every test file is run by a step", forgotten_tests),
        ("every tool the tests start is installed for them", unknown_tools),
        ("the page reaches the shell through one file", shell_imports),
        ("the lock file names no registry", registries_in_lock),
        ("nothing names a path of this machine", paths_of_this_machine),
        ("the relay knows nothing of Tauri", tauri_in_relay),
        ("the README shows the two commands", commands_in_readme),
    ];
    let mut broken = 0;
    for (rule, offenders) in rules {
        // A rule that can't be looked into is broken too; the others are still worth reading.
        let offenders = offenders().unwrap_or_else(|error| vec![format!("{error:#}")]);
        eprintln!("  {:<6} {rule}", if offenders.is_empty() { "ok" } else { "BROKEN" });
        for offender in &offenders {
            eprintln!("         {offender}");
        }
        broken += usize::from(!offenders.is_empty());
    }
    if broken > 0 {
        bail!("{broken} of the tree's rules are broken");
    }
    Ok(())
}

/// A suite is `tests/tests/NAME.rs` or `tests/tests/NAME/main.rs`.
fn forgotten_tests() -> Result<Vec<String>> {
    let run: BTreeSet<&str> = STEPS.iter().filter_map(|step| step.suite).collect();
    let folder = root().join("tests/tests");
    let mut there = BTreeSet::new();
    for entry in fs::read_dir(&folder).context("tests/tests")? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "rs") || path.join("main.rs").is_file() {
            let name = path.file_stem().unwrap_or_default();
            there.insert(name.to_string_lossy().into_owned());
        }
    }
    let forgotten = there
        .iter()
        .filter(|name| !run.contains(name.as_str()))
        .map(|name| format!("tests/tests/{name} is run by no step"));
    let gone = run
        .iter()
        .filter(|name| !there.contains(**name))
        .map(|name| format!("step {name} has no tests/tests/{name}.rs"));
    Ok(forgotten.chain(gone).collect())
}

/// Tests name the system's tools as `tool("…")`.
fn unknown_tools() -> Result<Vec<String>> {
    let mut unknown = BTreeSet::new();
    for file in files()?.iter().filter(|file| file.starts_with(root().join("tests"))) {
        let text = fs::read_to_string(file).unwrap_or_default();
        let names = text.split("tool(\"").skip(1).filter_map(|rest| rest.split('"').next());
        unknown.extend(names.filter(|name| !packages::provides(name)).map(str::to_owned));
    }
    Ok(unknown.into_iter().map(|name| format!("xtask/src/packages.rs knows no {name}")).collect())
}

fn shell_imports() -> Result<Vec<String>> {
    // And its test, which stands in for the shell.
    const ALLOWED: [&str; 2] = ["ui/src/transport/desktop.ts", "ui/src/transport/desktop.test.ts"];
    let imports = ["\"@tauri-apps/", "'@tauri-apps/"];
    lines_with(&imports, |file| file.starts_with("ui/src") && !ALLOWED.iter().any(|it| file == Path::new(it)))
}

fn registries_in_lock() -> Result<Vec<String>> {
    lines_with(&["\"resolved\":"], |file| file.ends_with("package-lock.json"))
}

fn paths_of_this_machine() -> Result<Vec<String>> {
    // A path one name deep, such as /src, is a word that may well occur.
    let home = env::home_dir().filter(|home| home.starts_with("/root") || deep(home));
    let places: Vec<String> = [home, Some(root()).filter(|root| deep(root))]
        .into_iter()
        .flatten()
        .map(|place| format!("{}/", place.display()))
        .collect();
    let places: Vec<&str> = places.iter().map(String::as_str).collect();
    lines_with(&places, |_| true)
}

fn deep(path: &Path) -> bool {
    path.components().count() > 2
}

fn tauri_in_relay() -> Result<Vec<String>> {
    let tree = cargo().words("tree --locked -p snug-relay --all-features --edges normal,build --prefix none").read()?;
    let tauri: BTreeSet<&str> = tree.lines().filter(|line| line.starts_with("tauri")).collect();
    Ok(tauri.into_iter().map(str::to_owned).collect())
}

fn commands_in_readme() -> Result<Vec<String>> {
    let readme = fs::read_to_string(root().join("README.md")).context("README.md")?;
    Ok(["cargo xtask dev", "cargo xtask test"]
        .into_iter()
        .filter(|command| !readme.contains(command))
        .map(|command| format!("README.md says nothing of `{command}`"))
        .collect())
}

/// Every line of the tree's text files that contains one of `needles`, as `file:line`.
fn lines_with(needles: &[&str], wanted: impl Fn(&Path) -> bool) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for file in files()? {
        let short = file.strip_prefix(root())?;
        if !wanted(short) {
            continue;
        }
        // What isn't UTF-8 is an image or a font.
        let Ok(text) = fs::read_to_string(&file) else {
            continue;
        };
        for (number, line) in text.lines().enumerate() {
            if needles.iter().any(|needle| line.contains(needle)) {
                found.push(format!("{}:{}", short.display(), number + 1));
            }
        }
    }
    Ok(found)
}

/// Every file people wrote. Walked rather than asked of git, so that an unpacked archive will do.
fn files() -> Result<Vec<PathBuf>> {
    const BUILT: &[&str] = &[".git", "target", "gen", "node_modules", "dist"];
    let mut files = Vec::new();
    let mut folders = vec![root()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            let kind = entry.file_type()?;
            if kind.is_file() {
                files.push(entry.path());
            } else if kind.is_dir() && !BUILT.iter().any(|name| entry.file_name() == *name) {
                folders.push(entry.path());
            }
        }
    }
    files.sort();
    Ok(files)
}
