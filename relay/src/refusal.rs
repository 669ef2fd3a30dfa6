//! What a client is told when something isn't done: the one place in which errors become codes of the protocol.

use std::time::Duration;

use crate::{
    files::FileError,
    log::LogError,
    wire::{ErrorCode, FileRefusal, WireError},
};

/// What a device is told that a host has banned.
pub(crate) fn banned(by: Option<String>) -> WireError {
    WireError { by, ..ErrorCode::Banned.because("a host has banned this device from the room") }
}

/// What somebody is told whom a host has put out.
pub(crate) fn removed(by: Option<String>) -> WireError {
    WireError { by, ..ErrorCode::Removed.because("a host has removed you from the room") }
}

/// What somebody is told who has become a host, or is none any more: each socket is a host's or not for as long
/// as it lives.
pub(crate) fn come_again() -> WireError {
    ErrorCode::ComeAgain.because("what you may do here has changed")
}

/// They tried too often; there is one more after this long.
pub(crate) fn too_many_tries(wait: Duration) -> WireError {
    ErrorCode::TooManyTries.because("that was tried too often").after(wait)
}

/// What is wrong with a message of no words and no files.
pub(crate) fn empty() -> WireError {
    ErrorCode::EmptyMessage.because("there is nothing in the message")
}

/// What a client is told when the log fails; the details are the host's, and in the host's own log.
pub(crate) fn log_failed(error: LogError) -> WireError {
    match error {
        LogError::Closed => ErrorCode::Stopping.because("the host is stopping"),
        LogError::DiskFull => ErrorCode::DiskFull.because("the host's disk is full; nothing was kept"),
        LogError::Gap { .. } | LogError::Altered { .. } | LogError::Damaged(_) | LogError::Distrusted => {
            ErrorCode::LogDamaged.because("the host's disk gave back something else than was written; nothing was kept")
        }
        LogError::Empty => empty(),
        LogError::NoSuchMessage => ErrorCode::NoSuchMessage.because("there is no such message, or it was deleted"),
        LogError::NotYours => ErrorCode::NotYours.because("this message is another member's"),
        LogError::TooManyReactions => {
            ErrorCode::TooManyReactions.because("this message has as many reactions as one can have")
        }
        LogError::IdTaken => ErrorCode::IdTaken.because("another member has said something else under this id"),
        error => {
            tracing::error!(%error, "the log failed");
            ErrorCode::LogFailed.because("the host could not write to or read from its disk; nothing was kept")
        }
    }
}

/// What HTTP is answered when a file isn't taken or given.
pub(crate) fn refuse(code: ErrorCode, message: impl Into<String>) -> FileRefusal {
    FileRefusal { code, message: message.into(), offset: None }
}

/// What it is answered when the log fails over that.
pub(crate) fn unread(error: LogError) -> FileRefusal {
    let WireError { code, message, .. } = log_failed(error);
    refuse(code, message)
}

/// What a client is told when something about a file fails.
pub(crate) fn file_failed(error: FileError) -> FileRefusal {
    let message = error.to_string();
    let code = match error {
        FileError::TooBig { .. } => ErrorCode::FileTooBig,
        FileError::RoomFull => ErrorCode::RoomFilesFull,
        FileError::TooMany => ErrorCode::TooManyUploads,
        FileError::NoSuchUpload => ErrorCode::NoSuchUpload,
        FileError::WrongOffset(offset) => {
            return FileRefusal { offset: Some(offset), ..refuse(ErrorCode::WrongOffset, message) };
        }
        FileError::BadUpload(_) | FileError::Cut => ErrorCode::BadUpload,
        FileError::BadThumb(_) => ErrorCode::BadThumb,
        FileError::NoSuchFile => ErrorCode::NoSuchFile,
        FileError::Gone => ErrorCode::FileGone,
        FileError::DiskFull => return refuse(ErrorCode::DiskFull, "the host's disk is full"),
        FileError::Io(error) => {
            tracing::error!(%error, "a file could not be written or read");
            return refuse(ErrorCode::LogFailed, "the host could not write to or read from its disk");
        }
    };
    refuse(code, message)
}
