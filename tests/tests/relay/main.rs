//! The relay over real sockets.

#![allow(clippy::unwrap_used, reason = "in a test, that is how it fails")]

mod seed_document;

mod changes;
mod exporting;
mod history;
mod host;
mod joining;
mod knocking;
mod links;
mod messages;
mod order;
mod presence;
mod resuming;
mod searching;
mod slow_mode;

mod anything;
mod bad_input;
mod doors;
mod limits;
mod pages;
mod powers;

mod files;
mod files_in_trouble;
mod files_kept;
mod files_promised;

mod damage;
mod disk;
mod exhausted;
mod headless;
mod stopping;
