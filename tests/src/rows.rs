//! Where messages are in the log, as scripts for the page, and whether they stay there.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::Page;

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

/// Reads on in one direction until a message is there, a step each other frame, and looks after each whether what was
/// in the middle went where the step put it.
const READS_ON: &str = "
    const [step, until, done] = arguments;
    const log = document.querySelector(\"[data-testid='log']\");
    const rows = () => [...log.querySelectorAll('[data-key]')];
    const top = (row) => row.getBoundingClientRect().top;
    const frames = (next) => requestAnimationFrame(() => requestAnimationFrame(next));
    const [began, kept] = [performance.now(), { moved: 0, steps: 0, most: 0, first: new Set(), last: new Set() }];
    const go = () => {
        const all = rows();
        kept.most = Math.max(kept.most, all.length);
        kept.first.add(all[0].dataset.key);
        kept.last.add(all.at(-1).dataset.key);
        if (log.querySelector(`[data-seq='${until}']`))
            return done({ ...kept, first: kept.first.size, last: kept.last.size });
        if (performance.now() - began > 15_000) return done(`not there after ${kept.steps} steps`);
        // Nobody scrolls past what there is.
        const left = step > 0 ? log.scrollHeight - log.scrollTop - log.clientHeight : log.scrollTop;
        if (left <= Math.abs(step)) return frames(go);
        const middle = all.find((row) => top(row) > log.clientHeight / 2);
        const before = top(middle);
        const looks = (by) => { kept.moved = Math.max(kept.moved, Math.abs(top(middle) + by - before)) };
        // What is still to load between so far up and the middle.
        const loads = (above) => [...log.querySelectorAll(\"[data-testid='picture']\")]
            .map((it) => it.closest('[data-key]').getBoundingClientRect())
            .some((row) => row.top > top(log) - above && row.top < top(middle));
        log.scrollTop += step;
        kept.steps += 1;
        // In sight of the reader it moves what follows it.
        let shakes = loads(0);
        const after = () => {
            if (!shakes) looks(step);
            shakes ||= loads(0);
            // It is waited for, and the place looked at meanwhile.
            if (loads(1600) && performance.now() - began < 15_000) return frames(after);
            go();
        };
        frames(after);
    };
    go();";

/// Reads on, so many pixels a step and up where they are negative, until the message of that place is there. What it saw:
/// how many `steps` it took, the `most` rows at one time, how many were the `first` and the `last`.
///
/// # Errors
/// When what was in the middle moved otherwise than a step took it, or that message doesn't come.
pub async fn reads_on(page: &Page, step: i32, until: u32) -> Result<Value> {
    let kept = page.ask(READS_ON, vec![json!(step), json!(until)]).await?;
    let moved = kept["moved"].as_f64().with_context(|| kept.to_string())?;
    ensure!(moved <= 2.0, "what was being read moved by {moved} px: {kept}");
    Ok(kept)
}
