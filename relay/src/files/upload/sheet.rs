//! What stands on disk of an upload, beside what has come of it, so that it goes on after a start of the relay's.

use std::{
    fs,
    io::{self, Write},
    path::Path,
    sync::{Arc, Mutex, PoisonError, atomic::AtomicU64},
};

use serde::{Deserialize, Serialize};

use super::{Begun, Outcome, Upload};
use crate::{
    files::{ContentHash, Files, entries, private, remove},
    wire::FileInfo,
};

/// As it stands there.
#[derive(Serialize, Deserialize)]
struct Sheet {
    begun: Begun,
    /// Once it is complete.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    file: Option<FileInfo>,
    /// Its thumbnail's hash.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    thumb: Option<String>,
}

impl Upload {
    fn sheet(&self) -> Sheet {
        let outcome = self.outcome();
        Sheet {
            begun: self.begun.clone(),
            file: outcome.file.as_ref().map(|(info, _)| info.clone()),
            thumb: outcome.thumb.as_ref().map(|held| held.hash.as_str().to_owned()),
        }
    }

    fn called(self, id: String) -> Self {
        Self { id, ..self }
    }
}

impl Files {
    /// Writes down what an upload is, for after the next start.
    pub(in crate::files) fn note(&self, upload: &Upload) -> io::Result<()> {
        // Its last part and its thumbnail may come at the same time: the newer sheet is the one that stays, and whole.
        let _one_at_a_time = upload.noting.lock().unwrap_or_else(PoisonError::into_inner);
        let sheet = self.sheet(&upload.id);
        let new = sheet.with_extension("new");
        let text = serde_json::to_vec(&upload.sheet()).map_err(io::Error::other)?;
        write(&new, &text).and_then(|()| fs::rename(&new, &sheet)).inspect_err(|_| drop(remove(&new)))?;
        // Taken back meanwhile, perhaps.
        if !self.knows(upload) {
            remove(&sheet)?;
        }
        Ok(())
    }

    /// Finds the uploads that were on their way when the relay ended, and tidies up what belongs to none.
    pub(in crate::files) fn find_uploads(&self) -> io::Result<()> {
        let mut found = Vec::new();
        let mut others = Vec::new();
        for entry in entries(&self.0.coming)? {
            let path = entry?.path();
            match self.found(&path) {
                Some(upload) => found.push(upload),
                None => others.push(path),
            }
        }
        let mut state = self.0.state();
        state.uploads.extend(found.into_iter().map(|upload| (upload.id.clone(), Arc::new(upload))));
        let known = |path: &Path| {
            let id = path.file_stem().and_then(|stem| stem.to_str());
            let part = path.extension().is_some_and(|ending| ending == "part");
            part && id.is_some_and(|id| state.uploads.contains_key(id))
        };
        others.iter().filter(|path| !known(path)).try_for_each(|path| remove(path))
    }

    /// The upload whose sheet this is.
    fn found(&self, path: &Path) -> Option<Upload> {
        let id = path.file_name()?.to_str()?.strip_suffix(".json")?.to_owned();
        let Sheet { begun, file, thumb } = serde_json::from_slice(&fs::read(path).ok()?).ok()?;
        let part = fs::metadata(self.part(&id));
        let touched =
            part.as_ref().ok().map_or_else(|| fs::metadata(path).ok()?.modified().ok(), |part| part.modified().ok());
        let touched = touched?.duration_since(std::time::UNIX_EPOCH).ok()?;
        let there = part.map_or(0, |part| part.len().min(begun.bytes));
        let held = |hash: &str| self.hold(&ContentHash::parse(hash)?);
        let file = match file {
            // Complete, and its content lost: it has to be begun anew.
            Some(info) => Some((info.clone(), held(&info.hash)?)),
            None => None,
        };
        // How many it was given before nobody wrote down: it may be given one more.
        let thumbs = u32::from(thumb.is_some());
        let offset = if file.is_some() { begun.bytes } else { there };
        Some(
            Upload {
                touched: AtomicU64::new(u64::try_from(touched.as_millis()).ok()?),
                offset: AtomicU64::new(offset),
                claimed: AtomicU64::new(offset),
                outcome: Mutex::new(Outcome { file, thumb: thumb.as_deref().and_then(held), thumbs }),
                ..Upload::new(begun, None)
            }
            .called(id),
        )
    }
}

/// Writes a small file and waits until it is on disk.
pub(super) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = private().truncate(true).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}
