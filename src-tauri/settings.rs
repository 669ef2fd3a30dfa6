//! What the app remembers between starts, in one JSON file.
//!
//! The file holds the secrets of rooms that were joined, so only its owner may read it. It is replaced
//! whole: a crash leaves the old one or the new one, never half of one.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{SystemTime, UNIX_EPOCH},
};

use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};
use snug_relay::{HostMark, StoredRoom};
use tempfile::NamedTempFile;

use crate::{api::RecentRoom, error::Error, place::Place};

const FILE: &str = "settings.json";

/// More than anyone scrolls through on the start screen.
const RECENT_ROOMS: usize = 20;

/// More than anyone makes; a page that goes wild can't fill the file.
const HIDDEN_ROOMS: usize = 2000;

/// The file's content. A field that is missing has its default, so that older files can be read.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Saved {
    /// The nickname used last; `None` until there was one.
    pub nickname: Option<String>,
    /// 128 random bits in base64url: this device, in every room it comes back to.
    pub device: String,
    /// Newest first.
    pub recent: Vec<RecentRoom>,
    /// Rooms hosted here that were taken off the list. Any other that is kept is offered, known or not.
    pub hidden: BTreeSet<String>,
    /// The port of each room hosted here, so that its links stay true.
    pub ports: BTreeMap<String, u16>,
    /// Whether rooms that are hosted here are kept off others' lists of rooms nearby.
    pub unlisted: bool,
    /// Whether somebody was told that a room stays open when the window is closed.
    pub told_of_tray: bool,
    /// Where the window was.
    pub window: Option<Place>,
}

impl Saved {
    /// Puts a room at the top of the list, in place of what was known of it.
    ///
    /// The key that makes this device its host stays until it is [given up](Self::give_up): a guest's link to the same
    /// room takes nothing away. It is for the host that it is of alone: where another has taken the room's name, it goes.
    pub(crate) fn remember(&mut self, mut room: RecentRoom) {
        if let Some(known) = self.recent.iter_mut().find(|known| known.room == room.room) {
            let mark = mark_of(known);
            // A host says what it is known by a moment after one is in.
            room.mark = room.mark.or_else(|| mark.clone());
            if room.host_key.is_none() && room.mark == mark {
                room.host_key = known.host_key.take();
            }
        }
        self.recent.retain(|known| known.room != room.room);
        self.hidden.remove(&room.room);
        self.recent.insert(0, room);
        self.recent.truncate(RECENT_ROOMS);
    }

    /// What a room's host is known by here, if it is: whoever says to be it has to prove it by this.
    pub(crate) fn mark_of(&self, room: &str) -> Option<String> {
        self.recent.iter().find(|known| known.room == room).and_then(mark_of)
    }

    /// Forgets what made this device the host of a room: it was refused.
    pub(crate) fn give_up(&mut self, room: &str) {
        self.recent.iter_mut().filter(|known| known.room == room).for_each(|known| known.host_key = None);
    }

    /// Takes a room off the list. Its port is kept: hosted again, its links still hold.
    pub(crate) fn forget(&mut self, room: &str) {
        let joined = self.recent.iter().any(|known| known.room == room && !known.hosted);
        self.recent.retain(|known| known.room != room);
        if !joined && self.hidden.len() < HIDDEN_ROOMS {
            self.hidden.insert(room.to_owned());
        }
    }

    /// What the start screen offers: the list, and after it the rooms kept here that it doesn't know, because
    /// the settings were lost or it was too short for them. Newest first.
    pub(crate) fn offered(&self, kept: Vec<StoredRoom>) -> Vec<RecentRoom> {
        let known = |id: &String| self.hidden.contains(id) || self.recent.iter().any(|recent| recent.room == *id);
        let unknown = kept.into_iter().rev().filter(|room| !known(&room.id)).map(|room| RecentRoom {
            room: room.id,
            name: room.name,
            link: String::new(),
            hosted: true,
            last_used: room.created_at,
            others: Vec::new(),
            mark: None,
            host_key: None,
            token: None,
        });
        self.recent.iter().cloned().chain(unknown).collect()
    }
}

/// The key to be a room's host makes its mark; where there is none, it is what the host said.
fn mark_of(known: &RecentRoom) -> Option<String> {
    let key = known.host_key.as_deref().and_then(|key| key.parse().ok());
    key.map(|key| HostMark::of(&key).told()).or_else(|| known.mark.clone())
}

/// The settings in memory and their file. Clones are the same settings.
#[derive(Debug, Clone)]
pub(crate) struct Settings(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    path: PathBuf,
    saved: Mutex<Saved>,
}

impl Settings {
    /// Reads the settings in `data`. Never fails: without a file they are new, a damaged file is set
    /// aside, and where nothing can be written they last until the app ends.
    pub(crate) fn open(data: &Path) -> Self {
        let path = data.join(FILE);
        let mut saved = read(&path);
        let fresh = !is_token(&saved.device);
        if fresh {
            saved.device = random_token();
        }
        let settings = Self(Arc::new(Inner { path, saved: Mutex::new(saved) }));
        // The token has to outlive this start even if nothing else is ever remembered.
        if fresh && let Err(error) = write(&settings.0.path, &settings.get()) {
            tracing::warn!(%error, "the settings will be forgotten");
        }
        settings
    }

