//! What a conversation looks like in every state it can be in, which other stories bring about for their own sake or
//! not at all.

use anyhow::Result;
use fantoccini::key::Key;
use serde_json::{Value, json};
use snug_relay::wire::{ClientFrame, Delete, Edit, FileRules, NewMessage, Order, React};
use snug_tests::{
    Browser, Person, TestClient, TestRelay,
    axe::{PLACES, at_place, nothing_in_the_way, nothing_in_the_way_here},
    giving::{drops, films, has_sent, pastes_picture, sounds},
    puppet,
};

/// As long as a name may be, and in one piece.
const LONG_NAME: &str = "Bartholomäus-Maximilian-Alexander-Friedr";
pub(crate) const LONG_KOREAN: &str = "세상에서제일긴이름을가진사람이라서이름이끝나지않고계속이어지는사람";

/// As when the network is back. Who has only just tried doesn't.
const TRIES_AGAIN: &str = "dispatchEvent(new Event('online'))";

fn error(code: &str, id: Option<&str>) -> Value {
    json!({ "type": "error", "payload": { "code": code, "message": "", "id": id } })
}

/// How many of these there are in the page.
fn count(css: &str, count: usize) -> String {
    format!("return document.querySelectorAll(\"{css}\").length === {count}")
}

fn answer(id: &str, of: &str, text: &str) -> ClientFrame {
    ClientFrame::NewMessage(NewMessage { reply: Some(of.into()), ..NewMessage::new(id, text) })
}

async fn changes(client: &mut TestClient, frames: impl IntoIterator<Item = ClientFrame>) {
    for frame in frames {
        client.changes(frame).await.unwrap();
    }
}

#[tokio::test]
async fn answers_mentions_changes_and_what_is_left_of_what_was_deleted() -> Result<()> {
    let relay = TestRelay::start().await;
    let browser = Browser::start().await?;
    let mina = browser.person().await?;
    let (mut jun, mut sara) = (relay.join(LONG_NAME).await, relay.join("שרה").await);
    let mut host = relay.joins_as_host().await;
    host.renames("민아").await;
    jun.says_with_id("tea", "회의는 세 시에 시작해요. 늦지 않게 와 주시고, 발표 자료는 미리 올려 주세요.")
        .await
        .unwrap();
    jun.says_with_id("typo", "helo").await.unwrap();
    sara.says("שלום לכולם, מה שלומכם היום? (hello)").await;
    mina.joins(&relay.link(), "Mina").await?;
    mina.says("on my way, **two minutes**").await?;
    mina.says("and this is to be deleted").await?;
    mina.shows_message("Mina", "and this is to be deleted").await?;
    let ids = mina.run("return [...document.querySelectorAll('.own')].map((it) => it.dataset.id)").await?;
    let [said, gone] = [0, 1].map(|at| ids[at].as_str().unwrap_or_default().to_owned());
    changes(
        &mut sara,
        [
            answer("to-mina", &said, "take your time"),
            answer("to-jun", "tea", "@Mina 도 오는 거죠? 발표 자료는 어제 올려 두었으니 시간 날 때 한번 봐 주세요."),
            answer("to-gone", &gone, "what was that?"),
            answer("to-nothing", "unheard-of", "and this?"),
            ClientFrame::NewMessage(NewMessage::new("jumbo", "🫖🍰")),
        ],
    )
    .await;
    changes(&mut jun, [ClientFrame::Edit(Edit { id: "e".into(), of: "typo".into(), text: "hello".into() })]).await;
    let react = |at: usize, emoji: &str| React {
        id: format!("react-{at}"),
        of: "to-mina".into(),
        emoji: emoji.into(),
        on: true,
    };
    for (at, emoji) in ["👍", "🎉", "😂", "❤️", "🙏", "😮", "🍵"].into_iter().enumerate() {
        changes(&mut jun, [ClientFrame::React(react(at, emoji))]).await;
    }
    changes(&mut sara, [ClientFrame::React(react(9, "👍"))]).await;
    for (id, of) in [("d1", gone.as_str()), ("d2", "to-nothing")] {
        changes(&mut host, [ClientFrame::Delete(Delete { id: id.into(), of: of.into() })]).await;
    }
    mina.until_true("two that are gone", &count("[data-testid=gone]", 2)).await?;
    mina.until_true("all reactions", &count("[data-testid=reaction]", 7)).await?;
    mina.click("reaction").await?;
    mina.until_true("one's own", &count(".reaction.mine", 1)).await?;
    nothing_in_the_way(&mina, "answers, mentions and changes").await;

    mina.run("document.querySelector('[data-testid=reaction]').dispatchEvent(new MouseEvent('contextmenu', { bubbles: true, cancelable: true })); return null").await?;
    mina.find("who-reacted").await?;
    nothing_in_the_way(&mina, "who reacted").await;
    mina.press(Key::Escape).await?;

    puppet::copies_nothing(&mina).await?;
    mina.run("document.querySelector('.own').focus(); return null").await?;
    mina.click("copy-message-link").await?;
    mina.until_true("the link", "return !!document.querySelector('.tools-link')").await?;
    nothing_in_the_way(&mina, "a link that couldn't be copied").await;
    mina.click("reply").await?;
    mina.find("replying").await?;
    mina.type_into(
        "composer",
        "a little more than one line, so that it is seen how the field grows with what stands in it",
    )
    .await?;
    nothing_in_the_way(&mina, "answering").await;
    Ok(())
}

