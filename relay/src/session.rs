//! One socket in one room, speaking `snug.v1`: a cursor over the room's log.
//!
//! A session reads from its cursor to the head, and leaves what comes next to the [delivery](crate::delivery)
//! until there is something else to do. Nothing is ever queued for it: one that reads slowly is only further
//! behind.

mod host;
mod knocking;
mod searching;

use std::{sync::Arc, time::Duration};

use tokio::{sync::watch, time::Instant};
use tokio_util::sync::CancellationToken;

use crate::{
    config::Limits,
    delivery::Following,
    invite::random_device,
    log::Refused,
    places::Place,
    refusal::log_failed,
    room::{Answer, Entrance, Room},
    rooms::Rooms,
    socket::{End, Socket, as_frame, stopping},
    wire::{Acks, ClientFrame, ErrorCode, Frame, Join, Seq, ServerFrame, WireError},
};
use host::HostView;

use searching::Searching;

/// Frames taken from one socket before the others' events are sent on to it again.
const TURN: usize = 64;

/// Frames of events sent to one socket before it is another's turn: about half a megabyte.
const FRAMES: usize = 8;

/// Answers up to this many bytes cost nothing worth counting.
const SHORT: usize = 1024;

/// Waits for `join` and lets the client in, once the host does where it takes that; tells it why not, and
/// closes, otherwise.
pub(crate) async fn enter(
    mut socket: Socket,
    rooms: &Rooms,
    limits: &Limits,
    stop: &CancellationToken,
) -> Option<Session> {
    let joined = async {
        let deadline = Instant::now() + Duration::from_millis(limits.join_ms);
        let mut late = false;
        loop {
            // What came first counts, also where the relay itself stood still meanwhile.
            let text = match tokio::time::timeout_at(deadline, socket.text()).await {
                Ok(text) if !late => text?,
                _ => return Err(ErrorCode::NotJoined.because("`join` did not come in time").into()),
            };
            late = Instant::now() >= deadline;
            let Some(text) = text else {
                socket.flush().await?;
                continue;
            };
            let refused = match ClientFrame::parse(&text) {
                Ok(ClientFrame::Join(join)) => match admit(&mut socket, rooms, join, limits).await {
                    Ok(entered) => return Ok(entered),
                    Err(End::Refused(error)) if may_try_again(&error) => error,
                    Err(end) => return Err(end),
                },
                Ok(_) => ErrorCode::NotJoined.because("the first frame has to be `join`"),
                Err(error) => error,
            };
            socket.feed(as_frame(refused)).await?;
            socket.flush().await?;
        }
    };
    let joined = tokio::select! {
        joined = joined => joined,
        () = stop.cancelled() => Err(stopping()),
    };
    match joined {
        Ok((room, entrance)) => {
            socket.let_in(entrance.seat.pace.clone(), entrance.seat.restraint.clone(), limits);
            Some(Session::new(socket, room, *entrance))
        }
        Err(end) => {
            socket.end(end, &[], as_frame).await;
            None
        }
    }
}

async fn admit(
    socket: &mut Socket,
    rooms: &Rooms,
    mut join: Join,
    limits: &Limits,
) -> Result<(Arc<Room>, Box<Entrance>), End> {
    let room = rooms.find(join.room.as_deref())?;
    let from = socket.from();
    // Whoever brings no token is to be the same when the door opens as when they knocked.
    let minted = join.device.is_none().then(random_device);
    join.device = join.device.or_else(|| minted.clone());
    loop {
        match room.enter(join.clone(), minted.clone(), from).await? {
            Answer::In(entrance) => return Ok((room, entrance)),
            Answer::Waits(knock) => knocking::wait(socket, knock, limits).await?,
        }
    }
}

/// A person can mend a nickname on the same socket; guessing secrets costs a new one each time.
fn may_try_again(error: &WireError) -> bool {
    error.code == ErrorCode::BadNickname
}

/// A socket whose client is in a room.
///
/// There are thousands, and what they do most of the time is to wait. So what one does at other times has
/// its memory only then: it is boxed.
pub(crate) struct Session {
    socket: Socket,
    room: Arc<Room>,
    seat: crate::presence::Seat,
    welcome: Option<Frame>,
    following: Following,
    /// Whether the stream and the cursor are this session's now, and not the delivery's.
    holding: bool,
    /// The last event this socket was sent, as far as this session knows.
    cursor: Seq,
    presence_version: u64,
    /// Since the client first searched for something.
    searching: Option<Box<Searching>>,
    /// What only hosts are told.
    host: Option<Box<HostView>>,
}

impl Session {
    fn new(socket: Socket, room: Arc<Room>, entrance: Entrance) -> Self {
        let Entrance { seat, welcome, cursor, presence_version, .. } = entrance;
        let (welcome, following) = (Some(welcome), room.delivery.follow(socket.stream(), cursor));
        let host = seat.host.then(|| HostView::new(&room));
        let searching = None;
        Self { socket, room, seat, welcome, following, holding: true, cursor, presence_version, searching, host }
    }

