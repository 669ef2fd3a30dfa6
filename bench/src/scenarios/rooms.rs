//! The same deliveries in one room and in a thousand: neither may be slower for it.

use std::rc::Rc;

use anyhow::{Context, Result};

use super::{
    Settings,
    paced::{COLUMNS, Measured, on_schedule},
};
use crate::{
    crowd::Crowd,
    latency::Latencies,
    member::Member,
    report::{self, Report},
    servers::{Peer, Server},
    socket::Socket,
};

const MANY: usize = 1000;
const IN_EACH: usize = 10;
const IN_ONE: usize = 500;
const DELIVERIES_PER_SECOND: usize = 25_000;

pub(super) async fn run(settings: &Settings, report: &mut Report) -> Result<()> {
    let many = settings.pick(MANY, 100);
    report.table(
        &format!(
            "rooms: {many} of {IN_EACH} beside one of {IN_ONE}, {DELIVERIES_PER_SECOND} deliveries a second in \
             either case; milliseconds"
        ),
        &COLUMNS,
    );
    let mut ratios = Vec::new();
    for round in 1..=settings.rounds {
        let one = measure(1, IN_ONE, settings).await.context("one room")?;
        report.row(&one.cells(round, "one room"));
        let rooms = measure(many, IN_EACH, settings).await.context("many rooms")?;
        report.row(&rooms.cells(round, &format!("{many} rooms")));
        if !one.shares.void() && !rooms.shares.void() {
            ratios.push(rooms.latency.p99 / one.latency.p99);
        }
        report.keep("rooms-one", Some(Peer::Snug), round, one);
        report.keep("rooms-many", Some(Peer::Snug), round, rooms);
    }
    report.say(&report::ratio("p99 in many rooms to p99 in one", ratios));
    Ok(())
}

async fn measure(rooms: usize, sockets: usize, settings: &Settings) -> Result<Measured> {
    let names: Vec<String> = (1..=rooms).map(|number| format!("Room {number}")).collect();
    let server = Server::relay(&settings.places, &names)?;
    let latencies = Rc::new(Latencies::new()?);
    let mut crowd = Crowd::new(&server);
    // A socket in each room, then the next: so one message after the other goes into another room.
    for _ in 0..sockets {
        for room in &server.rooms {
            let member = Member::join(Socket::open(&server).await?, Some(room), None).await?;
            let latencies = latencies.clone();
            crowd.add(member, move |frame| latencies.record(frame));
        }
    }
    let per_second = u32::try_from(DELIVERIES_PER_SECOND / sockets)?;
    on_schedule(&server, &crowd, &latencies, per_second, sockets, settings).await
}
