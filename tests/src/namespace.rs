//! A test that runs once more, apart from the rest of the machine.

use std::{env, process::Command};

use crate::tool;

/// Runs the test of this name in a namespace of its own: `unshare` says of what kind, `prepare` is what a
/// shell does in it first, `inside` is a variable that tells the test where it is and that it is there.
///
/// # Panics
/// When the run inside fails, or there can be no namespace: that takes root.
pub(crate) fn run(test: &str, unshare: &str, prepare: &str, inside: (&str, &str)) {
    let ran = Command::new(tool("unshare").expect("util-linux"))
        .args([unshare, "--", "sh", "-c", &format!("{prepare} && exec \"$@\""), "sh"])
        .arg(env::current_exe().expect("this test is a program"))
        .args(["--exact", test, "--nocapture"])
        .env(inside.0, inside.1)
        .env("PATH", path_with(&["/usr/sbin", "/sbin"]))
        .output()
        .expect("unshare runs");
    let said = String::from_utf8_lossy(&ran.stdout);
    // A name that matches no test would pass without running anything.
    assert!(
        ran.status.success() && said.contains("1 passed"),
        "in a namespace of its own (which takes root):\n{said}{}",
        String::from_utf8_lossy(&ran.stderr)
    );
}

fn path_with(directories: &[&str]) -> String {
    let path = env::var("PATH").unwrap_or_default();
    format!("{path}:{}", directories.join(":"))
}
