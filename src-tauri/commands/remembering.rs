//! What is kept for the next time: the name, the rooms one was in, the keys to them.

use tauri::State;

use super::checks::{NAME_BYTES, ROOM_BYTES, check, check_id, check_room};
use crate::{Shell, address, api::RecentRoom, error::Error, settings::now};

/// Room for any invite link.
const LINK_BYTES: usize = 2048;

/// More than a host has.
const MOST_ADDRESSES: usize = 16;

#[tauri::command]
pub(crate) async fn remember_nickname(nickname: String, shell: State<'_, Shell>) -> Result<(), Error> {
    keep_nickname(&shell, nickname).await
}

#[tauri::command]
#[expect(clippy::too_many_arguments, reason = "each has its name in the page's call")]
pub(crate) async fn remember_room(
    room: String,
    name: String,
    link: String,
    others: Vec<String>,
    mark: Option<String>,
    host_key: Option<String>,
    token: Option<String>,
    hosted: bool,
    shell: State<'_, Shell>,
) -> Result<(), Error> {
    check_room(&room)?;
    check(&name, NAME_BYTES, "that room name is too long")?;
    check(&link, LINK_BYTES, "that link is too long")?;
    // Opened by a click later, so it is looked at now.
    if !link.is_empty() {
        address::web_link(&link)?;
    }
    if others.len() > MOST_ADDRESSES {
        return Err(Error::BadInput("nobody has so many addresses"));
    }
    let others = others.iter().map(|it| address::authority(it)).collect::<Result<_, _>>()?;
    check(mark.as_deref().unwrap_or_default(), ROOM_BYTES, "that is no mark")?;
    if let Some(key) = &host_key {
        check_id(key, "that is no host's key")?;
    }
    check(token.as_deref().unwrap_or_default(), LINK_BYTES, "that is no name for a token")?;
    let room = RecentRoom { room, name, link, others, mark, host_key, token, hosted, last_used: now() };
    shell.settings.change_soon(move |saved| saved.remember(room)).await
}

/// This device is no host of that room any more, if it was one by a link.
#[tauri::command]
pub(crate) async fn forget_host_key(room: String, shell: State<'_, Shell>) -> Result<(), Error> {
    check_room(&room)?;
    shell.settings.change_soon(move |saved| saved.give_up(&room)).await
}

#[tauri::command]
pub(crate) async fn forget_room(room: String, shell: State<'_, Shell>) -> Result<(), Error> {
    check_room(&room)?;
    shell.settings.change_soon(move |saved| saved.forget(&room)).await
}

pub(super) async fn keep_nickname(shell: &Shell, nickname: String) -> Result<(), Error> {
    check(&nickname, NAME_BYTES, "that nickname is too long")?;
    let nickname = nickname.trim().to_owned();
    shell.settings.change_soon(move |saved| saved.nickname = Some(nickname)).await
}
