//! Files for the page, which has no network: it sends them through one command and sees them through one
//! scheme, both of which reach the rooms it has a connection to and nobody else; and it saves them through the
//! system's dialog, which alone says where to.

use hyper::{
    Method, StatusCode,
    body::Bytes,
    header::{self, HeaderMap},
};
use tauri::{
    AppHandle, Manager, State, WebviewWindow,
    http::{Request, Response},
    ipc::{self, InvokeBody},
};

use crate::{
    Shell, address,
    api::FileAnswer,
    connection::Connections,
    error::Error,
    requests::{Content, Room, Step},
    save_dialog, saving,
};

/// The scheme under which pictures, video and sound come in.
pub(crate) const SCHEME: &str = "snug-file";

/// The most of an upload that the page hands over at once: somewhat more than it does.
const PART: usize = 1024 * 1024;

/// The longest answer about an upload.
const ANSWER: usize = 64 * 1024;

/// How much of a film or a record is handed to the page at once. It asks for the next by itself.
const PIECE: u64 = 1024 * 1024;

/// The largest picture that is shown. Handed over in one piece, it is in memory for a moment.
const PICTURE: u64 = 64 * 1024 * 1024;

/// One step of an upload.
#[tauri::command]
pub(crate) async fn about_upload(request: ipc::Request<'_>, shell: State<'_, Shell>) -> Result<FileAnswer, Error> {
    let said = |name: &str| {
        let value = request.headers().get(name).and_then(|value| value.to_str().ok());
        value.ok_or(Error::BadInput("something about the upload is missing"))
    };
    let InvokeBody::Raw(body) = request.body() else { return Err(Error::BadInput("bytes were expected")) };
    if body.len() > PART {
        return Err(Error::BadInput("that part is too large"));
    }
    let step = Step::named(said("snug-step")?, said("snug-upload")?, said("snug-offset")?)?;
    let room = connected(&shell.connections, said("snug-address")?, said("snug-room")?, said("snug-ticket")?)?;
    let (status, text) = room.ask(&step, Bytes::copy_from_slice(body), ANSWER).await?;
    Ok(FileAnswer { status, text })
}

/// Saves a file where the person says; false when they think better of it.
#[tauri::command]
pub(crate) async fn save_file(
    address: String,
    room: String,
    ticket: String,
    hash: String,
    name: String,
    window: WebviewWindow,
    shell: State<'_, Shell>,
) -> Result<bool, Error> {
    let content = Content::new(&hash, &name)?;
    let room = connected(&shell.connections, &address, &room, &ticket)?;
    // Nobody is asked where to save what isn't there.
    room.content(Method::HEAD, &content, None).await?;
    let Some(path) = save_dialog::ask(&window, &content.name).await? else { return Ok(false) };
    let answer = room.content(Method::GET, &content, None).await?;
    saving::save(&room, answer, path, Some(content.hash), |_| {}).await?;
    Ok(true)
}

/// The next piece of a film or a record from this byte on, for a webview that plays only what it has whole.
#[tauri::command]
pub(crate) async fn bring_file(
    address: String,
    room: String,
    ticket: String,
    hash: String,
    name: String,
    from: u64,
    shell: State<'_, Shell>,
) -> Result<ipc::Response, Error> {
    let content = Content::new(&hash, &name)?;
    let room = connected(&shell.connections, &address, &room, &ticket)?;
    let piece = look(&room, &content, Some(bounded(&format!("bytes={from}-")))).await?;
    if !piece.status.is_success() || piece.bytes.is_empty() {
        return Err(room.refused("it has no more".into()));
    }
    Ok(ipc::Response::new(piece.bytes))
}

/// Why a file couldn't be shown, which no element tells its page: an error where that is it.
#[tauri::command]
pub(crate) async fn check_file(
    address: String,
    room: String,
    ticket: String,
    hash: String,
    name: String,
    shell: State<'_, Shell>,
) -> Result<(), Error> {
    let content = Content::new(&hash, &name)?;
    let room = connected(&shell.connections, &address, &room, &ticket)?;
    room.content(Method::HEAD, &content, None).await?;
    Ok(())
}

