//! Whoever shows notifications on a desktop, here a test: it is told of each, and can click on one.

use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result};
use zbus::{connection::Builder, object_server::SignalEmitter, zvariant::OwnedValue};

use crate::until;

const PATH: &str = "/org/freedesktop/Notifications";

/// What an app asked to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// What it goes by; the same for one that took the place of another.
    pub id: u32,
    /// Its first line.
    pub title: String,
    /// As it was sent, markup included.
    pub body: String,
    /// What its buttons are called, each behind what it is named on the bus.
    pub actions: Vec<(String, String)>,
}

/// The notifications of one session, as its only notification service.
pub struct Notifications {
    bus: zbus::Connection,
    desk: Arc<Mutex<Desk>>,
}

#[derive(Default)]
struct Desk {
    last: u32,
    shown: Vec<Shown>,
    sent: u32,
}

struct Service(Arc<Mutex<Desk>>);

#[zbus::interface(name = "org.freedesktop.Notifications")]
impl Service {
    fn get_capabilities(&self) -> Vec<String> {
        ["actions", "body", "body-markup"].map(str::to_owned).to_vec()
    }

    #[expect(clippy::too_many_arguments, reason = "the standard's own")]
    fn notify(
        &self,
        _app_name: &str,
        replaces: u32,
        _icon: &str,
        title: String,
        body: String,
        actions: Vec<String>,
        _hints: std::collections::HashMap<String, OwnedValue>,
        _expire: i32,
    ) -> u32 {
        let actions = actions.chunks_exact(2).map(|pair| (pair[0].clone(), pair[1].clone())).collect();
        let mut desk = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if replaces == 0 {
            desk.last += 1;
        }
        let id = if replaces == 0 { desk.last } else { replaces };
        desk.sent += 1;
        desk.shown.retain(|shown| shown.id != id);
        desk.shown.push(Shown { id, title, body, actions });
        id
    }

    async fn close_notification(
        &self,
        id: u32,
        #[zbus(signal_emitter)] emitter: SignalEmitter<'_>,
    ) -> zbus::fdo::Result<()> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).shown.retain(|shown| shown.id != id);
        // Because it was asked for.
        Ok(Self::notification_closed(&emitter, id, 3).await?)
    }

    #[zbus(signal)]
    async fn action_invoked(emitter: &SignalEmitter<'_>, id: u32, action: &str) -> zbus::Result<()>;

    #[zbus(signal)]
    async fn notification_closed(emitter: &SignalEmitter<'_>, id: u32, reason: u32) -> zbus::Result<()>;
}

impl Notifications {
    /// Serves the session whose bus is at this address.
    ///
    /// # Errors
    /// When there is no such bus, or it has a notification service.
    pub async fn serve(address: &str) -> Result<Self> {
        let desk = Arc::<Mutex<Desk>>::default();
        let bus = Builder::address(address)?
            .name("org.freedesktop.Notifications")?
            .serve_at(PATH, Service(desk.clone()))?
            .build()
            .await
            .context("the session's bus takes no notification service")?;
        Ok(Self { bus, desk })
    }

    /// What is shown now, the newest last.
    pub fn shown(&self) -> Vec<Shown> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner).shown.clone()
    }

    /// How many were asked for so far, those that took another's place included.
    pub fn sent(&self) -> u32 {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner).sent
    }

    /// Waits for one that says this.
    ///
    /// # Errors
    /// When none comes.
    pub async fn shows(&self, what: &str) -> Result<Shown> {
        let says = |shown: &Shown| shown.title.contains(what) || shown.body.contains(what);
        let found = until(what, async || self.shown().into_iter().find(says)).await;
        found.with_context(|| format!("shown is {:?}", self.shown()))
    }

    /// Waits until none is shown.
    ///
    /// # Errors
    /// When one stays.
    pub async fn shows_none(&self) -> Result<()> {
        let none = until("no notification", async || self.shown().is_empty().then_some(())).await;
        none.with_context(|| format!("shown is {:?}", self.shown()))
    }

    /// Clicks on one.
    ///
    /// # Errors
    /// When the bus is gone.
    pub async fn clicks(&self, shown: &Shown) -> Result<()> {
        self.invokes(shown, "default").await
    }

    /// Presses a button of one.
    ///
    /// # Errors
    /// When it has no such button, or the bus is gone.
    pub async fn presses(&self, shown: &Shown, button: &str) -> Result<()> {
        let pressed = shown.actions.iter().find(|(_, called)| called == button);
        let (action, _) = pressed.with_context(|| format!("{shown:?} has no {button}"))?;
        self.invokes(shown, action).await
    }

    async fn invokes(&self, shown: &Shown, action: &str) -> Result<()> {
        let emitter = SignalEmitter::new(&self.bus, PATH)?;
        Ok(Service::action_invoked(&emitter, shown.id, action).await?)
    }
}
