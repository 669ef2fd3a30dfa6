//! Latency that leaves nothing out: sent on a schedule that waits for nobody, and measured from the
//! moment each message was meant to be sent. A server that stalls is late for all that were due meanwhile.

use std::{
    cell::{Cell, RefCell},
    ops::Add,
    sync::LazyLock,
    thread,
    time::{Duration, Instant},
};

use anyhow::Result;
use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};

use crate::dialect;

static BEGUN: LazyLock<Instant> = LazyLock::new(Instant::now);

/// Begins and ends the time within a text.
const MARK: u8 = b'@';

/// A moment as it travels in messages: since this process first looked at its clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(Duration);

impl Moment {
    const START: Self = Self(Duration::ZERO);

    pub(crate) fn now() -> Self {
        Self(BEGUN.elapsed())
    }

    pub(crate) fn nanos(self) -> u64 {
        nanos(self.0)
    }

    /// How long until then; nothing, once it has passed.
    pub(crate) fn left(self) -> Duration {
        self.0.saturating_sub(Self::now().0)
    }

    /// A text of this length that carries the moment; at least 22 bytes.
    pub(crate) fn text(self, bytes: usize) -> String {
        let mark = char::from(MARK);
        format!("{mark}{}{mark}{:x<bytes$}", self.0.as_nanos(), "").chars().take(bytes).collect()
    }

    /// Gives the moments that the texts in a frame carry.
    pub(crate) fn each(frame: &[u8], mut take: impl FnMut(Self)) {
        let mut parts = frame.split(|byte| *byte == MARK).skip(1);
        while let Some(digits) = parts.next() {
            take(Self(Duration::from_nanos(dialect::number(digits))));
            parts.next();
        }
    }
}

impl Add<Duration> for Moment {
    type Output = Self;

    fn add(self, later: Duration) -> Self {
        Self(self.0 + later)
    }
}

/// When each message is meant to be sent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Schedule {
    pub(crate) first: Moment,
    pub(crate) every: Duration,
}

impl Schedule {
    pub(crate) fn at(&self, number: u32) -> Moment {
        self.first + self.every * number
    }

    /// Sends `count` messages, each when it is due or, where that has passed, at once. Blocks: it wants
    /// a thread of its own, because the runtime's timers are a millisecond coarse.
    ///
    /// Gives back how late each went out, which is the load's fault and not the server's.
    pub(crate) fn keep(self, count: u32, mut send: impl FnMut(u32, Moment) -> Result<()>) -> Result<Histogram<u64>> {
        let mut late = histogram()?;
        for number in 0..count {
            let due = self.at(number);
            thread::sleep(due.left());
            late.saturating_record(nanos(Moment::now().0.saturating_sub(due.0)));
            send(number, due)?;
        }
        Ok(late)
    }
}

/// The latencies of all deliveries at all readers.
pub(crate) struct Latencies {
    /// What was meant to be sent before this is warming up, and not recorded.
    from: Cell<Moment>,
    recorded: RefCell<Histogram<u64>>,
    delivered: Cell<u64>,
}

impl Latencies {
    /// Records everything, until told otherwise.
    pub(crate) fn new() -> Result<Self> {
        Ok(Self { from: Cell::new(Moment::START), recorded: RefCell::new(histogram()?), delivered: Cell::new(0) })
    }

    /// From now on records only what was meant to be sent at `from` or later.
    pub(crate) fn only_from(&self, from: Moment) {
        self.from.set(from);
    }

    /// Records all deliveries in a frame that has just arrived.
    pub(crate) fn record(&self, frame: &[u8]) {
        let now = Moment::now();
        let mut recorded = self.recorded.borrow_mut();
        Moment::each(frame, |due| {
            if due >= self.from.get() {
                recorded.saturating_record(nanos(now.0.saturating_sub(due.0)));
                self.delivered.set(self.delivered.get() + 1);
            }
        });
    }

    /// How many were recorded.
    pub(crate) fn delivered(&self) -> u64 {
        self.delivered.get()
    }

    pub(crate) fn percentiles(&self) -> Percentiles {
        Percentiles::of(&self.recorded.borrow())
    }
}

/// What a histogram says, in milliseconds.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Percentiles {
    pub(crate) p50: f64,
    pub(crate) p99: f64,
    pub(crate) p999: f64,
    pub(crate) max: f64,
    /// The same finer, for a plot: percentile and milliseconds.
    pub(crate) curve: Vec<(f64, f64)>,
}

impl Percentiles {
    pub(crate) fn of(histogram: &Histogram<u64>) -> Self {
        let at = |percentile| milliseconds(histogram.value_at_percentile(percentile));
        // Evenly spaced in nines, up to where one delivery in 100 000 is beyond.
        let curve = (0..=50).map(|step| 100.0 * (1.0 - 10f64.powf(-f64::from(step) / 10.0)));
        Self {
            p50: at(50.0),
            p99: at(99.0),
            p999: at(99.9),
            max: milliseconds(histogram.max()),
            curve: curve.map(|percentile| (percentile, at(percentile))).collect(),
        }
    }

