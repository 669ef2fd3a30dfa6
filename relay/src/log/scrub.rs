//! What was deleted is taken off the disk, too.
//!
//! `secure_delete` puts zeros where a row was. But SQLite also leaves copies of rows behind where it moved
//! them from one page to another, in the parts of a page that nothing is in. So after a deletion every page is
//! looked at once, and what is unused of it is zeroed; then the WAL, which has older versions of all these
//! pages, is folded into the database and emptied. All of it goes through SQLite, in steps between commits.
//!
//! That there is something to look for is in the database, from the commit that deletes it until none is left: whatever
//! befalls the host meanwhile, it is looked for again.
//!
//! The layout of a page: <https://www.sqlite.org/fileformat2.html#b_tree_pages>.

use std::{ops::Range, time::Duration};

use rusqlite::{Connection, Transaction, TransactionBehavior, params};

use super::schema::{BUSY, PAGE};

/// Pages in one step: a megabyte, which takes about a millisecond.
const PAGES: u32 = 1024 * 1024 / PAGE as u32;

/// Where one is in it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Scrub {
    /// Pages that are done.
    done: u32,
}

/// What comes after a step.
pub(super) enum Step {
    Next(Scrub),
    /// Somebody is reading just now: the same step again, a little later.
    Busy,
    Done,
}

impl Scrub {
    /// Does a little of it. Nothing that is in use is touched.
    ///
    /// # Errors
    /// When the database can't be read or written.
    pub(super) fn step(self, database: &mut Connection) -> rusqlite::Result<Step> {
        let transaction = database.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let all: u32 = transaction.pragma_query_value(None, "page_count", |row| row.get(0))?;
        let end = all.min(self.done + PAGES);
        {
            let mut read = transaction.prepare_cached("SELECT data FROM sqlite_dbpage WHERE pgno = ?1")?;
            let mut write = transaction.prepare_cached("UPDATE sqlite_dbpage SET data = ?2 WHERE pgno = ?1")?;
            for number in self.done + 1..=end {
                let mut page: Vec<u8> = read.query_row([number], |row| row.get(0))?;
                if clean(&mut page, number) {
                    write.execute(params![number, page])?;
                }
            }
        }
        transaction.commit()?;
        if end < all {
            return Ok(Step::Next(Self { done: end }));
        }
        // Nobody is waited for: they may take their time, and the next message may not.
        database.busy_timeout(Duration::ZERO)?;
        let emptied = database.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, bool>(0));
        database.busy_timeout(BUSY)?;
        Ok(if emptied? { Step::Busy } else { Step::Done })
    }
}

/// Notes that what this transaction deletes may leave traces.
pub(super) fn remember(transaction: &Transaction<'_>) -> rusqlite::Result<()> {
    let note = "INSERT INTO erasing (since) SELECT unixepoch() WHERE NOT EXISTS (SELECT 1 FROM erasing)";
    transaction.prepare_cached(note)?.execute([])?;
    Ok(())
}

/// Whether something was deleted that may have left traces.
pub(super) fn is_due(database: &Connection) -> rusqlite::Result<bool> {
    database.query_row("SELECT count(*) > 0 FROM erasing", [], |row| row.get(0))
}

/// There are none any more.
pub(super) fn forget(database: &Connection) -> rusqlite::Result<()> {
    database.execute("DELETE FROM erasing", []).map(drop)
}

/// Zeroes what is unused of a page; whether there was anything.
fn clean(page: &mut [u8], number: u32) -> bool {
    let mut changed = false;
    for part in unused(page, number) {
        changed |= page[part.clone()].iter().any(|byte| *byte != 0);
        page[part].fill(0);
    }
    changed
}

/// The parts of a page that nothing is in; none of a page that holds no rows, or isn't laid out as it should be.
fn unused(page: &[u8], number: u32) -> Vec<Range<usize>> {
    // The first page has the file's header before its own.
    let header = if number == 1 { 100 } else { 0 };
    let two = |at: usize| Some(usize::from(u16::from_be_bytes(page.get(at..at + 2)?.try_into().ok()?)));
    let pointers = header
        + match page.get(header) {
            Some(2 | 5) => 12,
            Some(10 | 13) => 8,
            _ => return Vec::new(),
        };
    let parts = || {
        let (cells, content) = (two(header + 3)?, two(header + 5)?);
        let content = if content == 0 { 1 << 16 } else { content };
        let mut parts: Vec<_> = std::iter::once(pointers + 2 * cells..content).collect();
        let mut block = two(header + 1)?;
        while block != 0 {
            let (next, size) = (two(block)?, two(block + 2)?);
            // A block begins with its size and the next one's place.
            parts.push(block + 4..block + size);
            if next != 0 && next <= block {
                return None;
            }
            block = next;
        }
        parts.iter().all(|part| part.start <= part.end && part.end <= page.len()).then_some(parts)
    };
    parts().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A leaf of two cells, with a free block and a gap, all unused bytes being 7.
    fn leaf() -> Vec<u8> {
        let mut page = vec![7; 64];
        page[..8].copy_from_slice(&[10, 0, 44, 0, 2, 0, 40, 0]);
        page[8..12].copy_from_slice(&[0, 40, 0, 56]);
        page[40..44].fill(1);
        page[44..48].copy_from_slice(&[0, 0, 0, 12]);
        page[56..].fill(2);
        page
    }

    #[test]
    fn what_is_unused_is_zeroed_and_nothing_else() {
        let mut page = leaf();
        assert!(clean(&mut page, 2));
        let mut expected = leaf();
        expected[12..40].fill(0);
        expected[48..56].fill(0);
        assert_eq!(page, expected);
        assert!(!clean(&mut page, 2), "once is enough");
    }

    #[test]
    fn what_is_not_laid_out_as_a_page_is_left_alone() {
        let spoilt = |at: usize, byte: u8| {
            let mut page = leaf();
            page[at] = byte;
            page
        };
        // Another kind of page, more cells than fit, content beyond the end, a free block that leads nowhere or back.
        for page in [spoilt(0, 0), spoilt(4, 200), spoilt(6, 65), spoilt(2, 63), spoilt(45, 44), spoilt(47, 60)] {
            let mut cleaned = page.clone();
            assert!(!clean(&mut cleaned, 2));
            assert_eq!(cleaned, page);
        }
        assert!(!clean(&mut Vec::new(), 1));
    }
}
