//! Many sends on their way at once, as fast as they are acknowledged.

use std::{cell::Cell, rc::Rc};

use anyhow::{Result, ensure};
use tokio::task::JoinSet;

use crate::{
    dialect::{self, Dialect},
    latency::Moment,
    member::Member,
    servers::Server,
    socket::Socket,
};

/// A text of the usual length.
pub(crate) const TEXT_BYTES: usize = 140;

/// Sockets that go on sending until each has sent its share, or they are dropped.
pub(crate) struct Filling {
    acknowledged: Rc<Cell<u64>>,
    sockets: JoinSet<Result<()>>,
}

impl Filling {
    /// Opens the sockets, each of which keeps `outstanding` messages on their way and sends `share` in all.
    pub(crate) async fn start(server: &Server, room: &str, sockets: u32, outstanding: u32, share: u64) -> Result<Self> {
        let mut members = Vec::new();
        for _ in 0..sockets {
            members.push(Member::join(Socket::open(server).await?, Some(room), None).await?);
        }
        let acknowledged = Rc::new(Cell::new(0));
        let mut sockets = JoinSet::new();
        for (number, member) in members.into_iter().enumerate() {
            let acknowledged = acknowledged.clone();
            sockets.spawn_local(async move { send(number, member, outstanding, share, &acknowledged).await });
        }
        Ok(Self { acknowledged, sockets })
    }

    /// How many were acknowledged so far.
    pub(crate) fn acknowledged(&self) -> u64 {
        self.acknowledged.get()
    }

    /// Waits until every socket has sent its share.
    pub(crate) async fn done(mut self) -> Result<()> {
        while let Some(sent) = self.sockets.join_next().await {
            sent??;
        }
        Ok(())
    }
}

/// Says `messages` messages in a room.
pub(crate) async fn fill(server: &Server, room: &str, messages: u64) -> Result<()> {
    const SOCKETS: u32 = 4;
    ensure!(messages.is_multiple_of(SOCKETS.into()), "each socket has the same share");
    Filling::start(server, room, SOCKETS, 200, messages / u64::from(SOCKETS)).await?.done().await
}

async fn send(number: usize, mut member: Member, outstanding: u32, share: u64, acknowledged: &Cell<u64>) -> Result<()> {
    let text = "x".repeat(TEXT_BYTES);
    let (mut sent, mut settled) = (0, 0);
    let mut due = u64::from(outstanding);
    let mut frames = Vec::new();
    while settled < share {
        frames.clear();
        let now = Moment::now();
        for _ in 0..due.min(share - sent) {
            sent += 1;
            Dialect::Snug.say(dialect::id(now, number, sent), &text, &mut frames);
        }
        if !frames.is_empty() {
            member.socket.sender().send(&frames).await?;
        }
        due = 0;
        member.socket.read(|frame| due += u64::from(dialect::acks(frame))).await?;
        settled += due;
        acknowledged.set(acknowledged.get() + due);
    }
    Ok(())
}
