//! Somebody who doesn't give up.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use anyhow::{Context, Result, bail};
use futures_util::{SinkExt, StreamExt};
use snug_relay::wire::{
    Acks, ClientFrame, ErrorCode, Event, Events, HistoryPage, HistoryRequest, Join, NewMessage, Place, Seq,
    ServerFrame, Since, Welcome, WireError,
};
use tokio::{
    net::TcpStream,
    sync::watch,
    time::{Interval, MissedTickBehavior, interval, timeout},
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{Message, protocol::CloseFrame},
};

use crate::{
    DEADLINE, Link,
    history::{Entry, Record, Seen},
};

/// How often it tries to connect at most.
const AGAIN: Duration = Duration::from_millis(10);

/// A client as the app is one: it keeps what isn't acknowledged, comes back from where its copy of the log
/// ended, and sends again under the same ids.
///
/// Unlike [`TestClient`](crate::TestClient) it expects nothing: a socket that breaks is tried again, and
/// all that happens goes into its [`Record`].
pub struct PersistentClient {
    link: Link,
    device: String,
    /// After how long a quiet socket is asked whether it lives, and how long the answer may take.
    patience: Duration,
    retry: Interval,
    socket: Option<WebSocketStream<TcpStream>>,
    /// Where its copy of the log ends.
    place: Option<Since>,
    /// Said and not answered, in order.
    outbox: VecDeque<NewMessage>,
    said: u32,
    sent_again: u64,
    record: Record,
    /// Counts what was acknowledged, of all who share it.
    acknowledged: Arc<watch::Sender<u64>>,
}

impl PersistentClient {
    /// Somebody who has the link and hasn't followed it yet.
    pub fn new(link: &Link, name: &str) -> Self {
        let mut retry = interval(AGAIN);
        retry.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self {
            link: link.clone(),
            device: format!("the-device-of-{name}"),
            patience: DEADLINE / 4,
            retry,
            socket: None,
            place: None,
            outbox: VecDeque::new(),
            said: 0,
            sent_again: 0,
            record: Record::of(name),
            acknowledged: Arc::new(watch::Sender::new(0)),
        }
    }

    /// How long it waits on a quiet socket before it asks, and again before it gives the socket up.
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// Counts what it is acknowledged where others count too.
    #[must_use]
    pub fn counted_by(self, acknowledged: &Arc<watch::Sender<u64>>) -> Self {
        Self { acknowledged: acknowledged.clone(), ..self }
    }

    /// Says something; it is sent now, or when there is a socket again. Its id.
    pub async fn says(&mut self, text: impl Into<String>) -> String {
        self.said += 1;
        let message = NewMessage::new(format!("{}-{}", self.record.client, self.said), text);
        self.record.entries.push(Entry::Said { id: message.id.clone(), text: message.text.clone() });
        let id = message.id.clone();
        self.outbox.push_back(message.clone());
        self.send(ClientFrame::NewMessage(message)).await;
        id
    }

    /// Says so much, with at most `window` of it unanswered at a time, until all of it is answered.
    pub async fn talks(&mut self, times: u32, window: usize, mut text: impl FnMut(u32) -> String) {
        for number in 0..times {
            while self.outbox.len() >= window {
                self.turn().await;
            }
            self.says(text(number)).await;
        }
        self.settles().await;
    }

    /// Goes on until everything it said is answered.
    pub async fn settles(&mut self) {
        while !self.outbox.is_empty() {
            self.turn().await;
        }
    }

    /// Goes on until it has seen the event at this place.
    pub async fn reads_to(&mut self, seq: Seq) {
        while self.seen() < seq {
            self.turn().await;
        }
    }

    /// Goes on until it is in the room.
    pub async fn enters(&mut self) {
        while self.socket.is_none() {
            self.turn().await;
        }
    }

    /// Asks for a page of what was before its place; the record tells what came of it.
    pub async fn pages_back(&mut self, before: Seq) {
        let before = before.min(self.seen() + 1);
        self.send(ClientFrame::History(HistoryRequest { place: Place::Before(before), limit: None })).await;
    }

    /// The last event it has seen.
    pub fn seen(&self) -> Seq {
        self.place.as_ref().map_or(0, |place| place.seq)
    }

    /// How many messages it sent again because it was cut off before they were answered.
    pub fn sent_again(&self) -> u64 {
        self.sent_again
    }

    /// What happened to it so far.
    pub fn record(&self) -> &Record {
        &self.record
    }

    /// Its socket breaks.
    pub fn is_cut_off(&mut self) {
        self.socket = None;
    }

    /// Leaves on purpose, to come back with the next turn.
    pub async fn leaves(&mut self) {
        if let Some(mut socket) = self.socket.take() {
            let frame = CloseFrame { code: 1000.into(), reason: "leaving".into() };
            let _broken = timeout(self.patience, socket.close(Some(frame))).await;
        }
    }

    /// Forgets its copy of the log, as a page does that is opened anew.
    pub fn forgets(&mut self) {
        self.socket = None;
        self.place = None;
    }

