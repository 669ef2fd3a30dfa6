//! The files of all rooms, beside the log: each content once, under its hash, and what is still on its way.
//!
//! `files/<hash>` is never written to: what arrives is collected in `uploads/`, put on disk, and moved there. A
//! message that names a file is committed after that, so an acknowledged one has all of its files. Which
//! content is still wanted is the log's to say, in the same commits as its events; here is only known
//! what is [held](Held): uploads that are complete and in no message yet, and messages on their way.
//!
//! It knows of no sockets, no SQL, and of rooms only their ids.

mod contents;
mod media;
mod name;
mod share;
mod upload;

use std::{
    collections::HashMap,
    fs::{self, File, OpenOptions},
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use thiserror::Error;

pub(crate) use media::{is_shown, media_of};
pub use name::clean as clean_file_name;
pub(crate) use upload::{Begun, Pace, Uploaded};

use crate::{
    config::Limits,
    source::Source,
    wire::{FileInfo, Millis},
};
use share::Said;
use upload::Upload;

/// Contents, by their hash.
const KEPT: &str = "files";

/// What is on its way.
const COMING: &str = "uploads";

/// The largest thumbnail, in bytes: one of [`THUMB_PIXELS`] at a usual quality takes half of that.
pub(crate) const THUMB_BYTES: u32 = 64 * 1024;

/// The longest side of a thumbnail: twice what it is shown at, for screens that are twice as fine.
pub(crate) const THUMB_PIXELS: u32 = 640;

/// Why something about a file could not be done.
#[derive(Debug, Error)]
pub(crate) enum FileError {
    #[error("a file has at most {most} bytes here")]
    TooBig { most: u64 },
    #[error("the room's files take as much of the disk as they may")]
    RoomFull,
    #[error("there are as many uploads as there may be")]
    TooMany,
    #[error("there is no such upload")]
    NoSuchUpload,
    #[error("the upload goes on at {0}")]
    WrongOffset(u64),
    #[error("{0}")]
    BadUpload(&'static str),
    #[error("{0}")]
    BadThumb(&'static str),
    /// Another request goes on with it, or this one stood still.
    #[error("the upload was cut off")]
    Cut,
    #[error("no message has such a file")]
    NoSuchFile,
    #[error("the file is gone")]
    Gone,
    #[error("the disk is full")]
    DiskFull,
    #[error("{0}")]
    Io(io::Error),
}

impl From<io::Error> for FileError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull,
            _ => Self::Io(error),
        }
    }
}

/// SHA-256 of a content, in hexadecimal digits, which is also the name of its file.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct ContentHash(String);

impl ContentHash {
    /// `None` for anything else than 64 digits, in lower case.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let digits = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        (text.len() == 64 && digits).then(|| Self(text.to_owned()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for ContentHash {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

/// The files in one data directory. Cheap to clone; every clone is the same.
#[derive(Clone)]
pub(crate) struct Files(Arc<Inner>);

struct Inner {
    kept: PathBuf,
    coming: PathBuf,
    limits: Limits,
    state: Mutex<State>,
    /// One file at a time is looked at for what it is: it takes half a megabyte of memory.
    looking: Mutex<()>,
}

#[derive(Default)]
struct State {
    uploads: HashMap<String, Arc<Upload>>,
    /// How often each content is held.
    held: HashMap<ContentHash, usize>,
    /// Of each room, by its id.
    rooms: HashMap<String, Said>,
}

impl State {
    fn upload(&self, room: &str, member: &str, id: &str) -> Result<Arc<Upload>, FileError> {
        let own = |upload: &&Arc<Upload>| upload.begun.room == room && upload.begun.member == member;
        self.uploads.get(id).filter(own).cloned().ok_or(FileError::NoSuchUpload)
    }
}

impl Inner {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Keeps one content from being removed, whatever the log says.
#[derive(Debug)]
pub(crate) struct Held {
    files: std::sync::Weak<Inner>,
    hash: ContentHash,
}

impl std::fmt::Debug for Inner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Files").field("kept", &self.kept).finish_non_exhaustive()
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let Some(files) = self.files.upgrade() else { return };
        let mut state = files.state();
        if let Some(times) = state.held.get_mut(&self.hash) {
            *times -= 1;
            if *times == 0 {
                state.held.remove(&self.hash);
            }
        }
    }
}

/// Uploads that a message on its way takes with it, and what they hold until it is committed. Where it never is, they
/// may go into another.
pub(crate) struct Taken {
    files: Files,
    uploads: Vec<Arc<Upload>>,
    held: Vec<Arc<Held>>,
}

impl Taken {
    /// The message is in the log, which says from now on that these are wanted.
    pub(crate) fn said(self) {
        for upload in &self.uploads {
            self.files.said(upload);
        }
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        self.uploads.iter().for_each(|upload| upload.stays());
    }
}

impl Files {
    /// Those in `directory`, and the uploads that were on their way there. It is made when the first one comes.
    /// Blocks.
    ///
    /// # Errors
    /// When what is there can't be read.
    pub(crate) fn open(directory: &Path, limits: &Limits) -> io::Result<Self> {
        let (kept, coming) = (directory.join(KEPT), directory.join(COMING));
        let (limits, state, looking) = (limits.clone(), Mutex::default(), Mutex::default());
        let files = Self(Arc::new(Inner { kept, coming, limits, state, looking }));
        files.find_uploads()?;
        Ok(files)
    }

