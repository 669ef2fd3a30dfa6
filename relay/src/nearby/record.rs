//! What a record says of a room, and what of it is believed.

use std::net::{IpAddr, SocketAddr};

use mdns_sd::ResolvedService;
use unicode_segmentation::UnicodeSegmentation;

use super::SERVICE;
use crate::naming::clean_name;

/// Of the records' own form, for when there is a second one.
const VERSION: &str = "1";

/// A DNS label holds no more, in bytes.
const LABEL: usize = 63;

/// A room's id as relays make them, and some more.
const ROOM_BYTES: usize = 64;

/// Addresses that are kept of one record: a machine seldom has as many on one network.
const ADDRESSES: usize = 8;

/// Below are the system's own services, which nobody is to be sent to knock at.
const FIRST_PORT: u16 = 1024;

/// A room somebody on the network says they host. Any of it may be made up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NearbyRoom {
    /// As it stands in links.
    pub room: String,
    /// For people to read: one line, at most 63 bytes.
    pub name: String,
    /// Whether it says that whoever comes is let in.
    pub open: bool,
    /// Where it may be, likeliest first, each in a network this machine is in. Never empty.
    pub addresses: Vec<SocketAddr>,
}

/// A room's name as an instance's: as much of it as a label holds, cut between characters.
pub(super) fn instance(name: &str) -> String {
    let name = clean_name(name);
    if name.len() <= LABEL {
        return name;
    }
    let mut short = String::new();
    for character in name.graphemes(true) {
        if short.len() + character.len() + '…'.len_utf8() > LABEL {
            break;
        }
        short.push_str(character);
    }
    short.push('…');
    short
}

