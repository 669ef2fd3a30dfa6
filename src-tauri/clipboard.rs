//! The system's clipboard, which the page itself can't reach everywhere.

use std::sync::{Arc, Mutex, PoisonError};

use crate::error::Error;

/// Opened at the first copy and kept: on X11 and Wayland, whoever copied has to serve what was copied
/// for as long as it should be there.
#[derive(Clone, Default)]
pub(crate) struct Clipboard(Arc<Mutex<Option<arboard::Clipboard>>>);

impl Clipboard {
    /// Puts text on the clipboard.
    ///
    /// # Errors
    /// [`Error::Io`] when the system has no clipboard or another program holds it.
    pub(crate) async fn copy(&self, text: String) -> Result<(), Error> {
        let clipboard = self.clone();
        tokio::task::spawn_blocking(move || clipboard.copy_now(text))
            .await
            .map_err(|error| Error::io("nothing was copied", error))?
    }

    fn copy_now(&self, text: String) -> Result<(), Error> {
        let failed = |error| Error::io("nothing was copied", error);
        let mut opened = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let clipboard = match opened.as_mut() {
            Some(clipboard) => clipboard,
            None => opened.insert(arboard::Clipboard::new().map_err(failed)?),
        };
        clipboard.set_text(text).map_err(failed)
    }

    /// Hands what was copied to the desktop's clipboard manager, so that it outlives the app.
    pub(crate) fn let_go(&self) {
        drop(self.0.lock().unwrap_or_else(PoisonError::into_inner).take());
    }
}
