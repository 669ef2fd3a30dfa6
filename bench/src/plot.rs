//! Plots as SVG, for pages light and dark.

use std::fmt::{self, Write as _};

use crate::{servers::Peer, spread::Spread};

const WIDTH: f64 = 720.0;
const STYLE: &str = "text{font:13px system-ui,sans-serif;fill:#57534e}.strong{fill:#1c1917;font-weight:600}\
    .grid{stroke:#e7e5e4}.tutorial{--c:#a8a29e}.bun{--c:#3b82a0}.snug{--c:#d9541e}\
    .bar{fill:var(--c)}.line{fill:none;stroke:var(--c);stroke-width:2.5;stroke-linejoin:round}text.name{fill:var(--c);font-weight:600}\
    .range{stroke:#1c1917;stroke-width:1.5}\
    @media(prefers-color-scheme:dark){text{fill:#a8a29e}.strong{fill:#fafaf9}.grid{stroke:#44403c}\
    .tutorial{--c:#8a837d}.bun{--c:#6bb3d1}.snug{--c:#f5793b}.range{stroke:#fafaf9}}";

/// A picture that is being drawn.
struct Svg {
    body: String,
    height: f64,
}

impl Svg {
    fn new(title: &str, height: f64) -> Self {
        let mut svg = Self { body: String::new(), height };
        svg.text("strong", (0.0, 18.0), "start", title);
        svg
    }

    fn draw(&mut self, element: fmt::Arguments<'_>) {
        // Memory takes all that is written to it.
        let _written = writeln!(self.body, "{element}");
    }

