//! What is said to a server, and how much of its answers has to be understood to count them.

use std::io::Write as _;

use crate::{frames, latency::Moment};

/// The protocol a server speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// `snug.v1`.
    Snug,
    /// The tutorial's: `{type, payload}` in, lines out. Its senders hear themselves.
    Tutorial,
}

/// Digits in their order as text, those of the page's ids.
const DIGITS: &[u8; 64] = b"-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";

/// An id as the page mints them: 18 characters that sort by the time, and no two alike.
pub(crate) fn id(at: Moment, sender: usize, number: u64) -> String {
    let digits = |value: u64, count: u32| {
        (0..count).rev().map(move |place| char::from(DIGITS[(value >> (6 * place)) as usize % DIGITS.len()]))
    };
    digits(at.nanos() / 1000, 8).chain(digits(sender as u64, 4)).chain(digits(number, 6)).collect()
}

impl Dialect {
    pub(crate) fn path(self) -> &'static str {
        match self {
            Self::Snug => "/ws",
            Self::Tutorial => "/",
        }
    }

    /// What the upgrade needs beside what the standard asks for.
    pub(crate) fn headers(self) -> &'static str {
        match self {
            Self::Snug => "sec-websocket-protocol: snug.v1\r\n",
            Self::Tutorial => "",
        }
    }

    /// A frame that says something. `id` has to be new; `text` must need no escaping.
    pub(crate) fn say(self, id: impl std::fmt::Display, text: &str, into: &mut Vec<u8>) {
        let mut payload = Vec::with_capacity(text.len() + 96);
        let written = match self {
            Self::Snug => write!(payload, r#"{{"type":"new_message","payload":{{"id":"{id}","text":"{text}"}}}}"#),
            Self::Tutorial => write!(payload, r#"{{"type":"new_message","payload":"{text}"}}"#),
        };
        debug_assert!(written.is_ok(), "memory takes all that is written to it");
        frames::text(&payload, into);
    }
}

/// Whether a frame of the relay's is of this type.
pub(crate) fn is(frame: &[u8], kind: &str) -> bool {
    frame
        .strip_prefix(br#"{"type":""#)
        .and_then(|rest| rest.strip_prefix(kind.as_bytes()))
        .is_some_and(|rest| rest.starts_with(b"\""))
}

/// The place of the last event in a frame of the relay's; none where there is no event in it.
pub(crate) fn last_seq(frame: &[u8]) -> Option<u64> {
    const MARK: &[u8] = br#"{"seq":"#;
    let at = frame.windows(MARK.len()).rposition(|window| window == MARK)? + MARK.len();
    Some(number(&frame[at..]))
}

/// The place of every event in a frame of the relay's, in order.
pub(crate) fn seqs(frame: &[u8]) -> impl Iterator<Item = u64> {
    const MARK: &[u8] = br#"{"seq":"#;
    let marked = frame.windows(MARK.len()).enumerate().filter(|(_, window)| *window == MARK);
    marked.map(|(at, _)| number(&frame[at + MARK.len()..]))
}

/// How many messages a frame acknowledges.
pub(crate) fn acks(frame: &[u8]) -> u32 {
    const MARK: &[u8] = br#"{"id":"#;
    if !is(frame, "ack") {
        return 0;
    }
    frame.windows(MARK.len()).map(|window| u32::from(window == MARK)).sum()
}

/// The number these bytes begin with.
pub(crate) fn number(bytes: &[u8]) -> u64 {
    let digits = bytes.iter().take_while(|byte| byte.is_ascii_digit());
    digits.fold(0, |number, digit| number * 10 + u64::from(digit - b'0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_place_in_a_frame_is_found() {
        let frame = br#"{"type":"events","payload":{"events":[{"seq":9,"at":1},{"seq":10,"at":1,"body":{}}]}}"#;
        assert_eq!(last_seq(frame), Some(10));
        assert_eq!(last_seq(b"{}"), None);
    }

    #[test]
    fn every_place_in_a_frame_is_found() {
        let frame = br#"{"type":"events","payload":{"events":[{"seq":9,"at":1},{"seq":10,"at":1,"body":{}}]}}"#;
        assert_eq!(seqs(frame).collect::<Vec<_>>(), [9, 10]);
    }

    #[test]
    fn every_acknowledged_message_counts() {
        let frame = br#"{"type":"ack","payload":{"acks":[{"id":"0-1","seq":4},{"id":"0-2","seq":5}]}}"#;
        assert_eq!(acks(frame), 2);
        assert_eq!(acks(br#"{"type":"events","payload":{"events":[{"id":"0-1"}]}}"#), 0);
    }

    #[test]
    fn what_is_said_is_the_frame_each_server_reads() {
        let said = |dialect: Dialect| {
            let mut frame = Vec::new();
            dialect.say("7-1", "hello", &mut frame);
            frame
        };
        let mut expected = Vec::new();
        frames::text(br#"{"type":"new_message","payload":{"id":"7-1","text":"hello"}}"#, &mut expected);
        assert_eq!(said(Dialect::Snug), expected);
        expected.clear();
        frames::text(br#"{"type":"new_message","payload":"hello"}"#, &mut expected);
        assert_eq!(said(Dialect::Tutorial), expected);
    }
}
