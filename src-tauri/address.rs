//! Where the page may have the shell connect to, and what it may have the system open.

use tauri::Url;

use crate::error::Error;

/// A host name has at most 253 characters, an IPv6 address in brackets fewer; and then a port.
const ADDRESS_BYTES: usize = 253 + 6;

/// Far more than any link people send, far less than a command line takes.
const LINK_BYTES: usize = 8 * 1024;

/// The authority a link's `host:port` stands for, in its normal form.
///
/// # Errors
/// [`Error::BadAddress`] when it holds anything else: a user, a path, a scheme, nothing.
pub(crate) fn authority(address: &str) -> Result<String, Error> {
    if address.len() > ADDRESS_BYTES {
        return Err(Error::BadAddress("it is too long"));
    }
    if address.contains(|c: char| c.is_whitespace() || c.is_control() || "/\\?#@".contains(c)) {
        return Err(Error::BadAddress("only a host and a port belong into it"));
    }
    let url =
        Url::parse(&format!("http://{address}/")).map_err(|_| Error::BadAddress("neither a name nor a number"))?;
    let host = url.host_str().ok_or(Error::BadAddress("it names no host"))?;
    match url.port_or_known_default() {
        Some(0) | None => Err(Error::BadAddress("0 is no port to connect to")),
        Some(port) => Ok(format!("{host}:{port}")),
    }
}

/// A letter to nobody yet, with a subject and a text: written out here, so that there is nothing else in it.
///
/// # Errors
/// [`Error::BadInput`] when it is longer than a command line takes.
pub(crate) fn letter(subject: &str, body: &str) -> Result<Url, Error> {
    // Spaces as %20: mail programs show a + as it is.
    let encoded = |text: &str| -> String {
        text.bytes()
            .map(|byte| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => char::from(byte).to_string(),
                b'\n' => "%0D%0A".to_owned(),
                byte => format!("%{byte:02X}"),
            })
            .collect()
    };
    let letter = format!("mailto:?subject={}&body={}", encoded(subject), encoded(body));
    if letter.len() > LINK_BYTES {
        return Err(Error::BadInput("that letter is too long"));
    }
    Url::parse(&letter).map_err(|_| Error::BadLink)
}

/// The same link in its normal form, if a browser may open it.
///
/// # Errors
/// [`Error::BadLink`] for anything but http and https: `file:` would start programs, and so would the
/// schemes other apps register.
pub(crate) fn web_link(url: &str) -> Result<Url, Error> {
    if url.len() > LINK_BYTES {
        return Err(Error::BadLink);
    }
    let url = Url::parse(url).map_err(|_| Error::BadLink)?;
    match url.scheme() {
        "http" | "https" => Ok(url),
        _ => Err(Error::BadLink),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers_with_and_without_a_port_are_addresses() {
        for (given, meant) in [
            ("192.168.1.20:7684", "192.168.1.20:7684"),
            ("127.0.0.1:65535", "127.0.0.1:65535"),
            ("kitchen.local:7684", "kitchen.local:7684"),
            ("Kitchen:7684", "kitchen:7684"),
            ("kitchen", "kitchen:80"),
            ("[fe80::1]:7684", "[fe80::1]:7684"),
        ] {
            assert_eq!(authority(given).ok().as_deref(), Some(meant), "{given}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        let long = format!("{}:80", "a".repeat(300));
        for given in [
            "",
            ":7684",
            "host:0",
            "host:99999",
            "host:port",
            "http://host:7684",
            "host:7684/r/abc",
            "host:7684#secret",
            "host?x",
            "user@host:7684",
            "user:password@host:7684",
            "two hosts:7684",
            "host\r\nX-Header: 1",
            "fe80::1:7684:9",
            "\\\\host\\share",
            &long,
        ] {
            let refused = authority(given).expect_err(given);
            assert!(matches!(refused, Error::BadAddress(_)), "{given}: {refused}");
        }
    }

    #[test]
    fn only_web_links_are_opened() {
        assert_eq!(web_link("https://example.org/a?b#c").expect("a link").as_str(), "https://example.org/a?b#c");
        assert!(web_link("HTTP://192.168.1.20:7684/").is_ok());
        for given in [
            "",
            "example.org",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "data:text/html,x",
            "mailto:a@b.c",
            "ms-settings:",
            "--help",
            "https://",
            &format!("https://example.org/{}", "a".repeat(9000)),
        ] {
            assert!(matches!(web_link(given), Err(Error::BadLink)), "{given}");
        }
    }

    #[test]
    fn a_letter_of_our_own_has_a_subject_and_a_text_and_nothing_else() {
        let url =
            letter("민아's room?&attach=/etc/passwd", "Come in:\n\nhttp://a:1/r/b#c&bcc=x@y.z").expect("a letter");
        assert!(url.as_str().starts_with("mailto:?subject=%EB%AF%BC"), "{url}");
        let names: Vec<_> = url.query_pairs().map(|(name, _)| name.into_owned()).collect();
        assert_eq!(names, ["subject", "body"]);
        let body = url.query_pairs().nth(1).expect("a text").1.into_owned();
        assert_eq!(body, "Come in:\r\n\r\nhttp://a:1/r/b#c&bcc=x@y.z");
        assert!(matches!(letter("", &"x".repeat(9000)), Err(Error::BadInput(_))));
    }
}
