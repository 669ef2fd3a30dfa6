//! The desktop shell: one window around the bundled page, the room this machine hosts, and the page's
//! only way to the network. Modules stand in reading order.

mod api;
mod commands;
mod error;

mod hosting;
mod ports;

mod nearby;
mod opened;
mod page;
mod reach;

mod address;
mod connection;
mod dial;
mod uplink;

mod archive;
mod files;
mod requests;
mod save_dialog;
mod saving;

mod nickname;
mod settings;

mod clipboard;
mod knocks;
mod notify;
mod place;
mod quit;
mod tray;
mod watch;
mod window;

use std::{env, io::IsTerminal, path::PathBuf, sync::Once};

use anyhow::Context;
use snug_relay::{Limits, may_be_logged, raise_file_limit};
use tauri::{App, AppHandle, Manager};
use tracing_subscriber::{
    EnvFilter, Layer,
    filter::{FilterExt, LevelFilter, filter_fn},
    fmt,
    layer::SubscriberExt,
    util::SubscriberInitExt,
};

use crate::{
    api::ShellEvent,
    archive::Archives,
    clipboard::Clipboard,
    connection::Connections,
    hosting::Host,
    nearby::Nearby,
    notify::{Notifications, Press},
    opened::Opened,
    page::Page,
    settings::Settings,
    tray::Tray,
};

/// Where settings and rooms are kept, in place of the platform's data directory. An app that is started
/// with it is on its own: it neither shows another's window nor yields to it, so tests can run many.
const DATA_DIR: &str = "SNUG_DATA_DIR";

/// What every command can reach, once the app is set up.
struct Shell {
    settings: Settings,
    host: Host,
    connections: Connections,
    nearby: Nearby,
    page: Page,
    notifications: Notifications,
    knocks: Notifications,
    tray: Tray,
    clipboard: Clipboard,
    archives: Archives,
    /// The window has been shown: from then on it is where the person wants it.
    shown: Once,
}

/// Runs the app until it is closed or a signal comes.
///
/// # Errors
/// When the system has no window to give.
pub fn run() -> anyhow::Result<()> {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = fmt::layer().with_writer(std::io::stderr).with_ansi(std::io::stderr().is_terminal());
    // Without the hint every library would have to ask about every line it might write.
    let filter = filter.and(filter_fn(may_be_logged).with_max_level_hint(LevelFilter::TRACE));
    tracing_subscriber::registry().with(lines.with_filter(filter)).init();
    raise_file_limit(&Limits::DEFAULT);
    let data = env::var_os(DATA_DIR).filter(|dir| !dir.is_empty()).map(PathBuf::from);
    let mut builder = tauri::Builder::default();
    if data.is_none() {
        // Two apps over one directory would overwrite each other's settings; whoever starts Snug a
        // second time is looking for its window.
        builder = builder.plugin(tauri_plugin_single_instance::init(|app, arguments, _| {
            opened::again(app, arguments.into_iter());
        }));
    }
    let app = builder
        // Apart from the rest: macOS hands over a link before it has the app set up.
        .manage(Opened::with(env::args().skip(1)))
        .invoke_handler(commands::handler())
        .register_asynchronous_uri_scheme_protocol(files::SCHEME, |context, request, responder| {
            let app = context.app_handle().clone();
            tauri::async_runtime::spawn(async move { responder.respond(files::show(app, request).await) });
        })
        .on_page_load(window::on_page_load)
        .setup(|app| Ok(set_up(app, data)?))
        .build(tauri::generate_context!())
        .context("Snug can't start")?;
    app.run(quit::on_event);
    Ok(())
}

fn set_up(app: &App, own_data: Option<PathBuf>) -> anyhow::Result<()> {
    let (data, page_data) = match own_data {
        Some(dir) => {
            let dir = std::path::absolute(dir).context(DATA_DIR)?;
            (dir.clone(), dir.join("page"))
        }
        None => platform_data(app).context("this system names no directory for data")?,
    };
    let settings = Settings::open(&data);
    let page = Page::default();
    app.manage(Shell {
        host: Host::new(data.join("rooms"), settings.clone()),
        settings: settings.clone(),
        connections: Connections::default(),
        nearby: Nearby::default(),
        tray: Tray::default(),
        notifications: notifications(app.handle(), page.clone()),
        knocks: knocks(app.handle()),
        page,
        clipboard: Clipboard::default(),
        archives: Archives::default(),
        shown: Once::new(),
    });
    quit::on_signals(app.handle().clone());
    watch::start(app.handle().clone());
    window::open(app.handle(), &settings, page_data).context("no window could be opened")
}

/// Clicked, a notification brings the window to the front, and its page to the message.
fn notifications(app: &AppHandle, page: Page) -> Notifications {
    let handle = app.clone();
    Notifications::start(&app.config().identifier, move |message, _| {
        window::focus(&handle);
        page.tell(ShellEvent::NotificationClicked { message });
    })
}

/// Clicked, a notification of somebody at the door brings the window to the front; its buttons answer.
fn knocks(app: &AppHandle) -> Notifications {
    let handle = app.clone();
    Notifications::start(&app.config().identifier, move |member, press| match press {
        Press::Open => window::focus(&handle),
        Press::LetIn => knocks::answer(&handle, member, true),
        Press::TurnAway => knocks::answer(&handle, member, false),
    })
}

/// For settings and rooms, and for what the page keeps: on Windows the second stays on this machine
/// when profiles roam, elsewhere they are the same.
fn platform_data(app: &App) -> tauri::Result<(PathBuf, PathBuf)> {
    Ok((app.path().app_data_dir()?, app.path().app_local_data_dir()?))
}
