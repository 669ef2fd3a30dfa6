//! Two who talk while others do anything: each line is heard once, as it was said, and nothing else is so.

use std::{
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

use snug_relay::wire::{
    Body, ClientFrame, Entry, Event, Join, Keys, Message, Place, RoomInfo, ServerFrame, Standing, WireError,
};
use snug_tests::{Link, TestClient};

use super::{acts::EARLIER, vandal::Shared};

/// Mina, who is a guest, and Jun, who is the host and orders nothing.
pub(super) struct Innocents {
    mina: TestClient,
    jun: TestClient,
    keys: Keys,
    /// The longest that a line took to be heard by both.
    pub(super) slowest: Duration,
}

impl Innocents {
    /// They come first, and Mina says something.
    pub(super) async fn come(link: &Link, host: Join) -> Self {
        let mut jun = TestClient::connect(link.addr).await;
        jun.send(&ClientFrame::Join(Join { nickname: Some("Jun".into()), ..host })).await;
        assert!(jun.welcomed().await.you.host);
        let keys = jun.sees_keys(|_| true).await;
        let mut mina = joins(link, "Mina").await;
        for number in 0..EARLIER {
            mina.says_with_id(&format!("mina-{number}"), &line(number)).await.unwrap();
        }
        let mut it = Self { mina, jun, keys, slowest: Duration::ZERO };
        let newest = format!("mina-{}", EARLIER - 1);
        for client in [&mut it.mina, &mut it.jun] {
            while client.next_event().await.id != newest {}
            client.sweeps();
        }
        it
    }

    /// Who Mina is.
    pub(super) fn mina(&self) -> &str {
        &self.mina.welcome.as_ref().unwrap().you.member
    }

    pub(super) fn epoch(&self) -> &str {
        &self.mina.welcome.as_ref().unwrap().epoch
    }

    fn room(&self) -> &RoomInfo {
        &self.mina.welcome.as_ref().unwrap().room
    }

    /// Mina says her next line, and both hear it, and nothing else that would be hers.
    pub(super) async fn talk(&mut self, shared: &Shared) {
        let begun = Instant::now();
        let number = EARLIER + shared.said.load(Ordering::Relaxed);
        let (id, words) = (shared.line(number), line(number));
        self.mina.says_with_id(&id, &words).await.unwrap_or_else(|error| panic!("{error:?} for {words}"));
        for client in [&mut self.mina, &mut self.jun] {
            loop {
                let event = client.next_event().await;
                if event.id == id {
                    assert_eq!((event.nickname.as_str(), says(&event.body)), ("Mina", Some(words.as_str())));
                    break;
                }
                is_a_guests(&event, shared);
            }
            client.sweeps().iter().for_each(concerns_nobody);
        }
        assert_eq!(self.jun.keys.as_ref(), Some(&self.keys), "nobody ordered other keys");
        assert!(self.mina.keys.is_none() && self.mina.knock_frames == 0, "only hosts are told");
        self.slowest = self.slowest.max(begun.elapsed());
        shared.said.fetch_add(1, Ordering::Relaxed);
    }

    /// Once all the others are gone, it is as if they had never been, but for what they said.
    pub(super) async fn look_around(&mut self, shared: &Shared, link: &Link) {
        let mut late = joins(link, "Late").await;
        assert_eq!(&late.welcome.as_ref().unwrap().room, self.room());
        for client in [&mut late, &mut self.mina, &mut self.jun] {
            client.sees_here(&["Mina", "Jun", "Late"]).await;
        }
        for event in [&mut self.mina, &mut self.jun].into_iter().flat_map(|client| std::mem::take(&mut client.events)) {
            if event.member != shared.mina {
                is_a_guests(&event, shared);
            }
        }
        let guests = self.jun.lists_guests().await.guests;
        let decided = |standing| standing != Standing::Usual;
        assert!(guests.iter().all(|guest| !decided(guest.standing) && guest.by == Entry::Link), "{guests:?}");
        assert!(guests.iter().any(|guest| guest.member == self.mina()));
        reads_all(&mut late, shared).await;
    }
}

/// Reads every line of Mina's, each as it was said.
pub(super) async fn reads_all(reader: &mut TestClient, shared: &Shared) {
    for number in 0..EARLIER + shared.said.load(Ordering::Relaxed) {
        let id = shared.line(number);
        let page = reader.reads(Place::Id(id.clone()), Some(1)).await;
        let page = page.unwrap_or_else(|error: WireError| panic!("{error:?} for {id}"));
        let event = page.events.iter().find(|event| event.id == id).unwrap();
        assert_eq!((event.nickname.as_str(), says(&event.body)), ("Mina", Some(line(number).as_str())));
        reader.sweeps();
    }
}

fn line(number: u64) -> String {
    format!("line {number}")
}

/// What somebody else did: only what guests may, and to nothing that is Mina's.
fn is_a_guests(event: &Event, shared: &Shared) {
    assert_ne!(event.member, shared.mina, "{event:?}");
    assert!(!["mina", "jun"].contains(&event.nickname.to_lowercase().as_str()), "{event:?}");
    let earlier = |of: &str| (0..EARLIER).any(|number| of == shared.line(number));
    let minas = |of: &str| earlier(of) || of.ends_with(&format!("-{:x}", shared.tag));
    match &event.body {
        Body::Message(_) | Body::Reacted { .. } | Body::Gone { by: None } => {}
        Body::Edited { of, .. } | Body::Deleted { of } => assert!(!minas(of), "{event:?}"),
        Body::Measure(_) | Body::Gone { by: Some(_) } => panic!("nobody ordered this: {event:?}"),
    }
}

/// What comes without being asked for, where nobody ordered anything and nobody of these was refused anything.
fn concerns_nobody(frame: &ServerFrame) {
    match frame {
        ServerFrame::Presence(_) | ServerFrame::Typing(_) | ServerFrame::Addresses(_) => {}
        other => panic!("nobody asked for this: {other:?}"),
    }
}

fn says(body: &Body) -> Option<&str> {
    match body {
        Body::Message(Message { text, .. }) => Some(text),
        _ => None,
    }
}

pub(super) async fn joins(link: &Link, nickname: &str) -> TestClient {
    let mut client = TestClient::connect(link.addr).await;
    let device = Some(format!("the-device-of-{nickname}"));
    let join = Join { nickname: Some(nickname.into()), device, ..link.join() };
    client.send(&ClientFrame::Join(join)).await;
    client.welcomed().await;
    client
}
