//! What may be spent of the prefunded account, so that the balance never goes under the floor
//! through our doing, given truthful readings.
//!
//! spendable = reading − everything not settled before that reading was requested − what settled
//! within `balance_lag` of it − fees (rounded up) − floor. A rise counts when it was read twice:
//! of the last two readings, each with its own deductions, the smaller result counts.
//!
//! Must never: count money that may already be gone.

use super::evidence::{Refusal, TransferAnswer};
use super::moment::BootMoment;
use super::money::Amount;
use super::state::State;
use std::collections::VecDeque;
use std::time::Duration;

/// A hundred percent, in the unit that `fee_percent` is kept in.
const WHOLE: i128 = 1_000_000;

/// MonCash's fee on top of a transfer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fee {
    /// Parts per million of the amount: 3 % is 30 000.
    pub parts_per_million: u32,
    pub fixed: Amount,
}

impl Fee {
    /// What one transfer of `amount` takes from the account: the fee is rounded up to the centime.
    pub fn with(&self, amount: Amount) -> Amount {
        self.for_rows(1, amount)
    }

    /// What transfers take whose amounts are known, each fee rounded up.
    pub fn for_each(&self, amounts: impl IntoIterator<Item = Amount>) -> Amount {
        amounts.into_iter().fold(Amount::ZERO, |sum, amount| sum.saturating_add(self.with(amount)))
    }

    /// What `rows` transfers of `total` together take, where their single amounts are not known: exact
    /// for one, and for several never less than it can be, whatever the amounts. [`Amount::MAX`] where
    /// the sum cannot be held.
    pub fn for_rows(&self, rows: u32, total: Amount) -> Amount {
        self.checked_for_rows(rows, total).unwrap_or(Amount::MAX)
    }

    fn checked_for_rows(&self, rows: u32, total: Amount) -> Option<Amount> {
        let share = i128::from(total.centimes()).checked_mul(i128::from(self.parts_per_million))?;
        // A row's share of a centime is a multiple of this, and so is what rounding it up adds at most.
        let step = greatest_common_divisor(i128::from(self.parts_per_million), WHOLE);
        let rounding = (WHOLE - step).checked_mul(i128::from(rows))?;
        let shares = share.checked_add(rounding)?.div_euclid(WHOLE);
        let fixed = self.fixed.centimes().checked_mul(i64::from(rows))?;
        let fees = i64::try_from(shares).ok()?.checked_add(fixed)?;
        total.checked_add(Amount::from_centimes(fees))
    }
}

fn greatest_common_divisor(a: i128, b: i128) -> i128 {
    if a == 0 { b } else { greatest_common_divisor(b % a, a) }
}

/// One reading of the balance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    pub balance: Amount,
    /// When it was asked for: what settles after this may not be in it.
    pub requested: BootMoment,
}

/// A reading with what has to be taken from it: what settled too late to be surely in it. Summed up
/// as it happens, because every payout asks.
#[derive(Clone, Copy, Debug)]
struct Taken {
    reading: Reading,
    maybe_not_in_it: Amount,
}

impl Taken {
    /// Counts one payment, if this reading may not know of it.
    fn count(&mut self, at: BootMoment, cost: Amount, balance_lag: Duration) {
        let requested = self.reading.requested;
        if !requested.served(at, balance_lag) || at.ms >= requested.ms {
            self.maybe_not_in_it = self.maybe_not_in_it.saturating_add(cost);
        }
    }
}

/// The money side of the house.
#[derive(Clone, Debug)]
pub struct Funds {
    fee: Fee,
    floor: Amount,
    balance_lag: Duration,
    /// Newest last; at most two.
    readings: VecDeque<Taken>,
    /// Amount and fee of everything that is in doubt or held with money that may have moved.
    reserved: Amount,
    /// What was settled as paid, fee included, and when; only as far back as a reading needs.
    settled: VecDeque<(BootMoment, Amount)>,
    /// How often something was reserved or settled.
    movements: u64,
    kept: Option<Kept>,
}

