//! Changes of messages that are in the log: a change is appended like any event, and in the same commit the
//! message's own row is written anew, so that whoever reads it later reads how it is now.
//!
//! What was said before is not kept. An edit's words are in two rows, the message's and the edit's own; the
//! next edit takes them out of both, and so does a deletion.

use std::borrow::Cow;

use rusqlite::{Connection, params};

use super::{
    Draft, LogError,
    event::{SELECT_EVENT, event_sum, verified},
    files,
    row::row,
    stored::Stored,
};
use crate::{
    naming::shows_nothing,
    wire::{Body, By, Message, Millis, Reaction, Seq},
};

/// Reactions to one message, of all members together, at most. Each of them has the message's row written
/// anew; this keeps it under a dozen kilobytes.
const REACTIONS: usize = 512;

/// Different emoji on one message at most: about two lines of them.
const EMOJI: usize = 20;

/// What is to become of a message.
pub(super) struct Change {
    /// The change's own id.
    pub(super) id: String,
    /// Who wants it.
    pub(super) by: By,
    /// Whether that is the host.
    pub(super) host: bool,
    /// The message's id.
    pub(super) of: String,
    pub(super) what: What,
}

/// How a message changes.
pub(super) enum What {
    Edited { text: String },
    Reacted { emoji: String, on: bool },
    Deleted,
}

/// An event that reads otherwise now, at the place it had.
pub(super) struct Rewritten {
    pub(super) seq: Seq,
    pub(super) at: Millis,
    pub(super) json: String,
}

/// What a change comes to.
pub(super) struct Made {
    /// Which events read otherwise then.
    pub(super) rewritten: Vec<Rewritten>,
    /// Contents of files that the message had.
    pub(super) let_go: Vec<String>,
}

impl Change {
    /// The change that an event makes, if it makes one.
    pub(super) fn from(draft: &Draft<'_>) -> Option<Self> {
        let Draft { id, member, nickname, host, body, .. } = draft;
        let (of, what) = match body {
            Body::Edited { of, text } => (of, What::Edited { text: text.clone().unwrap_or_default() }),
            Body::Reacted { of, emoji, on } => (of, What::Reacted { emoji: emoji.clone(), on: *on }),
            Body::Deleted { of } => (of, What::Deleted),
            Body::Message(_) | Body::Gone { .. } | Body::Measure(_) => return None,
        };
        let by = By { member: (*member).to_owned(), nickname: (*nickname).to_owned() };
        Some(Self { id: id.clone(), by, host: *host, of: of.clone(), what })
    }

    /// Whether it takes words away for good.
    pub(super) fn erases(&self) -> bool {
        matches!(self.what, What::Deleted)
    }

    /// Whether the message says something else afterwards.
    pub(super) fn rewords(&self) -> bool {
        !matches!(self.what, What::Reacted { .. })
    }

    /// Writes the message anew.
    ///
    /// # Errors
    /// [`LogError::Empty`], [`LogError::NoSuchMessage`], [`LogError::NotYours`] and
    /// [`LogError::TooManyReactions`], with nothing written; else whatever keeps it from being read or written.
    pub(super) fn make(&self, database: &Connection, room: i64) -> Result<Made, LogError> {
        let found = find(database, room, &self.of)?.ok_or(LogError::NoSuchMessage)?;
        let Body::Message(mut message) = found.stored.body.clone().into_owned() else {
            return Err(LogError::NoSuchMessage);
        };
        let own = found.stored.member == self.by.member;
        let outdated = match &self.what {
            What::Edited { .. } | What::Deleted => message.edited.take(),
            What::Reacted { .. } => None,
        };
        let body = match &self.what {
            What::Edited { .. } if !own => return Err(LogError::NotYours),
            What::Deleted if !own && !self.host => return Err(LogError::NotYours),
            What::Edited { text } if shows_nothing(text) && message.files.is_empty() => return Err(LogError::Empty),
            What::Edited { text } => {
                Body::Message(Message { text: text.clone(), edited: Some(self.id.clone()), ..message })
            }
            What::Reacted { emoji, on } => {
                react(&mut message.reactions, emoji, &self.by.member, *on)?;
                Body::Message(message)
            }
            What::Deleted => Body::Gone { by: (!own).then(|| self.by.clone()) },
        };
        let let_go = match &self.what {
            What::Deleted => files::let_go(database, room, found.seq)?,
            What::Edited { .. } | What::Reacted { .. } => Vec::new(),
        };
        let mut rewritten = vec![found.rewrite(database, room, body)?];
        // Of a log that was saved from a damaged one, the edit may be missing.
        if let Some(outdated) = outdated
            && let Some(edit) = find(database, room, &outdated)?
        {
            rewritten.push(edit.rewrite(database, room, Body::Edited { of: self.of.clone(), text: None })?);
        }
        Ok(Made { rewritten, let_go })
    }
}

/// Adds or takes off one member's emoji. What is as wanted already stays so.
fn react(reactions: &mut Vec<Reaction>, emoji: &str, member: &str, on: bool) -> Result<(), LogError> {
    let known = reactions.iter().position(|reaction| reaction.emoji == emoji);
    let has = known.is_some_and(|at| reactions[at].members.iter().any(|other| other == member));
    if has == on {
        return Ok(());
    }
    let all: usize = reactions.iter().map(|reaction| reaction.members.len()).sum();
    match known {
        Some(at) if !on => {
            reactions[at].members.retain(|other| other != member);
            if reactions[at].members.is_empty() {
                reactions.remove(at);
            }
        }
        _ if all >= REACTIONS => return Err(LogError::TooManyReactions),
        Some(at) => reactions[at].members.push(member.to_owned()),
        None if reactions.len() >= EMOJI => return Err(LogError::TooManyReactions),
        None => reactions.push(Reaction { emoji: emoji.to_owned(), members: vec![member.to_owned()] }),
    }
    Ok(())
}

/// The event of that id.
fn find(database: &Connection, room: i64, id: &str) -> Result<Option<Found>, LogError> {
    let mut statement = database.prepare_cached(&format!("{SELECT_EVENT} room = ?1 AND id = ?2"))?;
    let mut rows = statement.query(params![room, id])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let (seq, at, json) = verified(room, row)?;
    Ok(Some(Found { seq, at, stored: Stored::read(json)? }))
}

struct Found {
    seq: Seq,
    at: Millis,
    stored: Stored<'static>,
}

impl Found {
    /// Lets it say something else.
    fn rewrite(self, database: &Connection, room: i64, body: Body) -> Result<Rewritten, LogError> {
        let Self { seq, at, stored } = self;
        let json = Stored { body: Cow::Owned(body), ..stored }.write();
        let sum = event_sum(room, seq, at, &json);
        let mut update = database.prepare_cached("UPDATE event SET json = ?2, sum = ?3 WHERE key = ?1")?;
        update.execute(params![row(room, seq), json, sum])?;
        Ok(Rewritten { seq, at, json })
    }
}
