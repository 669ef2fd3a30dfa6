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

/// Lets go over the room of what is in a list of files.
const DROP: &str = "const drop = (files) => {
         const dataTransfer = new DataTransfer();
         for (const file of files) dataTransfer.items.add(file);
         const log = document.querySelector('[data-testid=log]');
         for (const event of ['dragenter', 'dragover', 'drop'])
             log.dispatchEvent(new DragEvent(event, { dataTransfer, bubbles: true, cancelable: true }));
     };";

async fn drops_from(page: &Page, script: &str, arguments: Vec<Value>) -> Result<()> {
    page.ask(&format!("{DROP}{script}"), arguments).await.map(drop)
}

/// Lets go of files over the room: `[name, type, content]` each.
///
/// # Errors
/// When the page is gone.
pub async fn drops(page: &Page, files: &Value) -> Result<()> {
    let script = "const [files, done] = arguments;
        drop(files.map(([name, type, content]) => new File([content], name, { type })));
        done(null)";
    drops_from(page, script, vec![files.clone()]).await
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

/// Lets go of a film of half a second over the room, which the browser records.
///
/// # Errors
/// When the page is gone, or records none.
pub async fn films(page: &Page) -> Result<()> {
    let script = "const [done] = arguments;
        const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 360 });
        const context = canvas.getContext('2d');
        const recorder = new MediaRecorder(canvas.captureStream(20), { mimeType: 'video/webm' });
        const parts = [];
        let at = 0;
        const draws = setInterval(() => {
            context.fillStyle = `hsl(${at * 20} 60% 45%)`;
            context.fillRect(0, 0, 640, 360);
            context.fillStyle = 'white';
            context.fillRect(40 * at++, 150, 60, 60);
            if (at === 10) recorder.stop();
        }, 50);
        recorder.ondataavailable = ({ data }) => parts.push(data);
        recorder.onstop = () => {
            clearInterval(draws);
            drop([new File(parts, 'a walk in the park.webm', { type: 'video/webm' })]);
            done(null);
        };
        recorder.start()";
    drops_from(page, script, Vec::new()).await
}

/// Lets go of a second of a tone over the room.
///
/// # Errors
/// When the page is gone.
pub async fn sounds(page: &Page) -> Result<()> {
    let script = "const [done] = arguments;
        const rate = 8000;
        const view = new DataView(new ArrayBuffer(44 + rate));
        const text = (at, words) => [...words].forEach((it, n) => view.setUint8(at + n, it.charCodeAt(0)));
        text(0, 'RIFF'); view.setUint32(4, 36 + rate, true); text(8, 'WAVEfmt '); view.setUint32(16, 16, true);
        view.setUint16(20, 1, true); view.setUint16(22, 1, true); view.setUint32(24, rate, true);
        view.setUint32(28, rate, true); view.setUint16(32, 1, true); view.setUint16(34, 8, true);
        text(36, 'data'); view.setUint32(40, rate, true);
        for (let at = 0; at < rate; at += 1) view.setUint8(44 + at, 128 + 40 * Math.sin(at / 3));
        drop([new File([view], 'a song.wav', { type: 'audio/wav' })]);
        done(null)";
    drops_from(page, script, Vec::new()).await
}
