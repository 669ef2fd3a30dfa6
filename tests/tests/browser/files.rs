//! Files: chosen, pasted and dropped, on their way over a bad line, and looked at by the others.

use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use anyhow::Result;
use serde_json::{Value, json};
use snug_relay::{
    Limits,
    wire::{Body, FileInfo},
};
use snug_tests::{
    Browser, Direction, Fault, Proxy, TestRelay, When,
    axe::nothing_in_the_way,
    giving::{drops, has_sent, pastes_picture},
    hostile::corpus,
};
use tempfile::TempDir;

/// A file of so many bytes, no two parts of it alike.
pub(crate) fn file_of(bytes: usize, name: &str) -> Result<(TempDir, std::path::PathBuf)> {
    let place = tempfile::tempdir()?;
    let path = place.path().join(name);
    let content: Vec<u8> = (0..bytes).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    fs::write(&path, content)?;
    Ok((place, path))
}

/// The files of the last message, as the host has them.
pub(crate) async fn last_files(relay: &TestRelay) -> Vec<FileInfo> {
    let sol = relay.join("Sol").await;
    match sol.events.last().map(|event| &event.body) {
        Some(Body::Message(message)) => message.files.clone(),
        _ => Vec::new(),
    }
}

#[tokio::test]
async fn a_room_begins_with_a_hundred_megabytes_a_file_and_says_so_of_one_that_is_larger() -> Result<()> {
    assert_eq!(Limits::DEFAULT.file_bytes, 100 * 1024 * 1024);
    let relay = TestRelay::start().await;
    let browser = Browser::start().await?;
    let mina = browser.person().await?;
    mina.joins(&relay.link(), "Mina").await?;
    // Nothing but holes: they are as large as they say, and take no room.
    let place = tempfile::tempdir()?;
    let [fits, larger] = [("fits.bin", 0), ("larger.bin", 1)].map(|(name, more)| {
        let path = place.path().join(name);
        let made = fs::File::create(&path).and_then(|file| file.set_len(Limits::DEFAULT.file_bytes + more));
        made.map(|()| path)
    });
    mina.attaches(&[&fits?, &larger?]).await?;
    let fates = "return [...document.querySelectorAll('[data-testid=tray] li')].map((it) => [
        it.querySelector('[data-testid=file-name]').textContent,
        it.querySelector('[data-testid=file-fate]').dataset.state === 'failed',
        /Too big: 100 MB at most here/.test(it.innerText)])";
    let wanted = json!([["fits.bin", false, false], ["larger.bin", true, true]]);
    let told = format!("return JSON.stringify((() => {{ {fates} }})()) === {:?}", wanted.to_string());
    mina.until_true("what is too large, and by what", &told).await
}

#[tokio::test]
async fn what_is_too_big_says_so_what_is_taken_back_is_gone_and_the_rest_goes_on() -> Result<()> {
    let relay = TestRelay::with(|limits| limits.file_bytes = 64 * 1024).await;
    let browser = Browser::start().await?;
    let (mina, jun) = (browser.person().await?, browser.person().await?);
    mina.joins(&relay.link(), "Mina").await?;
    jun.joins(&relay.link(), "Jun").await?;
    // What a screen reader is told: it only listens to what was there before.
    let region = "const region = document.querySelector('[data-testid=file-news]');
        window.heard = [];
        new MutationObserver(() => region.textContent && window.heard.push(region.textContent))
            .observe(region, { childList: true, subtree: true, characterData: true });
        return [region.getAttribute('role'), region.textContent]";
    assert_eq!(mina.run(region).await?, json!(["status", ""]));
    let (_big, big) = file_of(64 * 1024 + 1, "too big.bin")?;
    let (_small, small) = file_of(64 * 1024, "small enough.bin")?;
    let (_unwanted, unwanted) = file_of(1000, "unwanted.bin")?;
    mina.attaches(&[&big, &small, &unwanted]).await?;
    has_sent(&mina, 2).await?;
    mina.until_true("its reason", "return /Too big: 64 kB/.test(document.body.innerText)").await?;
    mina.run("document.querySelector(\"[aria-label='Remove unwanted.bin']\").click(); return null").await?;
    has_sent(&mina, 1).await?;
    mina.says("all I have").await?;
    jun.shows_message("Mina", "all I have").await?;
    jun.until_text("file-name", "small enough.bin").await?;
    let names: Vec<String> = last_files(&relay).await.into_iter().map(|file| file.name).collect();
    assert_eq!(names, ["small enough.bin"]);
    let told = "2 files attached. too big.bin can’t be sent. Too big: 64 kB at most here";
    assert_eq!(mina.run("return window.heard").await?, json!([told]), "once, and nothing of what went well");
    // What couldn't be sent is still there to be seen, until it is taken away.
    assert_eq!(mina.attribute("file-fate", "data-reason").await?, "file_too_big");
    mina.click("remove-file").await?;
    mina.until_true("no files", "return !document.querySelector('[data-testid=tray]')").await?;
    Ok(())
}

