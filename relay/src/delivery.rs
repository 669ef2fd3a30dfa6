//! From the log to every socket that is up to date, without waking its session.
//!
//! Waking a thousand tasks for one message costs more than the message. So whoever has nothing else to
//! do than to wait for what comes next is sent it from here, in one pass over all of them, by a task
//! that is itself a cursor over the log. A socket that has anything else going on, or can't take what
//! it is sent, is its session's, which reads on from the cursor by itself.
//!
//! Invariant: a follower's cursor moves, and its stream is written, by whoever holds it: its session
//! from [`hold`](Following::hold) to [`release`](Following::release), a pass at any other time.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::{net::TcpStream, sync::watch};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    log::{Batch, Log, LogError, Receipts},
    socket::{Parcel, framed},
    wire::{Acks, Frame, Seq, ServerFrame},
};

/// Followers served before other tasks have their turn: a fraction of a millisecond.
const TURN: usize = 32;

/// So much is sent to one socket before it is the next one's turn, in bytes, where there is so much: with a frame
/// at a time each reader is woken more often than it gets work.
const TOGETHER: usize = 256 * 1024;

/// The followers of one room, in as many shares as there are threads to serve them.
pub(crate) struct Delivery {
    shares: Vec<Arc<Share>>,
}

/// Followers that are served one after another.
#[derive(Default)]
struct Share(Mutex<Places>);

#[derive(Default)]
struct Places {
    /// Each at a place of its own, so that a pass can go on where it was while others come and go.
    followers: Vec<Option<Arc<Follower>>>,
    free: Vec<usize>,
}

/// A socket that follows a log.
pub(crate) struct Follower {
    stream: Arc<TcpStream>,
    state: Mutex<State>,
    /// Of what came from this socket. Who sends is told as fast as everybody reads, right after what
    /// it is about, and so can't leave the others behind. Its session is woken through this too.
    receipts: Receipts,
}

struct State {
    /// The last event it was sent.
    cursor: Seq,
    /// Its session's, until released.
    held: bool,
    /// What the stream didn't take of what is before the cursor, which has to be sent first.
    rest: Bytes,
    /// Its session wants to know when receipts may have been taken.
    expected: bool,
}

impl Delivery {
    /// Begins to deliver what is appended to `log` from now on.
    pub(crate) fn start(log: &Log, tasks: &TaskTracker, stop: &CancellationToken) -> Self {
        let threads = tokio::runtime::Handle::current().metrics().num_workers();
        let shares: Vec<_> = (0..threads.max(1)).map(|_| Arc::<Share>::default()).collect();
        for share in &shares {
            let (share, log, stop) = (share.clone(), log.clone(), stop.clone());
            // Here and not in the task, which may begin when somebody follows already.
            let mut head = log.head();
            let cursor = *head.borrow_and_update();
            tasks.spawn(async move {
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = share.serve(log, head, cursor) => {}
                }
            });
        }
        Self { shares }
    }

    /// Takes in a socket that was sent everything up to `cursor`; it is its session's at first.
    pub(crate) fn follow(&self, stream: Arc<TcpStream>, cursor: Seq) -> Following {
        let state = State { cursor, held: true, rest: Bytes::new(), expected: false };
        let follower = Arc::new(Follower { stream, state: Mutex::new(state), receipts: Receipts::default() });
        let emptiest = self.shares.iter().min_by_key(|share| share.places().count());
        let share = emptiest.expect("there is at least one share").clone();
        let place = share.places().take(follower.clone());
        Following { follower, share, place }
    }
}

impl Share {
    /// Sends on what is appended after `cursor`, until the log ends.
    async fn serve(&self, log: Log, mut head: watch::Receiver<Seq>, mut cursor: Seq) {
        while head.changed().await.is_ok() {
            let newest = *head.borrow_and_update();
            while cursor < newest {
                let Ok((frames, last)) = next(&log, cursor, newest).await else {
                    // Each session meets the same failure and tells its client.
                    cursor = newest;
                    self.pass(Follower::call).await;
                    break;
                };
                let parcel = Parcel::new(frames, self.places().count());
                self.pass(|follower| follower.offer(&parcel, cursor, last)).await;
                cursor = last;
            }
        }
    }

