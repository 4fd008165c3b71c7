//! The balance proof: opening reading − paid − fees + top-ups = closing reading, over every stretch
//! between two readings that were kept.
//!
//! A payout is in a reading for certain once it was settled `balance_lag` before the reading was asked
//! for, and for certain not while it was not sent when the reading was heard. Between the two it *may* be
//! in it: one that crosses a reading, and one in doubt until it is settled. A stretch with crossing payouts
//! is held between bounds; from one quiet reading (that none crosses) to the next the reckoning is exact to
//! the centime. A rise that no payout explains came in; a fall that no payout explains is an alarm.
//!
//! Pure: what it is told is all it knows. Must never: alarm about what a crossing payout, a doubt, a late
//! reading or a top-up can explain, or let a centime pass from one quiet reading to the next.

use super::charge::Charge;
use crate::ledger::readings::Reading;
use crate::payout::moment::{BootMoment, Wall};
use crate::payout::money::Amount;
use crate::payout::state::PayoutId;
use std::collections::BTreeMap;
use std::time::Duration;

/// What a wall clock may be out by within one boot, in milliseconds: it is slewed, not set.
const SLEWED: i64 = 1_000;
/// And where nothing says that it was not set: after a reboot, or before the first reading.
const UNSURE: i64 = 60_000;
/// Payouts of a stretch that are named.
pub const NAMED: usize = 50;

/// What a stretch came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Every centime is explained.
    Exact,
    /// Every centime is explained, but for what came in.
    TopUp,
    /// Payouts cross a reading: explained as far as can be. The span it belongs to is exact.
    InFlight,
    /// What is missing may be what is still in doubt.
    OpenDoubt,
    /// More left the account than anything explains.
    Unexplained,
}

impl Verdict {
    pub fn word(self) -> &'static str {
        match self {
            Verdict::Exact => "exact",
            Verdict::TopUp => "top_up",
            Verdict::InFlight => "in_flight",
            Verdict::OpenDoubt => "open_doubt",
            Verdict::Unexplained => "unexplained",
        }
    }
}

/// From one reading to another. Amounts in centimes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stretch {
    pub from: Reading,
    pub to: Reading,
    /// From quiet reading to quiet reading, over more than one stretch.
    pub is_span: bool,
    /// Both ends are quiet.
    pub is_closed: bool,
    /// What surely left between the two.
    pub rows: i64,
    pub paid: i64,
    pub fees: i64,
    /// What may have left between the two: crossing payouts, doubts. With fees.
    pub may_rows: i64,
    pub may: i64,
    /// What surely came in.
    pub top_up: i64,
    /// opening − paid − fees + top-up − closing: what nothing certain explains.
    pub difference: i64,
    /// That part of it which nothing explains at all.
    pub unexplained: i64,
    pub verdict: Verdict,
    /// The first payouts that were sent or settled in it.
    pub named: Vec<PayoutId>,
    pub named_of: i64,
}

/// A payout whose money moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Money {
    pub id: PayoutId,
    pub amount: Amount,
    /// MonCash said that it paid it. Else it only may have.
    pub certain: bool,
}

struct Active {
    amount: i64,
    cost: i64,
    certain: bool,
    /// It was sent before the last reading.
    crossed: bool,
    paid: Option<Wall>,
    /// Settled before this; set where the wall clock cannot say.
    settled_before: Option<BootMoment>,
}

/// What left since a reading.
#[derive(Clone, Debug, Default)]
struct Sums {
    rows: i64,
    paid: i64,
    fees: i64,
    may_rows: i64,
    may: i64,
    /// What the first reading may show and the second not, because it lags more.
    back: i64,
    named: Vec<PayoutId>,
    named_of: i64,
}

impl Sums {
    fn name(&mut self, id: PayoutId) {
        self.named_of += 1;
        if self.named.len() < NAMED {
            self.named.push(id);
        }
    }

    fn certainly(&mut self, active: &Active) {
        self.rows += 1;
        self.paid = self.paid.saturating_add(active.amount);
        self.fees = self.fees.saturating_add(active.cost - active.amount);
    }

    fn perhaps(&mut self, active: &Active) {
        self.may_rows += 1;
        self.may = self.may.saturating_add(active.cost);
    }
}

pub struct Prover {
    charge: Charge,
    lag: i64,
    active: BTreeMap<PayoutId, Active>,
    last: Option<Reading>,
    /// The last quiet reading, what left since, what surely came in since, and stretches since.
    quiet: Option<Reading>,
    span: Sums,
    span_top_up: i64,
    stretches: u32,
    /// Named since the last reading.
    new: Sums,
    /// What came in lately, and when a reading first showed it: one that lags more may hide it again.
    credits: Vec<(Reading, i64)>,
    /// What was missing so far and put down to doubts that are still open: a doubt explains its money once.
    doubts_used: i64,
}

