//! Reaching a relay: from an address to an open WebSocket.

use std::{collections::VecDeque, net::SocketAddr, sync::Arc, time::Duration};

use snug_relay::{
    ASKED, HostMark, PROOF,
    nearby::{Found, Search},
};
use tokio::{
    net::TcpStream,
    sync::watch,
    task::JoinSet,
    time::{Instant, sleep, sleep_until, timeout},
};
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{
        self,
        client::IntoClientRequest,
        http::{HeaderValue, header::SEC_WEBSOCKET_PROTOCOL},
        protocol::WebSocketConfig,
    },
};

use crate::{address, api::Known, error::Error, settings::random_token};

type Socket = WebSocketStream<TcpStream>;

const SUBPROTOCOL: HeaderValue = HeaderValue::from_static(snug_relay::wire::SUBPROTOCOL);

/// From the first packet to the open socket. A machine that is off answers nothing at all.
const DEADLINE: Duration = Duration::from_secs(10);

/// Before the next address is tried beside one that hasn't answered: longer than any answer takes on a network
/// of one's own, and short enough that nobody notices.
const NEXT: Duration = Duration::from_millis(250);

/// More than a host has.
const ADDRESSES: usize = 16;

/// The largest frame taken: far above what a relay sends, far below what would hurt.
const FRAME_BYTES: usize = 16 * 1024 * 1024;

/// How long an address is waited for that others may yet tell of, once all others were tried.
const HEARING: Duration = Duration::from_secs(2);

/// How much longer the host is waited for elsewhere once somebody answered who couldn't prove to be it: then the person is
/// asked, and it is tried again meanwhile.
const DOUBT: Duration = Duration::from_secs(2);

/// How long a host may take to answer at an address it may have left.
const STILL_THERE: Duration = Duration::from_secs(1);

/// A room's host, where it was before and among the rooms nearby. Who answers has to prove to be it, where it is known
/// by anything: an address that was the host's may be anybody's by now, and is on every other network.
#[derive(Clone)]
pub(crate) struct Heard {
    room: String,
    mark: Option<HostMark>,
    /// Where the person says it is, though who answers there can't prove it.
    trusted: Option<String>,
    search: Arc<Search>,
}

impl Heard {
    /// Looks for this host in what `search` finds.
    ///
    /// # Errors
    /// [`Error::BadInput`] when what it is known by is no mark; [`Error::BadAddress`] when what is trusted is none.
    pub(crate) fn of(known: &Known, search: Arc<Search>) -> Result<Self, Error> {
        let read = |mark: &String| HostMark::read(mark).ok_or(Error::BadInput("that is no mark"));
        let mark = known.mark.as_ref().map(read).transpose()?;
        let trusted = known.trusted.as_deref().map(address::authority).transpose()?;
        Ok(Self { room: known.room.clone(), mark, trusted, search })
    }

    /// What whoever answers there is asked.
    fn asking(&self, authority: &str) -> Option<Asking> {
        let mark = self.mark.clone().filter(|_| self.trusted.as_deref() != Some(authority))?;
        Some((self.room.clone(), mark))
    }

    /// Where somebody says the room is.
    fn addresses(&self, found: &Found) -> Vec<String> {
        let rooms = found.rooms.iter().filter(|room| room.room == self.room);
        rooms.flat_map(|room| &room.addresses).map(ToString::to_string).take(ADDRESSES).collect()
    }
}

/// Opens `ws://<address>/ws` at the first of the addresses that answers, and says which one that was. They are
/// tried in this order, each beside those before it that take their time; then those that others tell of. Where the
/// host is known by something, whoever answers proves to be it before this returns, and before anything was said. No
/// `Origin` is sent: that header is how relays tell foreign web pages, and this is none.
///
/// # Errors
/// [`Error::BadAddress`]; [`Error::Unreachable`] when nothing answers in time; [`Error::Refused`] when
/// what answers is no relay or lets nobody in; [`Error::Unproven`] when it is one, and perhaps another host's.
pub(crate) async fn dial(addresses: &[String], heard: Option<Heard>) -> Result<(Socket, String), Error> {
    if addresses.len() > ADDRESSES {
        return Err(Error::BadInput("nobody has so many addresses"));
    }
    let mut wrong = Error::BadAddress("there is none");
    let mut known = Vec::new();
    for address in addresses {
        match address::authority(address) {
            Ok(authority) if known.contains(&authority) => {}
            Ok(authority) => known.push(authority),
            Err(error) => wrong = error,
        }
    }
    let mut waiting: VecDeque<(String, Option<Asking>)> =
        known.iter().map(|it| (it.clone(), heard.as_ref().and_then(|heard| heard.asking(it)))).collect();
    let proving = heard.as_ref().filter(|heard| heard.mark.is_some());
    let mut found = proving.map(|heard| heard.search.found());
    let mut tried = JoinSet::new();
    // Kept alive while nothing else is tried, as long as somebody may yet tell.
    let hearing = sleep(HEARING);
    tokio::pin!(hearing);
    let mut doubted = None;
    loop {
        if let (Some(heard), Some(found)) = (proving, &mut found) {
            for address in heard.addresses(&found.borrow_and_update()) {
                if known.len() < 2 * ADDRESSES && !known.contains(&address) {
                    known.push(address.clone());
                    let asking = heard.asking(&address);
                    waiting.push_back((address, asking));
                }
            }
        }
        let next = waiting.pop_front();
        let more = next.is_some();
        if let Some((authority, mark)) = next {
            tried.spawn(async move { attempt(&authority, mark).await.map(|socket| (socket, authority)) });
        }
        tokio::select! {
            Some(done) = tried.join_next() => match done {
                Ok(Ok(opened)) => return Ok(opened),
                Ok(Err(error)) => {
                    if matches!(error, Error::Unproven { .. }) {
                        doubted.get_or_insert_with(|| Instant::now() + DOUBT);
                    }
                    wrong = worth_telling(wrong, error);
                }
                Err(error) => wrong = worth_telling(wrong, Error::io("an address could not be tried", error)),
            },
            () = sleep(NEXT), if more => {}
            () = sleep_until(doubted.unwrap_or_else(Instant::now)), if doubted.is_some() => return Err(wrong),
            () = changed(&mut found), if found.is_some() => {}
            // Meanwhile an address where nobody is takes its time to be given up.
            () = &mut hearing, if found.is_some() && !more && tried.is_empty() => found = None,
            else => return Err(wrong),
        }
    }
}

