//! Which operating system this is, what it lacks, and how to get it.
//!
//! Debian and Ubuntu are set up for you. Elsewhere the exact commands are printed and nothing is
//! installed behind your back.

use std::env::consts::OS;
use std::fmt::Write as _;
use std::fs;
use std::io::IsTerminal;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::packages::{Elsewhere, Package, Probe};
use crate::shell::{on_path, program, say};

/// The systems whose package names we know.
#[derive(Clone, Copy, PartialEq, Eq)]
enum System {
    Debian,
    Ubuntu,
    Fedora,
    Arch,
    OtherLinux,
    NotLinux,
}

/// Makes sure of `packages`, installing what is missing where that is ours to do.
///
/// Fails with the names of those still missing and how to get them.
pub(crate) fn ensure(packages: &[Package]) -> Result<()> {
    let system = detect();
    let missing = missing(system, packages);
    if missing.is_empty() {
        return Ok(());
    }
    if !matches!(system, System::Debian | System::Ubuntu) {
        bail!("{}", advice(system, &missing));
    }
    apt_get_install(&names(system, &missing))?;
    let missing = self::missing(system, &missing);
    if !missing.is_empty() {
        let text = advice(system, &missing);
        bail!("apt-get succeeded, and yet: {text}");
    }
    Ok(())
}

fn detect() -> System {
    match OS {
        "linux" => linux(&fs::read_to_string("/etc/os-release").unwrap_or_default()),
        _ => System::NotLinux,
    }
}

/// Reads `/etc/os-release`, where a derivative names what it is like.
fn linux(os_release: &str) -> System {
    let ids: Vec<&str> = os_release
        .lines()
        .filter_map(|line| line.split_once('='))
        .filter(|(key, _)| matches!(*key, "ID" | "ID_LIKE"))
        .flat_map(|(_, ids)| ids.trim_matches('"').split_whitespace())
        .collect();
    let known = [
        ("ubuntu", System::Ubuntu), // before Debian: it is like Debian too
        ("debian", System::Debian),
        ("fedora", System::Fedora),
        ("arch", System::Arch),
    ];
    known.into_iter().find(|(id, _)| ids.contains(id)).map_or(System::OtherLinux, |(_, system)| system)
}

fn missing(system: System, packages: &[Package]) -> Vec<Package> {
    let mut missing: Vec<Package> = Vec::new();
    for package in packages {
        if !missing.contains(package) && !present(system, package) {
            missing.push(*package);
        }
    }
    missing
}

fn present(system: System, package: &Package) -> bool {
    match system {
        System::NotLinux => package.elsewhere == Elsewhere::BuiltIn,
        System::Debian | System::Ubuntu => {
            // A program counts wherever it came from; the rest is for the package manager to know.
            matches!(package.probe, Probe::Program(names) if on_path(names).is_some())
                || program("dpkg-query")
                    .args(["-W", "-f", "${db:Status-Status}\\n", name(system, package)])
                    .read()
                    .is_ok_and(|states| states.lines().any(|state| state == "installed"))
        }
        _ => match package.probe {
            Probe::Program(names) => on_path(names).is_some(),
            Probe::Library(name) => program("pkg-config").args(["--exists", name]).read().is_ok(),
            Probe::Font(language) => {
                program("fc-list").args([format!(":lang={language}")]).read().is_ok_and(|fonts| !fonts.is_empty())
            }
            Probe::File(path) => Path::new(path).exists(),
            Probe::InputModule(name) => {
                let libraries = program("pkg-config").args(["--variable=libdir", "gtk+-3.0"]).read();
                let at = |libraries: &str| Path::new(libraries).join("gtk-3.0/3.0.0/immodules").join(name);
                libraries.is_ok_and(|libraries| at(libraries.trim()).exists())
            }
        },
    }
}

/// What `system` calls `package`.
fn name(system: System, package: &Package) -> &'static str {
    match system {
        System::Ubuntu => package.ubuntu.unwrap_or(package.debian),
        System::Fedora => package.fedora,
        System::Arch => package.arch,
        _ => package.debian,
    }
}

