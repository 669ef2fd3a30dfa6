//! No message and no name can run code or break the page.

use snug_tests::{Browser, TestRelay};

const HOSTILE: [&str; 12] = [
    "<script>window.ran = true</script>",
    "<img src=x onerror=\"window.ran = true\">",
    "<svg onload=\"window.ran = true\"></svg>",
    "javascript:window.ran=true",
    "[click](javascript:window.ran=true)",
    "https://example.org/\"onmouseover=\"window.ran=true",
    "data:text/html,<script>window.ran=true</script>",
    "</textarea><script>window.ran = true</script>",
    "{{constructor.constructor('window.ran=true')()}}",
    "\u{202e}gnirts desrever\u{202c}",
    "z\u{0335}\u{0322}\u{0327}\u{0328}a\u{0335}\u{0322}l\u{0335}\u{0322}g\u{0335}o",
    "wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww",
];

#[tokio::test]
async fn hostile_messages_and_names_are_only_text() {
    let relay = TestRelay::start().await;
    let browser = Browser::start().await.unwrap();
    let mina = browser.person_with("en-US", 390, 844).await.unwrap();
    mina.joins(&relay.link(), "Mina").await.unwrap();
    let mut vandal = relay.join("Vandal").await;
    for text in HOSTILE {
        let name: String = text.chars().take(40).collect();
        vandal.renames(&name).await;
        vandal.says(text).await;
    }
    vandal.says("that was all").await;
    mina.until_true(
        "all of it",
        "return [...document.querySelectorAll(\"[data-testid='message-text']\")].at(-1)?.textContent === 'that was all'",
    )
    .await
    .unwrap();
    let shown = mina.messages().await.unwrap();
    for text in HOSTILE {
        assert!(shown.iter().any(|row| row[1] == text), "{text:?} is shown as it was typed");
    }
    assert_eq!(mina.run("return window.ran ?? null").await.unwrap(), serde_json::Value::Null);
    let links = mina
        .run(
            "return [...document.querySelectorAll(\"[data-testid='log'] a\")]
                .map((a) => [a.protocol, a.target, a.rel])",
        )
        .await
        .unwrap();
    for link in links.as_array().unwrap() {
        assert!(link[0] == "http:" || link[0] == "https:", "{link}");
        assert_eq!(link[1], "_blank");
        assert!(link[2].as_str().unwrap().contains("noopener"), "{link}");
    }
    let wider = mina.run("return document.documentElement.scrollWidth > innerWidth").await.unwrap();
    assert_eq!(wider, false, "nothing makes the page wider than the screen");
}
