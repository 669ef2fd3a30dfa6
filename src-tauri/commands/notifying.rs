//! Telling somebody who doesn't look: notifications, and the number at the app's icon.

use tauri::{Manager, State, Webview};

use super::checks::{check, check_id};
use crate::{
    Shell,
    api::KnockNotice,
    error::Error,
    notify::{self, Buttons, Notice},
    window,
};

/// Room for a name and the beginning of what was said, in any script.
const NOTICE_BYTES: usize = 4 * 1024;

/// Shows what was said in the place of what the notification before told. A click brings the window to the
/// front and is told to the page, with `message`.
#[tauri::command]
pub(crate) async fn notify(title: String, body: String, message: String, shell: State<'_, Shell>) -> Result<(), Error> {
    check(&title, NOTICE_BYTES, "that title is too long")?;
    check(&body, NOTICE_BYTES, "that is too much to notify of")?;
    if title.trim().is_empty() {
        return Err(Error::BadInput("a notification needs a title"));
    }
    check_id(&message, "that is no message's id")?;
    shell.notifications.show(Notice::new(&title, &body, message));
    Ok(())
}

#[tauri::command]
pub(crate) async fn take_back_notification(shell: State<'_, Shell>) -> Result<(), Error> {
    shell.notifications.take_back();
    Ok(())
}

/// Shows that somebody is at the door, in the place of the notification before that said so; none takes it back.
#[tauri::command]
pub(crate) async fn notify_of_knock(notice: Option<KnockNotice>, shell: State<'_, Shell>) -> Result<(), Error> {
    let Some(KnockNotice { title, body, member, let_in, turn_away }) = notice else {
        shell.knocks.take_back();
        return Ok(());
    };
    for text in [&title, &body, &let_in, &turn_away] {
        check(text, NOTICE_BYTES, "that is too much to notify of")?;
    }
    if title.trim().is_empty() {
        return Err(Error::BadInput("a notification needs a title"));
    }
    let told = Notice::new(&title, &body, member.clone().unwrap_or_default());
    shell.knocks.show(match member {
        Some(member) => {
            check_id(&member, "that is nobody's id")?;
            told.with(Buttons { let_in, turn_away })
        }
        None => told,
    });
    Ok(())
}

#[tauri::command]
pub(crate) async fn show_badge(count: u32, webview: Webview) -> Result<(), Error> {
    let Some(window) = window::main(webview.app_handle()) else { return Ok(()) };
    notify::show_badge(&window, count).map_err(|error| Error::io("there is no badge", error))
}