#[tokio::test]
async fn names_and_words_that_dont_end() -> Result<()> {
    let relay = TestRelay::start().await;
    let browser = Browser::start().await?;
    let mina = browser.person().await?;
    puppet::between(&mina).await?;
    let mut host = relay.joins_as_host().await;
    host.renames(LONG_KOREAN).await;
    host.orders(Order::Rename {
        name: "The kitchen table on the third floor, by the window, where it is warm".chars().take(60).collect(),
    })
    .await;
    let mut jun = relay.join(LONG_NAME).await;
    jun.says_with_id("one", &"Donaudampfschifffahrtsgesellschaft".repeat(6)).await.unwrap();
    jun.says("https://example.com/a/path/that/goes/on/and/on/until/nobody/knows/where/it/began?and=more&of=it").await;
    jun.says("```\na line of code that is so long that it can't be broken anywhere and has to be scrolled to the side to be read\n```")
        .await;
    changes(
        &mut host,
        [answer(
            "two",
            "one",
            "동해물과백두산이마르고닳도록하느님이보우하사우리나라만세무궁화삼천리화려강산대한사람대한으로길이보전하세",
        )],
    )
    .await;
    mina.joins(&relay.link(), LONG_KOREAN).await?;
    mina.find("quote").await?;
    jun.renames("ﷺ מישהו עם שם ארוך מאוד שלא נגמר אף פעם").await;
    jun.types(true).await;
    mina.until_true("a new name", "return /ﷺ/.test(document.querySelector('.log').textContent)").await?;
    mina.until_true("somebody types", "return !!document.querySelector('.typing.shown')").await?;
    nothing_in_the_way(&mina, "names and words that don't end").await;

    // Who is here, at a desk beside the log.
    jun.goes_away(true).await;
    let _others = (relay.join("Ann").await, relay.join("Bo").await);
    let many = json!({ "type": "presence", "payload": { "reset": false, "joined": [], "left": [], "count": 5000 } });
    for place in PLACES {
        at_place(&mina, place).await;
        if place.0 < 900 {
            mina.run("document.querySelector('[data-testid=people-count]').closest('button').click(); return null")
                .await?;
        }
        mina.until_true("who is away", "return !!document.querySelector('.person.away')").await?;
        puppet::hears(&mina, &many).await?;
        mina.until_true("many", "return !!document.querySelector('.people-more')").await?;
        nothing_in_the_way_here(&mina, "who is here").await;
    }
    Ok(())
}

#[tokio::test]
async fn what_keeps_order_stands_in_the_log() -> Result<()> {
    let relay = TestRelay::start().await;
    let browser = Browser::start().await?;
    let sol = browser.person().await?;
    let mut host = relay.joins_as_host().await;
    host.renames("민아").await;
    let _jun = relay.join("Jun").await;
    sol.joins(&relay.link(), "Sol").await?;
    host.sees_here(&["민아", "Jun", "Sol"]).await;
    let (jun, sol_is) = (host.member_called("Jun"), host.member_called("Sol"));
    let of = |member: &str| member.to_owned();
    for order in [
        Order::Rename { name: "The attic".into() },
        Order::Files(FileRules { bytes: 10 << 20, days: 30 }),
        Order::Slow { every_ms: 30_000 },
        Order::Slow { every_ms: 0 },
        Order::Mute { member: of(&jun), on: true },
        Order::Mute { member: of(&jun), on: false },
        Order::Appoint { member: of(&jun), on: true },
        Order::Appoint { member: of(&jun), on: false },
        Order::Remove { member: of(&jun) },
        Order::Ban { member: of(&jun), new_link: false },
        Order::Unban { member: of(&jun) },
        Order::Slow { every_ms: 300_000 },
    ] {
        host.orders(order).await;
    }
    sol.until_true("all of it", &count("[data-testid=measure]", 12)).await?;
    sol.find("order-bar").await?;
    nothing_in_the_way(&sol, "what was done to keep order, and slow mode").await;
    host.orders(Order::Mute { member: sol_is.clone(), on: true }).await;
    sol.until_true("all of it", &count("[data-testid=measure]", 13)).await?;
    nothing_in_the_way(&sol, "being muted").await;
    host.orders(Order::Mute { member: sol_is.clone(), on: false }).await;
    host.orders(Order::Appoint { member: sol_is, on: true }).await;
    sol.find("keep-order").await.map(drop)
}

