//! Why a relay doesn't start, or something can't be done with a room, in words for people.

use std::{io, path::PathBuf};

use thiserror::Error;

use crate::{
    config::BadLimit,
    log::{LogError, OpenError},
};

/// Why a relay didn't start. Nothing listens then, and nothing was changed.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StartError {
    /// The data directory, or the database in it, can't be written.
    #[error("can't write to {path}: {source}")]
    DataNotWritable {
        /// Where.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// There is no room left for it.
    #[error("can't write to {path}: the disk is full")]
    DiskFull {
        /// Where.
        path: PathBuf,
    },
    /// Another process has the data directory open.
    #[error("another Snug is using {path}")]
    DataInUse {
        /// Which directory.
        path: PathBuf,
    },
    /// What is there is no database of Snug's. It is left as it is.
    #[error("{path} is not a Snug database: {why}")]
    DataForeign {
        /// Which file.
        path: PathBuf,
        /// How that shows.
        why: String,
    },
    /// What is there was written by a Snug that knows more. It is left as it is.
    #[error("{path} was written by a newer Snug: use that one, or another directory")]
    DataNewer {
        /// Which file.
        path: PathBuf,
    },
    /// A limit is set to what no relay can run with.
    #[error(transparent)]
    BadLimit(#[from] BadLimit),
    /// The listener does not work.
    #[error("can't listen: {0}")]
    Io(#[from] io::Error),
}

impl From<OpenError> for StartError {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::NotWritable { path, source } => Self::DataNotWritable { path, source },
            OpenError::InUse { path } => Self::DataInUse { path },
            OpenError::DiskFull { path } => Self::DiskFull { path },
            OpenError::Foreign { path, why } => Self::DataForeign { path, why },
            OpenError::Newer { path } => Self::DataNewer { path },
        }
    }
}

/// Why something could not be done with a room.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum RoomError {
    /// No stored room has that id.
    #[error("there is no such room")]
    NoSuchRoom,
    /// The name is blank, or longer than [`room_name_chars`](crate::Limits::room_name_chars).
    #[error("a room's name has 1 to {most} characters")]
    BadName {
        /// The most characters.
        most: u32,
    },
    /// As many rooms are kept as there may be: [`rooms_kept`](crate::Limits::rooms_kept).
    #[error("there are {most} rooms already, and no more are kept")]
    TooManyRooms {
        /// The most rooms.
        most: usize,
    },
    /// There is no room left for it.
    #[error("the disk is full")]
    DiskFull,
    /// The database could not be written or read.
    #[error("{0}")]
    Storage(String),
}

impl From<LogError> for RoomError {
    fn from(error: LogError) -> Self {
        match error {
            LogError::DiskFull => Self::DiskFull,
            error => Self::Storage(error.to_string()),
        }
    }
}
