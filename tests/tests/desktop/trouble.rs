//! What stands in the way is explained in the window.

use std::fs;

use anyhow::{Context, Result};
use snug_tests::{
    axe::nothing_in_the_way,
    desktop::{DesktopApp, Quit},
};
use tokio::net::TcpListener;

use crate::{Desk, Link, NOTHING, guest, shown_link};

#[tokio::test(flavor = "multi_thread")]
async fn a_port_that_is_taken_moves_the_room_and_says_so() -> Result<()> {
    let Some(desk) = Desk::alone("trouble::a_port_that_is_taken_moves_the_room_and_says_so")? else { return Ok(()) };
    let app = DesktopApp::start(desk.data()).await?;
    app.click("host-room").await?;
    let before = shown_link(&app).await?;
    app.quit(Quit::Terminate).await?;

    let _taken = TcpListener::bind(("0.0.0.0", before.addr.port())).await?;
    let app = DesktopApp::start(desk.data()).await?;
    app.click("host-again").await?;
    app.click("invite-open").await?;
    let after = Link::parse(&app.text("invite-link").await?)?;
    assert_ne!(after.addr.port(), before.addr.port());
    assert_eq!((&after.room, &after.secret), (&before.room, &before.secret));
    app.until_shown(&format!("Port {} was taken", before.addr.port())).await?;
    assert_eq!(guest(&after, "Jun").await.count, 2);
    app.close_dialog().await?;
    nothing_in_the_way(&app, "a room that had to move").await;
    app.quit(Quit::Terminate).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_that_cant_be_written_is_explained_in_the_window() -> Result<()> {
    let Some(desk) = Desk::alone("trouble::a_directory_that_cant_be_written_is_explained_in_the_window")? else {
        return Ok(());
    };
    // A file in its way stops even those whom no permission stops.
    fs::write(desk.data().join("file"), "in the way")?;
    let app = DesktopApp::start(&desk.data().join("file/data")).await?;
    app.click("host-room").await?;
    assert_eq!(app.attribute("problem", "data-code").await?, "data_not_writable");
    let told = app.text("problem").await?;
    assert!(told.contains("file/data"), "it names the place: {told}");
    nothing_in_the_way(&app, "what stands in the way of hosting").await;
    assert_eq!(app.listening()?, NOTHING);
    app.quit(Quit::Terminate).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_database_is_explained_in_the_window_and_left_alone() -> Result<()> {
    let Some(desk) = Desk::alone("trouble::a_broken_database_is_explained_in_the_window_and_left_alone")? else {
        return Ok(());
    };
    let rooms = desk.data().join("rooms");
    let database = rooms.join("snug.db");
    fs::create_dir(&rooms)?;
    fs::write(&database, "no database, but somebody's notes\n".repeat(200))?;
    let app = DesktopApp::start(desk.data()).await?;
    app.click("host-room").await?;
    assert_eq!(app.attribute("problem", "data-code").await?, "data_foreign");
    let told = app.text("problem").await?;
    assert!(told.contains("snug.db"), "it names the file: {told}");
    assert_eq!(app.listening()?, NOTHING);
    assert!(fs::read_to_string(&database)?.starts_with("no database, but somebody's notes"));
    app.quit(Quit::Terminate).await
}

#[tokio::test(flavor = "multi_thread")]
async fn damaged_settings_are_set_aside_and_the_rooms_are_still_offered() -> Result<()> {
    let Some(desk) = Desk::alone("trouble::damaged_settings_are_set_aside_and_the_rooms_are_still_offered")? else {
        return Ok(());
    };
    let app = DesktopApp::start(desk.data()).await?;
    app.type_into("host-nickname", "Mina").await?;
    app.click("host-room").await?;
    app.says("still here").await?;
    app.shows_message("Mina", "still here").await?;
    app.quit(Quit::Terminate).await?;
    fs::write(desk.data().join("settings.json"), "{ \"nickname\": \"Mi")?;
    let app = DesktopApp::start(desk.data()).await?;
    app.find("host-room").await?;
    // The room is in the rooms' own database, whatever the settings know.
    app.click("host-again").await?;
    app.shows_message("Mina", "still here").await?;
    app.quit(Quit::Terminate).await?;
    let names = fs::read_dir(desk.data())?.map(|entry| Ok(entry?.file_name().into_string().unwrap_or_default()));
    let names: Vec<String> = names.collect::<Result<_>>()?;
    assert!(names.iter().any(|name| name.starts_with("settings.damaged-")), "{names:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_conversation_is_set_aside_and_the_host_is_told() -> Result<()> {
    let Some(desk) = Desk::alone("trouble::a_damaged_conversation_is_set_aside_and_the_host_is_told")? else {
        return Ok(());
    };
    let app = DesktopApp::start(desk.data()).await?;
    app.type_into("host-nickname", "Mina").await?;
    app.click("host-room").await?;
    for text in ["first", "second, with a scratch", "third"] {
        app.says(text).await?;
        app.shows_message("Mina", text).await?;
    }
    app.quit(Quit::Terminate).await?;
    let database = desk.data().join("rooms/snug.db");
    let mut bytes = fs::read(&database)?;
    let scratch = bytes.windows(7).position(|found| found == b"scratch").context("it is in there")?;
    bytes[scratch] ^= 1;
    fs::write(&database, bytes)?;

    let app = DesktopApp::start(desk.data()).await?;
    app.click("host-again").await?;
    app.shows_message("Mina", "third").await?;
    let told = app.text("set-aside").await?;
    nothing_in_the_way(&app, "what was damaged").await;
    assert!(told.contains("2 messages") && told.contains("1 ") && told.contains("snug.db.damaged-"), "{told}");
    assert_eq!(app.messages().await?.len(), 2);
    app.says("it goes on").await?;
    app.shows_message("Mina", "it goes on").await?;
    app.quit(Quit::Terminate).await
}
