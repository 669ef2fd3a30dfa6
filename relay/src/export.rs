//! A room as one file that anyone can keep: a page to read, every event as data, and the files.
//!
//! It is written while it is read, a page of events at a time, as fast as it is taken: nothing of it is ever in
//! memory as a whole, or on this disk a second time. It goes up to the head of one moment. What is in it reads as it
//! does when it is written, so what is deleted meanwhile is not in it: a snapshot would keep it.

mod archive;
mod page;
mod size;
mod words;

use std::{
    collections::HashSet,
    fs::File,
    io::{self, Read, Write},
};

use serde_json::value::RawValue;
use tokio::runtime::Handle;

use crate::{
    log::Log,
    wire::{Body, Event, FileInfo, Millis, Seq},
};
use archive::Archive;
use page::Page;
pub(crate) use words::Tongue;

/// Events read at one time at most; they are also cut to the size of a frame.
const EVENTS: u32 = 500;

/// So many events may come to more than four gigabytes.
const HUGE: Seq = 30_000;

/// What is read at one time of a file.
const PIECE: usize = 64 * 1024;

/// Opens a file by its hash; `None` when it is there no more, or not with so many bytes.
pub(crate) type Open = Box<dyn Fn(&str, u64) -> io::Result<Option<File>> + Send>;

/// What is to be exported, and how.
pub(crate) struct Export {
    /// The room's id and name.
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) log: Log,
    /// Up to here.
    pub(crate) head: Seq,
    pub(crate) open: Open,
    pub(crate) tongue: Tongue,
    /// Whose days and hours the page shows.
    pub(crate) zone: jiff::tz::TimeZone,
    /// When.
    pub(crate) at: Millis,
}

impl Export {
    /// What the archive is called.
    pub(crate) fn file_name(&self) -> String {
        let date = page::moment(self.at, &self.zone).strftime("%Y-%m-%d").to_string();
        format!("{} {date}.zip", self.name)
    }

    /// Writes all of it. Blocks, for as long as whoever takes it takes.
    ///
    /// # Errors
    /// When the log or a file can't be read, or `into` can't be written.
    pub(crate) fn write(&self, into: impl Write, runtime: &Handle) -> io::Result<()> {
        let huge = self.head > HUGE;
        let mut archive = Archive::new(into, page::moment(self.at, &self.zone));
        archive.begin("README.txt", false)?;
        archive.write_all(self.tongue.words().readme.as_bytes())?;
        archive.begin("room.html", huge)?;
        self.write_page(&mut archive, runtime)?;
        archive.begin("room.jsonl", huge)?;
        self.write_lines(&mut archive, runtime)?;
        self.write_files(&mut archive, runtime)?;
        archive.finish()
    }

    /// Hands out every event, in order, as it is sent.
    fn each(&self, runtime: &Handle, mut take: impl FnMut(&str) -> io::Result<()>) -> io::Result<()> {
        let mut cursor = 0;
        while cursor < self.head {
            let limit = u32::try_from(self.head - cursor).unwrap_or(EVENTS).min(EVENTS);
            let read = runtime.block_on(self.log.page_after(cursor, limit)).map_err(io::Error::other)?;
            let events = format!("[{}]", read.events);
            for event in serde_json::from_str::<Vec<&RawValue>>(&events)? {
                take(event.get())?;
            }
            cursor = read.last;
        }
        Ok(())
    }

    fn write_page(&self, into: &mut impl Write, runtime: &Handle) -> io::Result<()> {
        let mut page = Page::begin(into, self)?;
        self.each(runtime, |event| page.event(&serde_json::from_str::<Event>(event)?))?;
        page.end()
    }

    fn write_lines(&self, into: &mut impl Write, runtime: &Handle) -> io::Result<()> {
        let Self { id, name, head, at, .. } = self;
        let about = serde_json::json!({
            "snug": "export", "version": 1, "room": { "id": id, "name": name },
            "epoch": self.log.epoch(), "head": head, "at": at,
        });
        writeln!(into, "{about}")?;
        self.each(runtime, |event| writeln!(into, "{event}"))
    }

    fn write_files<W: Write>(&self, archive: &mut Archive<W>, runtime: &Handle) -> io::Result<()> {
        let mut written = HashSet::new();
        self.each(runtime, |event| {
            let Body::Message(message) = serde_json::from_str::<Event>(event)?.body else { return Ok(()) };
            for file in &message.files {
                let path = path_of(file);
                if written.contains(&path) {
                    continue;
                }
                let Some(mut content) = (self.open)(&file.hash, file.bytes)? else { continue };
                archive.begin(&path, file.bytes > u64::from(u32::MAX / 2))?;
                let mut piece = vec![0; PIECE];
                loop {
                    match content.read(&mut piece)? {
                        0 => break,
                        read => archive.write_all(&piece[..read])?,
                    }
                }
                written.insert(path);
            }
            Ok(())
        })
    }
}

