//! The icon beside the clock, while a room is hosted: what is open here, and what one does with it most.
//!
//! Not every desktop shows such icons, and on Linux it takes a library that may not be there. Without one nothing
//! is missing but the icon, and closing the window ends the app as ever.

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicU32, Ordering},
};

use tauri::{
    AppHandle, Manager, Wry,
    menu::{Menu, MenuItem, PredefinedMenuItem, Submenu},
    tray::{TrayIcon, TrayIconBuilder},
};

use crate::{
    Shell,
    api::{DoorMenu, ShellEvent, TrayWords},
    error::Error,
    knocks, window,
};

const COPY: &str = "copy";
const SHOW: &str = "show";
const REST: &str = "rest";
const STOP: &str = "stop";
const QUIT: &str = "quit";

/// Before the id of who is at the door.
const LET_IN: &str = "let-in ";
const TURN_AWAY: &str = "turn-away ";

/// The icon, while there is one.
#[derive(Default)]
pub(crate) struct Tray {
    icon: Mutex<Option<TrayIcon>>,
    /// Counts what was asked for: looking whether there is a place takes a moment, in which the room may be stopped.
    asked: AtomicU32,
}

impl Tray {
    /// Whether closing the window leaves a way back to it.
    pub(crate) fn is_shown(&self) -> bool {
        self.icon.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// For the main thread alone, which has to be the one that drops the last of them.
    fn icon(&self) -> Option<TrayIcon> {
        self.icon.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, icon: Option<TrayIcon>) {
        *self.icon.lock().unwrap_or_else(PoisonError::into_inner) = icon;
    }
}

/// Shows the icon with these words, or none without. Says whether there is one now.
///
/// # Errors
/// [`Error::Io`] when the system has a place for it and refuses it.
pub(crate) async fn show(app: &AppHandle, words: Option<TrayWords>) -> Result<bool, Error> {
    let tray = &app.state::<Shell>().tray;
    let asked = tray.asked.fetch_add(1, Ordering::SeqCst) + 1;
    let Some(words) = words else {
        on_main_thread(app, |app| app.state::<Shell>().tray.set(None)).await?;
        return Ok(false);
    };
    if !tray.is_shown() && !tokio::task::spawn_blocking(is_possible).await.unwrap_or(false) {
        return Ok(false);
    }
    let made = on_main_thread(app, move |app| {
        let tray = &app.state::<Shell>().tray;
        // One that is there stays: another would come and go with everybody who knocks.
        match tray.icon() {
            _ if tray.asked.load(Ordering::SeqCst) != asked => Ok(tray.is_shown()),
            Some(icon) => say(app, &icon, &words).map(|()| true),
            None => icon(app, &words).map(|icon| tray.set(Some(icon))).map(|()| true),
        }
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
    let mut builder = TrayIconBuilder::new().on_menu_event(|app, event| chosen(app, event.id().as_ref()));
    if let Some(icon) = app.default_window_icon() {
        builder = builder.icon(icon.clone());
    }
    let icon = builder.build(app)?;
    say(app, &icon, words)?;
    Ok(icon)
}

/// Puts the words where they belong: into the menu, under the pointer and, where there is room, beside the icon.
fn say(app: &AppHandle, icon: &TrayIcon, words: &TrayWords) -> tauri::Result<()> {
    icon.set_menu(Some(menu(app, words)?))?;
    let door = words.door.as_ref();
    let tooltip = door.map_or_else(|| words.room.clone(), |door| format!("{}\n{}", words.room, door.title));
    icon.set_tooltip(Some(tooltip))?;
    // On Linux a title that was set can be emptied, but not taken away.
    icon.set_title(Some(door.map_or("", |door| &door.count)))
}

fn menu(app: &AppHandle, words: &TrayWords) -> tauri::Result<Menu<Wry>> {
    let line = || PredefinedMenuItem::separator(app);
    let menu = Menu::with_items(app, &[&item(app, "room", &words.room, false)?, &line()?])?;
    if let Some(DoorMenu { title, knocks, rest, let_in, turn_away, .. }) = &words.door {
        menu.append(&item(app, "door", title, false)?)?;
        for knock in knocks {
            let id = |what: &str| format!("{what}{}", knock.member);
            let [admit, decline] = [(LET_IN, let_in), (TURN_AWAY, turn_away)];
            menu.append(&Submenu::with_items(
                app,
                as_it_is(&knock.name),
                true,
                &[&item(app, &id(admit.0), admit.1, true)?, &item(app, &id(decline.0), decline.1, true)?],
            )?)?;
        }
        if let Some(rest) = rest {
            menu.append(&item(app, REST, rest, true)?)?;
        }
        menu.append(&line()?)?;
    }
    menu.append_items(&[
        &item(app, COPY, &words.copy, true)?,
        &item(app, SHOW, &words.show, true)?,
        &line()?,
        &item(app, STOP, &words.stop, true)?,
        &item(app, QUIT, &words.quit, true)?,
    ])?;
    Ok(menu)
}

fn item(app: &AppHandle, id: &str, text: &str, enabled: bool) -> tauri::Result<MenuItem<Wry>> {
    MenuItem::with_id(app, id, as_it_is(text), enabled, None::<&str>)
}

/// Names as they have to be written in a menu, where `&` marks a key, and a line stays one.
fn as_it_is(text: &str) -> String {
    text.chars().filter(|char| !char.is_control()).collect::<String>().replace('&', "&&")
}

fn chosen(app: &AppHandle, what: &str) {
    if let Some(member) = what.strip_prefix(LET_IN) {
        return knocks::answer(app, member.to_owned(), true);
    }
    if let Some(member) = what.strip_prefix(TURN_AWAY) {
        return knocks::answer(app, member.to_owned(), false);
    }
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
        SHOW | REST => window::focus(app),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_the_menu_is_a_name() {
        assert_eq!(as_it_is("Mina & Jun"), "Mina && Jun");
        assert_eq!(as_it_is("Ju\nn\0\t"), "Jun");
    }
}
