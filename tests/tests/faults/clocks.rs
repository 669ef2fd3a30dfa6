//! The host's clock is set, or stands still for the relay alone.

use std::{
    env,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use snug_relay::wire::{ClientFrame, Event, Join, Since};
use snug_tests::{Clock, DEADLINE, HeadlessRelay, Link, PersistentClient, TestClient, history::Entry};
use tokio::time::timeout;

const HOUR: i64 = 60 * 60 * 1000;

async fn join(link: &Link, device: &str, since: Option<Since>) -> TestClient {
    let mut client = TestClient::connect(link.addr).await;
    let device = Some(format!("the-device-of-{device}"));
    client.send(&ClientFrame::Join(Join { device, since, ..link.join() })).await;
    client.welcomed().await;
    client
}

/// How many hours the relay's clock is ahead, by an event of just now.
fn hours_ahead(event: &Event) -> i64 {
    let now = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap();
    (i64::try_from(event.at).unwrap() - now + HOUR / 2).div_euclid(HOUR)
}

#[tokio::test]
async fn a_clock_that_is_set_by_a_day_changes_neither_order_nor_resuming() {
    let directory = tempfile::tempdir().unwrap();
    let (data, clock) = (directory.path().join("data"), Clock::right(directory.path()).unwrap());
    let data = data.to_string_lossy();
    let arguments = ["--listen", "127.0.0.1:0", "--data", &data];
    let mut place = None;
    let mut said = 0;
    // Started with the clock right and with it a day off, either way; and set while it runs, either way.
    for times in [[0, 24], [0, -24], [24, -24], [-24, 24], [-24, 0]] {
        clock.set(times[0]).unwrap();
        let relay = HeadlessRelay::start_with(&arguments, &clock.environment()).await.unwrap();
        let link = relay.invite();
        for hours in times {
            clock.set(hours).unwrap();
            // Somebody who is back, and somebody new.
            let mut mina = join(&link, "mina", place.take()).await;
            let mut jun = join(&link, "jun", None).await;
            let welcome = mina.welcome.clone().unwrap();
            assert_eq!((welcome.head, welcome.resumed, welcome.events), (said, said > 0, vec![]));
            assert_eq!(jun.events.len() as u64, said);
            said += 1;
            mina.says_with_id(&said.to_string(), "what time is it?").await.unwrap();
            let event = jun.next_event().await;
            assert_eq!((event.seq, hours_ahead(&event)), (said, hours));
            place = Some(Since { epoch: welcome.epoch, seq: event.seq, at: event.at });
        }
        relay.stop("TERM").await.unwrap();
    }
}

/// How a relay is stopped: how often it pings, when it gives a silent socket up, and for how long the
/// system doesn't let it run, which is more than either. A minute with `SNUG_LONG=1`.
fn stop() -> (u64, u64, Duration) {
    if env::var_os("SNUG_LONG").is_some() {
        (3_000, 9_000, Duration::from_secs(60))
    } else {
        (150, 450, Duration::from_millis(1_200))
    }
}

/// The relay doesn't run for a while, as on a laptop that is closed or a machine that is too busy.
async fn stands_still(relay: &HeadlessRelay, how_long: Duration) {
    relay.signal("STOP").unwrap();
    #[expect(clippy::disallowed_methods, reason = "this is the fault, not a wait for something")]
    tokio::time::sleep(how_long).await;
    relay.signal("CONT").unwrap();
}

#[tokio::test]
async fn a_relay_that_stood_still_throws_out_nobody_who_still_answers() {
    let directory = tempfile::tempdir().unwrap();
    let (ping, silence, how_long) = stop();
    let (ping, silence) = (ping.to_string(), silence.to_string());
    let data = directory.path().to_string_lossy().into_owned();
    let arguments = ["--listen", "127.0.0.1:0", "--data", &data, "--linger-ms", "0"];
    let limits = ["--ping-ms", &ping, "--silence-ms", &silence];
    let relay = HeadlessRelay::start(&[arguments.as_slice(), &limits].concat()).await.unwrap();
    let link = relay.invite();

    let mut mina = join(&link, "mina", None).await;
    let quiet: Vec<_> = (0..5)
        .map(|number| {
            let client = PersistentClient::new(&link, &format!("quiet-{number}"));
            let mut client = client.with_patience(2 * how_long);
            tokio::spawn(async move {
                client.reads_to(1).await;
                client.gives_up()
            })
        })
        .collect();
    mina.sees_count(6).await;
    // And one who won't answer any more.
    let deaf = join(&link, "somebody-deaf", None).await;
    mina.sees_count(7).await;

    stands_still(&relay, how_long).await;
    // Once that one is given up, everybody has been looked after.
    mina.sees_count(6).await;
    drop(deaf);
    mina.says_with_id("after", "after").await.unwrap();
    for client in quiet {
        let record = timeout(DEADLINE, client).await.expect("it hears").unwrap();
        let joined = record.entries.iter().filter(|entry| matches!(entry, Entry::Joined { .. })).count();
        assert_eq!(joined, 1, "{record:?}");
    }
}
