//! The notifications the app has on the desktop, one of each kind at a time: what was said in the room while nobody
//! looked, and who is at its door.
//!
//! What should be seen is a value that the page sets and a task follows. So a burst costs no more than its last
//! message, and a desktop that answers slowly, or has nobody who shows notifications, holds up nothing.

mod badge;
#[cfg(all(unix, not(target_os = "macos")))]
#[path = "notify/bus.rs"]
mod system;
#[cfg(any(windows, target_os = "macos"))]
#[path = "notify/native.rs"]
mod system;

use tokio::sync::watch;

pub(crate) use badge::show as show_badge;

/// What is told, as text and nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Notice {
    /// Its first line.
    pub(crate) title: String,
    /// What stands under it.
    pub(crate) body: String,
    /// What a click opens, or a button is about: the id of a message, or of who is at the door.
    pub(crate) about: String,
    /// What its buttons are called, where the desktop shows any.
    pub(crate) buttons: Option<Buttons>,
}

/// The buttons of a notification of somebody at the door.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Buttons {
    pub(crate) let_in: String,
    pub(crate) turn_away: String,
}

/// What was pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Press {
    /// The notification itself.
    Open,
    /// A button of a desktop that shows any.
    #[cfg_attr(any(windows, target_os = "macos"), expect(dead_code, reason = "no buttons are shown there"))]
    LetIn,
    /// As above.
    #[cfg_attr(any(windows, target_os = "macos"), expect(dead_code, reason = "no buttons are shown there"))]
    TurnAway,
}

impl Notice {
    /// Without what is no text: a notification server may take none of it.
    pub(crate) fn new(title: &str, body: &str, about: String) -> Self {
        let shown = |text: &str| text.chars().filter(|char| !char.is_control() || *char == '\n').collect();
        Self { title: shown(title), body: shown(body), about, buttons: None }
    }

    /// The same with buttons.
    pub(crate) fn with(self, buttons: Buttons) -> Self {
        Self { buttons: Some(buttons), ..self }
    }
}

/// What is to be on the desktop.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Wanted {
    Nothing,
    This(Notice),
    /// Nothing, and it stays so.
    End,
}

/// The app's notification of one kind.
pub(crate) struct Notifications(watch::Sender<Wanted>);

impl Notifications {
    /// Begins with none. `app` is what the system knows the app by; `pressed` is told what the notification was
    /// about and what of it was pressed, on any thread.
    pub(crate) fn start(app: &str, pressed: impl Fn(String, Press) + Send + Sync + 'static) -> Self {
        let (wanted, follow) = watch::channel(Wanted::Nothing);
        tauri::async_runtime::spawn(system::follow(app.to_owned(), follow, pressed));
        Self(wanted)
    }

    /// Shows this in the place of what is shown.
    pub(crate) fn show(&self, notice: Notice) {
        self.change(Wanted::This(notice));
    }

    /// It was read, or nobody is there any more to open what it tells of.
    pub(crate) fn take_back(&self) {
        self.change(Wanted::Nothing);
    }

    /// Takes it back for good, and returns once it is gone.
    pub(crate) async fn end(&self) {
        self.0.send_replace(Wanted::End);
        self.0.closed().await;
    }

    fn change(&self, to: Wanted) {
        self.0.send_if_modified(|wanted| {
            let changes = *wanted != to && *wanted != Wanted::End;
            if changes {
                *wanted = to;
            }
            changes
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notice(body: &str) -> Notice {
        Notice::new("Mina", body, "01".into())
    }

    #[test]
    fn a_notice_is_text() {
        let Notice { title, body, .. } = Notice::new("Mi\0na\r\n", "one\ntwo\u{7}\u{9b}3m", "01".into());
        assert_eq!((title.as_str(), body.as_str()), ("Mina\n", "one\ntwo3m"));
    }

    #[test]
    fn only_the_last_one_is_wanted_and_nothing_after_the_end() {
        let (wanted, mut follow) = watch::channel(Wanted::Nothing);
        let notifications = Notifications(wanted);
        notifications.take_back();
        assert!(!follow.has_changed().expect("it is open"), "there was nothing to take back");
        notifications.show(notice("one"));
        notifications.show(notice("two"));
        assert_eq!(*follow.borrow_and_update(), Wanted::This(notice("two")));
        notifications.show(notice("two"));
        assert!(!follow.has_changed().expect("it is open"), "it is there already");
        notifications.0.send_replace(Wanted::End);
        notifications.show(notice("three"));
        assert_eq!(*follow.borrow_and_update(), Wanted::End);
    }
}
