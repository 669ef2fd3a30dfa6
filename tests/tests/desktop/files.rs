//! Files in the window: sent, seen and heard through the shell, and saved through the system's dialog.

use std::{fs, io::Read};

use anyhow::{Context, Result, ensure};
use fantoccini::key::Key;
use serde_json::{Value, json};
use snug_relay::wire::{Body, ClientFrame, NewMessage};
use snug_tests::{
    Sender, TestClient,
    desktop::{Answer, DesktopApp, Quit},
    giving::{drops, has_sent, pastes_picture},
    hostile::nothing_ran,
    with_files,
};

use crate::{Desk, guest, shown_link};

/// A picture of one pixel.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDATx\xdac\xfc\xcf\xc0P\x0f\0\x04\x85\x01\x80\x84\xa9\x8c!\0\0\0\0IEND\xaeB`\x82";

/// What calls itself a picture and is none.
const PAGE: &[u8] = b"<html><script>parent.ran = true</script>";

/// A ball on its way through four seconds, five pictures of 64 by 36 in each, VP8 in WebM: GStreamer's `videotestsrc`.
const FILM: &[u8] = include_bytes!("film.webm");

/// Four seconds of a tone: 8000 samples of 16 bits in each.
fn song() -> Vec<u8> {
    const RATE: u32 = 8000;
    let samples = (0..4 * RATE).flat_map(|at| (if at / 10 % 2 == 0 { 4000_i16 } else { -4000 }).to_le_bytes());
    let samples: Vec<u8> = samples.collect();
    let bytes = u32::try_from(samples.len()).expect("a short song");
    let mut wav = [b"RIFF".as_slice(), &(36 + bytes).to_le_bytes(), b"WAVEfmt ", &16_u32.to_le_bytes()].concat();
    // PCM, one channel, so many samples and twice as many bytes a second, two at a time of 16 bits.
    wav.extend([1_u16, 1].iter().flat_map(|it| it.to_le_bytes()));
    wav.extend([RATE, 2 * RATE].iter().flat_map(|it| it.to_le_bytes()));
    wav.extend([2_u16, 16].iter().flat_map(|it| it.to_le_bytes()));
    wav.extend([b"data".as_slice(), &bytes.to_le_bytes(), &samples].concat());
    wav
}

/// Asks the shell for a step of an upload, as `transport/desktop-files.ts` does.
const STEP: &str = "const [step, address, room, ticket, upload, offset, body, done] = arguments;
    window.__TAURI_INTERNALS__.invoke('about_upload', new Uint8Array(body), { headers: {
        'snug-step': step, 'snug-address': address, 'snug-room': room, 'snug-ticket': ticket,
        'snug-upload': upload, 'snug-offset': String(offset) } })
    .then(({ status, text }) => done([status, text]), (error) => done([0, error?.code ?? String(error)]))";

/// Where the shell's scheme has a path.
const ADDRESS: &str = "const at = (path) => window.__TAURI_INTERNALS__.convertFileSrc(path, 'snug-file');";