    /// A copy of everything.
    pub(crate) fn get(&self) -> Saved {
        self.lock().clone()
    }

    /// Changes something and writes the file, when that made a difference.
    ///
    /// # Errors
    /// [`Error::DataNotWritable`]; the change then holds until the app ends.
    pub(crate) fn change(&self, change: impl FnOnce(&mut Saved)) -> Result<(), Error> {
        // Held while writing, so that the file's last state is the memory's.
        let mut saved = self.lock();
        let before = saved.clone();
        change(&mut saved);
        if *saved == before {
            return Ok(());
        }
        write(&self.0.path, &saved)
    }

    /// The same from async code, whose threads must not wait for a disk.
    ///
    /// # Errors
    /// As [`Settings::change`].
    pub(crate) async fn change_soon(&self, change: impl FnOnce(&mut Saved) + Send + 'static) -> Result<(), Error> {
        let settings = self.clone();
        tokio::task::spawn_blocking(move || settings.change(change))
            .await
            .map_err(|error| Error::io("the settings were not saved", error))?
    }

    fn lock(&self) -> MutexGuard<'_, Saved> {
        // A panic elsewhere can't leave `Saved` half changed in a way that matters.
        self.0.saved.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Now, in milliseconds since 1970-01-01 UTC.
pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

fn read(path: &Path) -> Saved {
    let damage = match fs::read(path) {
        Ok(bytes) => match serde_json::from_slice(&bytes) {
            Ok(saved) => return saved,
            // The place only: serde's own message may quote what it found there.
            Err(error) => format!("line {}, column {}", error.line(), error.column()),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Saved::default(),
        Err(error) => error.to_string(),
    };
    let aside = path.with_file_name(format!("settings.damaged-{}.json", now()));
    match fs::rename(path, &aside) {
        Ok(()) => tracing::warn!(%damage, aside = %aside.display(), "damaged settings set aside, starting fresh"),
        Err(error) => tracing::warn!(%damage, %error, "the settings can't be read, starting fresh"),
    }
    Saved::default()
}

fn write(path: &Path, saved: &Saved) -> Result<(), Error> {
    replace(path, saved).map_err(|error| Error::DataNotWritable { path: path.to_owned(), reason: error.to_string() })
}

fn replace(path: &Path, saved: &Saved) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    make_private_folder(folder)?;
    // A temporary file is its owner's alone (0600 on Unix), and stays so under its new name.
    let mut file = NamedTempFile::new_in(folder)?;
    serde_json::to_writer_pretty(&mut file, saved)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    // Only now does the new name survive a power cut. Windows can't sync a folder and needs not.
    #[cfg(unix)]
    fs::File::open(folder)?.sync_all()?;
    Ok(())
}

fn make_private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// 128 random bits in base64url.
pub(crate) fn random_token() -> String {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).expect("the system's source of randomness answers");
    BASE64URL_NOPAD.encode(&bytes)
}

fn is_token(token: &str) -> bool {
    BASE64URL_NOPAD.decode(token.as_bytes()).is_ok_and(|bytes| bytes.len() == 16)
}

#[cfg(test)]
mod tests {
    use snug_relay::wire::Door;

    use super::*;

    fn room(id: &str) -> RecentRoom {
        RecentRoom {
            room: id.into(),
            name: format!("Room {id}"),
            link: format!("http://192.168.1.20:7684/r/{id}#secret"),
            others: Vec::new(),
            mark: None,
            host_key: None,
            token: None,
            hosted: false,
            last_used: 1,
        }
    }

