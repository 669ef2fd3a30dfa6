//! Somebody who sends files.

use std::net::SocketAddr;

use snug_relay::wire::{ErrorCode, FileInfo, FileRefusal, NewMessage, NewUpload, Upload};
use tokio::{io::AsyncWriteExt, net::TcpStream};

use crate::{Answer, TestClient, ask, http::head};

/// A member's way to the room's files, as the page has one: HTTP, with the ticket of its welcome.
#[derive(Debug, Clone)]
pub struct Sender {
    addr: SocketAddr,
    room: String,
    /// What lets it in.
    pub ticket: String,
}

impl Sender {
    /// Of somebody who is in a room there.
    ///
    /// # Panics
    /// When they aren't.
    pub fn of(client: &TestClient, addr: SocketAddr) -> Self {
        let welcome = client.welcome.as_ref().expect("in a room");
        Self { addr, room: welcome.room.id.clone(), ticket: welcome.you.ticket.clone() }
    }

    /// The same with another ticket.
    #[must_use]
    pub fn with(&self, ticket: &str) -> Self {
        Self { ticket: ticket.to_owned(), ..self.clone() }
    }

    /// One request about an upload or a new one, below the room's path.
    pub async fn asks(&self, method: &str, path: &str, body: &[u8]) -> Answer {
        let path = format!("/files/{}{path}", self.room);
        ask(self.addr, method, &path, &[("authorization", &format!("Bearer {}", self.ticket))], body).await
    }

    /// Begins an upload.
    ///
    /// # Errors
    /// As the relay refuses it.
    pub async fn begins(&self, name: &str, bytes: u64, media: &str) -> Result<Upload, FileRefusal> {
        let new = NewUpload { name: name.into(), bytes, media: media.into() };
        told(&self.asks("POST", "", &serde_json::to_vec(&new).expect("JSON")).await)
    }

    /// Goes on with one.
    ///
    /// # Errors
    /// As the relay refuses it.
    pub async fn puts(&self, upload: &str, offset: u64, part: &[u8]) -> Result<Upload, FileRefusal> {
        told(&self.asks("PATCH", &format!("/uploads/{upload}?offset={offset}"), part).await)
    }

    /// Begins to go on with one: says that `length` bytes come, sends fewer, and leaves the rest open.
    ///
    /// # Panics
    /// When the relay takes none.
    pub async fn puts_some(&self, upload: &str, offset: u64, length: usize, part: &[u8]) -> TcpStream {
        let path = format!("/files/{}/uploads/{upload}?offset={offset}", self.room);
        let bearer = format!("Bearer {}", self.ticket);
        let mut stream = TcpStream::connect(self.addr).await.expect("the relay listens");
        let head = head(self.addr, "PATCH", &path, &[("authorization", &bearer)], length);
        stream.write_all(head.as_bytes()).await.expect("the head goes out");
        stream.write_all(part).await.expect("a part of it goes out");
        stream
    }

    /// How far one has come.
    ///
    /// # Errors
    /// As the relay refuses it.
    pub async fn asks_how_far(&self, upload: &str) -> Result<Upload, FileRefusal> {
        told(&self.asks("GET", &format!("/uploads/{upload}"), b"").await)
    }

    /// Sends a whole file; the upload, and what became of it.
    ///
    /// # Panics
    /// When the relay refuses it.
    pub async fn sends(&self, name: &str, media: &str, content: &[u8]) -> (String, FileInfo) {
        let begun = self.begins(name, content.len() as u64, media).await.expect("it may begin");
        let sent = self.puts(&begun.upload, begun.offset, content).await.expect("it is taken");
        (sent.upload, sent.file.expect("it is complete"))
    }

    /// Reads a file under a name, with headers.
    pub async fn reads(&self, hash: &str, name: &str, headers: &[(&str, &str)]) -> Answer {
        self.reads_by("GET", hash, name, headers).await
    }

    /// The same by another method.
    pub async fn reads_by(&self, method: &str, hash: &str, name: &str, headers: &[(&str, &str)]) -> Answer {
        ask(self.addr, method, &self.path(hash, name), headers, b"").await
    }

    /// Where a file is read under a name.
    pub fn path(&self, hash: &str, name: &str) -> String {
        let divider = if name.contains('?') { '&' } else { '?' };
        format!("/files/{}/{hash}/{name}{divider}ticket={}", self.room, self.ticket)
    }

    /// The refusal of a read; `None` if it is none.
    pub async fn is_refused(&self, hash: &str) -> Option<ErrorCode> {
        let answer = self.reads(hash, "name", &[]).await;
        (answer.status >= 400).then(|| answer.json::<FileRefusal>().code)
    }
}

fn told(answer: &Answer) -> Result<Upload, FileRefusal> {
    if answer.status < 300 { Ok(answer.json()) } else { Err(answer.json()) }
}

/// A message with files.
pub fn with_files(id: &str, text: &str, uploads: &[&str]) -> NewMessage {
    NewMessage { files: uploads.iter().map(|&upload| upload.to_owned()).collect(), ..NewMessage::new(id, text) }
}
