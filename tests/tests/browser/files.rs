//! Files: chosen, pasted and dropped, on their way over a bad line, and looked at by the others.

use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use anyhow::Result;
use fantoccini::key::Key;
use serde_json::{Value, json};
use snug_relay::{
    Limits,
    wire::{Body, FileInfo},
};
use snug_tests::{
    Browser, Direction, Fault, Person, Proxy, TestRelay, When,
    axe::nothing_in_the_way,
    giving::{drops, films, has_sent, pastes_picture, sounds},
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
async fn last_files(relay: &TestRelay) -> Vec<FileInfo> {
    let sol = relay.join("Sol").await;
    match sol.events.last().map(|event| &event.body) {
        Some(Body::Message(message)) => message.files.clone(),
        _ => Vec::new(),
    }
}

#[tokio::test]
async fn a_pasted_picture_has_its_place_before_it_is_there_and_is_looked_at() -> Result<()> {
    let relay = TestRelay::start().await;
    let browser = Browser::start().await?;
    let (mina, jun) = (browser.person().await?, browser.person().await?);
    mina.joins(&relay.link(), "Mina").await?;
    jun.joins(&relay.link(), "Jun").await?;
    // How large the picture's place is when it comes into the page, before anything of it is loaded.
    jun.run(
        "new MutationObserver(() => {
             const image = document.querySelector('[data-testid=picture] img');
             if (image && !window.place) window.place = [image.naturalWidth, image.clientWidth, image.clientHeight];
         }).observe(document.body, { childList: true, subtree: true });
         return null",
    )
    .await?;
    pastes_picture(&mina, 1200, 900).await?;
    has_sent(&mina, 1).await?;
    mina.says("").await?;
    jun.find("picture").await?;
    let loaded = "const image = document.querySelector('[data-testid=picture] img'); return image.naturalWidth > 0";
    jun.until_true("the picture", loaded).await?;
    let size = "const image = document.querySelector('[data-testid=picture] img');
        return [image.clientWidth, image.clientHeight]";
    let place = jun.run("return window.place").await?;
    assert_eq!(place[0], 0, "it was measured before it was loaded: {place}");
    assert_eq!(jun.run(size).await?, json!([place[1], place[2]]));
    assert_eq!(json!([place[1], place[2]]), json!([400, 300]));
    // What was sent with it is a small picture of it, and that is what is shown.
    assert_eq!(jun.run("return document.querySelector('[data-testid=picture] img').naturalWidth").await?, 640);
    assert!(jun.attribute("picture", "title").await?.starts_with("Pasted image"));
    let [file] = &last_files(&relay).await[..] else { panic!("one file") };
    assert_eq!((file.width, file.height, file.media.as_str()), (Some(1200), Some(900), "image/png"));

    jun.click("picture").await?;
    let whole = "return document.querySelector('[data-testid=viewer-picture]')?.naturalWidth === 1200";
    jun.until_true("all of it", whole).await?;
    jun.press(Key::Escape).await?;
    jun.until_true("the room", "return !document.querySelector('[data-testid=viewer]')").await?;
    jun.until_true("the focus back", "return document.activeElement.dataset.testid === 'picture'").await?;
    // The back button leaves the viewer, and not the room.
    jun.click("picture").await?;
    jun.find("viewer").await?;
    jun.client().back().await?;
    jun.until_true("the room", "return !document.querySelector('[data-testid=viewer]')").await?;
    assert!(jun.has("composer").await?);
    assert_eq!(jun.complaints().await?, [""; 0]);
    Ok(())
}

