//! How long things took, counted by length. Whole microseconds: no float anywhere.
//!
//! Must never: change its bounds while it counts.

use std::fmt;
use std::time::Duration;

/// Bounds of commits: a flush takes some 0.1 ms here and tens of milliseconds on a bad disk.
pub const COMMITS: &[u64] = &[100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 500_000, 1_000_000];
/// Bounds of turns: most take less than a millisecond; the watchdog bites after two minutes.
pub const TURNS: &[u64] = &[250, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 500_000, 1_000_000, 10_000_000];
/// Bounds of calls: MonCash answers within tens of milliseconds to a minute.
pub const CALLS: &[u64] = &[
    25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000, 20_000_000, 30_000_000,
    60_000_000,
];

/// Lengths of time, counted into buckets.
#[derive(Clone, Debug)]
pub struct Histogram {
    bounds: &'static [u64],
    /// One more than bounds: the last is for what is longer than all of them.
    counts: Vec<u64>,
    sum: Duration,
}

impl Histogram {
    /// `bounds`: in microseconds, rising.
    pub fn new(bounds: &'static [u64]) -> Histogram {
        Histogram { bounds, counts: vec![0; bounds.len() + 1], sum: Duration::ZERO }
    }

    pub fn note(&mut self, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let place = self.bounds.partition_point(|bound| *bound < micros);
        if let Some(count) = self.counts.get_mut(place) {
            *count += 1;
        }
        self.sum = self.sum.saturating_add(took);
    }

    pub fn count(&self) -> u64 {
        self.counts.iter().sum()
    }

    pub fn sum(&self) -> Seconds {
        Seconds(self.sum)
    }

    /// Each bound with how many were not longer.
    pub fn buckets(&self) -> impl Iterator<Item = (Seconds, u64)> {
        let mut so_far = 0;
        self.bounds.iter().zip(&self.counts).map(move |(bound, count)| {
            so_far += count;
            (Seconds(Duration::from_micros(*bound)), so_far)
        })
    }
}

/// A time as a decimal number of seconds, to the microsecond.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seconds(pub Duration);

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let micros = self.0.subsec_micros();
        write!(f, "{}", self.0.as_secs())?;
        if micros == 0 {
            return Ok(());
        }
        let digits = format!("{micros:06}");
        write!(f, ".{}", digits.trim_end_matches('0'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_printed_exactly() {
        for (micros, shown) in [(0, "0"), (1, "0.000001"), (250, "0.00025"), (1_500_000, "1.5"), (60_000_000, "60")] {
            assert_eq!(Seconds(Duration::from_micros(micros)).to_string(), shown);
        }
    }

    #[test]
    fn every_length_is_counted_once_at_its_bound() {
        let mut histogram = Histogram::new(&[100, 1_000]);
        for micros in [0, 99, 100, 101, 1_000, 1_001, 9_000_000] {
            histogram.note(Duration::from_micros(micros));
        }
        let counts: Vec<u64> = histogram.buckets().map(|(_, count)| count).collect();
        assert_eq!((counts, histogram.count()), (vec![3, 5], 7));
        assert_eq!(histogram.sum().to_string(), "9.002301");
    }

    #[test]
    fn all_bounds_rise() {
        for bounds in [COMMITS, TURNS, CALLS] {
            assert!(bounds.is_sorted_by(|a, b| a < b), "{bounds:?}");
        }
    }
}
