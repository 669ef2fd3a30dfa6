//! A file on its way: what has come of it is in `uploads/<id>.part`, what it is in `uploads/<id>.json`, so that
//! it goes on after the connection was cut, and after the relay was.
//!
//! Its bytes are written as they come and never held. Every write runs to its end with the upload locked, also
//! when whoever sent it is gone by then: so the offset is always where the file ends.

use std::{
    fs::{self, File},
    io::{self, BufReader, Read, Seek, SeekFrom, Write},
    path::Path,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use data_encoding::HEXLOWER;
use futures_util::{Stream, StreamExt};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tokio::{sync::OwnedMutexGuard, time::Instant};
use tokio_util::sync::CancellationToken;

use super::{ContentHash, FileError, Files, Held, THUMB_BYTES, THUMB_PIXELS, entries, media, private, remove};
use crate::{
    invite::random_upload,
    log::now,
    wire::{self, FileInfo, Millis},
};

/// After this many bytes they are put on disk, so that no large heap of them has to be at the end, which
/// would keep messages waiting for theirs.
const SYNC_BYTES: u64 = 8 * 1024 * 1024;

/// How fast an upload has to come.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    /// So much, or what is left of it...
    pub(crate) bytes: u64,
    /// ...each time within this.
    pub(crate) within: Duration,
}

/// How an upload stands, as its sender is told.
pub(crate) type Uploaded = wire::Upload;

/// What an upload was begun with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Begun {
    pub(crate) room: String,
    pub(crate) member: String,
    /// Clean.
    pub(crate) name: String,
    pub(crate) bytes: u64,
    /// What its sender takes it for.
    pub(crate) media: String,
}

/// What stands on disk of an upload.
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

/// One upload.
pub(super) struct Upload {
    pub(super) id: String,
    pub(super) begun: Begun,
    /// When somebody last went on with it.
    touched: AtomicU64,
    /// How much of it is there. Only whoever has `arriving` changes it.
    offset: AtomicU64,
    arriving: Arc<tokio::sync::Mutex<Arriving>>,
    /// Ends the request that goes on with it now, in favour of a newer one: that one's connection may be dead,
    /// and neither side told so.
    current: Mutex<CancellationToken>,
    outcome: Mutex<Outcome>,
}

/// What goes on with an upload needs.
#[derive(Default)]
struct Arriving {
    /// Not there yet after a start of the relay's.
    open: Option<Open>,
}

struct Open {
    file: File,
    hasher: Sha256,
    /// How much may not be on disk yet.
    unsynced: u64,
}

/// What became of an upload.
#[derive(Default)]
struct Outcome {
    file: Option<(FileInfo, Arc<Held>)>,
    thumb: Option<Arc<Held>>,
}

impl Upload {
    pub(super) fn new(begun: Begun) -> Self {
        Self {
            id: random_upload(),
            begun,
            touched: AtomicU64::new(now()),
            offset: AtomicU64::new(0),
            arriving: Arc::default(),
            current: Mutex::default(),
            outcome: Mutex::default(),
        }
    }

    /// How it stands.
    pub(super) fn now(&self) -> Uploaded {
        let file = self.complete().map(|(info, _)| info);
        let offset = self.offset.load(Ordering::Acquire);
        Uploaded { upload: self.id.clone(), offset, file }
    }

    /// The file, and what has to be held for it; `None` while some of it is missing.
    pub(super) fn complete(&self) -> Option<(FileInfo, Vec<Arc<Held>>)> {
        let outcome = self.outcome();
        let (info, held) = outcome.file.as_ref()?;
        let thumb = outcome.thumb.as_ref();
        let info = FileInfo { thumb: thumb.map(|held| held.hash.as_str().to_owned()), ..info.clone() };
        Some((info, [Some(held), thumb].into_iter().flatten().cloned().collect()))
    }

    /// How many bytes are still to come.
    pub(super) fn missing(&self) -> u64 {
        self.begun.bytes.saturating_sub(self.offset.load(Ordering::Acquire))
    }

    pub(super) fn touched(&self) -> Millis {
        self.touched.load(Ordering::Relaxed)
    }

