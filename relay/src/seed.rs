//! The protocol of the tutorial Snug grew out of, so that its page, unmodified, and any WebSocket
//! command-line tool can be a guest in an open room.
//!
//! In: `{"type": "nickname" | "new_message", "payload": "…"}`. Out: lines, `nickname: message`. It goes
//! through the same room and log as everybody; unlike the tutorial's server it does not send a
//! message back to the socket it came from, which shows it itself.

use std::{collections::HashSet, sync::Arc};

use serde::Deserialize;
use tokio_util::sync::CancellationToken;

use crate::{
    invite::random_message_id,
    log::{Receipts, Refused},
    presence::Seat,
    refusal::log_failed,
    room::Room,
    socket::{End, Socket, as_line, stopping},
    wire::{Body, ErrorCode, Message, NewMessage, ServerFrame, WireError},
};

/// What the tutorial's page sends.
#[derive(Deserialize)]
struct SeedFrame {
    r#type: String,
    payload: String,
}

/// Serves one socket to its end. `room` is where it goes, or why it can't.
pub(crate) async fn run(mut socket: Socket, room: Result<Arc<Room>, WireError>, stop: CancellationToken) {
    let end = match room {
        Ok(room) => match serve(&mut socket, &room, &stop).await {
            Ok(never) => match never {},
            Err(end) => end,
        },
        Err(error) => error.into(),
    };
    socket.end(end, &[], as_line).await;
}

async fn serve(socket: &mut Socket, room: &Room, stop: &CancellationToken) -> Result<std::convert::Infallible, End> {
    let entrance = room.enter_open().await?;
    // The tutorial keeps nothing: its guests see what is said from now on.
    let (seat, mut cursor) = (entrance.seat, entrance.head);
    socket.let_in(seat.pace.clone(), seat.restraint.clone(), &room.limits);
    let (mut own, receipts) = (HashSet::new(), Receipts::default());
    let mut head = room.log.head();
    let mut ticks = socket.ticks();
    let mut presence = room.presence.changes();
    loop {
        presence.mark_unchanged();
        if let Some(why) = seat.restraint.expelled() {
            return Err(why.clone().into());
        }
        let newest = *head.borrow_and_update();
        if cursor < newest
            && let Some(batch) = room.log.after(cursor).await.map_err(log_failed)?
        {
            for line in lines(&batch.frame, &mut own) {
                socket.feed(line.into()).await?;
            }
            cursor = batch.last;
        }
        // Its page asks for no acknowledgement.
        receipts.take(cursor);
        for Refused { id, error, is_message: _ } in receipts.take_refused() {
            own.remove(&id);
            room.door.floor.give_back(seat.member(), &id);
            socket.feed(as_line(log_failed(error))).await?;
        }
        let behind = cursor < newest;
        let reading = receipts.outstanding() < room.limits.in_flight;
        socket.flush().await?;
        tokio::select! {
            biased;
            () = stop.cancelled() => return Err(stopping()),
            () = receipts.woken() => {}
            moved = presence.changed() => moved.map_err(|_| stopping())?,
            text = socket.text(), if reading => {
                tokio::task::coop::consume_budget().await;
                if let Some(text) = text?
                    && let Err(error) = handle(&text, room, &seat, &receipts, &mut own).await
                {
                    socket.feed(as_line(error)).await?;
                }
            }
            due = ticks.tick() => {
                if !reading {
                    socket.assume_alive();
                }
                socket.keep_alive(due)?;
            }
            moved = head.changed(), if !behind => moved.map_err(|_| stopping())?,
            () = tokio::task::yield_now(), if behind => {}
        }
    }
}

async fn handle(
    text: &str,
    room: &Room,
    seat: &Seat,
    receipts: &Receipts,
    own: &mut HashSet<String>,
) -> Result<(), WireError> {
    let frame: SeedFrame = serde_json::from_str(text).map_err(|error| {
        let code = if error.is_data() { ErrorCode::BadFrame } else { ErrorCode::BadJson };
        code.because(error.to_string())
    })?;
    match frame.r#type.as_str() {
        "nickname" => room.rename(seat, &frame.payload),
        "new_message" => {
            let id = random_message_id();
            own.insert(id.clone());
            let said = room.say(seat, NewMessage::new(id.clone(), frame.payload), receipts).await;
            if said.is_err() {
                own.remove(&id);
            }
            said
        }
        _ => Err(ErrorCode::UnknownType.because("the types are `nickname` and `new_message`")),
    }
}

/// What a frame of events says, without this socket's own messages.
fn lines(frame: &str, own: &mut HashSet<String>) -> Vec<String> {
    let Ok(ServerFrame::Events(events)) = serde_json::from_str(frame) else { return Vec::new() };
    events
        .events
        .into_iter()
        .filter(|event| !own.remove(&event.id))
        .filter_map(|event| match event.body {
            Body::Message(message) => Some(format!("{}: {}", event.nickname, said(message))),
            // It knows of no changes, and has shown what was said.
            Body::Edited { .. }
            | Body::Reacted { .. }
            | Body::Deleted { .. }
            | Body::Gone { .. }
            | Body::Measure(_) => None,
        })
        .collect()
}

/// What a message says, its files by name.
fn said(message: Message) -> String {
    let names = message.files.iter().map(|file| format!("[{}]", file.name));
    let text = Some(message.text).filter(|text| !text.trim().is_empty());
    text.into_iter().chain(names).collect::<Vec<_>>().join(" ")
}
