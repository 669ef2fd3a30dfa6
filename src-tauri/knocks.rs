//! Answering whoever knocks from outside the window: by a notification's buttons, or the icon's menu.

use tauri::{AppHandle, Manager};

use crate::Shell;

/// Lets in who waits at the door of the hosted room, or turns them away. Whoever went meanwhile is neither.
pub(crate) fn answer(app: &AppHandle, member: String, admit: bool) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        if let Err(error) = app.state::<Shell>().host.answer(member, admit).await {
            tracing::warn!(%error, admit, "the answer is remembered only until the room is stopped");
        }
    });
}