    /// Holds nothing any more; what it held.
    pub(super) fn let_go(&self) -> Vec<ContentHash> {
        let Outcome { file, thumb } = std::mem::take(&mut *self.outcome());
        let held = [file.map(|(_, held)| held), thumb];
        held.into_iter().flatten().map(|held| held.hash.clone()).collect()
    }

    /// Ends whoever goes on with it.
    pub(super) fn end(&self) {
        self.current.lock().unwrap_or_else(PoisonError::into_inner).cancel();
    }

    /// Takes it over from whoever goes on with it now; until when that holds.
    fn take_over(&self) -> CancellationToken {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        current.cancel();
        *current = CancellationToken::new();
        current.clone()
    }

    fn outcome(&self) -> MutexGuard<'_, Outcome> {
        self.outcome.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn sheet(&self) -> Sheet {
        let outcome = self.outcome();
        Sheet {
            begun: self.begun.clone(),
            file: outcome.file.as_ref().map(|(info, _)| info.clone()),
            thumb: outcome.thumb.as_ref().map(|held| held.hash.as_str().to_owned()),
        }
    }
}

/// A turn at an upload, which nobody else has meanwhile.
struct Turn {
    files: Files,
    upload: Arc<Upload>,
    arriving: OwnedMutexGuard<Arriving>,
}

