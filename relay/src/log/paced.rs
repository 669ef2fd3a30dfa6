//! A database that is written to a little at a time, so that whoever else waits for the disk has it in between.
//!
//! SQLite writes all that it folds in one go, and then waits until all of it is on disk. Whoever commits meanwhile
//! waits behind it: four megabytes in pages that lie apart made one commit in a hundred take 4 ms instead of 0.4.
//! With a wait after every [16 places](APART) and a pause after it they take 0.7.
//!
//! SQLite asks for files through a table of functions, of which this puts a few lines before two:
//! <https://www.sqlite.org/vfs.html>. All that it does beyond is to wait for the disk more often than SQLite would.
#![expect(unsafe_code, reason = "SQLite's table of functions is one of C's")]

use std::{
    cell::{Cell, RefCell},
    ffi::{CStr, c_char, c_int, c_void},
    ptr,
    sync::OnceLock,
    thread,
    time::{Duration, Instant},
};

use rusqlite::ffi::{
    SQLITE_ERROR, SQLITE_OK, SQLITE_OPEN_MAIN_DB, SQLITE_SYNC_DATAONLY, SQLITE_SYNC_NORMAL, sqlite3_file,
    sqlite3_int64, sqlite3_io_methods, sqlite3_vfs, sqlite3_vfs_find, sqlite3_vfs_register,
};

/// In so many places of the file is written before it is waited for. With half as many commits waited as long, with four
/// times as many three times as long. A disk takes what lies in a row as one.
const APART: u32 = 16;

/// And no more than so much, in bytes.
const BYTES: i64 = 1024 * 1024;

/// How long the disk is left to others, in times of what the wait took.
const PAUSE: u32 = 2;

/// And no longer than this, whatever a disk that stood still took.
const MOST: Duration = Duration::from_millis(10);

const NAME: &CStr = c"snug-paced";

thread_local! {
    /// What this thread has written and not waited for.
    static WRITTEN: Cell<Written> = const { Cell::new(Written { places: 0, bytes: 0, end: 0 }) };
    /// Whether there is time for a wait.
    static TIME: RefCell<Box<dyn Fn() -> bool>> = RefCell::new(Box::new(|| true));
}

#[derive(Debug, Clone, Copy)]
struct Written {
    places: u32,
    bytes: i64,
    /// Where the last of it ends in the file.
    end: i64,
}

impl Written {
    fn and(self, from: i64, bytes: i64) -> Self {
        let apart = u32::from(from != self.end);
        Self { places: self.places + apart, bytes: self.bytes + bytes, end: from + bytes }
    }

    fn is_much(self) -> bool {
        self.places >= APART || self.bytes >= BYTES
    }
}

/// SQLite's own way to open a file.
static OPEN: OnceLock<Open> = OnceLock::new();
static FILES: OnceLock<Files> = OnceLock::new();

type Open = unsafe extern "C" fn(*mut sqlite3_vfs, *const c_char, *mut sqlite3_file, c_int, *mut c_int) -> c_int;

/// What is done with a database that is open.
struct Files {
    usual: &'static sqlite3_io_methods,
    paced: sqlite3_io_methods,
}

/// What to open a database by for this: SQLite's name for it. Nothing where SQLite doesn't say how it opens files.
pub(super) fn name() -> Option<&'static CStr> {
    static REGISTERED: OnceLock<bool> = OnceLock::new();
    REGISTERED.get_or_init(register).then_some(NAME)
}

/// What this thread writes is waited for only while there `is_time`.
pub(super) fn only_while(is_time: impl Fn() -> bool + 'static) {
    TIME.set(Box::new(is_time));
}

fn register() -> bool {
    // SAFETY: what it gives back is there as long as the process, or null.
    let Some(usual) = (unsafe { sqlite3_vfs_find(ptr::null()).as_ref() }) else { return false };
    let Some(usual_open) = usual.xOpen else { return false };
    OPEN.get_or_init(|| usual_open);
    let paced = sqlite3_vfs { zName: NAME.as_ptr(), xOpen: Some(open), pNext: ptr::null_mut(), ..*usual };
    // SAFETY: it is never freed, nor is anything it refers to, which it has from the usual one.
    unsafe { sqlite3_vfs_register(Box::leak(Box::new(paced)), 0) == SQLITE_OK }
}

