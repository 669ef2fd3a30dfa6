//! What a page may pass on: nothing that is longer than anything it could mean.

use crate::error::Error;

/// Room for any nickname or room name a relay takes; the relay itself says what is too long.
pub(super) const NAME_BYTES: usize = 1024;

/// The longest id of a message or a member, as relays take them.
const ID_BYTES: usize = 64;

/// A room's id as relays make them, and some more.
pub(super) const ROOM_BYTES: usize = 64;

/// Refuses a text that is longer than so many bytes.
pub(super) fn check(text: &str, bytes: usize, otherwise: &'static str) -> Result<(), Error> {
    if text.len() > bytes { Err(Error::BadInput(otherwise)) } else { Ok(()) }
}

/// Ids as relays and pages make them.
pub(super) fn check_id(id: &str, otherwise: &'static str) -> Result<(), Error> {
    let fits = !id.is_empty() && id.len() <= ID_BYTES && id.bytes().all(|byte| byte.is_ascii_graphic());
    if fits { Ok(()) } else { Err(Error::BadInput(otherwise)) }
}

pub(super) fn check_room(room: &str) -> Result<(), Error> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if room.is_empty() || room.len() > ROOM_BYTES || !room.chars().all(plain) {
        return Err(Error::BadInput("that is no room's id"));
    }
    Ok(())
}
