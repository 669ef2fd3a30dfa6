//! Somebody with a socket.

use std::{
    collections::VecDeque,
    net::{Ipv4Addr, SocketAddr},
};

use futures_util::{SinkExt, StreamExt};
use snug_relay::{
    Invite,
    wire::{
        Acks, Away, ClientFrame, Delete, Edit, ErrorCode, Event, Found, Guests, HistoryPage, HistoryRequest, Join,
        Keys, Knock, Knocks, Member, NewMessage, Nickname, Order, Place, Presence, React, SearchRequest, Seq,
        ServerFrame, Since, Typing, Waiting, Welcome, WireError,
    },
};
use tokio::{
    net::{TcpSocket, TcpStream},
    time::timeout,
};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Message, client::IntoClientRequest, protocol::CloseFrame},
};

use crate::{DEADLINE, SILENCE, words};

/// One socket, and what came over it so far.
///
/// Every event it receives is checked against the one before: a gap, a doubled event or a wrong
/// order fails the test wherever it happens.
pub struct TestClient {
    socket: WebSocketStream<TcpStream>,
    /// The newest welcome.
    pub welcome: Option<Welcome>,
    /// Events in the order they came.
    pub events: Vec<Event>,
    /// How many of them the story has asked about.
    heard: usize,
    /// Other frames nobody has asked about yet.
    inbox: VecDeque<ServerFrame>,
    /// Who is here, as this client knows.
    pub members: Vec<Member>,
    /// How many are here.
    pub count: u32,
    typists: Vec<String>,
    /// How many frames told of who types.
    pub typing_frames: u32,
    /// How many frames brought events.
    pub event_frames: u32,
    /// How many frames told of who is here.
    pub presence_frames: u32,
    /// How many frames told of who knocks.
    pub knock_frames: u32,
    /// Who knocks, as this host knows.
    pub waiting: Vec<Knock>,
    /// What opens the door, as this host knows.
    pub keys: Option<Keys>,
    next_id: u32,
    device: String,
}

impl TestClient {
    /// Opens a socket at `/ws`, as the app does: without an Origin.
    pub async fn connect(addr: SocketAddr) -> Self {
        Self::over(TcpStream::connect(addr).await.expect("the relay listens"), addr).await
    }

    /// The same, from an address of one's own: all of 127.0.0.0/8 is this machine.
    pub async fn connect_from(from: Ipv4Addr, addr: SocketAddr) -> Self {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.bind(SocketAddr::from((from, 0))).expect("an address of this machine's");
        Self::over(socket.connect(addr).await.expect("the relay listens"), addr).await
    }

    /// The same over a connection that is there already.
    pub async fn over(stream: TcpStream, addr: SocketAddr) -> Self {
        let mut request = format!("ws://{addr}/ws").into_client_request().expect("a request");
        request.headers_mut().insert("Sec-WebSocket-Protocol", "snug.v1".parse().expect("a value"));
        let (socket, _) = client_async(request, stream).await.expect("the relay speaks WebSocket");
        Self {
            socket,
            welcome: None,
            events: Vec::new(),
            heard: 0,
            inbox: VecDeque::new(),
            members: Vec::new(),
            count: 0,
            typists: Vec::new(),
            typing_frames: 0,
            event_frames: 0,
            presence_frames: 0,
            knock_frames: 0,
            waiting: Vec::new(),
            keys: None,
            next_id: 0,
            device: String::new(),
        }
    }

    /// Joins by an invite and waits for the welcome.
    pub async fn join(&mut self, invite: &Invite, nickname: &str, device: &str, since: Option<Since>) -> &Welcome {
        self.device = device.to_owned();
        self.send(&ClientFrame::Join(Join {
            room: Some(invite.room.clone()),
            secret: Some(invite.secret.to_string()),
            nickname: Some(nickname.to_owned()),
            device: Some(device.to_owned()),
            host: None,
            since,
        }))
        .await;
        self.welcomed().await
    }

    /// Waits for the welcome.
    pub async fn welcomed(&mut self) -> &Welcome {
        let welcome = self.expect("a welcome", |frame| match frame {
            ServerFrame::Welcome(welcome) => Some(welcome.clone()),
            _ => None,
        });
        let welcome = welcome.await;
        self.welcome.insert(welcome)
    }