    /// Serves the client to its end; `place` is given back after it.
    ///
    /// Not an `async fn`, whose future has room for what it is given twice: as it is given, and as it is used.
    #[expect(clippy::manual_async_fn, reason = "a quarter of what an idle socket costs")]
    pub(crate) fn run(
        mut self,
        stop: CancellationToken,
        place: (Arc<Place>, Place),
    ) -> impl Future<Output = ()> + Send {
        async move {
            let Err(end) = self.serve(&stop).await;
            let out = self.seat.restraint.expelled().is_some_and(|why| why.code != ErrorCode::ComeAgain);
            if matches!(end, End::Closed { on_purpose: true }) || out {
                self.seat.leave_for_good();
            } else {
                drop(self.seat);
            }
            let (_, rest) = self.following.hold();
            drop(self.following);
            Box::pin(self.socket.end(end, &rest, as_frame)).await;
            drop(place);
        }
    }

    /// Each turn sends what is due, up to a bound, then waits.
    async fn serve(&mut self, stop: &CancellationToken) -> Result<std::convert::Infallible, End> {
        if let Some(welcome) = self.welcome.take() {
            Box::pin(self.socket.feed(welcome)).await?;
        }
        let mut presence = self.room.presence.changes();
        // Something may have changed between the welcome's list and now.
        presence.mark_changed();
        let mut addresses = self.room.at.changes();
        addresses.mark_changed();
        let mut ticks = self.socket.ticks();
        loop {
            self.stays()?;
            if self.holding {
                Box::pin(self.catch_up()).await?;
            }
            let reading = self.takes_more();
            tokio::select! {
                biased;
                () = stop.cancelled() => return Err(stopping()),
                () = self.following.woken() => Box::pin(self.called()).await?,
                text = self.socket.text(), if reading => Box::pin(self.receive(text?)).await?,
                found = searching::answer(&mut self.searching), if self.searching.is_some() => {
                    Box::pin(self.feed(found)).await?;
                }
                due = ticks.tick() => Box::pin(self.keep_alive(due, reading)).await?,
                moved = presence.changed() => {
                    moved.map_err(|_| stopping())?;
                    Box::pin(self.send_presence(&mut presence)).await?;
                }
                moved = addresses.changed() => {
                    moved.map_err(|_| stopping())?;
                    if let Some(told) = self.room.addresses() {
                        Box::pin(self.feed(told)).await?;
                    }
                }
                () = HostView::changed(&mut self.host) => Box::pin(self.send_to_host()).await?,
                () = tokio::task::yield_now(), if self.holding => {}
            }
        }
    }

    /// Whoever was put out neither reads nor asks for anything more, however much of theirs has come already.
    fn stays(&self) -> Result<(), End> {
        let Some(why) = self.seat.restraint.expelled() else { return Ok(()) };
        self.room.door.told(self.seat.member());
        Err(why.clone().into())
    }

    /// Sends what is due, up to a bound, and gives the stream back once nothing is.
    async fn catch_up(&mut self) -> Result<(), End> {
        self.send_events().await?;
        self.acknowledge().await?;
        self.socket.flush().await?;
        self.holding = !self.following.release(self.cursor, &self.room.log);
        Ok(())
    }

    /// Takes the stream over from the delivery, to write to it.
    async fn hold(&mut self) -> Result<(), End> {
        if !self.holding {
            self.holding = true;
            let (cursor, rest) = self.following.hold();
            self.cursor = cursor;
            self.socket.complete(&rest).await?;
        }
        Ok(())
    }

    /// Takes the stream over if there is a reason to.
    async fn called(&mut self) -> Result<(), End> {
        if self.following.calls() { self.hold().await } else { Ok(()) }
    }

    async fn feed(&mut self, frame: Frame) -> Result<(), End> {
        self.hold().await?;
        self.socket.feed(frame).await
    }

    async fn keep_alive(&mut self, due: Instant, reading: bool) -> Result<(), End> {
        if !reading {
            self.socket.assume_alive();
        }
        if self.socket.keep_alive(due)? { self.hold().await } else { Ok(()) }
    }

    /// Sends events after the cursor, a bounded number of frames of them.
    async fn send_events(&mut self) -> Result<(), End> {
        for _ in 0..FRAMES {
            let Some(batch) = self.room.log.after(self.cursor).await.map_err(log_failed)? else { break };
            self.socket.feed(batch.frame).await?;
            self.cursor = batch.last;
        }
        Ok(())
    }

    async fn send_presence(&mut self, changes: &mut watch::Receiver<u64>) -> Result<(), End> {
        changes.mark_unchanged();
        self.stays()?;
        let (frames, version) = self.room.presence.since(self.presence_version);
        for frame in frames {
            self.feed(frame).await?;
        }
        self.presence_version = version;
        Ok(())
    }

    async fn send_to_host(&mut self) -> Result<(), End> {
        let news = self.host.as_mut().map(|view| view.news(&self.room)).unwrap_or_default();
        for frame in news {
            self.feed(frame).await?;
        }
        Ok(())
    }