/// The names of `packages`, each once: Arch has several of them in one.
fn names(system: System, packages: &[Package]) -> Vec<&'static str> {
    let mut names: Vec<&str> = packages.iter().map(|p| name(system, p)).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// What is missing and what to type to get it.
fn advice(system: System, missing: &[Package]) -> String {
    let mut text = String::from("this machine lacks:\n");
    for package in missing {
        let _ = writeln!(text, "  - {}", package.what);
    }
    let packages = names(system, missing).join(" ");
    let _ = match system {
        System::Debian | System::Ubuntu => {
            write!(text, "Get it with:\n  sudo apt-get install {packages}")
        }
        System::Fedora => write!(text, "Get it with:\n  sudo dnf install {packages}"),
        System::Arch => write!(text, "Get it with:\n  sudo pacman -S --needed {packages}"),
        System::OtherLinux => write!(
            text,
            "Get it from your system's packages, then run this again. Debian calls them:\n  \
             {packages}"
        ),
        System::NotLinux => write!(text, "It exists only on Linux: run this there."),
    };
    text
}

/// Installs Debian packages, as root or through sudo; says what to type where neither works.
fn apt_get_install(packages: &[&str]) -> Result<()> {
    let list = packages.join(" ");
    let sudo: &[&str] = if program("id").args(["-u"]).read()?.trim() == "0" {
        &[]
    } else if can_sudo() {
        &["sudo"]
    } else {
        bail!(
            "missing: {list}\nThis user may not install them: not root, and no sudo without a \
             password. Have them installed with:\n  apt-get install {list}"
        );
    };
    // Without a terminal nobody can answer debconf; a machine that has just started may still be
    // holding dpkg's lock for its own updates.
    let apt_get = |words: &str| {
        let line: Vec<&str> = sudo
            .iter()
            .copied()
            .chain("env DEBIAN_FRONTEND=noninteractive apt-get -q".split(' '))
            .chain("-o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300".split(' '))
            .chain(words.split(' '))
            .collect();
        program(line[0]).args(&line[1..]).run()
    };
    say(&format!("installing {list}"));
    apt_get("update").context("the list of Debian packages can't be updated")?;
    apt_get(&format!("install --yes --no-install-recommends {list}"))
        .with_context(|| format!("these Debian packages can't be installed: {list}"))
}

/// Whether sudo works here: at once, or by a person typing the password.
fn can_sudo() -> bool {
    let Some(_) = on_path(&["sudo"]) else {
        return false;
    };
    std::io::stdin().is_terminal() || program("sudo").args(["-n", "true"]).read().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packages;

    #[test]
    fn derivatives_count_as_what_they_are_like() {
        assert!(linux("NAME=x\nID=debian\n") == System::Debian);
        assert!(linux("ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n") == System::Ubuntu);
        assert!(linux("ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n") == System::Fedora);
        assert!(linux("ID=manjaro\nID_LIKE=arch\n") == System::Arch);
        assert!(linux("ID=void\n") == System::OtherLinux);
        assert!(linux("") == System::OtherLinux);
    }

    #[test]
    fn advice_is_a_command_to_paste() {
        let text = advice(System::Arch, packages::DISPLAY);
        assert!(text.contains("WebKitWebDriver"), "{text}");
        let command = "sudo pacman -S --needed dbus ibus ibus-hangul webkit2gtk-4.1 xorg-server-xvfb xorg-xauth";
        assert!(text.ends_with(command), "{text}");
    }

    #[test]
    fn a_mac_is_told_what_only_linux_has() {
        assert!(missing(System::NotLinux, packages::WINDOW).is_empty());
        let missing = missing(System::NotLinux, packages::DISPLAY);
        let text = advice(System::NotLinux, &missing);
        assert!(text.contains("Xvfb"), "{text}");
        assert!(text.contains("only on Linux"), "{text}");
    }
}
