//! The host's log is not the one it was.

use std::{fs, path::Path};

use snug_tests::{Browser, TestRelay, axe::nothing_in_the_way};

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let file = entry.unwrap();
        fs::copy(file.path(), to.join(file.file_name())).unwrap();
    }
}

/// Puts the copy in place of what is there.
fn put_back(copied: &Path, data: &Path) {
    for entry in fs::read_dir(data).unwrap() {
        fs::remove_file(entry.unwrap().path()).unwrap();
    }
    copy(copied, data);
}

#[tokio::test]
async fn a_host_put_back_to_an_older_copy_is_told_of_and_what_waits_is_sent_to_it() {
    let relay = TestRelay::start().await;
    let (data, older) = (relay.data().to_owned(), tempfile::tempdir().unwrap());
    let browser = Browser::start().await.unwrap();
    let mina = browser.person().await.unwrap();
    mina.joins(&relay.link(), "Mina").await.unwrap();
    mina.says("in both copies").await.unwrap();
    mina.shows_message("Mina", "in both copies").await.unwrap();
    let paused = relay.pause().await;
    copy(&data, older.path());

    let relay = paused.resume().await;
    mina.until_connection("online").await.unwrap();
    mina.says("only in the newer one").await.unwrap();
    mina.shows_message("Mina", "only in the newer one").await.unwrap();
    let paused = relay.pause().await;
    mina.until_connection("offline").await.unwrap();
    mina.says("still unsent").await.unwrap();
    put_back(older.path(), &data);
    // The copy goes on differently: its log is as long as the one Mina knows, and not the same.
    let relay = paused.resume().await;
    let mut jun = relay.join("Jun").await;
    jun.says("somebody was quicker").await;

    mina.until_connection("online").await.unwrap();
    let told = mina.text("replaced").await.unwrap();
    assert!(told.contains("was replaced"), "{told}");
    mina.shows_message("Mina", "still unsent").await.unwrap();
    nothing_in_the_way(&mina, "a log that was replaced").await;
    jun.hears("Jun", "somebody was quicker").await;
    jun.hears("Mina", "still unsent").await;
    let shown: Vec<_> = mina.messages().await.unwrap().iter().map(|row| row[1].as_str().unwrap().to_owned()).collect();
    assert_eq!(shown, ["in both copies", "somebody was quicker", "still unsent"], "what the host has, and no more");

    // It is told once, and what follows is an ordinary conversation.
    jun.says("welcome back").await;
    mina.shows_message("Jun", "welcome back").await.unwrap();
    let relay = relay.restart().await;
    mina.until_connection("online").await.unwrap();
    let mut jun = jun.resume(relay.addr(), &relay.invite).await;
    jun.says("and again").await;
    mina.shows_message("Jun", "and again").await.unwrap();
    assert_eq!(mina.run("return document.querySelectorAll('.notice.replaced').length").await.unwrap(), 1);
}

#[tokio::test]
async fn whoever_reads_further_up_is_taken_to_what_there_is() {
    let relay = TestRelay::start().await;
    let (data, older) = (relay.data().to_owned(), tempfile::tempdir().unwrap());
    let mut jun = relay.join("Jun").await;
    jun.says("the beginning").await;
    let paused = relay.pause().await;
    copy(&data, older.path());
    let relay = paused.resume().await;
    let mut jun = jun.resume(relay.addr(), &relay.invite).await;
    jun.says_often("and so on, line after line", 400).await;

    let browser = Browser::start().await.unwrap();
    let mina = browser.person().await.unwrap();
    mina.joins(&relay.link(), "Mina").await.unwrap();
    mina.shows_message("Jun", "and so on, line after line").await.unwrap();
    // Up through the history until only a part of it is on the page, without its end.
    mina.until_true(
        "the newest messages to be out of the page",
        "const log = document.querySelector(\"[data-testid='log']\");
         log.scrollTop = 0;
         return !document.querySelector(\"[data-seq='401']\")",
    )
    .await
    .unwrap();
    let paused = relay.pause().await;
    put_back(older.path(), &data);
    let _relay = paused.resume().await;
    mina.find("replaced").await.unwrap();
    mina.shows_message("Jun", "the beginning").await.unwrap();
    assert_eq!(mina.messages().await.unwrap().len(), 1);
}
