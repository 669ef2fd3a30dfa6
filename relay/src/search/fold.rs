//! Text as it is compared: capitals, accents, width and what can't be seen don't matter.
//!
//! Hangul is taken apart into its letters, so that a syllable half typed, 미 on the way to 민, already finds 민아,
//! and so that a word of two syllables has the three characters that the index needs.

use unicode_normalization::UnicodeNormalization;

/// Text as it is compared.
pub(crate) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    each(text, |_, char| folded.push(char));
    folded
}

/// Text as it is compared, and where each part of it comes from.
pub(super) struct Folded {
    pub(super) text: String,
    /// For every character that is left: where it begins in `text`, and where what it was begins and ends.
    places: Vec<(usize, usize, usize)>,
}

impl Folded {
    pub(super) fn new(original: &str) -> Self {
        let (mut text, mut places) = (String::with_capacity(original.len()), Vec::new());
        each(original, |at, char| {
            let end = at + original[at..].chars().next().map_or(0, char::len_utf8);
            places.push((text.len(), at, end));
            text.push(char);
        });
        Self { text, places }
    }

    /// Where a part of `text`, which is not empty, begins and ends in the original.
    pub(super) fn origin(&self, start: usize, end: usize) -> (usize, usize) {
        let index = |at: usize| self.places.partition_point(|(place, ..)| *place <= at).saturating_sub(1);
        (self.places[index(start)].1, self.places[index(end - 1)].2)
    }
}

/// Hands out what is left of each character, and where that begins in `text`.
fn each(text: &str, mut take: impl FnMut(usize, char)) {
    let mut after_space = true;
    let mut put = |at, char: char| {
        let space = char.is_whitespace();
        if !(space && after_space) {
            take(at, if space { ' ' } else { char });
        }
        after_space = space;
    };
    for (at, char) in text.char_indices() {
        if char.is_ascii() {
            if !is_silent(char) {
                put(at, char.to_ascii_lowercase());
            }
            continue;
        }
        for part in std::iter::once(char).nfkd().filter(|part| !is_silent(*part)) {
            for lower in part.to_lowercase() {
                // The same letter at the end of a Greek word.
                put(at, if lower == 'ς' { 'σ' } else { lower });
            }
        }
    }
}

/// Accents on their own, and what nobody sees.
fn is_silent(char: char) -> bool {
    (char.is_control() && !char.is_whitespace())
        || matches!(char, '\u{300}'..='\u{36f}' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_reads_alike_is_alike() {
        for (one, other) in [
            ("Café", "CAFE\u{301}"),
            ("ﬁne", "FINE"),
            ("ＡＢＣ", "abc"),
            ("회의", "\u{1112}\u{116c}\u{110b}\u{1174}"),
            ("ΟΔΟΣ", "οδος"),
            ("Straße", "STRAßE"),
            ("a\u{200b}b\u{ad}c", "abc"),
            (" two\n\t words ", "two words "),
            ("❤\u{fe0f}", "❤"),
            ("\u{0}nul", "nul"),
        ] {
            assert_eq!(fold(one), fold(other));
        }
        assert_ne!(fold("회의"), fold("회사"));
        assert!(fold("민아").starts_with(&fold("미")), "half typed");
    }

    #[test]
    fn a_part_is_found_again_in_what_it_came_from() {
        let text = "  Das  CAFÉ\u{301} in 민아 Straße";
        let folded = Folded::new(text);
        assert_eq!(folded.text, fold(text));
        let origin = |part: &str| {
            let start = folded.text.find(&fold(part)).expect("it is in there");
            let (from, to) = folded.origin(start, start + fold(part).len());
            &text[from..to]
        };
        assert_eq!(origin("cafe"), "CAFÉ");
        assert_eq!(origin("das cafe"), "Das  CAFÉ");
        assert_eq!(origin("미"), "민", "a part of a syllable is shown as all of it");
        assert_eq!(origin("straße"), "Straße");
    }
}