#[tokio::test]
async fn a_file_goes_on_where_it_was_cut_and_keeps_no_words_waiting() -> Result<()> {
    let relay = TestRelay::start().await;
    // No connection of hers carries more than this, and after a while they are good.
    let good = Arc::new(AtomicBool::new(false));
    let cut = good.clone();
    let proxy = Proxy::to(relay.addr(), move || {
        (!cut.load(Ordering::SeqCst)).then_some((When::After(Direction::Up, 100_000), Fault::Cut))
    })
    .await;
    let browser = Browser::start().await?;
    let mina = browser.person().await?;
    let link = relay.link().replace(&relay.addr().to_string(), &proxy.addr().to_string());
    let mut jun = relay.join("Jun").await;
    mina.joins(&link, "Mina").await?;
    let (_place, path) = file_of(8_000_000, "film.bin")?;
    mina.attaches(&[&path]).await?;
    mina.find("attachment").await?;
    mina.says("here is the film").await?;
    mina.says("and this is about it").await?;
    jun.hears("Mina", "and this is about it").await;
    assert!(mina.messages().await?.contains(&json!(["Mina", "here is the film", "pending"])));
    let held = "return document.querySelector('[data-testid=file-fate]')?.dataset.state === 'held'";
    mina.until_true("the cut to be seen", held).await?;
    good.store(true, Ordering::SeqCst);
    mina.shows_message("Mina", "here is the film").await?;
    let [file] = &last_files(&relay).await[..] else { panic!("one file") };
    assert_eq!((file.name.as_str(), file.bytes), ("film.bin", 8_000_000));
    assert_eq!(fs::read(relay.data().join("files").join(&file.hash))?, fs::read(&path)?, "as it was");
    Ok(())
}

#[tokio::test]
async fn a_file_waits_for_its_host_and_a_reload_keeps_at_least_the_words() -> Result<()> {
    let relay = TestRelay::start().await;
    let browser = Browser::start().await?;
    let mina = browser.person().await?;
    mina.joins(&relay.link(), "Mina").await?;
    mina.until_true(
        "what carries files",
        "return performance.getEntriesByType('resource').some(({ name }) => name.includes('/tray'))",
    )
    .await?;
    let paused = relay.pause().await;
    mina.until_connection("offline").await?;
    let (_place, path) = file_of(1000, "note.bin")?;
    mina.attaches(&[&path]).await?;
    mina.says("with a note").await?;
    mina.until_true("a warning", "return /a reload would lose them/.test(document.body.innerText)").await?;
    let relay = paused.resume().await;
    mina.shows_message("Mina", "with a note").await?;
    assert_eq!(last_files(&relay).await.len(), 1);

    let paused = relay.pause().await;
    mina.until_connection("offline").await?;
    mina.attaches(&[&path]).await?;
    mina.says("with another").await?;
    mina.attaches(&[&path]).await?;
    mina.find("tray").await?;
    // The page comes from the host, which is gone: the browser shows its own.
    mina.reload().await?;
    assert!(!mina.has("composer").await?);
    let _relay = paused.resume().await;
    mina.reload().await?;
    assert_eq!(mina.attribute("failed", "data-reason").await?, "files_lost");
    assert!(mina.text("lost-files").await?.contains("note.bin"), "what was chosen for the next one");
    nothing_in_the_way(&mina, "what a reload lost").await;
    assert!(mina.messages().await?.contains(&json!(["Mina", "with another", "failed"])));
    mina.click("retry").await?;
    mina.shows_message("Mina", "with another").await?;
    Ok(())
}

