//! How much was tried, and what came of it.

use std::{
    collections::BTreeMap,
    fmt::{self, Display},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use snug_relay::wire::ErrorCode;
use tokio::sync::Notify;

use super::acts::{Act, As};

/// Counts of everything, by all vandals together.
#[derive(Default)]
pub(super) struct Tally {
    /// Acts of which it is known that the relay looked at them.
    acts: AtomicU64,
    more: Notify,
    counts: Mutex<Counts>,
}

#[derive(Default)]
struct Counts {
    kinds: BTreeMap<&'static str, u64>,
    frames: BTreeMap<As, u64>,
    refusals: BTreeMap<As, u64>,
    codes: BTreeMap<String, u64>,
    answers: BTreeMap<&'static str, u64>,
    sequences: u64,
    /// Acts behind which the socket ended, so that nobody knows which of them were looked at.
    behind: u64,
}

impl Tally {
    /// How many acts there were.
    pub(super) fn acts(&self) -> u64 {
        self.acts.load(Ordering::Relaxed)
    }

    /// The relay has looked at all of these.
    pub(super) fn tried(&self, whom: As, acts: &[Act]) {
        self.with(|counts| {
            for act in acts {
                *counts.kinds.entry(act.kind()).or_default() += 1;
                if act.is_harmless() {
                    *counts.frames.entry(whom).or_default() += 1;
                }
            }
        });
        self.acts.fetch_add(acts.len() as u64, Ordering::Relaxed);
        self.more.notify_one();
    }

    /// Waits for more of them. There is one who does.
    pub(super) async fn more(&self) {
        self.more.notified().await;
    }

    /// The relay has looked at some of these at most.
    pub(super) fn behind(&self, acts: &[Act]) {
        self.with(|counts| counts.behind += acts.len() as u64);
    }

    pub(super) fn sequence(&self) {
        self.with(|counts| counts.sequences += 1);
    }

    pub(super) fn answered(&self, with: &'static str, times: usize) {
        self.with(|counts| *counts.answers.entry(with).or_default() += times as u64);
    }

    pub(super) fn refused(&self, whom: As, code: ErrorCode) {
        self.with(|counts| {
            *counts.refusals.entry(whom).or_default() += 1;
            *counts.codes.entry(format!("{code:?}")).or_default() += 1;
        });
    }

    /// How many frames somebody sent who came as this, and how many refusals came back.
    pub(super) fn of(&self, whom: As) -> (u64, u64) {
        self.with(|counts| {
            let of = |map: &BTreeMap<As, u64>| map.get(&whom).copied().unwrap_or_default();
            (of(&counts.frames), of(&counts.refusals))
        })
    }

    /// Whether anybody was ever answered with this.
    pub(super) fn has(&self, answer: &str) -> bool {
        self.with(|counts| counts.answers.contains_key(answer))
    }

    fn with<T>(&self, then: impl FnOnce(&mut Counts) -> T) -> T {
        then(&mut self.counts.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.with(|counts| {
            let Counts { kinds, frames, refusals, codes, answers, sequences, behind } = counts;
            writeln!(f, "{} acts in {sequences} sequences, {behind} more where a socket had ended", self.acts())?;
            writeln!(f, "acts: {kinds:?}")?;
            for (whom, sent) in frames {
                let refused = refusals.get(whom).copied().unwrap_or_default();
                let obeyed = 100 * sent.saturating_sub(refused) / (*sent).max(1);
                writeln!(f, "{whom:?}: {sent} frames, {obeyed}% obeyed")?;
            }
            writeln!(f, "answers: {answers:?}")?;
            write!(f, "refusals: {codes:?}")
        })
    }
}
