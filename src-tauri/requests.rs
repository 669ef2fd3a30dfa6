//! HTTP to a room's relay, on the page's behalf. There is no way to ask anything but what is listed here.

use std::time::Duration;

use http_body_util::{BodyExt, Full, Limited};
use hyper::{
    Method, Request, Response, StatusCode,
    body::{Bytes, Incoming},
    client::conn::http1,
    header,
};
use hyper_util::rt::TokioIo;
use tauri::Url;
use tokio::{net::TcpStream, time::timeout};

use crate::error::Error;

/// From the first packet to a connection that stands.
const DIAL: Duration = Duration::from_secs(10);

/// How long a relay may take to answer: it puts what it was sent on disk first.
const ANSWER: Duration = Duration::from_secs(60);

/// How long it may send nothing while it sends a file.
const STALL: Duration = Duration::from_secs(30);

/// A room's id, and an upload's, as relays make them, and some more.
const ID_BYTES: usize = 64;

/// A ticket, likewise.
const TICKET_BYTES: usize = 128;

/// The longest name of a file; the relay's own are shorter.
const NAME_BYTES: usize = 1024;

/// One room at one relay, and what lets this device in there.
#[derive(Debug, Clone)]
pub(crate) struct Room {
    authority: String,
    room: String,
    ticket: String,
}

/// What is asked about an upload.
#[derive(Debug)]
pub(crate) enum Step {
    Begin,
    Put { upload: String, offset: u64 },
    Offset { upload: String },
    Thumb { upload: String },
    Cancel { upload: String },
}

/// A file's content.
#[derive(Debug, Clone)]
pub(crate) struct Content {
    pub(crate) hash: String,
    pub(crate) name: String,
}

/// All of a room, and how the page in it says the little it says itself.
#[derive(Debug, Clone)]
pub(crate) struct Archive {
    language: String,
    zone: String,
}

impl Room {
    /// # Errors
    /// [`Error::BadInput`] for what no relay would have made.
    pub(crate) fn new(authority: String, room: &str, ticket: &str) -> Result<Self, Error> {
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        if ticket.is_empty() || ticket.len() > TICKET_BYTES || !ticket.chars().all(plain) {
            return Err(Error::BadInput("that is no ticket"));
        }
        Ok(Self { authority, room: id(room)?, ticket: ticket.to_owned() })
    }

    /// Asks about an upload; the status of the answer, and its text if that has at most `most` bytes.
    ///
    /// # Errors
    /// [`Error::Unreachable`], [`Error::Refused`].
    pub(crate) async fn ask(&self, step: &Step, body: Bytes, most: usize) -> Result<(u16, String), Error> {
        let (method, path) = match step {
            Step::Begin => (Method::POST, String::new()),
            Step::Put { upload, offset } => (Method::PATCH, format!("/uploads/{upload}?offset={offset}")),
            Step::Offset { upload } => (Method::GET, format!("/uploads/{upload}")),
            Step::Thumb { upload } => (Method::PUT, format!("/uploads/{upload}/thumb")),
            Step::Cancel { upload } => (Method::DELETE, format!("/uploads/{upload}")),
        };
        let answer = self.send(method, format!("/files/{}{path}", self.room), None, body).await?;
        let status = answer.status().as_u16();
        let text = timeout(ANSWER, Limited::new(answer.into_body(), most).collect()).await;
        let text = text.map_err(|_| self.unreachable("it stopped in the middle"))?;
        let text = text.map_err(|error| self.unreachable(error))?.to_bytes();
        Ok((status, String::from_utf8_lossy(&text).into_owned()))
    }