    /// Begins an upload in a room that takes files of up to `most` bytes, and was [counted](Self::count) just now. It may
    /// take the place of one that nothing has come of; what that held. Blocks.
    ///
    /// # Errors
    /// [`FileError::TooBig`], [`FileError::RoomFull`], [`FileError::TooMany`], [`FileError::DiskFull`], or
    /// whatever keeps it from being written.
    pub(crate) fn begin(
        &self,
        begun: Begun,
        from: Source,
        most: u64,
    ) -> Result<(Uploaded, Vec<ContentHash>), FileError> {
        if begun.bytes > most {
            return Err(FileError::TooBig { most });
        }
        make_private(&self.0.kept)?;
        make_private(&self.0.coming)?;
        let upload = Arc::new(Upload::new(begun, Some(from)));
        let held = self.place(&upload)?.map(|other| self.discard(&other)).unwrap_or_default();
        if let Err(error) = self.note(&upload) {
            self.forget(&upload.id);
            return Err(error.into());
        }
        Ok((upload.now(), held))
    }

    /// An upload of this member's in this room.
    ///
    /// # Errors
    /// [`FileError::NoSuchUpload`].
    fn upload(&self, room: &str, member: &str, id: &str) -> Result<Arc<Upload>, FileError> {
        self.0.state().upload(room, member, id)
    }

    /// Takes back an upload; what it held, if it was complete: the log may know of nobody else who wants it.
    ///
    /// # Errors
    /// [`FileError::NoSuchUpload`].
    pub(crate) fn cancel(&self, room: &str, member: &str, id: &str) -> Result<Vec<ContentHash>, FileError> {
        self.upload(room, member, id)?;
        Ok(self.forget(id))
    }

    /// Takes back all of a member's in a room; what they held.
    pub(crate) fn cancel_all(&self, room: &str, member: &str) -> Vec<ContentHash> {
        self.forget_those(|upload| upload.begun.room == room && upload.begun.member == member)
    }

    /// The files of these uploads, complete and still there, for the message of this id that is to have them.
    ///
    /// # Errors
    /// [`FileError::NoSuchUpload`] if that is true of one of them not, or it is about to go into another message.
    pub(crate) fn take(
        &self,
        (room, member, message): (&str, &str, &str),
        ids: &[String],
    ) -> Result<(Vec<FileInfo>, Taken), FileError> {
        let mut infos = Vec::new();
        let mut taken = Taken { files: self.clone(), uploads: Vec::new(), held: Vec::new() };
        for id in ids {
            let upload = {
                // One that was said is known no more, and nobody can say it in between.
                let state = self.0.state();
                let upload = state.upload(room, member, id)?;
                upload.goes_into(message).then_some(upload).ok_or(FileError::NoSuchUpload)?
            };
            taken.uploads.push(upload.clone());
            let (info, held) = upload.complete().ok_or(FileError::NoSuchUpload)?;
            if held.iter().any(|held| !self.path(&held.hash).exists()) {
                return Err(FileError::NoSuchUpload);
            }
            infos.push(info);
            taken.held.extend(held);
        }
        Ok((infos, taken))
    }

    /// Forgets an upload, with what there is of it; what it held.
    fn forget(&self, id: &str) -> Vec<ContentHash> {
        let forgotten = self.0.state().uploads.remove(id);
        forgotten.map(|upload| self.discard(&upload)).unwrap_or_default()
    }

    /// Forgets an upload that a message has: what it was counts as the room's from now on, and is never counted as
    /// nobody's in between.
    fn said(&self, upload: &Upload) {
        let mut state = self.0.state();
        state.rooms.entry(upload.begun.room.clone()).or_default().add(upload.begun.bytes);
        let known = state.uploads.remove(&upload.id);
        drop(state);
        known.iter().for_each(|upload| drop(self.discard(upload)));
    }

    /// Removes what there is of an upload that is known no more; what it held.
    fn discard(&self, upload: &Upload) -> Vec<ContentHash> {
        upload.end();
        for path in [self.part(&upload.id), self.sheet(&upload.id)] {
            if let Err(error) = remove(&path) {
                tracing::warn!(%error, "what was left of an upload stays for now");
            }
        }
        upload.let_go()
    }

    /// Forgets the uploads that nobody went on with since `before`; what they held.
    pub(crate) fn forget_abandoned(&self, before: Millis) -> Vec<ContentHash> {
        self.forget_those(|upload| upload.touched() < before)
    }

    fn forget_those(&self, which: impl Fn(&Upload) -> bool) -> Vec<ContentHash> {
        let those: Vec<_> = self.0.state().uploads.values().filter(|upload| which(upload)).cloned().collect();
        those.iter().flat_map(|upload| self.forget(&upload.id)).collect()
    }

    /// Whether an upload is still to go on.
    fn knows(&self, upload: &Upload) -> bool {
        self.0.state().uploads.contains_key(&upload.id)
    }

    /// Where an upload's bytes are collected.
    fn part(&self, id: &str) -> PathBuf {
        self.0.coming.join(format!("{id}.part"))
    }

    /// Where it stands what an upload is.
    fn sheet(&self, id: &str) -> PathBuf {
        self.0.coming.join(format!("{id}.json"))
    }
}

/// What is in a directory; nothing if that isn't there.
fn entries(directory: &Path) -> io::Result<impl Iterator<Item = io::Result<fs::DirEntry>>> {
    match fs::read_dir(directory) {
        Ok(entries) => Ok(Some(entries).into_iter().flatten()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None.into_iter().flatten()),
        Err(error) => Err(error),
    }
}

/// For this user only, as the rooms are.
fn make_private(directory: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory)
}

/// How files of ours are made: for this user only.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.create(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Makes sure that the names in a directory are on disk. Windows has no such call, and its file system keeps
/// a journal of names.
fn sync(directory: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(directory)?.sync_all() } else { Ok(()) }
}

/// Removes a file, if it is there.
fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
