//! The one window, and what its page may not do: go elsewhere, open others, download, ask for devices.

use std::{fs, io, path::PathBuf, time::Duration};

use tauri::{
    AppHandle, Manager, Theme, Url, Webview, WebviewWindow, WebviewWindowBuilder,
    utils::config::Color,
    webview::{NewWindowResponse, PageLoadEvent, PageLoadPayload, PermissionResponse},
};

use crate::{Shell, opened::Opened, place, settings::Settings};

/// As in `tauri.conf.json`.
const LABEL: &str = "main";

/// The page's grounds (the theme colours in `ui/src/look.ts`), so that no white flashes before it has
/// painted.
const LIGHT: Color = Color(0xf8, 0xf6, 0xf3, 255);
const DARK: Color = Color(0x1d, 0x19, 0x17, 255);

/// Nothing listens there, and only root could. The Content-Security-Policy is what keeps the page off
/// the network; browsers exempt preconnecting from it, and this ends that and whatever else they may.
const NO_NETWORK: &str = "http://127.0.0.1:1";

/// A page that takes longer is shown as it is.
const PATIENCE: Duration = Duration::from_secs(3);

/// Opens the window, hidden until its page has loaded. What the page keeps (`localStorage`) goes into
/// `data`.
///
/// # Errors
/// When the system has no webview to give.
pub(crate) fn open(app: &AppHandle, settings: &Settings, data: PathBuf) -> tauri::Result<()> {
    let config = app.config();
    let window = config.app.windows.iter().find(|window| window.label == LABEL).ok_or(tauri::Error::WindowNotFound)?;
    let dev = config.build.dev_url.clone().filter(|_| tauri::is_dev());
    let mut builder = WebviewWindowBuilder::from_config(app, window)?;
    builder = builder.data_directory(made(data)?);
    let loose = is_let_loose();
    if !tauri::is_dev() && !loose {
        builder = builder.proxy_url(NO_NETWORK.parse().map_err(tauri::Error::InvalidUrl)?);
    }
    let window = builder
        .on_navigation(move |url| {
            let own = loose || is_own(url, dev.as_ref());
            if !own {
                tracing::warn!(scheme = url.scheme(), "the page tried to go elsewhere");
            }
            own
        })
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .on_download(|_, _| false)
        .on_permission_request(|_, _| PermissionResponse::Deny)
        .build()?;
    let ground = match window.theme() {
        Ok(Theme::Dark) => DARK,
        _ => LIGHT,
    };
    window.set_background_color(Some(ground))?;
    #[cfg(target_os = "linux")]
    compose_in_place(&window)?;
    place::restore(&window, settings);
    tauri::async_runtime::spawn(async move {
        tokio::time::sleep(PATIENCE).await;
        show(&window);
    });
    Ok(())
}

/// Has a syllable that isn't finished stand in the field, where it will be. wry has input methods keep it from the
/// page, since an older WebKitGTK put their lists of candidates in the wrong place; a Korean would write blind.
#[cfg(target_os = "linux")]
fn compose_in_place(window: &WebviewWindow) -> tauri::Result<()> {
    use webkit2gtk::{InputMethodContextExt, WebViewExt};

    window.with_webview(|view| {
        if let Some(method) = view.inner().input_method_context() {
            method.set_enable_preedit(true);
        }
    })
}

/// Whether a test wants to see what a page of somebody else's could do if it got into the window: then nothing
/// keeps it out. There is no such thing in a release.
fn is_let_loose() -> bool {
    cfg!(debug_assertions) && std::env::var_os("SNUG_TEST_LET_LOOSE").is_some()
}

/// `data`, or where that can't be made a directory the system tidies away: no reason not to start. The
/// page says what is wrong when somebody wants to host.
fn made(data: PathBuf) -> io::Result<PathBuf> {
    match fs::create_dir_all(&data) {
        Ok(()) => Ok(data),
        Err(error) => {
            tracing::warn!(data = %data.display(), %error, "the page will forget everything");
            Ok(tempfile::Builder::new().prefix("snug-").tempdir()?.keep())
        }
    }
}

/// A page that goes takes its connections with it; one that has come is shown.
pub(crate) fn on_page_load(webview: &Webview, load: &PageLoadPayload<'_>) {
    match load.event() {
        PageLoadEvent::Started => {
            let shell = webview.state::<Shell>();
            shell.connections.close_all();
            shell.nearby.forget();
            shell.notifications.take_back();
            shell.knocks.take_back();
            webview.state::<Opened>().forget_page();
        }
        PageLoadEvent::Finished => {
            if let Some(window) = main(webview.app_handle()) {
                show(&window);
            }
        }
    }
}

/// Brings the window to the front, where there is one: the system may ask for it before it is open.
pub(crate) fn focus(app: &AppHandle) {
    let Some(window) = main(app) else { return };
    let focused = window.unminimize().and_then(|()| window.show()).and_then(|()| window.set_focus());
    if let Err(error) = focused {
        tracing::warn!(%error, "the window stays where it is");
    }
}

/// Takes the window away; the icon beside the clock brings it back.
pub(crate) fn hide(app: &AppHandle) {
    if let Some(Err(error)) = main(app).map(|window| window.hide()) {
        tracing::warn!(%error, "the window stays");
    }
}

/// The window, until it is closed.
pub(crate) fn main(app: &AppHandle) -> Option<WebviewWindow> {
    app.get_webview_window(LABEL)
}

/// Shows the window for the first time. Later it may have been closed on purpose, with its room still open.
fn show(window: &WebviewWindow) {
    window.state::<Shell>().shown.call_once(|| {
        if let Err(error) = window.show() {
            tracing::debug!(%error, "no window to show");
        }
    });
}

/// Whether a place is the bundled page's: the app's own scheme, which Windows writes as a host, or in
/// development Vite's server.
fn is_own(url: &Url, dev: Option<&Url>) -> bool {
    let scheme = if cfg!(windows) {
        url.scheme() == "http" && url.host_str() == Some("tauri.localhost") && url.port().is_none()
    } else {
        url.scheme() == "tauri" && url.host_str() == Some("localhost")
    };
    scheme || dev.is_some_and(|dev| dev.origin() == url.origin())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        text.parse().expect("a URL")
    }

    #[cfg(not(windows))]
    #[test]
    fn the_page_stays_at_home() {
        assert!(is_own(&url("tauri://localhost/index.html#room"), None));
        for elsewhere in [
            "http://example.org/",
            "https://localhost/",
            "http://127.0.0.1:7684/",
            "tauri://elsewhere/",
            "file:///etc/passwd",
            "data:text/html,x",
            "about:blank",
        ] {
            assert!(!is_own(&url(elsewhere), None), "{elsewhere}");
        }
    }

    #[test]
    fn in_development_home_is_vites_server() {
        let dev = url("http://127.0.0.1:5173");
        assert!(is_own(&url("http://127.0.0.1:5173/src/main.ts"), Some(&dev)));
        assert!(!is_own(&url("http://127.0.0.1:5174/"), Some(&dev)));
        assert!(!is_own(&url("http://127.0.0.1:5173/"), None));
    }
}
