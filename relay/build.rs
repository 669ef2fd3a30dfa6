//! A release build carries the UI inside, so it must have been built before.

use std::{env, path::Path};

fn main() {
    let index = Path::new("../ui/dist/index.html");
    println!("cargo::rerun-if-changed={}", index.display());
    if env::var("PROFILE").as_deref() == Ok("release") && !index.exists() {
        println!(
            "cargo::error=ui/dist is empty: build the UI first, with `cargo xtask build` or `npm run build` in ui/"
        );
    }
}
