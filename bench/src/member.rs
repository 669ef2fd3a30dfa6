//! Somebody in a room: a socket, and how far the log has been read on it.

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde_json::json;

use crate::{dialect::Dialect, frames, servers::Server, socket::Socket};

/// Where a copy of a log ends.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Since {
    pub(crate) epoch: String,
    pub(crate) seq: u64,
    pub(crate) at: u64,
}

/// A socket in a room.
pub(crate) struct Member {
    pub(crate) socket: Socket,
    /// The last event it got on joining; nothing where the server has no places.
    pub(crate) since: Since,
}

#[derive(Deserialize)]
struct Frame {
    payload: Welcome,
}

#[derive(Deserialize)]
struct Welcome {
    epoch: String,
    head: u64,
    resumed: bool,
    events: Vec<Event>,
}

#[derive(Deserialize)]
struct Event {
    seq: u64,
    at: u64,
}

impl Member {
    /// Opens a socket and goes into the server's only room.
    pub(crate) async fn enter(server: &Server) -> Result<Self> {
        let socket = Socket::open(server).await?;
        match server.dialect {
            Dialect::Tutorial => Ok(Self { socket, since: Since::default() }),
            Dialect::Snug => Self::join(socket, None, None).await,
        }
    }

    /// Joins a room of a relay, the only one where none is named.
    pub(crate) async fn join(mut socket: Socket, room: Option<&str>, since: Option<&Since>) -> Result<Self> {
        let mut payload = json!({});
        if let Some(room) = room {
            payload["room"] = json!(room);
        }
        if let Some(Since { epoch, seq, at }) = since {
            payload["since"] = json!({ "epoch": epoch, "seq": seq, "at": at });
        }
        let mut join = Vec::new();
        frames::text(json!({ "type": "join", "payload": payload }).to_string().as_bytes(), &mut join);
        socket.sender().send(&join).await?;
        let frame = socket.next().await?;
        let Frame { payload: welcome } =
            serde_json::from_str(&frame).with_context(|| format!("no welcome, but {frame:.300}"))?;
        ensure!(welcome.resumed == since.is_some(), "a member who was here before resumes, others don't");
        let first = welcome.events.first().map_or(welcome.head, |event| event.seq - 1);
        let mut place = since.map_or((first, 0), |since| (since.seq, since.at));
        for event in &welcome.events {
            ensure!(event.seq == place.0 + 1, "{} follows {}", event.seq, place.0);
            place = (event.seq, event.at);
        }
        let (seq, at) = place;
        Ok(Self { socket, since: Since { epoch: welcome.epoch, seq, at } })
    }
}
