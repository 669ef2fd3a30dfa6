//! A room that much was said in, as fast as it is acknowledged.

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

/// Says `messages` messages in a room.
pub(crate) async fn fill(server: &Server, room: &str, messages: u64) -> Result<()> {
    const SOCKETS: u32 = 4;
    const OUTSTANDING: u32 = 200;
    ensure!(messages.is_multiple_of(SOCKETS.into()), "each socket has the same share");
    let mut sending = JoinSet::new();
    for number in 0..SOCKETS as usize {
        let member = Member::join(Socket::open(server).await?, Some(room), None).await?;
        sending.spawn_local(send(number, member, OUTSTANDING, messages / u64::from(SOCKETS)));
    }
    while let Some(sent) = sending.join_next().await {
        sent??;
    }
    Ok(())
}

async fn send(number: usize, mut member: Member, outstanding: u32, share: u64) -> Result<()> {
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
    }
    Ok(())
}