    /// Asks for a content, or the part of it that a `Range` says; its body is still to be read.
    ///
    /// # Errors
    /// [`Error::NoSuchFile`], [`Error::FileGone`], [`Error::BadTicket`], [`Error::Unreachable`],
    /// [`Error::Refused`].
    pub(crate) async fn content(
        &self,
        method: Method,
        content: &Content,
        range: Option<String>,
    ) -> Result<Response<Incoming>, Error> {
        let mut url: Url = "http://x/files".parse().map_err(|_| Error::BadInput("that is no path"))?;
        if let Ok(mut path) = url.path_segments_mut() {
            path.extend([&self.room, &content.hash, &content.name]);
        }
        let answer = self.send(method, url.path().to_owned(), range, Bytes::new()).await?;
        match answer.status() {
            StatusCode::OK | StatusCode::PARTIAL_CONTENT | StatusCode::RANGE_NOT_SATISFIABLE => Ok(answer),
            StatusCode::UNAUTHORIZED => Err(Error::BadTicket),
            StatusCode::NOT_FOUND => Err(Error::NoSuchFile),
            StatusCode::GONE => Err(Error::FileGone),
            other => Err(self.refused(format!("HTTP status {}", other.as_u16()))),
        }
    }

    /// Asks for the room's archive; its body is still to be read.
    ///
    /// # Errors
    /// [`Error::BadTicket`], [`Error::TooManyExports`], [`Error::Unreachable`], [`Error::Refused`].
    pub(crate) async fn archive(&self, method: Method, archive: &Archive) -> Result<Response<Incoming>, Error> {
        let path = format!("/export/{}?lang={}&tz={}", self.room, archive.language, archive.zone);
        let answer = self.send(method, path, None, Bytes::new()).await?;
        match answer.status() {
            StatusCode::OK => Ok(answer),
            StatusCode::UNAUTHORIZED => Err(Error::BadTicket),
            StatusCode::TOO_MANY_REQUESTS => Err(Error::TooManyExports),
            other => Err(self.refused(format!("HTTP status {}", other.as_u16()))),
        }
    }

    async fn send(
        &self,
        method: Method,
        path: String,
        range: Option<String>,
        body: Bytes,
    ) -> Result<Response<Incoming>, Error> {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, &self.authority)
            .header(header::AUTHORIZATION, format!("Bearer {}", self.ticket))
            .header(header::CONTENT_TYPE, "application/octet-stream");
        if let Some(range) = range {
            request = request.header(header::RANGE, range);
        }
        let request = request.body(Full::new(body)).map_err(|_| Error::BadInput("that can't stand in a request"))?;
        let dial = async {
            let stream = TcpStream::connect(&self.authority).await.map_err(|error| self.unreachable(error))?;
            stream.set_nodelay(true).map_err(|error| self.unreachable(error))?;
            http1::handshake(TokioIo::new(stream)).await.map_err(|error| self.unreachable(error))
        };
        let dialled = timeout(DIAL, dial).await.map_err(|_| self.unreachable("no answer"))?;
        let (mut sender, connection) = dialled?;
        // It ends with the answer's body.
        tokio::spawn(connection);
        let answer = timeout(ANSWER, sender.send_request(request)).await;
        answer.map_err(|_| self.unreachable("no answer"))?.map_err(|error| self.unreachable(error))
    }

    /// What is next of a body that is being read; `None` at its end.
    ///
    /// # Errors
    /// [`Error::Unreachable`] when it breaks off or stands still.
    pub(crate) async fn next(&self, body: &mut Incoming) -> Result<Option<Bytes>, Error> {
        loop {
            let frame = timeout(STALL, body.frame()).await.map_err(|_| self.unreachable("it stopped in the middle"))?;
            let Some(frame) = frame else { return Ok(None) };
            if let Ok(data) = frame.map_err(|error| self.unreachable(error))?.into_data() {
                return Ok(Some(data));
            }
        }
    }

    fn unreachable(&self, reason: impl ToString) -> Error {
        Error::Unreachable { address: self.authority.clone(), reason: reason.to_string() }
    }

    pub(crate) fn refused(&self, reason: String) -> Error {
        Error::Refused { address: self.authority.clone(), reason }
    }
}