#[tokio::test]
async fn the_viewer_goes_from_picture_to_picture_by_the_arrows_and_ends_by_escape() -> Result<()> {
    let relay = TestRelay::start().await;
    let browser = Browser::start().await?;
    let mina = browser.person().await?;
    mina.joins(&relay.link(), "Mina").await?;
    for (number, width) in [300, 301, 302].into_iter().enumerate() {
        pastes_picture(&mina, width, 200).await?;
        has_sent(&mina, 1).await?;
        mina.says(&format!("picture {number}")).await?;
        mina.shows_message("Mina", &format!("picture {number}")).await?;
    }
    mina.run("document.querySelectorAll('[data-testid=picture]')[1].focus(); return null").await?;
    mina.press(Key::Enter).await?;
    let shows = async |width: u32, position: &str| {
        let shown = format!(
            "return document.querySelector('[data-testid=viewer-picture]')?.naturalWidth === {width}
                 && document.querySelector('[data-testid=viewer-position]').textContent === '{position}'"
        );
        mina.until_true(position, &shown).await
    };
    shows(301, "2 of 3").await?;
    mina.press(Key::Right).await?;
    shows(302, "3 of 3").await?;
    // There is none behind the last, and none before the first.
    mina.press(Key::Right).await?;
    mina.press(Key::Left).await?;
    shows(301, "2 of 3").await?;
    mina.press(Key::Left).await?;
    shows(300, "1 of 3").await?;
    assert!(!mina.has("viewer-earlier").await? && mina.has("viewer-later").await?);
    mina.press(Key::Left).await?;
    mina.press(Key::End).await?;
    shows(302, "3 of 3").await?;
    let inside = "return document.querySelector('dialog[open]').contains(document.activeElement)";
    assert_eq!(mina.run(inside).await?, true, "the focus stays with what is looked at");
    mina.press(Key::Escape).await?;
    mina.until_true("the room", "return !document.querySelector('dialog[open]')").await?;
    let back = "return document.activeElement === document.querySelectorAll('[data-testid=picture]')[1]";
    mina.until_true("the focus where it was", back).await?;
    // By pointer, from the buttons beside it.
    mina.press(Key::Enter).await?;
    shows(301, "2 of 3").await?;
    mina.click("viewer-earlier").await?;
    shows(300, "1 of 3").await?;
    assert_eq!(mina.run(inside).await?, true, "though the button that was pressed is gone");
    mina.press(Key::Right).await?;
    shows(301, "2 of 3").await?;
    assert_eq!(mina.complaints().await?, [""; 0]);
    Ok(())
}

