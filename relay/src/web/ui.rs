//! The chat page and its files: inside the program in release builds, read from `ui/dist` in debug
//! builds.

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use data_encoding::HEXLOWER;
use rust_embed::{EmbeddedFile, RustEmbed};

/// The UI's build adds `.br` and `.gz` beside each file that they make smaller.
#[derive(RustEmbed)]
#[folder = "../ui/dist"]
#[allow_missing = true]
struct Files;

/// The page.
pub(super) async fn index(headers: HeaderMap) -> Response {
    file("index.html", &headers).unwrap_or_else(|| {
        (
            StatusCode::SERVICE_UNAVAILABLE,
            "the page is not built yet: run `cargo xtask build`, or `npm run build` in ui/\n",
        )
            .into_response()
    })
}

/// A file of the page's; any other path leads to the page.
pub(super) async fn asset_or_redirect(request: Request) -> Response {
    let path = request.uri().path().trim_start_matches('/');
    file(path, request.headers()).unwrap_or_else(|| Redirect::to("/").into_response())
}

fn file(path: &str, headers: &HeaderMap) -> Option<Response> {
    let plain = Files::get(path)?;
    let etag = format!("\"{}\"", HEXLOWER.encode(&plain.metadata.sha256_hash()[..16]));
    let mut response =
        if matches(headers, &etag) { StatusCode::NOT_MODIFIED.into_response() } else { body(path, plain, headers) };
    // Names under assets/ carry a hash of what is in them; anything else is asked for anew each time.
    let cache = if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let answer = response.headers_mut();
    answer.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    answer.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    answer.insert(header::ETAG, etag.parse().ok()?);
    Some(response)
}

fn body(path: &str, plain: EmbeddedFile, headers: &HeaderMap) -> Response {
    let mime = plain.metadata.mimetype();
    let charset = if mime.starts_with("text/") { "; charset=utf-8" } else { "" };
    let kind = (header::CONTENT_TYPE, format!("{mime}{charset}"));
    // Browsers offer br only where the page is a secure context, so on a LAN gzip is the common case.
    for (coding, suffix) in [("br", "br"), ("gzip", "gz")] {
        if accepts(headers, coding)
            && let Some(packed) = Files::get(&format!("{path}.{suffix}"))
        {
            return ([kind, (header::CONTENT_ENCODING, coding.to_owned())], packed.data).into_response();
        }
    }
    ([kind], plain.data).into_response()
}

fn accepts(headers: &HeaderMap, coding: &str) -> bool {
    headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok()).any(|value| {
        value.split(',').any(|offer| {
            let mut parts = offer.split(';').map(str::trim);
            parts.next().is_some_and(|name| name.eq_ignore_ascii_case(coding)) && !parts.any(|part| part == "q=0")
        })
    })
}

fn matches(headers: &HeaderMap, etag: &str) -> bool {
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    known.is_some_and(|known| known.split(',').any(|known| known.trim().trim_start_matches("W/") == etag))
}
