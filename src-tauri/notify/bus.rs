//! Notifications over D-Bus, as desktops on Linux and the BSDs show them.
//!
//! By zbus itself, which is in the tree anyway: the crates around it can either hear of a click or take a
//! notification back, and the app wants both.

use std::{collections::HashMap, time::Duration};

use futures_util::StreamExt;
use tokio::{
    sync::watch::Receiver,
    time::{error::Elapsed, timeout},
};
use zbus::zvariant::Value;

use super::{Notice, Press, Wanted};

/// How long the desktop may take for one answer. Whoever shows notifications may have to be started first.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a click on the notification itself is called.
const CLICK: &str = "default";

/// What its buttons are called, which nobody sees.
const LET_IN: &str = "let-in";
const TURN_AWAY: &str = "turn-away";

#[zbus::proxy(
    interface = "org.freedesktop.Notifications",
    default_service = "org.freedesktop.Notifications",
    default_path = "/org/freedesktop/Notifications",
    gen_blocking = false
)]
trait Desktop {
    fn get_capabilities(&self) -> zbus::Result<Vec<String>>;

    #[expect(clippy::too_many_arguments, reason = "the standard's own")]
    fn notify(
        &self,
        app_name: &str,
        replaces_id: u32,
        app_icon: &str,
        summary: &str,
        body: &str,
        actions: &[&str],
        hints: HashMap<&str, Value<'_>>,
        expire_timeout: i32,
    ) -> zbus::Result<u32>;

    fn close_notification(&self, id: u32) -> zbus::Result<()>;

    #[zbus(signal)]
    fn action_invoked(&self, id: u32, action_key: &str) -> zbus::Result<()>;

    #[zbus(signal)]
    fn notification_closed(&self, id: u32, reason: u32) -> zbus::Result<()>;
}

/// Why nothing is shown.
#[derive(Debug, thiserror::Error)]
enum Silent {
    #[error("{0}")]
    Bus(#[from] zbus::Error),
    #[error("the desktop doesn't answer")]
    Slow(#[from] Elapsed),
}

/// Makes the desktop show what is wanted, until that ends.
pub(super) async fn follow(_app: String, mut wanted: Receiver<Wanted>, pressed: impl Fn(String, Press)) {
    loop {
        // Nothing is asked of the desktop before there is something to show.
        let now = wanted.borrow_and_update().clone();
        let over = match now {
            Wanted::End => return,
            Wanted::Nothing => false,
            Wanted::This(_) => {
                wanted.mark_changed();
                match serve(&mut wanted, &pressed).await {
                    Ok(()) => true,
                    Err(error) => {
                        tracing::debug!(%error, "no notification");
                        // This one is given up; the next one tries again.
                        wanted.mark_unchanged();
                        false
                    }
                }
            }
        };
        if over || wanted.changed().await.is_err() {
            return;
        }
    }
}

/// Keeps the desktop in step over one connection; returns when there will be nothing more to show.
async fn serve(wanted: &mut Receiver<Wanted>, pressed: &impl Fn(String, Press)) -> Result<(), Silent> {
    let bus = timeout(PATIENCE, zbus::Connection::session()).await??;
    let desktop = timeout(PATIENCE, DesktopProxy::new(&bus)).await??;
    let mut clicks = timeout(PATIENCE, desktop.receive_action_invoked()).await??;
    let mut closings = timeout(PATIENCE, desktop.receive_notification_closed()).await??;
    let capabilities = timeout(PATIENCE, desktop.get_capabilities()).await??;
    let can = |what: &str| capabilities.iter().any(|capability| capability == what);
    let (markup, buttons) = (can("body-markup"), can("actions"));
    let mut shown: Option<(u32, String)> = None;
    loop {
        tokio::select! {
            changed = wanted.changed() => {
                if changed.is_err() {
                    return Ok(());
                }
                let now = wanted.borrow_and_update().clone();
                match now {
                    Wanted::This(notice) => {
                        let replaced = shown.as_ref().map_or(0, |(id, _)| *id);
                        let id = timeout(PATIENCE, show(&desktop, &notice, replaced, markup, buttons)).await??;
                        shown = Some((id, notice.about));
                    }
                    Wanted::Nothing | Wanted::End => {
                        if let Some((id, _)) = shown.take() {
                            timeout(PATIENCE, desktop.close_notification(id)).await??;
                        }
                        if now == Wanted::End {
                            return Ok(());
                        }
                    }
                }
            }
            Some(click) = clicks.next() => {
                let click = click.args()?;
                if let Some((id, about)) = &shown
                    && *id == click.id && let Some(press) = press(click.action_key)
                {
                    pressed(about.clone(), press);
                }
            }
            // Those of all programs are told.
            Some(closing) = closings.next() => {
                let closed = closing.args()?.id;
                shown.take_if(|(id, _)| *id == closed);
            }
        }
    }
}

fn press(action: &str) -> Option<Press> {
    match action {
        CLICK => Some(Press::Open),
        LET_IN => Some(Press::LetIn),
        TURN_AWAY => Some(Press::TurnAway),
        _ => None,
    }
}

async fn show(
    desktop: &DesktopProxy<'_>,
    notice: &Notice,
    replaced: u32,
    markup: bool,
    buttons: bool,
) -> zbus::Result<u32> {
    let body = if markup { escaped(&notice.body) } else { notice.body.clone() };
    let hints = HashMap::from([
        ("desktop-entry", Value::from("Snug")),
        ("category", Value::from("im.received")),
        // Whether there is one, and which, is the page's to say.
        ("suppress-sound", Value::from(true)),
    ]);
    let mut actions = vec![CLICK, ""];
    if let Some(named) = notice.buttons.as_ref().filter(|_| buttons) {
        actions.extend([LET_IN, &named.let_in, TURN_AWAY, &named.turn_away]);
    }
    // As long as the desktop thinks right.
    let expire = -1;
    desktop.notify("Snug", replaced, "snug", &notice.title, &body, &actions, hints, expire).await
}

/// As it has to be written where the body may have markup, so that it has none.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_somebody_says_is_no_markup() {
        let said = r#"<img src="http://elsewhere/"/> & <a href="file:///">here</a>"#;
        let shown = escaped(said);
        assert!(!shown.contains(['<', '>']), "{shown}");
        assert_eq!(shown.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"), said);
    }
}
