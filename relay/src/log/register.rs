//! What a room keeps beside its log: how its door stands, who may come back, and the links that end.

use rusqlite::Connection;

use super::{
    LogError, StoredRoom,
    link::{SELECT_LINK, StoredLink, drop_link, link_from, put_link},
    member::{SELECT_MEMBER, StoredMember, drop_member, member_from, put_member},
    room::put_room,
    writes::Writes,
};
use crate::files::ContentHash;

/// One room's, in the database.
pub(crate) struct Register {
    room: i64,
    writes: Writes,
}

/// What is decided with an event: it is stored in that one's commit, and holds from then on.
pub(crate) struct Decided {
    pub(crate) changes: Changes,
    /// Has it hold, once it is on disk and before anybody reads the event. It is called on the writer's thread;
    /// dropped, nothing was stored. What it gives is released: contents that nobody may want any more.
    pub(crate) holds: Box<dyn FnOnce() -> Vec<ContentHash> + Send>,
}

/// What is to be stored, all of it or nothing.
#[derive(Default)]
pub(crate) struct Changes {
    pub(crate) room: Option<StoredRoom>,
    /// By member; `None` to forget them.
    pub(crate) members: Vec<(String, Option<StoredMember>)>,
    /// By id; `None` to forget it.
    pub(crate) links: Vec<(String, Option<StoredLink>)>,
}

impl Register {
    pub(super) fn new(room: i64, writes: Writes) -> Self {
        Self { room, writes }
    }

    /// Stores changes; they are on disk when this returns.
    ///
    /// # Errors
    /// With none of them stored.
    pub(crate) async fn store(&self, changes: Changes) -> Result<(), LogError> {
        let key = self.room;
        let write = move |database: &mut Connection| {
            let transaction = database.transaction()?;
            changes.write(&transaction, key)?;
            transaction.commit()
        };
        self.writes.run(write).await
    }
}

impl Changes {
    /// Writes them, in somebody's transaction.
    pub(super) fn write(&self, transaction: &Connection, key: i64) -> rusqlite::Result<()> {
        let Self { room, members, links } = self;
        if let Some(room) = room {
            put_room(transaction, room)?;
        }
        for (id, member) in members {
            match member {
                Some(member) => put_member(transaction, key, member)?,
                None => drop_member(transaction, key, id)?,
            }
        }
        for (id, link) in links {
            match link {
                Some(link) => put_link(transaction, key, link)?,
                None => drop_link(transaction, key, id)?,
            }
        }
        Ok(())
    }
}

/// Everything that is in a room's register.
pub(super) fn read(database: &Connection, room: i64) -> Result<(Vec<StoredMember>, Vec<StoredLink>), LogError> {
    let (mut members, mut links) = (Vec::new(), Vec::new());
    let mut statement = database.prepare_cached(&format!("{SELECT_MEMBER} WHERE room = ?1"))?;
    let mut rows = statement.query([room])?;
    while let Some(row) = rows.next()? {
        members.push(member_from(row)?.1);
    }
    let mut statement = database.prepare_cached(&format!("{SELECT_LINK} WHERE room = ?1"))?;
    let mut rows = statement.query([room])?;
    while let Some(row) = rows.next()? {
        links.push(link_from(row)?.1);
    }
    Ok((members, links))
}
