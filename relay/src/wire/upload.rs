//! How files come in, over HTTP.

use serde::{Deserialize, Serialize};

use super::{ErrorCode, FileInfo};

/// Asks to send a file: the body of `POST /files/{room}`, answered with an [`Upload`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct NewUpload {
    /// What it is called where it comes from. The relay may clean it.
    pub name: String,
    /// How large it is, at most [`FileRules::bytes`](super::FileRules::bytes).
    pub bytes: u64,
    /// What the client takes it for. It counts only where the content can't tell.
    pub media: String,
}

/// How far a file has come, as every request about an upload is answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct Upload {
    /// What the upload goes by: later requests, and [`NewMessage::files`](super::NewMessage::files), name it so.
    pub upload: String,
    /// How much of it the relay has; from here the next part continues.
    pub offset: u64,
    /// What became of it, once the relay has all of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<FileInfo>,
}

/// Why an HTTP request about a file was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct FileRefusal {
    /// What went wrong.
    pub code: ErrorCode,
    /// The same in English.
    pub message: String,
    /// With [`ErrorCode::WrongOffset`]: where the upload goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset: Option<u64>,
}
