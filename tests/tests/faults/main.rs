//! The relay under faults, with every promise checked by what clients saw.
//!
//! What strikes when is chosen from one seed, printed by a test that fails; `SNUG_SEED=…` makes the same
//! choices again. `SNUG_KILLS=200` and `SNUG_LONG=1` are for a long run.

#![allow(clippy::unwrap_used, reason = "in a test, that is how it fails")]

mod kills;

mod cuts;
mod joins;
mod stalls;

mod clocks;
mod one_directory;
