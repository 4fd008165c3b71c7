//! The rates: Transfert at its own, questions at theirs.
//!
//! "Never more than rate·n + 1 calls in any n seconds" says, of calls that leave at t1 ≤ t2 ≤ …, that for
//! all i < j: j − i + 1 ≤ (tj − ti)/period + 1, which is tj − ti ≥ (j − i)·period. That holds for all
//! pairs if and only if it holds for neighbours: **no two calls leave within one period, and a late one is
//! never made up for**. What one call is late, all that follow are later; the rate is used in full only
//! as far as each leaves at its very moment. So its intent is on disk a little before ([`Pace::lead`]), and the
//! call itself, not the loop, waits for the moment ([`Permit::due`]) on the most exact timer there is.
//! The period is counted from the moment at which the last call really began.
//!
//! That needs a period which is long against the timer's grain. Above a thousand a second calls that fit
//! into one grain leave together, and the rule is rate·n + what fits into [`GRAIN`].
//!
//! Must never: let a call leave within a period of the one before it, or save up what a quiet hour did not
//! use.

use crate::clock::Clock;
use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;
use tokio::time::Instant;

/// Up to a thousand a second every call has a moment of its own.
const ONE_BY_ONE_FROM: Duration = Duration::from_millis(1);
/// Faster than that, what is due within tokio's grain (a millisecond, and one for a late wake-up) leaves
/// together.
const GRAIN: Duration = Duration::from_millis(2);
/// Rates up to 200 a second are worth it that the loop keeps still around each call. Faster, it would do
/// nothing else.
const EXACT_FROM: Duration = Duration::from_millis(5);
/// So long after a call began the loop keeps still, so that nothing of its own comes between the first
/// byte of the connection and the last one of the call: calls that are held up on their way unequally
/// arrive closer together than they left.
const TO_LEAVE: Duration = Duration::from_millis(1);

/// The least time between an intent and its call, where turns take no time: the grain of the timer that
/// wakes the loop, and as much again.
const SHORTEST_LEAD: Duration = Duration::from_millis(2);
/// The most: what a person orders meanwhile comes too late for that call.
const LONGEST_LEAD: Duration = Duration::from_millis(20);

/// One rate.
#[derive(Clone)]
pub struct Pace {
    beat: Rc<Beat>,
}

struct Beat {
    period: Duration,
    /// When the last call began. Above a thousand a second: when the last one ought to have begun,
    /// which may lie ahead.
    last: Cell<Option<Instant>>,
    /// Calls with a permit that did not begin yet.
    waiting: Cell<u32>,
}

impl Pace {
    /// One call every `period`.
    pub fn every(period: Duration) -> Pace {
        let period = period.max(Duration::from_nanos(100));
        Pace { beat: Rc::new(Beat { period, last: Cell::new(None), waiting: Cell::new(0) }) }
    }

    /// Whether one more call, after `taken` others of this turn, may have its permit: its moment comes
    /// within `lead`. Else how long until then.
    pub fn look(&self, taken: u32, lead: Duration) -> Result<(), Duration> {
        let now = tokio::time::Instant::now();
        let ahead = if self.beat.one_by_one() { lead } else { GRAIN - self.beat.period };
        let due = self.beat.moment_of(taken, now).saturating_duration_since(now);
        if due <= ahead { Ok(()) } else { Err(due - ahead) }
    }

    /// The permit of a call that is launched.
    pub fn permit(&self) -> Permit {
        let beat = self.beat.clone();
        if beat.one_by_one() {
            beat.waiting.set(beat.waiting.get() + 1);
        } else {
            beat.last.set(Some(beat.moment_of(0, tokio::time::Instant::now())));
        }
        Permit { beat, used: false }
    }

    /// How long before its moment a call's intent may be on disk, where a turn takes as long as `turn`.
    pub fn lead(&self, turn: Duration) -> Duration {
        let lead = (turn + turn / 2 + SHORTEST_LEAD).min(LONGEST_LEAD);
        // Where the loop keeps still from the intent to the call, most of the period is left for the rest.
        if self.beat.period >= EXACT_FROM { lead.min(self.beat.period / 3) } else { lead }
    }

    /// The moment of the next call that has a permit; `None` where none has one, or the rate is too fast
    /// to care.
    pub fn next_leaves(&self) -> Option<Instant> {
        let cares = self.beat.period >= EXACT_FROM && self.beat.waiting.get() > 0;
        cares.then(|| self.beat.moment_of_first(tokio::time::Instant::now()))
    }

    /// Until when the call that began last is left alone on its way.
    pub fn on_its_way_until(&self) -> Option<Instant> {
        let last = self.beat.last.get().filter(|_| self.beat.period >= EXACT_FROM)?;
        Some(last + TO_LEAVE)
    }
}

impl Beat {
    fn one_by_one(&self) -> bool {
        self.period >= ONE_BY_ONE_FROM
    }

    fn moment_of_first(&self, now: Instant) -> Instant {
        self.last.get().map_or(now, |last| now.max(last + self.period))
    }

    /// The moment of a call that leaves after all that have a permit, and after `taken` others.
    fn moment_of(&self, taken: u32, now: Instant) -> Instant {
        let before = if self.one_by_one() { self.waiting.get().saturating_add(taken) } else { taken };
        self.moment_of_first(now) + self.period.saturating_mul(before)
    }
}

/// The right to make one call, at its moment.
pub struct Permit {
    beat: Rc<Beat>,
    used: bool,
}

impl Permit {
    /// Waits for the moment; the call begins when this returns, with no await between.
    pub async fn due(mut self, clock: &dyn Clock) {
        if self.beat.one_by_one() {
            loop {
                let now = tokio::time::Instant::now();
                let at = self.beat.moment_of_first(now);
                if at <= now {
                    self.beat.last.set(Some(now));
                    break;
                }
                clock.until(at).await;
            }
        }
        self.use_up();
    }

    fn use_up(&mut self) {
        if !std::mem::replace(&mut self.used, true) && self.beat.one_by_one() {
            self.beat.waiting.set(self.beat.waiting.get().saturating_sub(1));
        }
    }
}

/// A call that is dropped before its moment leaves it to the next.
impl Drop for Permit {
    fn drop(&mut self) {
        self.use_up();
    }
}

#[cfg(test)]
mod tests;
