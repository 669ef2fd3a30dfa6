//! Who may ask: requests that name this machine, from its own pages or from no page at all.

use std::net::IpAddr;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, StatusCode, Uri, header, uri::Authority},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::Web;
use crate::name::own_name;

/// Refuses what no honest client sends: a foreign `Host` (421) and a foreign `Origin` (403).
pub(super) async fn admit(State(web): State<Web>, request: Request, next: Next) -> Response {
    let named = |name: &str| {
        web.hosts.iter().any(|known| known.eq_ignore_ascii_case(name))
            || own_name().is_some_and(|own| own == name)
            || web.rooms.is_host(name)
    };
    match check(request.uri(), request.headers(), named) {
        Ok(()) => next.run(request).await,
        Err(refusal) => refusal.into_response(),
    }
}

type Refusal = (StatusCode, &'static str);

fn check(uri: &Uri, headers: &HeaderMap, named: impl Fn(&str) -> bool) -> Result<(), Refusal> {
    let bad_host = |why| (StatusCode::BAD_REQUEST, why);
    let host = only(headers, header::HOST)?.ok_or(bad_host("bad_host: the request has no Host\n"))?;
    let host: Authority = host.parse().map_err(|_| bad_host("bad_host: Host is malformed\n"))?;
    // A user has no business there, and hides from a quick look what follows; nor has a port that is none.
    let bare = host.as_str() == host.host() || host.port_u16().is_some();
    if host.as_str().contains('@') || !bare {
        return Err(bad_host("bad_host: Host is malformed\n"));
    }
    // As it stands in a request to a proxy, which this is not.
    if uri.authority().is_some_and(|target| *target != host) {
        return Err(bad_host("bad_host: the request is for another host than it says\n"));
    }
    if !is_ours(host.host(), named) {
        return Err((StatusCode::MISDIRECTED_REQUEST, "foreign_host: this host is not known by that name\n"));
    }
    let Some(origin) = only(headers, header::ORIGIN)? else { return Ok(()) };
    let same = origin
        .strip_prefix("http://")
        .or_else(|| origin.strip_prefix("https://"))
        .is_some_and(|origin| origin.eq_ignore_ascii_case(host.as_str()));
    if same {
        Ok(())
    } else {
        Err((StatusCode::FORBIDDEN, "foreign_origin: pages from elsewhere have no business here\n"))
    }
}

/// A header that may be there once.
fn only(headers: &HeaderMap, name: header::HeaderName) -> Result<Option<&str>, Refusal> {
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else { return Ok(None) };
    let readable = value.to_str().ok().filter(|_| values.next().is_none());
    readable.map(Some).ok_or((StatusCode::BAD_REQUEST, "bad_header: Host or Origin is malformed or there twice\n"))
}

/// With an address typed into the browser there is nothing to rebind. Of names this machine's own are taken alone:
/// anybody on the network can give out another one, also one in `.local`, and have it lead here after a page of theirs
/// was loaded under it. `named` knows them in lower case.
fn is_ours(host: &str, named: impl Fn(&str) -> bool) -> bool {
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    let name = host.trim_end_matches('.').to_ascii_lowercase();
    bare.parse::<IpAddr>().is_ok() || name == "localhost" || named(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(pairs: &[(header::HeaderName, &str)]) -> u16 {
        let headers = pairs.iter().map(|(name, value)| (name.clone(), value.parse().expect("a value"))).collect();
        check(&Uri::from_static("/"), &headers, |name| ["chat.example", "mina.local"].contains(&name))
            .map_or_else(|(status, _)| status.as_u16(), |()| 200)
    }

    #[test]
    fn only_names_of_this_machine_are_answered() {
        use header::HOST;
        for ours in
            ["127.0.0.1:7684", "192.168.1.20:7684", "[::1]:7684", "localhost:1", "Mina.local.:7684", "Chat.Example"]
        {
            assert_eq!(status(&[(HOST, ours)]), 200, "{ours}");
        }
        for foreign in [
            "evil.example",
            "evil.example:7684",
            "127.0.0.1.evil.example",
            "local",
            "xlocalhost",
            "evil.local",
            "evil.local:7684",
            "mina.local.evil.local",
        ] {
            assert_eq!(status(&[(HOST, foreign)]), 421, "{foreign}");
        }
        for malformed in ["", "a b", "[::1", "127.0.0.1:port", "evil.example@127.0.0.1:7684", "127.0.0.1/x"] {
            assert_eq!(status(&[(HOST, malformed)]), 400, "{malformed:?}");
        }
        assert_eq!(status(&[]), 400);
    }

    #[test]
    fn a_request_to_a_proxy_names_one_host() {
        let status = |target: &str, host: &str| {
            let headers = [(header::HOST, host.parse().expect("a value"))].into_iter().collect();
            check(&target.parse().expect("a target"), &headers, |_| false)
                .map_or_else(|(status, _)| status.as_u16(), |()| 200)
        };
        assert_eq!(status("http://127.0.0.1:7684/", "127.0.0.1:7684"), 200);
        assert_eq!(status("http://evil.example/", "127.0.0.1:7684"), 400);
        assert_eq!(status("http://evil.example/", "evil.example"), 421);
    }

    #[test]
    fn only_pages_of_the_relay_itself_may_ask() {
        use header::{HOST, ORIGIN};
        let from = |origin| status(&[(HOST, "192.168.1.20:7684"), (ORIGIN, origin)]);
        assert_eq!(from("http://192.168.1.20:7684"), 200);
        assert_eq!(from("https://192.168.1.20:7684"), 200);
        for foreign in [
            "null",
            "http://evil.example",
            "http://192.168.1.20",
            "http://192.168.1.20:80",
            "http://192.168.1.21:7684",
            "",
        ] {
            assert_eq!(from(foreign), 403, "{foreign:?}");
        }
    }
}
