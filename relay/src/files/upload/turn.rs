//! Going on with an upload: one at a time writes what comes, each write to its end.

use std::{
    fs::File,
    io::{self, BufReader, Read, Seek, SeekFrom, Write},
    sync::{Arc, PoisonError, atomic::Ordering},
};

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use tokio::sync::OwnedMutexGuard;

use super::Upload;
use crate::{
    clock::now,
    files::{ContentHash, FileError, Files, media, private},
    wire::FileInfo,
};

/// After this many bytes they are put on disk, so that no large heap of them has to be at the end, which
/// would keep messages waiting for theirs.
const SYNC_BYTES: u64 = 8 * 1024 * 1024;

/// What goes on with an upload needs.
#[derive(Default)]
pub(super) struct Arriving {
    /// Not there yet after a start of the relay's.
    open: Option<Open>,
}

pub(super) struct Open {
    file: File,
    hasher: Sha256,
    /// How much may not be on disk yet.
    unsynced: u64,
}

/// A turn at an upload, which nobody else has meanwhile.
pub(super) struct Turn {
    files: Files,
    upload: Arc<Upload>,
    arriving: OwnedMutexGuard<Arriving>,
}

impl Turn {
    /// Runs `work` where it may block, to its end, whatever becomes of whoever asked for it.
    pub(super) async fn work<T: Send + 'static>(
        mut self,
        work: impl FnOnce(&mut Self) -> Result<T, FileError> + Send + 'static,
    ) -> Result<(Self, T), FileError> {
        let worked = tokio::task::spawn_blocking(move || {
            let result = work(&mut self);
            result.map(|done| (self, done))
        });
        worked.await.map_err(|_| FileError::Io(io::Error::other("it came to grief")))?
    }

    /// Opens what is there, if it isn't open: reads all of it, for its hash.
    ///
    /// # Errors
    /// [`FileError::NoSuchUpload`] of one that was taken back meanwhile: nothing more is to come of it.
    pub(super) fn open(&mut self) -> Result<&mut Open, FileError> {
        if !self.files.knows(&self.upload) {
            return Err(FileError::NoSuchUpload);
        }
        let path = self.files.part(&self.upload.id);
        let open = match self.arriving.open.take() {
            Some(open) => open,
            None => {
                let mut file = private().read(true).open(path)?;
                let mut hasher = Sha256::new();
                let (mut reader, mut buffer) =
                    (BufReader::new(&mut file).take(self.upload.begun.bytes), [0; 64 * 1024]);
                let mut offset = 0;
                loop {
                    let read = reader.read(&mut buffer)?;
                    if read == 0 {
                        break;
                    }
                    hasher.update(&buffer[..read]);
                    offset += read as u64;
                }
                file.set_len(offset)?;
                file.seek(SeekFrom::Start(offset))?;
                self.upload.offset.store(offset, Ordering::Release);
                Open { file, hasher, unsynced: offset }
            }
        };
        Ok(self.arriving.open.insert(open))
    }

    /// Writes what comes next, for which there is room.
    pub(super) fn append(&mut self, part: &[u8]) -> Result<(), FileError> {
        let written = self.write(part);
        if written.is_err() {
            self.upload.claimed.store(self.upload.offset(), Ordering::Relaxed);
        }
        written
    }

    fn write(&mut self, part: &[u8]) -> Result<(), FileError> {
        let (files, upload) = (self.files.clone(), self.upload.clone());
        let open = self.open()?;
        let offset = upload.offset();
        if upload.begun.bytes - offset < part.len() as u64 {
            return Err(FileError::BadUpload("there is more of it than was said"));
        }
        if open.unsynced >= SYNC_BYTES {
            open.file.sync_data()?;
            open.unsynced = 0;
        }
        // What was there when it began others may have taken since.
        files.has_disk_for(part.len() as u64)?;
        if let Err(error) = open.file.write_all(part) {
            // Some of it may be there.
            open.file.set_len(offset)?;
            open.file.seek(SeekFrom::Start(offset))?;
            return Err(error.into());
        }
        open.hasher.update(part);
        open.unsynced += part.len() as u64;
        upload.offset.store(offset + part.len() as u64, Ordering::Release);
        upload.touched.store(now(), Ordering::Relaxed);
        Ok(())
    }

    /// With its last byte there: puts it on disk, looks what it is, and keeps it.
    pub(super) fn finish(&mut self) -> Result<(), FileError> {
        let (files, upload) = (self.files.clone(), self.upload.clone());
        let open = self.open()?;
        open.file.sync_all()?;
        let looks = {
            let _one_at_a_time = files.0.looking.lock().unwrap_or_else(PoisonError::into_inner);
            media::look(&mut open.file, &upload.begun.media)?
        };
        let hash = ContentHash(HEXLOWER.encode(&open.hasher.clone().finalize()));
        let held = files.keep(&files.part(&upload.id), &hash, upload.begun.bytes)?;
        self.arriving.open = None;
        let info = FileInfo {
            hash: hash.as_str().to_owned(),
            name: upload.begun.name.clone(),
            bytes: upload.begun.bytes,
            media: looks.media.to_owned(),
            width: looks.pixels.map(|(width, _)| width),
            height: looks.pixels.map(|(_, height)| height),
            thumb: None,
        };
        upload.outcome().file = Some((info, held));
        files.note(&upload)?;
        Ok(())
    }
}

impl Files {
    /// Waits until nobody else goes on with it.
    pub(super) async fn turn(&self, upload: &Arc<Upload>) -> Turn {
        let arriving = upload.arriving.clone().lock_owned().await;
        Turn { files: self.clone(), upload: upload.clone(), arriving }
    }
}
