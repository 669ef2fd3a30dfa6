//! The app itself: how it stands when the page starts, the window, the icon beside the clock.

use tauri::{Manager, State, Webview, ipc::Channel};

use super::checks::{NAME_BYTES, check, check_id};
use crate::{
    Shell,
    api::{DoorMenu, ShellEvent, ShellState, TrayWords},
    error::Error,
    nickname,
    opened::Opened,
    tray, window,
};

/// At most so many of those who knock stand in a menu.
const MOST_KNOCKS: usize = 8;

#[tauri::command]
pub(crate) async fn shell_state(
    shell: State<'_, Shell>,
    opened: State<'_, Opened>,
    webview: Webview,
) -> Result<ShellState, Error> {
    let saved = shell.settings.get();
    let recent = saved.offered(shell.host.rooms().await);
    Ok(ShellState {
        nickname: saved.nickname.unwrap_or_else(nickname::from_login),
        room_name: String::new(),
        device: saved.device,
        recent,
        hosting: shell.host.hosting().await,
        opened: opened.take(),
        version: webview.package_info().version.to_string(),
        streams: cfg!(not(target_os = "linux")),
    })
}

/// From now on the page is told what happens. It asks once, when it starts.
#[tauri::command]
pub(crate) fn follow(events: Channel<ShellEvent>, shell: State<'_, Shell>) {
    shell.page.follow(events);
}

/// Shows an icon beside the clock, or none without words; whether there is one now.
#[tauri::command]
pub(crate) async fn show_tray(words: Option<TrayWords>, webview: Webview) -> Result<bool, Error> {
    if let Some(TrayWords { room, door, copy, show, stop, quit }) = &words {
        let mut texts = vec![room, copy, show, stop, quit];
        if let Some(DoorMenu { title, count, knocks, rest, let_in, turn_away }) = door {
            if knocks.len() > MOST_KNOCKS {
                return Err(Error::BadInput("so many don't fit a menu"));
            }
            knocks.iter().try_for_each(|knock| check_id(&knock.member, "that is nobody's id"))?;
            texts.extend([title, count, let_in, turn_away].into_iter().chain(rest));
            texts.extend(knocks.iter().map(|knock| &knock.name));
        }
        texts.into_iter().try_for_each(|text| check(text, NAME_BYTES, "that is too long for a menu"))?;
    }
    tray::show(webview.app_handle(), words).await
}

/// Closing the window keeps the room open from now on, beginning with this time.
#[tauri::command]
pub(crate) async fn close_to_tray(webview: Webview, shell: State<'_, Shell>) -> Result<(), Error> {
    shell.settings.change_soon(|saved| saved.told_of_tray = true).await?;
    window::hide(webview.app_handle());
    Ok(())
}

/// Ends the app, and with it the room.
#[tauri::command]
pub(crate) fn quit_app(webview: Webview) {
    webview.app_handle().exit(0);
}
