//! Several measurements of one thing: the middle one, and how far they lie apart.

use std::{fmt, time::Duration};

/// The least, the middle and the greatest of some figures.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub(crate) struct Spread {
    pub(crate) least: f64,
    pub(crate) median: f64,
    pub(crate) most: f64,
}

impl Spread {
    /// None of no figures.
    pub(crate) fn of(figures: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut figures: Vec<f64> = figures.into_iter().collect();
        figures.sort_by(f64::total_cmp);
        let (&least, &most) = (figures.first()?, figures.last()?);
        let (low, high) = (figures[(figures.len() - 1) / 2], figures[figures.len() / 2]);
        Some(Self { least, median: f64::midpoint(low, high), most })
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let show = |figure: f64| {
            // Three digits say all that a shared machine knows.
            match figure.abs() {
                large if large >= 100.0 => format!("{figure:.0}"),
                middling if middling >= 10.0 => format!("{figure:.1}"),
                _ => format!("{figure:.2}"),
            }
        };
        if self.least.total_cmp(&self.most).is_eq() {
            return f.write_str(&show(self.median));
        }
        write!(f, "{} ({} to {})", show(self.median), show(self.least), show(self.most))
    }
}

/// How many a second.
#[expect(clippy::cast_precision_loss, reason = "figures for people")]
pub(crate) fn rate(count: u64, took: Duration) -> f64 {
    count as f64 / took.as_secs_f64()
}

#[cfg(test)]
mod tests {
    use super::Spread;

    #[test]
    fn the_middle_one_counts() {
        assert_eq!(Spread::of([]), None);
        assert_eq!(Spread::of([3.0]).unwrap().to_string(), "3.00");
        assert_eq!(Spread::of([9.0, 1.0, 2.0]).unwrap().to_string(), "2.00 (1.00 to 9.00)");
        assert_eq!(Spread::of([1.0, 2.0, 30.0, 400.0]).unwrap().to_string(), "16.0 (1.00 to 400)");
    }
}
