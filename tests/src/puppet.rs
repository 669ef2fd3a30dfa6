//! Between a page and its host: what a host says that none does in a story, because its disk would have to be full, or
//! five thousand people here; and what a browser refuses. For what a page shows then, and for nothing else.

use anyhow::Result;
use serde_json::{Value, json};

use crate::{Page, Person};

const BETWEEN: &str = "
    const [Real, later] = [WebSocket, setTimeout];
    window.hosts = [];
    window.WebSocket = class extends Real {
        constructor(...how) {
            super(...how);
            window.hosts.push(this);
        }
    };
    window.between = window.WebSocket;
    // What is shown for so long is shown for as long as one looks.
    window.setTimeout = (what, ms, ...rest) => later(what, window.lingers && [2500, 6000, 10000].includes(ms) ? 120000 : ms, ...rest);";

/// Stands between the page that is opened next and its host.
///
/// # Errors
/// When the window is gone.
pub async fn between(person: &Person) -> Result<()> {
    person.prepares(BETWEEN).await
}

/// Has the page hear a frame from its host.
///
/// # Errors
/// When the window is gone.
pub async fn hears(page: &Page, frame: &Value) -> Result<()> {
    let data = json!({ "data": frame.to_string() });
    page.run(&format!("hosts.at(-1).dispatchEvent(new MessageEvent('message', {data})); return null")).await?;
    Ok(())
}

/// Cuts the page off, and has it meet somebody whenever it tries again, who says this and nothing else.
///
/// # Errors
/// When the window is gone.
pub async fn meets(page: &Page, frame: &Value) -> Result<()> {
    page.run(&format!(
        "window.met = {frame};
         window.WebSocket = class {{
             constructor() {{ setTimeout(() => this.onopen?.()) }}
             send(text) {{
                 if (met && JSON.parse(text).type === 'join')
                     setTimeout(() => this.onmessage?.({{ data: JSON.stringify(met) }}));
             }}
             close() {{}}
         }};
         hosts.at(-1)?.onclose?.();
         return null"
    ))
    .await?;
    Ok(())
}

/// Steps aside: the page meets its host the next time.
///
/// # Errors
/// When the window is gone.
pub async fn steps_aside(page: &Page) -> Result<()> {
    page.run("window.WebSocket = window.between; return null").await?;
    Ok(())
}

/// What is shown for some seconds is shown from now on for as long as one looks.
///
/// # Errors
/// When the window is gone.
pub async fn lingers(page: &Page) -> Result<()> {
    page.run("window.lingers = true; return null").await?;
    Ok(())
}

/// Has the browser copy nothing from now on, as on plain http where it refuses the old way, too.
///
/// # Errors
/// When the window is gone.
pub async fn copies_nothing(page: &Page) -> Result<()> {
    page.run(
        "document.execCommand = () => false;
         Object.defineProperty(window, 'isSecureContext', { value: false });
         return null",
    )
    .await?;
    Ok(())
}
