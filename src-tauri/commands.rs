//! What the page may ask, each checked and passed on. `permissions/page.toml` lists the same names.

use serde::Deserialize;
use tauri::{
    Manager, State, Url, Webview, Wry,
    ipc::{Channel, Invoke, InvokeBody, InvokeError},
};

use crate::{
    Shell, address,
    api::{
        Connected, DoorMenu, Hosting, Invites, KnockNotice, Known, RecentRoom, ShellEvent, ShellState, SocketEvent,
        TrayWords,
    },
    archive,
    dial::Heard,
    error::Error,
    files, nickname,
    notify::{self, Buttons, Notice},
    settings::now,
    tray,
    uplink::Uplink,
    window,
};

/// Room for any nickname or room name a relay takes; the relay itself says what is too long.
const NAME_BYTES: usize = 1024;

/// Room for any invite link.
const LINK_BYTES: usize = 2048;

/// Above any frame a relay takes, so that the relay's own refusal is the one that is heard.
const FRAME_BYTES: usize = 4 * 1024 * 1024;

/// Room for a long conversation.
const COPY_BYTES: usize = 4 * 1024 * 1024;

/// More than a host has.
const MOST_ADDRESSES: usize = 16;

/// Room for a name and the beginning of what was said, in any script.
const NOTICE_BYTES: usize = 4 * 1024;

/// The longest id of a message or a member, as relays take them.
const ID_BYTES: usize = 64;

/// At most so many of those who knock stand in a menu.
const MOST_KNOCKS: usize = 8;

/// A room's id as relays make them, and some more.
const ROOM_BYTES: usize = 64;

/// Every command. `send` is taken out before Tauri hands commands to threads of their own, where one
/// frame could overtake another.
pub(crate) fn handler() -> impl Fn(Invoke<Wry>) -> bool + Send + Sync + 'static {
    let commands: Box<dyn Fn(Invoke<Wry>) -> bool + Send + Sync> = Box::new(tauri::generate_handler![
        shell_state,
        follow,
        look_around,
        show_nearby,
        show_tray,
        close_to_tray,
        quit_app,
        host_room,
        invites,
        stop_hosting,
        connect,
        disconnect,
        remember_nickname,
        remember_room,
        forget_room,
        forget_host_key,
        open_link,
        write_mail,
        copy_text,
        notify,
        take_back_notification,
        notify_of_knock,
        show_badge,
        files::about_upload,
        files::save_file,
        files::check_file,
        files::bring_file,
        archive::save_archive,
        archive::stop_archive,
    ]);
    move |invoke| match invoke.message.command() {
        "send" => {
            send(invoke);
            true
        }
        _ => commands(invoke),
    }
}

#[tauri::command]
async fn shell_state(shell: State<'_, Shell>, webview: Webview) -> Result<ShellState, Error> {
    let saved = shell.settings.get();
    let recent = saved.offered(shell.host.rooms().await);
    Ok(ShellState {
        nickname: saved.nickname.unwrap_or_else(nickname::from_login),
        room_name: String::new(),
        device: saved.device,
        recent,
        hosting: shell.host.hosting().await,
        opened: shell.opened.take(),
        version: webview.package_info().version.to_string(),
        streams: cfg!(not(target_os = "linux")),
    })
}

/// From now on the page is told what happens. It asks once, when it starts.
#[tauri::command]
fn follow(events: Channel<ShellEvent>, shell: State<'_, Shell>) {
    shell.page.follow(events);
}

/// Whether the page wants to be told of rooms nearby.
#[tauri::command]
async fn look_around(on: bool, shell: State<'_, Shell>) -> Result<(), Error> {
    if on {
        shell.nearby.tell(shell.page.clone(), shell.host.clone());
    } else {
        shell.nearby.forget();
    }
    Ok(())
}

/// Whether Snug apps nearby list the rooms that are hosted here.
#[tauri::command]
async fn show_nearby(on: bool, shell: State<'_, Shell>) -> Result<(), Error> {
    shell.settings.change_soon(move |saved| saved.unlisted = !on).await?;
    shell.host.show_nearby(on).await;
    Ok(())
}