    /// Goes home with whatever is answered by now.
    pub fn gives_up(mut self) -> Record {
        self.record.gave_up = !self.outbox.is_empty();
        self.record
    }

    /// One frame, or one attempt at getting back in.
    pub async fn turn(&mut self) {
        if self.socket.is_none() {
            self.retry.tick().await;
            // The relay may be away, or the line cut again: it is tried for as long as it takes.
            let _not_yet = self.connect().await;
            return;
        }
        match self.receive().await {
            Ok(frame) => self.note(frame),
            Err(_) => self.socket = None,
        }
    }

    /// Follows the link, and sends again what wasn't answered.
    async fn connect(&mut self) -> Result<()> {
        let mut socket = timeout(self.patience, self.link.connect()).await??;
        let nickname = Some(self.record.client.clone());
        let join = Join { nickname, device: Some(self.device.clone()), since: self.place.clone(), ..self.link.join() };
        let asked = join.since.is_some();
        socket.send(text_of(&ClientFrame::Join(join))).await?;
        let welcomed = timeout(self.patience, async {
            match read(&mut socket).await? {
                ServerFrame::Welcome(welcome) => Ok(welcome),
                ServerFrame::Error(error) => bail!("{}", error.message),
                // A line may break; what comes over it is the relay's.
                other => panic!("{other:?} before the welcome"),
            }
        });
        self.welcomed(welcomed.await??, asked);
        self.socket = Some(socket);
        self.sent_again += self.outbox.len() as u64;
        for message in self.outbox.clone() {
            self.send(ClientFrame::NewMessage(message)).await;
        }
        Ok(())
    }

    fn welcomed(&mut self, welcome: Welcome, asked: bool) {
        let Welcome { you, epoch, head, resumed, events, .. } = welcome;
        self.record.entries.push(Entry::Joined { member: you.member, epoch: epoch.clone(), head, asked, resumed });
        if !resumed {
            self.place = Some(Since { epoch, seq: 0, at: 0 });
        }
        self.saw(&events);
    }

    /// The next frame. A socket may be quiet, but not dead: it is asked.
    async fn receive(&mut self) -> Result<ServerFrame> {
        let socket = self.socket.as_mut().context("connected")?;
        if let Ok(frame) = timeout(self.patience, read(socket)).await {
            return frame;
        }
        timeout(self.patience, socket.send(text_of(&ClientFrame::Ping {}))).await??;
        timeout(self.patience, read(socket)).await?
    }

    fn note(&mut self, frame: ServerFrame) {
        match frame {
            ServerFrame::Events(Events { events }) => self.saw(&events),
            ServerFrame::Ack(Acks { acks }) => {
                for ack in acks {
                    self.outbox.retain(|message| message.id != ack.id);
                    self.record.entries.push(Entry::Acknowledged { id: ack.id, seq: ack.seq });
                    self.acknowledged.send_modify(|count| *count += 1);
                }
            }
            // It will be asked again when it is back.
            ServerFrame::Error(WireError { code: ErrorCode::Stopping, .. }) => self.socket = None,
            ServerFrame::Error(WireError { code, id: Some(id), .. }) => {
                self.outbox.retain(|message| message.id != id);
                self.record.entries.push(Entry::Refused { id, code });
            }
            ServerFrame::History(HistoryPage { seq: before, events, .. }) => {
                let events = events.iter().map(Seen::from).collect();
                self.record.entries.push(Entry::Paged { before, events });
            }
            ServerFrame::Error(_)
            | ServerFrame::Welcome(_)
            | ServerFrame::Waiting(_)
            | ServerFrame::Room(_)
            | ServerFrame::Presence(_)
            | ServerFrame::Knocks(_)
            | ServerFrame::Keys(_)
            | ServerFrame::Guests(_)
            | ServerFrame::Found(_)
            | ServerFrame::Addresses(_)
            | ServerFrame::Typing(_)
            | ServerFrame::Pong {} => {}
        }
    }

    fn saw(&mut self, events: &[Event]) {
        self.record.entries.extend(events.iter().map(|event| Entry::Saw(Seen::from(event))));
        if let (Some(last), Some(place)) = (events.last(), &mut self.place) {
            (place.seq, place.at) = (last.seq, last.at);
        }
    }

    /// Sends where there is a socket; what doesn't go out is sent by the next one.
    async fn send(&mut self, frame: ClientFrame) {
        if let Some(socket) = &mut self.socket {
            let sent = timeout(self.patience, socket.send(text_of(&frame))).await;
            if !matches!(sent, Ok(Ok(()))) {
                self.socket = None;
            }
        }
    }
}

async fn read(socket: &mut WebSocketStream<TcpStream>) -> Result<ServerFrame> {
    loop {
        match socket.next().await.context("the socket ended")?? {
            Message::Text(text) => return Ok(serde_json::from_str(&text)?),
            Message::Close(_) => bail!("closed"),
            _ => {}
        }
    }
}

fn text_of(frame: &ClientFrame) -> Message {
    Message::text(serde_json::to_string(frame).expect("every frame is JSON"))
}