    /// Goes over all followers; `serve` tells whether there was anything to do for one.
    async fn pass(&self, serve: impl Fn(&Follower) -> bool) {
        let mut turn = Vec::with_capacity(TURN);
        let (mut next, mut served) = (0, 0);
        loop {
            let more = {
                let places = self.places();
                let end = (next + TURN).min(places.followers.len());
                turn.extend(places.followers[next.min(end)..end].iter().flatten().cloned());
                next = end;
                end < places.followers.len()
            };
            for follower in turn.drain(..) {
                served += usize::from(serve(&follower));
            }
            if !more {
                return;
            }
            // Whoever reads on by itself is no reason to fall behind the others' events.
            if served >= TURN {
                served = 0;
                tokio::task::yield_now().await;
            }
        }
    }

    fn places(&self) -> MutexGuard<'_, Places> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The frames of what comes after `cursor` up to `newest`, about [`TOGETHER`] bytes of them and at least one, and
/// where they end.
async fn next(log: &Log, cursor: Seq, newest: Seq) -> Result<(Vec<Frame>, Seq), LogError> {
    let (mut frames, mut bytes, mut last) = (Vec::new(), 0, cursor);
    while last < newest && bytes < TOGETHER {
        let Batch { frame, last: end } = log.after(last).await?.ok_or(LogError::Gap { expected: last + 1 })?;
        (bytes, last) = (bytes + frame.len(), end);
        frames.push(frame);
    }
    Ok((frames, last))
}

impl Places {
    fn count(&self) -> usize {
        self.followers.len() - self.free.len()
    }

    fn take(&mut self, follower: Arc<Follower>) -> usize {
        if let Some(place) = self.free.pop() {
            self.followers[place] = Some(follower);
            return place;
        }
        self.followers.push(Some(follower));
        self.followers.len() - 1
    }

    fn leave(&mut self, place: usize) {
        self.followers[place] = None;
        self.free.push(place);
    }
}

impl Follower {
    /// Sends a frame of the events after `cursor` up to `last`, if that is what comes next here, and which
    /// of them came from here; whether it isn't there already.
    fn offer(&self, events: &Parcel, cursor: Seq, last: Seq) -> bool {
        let mut state = self.state();
        if state.held || state.cursor >= last {
            return false;
        }
        if state.cursor == cursor {
            state.cursor = last;
            state.rest = self.send(events, last);
        }
        // Its session finds out why, and goes on from here.
        state.held = state.cursor < last || !state.rest.is_empty();
        if state.held || std::mem::take(&mut state.expected) {
            self.receipts.wake();
        }
        true
    }

    /// Sends events up to `last` and what they acknowledge; what the stream didn't take of it.
    fn send(&self, events: &Parcel, last: Seq) -> Bytes {
        if !events.is_small() {
            let rest = events.send(&self.stream);
            // Its session acknowledges them, behind what is left: a copy with them in it would be each socket's own.
            if !rest.is_empty() {
                return rest;
            }
            // By themselves: behind the pages they would cost a quarter of all that goes through here.
            let acks = self.acks(last);
            let sent = if acks.is_empty() { 0 } else { self.stream.try_write(&acks).unwrap_or(0) };
            return acks.slice(sent..);
        }
        let acks = self.acks(last);
        if acks.is_empty() { events.send(&self.stream) } else { events.send_with(&self.stream, &acks) }
    }

    /// The frame that acknowledges what came from here, up to `last`; nothing where nothing did.
    fn acks(&self, last: Seq) -> Bytes {
        let acks = self.receipts.take(last);
        if acks.is_empty() { Bytes::new() } else { framed(&[ServerFrame::Ack(Acks { acks }).encode()]) }
    }

