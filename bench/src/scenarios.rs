//! What is measured; each scenario stands alone.

mod durable;
mod fanout;
mod idle;
mod join;
mod paced;
mod resume;
mod rooms;

use anyhow::Result;

use crate::{
    report::Report,
    servers::{Peer, Places},
};

/// How a run is to be done.
pub(crate) struct Settings {
    pub(crate) places: Places,
    /// Whom to measure.
    pub(crate) peers: Vec<Peer>,
    /// How often each server is measured, in turn with the others.
    pub(crate) rounds: usize,
    /// Short, to see that everything works; figures of such a run say little.
    pub(crate) quick: bool,
}

impl Settings {
    /// The one for a real run, or the one for a quick one.
    pub(crate) fn pick<T>(&self, full: T, quick: T) -> T {
        if self.quick { quick } else { full }
    }
}

/// A scenario by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Scenario {
    /// 100 sockets, 16 of them sending as fast as they are answered
    #[value(name = "fanout-100")]
    Fanout100,
    /// 1000 sockets, the same
    #[value(name = "fanout-1000")]
    Fanout1000,
    /// 500 sockets, 50 messages a second on a schedule: latency and processor time
    Paced,
    /// 5000 sockets that say nothing: memory
    Idle,
    /// 1000 rooms of 10, as much on schedule as in one room: latency
    Rooms,
    /// A room of 100 000 messages beside one of 100: the first screen's data
    Join,
    /// 5000 members dropped at once: until all have caught up
    Resume,
    /// Sends acknowledged a second, beside bare SQLite
    Durable,
}

impl Scenario {
    pub(crate) async fn run(self, settings: &Settings, report: &mut Report) -> Result<()> {
        match self {
            Self::Fanout100 => fanout::run(100, settings, report).await,
            Self::Fanout1000 => fanout::run(1000, settings, report).await,
            Self::Paced => paced::run(settings, report).await,
            Self::Idle => idle::run(settings, report).await,
            Self::Rooms => rooms::run(settings, report).await,
            Self::Join => join::run(settings, report).await,
            Self::Resume => resume::run(settings, report).await,
            Self::Durable => durable::run(settings, report).await,
        }
    }
}