/// What a reading closed: a stretch, and the span that it ends.
pub struct Closed {
    pub stretch: Stretch,
    pub span: Option<Stretch>,
}

impl Prover {
    pub fn new(charge: Charge, balance_lag: Duration) -> Prover {
        Prover {
            charge,
            lag: i64::try_from(balance_lag.as_millis()).unwrap_or(i64::MAX / 4),
            active: BTreeMap::new(),
            last: None,
            quiet: None,
            span: Sums::default(),
            span_top_up: 0,
            stretches: 0,
            new: Sums::default(),
            credits: Vec::new(),
            doubts_used: 0,
        }
    }

    /// A payout was sent, for the first time.
    pub fn sent(&mut self, money: Money) {
        if self.active.contains_key(&money.id) {
            return;
        }
        let amount = money.amount.centimes();
        let cost = amount.saturating_add(self.charge.of(money.amount));
        let active = Active { amount, cost, certain: money.certain, crossed: false, paid: None, settled_before: None };
        self.active.insert(money.id, active);
        self.new.name(money.id);
        self.span.name(money.id);
    }

    /// A payout that was sent before the first reading, and may not be in it.
    pub fn carried(&mut self, money: Money) {
        self.sent(money);
        if let Some(active) = self.active.get_mut(&money.id) {
            active.crossed = true;
        }
    }

    /// It was settled as paid; the ledger learned of it at this moment.
    pub fn paid(&mut self, id: PayoutId, at: Wall) {
        if let Some(active) = self.active.get_mut(&id) {
            active.paid = Some(at);
        }
    }

    /// Whether no payout but those in doubt crosses the last reading.
    pub fn is_quiet(&self) -> bool {
        self.quiet.is_some() && self.quiet == self.last
    }

    /// Sent and not surely in the last reading: rows and centimes, with fees.
    pub fn pending(&self) -> (i64, i64) {
        self.active.values().fold((0, 0), |(rows, sum), active| (rows + 1, sum.saturating_add(active.cost)))
    }

    /// A reading of the balance.
    pub fn reading(&mut self, reading: Reading) -> Option<Closed> {
        let mut sums = std::mem::take(&mut self.new);
        let mut crossing: u32 = 0;
        let (mut doubts, mut settled_doubts) = (Sums::default(), 0_i64);
        let (lag, last) = (self.lag, self.last);
        let span = &mut self.span;
        self.active.retain(|id, active| {
            let settled = is_in(active, &reading, last.as_ref(), lag);
            if active.crossed {
                sums.name(*id);
            }
            match (settled, active.certain) {
                (true, true) => {
                    span.certainly(active);
                    if active.crossed {
                        sums.perhaps(active)
                    } else {
                        sums.certainly(active)
                    }
                    crossing += u32::from(active.crossed);
                }
                (true, false) => {
                    span.perhaps(active);
                    sums.perhaps(active);
                    settled_doubts = settled_doubts.saturating_add(active.cost);
                }
                (false, certain) => {
                    sums.perhaps(active);
                    if active.crossed {
                        sums.back = sums.back.saturating_add(active.cost);
                    }
                    if !certain {
                        doubts.perhaps(active);
                    }
                    crossing += u32::from(certain);
                }
            }
            active.crossed = true;
            !settled
        });
        // A debit that one reading shows, another that is asked within the lag of it may not show. And a
        // credit that the last reading may have hidden is no new one.
        if last.is_some_and(|last| has_passed(last.heard, last.asked_at, &reading, lag)) {
            sums.back = 0;
        }
        let hidden_before = self.credits.iter().filter(|(shown, _)| Some(*shown) != last);
        sums.back = hidden_before.fold(sums.back, |sum, (_, credit)| sum.saturating_add(*credit));
        self.credits.retain(|(shown, _)| !has_passed(shown.heard, shown.asked_at, &reading, lag));
        let hidden = self.credits.iter().fold(0, |sum: i64, (_, credit)| sum.saturating_add(*credit));
        sums.may = sums.may.saturating_add(hidden);
        let is_quiet = hidden == 0 && self.active.values().all(|active| !active.certain);
        let used = self.doubts_used;
        let is_closed = crossing == 0 && is_quiet && self.quiet == last;
        let stretch = last.map(|from| {
            self.stretches += 1;
            judge(from, reading, sums, is_closed, 0, used)
        });
        if let Some(stretch) = &stretch {
            self.span_top_up = self.span_top_up.saturating_add(stretch.top_up);
            // At most this much came in, if all that may have left did.
            let credit = stretch.top_up.saturating_sub(stretch.difference).saturating_add(stretch.may);
            if credit > 0 {
                self.credits.push((reading, credit));
            }
        }
        self.last = Some(reading);
        let mut closed_span = None;
        if is_quiet {
            let mut since = std::mem::take(&mut self.span);
            since.may = since.may.saturating_add(doubts.may);
            since.may_rows += doubts.may_rows;
            closed_span = self.quiet.filter(|_| self.stretches > 1).map(|from| {
                let span = judge(from, reading, since, true, self.span_top_up, used);
                Stretch { is_span: true, ..span }
            });
            let closing = closed_span.as_ref().or(stretch.as_ref().filter(|stretch| stretch.is_closed));
            if let Some(closing) = closing.filter(|closing| closing.verdict == Verdict::OpenDoubt) {
                self.doubts_used = used.saturating_add(closing.difference);
            }
            self.quiet = Some(reading);
            self.span_top_up = 0;
            self.stretches = 0;
        }
        self.doubts_used = self.doubts_used.saturating_sub(settled_doubts).max(0);
        stretch.map(|stretch| Closed { stretch, span: closed_span })
    }
}

