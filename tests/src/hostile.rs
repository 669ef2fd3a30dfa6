//! Messages made to do harm, and what none of them may do to a page.

use std::fs;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::Page;

/// The text of every message in sight, for scripts.
pub const TEXTS: &str = "[...document.querySelectorAll(\"[data-testid='message-text']\")].map((it) => it.textContent)";

/// A message made to do harm, as it stands in `fixtures/hostile.json`. The page's unit tests read the same.
#[derive(Debug, Deserialize)]
pub struct Hostile {
    /// What it is.
    pub name: String,
    #[serde(default)]
    begin: String,
    text: String,
    #[serde(default = "once")]
    times: usize,
    #[serde(default)]
    end: String,
    /// What is to be read of it, where some of it is markup.
    shown: Option<String>,
    /// The characters in it that may be markup: what is shown is compared without them.
    #[serde(rename = "shownWithout", default)]
    marks: String,
}

fn once() -> usize {
    1
}

/// All there are.
///
/// # Panics
/// When the file is not what it should be.
pub fn corpus() -> Vec<Hostile> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/hostile.json");
    serde_json::from_str(&fs::read_to_string(file).expect("the corpus is there")).expect("the corpus can be read")
}

impl Hostile {
    /// All of it.
    pub fn whole(&self) -> String {
        self.repeated(self.times)
    }

    /// As much of it as a name of a person's or a room's may have; it may be none.
    pub fn as_name(&self) -> String {
        self.whole().chars().filter(|char| !char.is_control()).take(40).collect()
    }

    /// What a file may be called, and far too long for one.
    pub fn as_file_name(&self) -> String {
        format!("{}.txt", self.repeated(self.times.min(2000)))
    }

    fn repeated(&self, times: usize) -> String {
        format!("{}{}{}", self.begin, self.text.repeat(times), self.end)
    }

    /// Fails unless what is `shown` of `said` is all there is to be seen of it.
    ///
    /// # Panics
    /// When it isn't.
    pub fn expect_shown(&self, said: &str, shown: &str) {
        let expected = self.shown.as_deref().unwrap_or(said);
        assert_eq!(self.visible(shown), self.visible(expected), "{}", self.name);
    }

    /// What is to be seen, without what is laid out rather than written.
    fn visible(&self, text: &str) -> String {
        text.chars().filter(|c| !c.is_whitespace() && !self.marks.contains(*c)).collect()
    }
}

/// Fails if anything that was said has run, loads something, leads where it shouldn't, or doesn't fit.
///
/// # Panics
/// When it has.
pub async fn nothing_ran(page: &Page, context: &str) {
    let ask = async |script: &str| page.run(script).await.expect("the page is there");
    assert_eq!(ask("return window.ran ?? null").await, Value::Null, "{context}");
    let foreign = "return [...document.querySelectorAll(
        '.text :not(p, strong, em, del, code, pre, span, blockquote, ul, ol, li, a, bdi, wbr, .code-block, .code-copy, \
         .code-copy *)')]
        .map((it) => it.outerHTML)";
    assert_eq!(ask(foreign).await, json!([]), "{context}");
    let attributes = "return [...document.querySelectorAll('.text *')].flatMap((it) => it.getAttributeNames())
        .filter((it) => it.startsWith('on') || it === 'src' || it === 'style')";
    assert_eq!(ask(attributes).await, json!([]), "{context}");
    let links =
        ask("return [...document.querySelectorAll('.text a')].map((a) => [a.protocol, a.target, a.rel, a.origin])")
            .await;
    let own = ask("return location.origin").await;
    for link in links.as_array().expect("a list") {
        assert!(["http:", "https:"].iter().any(|protocol| link[0] == *protocol), "{context}: {link}");
        assert_eq!(link[1], "_blank", "{context}");
        assert_eq!(link[2], "noopener noreferrer", "{context}");
        assert_ne!(link[3], own, "{context}");
    }
    // Neither the page nor the log, which would scroll for itself.
    let wider = "const log = document.querySelector(\"[data-testid='log']\");
        return [document.documentElement.scrollWidth - innerWidth, log.scrollWidth - log.clientWidth]
            .some((over) => over > 0)";
    assert_eq!(ask(wider).await, false, "{context}: wider than the screen");
}

/// Fails if a name takes more than its place: turns around what stands beside it, makes its file's card taller than
/// others, hides how a file ends, or covers what the room is used by.
///
/// # Panics
/// When one does.
pub async fn names_stay_in_their_place(page: &Page, context: &str) {
    let ask = async |script: &str| page.run(script).await.expect("the page is there");
    // Whatever turns text around stands between marks that hold it, or in an element of its own that does.
    let turning = "const turns = /[\\u0590-\\u08ff\\u202a-\\u202e\\u2066\\u2067\\ufb1d-\\ufdff\\ufe70-\\ufefc]/;
        const all = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        const said = [...document.querySelectorAll('button')].flatMap((it) => [it.title, it.ariaLabel ?? '']);
        for (let it = all.nextNode(); it; it = all.nextNode()) {
            if (it.parentElement.closest('bdi, [dir=auto], .avatar, script')) continue;
            said.push(it.data);
        }
        return said.filter((it) => turns.test(it.replace(/\\u2068[^\\u2069]*\\u2069/g, '')))";
    assert_eq!(ask(turning).await, json!([]), "{context}: loose");
    let cards = "const cards = [...document.querySelectorAll('[data-testid=file-card]')];
        const name = cards.at(-1)?.querySelector('[data-testid=file-name]');
        const { left, right } = name?.getBoundingClientRect() ?? { left: NaN, right: NaN };
        return [new Set(cards.map((it) => it.offsetHeight)).size <= 1,
            !name || name.textContent.endsWith('.txt'), !name || (left >= 0 && right <= innerWidth)]";
    assert_eq!(ask(cards).await, json!([true, true, true]), "{context}: the file's card");
    let covered = "const used = ['composer', 'emoji-button', 'attach', 'send', 'search-open', 'invite-open', 'settings', 'leave'];
        return used.filter((testid) => {
            const it = document.querySelector(`[data-testid=${testid}]`);
            if (!it) return testid;
            const { left, top, width, height } = it.getBoundingClientRect();
            const there = document.elementFromPoint(left + width / 2, top + height / 2);
            return width < 24 || height < 24 || there === null || !(it.contains(there) || there.contains(it) && there.matches('label'));
        })";
    assert_eq!(ask(covered).await, json!([]), "{context}: out of reach");
}
