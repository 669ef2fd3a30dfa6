//! The page, as somebody sits before it: in Chromium and in the app's window alike.

use std::{env, fs, ops::AsyncFnMut, path::Path, time::Duration};

use anyhow::{Context, Result};
use fantoccini::{Client, Locator, elements::Element, key::Key};
use serde_json::{Value, json};
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};

use crate::{
    DEADLINE,
    axe::PICTURES,
    devtools::{DevTools, NARROWEST_WINDOW},
};

/// How often a condition is looked at again.
const AGAIN: Duration = Duration::from_millis(25);

/// One window. Elements are found by their `data-testid`.
pub struct Page {
    client: Client,
}

impl Page {
    /// The page that a WebDriver session shows.
    pub fn new(client: Client) -> Self {
        Self { client }
    }

    /// The WebDriver session.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The element, as soon as it is there.
    ///
    /// # Errors
    /// When it doesn't come; says what the window shows instead.
    pub async fn find(&self, testid: &str) -> Result<Element> {
        let css = format!("[data-testid='{testid}']");
        let found = until(testid, async || self.client.find(Locator::Css(&css)).await.ok()).await;
        self.or_what_it_shows(found).await
    }

    /// Whether it is there now.
    ///
    /// # Errors
    /// When the window is gone.
    pub async fn has(&self, testid: &str) -> Result<bool> {
        Ok(!self.client.find_all(Locator::Css(&format!("[data-testid='{testid}']"))).await?.is_empty())
    }

    /// Its text.
    ///
    /// # Errors
    /// As for [`find`](Self::find).
    pub async fn text(&self, testid: &str) -> Result<String> {
        // Of what is still fading in, a driver says that there is nothing to be seen.
        Ok(self.at_rest(testid).await?.text().await?)
    }

    /// An attribute of it.
    ///
    /// # Errors
    /// As for [`find`](Self::find), and when it has no such attribute.
    pub async fn attribute(&self, testid: &str, name: &str) -> Result<String> {
        let value = self.find(testid).await?.attr(name).await?;
        value.with_context(|| format!("{testid} has no {name}"))
    }

    /// What stands in a field.
    ///
    /// # Errors
    /// As for [`find`](Self::find).
    pub async fn value(&self, testid: &str) -> Result<String> {
        Ok(self.find(testid).await?.prop("value").await?.unwrap_or_default())
    }

    /// Clicks it.
    ///
    /// # Errors
    /// As for [`find`](Self::find), and when something is in front of it.
    pub async fn click(&self, testid: &str) -> Result<()> {
        // A driver looks where it is and presses there, and what is on its way is elsewhere by then.
        let element = self.at_rest(testid).await?;
        Ok(timeout(DEADLINE, element.click()).await.with_context(|| format!("the click on {testid} isn't over"))??)
    }

    /// The element, once it neither fades in nor moves: it is where it was at the look before.
    pub(crate) async fn at_rest(&self, testid: &str) -> Result<Element> {
        self.find(testid).await?;
        let settled = format!(
            "const it = document.querySelector(\"[data-testid='{testid}']\");
             if (it === null) return false;
             const {{ x, y }} = it.getBoundingClientRect();
             const before = it.restsAt;
             it.restsAt = `${{x}} ${{y}}`;
             return it.restsAt === before && document.getAnimations().every(({{ playState, effect }}) =>
                playState !== 'running' || effect.getComputedTiming().endTime === Infinity
                    || !effect.target?.contains(it))"
        );
        self.until_true(&format!("{testid} to have come to rest"), &settled).await?;
        self.find(testid).await
    }

    /// Types into it, in place of what stands there. WebDriver's own way to clear a field tells the page nothing, so a
    /// page that renders just then would put the old text back; and what is selected in a tab that nobody looks at stays.
    ///
    /// # Errors
    /// As for [`find`](Self::find).
    pub async fn type_into(&self, testid: &str, text: &str) -> Result<()> {
        self.forces(testid, "").await?;
        Ok(self.find(testid).await?.send_keys(text).await?)
    }

    /// Puts this into it at once, as a script can and no keyboard: `literal` is the inside of a string of JavaScript's.
    ///
    /// # Errors
    /// As for [`find`](Self::find).
    pub async fn forces(&self, testid: &str, literal: &str) -> Result<()> {
        let field = self.find(testid).await?;
        let script = format!(
            "const [field] = arguments; field.value = '{literal}';
             field.dispatchEvent(new InputEvent('input', {{ bubbles: true }})); return null"
        );
        self.client.execute(&script, vec![serde_json::to_value(&field)?]).await?;
        Ok(())
    }

