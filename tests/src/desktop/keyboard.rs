//! A keyboard in front of the screen. WebDriver's keys are given to the page; these take the way of a person's, through
//! the system's input method.

use anyhow::{Context, Result};
use x11rb::{
    connection::Connection,
    protocol::{
        xproto::{ConnectionExt as _, Window},
        xtest::ConnectionExt as _,
    },
    rust_connection::RustConnection,
};

/// A key, by what stands on it in America.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keycap {
    /// A small letter or a digit.
    Char(char),
    /// Return.
    Enter,
    /// Escape.
    Escape,
    /// The space bar.
    Space,
    /// The left one.
    Shift,
    /// The left one.
    Control,
}

impl Keycap {
    /// X11's own number for it.
    fn symbol(self) -> u32 {
        match self {
            Self::Char(char) => char.into(),
            Self::Enter => 0xff0d,
            Self::Escape => 0xff1b,
            Self::Space => 0x20,
            Self::Shift => 0xffe1,
            Self::Control => 0xffe3,
        }
    }
}

/// Presses these keys together: down one after the other, up again from the last.
pub(super) fn strike(server: &RustConnection, root: Window, keys: &[Keycap]) -> Result<()> {
    // X11's numbers for a key that goes down, and up.
    const PRESS: u8 = 2;
    const RELEASE: u8 = 3;
    let (first, last) = (server.setup().min_keycode, server.setup().max_keycode);
    let mapping = server.get_keyboard_mapping(first, last - first + 1)?.reply()?;
    let code = |key: &Keycap| {
        let mut codes = (first..=last).zip(mapping.keysyms.chunks(mapping.keysyms_per_keycode.into()));
        let found = codes.find(|(_, symbols)| symbols.contains(&key.symbol()));
        found.map(|(code, _)| code).with_context(|| format!("the keyboard has no {key:?}"))
    };
    let codes = keys.iter().map(code).collect::<Result<Vec<_>>>()?;
    let down = codes.iter().map(|code| (PRESS, *code));
    for (kind, code) in down.chain(codes.iter().rev().map(|code| (RELEASE, *code))) {
        server.xtest_fake_input(kind, code, x11rb::CURRENT_TIME, root, 0, 0, 0)?.check()?;
    }
    Ok(())
}
