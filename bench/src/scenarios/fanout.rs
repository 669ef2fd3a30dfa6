//! As fast as it goes: some sockets send as fast as they are answered, all of them read everything.

use std::{cell::Cell, collections::BTreeMap, rc::Rc, time::Duration};

use anyhow::{Context, Result};
use serde::Serialize;
use tokio::{sync::watch, task::JoinSet};

use super::Settings;
use crate::{
    dialect::{self, Dialect},
    latency::Moment,
    member::Member,
    plot,
    processes::Shares,
    report::{self, Report},
    servers::{Peer, Server},
    spread::{Spread, rate},
};

const SENDERS: usize = 16;
const OUTSTANDING: u32 = 64;
const TEXT_BYTES: usize = 140;

/// Sockets in one room, all of which read everything.
#[derive(Debug, Clone, Copy)]
pub(super) struct Load {
    pub(super) sockets: usize,
    /// The first so many of them send, as fast as they are answered.
    pub(super) senders: usize,
    /// Each with so many messages on their way at once.
    pub(super) outstanding: u32,
}

/// What one server did in one round.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Measured {
    deliveries_per_second: f64,
    pub(super) messages_per_second: f64,
    /// Of all readers of all messages answered meanwhile, in percent. Well below 100, a server answers
    /// its senders and lets its readers fall behind.
    reached: f64,
    #[serde(flatten)]
    pub(super) shares: Shares,
}

pub(super) async fn run(sockets: usize, settings: &Settings, report: &mut Report) -> Result<()> {
    let load = Load { sockets, senders: SENDERS, outstanding: OUTSTANDING };
    let name = format!("fanout-{sockets}");
    report.table(
        &format!("{name}: {SENDERS} senders with {OUTSTANDING} outstanding each, {TEXT_BYTES} bytes"),
        &["round", "server", "deliveries/s", "messages/s", "reached", "server's core / load's core"],
    );
    let mut rounds = Vec::new();
    for round in 1..=settings.rounds {
        let mut measured = BTreeMap::new();
        for peer in settings.peers.iter().copied() {
            let figures = measure(peer, load, settings).await.with_context(|| format!("{name}, {peer}"))?;
            report.row(&[
                round.to_string(),
                peer.to_string(),
                format!("{:.0}", figures.deliveries_per_second),
                format!("{:.0}", figures.messages_per_second),
                format!("{:.0} %", figures.reached),
                report::busy(&figures.shares),
            ]);
            report.keep(&name, Some(peer), round, figures);
            if !figures.shares.void() {
                measured.insert(peer, figures.deliveries_per_second);
            }
        }
        rounds.push(measured);
    }
    let all = settings.peers.iter().filter_map(|peer| {
        let figures = rounds.iter().filter_map(|round| round.get(peer).copied());
        Some((*peer, Spread::of(figures)?))
    });
    let title = format!("Deliveries a second to {sockets} sockets, a core for the server");
    report.draw(&name, plot::bars(&title, &all.collect::<Vec<_>>(), |figure| format!("{:.2} million", figure / 1e6)));
    for other in [Peer::Bun, Peer::Tutorial] {
        let ratios = rounds.iter().filter_map(|round| Some(round.get(&Peer::Snug)? / round.get(&other)?));
        report.say(&report::ratio(&format!("Snug to {other}"), ratios));
    }
    Ok(())
}

/// Counted by all sockets together.
#[derive(Default)]
struct Counters {
    deliveries: Cell<u64>,
    messages: Cell<u64>,
}

/// How much a server gets done under a load.
pub(super) async fn measure(peer: Peer, load: Load, settings: &Settings) -> Result<Measured> {
    let server = Server::start(peer, &settings.places)?;
    let counters = Rc::new(Counters::default());
    let (go, begin) = watch::channel(false);
    let mut tasks = JoinSet::new();
    for number in 0..load.sockets {
        let member = Member::enter(&server).await.with_context(|| format!("socket {number}"))?;
        let sends = if number < load.senders { load.outstanding } else { 0 };
        let reader = Reader {
            member,
            dialect: server.dialect,
            counters: counters.clone(),
            // The number tells a sender its own messages among the tutorial's lines.
            text: format!("{number:05}{}", "x".repeat(TEXT_BYTES - 5)),
            number,
            sent: 0,
        };
        let begin = begin.clone();
        tasks.spawn_local(async move {
            // It ends with the server, which is stopped first.
            let _ended = reader.run(sends, begin).await;
        });
    }
    go.send_replace(true);
    tokio::time::sleep(Duration::from_secs(settings.pick(2, 1))).await;
    let (deliveries, messages) = (counters.deliveries.get(), counters.messages.get());
    let watch = server.watch()?;
    tokio::time::sleep(Duration::from_secs(settings.pick(6, 2))).await;
    let (deliveries, messages) = (counters.deliveries.get() - deliveries, counters.messages.get() - messages);
    let seen = watch.seen()?;
    let (deliveries_per_second, messages_per_second) = (rate(deliveries, seen.took), rate(messages, seen.took));
    Ok(Measured {
        deliveries_per_second,
        messages_per_second,
        reached: 100.0 * rate(deliveries, Duration::from_secs(messages * load.sockets as u64)),
        shares: seen.shares,
    })
}

struct Reader {
    member: Member,
    dialect: Dialect,
    counters: Rc<Counters>,
    text: String,
    number: usize,
    sent: u64,
}

impl Reader {
    async fn run(mut self, sends: u32, mut begin: watch::Receiver<bool>) -> Result<()> {
        if sends > 0 {
            let _never_dropped = begin.wait_for(|begin| *begin).await;
            self.send(sends).await?;
        }
        loop {
            let (mut deliveries, mut answered) = (0, 0);
            let own = (self.dialect == Dialect::Tutorial && sends > 0).then(|| &self.text.as_bytes()[..5]);
            let seq = &mut self.member.since.seq;
            let dialect = self.dialect;
            self.member
                .socket
                .read(|frame| match dialect {
                    Dialect::Tutorial => {
                        deliveries += 1;
                        answered += u32::from(own.is_some() && frame.get(11..16) == own);
                    }
                    // Places are gapless, so the last one tells how many there were.
                    Dialect::Snug if dialect::is(frame, "events") => {
                        let last = dialect::last_seq(frame).unwrap_or(*seq);
                        deliveries += last - *seq;
                        *seq = last;
                    }
                    Dialect::Snug => answered += dialect::acks(frame),
                })
                .await?;
            self.counters.deliveries.set(self.counters.deliveries.get() + deliveries);
            if answered > 0 {
                self.counters.messages.set(self.counters.messages.get() + u64::from(answered));
                self.send(answered).await?;
            }
        }
    }

    async fn send(&mut self, messages: u32) -> Result<()> {
        let mut frames = Vec::new();
        let now = Moment::now();
        for _ in 0..messages {
            self.sent += 1;
            self.dialect.say(dialect::id(now, self.number, self.sent), &self.text, &mut frames);
        }
        self.member.socket.sender().send(&frames).await
    }
}
