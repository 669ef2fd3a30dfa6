//! A screen nobody looks at, and what on it no page can press: a window's close button, and keys on their way to a
//! dialog of the system's, or through an input method.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

use anyhow::{Context, Result, ensure};
use x11rb::{
    connection::Connection,
    protocol::xproto::{AtomEnum, ClientMessageEvent, ConnectionExt as _, EventMask, InputFocus, MapState, Window},
    rust_connection::RustConnection,
};

use super::{Answer, Keycap, keyboard};
use crate::{Machine, processes, tool};

/// Xvfb, until it is dropped.
pub(super) struct Screen {
    server: Child,
    display: String,
}

impl Screen {
    /// Starts it on the first free display; on the machine whose app shows itself there, since another one may
    /// have the same number elsewhere.
    pub(super) fn start(machine: Option<&Machine>) -> Result<Self> {
        let server = tool("Xvfb")?;
        let mut server = match machine {
            Some(machine) => machine.command(server)?,
            None => Command::new(server),
        };
        let mut server = server
            .args(["-displayfd", "1", "-screen", "0", "1280x900x24", "-nolisten", "tcp"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let told = server.stdout.take().context("its standard output is piped")?;
        let mut screen = Self { server, display: String::new() };
        // It writes the number when it is ready, and ends without one when it can't be.
        let mut number = String::new();
        BufReader::new(told).read_line(&mut number)?;
        ensure!(!number.trim().is_empty(), "Xvfb doesn't start");
        screen.display = format!(":{}", number.trim());
        Ok(screen)
    }

    /// For the environment variable `DISPLAY`.
    pub(super) fn display(&self) -> &str {
        &self.display
    }

    /// Whether a window of this title is to be seen.
    pub(super) fn shows(&self, title: &str) -> Result<bool> {
        let (server, screen) = RustConnection::connect(Some(&self.display))?;
        let Some(window) = named(&server, server.setup().roots[screen].root, title)? else { return Ok(false) };
        Ok(server.get_window_attributes(window)?.reply()?.map_state == MapState::VIEWABLE)
    }

    /// How many windows of this title there are, to be seen or not.
    pub(super) fn count(&self, title: &str) -> Result<usize> {
        let (server, screen) = RustConnection::connect(Some(&self.display))?;
        Ok(all_named(&server, server.setup().roots[screen].root, title)?.len())
    }

    /// Does what a window manager does when somebody presses the close button.
    pub(super) fn close_window(&self, title: &str) -> Result<()> {
        let (server, screen) = RustConnection::connect(Some(&self.display))?;
        let root = server.setup().roots[screen].root;
        let window = named(&server, root, title)?.with_context(|| format!("no window is called {title}"))?;
        let atom = |name: &str| -> Result<u32> { Ok(server.intern_atom(false, name.as_bytes())?.reply()?.atom) };
        let close = [atom("WM_DELETE_WINDOW")?, x11rb::CURRENT_TIME, 0, 0, 0];
        let message = ClientMessageEvent::new(32, window, atom("WM_PROTOCOLS")?, close);
        server.send_event(false, window, EventMask::NO_EVENT, message)?.check()?;
        Ok(())
    }

    /// Whether a dialog is open.
    pub(super) fn has_dialog(&self) -> Result<bool> {
        let (server, screen) = RustConnection::connect(Some(&self.display))?;
        Ok(dialog(&server, server.setup().roots[screen].root)?.is_some())
    }

    /// Presses the key for this in the dialog that is open.
    pub(super) fn answer_dialog(&self, answer: Answer) -> Result<()> {
        let key = match answer {
            Answer::Accept => Keycap::Enter,
            Answer::Cancel => Keycap::Escape,
        };
        let (server, screen) = RustConnection::connect(Some(&self.display))?;
        let root = server.setup().roots[screen].root;
        let dialog = dialog(&server, root)?.context("no dialog is open")?;
        // Without a window manager nobody else gives it the keys.
        server.set_input_focus(InputFocus::PARENT, dialog, x11rb::CURRENT_TIME)?.check()?;
        keyboard::strike(&server, root, &[key])
    }

    /// Presses keys in the window of this title, those of each stroke together.
    pub(super) fn strike(&self, title: &str, strokes: &[&[Keycap]]) -> Result<()> {
        let (server, screen) = RustConnection::connect(Some(&self.display))?;
        let root = server.setup().roots[screen].root;
        let window = named(&server, root, title)?.with_context(|| format!("no window is called {title}"))?;
        if server.get_input_focus()?.reply()?.focus != window {
            server.set_input_focus(InputFocus::PARENT, window, x11rb::CURRENT_TIME)?.check()?;
        }
        strokes.iter().try_for_each(|keys| keyboard::strike(&server, root, keys))
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        // Asked rather than killed, so that it takes its lock file with it.
        if processes::signal(self.server.id(), "TERM").is_err() {
            let _killed = self.server.kill();
        }
        let _ended = self.server.wait();
    }
}

/// The window that belongs to another one, which is to be looked at first.
fn dialog(server: &RustConnection, root: Window) -> Result<Option<Window>> {
    for window in server.query_tree(root)?.reply()?.children {
        let owner = server.get_property(false, window, AtomEnum::WM_TRANSIENT_FOR, AtomEnum::ANY, 0, 1)?.reply()?;
        let shown = server.get_window_attributes(window)?.reply()?.map_state == MapState::VIEWABLE;
        if owner.value_len > 0 && shown {
            return Ok(Some(window));
        }
    }
    Ok(None)
}

/// Without a window manager, an app's windows are right below the root; some have the title but are
/// helpers of GTK's, and only the real one can be asked to close.
fn all_named(server: &RustConnection, root: Window, title: &str) -> Result<Vec<Window>> {
    let protocols = server.intern_atom(false, b"WM_PROTOCOLS")?.reply()?.atom;
    let mut found = Vec::new();
    for window in server.query_tree(root)?.reply()?.children {
        let name = server.get_property(false, window, AtomEnum::WM_NAME, AtomEnum::ANY, 0, 256)?.reply()?;
        let asked = server.get_property(false, window, protocols, AtomEnum::ATOM, 0, 32)?.reply()?;
        if name.value == title.as_bytes() && asked.value_len > 0 {
            found.push(window);
        }
    }
    Ok(found)
}

fn named(server: &RustConnection, root: Window, title: &str) -> Result<Option<Window>> {
    Ok(all_named(server, root, title)?.first().copied())
}
