//! Links that open the app: `snug://192.168.1.20:7684/r/<room>#<secret>`, as an invite is with another scheme.
//!
//! Any page in any browser can send one, so it is taken apart here and put together anew, and joins nothing by
//! itself: the page asks.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tauri::{AppHandle, Manager, Url};

use crate::{Shell, address, api::ShellEvent, window};

const SCHEME: &str = "snug:";

/// Far longer than any invite.
const LONGEST: usize = 1024;

/// The link the app was opened with, until a page asks for it: the system may hand it over before there is any page,
/// or anything else. Clones are the same.
#[derive(Clone, Default)]
pub(crate) struct Opened(Arc<Mutex<Unseen>>);

#[derive(Default)]
struct Unseen {
    link: Option<String>,
    /// A page has asked, and is told of every link from then on.
    asked: bool,
}

impl Opened {
    /// With what the program was started with.
    pub(crate) fn with(arguments: impl Iterator<Item = String>) -> Self {
        Self(Arc::new(Mutex::new(Unseen { link: among(arguments), asked: false })))
    }

    /// For the page that starts, which follows what it is told already: once.
    pub(crate) fn take(&self) -> Option<String> {
        let mut unseen = self.lock();
        unseen.asked = true;
        unseen.link.take()
    }

    /// The page is going: what comes now is for the next one.
    pub(crate) fn forget_page(&self) {
        self.lock().asked = false;
    }

    /// Keeps a link for the page that will ask, in the place of an older one; hands it back to be told where one has.
    fn keep(&self, link: String) -> Option<String> {
        let mut unseen = self.lock();
        if unseen.asked {
            return Some(link);
        }
        unseen.link = Some(link);
        None
    }

