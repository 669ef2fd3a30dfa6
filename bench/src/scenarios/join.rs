//! Coming into a room: how long until the first screen's data is there, in a long log and in a short one.

use std::time::{Duration, Instant};

use anyhow::Result;
use hdrhistogram::Histogram;

use super::Settings;
use crate::{
    fill::fill,
    latency::{Percentiles, histogram, nanos},
    member::Member,
    report::{self, Report},
    servers::{Peer, Server},
    socket::Socket,
};

const SHORT: u64 = 100;
const LONG: u64 = 100_000;

pub(super) async fn run(settings: &Settings, report: &mut Report) -> Result<()> {
    let long = settings.pick(LONG, 10_000);
    report.table(
        &format!("join: from `join` to the whole welcome, in rooms of {SHORT} and of {long} messages; milliseconds"),
        &["room", "relay", "joins", "p50", "p99", "p99.9", "max"],
    );
    let names = ["Short", "Long"].map(str::to_owned);
    let mut server = Server::relay(&settings.places, &names)?;
    fill(&server, &server.rooms[0], SHORT).await?;
    fill(&server, &server.rooms[1], long).await?;

    let (mut cold, mut warm) = ([histogram()?, histogram()?], [histogram()?, histogram()?]);
    for restart in 0..settings.pick(20, 3) {
        server = Server::relay_over(&settings.places, &names, server.stop()?)?;
        // Which of them comes first after a start is as often the one as the other.
        for room in [restart % 2, 1 - restart % 2] {
            record(&mut cold[room], join(&server, room).await?);
        }
        for _ in 0..settings.pick(50, 20) {
            for (room, recorded) in warm.iter_mut().enumerate() {
                record(recorded, join(&server, room).await?);
            }
        }
    }
    let mut flat = Vec::new();
    for (relay, recorded) in [("just started", cold), ("warm", warm)] {
        let percentiles = recorded.each_ref().map(Percentiles::of);
        for (messages, (recorded, percentiles)) in [SHORT, long].into_iter().zip(recorded.iter().zip(&percentiles)) {
            let mut cells = vec![messages.to_string(), relay.to_owned(), recorded.len().to_string()];
            cells.extend(percentiles.cells());
            report.row(&cells);
            report.keep(&format!("join-{messages}-{}", relay.replace(' ', "-")), Some(Peer::Snug), 1, percentiles);
        }
        let [short, long] = percentiles;
        flat.push(report::ratio(&format!("{relay}, the long room's p50 to the short one's"), [long.p50 / short.p50]));
    }
    flat.iter().for_each(|line| report.say(line));
    Ok(())
}

fn record(histogram: &mut Histogram<u64>, took: Duration) {
    histogram.saturating_record(nanos(took));
}

/// Goes into a room and leaves again.
async fn join(server: &Server, room: usize) -> Result<Duration> {
    let socket = Socket::open(server).await?;
    let asked = Instant::now();
    let member = Member::join(socket, Some(&server.rooms[room]), None).await?;
    let took = asked.elapsed();
    member.socket.leave().await?;
    Ok(took)
}
