//! The rules about a room's files: who may send and see them.

use std::{fs::File, io, sync::Arc, time::Duration};

use bytes::Bytes;
use futures_util::Stream;
use jiff::tz::TimeZone;

use super::Room;
use crate::{
    clock::now,
    export::{Export, Tongue},
    files::{Begun, ContentHash, FileError, Pace, Uploaded, clean_file_name},
    refusal::{file_failed, refuse, unread},
    restraint::Restraint,
    source::Source,
    wire::{ErrorCode, FileRefusal, NewUpload},
};

/// The longest type that a client may say, in bytes.
const MEDIA_BYTES: usize = 100;

impl Room {
    /// Whose ticket this is: somebody's who is in the room; and what may end that.
    pub(crate) fn holder(&self, ticket: Option<&str>) -> Result<(String, Arc<Restraint>), FileRefusal> {
        let member = ticket.and_then(|ticket| self.tickets.member(ticket));
        let here = member.and_then(|member| Some((member.to_owned(), self.presence.restraint(member)?)));
        let refusal = || refuse(ErrorCode::BadTicket, "whoever is in the room has a ticket to its files; this is none");
        here.ok_or_else(refusal)
    }

    /// Begins an upload of this member's.
    pub(crate) async fn begin_upload(
        &self,
        member: String,
        from: Source,
        new: NewUpload,
    ) -> Result<Uploaded, FileRefusal> {
        let NewUpload { name, bytes, media } = new;
        if media.len() > MEDIA_BYTES {
            return Err(refuse(ErrorCode::BadUpload, "that is too long for a type"));
        }
        self.files.count(&self.id, self.log.file_bytes()).await.map_err(unread)?;
        let begun = Begun { room: self.id.clone(), member, name: clean_file_name(&name), bytes, media };
        let (files, most) = (self.files.clone(), self.door.files().bytes);
        let (uploaded, held) = blocking(move || files.begin(begun, from, most)).await?;
        self.log.release(held).await.map_err(unread)?;
        Ok(uploaded)
    }

    /// Goes on with an upload; `moved` is told each time that enough has come.
    pub(crate) async fn put_upload<E>(
        &self,
        member: &str,
        upload: &str,
        offset: u64,
        body: impl Stream<Item = Result<Bytes, E>>,
        moved: impl Fn(),
    ) -> Result<Uploaded, FileRefusal> {
        let pace = Pace { within: Duration::from_millis(self.limits.stall_ms), bytes: self.limits.stall_bytes };
        let used = || async { self.log.file_bytes().await.map_err(|error| FileError::Io(io::Error::other(error))) };
        self.files.put((&self.id, member, upload), offset, body, pace, (moved, used)).await.map_err(file_failed)
    }

    /// How an upload stands.
    pub(crate) async fn uploaded(&self, member: &str, upload: &str) -> Result<Uploaded, FileRefusal> {
        self.files.uploaded(&self.id, member, upload).await.map_err(file_failed)
    }

    /// Gives an upload a small picture.
    pub(crate) async fn put_thumb(
        &self,
        member: String,
        upload: String,
        picture: Bytes,
    ) -> Result<Uploaded, FileRefusal> {
        let (files, room) = (self.files.clone(), self.id.clone());
        let (uploaded, unwanted) = blocking(move || files.put_thumb((&room, &member, &upload), &picture)).await?;
        self.log.release(unwanted).await.map_err(unread)?;
        Ok(uploaded)
    }

    /// Takes back an upload.
    pub(crate) async fn cancel_upload(&self, member: String, upload: String) -> Result<(), FileRefusal> {
        let (files, room) = (self.files.clone(), self.id.clone());
        let held = blocking(move || files.cancel(&room, &member, &upload)).await?;
        self.log.release(held).await.map_err(unread)
    }

    /// All there is of the room by now, to be taken along.
    pub(crate) fn export(&self, tongue: Tongue, zone: TimeZone) -> Export {
        let (id, name, log, files) = (self.id.clone(), self.door.name(), self.log.clone(), self.files.clone());
        let open = move |hash: &str, bytes| match ContentHash::parse(hash)
            .map(|hash| files.open_content(&hash, Some(bytes)))
        {
            None | Some(Err(FileError::Gone)) => Ok(None),
            Some(opened) => opened.map(Some).map_err(io::Error::other),
        };
        Export { id, name, log, head: *self.log.head().borrow(), open: Box::new(open), tongue, zone, at: now() }
    }

    /// Opens the content of a file that a message here has.
    pub(crate) async fn file(&self, hash: &str) -> Result<File, FileRefusal> {
        let hash = ContentHash::parse(hash).ok_or_else(|| file_failed(FileError::NoSuchFile))?;
        match self.log.content(&hash).await.map_err(unread)? {
            None => Err(file_failed(FileError::NoSuchFile)),
            Some(content) if content.gone => Err(file_failed(FileError::Gone)),
            Some(content) => {
                let files = self.files.clone();
                blocking(move || files.open_content(&hash, content.bytes)).await
            }
        }
    }
}

/// Does something where it may block.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, FileError> + Send + 'static,
) -> Result<T, FileRefusal> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done.map_err(file_failed),
        Err(error) => {
            tracing::error!(%error, "something about a file came to grief");
            Err(refuse(ErrorCode::LogFailed, "the host could not do that"))
        }
    }
}
