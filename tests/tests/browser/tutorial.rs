//! The tutorial's own page script, unmodified, in Chromium.

use snug_tests::{Browser, TestRelay};

const APP_JS: &str = include_str!("../../fixtures/tutorial/app.js");

/// The elements its `home.pug` has.
const HOME: &str = "<form id='nickname'><input type='text'><button>Save</button></form>
    <ul></ul>
    <form id='message'><input type='text'><button>Send</button></form>";

#[tokio::test]
async fn its_script_chats_with_a_room_that_is_open() {
    let relay = TestRelay::open().await;
    let browser = Browser::start().await.unwrap();
    let (ann, mut mina) = (browser.person().await.unwrap(), relay.join("Mina").await);
    // Its page is served by its own server; here it takes the place of the page at the relay's address.
    ann.opens(&format!("http://{}/", relay.addr())).await.unwrap();
    ann.ask("document.body.innerHTML = arguments[0]; arguments[1](null)", vec![HOME.into()]).await.unwrap();
    ann.run(APP_JS).await.unwrap();
    mina.sees_here(&["Mina", "Anonymous"]).await;

    let submit = |form: &str, value: &str| {
        format!(
            "const form = document.querySelector('#{form}'); form.querySelector('input').value = {value:?};
             form.requestSubmit(); return null"
        )
    };
    let lines = |wanted: &str| {
        format!("return JSON.stringify([...document.querySelectorAll('li')].map((li) => li.innerText)) === '{wanted}'")
    };
    ann.run(&submit("message", "hello")).await.unwrap();
    mina.hears("Anonymous", "hello").await;
    ann.run(&submit("nickname", "Ann")).await.unwrap();
    ann.run(&submit("message", "now with a name")).await.unwrap();
    mina.hears("Ann", "now with a name").await;
    mina.says("hi Ann").await;
    // What the page shows itself, and what the others said: nothing twice.
    ann.until_true("each line once", &lines(r#"["You: hello","You: now with a name","Mina: hi Ann"]"#)).await.unwrap();
}
