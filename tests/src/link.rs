//! An invite link, as somebody who got one takes it apart.

use std::net::SocketAddr;

use anyhow::Result;
use snug_relay::wire::Join;
use tokio::net::TcpStream;
use tokio_tungstenite::{WebSocketStream, client_async, tungstenite::client::IntoClientRequest};

/// Where a room is and what it takes to get in.
#[derive(Debug, Clone)]
pub struct Link {
    /// Where to connect to.
    pub addr: SocketAddr,
    room: String,
    secret: String,
}

impl Link {
    /// The room's id.
    pub fn room(&self) -> &str {
        &self.room
    }

    /// Takes `http://ADDRESS:PORT/r/ROOM#SECRET` apart.
    ///
    /// # Panics
    /// When it isn't of that form.
    pub fn parse(link: &str) -> Self {
        let parts = || {
            let (addr, rest) = link.strip_prefix("http://")?.split_once("/r/")?;
            let (room, secret) = rest.split_once('#')?;
            Some(Self { addr: addr.parse().ok()?, room: room.to_owned(), secret: secret.to_owned() })
        };
        parts().unwrap_or_else(|| panic!("{link} is no invite link"))
    }

    /// The same room, reached by another address.
    #[must_use]
    pub fn by_way_of(&self, addr: SocketAddr) -> Self {
        Self { addr, ..self.clone() }
    }

    /// Opens a socket at `/ws`, as the app does: without an Origin.
    ///
    /// # Errors
    /// When the relay isn't there, or the line is cut.
    pub async fn connect(&self) -> Result<WebSocketStream<TcpStream>> {
        let mut request = format!("ws://{}/ws", self.addr).into_client_request()?;
        request.headers_mut().insert("Sec-WebSocket-Protocol", "snug.v1".parse()?);
        let stream = TcpStream::connect(self.addr).await?;
        stream.set_nodelay(true)?;
        Ok(client_async(request, stream).await?.0)
    }

    /// What lets in.
    pub fn join(&self) -> Join {
        Join { room: Some(self.room.clone()), secret: Some(self.secret.clone()), ..Join::default() }
    }
}
