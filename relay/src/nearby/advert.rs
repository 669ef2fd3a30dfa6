//! Telling the network of a room that is hosted here.

use std::time::Duration;

use mdns_sd::{IfKind, IfPredicate, ServiceDaemon, ServiceInfo};

use super::{
    NoMulticast, SERVICE,
    record::{instance, properties},
};
use crate::addresses::is_virtual;

/// How soon a changed address is noticed, in seconds: guests look for the room by it.
const CHECK_S: u32 = 1;

/// How long taking it back may take: a goodbye is one packet.
const GOODBYE: Duration = Duration::from_secs(1);

/// A room that whoever looks around on the network finds, until this is stopped or dropped. It follows this
/// machine's addresses by itself. Where multicast doesn't get through nobody finds it, and nothing else happens.
pub struct Advert {
    daemon: ServiceDaemon,
    port: u16,
}

impl Advert {
    /// Tells of the room from now on, under its `name`, as far as that fits; a name that is taken on this
    /// network gets a number behind it.
    ///
    /// # Errors
    /// When this machine has no multicast.
    pub fn start(room: &str, name: &str, open: bool, port: u16) -> Result<Self, NoMulticast> {
        let daemon = ServiceDaemon::new()?;
        daemon.set_ip_check_interval(CHECK_S)?;
        let advert = Self { daemon, port };
        advert.update(room, name, open)?;
        Ok(advert)
    }

    /// Tells something else of the same room.
    ///
    /// # Errors
    /// When this machine has no multicast any more.
    pub fn update(&self, room: &str, name: &str, open: bool) -> Result<(), NoMulticast> {
        // A host name of the room's own: the machine's belongs to the system's responder.
        let host = format!("snug-{}.local.", room.to_ascii_lowercase());
        let told = properties(room, open);
        let mut info = ServiceInfo::new(SERVICE, &instance(name), &host, (), self.port, &told[..])?.enable_addr_auto();
        // Bridges and tunnels lead to nobody, and loopback to this machine alone.
        let real = IfPredicate::new(|adapter| !adapter.is_loopback() && !is_virtual(&adapter.name));
        info.set_interfaces(vec![IfKind::Predicate(real)]);
        Ok(self.daemon.register(info)?)
    }

    /// Takes it back, so that the room is gone from others' lists at once.
    pub async fn stop(self) {
        if let Ok(over) = self.daemon.shutdown() {
            // One that is late says goodbye all the same.
            let _late = tokio::time::timeout(GOODBYE, over.recv_async()).await;
        }
    }
}

impl Drop for Advert {
    fn drop(&mut self) {
        let _over_already = self.daemon.shutdown();
    }
}