#[tokio::test]
async fn what_becomes_of_what_is_sent_and_of_the_connection() -> Result<()> {
    let relay = TestRelay::start().await;
    let browser = Browser::start().await?;
    let mina = browser.person().await?;
    puppet::between(&mina).await?;
    let mut jun = relay.join("Jun").await;
    jun.says("Shall we begin?").await;
    mina.joins(&relay.link(), "Mina").await?;
    puppet::lingers(&mina).await?;
    mina.shows_message("Jun", "Shall we begin?").await?;
    mina.gets_nothing_out().await?;
    let said = [
        "far too long a message",
        "in slow mode",
        "이 메시지는 방장 컴퓨터의 디스크가 가득 차서 기다려요",
        "and this one behind it",
    ];
    for text in said {
        mina.says(text).await?;
    }
    mina.until_true("four on their way", &count("[data-state=pending]", 4)).await?;
    nothing_in_the_way(&mina, "messages on their way").await;
    let ids =
        mina.run("return [...document.querySelectorAll('[data-state=pending]')].map((it) => it.dataset.id)").await?;
    // What is held up is tried again in a moment, and is then on its way once more: not while one looks.
    mina.run(
        "const later = window.later = setTimeout;
         window.setTimeout = (what, ms, ...rest) => later(what, ms >= 1000 && ms <= 2000 ? 120000 : ms, ...rest);
         return null",
    )
    .await?;
    for (at, code) in ["text_too_long", "muted", "disk_full"].into_iter().enumerate() {
        puppet::hears(&mina, &error(code, ids[at].as_str())).await?;
    }
    mina.find("held").await?;
    mina.until_true("two that weren't sent", &count("[data-testid=failed]", 2)).await?;
    nothing_in_the_way(&mina, "messages that were refused, and one that is held up").await;
    mina.run("window.setTimeout = window.later; return null").await?;

    // Ways of not being in any more.
    puppet::meets(&mina, &Value::Null).await?;
    mina.until_connection("offline").await?;
    nothing_in_the_way(&mina, "out of reach").await;
    let bar = "document.querySelector('[data-testid=offline-bar]').innerText";
    for code in ["full", "log_failed", "stopping"] {
        let before = mina.run(&format!("return {bar}")).await?;
        puppet::meets(&mina, &error(code, None)).await?;
        mina.until_true(code, &format!("{TRIES_AGAIN}; return {bar} !== {before}")).await?;
        nothing_in_the_way(&mina, &format!("out of reach, {code}")).await;
    }
    puppet::steps_aside(&mina).await?;
    mina.until_true("that one is back", &format!("{TRIES_AGAIN}; return !!document.querySelector('.bar.back')"))
        .await?;
    nothing_in_the_way(&mina, "back").await;
    Ok(())
}

