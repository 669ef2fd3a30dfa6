//! A room taken along: its archive, saved where the dialog says while its relay still makes it.

use std::time::{Duration, Instant};

use hyper::Method;
use tauri::{State, WebviewWindow, ipc::Channel};
use tokio::sync::Notify;

use crate::{Shell, error::Error, files::connected, requests::Archive, save_dialog, saving};

/// How often the page is told how far it is.
const TOLD_EVERY: Duration = Duration::from_millis(200);

/// Wakes archives that are being saved when they are to stop.
#[derive(Default)]
pub(crate) struct Archives(Notify);

/// Saves a room's archive where the person says; false when they think better of it, at the dialog or afterwards.
/// Meanwhile tells how many bytes are there: how many there will be nobody knows.
#[tauri::command]
#[expect(clippy::too_many_arguments, reason = "each is one of the page's")]
pub(crate) async fn save_archive(
    address: String,
    room: String,
    ticket: String,
    name: String,
    language: String,
    zone: String,
    progress: Channel<u64>,
    window: WebviewWindow,
    shell: State<'_, Shell>,
) -> Result<bool, Error> {
    let archive = Archive::new(&language, &zone)?;
    let room = connected(&shell.connections, &address, &room, &ticket)?;
    // Nobody is asked where to save what they can't have.
    room.archive(Method::HEAD, &archive).await?;
    let name = snug_relay::clean_file_name(&name);
    let Some(path) = save_dialog::ask(&window, &name).await? else { return Ok(false) };
    let mut last = Instant::now();
    let told = |bytes| {
        if last.elapsed() >= TOLD_EVERY {
            last = Instant::now();
            // A page that was loaded anew hears nothing.
            let _gone = progress.send(bytes);
        }
    };
    let save = async {
        let answer = room.archive(Method::GET, &archive).await?;
        saving::save(&room, answer, path, None, told).await
    };
    tokio::select! {
        saved = save => saved.map(|()| true),
        () = shell.archives.0.notified() => Ok(false),
    }
}

/// Stops the archive that is being saved, and leaves nothing of it.
#[tauri::command]
pub(crate) fn stop_archive(shell: State<'_, Shell>) {
    shell.archives.0.notify_waiters();
}
