//! The corner of a desktop where icons stand beside the clock, here a test: it sees an icon's menu, and chooses from it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use anyhow::{Context, Result};
use zbus::{
    connection::Builder,
    message::Header,
    object_server::SignalEmitter,
    zvariant::{OwnedObjectPath, OwnedValue, Structure, Value},
};

use crate::until;

const PATH: &str = "/StatusNotifierWatcher";
const ITEM: &str = "org.kde.StatusNotifierItem";
const MENU: &str = "com.canonical.dbusmenu";

/// A call that takes longer is one that won't be answered.
const ANSWER: Duration = Duration::from_secs(3);

/// The icons of one session, as the only place for them.
pub struct Tray {
    bus: zbus::Connection,
    items: Arc<Mutex<Vec<Item>>>,
}

/// Where an icon is on the bus.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Item {
    service: String,
    path: String,
}

/// An entry of a menu on the bus: its number, what is said of it, and what is below it.
type Node = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);

/// What can be chosen in a menu, from a submenu by its title and its own: `Jun/Let in`.
type Entries = Vec<(String, i32, bool)>;

struct Watcher(Arc<Mutex<Vec<Item>>>);

#[zbus::interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    async fn register_status_notifier_item(
        &self,
        service: String,
        #[zbus(header)] header: Header<'_>,
        #[zbus(signal_emitter)] emitter: SignalEmitter<'_>,
    ) -> zbus::fdo::Result<()> {
        let sender = header.sender().map(ToString::to_string).unwrap_or_default();
        // Some say where the object is, others their name on the bus.
        let item = match service.strip_prefix('/') {
            Some(_) => Item { service: sender, path: service },
            None => Item { service, path: "/StatusNotifierItem".into() },
        };
        let told = format!("{}{}", item.service, item.path);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(item);
        Ok(Self::status_notifier_item_registered(&emitter, &told).await?)
    }

    fn register_status_notifier_host(&self, _service: String) {}

    #[zbus(property)]
    fn registered_status_notifier_items(&self) -> Vec<String> {
        let items = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        items.iter().map(|item| format!("{}{}", item.service, item.path)).collect()
    }

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }

    #[zbus(signal)]
    async fn status_notifier_item_registered(emitter: &SignalEmitter<'_>, service: &str) -> zbus::Result<()>;
}

impl Tray {
    /// Serves the session whose bus is at this address.
    ///
    /// # Errors
    /// When there is no such bus, or it has such a place.
    pub async fn serve(address: &str) -> Result<Self> {
        let items = Arc::<Mutex<Vec<Item>>>::default();
        let bus = Builder::address(address)?
            .serve_at(PATH, Watcher(items.clone()))?
            .name("org.kde.StatusNotifierWatcher")?
            // A menu that doesn't answer is asked again, until nobody waits for it any more.
            .method_timeout(ANSWER)
            .build()
            .await
            .context("the session's bus takes no place for icons")?;
        Ok(Self { bus, items })
    }

    /// Waits until the icon's menu has this entry; those in a submenu are called `Jun/Let in`.
    ///
    /// # Errors
    /// When it never has; says what it has.
    pub async fn offers(&self, what: &str) -> Result<()> {
        let has = until(what, async || self.entries().await.ok()?.iter().any(|(text, ..)| text == what).then_some(()));
        let has = has.await;
        match has {
            Ok(()) => Ok(()),
            Err(error) => Err(error.context(format!("the menu has {:?}", self.entries().await))),
        }
    }

    /// Waits until nothing in the icon's menu has this text in it.
    ///
    /// # Errors
    /// When something stays.
    pub async fn offers_no(&self, what: &str) -> Result<()> {
        until(&format!("no {what}"), async || {
            let entries = self.entries().await.ok()?;
            entries.iter().all(|(text, ..)| !text.contains(what)).then_some(())
        })
        .await
    }

    /// What the menu says, from top to bottom, without its lines.
    ///
    /// # Errors
    /// When there is no icon.
    pub async fn menu(&self) -> Result<Vec<String>> {
        Ok(self.entries().await?.into_iter().map(|(text, ..)| text).collect())
    }

    /// What stands beside the icon, waited for.
    ///
    /// # Errors
    /// When it never does.
    pub async fn is_labelled(&self, label: &str) -> Result<()> {
        until(&format!("the label {label:?}"), async || {
            let proxy = self.proxy(ITEM).await.ok()?;
            let shown: String = proxy.get_property("XAyatanaLabel").await.ok()?;
            (shown == label).then_some(())
        })
        .await
    }

    /// Chooses an entry as soon as the menu has it.
    ///
    /// # Errors
    /// When it never has, or it can't be chosen.
    pub async fn chooses(&self, what: &str) -> Result<()> {
        self.offers(what).await?;
        let entries = self.entries().await?;
        let entry = entries.into_iter().find(|(text, ..)| text == what);
        let (_, id, enabled) = entry.with_context(|| format!("{what} is gone"))?;
        anyhow::ensure!(enabled, "{what} can't be chosen");
        let menu = self.menu_proxy().await?;
        menu.call_method("Event", &(id, "clicked", Value::from(0), 0_u32)).await?;
        Ok(())
    }

    async fn entries(&self) -> Result<Entries> {
        let menu = self.menu_proxy().await?;
        let reply = menu.call_method("GetLayout", &(0, -1, Vec::<&str>::new())).await?;
        let (_, root): (u32, Node) = reply.body().deserialize()?;
        let mut entries = Vec::new();
        for child in root.2 {
            read(child, "", &mut entries)?;
        }
        Ok(entries)
    }

    async fn menu_proxy(&self) -> Result<zbus::Proxy<'_>> {
        let path: OwnedObjectPath = self.proxy(ITEM).await?.get_property("Menu").await?;
        let service = self.newest()?.service;
        Ok(zbus::Proxy::new(&self.bus, service, path, MENU).await?)
    }

    async fn proxy(&self, interface: &'static str) -> Result<zbus::Proxy<'_>> {
        let Item { service, path } = self.newest()?;
        let builder = zbus::proxy::Builder::new(&self.bus).destination(service)?.path(path)?.interface(interface)?;
        Ok(builder.cache_properties(zbus::proxy::CacheProperties::No).build().await?)
    }

    fn newest(&self) -> Result<Item> {
        self.items.lock().unwrap_or_else(PoisonError::into_inner).last().cloned().context("there is no icon")
    }
}

/// One entry and those below it.
fn read(entry: OwnedValue, above: &str, entries: &mut Entries) -> Result<()> {
    let entry: Structure<'_> = Value::from(entry).downcast()?;
    let (id, said, below): Node = entry.try_into()?;
    let text = |key: &str| said.get(key).and_then(|value| <&str>::try_from(value).ok()).unwrap_or_default().to_owned();
    if text("type") == "separator" {
        return Ok(());
    }
    // An underline marks a key, and two are one.
    let name = format!("{above}{}", text("label").replace("__", "_"));
    if below.is_empty() {
        let enabled = said.get("enabled").and_then(|value| bool::try_from(value).ok()).unwrap_or(true);
        entries.push((name, id, enabled));
        return Ok(());
    }
    let above = format!("{name}/");
    below.into_iter().try_for_each(|entry| read(entry, &above, entries))
}
