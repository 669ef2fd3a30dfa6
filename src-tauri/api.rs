//! Every type that crosses between the page and the shell.
//!
//! `ui/src/shell.gen.ts` is generated from these and the test below fails when the two differ;
//! `cargo xtask bless` writes it anew.

mod connection;
mod error;
mod event;
mod hosting;
mod reach;
mod start;
mod tray;

pub(crate) use self::{
    connection::{Connected, FileAnswer, Known, SocketEvent},
    error::{ShellError, ShellErrorCode},
    event::{NearbyRoom, ShellEvent},
    hosting::{Hosting, InviteKind, InviteLink, SetAside},
    reach::{Cause, FirewallKind, Invites, Reach, Verdict},
    start::{RecentRoom, ShellState},
    tray::{DoorMenu, KnockNotice, TrayWords},
};

#[cfg(test)]
mod tests {
    use std::{env, fs, path::Path};

    use ts_rs::{Config, TS};

    use super::{tray::Knocking, *};

    #[test]
    fn the_pages_types_are_the_shells() {
        let generated = typescript();
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/src/shell.gen.ts");
        if env::var_os("BLESS").is_some() {
            fs::create_dir_all(path.parent().expect("a file has a folder")).expect("ui/src can be made");
            fs::write(&path, generated).expect("ui/src/shell.gen.ts can be written");
            return;
        }
        let committed = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            committed == generated,
            "ui/src/shell.gen.ts differs from src-tauri/api; `cargo xtask bless` writes it anew"
        );
    }

    fn typescript() -> String {
        let config = Config::new().with_large_int("number");
        let types = [
            declaration::<ShellState>(&config),
            declaration::<RecentRoom>(&config),
            declaration::<Hosting>(&config),
            declaration::<Invites>(&config),
            declaration::<Verdict>(&config),
            declaration::<Reach>(&config),
            declaration::<Cause>(&config),
            declaration::<FirewallKind>(&config),
            declaration::<SetAside>(&config),
            declaration::<InviteLink>(&config),
            declaration::<InviteKind>(&config),
            declaration::<ShellEvent>(&config),
            declaration::<NearbyRoom>(&config),
            declaration::<Known>(&config),
            declaration::<TrayWords>(&config),
            declaration::<DoorMenu>(&config),
            declaration::<Knocking>(&config),
            declaration::<KnockNotice>(&config),
            declaration::<Connected>(&config),
            declaration::<SocketEvent>(&config),
            declaration::<FileAnswer>(&config),
            declaration::<ShellError>(&config),
            declaration::<ShellErrorCode>(&config),
        ];
        format!("// Generated from src-tauri/api; `cargo xtask bless` writes it anew.\n\n{}", types.join("\n"))
    }

    fn declaration<T: TS>(config: &Config) -> String {
        let docs = T::docs().unwrap_or_default();
        format!("{docs}export {}\n", T::decl(config))
    }
}