/// Whether a settled payout is surely in a reading.
fn is_in(active: &mut Active, reading: &Reading, last: Option<&Reading>, lag: i64) -> bool {
    let Some(paid) = active.paid else { return false };
    let age = reading.asked_at.0.saturating_sub(paid.0);
    if let Some(before) = active.settled_before {
        return has_passed(before, paid, reading, lag);
    }
    let margin = match last.filter(|last| last.asked.boot == reading.asked.boot) {
        Some(last) if (offset(last) - offset(reading)).abs() <= SLEWED => Some(SLEWED),
        // The clock was set between the two: it says nothing about an age.
        Some(_) => None,
        None => Some(UNSURE),
    };
    let settled = margin.is_some_and(|margin| age >= lag.saturating_add(margin));
    if !settled {
        active.settled_before = Some(reading.heard);
    }
    settled
}

/// Whether the lag has passed between a moment and the asking for a reading.
fn has_passed(since: BootMoment, wall: Wall, reading: &Reading, lag: i64) -> bool {
    match reading.asked.since(since) {
        Some(passed) => i64::try_from(passed.as_millis()).is_ok_and(|passed| passed >= lag),
        None => reading.asked_at.0.saturating_sub(wall.0) >= lag.saturating_add(UNSURE),
    }
}

/// What the wall clock is ahead of the one that cannot jump.
fn offset(reading: &Reading) -> i64 {
    reading.asked_at.0.saturating_sub(i64::try_from(reading.asked.ms).unwrap_or(i64::MAX))
}

/// Says what a stretch came to. `is_closed`: no certain payout crosses either end. `seen`: what surely
/// came in on the way. `used`: what doubts explained before, and cannot explain again.
fn judge(from: Reading, to: Reading, sums: Sums, is_closed: bool, seen: i64, used: i64) -> Stretch {
    let Sums { rows, paid, fees, may_rows, may, back, named, named_of } = sums;
    let fell = from.balance.centimes().saturating_sub(to.balance.centimes());
    // What left beyond what is certain; less than nothing where money came in.
    let beyond = fell.saturating_sub(paid).saturating_sub(fees);
    // What came in on the way must be there at the end.
    let missing = beyond.saturating_add(seen);
    let may_left = if is_closed { may.saturating_sub(used).max(0) } else { may };
    let (verdict, top_up, unexplained) = if missing > may_left {
        (Verdict::Unexplained, seen, missing.saturating_sub(may_left))
    } else if !is_closed {
        let came_in = beyond.saturating_neg().saturating_sub(back);
        if came_in > 0 { (Verdict::TopUp, came_in, 0) } else { (Verdict::InFlight, 0, 0) }
    } else if missing > 0 {
        (Verdict::OpenDoubt, seen, 0)
    } else if beyond < 0 {
        (Verdict::TopUp, -beyond, 0)
    } else {
        (Verdict::Exact, 0, 0)
    };
    let difference = beyond.saturating_add(top_up);
    Stretch {
        from,
        to,
        is_span: false,
        is_closed,
        rows,
        paid,
        fees,
        may_rows,
        may,
        top_up,
        difference,
        unexplained,
        verdict,
        named,
        named_of,
    }
}

#[cfg(test)]
mod tests;
