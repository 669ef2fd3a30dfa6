//! Where the window was when it was closed, to open it there again.

use serde::{Deserialize, Serialize};
use tauri::{PhysicalPosition, PhysicalSize, WebviewWindow};

use crate::settings::Settings;

/// A window's place, in the screens' own pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Place {
    /// From the left edge of the first screen; negative on a screen to its left.
    x: i32,
    /// From its top edge.
    y: i32,
    width: u32,
    height: u32,
    /// Whether it filled the screen; the rest is then what it goes back to.
    maximized: bool,
}

/// Keeps where the window is now.
pub(crate) fn remember(window: &WebviewWindow, settings: &Settings) {
    let before = settings.get().window;
    let place = match Place::of(window, before) {
        Ok(place) => place,
        Err(error) => return tracing::debug!(%error, "the window's place is unknown"),
    };
    if let Err(error) = settings.change(|saved| saved.window = place) {
        tracing::warn!(%error, "the window's place will be forgotten");
    }
}

/// Puts the window where it was, as far as that is still on a screen.
pub(crate) fn restore(window: &WebviewWindow, settings: &Settings) {
    let Some(place) = settings.get().window else { return };
    if let Err(error) = place.apply(window) {
        tracing::debug!(%error, "the window opens somewhere else");
    }
}

impl Place {
    /// `None` while it says nothing about where it belongs.
    fn of(window: &WebviewWindow, before: Option<Self>) -> tauri::Result<Option<Self>> {
        if window.is_minimized()? || window.is_fullscreen()? {
            return Ok(before);
        }
        if window.is_maximized()? {
            return Ok(before.map(|place| Self { maximized: true, ..place }));
        }
        let (position, size) = (window.outer_position()?, window.inner_size()?);
        Ok(Some(Self { x: position.x, y: position.y, width: size.width, height: size.height, maximized: false }))
    }

    fn apply(self, window: &WebviewWindow) -> tauri::Result<()> {
        window.set_size(PhysicalSize::new(self.width, self.height))?;
        let screens: Vec<_> =
            window.available_monitors()?.iter().map(|screen| (*screen.position(), *screen.size())).collect();
        if self.can_be_grabbed(&screens) {
            window.set_position(PhysicalPosition::new(self.x, self.y))?;
        }
        if self.maximized {
            window.maximize()?;
        }
        Ok(())
    }

    /// Whether enough of its top edge is on a screen to drag it by. Wayland tells no position but the
    /// origin, which therefore counts as unknown.
    fn can_be_grabbed(self, screens: &[(PhysicalPosition<i32>, PhysicalSize<u32>)]) -> bool {
        const ENOUGH: i64 = 100;
        if (self.x, self.y) == (0, 0) {
            return false;
        }
        let (left, right) = (i64::from(self.x), i64::from(self.x) + i64::from(self.width));
        screens.iter().any(|(position, size)| {
            let (x, y) = (i64::from(position.x), i64::from(position.y));
            let shown = right.min(x + i64::from(size.width)) - left.max(x);
            let top = i64::from(self.y);
            shown >= ENOUGH && top >= y && top + ENOUGH <= y + i64::from(size.height)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(x: i32, y: i32) -> Place {
        Place { x, y, width: 1080, height: 720, maximized: false }
    }

    #[test]
    fn a_window_is_only_put_where_it_can_be_grabbed() {
        let laptop = (PhysicalPosition::new(0, 0), PhysicalSize::new(1920, 1080));
        let left = (PhysicalPosition::new(-2560, 0), PhysicalSize::new(2560, 1440));
        assert!(at(100, 100).can_be_grabbed(&[laptop]));
        assert!(at(1800, 100).can_be_grabbed(&[laptop]));
        assert!(at(-2000, 50).can_be_grabbed(&[laptop, left]));
        // The screen to the left was unplugged.
        assert!(!at(-2000, 50).can_be_grabbed(&[laptop]));
        assert!(!at(1900, 100).can_be_grabbed(&[laptop]));
        assert!(!at(100, 1050).can_be_grabbed(&[laptop]));
        assert!(!at(100, -30).can_be_grabbed(&[laptop]));
        assert!(!at(0, 0).can_be_grabbed(&[laptop]));
    }
}
