//! The guard for the same person and amount in another batch: which rows it speaks of.
//!
//! Must never: name more than a few rows; a file may have millions.

use super::error::IntakeError;
use super::known::date;
use crate::ledger::Reader as LedgerReader;
use crate::ledger::rows::Known;
use crate::payout::instruction::Account;
use crate::payout::money::Amount;
use crate::payout::state::{MayHaveBeenPaid, StateWord};
use crate::payout::terms::{Finding, Guard as TermsGuard, Named, Other};
use crate::payroll::Row;
use std::time::Duration;

/// So many rows that a guard speaks of are named one by one; the rest are counted.
const NAMED: usize = 5;

#[derive(Default)]
pub(super) struct Guard {
    rows: u32,
    named: Vec<Named>,
}

/// What became of a payout that the guard names.
fn other(known: &Known) -> Other {
    let ended = matches!(known.status, StateWord::Declined | StateWord::Cancelled);
    let unpaid = known.may_have_been_paid == MayHaveBeenPaid::No;
    Other {
        batch: known.batch.to_string(),
        day: date(known.admitted),
        status: known.status.as_str().to_string(),
        again: ended && unpaid,
        perhaps: ended && !unpaid,
    }
}

/// The persons and amounts of a retry and of all that it repeats: who corrects a number or an amount
/// still makes the same payment.
pub(super) fn whom_it_repeats(
    row: &Row,
    old: &Known,
    ledger: &LedgerReader,
) -> Result<Vec<(Account, Amount)>, IntakeError> {
    let ancestors = ledger.ancestors(old.payout)?;
    let own = (row.instruction.receiver, row.instruction.amount);
    let mut persons = vec![own, (old.receiver, old.amount)];
    persons.extend(ancestors.iter().map(|payout| (payout.instruction.receiver, payout.instruction.amount)));
    persons.dedup();
    Ok(persons)
}

impl Guard {
    /// Notes a row whose person another batch was to pay the same amount.
    pub fn note(&mut self, row: &Row, known: &Known) {
        self.rows = self.rows.saturating_add(1);
        if self.named.len() < NAMED {
            self.named.push(Named {
                line: row.line,
                reference: row.instruction.reference.to_string(),
                was: known.reference.to_string(),
                other: Some(other(known)),
                ..Named::default()
            });
        }
    }

    /// What it found; none where it found nothing.
    pub fn finding(&self, within: Option<Duration>) -> Option<Finding> {
        let within = within.filter(|_| self.rows > 0)?;
        let (rows, named) = (self.rows, self.named.clone());
        let found = Finding::of_file(TermsGuard::PaidAlready, false, String::new(), in_words(within));
        Some(Finding { rows, named, ..found })
    }
}

/// A time as a number of days, and as `1h 30m` where it is not whole days.
fn in_words(time: Duration) -> String {
    const DAY: u64 = 24 * 60 * 60;
    match (time.as_secs() / DAY, time.as_secs() % DAY) {
        (days, 0) if days > 0 => days.to_string(),
        _ => humantime::format_duration(time).to_string(),
    }
}