/// The room the page means, if it is connected to its relay.
pub(crate) fn connected(connections: &Connections, address: &str, room: &str, ticket: &str) -> Result<Room, Error> {
    let authority = address::authority(address)?;
    if !connections.reach(&authority) {
        return Err(Error::NotConnected);
    }
    Room::new(authority, room, ticket)
}

/// Answers a request under [`SCHEME`].
pub(crate) async fn show(app: AppHandle, request: Request<Vec<u8>>) -> Response<Vec<u8>> {
    let shell = app.state::<Shell>();
    let shown = match wanted(request.uri().path()) {
        Ok((address, room, ticket, content)) => match connected(&shell.connections, &address, &room, &ticket) {
            Ok(room) => picture(&room, &content, request.headers()).await,
            Err(error) => Err(error),
        },
        Err(error) => Err(error),
    };
    shown.unwrap_or_else(|error| {
        tracing::debug!(%error, "a file is not shown");
        let status = match error {
            Error::NoSuchFile | Error::NotConnected => StatusCode::NOT_FOUND,
            Error::FileGone => StatusCode::GONE,
            Error::BadTicket => StatusCode::UNAUTHORIZED,
            Error::BadInput(_) | Error::BadAddress(_) => StatusCode::BAD_REQUEST,
            _ => StatusCode::BAD_GATEWAY,
        };
        answer(status, &[], Vec::new())
    })
}

/// What a path asks for: `/<address>/files/<room>/<hash>/<name>?ticket=<ticket>`, all of it in one part, as
/// the page's `convertFileSrc` writes it.
fn wanted(path: &str) -> Result<(String, String, String, Content), Error> {
    const NO_FILE: Error = Error::BadInput("that is no file's address");
    let whole = decoded(path.strip_prefix('/').unwrap_or(path)).ok_or(NO_FILE)?;
    let (address, rest) = whole.split_once('/').ok_or(NO_FILE)?;
    let (path, ticket) = rest.split_once("?ticket=").ok_or(NO_FILE)?;
    let parts: Vec<_> = path.split('/').map(decoded).collect::<Option<_>>().ok_or(NO_FILE)?;
    let [files, room, hash, name] = parts.as_slice() else { return Err(NO_FILE) };
    if files != "files" {
        return Err(NO_FILE);
    }
    Ok((address.to_owned(), room.clone(), ticket.to_owned(), Content::new(hash, name)?))
}

/// Text without its percent signs.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, more)) = rest.split_first() {
        rest = more;
        if first == b'%' {
            let digits = std::str::from_utf8(rest.get(..2)?).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok().filter(|_| !digits.starts_with('+'))?);
            rest = &rest[2..];
        } else {
            bytes.push(first);
        }
    }
    String::from_utf8(bytes).ok()
}

/// What an element of the page gets to see.
async fn picture(room: &Room, content: &Content, asked: &HeaderMap) -> Result<Response<Vec<u8>>, Error> {
    let range = asked.get(header::RANGE).and_then(|range| range.to_str().ok()).map(bounded);
    let Piece { status, media, range, bytes } = look(room, content, range).await?;
    let mut headers = vec![(header::CONTENT_TYPE, media), (header::ACCEPT_RANGES, "bytes".to_owned())];
    headers.extend(range.map(|range| (header::CONTENT_RANGE, range)));
    Ok(answer(status, &headers, bytes))
}

/// A content, or a piece of it.
struct Piece {
    status: StatusCode,
    media: String,
    /// Which one, where it isn't all.
    range: Option<String>,
    bytes: Vec<u8>,
}

