//! What the acts are made of: words, ids, names, numbers, frames and what is nearly one, thrown by dice.
//!
//! Some strings stand for what only shows in a run, such as who somebody is: `@…` and `~…`, which a
//! [vandal](super::vandal) puts in before it sends.

use rand::{RngExt, SeedableRng, rngs::StdRng};
use serde_json::Value;
use snug_relay::wire::{
    Away, ClientFrame, Delete, Door, Edit, FileRules, HistoryRequest, Join, NewMessage, Nickname, Order, Place, React,
    SearchRequest, Since, Typing,
};

use super::{
    acts::{Act, As, DEVICES, EARLIER, Leave, VANDALS, kind, kinds},
    vandal,
};

/// Numbers at which something may end.
const EDGES: [u64; 10] = [0, 1, 2, 60, 1000, u32::MAX as u64, 1 << 53, i64::MAX as u64, 1 << 63, u64::MAX];

const EMOJI: [&str; 8] = ["👍", "❤️", "👩‍🚀", "🧑🏿‍❤️‍💋‍🧑🏻", "🇰🇷", "1️⃣", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "☕"];

/// Makes up what one sequence consists of.
pub(super) struct Maker {
    dice: StdRng,
    /// Of the sequence.
    number: u64,
    /// How many messages there are in it so far, and changes.
    said: u64,
    changed: u64,
}

impl Maker {
    /// For the sequence of this number.
    pub(super) fn new(seed: u64, number: u64) -> Self {
        let dice = StdRng::seed_from_u64(seed ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        Self { dice, number, said: 0, changed: 0 }
    }

    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.dice.random_range(0..end)
    }

    pub(super) fn within(&mut self, least: u64, most: u64) -> u64 {
        self.dice.random_range(least..=most)
    }

    /// The small ones as likely as the large ones.
    fn size(&mut self, most: u64) -> usize {
        let bits = u64::BITS - most.leading_zeros();
        let limit = most.min((1_u64 << self.within(0, bits.into())).saturating_sub(1));
        self.within(0, limit) as usize
    }

    pub(super) fn one_in(&mut self, times: u32) -> bool {
        self.dice.random_ratio(1, times)
    }

