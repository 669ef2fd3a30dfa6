//! Reaching a relay: from an address to an open WebSocket.

use std::time::Duration;

use tokio::{
    net::TcpStream,
    task::JoinSet,
    time::{sleep, timeout},
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

use crate::{address, error::Error};

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

/// Opens `ws://<address>/ws` at the first of the addresses that answers, and says which one that was. They are
/// tried in this order, each beside those before it that take their time. No `Origin` is sent: that header is how relays tell foreign web pages,
/// and this is none.
///
/// # Errors
/// [`Error::BadAddress`]; [`Error::Unreachable`] when nothing answers in time; [`Error::Refused`] when
/// what answers is no relay or lets nobody in.
pub(crate) async fn dial(addresses: &[String]) -> Result<(Socket, String), Error> {
    if addresses.len() > ADDRESSES {
        return Err(Error::BadInput("nobody has so many addresses"));
    }
    let mut wrong = Error::BadAddress("there is none");
    let mut waiting = Vec::new();
    for address in addresses {
        match address::authority(address) {
            Ok(authority) if waiting.contains(&authority) => {}
            Ok(authority) => waiting.push(authority),
            Err(error) => wrong = error,
        }
    }
    let mut waiting = waiting.into_iter();
    let mut tried = JoinSet::new();
    loop {
        let next = waiting.next();
        let more = next.is_some();
        if let Some(authority) = next {
            tried.spawn(async move { attempt(&authority).await.map(|socket| (socket, authority)) });
        }
        tokio::select! {
            done = tried.join_next() => match done {
                Some(Ok(Ok(opened))) => return Ok(opened),
                Some(Ok(Err(error))) => wrong = worth_telling(wrong, error),
                Some(Err(error)) => wrong = worth_telling(wrong, Error::io("an address could not be tried", error)),
                None => return Err(wrong),
            },
            () = sleep(NEXT), if more => {}
        }
    }
}

/// Of two reasons the one that leaves hope: behind an address that answers wrongly there may be another machine,
/// and the room's own merely away.
fn worth_telling(one: Error, other: Error) -> Error {
    if matches!(one, Error::Unreachable { .. }) { one } else { other }
}

async fn attempt(authority: &str) -> Result<Socket, Error> {
    match timeout(DEADLINE, open(authority)).await {
        Ok(opened) => opened,
        Err(_) => Err(Error::Unreachable {
            address: authority.to_owned(),
            reason: format!("no answer within {} s", DEADLINE.as_secs()),
        }),
    }
}

async fn open(authority: &str) -> Result<Socket, Error> {
    let unreachable =
        |error: std::io::Error| Error::Unreachable { address: authority.to_owned(), reason: error.to_string() };
    let refused = |reason: String| Error::Refused { address: authority.to_owned(), reason };
    let tcp = TcpStream::connect(authority).await.map_err(unreachable)?;
    // Chat is small frames that someone waits for.
    tcp.set_nodelay(true).map_err(unreachable)?;
    let mut request = format!("ws://{authority}/ws")
        .into_client_request()
        .map_err(|_| Error::BadAddress("it can't stand in a request"))?;
    request.headers_mut().insert(SEC_WEBSOCKET_PROTOCOL, SUBPROTOCOL);
    let config = WebSocketConfig::default().max_message_size(Some(FRAME_BYTES)).max_frame_size(Some(FRAME_BYTES));
    match client_async_with_config(request, tcp, Some(config)).await {
        Ok((socket, _)) => Ok(socket),
        Err(tungstenite::Error::Http(response)) => Err(refused(format!("HTTP status {}", response.status().as_u16()))),
        Err(error) => Err(refused(error.to_string())),
    }
}
