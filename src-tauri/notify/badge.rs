//! How much is unread, at the app's place in the dock or the taskbar.

use tauri::WebviewWindow;

/// Shows that so many messages are unread; 0 shows nothing.
///
/// # Errors
/// When the window is gone.
#[cfg(not(windows))]
pub(crate) fn show(window: &WebviewWindow, count: u32) -> tauri::Result<()> {
    window.set_badge_count((count > 0).then_some(count.into()))
}

/// Shows that something is unread: Windows has no numbers there, only a small picture.
///
/// # Errors
/// When the window is gone.
#[cfg(windows)]
pub(crate) fn show(window: &WebviewWindow, count: u32) -> tauri::Result<()> {
    window.set_overlay_icon((count > 0).then(|| tauri::image::Image::new_owned(dot(), SIDE, SIDE)))
}

/// What Windows asks for, in pixels.
#[cfg(any(windows, test))]
const SIDE: u32 = 16;

/// A round ember, as rows of red, green, blue and opacity.
#[cfg(any(windows, test))]
fn dot() -> Vec<u8> {
    const EMBER: [u8; 3] = [0xc7, 0x4a, 0x1e];
    let middle = f64::from(SIDE) / 2.0;
    let pixels = (0..SIDE).flat_map(|y| (0..SIDE).map(move |x| (x, y)));
    pixels
        .flat_map(|(x, y)| {
            let away = (f64::from(x) + 0.5 - middle).hypot(f64::from(y) + 0.5 - middle);
            // The edge fades over a pixel.
            let cover = (middle - 1.0 - away + 0.5).clamp(0.0, 1.0);
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is from 0 to 255")]
            let opacity = (cover * 255.0).round() as u8;
            [EMBER[0], EMBER[1], EMBER[2], opacity]
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dot_is_round() {
        let dot = dot();
        assert_eq!(dot.len(), (SIDE * SIDE * 4) as usize);
        let opacity = |x: u32, y: u32| dot[((y * SIDE + x) * 4 + 3) as usize];
        assert_eq!((opacity(8, 8), opacity(0, 0), opacity(15, 15)), (255, 0, 0));
        assert_eq!(opacity(8, 2), 255);
    }
}
