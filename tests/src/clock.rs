//! A relay's own time of day.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::Result;

use crate::tool;

/// The clock of programs that are started with its [environment](Self::environment). Only the time of day: what the
/// system counts since it started can't be set, and isn't.
pub struct Clock {
    /// What it shows stands in this file.
    shows: PathBuf,
    library: String,
}

impl Clock {
    /// One that is right, kept in this directory.
    ///
    /// # Errors
    /// When faketime isn't installed, or the directory can't be written to.
    pub fn right(directory: &Path) -> Result<Self> {
        let asked = Command::new(tool("faketime")?).args(["-f", "+0d", "sh", "-c", "echo $LD_PRELOAD"]).output()?;
        let library = String::from_utf8(asked.stdout)?.trim().to_owned();
        let clock = Self { shows: directory.join("clock"), library };
        clock.set(0)?;
        Ok(clock)
    }

    /// Sets it so many hours ahead of the right time.
    ///
    /// # Errors
    /// When its directory can't be written to.
    pub fn set(&self, hours: i64) -> Result<()> {
        // At once, or a program might read half of it.
        let new = self.shows.with_extension("new");
        fs::write(&new, format!("{hours:+}h"))?;
        Ok(fs::rename(new, &self.shows)?)
    }

    /// What shows a program this time instead of the system's.
    pub fn environment(&self) -> [(&str, &str); 4] {
        [
            ("LD_PRELOAD", &self.library),
            ("FAKETIME_TIMESTAMP_FILE", self.shows.to_str().unwrap_or_default()),
            ("FAKETIME_NO_CACHE", "1"),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
        ]
    }
}
