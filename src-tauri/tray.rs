//! The icon beside the clock, while a room is hosted: what is open here, and what one does with it most.
//!
//! Not every desktop shows such icons, and on Linux it takes a library that may not be there. Without one nothing
//! is missing but the icon, and closing the window ends the app as ever.

use std::sync::{Mutex, PoisonError};

use tauri::{
    AppHandle, Manager,
    menu::{Menu, MenuItem, PredefinedMenuItem},
    tray::{TrayIcon, TrayIconBuilder},
};

use crate::{
    Shell,
    api::{ShellEvent, TrayWords},
    error::Error,
    window,
};

const COPY: &str = "copy";
const SHOW: &str = "show";
const STOP: &str = "stop";
const QUIT: &str = "quit";

/// The icon, while there is one.
#[derive(Default)]
pub(crate) struct Tray(Mutex<Option<TrayIcon>>);

impl Tray {
    /// Whether closing the window leaves a way back to it.
    pub(crate) fn is_shown(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    fn set(&self, icon: Option<TrayIcon>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = icon;
    }
}

/// Shows the icon with these words, or none without. Says whether there is one now.
///
/// # Errors
/// [`Error::Io`] when the system has a place for it and refuses it.
pub(crate) async fn show(app: &AppHandle, words: Option<TrayWords>) -> Result<bool, Error> {
    let Some(words) = words else {
        on_main_thread(app, |app| app.state::<Shell>().tray.set(None)).await?;
        return Ok(false);
    };
    if !tokio::task::spawn_blocking(is_possible).await.unwrap_or(false) {
        return Ok(false);
    }
    let made = on_main_thread(app, move |app| {
        let icon = icon(app, &words);
        let shown = icon.is_ok();
        icon.map(|icon| app.state::<Shell>().tray.set(Some(icon))).map(|()| shown)
    });
    made.await?.map_err(|error| Error::io("no icon beside the clock", error))
}

/// Menus and icons belong to the main thread.
async fn on_main_thread<T: Send + 'static>(
    app: &AppHandle,
    act: impl FnOnce(&AppHandle) -> T + Send + 'static,
) -> Result<T, Error> {
    let (done, acted) = tokio::sync::oneshot::channel();
    let here = app.clone();
    app.run_on_main_thread(move || {
        // Nobody may be waiting any more.
        let _unheard = done.send(act(&here));
    })
    .map_err(|error| Error::io("the window is gone", error))?;
    acted.await.map_err(|error| Error::io("the window is gone", error))
}

fn icon(app: &AppHandle, words: &TrayWords) -> tauri::Result<TrayIcon> {
    let item = |id: &str, text: &str, enabled: bool| MenuItem::with_id(app, id, text, enabled, None::<&str>);
    let menu = Menu::with_items(
        app,
        &[
            &item("room", &words.room, false)?,
            &PredefinedMenuItem::separator(app)?,
            &item(COPY, &words.copy, true)?,
            &item(SHOW, &words.show, true)?,
            &PredefinedMenuItem::separator(app)?,
            &item(STOP, &words.stop, true)?,
            &item(QUIT, &words.quit, true)?,
        ],
    )?;
    let mut builder = TrayIconBuilder::new()
        .menu(&menu)
        .tooltip(&words.room)
        .on_menu_event(|app, event| chosen(app, event.id().as_ref()));
    if let Some(icon) = app.default_window_icon() {
        builder = builder.icon(icon.clone());
    }
    builder.build(app)
}

fn chosen(app: &AppHandle, what: &str) {
    match what {
        COPY => {
            let app = app.clone();
            tauri::async_runtime::spawn(async move {
                let shell = app.state::<Shell>();
                if let Some(link) = shell.host.link().await
                    && let Err(error) = shell.clipboard.copy(link).await
                {
                    tracing::warn!(%error, "the link was not copied");
                }
            });
        }
        SHOW => window::focus(app),
        STOP => {
            // The page leaves the room, and has the shell stop it: it would go on trying otherwise.
            window::focus(app);
            app.state::<Shell>().page.tell(ShellEvent::Stop {});
        }
        QUIT => app.exit(0),
        _ => {}
    }
}

/// Whether this desktop shows such icons, as far as can be told. The library that makes them ends the program
/// where it isn't installed, so it is looked for first.
#[cfg(target_os = "linux")]
fn is_possible() -> bool {
    const LIBRARIES: [&str; 2] = ["libayatana-appindicator3.so.1", "libappindicator3.so.1"];
    const SHOWS: &str = "org.kde.StatusNotifierWatcher";
    let known = std::fs::read("/etc/ld.so.cache").unwrap_or_default();
    let has = |library: &str| known.windows(library.len()).any(|bytes| bytes == library.as_bytes());
    let shown = || -> zbus::Result<bool> {
        let bus = zbus::blocking::Connection::session()?;
        let names = zbus::blocking::fdo::DBusProxy::new(&bus)?;
        Ok(names.name_has_owner(SHOWS.try_into()?)?)
    };
    LIBRARIES.into_iter().any(has) && shown().unwrap_or(false)
}

#[cfg(not(target_os = "linux"))]
fn is_possible() -> bool {
    true
}
