//! What is shown of a message that was found: a line around the first thing in it that was looked for.

use unicode_segmentation::UnicodeSegmentation;

use super::{Query, fold::Folded};
use crate::wire::ExcerptPart;

/// How long it gets, in characters as people count them: two lines.
const LENGTH: usize = 160;

/// How much of that stands before what was found.
const BEFORE: usize = 40;

/// One character as people count them may be thousands of marks; no more than this of it, in bytes.
const CHARACTER: usize = 64;

/// Places that are marked at most: more than fit.
const MARKS: usize = LENGTH;

/// A part of a text around what was looked for, with all of that in it marked.
pub(crate) fn excerpt(text: &str, query: &Query) -> Vec<ExcerptPart> {
    let marks = marks(text, query);
    let first = marks.first().map_or(0, |(start, _)| *start);
    let characters: Vec<(usize, &str)> = text.grapheme_indices(true).collect();
    // The character that what was found begins in.
    let found = characters.partition_point(|(at, _)| *at <= first).saturating_sub(1);
    let mut from = found.saturating_sub(BEFORE);
    if from > 0 {
        // From the beginning of a word, where there is one.
        let blank = |at: &usize| characters[*at].1.trim().is_empty();
        from = (from..found).find(blank).map_or(from, |at| at + 1);
    }
    let to = (from + LENGTH).min(characters.len());
    let mut parts = Parts::default();
    if from > 0 {
        parts.push("…", false);
    }
    for (at, character) in &characters[from..to] {
        let end = at + character.len();
        let marked = marks.iter().any(|(start, stop)| *start < end && at < stop);
        parts.push(if character.trim().is_empty() { " " } else { short(character) }, marked);
    }
    if to < characters.len() {
        parts.push("…", false);
    }
    parts.0
}

/// Where in a text something is that was looked for, in order and apart from each other.
fn marks(text: &str, query: &Query) -> Vec<(usize, usize)> {
    let folded = Folded::new(text);
    let found = |term: &String| {
        let places = folded.text.match_indices(term.as_str()).take(MARKS);
        places.map(|(at, term)| folded.origin(at, at + term.len())).collect::<Vec<_>>()
    };
    let mut marks: Vec<_> = query.terms().iter().flat_map(found).collect();
    marks.sort_unstable();
    marks
}

fn short(character: &str) -> &str {
    &character[..character.floor_char_boundary(CHARACTER)]
}

/// Parts in a row, those that are alike put together.
#[derive(Default)]
struct Parts(Vec<ExcerptPart>);

impl Parts {
    fn push(&mut self, text: &str, marked: bool) {
        match self.0.last_mut() {
            Some(last) if last.text.ends_with(' ') && text == " " => {}
            Some(last) if last.marked == marked => last.text.push_str(text),
            _ => self.0.push(ExcerptPart { text: text.to_owned(), marked }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An excerpt with its marks in brackets.
    fn shown(text: &str, typed: &str) -> String {
        let query = Query::parse(typed).expect("it asks for something");
        let part = |part: ExcerptPart| if part.marked { format!("[{}]", part.text) } else { part.text };
        excerpt(text, &query).into_iter().map(part).collect()
    }

    #[test]
    fn what_was_looked_for_is_marked_as_it_stands_there() {
        assert_eq!(shown("Meet at the CAFÉ, café!", "cafe"), "Meet at the [CAFÉ], [café]!");
        assert_eq!(shown("오늘 회의는 세 시", "회의"), "오늘 [회의]는 세 시");
        assert_eq!(shown("one two three", "three one"), "[one] two [three]");
        assert_eq!(shown("aaaa", "aa"), "[aaaa]");
        assert_eq!(shown("line one\n\n  line two", "two"), "line one line [two]");
        assert_eq!(shown("said by her", "from:mina"), "said by her");
        assert_eq!(shown("👩‍🚀 up", "👩"), "[👩‍🚀] up", "a character is one");
    }

    #[test]
    fn of_a_long_message_a_line_is_shown() {
        let text = format!("{} needle {}", "hay ".repeat(200), "straw ".repeat(200));
        let shown = shown(&text, "needle");
        assert!(shown.starts_with("…hay hay") && shown.contains("hay [needle] straw") && shown.ends_with('…'));
        assert!(shown.chars().count() < LENGTH + 10, "{shown}");
    }

    #[test]
    fn no_character_is_enormous() {
        let text = format!("x{} needle", "\u{489}".repeat(5_000));
        assert!(shown(&text, "needle").len() < 200);
    }
}
