//! The program people start. Everything is in the library beside it.

// A console window beside the app's own helps nobody on Windows; debug builds keep it for the logs.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

/// The relay in here makes many small allocations; bench/RESULTS.md says what this brings.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> anyhow::Result<()> {
    snug_desktop::run()
}
