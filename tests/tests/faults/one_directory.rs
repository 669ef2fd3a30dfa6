//! Two relays on one data directory.

use std::fs::File;

use snug_relay::wire::ClientFrame;
use snug_tests::{HeadlessRelay, Link, TestClient};

async fn follow(link: &Link) -> TestClient {
    let mut client = TestClient::connect(link.addr).await;
    client.send(&ClientFrame::Join(link.join())).await;
    client.welcomed().await;
    client
}

#[tokio::test]
async fn of_several_that_start_at_the_same_moment_one_serves_and_the_others_say_why_not() {
    let directory = tempfile::tempdir().unwrap();
    let said = tempfile::tempdir().unwrap();
    let data = directory.path().to_string_lossy().into_owned();
    for round in 0..5 {
        let start = async |number: u32| {
            let said = said.path().join(format!("{round}-{number}"));
            let arguments = ["--listen", "127.0.0.1:0", "--data", &data];
            let started = HeadlessRelay::logging(&arguments, &[], File::create(&said).unwrap().into()).await;
            started.map_err(|_| std::fs::read_to_string(said).unwrap())
        };
        let (one, two, three) = tokio::join!(start(1), start(2), start(3));
        let (served, refused): (Vec<_>, Vec<_>) = [one, two, three].into_iter().partition(Result::is_ok);
        assert_eq!(served.len(), 1, "in round {round}");
        for said in refused.into_iter().filter_map(Result::err) {
            assert!(said.contains("another Snug is using"), "{said}");
        }
        let relay = served.into_iter().find_map(Result::ok).unwrap();
        let mut client = follow(&relay.invite()).await;
        assert_eq!(client.welcome.as_ref().unwrap().head, round);
        client.says_with_id(&format!("round-{round}"), "one log").await.unwrap();
        relay.kill().await.unwrap();
    }
}

#[tokio::test]
async fn one_that_is_killed_in_the_middle_of_its_work_is_out_of_the_way_of_the_next() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().to_string_lossy().into_owned();
    let arguments = ["--listen", "127.0.0.1:0", "--data", &data];
    let mut relay = HeadlessRelay::start(&arguments).await.unwrap();
    for round in 0..5 {
        let mut client = follow(&relay.invite()).await;
        client.says_with_id(&format!("round-{round}"), "kept").await.unwrap();
        for number in 0..200 {
            let message = snug_relay::wire::NewMessage::new(format!("{round}-{number}"), "perhaps");
            client.send(&ClientFrame::NewMessage(message)).await;
        }
        // The next one starts before anybody has looked what became of it.
        relay.signal("KILL").unwrap();
        relay = HeadlessRelay::start(&arguments).await.unwrap();
    }
}
