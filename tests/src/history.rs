//! What every client said, was told and saw, and whether the relay kept its promises.
//!
//! A test under faults does not know what will happen. So it writes down all that did, and
//! [`History::check`] decides afterwards. The checker knows nothing of how the relay works: it compares
//! what clients were told with one another, and with the log as a newcomer reads it in the end.

mod check;
mod violation;

use snug_relay::wire::{ClientFrame, ErrorCode, Event, Seq, Welcome};

use crate::{Link, TestClient};

pub use violation::Violation;

/// All that happened in one room, and its log in the end.
#[derive(Debug, Clone, Default)]
pub struct History {
    /// One for each client.
    pub records: Vec<Record>,
    /// Which log the room has in the end.
    pub epoch: String,
    /// That log from its first event to its last, read page by page by somebody who came last.
    pub log: Vec<Seen>,
}

/// What happened to one client, in order, over all its connections.
#[derive(Debug, Clone, Default)]
pub struct Record {
    /// Whose it is, for people to read.
    pub client: String,
    /// In order.
    pub entries: Vec<Entry>,
    /// It left before everything it had said was answered, and nobody will ever send that again.
    pub gave_up: bool,
}

/// One thing that happened to a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// It wanted to say this. Noted once, however often it had to be sent.
    Said {
        /// The id it gave it.
        id: String,
        /// The words.
        text: String,
    },
    /// A connection began with a welcome.
    Joined {
        /// The member it was told to be.
        member: String,
        /// Which log it was told of.
        epoch: String,
        /// Where that log ended then.
        head: Seq,
        /// It asked to go on from its own copy of the log.
        asked: bool,
        /// It was told that what follows continues its copy.
        resumed: bool,
    },
    /// It was told that a message is on disk.
    Acknowledged {
        /// Its id.
        id: String,
        /// Its place.
        seq: Seq,
    },
    /// It was told that a message was not kept.
    Refused {
        /// Its id.
        id: String,
        /// Why.
        code: ErrorCode,
    },
    /// The next event came, in the welcome or after it.
    Saw(Seen),
    /// A page of history came.
    Paged {
        /// The events are the ones before this place.
        before: Seq,
        /// In order.
        events: Vec<Seen>,
    },
}

/// An event as somebody saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Its place.
    pub seq: Seq,
    /// The id its author gave it.
    pub id: String,
    /// Its author.
    pub member: String,
    /// The words.
    pub text: String,
}

impl From<&Event> for Seen {
    fn from(event: &Event) -> Self {
        Self {
            seq: event.seq,
            id: event.id.clone(),
            member: event.member.clone(),
            text: crate::words(event).to_owned(),
        }
    }
}

/// Where a room's log ends now.
pub async fn head(link: &Link) -> Seq {
    newcomer(link).await.welcome.map_or(0, |welcome| welcome.head)
}

async fn newcomer(link: &Link) -> TestClient {
    let mut client = TestClient::connect(link.addr).await;
    client.send(&ClientFrame::Join(link.join())).await;
    client.welcomed().await;
    client
}

impl History {
    /// Puts these together, with the log as somebody reads it who comes now and pages back to its beginning.
    pub async fn of(records: Vec<Record>, link: &Link) -> Self {
        let mut last = newcomer(link).await;
        let Welcome { epoch, head, .. } = last.welcome.clone().expect("it was let in");
        let mut pages = Vec::new();
        let mut before = head + 1;
        while before > 1 {
            let page = last.reads_back(before, None).await.events;
            before = page.first().expect("before its first event a log has no page that is empty").seq;
            pages.push(page);
        }
        let log = pages.iter().rev().flatten().map(Seen::from).collect();
        Self { records, epoch, log }
    }

    /// Fails unless every promise was kept.
    ///
    /// # Panics
    /// With the promises that were broken.
    pub fn is_sound(&self) {
        let found = self.check();
        let first: Vec<_> = found.iter().take(20).collect();
        assert!(found.is_empty(), "{} promises were broken, the first of them: {first:#?}", found.len());
    }
}

impl Record {
    /// The empty record of a client.
    pub fn of(client: impl Into<String>) -> Self {
        Self { client: client.into(), ..Self::default() }
    }
}

#[cfg(test)]
mod tests;
