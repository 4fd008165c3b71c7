//! How fast batches move, by what was seen of them while somebody looked; and from that, about how long the
//! rest takes.
//!
//! Must never: tell a rate that was not seen, or a time that the allowed rate makes impossible.

use super::view::HouseView;
use crate::payout::state::{BatchId, StateWord};
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

/// How far back is looked: longer shows a rate that is over, shorter one that jumps.
const WINDOW: Duration = Duration::from_secs(60);
/// What was seen for a shorter time shows no rate.
const LEAST: Duration = Duration::from_secs(4);

/// When something was seen, and how many rows had left the queue.
type Seen = (Duration, u32);

/// Rows in a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Speed {
    rows: u32,
    took: Duration,
}

impl Speed {
    /// `4.9/s`, `12/min`.
    pub fn words(self) -> String {
        let tenths = u128::from(self.rows) * 10_000 / self.took.as_millis().max(1);
        match tenths {
            10.. => format!("{}.{}/s", tenths / 10, tenths % 10),
            _ => format!("{}/min", u128::from(self.rows) * 60_000 / self.took.as_millis().max(1)),
        }
    }
}

/// What was seen of every batch.
pub struct Progress {
    /// One Transfert every so often, where that is known.
    period: Option<Duration>,
    seen: BTreeMap<BatchId, VecDeque<Seen>>,
}

impl Progress {
    /// `period`: the least time between two payments that is allowed.
    pub fn new(period: Option<Duration>) -> Progress {
        Progress { period, seen: BTreeMap::new() }
    }

    /// Takes note of how things stand; `now` counts from anywhere.
    pub fn note(&mut self, house: &HouseView, now: Duration) {
        self.seen.retain(|id, _| house.batches.iter().any(|it| it.batch.id == *id));
        for it in &house.batches {
            let gone = it.batch.rows.saturating_sub(it.batch.tally.count(StateWord::Queued));
            let seen = self.seen.entry(it.batch.id).or_default();
            // Rows that went back to the queue: what was seen before is no measure.
            if seen.back().is_some_and(|(_, before)| *before > gone) {
                seen.clear();
            }
            seen.push_back((now, gone));
            while seen.len() > 1 && seen.front().is_some_and(|(at, _)| now.saturating_sub(*at) > WINDOW) {
                seen.pop_front();
            }
        }
    }

    /// How fast a batch left the queue lately; `None` where nothing shows it.
    pub fn speed(&self, batch: BatchId) -> Option<Speed> {
        let seen = self.seen.get(&batch)?;
        let ((from, before), (to, now)) = (seen.front()?, seen.back()?);
        let speed = Speed { rows: now.checked_sub(*before)?, took: to.checked_sub(*from)? };
        (speed.rows > 0 && speed.took >= LEAST).then_some(speed)
    }

    /// About how long the rest of a batch takes at that speed; never less than the allowed rate makes it.
    pub fn left(&self, house: &HouseView, batch: BatchId) -> Option<Duration> {
        let speed = self.speed(batch)?;
        let it = house.batches.iter().find(|it| it.batch.id == batch)?;
        let queued = it.batch.tally.count(StateWord::Queued);
        let left = speed.took.saturating_mul(queued) / speed.rows;
        Some(left.max(self.period.unwrap_or_default().saturating_mul(queued)))
    }
}
