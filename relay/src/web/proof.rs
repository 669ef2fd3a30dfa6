//! Proving to a guest that this is the host it knows, before it says anything.
//!
//! A guest that lost its host may hear of it at another address, from anybody. Those inside were told a key; whoever
//! answers there has to know it too, and to be at that very address, so that it can't have the host itself answer
//! for it.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

use super::Web;

/// `<room> <nonce>`, in the request for a WebSocket.
const ASKED: HeaderName = HeaderName::from_static(crate::host::ASKED);
/// And in the answer.
const PROOF: HeaderName = HeaderName::from_static(crate::host::PROOF);

/// The longest question answered, in bytes.
const LONGEST: usize = 256;

/// The header that proves it, where the guest asked for one and this machine has the address it asked at.
pub(super) fn prove(web: &Web, headers: &HeaderMap) -> Option<(HeaderName, HeaderValue)> {
    let asked = headers.get(ASKED)?.to_str().ok().filter(|asked| asked.len() <= LONGEST)?;
    let (room, nonce) = asked.split_once(' ')?;
    let at = headers.get(header::HOST)?.to_str().ok()?;
    let room = web.rooms.get(room)?;
    let known = web.host.now();
    known.is_at(at).then_some(())?;
    Some((PROOF, HeaderValue::from_str(&room.mark().proof(nonce, at)).ok()?))
}
