//! What a desktop opens links and letters with, here a program that only notes down what it is given.

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use anyhow::Result;
use tempfile::TempDir;

/// The opener of one session, in place of the system's.
pub struct Opener {
    directory: TempDir,
}

impl Opener {
    /// Sets it up.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn new() -> Result<Self> {
        let opener = Self { directory: tempfile::tempdir()? };
        let program = opener.directory().join("xdg-open");
        // How many arguments, and each.
        fs::write(&program, format!("#!/bin/sh\nprintf '%s\\n' $# \"$@\" >> '{}'\n", opener.notes().display()))?;
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755))?;
        Ok(opener)
    }

    /// Where the program is.
    pub(super) fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// What it was given so far, each time one thing.
    ///
    /// # Panics
    /// When it was given more or less at a time.
    pub fn opened(&self) -> Vec<String> {
        let notes = fs::read_to_string(self.notes()).unwrap_or_default();
        let lines: Vec<&str> = notes.lines().collect();
        let one = |given: &[&str]| -> String {
            assert_eq!((given.len(), given[0]), (2, "1"), "{notes}");
            given[1].to_owned()
        };
        lines.chunks(2).map(one).collect()
    }

    fn notes(&self) -> std::path::PathBuf {
        self.directory().join("opened")
    }
}
