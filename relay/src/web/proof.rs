//! Proving to a guest that this is the host it knows, before it says anything.
//!
//! Where a guest remembers its host there may be another machine by now, and anybody can say to be it elsewhere. Those
//! inside were told a key; whoever answers has to know it too, and to be where the guest's connection ends, so that it
//! can't have the host itself answer for it.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header, uri::Authority};

use super::Web;
use crate::accept::Peer;

/// `<room> <nonce>`, in the request for a WebSocket.
const ASKED: HeaderName = HeaderName::from_static(crate::host::ASKED);
/// And in the answer.
const PROOF: HeaderName = HeaderName::from_static(crate::host::PROOF);

/// The longest question answered, in bytes.
const LONGEST: usize = 256;

/// The header that proves it, where the guest asked for one. The proof is for the address at which the connection came
/// in, whatever the guest calls it. Where a proxy stands before this machine that is none the guest knows: then it
/// is for the name that whoever runs the relay gave to it.
pub(super) fn prove(web: &Web, peer: &Peer, headers: &HeaderMap) -> Option<(HeaderName, HeaderValue)> {
    let asked = headers.get(ASKED)?.to_str().ok().filter(|asked| asked.len() <= LONGEST)?;
    let (room, nonce) = asked.split_once(' ')?;
    let room = web.rooms.get(room)?;
    let named = headers.get(header::HOST)?.to_str().ok()?;
    let at = if is_named(named, &web.hosts) { named.to_owned() } else { peer.here?.to_string() };
    Some((PROOF, HeaderValue::from_str(&room.mark().proof(nonce, &at)).ok()?))
}

fn is_named(authority: &str, hosts: &[String]) -> bool {
    let authority: Option<Authority> = authority.parse().ok();
    authority.is_some_and(|at| hosts.iter().any(|known| known.eq_ignore_ascii_case(at.host())))
}
