//! Who is called what, so that no two who are here are called the same.

use std::collections::{HashMap, hash_map::Entry};

use super::ANONYMOUS;
use crate::naming::folded;

/// The numbers that are tried from the start, so that one that is free again is used again. Where more are
/// called the same, the next one counts on.
const REUSED: u32 = 16;

/// The names of all who are here.
#[derive(Default)]
pub(super) struct Names {
    /// Whose a name is, by what it is [folded] to.
    taken: HashMap<String, Taken>,
    /// Of the names that somebody has with a number behind them: nothing is kept of what nobody is called.
    numbers: HashMap<String, Numbers>,
}

struct Taken {
    member: String,
    /// What it is with a number behind it.
    numbered: Option<String>,
}

/// The numbers behind one name.
#[derive(Default)]
struct Numbers {
    /// The last one that was given.
    last: u32,
    /// How many are called so.
    taken: usize,
}

impl Names {
    /// What a member is to be called who wants to be called `wanted`: that, or with a number behind it where
    /// somebody else is called so. Anybody may be without a name.
    pub(super) fn claim(&mut self, member: &str, wanted: &str) -> String {
        if wanted == ANONYMOUS {
            return wanted.to_owned();
        }
        let name = folded(wanted);
        if self.take(member, name.clone(), None) {
            return wanted.to_owned();
        }
        let last = self.numbers.get(&name).map_or(1, |numbers| numbers.last);
        let mut number = (2..=REUSED.min(last)).chain(last + 1..);
        loop {
            let number = number.next().unwrap_or(u32::MAX);
            let numbered = format!("{wanted} {number}");
            if self.take(member, folded(&numbered), Some(&name)) {
                if let Some(numbers) = self.numbers.get_mut(&name) {
                    numbers.last = numbers.last.max(number);
                }
                return numbered;
            }
        }
    }

    /// Whether the name is this member's now; `of` is what it is with a number behind it.
    fn take(&mut self, member: &str, name: String, of: Option<&str>) -> bool {
        match self.taken.entry(name) {
            Entry::Occupied(taken) => taken.get().member == member,
            Entry::Vacant(free) => {
                free.insert(Taken { member: member.to_owned(), numbered: of.map(str::to_owned) });
                if let Some(of) = of {
                    self.numbers.entry(of.to_owned()).or_default().taken += 1;
                }
                true
            }
        }
    }

    /// Lets others be called what a member was called.
    pub(super) fn release(&mut self, member: &str, nickname: &str) {
        let Entry::Occupied(taken) = self.taken.entry(folded(nickname)) else { return };
        if taken.get().member != member {
            return;
        }
        let Some(name) = taken.remove().numbered else { return };
        if let Entry::Occupied(mut numbers) = self.numbers.entry(name) {
            numbers.get_mut().taken -= 1;
            if numbers.get().taken == 0 {
                numbers.remove();
            }
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

    #[test]
    fn nothing_is_kept_of_what_nobody_is_called() {
        let mut names = Names::default();
        names.claim("mina", "Mina");
        for number in 0..1000 {
            let name = format!("Somebody {number}");
            let called = ["a", "b", "c"].map(|member| (member, names.claim(member, &name)));
            assert_eq!(called[2].1, format!("{name} 3"));
            for (member, called) in called {
                names.release(member, &called);
            }
        }
        assert_eq!((names.taken.len(), names.numbers.len()), (1, 0));
        // What one has with a number is not counted twice, nor given back by another.
        for _ in 0..2 {
            assert_eq!(names.claim("a", "Mina"), "Mina 2");
        }
        names.release("b", "Mina 2");
        assert_eq!(names.claim("b", "Mina"), "Mina 3");
        names.release("a", "Mina 2");
        assert_eq!(names.numbers.len(), 1);
        names.release("b", "Mina 3");
        assert!(names.numbers.is_empty());
    }
}
