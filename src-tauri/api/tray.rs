//! The icon beside the clock, and who is at the door.

use serde::Deserialize;

/// What stands in the menu of the icon beside the clock.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct TrayWords {
    /// What is hosted.
    pub room: String,
    /// Who waits at its door, while anybody does.
    pub door: Option<DoorMenu>,
    /// Copy the invite link.
    pub copy: String,
    /// Show the window.
    pub show: String,
    /// Stop hosting.
    pub stop: String,
    /// Quit.
    pub quit: String,
}

/// Who waits at the door, as the menu of the icon tells it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct DoorMenu {
    /// That they are there, and how many.
    pub title: String,
    /// How many, in as few characters as can be: it stands beside the icon.
    pub count: String,
    /// Those who have waited longest.
    pub knocks: Vec<Knocking>,
    /// How many more there are, if there are.
    pub rest: Option<String>,
    /// Let them in.
    pub let_in: String,
    /// Turn them away.
    pub turn_away: String,
}

/// Somebody at the door.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Knocking {
    /// Who they would be inside.
    pub member: String,
    /// What they are called here, cut to what fits a menu.
    pub name: String,
}

/// A notification that somebody is at the door.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct KnockNotice {
    /// Its first line.
    pub title: String,
    /// What stands under it.
    pub body: String,
    /// Whom its buttons are about; without one it has none.
    pub member: Option<String>,
    /// Let them in.
    pub let_in: String,
    /// Turn them away.
    pub turn_away: String,
}