/// Opens a file as usual, and if it is a database, sees to what is written to it.
///
/// # Safety
/// To be called by SQLite, which keeps to what it says of `xOpen`.
unsafe extern "C" fn open(
    vfs: *mut sqlite3_vfs,
    path: *const c_char,
    file: *mut sqlite3_file,
    flags: c_int,
    became: *mut c_int,
) -> c_int {
    let Some(usual) = OPEN.get() else { return SQLITE_ERROR };
    // SAFETY: they are SQLite's own arguments for this function.
    let outcome = unsafe { usual(vfs, path, file, flags, became) };
    if outcome == SQLITE_OK && flags & SQLITE_OPEN_MAIN_DB != 0 {
        // SAFETY: a file that was opened has its functions, which are there as long as the process.
        unsafe {
            if let Some(usual) = (*file).pMethods.as_ref() {
                let files =
                    FILES.get_or_init(|| Files { usual, paced: sqlite3_io_methods { xWrite: Some(write), ..*usual } });
                // It may have others on another file system: then it is written to as usual.
                if ptr::eq(usual, files.usual) {
                    (*file).pMethods = &raw const files.paced;
                }
            }
        }
    }
    outcome
}

/// Writes as usual, and waits for it once there is much of it.
///
/// # Safety
/// To be called by SQLite, which keeps to what it says of `xWrite`.
unsafe extern "C" fn write(file: *mut sqlite3_file, from: *const c_void, bytes: c_int, to: sqlite3_int64) -> c_int {
    let Some(Files { usual: sqlite3_io_methods { xWrite: Some(write), xSync: Some(sync), .. }, .. }) = FILES.get()
    else {
        return SQLITE_ERROR;
    };
    // SAFETY: they are SQLite's own arguments for this function.
    let outcome = unsafe { write(file, from, bytes, to) };
    let written = WRITTEN.get().and(to, bytes.into());
    WRITTEN.set(written);
    if outcome != SQLITE_OK || !written.is_much() {
        return outcome;
    }
    WRITTEN.set(Written { places: 0, bytes: 0, ..written });
    if !TIME.with_borrow(|is_time| is_time()) {
        return outcome;
    }
    let begun = Instant::now();
    // SAFETY: it is a file that is open, and these are flags it takes. A failure is the
    // write's: SQLite then folds all of it once more, unless commits have overtaken it, as with a wait of its own.
    let outcome = unsafe { sync(file, SQLITE_SYNC_NORMAL | SQLITE_SYNC_DATAONLY) };
    thread::sleep((begun.elapsed() * PAUSE).min(MOST));
    outcome
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use rusqlite::Connection;

    use super::*;
    use crate::log::schema;

    #[test]
    fn what_lies_apart_is_much_sooner_than_what_lies_in_a_row() {
        let page = i64::from(schema::PAGE);
        let until_much = |step: i64| {
            let mut written = Written { places: 0, bytes: 0, end: 0 };
            (1..).find(|number| {
                written = written.and(number * step * page, page);
                written.is_much()
            })
        };
        assert_eq!(until_much(2), Some(16));
        assert_eq!(until_much(1), Some(BYTES / page));
    }

    #[test]
    fn what_is_folded_is_waited_for_while_it_is_written() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("snug.db");
        schema::sync(schema::create(&path).expect("a database"), &path).expect("on disk");
        let writer = schema::open(&path).expect("the same");
        let insert = |key: i64| {
            let insert = "INSERT INTO event (key, at, id, json, sum) VALUES (?1, 0, ?1, hex(zeroblob(65536)), 0)";
            writer.execute(insert, [key]).expect("room for it");
        };
        let fold = |connection: &Connection| {
            let fold = "PRAGMA wal_checkpoint(PASSIVE)";
            let (left, folded): (i64, i64) =
                connection.query_row(fold, [], |row| Ok((row.get(1)?, row.get(2)?))).expect("it can be folded");
            assert_eq!(left, folded);
        };
        let asked = Rc::new(Cell::new(0));
        let counted = asked.clone();
        only_while(move || {
            counted.set(counted.get() + 1);
            counted.get() % 2 == 0
        });

        (0..16).for_each(insert);
        fold(&schema::open_paced(&path).expect("the same"));
        assert!((2..=4).contains(&asked.get()), "2 MiB in a row, or nearly: {} waits", asked.get());

        asked.set(0);
        (16..32).for_each(insert);
        fold(&writer);
        assert_eq!(asked.get(), 0, "everybody else writes as usual");

        writer.close().expect("nobody else has it");
        let kept = schema::open_to_read(&path).expect("the database");
        let sound: String = kept.query_row("PRAGMA integrity_check", [], |row| row.get(0)).expect("readable");
        let count: i64 = kept.query_row("SELECT count(*) FROM event", [], |row| row.get(0)).expect("readable");
        assert_eq!((sound.as_str(), count), ("ok", 32));
    }
}
