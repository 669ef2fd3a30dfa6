//! The room that this machine hosts, and those that others nearby do.

use tauri::State;

use super::{
    checks::{NAME_BYTES, check, check_room},
    remembering::keep_nickname,
};
use crate::{
    Shell,
    api::{Hosting, Invites},
    error::Error,
};

#[tauri::command]
pub(crate) async fn host_room(
    room: Option<String>,
    name: String,
    nickname: String,
    shell: State<'_, Shell>,
) -> Result<Hosting, Error> {
    if let Some(room) = &room {
        check_room(room)?;
    }
    check(&name, NAME_BYTES, "that room name is too long")?;
    let name = name.trim();
    if room.is_none() && name.is_empty() {
        return Err(Error::BadInput("a room needs a name"));
    }
    let hosting = shell.host.start(room.as_deref(), name).await?;
    // The room stands; a nickname that isn't kept is no reason to say otherwise.
    if let Err(error) = keep_nickname(&shell, nickname).await {
        tracing::warn!(%error, "the nickname will be forgotten");
    }
    Ok(hosting)
}

#[tauri::command]
pub(crate) async fn invites(shell: State<'_, Shell>) -> Result<Option<Invites>, Error> {
    Ok(shell.host.invites().await)
}

#[tauri::command]
pub(crate) async fn stop_hosting(shell: State<'_, Shell>) -> Result<(), Error> {
    shell.host.stop().await;
    Ok(())
}

/// Whether the page wants to be told of rooms nearby.
#[tauri::command]
pub(crate) async fn look_around(on: bool, shell: State<'_, Shell>) -> Result<(), Error> {
    if on {
        shell.nearby.tell(shell.page.clone(), shell.host.clone());
    } else {
        shell.nearby.forget();
    }
    Ok(())
}

/// Whether Snug apps nearby list the rooms that are hosted here.
#[tauri::command]
pub(crate) async fn show_nearby(on: bool, shell: State<'_, Shell>) -> Result<(), Error> {
    shell.settings.change_soon(move |saved| saved.unlisted = !on).await?;
    shell.host.show_nearby(on).await;
    Ok(())
}