    /// Presses a key, wherever the focus is.
    ///
    /// # Errors
    /// When the window is gone.
    pub async fn press(&self, key: Key) -> Result<()> {
        Ok(self.client.active_element().await?.send_keys(&key.to_string()).await?)
    }

    /// Says something in the room, by typing it and pressing Enter.
    ///
    /// # Errors
    /// When there is no room to say it in.
    pub async fn says(&self, text: &str) -> Result<()> {
        self.find("composer").await?.send_keys(text).await?;
        self.press(Key::Enter).await
    }

    /// Chooses files, as with the paper clip.
    ///
    /// # Errors
    /// When there is no room to send them to.
    pub async fn attaches(&self, files: &[&Path]) -> Result<()> {
        let paths: Vec<_> = files.iter().map(|path| path.to_string_lossy()).collect();
        Ok(self.find("file-input").await?.send_keys(&paths.join("\n")).await?)
    }

    /// Waits until the log shows this, as sent: in its place, and not still on its way. Rows after the
    /// first of the same author name nobody; the author is the one named last.
    ///
    /// # Errors
    /// When it doesn't come; says what the window shows instead.
    pub async fn shows_message(&self, author: &str, text: &str) -> Result<()> {
        let wanted = json!([author, text, "sent"]);
        let what = format!("{author}: {text}");
        let found = until(&what, async || self.messages().await.ok()?.contains(&wanted).then_some(())).await;
        self.or_what_it_shows(found).await
    }

    /// What the log shows now: `[author, text, state]` for each message.
    ///
    /// # Errors
    /// When the window is gone.
    pub async fn messages(&self) -> Result<Vec<Value>> {
        let script = "let author = '';
            const text = (row, id) => row.querySelector(`[data-testid='${id}']`)?.textContent;
            return [...document.querySelectorAll(\"[data-testid='message']\")].map((row) => {
                author = text(row, 'message-author') ?? author;
                return [author, text(row, 'message-text') ?? '', row.dataset.state ?? ''];
            })";
        let rows = self.client.execute(script, Vec::new()).await?;
        Ok(rows.as_array().context("an array")?.clone())
    }

    /// Waits until it has exactly this text.
    ///
    /// # Errors
    /// When it never does; says what the window shows instead.
    pub async fn until_text(&self, testid: &str, text: &str) -> Result<()> {
        let text = json!(text);
        let script = format!("return document.querySelector(\"[data-testid='{testid}']\")?.textContent === {text}");
        self.until_true(&format!("{testid} to be {text}"), &script).await
    }

    /// Waits until a connection is in this state: `online`, `connecting`, `offline` or `refused`.
    ///
    /// # Errors
    /// When it never is; says what the window shows instead.
    pub async fn until_connection(&self, state: &str) -> Result<()> {
        let script =
            format!("return document.querySelector(\"[data-testid='connection-state']\")?.dataset.state === '{state}'");
        self.until_true(&format!("the connection to be {state}"), &script).await
    }

    /// Lets no message out any more; everything else goes on, and the page itself can still be loaded.
    ///
    /// # Errors
    /// When the window is gone.
    pub async fn gets_nothing_out(&self) -> Result<()> {
        self.run(
            "const send = WebSocket.prototype.send;
             WebSocket.prototype.send = function (text) { if (!text.includes('new_message')) send.call(this, text) };
             return null",
        )
        .await?;
        Ok(())
    }

    /// Waits until a script returns true.
    ///
    /// # Errors
    /// When it never does; says what the window shows instead.
    pub async fn until_true(&self, what: &str, script: &str) -> Result<()> {
        let yes = async || (self.client.execute(script, Vec::new()).await.ok()? == true).then_some(());
        let found = until(what, yes).await;
        self.or_what_it_shows(found).await
    }

    /// What a script returns.
    ///
    /// # Errors
    /// When it throws, or the window is gone.
    pub async fn run(&self, script: &str) -> Result<Value> {
        Ok(self.client.execute(script, Vec::new()).await?)
    }

    /// Runs a script in the page; it calls its last argument with the answer.
    ///
    /// # Errors
    /// When it throws or never answers.
    pub async fn ask(&self, script: &str, arguments: Vec<Value>) -> Result<Value> {
        Ok(timeout(DEADLINE, self.client.execute_async(script, arguments)).await.context("no answer")??)
    }

