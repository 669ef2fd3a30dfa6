//! From an HTTP request to a socket, by section 4.2 of RFC 6455.
//!
//! axum can do this too, but hands out a socket whose stream can't be reached.

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use crate::accept::Peer;

/// A request to speak WebSocket.
pub(super) struct Upgrade {
    accept: String,
    protocols: Vec<String>,
    connection: OnUpgrade,
    peer: Peer,
}

/// Why a request is none. Browsers can't read this; whoever writes a client can.
pub(super) struct NoUpgrade(StatusCode, &'static str);

impl<S: Sync> FromRequestParts<S> for Upgrade {
    type Rejection = NoUpgrade;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, NoUpgrade> {
        let headers = &parts.headers;
        if parts.method != Method::GET {
            return Err(NoUpgrade(StatusCode::METHOD_NOT_ALLOWED, "a WebSocket is asked for with GET\n"));
        }
        if !names(headers, header::CONNECTION).any(|name| name.eq_ignore_ascii_case("upgrade"))
            || !names(headers, header::UPGRADE).any(|name| name.eq_ignore_ascii_case("websocket"))
        {
            return Err(NoUpgrade(StatusCode::UPGRADE_REQUIRED, "WebSocket is spoken here\n"));
        }
        if headers.get(header::SEC_WEBSOCKET_VERSION).is_none_or(|version| version != "13") {
            return Err(NoUpgrade(StatusCode::BAD_REQUEST, "version 13 of WebSocket is spoken here\n"));
        }
        let key = headers.get(header::SEC_WEBSOCKET_KEY);
        let key = key.ok_or(NoUpgrade(StatusCode::BAD_REQUEST, "Sec-WebSocket-Key is missing\n"))?;
        let accept = derive_accept_key(key.as_bytes());
        let protocols = names(headers, header::SEC_WEBSOCKET_PROTOCOL).map(str::to_owned).collect();
        let connection = parts.extensions.remove::<OnUpgrade>();
        let connection =
            connection.ok_or(NoUpgrade(StatusCode::UPGRADE_REQUIRED, "this connection can't become a WebSocket\n"))?;
        let peer = parts.extensions.remove::<Peer>();
        let peer = peer.ok_or(NoUpgrade(StatusCode::INTERNAL_SERVER_ERROR, "nobody knows who is asking\n"))?;
        Ok(Self { accept, protocols, connection, peer })
    }
}

/// What a list of names in headers holds.
fn names(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = &str> {
    let values = headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).map(str::trim).filter(|name| !name.is_empty())
}

impl Upgrade {
    /// The subprotocols that are asked for.
    pub(super) fn protocols(&self) -> &[String] {
        &self.protocols
    }

    /// Who asks, the answer that agrees, and the stream once that is sent; `None` if the client is gone by
    /// then. With the stream comes what was received after the request.
    pub(super) fn agree(
        self,
        protocol: Option<&'static str>,
    ) -> (Peer, Response, impl Future<Output = Option<(TcpStream, Vec<u8>)>> + Send) {
        let Self { accept, connection, peer, .. } = self;
        let mut response = StatusCode::SWITCHING_PROTOCOLS.into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
        headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
        // Base64 is a header's value.
        if let Ok(accept) = HeaderValue::try_from(accept) {
            headers.insert(header::SEC_WEBSOCKET_ACCEPT, accept);
        }
        if let Some(protocol) = protocol {
            headers.insert(header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(protocol));
        }
        let stream = async {
            let parts = connection.await.ok()?.downcast::<TokioIo<TcpStream>>().ok()?;
            Some((parts.io.into_inner(), parts.read_buf.into()))
        };
        (peer, response, stream)
    }
}

impl IntoResponse for NoUpgrade {
    fn into_response(self) -> Response {
        (self.0, self.1).into_response()
    }
}
