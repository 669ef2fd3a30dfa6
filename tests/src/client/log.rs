//! What somebody says, hears and reads of the log.

use std::ops::RangeInclusive;

use snug_relay::wire::{
    Acks, ClientFrame, Delete, Edit, Event, Found, HistoryPage, HistoryRequest, NewMessage, Place, React,
    SearchRequest, Seq, ServerFrame, WireError,
};
use tokio::time::timeout;

use super::TestClient;
use crate::{SILENCE, words};

impl TestClient {
    /// Says something and waits until it is acknowledged; its place in the log.
    pub async fn says(&mut self, text: &str) -> Seq {
        self.next_id += 1;
        let id = format!("{}-{}", self.device, self.next_id);
        self.says_with_id(&id, text).await.unwrap_or_else(|error| panic!("{text:?} was refused: {error:?}"))
    }

    /// Says the same many times over without waiting in between, until all of it is acknowledged.
    pub async fn says_often(&mut self, text: &str, times: u32) {
        for _ in 0..times {
            self.next_id += 1;
            let id = format!("{}-{}", self.device, self.next_id);
            self.send(&ClientFrame::NewMessage(NewMessage::new(id, text))).await;
        }
        for number in self.next_id - times + 1..=self.next_id {
            let id = format!("{}-{number}", self.device);
            self.answer_about(&id).await.unwrap_or_else(|error| panic!("{text:?} was refused: {error:?}"));
        }
    }

    /// Says which number each is, one after the other.
    pub async fn counts(&mut self, numbers: RangeInclusive<u32>) {
        for number in numbers {
            self.says(&format!("number {number}")).await;
        }
    }

    /// Says something under an id of one's own.
    pub async fn says_with_id(&mut self, id: &str, text: &str) -> Result<Seq, WireError> {
        self.send(&ClientFrame::NewMessage(NewMessage::new(id, text))).await;
        self.answer_about(id).await
    }

    /// Sends a change of a message, or an answer to one, and waits for what becomes of it.
    pub async fn changes(&mut self, frame: ClientFrame) -> Result<Seq, WireError> {
        let id = match &frame {
            ClientFrame::NewMessage(NewMessage { id, .. })
            | ClientFrame::Edit(Edit { id, .. })
            | ClientFrame::Delete(Delete { id, .. })
            | ClientFrame::React(React { id, .. }) => id.clone(),
            other => panic!("not a change: {other:?}"),
        };
        self.send(&frame).await;
        self.answer_about(&id).await
    }

    /// Waits for the acknowledgement or the refusal of a message.
    pub async fn answer_about(&mut self, id: &str) -> Result<Seq, WireError> {
        self.expect(&format!("an answer about {id}"), |frame| match frame {
            ServerFrame::Ack(Acks { acks }) if acks[0].id == id => Some(Ok(acks[0].seq)),
            ServerFrame::Error(error) if error.id.as_deref() == Some(id) || error.id.is_none() => {
                Some(Err(error.clone()))
            }
            _ => None,
        })
        .await
    }

    /// Waits for the next event and expects it to be this.
    pub async fn hears(&mut self, nickname: &str, text: &str) {
        let event = self.next_event().await;
        assert_eq!((event.nickname.as_str(), words(&event)), (nickname, text));
    }

    /// Waits for the next event.
    pub async fn next_event(&mut self) -> Event {
        while self.heard == self.events.len() {
            let frame = self.receive("an event").await;
            self.keep(frame);
        }
        self.heard += 1;
        self.events[self.heard - 1].clone()
    }

    /// Forgets the events that were asked about, and hands out the other frames nobody has asked about yet: in a
    /// story that goes on for long there are very many.
    pub fn sweeps(&mut self) -> Vec<ServerFrame> {
        // The next one has to follow the last.
        let kept = self.heard.saturating_sub(1);
        self.events.drain(..kept);
        self.heard -= kept;
        self.inbox.drain(..).collect()
    }

    /// Makes sure no event comes that wasn't asked about.
    pub async fn hears_nothing(&mut self) {
        let next = timeout(SILENCE, self.next_event()).await;
        assert!(next.is_err(), "heard {next:?}");
    }

    /// Asks for a page of history that ends before a place and waits for it.
    pub async fn reads_back(&mut self, before: Seq, limit: Option<u32>) -> HistoryPage {
        self.reads(Place::Before(before), limit).await.expect("a page of history")
    }

    /// Asks for a page of history and waits for it, or for the refusal.
    pub async fn reads(&mut self, place: Place, limit: Option<u32>) -> Result<HistoryPage, WireError> {
        self.send(&ClientFrame::History(HistoryRequest { place: place.clone(), limit })).await;
        self.expect("a page of history", |frame| match frame {
            ServerFrame::History(page) if page.place == place => Some(Ok(page.clone())),
            ServerFrame::Error(error) => Some(Err(error.clone())),
            _ => None,
        })
        .await
    }

    /// Searches, and waits for one answer.
    pub async fn searches(&mut self, query: &str, before: Option<Seq>) -> Result<Found, WireError> {
        self.next_id += 1;
        let id = format!("search-{}", self.next_id);
        let request = SearchRequest { id: id.clone(), query: query.to_owned(), before };
        self.send(&ClientFrame::Search(request)).await;
        self.expect(&format!("an answer to {query:?}"), |frame| match frame {
            ServerFrame::Found(found) if found.id == id => Some(Ok(found.clone())),
            ServerFrame::Error(error) if error.id.as_deref() == Some(&id) => Some(Err(error.clone())),
            _ => None,
        })
        .await
    }

    /// Searches to the log's beginning; the places of everything that is found.
    pub async fn finds(&mut self, query: &str) -> Vec<Seq> {
        let (mut found, mut before) = (Vec::new(), None);
        loop {
            let answer = self.searches(query, before).await.unwrap_or_else(|error| panic!("{query:?}: {error:?}"));
            found.extend(answer.hits.iter().map(|hit| hit.seq));
            before = answer.next;
            if before.is_none() {
                return found;
            }
        }
    }
}
