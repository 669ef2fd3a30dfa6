//! A file on its way: what has come of it is in `uploads/<id>.part`, what it is in `uploads/<id>.json`, so that
//! it goes on after the connection was cut, and after the relay was.
//!
//! Its bytes are written as they come and never held. Every write runs to its end with the upload locked, also
//! when whoever sent it is gone by then: so the offset is always where the file ends.

mod sheet;
mod turn;

use std::{
    io,
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
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{ContentHash, FileError, Files, Held, THUMB_BYTES, THUMB_PIXELS, media, remove};
use crate::{
    clock::now,
    invite::random_upload,
    source::{Counted, Source},
    wire::{self, FileInfo, Millis},
};
use sheet::write;
use turn::{Arriving, Turn};

/// How many pictures an upload may be given as its thumbnail, one in place of the other: its sender's page makes one, and
/// may think better of it once. They count as nothing of what the room may take, so there are to be few.
const THUMBS: u32 = 2;

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

/// One upload.
pub(super) struct Upload {
    pub(super) id: String,
    pub(super) begun: Begun,
    /// From where, unless that was before a restart.
    pub(super) from: Option<Source>,
    /// When somebody last went on with it.
    touched: AtomicU64,
    /// How much of it is there. Only whoever has `arriving` changes it.
    offset: AtomicU64,
    /// How much of it counts: what is there, and what is being written.
    pub(super) claimed: AtomicU64,
    arriving: Arc<tokio::sync::Mutex<Arriving>>,
    /// Ends the request that goes on with it now, in favour of a newer one: that one's connection may be dead,
    /// and neither side told so.
    current: Mutex<CancellationToken>,
    outcome: Mutex<Outcome>,
    /// Held while its sheet is written.
    noting: Mutex<()>,
    /// The message that it is about to go into, and how often that was said.
    going: Mutex<Option<(String, usize)>>,
}

/// What became of an upload.
#[derive(Default)]
struct Outcome {
    file: Option<(FileInfo, Arc<Held>)>,
    thumb: Option<Arc<Held>>,
    /// How many pictures it was given as its thumbnail.
    thumbs: u32,
}

impl Outcome {
    fn has_thumb(&self, hash: &ContentHash) -> bool {
        self.thumb.as_ref().is_some_and(|held| held.hash == *hash)
    }

    /// Counts another picture, if it may be given one.
    fn count_thumb(&mut self) -> Result<(), FileError> {
        if self.thumbs >= THUMBS {
            return Err(FileError::BadThumb("it has had as many as it may"));
        }
        self.thumbs += 1;
        Ok(())
    }
}

impl Upload {
    pub(super) fn new(begun: Begun, from: Option<Source>) -> Self {
        Self {
            id: random_upload(),
            begun,
            from,
            touched: AtomicU64::new(now()),
            offset: AtomicU64::new(0),
            claimed: AtomicU64::new(0),
            arriving: Arc::default(),
            current: Mutex::default(),
            outcome: Mutex::default(),
            noting: Mutex::default(),
            going: Mutex::default(),
        }
    }

    /// Whether it was begun from there.
    pub(super) fn comes_from(&self, place: Counted) -> bool {
        self.from.is_some_and(|from| from.counted().any(|(counted, _)| counted == place))
    }

    /// Has it go into a message, until [it doesn't](Self::stays); false where it is about to go into another. The
    /// same one may be said again before it is known what became of it.
    pub(super) fn goes_into(&self, message: &str) -> bool {
        let mut going = self.going.lock().unwrap_or_else(PoisonError::into_inner);
        let (into, times) = going.get_or_insert_with(|| (message.to_owned(), 0));
        let goes = into == message;
        *times += usize::from(goes);
        goes
    }

    /// The message isn't said, this time.
    pub(super) fn stays(&self) {
        let mut going = self.going.lock().unwrap_or_else(PoisonError::into_inner);
        *going = going.take().filter(|(_, times)| *times > 1).map(|(into, times)| (into, times - 1));
    }

    /// How it stands.
    pub(super) fn now(&self) -> Uploaded {
        let file = self.complete().map(|(info, _)| info);
        let offset = self.offset();
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
        self.begun.bytes.saturating_sub(self.offset())
    }

    /// How much of it is there.
    pub(super) fn offset(&self) -> u64 {
        self.offset.load(Ordering::Acquire)
    }

    /// Whether nothing has come of it, and nobody is about to bring anything.
    pub(super) fn is_unsent(&self) -> bool {
        self.offset() == 0 && self.outcome().file.is_none() && self.arriving.try_lock().is_ok()
    }

    pub(super) fn touched(&self) -> Millis {
        self.touched.load(Ordering::Relaxed)
    }

    /// Holds nothing any more; what it held.
    pub(super) fn let_go(&self) -> Vec<ContentHash> {
        let Outcome { file, thumb, .. } = std::mem::take(&mut *self.outcome());
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
    /// each time that as much has come as `pace` asks for. `used` asks the log what the room's messages have.
    ///
    /// # Errors
    /// [`FileError::WrongOffset`], [`FileError::BadUpload`], [`FileError::RoomFull`] and [`FileError::DiskFull`], with
    /// what came before kept; [`FileError::Cut`], [`FileError::NoSuchUpload`].
    pub(crate) async fn put<E, U: Future<Output = Result<u64, FileError>>>(
        &self,
        (room, member, id): (&str, &str, &str),
        offset: u64,
        body: impl Stream<Item = Result<Bytes, E>>,
        pace: Pace,
        (moved, used): (impl Fn(), impl Fn() -> U),
    ) -> Result<Uploaded, FileError> {
        let upload = self.upload(room, member, id)?;
        if let Some((info, _)) = upload.complete() {
            // Its last part, sent again because the answer was lost.
            return if offset == info.bytes { Ok(upload.now()) } else { Err(FileError::WrongOffset(info.bytes)) };
        }
        let until = upload.take_over();
        let (mut turn, ()) = self.turn(&upload).await.work(|turn| turn.open().map(drop)).await?;
        let there = upload.offset();
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
                    if self.claim(&upload, part.len() as u64).is_err() {
                        // Some may be gone since it was counted.
                        self.count(room, used()).await?;
                        self.claim(&upload, part.len() as u64)?;
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
        Err(if self.knows(&upload) { FileError::Cut } else { FileError::NoSuchUpload })
    }

    /// Gives an upload its thumbnail, in place of the one it has; what nobody may want any more. Blocks.
    ///
    /// # Errors
    /// [`FileError::BadThumb`], [`FileError::NoSuchUpload`], [`FileError::DiskFull`], or what keeps it from being
    /// written.
    pub(crate) fn put_thumb(
        &self,
        (room, member, id): (&str, &str, &str),
        picture: &[u8],
    ) -> Result<(Uploaded, Vec<ContentHash>), FileError> {
        let upload = self.upload(room, member, id)?;
        check_thumb(picture)?;
        let hash = ContentHash(HEXLOWER.encode(&Sha256::digest(picture)));
        if upload.outcome().has_thumb(&hash) {
            // Sent again because the answer was lost.
            return Ok((upload.now(), Vec::new()));
        }
        self.has_disk_for(picture.len() as u64)?;
        upload.outcome().count_thumb()?;
        let part = self.0.coming.join(format!("{}.thumb", random_upload()));
        let written = write(&part, picture).and_then(|()| self.keep(&part, &hash, picture.len() as u64));
        let held = written.inspect_err(|_| drop(remove(&part)))?;
        let before = upload.outcome().thumb.replace(held);
        upload.touched.store(now(), Ordering::Relaxed);
        self.note(&upload)?;
        let mut unwanted: Vec<_> = before.iter().map(|held| held.hash.clone()).collect();
        if !self.knows(&upload) {
            // Taken back meanwhile, and nobody else lets go of this.
            unwanted.extend(upload.let_go());
        }
        Ok((upload.now(), unwanted))
    }
}

/// Refuses what is no small picture.
fn check_thumb(picture: &[u8]) -> Result<(), FileError> {
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
    Ok(())
}
