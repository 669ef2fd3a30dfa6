//! What is handed to other programs: links, letters, what is copied.

use tauri::{State, Url};

use super::checks::check;
use crate::{Shell, address, error::Error};

/// Room for a long conversation.
const COPY_BYTES: usize = 4 * 1024 * 1024;

#[tauri::command]
pub(crate) async fn open_link(url: String) -> Result<(), Error> {
    open_outside(address::web_link(&url)?).await
}

/// Begins a letter in the mail program.
#[tauri::command]
pub(crate) async fn write_mail(subject: String, body: String) -> Result<(), Error> {
    open_outside(address::letter(&subject, &body)?).await
}

async fn open_outside(url: Url) -> Result<(), Error> {
    // Detached: the browser may outlive the app. Starting it can take a moment.
    tokio::task::spawn_blocking(move || open::that_detached(url.as_str()))
        .await
        .map_err(|error| Error::io("the browser did not start", error))?
        .map_err(|error| Error::io("the browser did not start", error))
}

#[tauri::command]
pub(crate) async fn copy_text(text: String, shell: State<'_, Shell>) -> Result<(), Error> {
    check(&text, COPY_BYTES, "that is too much to copy")?;
    shell.clipboard.copy(text).await
}
