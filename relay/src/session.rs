//! One socket in one room, speaking `snug.v1`: a cursor over the room's log.
//!
//! A session waits to be woken and reads from its cursor to the head. Nothing is ever queued for it:
//! one that reads slowly is only further behind.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use axum::extract::ws::WebSocket;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::{
    config::Limits,
    log::{LogError, Receipt},
    room::{Entrance, Room, log_failed},
    rooms::Rooms,
    socket::{End, Socket, as_frame, stopping},
    wire::{Ack, ClientFrame, ErrorCode, Frame, HistoryPage, Join, Seq, ServerFrame, WireError},
};

/// Frames taken from one socket before the others' events are sent on to it again.
const TURN: usize = 64;

/// Answers up to this many bytes cost nothing worth counting.
const SHORT: usize = 1024;

/// Serves one socket from its first frame to its end.
pub(crate) async fn run(socket: WebSocket, rooms: Arc<Rooms>, limits: Arc<Limits>, stop: CancellationToken) {
    let mut socket = Socket::new(socket, &limits, stop.clone());
    let end = match enter(&mut socket, &rooms, &limits, &stop).await {
        Ok((room, entrance)) => Session::new(socket, room, entrance).run(stop).await,
        Err(end) => Ended { socket, end },
    };
    end.socket.end(end.end, as_frame).await;
}

struct Ended {
    socket: Socket,
    end: End,
}

/// Waits for `join` and lets the client in.
async fn enter(
    socket: &mut Socket,
    rooms: &Rooms,
    limits: &Limits,
    stop: &CancellationToken,
) -> Result<(Arc<Room>, Entrance), End> {
    let joined = async {
        loop {
            let refused = match ClientFrame::parse(&socket.text().await?) {
                Ok(ClientFrame::Join(join)) => match admit(rooms, join).await {
                    Ok(entered) => return Ok(entered),
                    Err(error) if may_try_again(&error) => error,
                    Err(error) => return Err(error.into()),
                },
                Ok(_) => ErrorCode::NotJoined.because("the first frame has to be `join`"),
                Err(error) => error,
            };
            socket.feed(as_frame(refused)).await?;
            socket.flush().await?;
        }
    };
    tokio::select! {
        joined = joined => joined,
        () = tokio::time::sleep(Duration::from_millis(limits.join_ms)) =>
            Err(ErrorCode::NotJoined.because("`join` did not come in time").into()),
        () = stop.cancelled() => Err(stopping()),
    }
}

async fn admit(rooms: &Rooms, join: Join) -> Result<(Arc<Room>, Entrance), WireError> {
    let room = rooms.find(join.room.as_deref())?;
    let entrance = room.enter(join).await?;
    Ok((room, entrance))
}

/// A person can mend a nickname on the same socket; guessing secrets costs a new one each time.
fn may_try_again(error: &WireError) -> bool {
    error.code == ErrorCode::BadNickname
}

struct Session {
    socket: Socket,
    room: Arc<Room>,
    seat: crate::presence::Seat,
    welcome: Option<Frame>,
    /// The last event this socket was sent.
    cursor: Seq,
    presence_version: u64,
    /// This socket's messages on their way to disk, in the order they were sent. The writer settles
    /// them in that order too, so only the first can be next.
    receipts: VecDeque<(String, Receipt)>,
}

impl Session {
    fn new(socket: Socket, room: Arc<Room>, entrance: Entrance) -> Self {
        let Entrance { seat, welcome, cursor, presence_version } = entrance;
        let welcome = Some(ServerFrame::Welcome(welcome).encode());
        Self { socket, room, seat, welcome, cursor, presence_version, receipts: VecDeque::new() }
    }

    async fn run(mut self, stop: CancellationToken) -> Ended {
        let Err(end) = self.serve(&stop).await;
        if matches!(end, End::Closed { on_purpose: true }) {
            self.seat.leave_for_good();
        }
        Ended { socket: self.socket, end }
    }

