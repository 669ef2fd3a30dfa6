//! An event as it is stored: all of it but its place and its time.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::LogError;
use crate::wire::{Body, Message};

/// An [`Event`](crate::wire::Event) without the place and the time, which stand beside it.
#[derive(Serialize, Deserialize)]
pub(super) struct Stored<'a> {
    pub(super) member: Cow<'a, str>,
    pub(super) nickname: Cow<'a, str>,
    pub(super) id: Cow<'a, str>,
    pub(super) body: Cow<'a, Body>,
}

impl Stored<'_> {
    pub(super) fn write(&self) -> String {
        match &*self.body {
            Body::Message(Message { text, reply: None, files, reactions, edited: None })
                if files.is_empty() && reactions.is_empty() =>
            {
                self.write_words(text)
            }
            _ => serde_json::to_string(self).expect("text and tagged enums are JSON"),
        }
    }

    /// The same for nearly all there is, a message of words alone, in a third of the time.
    fn write_words(&self, text: &str) -> String {
        let parts = [
            (r#"{"member":"#, &*self.member),
            (r#","nickname":"#, &self.nickname),
            (r#","id":"#, &self.id),
            (r#","body":{"kind":"message","text":"#, text),
        ];
        let mut json =
            String::with_capacity(parts.iter().map(|(name, text)| name.len() + text.len() + 2).sum::<usize>() + 2);
        for (name, text) in parts {
            json.push_str(name);
            quote(text, &mut json);
        }
        json.push_str("}}");
        json
    }
}

impl Stored<'static> {
    /// Reads what [`write`](Stored::write) wrote.
    ///
    /// # Errors
    /// [`LogError::Damaged`]: its checksum says that it was written so.
    pub(super) fn read(json: &str) -> Result<Self, LogError> {
        serde_json::from_str(json).map_err(|error| LogError::Damaged(error.to_string().into()))
    }
}

/// Appends a text as JSON has it.
fn quote(text: &str, into: &mut String) {
    // All of it is looked at whatever is found, which goes many bytes at a time.
    let escapes = text.bytes().fold(false, |found, byte| found | (byte < b' ') | (byte == b'"') | (byte == b'\\'));
    if escapes {
        into.push_str(&serde_json::to_string(text).expect("text is JSON"));
    } else {
        into.push('"');
        into.push_str(text);
        into.push('"');
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What it is by all that is known of JSON.
    fn by_the_book(stored: &Stored<'_>) -> String {
        serde_json::to_string(stored).expect("JSON")
    }

    fn said<'a>(nickname: &'a str, id: &'a str, message: Message) -> Stored<'a> {
        let body = Cow::Owned(Body::Message(message));
        Stored { member: "0123456789abcdef".into(), nickname: nickname.into(), id: id.into(), body }
    }

    #[test]
    fn every_character_there_is_is_written_by_the_book() {
        for char in (0..=0x2_0000).filter_map(char::from_u32) {
            let text = format!("a{char}b");
            let stored = said(&text, "x", Message { text: text.clone(), ..Message::default() });
            assert_eq!(stored.write(), by_the_book(&stored), "{char:?}");
        }
    }

    #[test]
    fn a_message_of_more_than_words_keeps_all_of_it() {
        let reply = Message { text: "hm".into(), reply: Some("first".into()), ..Message::default() };
        let edited = Message { text: "hm".into(), edited: Some("edit".into()), ..Message::default() };
        for message in [reply, edited] {
            let stored = said("Mina", "x", message);
            assert_eq!(stored.write(), by_the_book(&stored));
        }
    }

    proptest! {
        #[test]
        fn whatever_is_said_is_written_by_the_book_and_read_again(text: String, nickname: String, id in "[!-~]{1,64}") {
            let stored = said(&nickname, &id, Message { text, ..Message::default() });
            let json = stored.write();
            prop_assert_eq!(&json, &by_the_book(&stored));
            let read = Stored::read(&json).map_err(|error| TestCaseError::fail(error.to_string()))?;
            prop_assert_eq!(&read.body, &stored.body);
        }
    }
}