    fn lock(&self) -> MutexGuard<'_, Unseen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Another start of the app handed its arguments over, or the system a link, perhaps the one this start is for: shows
/// the window, where there is one yet, and the page what it was opened with.
pub(crate) fn again(app: &AppHandle, arguments: impl Iterator<Item = String>) {
    window::focus(app);
    let link = among(arguments).and_then(|link| app.state::<Opened>().keep(link));
    // A page has asked, so there is a shell.
    if let Some(link) = link {
        app.state::<Shell>().page.tell(ShellEvent::Opened { link });
    }
}

/// The invite among a program's arguments.
fn among(mut arguments: impl Iterator<Item = String>) -> Option<String> {
    let given =
        arguments.find(|argument| argument.get(..SCHEME.len()).is_some_and(|it| it.eq_ignore_ascii_case(SCHEME)))?;
    let link = invite(&given);
    if link.is_none() {
        // Not what it says: it may hold a secret.
        tracing::warn!("opened with a link that is no invite");
    }
    link
}

/// The invite's usual form, if it is one and nothing besides.
fn invite(link: &str) -> Option<String> {
    if link.len() > LONGEST {
        return None;
    }
    let url = Url::parse(link).ok()?;
    let whole =
        url.scheme() == "snug" && url.username().is_empty() && url.password().is_none() && url.query().is_none();
    let port = url.port().unwrap_or(snug_relay::DEFAULT_PORT);
    let address = address::authority(&format!("{}:{port}", url.host_str()?)).ok()?;
    // The bare address leads to the one room that is there.
    let room = match url.path() {
        "" | "/" => None,
        path => Some(path.strip_prefix("/r/")?).map(|room| room.strip_suffix('/').unwrap_or(room)),
    };
    let secret = url.fragment().unwrap_or_default();
    let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    let named = room.is_none_or(|room| (1..=64).contains(&room.len()) && plain(room));
    let fits = whole && named && secret.len() <= 128 && plain(secret);
    let room = room.map(|room| format!("r/{room}")).unwrap_or_default();
    let key = if secret.is_empty() { String::new() } else { format!("#{secret}") };
    fits.then(|| format!("http://{address}/{room}{key}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invite_is_taken_from_the_link_that_opened_the_app() {
        for (given, meant) in [
            ("snug://192.168.1.20:7684/r/abcd1234#AAAA_-AA", "http://192.168.1.20:7684/r/abcd1234#AAAA_-AA"),
            ("snug://192.168.1.20/r/abcd1234", "http://192.168.1.20:7684/r/abcd1234"),
            ("SNUG://mina.local:7690/r/abcd1234/#AAAAAAAA", "http://mina.local:7690/r/abcd1234#AAAAAAAA"),
            ("snug://[fd00::1]:7684/r/abcd1234", "http://[fd00::1]:7684/r/abcd1234"),
            ("snug://192.168.1.20:7690/", "http://192.168.1.20:7690/"),
            ("snug://mina.local", "http://mina.local:7684/"),
        ] {
            let arguments = ["/usr/bin/snug".to_owned(), given.to_owned()];
            assert_eq!(among(arguments.into_iter()).as_deref(), Some(meant), "{given}");
        }
    }

    /// As on macOS, which hands over the link that starts the app like any later one, before there is a window.
    #[test]
    fn a_link_waits_for_the_page_and_is_told_once() {
        let link = |name: &str| format!("http://{name}.local:7684/");
        let opened = Opened::with(std::iter::once("--help".to_owned()));
        assert_eq!(opened.keep(link("mina")), None, "nobody is there to be told");
        assert_eq!(opened.keep(link("jun")), None, "nor now");
        assert_eq!(opened.take(), Some(link("jun")), "the newest is what the person wants");
        assert_eq!(opened.take(), None, "and was told");

        assert_eq!(opened.keep(link("sol")), Some(link("sol")), "whoever has asked is told");
        assert_eq!(opened.take(), None, "and finds nothing more when it asks again");

        opened.forget_page();
        assert_eq!(opened.keep(link("bo")), None, "a page that is going hears nothing");
        assert_eq!(opened.take(), Some(link("bo")), "the next one asks");
    }

    /// What an installer tells the system: which links are ours, and that they come as an argument.
    #[test]
    fn an_installed_app_is_what_opens_such_links() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        let read = |path: &str| std::fs::read_to_string(root.join(path)).expect(path);
        let config: serde_json::Value = serde_json::from_str(&read("tauri.conf.json")).expect("the configuration");
        // From this the bundler writes Windows' registry and the Mac's Info.plist.
        assert_eq!(config["plugins"]["deep-link"]["desktop"]["schemes"], serde_json::json!(["snug"]));
        for package in ["deb", "rpm"] {
            let entry = read(config["bundle"]["linux"][package]["desktopTemplate"].as_str().expect(package));
            let says = |line: &str| entry.lines().any(|it| it == line);
            assert!(says("MimeType=x-scheme-handler/snug;") && says("Exec={{exec}} %u"), "{package}: {entry}");
        }
    }

    #[test]
    fn whatever_else_a_page_may_send_opens_nothing() {
        for given in [
            "snug:",
            "snug://",
            "snug:///",
            "snug:/r/abcd1234",
            "snug:///r/abcd1234",
            "snug://host/r/",
            "snug://host/r/../../etc/passwd",
            "snug://host/r/abcd1234?x=1",
            "snug://user@host/r/abcd1234",
            "snug://user:password@host/r/abcd1234",
            "snug://host:0/r/abcd1234",
            "snug://ho st/r/abcd1234",
            "snug://host/r/abcd1234#<script>",
            "snug://host/r/abcd1234#a~b",
            "snug://host/r/ab%00cd",
            "snug://host/x/abcd1234",
            "snug://host/abcd1234",
            "snug://host/?x=1",
            "snug://host//",
            &format!("snug://host/r/abcd1234#{}", "A".repeat(2000)),
            "http://host/r/abcd1234",
            "--help",
        ] {
            assert_eq!(among(std::iter::once(given.to_owned())), None, "{given}");
        }
    }
}