    /// Makes its session read on by itself.
    fn call(&self) -> bool {
        self.state().held = true;
        self.receipts.wake();
        true
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A session's side of a [`Follower`]; dropping it ends the delivery.
pub(crate) struct Following {
    follower: Arc<Follower>,
    share: Arc<Share>,
    place: usize,
}

impl Following {
    /// Keeps passes out. Where the cursor is, and what has to be sent first because it is before that.
    pub(crate) fn hold(&self) -> (Seq, Bytes) {
        let mut state = self.follower.state();
        state.held = true;
        state.expected = false;
        (state.cursor, std::mem::take(&mut state.rest))
    }

    /// Lets passes go on from `cursor`, unless more than that is in the log by now; whether it did.
    pub(crate) fn release(&self, cursor: Seq, log: &Log) -> bool {
        let mut state = self.follower.state();
        // Asked under the lock: what is appended after this, a pass brings; what was before, it may have
        // tried to bring already.
        state.held = cursor < *log.head().borrow();
        state.cursor = cursor;
        !state.held
    }

    /// Where what came from this socket is accounted for.
    pub(crate) fn receipts(&self) -> &Receipts {
        &self.follower.receipts
    }

    /// Whether fewer than `limit` messages of this socket are on their way. Where it is not so, its
    /// session is [woken](Self::woken) when it may be.
    pub(crate) fn takes_more(&self, limit: usize) -> bool {
        if self.receipts().outstanding() < limit {
            return true;
        }
        self.follower.state().expected = true;
        self.receipts().outstanding() < limit
    }

    /// Waits until there may be something to do for the session. Cancel safe.
    pub(crate) async fn woken(&self) {
        self.receipts().woken().await;
    }

    /// Whether there is: a pass left it something, or there are receipts that no pass takes along.
    pub(crate) fn calls(&self) -> bool {
        let state = self.follower.state();
        state.held || self.receipts().any(state.cursor)
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        self.follower.state().held = true;
        self.share.places().leave(self.place);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures_util::FutureExt;
    use tokio::{
        io::AsyncReadExt,
        net::{TcpListener, TcpStream},
    };

    use super::*;
    use crate::{
        config::Limits,
        invite::Secret,
        log::{Database, Draft, NewRoom},
        wire::{Body, Door, Message},
    };

    struct Bench {
        _directory: tempfile::TempDir,
        database: Database,
        log: Log,
        delivery: Delivery,
        stop: CancellationToken,
        reader: TcpStream,
        writer: Arc<TcpStream>,
    }

    async fn bench() -> Bench {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let database = Database::open(directory.path(), &Limits::DEFAULT).expect("the directory is writable");
        let room = NewRoom { id: "r".into(), name: "Den".into(), secret: Secret::random(), door: Door::Closed };
        let room = database.create_room(room).await.expect("a room can be made");
        let log = database.log(&room).await.expect("the log can be read");
        let stop = CancellationToken::new();
        let delivery = Delivery::start(&log, &TaskTracker::new(), &stop);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback");
        let reader = TcpStream::connect(listener.local_addr().expect("bound")).await.expect("it listens");
        let (writer, _) = listener.accept().await.expect("it was connected to");
        Bench { _directory: directory, database, log, delivery, stop, reader, writer: Arc::new(writer) }
    }

    impl Bench {
        async fn say(&self, id: &str, receipts: &Receipts) {
            let body = Body::Message(Message { text: id.to_owned(), ..Message::default() });
            let draft = Draft {
                member: "m",
                nickname: "Mina",
                host: false,
                id: id.into(),
                body: &body,
                taken: None,
                decided: None,
            };
            let mut head = self.log.head();
            self.log.append(draft, receipts).await.expect("the writer runs");
            head.changed().await.expect("it is committed");
        }

        /// What comes next, within a while.
        async fn hears(&mut self) -> String {
            let mut heard = vec![0; 64 * 1024];
            let reading = tokio::time::timeout(Duration::from_millis(300), self.reader.read(&mut heard)).await;
            heard.truncate(reading.map_or(0, |read| read.expect("it is open")));
            String::from_utf8_lossy(&heard).into_owned()
        }

        async fn end(self) {
            self.stop.cancel();
            self.database.close().await;
        }
    }

    #[tokio::test]
    async fn only_who_has_it_all_is_left_to_the_passes() {
        let mut bench = bench().await;
        let following = bench.delivery.follow(bench.writer.clone(), 0);
        bench.say("one", &Receipts::default()).await;
        // The pass has been, and it was held: nobody else would bring what is missing.
        assert!(!following.release(0, &bench.log), "one event is missing");
        assert_eq!(bench.hears().await, "");
        assert!(following.release(1, &bench.log));
        bench.say("two", &Receipts::default()).await;
        assert!(bench.hears().await.contains(r#""seq":2"#));
        assert_eq!(following.hold().0, 2);
        bench.say("three", &Receipts::default()).await;
        assert_eq!(bench.hears().await, "", "its session holds it");
        bench.end().await;
    }

    #[tokio::test]
    async fn what_is_said_before_the_first_pass_is_not_passed_over() {
        let mut bench = bench().await;
        let delivery = Delivery::start(&bench.log, &TaskTracker::new(), &bench.stop);
        let following = delivery.follow(bench.writer.clone(), 0);
        assert!(following.release(0, &bench.log));
        let receipts = Receipts::default();
        let body = Body::Message(Message { text: "early".into(), ..Message::default() });
        let draft = Draft {
            member: "m",
            nickname: "Mina",
            host: false,
            id: "early".into(),
            body: &body,
            taken: None,
            decided: None,
        };
        bench.log.append(draft, &receipts).now_or_never().expect("the queue is empty").expect("the disk works");
        // The passes' task is on this thread, the writer isn't.
        while *bench.log.head().borrow() == 0 {
            std::thread::sleep(Duration::from_millis(5));
        }
        assert!(bench.hears().await.contains("early"));
        bench.end().await;
    }

    #[tokio::test]
    async fn whoever_takes_no_more_shares_what_is_left_and_is_acknowledged_by_its_session() {
        let bench = bench().await;
        let following = bench.delivery.follow(bench.writer.clone(), 0);
        assert!(following.release(0, &bench.log));
        bench.writer.writable().await.expect("it is open");
        while bench.writer.try_write(&[b'x'; 64 * 1024]).is_ok() {}
        let long = "long".repeat(10_000);
        bench.say(&long, following.receipts()).await;
        tokio::time::timeout(Duration::from_secs(5), following.woken()).await.expect("its session is woken");
        let (cursor, rest) = following.hold();
        assert!(cursor == 1 && rest.ends_with(b"]}}"), "what is left of the event");
        assert!(!String::from_utf8_lossy(&rest).contains(r#""type":"ack""#), "and nothing besides");
        assert_eq!(following.receipts().take(cursor).len(), 1, "that is left to the session");
        bench.end().await;
    }

    #[tokio::test]
    async fn whoever_sent_it_is_told_right_after_it() {
        let mut bench = bench().await;
        let following = bench.delivery.follow(bench.writer.clone(), 0);
        assert!(following.release(0, &bench.log));
        bench.say("one", following.receipts()).await;
        let heard = bench.hears().await;
        let (event, ack) = (heard.find(r#""type":"events""#), heard.find(r#"{"id":"one","seq":1}"#));
        assert!(event.is_some() && event < ack, "{heard}");
        assert!(following.takes_more(1) && !following.calls());
        // Once more: no pass comes for it.
        let body = Body::Message(Message { text: "one".into(), ..Message::default() });
        let draft = Draft {
            member: "m",
            nickname: "Mina",
            host: false,
            id: "one".into(),
            body: &body,
            taken: None,
            decided: None,
        };
        bench.log.append(draft, following.receipts()).await.expect("the writer runs");
        assert!(!following.takes_more(1));
        tokio::time::timeout(Duration::from_secs(5), following.woken()).await.expect("its session is woken");
        assert!(following.calls());
        bench.end().await;
    }
}
