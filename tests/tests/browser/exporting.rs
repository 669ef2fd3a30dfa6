//! Taking a room along.

use snug_tests::{Browser, TestRelay};

#[tokio::test]
async fn a_room_is_saved_as_an_archive_from_the_menu() {
    let relay = TestRelay::start().await;
    relay.join("Jun").await.says("to be kept").await;
    let browser = Browser::start().await.unwrap();
    let mina = browser.person().await.unwrap();
    mina.joins(&relay.link(), "Mina").await.unwrap();
    mina.shows_message("Jun", "to be kept").await.unwrap();
    // What the browser would write to a file.
    mina.run(
        "HTMLAnchorElement.prototype.click = function () {
           window.saved = fetch(this.href).then((it) => it.arrayBuffer()).then((it) => new Uint8Array(it))
         };
         return null",
    )
    .await
    .unwrap();
    mina.click("settings").await.unwrap();
    mina.click("export-open").await.unwrap();
    mina.click("export").await.unwrap();
    mina.until_true("an archive", "return window.saved?.then((it) => it[0] === 0x50 && it[1] === 0x4b) ?? false")
        .await
        .unwrap();
    mina.until_text("export-status", "Your browser is saving it.").await.unwrap();
}