    #[test]
    fn what_was_remembered_is_there_after_a_restart() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let data = folder.path().join("made/when/needed");
        let first = Settings::open(&data);
        first
            .change(|saved| {
                saved.nickname = Some("Ada".into());
                saved.ports.insert("den".into(), 7690);
                saved.remember(room("den"));
            })
            .expect("saved");
        let second = Settings::open(&data);
        assert_eq!(second.get(), first.get());
        assert!(is_token(&second.get().device));
    }

    #[test]
    fn each_device_has_a_token_of_its_own_from_the_first_start() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (one, two) = (folder.path().join("one"), folder.path().join("two"));
        let token = Settings::open(&one).get().device;
        assert_eq!(Settings::open(&one).get().device, token);
        assert_ne!(Settings::open(&two).get().device, token);
    }

    #[test]
    fn the_list_keeps_the_newest_twenty_each_once() {
        let mut saved = Saved::default();
        for id in 0..30 {
            saved.remember(room(&id.to_string()));
        }
        saved.remember(room("15"));
        assert_eq!(saved.recent.len(), RECENT_ROOMS);
        assert_eq!(saved.recent[0].room, "15");
        assert_eq!(saved.recent[1].room, "29");
        assert_eq!(saved.recent.iter().filter(|known| known.room == "15").count(), 1);
        saved.forget("15");
        assert!(saved.recent.iter().all(|known| known.room != "15"));
    }

    const KEY: &str = "GEaT_oyjwBecyjqDQHbV2A";
    const ANOTHER: &str = "f7DU9KKZdSKv8w_6IjEdRg";

    fn mark_by(key: &str) -> Option<String> {
        Some(HostMark::of(&key.parse().expect("a key")).told())
    }

    #[test]
    fn a_host_stays_one_until_the_key_is_given_up() {
        let key = |saved: &Saved| saved.recent[0].host_key.clone();
        let mut saved = Saved::default();
        saved.remember(RecentRoom { host_key: Some(KEY.into()), ..room("den") });
        saved.remember(room("den"));
        saved.remember(RecentRoom { mark: mark_by(KEY), ..room("den") });
        assert_eq!(key(&saved).as_deref(), Some(KEY));
        saved.remember(RecentRoom { host_key: Some(ANOTHER.into()), ..room("den") });
        assert_eq!(key(&saved).as_deref(), Some(ANOTHER));
        saved.remember(room("attic"));
        assert_eq!(key(&saved), None);
        saved.give_up("den");
        saved.remember(room("den"));
        assert_eq!(key(&saved), None);
    }

    #[test]
    fn a_key_is_for_the_host_it_is_of_whoever_else_takes_the_rooms_name() {
        let mut saved = Saved::default();
        assert_eq!(saved.mark_of("den"), None);
        saved.remember(RecentRoom { host_key: Some(KEY.into()), ..room("den") });
        assert_eq!(saved.mark_of("den"), mark_by(KEY), "the key tells, before the host does");
        // Somebody whom the person took for it, and what is known by then of who they are.
        saved.remember(RecentRoom { link: "http://192.168.1.66:7684/r/den".into(), ..room("den") });
        assert_eq!(saved.mark_of("den"), mark_by(KEY));
        saved.remember(RecentRoom { mark: mark_by(ANOTHER), ..room("den") });
        assert_eq!((saved.mark_of("den"), &saved.recent[0].host_key), (mark_by(ANOTHER), &None));
    }

    #[test]
    fn rooms_that_are_kept_are_offered_whatever_the_list_knows() {
        let kept =
            |id: &str| StoredRoom { id: id.into(), name: format!("Room {id}"), door: Door::Closed, created_at: 5 };
        let rooms = vec![kept("den"), kept("attic"), kept("cellar")];
        let mut saved = Saved::default();
        let offered = |saved: &Saved| -> Vec<_> {
            saved.offered(rooms.clone()).into_iter().map(|room| (room.room, room.hosted)).collect()
        };
        let hosted = |id: &str| (id.to_owned(), true);
        assert_eq!(offered(&saved), [hosted("cellar"), hosted("attic"), hosted("den")]);
        saved.remember(RecentRoom { hosted: true, ..room("attic") });
        saved.remember(room("elsewhere"));
        let listed = [("elsewhere".to_owned(), false), hosted("attic"), hosted("cellar"), hosted("den")];
        assert_eq!(offered(&saved), listed);
        // What was taken off the list stays off, until it is hosted again.
        saved.forget("attic");
        saved.forget("den");
        saved.forget("elsewhere");
        assert_eq!(offered(&saved), [hosted("cellar")]);
        assert!(!saved.hidden.contains("elsewhere"));
        saved.remember(RecentRoom { hosted: true, ..room("den") });
        assert_eq!(offered(&saved), [hosted("den"), hosted("cellar")]);
    }

    #[test]
    fn a_damaged_file_is_set_aside_and_the_app_starts_fresh() {
        for damaged in [&b"{\"nickname\": \"Ad"[..], b"", b"[1, 2]", b"\xff\xfe", b"{\"ports\": {\"den\": 99999}}"] {
            let folder = tempfile::tempdir().expect("a temporary folder");
            fs::write(folder.path().join(FILE), damaged).expect("written");
            let settings = Settings::open(folder.path());
            assert_eq!(settings.get().nickname, None);
            let kept: Vec<_> = fs::read_dir(folder.path())
                .expect("a folder")
                .filter_map(Result::ok)
                .filter(|entry| entry.file_name().to_string_lossy().starts_with("settings.damaged-"))
                .collect();
            assert_eq!(kept.len(), 1);
            assert_eq!(fs::read(kept[0].path()).expect("still there"), damaged);
            assert_eq!(Settings::open(folder.path()).get(), settings.get());
        }
    }

    #[test]
    fn a_place_that_cant_be_written_is_named_and_does_no_harm() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("a file");
        fs::write(&file, "in the way").expect("written");
        let settings = Settings::open(&file.join("data"));
        let refused = settings.change(|saved| saved.nickname = Some("Ada".into()));
        assert!(matches!(refused, Err(Error::DataNotWritable { .. })));
        assert_eq!(settings.get().nickname.as_deref(), Some("Ada"));
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_can_read_the_secrets() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a temporary folder");
        let data = folder.path().join("data");
        Settings::open(&data).change(|saved| saved.remember(room("den"))).expect("saved");
        let mode = |path: &Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
        assert_eq!(mode(&data), 0o700);
        assert_eq!(mode(&data.join(FILE)), 0o600);
    }
}
