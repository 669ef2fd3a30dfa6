//! What lets people in: a room's secret, and the link that carries it.

use std::{fmt, str::FromStr};

use data_encoding::{BASE64URL_NOPAD, Encoding, Specification};
use subtle::ConstantTimeEq;

/// 128 random bits that let whoever knows them into one room.
///
/// Compared in constant time; `Debug` never shows it, `Display` does (base64url, 22 characters).
#[derive(Clone)]
pub struct Secret([u8; 16]);

impl Secret {
    pub(crate) fn random() -> Self {
        Self(random_bytes())
    }

    pub(crate) fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    pub(crate) fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// Whether `text` is this secret, as it stands in a link.
    pub(crate) fn matches(&self, text: &str) -> bool {
        BASE64URL_NOPAD.decode(text.as_bytes()).is_ok_and(|bytes| bytes.as_slice().ct_eq(&self.0).into())
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&BASE64URL_NOPAD.encode(&self.0))
    }
}

/// As [`Display`](fmt::Display) writes it.
impl FromStr for Secret {
    type Err = NoSecret;

    fn from_str(text: &str) -> Result<Self, NoSecret> {
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| NoSecret)?;
        bytes.try_into().map(Self).map_err(|_| NoSecret)
    }
}

/// A text is no secret; which one is not said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a secret has 22 characters of A-Z a-z 0-9 - _")]
pub struct NoSecret;

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// A room, and what it takes to get in.
#[derive(Debug, Clone)]
pub struct Invite {
    /// The room's id, as it stands in the link.
    pub room: String,
    /// The room's name, for people to read.
    pub name: String,
    /// What the link carries behind `#`.
    pub secret: Secret,
}

impl Invite {
    /// The link under which others reach the room at `authority`, an `address:port`.
    ///
    /// The secret rides in the fragment, which browsers send to no one: it reaches no server log and
    /// no `Referer`.
    pub fn link(&self, authority: impl fmt::Display) -> String {
        format!("http://{authority}/r/{}#{}", self.room, self.secret)
    }

    /// The link that makes whoever opens it in a browser the room's host. Its fragment reads otherwise than
    /// an invite's, so that neither is taken for the other.
    pub fn host_link(&self, authority: impl fmt::Display, key: &Secret) -> String {
        format!("http://{authority}/r/{}#host={key}", self.room)
    }
}

/// A room's id: 8 characters, 40 random bits, without the letters that are mistaken for digits
/// (Crockford's base 32). It is an address, not a secret.
pub(crate) fn random_room_id() -> String {
    crockford().encode(&random_bytes::<5>())
}

/// By which a host names a link that ends. No secret: it opens nothing.
pub(crate) fn random_link_id() -> String {
    crockford().encode(&random_bytes::<5>())
}

/// A token for a device that brought none.
pub(crate) fn random_device() -> String {
    BASE64URL_NOPAD.encode(&random_bytes::<16>())
}

/// An id for a message whose sender gave it none.
pub(crate) fn random_message_id() -> String {
    BASE64URL_NOPAD.encode(&random_bytes::<16>())
}

/// An id for an upload, which nobody else is to know.
pub(crate) fn random_upload() -> String {
    crockford().encode(&random_bytes::<15>())
}

/// An id for a log, minted when the log is.
pub(crate) fn random_epoch() -> String {
    crockford().encode(&random_bytes::<10>())
}

pub(crate) fn crockford() -> Encoding {
    let mut specification = Specification::new();
    specification.symbols.push_str("0123456789abcdefghjkmnpqrstvwxyz");
    specification.encoding().expect("32 distinct ASCII symbols")
}

fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the system's source of randomness answers");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_carries_the_secret_in_its_fragment() {
        let invite = Invite { room: "abcd1234".into(), name: "Den".into(), secret: Secret::from_bytes([0; 16]) };
        assert_eq!(invite.link("192.168.1.20:7684"), "http://192.168.1.20:7684/r/abcd1234#AAAAAAAAAAAAAAAAAAAAAA");
    }

    #[test]
    fn only_the_secret_itself_matches() {
        let secret = Secret::random();
        let text = secret.to_string();
        assert_eq!(text.len(), 22);
        assert!(secret.matches(&text));
        for wrong in ["", "A", &text[1..], &format!("{text}A"), &Secret::random().to_string(), "ü"] {
            assert!(!secret.matches(wrong), "{wrong:?} let in");
        }
    }

    #[test]
    fn debug_output_never_shows_the_secret() {
        let secret = Secret::random();
        assert!(!format!("{secret:?}").contains(&secret.to_string()));
    }
}
