//! A room taken along: its archive, saved where the dialog says while its relay still makes it.

use std::time::{Duration, Instant};

use hyper::Method;
use tauri::{State, WebviewWindow, ipc::Channel};
use tokio::sync::watch;

use crate::{Shell, error::Error, files::connected, requests::Archive, save_dialog, saving};

/// How often the page is told how far it is.
const TOLD_EVERY: Duration = Duration::from_millis(200);

/// Which archive was stopped last, by the id of the channel its progress is told on.
#[derive(Default)]
pub(crate) struct Archives(watch::Sender<Option<u32>>);

impl Archives {
    /// Does what there is to do for an archive, as far as that gets until it is stopped: then there is nothing. It may
    /// be stopped before this is called, since commands run side by side.
    async fn unless_stopped<T>(&self, archive: u32, saved: impl Future<Output = T>) -> Option<T> {
        let mut stopped = self.0.subscribe();
        tokio::select! {
            biased;
            _ = stopped.wait_for(|stopped| *stopped == Some(archive)) => None,
            saved = saved => Some(saved),
        }
    }

    fn stop(&self, archive: u32) {
        self.0.send_replace(Some(archive));
    }
}

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
    let name = snug_relay::clean_file_name(&name);
    let id = progress.id();
    let mut last = Instant::now();
    let told = move |bytes| {
        if last.elapsed() >= TOLD_EVERY {
            last = Instant::now();
            // A page that was loaded anew hears nothing.
            let _gone = progress.send(bytes);
        }
    };
    let save = async {
        // Nobody is asked where to save what they can't have.
        room.archive(Method::HEAD, &archive).await?;
        let Some(path) = save_dialog::ask(&window, &name).await? else { return Ok(false) };
        let answer = room.archive(Method::GET, &archive).await?;
        saving::save(&room, answer, path, None, told).await.map(|()| true)
    };
    shell.archives.unless_stopped(id, save).await.unwrap_or(Ok(false))
}

/// Stops the archive whose progress is told on the channel `archive`, and leaves nothing of it.
#[tauri::command]
pub(crate) fn stop_archive(archive: u32, shell: State<'_, Shell>) {
    shell.archives.stop(archive);
}

#[cfg(test)]
mod tests {
    use std::{future::ready, time::Duration};

    use tokio::{sync::oneshot, time::timeout};

    use super::Archives;

    #[tokio::test]
    async fn an_archive_is_stopped_at_any_moment_and_no_other() {
        let archives = Archives::default();
        archives.stop(1);
        assert_eq!(archives.unless_stopped(2, ready("saved")).await, Some("saved"), "that was another");
        assert_eq!(archives.unless_stopped(1, ready("saved")).await, None, "before it began");

        let (begun, has_begun) = oneshot::channel();
        let asks = async {
            begun.send(()).expect("somebody waits for it");
            std::future::pending::<()>().await;
        };
        let stops = async {
            has_begun.await.expect("it begins");
            archives.stop(3);
        };
        let ended = async { tokio::join!(archives.unless_stopped(3, asks), stops).0 };
        let ended = timeout(Duration::from_secs(5), ended).await.expect("it ends");
        assert_eq!(ended, None, "while the relay or the person is asked");
    }
}