    /// Where the page is.
    ///
    /// # Errors
    /// When the window is gone.
    pub async fn address(&self) -> Result<String> {
        let href = self.run("return location.href").await?;
        Ok(href.as_str().context("an address is text")?.to_owned())
    }

    /// Loads the page anew.
    ///
    /// # Errors
    /// When the window is gone.
    pub async fn reload(&self) -> Result<()> {
        Ok(self.client.refresh().await?)
    }

    /// Has the window this large inside. In Chromium, what is narrower than a window gets is a phone, touched instead
    /// of pointed at.
    ///
    /// # Errors
    /// When the window is gone, or stays as it is.
    pub async fn is_sized(&self, width: u32, height: u32) -> Result<()> {
        if self.client.capabilities().is_some_and(|has| has.get("goog:chromeOptions").is_some()) {
            let phone = width < NARROWEST_WINDOW;
            // As fine as on a phone where somebody looks at it; four times as quick where nobody does.
            let factor = if phone && env::var_os(PICTURES).is_some() { 2 } else { 1 };
            let size = json!({ "width": width, "height": height, "deviceScaleFactor": factor, "mobile": phone });
            self.client.issue_cmd(DevTools("Emulation.setDeviceMetricsOverride", size)).await?;
            self.client.issue_cmd(DevTools("Emulation.setTouchEmulationEnabled", json!({ "enabled": phone }))).await?;
        } else {
            self.client.set_window_size(width, height).await?;
        }
        let sized = format!("return innerWidth === {width} && innerHeight === {height}");
        self.until_true(&format!("a window of {width} by {height}"), &sized).await
    }

    /// Has everything in a window of Chromium's twice as large as before, as somebody has who sees little: the page then
    /// has half as many pixels of its own each way.
    ///
    /// # Errors
    /// When the window is gone, or stays as it is.
    pub async fn is_zoomed_twice(&self, width: u32, height: u32) -> Result<()> {
        let (width, height) = (width / 2, height / 2);
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 2, "mobile": false });
        self.client.issue_cmd(DevTools("Emulation.setDeviceMetricsOverride", size)).await?;
        let sized = format!("return innerWidth === {width} && innerHeight === {height} && devicePixelRatio === 2");
        self.until_true("everything twice as large", &sized).await
    }

    /// Has the page in this language, as one has it who chose it in another tab; the one chosen here, for `None`.
    ///
    /// # Errors
    /// When the window is gone, or the words don't come.
    pub async fn speaks(&self, language: Option<&str>) -> Result<()> {
        let script = format!(
            "const newValue = {} ?? localStorage.getItem('snug.language');
             dispatchEvent(new StorageEvent('storage', {{ key: 'snug.language', newValue }}));
             return null",
            json!(language)
        );
        self.run(&script).await?;
        let Some(language) = language else { return Ok(()) };
        let spoken = format!(
            "if (document.documentElement.lang !== '{language}') return false;
             return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))"
        );
        self.until_true(language, &spoken).await
    }

    /// What the window shows, as text.
    pub async fn shown(&self) -> String {
        match self.run("return document.body.innerText").await {
            Ok(text) => format!("the window shows: {}", text.as_str().unwrap_or_default()),
            Err(error) => format!("the window shows nothing: {error}"),
        }
    }

    /// Keeps a picture of the window, a PNG.
    ///
    /// # Errors
    /// When the window is gone or the file can't be written.
    pub async fn screenshot(&self, path: &Path) -> Result<()> {
        Ok(fs::write(path, self.client.screenshot().await?)?)
    }

    async fn or_what_it_shows<T>(&self, found: Result<T>) -> Result<T> {
        match found {
            Ok(found) => Ok(found),
            Err(error) => Err(error.context(self.shown().await)),
        }
    }
}

/// Looks again and again until there is something.
///
/// # Errors
/// When the deadline passes first.
pub async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> Result<T> {
    let begun = Instant::now();
    let mut again = interval(AGAIN);
    again.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let found = async {
        loop {
            again.tick().await;
            if let Some(found) = look().await {
                return found;
            }
        }
    };
    let found = timeout(DEADLINE, found).await;
    found.with_context(|| format!("waited {} s for {what} in vain", begun.elapsed().as_secs()))
}
