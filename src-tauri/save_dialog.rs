//! The system's own dialog for where to save something. What it answers is the only place the app writes a
//! file to that somebody sent.

use std::path::PathBuf;

use tauri::{Manager, WebviewWindow};

use crate::error::Error;

/// Asks where to save something under this name; `None` when the person thinks better of it.
///
/// On Linux it is GTK's, asked for on the thread that GTK runs on: rfd, which is used elsewhere, runs GTK on a
/// thread of its own beside Tauri's.
///
/// # Errors
/// [`Error::Io`] when there is no such dialog to be had.
#[cfg(target_os = "linux")]
pub(crate) async fn ask(window: &WebviewWindow, name: &str) -> Result<Option<PathBuf>, Error> {
    use gtk::{FileChooserAction, FileChooserNative, ResponseType, prelude::*};
    use tokio::sync::oneshot;

    let (answer, answered) = oneshot::channel();
    let (parent, name) = (window.clone(), name.to_owned());
    let downloads = window.app_handle().path().download_dir().ok();
    let asked = window.run_on_main_thread(move || {
        // Whoever asked may have gone before it came up.
        if answer.is_closed() {
            return;
        }
        let parent = parent.gtk_window().ok();
        // Without labels of its own it has the system's, in the system's language.
        let dialog = FileChooserNative::new(None, parent.as_ref(), FileChooserAction::Save, None, None);
        dialog.set_modal(true);
        dialog.set_do_overwrite_confirmation(true);
        if let Some(downloads) = downloads.filter(|downloads| downloads.is_dir()) {
            dialog.set_current_folder(downloads);
        }
        dialog.set_current_name(&name);
        let answer = std::cell::Cell::new(Some(answer));
        // It holds itself until it is answered.
        let held = std::cell::RefCell::new(Some(dialog.clone()));
        dialog.connect_response(move |dialog, response| {
            let path = if response == ResponseType::Accept { dialog.filename() } else { None };
            if let Some(answer) = answer.take() {
                // Nobody may be waiting any more.
                let _gone = answer.send(path);
            }
            dialog.hide();
            drop(held.take());
        });
        dialog.show();
    });
    asked.map_err(|error| Error::io("there is no dialog to save with", error))?;
    answered.await.map_err(|error| Error::io("there is no dialog to save with", error))
}

/// Asks where to save something under this name; `None` when the person thinks better of it.
#[cfg(not(target_os = "linux"))]
pub(crate) async fn ask(window: &WebviewWindow, name: &str) -> Result<Option<PathBuf>, Error> {
    let mut dialog = rfd::AsyncFileDialog::new().set_parent(window).set_file_name(name);
    if let Ok(downloads) = window.app_handle().path().download_dir() {
        dialog = dialog.set_directory(downloads);
    }
    Ok(dialog.save_file().await.map(|file| file.path().to_owned()))
}
