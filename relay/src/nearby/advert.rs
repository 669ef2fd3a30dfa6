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

/// A room that whoever looks around on the network finds, from the first [`tell`](Self::tell) until this is stopped or
/// dropped. It follows this machine's addresses by itself. Where multicast doesn't get through nobody finds it, and
/// nothing else happens.
pub struct Advert {
    room: String,
    port: u16,
    running: Option<Daemon>,
    /// Whether the last try failed: that is written down once, and not with each further one.
    failed: bool,
}

/// The library's own thread, which ends with this.
struct Daemon {
    daemon: ServiceDaemon,
    told: Option<Told>,
}

/// What the network was told last.
#[derive(Clone, PartialEq, Eq)]
struct Told {
    name: String,
    open: bool,
    /// By which it can be taken back.
    full_name: String,
}

impl Advert {
    /// Of a room that is served at this port. Nothing is told yet.
    pub fn of(room: &str, port: u16) -> Self {
        Self { room: room.to_owned(), port, running: None, failed: false }
    }

    /// Tells of the room from now on as it is now: under its `name`, as far as that fits; a name that is taken on this
    /// network gets a number behind it. To be called now and then: where nothing has changed it does nothing, and what
    /// failed before is tried once more. Whether the network is told.
    pub fn tell(&mut self, name: &str, open: bool) -> bool {
        let told = self.try_to_tell(name, open);
        if let Err(error) = &told {
            // Whatever it was is begun anew.
            self.running = None;
            if !self.failed {
                tracing::warn!(%error, room = self.room, "nobody nearby is told of the room for now");
            }
        }
        self.failed = told.is_err();
        !self.failed
    }

    fn try_to_tell(&mut self, name: &str, open: bool) -> Result<(), NoMulticast> {
        let running = match &mut self.running {
            Some(running) => {
                // A thread that has ended says nothing by itself.
                running.daemon.status()?;
                running
            }
            none => none.insert(Daemon::start()?),
        };
        running.tell(&self.room, self.port, name, open)
    }

    /// Takes it back, so that the room is gone from others' lists at once.
    pub async fn stop(self) {
        if let Some(Ok(over)) = self.running.as_ref().map(|running| running.daemon.shutdown()) {
            // One that is late says goodbye all the same.
            let _late = tokio::time::timeout(GOODBYE, over.recv_async()).await;
        }
    }
}

impl Daemon {
    fn start() -> Result<Self, NoMulticast> {
        super::can_be_had()?;
        let daemon = ServiceDaemon::new()?;
        daemon.set_ip_check_interval(CHECK_S)?;
        Ok(Self { daemon, told: None })
    }

    fn tell(&mut self, room: &str, port: u16, name: &str, open: bool) -> Result<(), NoMulticast> {
        if self.told.as_ref().is_some_and(|told| told.name == name && told.open == open) {
            return Ok(());
        }
        // A host name of the room's own: the machine's belongs to the system's responder.
        let host = host_name(room);
        let says = properties(room, open);
        let mut info = ServiceInfo::new(SERVICE, &instance(name), &host, (), port, &says[..])?.enable_addr_auto();
        // Bridges and tunnels lead to nobody, and loopback to this machine alone.
        let real = IfPredicate::new(|adapter| !adapter.is_loopback() && !is_virtual(&adapter.name));
        info.set_interfaces(vec![IfKind::Predicate(real)]);
        let full_name = info.get_fullname().to_owned();
        // Under another name it would be a second room, and this one stay listed beside it.
        let renamed = |told: &Told| !told.full_name.eq_ignore_ascii_case(&full_name);
        if let Some(before) = self.told.take_if(|told| renamed(told)) {
            self.daemon.unregister(&before.full_name)?;
        }
        self.daemon.register(info)?;
        self.told = Some(Told { name: name.to_owned(), open, full_name });
        Ok(())
    }
}

/// What a room's host is called on the network.
pub(crate) fn host_name(room: &str) -> String {
    format!("snug-{}.local.", room.to_ascii_lowercase())
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _over_already = self.daemon.shutdown();
    }
}