#[tokio::test]
async fn file_names_and_contents_are_only_what_they_are() -> Result<()> {
    // With as many uploads waiting for their message as there are names.
    let relay = TestRelay::with(|limits| limits.member_uploads = 200).await;
    let browser = Browser::start().await?;
    let (mina, jun) = (browser.person().await?, browser.person_with("en-US", 390, 844).await?);
    mina.joins(&relay.link(), "Mina").await?;
    jun.joins(&relay.link(), "Jun").await?;
    // Pages that call themselves pictures, sound and video.
    let page = "<!doctype html><script>window.ran = true</script>";
    let svg =
        "<svg xmlns='http://www.w3.org/2000/svg' onload='window.ran = true'><script>window.ran = true</script></svg>";
    let liars = json!([
        ["photo.png", "image/png", page],
        ["drawing.svg", "image/svg+xml", svg],
        ["song.mp3", "audio/mpeg", page],
        ["film.mp4", "video/mp4", page],
        ["page.html", "text/html", page],
    ]);
    drops(&mina, &liars).await?;
    has_sent(&mina, 5).await?;
    mina.says("all lies").await?;
    jun.shows_message("Mina", "all lies").await?;
    jun.until_true("five cards", "return document.querySelectorAll('[data-testid=file-card]').length === 5").await?;
    assert!(!jun.has("picture").await? && !jun.has("film").await?, "nothing is taken at its word");
    let said = jun
        .run("return [...document.querySelectorAll('[data-testid=file-card] .file-line')].map((it) => it.textContent)")
        .await?;
    let said: Vec<&str> = said.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let (shown, page) = said.split_at(4);
    assert!(shown.iter().all(|line| line.ends_with("Can’t be shown here")), "{said:?}");
    assert!(!page[0].contains("shown"), "of a page nobody expects it: {said:?}");
    let pressed = "const card = [...document.querySelectorAll('[data-testid=file-card]')].at(-1);
        card.scrollIntoView({ block: 'center' });
        const { x, y, width, height } = card.getBoundingClientRect();
        const [left, right] = [4, width - 4].map((at) => document.elementFromPoint(x + at, y + height / 2));
        return left === right && left.dataset.testid";
    assert_eq!(jun.run(pressed).await?, "save-file", "all of the card is pressed for it");

    let names: Vec<_> = corpus().iter().map(|it| json!([it.as_file_name(), "text/plain", "words"])).collect();
    drops(&mina, &json!(names)).await?;
    has_sent(&mina, names.len()).await?;
    mina.says("what names").await?;
    let shown = format!("return document.querySelectorAll('[data-testid=file-card]').length === {}", names.len() + 5);
    jun.until_true("all of them", &shown).await?;
    for person in [&mina, &jun] {
        assert_eq!(person.run("return window.ran ?? null").await?, Value::Null);
        let wider = "const log = document.querySelector('[data-testid=log]');
            return [document.documentElement.scrollWidth - innerWidth, log.scrollWidth - log.clientWidth]
                .some((over) => over > 0)";
        assert_eq!(person.run(wider).await?, false, "wider than the screen");
        // Each card is as high as any other: no name takes more than its line.
        let heights = "return new Set([...document.querySelectorAll('[data-testid=file-card]')].slice(5)
            .map((it) => it.offsetHeight)).size";
        assert_eq!(person.run(heights).await?, 1, "a name breaks out of its line");
        assert_eq!(person.complaints().await?, [""; 0]);
    }
    let ends = "return [...document.querySelectorAll('[data-testid=file-name]')].slice(5)
        .filter((it) => !it.textContent.endsWith('.txt')).map((it) => it.textContent)";
    assert_eq!(jun.run(ends).await?, json!([]), "how a file ends is always to be seen");
    Ok(())
}

#[tokio::test]
async fn a_file_the_host_no_longer_has_says_so_on_its_card() -> Result<()> {
    let relay = TestRelay::start().await;
    let browser = Browser::start().await?;
    let (mina, jun) = (browser.person().await?, browser.person().await?);
    mina.joins(&relay.link(), "Mina").await?;
    jun.joins(&relay.link(), "Jun").await?;
    pastes_picture(&mina, 900, 700).await?;
    has_sent(&mina, 1).await?;
    mina.says("").await?;
    jun.find("picture").await?;
    for kept in fs::read_dir(relay.data().join("files"))? {
        fs::remove_file(kept?.path())?;
    }
    // Somebody who hasn't seen it before.
    let sol = browser.person().await?;
    sol.joins(&relay.link(), "Sol").await?;
    sol.find("gone-file").await?;
    assert!(!sol.has("picture").await? && !sol.has("save-file").await?);
    Ok(())
}