/// Shows an icon beside the clock, or none without words; whether there is one now.
#[tauri::command]
async fn show_tray(words: Option<TrayWords>, webview: Webview) -> Result<bool, Error> {
    if let Some(TrayWords { room, door, copy, show, stop, quit }) = &words {
        let mut texts = vec![room, copy, show, stop, quit];
        if let Some(DoorMenu { title, count, knocks, rest, let_in, turn_away }) = door {
            if knocks.len() > MOST_KNOCKS {
                return Err(Error::BadInput("so many don't fit a menu"));
            }
            knocks.iter().try_for_each(|knock| check_id(&knock.member, "that is nobody's id"))?;
            texts.extend([title, count, let_in, turn_away].into_iter().chain(rest));
            texts.extend(knocks.iter().map(|knock| &knock.name));
        }
        texts.into_iter().try_for_each(|text| check(text, NAME_BYTES, "that is too long for a menu"))?;
    }
    tray::show(webview.app_handle(), words).await
}

/// Closing the window keeps the room open from now on, beginning with this time.
#[tauri::command]
async fn close_to_tray(webview: Webview, shell: State<'_, Shell>) -> Result<(), Error> {
    shell.settings.change_soon(|saved| saved.told_of_tray = true).await?;
    window::hide(webview.app_handle());
    Ok(())
}

/// Ends the app, and with it the room.
#[tauri::command]
fn quit_app(webview: Webview) {
    webview.app_handle().exit(0);
}

#[tauri::command]
async fn host_room(
    room: Option<String>,
    name: String,
    nickname: String,
    shell: State<'_, Shell>,
) -> Result<Hosting, Error> {
    if let Some(room) = &room {
        check_room(room)?;
    }
    check(&name, NAME_BYTES, "that room name is too long")?;
    let name = name.trim();
    if room.is_none() && name.is_empty() {
        return Err(Error::BadInput("a room needs a name"));
    }
    let hosting = shell.host.start(room.as_deref(), name).await?;
    // The room stands; a nickname that isn't kept is no reason to say otherwise.
    if let Err(error) = keep_nickname(&shell, nickname).await {
        tracing::warn!(%error, "the nickname will be forgotten");
    }
    Ok(hosting)
}

#[tauri::command]
async fn invites(shell: State<'_, Shell>) -> Result<Option<Invites>, Error> {
    Ok(shell.host.invites().await)
}

#[tauri::command]
async fn stop_hosting(shell: State<'_, Shell>) -> Result<(), Error> {
    shell.host.stop().await;
    Ok(())
}

#[tauri::command]
async fn connect(
    addresses: Vec<String>,
    known: Option<Known>,
    events: Channel<SocketEvent>,
    webview: Webview,
    shell: State<'_, Shell>,
) -> Result<Connected, Error> {
    let uplink = Uplink::new(events, Some(webview));
    let heard = known.map(|known| Heard::of(&known, shell.nearby.search())).transpose()?;
    shell.connections.connect(&addresses, heard, uplink).await
}

/// `send`'s arguments.
#[derive(Deserialize)]
struct Sending {
    connection: u32,
    text: String,
}

/// Queues the frame on the thread the page's calls arrive on, one after the other; the answer waits
/// until it is written.
fn send(invoke: Invoke<Wry>) {
    let Invoke { message, resolver, .. } = invoke;
    let queued = match message.payload() {
        InvokeBody::Json(payload) => {
            Sending::deserialize(payload).map_err(|_| Error::BadInput("send what, and where?"))
        }
        InvokeBody::Raw(_) => Err(Error::BadInput("only text can be sent")),
    }
    .and_then(|Sending { connection, text }| {
        check(&text, FRAME_BYTES, "that frame is too large")?;
        message.webview_ref().state::<Shell>().connections.send(connection, text)
    });
    match queued {
        Ok(written) => resolver.respond_async(async move { written.await.map_err(InvokeError::from) }),
        Err(error) => resolver.invoke_error(error.into()),
    }
}

/// Not async, so that it can't overtake a `send` before it either.
#[tauri::command]
fn disconnect(connection: u32, shell: State<'_, Shell>) {
    shell.connections.disconnect(connection);
}