    /// As cells of a table.
    pub(crate) fn cells(&self) -> [String; 4] {
        [self.p50, self.p99, self.p999, self.max].map(|milliseconds| format!("{milliseconds:.2}"))
    }
}

/// Of nanoseconds: a thousandth fine, and as long as it takes.
pub(crate) fn histogram() -> Result<Histogram<u64>> {
    Ok(Histogram::new_with_bounds(1_000, 120_000_000_000, 3)?)
}

/// A duration as a histogram takes it.
pub(crate) fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
fn milliseconds(nanos: u64) -> f64 {
    nanos as f64 / 1e6
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Read, Write},
        net::TcpListener,
    };

    use super::*;

    #[test]
    fn a_text_carries_its_moment_and_keeps_its_length() {
        let moment = Moment(Duration::from_nanos(1_234_567_890_123));
        let text = moment.text(140);
        assert_eq!(text.len(), 140);
        let mut found = Vec::new();
        Moment::each(format!("Anonymous: {text}, {}", moment.text(30)).as_bytes(), |moment| found.push(moment));
        assert_eq!(found, [moment, moment]);
    }

    /// Answers everything at once, but for a pause of a second after the first half.
    fn pauses(listener: &TcpListener, pause: Duration, before: usize) -> std::io::Result<()> {
        let (mut stream, _) = listener.accept()?;
        let mut paused = false;
        let (mut part, mut echoed) = ([0; 4096], 0);
        loop {
            let read = stream.read(&mut part)?;
            if read == 0 {
                return Ok(());
            }
            if !paused && echoed > before {
                paused = true;
                thread::sleep(pause);
            }
            stream.write_all(&part[..read])?;
            echoed += read;
        }
    }

    #[test]
    fn a_server_that_stalls_is_late_for_all_that_was_due_meanwhile() {
        const TEXT: usize = 40;
        const COUNT: u32 = 300;
        let every = Duration::from_millis(5);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut stream = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let server = thread::spawn(move || pauses(&listener, Duration::from_secs(1), 50 * TEXT));

        let first = Moment::now();
        let mut sending = stream.try_clone().unwrap();
        let sender = thread::spawn(move || {
            Schedule { first, every }.keep(COUNT, |_, due| Ok(sending.write_all(due.text(TEXT).as_bytes())?))
        });
        let latencies = Latencies::new().unwrap();
        let mut answer = [0; TEXT];
        for _ in 0..COUNT {
            stream.read_exact(&mut answer).unwrap();
            latencies.record(&answer);
        }
        drop(stream);
        sender.join().unwrap().unwrap();
        drop(server);

        assert_eq!(latencies.delivered(), u64::from(COUNT));
        let recorded = latencies.recorded.borrow();
        // 200 were due during the pause, the last ones of them shortly before its end. Had the load
        // waited for answers, one alone would have been late.
        let late = recorded.count_between(nanos(Duration::from_millis(100)), nanos(Duration::from_secs(100)));
        assert!((150..=240).contains(&late), "{late} were late");
        assert!(latencies.percentiles().max >= 950.0, "{:?}", latencies.percentiles());
        assert!(latencies.percentiles().p50 >= 100.0, "{:?}", latencies.percentiles());
    }

    #[test]
    fn a_send_that_blocks_moves_nothing_on_the_schedule() {
        let (every, stall) = (Duration::from_millis(5), Duration::from_millis(200));
        let schedule = Schedule { first: Moment::now(), every };
        let mut meant = Vec::new();
        let late = schedule.keep(60, |number, due| {
            if number == 10 {
                thread::sleep(stall);
            }
            meant.push(due);
            Ok(())
        });
        assert_eq!(meant, (0..60).map(|number| schedule.at(number)).collect::<Vec<_>>());
        // What was due meanwhile goes out at once, and counts from when it was due.
        let waited = late.unwrap().count_between(nanos(Duration::from_millis(20)), nanos(stall));
        assert!((30..=40).contains(&waited), "{waited} waited");
    }

    #[test]
    fn warming_up_is_not_recorded() {
        let first = Moment::now();
        let schedule = Schedule { first, every: Duration::from_secs(1) };
        let latencies = Latencies::new().unwrap();
        latencies.only_from(schedule.at(2));
        latencies.record(schedule.at(1).text(40).as_bytes());
        assert_eq!(latencies.delivered(), 0);
        latencies.record(schedule.at(2).text(40).as_bytes());
        assert_eq!(latencies.delivered(), 1);
    }
}
