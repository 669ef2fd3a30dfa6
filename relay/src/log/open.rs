//! From a directory to a database that can be trusted.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use rusqlite::{
    Connection,
    ErrorCode::{DatabaseBusy, DatabaseLocked},
    config::DbConfig,
};
use thiserror::Error;

use super::{
    LogError, SetAside,
    aside::{self, FILE},
    check::check,
    file::{self, Kind},
    health,
    salvage::wal,
    schema,
};

const LOCK: &str = "snug.lock";

/// Whoever was killed in the middle of a commit has the lock until the disk is done with that: so long is waited
/// before the directory counts as another's, and so often is looked.
const ENDING: Duration = Duration::from_secs(1);
const LOOK: Duration = Duration::from_millis(20);

/// Why the rooms in a directory can't be opened.
#[derive(Debug, Error)]
pub(crate) enum OpenError {
    #[error("can't write to {path}: {source}")]
    NotWritable { path: PathBuf, source: io::Error },
    #[error("can't write to {path}: the disk is full")]
    DiskFull { path: PathBuf },
    #[error("another Snug is using {path}")]
    InUse { path: PathBuf },
    #[error("{path} is not a Snug database: {why}")]
    Foreign { path: PathBuf, why: String },
    #[error("{path} was written by a newer Snug")]
    Newer { path: PathBuf },
}

/// A database that was opened.
pub(super) struct Opened {
    pub(super) connection: Connection,
    pub(super) path: PathBuf,
    /// Held for as long as anything is written.
    pub(super) lock: File,
    /// What was there instead.
    pub(super) set_aside: Option<SetAside>,
    /// It was looked at in full.
    pub(super) checked: bool,
}

/// Opens the database in `directory`, making both when they aren't there. One of ours that is damaged is
/// set aside first; one of more than `check_bytes` is not looked at in full. Blocks.
pub(super) fn open(directory: &Path, check_bytes: u64) -> Result<Opened, OpenError> {
    let lock = lock(directory)?;
    let path = directory.join(FILE);
    let mut set_aside = None;
    let opened = attempt(directory, &path, check_bytes, &mut set_aside);
    let (connection, checked) = opened.map_err(|refused| match refused {
        Refused::Foreign(why) => OpenError::Foreign { path: path.clone(), why: why.into() },
        Refused::Newer => OpenError::Newer { path: path.clone() },
        Refused::Failed(error) => blame(path.clone(), error),
    })?;
    Ok(Opened { connection, path, lock, set_aside, checked })
}

enum Refused {
    Foreign(&'static str),
    Newer,
    Failed(LogError),
}

impl<E: Into<LogError>> From<E> for Refused {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

fn attempt(
    directory: &Path,
    path: &Path,
    check_bytes: u64,
    set_aside: &mut Option<SetAside>,
) -> Result<(Connection, bool), Refused> {
    aside::finish(directory)?;
    let damage = match file::kind(path)? {
        // Without its database a WAL says nothing to SQLite, but much to the one who lost a file.
        Kind::Missing if wal(path).exists() => Some("the file is gone".to_owned()),
        Kind::Missing => {
            aside::make(directory)?;
            None
        }
        Kind::Foreign(why) => return Err(Refused::Foreign(why)),
        Kind::Damaged(what) => Some(what.to_owned()),
        Kind::Ours => health::marked(directory),
    };
    let damage = match damage {
        Some(damage) => damage,
        None => match trusted(path, check_bytes) {
            Err(Refused::Failed(error)) if error.is_damage() => error.to_string(),
            opened => return opened,
        },
    };
    *set_aside = Some(aside::set_aside(directory, damage)?);
    trusted(path, check_bytes)
}

/// Opens the database and looks at it, if that doesn't take long; whether it did.
fn trusted(path: &Path, check_bytes: u64) -> Result<(Connection, bool), Refused> {
    // Before anything is written to it.
    let reader = schema::open_to_read(path)?;
    let version: usize = reader.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if version > schema::VERSION && !schema::is_ours(&reader)? {
        return Err(Refused::Newer);
    }
    drop(reader);
    let connection = schema::open(path)?;
    // What turns out to be damaged stays as it is: nothing of the WAL is written over it.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    let small = fs::metadata(path)?.len() <= check_bytes;
    if small {
        check(&connection, || true)?;
    }
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
    Ok((connection, small))
}

fn lock(directory: &Path) -> Result<File, OpenError> {
    let not_writable = |source: io::Error| blame(directory.to_owned(), source.into());
    create_private(directory).map_err(not_writable)?;
    let file =
        OpenOptions::new().create(true).truncate(false).write(true).open(directory.join(LOCK)).map_err(not_writable)?;
    let begun = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) if begun.elapsed() < ENDING => thread::sleep(LOOK),
            Err(TryLockError::WouldBlock) => return Err(OpenError::InUse { path: directory.to_owned() }),
            Err(TryLockError::Error(source)) => return Err(not_writable(source)),
        }
    }
}

/// The rooms' secrets and all that was said lie in there: for this user only.
fn create_private(directory: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory)
}

/// What a person can do something about.
pub(super) fn blame(path: PathBuf, error: LogError) -> OpenError {
    match error {
        LogError::DiskFull => OpenError::DiskFull { path },
        LogError::Database(error) if matches!(error.sqlite_error_code(), Some(DatabaseBusy | DatabaseLocked)) => {
            OpenError::InUse { path }
        }
        LogError::Io(source) => OpenError::NotWritable { path, source: io::Error::new(source.kind(), source) },
        error => OpenError::NotWritable { path, source: io::Error::other(error) },
    }
}
