//! Many sockets in rooms, of which each reads whatever comes, and any may be told to send.

use std::{rc::Rc, time::Duration};

use anyhow::{Context, Result, ensure};
use hdrhistogram::Histogram;
use tokio::task::{self, JoinSet};

use crate::{
    dialect::{self, Dialect},
    latency::{Latencies, Schedule},
    member::Member,
    servers::Server,
    socket::Sender,
};

/// How long stragglers are waited for before they count as lost.
const PATIENCE: Duration = Duration::from_secs(60);

/// Sockets that read until they are dropped.
pub(crate) struct Crowd {
    dialect: Dialect,
    senders: Vec<Sender>,
    readers: JoinSet<()>,
}

impl Crowd {
    pub(crate) fn new(server: &Server) -> Self {
        Self { dialect: server.dialect, senders: Vec::new(), readers: JoinSet::new() }
    }

    /// Reads on this socket from now on, and hands over each frame.
    pub(crate) fn add(&mut self, mut member: Member, mut take: impl FnMut(&[u8]) + 'static) {
        self.senders.push(member.socket.sender());
        self.readers.spawn_local(async move {
            // It ends with the server, or with the crowd.
            while member.socket.read(&mut take).await.is_ok() {}
        });
    }

    /// Opens so many sockets in the server's only room.
    pub(crate) async fn enter(server: &Server, sockets: usize, latencies: &Rc<Latencies>) -> Result<Self> {
        let mut crowd = Self::new(server);
        for number in 0..sockets {
            let member = Member::enter(server).await.with_context(|| format!("socket {number}"))?;
            let latencies = latencies.clone();
            crowd.add(member, move |frame| latencies.record(frame));
        }
        Ok(crowd)
    }

    /// Says `count` messages on schedule, each from the next socket in turn. Gives back how late they
    /// went out.
    pub(crate) async fn say(&self, schedule: Schedule, count: u32, bytes: usize) -> Result<Histogram<u64>> {
        let (senders, dialect) = (self.senders.clone(), self.dialect);
        task::spawn_blocking(move || {
            let mut frame = Vec::new();
            schedule.keep(count, |number, due| {
                frame.clear();
                dialect.say(
                    dialect::id(due, number as usize % senders.len(), number.into()),
                    &due.text(bytes),
                    &mut frame,
                );
                senders[number as usize % senders.len()].send_blocking(&frame)
            })
        })
        .await?
    }

    /// Waits until so many deliveries were recorded.
    pub(crate) async fn delivered(&self, latencies: &Latencies, count: u64) -> Result<()> {
        let waited = tokio::time::timeout(PATIENCE, async {
            while latencies.delivered() < count {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        });
        let in_time = waited.await.is_ok();
        ensure!(in_time && latencies.delivered() == count, "{} of {count} deliveries came", latencies.delivered());
        ensure!(self.readers.len() == self.senders.len(), "a socket was dropped");
        Ok(())
    }
}
