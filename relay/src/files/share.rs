//! What uploads may take: the room's share of the disk, and their places.
//!
//! Only what has come counts. What was merely promised may never come, and would keep others out who mean it: so it
//! is taken from nobody, and a promise makes way when somebody else needs its place.

use std::sync::{Arc, atomic::Ordering};

use super::{FileError, Files, State, upload::Upload};
use crate::{config::Limits, source::Source};

/// What a room's messages have, as far as it is known.
#[derive(Default)]
pub(super) struct Said {
    /// How much went into messages since the relay began.
    since: u64,
    /// What the log had at one time, and how much had gone into messages before it was asked.
    known: Option<(u64, u64)>,
}

impl Said {
    pub(super) fn add(&mut self, bytes: u64) {
        self.since = self.since.saturating_add(bytes);
    }

    /// The most it can be by now: what was deleted since, or was there already, isn't taken off.
    fn most(&self) -> Option<u64> {
        self.known.map(|(bytes, before)| bytes.saturating_add(self.since - before))
    }
}

impl State {
    /// How much the room's files take with those that are still coming, as far as they have come; `None` until its
    /// log was asked.
    fn taken(&self, room: &str) -> Option<u64> {
        let coming = self.uploads.values().filter(|upload| upload.begun.room == room);
        let said = self.rooms.get(room)?.most()?;
        Some(coming.fold(said, |sum, upload| sum.saturating_add(upload.claimed.load(Ordering::Relaxed))))
    }

    /// Has an upload take a place: of its member's, of where they come from, and of all; whose it takes, where one of
    /// these has none that is free.
    ///
    /// # Errors
    /// [`FileError::TooMany`], where all of them have brought something.
    fn place(&mut self, upload: &Arc<Upload>, limits: &Limits) -> Result<Option<Arc<Upload>>, FileError> {
        let is_own =
            |other: &Upload| other.begun.room == upload.begun.room && other.begun.member == upload.begun.member;
        let has_all = self.uploads.values().filter(|other| is_own(other)).count() >= limits.member_uploads;
        let crowded = upload.from.into_iter().flat_map(Source::counted).find(|&(counted, times)| {
            let from_here = self.uploads.values().filter(|other| other.comes_from(counted)).count();
            from_here >= limits.uploads_per_address.saturating_mul(times as usize)
        });
        let makes_way = if has_all {
            Some(self.unsent(is_own)?)
        } else if let Some((counted, _)) = crowded {
            Some(self.unsent(|other| other.comes_from(counted))?)
        } else if self.uploads.len() >= limits.uploads {
            Some(self.unsent(|_| true)?)
        } else {
            None
        };
        if let Some(other) = &makes_way {
            self.uploads.remove(&other.id);
        }
        self.uploads.insert(upload.id.clone(), upload.clone());
        Ok(makes_way)
    }

    /// Of these, the one nothing has come of for the longest time.
    fn unsent(&self, which: impl Fn(&Upload) -> bool) -> Result<Arc<Upload>, FileError> {
        let unsent = self.uploads.values().filter(|upload| which(upload) && upload.is_unsent());
        unsent.min_by_key(|upload| upload.touched()).cloned().ok_or(FileError::TooMany)
    }
}

impl Files {
    /// Learns from the log what the room's messages have.
    ///
    /// # Errors
    /// Whatever keeps the log from being read.
    pub(crate) async fn count<E>(&self, room: &str, asked: impl Future<Output = Result<u64, E>>) -> Result<(), E> {
        let before = self.0.state().rooms.get(room).map_or(0, |said| said.since);
        let bytes = asked.await?;
        self.0.state().rooms.entry(room.to_owned()).or_default().known = Some((bytes, before));
        Ok(())
    }

    /// Gives an upload a place, if there is room for all of it as things are; whose place that was.
    pub(super) fn place(&self, upload: &Arc<Upload>) -> Result<Option<Arc<Upload>>, FileError> {
        let (limits, bytes) = (&self.0.limits, upload.begun.bytes);
        let mut state = self.0.state();
        let taken = state.taken(&upload.begun.room).ok_or(FileError::RoomFull)?;
        if taken.saturating_add(bytes) > limits.room_file_bytes {
            return Err(FileError::RoomFull);
        }
        self.has_disk_for(bytes)?;
        state.place(upload, limits)
    }

    /// Has the next so many bytes of an upload count, if the room has room for them. Only for whoever has the turn.
    pub(super) fn claim(&self, upload: &Upload, more: u64) -> Result<(), FileError> {
        let state = self.0.state();
        let taken = state.taken(&upload.begun.room).ok_or(FileError::RoomFull)?;
        let before = upload.claimed.load(Ordering::Relaxed);
        let claimed = upload.offset().saturating_add(more).min(upload.begun.bytes);
        if claimed > before && taken - before.min(taken) + claimed > self.0.limits.room_file_bytes {
            return Err(FileError::RoomFull);
        }
        upload.claimed.store(claimed, Ordering::Relaxed);
        Ok(())
    }

    /// Makes sure that so many bytes leave enough of the disk free.
    pub(super) fn has_disk_for(&self, bytes: u64) -> Result<(), FileError> {
        let needed = bytes.saturating_add(self.0.limits.spare_bytes);
        if fs4::available_space(&self.0.coming)? < needed { Err(FileError::DiskFull) } else { Ok(()) }
    }
}
