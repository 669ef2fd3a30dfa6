//! Files over HTTP: sent part by part, and served so that none of them can be a page.
//!
//! A request proves with a ticket who asks. What changes something takes it from a header alone, which no other
//! site's page can send; what only reads also from the address, because pictures, videos and links can't but.

mod serve;

pub(super) use serve::disposition;

use std::{future::ready, io, sync::Arc, time::Duration};

use axum::{
    Extension, Json, Router,
    body::{Body, to_bytes},
    extract::{Path, Request, State},
    http::{HeaderMap, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
    routing::{get, post, put},
};
use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};

use super::Web;
use crate::{
    accept::{Peer, Transfers},
    files::THUMB_BYTES,
    refusal::refuse,
    restraint::Restraint,
    room::Room,
    wire::{ErrorCode, FileRefusal, NewUpload, Upload},
};

/// Room for any name a file has.
const NEW_BYTES: usize = 16 * 1024;

/// Everything below `/files`.
pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route("/files/{room}", post(begin))
        .route("/files/{room}/uploads/{upload}", get(offset).patch(go_on).delete(cancel))
        .route("/files/{room}/uploads/{upload}/thumb", put(thumb))
        .route("/files/{room}/{hash}/{name}", get(content))
}

pub(super) type Answer<T> = Result<T, FileRefusal>;

impl IntoResponse for FileRefusal {
    fn into_response(self) -> Response {
        let status = match self.code {
            ErrorCode::BadTicket => StatusCode::UNAUTHORIZED,
            ErrorCode::NoSuchRoom | ErrorCode::NoSuchUpload | ErrorCode::NoSuchFile => StatusCode::NOT_FOUND,
            ErrorCode::FileGone => StatusCode::GONE,
            ErrorCode::WrongOffset => StatusCode::CONFLICT,
            ErrorCode::FileTooBig => StatusCode::PAYLOAD_TOO_LARGE,
            ErrorCode::TooManyUploads | ErrorCode::TooManyExports => StatusCode::TOO_MANY_REQUESTS,
            ErrorCode::RoomFilesFull | ErrorCode::DiskFull => StatusCode::INSUFFICIENT_STORAGE,
            ErrorCode::Stopping => StatusCode::SERVICE_UNAVAILABLE,
            ErrorCode::LogFailed | ErrorCode::LogDamaged => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::BAD_REQUEST,
        };
        (status, [(header::CACHE_CONTROL, "no-store")], Json(self)).into_response()
    }
}

/// The room that is asked, and the member who asks.
fn admit(web: &Web, room: &str, ticket: Option<&str>) -> Answer<(Arc<Room>, String)> {
    admit_reader(web, room, ticket).map(|(room, reader)| (room, reader.member))
}

/// The room that is asked, and the member who is to be sent something that takes its time.
pub(super) fn admit_reader(web: &Web, room: &str, ticket: Option<&str>) -> Answer<(Arc<Room>, Reader)> {
    let room = web.rooms.get(room).ok_or_else(|| refuse(ErrorCode::NoSuchRoom, "there is no such room here"))?;
    let (member, restraint) = room.holder(ticket)?;
    Ok((room, Reader { member, restraint }))
}

/// A member who is sent something that takes its time.
pub(super) struct Reader {
    pub(super) member: String,
    restraint: Arc<Restraint>,
}

impl Reader {
    /// These pieces for as long as they may be here. From then on it breaks off, so that nobody takes it for whole.
    pub(super) fn takes(self, pieces: impl Stream<Item = io::Result<Bytes>>) -> impl Stream<Item = io::Result<Bytes>> {
        let (ends, ended) = (self.restraint.clone(), self.restraint);
        let break_off = async move { ended.expelled().map(|_| Err(io::ErrorKind::ConnectionAborted.into())) };
        pieces.take_until(async move { ends.ends().await }).chain(stream::once(break_off).filter_map(ready))
    }
}

pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

/// What an address says behind `?` under this name. Nothing of ours has to be written otherwise there.
pub(super) fn asked<'a>(uri: &'a Uri, name: &str) -> Option<&'a str> {
    let mut parts = uri.query()?.split('&').map(|part| part.split_once('=').unwrap_or((part, "")));
    parts.find(|(known, _)| *known == name).map(|(_, value)| value)
}

/// A body of a few kilobytes, which has to come soon.
async fn small(web: &Web, body: Body, most: usize, otherwise: ErrorCode) -> Answer<Bytes> {
    let soon = Duration::from_millis(web.limits.header_ms);
    let body = tokio::time::timeout(soon, to_bytes(body, most)).await.ok().and_then(Result::ok);
    body.ok_or_else(|| refuse(otherwise, format!("a body of at most {most} bytes was to come")))
}

async fn begin(
    State(web): State<Web>,
    Path(room): Path<String>,
    Extension(Peer { from, .. }): Extension<Peer>,
    headers: HeaderMap,
    body: Body,
) -> Answer<(StatusCode, Json<Upload>)> {
    let (room, member) = admit(&web, &room, bearer(&headers))?;
    let body = small(&web, body, NEW_BYTES, ErrorCode::BadUpload).await?;
    let new: NewUpload =
        serde_json::from_slice(&body).map_err(|error| refuse(ErrorCode::BadUpload, error.to_string()))?;
    Ok((StatusCode::CREATED, Json(room.begin_upload(member, from, new).await?)))
}

async fn offset(
    State(web): State<Web>,
    Path((room, upload)): Path<(String, String)>,
    headers: HeaderMap,
) -> Answer<Json<Upload>> {
    let (room, member) = admit(&web, &room, bearer(&headers))?;
    Ok(Json(room.uploaded(&member, &upload).await?))
}

async fn go_on(
    State(web): State<Web>,
    Path((room, upload)): Path<(String, String)>,
    request: Request,
) -> Answer<Json<Upload>> {
    let (room, member) = admit(&web, &room, bearer(request.headers()))?;
    let offset = asked(request.uri(), "offset").and_then(|offset| offset.parse().ok());
    let offset = offset.ok_or_else(|| refuse(ErrorCode::BadUpload, "`?offset=` has to say where it goes on"))?;
    let transfer = Transfers::of(&request).begin();
    let body = request.into_body().into_data_stream();
    Ok(Json(room.put_upload(&member, &upload, offset, body, || transfer.moved()).await?))
}

async fn thumb(
    State(web): State<Web>,
    Path((room, upload)): Path<(String, String)>,
    headers: HeaderMap,
    body: Body,
) -> Answer<Json<Upload>> {
    let (room, member) = admit(&web, &room, bearer(&headers))?;
    let picture = small(&web, body, THUMB_BYTES as usize, ErrorCode::BadThumb).await?;
    Ok(Json(room.put_thumb(member, upload, picture).await?))
}

async fn cancel(
    State(web): State<Web>,
    Path((room, upload)): Path<(String, String)>,
    headers: HeaderMap,
) -> Answer<StatusCode> {
    let (room, member) = admit(&web, &room, bearer(&headers))?;
    room.cancel_upload(member, upload).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn content(
    State(web): State<Web>,
    Path((room, hash, name)): Path<(String, String, String)>,
    request: Request,
) -> Answer<Response> {
    let ticket = bearer(request.headers()).or_else(|| asked(request.uri(), "ticket"));
    let (room, reader) = admit_reader(&web, &room, ticket)?;
    let file = room.file(&hash).await?;
    let wanted = serve::Wanted {
        hash,
        name,
        to_save: asked(request.uri(), "download").is_some(),
        head: request.method() == Method::HEAD,
    };
    serve::serve(file, wanted, reader, request.headers(), Transfers::of(&request)).await
}
