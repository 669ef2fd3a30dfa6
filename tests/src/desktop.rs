//! The real window, on a screen nobody looks at.
//!
//! Four programs stand behind one [`DesktopApp`]: Xvfb is the screen, `dbus-run-session` a session bus
//! of its own, WebKitWebDriver presses the buttons, and it starts the app. All are gone when it is.

mod driver;
mod keyboard;
mod notifications;
mod opener;
mod screen;
mod tray;

use std::{
    collections::BTreeSet,
    env,
    net::Ipv4Addr,
    ops::Deref,
    path::Path,
    process::{Output, Stdio},
    time::Duration,
};

use anyhow::{Context, Result, bail};
use fantoccini::{
    ClientBuilder,
    actions::{InputSource, KeyAction, KeyActions},
    key::Key,
};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tokio::{net::TcpStream, time::timeout};

use self::{driver::Driver, screen::Screen};
pub use self::{
    keyboard::Keycap,
    notifications::{Notifications, Shown},
    opener::Opener,
    tray::Tray,
};
use crate::{DEADLINE, Machine, Page, built, free_port, processes, tool, until};

/// How soon a dialog is gone whose key was pressed.
const ANSWERED: Duration = Duration::from_secs(2);

/// How the app is ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quit {
    /// The window's close button.
    Window,
    /// Ctrl-C on the terminal it was started from.
    Interrupt,
    /// `kill`, or the end of the desktop session.
    Terminate,
}

/// What is said to a dialog of the system's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Enter: as it stands there.
    Accept,
    /// Escape.
    Cancel,
}

/// The app, as somebody sits before it.
///
/// What it shows is a [`Page`].
pub struct DesktopApp {
    page: Page,
    app: u32,
    driver: Driver,
    screen: Screen,
}

impl DesktopApp {
    /// Starts the app over the settings and rooms in `data`, and waits for its start screen, or for the
    /// room if that's where it starts.
    ///
    /// # Errors
    /// Names what is missing: a tool, or the app itself and what builds it.
    pub async fn start(data: &Path) -> Result<Self> {
        Self::begin(data, None, &[], &[]).await
    }

    /// The same, as the system starts it for a `snug://` link.
    ///
    /// # Errors
    /// As for [`start`](Self::start).
    pub async fn start_by_link(data: &Path, link: &str) -> Result<Self> {
        Self::begin(data, None, &[], &[link]).await
    }

    /// The same, as it is once installed: over the directory it is given by the system, here in `home`, and for the
    /// whole session the one Snug that there is.
    ///
    /// # Errors
    /// As for [`start`](Self::start).
    pub async fn start_installed(home: &Path, link: &str) -> Result<Self> {
        let home_named = home.to_string_lossy();
        let environment = [("SNUG_DATA_DIR", ""), ("XDG_DATA_HOME", &*home_named), ("XDG_CACHE_HOME", &*home_named)];
        Self::begin(home, None, &environment, &[link]).await
    }

    /// The same as [`start`](Self::start), in a session in which this opens links.
    ///
    /// # Errors
    /// As for [`start`](Self::start).
    pub async fn start_with_opener(data: &Path, opener: &Opener) -> Result<Self> {
        let path = env::var("PATH").unwrap_or_default();
        let path = format!("{}:{path}", opener.directory().display());
        Self::begin(data, None, &[("PATH", &path)], &[]).await
    }

    /// The same, with nothing that keeps its page at home: for what a page could do that gets into the window all
    /// the same.
    ///
    /// # Errors
    /// As for [`start`](Self::start).
    pub async fn start_let_loose(data: &Path) -> Result<Self> {
        Self::begin(data, None, &[("SNUG_TEST_LET_LOOSE", "1")], &[]).await
    }

