//! Where the host is now, and how a guest that lost it knows it again: state beside the log.

use data_encoding::BASE64URL_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use tokio::sync::watch;

use crate::invite::Secret;

/// The header by which a guest asks for a proof: `<room> <nonce>`.
pub const ASKED: &str = "snug-asked";
/// The header that proves it.
pub const PROOF: &str = "snug-proof";

/// Where the host can be reached, for all its rooms. Clones are the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct Host(watch::Sender<Addresses>);

/// `host:port` each, best first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Addresses(pub(crate) Vec<String>);

impl Host {
    /// Tells everybody, where that is something new.
    pub(crate) fn is_at(&self, addresses: Vec<String>) {
        self.0.send_if_modified(|known| std::mem::replace(&mut known.0, addresses.clone()) != addresses);
    }

    pub(crate) fn now(&self) -> Addresses {
        self.0.borrow().clone()
    }

    /// Wakes whoever wants to know of changes.
    pub(crate) fn changes(&self) -> watch::Receiver<Addresses> {
        self.0.subscribe()
    }
}

/// What those inside know the host by, wherever it is. It lets nobody in, and tells nothing of what does.
#[derive(Debug, Clone)]
pub struct HostMark(Secret);

impl HostMark {
    /// Of the room with this host key; the same after every restart.
    #[must_use]
    pub fn of(host_key: &Secret) -> Self {
        let mut mark = [0; 16];
        mark.copy_from_slice(&mac(host_key.as_bytes(), &["the host's mark"])[..16]);
        Self(Secret::from_bytes(mark))
    }

    /// As it is told to those inside.
    #[must_use]
    pub fn told(&self) -> String {
        self.0.to_string()
    }

    /// The mark somebody was told; `None` when it is none.
    pub fn read(told: &str) -> Option<Self> {
        let bytes = BASE64URL_NOPAD.decode(told.as_bytes()).ok()?;
        Some(Self(Secret::from_bytes(bytes.try_into().ok()?)))
    }

    /// What only who knows the mark can answer to `nonce`, at this address: `ip:port` where the connection ends, or the
    /// name a relay was told to go by.
    pub fn proof(&self, nonce: &str, address: &str) -> String {
        BASE64URL_NOPAD.encode(&mac(self.0.as_bytes(), &[nonce, address]))
    }
}

/// Over parts that hold no line breaks.
fn mac(key: &[u8], parts: &[&str]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any key will do");
    mac.update(parts.join("\n").as_bytes());
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proof_holds_for_one_question_at_one_address_from_one_host() {
        let key = Secret::random();
        let mark = HostMark::of(&key);
        let told = HostMark::read(&mark.told()).expect("a mark");
        let proof = mark.proof("nonce", "10.84.0.1:7684");
        assert_eq!(told.proof("nonce", "10.84.0.1:7684"), proof);
        assert_ne!(told.proof("nonce2", "10.84.0.1:7684"), proof);
        assert_ne!(told.proof("nonce", "10.84.0.2:7684"), proof);
        assert_ne!(HostMark::of(&Secret::random()).proof("nonce", "10.84.0.1:7684"), proof);
        assert_ne!(mark.told(), key.to_string(), "it tells nothing of the host key");
        for none in ["", "short", &"A".repeat(44), "ü"] {
            assert!(HostMark::read(none).is_none(), "{none}");
        }
    }
}