    /// Asks to be let in; what comes of it is another question.
    pub async fn asks(&mut self, join: Join) {
        self.send(&ClientFrame::Join(join)).await;
    }

    /// Knocks at the door of the room that an invite leads to, as somebody who has only its address.
    pub async fn knocks(&mut self, room: &str, nickname: &str, device: &str) {
        device.clone_into(&mut self.device);
        let (room, nickname) = (Some(room.to_owned()), Some(nickname.to_owned()));
        self.asks(Join { room, nickname, device: Some(device.to_owned()), ..Join::default() }).await;
    }

    /// Waits to be told how things stand at the door; whether a host is there.
    pub async fn waits(&mut self) -> Waiting {
        self.expect("to wait at the door", |frame| match frame {
            ServerFrame::Waiting(waiting) => Some(waiting.clone()),
            _ => None,
        })
        .await
    }

    /// Asks for what only hosts may.
    pub async fn orders(&mut self, order: Order) {
        self.send(&ClientFrame::Host(order)).await;
    }

    /// Waits until exactly these knock, the longest first; who they would be inside.
    pub async fn sees_at_the_door(&mut self, nicknames: &[&str]) -> Vec<String> {
        let names = |client: &Self| client.waiting.iter().map(|knock| knock.nickname.clone()).collect::<Vec<_>>();
        self.until(&format!("{nicknames:?} at the door"), |client| names(client) == nicknames).await;
        self.waiting.iter().map(|knock| knock.member.clone()).collect()
    }

    /// Waits until what opens the door is as wanted.
    pub async fn sees_keys(&mut self, wanted: impl Fn(&Keys) -> bool) -> Keys {
        self.until("other keys", |client| client.keys.as_ref().is_some_and(&wanted)).await;
        self.keys.clone().expect("there are some")
    }

    /// Asks who may come back.
    pub async fn lists_guests(&mut self) -> Guests {
        self.orders(Order::Guests).await;
        self.expect("the guests", |frame| match frame {
            ServerFrame::Guests(guests) => Some(guests.clone()),
            _ => None,
        })
        .await
    }

    /// Where this client's copy of the log ends, to join again from.
    pub fn place(&self) -> Since {
        let welcome = self.welcome.as_ref().expect("joined");
        let (seq, at) = self.events.last().map_or((0, 0), |event| (event.seq, event.at));
        Since { epoch: welcome.epoch.clone(), seq, at }
    }

    /// Comes back on a new socket, as the same device, from where this one's copy of the log ended.
    pub async fn resume(self, addr: SocketAddr, invite: &Invite) -> Self {
        let (place, nickname) = (self.place(), self.welcome.as_ref().expect("joined").you.nickname.clone());
        let mut again = Self::connect(addr).await;
        again.events = self.events;
        again.heard = self.heard;
        again.next_id = self.next_id;
        again.join(invite, &nickname, &self.device, Some(place)).await;
        again
    }

    /// Says something and waits until it is acknowledged; its place in the log.
    pub async fn says(&mut self, text: &str) -> Seq {
        self.next_id += 1;
        let id = format!("{}-{}", self.device, self.next_id);
        self.says_with_id(&id, text).await.unwrap_or_else(|error| panic!("{text:?} was refused: {error:?}"))
    }

    /// Says the same many times over without waiting in between, until all of it is acknowledged.
    pub async fn says_often(&mut self, text: &str, times: u32) {
        for _ in 0..times {
            self.next_id += 1;
            let id = format!("{}-{}", self.device, self.next_id);
            self.send(&ClientFrame::NewMessage(NewMessage::new(id, text))).await;
        }
        for number in self.next_id - times + 1..=self.next_id {
            let id = format!("{}-{number}", self.device);
            self.answer_about(&id).await.unwrap_or_else(|error| panic!("{text:?} was refused: {error:?}"));
        }
    }

    /// Says something under an id of one's own.
    pub async fn says_with_id(&mut self, id: &str, text: &str) -> Result<Seq, WireError> {
        self.send(&ClientFrame::NewMessage(NewMessage::new(id, text))).await;
        self.answer_about(id).await
    }

