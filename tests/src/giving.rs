//! Files given to the page as people give them.

use anyhow::Result;
use serde_json::{Value, json};

use crate::Page;

/// A picture of this size, drawn by the page, put into its clipboard and pasted.
///
/// # Errors
/// When the page is gone.
pub async fn pastes_picture(page: &Page, width: u32, height: u32) -> Result<()> {
    page.ask(
        "const [width, height, done] = arguments;
             const canvas = Object.assign(document.createElement('canvas'), { width, height });
             const context = canvas.getContext('2d');
             for (let at = 0; at < 40; at += 1) {
                 context.fillStyle = `hsl(${at * 9} 80% 50%)`;
                 context.fillRect((at * width) / 40, 0, width / 40, height);
             }
             canvas.toBlob((blob) => {
                 const data = new DataTransfer();
                 data.items.add(new File([blob], 'image.png', { type: 'image/png' }));
                 const paste = { clipboardData: data, bubbles: true, cancelable: true };
                 document.querySelector('[data-testid=composer]').dispatchEvent(new ClipboardEvent('paste', paste));
                 done(null);
             })",
        vec![json!(width), json!(height)],
    )
    .await?;
    Ok(())
}

/// Lets go of files over the room: `[name, type, content]` each.
///
/// # Errors
/// When the page is gone.
pub async fn drops(page: &Page, files: &Value) -> Result<()> {
    page.ask(
        "const [files, done] = arguments;
             const data = new DataTransfer();
             for (const [name, type, content] of files) data.items.add(new File([content], name, { type }));
             for (const event of ['dragenter', 'dragover', 'drop']) {
                 const log = document.querySelector('[data-testid=log]');
                 log.dispatchEvent(new DragEvent(event, { dataTransfer: data, bubbles: true, cancelable: true }));
             }
             done(null)",
        vec![files.clone()],
    )
    .await?;
    Ok(())
}

/// Waits until so many files above the composer are at the host.
///
/// # Errors
/// When they never are.
pub async fn has_sent(page: &Page, count: usize) -> Result<()> {
    let script = format!(
        "return [...document.querySelectorAll(\"[data-testid='tray'] [data-testid='file-fate']\")]
             .filter((it) => it.dataset.state === 'done').length === {count}"
    );
    page.until_true(&format!("{count} files at the host"), &script).await
}
