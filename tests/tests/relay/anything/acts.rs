//! What vandals do, made up from a seed: the same seed makes the same up, however often and however fast.

use std::collections::BTreeSet;

use snug_relay::wire::{
    Away, ClientFrame, Delete, Edit, HistoryRequest, Join, NewMessage, Nickname, Order, Place, React, SearchRequest,
    Typing,
};

use super::maker::Maker;

/// So many vandals there are, each with so many devices.
pub(super) const VANDALS: u64 = 8;
pub(super) const DEVICES: u64 = 6;

/// So many lines Mina has said before any of them comes.
pub(super) const EARLIER: u64 = 40;

/// Something a vandal does.
#[derive(Debug, Clone)]
pub(super) enum Act {
    /// A frame of the protocol.
    Frame(ClientFrame),
    /// JSON, or nearly.
    Text(String),
    /// A text in pieces, with control frames between them.
    Pieces(Vec<Vec<u8>>),
    /// A frame of RFC 6455 that is what it says, of any kind.
    Whole { first: u8, payload: Vec<u8> },
    /// One with any header, which needn't be true.
    Header { first: u8, masked: bool, claims: u64, payload: Vec<u8> },
    /// Bytes over the bare stream.
    Bytes(Vec<u8>),
}

impl Act {
    /// Whether a session goes on after it, whatever else may be wrong with it.
    pub(super) fn is_harmless(&self) -> bool {
        matches!(self, Self::Frame(_) | Self::Text(_))
    }

    /// Whether what follows may be taken for a part of it.
    pub(super) fn swallows(&self) -> bool {
        matches!(self, Self::Header { .. } | Self::Bytes(_))
    }

    /// By which it is counted.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Frame(frame) => kind(frame),
            Self::Text(_) => "misshapen JSON",
            Self::Pieces(_) => "pieces",
            Self::Whole { .. } => "whole frames",
            Self::Header { .. } => "headers that lie",
            Self::Bytes(_) => "bytes",
        }
    }
}

/// What a vandal comes as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum As {
    Stranger,
    /// Where Mina and Jun are.
    Guest,
    /// Of the vandals' own room, where its orders are obeyed.
    Host,
    /// In that room, where it is ordered about.
    Lodger,
    /// At that room's door.
    Knocking,
    /// With the tutorial's protocol.
    Tutorial,
}

/// How it takes its leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leave {
    Stays,
    /// Says nothing more, and reads what comes.
    Falls,
    /// Says that it goes.
    Says,
    /// Is gone.
    Cuts,
}

/// What a vandal does in a row.
#[derive(Debug)]
pub(super) struct Sequence {
    pub(super) number: u64,
    /// Nobody new, where it is somebody already.
    pub(super) comes: Option<(As, u64)>,
    pub(super) acts: Vec<Act>,
    pub(super) leaves: Leave,
}

impl Sequence {
    /// The one of this number. It depends on no other.
    pub(super) fn of(seed: u64, number: u64) -> Self {
        let mut it = Maker::new(seed, number);
        let comes = it.one_in(3).then(|| (it.whom(), it.below(DEVICES)));
        if comes.is_some_and(|(whom, _)| whom == As::Knocking) {
            let acts = (0..it.within(1, 4)).map(|_| Act::Frame(ClientFrame::Ping {})).collect();
            return Self { number, comes, acts, leaves: it.leave() };
        }
        let mut acts: Vec<_> = (0..it.within(1, 24)).map(|_| it.act()).collect();
        let mut leaves = it.leave();
        if it.one_in(5) {
            let at = it.below(acts.len() as u64 + 1) as usize;
            acts.insert(at, it.breaking());
            if it.one_in(2) {
                acts.truncate(at + 1);
                leaves = Leave::Falls;
            }
        }
        Self { number, comes, acts, leaves }
    }
}

/// One of each kind of frame: what comes after this one. A new kind doesn't compile until it is in here, and
/// a test fails until it is reached.
fn after(frame: &ClientFrame) -> Option<ClientFrame> {
    Some(match frame {
        ClientFrame::Join(_) => ClientFrame::NewMessage(NewMessage::default()),
        ClientFrame::NewMessage(_) => {
            ClientFrame::Edit(Edit { id: String::new(), of: String::new(), text: String::new() })
        }
        ClientFrame::Edit(_) => ClientFrame::Delete(Delete { id: String::new(), of: String::new() }),
        ClientFrame::Delete(_) => {
            ClientFrame::React(React { id: String::new(), of: String::new(), emoji: String::new(), on: true })
        }
        ClientFrame::React(_) => ClientFrame::Nickname(Nickname { nickname: String::new() }),
        ClientFrame::Nickname(_) => ClientFrame::Typing(Typing { on: true }),
        ClientFrame::Typing(_) => ClientFrame::Away(Away { away: true }),
        ClientFrame::Away(_) => ClientFrame::History(HistoryRequest { place: Place::Before(0), limit: None }),
        ClientFrame::History(_) => {
            ClientFrame::Search(SearchRequest { id: String::new(), query: String::new(), before: None })
        }
        ClientFrame::Search(_) => ClientFrame::Host(Order::Renew),
        ClientFrame::Host(_) => ClientFrame::Ping {},
        ClientFrame::Ping {} => return None,
    })
}

/// One of each.
pub(super) fn kinds() -> Vec<ClientFrame> {
    std::iter::successors(Some(ClientFrame::Join(Join::default())), after).collect()
}

/// The name of a frame.
pub(super) fn kind(frame: &ClientFrame) -> &'static str {
    match frame {
        ClientFrame::Join(_) => "join",
        ClientFrame::NewMessage(_) => "new_message",
        ClientFrame::Edit(_) => "edit",
        ClientFrame::Delete(_) => "delete",
        ClientFrame::React(_) => "react",
        ClientFrame::Nickname(_) => "nickname",
        ClientFrame::Typing(_) => "typing",
        ClientFrame::Away(_) => "away",
        ClientFrame::History(_) => "history",
        ClientFrame::Search(_) => "search",
        ClientFrame::Host(_) => "host",
        ClientFrame::Ping {} => "ping",
    }
}

#[test]
fn every_kind_of_frame_is_made_up() {
    let source = include_str!("../../../../relay/src/wire.rs");
    let body = source.split("pub enum ClientFrame {").nth(1).unwrap().split("\n}\n").next().unwrap();
    let names = body.lines().filter_map(|line| line.strip_prefix("    "));
    let names: BTreeSet<_> = names
        .filter(|line| line.starts_with(char::is_uppercase))
        .filter_map(|line| line.split(['(', ' ', ',']).next())
        .collect();
    let name = |kind: &ClientFrame| format!("{kind:?}").split(['(', ' ']).next().unwrap().to_owned();
    let made: BTreeSet<_> = kinds().iter().map(name).collect();
    assert_eq!(made, names.iter().map(|name| (*name).to_owned()).collect());
    // And it is among what a seed makes up.
    let acts = (0..400).flat_map(|number| Sequence::of(1, number).acts);
    let done: BTreeSet<_> = acts.map(|act| act.kind()).collect();
    assert_eq!(done.len(), names.len() + 5, "{done:?}");
}

#[test]
fn a_seed_makes_up_the_same_again() {
    let told = |seed, number| format!("{:?}", Sequence::of(seed, number));
    assert_eq!(told(7, 300), told(7, 300));
    assert_ne!(told(7, 300), told(8, 300));
    assert_ne!(told(7, 300), told(7, 301));
}