#[tokio::test]
async fn sound_and_films_play_where_they_stand() -> Result<()> {
    let relay = TestRelay::start().await;
    let browser = Browser::start().await?;
    let (mina, jun) = (browser.person().await?, browser.person().await?);
    mina.joins(&relay.link(), "Mina").await?;
    jun.joins(&relay.link(), "Jun").await?;
    sounds(&mina).await?;
    films(&mina).await?;
    has_sent(&mina, 2).await?;
    mina.says("listen, and look").await?;
    jun.shows_message("Mina", "listen, and look").await?;
    for (what, name) in [("audio", "a song.wav"), ("video", "a walk in the park.webm")] {
        jun.until_true(what, &format!("return !!document.querySelector('.files {what}[controls]')")).await?;
        let player = format!("const player = document.querySelector('.files {what}');");
        assert_eq!(jun.run(&format!("{player} return [player.paused, player.ariaLabel]")).await?, json!([true, name]));
        // By keyboard, as by its button.
        jun.run(&format!(
            "{player} player.onplaying = () => {{ window.played = '{what}' }}; player.focus(); return null"
        ))
        .await?;
        jun.press(Key::Space).await?;
        let plays = format!("{player} return window.played === '{what}' && player.currentTime > 0.1 && !player.error");
        jun.until_true(&format!("{what} to play"), &plays).await?;
        jun.until_true("its end", &format!("{player} return player.ended")).await?;
    }
    assert_eq!(jun.run("return Math.round(document.querySelector('.files audio').duration)").await?, 1);
    assert!(!jun.has("gone-file").await?);
    assert_eq!(jun.complaints().await?, [""; 0]);
    Ok(())
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

/// Whether the last picture in a quote, and what it stands in, are as large without it as they are with it.
const SAME_WITHOUT: &str = "const image = [...document.querySelectorAll('.quote-file img')].at(-1);
    const sizes = () => [image.parentElement, image.closest('.quote, .writing-bar')]
        .flatMap((it) => [it.offsetWidth, it.offsetHeight]).join();
    const shown = sizes();
    image.style.display = 'none';
    const waiting = sizes();
    image.style.display = '';
    return shown === waiting";

/// Puts the focus to the last message that has this in it, and presses one of its tools.
async fn presses(person: &Person, css: &str, tool: &str) -> Result<()> {
    let focus = format!(
        "const found = [...document.querySelectorAll(\"[data-testid='message'] {css}\")].at(-1);
         found?.closest('[data-testid=message]').focus(); return !!found"
    );
    person.until_true(css, &focus).await?;
    person.click(tool).await
}

#[tokio::test]
async fn a_quote_shows_a_picture_small_until_it_is_deleted() -> Result<()> {
    let relay = TestRelay::start().await;
    let browser = Browser::start().await?;
    let (mina, jun) = (browser.person().await?, browser.person_with("en-US", 390, 844).await?);
    mina.joins(&relay.link(), "Mina, whose name is long").await?;
    jun.joins(&relay.link(), "\u{645}\u{631}\u{64a}\u{645}").await?;
    pastes_picture(&mina, 1200, 900).await?;
    has_sent(&mina, 1).await?;
    mina.says("").await?;
    jun.find("picture").await?;
    presses(&jun, "[data-testid=picture]", "reply").await?;
    let shown = |within: &str| {
        format!("return [...document.querySelectorAll('{within} .quote-file img')].at(-1)?.naturalWidth > 0")
    };
    jun.until_true("the picture above the field", &shown("[data-testid=replying]")).await?;
    assert_eq!(jun.run(SAME_WITHOUT).await?, true, "its place is there before it is");
    jun.says("beautiful").await?;
    mina.until_true("the picture in the quote", &shown("[data-testid=quote]")).await?;
    assert_eq!(mina.run(SAME_WITHOUT).await?, true, "its place is there before it is");

    // What has words says in one what else it has; what is written from right to left takes one line, too.
    pastes_picture(&mina, 300, 300).await?;
    has_sent(&mina, 1).await?;
    mina.says(&"\u{647}\u{630}\u{647} \u{635}\u{648}\u{631}\u{629} ".repeat(20)).await?;
    jun.until_true("both", "return document.querySelectorAll('[data-testid=picture]').length === 2").await?;
    presses(&jun, "[data-testid=picture]", "reply").await?;
    jun.says("and this one").await?;
    // What is no picture has a sign for its kind, and its name.
    drops(&mina, &json!([["plan.pdf", "", "%PDF-1.4"]])).await?;
    has_sent(&mina, 1).await?;
    mina.says("").await?;
    presses(&jun, "[data-testid=file-card]", "reply").await?;
    jun.says("thanks").await?;
    for person in [&mina, &jun] {
        let quoted = "const [, words, card] = document.querySelectorAll('[data-testid=message] [data-testid=quote]');
            return words?.querySelector('.quote-file img')?.alt === 'Picture'
                && !!card?.querySelector('[data-kind=text] svg') && card.innerText.includes('plan.pdf')";
        person.until_true("a kind in a word, and one with its name", quoted).await?;
        let over = "const log = document.querySelector('[data-testid=log]');
            return Math.max(document.documentElement.scrollWidth - innerWidth, log.scrollWidth - log.clientWidth)";
        assert_eq!(person.run(over).await?, 0, "wider than the screen");
        let heights =
            "return new Set([...document.querySelectorAll('[data-testid=quote]')].map((it) => it.offsetHeight)).size";
        assert_eq!(person.run(heights).await?, 1, "each takes one line");
    }

    // Of what is deleted nothing is shown any more.
    mina.run("document.querySelector('[data-testid=picture]').closest('[data-testid=message]').focus(); return null")
        .await?;
    mina.click("delete-message").await?;
    mina.until_true("what is to be deleted", &shown("dialog")).await?;
    mina.click("confirm-delete").await?;
    for person in [&mina, &jun] {
        let gone = "const quote = document.querySelector('[data-testid=quote]');
            return !quote.querySelector('.quote-file') && quote.innerText.includes('deleted')";
        person.until_true("no picture any more", gone).await?;
        assert_eq!(person.complaints().await?, [""; 0]);
    }
    Ok(())
}