#[tauri::command]
async fn remember_nickname(nickname: String, shell: State<'_, Shell>) -> Result<(), Error> {
    keep_nickname(&shell, nickname).await
}

#[tauri::command]
#[expect(clippy::too_many_arguments, reason = "each has its name in the page's call")]
async fn remember_room(
    room: String,
    name: String,
    link: String,
    others: Vec<String>,
    mark: Option<String>,
    host_key: Option<String>,
    hosted: bool,
    shell: State<'_, Shell>,
) -> Result<(), Error> {
    check_room(&room)?;
    check(&name, NAME_BYTES, "that room name is too long")?;
    check(&link, LINK_BYTES, "that link is too long")?;
    // Opened by a click later, so it is looked at now.
    if !link.is_empty() {
        address::web_link(&link)?;
    }
    if others.len() > MOST_ADDRESSES {
        return Err(Error::BadInput("nobody has so many addresses"));
    }
    let others = others.iter().map(|it| address::authority(it)).collect::<Result<_, _>>()?;
    check(mark.as_deref().unwrap_or_default(), ROOM_BYTES, "that is no mark")?;
    if let Some(key) = &host_key {
        check_id(key, "that is no host's key")?;
    }
    let room = RecentRoom { room, name, link, others, mark, host_key, hosted, last_used: now() };
    shell.settings.change_soon(move |saved| saved.remember(room)).await
}

/// This device is no host of that room any more, if it was one by a link.
#[tauri::command]
async fn forget_host_key(room: String, shell: State<'_, Shell>) -> Result<(), Error> {
    check_room(&room)?;
    shell.settings.change_soon(move |saved| saved.give_up(&room)).await
}

#[tauri::command]
async fn forget_room(room: String, shell: State<'_, Shell>) -> Result<(), Error> {
    check_room(&room)?;
    shell.settings.change_soon(move |saved| saved.forget(&room)).await
}

#[tauri::command]
async fn open_link(url: String) -> Result<(), Error> {
    open_outside(address::web_link(&url)?).await
}

/// Begins a letter in the mail program.
#[tauri::command]
async fn write_mail(subject: String, body: String) -> Result<(), Error> {
    open_outside(address::letter(&subject, &body)?).await
}

async fn open_outside(url: Url) -> Result<(), Error> {
    // Detached: the browser may outlive the app. Starting it can take a moment.
    tokio::task::spawn_blocking(move || open::that_detached(url.as_str()))
        .await
        .map_err(|error| Error::io("the browser did not start", error))?
        .map_err(|error| Error::io("the browser did not start", error))
}

#[tauri::command]
async fn copy_text(text: String, shell: State<'_, Shell>) -> Result<(), Error> {
    check(&text, COPY_BYTES, "that is too much to copy")?;
    shell.clipboard.copy(text).await
}

/// Shows what was said in the place of what the notification before told. A click brings the window to the
/// front and is told to the page, with `message`.
#[tauri::command]
async fn notify(title: String, body: String, message: String, shell: State<'_, Shell>) -> Result<(), Error> {
    check(&title, NOTICE_BYTES, "that title is too long")?;
    check(&body, NOTICE_BYTES, "that is too much to notify of")?;
    if title.trim().is_empty() {
        return Err(Error::BadInput("a notification needs a title"));
    }
    check_id(&message, "that is no message's id")?;
    shell.notifications.show(Notice::new(&title, &body, message));
    Ok(())
}

#[tauri::command]
async fn take_back_notification(shell: State<'_, Shell>) -> Result<(), Error> {
    shell.notifications.take_back();
    Ok(())
}

/// Shows that somebody is at the door, in the place of the notification before that said so; none takes it back.
#[tauri::command]
async fn notify_of_knock(notice: Option<KnockNotice>, shell: State<'_, Shell>) -> Result<(), Error> {
    let Some(KnockNotice { title, body, member, let_in, turn_away }) = notice else {
        shell.knocks.take_back();
        return Ok(());
    };
    for text in [&title, &body, &let_in, &turn_away] {
        check(text, NOTICE_BYTES, "that is too much to notify of")?;
    }
    if title.trim().is_empty() {
        return Err(Error::BadInput("a notification needs a title"));
    }
    let told = Notice::new(&title, &body, member.clone().unwrap_or_default());
    shell.knocks.show(match member {
        Some(member) => {
            check_id(&member, "that is nobody's id")?;
            told.with(Buttons { let_in, turn_away })
        }
        None => told,
    });
    Ok(())
}

