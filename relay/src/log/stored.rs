//! An event as it is stored: all of it but its place and its time.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::LogError;
use crate::wire::Body;

/// An [`Event`](crate::wire::Event) without the place and the time, which stand beside it.
#[derive(Serialize, Deserialize)]
pub(super) struct Stored<'a> {
    pub(super) member: Cow<'a, str>,
    pub(super) nickname: Cow<'a, str>,
    pub(super) id: Cow<'a, str>,
    pub(super) body: Cow<'a, Body>,
}

impl Stored<'_> {
    pub(super) fn write(&self) -> String {
        serde_json::to_string(self).expect("text and tagged enums are JSON")
    }
}

impl Stored<'static> {
    /// Reads what [`write`](Stored::write) wrote.
    ///
    /// # Errors
    /// [`LogError::Damaged`]: its checksum says that it was written so.
    pub(super) fn read(json: &str) -> Result<Self, LogError> {
        serde_json::from_str(json).map_err(|error| LogError::Damaged(error.to_string().into()))
    }
}
