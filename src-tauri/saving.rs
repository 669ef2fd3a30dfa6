//! What a relay sends, put on disk as it comes: under another name until it is whole, and gone if it never is.

use std::{
    ffi::OsString,
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

use hyper::{Response, body::Incoming};
use sha2::{Digest, Sha256};

use crate::{error::Error, requests::Room};

/// Saves what is still to be read of an answer, and tells how many bytes of it are there after each piece. Where its
/// hash is known, nothing else is saved. Whoever lets go of it before its end leaves nothing behind.
///
/// # Errors
/// [`Error::Unreachable`] when it breaks off, [`Error::DiskFull`], [`Error::Io`].
pub(crate) async fn save(
    room: &Room,
    mut answer: Response<Incoming>,
    target: PathBuf,
    hash: Option<String>,
    mut told: impl FnMut(u64),
) -> Result<(), Error> {
    let mut saving = blocking(|| Saving::begin(target)).await?;
    let mut bytes = 0;
    while let Some(piece) = room.next(answer.body_mut()).await? {
        bytes += piece.len() as u64;
        saving = blocking(move || saving.write(&piece)).await?;
        told(bytes);
    }
    blocking(move || saving.finish(hash.as_deref())).await
}

/// A file on its way to where the person wants it, under another name until it is complete.
struct Saving {
    target: PathBuf,
    part: PathBuf,
    file: Option<File>,
    hasher: Sha256,
}

impl Saving {
    fn begin(target: PathBuf) -> Result<Self, Error> {
        let (part, file) = beside(&target).map_err(not_saved)?;
        Ok(Self { target, part, file: Some(file), hasher: Sha256::new() })
    }

    fn write(mut self, piece: &[u8]) -> Result<Self, Error> {
        if let Some(file) = &mut self.file {
            file.write_all(piece).map_err(not_saved)?;
        }
        self.hasher.update(piece);
        Ok(self)
    }

    /// Gives it its name, if it is what has this hash, where that is known.
    fn finish(mut self, hash: Option<&str>) -> Result<(), Error> {
        let found = data_encoding::HEXLOWER.encode(&self.hasher.finalize_reset());
        if hash.is_some_and(|hash| hash != found) {
            return Err(Error::io("the file was not saved", "it came in spoilt"));
        }
        if let Some(file) = self.file.take() {
            file.sync_all().map_err(not_saved)?;
        }
        fs::rename(&self.part, &self.target).map_err(not_saved)
    }
}

impl Drop for Saving {
    fn drop(&mut self) {
        drop(self.file.take());
        // Unless it has its name.
        let _gone = fs::remove_file(&self.part);
    }
}

/// A new file beside another.
fn beside(target: &Path) -> io::Result<(PathBuf, File)> {
    let name = target.file_name().ok_or(io::ErrorKind::InvalidInput)?;
    for number in 0..100 {
        let mut part = OsString::from(name);
        part.push(format!(".{number}.part"));
        let part = target.with_file_name(part);
        match OpenOptions::new().write(true).create_new(true).open(&part) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            opened => return Ok((part, opened?)),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

fn not_saved(error: io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Error::DiskFull { what: "the file".into() },
        _ => Error::io("the file was not saved", error),
    }
}

/// Does something where it may block.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, Error> + Send + 'static) -> Result<T, Error> {
    tokio::task::spawn_blocking(work).await.map_err(|error| Error::io("the file was not saved", error))?
}

#[cfg(test)]
mod tests {
    use hyper::Method;
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };

    use super::*;
    use crate::requests::Archive;

    /// Saves an archive from a relay that answers with this.
    async fn answered(answer: &'static str, target: PathBuf) -> Result<u64, Error> {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        let relay = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.expect("somebody asks");
            let mut asked = vec![0; 4096];
            let length = stream.read(&mut asked).await.expect("a request");
            stream.write_all(answer.as_bytes()).await.expect("an answer");
            String::from_utf8_lossy(&asked[..length]).into_owned()
        });
        let room = Room::new(address, "r1", "m.x").expect("a room");
        let archive = Archive::new("ko", "Asia/Seoul").expect("an archive");
        let answer = room.archive(Method::GET, &archive).await;
        let asked = relay.await.expect("it was asked");
        assert!(asked.starts_with("GET /export/r1?lang=ko&tz=Asia/Seoul HTTP/1.1"), "{asked}");
        let mut told = 0;
        save(&room, answer?, target, None, |bytes| told = bytes).await?;
        Ok(told)
    }

    #[tokio::test]
    async fn an_archive_that_breaks_off_leaves_nothing() {
        let directory = tempfile::tempdir().expect("a directory");
        let target = directory.path().join("den.zip");
        let left = || fs::read_dir(directory.path()).expect("there").count();
        let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nPK..\r\n";
        let broken = answered(head, target.clone()).await;
        assert!(matches!(broken, Err(Error::Unreachable { .. })), "{broken:?}");
        assert_eq!(left(), 0);
        let busy = answered("HTTP/1.1 429 Too Many Requests\r\ncontent-length: 0\r\n\r\n", target.clone()).await;
        assert!(matches!(busy, Err(Error::TooManyExports)), "{busy:?}");
        let whole = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nPK..\r\n0\r\n\r\n";
        assert_eq!(answered(whole, target.clone()).await.expect("saved"), 4);
        assert_eq!((fs::read(&target).expect("there"), left()), (b"PK..".to_vec(), 1));
    }

    #[test]
    fn a_file_has_its_name_only_once_it_is_whole() {
        let directory = tempfile::tempdir().expect("a directory");
        let target = directory.path().join("cat.txt");
        let hash = data_encoding::HEXLOWER.encode(&Sha256::digest(b"meow"));
        let saving = || Saving::begin(target.clone()).and_then(|saving| saving.write(b"me")).expect("it begins");
        let left = || fs::read_dir(directory.path()).expect("there").count();
        drop(saving());
        assert_eq!(left(), 0, "what broke off leaves nothing");
        assert!(saving().write(b"ou").and_then(|saving| saving.finish(Some(&hash))).is_err(), "spoilt");
        assert_eq!(left(), 0);
        fs::write(&target, "an older one").expect("written");
        saving().write(b"ow").and_then(|saving| saving.finish(Some(&hash))).expect("saved");
        assert_eq!((fs::read(&target).expect("there"), left()), (b"meow".to_vec(), 1));
    }
}
