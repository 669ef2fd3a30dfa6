//! Somebody who means no well, and what comes back to them.

use std::{
    collections::{HashMap, VecDeque},
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use snug_relay::wire::{ClientFrame, Join, NewMessage, Nickname};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream, tcp::OwnedWriteHalf},
    sync::{mpsc::UnboundedSender, watch},
    task::JoinHandle,
    time::timeout,
};

use super::{
    acts::{Act, As, DEVICES, EARLIER, Leave, Sequence, VANDALS},
    ear::{Ear, Heard},
    tally::Tally,
};

/// So many sequences back it is told what was done, when something goes wrong.
const TOLD: usize = 3 * VANDALS as usize;

/// What vandals know and share.
pub(super) struct Shared {
    pub(super) addr: SocketAddr,
    /// What leads into the room where Mina and Jun are, and to the vandals' own, as its host.
    pub(super) den: Join,
    pub(super) attic: Join,
    pub(super) epoch: String,
    pub(super) mina: String,
    /// How many lines Mina has said since they came.
    pub(super) said: AtomicU64,
    /// What their ids end in, which nobody guesses.
    pub(super) tag: u64,
    pub(super) tally: Tally,
    /// How long the relay may take until it has looked at something.
    pub(super) patience: Duration,
    /// Where what must not happen is told of.
    pub(super) wrong: UnboundedSender<String>,
    pub(super) shows: Mutex<Shows>,
    pub(super) done: Mutex<VecDeque<Arc<Sequence>>>,
}

/// What shows of the vandals' room to those inside.
#[derive(Default)]
pub(super) struct Shows {
    pub(super) secret: String,
    pub(super) link: String,
    pub(super) waits: String,
    pub(super) host: String,
    pub(super) members: HashMap<u64, String>,
}

impl Shared {
    pub(super) fn shows(&self) -> MutexGuard<'_, Shows> {
        self.shows.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The id of a line of Mina's.
    pub(super) fn line(&self, number: u64) -> String {
        if number < EARLIER { format!("mina-{number}") } else { format!("{number}-{:x}", self.tag) }
    }

    /// What was done last, the newest last.
    pub(super) fn done(&self) -> MutexGuard<'_, VecDeque<Arc<Sequence>>> {
        self.done.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A frame as it is sent, with what only shows in a run.
    fn put_in(&self, json: String, device: u64) -> String {
        if !json.contains("\"@") && !json.contains("\"~") {
            return json;
        }
        let put_in = |part: &str| self.stands_for(part, device).unwrap_or_else(|| part.to_owned());
        json.split('"').map(put_in).collect::<Vec<_>>().join("\"")
    }

    fn stands_for(&self, word: &str, device: u64) -> Option<String> {
        if let Some(back) = word.strip_prefix('~') {
            let newest = EARLIER + self.said.load(Ordering::Relaxed);
            return Some(self.line(newest.saturating_sub(1 + back.parse::<u64>().ok()?)));
        }
        let shows = || self.shows();
        match word.strip_prefix('@')? {
            "den" => self.den.room.clone(),
            "den-secret" => self.den.secret.clone(),
            "attic" => self.attic.room.clone(),
            "attic-secret" => Some(shows().secret.clone()),
            "attic-key" => self.attic.host.clone(),
            "epoch" => Some(self.epoch.clone()),
            "device" => Some(name_of(device)),
            "mina" => Some(self.mina.clone()),
            "host" => Some(shows().host.clone()),
            "link" => Some(shows().link.clone()),
            "waits" => Some(shows().waits.clone()),
            number => shows().members.get(&number.parse().ok()?).cloned(),
        }
    }
}

fn name_of(device: u64) -> String {
    format!("the-device-of-vandal-{device}")
}

pub(super) struct Vandal {
    number: u64,
    shared: Arc<Shared>,
    /// How often it came.
    came: u64,
    whom: As,
    device: u64,
    line: Option<Line>,
}