/// The content, or the next piece of it, if it is something to look at or listen to.
async fn look(room: &Room, content: &Content, range: Option<String>) -> Result<Piece, Error> {
    let most = if range.is_some() { PIECE } else { PICTURE };
    let mut got = room.content(Method::GET, content, range).await?;
    let said = |name| got.headers().get(name).and_then(|value| value.to_str().ok()).map(ToOwned::to_owned);
    let (media, range) = (said(header::CONTENT_TYPE).unwrap_or_default(), said(header::CONTENT_RANGE));
    let kind = media.split('/').next().unwrap_or_default();
    if got.status() != StatusCode::RANGE_NOT_SATISFIABLE
        && (!matches!(kind, "image" | "video" | "audio") || media.contains("svg"))
    {
        return Err(room.refused("it is nothing to look at".into()));
    }
    let mut bytes = Vec::new();
    while let Some(piece) = room.next(got.body_mut()).await? {
        if (bytes.len() + piece.len()) as u64 > most {
            return Err(room.refused("it is more than was asked for".into()));
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(Piece { status: got.status(), media, range, bytes })
}

/// A range no longer than is handed over at once.
fn bounded(range: &str) -> String {
    let numbers = range.strip_prefix("bytes=").and_then(|range| range.split_once('-'));
    let (first, last) = numbers.unwrap_or(("0", ""));
    match (first.parse::<u64>(), last.parse::<u64>()) {
        (Ok(first), Ok(last)) => format!("bytes={first}-{}", last.min(first.saturating_add(PIECE - 1))),
        (Ok(first), Err(_)) => format!("bytes={first}-{}", first.saturating_add(PIECE - 1)),
        (Err(_), Ok(count)) => format!("bytes=-{}", count.min(PIECE)),
        (Err(_), Err(_)) => format!("bytes=0-{}", PIECE - 1),
    }
}

fn answer(status: StatusCode, headers: &[(header::HeaderName, String)], body: Vec<u8>) -> Response<Vec<u8>> {
    let mut answer = Response::builder()
        .status(status)
        .header(header::CONTENT_LENGTH, body.len())
        .header(header::CACHE_CONTROL, "no-store")
        .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
        .header(header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'");
    for (name, value) in headers {
        answer = answer.header(name, value);
    }
    // What a relay sent as a header can stand in one.
    answer.body(body).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_never_longer_than_a_piece() {
        for (asked, bound) in [
            ("bytes=0-", "bytes=0-1048575"),
            ("bytes=5-9", "bytes=5-9"),
            ("bytes=5-99999999", "bytes=5-1048580"),
            ("bytes=-10", "bytes=-10"),
            ("bytes=-99999999", "bytes=-1048576"),
            ("x", "bytes=0-1048575"),
            ("bytes=1-\r\nX: y", "bytes=1-1048576"),
            ("bytes=18446744073709551615-", "bytes=18446744073709551615-18446744073709551615"),
        ] {
            assert_eq!(bounded(asked), bound, "{asked}");
        }
    }

    #[test]
    fn an_address_is_a_files_and_nothing_elses() {
        let hash = "0123456789abcdef".repeat(4);
        let path = format!("/den%3A1%2Ffiles%2Fr1%2F{hash}%2Fa%2520b%252F..%252Fc.png%3Fticket%3Dm.x");
        let (address, room, ticket, content) = wanted(&path).expect("a file");
        assert_eq!((address.as_str(), room.as_str(), ticket.as_str()), ("den:1", "r1", "m.x"));
        assert_eq!((content.hash, content.name.as_str()), (hash.clone(), "c.png"));
        for other in [
            "/".to_owned(),
            "/den%3A1%2Fws".into(),
            format!("/den%3A1%2Ffiles%2Fr1%2F{hash}%2Fx"),
            format!("/den%3A1%2Ffiles%2Fr1%2F{hash}%2Fx%2Fy%3Fticket%3Dm.x"),
            format!("/den%3A1%2Fr%2Fr1%2F{hash}%2Fx%3Fticket%3Dm.x"),
            "/den%3A1%2Ffiles%2Fr1%2F..%2Fx%3Fticket%3Dm.x".into(),
            "/%zz".into(),
            "/%+1".into(),
            "/%f".into(),
        ] {
            assert!(wanted(&other).is_err(), "{other}");
        }
    }
}
