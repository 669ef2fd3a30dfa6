//! What changes around the app while it runs: the network under it, and the time it slept through.

use std::time::{Duration, Instant, SystemTime};

use tauri::{AppHandle, Manager};
use tokio::time::{MissedTickBehavior, interval};

use crate::{Shell, api::ShellEvent};

/// How often it is looked. Guests are to be back within five seconds of a change, and find out themselves first.
const LOOK: Duration = Duration::from_secs(1);

/// A wall clock that is this far ahead of one that stands still during sleep tells that there was some. Clocks are
/// set by less.
const SLEPT: Duration = Duration::from_secs(5);

/// Watches until the app ends. Nothing is looked at while there is no connection that could suffer, and no room.
pub(crate) fn start(app: AppHandle) {
    tauri::async_runtime::spawn(async move {
        let mut ticks = interval(LOOK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut before = None;
        let mut clocks = Clocks::now();
        loop {
            ticks.tick().await;
            let shell = app.state::<Shell>();
            let slept = clocks.slept();
            if shell.connections.is_empty() && !shell.host.is_hosting() {
                before = None;
                continue;
            }
            shell.host.follow_door().await;
            let addresses = tokio::task::spawn_blocking(snug_relay::addresses).await.unwrap_or_default();
            let changed = before.as_ref().is_some_and(|before| *before != addresses);
            before = Some(addresses);
            // A relay that took another's place is told, too: by these addresses nothing has changed.
            if (changed || shell.host.is_lost().await) && shell.host.moved().await {
                shell.page.tell(ShellEvent::Moved {});
            }
            if slept {
                shell.host.slept().await;
            }
            if changed || slept {
                tracing::info!(slept, "the network may be another one");
                shell.page.tell(ShellEvent::Network {});
            }
        }
    });
}

/// Two clocks, of which one stands still while the machine sleeps.
struct Clocks {
    awake: Instant,
    wall: SystemTime,
}

impl Clocks {
    fn now() -> Self {
        Self { awake: Instant::now(), wall: SystemTime::now() }
    }

    /// Whether the machine has slept since this was last asked.
    fn slept(&mut self) -> bool {
        let before = std::mem::replace(self, Self::now());
        let awake = self.awake.duration_since(before.awake);
        self.wall.duration_since(before.wall).is_ok_and(|wall| wall > awake + SLEPT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wall_clock_that_ran_on_alone_tells_of_sleep() {
        let mut clocks = Clocks::now();
        assert!(!clocks.slept());
        clocks.wall -= Duration::from_secs(60);
        assert!(clocks.slept());
        // Set back by somebody.
        clocks.wall += Duration::from_secs(60);
        assert!(!clocks.slept());
    }
}