    /// Tells which of the client's messages are among what it was sent, and which were refused.
    async fn acknowledge(&mut self) -> Result<(), End> {
        let acks = self.following.receipts().take(self.cursor);
        if !acks.is_empty() {
            self.socket.feed(ServerFrame::Ack(Acks { acks }).encode()).await?;
        }
        for Refused { id, error, is_message } in self.following.receipts().take_refused() {
            if is_message {
                self.room.door.floor.give_back(self.seat.member(), &id);
            }
            self.socket.feed(as_frame(log_failed(error).about(id))).await?;
        }
        Ok(())
    }

    /// Whether another of the client's messages may be on its way.
    fn takes_more(&self) -> bool {
        self.following.takes_more(self.room.limits.in_flight)
    }

    /// Takes a frame, and the ones that came with it.
    async fn receive(&mut self, first: Option<Frame>) -> Result<(), End> {
        let mut next = first;
        let mut taken = 0;
        while let Some(text) = next.take() {
            self.stays()?;
            let answer = match ClientFrame::parse(&text) {
                Ok(frame) => {
                    if matches!(frame, ClientFrame::History(_)) {
                        // Before it is read, so that what changes in it from then on is told after it.
                        self.hold().await?;
                    }
                    self.handle(frame).await
                }
                Err(refused) => Err(refused),
            };
            let answer = answer.unwrap_or_else(|refused| Some(as_frame(refused)));
            if let Some(answer) = answer {
                // Who asks faster than it is answered has to let others have their turn. Messages do by
                // themselves: each waits for its place in the queue.
                tokio::task::coop::consume_budget().await;
                let long = answer.len() > SHORT;
                self.feed(answer).await?;
                if long {
                    // A page of history is a turn's worth of work.
                    break;
                }
            }
            taken += 1;
            if taken < TURN && self.takes_more() {
                next = self.socket.text_at_hand()?;
            }
        }
        if self.socket.has_answers() { self.hold().await } else { Ok(()) }
    }

    /// Does what a frame asks for; the answer, where there is one to give at once.
    async fn handle(&mut self, frame: ClientFrame) -> Result<Option<Frame>, WireError> {
        if reads_the_log(&frame) {
            self.socket.charge(self.room.limits.question_frames);
        }
        let answer = match frame {
            ClientFrame::NewMessage(message) => {
                self.room.say(&self.seat, message, self.following.receipts()).await?;
                return Ok(None);
            }
            ClientFrame::Edit(edit) => {
                self.room.edit(&self.seat, edit, self.following.receipts()).await?;
                return Ok(None);
            }
            ClientFrame::Delete(delete) => {
                self.room.delete(&self.seat, delete, self.following.receipts()).await?;
                return Ok(None);
            }
            ClientFrame::React(react) => {
                self.room.react(&self.seat, react, self.following.receipts()).await?;
                return Ok(None);
            }
            ClientFrame::Nickname(nickname) => {
                tokio::task::coop::consume_budget().await;
                self.room.rename(&self.seat, &nickname.nickname)?;
                return Ok(None);
            }
            ClientFrame::Typing(typing) => {
                tokio::task::coop::consume_budget().await;
                // Nobody waits for what won't come.
                self.seat.set_typing(typing.on && !self.seat.restraint.is_muted());
                return Ok(None);
            }
            ClientFrame::Away(away) => {
                tokio::task::coop::consume_budget().await;
                self.seat.set_away(away.away);
                return Ok(None);
            }
            ClientFrame::History(request) => self.room.history(request).await?,
            ClientFrame::Search(request) => {
                tokio::task::coop::consume_budget().await;
                self.searching.get_or_insert_default().start(&self.room, request)?;
                return Ok(None);
            }
            ClientFrame::Host(order) => return self.room.order(&self.seat, order).await,
            ClientFrame::Ping {} => ServerFrame::Pong {}.encode(),
            ClientFrame::Join(_) => return Err(ErrorCode::AlreadyJoined.because("this socket is in a room already")),
        };
        Ok(Some(answer))
    }
}

/// Whether a frame makes the host read from its disk, which costs more than what is only written behind what
/// others wrote.
fn reads_the_log(frame: &ClientFrame) -> bool {
    match frame {
        ClientFrame::History(_) | ClientFrame::Search(_) => true,
        ClientFrame::Join(_)
        | ClientFrame::NewMessage(_)
        | ClientFrame::Edit(_)
        | ClientFrame::Delete(_)
        | ClientFrame::React(_)
        | ClientFrame::Nickname(_)
        | ClientFrame::Typing(_)
        | ClientFrame::Away(_)
        | ClientFrame::Host(_)
        | ClientFrame::Ping {} => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size<F>(_: impl Fn(Session, CancellationToken, (Arc<Place>, Place)) -> F) -> usize {
        size_of::<F>()
    }

    /// With what tokio keeps beside it that is 1792 bytes, of the allocator's next larger size 2048.
    #[test]
    fn a_session_that_waits_is_small() {
        let size = size(Session::run);
        assert!(size <= 1600, "{size} bytes");
    }
}
