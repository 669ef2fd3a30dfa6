//! Changes that are told a moment later, all that came until then at once: however many there are, whoever
//! is told of them is told a few times a second.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::sync::watch;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// One thing that changes.
pub(crate) struct Gathered {
    told: watch::Sender<()>,
    gathering: AtomicBool,
    wait: Duration,
    tasks: TaskTracker,
    stop: CancellationToken,
}

impl Gathered {
    /// Gathers over `wait`, until `stop`.
    pub(crate) fn new(wait: Duration, tasks: TaskTracker, stop: CancellationToken) -> Arc<Self> {
        Arc::new(Self { told: watch::Sender::new(()), gathering: AtomicBool::new(false), wait, tasks, stop })
    }

    /// It has changed.
    pub(crate) fn note(self: &Arc<Self>) {
        if self.gathering.swap(true, Ordering::AcqRel) {
            return;
        }
        let changed = self.clone();
        self.tasks.spawn(async move {
            tokio::select! {
                () = changed.stop.cancelled() => {}
                () = tokio::time::sleep(changed.wait) => {
                    // What comes from here on is told with the next.
                    changed.gathering.store(false, Ordering::Release);
                    changed.told.send_replace(());
                }
            }
        });
    }

    /// Wakes whoever wants to know.
    pub(crate) fn watch(&self) -> watch::Receiver<()> {
        self.told.subscribe()
    }

    /// When there is nobody to be told any more.
    pub(crate) fn stopped(&self) -> &CancellationToken {
        &self.stop
    }
}
