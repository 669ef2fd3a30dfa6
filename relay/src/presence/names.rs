//! Who is called what, so that no two who are here are called the same.

use std::collections::HashMap;

use super::ANONYMOUS;
use crate::naming::folded;

/// The numbers that are tried from the start, so that one that is free again is used again. Where more are
/// called the same, the next one counts on.
const REUSED: u32 = 16;

/// The names of all who are here.
#[derive(Default)]
pub(super) struct Names {
    /// Whose a name is, by what it is [folded] to.
    taken: HashMap<String, String>,
    /// The last number that a name was given.
    numbers: HashMap<String, u32>,
}

impl Names {
    /// What a member is to be called who wants to be called `wanted`: that, or with a number behind it where
    /// somebody else is called so. Anybody may be without a name.
    pub(super) fn claim(&mut self, member: &str, wanted: &str) -> String {
        if wanted == ANONYMOUS {
            return wanted.to_owned();
        }
        let name = folded(wanted);
        if self.take(member, name.clone()) {
            return wanted.to_owned();
        }
        let last = *self.numbers.get(&name).unwrap_or(&1);
        let mut number = (2..=REUSED.min(last)).chain(last + 1..);
        loop {
            let number = number.next().unwrap_or(u32::MAX);
            let numbered = format!("{wanted} {number}");
            if self.take(member, folded(&numbered)) {
                self.numbers.entry(name).and_modify(|last| *last = number.max(*last)).or_insert(number);
                return numbered;
            }
        }
    }

    fn take(&mut self, member: &str, name: String) -> bool {
        self.taken.entry(name).or_insert_with(|| member.to_owned()) == member
    }

    /// Lets others be called what a member was called.
    pub(super) fn release(&mut self, member: &str, nickname: &str) {
        let name = folded(nickname);
        if self.taken.get(&name).is_some_and(|other| other == member) {
            self.taken.remove(&name);
        }
        if self.taken.is_empty() {
            self.numbers.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_of_a_name_has_a_number() {
        let mut names = Names::default();
        assert_eq!(names.claim("a", "Mina"), "Mina");
        assert_eq!(names.claim("b", "mina"), "mina 2");
        assert_eq!(names.claim("c", "Mina 2"), "Mina 2 2");
        assert_eq!(names.claim("d", "Ｍina"), "Ｍina 3");
        assert_eq!(names.claim("a", "Mina"), "Mina", "whose it is keeps it");
        names.release("b", "mina 2");
        assert_eq!(names.claim("e", "Mina"), "Mina 2");
        names.release("a", "Mina");
        assert_eq!(names.claim("f", "Mina"), "Mina");
    }

    #[test]
    fn what_is_anothers_is_released_by_nobody_else() {
        let mut names = Names::default();
        names.claim("a", "Mina");
        names.release("b", "Mina");
        assert_eq!(names.claim("b", "Mina"), "Mina 2");
    }

    #[test]
    fn nobody_is_called_anonymous_and_a_number() {
        let mut names = Names::default();
        assert_eq!(names.claim("a", ANONYMOUS), ANONYMOUS);
        assert_eq!(names.claim("b", ANONYMOUS), ANONYMOUS);
    }

    #[test]
    fn thousands_of_one_name_are_told_apart() {
        let mut names = Names::default();
        let called: std::collections::HashSet<_> =
            (0..5000).map(|number| names.claim(&number.to_string(), "Mina")).collect();
        assert_eq!(called.len(), 5000);
    }
}
