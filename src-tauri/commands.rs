//! What the page may ask, each checked and passed on. `permissions/page.toml` lists the same names.

mod app;
mod checks;
mod connecting;
mod hosting;
mod notifying;
mod outside;
mod remembering;

use tauri::{Wry, ipc::Invoke};

use crate::{archive, files};

/// Every command. `send` is taken out before Tauri hands commands to threads of their own, where one
/// frame could overtake another.
pub(crate) fn handler() -> impl Fn(Invoke<Wry>) -> bool + Send + Sync + 'static {
    let commands: Box<dyn Fn(Invoke<Wry>) -> bool + Send + Sync> = Box::new(tauri::generate_handler![
        app::shell_state,
        app::follow,
        app::show_tray,
        app::close_to_tray,
        app::quit_app,
        hosting::host_room,
        hosting::invites,
        hosting::stop_hosting,
        hosting::look_around,
        hosting::show_nearby,
        connecting::connect,
        connecting::disconnect,
        remembering::remember_nickname,
        remembering::remember_room,
        remembering::forget_room,
        remembering::forget_host_key,
        outside::open_link,
        outside::write_mail,
        outside::copy_text,
        notifying::notify,
        notifying::take_back_notification,
        notifying::notify_of_knock,
        notifying::show_badge,
        files::about_upload,
        files::save_file,
        files::check_file,
        files::bring_file,
        archive::save_archive,
        archive::stop_archive,
    ]);
    move |invoke| match invoke.message.command() {
        "send" => {
            connecting::send(invoke);
            true
        }
        _ => commands(invoke),
    }
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
