//! Messages made to do harm, and what none of them may do to a page.

use std::fs;

use anyhow::Result;
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

    /// As much of it as a room takes that takes so many bytes; `None` where that would be something else.
    pub fn fitting(&self, bytes: usize) -> Option<String> {
        let whole = self.whole();
        if whole.len() <= bytes {
            return Some(whole);
        }
        let times = (bytes - self.begin.len() - self.end.len()) / self.text.len();
        (self.shown.is_none() && times > 1).then(|| self.repeated(times))
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

/// Puts this into a field as a script can and no keyboard: `literal` is the inside of a string of JavaScript's.
///
/// # Errors
/// When there is no such field.
pub async fn forces(page: &Page, testid: &str, literal: &str) -> Result<()> {
    let field = page.find(testid).await?;
    let script = format!(
        "const [field, done] = arguments; field.value = '{literal}';
         field.dispatchEvent(new InputEvent('input', {{ bubbles: true }})); done(null)"
    );
    page.ask(&script, vec![serde_json::to_value(&field)?]).await.map(drop)
}

/// Fails if anything that was said has run, loads something, leads where it shouldn't, or doesn't fit.
///
/// # Panics
/// When it has.
pub async fn nothing_ran(page: &Page, context: &str) {
    let ask = async |script: &str| page.run(script).await.expect("the page is there");
    assert_eq!(ask("return window.ran ?? null").await, Value::Null, "{context}");
    let foreign = "return [...document.querySelectorAll(
        '.text :not(p, strong, em, del, code, pre, span, blockquote, ul, ol, li, a, bdi)')]
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
