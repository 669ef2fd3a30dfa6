//! What may be said, by whom, and how it is changed.

use std::time::{Duration, Instant};

use unicode_properties::UnicodeEmoji;
use unicode_segmentation::UnicodeSegmentation;

use super::{Room, check_id};
use crate::{
    files::Taken,
    log::{Draft, Receipts},
    naming,
    presence::Seat,
    refusal::{empty, file_failed, log_failed},
    wire::{Body, Delete, Edit, ErrorCode, FileRefusal, Message, NewMessage, React, WireError},
};

impl Room {
    /// Appends a message; `receipts` tell its place once it is on disk.
    pub(crate) async fn say(&self, seat: &Seat, message: NewMessage, receipts: &Receipts) -> Result<(), WireError> {
        let NewMessage { id, text, reply, files } = message;
        check_id(&id)?;
        if let Some(reply) = &reply {
            check_id(reply).map_err(|error| error.about(&id))?;
        }
        let checked = if files.is_empty() { self.check_text(&text) } else { self.check_length(&text) };
        checked.map_err(|error| error.about(&id))?;
        if files.len() > self.limits.files as usize {
            let why = format!("a message has at most {} files", self.limits.files);
            return Err(ErrorCode::TooManyFiles.because(why).about(id));
        }
        let in_turn = match self.may_speak(seat, &id) {
            Ok(in_turn) => in_turn,
            // The answer to it was lost, and meanwhile it would be refused.
            Err(refused) => return self.said_before(seat, &id, receipts, refused).await,
        };
        seat.set_typing(false);
        let said = if files.is_empty() {
            let body = Body::Message(Message { text, reply, ..Message::default() });
            self.append(seat, id.clone(), &body, receipts).await
        } else {
            match self.files.take((&self.id, seat.member(), &id), &files) {
                Ok((files, taken)) => {
                    let body = Body::Message(Message { text, reply, files, ..Message::default() });
                    self.append_with(seat, id.clone(), &body, Some(taken), receipts).await
                }
                Err(error) => {
                    if in_turn {
                        self.door.floor.give_back(seat.member(), &id);
                    }
                    let FileRefusal { code, message, .. } = file_failed(error);
                    // The answer to it was lost, and its uploads went into it.
                    return self.said_before(seat, &id, receipts, code.because(message)).await;
                }
            }
        };
        if said.is_err() && in_turn {
            self.door.floor.give_back(seat.member(), &id);
        }
        said
    }

    /// Whether this member may say something now. In slow mode that takes their turn, which they have again when
    /// the message isn't taken; whether it was taken by this.
    fn may_speak(&self, seat: &Seat, id: &str) -> Result<bool, WireError> {
        if seat.host {
            return Ok(false);
        }
        may_write(seat)?;
        match self.door.every_ms() {
            0 => Ok(false),
            every => self
                .door
                .floor
                .take(seat.member(), id, Duration::from_millis(every), Instant::now())
                .map_err(|wait| ErrorCode::SlowMode.because("the room is in slow mode").after(wait)),
        }
    }

    /// Gives the place of a message that is in the log already.
    ///
    /// # Errors
    /// `otherwise`, where it isn't.
    async fn said_before(
        &self,
        seat: &Seat,
        id: &str,
        receipts: &Receipts,
        otherwise: WireError,
    ) -> Result<(), WireError> {
        let has = self.log.has(seat.member(), id, receipts).await.map_err(|error| log_failed(error).about(id))?;
        if has { Ok(()) } else { Err(otherwise.about(id)) }
    }

    /// Appends other words for a message; `receipts` tell what became of it, as of all changes.
    pub(crate) async fn edit(&self, seat: &Seat, edit: Edit, receipts: &Receipts) -> Result<(), WireError> {
        let Edit { id, of, text } = edit;
        check_ids(&id, &of)?;
        // Whether it may be blank only the message tells, by having files.
        self.check_length(&text).map_err(|error| error.about(&id))?;
        if let Err(refused) = may_write(seat) {
            return self.said_before(seat, &id, receipts, refused).await;
        }
        self.append(seat, id, &Body::Edited { of, text: Some(text) }, receipts).await
    }

    /// Appends that a message is deleted.
    pub(crate) async fn delete(&self, seat: &Seat, delete: Delete, receipts: &Receipts) -> Result<(), WireError> {
        let Delete { id, of } = delete;
        check_ids(&id, &of)?;
        self.append(seat, id, &Body::Deleted { of }, receipts).await
    }

