//! Random choices that can be made again.

use std::{env, ops::Range, time::Duration};

use rand::{RngExt, SeedableRng, rngs::StdRng};

/// The variable that sets the seed.
const SEED: &str = "SNUG_SEED";

/// The one source of a test's random choices.
///
/// When the test fails it prints its seed; `SNUG_SEED=… cargo xtask test faults` makes the same choices
/// again. What threads and disks do in between is not chosen here: a seed repeats the faults, not the run.
pub struct Chance {
    rng: StdRng,
    /// Of the one that prints it; those split off stay quiet.
    seed: Option<u64>,
}

impl Chance {
    /// From `SNUG_SEED`, or anew.
    ///
    /// # Panics
    /// When `SNUG_SEED` is no number.
    pub fn new() -> Self {
        let given = env::var(SEED).ok().map(|seed| seed.parse().expect("SNUG_SEED is a number"));
        Self::from_seed(given.unwrap_or_else(rand::random))
    }

    /// The choices that belong to a seed.
    pub fn from_seed(seed: u64) -> Self {
        Self { rng: StdRng::seed_from_u64(seed), seed: Some(seed) }
    }

    /// What makes the same choices again, where this is no part of another.
    pub fn seed(&self) -> Option<u64> {
        self.seed
    }

    /// A source for somebody else, whose choices don't depend on who is asked first.
    #[must_use]
    pub fn split(&mut self) -> Self {
        Self { rng: StdRng::from_rng(&mut self.rng), seed: None }
    }

    /// A number of this range.
    pub fn number(&mut self, range: Range<u64>) -> u64 {
        self.rng.random_range(range)
    }

    /// A number of this range, the small ones as likely as the large ones: as many below 100 as from
    /// 1000 to 10 000 … for sizes of which it is not known where they hurt.
    pub fn size(&mut self, range: Range<u64>) -> u64 {
        #[expect(clippy::cast_precision_loss, reason = "sizes are far below 2^52")]
        let (least, most) = ((range.start.max(1) as f64).ln(), (range.end as f64).ln());
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it lies between the two")]
        let size = self.rng.random_range(least..most).exp() as u64;
        size.clamp(range.start, range.end - 1)
    }

    /// True in so many cases of a hundred.
    pub fn percent(&mut self, percent: u32) -> bool {
        self.rng.random_ratio(percent, 100)
    }

    /// One of these.
    ///
    /// # Panics
    /// When there is none.
    pub fn one_of<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.rng.random_range(0..choices.len())]
    }

    /// A moment, at most this long: when a fault strikes, never how long to wait for something.
    pub async fn moment(&mut self, most: Duration) {
        let moment = self.rng.random_range(Duration::ZERO..=most);
        #[expect(clippy::disallowed_methods, reason = "nothing is hoped for at its end")]
        tokio::time::sleep(moment).await;
    }
}

impl Default for Chance {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Chance {
    fn drop(&mut self) {
        if let Some(seed) = self.seed
            && std::thread::panicking()
        {
            eprintln!("to make the same choices again: {SEED}={seed}");
        }
    }
}
