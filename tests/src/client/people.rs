//! Who is here, at the door, and what hosts ask for.

use snug_relay::wire::{
    Away, ClientFrame, Guests, Join, Keys, Nickname, Order, Presence, ServerFrame, Typing, Waiting,
};

use super::TestClient;

impl TestClient {
    /// Asks to be let in; what comes of it is another question.
    pub async fn asks(&mut self, join: Join) {
        self.send(&ClientFrame::Join(join)).await;
    }

    /// Knocks at the door of the room that an invite leads to, as somebody who has only its address.
    pub async fn knocks(&mut self, room: &str, nickname: &str, device: &str) {
        device.clone_into(&mut self.device);
        let (room, nickname) = (Some(room.to_owned()), Some(nickname.to_owned()));
        self.asks(Join { room, nickname, device: Some(device.to_owned()), ..Join::default() }).await;
    }

    /// Waits to be told how things stand at the door; whether a host is there.
    pub async fn waits(&mut self) -> Waiting {
        self.expect("to wait at the door", |frame| match frame {
            ServerFrame::Waiting(waiting) => Some(waiting.clone()),
            _ => None,
        })
        .await
    }

    /// Asks for what only hosts may.
    pub async fn orders(&mut self, order: Order) {
        self.send(&ClientFrame::Host(order)).await;
    }

    /// Waits until exactly these knock, the longest first; who they would be inside.
    pub async fn sees_at_the_door(&mut self, nicknames: &[&str]) -> Vec<String> {
        let names = |client: &Self| client.waiting.iter().map(|knock| knock.nickname.clone()).collect::<Vec<_>>();
        self.until(&format!("{nicknames:?} at the door"), |client| names(client) == nicknames).await;
        self.waiting.iter().map(|knock| knock.member.clone()).collect()
    }

    /// Waits until what opens the door is as wanted.
    pub async fn sees_keys(&mut self, wanted: impl Fn(&Keys) -> bool) -> Keys {
        self.until("other keys", |client| client.keys.as_ref().is_some_and(&wanted)).await;
        self.keys.clone().expect("there are some")
    }

    /// Asks who may come back.
    pub async fn lists_guests(&mut self) -> Guests {
        self.orders(Order::Guests).await;
        self.expect("the guests", |frame| match frame {
            ServerFrame::Guests(guests) => Some(guests.clone()),
            _ => None,
        })
        .await
    }

    /// Changes the nickname.
    pub async fn renames(&mut self, nickname: &str) {
        self.send(&ClientFrame::Nickname(Nickname { nickname: nickname.to_owned() })).await;
    }

    /// Waits until exactly these are here, in any order.
    pub async fn sees_here(&mut self, nicknames: &[&str]) {
        let wanted = sorted(nicknames.iter().map(|name| (*name).to_owned()));
        self.until(&format!("{wanted:?} to be here"), |client| {
            sorted(client.members.iter().map(|member| member.nickname.clone())) == wanted
        })
        .await;
    }

    /// Who is called this.
    ///
    /// # Panics
    /// When nobody here is.
    pub fn member_called(&self, nickname: &str) -> String {
        let called = self.members.iter().find(|member| member.nickname == nickname);
        called.unwrap_or_else(|| panic!("nobody here is called {nickname}")).member.clone()
    }

    /// Waits until so many are here.
    pub async fn sees_count(&mut self, count: u32) {
        self.until(&format!("{count} to be here"), |client| client.count == count).await;
    }

    /// Waits until this one is away, or back again.
    pub async fn sees_away(&mut self, nickname: &str, away: bool) {
        self.until(&format!("{nickname} to be away: {away}"), |client| {
            client.members.iter().any(|member| member.nickname == nickname && member.away == away)
        })
        .await;
    }

    /// Waits until just these are said to type, in this order.
    pub async fn sees_typing(&mut self, nicknames: &[&str]) {
        self.until(&format!("{nicknames:?} to type"), |client| client.typing() == nicknames).await;
    }

    /// Who types, as this client knows.
    pub fn typing(&self) -> Vec<&str> {
        let name = |typist: &String| self.members.iter().find(|member| member.member == *typist);
        self.typists.iter().filter_map(name).map(|member| member.nickname.as_str()).collect()
    }

    /// Tells that it types, or has stopped.
    pub async fn types(&mut self, on: bool) {
        self.send(&ClientFrame::Typing(Typing { on })).await;
    }

    /// Tells that nobody looks at it, or somebody does again.
    pub async fn goes_away(&mut self, away: bool) {
        self.send(&ClientFrame::Away(Away { away })).await;
    }

    /// Waits for the next frame about who is here.
    pub async fn next_presence(&mut self) -> Presence {
        self.expect("a change in who is here", |frame| match frame {
            ServerFrame::Presence(presence) => Some(presence.clone()),
            _ => None,
        })
        .await
    }

    /// Forgets the frames about who is here that came so far.
    pub fn forget_presence(&mut self) {
        self.inbox.retain(|frame| !matches!(frame, ServerFrame::Presence(_)));
    }
}

fn sorted(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut names: Vec<_> = names.collect();
    names.sort();
    names
}
