//! What the suites in `tests/` tell their stories with.
//!
//! [`TestRelay`] is a room of one's own on a free port, [`TestClient`] somebody with a socket to it:
//! `mina.says("hello")`, `jun.hears("Mina", "hello")`. Everything waits for what it expects, with a
//! deadline; nothing sleeps.

mod chance;
mod client;
mod clock;
mod devtools;
mod http;
mod link;
mod persistent;
mod processes;
mod programs;
mod proxy;
mod relay;
mod sender;

pub mod history;

pub mod axe;
pub mod camera;
pub mod composition;
pub mod giving;
pub mod hostile;
pub mod puppet;
pub mod rows;

mod browser;
mod page;

pub mod desktop;
pub mod disk;
pub mod network;

mod lan;
mod namespace;

pub use browser::{Browser, Person};
pub use chance::Chance;
pub use client::TestClient;
pub use clock::Clock;
pub use http::{Answer, ask};
pub use lan::{Lan, Machine};
pub use link::Link;
pub use page::{Page, until};
pub use persistent::PersistentClient;
pub use processes::signal;
pub use programs::{HeadlessRelay, built, free_port, tool};
pub use proxy::{Direction, Fault, Plan, Proxy, When};
pub use relay::{Paused, TestRelay};
pub use sender::{Sender, with_files};

use std::time::Duration;

use snug_relay::wire::{Body, Event, Message};

/// How long a test waits for something before it fails. Far longer than anything takes here, so that
/// only what never happens runs into it.
pub const DEADLINE: Duration = Duration::from_secs(20);

/// How long a test listens to make sure that nothing comes.
pub const SILENCE: Duration = Duration::from_millis(300);

/// What an event says, which has to be a message.
///
/// # Panics
/// When it is anything else.
pub fn words(event: &Event) -> &str {
    match &event.body {
        Body::Message(Message { text, .. }) => text,
        other => panic!("not a message: {other:?}"),
    }
}