    /// Each turn sends what is due, at most one frame of events, in one write; then waits.
    async fn serve(&mut self, stop: &CancellationToken) -> Result<std::convert::Infallible, End> {
        if let Some(welcome) = self.welcome.take() {
            self.socket.feed(welcome).await?;
        }
        let mut head = self.room.log.head();
        let mut presence = self.room.presence.changes();
        // Something may have changed between the welcome's list and now.
        presence.mark_changed();
        let mut ticks = self.socket.ticks();
        loop {
            let behind = self.send_events(&mut head).await?;
            self.socket.flush().await?;
            let reading = self.receipts.len() < self.room.limits.in_flight;
            tokio::select! {
                biased;
                () = stop.cancelled() => return Err(stopping()),
                settled = first(&mut self.receipts) => self.acknowledge(settled).await?,
                text = self.socket.text(), if reading => self.receive(text?).await?,
                _ = ticks.tick() => self.socket.keep_alive().await?,
                moved = presence.changed() => {
                    moved.map_err(|_| stopping())?;
                    self.send_presence(&mut presence).await?;
                }
                moved = head.changed(), if !behind => moved.map_err(|_| stopping())?,
                () = std::future::ready(()), if behind => {}
            }
        }
    }

    /// Sends one frame of the events after the cursor; true when there are more.
    async fn send_events(&mut self, head: &mut watch::Receiver<Seq>) -> Result<bool, End> {
        let head = *head.borrow_and_update();
        if self.cursor >= head {
            return Ok(false);
        }
        if let Some(batch) = self.room.log.after(self.cursor).await.map_err(log_failed)? {
            self.socket.feed(batch.frame).await?;
            self.cursor = batch.last;
        }
        Ok(self.cursor < head)
    }

    async fn send_presence(&mut self, changes: &mut watch::Receiver<u64>) -> Result<(), End> {
        changes.mark_unchanged();
        let (frames, version) = self.room.presence.since(self.presence_version);
        for frame in frames {
            self.socket.feed(frame).await?;
        }
        self.presence_version = version;
        Ok(())
    }

    /// Tells the client of one settled message, and of all that settled with it.
    async fn acknowledge(&mut self, settled: (String, Result<Seq, LogError>)) -> Result<(), End> {
        let mut next = Some(settled);
        while let Some((id, result)) = next.take() {
            let frame = match result {
                Ok(seq) => ServerFrame::Ack(Ack { id, seq }).encode(),
                Err(error) => as_frame(log_failed(error).about(id)),
            };
            self.socket.feed(frame).await?;
            next = settled_already(&mut self.receipts);
        }
        Ok(())
    }

    /// Takes a frame, and the ones that came with it.
    async fn receive(&mut self, first: Frame) -> Result<(), End> {
        let mut next = Some(first);
        let mut taken = 0;
        while let Some(text) = next.take() {
            let answer = self.handle(&text).await.unwrap_or_else(|refused| Some(as_frame(refused)));
            if let Some(answer) = answer {
                let long = answer.len() > SHORT;
                self.socket.feed(answer).await?;
                if long {
                    // A page of history is a turn's worth of work.
                    break;
                }
            }
            taken += 1;
            if taken < TURN && self.receipts.len() < self.room.limits.in_flight {
                next = self.socket.text_at_hand()?;
            }
        }
        Ok(())
    }

    /// Does what a frame asks for; the answer, where there is one to give at once.
    async fn handle(&mut self, text: &str) -> Result<Option<Frame>, WireError> {
        let answer = match ClientFrame::parse(text)? {
            ClientFrame::NewMessage(message) => {
                let id = message.id.clone();
                let receipt = self.room.say(&self.seat, message).await?;
                self.receipts.push_back((id, receipt));
                return Ok(None);
            }
            ClientFrame::Nickname(nickname) => {
                self.room.rename(&self.seat, &nickname.nickname)?;
                return Ok(None);
            }
            ClientFrame::History(request) => {
                let events = self.room.history(&request).await?;
                ServerFrame::History(HistoryPage { before: request.before, events })
            }
            ClientFrame::Ping {} => ServerFrame::Pong {},
            ClientFrame::Join(_) => return Err(ErrorCode::AlreadyJoined.because("this socket is in a room already")),
        };
        Ok(Some(answer.encode()))
    }
}

/// The oldest message on its way, once it is settled; never, while there is none. Cancel safe.
async fn first(receipts: &mut VecDeque<(String, Receipt)>) -> (String, Result<Seq, LogError>) {
    let Some((_, receipt)) = receipts.front_mut() else { return std::future::pending().await };
    let result = receipt.settled().await;
    let id = receipts.pop_front().map(|(id, _)| id).unwrap_or_default();
    (id, result)
}

/// The oldest message on its way, if it is settled by now.
fn settled_already(receipts: &mut VecDeque<(String, Receipt)>) -> Option<(String, Result<Seq, LogError>)> {
    let result = receipts.front_mut()?.1.settled_already()?;
    receipts.pop_front().map(|(id, _)| (id, result))
}
