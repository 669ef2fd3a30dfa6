//! Where messages are in the log, as scripts for the page.

/// Script that finds the row of a message by its text.
pub const ROW: &str = "const row = (text) => [...document.querySelectorAll(\"[data-testid='message-text']\")]
    .find((node) => node.textContent === text)";

/// Whether a message of this text is among those the page has drawn.
pub fn present(text: &str) -> String {
    format!("{ROW}; return row('{text}') !== undefined")
}

/// Whether all of it is in sight.
pub fn in_sight(text: &str) -> String {
    format!(
        "{ROW}; const box = row('{text}')?.getBoundingClientRect();
         return !!box && box.top >= 0 && box.bottom <= innerHeight"
    )
}
