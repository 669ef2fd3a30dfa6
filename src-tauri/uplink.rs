//! The way up to the page, no faster than the page takes it.

use tauri::{Webview, ipc::Channel};
use tokio::{
    sync::{Mutex, oneshot},
    time::{Duration, timeout},
};

use crate::api::SocketEvent;

/// How much may be on its way into the page before the next frame waits: a few large pages of history.
const WINDOW_BYTES: usize = 512 * 1024;

/// The same in frames, because a frame costs something however small it is.
const WINDOW_FRAMES: usize = 256;

/// A page that takes longer than this is asleep or in a debugger; going on is then the lesser evil.
const PATIENCE: Duration = Duration::from_secs(10);

/// Carries a connection's events into the page.
///
/// A Tauri channel queues without a bound, so a relay that sends faster than the page can show would
/// fill this machine's memory. The page runs what it is given in order: when it has answered a
/// question, it has taken everything sent before. So after each window the shell asks, and stops
/// reading from the network until there is an answer; TCP tells the relay.
pub(crate) struct Uplink {
    channel: Channel<SocketEvent>,
    page: Option<Webview>,
    sent: Mutex<Sent>,
}

#[derive(Default)]
struct Sent {
    bytes: usize,
    frames: usize,
}

impl Uplink {
    /// Into `channel`, at the pace of `page`; without one as fast as it comes.
    pub(crate) fn new(channel: Channel<SocketEvent>, page: Option<Webview>) -> Self {
        Self { channel, page, sent: Mutex::default() }
    }

    /// Sends one event, after the page has taken enough of those before it.
    pub(crate) async fn send(&self, event: SocketEvent) {
        let mut sent = self.sent.lock().await;
        sent.frames += 1;
        if let SocketEvent::Frame { text } = &event {
            sent.bytes += text.len();
        }
        if let Err(error) = self.channel.send(event) {
            // The window is gone, and with it soon this connection.
            tracing::debug!(%error, "no page to send to");
        }
        if sent.bytes >= WINDOW_BYTES || sent.frames >= WINDOW_FRAMES {
            *sent = Sent::default();
            self.taken().await;
        }
    }

    /// Waits until the page has run everything sent so far.
    async fn taken(&self) {
        let Some(page) = &self.page else { return };
        let (answer, answered) = oneshot::channel();
        let answer = std::sync::Mutex::new(Some(answer));
        let asked = page.eval_with_callback("0", move |_| {
            if let Ok(mut answer) = answer.lock()
                && let Some(answer) = answer.take()
            {
                let _ = answer.send(());
            }
        });
        if asked.is_ok() && timeout(PATIENCE, answered).await.is_err() {
            tracing::debug!("the page takes its time");
        }
    }
}
