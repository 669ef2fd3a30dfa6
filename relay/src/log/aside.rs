//! Puts a database that can't be trusted out of the way, and a new one in its place.
//!
//! The new one is built under another name and is on disk before anything is renamed. Then the old file
//! goes, then its WAL, and only then the new one takes the name: a crash in between leaves no database at
//! all, but never one with another's WAL, which SQLite would mix into it.

use std::{
    fmt,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use rusqlite::Connection;

use super::{
    LogError, health,
    salvage::{Salvaged, remove, salvage, wal},
    schema,
};

/// The database.
pub(super) const FILE: &str = "snug.db";

/// A new one that is still being filled.
const NEW: &str = "snug.db.new";

/// A new one that is complete and on disk. The time the old one was set aside at follows.
const NEXT: &str = "snug.db.next-";

/// A copy to read from that may be mended.
const SCRATCH: &str = "snug.db.scratch";

/// A database that was found damaged when it was opened, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SetAside {
    /// Where it is now.
    pub file: PathBuf,
    /// What was wrong with it.
    pub why: String,
    /// How many rooms could be kept, each in a new epoch. One of which the name or the secret was
    /// damaged could not.
    pub rooms: u64,
    /// How many messages in them could be kept.
    pub events: u64,
    /// How many could not; more may have been after the last one that could.
    pub lost: u64,
}

impl fmt::Display for SetAside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, why, rooms, events, lost } = self;
        write!(f, "the database was damaged ({why}) and is now {}; ", file.display())?;
        write!(
            f,
            "a new one holds what could be read of it: {} with {}",
            count(*rooms, "room"),
            count(*events, "message")
        )?;
        if *lost > 0 { write!(f, "; {} at least could not be read", count(*lost, "message")) } else { Ok(()) }
    }
}

fn count(number: u64, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

/// Makes a new, empty database in `directory`, where there is none.
pub(super) fn make(directory: &Path) -> Result<(), LogError> {
    replace(directory, |_| Ok(())).map(drop)
}

/// Sets the database in `directory` aside because of `why`, and puts a new one in its place with all of it
/// that can be read.
///
/// # Errors
/// When the new one can't be written; then nothing is changed.
pub(super) fn set_aside(directory: &Path, why: String) -> Result<SetAside, LogError> {
    let scratch = directory.join(SCRATCH);
    clear(&scratch)?;
    let mut salvaged = Salvaged::default();
    let filled = replace(directory, |new| {
        salvaged = salvage(&directory.join(FILE), &scratch, new)?;
        Ok(())
    });
    clear(&scratch)?;
    let Salvaged { rooms, events, lost } = salvaged;
    Ok(SetAside { file: filled?, why, rooms, events, lost })
}

/// Ends what was begun when a crash came between the renames.
pub(super) fn finish(directory: &Path) -> io::Result<()> {
    let complete = fs::read_dir(directory)?
        .filter_map(|entry| Some((entry.as_ref().ok()?.path(), entry.as_ref().ok()?.file_name().into_string().ok()?)))
        .find_map(|(path, name)| Some((path, name.strip_prefix(NEXT)?.to_owned())));
    let Some((next, time)) = complete else { return Ok(()) };
    if directory.join(FILE).exists() {
        // It had not begun.
        return remove(&next);
    }
    settle(directory, &next, &directory.join(aside(&time))).inspect(|()| {
        tracing::warn!(file = aside(&time), "the database was set aside earlier");
    })
}

/// Builds a new database and puts it in the place of whatever is there; where that is now.
fn replace(directory: &Path, fill: impl FnOnce(&mut Connection) -> Result<(), LogError>) -> Result<PathBuf, LogError> {
    let new = directory.join(NEW);
    clear(&new)?;
    let built = schema::create(&new).and_then(|mut connection| {
        fill(&mut connection)?;
        schema::sync(connection, &new)
    });
    if let Err(error) = built {
        // If the disk is full, this is what fills it.
        clear(&new)?;
        return Err(error);
    }
    let time = free_name(directory);
    let (next, old) = (directory.join(format!("{NEXT}{time}")), directory.join(aside(&time)));
    fs::rename(&new, &next)?;
    sync(directory)?;
    settle(directory, &next, &old)?;
    Ok(old)
}

/// The renames, in an order in which any of them may be the last one done.
fn settle(directory: &Path, next: &Path, old: &Path) -> io::Result<()> {
    let file = directory.join(FILE);
    rename(&file, old)?;
    rename(&wal(&file), &wal(old))?;
    // An index into the WAL, which SQLite makes anew.
    remove(&directory.join(format!("{FILE}-shm")))?;
    sync(directory)?;
    fs::rename(next, &file)?;
    sync(directory)?;
    health::unmark(directory)
}

/// Whether a database that was set aside is still in `directory`.
pub(super) fn any(directory: &Path) -> io::Result<bool> {
    let aside = aside("");
    for entry in fs::read_dir(directory)? {
        if entry?.file_name().to_str().is_some_and(|name| name.starts_with(&aside)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Renames a file, if it is there.
fn rename(from: &Path, to: &Path) -> io::Result<()> {
    match fs::rename(from, to) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        renamed => renamed,
    }
}

/// Makes sure that the names in a directory are on disk. Windows has no such call, and its file system
/// keeps a journal of names.
fn sync(directory: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(directory)?.sync_all() } else { Ok(()) }
}

/// Removes a database of ours that never got its name, and what SQLite put beside it.
pub(super) fn clear(database: &Path) -> io::Result<()> {
    remove(database)?;
    remove(&wal(database))?;
    let mut index = database.as_os_str().to_owned();
    index.push("-shm");
    remove(Path::new(&index))
}

fn aside(time: &str) -> String {
    format!("{FILE}.damaged-{time}")
}

/// The time, as part of a name that isn't taken.
fn free_name(directory: &Path) -> String {
    let time = jiff::Timestamp::now().strftime("%Y%m%dT%H%M%SZ").to_string();
    let names = std::iter::once(time.clone()).chain((2..).map(|number| format!("{time}-{number}")));
    let taken = |name: &String| {
        let old = directory.join(aside(name));
        old.exists() || wal(&old).exists()
    };
    names.into_iter().find(|name| !taken(name)).unwrap_or(time)
}
