//! A look at the whole database, while it is being served already.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
};

use rusqlite::InterruptHandle;

use super::{LogError, check::check, health::Health, schema};

/// One that is under way.
pub(super) struct Checking {
    given_up: Arc<AtomicBool>,
    /// Ends the statement it is in.
    interrupt: InterruptHandle,
}

impl Checking {
    /// Begins on a thread of its own; what it finds goes to `health`, and to `sound` if that is nothing.
    pub(super) fn start(
        path: &Path,
        health: &Health,
        sound: Arc<AtomicBool>,
    ) -> Result<(JoinHandle<()>, Self), LogError> {
        let (connection, health) = (schema::open_to_read(path)?, health.clone());
        let given_up = Arc::new(AtomicBool::new(false));
        let checking = Self { given_up: given_up.clone(), interrupt: connection.get_interrupt_handle() };
        let thread = thread::Builder::new().name("snug-check".into()).spawn(move || {
            match check(&connection, || !given_up.load(Ordering::Relaxed)) {
                Err(error) if !given_up.load(Ordering::Relaxed) => {
                    tracing::error!(%error, "the database could not be checked, or is damaged");
                    health.note(&error);
                }
                _ => sound.store(!given_up.load(Ordering::Relaxed), Ordering::Release),
            }
        })?;
        Ok((thread, checking))
    }

    pub(super) fn give_up(&self) {
        self.given_up.store(true, Ordering::Relaxed);
        self.interrupt.interrupt();
    }
}
