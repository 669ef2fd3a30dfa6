//! People come, go, come back and read back while others talk.

use std::{sync::Arc, time::Duration};

use futures_util::future::join_all;
use snug_tests::{
    Chance, DEADLINE, Link, PersistentClient, TestRelay,
    history::{History, head},
};
use tokio::{sync::watch, time::timeout};

const TALKERS: u32 = 3;
const MESSAGES: u32 = 500;
const WANDERERS: u32 = 6;

/// Does one of the things that people do.
async fn wanders(client: &mut PersistentClient, chance: &mut Chance, number: u32) {
    match chance.number(0..40) {
        0 => client.leaves().await,
        1 | 2 => client.is_cut_off(),
        3 => client.forgets(),
        4..10 => {
            let before = chance.number(1..client.seen() + 2);
            client.pages_back(before).await;
        }
        10..13 => {
            client.says(format!("passing by, {number}")).await;
        }
        _ => client.turn().await,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn joins_that_race_sends_see_no_gap_and_nothing_twice() {
    let mut chance = Chance::new();
    // So small that every way of reading is taken all the time, and the seams between them: a page, the
    // database, several chunks put together from memory, a single one as it was committed.
    let relay = TestRelay::with(|limits| {
        limits.page_events = 7;
        limits.batch_bytes = 900;
        limits.tail_bytes = 3_000;
    })
    .await;
    let link = Link::parse(&relay.link());
    let over = Arc::new(watch::Sender::new(false));

    let wanderers: Vec<_> = (0..WANDERERS)
        .map(|number| {
            let mut client = PersistentClient::new(&link, &format!("wanderer-{number}"));
            let (mut chance, mut over) = (chance.split(), over.subscribe());
            tokio::spawn(async move {
                let mut steps = 0;
                loop {
                    steps += 1;
                    tokio::select! {
                        biased;
                        _ = over.wait_for(|over| *over) => return client,
                        () = wanders(&mut client, &mut chance, steps) => {}
                    }
                }
            })
        })
        .collect();
    let talkers: Vec<_> = (0..TALKERS)
        .map(|number| {
            let mut client = PersistentClient::new(&link, &format!("talker-{number}"));
            let window = usize::try_from(chance.size(1..30)).unwrap();
            tokio::spawn(async move {
                client.talks(MESSAGES, window, |number| format!("number {number}")).await;
                client
            })
        })
        .collect();

    let mut clients = Vec::new();
    for talker in talkers {
        clients.push(timeout(DEADLINE, talker).await.expect("talking comes to an end").unwrap());
    }
    over.send_replace(true);
    for wanderer in wanderers {
        let mut client = timeout(DEADLINE, wanderer).await.expect("a step is short").unwrap();
        timeout(DEADLINE, client.settles()).await.expect("everything is answered");
        clients.push(client);
    }
    let head = head(&link).await;
    let mut records = Vec::new();
    for mut client in clients {
        timeout(DEADLINE, client.reads_to(head)).await.expect("everything is seen");
        records.push(client.gives_up());
    }
    History::of(records, &link).await.is_sound();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_message_and_then_silence_reaches_whoever_is_coming_in_just_then() {
    let mut chance = Chance::new();
    // Nothing else wakes anybody: no news of who is here, no heartbeat.
    let relay = TestRelay::with(|limits| {
        limits.gather_ms = 600_000;
        limits.linger_ms = 600_000;
    })
    .await;
    let link = Link::parse(&relay.link());
    let patient = |name: &str| PersistentClient::new(&link, name).with_patience(2 * DEADLINE);
    let mut mina = patient("mina");
    let mut coming: Vec<_> = (0..6).map(|number| patient(&format!("coming-{number}"))).collect();
    for round in 1..=150 {
        for client in &mut coming {
            client.is_cut_off();
        }
        let says = async {
            chance.moment(Duration::from_millis(2)).await;
            mina.says(format!("number {round}")).await;
            mina.settles().await;
        };
        let everybody = async {
            let come = join_all(coming.iter_mut().map(|client| client.reads_to(round)));
            tokio::join!(says, come)
        };
        timeout(DEADLINE, everybody).await.expect("nobody has to wait for the next message");
    }
    coming.push(mina);
    History::of(coming.into_iter().map(PersistentClient::gives_up).collect(), &link).await.is_sound();
}
