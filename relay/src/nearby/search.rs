//! Looking around for rooms on the network.

use std::{collections::BTreeMap, time::Duration};

use mdns_sd::{DaemonEvent, Receiver, ServiceDaemon, ServiceEvent};
use tokio::{
    sync::watch,
    time::{Instant, MissedTickBehavior, interval, sleep},
};
use tokio_util::sync::{CancellationToken, DropGuard};

use super::{NearbyRoom, NoMulticast, SERVICE, record};
use crate::addresses::Networks;

/// More rooms than anybody picks from a list. Those that were there first stay.
const ROOMS: usize = 64;

/// What changes within this moment is told at once.
const GATHER: Duration = Duration::from_millis(100);

/// How often each room is asked whether it is still there: one whose machine was switched off says no goodbye,
/// and its record would hold for two minutes.
const ASK: Duration = Duration::from_secs(5);

/// How long it may take to answer.
const ANSWER: Duration = Duration::from_secs(3);

/// Records kept in memory on others' behalf. Beyond it somebody floods the network; everything is dropped then.
const RECORDS: i64 = 4_096;

/// Before another try, where there was no multicast or too much of it.
const PAUSE: Duration = Duration::from_secs(5);

/// What there is nearby, as far as one can hear.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// Those heard of, by name.
    pub rooms: Vec<NearbyRoom>,
    /// Whether this machine can't listen at all: it has no network, or no multicast.
    pub deaf: bool,
}

/// Looks around until it is dropped.
pub struct Search {
    found: watch::Receiver<Found>,
    _stops_when_dropped: DropGuard,
}

impl Search {
    /// Begins to look around. Needs a tokio runtime.
    pub fn start() -> Self {
        let (tell, found) = watch::channel(Found::default());
        let stop = CancellationToken::new();
        let stopped = stop.clone();
        tokio::spawn(async move {
            tokio::select! {
                () = stopped.cancelled() => {}
                () = look_around(&tell) => {}
            }
        });
        Self { found, _stops_when_dropped: stop.drop_guard() }
    }

    /// What is nearby now, and whatever changes in it.
    pub fn found(&self) -> watch::Receiver<Found> {
        self.found.clone()
    }
}

/// Never ends.
async fn look_around(tell: &watch::Sender<Found>) {
    loop {
        match Daemon::start() {
            Ok(mut daemon) => daemon.listen(tell).await,
            Err(error) => tracing::debug!(%error, "can't look around"),
        }
        tell.send_replace(Found { rooms: Vec::new(), deaf: true });
        sleep(PAUSE).await;
    }
}

/// The library's own thread, which ends with this.
struct Daemon {
    daemon: ServiceDaemon,
    events: Receiver<ServiceEvent>,
    /// What becomes of the network.
    changes: Receiver<DaemonEvent>,
}

impl Daemon {
    fn start() -> Result<Self, NoMulticast> {
        let daemon = ServiceDaemon::new()?;
        daemon.set_ip_check_interval(1)?;
        let changes = daemon.monitor()?;
        let events = daemon.browse(SERVICE)?;
        Ok(Self { daemon, events, changes })
    }

    /// Tells what is found until there is no more listening, or too much to hear.
    async fn listen(&mut self, tell: &watch::Sender<Found>) {
        let mut rooms: BTreeMap<String, NearbyRoom> = BTreeMap::new();
        let mut networks = Networks::now().await;
        let (mut told_at, mut due) = (Instant::now(), false);
        let mut asking = interval(ASK);
        asking.set_missed_tick_behavior(MissedTickBehavior::Delay);
        tell.send_replace(Found { rooms: Vec::new(), deaf: networks.is_empty() });
        loop {
            tokio::select! {
                event = self.events.recv_async() => match event {
                    Ok(ServiceEvent::ServiceResolved(told)) => {
                        let heard = record::read(&told, |ip| networks.have(ip));
                        let name = told.fullname.clone();
                        due |= match heard {
                            Some(room) if rooms.contains_key(&name) || rooms.len() < ROOMS => {
                                rooms.insert(name, room.clone()) != Some(room)
                            }
                            Some(_) => false,
                            None => rooms.remove(&name).is_some(),
                        };
                    }
                    Ok(ServiceEvent::ServiceRemoved(_, name)) => due |= rooms.remove(&name).is_some(),
                    Ok(ServiceEvent::SearchStopped(_)) | Err(_) => return,
                    Ok(_) => {}
                },
                change = self.changes.recv_async() => match change {
                    Ok(DaemonEvent::IpAdd(_)) => {
                        networks = Networks::now().await;
                        if !self.ask_anew() {
                            return;
                        }
                    }
                    Ok(_) => {}
                    Err(_) => return,
                },
                _ = asking.tick() => {
                    if self.is_flooded().await {
                        tracing::warn!("somebody floods the network with records: not listening for a moment");
                        return;
                    }
                    let before = std::mem::replace(&mut networks, Networks::now().await);
                    if before != networks && !self.ask_anew() {
                        return;
                    }
                    due |= tell.borrow().deaf != networks.is_empty();
                    for name in rooms.keys() {
                        // Its queue is full: the next round asks.
                        let _asked = self.daemon.verify(name.clone(), ANSWER);
                    }
                }
                () = tokio::time::sleep_until(told_at + GATHER), if due => {
                    (told_at, due) = (Instant::now(), false);
                    let mut rooms: Vec<NearbyRoom> = rooms.values().cloned().collect();
                    rooms.sort_by(|one, other| (&one.name, &one.room).cmp(&(&other.name, &other.room)));
                    tell.send_replace(Found { rooms, deaf: networks.is_empty() });
                }
            }
        }
    }

    /// On another network, or one that is back: the library asks ever more seldom, and what came from networks that
    /// weren't known yet was passed over. It tells of all it has heard once more.
    fn ask_anew(&mut self) -> bool {
        let events = self.daemon.browse(SERVICE);
        if let Ok(events) = events {
            self.events = events;
            return true;
        }
        false
    }

    async fn is_flooded(&self) -> bool {
        let Ok(metrics) = self.daemon.get_metrics() else { return true };
        let Ok(Ok(metrics)) = tokio::time::timeout(ANSWER, metrics.recv_async()).await else { return true };
        let cached = metrics.iter().filter(|(name, _)| name.starts_with("cached-")).map(|(_, count)| count);
        cached.sum::<i64>() > RECORDS
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _over_already = self.daemon.shutdown();
    }
}
