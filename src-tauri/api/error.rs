//! How a command fails.

use serde::Serialize;

/// How a command fails, for the program (`code`) and for a person (`message`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct ShellError {
    /// What went wrong.
    pub code: ShellErrorCode,
    /// The same in English.
    pub message: String,
    /// Where, for what the person has to decide: `unproven`.
    pub address: Option<String>,
}

/// Why a command failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub(crate) enum ShellErrorCode {
    /// Not one port could be listened on.
    PortTaken,
    /// The data directory can't be made or written.
    DataNotWritable,
    /// There is no room left on the disk.
    DiskFull,
    /// Where the rooms' database should be stands something else.
    DataForeign,
    /// The rooms' database was written by a newer Snug.
    DataNewer,
    /// Another process has the rooms open.
    DataInUse,
    /// There is no such room on this machine.
    NoSuchRoom,
    /// Not an address of the form `host:port`.
    BadAddress,
    /// Nothing answers at that address.
    Unreachable,
    /// Something answers, but it is no Snug or lets nobody in.
    Refused,
    /// A relay answers that can't prove to be the room's host.
    Unproven,
    /// No connection has that number, or it has ended.
    NotConnected,
    /// No message of the room has that file.
    NoSuchFile,
    /// The host no longer has it.
    FileGone,
    /// The ticket is not, or no longer, good.
    BadTicket,
    /// Others take archives from the host just now.
    TooManyExports,
    /// Not an http or https link.
    BadLink,
    /// An argument that is too long, empty or of the wrong form.
    BadInput,
    /// The system refused something else.
    Io,
}
