//! Notifications as macOS and Windows show them. Once shown, they can't be taken back there.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use notify_rust::{Notification, NotificationResponse};
use tokio::sync::watch::Receiver;

use super::{Notice, Press, Wanted};

/// Notifications whose click is waited for, each by a thread that sleeps until it is clicked or gone: on macOS that is
/// when it leaves Notification Center, where it may be for days. One more is shown and not waited for. What bounds them
/// isn't the threads: for each that waits, macOS is asked twice a second for all that are there.
const WAITING: usize = 32;

/// Makes the system show what is wanted, until that ends.
pub(super) async fn follow(
    app: String,
    mut wanted: Receiver<Wanted>,
    pressed: impl Fn(String, Press) + Send + Sync + 'static,
) {
    let (pressed, waiting) = (Arc::new(pressed), Arc::new(AtomicUsize::new(0)));
    while wanted.changed().await.is_ok() {
        let now = wanted.borrow_and_update().clone();
        let notice = match now {
            Wanted::End => return,
            Wanted::Nothing => continue,
            Wanted::This(notice) => notice,
        };
        let (app, pressed, waiting) = (app.clone(), pressed.clone(), waiting.clone());
        let shown = thread::Builder::new().name("notification".into()).spawn(move || {
            if let Err(error) = show(&app, notice, &*pressed, &waiting) {
                tracing::debug!(%error, "no notification");
            }
        });
        if let Err(error) = shown {
            tracing::debug!(%error, "no notification");
        }
    }
}

fn show(
    app: &str,
    notice: Notice,
    pressed: &impl Fn(String, Press),
    waiting: &AtomicUsize,
) -> Result<(), notify_rust::error::Error> {
    let mut notification = Notification::new();
    notification.summary(&notice.title).body(&notice.body);
    known_as(app, &mut notification);
    let handle = notification.show()?;
    let before = waiting.fetch_add(1, Ordering::Relaxed);
    let heard = if before < WAITING {
        let Notice { about, .. } = notice;
        handle.wait_for_response(|response: &NotificationResponse| {
            if *response == NotificationResponse::Default {
                pressed(about, Press::Open);
            }
        })
    } else {
        Ok(())
    };
    waiting.fetch_sub(1, Ordering::Relaxed);
    heard
}

/// Whose notification it is. Windows knows the app by this only once it is installed.
#[cfg(windows)]
fn known_as(app: &str, notification: &mut Notification) {
    if !cfg!(debug_assertions) {
        notification.app_id(app);
    }
}

#[cfg(target_os = "macos")]
fn known_as(app: &str, _notification: &mut Notification) {
    // Said once; every later time is refused, and changes nothing.
    if let Err(error) = notify_rust::set_application(app) {
        tracing::trace!(%error, "whose notifications these are is said already");
    }
}
