//! Ending in order: however the app is ended, guests are told and the port is free before the process
//! is gone.

use std::time::Duration;

use tauri::{AppHandle, Manager, RunEvent, WindowEvent};

use crate::{Shell, api::ShellEvent, place, window};

/// How long ending may take before the process goes anyway. What was acknowledged is on disk already.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long the desktop may take of that to let go of a notification.
const NOTICE: Duration = Duration::from_secs(1);

/// Follows the app's own events.
pub(crate) fn on_event(app: &AppHandle, event: RunEvent) {
    match event {
        // While the window can still be asked where it is.
        RunEvent::WindowEvent { event: WindowEvent::CloseRequested { api, .. }, .. } => {
            remember_place(app);
            let shell = app.state::<Shell>();
            // With a way back to it, a window that is closed is only out of the way, and the room goes on. The
            // first time one is told, and may want something else.
            if shell.tray.is_shown() && shell.host.is_hosting() {
                api.prevent_close();
                if shell.settings.get().told_of_tray {
                    window::hide(app);
                } else {
                    shell.page.tell(ShellEvent::Closing {});
                }
            }
        }
        RunEvent::ExitRequested { .. } => remember_place(app),
        #[cfg(target_os = "macos")]
        RunEvent::Opened { urls } => crate::opened::again(app, urls.iter().map(ToString::to_string)),
        // The Dock's icon was clicked: the way back to a window that was closed with its room still open.
        #[cfg(target_os = "macos")]
        RunEvent::Reopen { .. } => window::focus(app),
        // The last window was closed, or a signal came. The process ends when this returns.
        RunEvent::Exit => {
            let shell = app.state::<Shell>();
            tauri::async_runtime::block_on(async {
                shell.connections.close_all();
                if tokio::time::timeout(NOTICE, end(&shell)).await.is_err() {
                    tracing::debug!("a notification may stay behind");
                }
                if tokio::time::timeout(PATIENCE, shell.host.stop()).await.is_err() {
                    tracing::warn!("the relay did not stop in time");
                }
            });
            shell.clipboard.let_go();
        }
        _ => {}
    }
}

/// Takes all that is on the desktop back for good.
async fn end(shell: &Shell) {
    tokio::join!(shell.notifications.end(), shell.knocks.end());
}

fn remember_place(app: &AppHandle) {
    if let Some(window) = window::main(app) {
        place::remember(&window, &app.state::<Shell>().settings);
    }
}

/// Ends the app when the system or the terminal asks.
pub(crate) fn on_signals(app: AppHandle) {
    tauri::async_runtime::spawn(async move {
        match signal().await {
            Ok(name) => {
                tracing::info!(name, "asked to end");
                app.exit(0);
            }
            Err(error) => tracing::warn!(%error, "signals will end the app at once"),
        }
    });
}

#[cfg(unix)]
async fn signal() -> std::io::Result<&'static str> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut hangup = signal(SignalKind::hangup())?;
    Ok(tokio::select! {
        _ = terminate.recv() => "SIGTERM",
        _ = interrupt.recv() => "SIGINT",
        _ = hangup.recv() => "SIGHUP",
    })
}

#[cfg(not(unix))]
async fn signal() -> std::io::Result<&'static str> {
    tokio::signal::ctrl_c().await.map(|()| "ctrl-c")
}