/// The reading that was last worth keeping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Kept {
    balance: Amount,
    /// Of [`Funds::movements`], when it was read.
    movements: u64,
    /// All that was settled before it is surely in it.
    is_quiet: bool,
}

/// Whether one payout may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cover {
    Yes,
    /// That many HTG are missing.
    Short(Amount),
    /// No reading yet.
    Unknown,
}

impl Funds {
    pub fn new(fee: Fee, floor: Amount, balance_lag: Duration) -> Funds {
        Funds {
            fee,
            floor,
            balance_lag,
            readings: VecDeque::new(),
            reserved: Amount::ZERO,
            settled: VecDeque::new(),
            movements: 0,
            kept: None,
        }
    }

    pub fn fee(&self) -> Fee {
        self.fee
    }

    pub fn floor(&self) -> Amount {
        self.floor
    }

    pub fn reserved(&self) -> Amount {
        self.reserved
    }

    pub fn last_reading(&self) -> Option<Reading> {
        self.readings.back().map(|taken| taken.reading)
    }

    /// A payout of `amount` went into doubt: it stays reserved until it is settled.
    pub fn reserve(&mut self, amount: Amount) {
        self.movements += 1;
        self.reserved = self.reserved.saturating_add(self.fee.with(amount));
    }

    /// Follows a payout of `amount` from a state that did or did not reserve to the one that it is in now.
    pub fn follow(&mut self, reserved: bool, state: &State, amount: Amount, at: BootMoment) {
        match (reserved, state.reserves()) {
            (false, true) => self.reserve(amount),
            (true, false) => match state {
                State::Paid { .. } => self.settle_paid(amount, at),
                State::Queued
                | State::InDoubt(_)
                | State::Held { .. }
                | State::Declined { .. }
                | State::Cancelled { .. } => self.settle_unpaid(amount),
            },
            (true, true) | (false, false) => {}
        }
    }

    /// A reserved payout was settled as paid.
    pub fn settle_paid(&mut self, amount: Amount, at: BootMoment) {
        let cost = self.fee.with(amount);
        self.unreserve(cost);
        self.settle(at, cost);
    }

    /// A reserved payout was settled as not paid.
    pub fn settle_unpaid(&mut self, amount: Amount) {
        self.unreserve(self.fee.with(amount));
    }

    /// Never under zero: that would be money from nowhere.
    fn unreserve(&mut self, cost: Amount) {
        self.movements += 1;
        self.reserved = self.reserved.saturating_sub(cost).max(Amount::ZERO);
    }

    /// What was paid shortly before this process started, of which no reading may know yet.
    pub fn remember_paid(&mut self, amount: Amount, at: BootMoment) {
        self.settle(at, self.fee.with(amount));
    }

    fn settle(&mut self, at: BootMoment, cost: Amount) {
        self.settled.push_back((at, cost));
        for taken in &mut self.readings {
            taken.count(at, cost, self.balance_lag);
        }
    }

    /// Takes a reading. Readings that were requested before the last one are ignored.
    pub fn read(&mut self, reading: Reading) {
        if self.readings.back().is_some_and(|last| reading.requested.since(last.reading.requested).is_none()) {
            // Another boot: what was read there is not comparable.
            self.readings.clear();
        }
        if self.readings.back().is_some_and(|last| reading.requested.ms < last.reading.requested.ms) {
            return;
        }
        // What settled in another boot settled before now, and nobody knows how long: its lag
        // begins anew, or it would be counted for ever.
        for (at, _) in self.settled.iter_mut().filter(|(at, _)| at.boot != reading.requested.boot) {
            *at = reading.requested;
        }
        if self.readings.len() == 2 {
            self.readings.pop_front();
        }
        self.readings.push_back(Taken { reading, maybe_not_in_it: Amount::ZERO });
        let oldest = self.readings.front().map(|taken| taken.reading.requested);
        while let (Some((at, _)), Some(requested)) = (self.settled.front(), oldest) {
            if !requested.served(*at, self.balance_lag) {
                break;
            }
            self.settled.pop_front();
        }
        for taken in &mut self.readings {
            taken.maybe_not_in_it = Amount::ZERO;
            for (at, cost) in &self.settled {
                taken.count(*at, *cost, self.balance_lag);
            }
        }
    }

