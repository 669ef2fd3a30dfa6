//! What the relay says to a vandal: well-formed, in order, and nothing that isn't meant for them.

use std::{borrow::Cow, sync::Arc};

use futures_util::StreamExt;
use serde::Deserialize;
use serde_json::value::RawValue;
use snug_relay::wire::{ErrorCode, Keys, ServerFrame, WireError};
use tokio::{io, net::tcp::OwnedReadHalf, sync::watch};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{Error, Message, error::ProtocolError, protocol::Role, protocol::WebSocketConfig},
};

use super::{
    acts::As,
    vandal::{MARKED, MARKS, Shared},
};

/// What a vandal has heard.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Heard {
    pub(super) mark: u64,
    pub(super) pongs: u64,
    /// Nothing more comes.
    pub(super) ended: bool,
}

/// Listens to one socket.
pub(super) struct Ear {
    shared: Arc<Shared>,
    whom: As,
    device: u64,
    told: watch::Sender<Heard>,
    /// Whether it was let in, and as the host.
    host: Option<bool>,
    /// The last event that came.
    last: Option<u64>,
}

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow)]
    r#type: Cow<'a, str>,
    #[serde(borrow)]
    payload: &'a RawValue,
}

#[derive(Deserialize)]
struct Places {
    events: Vec<Placed>,
}

#[derive(Deserialize)]
struct Placed {
    seq: u64,
}

impl Ear {
    pub(super) fn new(shared: Arc<Shared>, whom: As, device: u64, told: watch::Sender<Heard>) -> Self {
        Self { shared, whom, device, told, host: None, last: None }
    }

    /// To the end; `came` is what came already.
    pub(super) async fn listens(mut self, read: OwnedReadHalf, came: Vec<u8>) {
        let config = WebSocketConfig::default().read_buffer_size(16 * 1024);
        let stream = io::join(read, io::sink());
        let mut socket = WebSocketStream::from_partially_read(stream, came, Role::Client, Some(config)).await;
        loop {
            match socket.next().await {
                Some(Ok(Message::Text(text))) => {
                    if let Err(wrong) = self.hears(&text) {
                        let end = text.char_indices().nth(500).map_or(text.len(), |(end, _)| end);
                        let told = format!("{wrong}: a {:?} was told {}", self.whom, &text[..end]);
                        let _over = self.shared.wrong.send(told);
                    }
                }
                Some(Ok(Message::Close(_))) | None => break,
                Some(Ok(_)) => {}
                Some(Err(Error::Io(_) | Error::Protocol(ProtocolError::ResetWithoutClosingHandshake))) => break,
                Some(Err(error)) => {
                    let _over = self.shared.wrong.send(format!("a {:?} was told what is no frame: {error}", self.whom));
                    break;
                }
            }
        }
        self.told.send_modify(|heard| heard.ended = true);
    }

    fn hears(&mut self, text: &str) -> Result<(), String> {
        let tally = &self.shared.tally;
        if self.whom == As::Tutorial {
            tally.answered("line", 1);
            if let Some((_, column)) = text.rsplit_once("line 1 column ")
                && text.starts_with("! bad_json")
                && let Ok(column) = column.parse::<usize>()
                && let Some(mark) = column.checked_sub(MARKED + 1).filter(|mark| *mark < MARKS)
            {
                self.told.send_modify(|heard| heard.mark = mark as u64);
            }
            return Ok(());
        }
        let wrong = |error: serde_json::Error| format!("not as it should be ({error})");
        let Envelope { r#type: kind, payload } = serde_json::from_str(text).map_err(wrong)?;
        match &*kind {
            "events" => self.follows(&serde_json::from_str::<Places>(payload.get()).map_err(wrong)?),
            "history" => {
                tally.answered("page", 1);
                let Places { events } = serde_json::from_str(payload.get()).map_err(wrong)?;
                let gap = events.windows(2).any(|two| two[0].seq + 1 != two[1].seq);
                if gap { Err("a page with a gap".into()) } else { Ok(()) }
            }
            _ => self.takes(serde_json::from_str(text).map_err(wrong)?),
        }
    }

    /// Each event comes right after the one before.
    fn follows(&mut self, places: &Places) -> Result<(), String> {
        for Placed { seq } in &places.events {
            if self.last.is_some_and(|last| last + 1 != *seq) {
                return Err(format!("{seq} came after {:?}", self.last));
            }
            self.last = Some(*seq);
        }
        Ok(())
    }

    fn takes(&mut self, frame: ServerFrame) -> Result<(), String> {
        let tally = &self.shared.tally;
        match frame {
            ServerFrame::Error(WireError { code, message, .. }) => {
                let mark = message.strip_prefix("no frame has the type `mark-").and_then(|rest| rest.strip_suffix('`'));
                match mark.filter(|_| code == ErrorCode::UnknownType).and_then(|mark| mark.parse().ok()) {
                    Some(mark) => self.told.send_modify(|heard| heard.mark = mark),
                    // To a mark, from whoever isn't in; each of those waits for its answer.
                    None => tally.refused(self.whom, code),
                }
            }
            ServerFrame::Pong {} => {
                tally.answered("pong", 1);
                self.told.send_modify(|heard| heard.pongs += 1);
            }
            ServerFrame::Ack(acks) => tally.answered("ack", acks.acks.len()),
            ServerFrame::Found(found) => {
                tally.answered("found", 1);
                tally.answered("hit", found.hits.len());
            }
            ServerFrame::Welcome(welcome) => {
                tally.answered("welcome", 1);
                self.host = Some(welcome.you.host);
                let attic = self.shared.attic.room.as_ref() == Some(&welcome.room.id);
                if welcome.you.host && !attic {
                    return Err("the host of Mina's room".into());
                }
                let mut shows = self.shared.shows();
                match (attic, welcome.you.host) {
                    (true, true) => shows.host = welcome.you.member,
                    (true, false) => drop(shows.members.insert(self.device, welcome.you.member)),
                    (false, _) => {}
                }
                self.last = welcome.events.last().map(|event| event.seq);
            }
            ServerFrame::Guests(_) if self.host == Some(true) => tally.answered("guests", 1),
            ServerFrame::Keys(Keys { secret, links }) if self.host == Some(true) => {
                let mut shows = self.shared.shows();
                shows.secret = secret;
                shows.link = links.first().map(|link| link.id.clone()).unwrap_or_default();
            }
            ServerFrame::Knocks(knocks) if self.host == Some(true) => {
                if let Some(first) = knocks.waiting.into_iter().next() {
                    self.shared.shows().waits = first.member;
                }
            }
            ServerFrame::Guests(_) | ServerFrame::Keys(_) | ServerFrame::Knocks(_) => {
                return Err("what only hosts are told".into());
            }
            ServerFrame::Waiting(_) => tally.answered("waiting", 1),
            ServerFrame::Room(_) => tally.answered("room", 1),
            ServerFrame::Presence(_) | ServerFrame::Typing(_) | ServerFrame::Addresses(_) => {}
            ServerFrame::Events(_) | ServerFrame::History(_) => unreachable!("looked at before"),
        }
        Ok(())
    }
}