/// The room whose host has to prove itself, and what it is known by.
type Asking = (String, HostMark);

/// Of a question: what the answer has to be about.
fn nonce_of(asked: &str) -> &str {
    asked.split_once(' ').map_or("", |(_, nonce)| nonce)
}

/// Waits for something else to be nearby; for ever, where nobody listens.
async fn changed(found: &mut Option<watch::Receiver<Found>>) {
    let over = match found {
        Some(found) => found.changed().await.is_err(),
        None => return std::future::pending().await,
    };
    if over {
        *found = None;
    }
}

/// Waits until the host at this address is gone from there, and said to be elsewhere. A connection to an address
/// that no longer exists breaks by itself only after a long silence.
pub(crate) async fn moved(heard: Option<Heard>, address: &str) {
    // This machine's own room moves with it.
    let loopback = address.parse::<SocketAddr>().is_ok_and(|address| address.ip().is_loopback());
    let Some(heard) = heard.filter(|_| !loopback) else { return std::future::pending().await };
    let mut found = heard.search.found();
    loop {
        let told = heard.addresses(&found.borrow_and_update());
        if !told.is_empty() && !told.iter().any(|it| it == address) {
            let there = timeout(STILL_THERE, TcpStream::connect(address)).await;
            if !matches!(there, Ok(Ok(_))) {
                return;
            }
        }
        if found.changed().await.is_err() {
            return std::future::pending().await;
        }
    }
}

/// Of two reasons the one that leaves hope: behind an address that answers wrongly there may be another machine,
/// and the room's own merely away. But first of all the one that the person has to decide about.
fn worth_telling(one: Error, other: Error) -> Error {
    match (&one, &other) {
        (Error::Unproven { .. }, _) => one,
        (_, Error::Unproven { .. }) => other,
        (Error::Unreachable { .. }, _) => one,
        _ => other,
    }
}

async fn attempt(authority: &str, mark: Option<Asking>) -> Result<Socket, Error> {
    match timeout(DEADLINE, open(authority, mark)).await {
        Ok(opened) => opened,
        Err(_) => Err(Error::Unreachable {
            address: authority.to_owned(),
            reason: format!("no answer within {} s", DEADLINE.as_secs()),
        }),
    }
}

async fn open(authority: &str, mark: Option<Asking>) -> Result<Socket, Error> {
    let unreachable =
        |error: std::io::Error| Error::Unreachable { address: authority.to_owned(), reason: error.to_string() };
    let refused = |reason: String| Error::Refused { address: authority.to_owned(), reason };
    let tcp = TcpStream::connect(authority).await.map_err(unreachable)?;
    // Chat is small frames that someone waits for.
    tcp.set_nodelay(true).map_err(unreachable)?;
    let there = tcp.peer_addr().map_err(unreachable)?.to_string();
    let mut request = format!("ws://{authority}/ws")
        .into_client_request()
        .map_err(|_| Error::BadAddress("it can't stand in a request"))?;
    request.headers_mut().insert(SEC_WEBSOCKET_PROTOCOL, SUBPROTOCOL);
    let asked = mark.as_ref().map(|(room, _)| format!("{room} {}", random_token()));
    if let Some(nonce) = &asked {
        let value = HeaderValue::from_str(nonce).map_err(|_| Error::BadInput("that is no question"))?;
        request.headers_mut().insert(ASKED, value);
    }
    let config = WebSocketConfig::default().max_message_size(Some(FRAME_BYTES)).max_frame_size(Some(FRAME_BYTES));
    match client_async_with_config(request, tcp, Some(config)).await {
        Ok((socket, answer)) => match (mark, asked) {
            (Some((_, mark)), Some(asked)) => {
                let proof = answer.headers().get(PROOF).and_then(|proof| proof.to_str().ok());
                // Where the connection ends; by a name, a relay that was given it.
                let good = [there.as_str(), authority].map(|at| mark.proof(nonce_of(&asked), at));
                if good.iter().any(|good| proof == Some(good.as_str())) {
                    Ok(socket)
                } else {
                    Err(Error::Unproven { address: authority.to_owned() })
                }
            }
            _ => Ok(socket),
        },
        Err(tungstenite::Error::Http(response)) => Err(refused(format!("HTTP status {}", response.status().as_u16()))),
        Err(error) => Err(refused(error.to_string())),
    }
}
