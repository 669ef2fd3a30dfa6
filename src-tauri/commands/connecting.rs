//! The page's only network: connections to rooms, and the frames that go over them.

use serde::Deserialize;
use tauri::{
    Manager, State, Webview, Wry,
    ipc::{Channel, Invoke, InvokeBody, InvokeError},
};

use super::checks::check;
use crate::{
    Shell,
    api::{Connected, Known, SocketEvent},
    dial::Heard,
    error::Error,
    uplink::Uplink,
};

/// Above any frame a relay takes, so that the relay's own refusal is the one that is heard.
const FRAME_BYTES: usize = 4 * 1024 * 1024;

/// Whatever link leads to a room that is known here, to whoever answers there: they prove to be its host before
/// anything is said. A room's id is no secret.
#[tauri::command]
pub(crate) async fn connect(
    addresses: Vec<String>,
    known: Option<Known>,
    events: Channel<SocketEvent>,
    webview: Webview,
    shell: State<'_, Shell>,
) -> Result<Connected, Error> {
    let uplink = Uplink::new(events, Some(webview));
    let known =
        known.map(|known| Known { mark: known.mark.or_else(|| shell.settings.get().mark_of(&known.room)), ..known });
    let heard = known.map(|known| Heard::of(&known, shell.nearby.search())).transpose()?;
    shell.connections.connect(&addresses, heard, uplink).await
}

/// `send`'s arguments.
#[derive(Deserialize)]
struct Sending {
    connection: u32,
    text: String,
}

/// Queues the frame on the thread the page's calls arrive on, one after the other; the answer waits
/// until it is written.
pub(super) fn send(invoke: Invoke<Wry>) {
    let Invoke { message, resolver, .. } = invoke;
    let queued = match message.payload() {
        InvokeBody::Json(payload) => {
            Sending::deserialize(payload).map_err(|_| Error::BadInput("send what, and where?"))
        }
        InvokeBody::Raw(_) => Err(Error::BadInput("only text can be sent")),
    }
    .and_then(|Sending { connection, text }| {
        check(&text, FRAME_BYTES, "that frame is too large")?;
        message.webview_ref().state::<Shell>().connections.send(connection, text)
    });
    match queued {
        Ok(written) => resolver.respond_async(async move { written.await.map_err(InvokeError::from) }),
        Err(error) => resolver.invoke_error(error.into()),
    }
}

/// Not async, so that it can't overtake a `send` before it either.
#[tauri::command]
pub(crate) fn disconnect(connection: u32, shell: State<'_, Shell>) {
    shell.connections.disconnect(connection);
}