    fn text(&mut self, class: &str, (x, y): (f64, f64), anchor: &str, text: &str) {
        self.draw(format_args!(r#"<text class="{class}" x="{x:.1}" y="{y:.1}" text-anchor="{anchor}">{text}</text>"#));
    }

    fn line(&mut self, class: &str, (x1, y1): (f64, f64), (x2, y2): (f64, f64)) {
        self.draw(format_args!(r#"<line class="{class}" x1="{x1:.1}" y1="{y1:.1}" x2="{x2:.1}" y2="{y2:.1}"/>"#));
    }

    fn done(self) -> String {
        let Self { body, height } = self;
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\">\n\
             <style>{STYLE}</style>\n{body}</svg>\n"
        )
    }
}

fn class(peer: Peer) -> &'static str {
    match peer {
        Peer::Tutorial => "tutorial",
        Peer::Bun => "bun",
        Peer::Snug => "snug",
    }
}

/// A bar for each server, as long as its middle figure; a thin line from the least to the greatest.
pub(crate) fn bars(title: &str, figures: &[(Peer, Spread)], show: impl Fn(f64) -> String) -> String {
    const LEFT: f64 = 80.0;
    const RIGHT: f64 = WIDTH - 110.0;
    const ROW: f64 = 38.0;
    let most = figures.iter().map(|(_, figure)| figure.most).fold(f64::MIN_POSITIVE, f64::max);
    let x = |figure: f64| LEFT + (RIGHT - LEFT) * figure / most;
    let mut top = 34.0;
    let mut svg = Svg::new(title, 0.0);
    for (peer, figure) in figures {
        let (class, middle) = (class(*peer), top + 12.0);
        svg.text(&format!("name {class}"), (LEFT - 10.0, middle + 4.5), "end", &peer.to_string());
        let width = (x(figure.median) - LEFT).max(1.0);
        svg.draw(format_args!(
            r#"<rect class="bar {class}" x="{LEFT}" y="{top:.1}" width="{width:.1}" height="24" rx="3"/>"#
        ));
        svg.line("range", (x(figure.least), middle), (x(figure.most), middle));
        svg.text("strong", (x(figure.most) + 10.0, middle + 4.5), "start", &show(figure.median));
        top += ROW;
    }
    svg.height = top;
    svg.done()
}

/// Latency by percentile, a line for each server: nines to the right, milliseconds upwards, both so that
/// ten times as much is the same distance.
pub(crate) fn percentiles(title: &str, curves: &[(Peer, Vec<(f64, f64)>)]) -> String {
    const LEFT: f64 = 56.0;
    const RIGHT: f64 = WIDTH - 80.0;
    const TOP: f64 = 44.0;
    const BOTTOM: f64 = 330.0;
    const NINES: f64 = 4.0;
    let figures = || curves.iter().flat_map(|(_, curve)| curve.iter().map(|(_, milliseconds)| milliseconds.max(0.01)));
    let low = figures().fold(f64::MAX, f64::min).log10().floor();
    let high = figures().fold(f64::MIN, f64::max).log10().ceil().max(low + 1.0);
    let x = |percentile: f64| LEFT + (RIGHT - LEFT) * (2.0 - (100.0 - percentile).log10()) / NINES;
    let y = |milliseconds: f64| BOTTOM - (BOTTOM - TOP) * (milliseconds.max(0.01).log10() - low) / (high - low);
    let mut svg = Svg::new(title, BOTTOM + 34.0);
    let mut decade = low;
    while decade <= high {
        let milliseconds = 10f64.powf(decade);
        svg.line("grid", (LEFT, y(milliseconds)), (RIGHT, y(milliseconds)));
        svg.text("", (LEFT - 8.0, y(milliseconds) + 4.5), "end", &format!("{milliseconds} ms"));
        decade += 1.0;
    }
    for (percentile, name) in [(0.0, "all"), (90.0, "p90"), (99.0, "p99"), (99.9, "p99.9"), (99.99, "p99.99")] {
        svg.line("grid", (x(percentile), TOP), (x(percentile), BOTTOM));
        svg.text("", (x(percentile), BOTTOM + 20.0), "middle", name);
    }
    let mut ends = Vec::new();
    for (peer, curve) in curves {
        let shown = || curve.iter().filter(|(percentile, _)| x(*percentile) <= RIGHT + 0.1);
        let points: Vec<String> = shown()
            .map(|(percentile, milliseconds)| format!("{:.1},{:.1}", x(*percentile), y(*milliseconds)))
            .collect();
        svg.draw(format_args!(r#"<polyline class="line {}" points="{}"/>"#, class(*peer), points.join(" ")));
        ends.extend(shown().next_back().map(|(_, milliseconds)| (y(*milliseconds), *peer)));
    }
    // Lines may end at the same height; their names may not.
    ends.sort_by(|(one, _), (other, _)| one.total_cmp(other));
    let mut lowest = 0.0;
    for (height, peer) in ends {
        lowest = f64::max(height, lowest + 16.0);
        svg.text(&format!("name {}", class(peer)), (RIGHT + 8.0, lowest + 4.5), "start", &peer.to_string());
    }
    svg.done()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twice_the_figure_is_twice_the_bar() {
        let figure = |median| Spread { least: median, median, most: median };
        let svg =
            bars("Deliveries", &[(Peer::Bun, figure(2.0)), (Peer::Snug, figure(4.0))], |figure| figure.to_string());
        let widths: Vec<f64> =
            svg.split("width=\"").skip(1).map(|rest| rest.split('"').next().unwrap().parse().unwrap()).collect();
        assert_eq!(widths, [265.0, 530.0]);
    }

    #[test]
    fn no_name_lies_over_another() {
        let curve = vec![(0.0, 1.0), (99.99, 10.0)];
        let svg = percentiles("Latency", &[(Peer::Snug, curve.clone()), (Peer::Bun, curve)]);
        let name = |class: &str| {
            let after = svg.split(&format!("name {class}\" x=\"648.0\" y=\"")).nth(1).unwrap();
            after.split('"').next().unwrap().parse::<f64>().unwrap()
        };
        assert!((name("snug") - name("bun")).abs() >= 16.0, "{svg}");
    }

    #[test]
    fn a_line_ends_where_its_last_percentile_is() {
        let svg = percentiles("Latency", &[(Peer::Snug, vec![(0.0, 1.0), (99.99, 10.0)])]);
        assert!(svg.contains(r#"points="56.0,330.0 640.0,44.0""#), "{svg}");
    }
}