#[tokio::test]
async fn files_in_every_state() -> Result<()> {
    let relay = TestRelay::with(|limits| limits.file_bytes = 2 << 20).await;
    let browser = Browser::start().await?;
    let mina = browser.person().await?;
    puppet::between(&mina).await?;
    mina.joins(&relay.link(), "Mina").await?;
    puppet::lingers(&mina).await?;
    films(&mina).await?;
    sounds(&mina).await?;
    has_sent(&mina, 2).await?;
    mina.says("what we saw, and what we heard").await?;
    mina.find("film").await?;
    nothing_in_the_way(&mina, "a film and a song").await;

    for (width, height) in [(1200, 800), (600, 900), (900, 600)] {
        pastes_picture(&mina, width, height).await?;
    }
    has_sent(&mina, 3).await?;
    mina.says("").await?;
    mina.until_true("three pictures", &count("[data-testid=picture]", 3)).await?;
    drops(
        &mina,
        &json!([
            ["report of the third quarter, with all its appendices and a very long name.final.v3.pdf", "", "%PDF-1.4"],
            ["broken.png", "image/png", "\u{89}PNG no picture"],
            ["회의록 2026년 11월 26일 최종본 (수정 2).hwp", "", "words"],
        ]),
    )
    .await?;
    has_sent(&mina, 3).await?;
    mina.says("files").await?;
    mina.until_true("three cards", &count("[data-testid=file-card]", 4)).await?;
    nothing_in_the_way(&mina, "pictures and files").await;
    mina.run("document.querySelectorAll(\"[data-testid='picture']\")[1].click(); return null").await?;
    mina.find("viewer-picture").await?;
    mina.find("viewer-earlier").await?;
    nothing_in_the_way(&mina, "the viewer between two pictures").await;
    mina.click("viewer-close").await?;

    // What is on its way when the host goes, and what can't be sent at all.
    drops(&mina, &json!([["large.bin", "", "large".repeat(1 << 20)], ["small.txt", "", "small"]])).await?;
    has_sent(&mina, 1).await?;
    let paused = relay.pause().await;
    mina.until_connection("offline").await?;
    pastes_picture(&mina, 800, 600).await?;
    drops(&mina, &json!([["note.txt", "", "words"]])).await?;
    mina.until_true("four in the tray", &count("[data-testid=tray] li", 4)).await?;
    nothing_in_the_way(&mina, "files that wait, and one that is too big").await;
    mina.says("these go with it").await?;
    mina.find("perishable-bar").await?;
    nothing_in_the_way(&mina, "a message that waits for its files").await;

    drop(paused);
    Ok(())
}

#[tokio::test]
async fn files_that_are_gone() -> Result<()> {
    let relay = TestRelay::start().await;
    let browser = Browser::start().await?;
    let (mina, sol) = (browser.person().await?, browser.person().await?);
    mina.joins(&relay.link(), "Mina").await?;
    pastes_picture(&mina, 900, 700).await?;
    drops(&mina, &json!([["plan.pdf", "", "%PDF-1.4"]])).await?;
    has_sent(&mina, 2).await?;
    mina.says("for later").await?;
    mina.find("picture").await?;
    for kept in std::fs::read_dir(relay.data().join("files"))? {
        std::fs::remove_file(kept?.path())?;
    }
    sol.joins(&relay.link(), "Sol").await?;
    sol.find("gone-file").await?;
    sol.run("document.querySelector('[data-testid=save-file]').click(); return null").await?;
    sol.until_true(
        "that the other is gone, too",
        "return document.querySelector('.file-said.wrong')?.textContent !== ''",
    )
    .await?;
    nothing_in_the_way(&sol, "files that are gone").await;
    Ok(())
}

#[tokio::test]
async fn what_is_looked_for_and_not_found() -> Result<()> {
    let relay = TestRelay::start().await;
    let browser = Browser::start().await?;
    let mina = browser.person().await?;
    puppet::between(&mina).await?;
    let mut jun = relay.join("Jun").await;
    jun.says("Shall we begin?").await;
    changes(&mut jun, [answer("to-nothing", "unheard-of", "to one that never was")]).await;
    mina.joins(&relay.link(), "Mina").await?;
    puppet::lingers(&mina).await?;
    mina.click("quote").await?;
    mina.until_true(
        "that it isn't there",
        "return document.querySelector('[data-testid=sought]')?.dataset.state === 'missing'",
    )
    .await?;
    nothing_in_the_way(&mina, "a message that isn't there").await;
    mina.click("emoji-button").await?;
    mina.type_into("emoji-search", "no such thing").await?;
    nothing_in_the_way(&mina, "no such emoji").await;
    mina.press(Key::Escape).await?;
    mina.press(Key::Escape).await?;

    for place in PLACES {
        at_place(&mina, place).await;
        mina.click("search-open").await?;
        searches(&mina, "오로라").await?;
        nothing_in_the_way_here(&mina, "nothing found").await;
        mina.press(Key::Escape).await?;
        mina.press(Key::Escape).await?;
    }
    puppet::meets(&mina, &Value::Null).await?;
    mina.until_connection("offline").await?;
    for place in PLACES {
        at_place(&mina, place).await;
        mina.click("search-open").await?;
        searches(&mina, "begin").await?;
        nothing_in_the_way_here(&mina, "a search without a host").await;
        mina.press(Key::Escape).await?;
        mina.press(Key::Escape).await?;
    }
    Ok(())
}

async fn searches(person: &Person, query: &str) -> Result<()> {
    person.type_into("search-field", query).await?;
    let said = "const said = document.querySelector('[data-testid=search-status]').textContent;
        return said !== '' && !said.endsWith('…')";
    person.until_true("an answer", said).await
}