impl Turn {
    /// Runs `work` where it may block, to its end, whatever becomes of whoever asked for it.
    async fn work<T: Send + 'static>(
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
    fn open(&mut self) -> Result<&mut Open, FileError> {
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

    /// Writes what comes next.
    fn append(&mut self, part: &[u8]) -> Result<(), FileError> {
        let (files, upload) = (self.files.clone(), self.upload.clone());
        let open = self.open()?;
        let offset = upload.offset.load(Ordering::Acquire);
        if upload.begun.bytes - offset < part.len() as u64 {
            return Err(FileError::BadUpload("there is more of it than was said"));
        }
        if open.unsynced >= SYNC_BYTES {
            open.file.sync_data()?;
            open.unsynced = 0;
        }
        // What was there when it began others may have taken since.
        if fs4::available_space(&files.0.coming)? < files.0.limits.spare_bytes {
            return Err(FileError::DiskFull);
        }
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
    fn finish(&mut self) -> Result<(), FileError> {
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
    /// How an upload stands. Whoever goes on with it just now is cut off: it is asked after one was.
    ///
    /// # Errors
    /// [`FileError::NoSuchUpload`], or what keeps it from being read.
    pub(crate) async fn uploaded(&self, room: &str, member: &str, id: &str) -> Result<Uploaded, FileError> {
        let upload = self.upload(room, member, id)?;
        if upload.complete().is_none() {
            let _until = upload.take_over();
            let turn = self.turn(&upload).await;
            if upload.complete().is_none() {
                turn.work(|turn| turn.open().map(drop)).await?;
            }
        }
        Ok(upload.now())
    }

    /// Goes on with an upload at `offset` with what `body` brings; `moved` is told when it begins, and
    /// each time that as much has come as `pace` asks for.
    ///
    /// # Errors
    /// [`FileError::WrongOffset`], [`FileError::BadUpload`] and [`FileError::DiskFull`], with what came before
    /// kept; [`FileError::Cut`], [`FileError::NoSuchUpload`].
    pub(crate) async fn put<E>(
        &self,
        (room, member, id): (&str, &str, &str),
        offset: u64,
        body: impl Stream<Item = Result<Bytes, E>>,
        pace: Pace,
        moved: impl Fn(),
    ) -> Result<Uploaded, FileError> {
        let upload = self.upload(room, member, id)?;
        if let Some((info, _)) = upload.complete() {
            // Its last part, sent again because the answer was lost.
            return if offset == info.bytes { Ok(upload.now()) } else { Err(FileError::WrongOffset(info.bytes)) };
        }
        let until = upload.take_over();
        let (mut turn, ()) = self.turn(&upload).await.work(|turn| turn.open().map(drop)).await?;
        let there = upload.offset.load(Ordering::Acquire);
        if upload.complete().is_some() || offset != there {
            return Err(FileError::WrongOffset(there));
        }
        tokio::pin!(body);
        moved();
        let (mut due, mut came) = (Instant::now() + pace.within, 0);
        while !until.is_cancelled() {
            let next = tokio::select! {
                () = until.cancelled() => break,
                next = tokio::time::timeout_at(due, body.next()) => next,
            };
            match next {
                Ok(Some(Ok(part))) => {
                    came += part.len() as u64;
                    if came >= pace.bytes {
                        moved();
                        (due, came) = (Instant::now() + pace.within, 0);
                    }
                    (turn, ()) = turn.work(move |turn| turn.append(&part)).await?;
                }
                Ok(None) => {
                    if upload.missing() == 0 {
                        turn.work(Turn::finish).await?;
                    }
                    return Ok(upload.now());
                }
                Ok(Some(Err(_))) | Err(_) => break,
            }
        }
        Err(FileError::Cut)
    }

    /// Gives an upload its thumbnail, in place of the one it has. Blocks.
    ///
    /// # Errors
    /// [`FileError::BadThumb`], [`FileError::NoSuchUpload`], or what keeps it from being written.
    pub(crate) fn put_thumb(&self, room: &str, member: &str, id: &str, picture: &[u8]) -> Result<Uploaded, FileError> {
        let upload = self.upload(room, member, id)?;
        if picture.len() > THUMB_BYTES as usize {
            return Err(FileError::BadThumb("it is too large"));
        }
        let looks = media::look(&mut io::Cursor::new(picture), "")?;
        if !matches!(looks.media, "image/jpeg" | "image/webp" | "image/png") {
            return Err(FileError::BadThumb("it is neither JPEG, WebP nor PNG"));
        }
        if looks.pixels.is_none_or(|(width, height)| width.max(height) > THUMB_PIXELS) {
            return Err(FileError::BadThumb("it has too many pixels"));
        }
        let part = self.0.coming.join(format!("{}.thumb", random_upload()));
        let hash = ContentHash(HEXLOWER.encode(&Sha256::digest(picture)));
        let written = write(&part, picture).and_then(|()| self.keep(&part, &hash, picture.len() as u64));
        let held = written.inspect_err(|_| drop(remove(&part)))?;
        let before = upload.outcome().thumb.replace(held);
        drop(before);
        upload.touched.store(now(), Ordering::Relaxed);
        self.note(&upload)?;
        Ok(upload.now())
    }

    /// Writes down what an upload is, for after the next start.
    pub(super) fn note(&self, upload: &Upload) -> io::Result<()> {
        let sheet = self.sheet(&upload.id);
        let new = sheet.with_extension("new");
        let text = serde_json::to_vec(&upload.sheet()).map_err(io::Error::other)?;
        write(&new, &text).and_then(|()| fs::rename(&new, &sheet)).inspect_err(|_| drop(remove(&new)))?;
        // Taken back meanwhile, perhaps.
        if !self.0.state().uploads.contains_key(&upload.id) {
            remove(&sheet)?;
        }
        Ok(())
    }

    /// Finds the uploads that were on their way when the relay ended, and tidies up what belongs to none.
    pub(super) fn find_uploads(&self) -> io::Result<()> {
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
        let offset = if file.is_some() { begun.bytes } else { there };
        Some(
            Upload {
                touched: AtomicU64::new(u64::try_from(touched.as_millis()).ok()?),
                offset: AtomicU64::new(offset),
                outcome: Mutex::new(Outcome { file, thumb: thumb.as_deref().and_then(held) }),
                ..Upload::new(begun)
            }
            .called(id),
        )
    }

    async fn turn(&self, upload: &Arc<Upload>) -> Turn {
        let arriving = upload.arriving.clone().lock_owned().await;
        Turn { files: self.clone(), upload: upload.clone(), arriving }
    }
}

impl Upload {
    fn called(self, id: String) -> Self {
        Self { id, ..self }
    }
}

/// Writes a small file and waits until it is on disk.
fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = private().truncate(true).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}
