//! Whether what is written to is what the next one will read. A file that was removed takes whatever it is given, and
//! nobody ever finds it; one that was moved, with its directory perhaps, is found by nobody who looks where it was.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::LogError;

/// An open database's file and its WAL, as they have to stand under their names.
pub(super) struct InPlace([(PathBuf, Option<FileId>); 2]);

/// Which file it is, whatever it is called: its device's number, and its own. Windows lets nobody remove or move a file
/// that is open.
type FileId = (u64, u64);

impl InPlace {
    /// Of a database that was just opened. It may have no WAL before something is written.
    pub(super) fn of(database: &Path) -> Self {
        let mut wal = database.as_os_str().to_owned();
        wal.push("-wal");
        Self([database.to_owned(), wal.into()].map(|path| {
            let is = id_of(&path).ok();
            (path, is)
        }))
    }

    /// Takes a microsecond or two. What is removed right after it is noticed the next time.
    ///
    /// # Errors
    /// [`LogError::Misplaced`]; or what keeps one from looking.
    pub(super) fn check(&mut self) -> Result<(), LogError> {
        for (path, was) in &mut self.0 {
            let is = match id_of(path) {
                Ok(is) => Some(is),
                Err(error) if error.kind() == io::ErrorKind::NotFound => None,
                Err(error) => return Err(LogError::Io(Arc::new(error))),
            };
            if was.is_some() && *was != is {
                return Err(LogError::Misplaced);
            }
            *was = is;
        }
        Ok(())
    }
}

/// Asked for nothing else. Whoever asks Linux when a file was changed has its next change noted exactly, which is one more
/// thing to wait for each time it is put on disk: single durable sends took 1.27 times as long.
#[cfg(target_os = "linux")]
fn id_of(path: &Path) -> io::Result<FileId> {
    use rustix::{
        fs::{AtFlags, CWD, StatxFlags, statx},
        io::Errno,
    };
    match statx(CWD, path, AtFlags::empty(), StatxFlags::INO) {
        Ok(file) => Ok((u64::from(file.stx_dev_major) << 32 | u64::from(file.stx_dev_minor), file.stx_ino)),
        // An old kernel, or a container that lets nobody ask so.
        Err(Errno::NOSYS | Errno::PERM) => with_times(path),
        Err(error) => Err(error.into()),
    }
}

#[cfg(all(unix, not(target_os = "linux")))]
fn id_of(path: &Path) -> io::Result<FileId> {
    with_times(path)
}

#[cfg(unix)]
fn with_times(path: &Path) -> io::Result<FileId> {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata(path).map(|file| (file.dev(), file.ino()))
}

#[cfg(not(unix))]
fn id_of(path: &Path) -> io::Result<FileId> {
    std::fs::metadata(path).map(|_| (0, 0))
}