    fn one_of<T: Clone>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len() as u64) as usize].clone()
    }

    fn bytes(&mut self, most: u64) -> Vec<u8> {
        let length = self.size(most);
        (0..length).map(|_| self.dice.random()).collect()
    }

    pub(super) fn whom(&mut self) -> As {
        self.one_of(&[
            As::Stranger,
            As::Guest,
            As::Guest,
            As::Guest,
            As::Guest,
            As::Host,
            As::Host,
            As::Lodger,
            As::Lodger,
            As::Knocking,
            As::Tutorial,
        ])
    }

    pub(super) fn leave(&mut self) -> Leave {
        match self.below(10) {
            0 => Leave::Falls,
            1 => Leave::Says,
            2 => Leave::Cuts,
            _ => Leave::Stays,
        }
    }

    /// Any character: mostly one that is typed, but of any kind.
    fn character(&mut self) -> char {
        match self.below(16) {
            0..=9 => self.dice.random_range(' '..='~'),
            10 => self.dice.random_range('가'..='힣'),
            11 => {
                self.one_of(&['é', 'ß', 'İ', 'ı', '漢', 'ع', 'न', '👍', '🏿', '🇰', '\u{301}', '\u{200d}', '\u{fe0f}'])
            }
            12 => self.one_of(&['\0', '\n', '\t', '\r', '\u{1b}', '\u{7f}', '\u{85}', '\u{2028}', '"', '\\']),
            13 => self.one_of(&['\u{200b}', '\u{202e}', '\u{2066}', '\u{feff}', '\u{ad}', '\u{3164}', '\u{e0061}']),
            _ => self.dice.random(),
        }
    }

    fn text(&mut self, most: u64) -> String {
        let length = self.size(most);
        (0..length).map(|_| self.character()).collect()
    }

    fn words(&mut self) -> String {
        match self.below(40) {
            0 => {
                let (few, times) = (self.text(4), self.size(60_000));
                few.repeat(times)
            }
            1..=3 => self.one_of(&[" ", "\n\t", "\u{200b}", "\u{feff}", "**", "> ", "```", "<b>", "👍"]).into(),
            4..=9 => format!("line {}", self.below(2000)),
            _ => self.character().to_string() + &self.text(60),
        }
    }

    /// What is made of letters that an id may have.
    fn token(&mut self, most: u64) -> String {
        let length = self.within(1, most);
        (0..length).map(|_| self.dice.random_range('!'..='~')).collect()
    }

    /// An id for a message of this sequence. Some come again.
    fn saying(&mut self) -> String {
        match self.below(16) {
            0 => self.id(),
            1 => self.said_in(0),
            _ => {
                self.said += 1;
                format!("v{}-{}", self.number, self.said - 1)
            }
        }
    }

    /// An id for a change, or a search.
    fn changing(&mut self) -> String {
        if self.one_in(16) {
            return self.id();
        }
        self.changed += 1;
        format!("c{}-{}", self.number, self.changed)
    }

    /// A message of a sequence so many before this one, where it has any.
    fn said_in(&mut self, back: u64) -> String {
        let many = if back == 0 { self.said } else { 3 };
        format!("v{}-{}", self.number.saturating_sub(back), self.below(many.max(1)))
    }

    /// Ids that are somebody's, ids that could be, and what is none.
    fn id(&mut self) -> String {
        match self.below(24) {
            0..=2 => format!("mina-{}", self.below(EARLIER)),
            3..=5 => format!("~{}", self.below(6)),
            6..=14 => self.said_in(0),
            15..=19 => {
                let back = self.within(1, 24);
                self.said_in(back)
            }
            20 => self.token(64),
            21 => self.member(),
            22 => self.text(80),
            _ => String::new(),
        }
    }

    /// Who is, or was, in the vandals' room, or waits before it.
    fn member(&mut self) -> String {
        match self.below(8) {
            0 => "@host".into(),
            1 => "@mina".into(),
            2..=3 => "@waits".into(),
            _ => format!("@{}", self.below(VANDALS * DEVICES)),
        }
    }

    fn someone(&mut self) -> String {
        if self.one_in(4) { self.id() } else { self.member() }
    }

    fn nickname(&mut self) -> String {
        match self.below(8) {
            0 => self.one_of(&["Mina", "Ｍina", "mina", "Jun", "Mina 2", "Anonymous", "Mi\u{200d}na"]).into(),
            // Some that others take in the same moment.
            1..=3 => format!("Somebody {}", self.number / 8),
            4 => self.text(60),
            5 => self.words(),
            _ => self.text(16),
        }
    }

    fn number(&mut self) -> u64 {
        match self.below(4) {
            0 => self.one_of(&EDGES),
            1 => self.dice.random(),
            2 => self.below(200),
            _ => self.size(1 << 20) as u64,
        }
    }

    fn small(&mut self) -> u32 {
        if self.one_in(4) { self.dice.random() } else { self.below(100) as u32 }
    }

    fn maybe<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        self.one_in(2).then(|| make(self))
    }

    /// What only a host may ask for; most of it such as is obeyed.
    fn order(&mut self) -> Order {
        match self.below(24) {
            0..=2 => {
                let (count, admit) = (self.below(4), !self.one_in(3));
                Order::Answer { members: (0..count).map(|_| self.someone()).collect(), admit }
            }
            3..=4 => Order::Door { door: self.one_of(&[Door::Closed, Door::Closed, Door::Open, Door::Locked]) },
            5 => Order::Renew,
            6 => Order::AddLink { ends_in_ms: self.maybe(Self::number), guests: self.maybe(Self::small) },
            7 => Order::EndLink { link: if self.one_in(4) { self.id() } else { "@link".into() } },
            8 => Order::Guests,
            9 => Order::Forget { member: self.someone() },
            10..=11 => Order::Rename { name: self.text(40) },
            12 => Order::Rename { name: self.words() },
            13 => Order::Remove { member: self.someone() },
            14 => Order::Ban { member: self.someone(), new_link: self.one_in(3) },
            15..=16 => Order::Unban { member: self.someone() },
            17..=18 => Order::Mute { member: self.someone(), on: self.one_in(2) },
            19 => Order::Appoint { member: self.someone(), on: self.one_in(2) },
            20 => Order::Slow { every_ms: self.below(100) },
            21 => Order::Slow { every_ms: self.number() },
            22 => Order::Files(FileRules { bytes: self.within(1, 1_000_000), days: self.below(4000) as u32 }),
            _ => Order::Files(FileRules { bytes: self.number(), days: self.small() }),
        }
    }

    /// What is right, or nearly, or missing.
    fn near(&mut self, right: &str) -> Option<String> {
        match self.below(8) {
            0 => None,
            1 => Some(self.words()),
            _ => Some(right.into()),
        }
    }

    /// What leads in, and what nearly does.
    fn join(&mut self) -> Join {
        let (room, secret) = self.one_of(&[("@den", "@den-secret"), ("@attic", "@attic-secret")]);
        let since =
            self.maybe(|it| Since { epoch: it.near("@epoch").unwrap_or_default(), seq: it.number(), at: it.number() });
        Join {
            room: self.near(room),
            secret: self.near(secret),
            nickname: self.maybe(Self::nickname),
            device: self.near("@device"),
            host: self.one_in(6).then(|| self.near("@attic-key").unwrap_or_default()),
            since,
        }
    }

    /// A kind of frame with any content.
    fn filled(&mut self, kind: ClientFrame) -> ClientFrame {
        match kind {
            ClientFrame::Join(_) => ClientFrame::Join(self.join()),
            ClientFrame::NewMessage(_) => {
                let (id, text) = (self.saying(), self.words());
                let reply = self.one_in(3).then(|| self.id());
                let files = if self.one_in(12) { (0..self.size(30)).map(|_| self.id()).collect() } else { Vec::new() };
                ClientFrame::NewMessage(NewMessage { id, text, reply, files })
            }
            ClientFrame::Edit(_) => ClientFrame::Edit(Edit { id: self.changing(), of: self.id(), text: self.words() }),
            ClientFrame::Delete(_) => ClientFrame::Delete(Delete { id: self.changing(), of: self.id() }),
            ClientFrame::React(_) => {
                let emoji = if self.one_in(5) { self.words() } else { self.one_of(&EMOJI).into() };
                ClientFrame::React(React { id: self.changing(), of: self.id(), emoji, on: !self.one_in(3) })
            }
            ClientFrame::Nickname(_) => ClientFrame::Nickname(Nickname { nickname: self.nickname() }),
            ClientFrame::Typing(_) => ClientFrame::Typing(Typing { on: self.one_in(2) }),
            ClientFrame::Away(_) => ClientFrame::Away(Away { away: self.one_in(2) }),
            ClientFrame::History(_) => {
                let place = match self.below(5) {
                    0 => Place::Before(self.number()),
                    1 => Place::After(self.number()),
                    2 => Place::Around(self.number()),
                    3 => Place::At(self.number()),
                    _ => Place::Id(self.id()),
                };
                // Long pages are little else than bytes.
                let limit = if self.one_in(8) { self.maybe(|it| it.dice.random()) } else { Some(self.below(8) as u32) };
                ClientFrame::History(HistoryRequest { place, limit })
            }
            ClientFrame::Search(_) => {
                let query = match self.below(4) {
                    0 => self.words(),
                    1 => format!("\"line {}\"", self.below(40)),
                    2 => format!("from:{} {}", self.one_of(&["Mina", "some", "\"", ""]), self.text(8)),
                    _ => self.text(12),
                };
                ClientFrame::Search(SearchRequest { id: self.changing(), query, before: self.maybe(Self::number) })
            }
            ClientFrame::Host(_) => ClientFrame::Host(self.order()),
            ClientFrame::Ping {} => kind,
        }
    }

    fn frame(&mut self) -> ClientFrame {
        let all = kinds();
        let kind = self.one_of(&all);
        // Whoever is in is let in only once.
        if matches!(kind, ClientFrame::Join(_)) && !self.one_in(4) {
            return self.filled(ClientFrame::NewMessage(NewMessage::default()));
        }
        self.filled(kind)
    }

    fn json(&mut self, depth: u32) -> Value {
        const NUMBERS: [f64; 6] = [-0.0, -1.0, 0.5, 1e300, -1e-300, 1.8446744073709552e19];
        match self.below(if depth == 0 { 6 } else { 8 }) {
            0 => Value::Null,
            1 => self.one_in(2).into(),
            2 => self.number().into(),
            3 => self.dice.random::<i64>().into(),
            4 => self.one_of(&NUMBERS).into(),
            5 => self.text(20).into(),
            6 => (0..self.below(6)).map(|_| self.json(depth - 1)).collect(),
            _ => {
                let fields = (0..self.below(6)).map(|_| {
                    const NAMES: [&str; 8] = ["id", "text", "of", "kind", "place", "type", "payload", "member"];
                    let name = if self.one_in(3) { self.text(9) } else { self.one_of(&NAMES).into() };
                    (name, self.json(depth - 1))
                });
                Value::Object(fields.collect())
            }
        }
    }

    /// What is no frame, and looks like one from near or far.
    fn misshapen(&mut self) -> String {
        const OTHERS: [&str; 4] = ["welcome", "events", "explode", ""];
        match self.below(8) {
            0 => self.json(4).to_string(),
            1 => {
                let depth = self.size(60_000);
                format!("{{\"type\":\"search\",\"payload\":{}", self.one_of(&["[", "{\"a\":"]).repeat(depth))
            }
            2..=4 => {
                let all = kinds();
                let name = if self.one_in(5) { self.one_of(&OTHERS) } else { kind(&self.one_of(&all)) };
                format!(r#"{{"type":"{name}","payload":{}}}"#, self.json(3))
            }
            _ => {
                let frame = self.frame();
                self.spoilt(&serde_json::to_string(&frame).unwrap())
            }
        }
    }

    /// A text in which something is missing, doubled, or something else.
    fn spoilt(&mut self, text: &str) -> String {
        let mut characters: Vec<char> = text.chars().collect();
        for _ in 0..self.within(1, 3) {
            if characters.is_empty() {
                break;
            }
            let at = self.below(characters.len() as u64) as usize;
            match self.below(5) {
                0 => drop(characters.remove(at)),
                1 => characters.insert(at, self.one_of(&['"', '\\', '{', '}', '[', ']', ',', ':', '0', '-', 'e'])),
                2 => characters[at] = self.character(),
                3 => characters.truncate(at),
                _ => {
                    let end = (at + self.below(40) as usize).min(characters.len());
                    let again = characters[at..end].to_vec();
                    characters.splice(at..at, again);
                }
            }
        }
        characters.into_iter().collect()
    }

    pub(super) fn act(&mut self) -> Act {
        match self.below(16) {
            0..=11 => Act::Frame(self.frame()),
            12 => Act::Frame(self.filled(ClientFrame::NewMessage(NewMessage::default()))),
            13 => Act::Frame(ClientFrame::Host(self.order())),
            _ => Act::Text(self.misshapen()),
        }
    }

    /// What a session mostly doesn't go on after.
    pub(super) fn breaking(&mut self) -> Act {
        const CLAIMS: [u64; 7] = [0, 125, 126, 65_535, 65_536, 409_600, u64::MAX];
        match self.below(5) {
            0 => {
                let text = if self.one_in(3) { self.bytes(40) } else { self.misshapen().into_bytes() };
                let mut pieces = Vec::new();
                let mut rest = &text[..];
                while !rest.is_empty() && pieces.len() < 6 {
                    let (piece, after) = rest.split_at(self.within(0, rest.len() as u64) as usize);
                    pieces.push(piece.to_vec());
                    rest = after;
                }
                pieces.push(rest.to_vec());
                Act::Pieces(pieces)
            }
            1 => {
                let known = self.one_of(&[0x88, 0x82, 0x89, 0x8a, 0x80, 0x01]);
                let first = if self.one_in(2) { known } else { self.dice.random() };
                Act::Whole { first, payload: self.bytes(140) }
            }
            2 => {
                let claims = if self.one_in(2) { self.one_of(&CLAIMS) } else { self.number() };
                let (first, masked) = (self.dice.random(), !self.one_in(4));
                Act::Header { first, masked, claims, payload: self.bytes(200) }
            }
            _ => {
                let mut bytes = self.bytes(300);
                if self.one_in(2) {
                    let frame = serde_json::to_string(&self.frame()).unwrap();
                    let mut whole = vandal::text(frame.as_bytes());
                    if self.one_in(2) {
                        let at = self.below(whole.len().min(20) as u64) as usize;
                        whole[at] ^= 1 << self.below(8);
                    }
                    bytes.splice(0..0, whole);
                }
                Act::Bytes(bytes)
            }
        }
    }
}
