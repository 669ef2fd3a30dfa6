//! What somebody looks for, from what they typed: words, `"phrases"`, and `from:` somebody.

use super::fold::fold;

/// Words in one query at most; more make nothing clearer.
const TERMS: usize = 12;

/// A query that asks for something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Query {
    /// Each of them has to be in the message, folded.
    terms: Vec<String>,
    /// Each of them has to be in its author's name, folded.
    from: Vec<String>,
}

impl Query {
    /// Reads what was typed; `None` when it asks for nothing. Whatever it is, it is words: there is no way
    /// to write it wrongly.
    pub(crate) fn parse(typed: &str) -> Option<Self> {
        let mut query = Self { terms: Vec::new(), from: Vec::new() };
        let mut rest = typed.trim_start();
        while !rest.is_empty() {
            let after = rest.get(.."from:".len()).filter(|word| word.eq_ignore_ascii_case("from:"));
            let (word, next) = word(if after.is_some() { &rest["from:".len()..] } else { rest });
            let folded = fold(word).trim().to_owned();
            let into = if after.is_some() { &mut query.from } else { &mut query.terms };
            if !folded.is_empty() && into.len() < TERMS && !into.contains(&folded) {
                into.push(folded);
            }
            rest = next.trim_start();
        }
        (!query.terms.is_empty() || !query.from.is_empty()).then_some(query)
    }

    /// What the message has to have in it.
    pub(crate) fn terms(&self) -> &[String] {
        &self.terms
    }

    /// Whether a message of this text and author, both folded, is asked for.
    pub(crate) fn fits(&self, text: &str, author: &str) -> bool {
        self.terms.iter().all(|term| text.contains(term)) && self.from.iter().all(|name| author.contains(name))
    }

    /// The same as an expression of FTS5 over single trigrams, as many as narrow it down; `None` when no word
    /// has three characters.
    pub(crate) fn trigrams(&self) -> Option<String> {
        const MOST: usize = 24;
        let mut trigrams: Vec<String> = Vec::new();
        for term in &self.terms {
            let chars: Vec<char> = term.chars().collect();
            for trigram in chars.windows(3) {
                let trigram: String = trigram.iter().collect();
                if trigrams.len() < MOST && !trigrams.contains(&trigram) {
                    trigrams.push(trigram);
                }
            }
        }
        let quoted = trigrams.iter().map(|trigram| format!("\"{}\"", trigram.replace('"', "\"\"")));
        (!trigrams.is_empty()).then(|| quoted.collect::<Vec<_>>().join(" AND "))
    }
}

/// The first word or phrase, and what is behind it.
fn word(typed: &str) -> (&str, &str) {
    let quote = |char| matches!(char, '"' | '“' | '”' | '„');
    if typed.starts_with(quote) {
        let inside = &typed[typed.chars().next().map_or(0, char::len_utf8)..];
        // A phrase that isn't ended yet goes on to the end.
        return inside.split_once(quote).unwrap_or((inside, ""));
    }
    typed.split_at(typed.find(char::is_whitespace).unwrap_or(typed.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(typed: &str) -> (Vec<String>, Vec<String>) {
        Query::parse(typed).map(|query| (query.terms, query.from)).unwrap_or_default()
    }

    #[test]
    fn words_phrases_and_names() {
        let words = |words: &[&str]| words.iter().map(|word| fold(word)).collect::<Vec<_>>();
        assert_eq!(parsed("  Hello   WORLD hello "), (words(&["hello", "world"]), vec![]));
        assert_eq!(parsed("\"two words\" three"), (words(&["two words", "three"]), vec![]));
        assert_eq!(parsed("“두 단어” \"not ended"), (words(&["두 단어", "not ended"]), vec![]));
        assert_eq!(parsed("From:Mina from:\"Jun Park\" x"), (words(&["x"]), words(&["mina", "jun park"])));
        assert_eq!(parsed("x-from:y a\"b"), (words(&["x-from:y", "a\"b"]), vec![]));
        for nothing in ["", "  ", "\"", "\"\"", "from:", "\u{200b}", "\u{301}"] {
            assert_eq!(Query::parse(nothing), None, "{nothing:?}");
        }
    }

    #[test]
    fn whatever_is_typed_is_quoted_for_the_index() {
        let trigrams = |typed| Query::parse(typed).and_then(|query| query.trigrams());
        assert_eq!(trigrams("abcd").as_deref(), Some("\"abc\" AND \"bcd\""));
        assert_eq!(trigrams("a\"b*").as_deref(), Some("\"a\"\"b\" AND \"\"\"b*\""));
        assert_eq!(trigrams("ab 会议 from:mina"), None, "too short for it");
        assert_eq!(trigrams("회의").map(|expression| expression.matches("AND").count()), Some(1));
    }
}
