//! What kind of file stands where the database should be, judged by its bytes alone.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    path::Path,
};

use super::schema::{APPLICATION, PAGE};

/// How every SQLite database begins.
const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// The header's length in bytes: nothing shorter is a database.
const HEADER: usize = 100;

/// What follows the magic in a database of ours, in all its life: page size, the two versions that mean
/// WAL, nothing reserved, and three numbers that SQLite's format fixes. If a bit of it were flipped,
/// SQLite might take the file for one without a WAL, and leave out what is only there.
const FIXED: [u8; 8] = [(PAGE >> 8) as u8, PAGE as u8, 2, 2, 0, 64, 32, 32];

/// Where the application's id stands.
const APPLICATION_AT: usize = 68;

/// How many bits of the id may be flipped before it counts as somebody else's.
const FLIPPED: u32 = 4;

/// What stands there.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Nothing.
    Missing,
    /// A database of ours, at first sight.
    Ours,
    /// What is left of a database of ours.
    Damaged(&'static str),
    /// Something else, that is none of our business.
    Foreign(&'static str),
}

/// Looks at the file.
///
/// # Errors
/// When it can't be read.
pub(super) fn kind(path: &Path) -> io::Result<Kind> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Kind::Missing),
        Err(error) => return Err(error),
    };
    let length = file.metadata()?.len();
    if length == 0 {
        // A new database takes this name only once it is complete.
        return Ok(Kind::Damaged("the file is empty"));
    }
    let mut header = Vec::new();
    file.by_ref().take(HEADER as u64).read_to_end(&mut header)?;
    let judged = judge(&header);
    if matches!(judged, Kind::Foreign(_)) && holds_our_header(&mut file, length)? {
        return Ok(Kind::Damaged("the file's first page is another one"));
    }
    Ok(judged)
}

fn judge(header: &[u8]) -> Kind {
    if header.iter().all(|byte| *byte == 0) {
        return Kind::Damaged("the file begins with zeros");
    }
    let magic = header.starts_with(MAGIC);
    if header.len() < HEADER {
        return if magic || MAGIC.starts_with(header) {
            Kind::Damaged("the file is cut short")
        } else {
            Kind::Foreign("it is no SQLite database")
        };
    }
    let id = &header[APPLICATION_AT..APPLICATION_AT + 4];
    let flipped: u32 = id.iter().zip(APPLICATION.to_be_bytes()).map(|(found, ours)| (found ^ ours).count_ones()).sum();
    match (magic, flipped) {
        (true, 0) if header[MAGIC.len()..].starts_with(&FIXED) => Kind::Ours,
        // Either of the two is enough to know it by.
        (true, 0..=FLIPPED) | (false, 0) => Kind::Damaged("the file's header is not what was written"),
        (true, _) => Kind::Foreign("it is another program's database"),
        (false, _) => Kind::Foreign("it is no SQLite database"),
    }
}

/// Whether a page somewhere in the file begins as the first one should.
fn holds_our_header(file: &mut File, length: u64) -> io::Result<bool> {
    let mut page = [0; HEADER];
    for at in (0..length.saturating_sub(HEADER as u64)).step_by(PAGE.into()) {
        file.seek(SeekFrom::Start(at))?;
        file.read_exact(&mut page)?;
        if judge(&page) == Kind::Ours {
            return Ok(true);
        }
    }
    Ok(false)
}
