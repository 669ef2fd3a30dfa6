//! What one socket searches for: one thing at a time, and not too often. The next one takes the place of the last.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::{task::JoinHandle, time::Instant};

use crate::{
    room::Room,
    socket::as_frame,
    wire::{ErrorCode, Frame, SearchRequest, WireError},
};

/// One socket's search.
#[derive(Default)]
pub(super) struct Searching {
    running: Option<Running>,
    /// When the last one began, or is to begin.
    begins: Option<Instant>,
}

struct Running {
    task: JoinHandle<Frame>,
    given_up: Arc<AtomicBool>,
}

impl Drop for Running {
    fn drop(&mut self) {
        // What it is in the middle of on a thread that blocks sees this; what it waits for it needn't.
        self.given_up.store(true, Ordering::Relaxed);
        self.task.abort();
    }
}

impl Searching {
    /// Begins to search, and gives up whatever was searched for.
    pub(super) fn start(&mut self, room: &Arc<Room>, request: SearchRequest) -> Result<(), WireError> {
        let search = room.search(&request)?;
        let (room, given_up) = (room.clone(), Arc::new(AtomicBool::new(false)));
        let (gap, now) = (Duration::from_millis(room.limits.search_gap_ms), Instant::now());
        let begins = match self.begins {
            // The last one had not begun: this one begins in its place.
            Some(begins) if begins > now => begins,
            Some(begun) => now.max(begun + gap),
            None => now,
        };
        self.begins = Some(begins);
        let task = tokio::spawn({
            let given_up = given_up.clone();
            async move {
                tokio::time::sleep_until(begins).await;
                room.find(request.id, search, given_up).await.unwrap_or_else(as_frame)
            }
        });
        self.running = Some(Running { task, given_up });
        Ok(())
    }
}

/// Waits for the answer; for ever where nothing is searched for.
pub(super) async fn answer(searching: &mut Option<Box<Searching>>) -> Frame {
    let Some(running) = searching.as_mut().and_then(|searching| searching.running.as_mut()) else {
        return std::future::pending().await;
    };
    let answer = (&mut running.task).await;
    if let Some(searching) = searching {
        searching.running = None;
    }
    answer.unwrap_or_else(|_| as_frame(ErrorCode::LogFailed.because("the search ended unexpectedly")))
}