#[tauri::command]
async fn show_badge(count: u32, webview: Webview) -> Result<(), Error> {
    let Some(window) = window::main(webview.app_handle()) else { return Ok(()) };
    notify::show_badge(&window, count).map_err(|error| Error::io("there is no badge", error))
}

async fn keep_nickname(shell: &Shell, nickname: String) -> Result<(), Error> {
    check(&nickname, NAME_BYTES, "that nickname is too long")?;
    let nickname = nickname.trim().to_owned();
    shell.settings.change_soon(move |saved| saved.nickname = Some(nickname)).await
}

fn check(text: &str, bytes: usize, otherwise: &'static str) -> Result<(), Error> {
    if text.len() > bytes { Err(Error::BadInput(otherwise)) } else { Ok(()) }
}

/// Ids as relays and pages make them.
fn check_id(id: &str, otherwise: &'static str) -> Result<(), Error> {
    let fits = !id.is_empty() && id.len() <= ID_BYTES && id.bytes().all(|byte| byte.is_ascii_graphic());
    if fits { Ok(()) } else { Err(Error::BadInput(otherwise)) }
}

fn check_room(room: &str) -> Result<(), Error> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if room.is_empty() || room.len() > ROOM_BYTES || !room.chars().all(plain) {
        return Err(Error::BadInput("that is no room's id"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use serde_json::Value;

    fn read(path: &str) -> String {
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).expect(path)
    }

    fn json(path: &str) -> Value {
        serde_json::from_str(&read(path)).expect(path)
    }

    #[test]
    fn the_page_is_granted_the_apps_own_commands_and_nothing_else() {
        let source = include_str!("commands.rs");
        let handled = source.split("generate_handler![").nth(1).and_then(|rest| rest.split(']').next());
        let handled = handled.expect("there is a list").split(',').map(str::trim).filter(|name| !name.is_empty());
        let handled: BTreeSet<_> = handled.filter_map(|name| name.rsplit("::").next()).chain(["send"]).collect();
        let permissions = read("src-tauri/permissions/page.toml");
        let granted = permissions.split("commands.allow = [").nth(1).expect("there is a list");
        let granted: BTreeSet<_> = granted.split('"').skip(1).step_by(2).collect();
        assert_eq!(granted, handled);
    }

    #[test]
    fn nothing_is_granted_to_any_page_but_our_own() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src-tauri/capabilities");
        let files: Vec<_> = fs::read_dir(folder).expect("a folder").filter_map(Result::ok).collect();
        assert_eq!(files.len(), 1, "one window, one capability");
        let capability = json("src-tauri/capabilities/main.json");
        assert_eq!(capability["local"], true);
        assert_eq!(capability.get("remote"), None);
        assert_eq!(capability["windows"], serde_json::json!(["main"]));
        assert_eq!(capability["permissions"], serde_json::json!(["page"]));
    }

    /// Windows has no schemes of its own in a web view: what is `ipc:` elsewhere is a name there that leads nowhere.
    #[test]
    fn the_page_reaches_the_shell_and_nothing_else() {
        let policy = &json("tauri.conf.json")["app"]["security"]["csp"];
        assert_eq!(policy["connect-src"], "ipc:");
        let windows = &json("tauri.windows.conf.json")["app"]["security"]["csp"];
        assert_eq!(windows["connect-src"], "http://ipc.localhost");
        assert_eq!(windows.as_object().map(serde_json::Map::len), Some(1));
        for (directive, sources) in policy.as_object().expect("an object") {
            let sources = sources.as_str().expect("a text");
            assert!(!sources.contains("unsafe") && !sources.contains('*'), "{directive} {sources}");
            let names = sources.split(' ').filter(|source| source.contains("//"));
            assert_eq!(names.filter(|name| !name.ends_with(".localhost")).count(), 0, "{directive} {sources}");
        }
    }
}
