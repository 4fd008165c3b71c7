//! The rates: Transfert at its own, questions at theirs.
//!
//! "Never more than rate·n + 1 calls in any n seconds" says, of calls that leave at t1 ≤ t2 ≤ …, that for
//! all i < j: j − i + 1 ≤ (tj − ti)/period + 1, which is tj − ti ≥ (j − i)·period. That holds for all
//! pairs if and only if it holds for neighbours: **no two calls leave within one period, and a late one is
//! never made up for**. What one call is late, all that follow are later; the rate is used in full only
//! as far as each leaves at its very moment. So its intent is on disk a little before ([`Pace::lead`]), its
//! connection is made meanwhile ([`Pace::reach`]), and the call itself, not the loop, waits for the moment
//! ([`Permit::nearly_due`]) on the most exact timer there is. The period is counted from the moment at which
//! the last call really left: what it took to connect does not tell in when it arrives.
//!
//! That needs a period which is long against the timer's grain. Above a thousand a second calls that fit
//! into one grain leave together, and the rule is rate·n + what fits into [`GRAIN`].
//!
//! Must never: let a call leave within a period of the one before it, or save up what a quiet hour did not
//! use.

use crate::clock::{Clock, WAKE_UP};
use crate::moncash::gateway::Left;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
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
/// So long after the moment of a call the loop keeps still at most, so that nothing of its own comes between
/// the moment and the call's bytes: calls that are held up unequally arrive closer together than they left.
const TO_LEAVE: Duration = Duration::from_millis(1);

/// The least time between an intent and its call, where turns take no time: the grain of the timer that
/// wakes the loop, and as much again.
const SHORTEST_LEAD: Duration = Duration::from_millis(2);
/// The most: what a person orders meanwhile comes too late for that call.
const LONGEST_LEAD: Duration = Duration::from_millis(20);

/// The most that an intent is on disk earlier because connecting takes long; where it takes longer than
/// that, the rate is not used in full.
const LONGEST_REACH: Duration = Duration::from_secs(1);

/// The shortest period that is reckoned with.
const SHORTEST_PERIOD: Duration = Duration::from_nanos(100);

/// One rate.
#[derive(Clone)]
pub struct Pace {
    beat: Rc<Beat>,
}

struct Beat {
    period: Cell<Duration>,
    /// The last call. Above a thousand a second: when it ought to have begun, which may lie ahead.
    last: RefCell<Option<Last>>,
    /// Calls with a permit that did not begin yet.
    waiting: Cell<u32>,
    /// Those of them that do not even connect yet, and those whose connection stands.
    unbegun: Cell<u32>,
    connected: Cell<u32>,
    /// How long connecting took at most, lately.
    connecting: Cell<Duration>,
}

/// A call that has had its moment.
struct Last {
    moment: Instant,
    /// Where it is told when it really left.
    left: Option<Left>,
}

impl Last {
    /// Whether it can still leave, and nobody knows when.
    fn is_leaving(&self) -> bool {
        self.left.as_ref().is_some_and(|left| left.get().is_none() && Arc::strong_count(left) > 1)
    }

    /// Whether it is known to have left.
    fn has_left(&self) -> bool {
        self.left.as_ref().is_some_and(|left| left.get().is_some())
    }

    /// From when on the period counts.
    fn counts_from(&self, now: Instant) -> Instant {
        let left = self.left.as_ref().and_then(|left| left.get().copied());
        let leaving = self.is_leaving().then_some(now);
        left.or(leaving).map_or(self.moment, |left| left.max(self.moment))
    }
}

impl Pace {
    /// One call every `period`.
    pub fn every(period: Duration) -> Pace {
        Pace { beat: Rc::new(Beat::new(period.max(SHORTEST_PERIOD))) }
    }

    /// Another rate from now on. The period of the next call counts from the one that left last, as ever:
    /// nothing that the old rate did not use is made up for.
    pub fn change(&self, period: Duration) {
        self.beat.period.set(period.max(SHORTEST_PERIOD));
    }

    /// Whether one more call, after `taken` others of this turn, may have its permit: its moment comes
    /// within `lead`. Else how long until then.
    pub fn look(&self, taken: u32, lead: Duration) -> Result<(), Duration> {
        let now = tokio::time::Instant::now();
        let ahead = if self.beat.one_by_one() { lead } else { GRAIN.saturating_sub(self.beat.period()) };
        let due = self.beat.moment_of(taken, now).saturating_duration_since(now);
        if due <= ahead { Ok(()) } else { Err(due - ahead) }
    }

    /// The permit of a call that is launched.
    pub fn permit(&self) -> Permit {
        let beat = self.beat.clone();
        let counted = beat.one_by_one();
        if counted {
            beat.waiting.set(beat.waiting.get() + 1);
            beat.unbegun.set(beat.unbegun.get() + 1);
        } else {
            beat.note(beat.moment_of(0, tokio::time::Instant::now()), None);
        }
        Permit { beat, given: tokio::time::Instant::now(), counted, begun: false, connected: false, used: false }
    }

