//! Somebody with a socket.

mod log;
mod people;

use std::{
    collections::VecDeque,
    net::{Ipv4Addr, SocketAddr},
};

use futures_util::{SinkExt, StreamExt};
use snug_relay::{
    Invite,
    wire::{
        Acks, ClientFrame, ErrorCode, Event, Join, Keys, Knock, Knocks, Member, ServerFrame, Since, Welcome, WireError,
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

use crate::DEADLINE;

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

    /// All that still comes before the socket ends.
    pub async fn reads_to_the_end(&mut self) -> Vec<ServerFrame> {
        let mut frames = Vec::new();
        let all = async {
            while let Some(Ok(message)) = self.socket.next().await {
                if let Message::Text(text) = message {
                    frames.extend(serde_json::from_str(&text));
                }
            }
        };
        timeout(DEADLINE, all).await.expect("the relay closes the socket");
        frames
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
