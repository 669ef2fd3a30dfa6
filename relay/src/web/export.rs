//! A room's archive as an answer, made while it is sent.

use std::{
    collections::HashSet,
    io::{self, Write},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    extract::{Path, Request, State},
    http::{HeaderValue, Method, header, request::Parts},
    response::{IntoResponse, Response},
    routing::get,
};
use bytes::Bytes;
use futures_util::{StreamExt, stream::poll_fn};
use jiff::tz::TimeZone;
use tokio::{
    runtime::Handle,
    sync::{Notify, mpsc},
};

use super::{
    Web,
    files::{Answer, admit_reader, asked, bearer, disposition},
};
use crate::{accept::Transfers, export::Tongue, refusal::refuse, wire::ErrorCode};

/// What goes out at one time.
const PIECE: usize = 64 * 1024;

/// How many of these may wait to go out.
const PIECES: usize = 2;

/// Whoever gave an archive up and asks for another in the same breath is let finish the first.
const SOON: Duration = Duration::from_secs(2);

/// Everything below `/export`.
pub(super) fn routes() -> Router<Web> {
    Router::new().route("/export/{room}", get(export))
}

/// Who takes an archive just now: each takes a thread, and reads all of a room.
#[derive(Clone, Default)]
pub(crate) struct Exports(Arc<Inner>);

#[derive(Default)]
struct Inner {
    /// Rooms and their members.
    takers: Mutex<HashSet<(String, String)>>,
    left: Notify,
}

impl Inner {
    fn takers(&self) -> MutexGuard<'_, HashSet<(String, String)>> {
        self.takers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One who takes one.
struct Taker {
    exports: Exports,
    who: (String, String),
}

impl Drop for Taker {
    fn drop(&mut self) {
        self.exports.0.takers().remove(&self.who);
        self.exports.0.left.notify_waiters();
    }
}

impl Exports {
    /// Waits a moment until there is room for one more; `None` when there is none.
    async fn begin(&self, who: (String, String), most: usize) -> Option<Taker> {
        let begun = async {
            loop {
                let mut left = std::pin::pin!(self.0.left.notified());
                left.as_mut().enable();
                if self.add(&who, most) {
                    return;
                }
                left.await;
            }
        };
        tokio::time::timeout(SOON, begun).await.ok()?;
        Some(Taker { exports: self.clone(), who })
    }

    fn add(&self, who: &(String, String), most: usize) -> bool {
        let mut takers = self.0.takers();
        takers.len() < most && takers.insert(who.clone())
    }
}

async fn export(State(web): State<Web>, Path(room): Path<String>, request: Request) -> Answer<Response> {
    let transfers = Transfers::of(&request);
    let (Parts { method, uri, headers, .. }, _) = request.into_parts();
    let ticket = bearer(&headers).or_else(|| asked(&uri, "ticket"));
    let (room, reader) = admit_reader(&web, &room, ticket)?;
    let tongue = Tongue::of(asked(&uri, "lang").unwrap_or_default());
    let zone = asked(&uri, "tz").and_then(|name| TimeZone::get(name).ok()).unwrap_or_else(TimeZone::system);
    let export = room.export(tongue, zone);
    let told = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/zip")),
        (header::CONTENT_DISPOSITION, disposition(false, &export.file_name())),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    if method == Method::HEAD {
        return Ok((told, Body::empty()).into_response());
    }
    let taker = web.exports.begin((room.id.clone(), reader.member.clone()), web.limits.exports).await;
    let taker = taker.ok_or_else(|| refuse(ErrorCode::TooManyExports, "others are being served just now"))?;
    let (sender, mut receiver) = mpsc::channel(PIECES);
    let runtime = Handle::current();
    web.tasks.spawn_blocking(move || {
        let into = Pieces { sender: sender.clone(), piece: Vec::new(), runtime: runtime.clone(), broken: false };
        if let Err(error) = export.write(into, &runtime)
            && !sender.is_closed()
        {
            tracing::warn!(%error, "an export ended early");
            // What has no proper end is no archive, and whoever takes it is told.
            let _gone = runtime.block_on(sender.send(Err(error)));
        }
        drop(taker);
    });
    let transfer = transfers.begin();
    let pieces = poll_fn(move |context| receiver.poll_recv(context)).inspect(move |_| transfer.moved());
    Ok((told, Body::from_stream(reader.takes(pieces))).into_response())
}

/// Passes on what is written, a piece at a time, no faster than it is taken.
struct Pieces {
    sender: mpsc::Sender<io::Result<Bytes>>,
    piece: Vec<u8>,
    runtime: Handle,
    /// Nobody takes it any more.
    broken: bool,
}

impl Pieces {
    fn send(&mut self) -> io::Result<()> {
        let piece = std::mem::take(&mut self.piece);
        if piece.is_empty() || self.broken {
            return Ok(());
        }
        self.runtime.block_on(self.sender.send(Ok(piece.into()))).map_err(|_| {
            self.broken = true;
            io::ErrorKind::BrokenPipe.into()
        })
    }
}

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // An archive that is given up is still ended, into nothing.
        if !self.broken {
            self.piece.extend_from_slice(bytes);
            if self.piece.len() >= PIECE {
                self.send()?;
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.send()
    }
}
