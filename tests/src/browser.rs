//! Chromium, with as many people before it as a story needs.

use std::{
    collections::HashSet,
    ops::Deref,
    os::unix::process::CommandExt,
    process::{Child, Command, Stdio},
};

use anyhow::{Context, Result, bail};
use fantoccini::{Client, ClientBuilder, key::Key, wd::WindowHandle};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tokio::net::TcpStream;

use crate::{
    devtools::{DevTools, NARROWEST_WINDOW},
    free_port,
    page::{Page, until},
    processes, tool,
};

/// What is written down of a [traced person's](Browser::traced_person) browser: every task of every thread, and which
/// of them make a frame.
const TRACED: &str = "disabled-by-default-devtools.timeline,disabled-by-default-devtools.timeline.frame,__metadata";

/// chromedriver, until it is dropped.
pub struct Browser {
    driver: Child,
    port: u16,
}

/// Somebody before a window of their own, with a profile nobody else has.
pub struct Person {
    page: Page,
    client: Client,
}

impl Browser {
    /// Starts chromedriver.
    ///
    /// # Errors
    /// Names the tool that is missing.
    pub async fn start() -> Result<Self> {
        let port = free_port()?;
        let driver = Command::new(tool("chromedriver")?)
            .arg(format!("--port={port}"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()?;
        let browser = Self { driver, port };
        until("chromedriver listens", async || TcpStream::connect(("127.0.0.1", port)).await.ok()).await?;
        Ok(browser)
    }

    /// Somebody at a desk.
    ///
    /// # Errors
    /// When Chromium is missing or doesn't start.
    pub async fn person(&self) -> Result<Person> {
        self.person_with("en-US", 1280, 800).await
    }

    /// Somebody with a language and a window of a certain size.
    ///
    /// # Errors
    /// When Chromium is missing or doesn't start.
    pub async fn person_with(&self, language: &str, width: u32, height: u32) -> Result<Person> {
        self.open(language, width, height, false).await
    }

    /// Somebody at a desk whose browser writes down what its threads do.
    ///
    /// # Errors
    /// When Chromium is missing or doesn't start.
    pub async fn traced_person(&self) -> Result<Person> {
        self.open("en-US", 1280, 800, true).await
    }

    async fn open(&self, language: &str, width: u32, height: u32, traced: bool) -> Result<Person> {
        let mut capabilities = json!({
            "browserName": "chrome",
            "goog:loggingPrefs": { "browser": "ALL" },
            "goog:chromeOptions": {
                "binary": tool("chromium")?,
                "args": [
                    "--headless=new",
                    // Tests run as root in CI, where Chromium's own sandbox can't.
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-dev-shm-usage",
                    "--no-first-run",
                    // Nothing but the test's own relay is ever asked for anything.
                    "--disable-background-networking",
                    "--disable-component-update",
                    "--disable-sync",
                    "--disable-quic",
                    format!("--accept-lang={language}"),
                    format!("--window-size={width},{height}"),
                ],
            },
        });
        if traced {
            capabilities["goog:loggingPrefs"]["performance"] = json!("ALL");
            capabilities["goog:chromeOptions"]["perfLoggingPrefs"] =
                json!({ "enableNetwork": false, "enablePage": false, "traceCategories": TRACED });
        }
        // No window gets narrower than this; what does is a phone, touched instead of pointed at.
        if width < NARROWEST_WINDOW {
            capabilities["goog:chromeOptions"]["mobileEmulation"] =
                json!({ "deviceMetrics": { "width": width, "height": height, "pixelRatio": 2.0, "touch": true } });
        }
        let Value::Object(capabilities) = capabilities else { bail!("capabilities are an object") };
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{}", self.port))
            .await
            .context("Chromium doesn't start")?;
        Ok(Person { page: Page::new(client.clone()), client })
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The whole group: chromedriver leaves its browsers behind when it ends.
        if let Err(error) = processes::end_group(self.driver.id()) {
            eprintln!("processes may be left over: {error:#}");
        }
        let _ended = self.driver.wait();
    }
}

impl Person {
    /// Opens a link.
    ///
    /// # Errors
    /// When the page doesn't load.
    pub async fn opens(&self, link: &str) -> Result<()> {
        Ok(self.client.goto(link).await?)
    }

    /// Opens a link as somebody does who comes for the first time, in a tab that remembers nothing of it.
    ///
    /// # Errors
    /// When the page doesn't load.
    pub async fn opens_anew(&self, link: &str) -> Result<()> {
        self.opens("about:blank").await?;
        self.opens(link).await?;
        self.run("sessionStorage.clear(); return null").await?;
        self.reload().await
    }

    /// Opens an invite link, gives a name and goes in.
    ///
    /// # Errors
    /// When there is no way in; says what the window shows instead.
    pub async fn joins(&self, link: &str, nickname: &str) -> Result<()> {
        self.opens(link).await?;
        self.type_into("nickname", nickname).await?;
        self.click("enter-room").await?;
        self.find("composer").await?;
        Ok(())
    }

    /// Opens another tab of the same browser and looks at it from now on; the one looked at before.
    ///
    /// # Errors
    /// When the window is gone.
    pub async fn opens_tab(&self) -> Result<WindowHandle> {
        let before = self.client.window().await?;
        let tab = self.client.new_window(true).await?;
        self.client.switch_to_window(tab.handle).await?;
        Ok(before)
    }

    /// Looks at another tab.
    ///
    /// # Errors
    /// When it is closed.
    pub async fn looks_at(&self, tab: &WindowHandle) -> Result<()> {
        Ok(self.client.switch_to_window(tab.clone()).await?)
    }

    /// Changes the nickname in the room.
    ///
    /// # Errors
    /// When there is no place to change it.
    pub async fn changes_nickname(&self, nickname: &str) -> Result<()> {
        self.click("edit-nickname").await?;
        let field = self.client.active_element().await?;
        field.clear().await?;
        field.send_keys(nickname).await?;
        self.press(Key::Enter).await
    }

    /// Asks for less motion, as a setting of the system does.
    ///
    /// # Errors
    /// When the window is gone.
    pub async fn prefers_less_motion(&self) -> Result<()> {
        let media = json!({ "features": [{ "name": "prefers-reduced-motion", "value": "reduce" }] });
        self.client.issue_cmd(DevTools("Emulation.setEmulatedMedia", media)).await?;
        Ok(())
    }

    /// Composes `syllables` one after another, the last of them not ended, as an input method does; these
    /// events are the browser's own.
    ///
    /// # Errors
    /// When the window is gone.
    pub async fn composes(&self, syllables: &[&str]) -> Result<()> {
        for text in syllables {
            let parameters =
                json!({ "text": text, "selectionStart": text.chars().count(), "selectionEnd": text.chars().count() });
            self.client.issue_cmd(DevTools("Input.imeSetComposition", parameters)).await?;
        }
        Ok(())
    }

    /// Presses the Enter that the input method takes to end what it composes, and lets it put in `text`.
    ///
    /// # Errors
    /// When the window is gone.
    pub async fn ends_composing(&self, text: &str) -> Result<()> {
        // Chromium tells the page of the key the method took as 229, whichever it was.
        let key = json!({ "type": "rawKeyDown", "key": "Process", "code": "Enter", "windowsVirtualKeyCode": 229 });
        self.client.issue_cmd(DevTools("Input.dispatchKeyEvent", key)).await?;
        let parameters = json!({ "text": text });
        self.client.issue_cmd(DevTools("Input.insertText", parameters)).await?;
        Ok(())
    }

    /// What the page wrote to the console as errors, a broken policy included.
    ///
    /// # Errors
    /// When the window is gone.
    pub async fn complaints(&self) -> Result<Vec<String>> {
        let logs = self.client.issue_cmd(Written("browser")).await?;
        let entries = logs.as_array().cloned().unwrap_or_default();
        let severe = entries.iter().filter(|entry| entry["level"] == "SEVERE");
        Ok(severe.filter_map(|entry| entry["message"].as_str().map(str::to_owned)).collect())
    }

    /// How much of its own time the page's main thread took for each frame since this was last asked, in milliseconds:
    /// for all it did since the frame before, and that frame. What other programs took meanwhile doesn't count.
    ///
    /// # Errors
    /// When the window is gone, or isn't a [traced person's](Browser::traced_person).
    pub async fn main_thread_frames(&self) -> Result<Vec<f64>> {
        let log = self.client.issue_cmd(Written("performance")).await?;
        let entries = log.as_array().context("a list of what was traced")?;
        let events = entries.iter().filter_map(|entry| {
            let written: Value = serde_json::from_str(entry["message"].as_str()?).ok()?;
            let message = &written["message"];
            (message["method"] == "Tracing.dataCollected").then(|| message["params"].clone())
        });
        let events: Vec<Value> = events.collect();
        let is_main = |event: &Value| event["name"] == "thread_name" && event["args"]["name"] == "CrRendererMain";
        let main: HashSet<_> = events.iter().filter(|event| is_main(event)).map(thread).collect();
        let (main, events) = (&main, &events);
        let on_main = |name: &'static str| {
            events.iter().filter(move |event| event["name"] == name && main.contains(&thread(event)))
        };
        let mut frames: Vec<f64> = on_main("BeginMainThreadFrame").filter_map(|event| event["ts"].as_f64()).collect();
        let task = |event: &Value| Some((event["ts"].as_f64()?, event["dur"].as_f64()?, event["tdur"].as_f64()?));
        let mut tasks: Vec<_> = on_main("RunTask").filter_map(task).collect();
        frames.sort_by(f64::total_cmp);
        tasks.sort_by(|one, other| one.0.total_cmp(&other.0));
        let (mut taken, mut frames, mut since) = (Vec::new(), frames.into_iter().peekable(), 0.0);
        for (began, lasted, own) in tasks {
            since += own / 1000.0;
            // The task within which a frame begins is the one that makes it.
            if frames.next_if(|frame| *frame <= began + lasted).is_some() {
                while frames.next_if(|frame| *frame <= began + lasted).is_some() {}
                taken.push(since);
                since = 0.0;
            }
        }
        Ok(taken)
    }

    /// Has the browser load everything anew the next time.
    ///
    /// # Errors
    /// When the window is gone.
    pub async fn forgets_what_it_loaded(&self) -> Result<()> {
        self.client.issue_cmd(DevTools("Network.clearBrowserCache", json!({}))).await?;
        Ok(())
    }

    /// How many nodes there are in memory, on the page or not, after what nobody holds was let go of.
    ///
    /// # Errors
    /// When the window is gone.
    pub async fn nodes_in_memory(&self) -> Result<f64> {
        self.client.issue_cmd(DevTools("HeapProfiler.collectGarbage", json!({}))).await?;
        let counted = self.client.issue_cmd(DevTools("Memory.getDOMCounters", json!({}))).await?;
        counted["nodes"].as_f64().context("a number")
    }

    /// Has a script run in every page before anything of its own does.
    ///
    /// # Errors
    /// When the window is gone.
    pub async fn prepares(&self, script: &str) -> Result<()> {
        let parameters = json!({ "source": script });
        self.client.issue_cmd(DevTools("Page.addScriptToEvaluateOnNewDocument", parameters)).await?;
        Ok(())
    }

    /// Memory that the page's script holds on to, in bytes, after everything else was let go of.
    ///
    /// # Errors
    /// When the window is gone.
    pub async fn script_memory(&self) -> Result<f64> {
        self.client.issue_cmd(DevTools("HeapProfiler.collectGarbage", json!({}))).await?;
        let usage = self.client.issue_cmd(DevTools("Runtime.getHeapUsage", json!({}))).await?;
        usage["usedSize"].as_f64().context("a size")
    }

    /// Closes the window.
    ///
    /// # Errors
    /// When it is gone already.
    pub async fn leaves(self) -> Result<()> {
        Ok(self.client.close().await?)
    }
}

impl Deref for Person {
    type Target = Page;

    fn deref(&self) -> &Page {
        &self.page
    }
}

/// Which thread of which process an event of a trace is of.
fn thread(event: &Value) -> (Option<u64>, Option<u64>) {
    (event["pid"].as_u64(), event["tid"].as_u64())
}
/// chromedriver's own command for what was written down since it was asked last.
#[derive(Debug)]
struct Written(&'static str);

impl fantoccini::wd::WebDriverCompatibleCommand for Written {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> std::result::Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/se/log", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(json!({ "type": self.0 }).to_string()))
    }
}