    /// How long before its moment a call's intent may be on disk, where a turn takes as long as `turn`.
    pub fn lead(&self, turn: Duration) -> Duration {
        let lead = (turn + turn / 2 + SHORTEST_LEAD).min(LONGEST_LEAD);
        // Where the loop keeps still from the intent to the call, most of the period is left for the rest.
        let period = self.beat.period();
        if period >= EXACT_FROM { lead.min(period / 3) } else { lead }
    }

    /// How much earlier still, because it connects before it leaves.
    pub fn reach(&self) -> Duration {
        let connecting = self.beat.connecting.get();
        (connecting + connecting / 4).min(LONGEST_REACH)
    }

    /// The moment of the next call that has a permit; `None` where none has one, where it has passed while all
    /// of them are still connecting, or where the rate is too fast to care.
    pub fn next_leaves(&self) -> Option<Instant> {
        let beat = &self.beat;
        if beat.period() < EXACT_FROM || beat.waiting.get() == 0 {
            return None;
        }
        let now = tokio::time::Instant::now();
        let moment = beat.moment_of_first(now);
        (moment > now || beat.unbegun.get() + beat.connected.get() > 0).then_some(moment)
    }

    /// Until when the call that had its moment last is left alone on its way.
    pub fn on_its_way_until(&self) -> Option<Instant> {
        let last = self.beat.last.borrow();
        let last = last.as_ref().filter(|last| self.beat.period() >= EXACT_FROM && !last.has_left())?;
        Some(last.moment + TO_LEAVE)
    }
}

impl Beat {
    fn new(period: Duration) -> Beat {
        let (waiting, unbegun, connected) = (Cell::new(0), Cell::new(0), Cell::new(0));
        let (period, connecting) = (Cell::new(period), Cell::new(Duration::ZERO));
        Beat { period, last: RefCell::new(None), waiting, unbegun, connected, connecting }
    }

    fn period(&self) -> Duration {
        self.period.get()
    }

    fn note(&self, moment: Instant, left: Option<Left>) {
        self.last.replace(Some(Last { moment, left }));
    }

    fn one_by_one(&self) -> bool {
        self.period() >= ONE_BY_ONE_FROM
    }

    fn moment_of_first(&self, now: Instant) -> Instant {
        self.last.borrow().as_ref().map_or(now, |last| now.max(last.counts_from(now) + self.period()))
    }

    /// The moment of a call that leaves after all that have a permit, and after `taken` others.
    fn moment_of(&self, taken: u32, now: Instant) -> Instant {
        let before = if self.one_by_one() { self.waiting.get().saturating_add(taken) } else { taken };
        self.moment_of_first(now) + self.period().saturating_mul(before)
    }
}

/// The right to make one call, at its moment.
pub struct Permit {
    beat: Rc<Beat>,
    given: Instant,
    /// It is among those that wait: the rate may be another by the time it leaves.
    counted: bool,
    begun: bool,
    connected: bool,
    used: bool,
}

impl Permit {
    /// Its call connects from now on, and is waited for at the moment only once it stands at its door.
    pub fn begin(&mut self) {
        if !std::mem::replace(&mut self.begun, true) && self.counted {
            self.beat.unbegun.set(self.beat.unbegun.get().saturating_sub(1));
        }
    }

    /// Waits for the moment; the call begins when this returns, with no await between.
    pub async fn due(mut self, clock: &dyn Clock) {
        if self.beat.one_by_one() {
            loop {
                let now = tokio::time::Instant::now();
                let at = self.beat.moment_of_first(now);
                if at <= now {
                    self.beat.note(now, None);
                    break;
                }
                clock.until(at).await;
            }
        }
        self.use_up();
    }

    /// The same for a call whose connection stands when this is first polled: waits until the moment or
    /// [`WAKE_UP`] before it, and gives the moment. `left` will tell when the call really left.
    pub async fn nearly_due(mut self, clock: &dyn Clock, left: Left) -> Instant {
        self.note_connected();
        let moment = loop {
            let now = tokio::time::Instant::now();
            if !self.beat.one_by_one() {
                break now;
            }
            let moment = self.beat.moment_of_first(now);
            let others = self.beat.last.borrow().as_ref().is_some_and(Last::is_leaving);
            if !others && moment.saturating_duration_since(now) <= WAKE_UP {
                self.beat.note(moment, Some(left));
                break moment;
            }
            clock.nearly(moment).await;
        };
        self.use_up();
        moment
    }

    fn note_connected(&mut self) {
        let beat = &self.beat;
        let took = tokio::time::Instant::now().saturating_duration_since(self.given);
        // As long as the longest one lately: it is forgotten by a sixty-fourth with every call.
        beat.connecting.set(took.max(beat.connecting.get() - beat.connecting.get() / 64));
        beat.connected.set(beat.connected.get() + 1);
        self.connected = true;
    }

    fn use_up(&mut self) {
        self.begin();
        if std::mem::replace(&mut self.used, true) {
            return;
        }
        if self.counted {
            self.beat.waiting.set(self.beat.waiting.get().saturating_sub(1));
        }
        if self.connected {
            self.beat.connected.set(self.beat.connected.get().saturating_sub(1));
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
