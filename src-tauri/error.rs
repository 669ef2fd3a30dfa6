//! What can go wrong in the shell, and how the page is told: [`Error::code`] is the one place where an
//! error becomes a code.

use std::{io, path::PathBuf};

use serde::{Serialize, Serializer};

use crate::api::{ShellError, ShellErrorCode};

/// Why the shell could not do what the page asked.
///
/// The text is for a person and never holds a secret: what the page sent is not repeated in it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// Not one port could be listened on.
    #[error("no port is free to listen on: {0}")]
    PortTaken(#[source] io::Error),
    /// The data directory can't be made or written.
    #[error("{} can't be written: {reason}", path.display())]
    DataNotWritable {
        /// What was to be written.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// Another process has the rooms open.
    #[error("another Snug is using the rooms in {}", path.display())]
    DataInUse {
        /// The rooms' directory.
        path: PathBuf,
    },
    /// There is no room left for it.
    #[error("{what} can't be written: the disk is full")]
    DiskFull {
        /// What was to be written.
        what: String,
    },
    /// Where the rooms' database should be stands something else.
    #[error("{} is not Snug's: {reason}", path.display())]
    DataForeign {
        /// The file.
        path: PathBuf,
        /// How that shows.
        reason: String,
    },
    /// The rooms' database was written by a Snug that knows more.
    #[error("{} was written by a newer Snug", path.display())]
    DataNewer {
        /// The database.
        path: PathBuf,
    },
    /// There is no such room on this machine.
    #[error("there is no such room on this machine")]
    NoSuchRoom,
    /// The room's name is blank or too long.
    #[error("a room's name has 1 to {most} characters")]
    BadRoomName {
        /// The most characters.
        most: u32,
    },
    /// Not an address of the form `host:port`.
    #[error("that is no address: {0}")]
    BadAddress(&'static str),
    /// Nothing answers at that address.
    #[error("nothing answers at {address}: {reason}")]
    Unreachable {
        /// Where.
        address: String,
        /// What the system said.
        reason: String,
    },
    /// Something answers, but it lets nobody in or is no Snug.
    #[error("{address} answered, but not as a room does: {reason}")]
    Refused {
        /// Where.
        address: String,
        /// What it answered.
        reason: String,
    },
    /// A relay answers that can't prove to be the room's host. Nothing was said to it.
    #[error("{address} can't prove to be this room's host")]
    Unproven {
        /// Where.
        address: String,
    },
    /// No connection has that number, or it has ended.
    #[error("this connection is closed")]
    NotConnected,
    /// No message of the room has that file.
    #[error("the room has no such file")]
    NoSuchFile,
    /// The host no longer has it.
    #[error("the host no longer has this file")]
    FileGone,
    /// The ticket is not, or no longer, good.
    #[error("this room's files are for those who are in it")]
    BadTicket,
    /// Others take archives from the host just now.
    #[error("the host is busy with another archive")]
    TooManyExports,
    /// Not a link that may be opened.
    #[error("only http and https links can be opened")]
    BadLink,
    /// An argument no page of ours sends.
    #[error("{0}")]
    BadInput(&'static str),
    /// The system refused something else.
    #[error("{what}: {reason}")]
    Io {
        /// What was tried.
        what: &'static str,
        /// What the system said.
        reason: String,
    },
}

impl Error {
    /// The code the page knows this error by.
    pub(crate) fn code(&self) -> ShellErrorCode {
        match self {
            Self::PortTaken(_) => ShellErrorCode::PortTaken,
            Self::DataNotWritable { .. } => ShellErrorCode::DataNotWritable,
            Self::DataInUse { .. } => ShellErrorCode::DataInUse,
            Self::DiskFull { .. } => ShellErrorCode::DiskFull,
            Self::DataForeign { .. } => ShellErrorCode::DataForeign,
            Self::DataNewer { .. } => ShellErrorCode::DataNewer,
            Self::NoSuchRoom => ShellErrorCode::NoSuchRoom,
            Self::BadAddress(_) => ShellErrorCode::BadAddress,
            Self::Unreachable { .. } => ShellErrorCode::Unreachable,
            Self::Refused { .. } => ShellErrorCode::Refused,
            Self::Unproven { .. } => ShellErrorCode::Unproven,
            Self::NotConnected => ShellErrorCode::NotConnected,
            Self::NoSuchFile => ShellErrorCode::NoSuchFile,
            Self::FileGone => ShellErrorCode::FileGone,
            Self::BadTicket => ShellErrorCode::BadTicket,
            Self::TooManyExports => ShellErrorCode::TooManyExports,
            Self::BadLink => ShellErrorCode::BadLink,
            Self::BadInput(_) | Self::BadRoomName { .. } => ShellErrorCode::BadInput,
            Self::Io { .. } => ShellErrorCode::Io,
        }
    }

    /// The address a person has to decide about.
    fn address(&self) -> Option<String> {
        if let Self::Unproven { address } = self { Some(address.clone()) } else { None }
    }

    /// The system refused `what`.
    pub(crate) fn io(what: &'static str, reason: impl ToString) -> Self {
        Self::Io { what, reason: reason.to_string() }
    }
}

/// As the page reads it: [`ShellError`].
impl Serialize for Error {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        ShellError { code: self.code(), message: self.to_string(), address: self.address() }.serialize(serializer)
    }
}