    /// The same, where Koreans type: with IBus and its Hangul, which begins with Latin letters.
    ///
    /// # Errors
    /// As for [`start`](Self::start).
    pub async fn start_in_korea(data: &Path) -> Result<Self> {
        let app = Self::begin(data, None, &[("GTK_IM_MODULE", "ibus")], &[]).await?;
        let variables = ["DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "XDG_CONFIG_HOME"];
        let session = variables.map(|name| (name, processes::environment(app.app, name).unwrap_or_default()));
        // As soon as it has started.
        until("IBus to have its Hangul", async || {
            let mut choose = tokio::process::Command::new(tool("ibus").ok()?);
            let chosen = choose.args(["engine", "hangul"]).envs(session.clone()).output().await.ok()?;
            chosen.status.success().then_some(())
        })
        .await?;
        Ok(app)
    }

    /// The same on another machine.
    ///
    /// # Errors
    /// As for [`start`](Self::start).
    pub async fn start_on(machine: &Machine, data: &Path) -> Result<Self> {
        Self::begin(data, Some(machine), &[], &[]).await
    }

    async fn begin(
        data: &Path,
        machine: Option<&Machine>,
        environment: &[(&str, &str)],
        arguments: &[&str],
    ) -> Result<Self> {
        let app = built("snug")?;
        let screen = Screen::start(machine)?;
        let port = free_port()?;
        let driver = Driver::start(data, port, screen.display(), machine, environment)?;
        let host = machine.map_or(Ok(Ipv4Addr::LOCALHOST), Machine::driven_at)?;
        until("WebKitWebDriver listens", async || TcpStream::connect((host, port)).await.ok()).await?;
        let capabilities = json!({ "webkitgtk:browserOptions": { "binary": app, "args": arguments } });
        let Value::Object(capabilities) = capabilities else { bail!("capabilities are an object") };
        let url = format!("http://{host}:{port}");
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let client = timeout(DEADLINE, builder.capabilities(capabilities).connect(&url)).await;
        let client = match client {
            Ok(Ok(client)) => client,
            Ok(Err(error)) => bail!("the app doesn't start: {error}; {}", driver.log()?),
            Err(_) => bail!("the app doesn't show a window; {}", driver.log()?),
        };
        let pid = processes::below(driver.id())
            .into_iter()
            .find(|pid| processes::program(*pid).is_some_and(|program| program == app))
            .context("the app is not running")?;
        let started = Self { page: Page::new(client), app: pid, driver, screen };
        started.until_true("something to show", "return document.querySelector('#app')?.childElementCount > 0").await?;
        Ok(started)
    }

    /// The text of an element, whether or not it has finished appearing: WebKit's driver tells none
    /// of what is still fading in.
    ///
    /// # Errors
    /// When it doesn't come; says what the window shows instead.
    pub async fn text(&self, testid: &str) -> Result<String> {
        let text = self.find(testid).await?.prop("textContent").await?;
        text.with_context(|| format!("{testid} has no text"))
    }

    /// Clicks an element, as soon as it can be clicked: one that is on its way can't, and one in a dialog that
    /// something else is in front of.
    ///
    /// # Errors
    /// When it never can; says what the window shows instead.
    pub async fn click(&self, testid: &str) -> Result<()> {
        let element = self.page.at_rest(testid).await?;
        let click = async || timeout(DEADLINE, element.click()).await.ok()?.ok();
        let clicked = until(&format!("{testid} to be clickable"), click).await;
        match clicked {
            Ok(()) => Ok(()),
            Err(error) => Err(error.context(self.shown().await)),
        }
    }

    /// Waits until the window shows this text somewhere.
    ///
    /// # Errors
    /// When it never does; says what it shows instead.
    pub async fn until_shown(&self, text: &str) -> Result<()> {
        self.until_true(text, &format!("return document.body.innerText.includes({})", json!(text))).await
    }

    /// Presses Escape and waits until the dialog it closes is gone and the focus back where it was: keys
    /// typed before that would go there.
    ///
    /// # Errors
    /// When it stays open.
    pub async fn close_dialog(&self) -> Result<()> {
        let escape = char::from(Key::Escape);
        let press = KeyActions::new("keyboard".to_owned())
            .then(KeyAction::Down { value: escape })
            .then(KeyAction::Up { value: escape });
        self.until_true("an open dialog", "return document.querySelector('dialog')?.open").await?;
        self.client().perform_actions(press).await?;
        let closed = "return !document.querySelector('dialog') && document.activeElement !== document.body";
        self.until_true("the focus back from the dialog", closed).await
    }

    /// Answers the system's dialog that the app opens, by its keys, and waits until it is gone.
    ///
    /// # Errors
    /// When there is none, or it stays open.
    pub async fn answer_dialog(&self, answer: Answer) -> Result<()> {
        until("a dialog to be answered", async || {
            self.screen.answer_dialog(answer).ok()?;
            // A key that came before it had all its parts did nothing, and one too many would be the page's.
            let gone = until("it to be gone", async || (!self.screen.has_dialog().ok()?).then_some(()));
            timeout(ANSWERED, gone).await.ok()?.ok()
        })
        .await
    }

    /// The ports the app listens on, each once, beyond the one that WebKitWebDriver drives it through.
    ///
    /// # Errors
    /// When the app is gone.
    pub fn listening(&self) -> Result<Vec<u16>> {
        let driven = processes::environment(self.app, "WEBKIT_INSPECTOR_SERVER");
        let driven = driven.as_deref().and_then(|address| address.rsplit(':').next()?.parse().ok());
        let sockets = processes::tcp(self.app)?;
        let listening = sockets.iter().filter(|tcp| tcp.listens() && Some(tcp.local) != driven).map(|tcp| tcp.local);
        // One socket for IPv4 and one for IPv6.
        Ok(listening.collect::<BTreeSet<_>>().into_iter().collect())
    }

    /// How many connections the app has to rooms at this port.
    ///
    /// # Errors
    /// When the app is gone.
    pub fn connections_to(&self, port: u16) -> Result<usize> {
        let sockets = processes::tcp(self.app)?;
        Ok(sockets.iter().filter(|tcp| tcp.is_established() && tcp.remote == port).count())
    }

    /// The app's process.
    pub fn pid(&self) -> u32 {
        self.app
    }

    /// Ends the app as a person does and waits until it is gone, with every process it started.
    ///
    /// # Errors
    /// When it doesn't end.
    pub async fn quit(self, how: Quit) -> Result<()> {
        let mut family = processes::below(self.app);
        family.push(self.app);
        match how {
            Quit::Window => self.screen.close_window("Snug")?,
            Quit::Interrupt => processes::signal(self.app, "INT")?,
            Quit::Terminate => processes::signal(self.app, "TERM")?,
        }
        until("the app to end", async || family.iter().all(|pid| !processes::alive(*pid)).then_some(())).await
    }

    /// Has somebody show notifications in the app's session from now on.
    ///
    /// # Errors
    /// When the session has no bus.
    pub async fn notifications(&self) -> Result<Notifications> {
        Notifications::serve(&self.bus()?).await
    }

    /// Has the app's session show icons beside the clock from now on.
    ///
    /// # Errors
    /// When the session has no bus.
    pub async fn tray(&self) -> Result<Tray> {
        Tray::serve(&self.bus()?).await
    }

    /// Presses the window's close button; what follows is the app's to say.
    ///
    /// # Errors
    /// When there is no window to be seen.
    pub fn close_window(&self) -> Result<()> {
        self.screen.close_window("Snug")
    }

    /// Presses keys with the window in front, those of each stroke together.
    ///
    /// # Errors
    /// When there is no window to be seen.
    pub fn strikes(&self, strokes: &[&[Keycap]]) -> Result<()> {
        self.screen.strike("Snug", strokes)
    }

    /// Whether the window is on the screen.
    ///
    /// # Errors
    /// When the screen is gone.
    pub fn is_on_screen(&self) -> Result<bool> {
        self.screen.shows("Snug")
    }

    /// How many windows of the app's are on the screen, or would be if they weren't hidden, whichever process they are
    /// of.
    ///
    /// # Errors
    /// When the screen is gone.
    pub fn windows(&self) -> Result<usize> {
        self.screen.count("Snug")
    }

    /// Starts the app once more in the same session, as a desktop does with a link that is clicked, and waits until
    /// that process has ended.
    ///
    /// # Errors
    /// When it stays.
    pub async fn is_started_again(&self, arguments: &[&str]) -> Result<Output> {
        let session = processes::environments(self.app).context("the app is gone")?;
        // It alone is driven.
        let driven = ["TAURI_WEBVIEW_AUTOMATION", "WEBKIT_INSPECTOR_SERVER"];
        let again = tokio::process::Command::new(built("snug")?)
            .args(arguments)
            .env_clear()
            .envs(session.into_iter().filter(|(name, _)| !driven.contains(&name.as_str())))
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output();
        Ok(timeout(DEADLINE, again).await.context("the second one stays")??)
    }

    fn bus(&self) -> Result<String> {
        processes::environment(self.app, "DBUS_SESSION_BUS_ADDRESS").context("the app has no session bus")
    }

    /// What the app and WebKitWebDriver have written to the terminal so far.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn log(&self) -> Result<String> {
        self.driver.log()
    }
}

impl Deref for DesktopApp {
    type Target = Page;

    fn deref(&self) -> &Page {
        &self.page
    }
}