    /// Whether the newest reading says something to a balance proof that the last one kept does not: the
    /// first of this process, another amount, something moved in between, or all that moved before is
    /// surely in it now. Takes it for kept. While nothing moves there is none: an idle ledger does not
    /// grow.
    pub fn worth_keeping(&mut self) -> bool {
        let Some(newest) = self.last_reading() else { return false };
        let is_quiet = self.nothing_recent();
        let now = Kept { balance: newest.balance, movements: self.movements, is_quiet };
        let says_more = self.kept.is_none_or(|kept| {
            (kept.balance, kept.movements) != (now.balance, now.movements) || (is_quiet && !kept.is_quiet)
        });
        if says_more {
            self.kept = Some(now);
        }
        says_more
    }

    /// Whether what was paid is not surely in a reading that was kept: one more closes the reckoning.
    pub fn wants_closing(&self) -> bool {
        self.kept.is_some_and(|kept| !kept.is_quiet || kept.movements != self.movements)
    }

    /// Forgets the readings where MonCash says that there is too little.
    pub fn hear_transfer(&mut self, answer: &TransferAnswer) {
        match answer {
            TransferAnswer::Refused { kind: Refusal::Shortage, .. } => self.readings.clear(),
            TransferAnswer::Refused {
                kind:
                    Refusal::Decline
                    | Refusal::Payee
                    | Refusal::Account
                    | Refusal::TooMany
                    | Refusal::Token
                    | Refusal::Unclear,
                ..
            }
            | TransferAnswer::Paid { .. }
            | TransferAnswer::PaidOther { .. }
            | TransferAnswer::NeverLeft { .. }
            | TransferAnswer::Unknown { .. } => {}
        }
    }

    /// What may still be spent; `None` before the first reading.
    pub fn spendable(&self) -> Option<Amount> {
        self.readings.iter().map(|taken| self.spendable_by(taken)).min()
    }

    fn spendable_by(&self, taken: &Taken) -> Amount {
        let Taken { reading, maybe_not_in_it } = taken;
        reading.balance.saturating_sub(self.reserved).saturating_sub(*maybe_not_in_it).saturating_sub(self.floor)
    }

    /// Whether every payment is old enough to be in the newest reading.
    pub fn nothing_recent(&self) -> bool {
        let Some(reading) = self.readings.back().map(|taken| taken.reading) else { return false };
        // Newest first: where something is recent, it is the last.
        self.settled
            .iter()
            .rev()
            .all(|(at, _)| at.ms < reading.requested.ms && reading.requested.served(*at, self.balance_lag))
    }

    /// Whether the newest reading shows more than counts yet, so that reading again soon helps.
    pub fn rise_unconfirmed(&self) -> bool {
        match (self.readings.back(), self.spendable()) {
            (Some(newest), Some(counted)) => self.spendable_by(newest) > counted,
            _ => false,
        }
    }

    /// Whether a payout that is reserved already is covered: sending it again after a proof adds
    /// nothing to what is reserved.
    pub fn covers_reserved(&self) -> Cover {
        match self.spendable() {
            None => Cover::Unknown,
            Some(spendable) if spendable >= Amount::ZERO => Cover::Yes,
            Some(spendable) => Cover::Short(Amount::ZERO.saturating_sub(spendable)),
        }
    }

    /// Whether a payout of `amount` is covered, fee included.
    pub fn covers(&self, amount: Amount) -> Cover {
        self.covers_beside(amount, Amount::ZERO)
    }

    /// Whether a payout of `amount` is covered, fee included, when `pledged` is left for others.
    pub fn covers_beside(&self, amount: Amount, pledged: Amount) -> Cover {
        let cost = self.fee.with(amount).saturating_add(pledged);
        match self.spendable() {
            None => Cover::Unknown,
            Some(spendable) if spendable >= cost => Cover::Yes,
            Some(spendable) => Cover::Short(cost.saturating_sub(spendable)),
        }
    }
}

#[cfg(test)]
mod tests;