impl Step {
    /// By the name the page has for it.
    ///
    /// # Errors
    /// [`Error::BadInput`] for any other.
    pub(crate) fn named(name: &str, upload: &str, offset: &str) -> Result<Self, Error> {
        if name == "begin" {
            return Ok(Self::Begin);
        }
        let upload = id(upload)?;
        match name {
            "put" => {
                let offset = offset.parse().map_err(|_| Error::BadInput("that is no offset"))?;
                Ok(Self::Put { upload, offset })
            }
            "offset" => Ok(Self::Offset { upload }),
            "thumb" => Ok(Self::Thumb { upload }),
            "cancel" => Ok(Self::Cancel { upload }),
            _ => Err(Error::BadInput("there is no such step")),
        }
    }
}

impl Content {
    /// # Errors
    /// [`Error::BadInput`] for what is no hash, or too long a name.
    pub(crate) fn new(hash: &str, name: &str) -> Result<Self, Error> {
        let digits = hash.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if hash.len() != 64 || !digits {
            return Err(Error::BadInput("that is no hash"));
        }
        if name.len() > NAME_BYTES {
            return Err(Error::BadInput("that name is too long"));
        }
        // "." and ".." would be taken for a way up, and a name is a file's.
        Ok(Self { hash: hash.to_owned(), name: snug_relay::clean_file_name(name) })
    }
}

impl Archive {
    /// # Errors
    /// [`Error::BadInput`] for what is neither a language nor a time zone.
    pub(crate) fn new(language: &str, zone: &str) -> Result<Self, Error> {
        let language_like = |c: char| c.is_ascii_alphanumeric() || c == '-';
        // As in `America/Port-au-Prince` and `Etc/GMT+9`.
        let zone_like = |c: char| c.is_ascii_alphanumeric() || "/_-+".contains(c);
        let plain = language.len() <= ID_BYTES && zone.len() <= ID_BYTES;
        if !plain || !language.chars().all(language_like) || !zone.chars().all(zone_like) {
            return Err(Error::BadInput("that is no language or no time zone"));
        }
        // A plus would be read as a space.
        Ok(Self { language: language.to_owned(), zone: zone.replace('+', "%2B") })
    }
}

fn id(text: &str) -> Result<String, Error> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if text.is_empty() || text.len() > ID_BYTES || !text.chars().all(plain) {
        return Err(Error::BadInput("that is no id"));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_the_page_says_becomes_another_request() {
        let room = |room: &str, ticket: &str| Room::new("den:1".into(), room, ticket);
        assert!(room("abcd1234", "mina.Xx-_9").is_ok());
        for bad in ["", "..", "a/b", "a?b", "a b", "a\r\nb", "가", &"a".repeat(65)] {
            assert!(room(bad, "t.t").is_err(), "{bad:?}");
            assert!(Step::named("put", bad, "0").is_err(), "{bad:?}");
        }
        for bad in ["", "a b", "a\r\nX: y", "a&b", &"a".repeat(129)] {
            assert!(room("r", bad).is_err(), "{bad:?}");
        }
        for (step, offset) in [("put", "-1"), ("put", ""), ("put", "1&x"), ("GET", "0"), ("", "0")] {
            assert!(Step::named(step, "u", offset).is_err(), "{step} {offset}");
        }
        let hash = "0123456789abcdef".repeat(4);
        assert!(Content::new(&hash, "cat.jpg").is_ok());
        for bad in ["", "..", &hash[1..], &hash.to_uppercase(), &format!("{}/x", &hash[2..])] {
            assert!(Content::new(bad, "cat.jpg").is_err(), "{bad:?}");
        }
        assert_eq!(Content::new(&hash, "..").expect("a name").name, "file");
        assert_eq!(Archive::new("ko", "Etc/GMT+9").expect("a zone").zone, "Etc/GMT%2B9");
        for bad in ["a b", "a&b=c", "a\r\nX: y", "a%20", "가", &"a".repeat(65)] {
            assert!(Archive::new(bad, "UTC").is_err(), "{bad:?}");
            assert!(Archive::new("en", bad).is_err(), "{bad:?}");
        }
    }
}