/// What stands in the record beside name and place.
pub(super) fn properties(room: &str, open: bool) -> [(&'static str, String); 3] {
    [("v", VERSION.to_owned()), ("room", room.to_owned()), ("open", u8::from(open).to_string())]
}

/// The room a record tells of, as far as that can be; `near` says whether an address is in a network this
/// machine is in, since multicast comes from no other.
pub(super) fn read(told: &ResolvedService, near: impl Fn(IpAddr) -> bool) -> Option<NearbyRoom> {
    let instance = told.fullname.get(..told.fullname.len().checked_sub(SERVICE.len() + 1)?)?;
    let name = clean_name(&unescaped(instance));
    let room = told.get_property_val_str("room")?;
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let whole = told.get_property_val_str("v") == Some(VERSION)
        && told.port >= FIRST_PORT
        && !name.is_empty()
        && name.len() <= LABEL
        && (1..=ROOM_BYTES).contains(&room.len())
        && room.chars().all(plain);
    if !whole {
        return None;
    }
    let mut addresses: Vec<SocketAddr> = told
        .addresses
        .iter()
        .map(mdns_sd::ScopedIp::to_ip_addr)
        .filter(|ip| near(*ip))
        .map(|ip| SocketAddr::new(ip, told.port))
        .collect();
    // IPv4 first, as everywhere.
    addresses.sort_unstable();
    addresses.dedup();
    addresses.truncate(ADDRESSES);
    let open = told.get_property_val_str("open") == Some("1");
    (!addresses.is_empty()).then(|| NearbyRoom { room: room.to_owned(), name, open, addresses })
}

/// A label as it was before its dots and backslashes were marked as no separators.
fn unescaped(label: &str) -> String {
    let mut plain = String::with_capacity(label.len());
    let mut chars = label.chars();
    while let Some(char) = chars.next() {
        let next = if char == '\\' { chars.next() } else { Some(char) };
        plain.extend(next);
    }
    plain
}

#[cfg(test)]
mod tests {
    use mdns_sd::ServiceInfo;

    use super::*;

    fn near(ip: IpAddr) -> bool {
        matches!(ip, IpAddr::V4(ip) if ip.octets()[..3] == [10, 84, 0])
    }

    fn told(name: &str, addresses: &str, port: u16, properties: &[(&str, &str)]) -> Option<NearbyRoom> {
        let info = ServiceInfo::new(SERVICE, name, "snug-x.local.", addresses, port, properties).expect("a record");
        read(&info.as_resolved_service(), near)
    }

    const GOOD: [(&str, &str); 3] = [("v", "1"), ("room", "abcd1234"), ("open", "0")];

    #[test]
    fn a_room_is_read_as_it_was_told() {
        let name = instance("Mina’s den. 2 \\ floor");
        let room =
            told(&name, "10.84.0.1", 7684, &properties("abcd1234", true).each_ref().map(|(k, v)| (*k, v.as_str())));
        let room = room.expect("a room");
        assert_eq!((room.name.as_str(), room.room.as_str(), room.open), (name.as_str(), "abcd1234", true));
        assert_eq!(room.addresses, ["10.84.0.1:7684".parse().expect("an address")]);
    }

    #[test]
    fn nothing_else_is_told_of_a_room_and_no_secret() {
        let keys = properties("abcd1234", false).map(|(key, _)| key);
        assert_eq!(keys, ["v", "room", "open"]);
    }

    #[test]
    fn a_long_name_is_cut_between_characters() {
        assert_eq!(instance("  Kitchen \n table "), "Kitchen table");
        for long in ["가".repeat(80), "👩‍👩‍👧‍👦".repeat(20), "x".repeat(200)] {
            let short = instance(&long);
            assert!(short.len() <= LABEL && short.ends_with('…') && short.len() > 20, "{short}");
            assert!(long.starts_with(short.trim_end_matches('…')));
        }
        let families = instance(&"👩‍👩‍👧‍👦".repeat(20));
        assert_eq!(families.trim_end_matches('…').graphemes(true).collect::<std::collections::HashSet<_>>().len(), 1);
    }

    #[test]
    fn what_turns_text_around_is_taken_out_of_names() {
        let room = told("a\u{202e}cod\u{2066}b\u{7}", "10.84.0.1", 7684, &GOOD).expect("a room");
        assert_eq!(room.name, "acodb");
    }

    #[test]
    fn addresses_from_elsewhere_are_no_places_to_knock() {
        let room =
            told("Den", "8.8.8.8,127.0.0.1,10.84.0.9,10.84.0.2,fe80::1,224.0.0.251", 7684, &GOOD).expect("a room");
        let shown: Vec<String> = room.addresses.iter().map(ToString::to_string).collect();
        assert_eq!(shown, ["10.84.0.2:7684", "10.84.0.9:7684"]);
        assert_eq!(told("Den", "8.8.8.8", 7684, &GOOD), None);
        let many: Vec<String> = (1..=200).map(|last| format!("10.84.0.{last}")).collect();
        assert_eq!(told("Den", &many.join(","), 7684, &GOOD).expect("a room").addresses.len(), ADDRESSES);
    }

    #[test]
    fn records_that_are_none_of_ours_say_nothing() {
        for wrong in [
            &[("v", "2"), ("room", "abcd1234")][..],
            &[("room", "abcd1234")],
            &[("v", "1")],
            &[("v", "1"), ("room", "")],
            &[("v", "1"), ("room", "../up")],
            &[("v", "1"), ("room", "<b>")],
            &[("v", "1"), ("room", &"x".repeat(65))],
        ] {
            assert_eq!(told("Den", "10.84.0.1", 7684, wrong), None, "{wrong:?}");
        }
        assert_eq!(told("Den", "10.84.0.1", 22, &GOOD), None, "a port of the system's");
        assert_eq!(told("\u{202e}", "10.84.0.1", 7684, &GOOD), None, "a name with nothing in it");
        assert!(told("Den", "10.84.0.1", 7684, &[("v", "1"), ("room", "abcd1234")]).is_some_and(|room| !room.open));
    }
}
