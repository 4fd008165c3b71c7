//! The guards' settings, and those that need no second look at the rows: the month that a file names, and
//! whether the balance covers it.
//!
//! Must never: reject a file; guards warn, or let a person decide.

use super::error::IntakeError;
use crate::ledger::Reader as LedgerReader;
use crate::payout::funds::Fee;
use crate::payout::money::Amount;
use crate::payout::state::StateWord;
use crate::payout::terms::{Act, Finding, Guard, SameNumber};

/// `[guards]`, and what the shortfall is reckoned with.
#[derive(Clone, Copy, Debug)]
pub struct GuardSettings {
    pub same_number: SameNumber,
    pub missing: Act,
    pub new_people: Act,
    pub changed_number: Act,
    pub changed_amount: Act,
    /// In hundredths: 300 is three times as much, or a third.
    pub change_factor: u32,
    pub period: Act,
    pub new_layout: Act,
    pub over_wallet: Act,
    pub wallet_limit: Amount,
    /// One payout alone may be more than a wallet holds.
    pub wallet_may_overflow: bool,
    pub shortfall: Act,
    pub fee: Fee,
    pub floor: Amount,
}

/// More than every fifth row of zero: the column may be the wrong one, or its formulas without result. No setting
/// lets that pass.
pub fn judge_zero(rows: u32, zero: u32) -> Option<Finding> {
    let all = u64::from(rows) + u64::from(zero);
    (u64::from(zero) * 5 > all).then(|| {
        let finding = Finding::of_file(Guard::ManyZero, true, String::new(), all.to_string());
        Finding { rows: zero, ..finding }
    })
}

impl GuardSettings {
    /// Every guard off.
    pub fn off() -> GuardSettings {
        let off = Act::Off;
        GuardSettings {
            same_number: SameNumber::all(off),
            missing: off,
            new_people: off,
            changed_number: off,
            changed_amount: off,
            change_factor: 300,
            period: off,
            new_layout: off,
            over_wallet: off,
            wallet_limit: Amount::MAX,
            wallet_may_overflow: false,
            shortfall: off,
            fee: Fee { parts_per_million: 0, fixed: Amount::ZERO },
            floor: Amount::ZERO,
        }
    }

    /// Whether some guard wants to know who is in the file.
    pub fn look_at_people(&self) -> bool {
        self.look_back()
            || self.new_layout != Act::Off
            || self.same_number != SameNumber::all(Act::Off)
            || self.over_wallet != Act::Off
    }

    /// Whether some guard compares with the last payroll.
    pub fn look_back(&self) -> bool {
        [self.missing, self.new_people, self.changed_number, self.changed_amount].iter().any(|act| *act != Act::Off)
    }

    /// The month that the file names, against the one in which it is paid; both as `2026-07`.
    pub fn judge_period(&self, period: Option<&str>, paid_in: &str) -> Option<Finding> {
        let period = period.filter(|period| self.period != Act::Off && *period != paid_in)?;
        Some(Finding::of_file(Guard::Period, self.period == Act::Hold, period.to_string(), paid_in.to_string()))
    }

    /// What the last known balance lacks for so many rows, after all that was ordered before. Silent
    /// where no balance was read yet.
    pub fn judge_shortfall(
        &self,
        ledger: &LedgerReader,
        rows: u32,
        amount: Amount,
    ) -> Result<Option<Finding>, IntakeError> {
        if self.shortfall == Act::Off {
            return Ok(None);
        }
        let Some((reading, at)) = ledger.standing()?.balance else { return Ok(None) };
        let mut spendable = reading.saturating_sub(self.floor);
        let paid = ledger.settled_since(at)?.into_iter().map(|(paid, _)| paid);
        spendable = spendable.saturating_sub(self.fee.for_each(paid));
        spendable = spendable.saturating_sub(ledger.reserved(self.fee)?);
        for batch in ledger.batches_unfinished()? {
            let (queued, amount) = (batch.tally.count(StateWord::Queued), batch.tally.amount(StateWord::Queued));
            spendable = spendable.saturating_sub(self.fee.for_rows(queued, amount));
        }
        let needed = self.fee.for_rows(rows, amount);
        // What is queued before it is paid first: all of it must be topped up.
        let missing = needed.saturating_sub(spendable);
        Ok(missing.is_positive().then(|| {
            Finding::of_file(Guard::Shortfall, self.shortfall == Act::Hold, missing.grouped(), needed.grouped())
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_than_every_fifth_row_of_zero_holds() {
        let holds = |rows, zero| judge_zero(rows, zero).map(|found| (found.hold, found.rows, found.against));
        assert_eq!((holds(10, 0), holds(4, 1), holds(40, 10)), (None, None, None));
        assert_eq!(holds(39, 10), Some((true, 10, "49".to_string())));
        assert_eq!(holds(u32::MAX, u32::MAX).map(|found| found.0), Some(true));
    }
}
