//! What can be found by looking at a page that is in the way of those who use it otherwise.

use std::fs;

use serde_json::{Value, json};

use crate::Page;

/// Fails if axe finds anything on the page, or the page is wider than its window. What WCAG 2.2 asks of the size of
/// what is pressed, axe leaves out unless it is told to look.
///
/// # Panics
/// With the elements it finds it in.
pub async fn nothing_found(page: &Page, what: &str) {
    let axe = concat!(env!("CARGO_MANIFEST_DIR"), "/../ui/node_modules/axe-core/axe.min.js");
    let axe = fs::read_to_string(axe).expect("axe is among the page's packages");
    page.run(&axe).await.expect("the page is there");
    // What fades in has its colours only once it is there.
    let found = page
        .ask(
            "const done = arguments[arguments.length - 1];
             Promise.all(document.getAnimations().filter((it) => it.effect.getComputedTiming().iterations !== Infinity)
                     .map((it) => it.finished.catch(() => {})))
                 .then(() => axe.run(document, { resultTypes: ['violations'], rules: { 'target-size': { enabled: true } } }))
                 .then(({ violations }) => done(violations.flatMap(({ id, nodes }) =>
                     nodes.map(({ html, failureSummary }) => [id, html.slice(0, 200), failureSummary]))),
                     (error) => done([String(error)]))",
            Vec::<Value>::new(),
        )
        .await
        .expect("axe answers");
    assert_eq!(found, json!([]), "{what}");
    let over = page.run("return document.documentElement.scrollWidth - innerWidth").await.expect("the page is there");
    assert!(over.as_i64().is_some_and(|over| over <= 0), "{what}: {over} px wider than the window");
}

/// Both of these, in both themes: for what a page shows in a moment of some other story.
///
/// # Panics
/// As they do.
pub async fn nothing_in_the_way(page: &Page, what: &str) {
    let before = page.run("return document.documentElement.dataset.theme").await.expect("the page is there");
    for theme in ["light", "dark"] {
        dress(page, theme).await;
        nothing_found(page, &format!("{what}, {theme}")).await;
    }
    nothing_cut_off(page, what).await;
    dress(page, before.as_str().unwrap_or("light")).await;
}

async fn dress(page: &Page, theme: &str) {
    let script = format!("document.documentElement.dataset.theme = '{theme}'; return null");
    page.run(&script).await.expect("the page is there");
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