/// A socket of its own. What comes over it is always read, so that nothing is held up by that.
struct Line {
    write: OwnedWriteHalf,
    heard: watch::Receiver<Heard>,
    reading: JoinHandle<()>,
    /// Pings sent, and marks.
    pings: u64,
    marks: u64,
}

impl Drop for Line {
    fn drop(&mut self) {
        self.reading.abort();
    }
}

impl Vandal {
    pub(super) fn new(number: u64, shared: Arc<Shared>) -> Self {
        let device = number * DEVICES;
        Self { number, shared, came: 0, whom: As::Guest, device, line: None }
    }

    /// Does all of it, and doesn't care what comes of it, as long as the relay goes on with each act or ends the
    /// socket, and doesn't take long.
    pub(super) async fn does(&mut self, sequence: &Arc<Sequence>) {
        {
            let mut done = self.shared.done();
            done.push_back(sequence.clone());
            if done.len() > TOLD {
                done.pop_front();
            }
        }
        self.shared.tally.sequence();
        if let Some((whom, device)) = sequence.comes {
            (self.whom, self.device) = (whom, self.number * DEVICES + device);
            self.line = None;
        }
        let mut rest = &sequence.acts[..];
        while let Some(first) = rest.first() {
            if !self.is_there() && !self.comes(sequence.number).await {
                self.shared.tally.behind(rest);
                return;
            }
            // A stranger's session mostly ends with the first.
            let harmless = rest.iter().take_while(|act| act.is_harmless()).count();
            let together = if self.whom == As::Stranger { harmless.min(1) } else { harmless }.max(1);
            let (acts, after) = rest.split_at(together);
            rest = after;
            let goes_on = if first.swallows() {
                self.sends(acts).await;
                self.falls().await;
                false
            } else {
                self.sends(acts).await;
                self.is_looked_at().await
            };
            if goes_on || together == 1 {
                self.shared.tally.tried(self.whom, acts);
            } else {
                self.shared.tally.behind(acts);
            }
        }
        match sequence.leaves {
            Leave::Stays => {}
            Leave::Falls => self.falls().await,
            Leave::Says => {
                self.sends(&[Act::Whole { first: 0x88, payload: 1000_u16.to_be_bytes().into() }]).await;
                self.falls().await;
            }
            Leave::Cuts => self.line = None,
        }
    }

    fn is_there(&self) -> bool {
        self.line.as_ref().is_some_and(|line| !line.heard.borrow().ended)
    }

    /// Takes a new socket; false when it isn't let in, or before the door.
    async fn comes(&mut self, sequence: u64) -> bool {
        self.takes_socket(sequence).await && (self.whom == As::Stranger || self.is_looked_at().await)
    }

    /// Whether the relay has one for it.
    async fn takes_socket(&mut self, sequence: u64) -> bool {
        self.line = None;
        self.came += 1;
        // Ports of one address are few where sockets come and go.
        let [third, fourth] = [1 + self.number, 1 + self.came / 4000 % 200].map(|part| u8::try_from(part).unwrap());
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_reuseaddr(true).unwrap();
        socket.bind((Ipv4Addr::new(127, 0, third, fourth), 0).into()).unwrap();
        let mut stream = timeout(self.shared.patience, socket.connect(self.shared.addr)).await.unwrap().unwrap();
        stream.set_nodelay(true).unwrap();
        let tutorial = self.whom == As::Tutorial;
        let (path, protocol) = if tutorial { ("", "") } else { ("ws", "Sec-WebSocket-Protocol: snug.v1\r\n") };
        let mut bytes = format!(
            "GET /{path} HTTP/1.1\r\nHost: {}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n{protocol}\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
            self.shared.addr
        )
        .into_bytes();
        // Right behind it, as no browser would.
        let join = self.joins(sequence).map(|join| self.frame(&ClientFrame::Join(join)));
        bytes.extend(join.unwrap_or_default());
        let Some(rest) = timeout(self.shared.patience, agrees(&mut stream, &bytes)).await.unwrap() else {
            return false;
        };
        let (read, write) = stream.into_split();
        let (told, heard) = watch::channel(Heard::default());
        let ear = Ear::new(self.shared.clone(), self.whom, self.device, told);
        let reading = tokio::spawn(ear.listens(read, rest));
        self.line = Some(Line { write, heard, reading, pings: 0, marks: 0 });
        true
    }

