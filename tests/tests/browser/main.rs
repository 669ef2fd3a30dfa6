//! People in Chromium.

#![allow(clippy::unwrap_used, reason = "in a test, that is how it fails")]

mod talking;

mod away;
mod composing;
mod hostile;
mod reading;
mod refused;
mod tutorial;
