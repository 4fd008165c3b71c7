//! The guard for the same person and amount in another batch: which rows it speaks of, and in which
//! words.
//!
//! Must never: name more than a few rows; a file may have millions.

use super::error::IntakeError;
use super::known::date;
use crate::ledger::Reader as LedgerReader;
use crate::ledger::rows::Known;
use crate::payout::instruction::Account;
use crate::payout::money::Amount;
use crate::payout::state::{MayHaveBeenPaid, StateWord};
use crate::payroll::Row;
use std::time::Duration;

/// So many rows that a guard speaks of are named one by one; the rest are counted.
const NAMED: usize = 5;

#[derive(Default)]
pub(super) struct Guard {
    rows: u32,
    named: Vec<String>,
}

/// What became of a payout that the guard names.
fn outcome(known: &Known) -> String {
    match known.status {
        StateWord::Declined | StateWord::Cancelled if known.may_have_been_paid == MayHaveBeenPaid::No => {
            format!("{}, and paid again by a later row", known.status.as_str())
        }
        StateWord::Declined | StateWord::Cancelled => format!("{}, but perhaps paid", known.status.as_str()),
        live => live.as_str().to_string(),
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
            self.named.push(format!(
                "line {} ({}): {} of {}, batch {}, {}",
                row.line,
                row.instruction.reference,
                known.reference,
                date(known.admitted),
                known.batch,
                outcome(known)
            ));
        }
    }

    /// What it found, in words; none where it found nothing.
    pub fn words(&self, within: Option<Duration>) -> Option<String> {
        let within = within.filter(|_| self.rows > 0)?;
        let more = self.rows as usize - self.named.len();
        let more = if more > 0 { format!("; and {more} more") } else { String::new() };
        let rows = if self.rows == 1 { "1 row pays".to_string() } else { format!("{} rows pay", self.rows) };
        Some(format!(
            "{rows} the same person the same amount as another batch of the last {}: {}{more}",
            in_words(within),
            self.named.join("; ")
        ))
    }
}

/// A time as people say it: `20 days`, and `1h 30m` where it is not whole days.
fn in_words(time: Duration) -> String {
    const DAY: u64 = 24 * 60 * 60;
    match (time.as_secs() / DAY, time.as_secs() % DAY) {
        (1, 0) => "day".to_string(),
        (days, 0) if days > 0 => format!("{days} days"),
        _ => humantime::format_duration(time).to_string(),
    }
}
