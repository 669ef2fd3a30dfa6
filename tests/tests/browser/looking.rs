//! Pictures, films and sound: looked at and heard where they stand, in the viewer and in a quote.

use anyhow::Result;
use fantoccini::key::Key;
use serde_json::json;
use snug_tests::{
    Browser, Person, TestRelay,
    giving::{drops, films, has_sent, pastes_picture, sounds},
};

use crate::files::last_files;

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