    /// Sends a change of a message, or an answer to one, and waits for what becomes of it.
    pub async fn changes(&mut self, frame: ClientFrame) -> Result<Seq, WireError> {
        let id = match &frame {
            ClientFrame::NewMessage(NewMessage { id, .. })
            | ClientFrame::Edit(Edit { id, .. })
            | ClientFrame::Delete(Delete { id, .. })
            | ClientFrame::React(React { id, .. }) => id.clone(),
            other => panic!("not a change: {other:?}"),
        };
        self.send(&frame).await;
        self.answer_about(&id).await
    }

    /// Waits for the acknowledgement or the refusal of a message.
    pub async fn answer_about(&mut self, id: &str) -> Result<Seq, WireError> {
        self.expect(&format!("an answer about {id}"), |frame| match frame {
            ServerFrame::Ack(Acks { acks }) if acks[0].id == id => Some(Ok(acks[0].seq)),
            ServerFrame::Error(error) if error.id.as_deref() == Some(id) || error.id.is_none() => {
                Some(Err(error.clone()))
            }
            _ => None,
        })
        .await
    }

    /// Waits for the next event and expects it to be this.
    pub async fn hears(&mut self, nickname: &str, text: &str) {
        let event = self.next_event().await;
        assert_eq!((event.nickname.as_str(), words(&event)), (nickname, text));
    }

    /// Waits for the next event.
    pub async fn next_event(&mut self) -> Event {
        while self.heard == self.events.len() {
            let frame = self.receive("an event").await;
            self.keep(frame);
        }
        self.heard += 1;
        self.events[self.heard - 1].clone()
    }

    /// Forgets the events that were asked about, and hands out the other frames nobody has asked about yet: in a
    /// story that goes on for long there are very many.
    pub fn sweeps(&mut self) -> Vec<ServerFrame> {
        // The next one has to follow the last.
        let kept = self.heard.saturating_sub(1);
        self.events.drain(..kept);
        self.heard -= kept;
        self.inbox.drain(..).collect()
    }

    /// Makes sure no event comes that wasn't asked about.
    pub async fn hears_nothing(&mut self) {
        let next = timeout(SILENCE, self.next_event()).await;
        assert!(next.is_err(), "heard {next:?}");
    }

    /// Changes the nickname.
    pub async fn renames(&mut self, nickname: &str) {
        self.send(&ClientFrame::Nickname(Nickname { nickname: nickname.to_owned() })).await;
    }

    /// Asks for a page of history that ends before a place and waits for it.
    pub async fn reads_back(&mut self, before: Seq, limit: Option<u32>) -> HistoryPage {
        self.reads(Place::Before(before), limit).await.expect("a page of history")
    }

    /// Asks for a page of history and waits for it, or for the refusal.
    pub async fn reads(&mut self, place: Place, limit: Option<u32>) -> Result<HistoryPage, WireError> {
        self.send(&ClientFrame::History(HistoryRequest { place: place.clone(), limit })).await;
        self.expect("a page of history", |frame| match frame {
            ServerFrame::History(page) if page.place == place => Some(Ok(page.clone())),
            ServerFrame::Error(error) => Some(Err(error.clone())),
            _ => None,
        })
        .await
    }

    /// Searches, and waits for one answer.
    pub async fn searches(&mut self, query: &str, before: Option<Seq>) -> Result<Found, WireError> {
        self.next_id += 1;
        let id = format!("search-{}", self.next_id);
        let request = SearchRequest { id: id.clone(), query: query.to_owned(), before };
        self.send(&ClientFrame::Search(request)).await;
        self.expect(&format!("an answer to {query:?}"), |frame| match frame {
            ServerFrame::Found(found) if found.id == id => Some(Ok(found.clone())),
            ServerFrame::Error(error) if error.id.as_deref() == Some(&id) => Some(Err(error.clone())),
            _ => None,
        })
        .await
    }

    /// Searches to the log's beginning; the places of everything that is found.
    pub async fn finds(&mut self, query: &str) -> Vec<Seq> {
        let (mut found, mut before) = (Vec::new(), None);
        loop {
            let answer = self.searches(query, before).await.unwrap_or_else(|error| panic!("{query:?}: {error:?}"));
            found.extend(answer.hits.iter().map(|hit| hit.seq));
            before = answer.next;
            if before.is_none() {
                return found;
            }
        }
    }

