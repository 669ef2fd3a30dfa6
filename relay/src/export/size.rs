//! How large something is, as the app says it too.

/// "2.3 MB": by 1024, as the limits are set.
#[expect(clippy::cast_precision_loss, reason = "a digit behind the point is shown")]
pub(super) fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["B", "kB", "MB", "GB"];
    let (mut value, mut unit) = (bytes as f64, 0);
    // 1023.7 kB would be shown as 1024 kB.
    while value >= 1000.0 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    let shown = format!("{value:.*}", usize::from(unit > 0 && value < 9.95));
    format!("{} {}", shown.strip_suffix(".0").unwrap_or(&shown), UNITS[unit])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_short() {
        let sizes = [0, 999, 1000, 1023, 2_401_337, 104_857_600, 5_368_709_120, 10_480_000];
        let said = ["0 B", "999 B", "1 kB", "1 kB", "2.3 MB", "100 MB", "5 GB", "10 MB"];
        assert_eq!(sizes.map(size), said);
    }
}
