//! The host's clock, by which everything in a log has its time.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::wire::Millis;

/// What it shows. A clock before 1970 shows 0.
pub(crate) fn now() -> Millis {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}
