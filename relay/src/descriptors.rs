//! File descriptors: every connection takes one, and so do the database and the files in it.

use crate::config::Limits;

/// Kept from connections, so that those who are inside can still be served: the database, its journal and its
/// readers, files on their way, and what the system's libraries open for a moment.
const RESERVE: u64 = 128;

/// Where macOS allows any number in words and this many in fact.
#[cfg(unix)]
const ANY: u64 = 10_240;

/// Raises this process's limit of open files as far as `limits` can need it and the system allows. Many
/// systems start a program with 256 or 1024, and leave it to the program to ask for more; no higher than
/// needed, because programs this one starts inherit it, and some of them go through every number.
///
/// Writes to the log where that is less than needed: fewer guests fit in then.
pub fn raise_file_limit(limits: &Limits) {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let connections = limits.sockets.saturating_add(limits.pages);
        let wanted = u64::try_from(connections).unwrap_or(u64::MAX).saturating_add(RESERVE);
        let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
        if current.is_none_or(|current| current >= wanted) {
            return;
        }
        for most in [wanted, ANY] {
            let most = maximum.map_or(most, |maximum| maximum.min(most));
            if current.is_none_or(|current| current < most)
                && setrlimit(Resource::Nofile, Rlimit { current: Some(most), maximum }).is_ok()
            {
                break;
            }
        }
        let (files, guests) = (getrlimit(Resource::Nofile).current, for_connections());
        if guests < connections {
            tracing::warn!(files, guests, "the system lets this program open few files: fewer guests fit in");
        }
    }
    #[cfg(not(unix))]
    let _ = limits;
}

/// For how many connections there are file descriptors.
pub(crate) fn for_connections() -> usize {
    #[cfg(unix)]
    {
        let files = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
        // Where there are hardly any, half of them.
        files.map_or(usize::MAX, |files| usize::try_from(files - RESERVE.min(files / 2)).unwrap_or(usize::MAX))
    }
    #[cfg(not(unix))]
    usize::MAX
}