    /// Waits until exactly these are here, in any order.
    pub async fn sees_here(&mut self, nicknames: &[&str]) {
        let wanted = sorted(nicknames.iter().map(|name| (*name).to_owned()));
        self.until(&format!("{wanted:?} to be here"), |client| {
            sorted(client.members.iter().map(|member| member.nickname.clone())) == wanted
        })
        .await;
    }

    /// Who is called this.
    ///
    /// # Panics
    /// When nobody here is.
    pub fn member_called(&self, nickname: &str) -> String {
        let called = self.members.iter().find(|member| member.nickname == nickname);
        called.unwrap_or_else(|| panic!("nobody here is called {nickname}")).member.clone()
    }

    /// Waits until so many are here.
    pub async fn sees_count(&mut self, count: u32) {
        self.until(&format!("{count} to be here"), |client| client.count == count).await;
    }

    /// Waits until this one is away, or back again.
    pub async fn sees_away(&mut self, nickname: &str, away: bool) {
        self.until(&format!("{nickname} to be away: {away}"), |client| {
            client.members.iter().any(|member| member.nickname == nickname && member.away == away)
        })
        .await;
    }

    /// Waits until just these are said to type, in this order.
    pub async fn sees_typing(&mut self, nicknames: &[&str]) {
        self.until(&format!("{nicknames:?} to type"), |client| client.typing() == nicknames).await;
    }

    /// Who types, as this client knows.
    pub fn typing(&self) -> Vec<&str> {
        let name = |typist: &String| self.members.iter().find(|member| member.member == *typist);
        self.typists.iter().filter_map(name).map(|member| member.nickname.as_str()).collect()
    }

    /// Tells that it types, or has stopped.
    pub async fn types(&mut self, on: bool) {
        self.send(&ClientFrame::Typing(Typing { on })).await;
    }

    /// Tells that nobody looks at it, or somebody does again.
    pub async fn goes_away(&mut self, away: bool) {
        self.send(&ClientFrame::Away(Away { away })).await;
    }

    /// Waits for the next frame about who is here.
    pub async fn next_presence(&mut self) -> Presence {
        self.expect("a change in who is here", |frame| match frame {
            ServerFrame::Presence(presence) => Some(presence.clone()),
            _ => None,
        })
        .await
    }

    /// Forgets the frames about who is here that came so far.
    pub fn forget_presence(&mut self) {
        self.inbox.retain(|frame| !matches!(frame, ServerFrame::Presence(_)));
    }

    async fn until(&mut self, what: &str, reached: impl Fn(&Self) -> bool) {
        while !reached(self) {
            let frame = self.receive(what).await;
            self.keep(frame);
        }
    }

    /// Waits for a refusal that concerns no message.
    pub async fn is_refused(&mut self) -> ErrorCode {
        self.refusal().await.code
    }

    /// The same, with all it says.
    pub async fn refusal(&mut self) -> WireError {
        self.expect("a refusal", |frame| match frame {
            ServerFrame::Error(error) => Some(error.clone()),
            _ => None,
        })
        .await
    }

    /// Waits for the socket to be closed; the close code, if one was said.
    pub async fn is_closed(&mut self) -> Option<u16> {
        let closed = async {
            loop {
                match self.socket.next().await {
                    Some(Ok(Message::Close(frame))) => return frame.map(|CloseFrame { code, .. }| code.into()),
                    Some(Ok(_)) => {}
                    Some(Err(_)) | None => return None,
                }
            }
        };
        timeout(DEADLINE, closed).await.expect("the relay closes the socket")
    }

    /// Waits for a frame that `wanted` knows; the others are kept for whoever asks later.
    pub async fn expect<T>(&mut self, what: &str, wanted: impl Fn(&ServerFrame) -> Option<T>) -> T {
        let mut looked_at = 0;
        loop {
            while self.inbox.len() <= looked_at {
                let frame = self.receive(what).await;
                self.keep(frame);
            }
            if let Some(found) = wanted(&self.inbox[looked_at]) {
                self.inbox.remove(looked_at);
                return found;
            }
            looked_at += 1;
        }
    }

