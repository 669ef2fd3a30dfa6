//! Contents on disk, each once under its hash: put there, held, opened, removed.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{ContentHash, FileError, Files, Held, entries, remove, sync};

impl Files {
    /// Removes a content that the log says nobody wants; false where somebody holds it.
    ///
    /// # Errors
    /// When the system refuses. It is tried again when files are [looked through](Self::all).
    pub(crate) fn erase(&self, hash: &ContentHash) -> io::Result<bool> {
        // Nobody can begin to hold it meanwhile.
        let state = self.0.state();
        if state.held.contains_key(hash) {
            return Ok(false);
        }
        remove(&self.path(hash))?;
        Ok(true)
    }

    /// Every content there is.
    ///
    /// # Errors
    /// When the directory can't be read.
    pub(crate) fn all(&self) -> io::Result<Vec<ContentHash>> {
        let mut all = Vec::new();
        for entry in entries(&self.0.kept)? {
            all.extend(entry?.file_name().to_str().and_then(ContentHash::parse));
        }
        Ok(all)
    }

    /// Opens a content to read it, which has so many bytes where that is known. Blocks.
    ///
    /// # Errors
    /// [`FileError::Gone`] when it isn't there, or not all of it: a part would be taken for the whole.
    pub(crate) fn open_content(&self, hash: &ContentHash, bytes: Option<u64>) -> Result<File, FileError> {
        let file = match File::open(self.path(hash)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(FileError::Gone),
            opened => opened?,
        };
        let there = file.metadata()?.len();
        if bytes.is_some_and(|bytes| bytes != there) {
            tracing::warn!(hash = hash.as_str(), there, bytes, "a file is not as large as it was when it came");
            return Err(FileError::Gone);
        }
        Ok(file)
    }

    /// Puts a file that is on disk under the hash of its content, and holds it.
    pub(super) fn keep(&self, part: &Path, hash: &ContentHash, bytes: u64) -> io::Result<Arc<Held>> {
        let target = self.path(hash);
        let mut state = self.0.state();
        let moved = match fs::metadata(&target) {
            // Equal content is kept once.
            Ok(known) if known.len() == bytes => remove(part),
            _ => fs::rename(part, &target),
        };
        if moved.is_ok() {
            *state.held.entry(hash.clone()).or_default() += 1;
        }
        drop(state);
        moved?;
        let held = Arc::new(Held { files: Arc::downgrade(&self.0), hash: hash.clone() });
        sync(&self.0.kept)?;
        Ok(held)
    }

    /// Holds a content that is there; `None` when it isn't.
    pub(super) fn hold(&self, hash: &ContentHash) -> Option<Arc<Held>> {
        let mut state = self.0.state();
        if !self.path(hash).exists() {
            return None;
        }
        *state.held.entry(hash.clone()).or_default() += 1;
        Some(Arc::new(Held { files: Arc::downgrade(&self.0), hash: hash.clone() }))
    }

    /// Where a content is.
    pub(super) fn path(&self, hash: &ContentHash) -> PathBuf {
        self.0.kept.join(hash.as_str())
    }
}
