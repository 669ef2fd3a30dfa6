//! The relay is killed in the middle of its work, again and again.

use std::{env, sync::Arc, time::Duration};

use snug_tests::{
    Chance, DEADLINE, HeadlessRelay, Link, PersistentClient, free_port,
    history::{History, head},
};
use tokio::{sync::watch, time::timeout};

const CLIENTS: u64 = 5;
const MESSAGES: u64 = 10_000;

/// How many times; `SNUG_KILLS=200` for a long run.
fn kills() -> u64 {
    env::var("SNUG_KILLS").ok().map_or(20, |kills| kills.parse().expect("SNUG_KILLS is a number"))
}

#[tokio::test]
async fn whatever_was_acknowledged_survives_every_kill() {
    let mut chance = Chance::new();
    let directory = tempfile::tempdir().unwrap();
    let (data, listen) =
        (directory.path().to_string_lossy().into_owned(), format!("127.0.0.1:{}", free_port().unwrap()));
    let arguments = ["--listen", &listen, "--data", &data, "--room", "Den"];
    let mut relay = HeadlessRelay::start(&arguments).await.unwrap();
    let link = Link::parse(&relay.link);

    let acknowledged = Arc::new(watch::Sender::new(0));
    let clients: Vec<_> = (0..CLIENTS)
        .map(|number| {
            let mut client = PersistentClient::new(&link, &format!("client-{number}")).counted_by(&acknowledged);
            // Some say one thing at a time, some fill whole commits.
            let (window, length) = (chance.size(1..129), chance.size(1..400));
            tokio::spawn(async move {
                let text = |number| format!("{number} {}", "x".repeat(usize::try_from(length).unwrap()));
                let times = u32::try_from(MESSAGES / CLIENTS).unwrap();
                client.talks(times, usize::try_from(window).unwrap(), text).await;
                client
            })
        })
        .collect();

    let mut progress = acknowledged.subscribe();
    let kills = kills();
    for kill in 0..kills {
        // When somebody was just acknowledged something, the disk is busy with what came after it.
        let due = chance.number(kill * MESSAGES / kills..(kill + 1) * MESSAGES / kills);
        let reached = timeout(DEADLINE, progress.wait_for(|acknowledged| *acknowledged >= due));
        reached.await.expect("it goes on after every kill").unwrap();
        chance.moment(Duration::from_millis(3)).await;
        relay.kill().await.unwrap();
        relay = HeadlessRelay::start(&arguments).await.unwrap();
        assert_eq!(Link::parse(&relay.link).addr, link.addr);
    }

    let mut talked = Vec::new();
    for client in clients {
        talked.push(timeout(DEADLINE, client).await.expect("everything is answered").unwrap());
    }
    let head = head(&link).await;
    let mut sent_again = 0;
    let mut records = Vec::new();
    for mut client in talked {
        timeout(DEADLINE, client.reads_to(head)).await.expect("everything is seen");
        sent_again += client.sent_again();
        records.push(client.gives_up());
    }
    assert!(sent_again >= kills, "only {sent_again} messages were on their way in {kills} kills");
    let history = History::of(records, &link).await;
    history.is_sound();
    assert_eq!(history.log.len() as u64, MESSAGES);
}
