//! The nickname that stands in the field before anyone has typed one.

use std::env;

/// Names of accounts rather than of people: nobody wants to be greeted by them.
const ACCOUNTS: [&str; 10] =
    ["root", "admin", "administrator", "user", "guest", "live", "nobody", "default", "system", "test"];

/// Who sits at a machine whose login tells nothing.
const UNKNOWN: &str = "Host";

/// A guess from the login name.
pub(crate) fn from_login() -> String {
    let login = ["USER", "LOGNAME", "USERNAME"]
        .iter()
        .find_map(|name| env::var(name).ok().filter(|value| !value.trim().is_empty()));
    guess(&login.unwrap_or_default())
}

/// `ada.lovelace` is called Ada.
fn guess(login: &str) -> String {
    // Windows may put a domain before it (`OFFICE\ada`), mail logins one behind it.
    let login = login.rsplit('\\').next().unwrap_or_default();
    let first = login.split(['@', '.', '_', '-', ' ', '+']).find(|part| !part.is_empty()).unwrap_or_default();
    let name = first.trim_end_matches(|c: char| c.is_ascii_digit());
    if !name.chars().any(char::is_alphabetic) || ACCOUNTS.contains(&name.to_lowercase().as_str()) {
        return UNKNOWN.into();
    }
    let mut letters = name.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_name_becomes_a_persons() {
        for (login, nickname) in [
            ("ada", "Ada"),
            ("ada.lovelace", "Ada"),
            ("ada_l", "Ada"),
            ("ada99", "Ada"),
            ("OFFICE\\ada", "Ada"),
            ("ada@example.org", "Ada"),
            ("McCarthy", "McCarthy"),
            ("émile", "Émile"),
            ("지민", "지민"),
        ] {
            assert_eq!(guess(login), nickname, "{login}");
        }
    }

    #[test]
    fn an_account_that_is_nobodys_name_is_not_shown() {
        for login in ["", "root", "Administrator", "user1", "1000", "---"] {
            assert_eq!(guess(login), UNKNOWN, "{login}");
        }
    }
}