/// Where in the archive a file is: under its own name, with as much of its hash as tells it from others.
fn path_of(file: &FileInfo) -> String {
    const LONGEST: usize = 80;
    let plain = |char: char| {
        let bad = char.is_control()
            || matches!(char, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if bad { '_' } else { char }
    };
    let name: String = file.name.chars().map(plain).collect();
    let name = name.trim_matches(['.', ' ']);
    let (stem, extension) = match name.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() && extension.len() <= 10 => (stem, format!(".{extension}")),
        _ => (name, String::new()),
    };
    let stem = stem[..stem.floor_char_boundary(LONGEST)].trim_end_matches(['.', ' ']);
    let hash = file.hash.get(..12).unwrap_or(&file.hash);
    format!("files/{stem}{}{hash}{extension}", if stem.is_empty() { "" } else { "-" })
}

#[cfg(test)]
mod tests {
    use std::{fs, io::Cursor};

    use super::*;
    use crate::{
        config::Limits,
        invite::Secret,
        log::{Database, Draft, NewRoom, Receipts},
        wire::{Door, Message},
    };

    #[tokio::test]
    async fn files_are_in_it_once_and_byte_for_byte_and_what_is_gone_is_said_to_be() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let database = Database::open(directory.path(), &Limits::DEFAULT).expect("writable");
        let room = NewRoom { id: "r".into(), name: "Den".into(), secret: Secret::random(), door: Door::Closed };
        let log = database.log(&database.create_room(room).await.expect("made")).await.expect("readable");
        let file = |name: &str, hash: &str, width| FileInfo {
            name: name.into(),
            hash: hash.repeat(32),
            media: "image/png".into(),
            bytes: 4,
            width,
            height: width,
            ..FileInfo::default()
        };
        let shared = [
            vec![file("고양이.png", "ab", Some(1)), file("notes<b>.txt", "cd", None)],
            vec![file("고양이.png", "ab", Some(1)), file("lost.txt", "ef", None)],
        ];
        for (number, files) in shared.into_iter().enumerate() {
            let body = Body::Message(Message { files, ..Message::default() });
            let (receipts, mut head) = (Receipts::default(), log.head());
            let id = number.to_string();
            let draft =
                Draft { member: "m", nickname: "Mina", host: false, id, body: &body, taken: None, decided: None };
            log.append(draft, &receipts).await.expect("the writer runs");
            head.wait_for(|head| *head > number as u64).await.expect("the log is there");
        }
        let kept = directory.path().join("kept");
        fs::create_dir(&kept).expect("writable");
        fs::write(kept.join("ab".repeat(32)), b"\0cat").expect("writable");
        fs::write(kept.join("cd".repeat(32)), b"note").expect("writable");
        let open: Open = Box::new(move |hash, _| Ok(File::open(kept.join(hash)).ok()));
        let (id, name, head) = ("r".to_owned(), "Den".to_owned(), 2);
        let zone = jiff::tz::TimeZone::UTC;
        let export = Export { id, name, log, head, open, tongue: Tongue::English, zone, at: 1_790_000_000_000 };
        let runtime = Handle::current();
        let written = tokio::task::spawn_blocking(move || {
            let mut bytes = Vec::new();
            export.write(&mut bytes, &runtime).map(|()| bytes)
        });
        let bytes = written.await.expect("it ends").expect("everything can be read");
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("an archive");
        let mut content = |name: &str| {
            let mut content = Vec::new();
            archive.by_name(name).expect(name).read_to_end(&mut content).expect("readable");
            content
        };
        assert_eq!(content("files/고양이-abababababab.png"), b"\0cat");
        assert_eq!(content("files/notes_b_-cdcdcdcdcdcd.txt"), b"note");
        let page = String::from_utf8(content("room.html")).expect("text");
        assert_eq!(page.matches("<img src=\"files/%EA%B3%A0%EC%96%91%EC%9D%B4-abababababab.png\"").count(), 2);
        assert!(page.contains("<bdi>notes&lt;b&gt;.txt</bdi></a> (4 B)"));
        assert!(page.contains("<bdi>lost.txt</bdi> (no longer on the host’s computer)"));
        assert_eq!(archive.len(), 5, "equal ones once");
        database.close().await;
    }

    #[test]
    fn a_file_keeps_its_name_and_stays_in_its_folder() {
        let path = |name: &str| {
            let file = FileInfo { name: name.into(), hash: "ba7816bf8f01cfea4141".into(), ..FileInfo::default() };
            path_of(&file)
        };
        for (name, expected) in [
            ("cat.jpg", "files/cat-ba7816bf8f01.jpg"),
            ("고양이 사진.tar.gz", "files/고양이 사진.tar-ba7816bf8f01.gz"),
            ("../../etc/passwd", "files/_.._etc_passwd-ba7816bf8f01"),
            ("C:\\con", "files/C__con-ba7816bf8f01"),
            ("...", "files/ba7816bf8f01"),
            ("", "files/ba7816bf8f01"),
            (".bashrc", "files/bashrc-ba7816bf8f01"),
            ("a\u{202e}gpj.exe", "files/a_gpj-ba7816bf8f01.exe"),
            ("a\nb", "files/a_b-ba7816bf8f01"),
        ] {
            assert_eq!(path(name), expected, "{name:?}");
        }
        assert!(path(&"가".repeat(500)).len() < 120);
    }
}
