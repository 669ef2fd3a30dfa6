//! Who is typing, as far as anybody wants to know it.

use tokio::time::Instant;

/// Members that are kept in mind. What a page shows is a few names, or that it is several.
const KEPT: usize = 32;

/// Members that are told of: one more than are called by name.
const TOLD: usize = 4;

/// Who types, in the order in which they began.
#[derive(Default)]
pub(super) struct Typing {
    members: Vec<(String, Instant)>,
    told: Vec<String>,
}

impl Typing {
    /// A member types, until then unless they say so again; whether that changes what is told.
    pub(super) fn begin(&mut self, member: &str, until: Instant) -> bool {
        if let Some((_, ends)) = self.members.iter_mut().find(|(other, _)| other == member) {
            *ends = until;
        } else if self.members.len() < KEPT {
            // One more than those would change nothing that anybody sees.
            self.members.push((member.to_owned(), until));
        }
        self.is_news()
    }

    /// A member has stopped; whether that changes what is told.
    pub(super) fn end(&mut self, member: &str) -> bool {
        self.members.retain(|(other, _)| other != member);
        self.is_news()
    }

    /// Forgets whoever hasn't said so again in time; whether that changes what is told.
    pub(super) fn expire(&mut self, now: Instant) -> bool {
        self.members.retain(|(_, until)| *until > now);
        self.is_news()
    }

    /// When the next one will be forgotten.
    pub(super) fn next_end(&self) -> Option<Instant> {
        self.members.iter().map(|(_, until)| *until).min()
    }

    fn shown(&self) -> impl Iterator<Item = &String> {
        self.members.iter().map(|(member, _)| member).take(TOLD)
    }

    fn is_news(&self) -> bool {
        !self.shown().eq(&self.told)
    }

    /// Whom to tell of, where that is another than the last time.
    pub(super) fn news(&mut self) -> Option<&[String]> {
        if !self.is_news() {
            return None;
        }
        self.told = self.shown().cloned().collect();
        Some(&self.told)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const WHILE: Duration = Duration::from_secs(6);

    #[test]
    fn whoever_stops_saying_so_has_stopped() {
        let (mut typing, begun) = (Typing::default(), Instant::now());
        assert!(typing.begin("mina", begun + WHILE));
        assert_eq!(typing.news(), Some(&["mina".to_owned()][..]));
        assert!(!typing.begin("mina", begun + 2 * WHILE), "that she still does is no news");
        assert_eq!(typing.news(), None);
        assert!(!typing.expire(begun + WHILE));
        assert_eq!(typing.next_end(), Some(begun + 2 * WHILE));
        assert!(typing.expire(begun + 2 * WHILE));
        assert_eq!(typing.news(), Some(&[][..]));
        assert_eq!(typing.next_end(), None);
    }

    #[test]
    fn a_crowd_is_a_few_names_and_costs_no_more() {
        let (mut typing, until) = (Typing::default(), Instant::now() + WHILE);
        for number in 0..1000 {
            typing.begin(&number.to_string(), until);
        }
        assert_eq!(typing.members.len(), KEPT);
        assert_eq!(typing.news().map(<[_]>::len), Some(TOLD));
        assert!(!typing.begin("late", until));
        assert!(!typing.end("20"), "nobody was told of them");
        assert!(typing.end("0"));
    }
}
