//! What can be found by looking at a page that is in the way of those who use it otherwise; and pictures of what was
//! looked at, for people to look at, too.

use std::{env, fs, path::Path};

use serde_json::{Value, json};

use crate::Page;

/// Where the pictures go. Without it there are none.
pub(crate) const PICTURES: &str = "SNUG_PICTURES";

/// At a desk and on a phone. On each in another language: what is too long for one is so in both themes, and what has
/// room on a phone has it at a desk.
pub const PLACES: [(u32, u32, &str); 2] = [(1280, 800, "en"), (390, 844, "ko")];

/// Fails if axe finds anything on the page, or the page is wider than its window. What WCAG 2.2 asks of the size of
/// what is pressed, axe leaves out unless it is told to look.
///
/// # Panics
/// With the elements it finds it in.
pub async fn nothing_found(page: &Page, what: &str) {
    let mut found = asked(page).await;
    if found.is_null() {
        let axe = concat!(env!("CARGO_MANIFEST_DIR"), "/../ui/node_modules/axe-core/axe.min.js");
        let axe = fs::read_to_string(axe).expect("axe is among the page's packages");
        page.run(&axe).await.expect("the page is there");
        found = asked(page).await;
    }
    pictured(page, what).await;
    assert_eq!(found, json!([]), "{what}");
}

/// What axe finds, and by how much the page is too wide; null where there is no axe yet.
async fn asked(page: &Page) -> Value {
    // What fades in has its colours only once it is there, and what is folded away would never be.
    let script = "const done = arguments[arguments.length - 1];
        if (typeof axe === 'undefined') return done(null);
        for (const it of document.getAnimations())
            if (it.effect.getComputedTiming().endTime !== Infinity) it.finish();
        const over = document.documentElement.scrollWidth - innerWidth;
        const wide = over > 0 ? [`${over} px wider than the window`] : [];
        axe.run(document, { resultTypes: ['violations'], rules: { 'target-size': { enabled: true } } })
            .then(({ violations }) => done([...wide, ...violations.flatMap(({ id, nodes }) =>
                nodes.map(({ html, failureSummary }) => [id, html.slice(0, 200), failureSummary]))]),
                (error) => done([String(error)]))";
    page.ask(script, Vec::new()).await.expect("axe answers")
}

/// The same at a desk and on a phone, in both themes, and [`nothing_cut_off`]; then all is as it was.
///
/// # Panics
/// As they do.
pub async fn nothing_in_the_way(page: &Page, what: &str) {
    let before = page.run("return [innerWidth, innerHeight, document.documentElement.lang]").await;
    let before = before.expect("the page is there");
    let size = |at: usize| before[at].as_u64().and_then(|it| it.try_into().ok()).expect("a number of pixels");
    for place in PLACES {
        at_place(page, place).await;
        nothing_in_the_way_here(page, what).await;
    }
    page.is_sized(size(0), size(1)).await.expect("the window can have the size it had");
    page.speaks(before[2].as_str()).await.expect("the page has the words it had");
    page.speaks(None).await.expect("the page is there");
}

/// The same where the page is, for what is another thing at a desk than on a phone.
///
/// # Panics
/// As they do.
pub async fn nothing_in_the_way_here(page: &Page, what: &str) {
    let before = page.run("return [innerWidth, document.documentElement.dataset.theme]").await;
    let before = before.expect("the page is there");
    let what = format!("{what}, {} px", before[0]);
    for theme in ["light", "dark"] {
        dress(page, theme).await;
        nothing_found(page, &format!("{what}, {theme}")).await;
    }
    nothing_cut_off(page, &what).await;
    dress(page, before[1].as_str().unwrap_or("light")).await;
}

/// Has the page know the words of all [`PLACES`] by itself: for what is looked at while its host is away.
///
/// # Panics
/// When they don't come.
pub async fn knows_its_words(page: &Page) {
    let before = page.run("return document.documentElement.lang").await.expect("the page is there");
    for (_, _, language) in PLACES {
        page.speaks(Some(language)).await.expect("the page has these words");
    }
    page.speaks(before.as_str()).await.expect("the page has the words it had");
    page.speaks(None).await.expect("the page is there");
}

/// Has the page as it is at one of the [`PLACES`].
///
/// # Panics
/// When the window is gone.
pub async fn at_place(page: &Page, (width, height, language): (u32, u32, &str)) {
    page.is_sized(width, height).await.expect("the window can be this large");
    page.speaks(Some(language)).await.expect("the page has these words");
}

async fn dress(page: &Page, theme: &str) {
    let script = format!("document.documentElement.dataset.theme = '{theme}'; return null");
    page.run(&script).await.expect("the page is there");
}

/// Keeps pictures of what was looked at, in both languages, where somebody wants them.
async fn pictured(page: &Page, what: &str) {
    let Some(place) = env::var_os(PICTURES) else { return };
    let place = Path::new(&place);
    fs::create_dir_all(place).expect("a place for pictures");
    let name: String = what.chars().map(|it| if it.is_alphanumeric() { it } else { '-' }).collect();
    let spoken = page.run("return document.documentElement.lang").await.expect("the page is there");
    let spoken = spoken.as_str().unwrap_or("en");
    for language in [spoken, if spoken == "ko" { "en" } else { "ko" }] {
        page.speaks(Some(language)).await.expect("the page has these words");
        let file = place.join(format!("{name}-{language}.png"));
        page.screenshot(&file).await.expect("the picture can be kept");
    }
    page.speaks(Some(spoken)).await.expect("the page has these words");
}

/// Fails if any of the app's own words, made two fifths longer, are cut off or reach out of what holds them.
/// German and Finnish are that much longer than English.
///
/// # Panics
/// With the words.
pub async fn nothing_cut_off(page: &Page, what: &str) {
    let cut = page
        .run(
            "const own = (node) => !node.parentElement.closest('.text, .message-author, script, style, svg, textarea, bdi, code');
             const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
             const changed = [];
             while (walk.nextNode()) {
                 const node = walk.currentNode;
                 if (node.data.trim().length < 2 || !own(node) || !node.parentElement.checkVisibility()) continue;
                 changed.push([node, node.data]);
             }
             for (const [node, text] of changed)
                 node.data = text.replace(/\\S+/gu, (word) => word + 'n'.repeat(Math.ceil(word.length * 0.4)));
             const cut = changed.map(([node]) => node.parentElement).filter((it) => {
                 const style = getComputedStyle(it);
                 // What is cut with an ellipsis has its whole text in a title; what is for readers isn't seen.
                 if (style.textOverflow === 'ellipsis' || it.closest('.for-readers') || style.display === 'inline') return false;
                 return it.scrollWidth > it.clientWidth + 1 && it.clientWidth > 1;
             }).map((it) => it.outerHTML.slice(0, 160));
             const wider = document.documentElement.scrollWidth - innerWidth;
             for (const [node, text] of changed) node.data = text;
             return wider > 0 ? [...cut, `${wider} px wider than the window`] : cut",
        )
        .await
        .expect("the page is there");
    assert_eq!(cut, json!([]), "{what}, in longer words");
}