    /// Sends a frame.
    pub async fn send(&mut self, frame: &ClientFrame) {
        let json = serde_json::to_string(frame).expect("every frame is JSON");
        self.send_raw(Message::text(json)).await;
    }

    /// Sends anything at all.
    pub async fn send_raw(&mut self, message: Message) {
        self.socket.send(message).await.expect("the socket is open");
    }

    /// Sends without caring whether the socket still takes it.
    pub async fn try_send(&mut self, message: Message) {
        let _closed = self.socket.send(message).await;
    }

    /// The stream below the WebSocket, for what no well-behaved client would send.
    pub fn stream(&mut self) -> &mut TcpStream {
        self.socket.get_mut()
    }

    /// Leaves on purpose.
    pub async fn leaves(mut self) {
        let frame = CloseFrame { code: 1000.into(), reason: "leaving".into() };
        self.socket.close(Some(frame)).await.expect("the socket is open");
        while let Some(Ok(_)) = self.socket.next().await {}
    }

    /// Receives one frame; events go to `events` and are checked on the way, presence is applied.
    async fn receive(&mut self, what: &str) -> ServerFrame {
        let frame = timeout(DEADLINE, async {
            loop {
                // Pings may come for ever and are no answer.
                if let Message::Text(text) = self.next_message(what).await {
                    return serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
                }
            }
        });
        let frame = frame.await.unwrap_or_else(|_| panic!("waited for {what} in vain; so far: {:?}", self.inbox));
        self.note(&frame);
        frame
    }

    async fn next_message(&mut self, what: &str) -> Message {
        match self.socket.next().await {
            Some(Ok(Message::Close(frame))) => panic!("closed with {frame:?} while waiting for {what}"),
            Some(Ok(message)) => message,
            Some(Err(error)) => panic!("the socket broke while waiting for {what}: {error}"),
            None => panic!("the socket ended while waiting for {what}"),
        }
    }

    fn note(&mut self, frame: &ServerFrame) {
        match frame {
            ServerFrame::Welcome(welcome) => {
                self.members.clone_from(&welcome.members);
                self.count = welcome.count;
                if !welcome.resumed {
                    self.events.clear();
                    self.heard = 0;
                }
                self.append(&welcome.events);
                if !welcome.resumed {
                    // A story is about what comes from now on.
                    self.heard = self.events.len();
                }
            }
            ServerFrame::Events(events) => {
                self.event_frames += 1;
                self.append(&events.events);
            }
            ServerFrame::Presence(presence) => {
                self.presence_frames += 1;
                if presence.reset {
                    self.members.clear();
                }
                self.members.retain(|member| {
                    !presence.left.contains(&member.member)
                        && !presence.joined.iter().any(|joined| joined.member == member.member)
                });
                self.members.extend(presence.joined.iter().cloned());
                self.count = presence.count;
            }
            ServerFrame::Knocks(Knocks { waiting }) => {
                self.knock_frames += 1;
                self.waiting.clone_from(waiting);
            }
            ServerFrame::Keys(keys) => self.keys = Some(keys.clone()),
            ServerFrame::Typing(typists) => {
                self.typing_frames += 1;
                self.typists.clone_from(&typists.members);
            }
            _ => {}
        }
    }

    fn append(&mut self, events: &[Event]) {
        for event in events {
            if let Some(last) = self.events.last() {
                assert_eq!(event.seq, last.seq + 1, "after {last:?} came {event:?}");
            }
            self.events.push(event.clone());
        }
    }

    /// Keeps a frame for whoever asks later; events were noted already.
    fn keep(&mut self, frame: ServerFrame) {
        match frame {
            ServerFrame::Events(_) | ServerFrame::Knocks(_) | ServerFrame::Keys(_) => {}
            // One by one, because stories ask about one message at a time.
            ServerFrame::Ack(Acks { acks }) => {
                self.inbox.extend(acks.into_iter().map(|ack| ServerFrame::Ack(Acks { acks: vec![ack] })));
            }
            frame => self.inbox.push_back(frame),
        }
    }
}

fn sorted(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut names: Vec<_> = names.collect();
    names.sort();
    names
}
