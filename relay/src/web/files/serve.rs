//! A file's content as an answer, whole or a part.

use std::{fs::File, io, ops::RangeInclusive};

use axum::{
    body::Body,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures_util::StreamExt;
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio_util::io::ReaderStream;

use super::{Answer, Reader};
use crate::{
    accept::Transfers,
    files::{clean_file_name, is_shown, media_of},
    refusal::file_failed,
};

/// What is read at one time of a file that is being served.
const PIECE: usize = 64 * 1024;

/// What is asked for.
pub(super) struct Wanted {
    pub(super) hash: String,
    pub(super) name: String,
    /// Not to be shown.
    pub(super) to_save: bool,
    /// What would come is all that is asked for.
    pub(super) head: bool,
}

/// Which part of so many bytes a request wants.
#[derive(Debug, PartialEq, Eq)]
enum Part {
    All,
    Of(RangeInclusive<u64>),
    /// There is none such.
    None,
}

/// The answer that brings it. What a file is shown as, its own bytes say; whatever pages can't show without
/// running anything is only for saving.
pub(super) async fn serve(
    file: File,
    wanted: Wanted,
    reader: Reader,
    headers: &HeaderMap,
    transfers: Transfers,
) -> Answer<Response> {
    let looked = tokio::task::spawn_blocking(move || {
        let mut file = file;
        let media = media_of(&mut file, "")?;
        Ok::<_, io::Error>((file.metadata()?.len(), media, file))
    });
    let (length, media, file) =
        looked.await.map_err(io::Error::other).and_then(|looked| looked).map_err(|error| file_failed(error.into()))?;
    let etag = format!("\"{}\"", wanted.hash);
    let mut answer = match part(headers, length, &etag) {
        Part::None => {
            let range = [(header::CONTENT_RANGE, format!("bytes */{length}"))];
            (StatusCode::RANGE_NOT_SATISFIABLE, range).into_response()
        }
        Part::All => {
            let range = 0..=length.saturating_sub(1);
            let mut answer = body(file, (range, length), wanted.head, reader, transfers).await?;
            answer.headers_mut().insert(header::CONTENT_LENGTH, length.into());
            answer
        }
        Part::Of(range) => {
            let (start, end) = (*range.start(), *range.end());
            let mut answer = body(file, (range, end - start + 1), wanted.head, reader, transfers).await?;
            *answer.status_mut() = StatusCode::PARTIAL_CONTENT;
            let said = HeaderValue::try_from(format!("bytes {start}-{end}/{length}")).expect("digits");
            answer.headers_mut().insert(header::CONTENT_RANGE, said);
            answer.headers_mut().insert(header::CONTENT_LENGTH, (end - start + 1).into());
            answer
        }
    };
    let shown = is_shown(media) && !wanted.to_save;
    let media = if is_shown(media) { media } else { "application/octet-stream" };
    let told = [
        (header::CONTENT_TYPE, HeaderValue::from_static(media)),
        (header::CONTENT_DISPOSITION, disposition(shown, &wanted.name)),
        (header::ETAG, HeaderValue::try_from(etag).expect("digits in quotes")),
        (header::ACCEPT_RANGES, HeaderValue::from_static("bytes")),
        // The address holds a ticket, and what is deleted is to be gone: nothing of it is for a cache.
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox; default-src 'none'")),
        (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    ];
    answer.headers_mut().extend(told);
    Ok(answer)
}

async fn body(
    file: File,
    (range, length): (RangeInclusive<u64>, u64),
    head: bool,
    reader: Reader,
    transfers: Transfers,
) -> Answer<Response> {
    if head || length == 0 {
        return Ok(Response::new(Body::empty()));
    }
    let mut file = tokio::fs::File::from_std(file);
    file.seek(io::SeekFrom::Start(*range.start())).await.map_err(|error| file_failed(error.into()))?;
    let transfer = transfers.begin();
    let pieces = ReaderStream::with_capacity(file.take(length), PIECE).inspect(move |_| transfer.moved());
    Ok(Response::new(Body::from_stream(reader.takes(pieces))))
}

/// The part a request asks for. Of several at once, and of what isn't understood, all is sent, as it may be.
fn part(headers: &HeaderMap, length: u64, etag: &str) -> Part {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    if text(header::IF_RANGE).is_some_and(|known| known != etag) {
        return Part::All;
    }
    let range = text(header::RANGE).and_then(|range| range.strip_prefix("bytes="));
    let Some((first, last)) = range.and_then(|range| range.trim().split_once('-')) else { return Part::All };
    let number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse::<u64>());
    match (first, last, number(first), number(last)) {
        ("", _, _, Some(Ok(count))) if count > 0 && length > 0 => Part::Of(length.saturating_sub(count)..=length - 1),
        ("", _, _, Some(Ok(_))) => Part::None,
        (_, "", Some(Ok(start)), _) if start < length => Part::Of(start..=length - 1),
        (_, _, Some(Ok(start)), Some(Ok(end))) if start <= end && start < length => {
            Part::Of(start..=end.min(length - 1))
        }
        (_, "", Some(Ok(_)), _) => Part::None,
        (_, _, Some(Ok(start)), Some(Ok(end))) if start <= end => Part::None,
        _ => Part::All,
    }
}

/// How a file is to be called, by RFC 6266 and RFC 8187: nothing in a name can end it.
pub(in crate::web) fn disposition(shown: bool, name: &str) -> HeaderValue {
    let kind = if shown { "inline" } else { "attachment" };
    let name = clean_file_name(name);
    let plain = |char: char| char.is_ascii_alphanumeric() || " -_.()".contains(char);
    let ascii: String = name.chars().map(|char| if plain(char) { char } else { '_' }).collect();
    let mut encoded = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            data_encoding::HEXUPPER.encode_append(&[byte], &mut encoded);
        }
    }
    let told = format!("{kind}; filename=\"{ascii}\"; filename*=UTF-8''{encoded}");
    HeaderValue::try_from(told).expect("letters, digits and marks")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(range: &str, length: u64) -> Part {
        let headers = HeaderMap::from_iter([(header::RANGE, range.parse().expect("a value"))]);
        part(&headers, length, "\"x\"")
    }

    #[test]
    fn a_range_is_a_part_of_what_there_is() {
        for (range, part) in [
            ("bytes=0-", Part::Of(0..=9)),
            ("bytes=0-0", Part::Of(0..=0)),
            ("bytes=3-5", Part::Of(3..=5)),
            ("bytes=3-500", Part::Of(3..=9)),
            ("bytes=-4", Part::Of(6..=9)),
            ("bytes=-400", Part::Of(0..=9)),
            ("bytes=10-", Part::None),
            ("bytes=10-12", Part::None),
            ("bytes=-0", Part::None),
            ("bytes=5-3", Part::All),
            ("bytes=1-2,4-5", Part::All),
            ("bytes=+1-2", Part::All),
            ("bytes=1-99999999999999999999", Part::All),
            ("bytes=-", Part::All),
            ("lines=1-2", Part::All),
            ("x", Part::All),
        ] {
            assert_eq!(of(range, 10), part, "{range}");
        }
        assert_eq!(of("bytes=0-", 0), Part::None);
        assert_eq!(of("bytes=-1", 0), Part::None);
    }

    #[test]
    fn a_part_is_only_sent_of_the_file_it_was_asked_of() {
        let with = |known: &str| {
            let range = (header::RANGE, "bytes=3-".parse().expect("a value"));
            part(&HeaderMap::from_iter([range, (header::IF_RANGE, known.parse().expect("a value"))]), 10, "\"x\"")
        };
        assert_eq!(with("\"x\""), Part::Of(3..=9));
        assert_eq!(with("\"y\""), Part::All);
        assert_eq!(with("W/\"x\""), Part::All);
    }

    #[test]
    fn no_name_breaks_out_of_its_header() {
        for (name, told) in [
            ("cat.jpg", "inline; filename=\"cat.jpg\"; filename*=UTF-8''cat.jpg"),
            ("고.jpg", "inline; filename=\"_.jpg\"; filename*=UTF-8''%EA%B3%A0.jpg"),
            (
                "a\"; filename=\"b.html",
                "inline; filename=\"a__ filename__b.html\"; filename*=UTF-8''a%22%3B%20filename%3D%22b.html",
            ),
            ("a\r\nX: y", "inline; filename=\"a X_ y\"; filename*=UTF-8''a%20X%3A%20y"),
            ("../../x", "inline; filename=\"x\"; filename*=UTF-8''x"),
        ] {
            assert_eq!(disposition(true, name), told, "{name:?}");
        }
        assert!(disposition(false, "a").to_str().expect("ASCII").starts_with("attachment; "));
    }
}
