//! No message and no name can run code or break the page.

use std::fs;

use serde::Deserialize;
use snug_tests::{Browser, Person, TestRelay};

/// A message made to do harm, as it stands in `fixtures/hostile.json`. The page's unit tests read the same.
#[derive(Deserialize)]
struct Hostile {
    name: String,
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

impl Hostile {
    fn whole(&self) -> String {
        format!("{}{}{}", self.begin, self.text.repeat(self.times), self.end)
    }

    /// What is to be seen, without what is laid out rather than written.
    fn visible(&self, text: &str) -> String {
        text.chars().filter(|c| !c.is_whitespace() && !self.marks.contains(*c)).collect()
    }
}

fn corpus() -> Vec<Hostile> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/hostile.json");
    serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap()
}

/// More than the usual, for ten thousand marks of two bytes each.
const TEXT_BYTES: u32 = 32 * 1024;

#[tokio::test]
async fn hostile_messages_and_names_are_only_text() {
    let relay = TestRelay::with(|limits| {
        limits.text_bytes = TEXT_BYTES;
        limits.frame_bytes = 8 * TEXT_BYTES as usize;
    })
    .await;
    let browser = Browser::start().await.unwrap();
    let mina = browser.person_with("en-US", 390, 844).await.unwrap();
    mina.joins(&relay.link(), "Mina").await.unwrap();
    let mut vandal = relay.join("Vandal").await;
    for hostile in corpus() {
        let (text, context) = (hostile.whole(), &hostile.name);
        let name: String = text.chars().filter(|c| !c.is_control()).take(40).collect();
        vandal.renames(&name).await;
        vandal.says(&text).await;
        vandal.says(&format!("that was {context}")).await;
        mina.until_true(context, &format!("return {TEXTS}.at(-1) === 'that was {context}'")).await.unwrap();
        let shown = mina.run(&format!("return {TEXTS}.at(-2)")).await.unwrap();
        let expected = hostile.shown.as_deref().unwrap_or(&text);
        assert_eq!(hostile.visible(shown.as_str().unwrap()), hostile.visible(expected), "{context}");
        nothing_ran(&mina, context).await;
    }
}

/// What no relay passes on, since it isn't text, and what a page can be made to send all the same.
#[tokio::test]
async fn broken_surrogates_are_mended_before_they_are_sent() {
    let relay = TestRelay::start().await;
    let browser = Browser::start().await.unwrap();
    let mina = browser.person().await.unwrap();
    let mut jun = relay.join("Jun").await;
    mina.joins(&relay.link(), "Mina").await.unwrap();
    mina.run(
        "const field = document.querySelector(\"[data-testid='composer']\");
         field.value = 'half \\ud83d of one';
         field.dispatchEvent(new InputEvent('input', { bubbles: true }));
         return null",
    )
    .await
    .unwrap();
    mina.click("send").await.unwrap();
    jun.hears("Mina", "half \u{fffd} of one").await;
    mina.shows_message("Mina", "half \u{fffd} of one").await.unwrap();
}

const TEXTS: &str = "[...document.querySelectorAll(\"[data-testid='message-text']\")].map((it) => it.textContent)";

async fn nothing_ran(mina: &Person, context: &str) {
    assert_eq!(mina.run("return window.ran ?? null").await.unwrap(), serde_json::Value::Null, "{context}");
    assert_eq!(mina.complaints().await.unwrap(), [""; 0], "{context}");
    let foreign = "return [...document.querySelectorAll(
        '.text :not(p, strong, em, del, code, pre, span, blockquote, ul, ol, li, a, bdi)')]
        .map((it) => it.outerHTML)";
    assert_eq!(mina.run(foreign).await.unwrap(), serde_json::json!([]), "{context}");
    let attributes = "return [...document.querySelectorAll('.text *')].flatMap((it) => it.getAttributeNames())
        .filter((it) => it.startsWith('on') || it === 'src' || it === 'style')";
    assert_eq!(mina.run(attributes).await.unwrap(), serde_json::json!([]), "{context}");
    let links = mina
        .run("return [...document.querySelectorAll('.text a')].map((a) => [a.protocol, a.target, a.rel, a.origin])")
        .await
        .unwrap();
    let own = mina.run("return location.origin").await.unwrap();
    for link in links.as_array().unwrap() {
        assert!(["http:", "https:", "mailto:"].iter().any(|protocol| link[0] == *protocol), "{context}: {link}");
        assert_eq!(link[1], "_blank", "{context}");
        assert_eq!(link[2], "noopener noreferrer", "{context}");
        assert_ne!(link[3], own, "{context}");
    }
    // Neither the page nor the log, which would scroll for itself.
    let wider = "const log = document.querySelector(\"[data-testid='log']\");
        return [document.documentElement.scrollWidth - innerWidth, log.scrollWidth - log.clientWidth]
            .some((over) => over > 0)";
    assert_eq!(mina.run(wider).await.unwrap(), false, "{context}: wider than the screen");
}
