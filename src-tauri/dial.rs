//! Reaching a relay: from an address to an open WebSocket.

use std::time::Duration;

use tokio::{net::TcpStream, time::timeout};
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

const SUBPROTOCOL: HeaderValue = HeaderValue::from_static(snug_relay::wire::SUBPROTOCOL);

/// From the first packet to the open socket. A machine that is off answers nothing at all.
const DEADLINE: Duration = Duration::from_secs(10);

/// The largest frame taken: far above what a relay sends, far below what would hurt.
const FRAME_BYTES: usize = 16 * 1024 * 1024;

/// Opens `ws://<address>/ws`. No `Origin` is sent: that header is how relays tell foreign web pages,
/// and this is none.
///
/// # Errors
/// [`Error::BadAddress`]; [`Error::Unreachable`] when nothing answers in time; [`Error::Refused`] when
/// what answers is no relay or lets nobody in.
pub(crate) async fn dial(address: &str) -> Result<WebSocketStream<TcpStream>, Error> {
    let authority = address::authority(address)?;
    match timeout(DEADLINE, open(&authority)).await {
        Ok(opened) => opened,
        Err(_) => {
            Err(Error::Unreachable { address: authority, reason: format!("no answer within {} s", DEADLINE.as_secs()) })
        }
    }
}

async fn open(authority: &str) -> Result<WebSocketStream<TcpStream>, Error> {
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