/// Says something with these uploads; the hashes of the files.
async fn says_with(client: &mut TestClient, id: &str, uploads: &[&str]) -> Vec<String> {
    client.changes(ClientFrame::NewMessage(with_files(id, "look", uploads))).await.expect("it is taken");
    loop {
        let event = client.next_event().await;
        if event.id == id
            && let Body::Message(message) = event.body
        {
            return message.files.into_iter().map(|file| file.hash).collect();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn files_go_through_the_shell_and_are_saved_where_the_dialog_says() -> Result<()> {
    let Some(desk) = Desk::alone("files::files_go_through_the_shell_and_are_saved_where_the_dialog_says")? else {
        return Ok(());
    };
    let downloads = desk.data().join("downloads");
    fs::create_dir_all(&downloads)?;
    fs::create_dir_all(desk.data().join("config"))?;
    let directories = format!("XDG_DOWNLOAD_DIR=\"{}\"\n", downloads.display());
    fs::write(desk.data().join("config/user-dirs.dirs"), directories)?;
    let app = DesktopApp::start(desk.data()).await?;
    app.type_into("host-nickname", "Mina").await?;
    app.click("host-room").await?;
    let link = shown_link(&app).await?;
    let mut jun = guest(&link, "Jun").await;
    let sender = Sender::of(&jun, link.addr);
    // Where the app itself is connected to.
    let address = format!("127.0.0.1:{}", link.addr.port());
    let step = async |step: &str, address: &str, upload: &str, offset: u64, body: &[u8]| -> Result<(u64, Value)> {
        let arguments = [step.into(), address.into(), link.room.clone().into(), sender.ticket.clone().into()];
        let more = [upload.into(), offset.into(), json!(body)];
        let answer = app.ask(STEP, arguments.into_iter().chain(more).collect()).await?;
        let (status, text) = (answer[0].as_u64().context("a status")?, answer[1].as_str().context("a text")?);
        Ok((status, serde_json::from_str(text).unwrap_or_else(|_| text.into())))
    };

    // Sent by the page, part by part.
    let new = json!({ "name": "고양이.png", "bytes": PNG.len(), "media": "image/png" }).to_string();
    let (status, begun) = step("begin", &address, "", 0, new.as_bytes()).await?;
    ensure!(status == 201, "{begun}");
    let upload = begun["upload"].as_str().context("an upload")?.to_owned();
    step("put", &address, &upload, 0, &PNG[..20]).await?;
    let (_, there) = step("offset", &address, &upload, 0, b"").await?;
    assert_eq!(there["offset"], 20);
    let (_, refused) = step("put", &address, &upload, 0, PNG).await?;
    assert_eq!((&refused["code"], &refused["offset"]), (&json!("wrong_offset"), &json!(20)));
    let (_, sent) = step("put", &address, &upload, 20, &PNG[20..]).await?;
    assert_eq!(sent["file"]["width"], 1, "{sent}");
    // To nobody else, and nothing else.
    let somewhere = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let elsewhere = somewhere.local_addr()?.to_string();
    assert_eq!(step("begin", &elsewhere, "", 0, new.as_bytes()).await?, (0, json!("not_connected")));
    assert_eq!(step("begin", "user@host/x", "", 0, b"").await?, (0, json!("bad_address")));
    assert_eq!(step("offset", &address, "../../ws", 0, b"").await?, (0, json!("bad_input")));
    assert_eq!(step("GET", &address, &upload, 0, b"").await?, (0, json!("bad_input")));

    // Seen and heard by the page, through the scheme.
    let (page, _) = sender.sends("page.png", "image/png", PAGE).await;
    let (film, _) = sender.sends("ball.webm", "video/webm", FILM).await;
    // What is brought in goes by pieces of a megabyte, and so this is two, though nothing plays it.
    let long = [FILM, &vec![0; 1024 * 1024]].concat();
    let (long, _) = sender.sends("long.webm", "audio/webm", &long).await;
    let hashes = says_with(&mut jun, "files", &[&upload, &page, &film, &long]).await;
    let [picture, page, _, long] = hashes.as_slice() else { panic!("four files: {hashes:?}") };
    let path = |hash: &str| format!("{address}{}", sender.path(hash, "x"));
    let shown = format!(
        "const [path, done] = arguments; {ADDRESS} const image = new Image();
         image.onload = () => done(image.naturalWidth); image.onerror = () => done('refused'); image.src = at(path)"
    );
    assert_eq!(app.ask(&shown, vec![json!(path(picture))]).await?, json!(1));
    for refused in [
        path(page),
        path(&"0".repeat(64)),
        format!("{elsewhere}{}", sender.path(picture, "x")),
        format!("{address}{}", sender.with("x.y").path(picture, "x")),
        format!("{address}/"),
    ] {
        assert_eq!(app.ask(&shown, vec![json!(refused)]).await?, json!("refused"), "{refused}");
    }
    let fetched = format!(
        "const [path, done] = arguments; {ADDRESS}
         fetch(at(path)).then(() => done('reached'), () => done('refused'))"
    );
    assert_eq!(app.ask(&fetched, vec![json!(path(picture))]).await?, json!("refused"), "for looking at only");
    // In an answer, too.
    let answer = NewMessage { reply: Some("files".into()), ..NewMessage::new("answer", "I see") };
    jun.changes(ClientFrame::NewMessage(answer)).await.expect("it is taken");
    let quoted = "return document.querySelector('[data-testid=quote] .quote-file img')?.naturalWidth === 1";
    app.until_true("the picture in the quote", quoted).await?;
    // What keeps one from being shown is told.
    let check = "const [address, room, ticket, hash, name, done] = arguments;
        window.__TAURI_INTERNALS__.invoke('check_file', { address, room, ticket, hash, name })
            .then(() => done('there'), (error) => done(error.code))";
    for (hash, told) in [(picture.clone(), "there"), ("0".repeat(64), "no_such_file")] {
        let arguments = vec![json!(address), json!(link.room), json!(sender.ticket), json!(hash), json!("x")];
        assert_eq!(app.ask(check, arguments).await?, json!(told));
    }

    // What takes time is played when somebody asks for it, and from its middle too.
    app.click("play-file").await?;
    app.until_true("it to play", "return document.querySelector('video')?.currentTime > 0").await?;
    let middle = "const [done] = arguments; const it = document.querySelector('video');
        it.onseeked = () => done([Math.round(it.duration), it.currentTime >= 2]); it.currentTime = 2";
    assert_eq!(app.ask(middle, Vec::new()).await?, json!([4, true]));
    // A piece of nothing else, and none behind the end.
    let bring = "const [address, room, ticket, hash, from, done] = arguments;
        window.__TAURI_INTERNALS__.invoke('bring_file', { address, room, ticket, hash, name: 'x', from })
            .then((piece) => done(piece.byteLength), (error) => done(error.code))";
    let (piece, all) = (1024 * 1024, FILM.len() + 1024 * 1024);
    for (hash, from, told) in [
        (long, 0, json!(piece)),
        (long, piece, json!(FILM.len())),
        (long, all, json!("refused")),
        (page, 0, json!("refused")),
        (&"0".repeat(64), 0, json!("no_such_file")),
    ] {
        let arguments = vec![json!(address), json!(link.room), json!(sender.ticket), json!(hash), json!(from)];
        assert_eq!(app.ask(bring, arguments).await?, told, "{hash} from {from}");
    }

    // Saved under the name it was sent with, where the dialog stands, or not at all.
    let save = "const [address, room, ticket, hash, name, done] = arguments; window.saved = 'asking';
        window.__TAURI_INTERNALS__.invoke('save_file', { address, room, ticket, hash, name })
            .then((saved) => { window.saved = saved }, (error) => { window.saved = error.code });
        done()";
    let saving = async |hash: &str, name: &str| {
        let arguments = [&address, &link.room, &sender.ticket, hash, name];
        app.ask(save, arguments.iter().map(|argument| json!(argument)).collect()).await
    };
    saving(picture, "../../고양이.png").await?;
    app.answer_dialog(Answer::Accept).await?;
    app.until_true("the picture to be saved", "return window.saved === true").await?;
    assert_eq!(fs::read(downloads.join("고양이.png"))?, PNG);
    saving(picture, "cat.png").await?;
    app.answer_dialog(Answer::Cancel).await?;
    app.until_true("it to be left at that", "return window.saved === false").await?;
    // By the button on a file's own card, which says so.
    app.click("save-file").await?;
    app.answer_dialog(Answer::Accept).await?;
    app.until_true(
        "the card to say so",
        "return document.querySelector('[data-testid=file-said]').innerText === 'Saved'",
    )
    .await?;
    assert_eq!(fs::read(downloads.join("page.png"))?, PAGE);
    assert_eq!(fs::read_dir(&downloads)?.count(), 2, "and nothing beside them");
    // The whole room, the same way.
    app.click("settings").await?;
    app.click("export-open").await?;
    app.click("export").await?;
    app.answer_dialog(Answer::Cancel).await?;
    app.until_true(
        "nothing to be said",
        "return document.querySelector('[data-testid=export-status]').innerText === ''",
    )
    .await?;
    app.click("export").await?;
    app.answer_dialog(Answer::Accept).await?;
    let said = "return document.querySelector('[data-testid=export-status]').innerText.trim() === 'Saved'";
    app.until_true("the room to be saved", said).await?;
    let mut names = fs::read_dir(&downloads)?.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    names.retain(|path| path.extension().is_some_and(|extension| extension == "zip"));
    let [archive] = names.as_slice() else { panic!("one archive: {names:?}") };
    let mut archive = zip::ZipArchive::new(fs::File::open(archive)?)?;
    let mut page = String::new();
    archive.by_name("room.html")?.read_to_string(&mut page)?;
    ensure!(page.contains("page.png"), "{page}");
    assert_eq!(fs::read_dir(&downloads)?.count(), 3, "and nothing beside them");
    saving(&"0".repeat(64), "x").await?;
    app.until_true("a file that isn't there to be refused", "return window.saved === 'no_such_file'").await?;
    app.quit(Quit::Terminate).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_pasted_dropped_or_picked_is_made_small_and_sent_by_the_page() -> Result<()> {
    let Some(desk) = Desk::alone("files::what_is_pasted_dropped_or_picked_is_made_small_and_sent_by_the_page")? else {
        return Ok(());
    };
    let app = DesktopApp::start(desk.data()).await?;
    app.type_into("host-nickname", "Mina").await?;
    app.click("host-room").await?;
    let link = shown_link(&app).await?;
    let mut jun = guest(&link, "Jun").await;
    let picked = desk.data().join("노트.txt");
    fs::write(&picked, "not much")?;
    pastes_picture(&app, 1200, 900).await?;
    // A name that would be more than a name.
    drops(&app, &json!([["<img src=x onerror=ran()>.bin", "", "dropped"]])).await?;
    app.attaches(&[&picked]).await?;
    has_sent(&app, 3).await?;
    app.says("three of them").await?;
    let event = loop {
        let event = jun.next_event().await;
        if matches!(event.body, Body::Message(_)) {
            break event;
        }
    };
    let Body::Message(message) = event.body else { unreachable!("it is one") };
    let told: Vec<_> = message.files.iter().map(|file| (file.name.as_str(), file.width, file.bytes)).collect();
    let [(picture, Some(1200), _), dropped, noted] = told.as_slice() else { panic!("{told:?}") };
    assert!(picture.starts_with("Pasted image "), "{picture}");
    assert_eq!(*dropped, ("<img src=x onerror=ran()>.bin", None, 7));
    assert_eq!(*noted, ("노트.txt", None, 8));
    assert!(message.files[0].thumb.is_some(), "drawn by the page: {:?}", message.files[0]);
    let shown = "return document.querySelector('[data-testid=picture] img')?.naturalWidth > 0";
    app.until_true("the picture in the log", shown).await?;
    app.until_shown("<img src=x onerror=ran()>.bin").await?;
    nothing_ran(&app, "a file's name").await;

    // Looked at one after the other, by the keys alone.
    pastes_picture(&app, 640, 480).await?;
    pastes_picture(&app, 300, 200).await?;
    has_sent(&app, 2).await?;
    app.says("and two more").await?;
    app.until_true("three", "return document.querySelectorAll('[data-testid=picture]').length === 3").await?;
    app.run("document.querySelector('[data-testid=picture]').focus(); return null").await?;
    app.press(Key::Enter).await?;
    let shows = async |width: u32| {
        let script = format!("return document.querySelector('[data-testid=viewer-picture]')?.naturalWidth === {width}");
        app.until_true(&format!("the picture of {width} px"), &script).await
    };
    shows(1200).await?;
    for (key, width) in
        [(Key::Right, 640), (Key::Right, 300), (Key::Right, 300), (Key::Left, 640), (Key::Home, 1200), (Key::End, 300)]
    {
        app.press(key).await?;
        shows(width).await?;
    }
    let scale = "const it = document.querySelector('.viewer-picture').getBoundingClientRect().width";
    app.client().active_element().await?.send_keys("+").await?;
    app.until_true("it to be larger", &format!("{scale}; return it > 300")).await?;
    app.client().active_element().await?.send_keys("0").await?;
    app.until_true("it to be as it was", &format!("{scale}; return it === 300")).await?;
    app.close_dialog().await?;
    app.until_true("the focus back", "return document.activeElement.dataset.testid === 'picture'").await?;

    // A song is brought when somebody wants to hear it, and is heard from any place in it.
    let (song, _) = Sender::of(&jun, link.addr).sends("노래.wav", "audio/wav", &song()).await;
    jun.changes(ClientFrame::NewMessage(with_files("song", "listen", &[&song]))).await.expect("it is taken");
    app.find("play-file").await?;
    assert_eq!(app.run("return document.querySelector('audio')").await?, Value::Null, "nothing is loaded unasked");
    app.click("play-file").await?;
    app.until_true("it to play", "return document.querySelector('audio')?.currentTime > 0").await?;
    let late = "const [done] = arguments; const it = document.querySelector('audio');
        it.onended = () => done([Math.round(it.duration), it.getAttribute('aria-label')]); it.currentTime = 3.5";
    assert_eq!(app.ask(late, Vec::new()).await?, json!([4, "노래.wav"]), "to its end");
    app.quit(Quit::Window).await
}
