//! A socket that waits at a room's door.

use std::time::Duration;

use tokio::time::Instant;

use crate::{
    config::Limits,
    lobby::{Knock, Verdict, turned_away},
    socket::{End, Socket},
    wire::{ClientFrame, ErrorCode, Millis, ServerFrame, Waiting},
};

/// Tells the client how things stand until the door is open to it.
///
/// # Errors
/// Why it ended otherwise: it was turned away, nobody answered, it went.
pub(super) async fn wait(socket: &mut Socket, mut knock: Knock, limits: &Limits) -> Result<(), End> {
    let deadline = Instant::now() + Duration::from_millis(limits.knock_ms);
    let mut ticks = socket.ticks();
    let mut told = None;
    loop {
        let host_here = knock.host_here();
        if told != Some(host_here) {
            let left = deadline.saturating_duration_since(Instant::now());
            let ends_in_ms = Millis::try_from(left.as_millis()).unwrap_or(Millis::MAX);
            socket.feed(ServerFrame::Waiting(Waiting { host_here, ends_in_ms }).encode()).await?;
            told = Some(host_here);
        }
        socket.flush().await?;
        tokio::select! {
            verdict = knock.changed() => match verdict {
                Some(Verdict::Open) => return Ok(()),
                Some(Verdict::TurnedAway(wait)) => return Err(turned_away(wait).into()),
                Some(Verdict::Locked) => {
                    return Err(ErrorCode::RoomLocked.because("the host has locked this room").into());
                }
                None => {}
            },
            text = socket.text() => {
                tokio::task::coop::consume_budget().await;
                match text?.map(|text| ClientFrame::parse(&text)) {
                    None => {}
                    Some(Ok(ClientFrame::Ping {})) => socket.feed(ServerFrame::Pong {}.encode()).await?,
                    // Ten minutes are a long time to be talked to.
                    Some(_) => {
                        return Err(ErrorCode::NotJoined.because("who knocks may send nothing but `ping`").into());
                    }
                }
            }
            due = ticks.tick() => {
                socket.keep_alive(due)?;
            }
            () = tokio::time::sleep_until(deadline) => {
                return Err(ErrorCode::NoAnswer.because("nobody answered").into());
            }
        }
    }
}