    /// Appends a reaction, or that it is taken off.
    pub(crate) async fn react(&self, seat: &Seat, react: React, receipts: &Receipts) -> Result<(), WireError> {
        let React { id, of, emoji, on } = react;
        check_ids(&id, &of)?;
        if emoji.len() > EMOJI_BYTES as usize || !is_emoji(&emoji) {
            return Err(ErrorCode::BadEmoji.because("a reaction is one emoji").about(id));
        }
        if let Err(refused) = may_write(seat) {
            return self.said_before(seat, &id, receipts, refused).await;
        }
        self.append(seat, id, &Body::Reacted { of, emoji, on }, receipts).await
    }

    /// Changes a member's nickname. It is words that everybody reads, so whoever may say nothing keeps theirs.
    pub(crate) fn rename(&self, seat: &Seat, nickname: &str) -> Result<(), WireError> {
        let nickname = self.nickname(nickname)?;
        may_write(seat)?;
        seat.rename(nickname);
        Ok(())
    }

    async fn append(&self, seat: &Seat, id: String, body: &Body, receipts: &Receipts) -> Result<(), WireError> {
        self.append_with(seat, id, body, None, receipts).await
    }

    async fn append_with(
        &self,
        seat: &Seat,
        id: String,
        body: &Body,
        taken: Option<Taken>,
        receipts: &Receipts,
    ) -> Result<(), WireError> {
        if let Some(why) = seat.restraint.expelled() {
            return Err(why.clone().about(id));
        }
        let (member, nickname, host) = (seat.member(), &seat.nickname(), seat.host);
        let draft = Draft { member, nickname, host, id: id.clone(), body, taken, decided: None };
        self.log.append(draft, receipts).await.map_err(|error| log_failed(error).about(id))
    }

    fn check_text(&self, text: &str) -> Result<(), WireError> {
        if naming::shows_nothing(text) {
            return Err(empty());
        }
        self.check_length(text)
    }

    fn check_length(&self, text: &str) -> Result<(), WireError> {
        let most = self.limits.text_bytes;
        if text.len() > most as usize {
            let why = format!("the text has {} bytes of UTF-8, the most is {most}", text.len());
            return Err(ErrorCode::TextTooLong.because(why));
        }
        let most = self.limits.text_chars;
        if has_more_characters(text, most) {
            return Err(ErrorCode::TextTooLong.because(format!("the text has more than {most} characters")));
        }
        Ok(())
    }
}

/// Whether this member may put words or emoji into the log.
fn may_write(seat: &Seat) -> Result<(), WireError> {
    if !seat.host && seat.restraint.is_muted() {
        return Err(ErrorCode::Muted.because("the host has muted you"));
    }
    Ok(())
}

/// Whether a text has more characters, as people see them, than `most`.
fn has_more_characters(text: &str, most: u32) -> bool {
    // Most texts are too short for that whatever they say: a character has a byte at least.
    text.len() > most as usize && text.graphemes(true).nth(most as usize).is_some()
}

/// The longest reaction, in bytes of UTF-8. The longest emoji there is, two people who hold hands in two
/// skin tones with all that joins them, has 35.
pub(super) const EMOJI_BYTES: u32 = 64;

/// Whether this is one emoji as people see it, and nothing besides.
fn is_emoji(text: &str) -> bool {
    let joins = |char| matches!(char, '\u{200d}' | '\u{fe0f}' | '\u{20e3}' | '\u{e0020}'..='\u{e007f}');
    // Digits count as emoji, for what a keycap makes of them.
    let shows = |char: char| char == '\u{20e3}' || (!char.is_ascii() && char.is_emoji_char());
    text.graphemes(true).count() == 1
        && text.chars().any(shows)
        && text.chars().all(|char| joins(char) || char.is_emoji_char())
}

/// The ids of a change: its own, and that of what it changes.
fn check_ids(id: &str, of: &str) -> Result<(), WireError> {
    check_id(id)?;
    check_id(of).map_err(|error| error.about(id))
}

#[cfg(test)]
mod tests {
    use super::{has_more_characters, is_emoji};

    #[test]
    fn characters_are_counted_as_people_see_them() {
        for (text, characters) in [("", 0), ("abc", 3), ("가나다", 3), ("👩‍🚀🇰🇷", 2), ("e\u{301}\u{302}x", 2)]
        {
            assert!(!has_more_characters(text, characters), "{text}");
            assert!(characters == 0 || has_more_characters(text, characters - 1), "{text}");
        }
    }

    #[test]
    fn a_reaction_is_one_emoji() {
        for emoji in ["👍", "❤️", "👩‍🚀", "🧑🏿‍❤️‍💋‍🧑🏻", "🇰🇷", "1️⃣", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "☕"]
        {
            assert!(is_emoji(emoji), "{emoji}");
        }
        for other in
            ["", "a", "1", "*", "👍👍", "👍a", " 👍", "가", "<b>", "\u{200d}", "👍\u{301}\u{301}", "\u{202e}👍", "é"]
        {
            assert!(!is_emoji(other), "{other:?}");
        }
    }
}
