//! Names of people and rooms, as they were wanted and as they are shown.

use unicode_normalization::UnicodeNormalization;
use unicode_properties::UnicodeEmoji;
use unicode_segmentation::UnicodeSegmentation;

/// Code points one character of a name may be made of. The longest emoji take ten; a letter that a hundred
/// marks are piled on would be drawn over the lines around it.
const PARTS: usize = 12;

/// One line, trimmed, with nothing in it that isn't seen: no control characters, no marks that turn around
/// the text behind them, nothing that only tells one name from another that looks the same.
pub(crate) fn clean_name(wanted: &str) -> String {
    let spaced: String =
        wanted.chars().map(|char| if char.is_whitespace() || is_blank(char) { ' ' } else { char }).collect();
    let shown: String = spaced.graphemes(true).map(clean_character).collect();
    shown.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// A room's name as it is shown; `None` where nothing of it is to be seen, or it has more characters than `most`.
pub(crate) fn room_name(wanted: &str, most: u32) -> Option<String> {
    Some(clean_name(wanted)).filter(|name| !name.is_empty() && length(name) <= most as usize)
}

/// One character of a name, without its unseen parts.
fn clean_character(character: &str) -> String {
    let parts = character.chars().filter(|char| !char.is_control()).take(PARTS);
    if shows_emoji(character) {
        // What is unseen in an emoji joins it, colours it, or says whose flag it is.
        return parts.filter(|char| !is_unseen(*char) || holds_emoji(*char)).collect();
    }
    // In Persian and in the scripts of India the joiners are how a word is spelled.
    let spelled = character.starts_with(|first| ('\u{600}'..='\u{dff}').contains(&first));
    parts.filter(|char| !is_unseen(*char) || (spelled && matches!(char, '\u{200c}' | '\u{200d}'))).collect()
}

/// What two names have in common that nobody can tell apart, or would call by the same name.
pub(crate) fn folded(name: &str) -> String {
    let folded: String = name.nfkc().filter(|char| !is_unseen(*char)).flat_map(char::to_lowercase).collect();
    // Lowercase letters may be composed anew.
    folded.nfkc().collect()
}

/// Whether there is nothing to be seen of a text.
pub(crate) fn shows_nothing(text: &str) -> bool {
    text.chars().all(|char| char.is_whitespace() || char.is_control() || is_blank(char) || is_unseen(char))
}

/// How long a name is, in characters as people count them.
pub(crate) fn length(name: &str) -> usize {
    name.graphemes(true).count()
}

/// Whether a character is seen as an emoji, and not as the digit or sign it may stand for.
fn shows_emoji(character: &str) -> bool {
    character.chars().any(|char| !char.is_ascii() && char.is_emoji_char()) || character.ends_with('\u{20e3}')
}

/// The joiner, the two variation selectors that choose between picture and text, and the tags of a flag.
fn holds_emoji(char: char) -> bool {
    matches!(char, '\u{200d}' | '\u{fe0e}' | '\u{fe0f}' | '\u{e0020}'..='\u{e007f}')
}

/// Drawn as nothing but room.
fn is_blank(char: char) -> bool {
    matches!(char, '\u{115f}' | '\u{1160}' | '\u{2800}' | '\u{3164}' | '\u{ffa0}')
}

/// Drawn as nothing: what Unicode calls ignorable by default, and what is no character at all.
fn is_unseen(char: char) -> bool {
    matches!(
        char,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{17b4}'
            | '\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_one_line_with_nothing_unseen() {
        assert_eq!(clean_name("  Mina \n\t Kim "), "Mina Kim");
        assert_eq!(clean_name("a\u{202e}b\u{0007}c\u{2066}"), "abc");
        assert_eq!(clean_name(" \u{3000}\n\u{2800}\u{3164}"), "");
        for unseen in ["\u{200b}", "\u{200d}", "\u{fe0f}", "\u{e0061}", "\u{34f}", "\u{2062}", "\u{ad}", "\u{61c}"] {
            assert_eq!(clean_name(&format!("Mi{unseen}na{unseen}")), "Mina", "{}", unseen.escape_unicode());
            assert_eq!(clean_name(unseen), "", "{}", unseen.escape_unicode());
        }
    }

    #[test]
    fn a_text_shows_nothing_until_something_of_it_is_seen() {
        for text in ["", " \n\t", "\0", "\u{200b}\u{202e}", "\u{2800}\u{3164}", "\u{feff}\u{ad} "] {
            assert!(shows_nothing(text), "{}", text.escape_unicode());
        }
        for text in [".", "\0a", "ㅋ", "❤\u{fe0f}", "می\u{200c}نا"] {
            assert!(!shows_nothing(text), "{}", text.escape_unicode());
        }
    }

    #[test]
    fn emoji_and_joined_words_stay_whole() {
        for name in ["👩‍🚀 민아", "❤️", "می\u{200c}نا", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🧑🏿‍❤️‍💋‍🧑🏻", "1️⃣"]
        {
            assert_eq!(clean_name(name), name);
        }
    }

    #[test]
    fn marks_that_pile_up_are_few() {
        let piled = format!("Z{}", "\u{301}".repeat(10_000));
        assert_eq!(clean_name(&piled).chars().count(), PARTS);
    }

    #[test]
    fn names_that_look_or_sound_the_same_are_the_same() {
        for (one, other) in [
            ("Mina", "mina"),
            ("Ｍｉｎａ", "MINA"),
            ("민아", "\u{1106}\u{1175}\u{11ab}\u{110b}\u{1161}"),
            ("Mina", "Mi\u{200d}na"),
        ] {
            assert_eq!(folded(one), folded(other), "{one} and {other}");
        }
        assert_ne!(folded("Mina"), folded("Mina 2"));
    }
}
