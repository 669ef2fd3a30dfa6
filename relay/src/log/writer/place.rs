//! A batch into the database: each event gets its place, in one transaction.

use std::{collections::HashMap, sync::Arc};

use rusqlite::{Connection, Transaction, TransactionBehavior, params};

use super::Append;
use crate::{
    clock::now,
    log::{
        LogError, Shared,
        change::{Made, Rewritten},
        event::{SELECT_EVENT, event_sum, verified},
        files, receipts,
        row::row,
        scrub,
        stored::Stored,
    },
    wire::{Millis, Seq},
};

/// Where an append ended up within a transaction that isn't committed yet.
pub(super) enum Placed {
    New {
        seq: Seq,
        at: Millis,
    },
    /// It is in the log already.
    Again {
        seq: Seq,
    },
    /// It isn't, and the others of the batch are none the worse for it.
    Refused(LogError),
}

impl Placed {
    pub(super) fn settled(self) -> Result<receipts::Placed, LogError> {
        match self {
            Self::New { seq, .. } => Ok(receipts::Placed::New(seq)),
            Self::Again { seq } => Ok(receipts::Placed::Again(seq)),
            Self::Refused(why) => Err(why),
        }
    }
}

/// What came of a batch.
pub(super) struct Committed {
    /// Where each append ended up.
    pub(super) placed: Vec<Placed>,
    /// Which older events read otherwise since.
    pub(super) rewritten: Vec<(Arc<Shared>, Rewritten)>,
    /// Contents that messages had which are deleted.
    pub(super) let_go: Vec<String>,
}

/// Gives each append its place and makes all of them durable, with the events that they change and what is decided
/// with them.
pub(super) fn place(connection: &mut Connection, batch: &[Append]) -> Result<Committed, LogError> {
    let at = now();
    let mut heads: HashMap<i64, Seq> = HashMap::new();
    let (mut rewritten, mut let_go) = (Vec::new(), Vec::new());
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let placed = {
        let mut insert = transaction.prepare_cached(
            "INSERT INTO event (key, at, id, json, sum) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (room, id) DO NOTHING",
        )?;
        let place = |append: &Append| {
            let room = append.log.room;
            let head = heads.entry(room).or_insert_with(|| append.log.head());
            let seq = *head + 1;
            let sum = event_sum(room, seq, at, &append.json);
            if insert.execute(params![row(room, seq), at, append.receipt.id(), append.json, sum])? == 0 {
                return find(&transaction, append);
            }
            if let Some(change) = &append.change {
                match change.make(&transaction, room) {
                    Ok(Made { rewritten: events, let_go: hashes }) => {
                        if change.erases() {
                            scrub::remember(&transaction)?;
                        }
                        rewritten.extend(events.into_iter().map(|event| (append.log.clone(), event)));
                        let_go.extend(hashes);
                    }
                    Err(error) if error.is_refusal() => {
                        take_back(&transaction, room, seq)?;
                        return Ok(Placed::Refused(error));
                    }
                    Err(error) => return Err(error),
                }
            }
            if let Some(files) = &append.files {
                files::refer(&transaction, room, seq, at, &files.0)?;
            }
            if let Some(decided) = &append.decided {
                decided.changes.write(&transaction, room)?;
            }
            *head = seq;
            Ok(Placed::New { seq, at })
        };
        batch.iter().map(place).collect::<Result<_, LogError>>()?
    };
    transaction.commit()?;
    Ok(Committed { placed, rewritten, let_go })
}

/// Takes the newest event out again, as if it had never been appended.
fn take_back(transaction: &Transaction<'_>, room: i64, seq: Seq) -> Result<(), LogError> {
    transaction.prepare_cached("DELETE FROM event WHERE key = ?1")?.execute([row(room, seq)])?;
    Ok(())
}

/// Where the event is that has the id of this append already.
fn find(transaction: &Transaction<'_>, append: &Append) -> Result<Placed, LogError> {
    let mut first = transaction.prepare_cached(&format!("{SELECT_EVENT} room = ?1 AND id = ?2"))?;
    let mut rows = first.query(params![append.log.room, append.receipt.id()])?;
    let row = rows.next()?.ok_or_else(|| LogError::Damaged("an id is known but its event isn't there".into()))?;
    let (seq, _, json) = verified(append.log.room, row)?;
    // Sent again, by the same member or by one who lost the token to be the same with: same place.
    // But whoever picks another's id for other words must not believe that these were kept.
    let (first, again) = (Stored::read(json)?, Stored::read(&append.json)?);
    let same = first.member == again.member || first.body == again.body;
    Ok(if same { Placed::Again { seq } } else { Placed::Refused(LogError::IdTaken) })
}
