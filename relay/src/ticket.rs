//! What lets a member's HTTP requests in: browsers give `<img>`, `<video>` and links no way to prove who asks,
//! other than by the address they are given.
//!
//! So a ticket may end up in a browser's history, and is worth as little as possible there: it opens files
//! only, of one room, for as long as its member is in it, and dies with the relay's run.

use data_encoding::BASE64URL_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::invite::Secret;

/// Bytes of the code in a ticket: 128 bits.
const CODE: usize = 16;

/// Makes and reads one room's tickets. Nothing is kept for any: a ticket names its member, and a code under
/// a key that nobody else has proves that it was made here.
pub(crate) struct Tickets {
    key: Secret,
}

impl Tickets {
    /// Under a new key: no ticket of before is good any more.
    pub(crate) fn new() -> Self {
        Self { key: Secret::random() }
    }

    /// This member's ticket, always the same one: an address with it in stays good across reconnecting.
    pub(crate) fn issue(&self, member: &str) -> String {
        let code = self.code(member).finalize().into_bytes();
        format!("{member}.{}", BASE64URL_NOPAD.encode(&code[..CODE]))
    }

    /// Whose ticket this is; `None` when it was never made here. Compares in constant time.
    pub(crate) fn member<'a>(&self, ticket: &'a str) -> Option<&'a str> {
        let (member, code) = ticket.split_once('.')?;
        let code = BASE64URL_NOPAD.decode(code.as_bytes()).ok().filter(|code| code.len() == CODE)?;
        self.code(member).verify_truncated_left(&code).is_ok().then_some(member)
    }

    fn code(&self, member: &str) -> Hmac<Sha256> {
        Hmac::<Sha256>::new_from_slice(self.key.as_bytes()).expect("a key of any length does").chain_update(member)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_names_its_member_and_nobody_else_can_make_one() {
        let tickets = Tickets::new();
        let ticket = tickets.issue("mina");
        assert_eq!(tickets.member(&ticket), Some("mina"));
        assert_eq!(tickets.issue("mina"), ticket, "the same for every socket");
        let code = ticket.strip_prefix("mina.").expect("it begins with the member");
        assert_eq!(code.len(), 22);
        for forged in [
            String::new(),
            "mina".into(),
            "mina.".into(),
            format!("jun.{code}"),
            format!("mina.{}", &code[..21]),
            format!("mina.{code}A"),
            format!(".{code}"),
            Tickets::new().issue("mina"),
        ] {
            assert_eq!(tickets.member(&forged), None, "{forged:?}");
        }
    }
}