    fn joins(&self, sequence: u64) -> Option<Join> {
        let Shared { den, attic, .. } = &*self.shared;
        let secret = || Some(self.shared.shows().secret.clone());
        let join = match self.whom {
            As::Stranger | As::Tutorial => return None,
            As::Guest => den.clone(),
            As::Host => attic.clone(),
            As::Lodger => Join { room: attic.room.clone(), secret: secret(), ..Join::default() },
            As::Knocking => Join { room: attic.room.clone(), ..Join::default() },
        };
        // Several are called the same.
        let nickname = Some(format!("Vandal {}", sequence % 5));
        Some(Join { nickname, device: Some(name_of(self.device)), ..join })
    }

    /// Sends it. What a socket that has ended no longer takes is none of its business.
    async fn sends(&mut self, acts: &[Act]) {
        let bytes: Vec<u8> = acts.iter().flat_map(|act| self.bytes(act)).collect();
        let Some(line) = &mut self.line else { return };
        line.pings += acts.iter().filter(|act| matches!(act, Act::Frame(ClientFrame::Ping {}))).count() as u64;
        if timeout(self.shared.patience, line.write.write_all(&bytes)).await.is_err() {
            self.is_stuck("read from");
        }
    }

    /// Waits until the relay has looked at all that was sent; false if it ended the socket instead.
    async fn is_looked_at(&mut self) -> bool {
        let Some(line) = &mut self.line else { return false };
        line.marks += 1;
        let mark = line.marks;
        let bytes = match self.whom {
            // Whoever knocks may send nothing else.
            As::Knocking => {
                line.pings += 1;
                self.frame(&ClientFrame::Ping {})
            }
            // The answer tells where in the line the mistake is.
            As::Tutorial => text(format!("{}?", " ".repeat(MARKED + mark as usize % MARKS)).as_bytes()),
            _ => text(format!(r#"{{"type":"mark-{mark}"}}"#).as_bytes()),
        };
        let Some(line) = &mut self.line else { return false };
        let (whom, pings, patience) = (self.whom, line.pings, self.shared.patience);
        let looked_at = async {
            let _closed = line.write.write_all(&bytes).await;
            let reached = |heard: &Heard| match whom {
                As::Knocking => heard.pongs >= pings,
                As::Tutorial => heard.mark == mark % MARKS as u64,
                _ => heard.mark >= mark,
            };
            let heard = line.heard.wait_for(|heard| heard.ended || reached(heard)).await;
            heard.is_ok_and(|heard| reached(&heard))
        };
        let looked_at = timeout(patience, looked_at).await;
        looked_at.unwrap_or_else(|_| {
            self.is_stuck("answered");
            false
        })
    }

    /// Says nothing more, and waits until the relay has taken all of it and ends the socket.
    async fn falls(&mut self) {
        let Some(mut line) = self.line.take() else { return };
        let _closed = line.write.shutdown().await;
        if timeout(self.shared.patience, line.heard.wait_for(|heard| heard.ended)).await.is_err() {
            self.is_stuck("ended");
        }
    }

    fn is_stuck(&self, what: &str) {
        let Self { whom, number, .. } = self;
        let told = format!("the socket of vandal {number}, as {whom:?}, was not {what} for {:?}", self.shared.patience);
        let _over = self.shared.wrong.send(told);
    }

    fn bytes(&self, act: &Act) -> Vec<u8> {
        match act {
            Act::Frame(frame) => self.frame(frame),
            Act::Text(json) => text(json.as_bytes()),
            Act::Pieces(pieces) => {
                let mut bytes = framed(0x01, true, 0, &[]);
                for piece in pieces {
                    bytes.extend(framed(0x00, true, piece.len() as u64, piece));
                    bytes.extend(framed(0x89, true, 1, b"?"));
                    bytes.extend(framed(0x8a, true, 0, &[]));
                }
                bytes.extend(framed(0x80, true, 0, &[]));
                bytes
            }
            Act::Whole { first, payload } => framed(*first, true, payload.len() as u64, payload),
            Act::Header { first, masked, claims, payload } => framed(*first, *masked, *claims, payload),
            Act::Bytes(bytes) => bytes.clone(),
        }
    }

    fn frame(&self, frame: &ClientFrame) -> Vec<u8> {
        let tutorial = |kind: &str, words: &str| serde_json::json!({ "type": kind, "payload": words }).to_string();
        let json = match frame {
            ClientFrame::NewMessage(NewMessage { text, .. }) if self.whom == As::Tutorial => {
                tutorial("new_message", text)
            }
            ClientFrame::Nickname(Nickname { nickname }) if self.whom == As::Tutorial => tutorial("nickname", nickname),
            frame => serde_json::to_string(frame).unwrap(),
        };
        text(self.shared.put_in(json, self.device).as_bytes())
    }
}

/// How many spaces stand before a mark for the tutorial's protocol at least, and how many marks differ.
pub(super) const MARKED: usize = 1000;
pub(super) const MARKS: usize = 64;

/// Asks to speak WebSocket; what came behind the answer, unless it is no.
async fn agrees(stream: &mut TcpStream, request: &[u8]) -> Option<Vec<u8>> {
    stream.write_all(request).await.ok()?;
    let mut answer = Vec::new();
    loop {
        if let Some(end) = answer.windows(4).position(|four| four == b"\r\n\r\n") {
            return answer.starts_with(b"HTTP/1.1 101").then(|| answer.split_off(end + 4));
        }
        if stream.read_buf(&mut answer).await.ok()? == 0 {
            return None;
        }
    }
}

pub(super) fn text(payload: &[u8]) -> Vec<u8> {
    framed(0x81, true, payload.len() as u64, payload)
}

/// Any frame, masked with its own first bytes.
fn framed(first: u8, masked: bool, claims: u64, payload: &[u8]) -> Vec<u8> {
    let mask = if masked { 0x80 } else { 0 };
    let mut bytes = Vec::with_capacity(payload.len() + 14);
    bytes.push(first);
    match claims {
        0..126 => bytes.push(mask | claims as u8),
        126..65_536 => {
            bytes.push(mask | 126);
            bytes.extend_from_slice(&(claims as u16).to_be_bytes());
        }
        _ => {
            bytes.push(mask | 127);
            bytes.extend_from_slice(&claims.to_be_bytes());
        }
    }
    if !masked {
        bytes.extend_from_slice(payload);
        return bytes;
    }
    let key = [first, claims as u8, payload.len() as u8, 0x5a];
    bytes.extend_from_slice(&key);
    bytes.extend(payload.iter().zip(key.iter().cycle()).map(|(byte, key)| byte ^ key));
    bytes
}

#[test]
fn a_true_header_is_what_the_standard_says() {
    let key = [0x81, 2, 2, 0x5a];
    assert_eq!(framed(0x81, true, 2, b"hi"), [0x81, 0x82, 0x81, 2, 2, 0x5a, b'h' ^ key[0], b'i' ^ key[1]]);
    assert_eq!(framed(0x81, false, 126, b"")[..4], [0x81, 126, 0, 126]);
    assert_eq!(framed(0x82, false, 65_536, b"")[..10], [0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0]);
}
