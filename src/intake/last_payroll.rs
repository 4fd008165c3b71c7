//! The last payroll: which earlier batches a file is compared with.
//!
//! It is the newest group of batches, admitted within a week of one another, that together have at least
//! half as many rows as the file. A batch counts if somebody was paid from it, if it does not mostly repeat other
//! payouts (`retry_of`), and if at least half of its people are in the file, or half of the file's in
//! it. Where file and batch both have a line `# period:`, only earlier periods count.
//!
//! Must never: compare a payroll with itself, or with its own corrections.

use super::error::IntakeError;
use super::people::People;
use crate::ledger::{Reader as LedgerReader, Span};
use crate::payout::batch::Batch;
use crate::payout::moment::Wall;
use crate::payout::state::{BatchId, StateWord};
use std::time::Duration;

/// Batches of one payroll are admitted within this time.
const TOGETHER: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// What is older is nobody's last payroll.
const LONG_AGO: Duration = Duration::from_secs(400 * 24 * 60 * 60);
/// Batches that are looked at; a house with more in a month has no payroll among them.
const MOST_TRIED: u32 = 400;
/// Rows of a batch that are looked at, evenly spread, to see whose batch it was.
const SAMPLED: i64 = 100;

/// The batches of the last payroll.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LastPayroll {
    pub parts: Vec<Part>,
}

/// One batch of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    pub batch: BatchId,
    pub span: Span,
    /// At least half of its people are in the file: who is not is missing.
    pub whole: bool,
}

impl LastPayroll {
    pub fn is_none(&self) -> bool {
        self.parts.is_empty()
    }

    /// From the first payout of all parts to the one after the last.
    pub fn span(&self) -> Span {
        let first = self.parts.iter().map(|part| part.span.0).min().unwrap_or(0);
        let end = self.parts.iter().map(|part| part.span.1).max().unwrap_or(0);
        (first, end)
    }

    pub fn holds(&self, payout: i64) -> bool {
        self.parts.iter().any(|part| part.span.0 <= payout && payout < part.span.1)
    }

    /// The batches' numbers, for people.
    pub fn names(&self) -> String {
        let mut names: Vec<String> = self.parts.iter().map(|part| part.batch.to_string()).collect();
        names.sort();
        names.join(", ")
    }
}

/// The search for it, one batch a step.
pub(super) struct Search {
    period: Option<String>,
    now: Wall,
    before: BatchId,
    tried: u32,
    newest: Option<Wall>,
    rows: u64,
    found: LastPayroll,
}

impl Search {
    pub fn begin(period: Option<String>, now: Wall) -> Search {
        let (before, found) = (BatchId(i64::MAX), LastPayroll::default());
        Search { period, now, before, tried: 0, newest: None, rows: 0, found }
    }

    /// Looks at one batch; the last payroll once it is known, which may be none.
    pub fn step(&mut self, people: &People, ledger: &LedgerReader) -> Result<Option<LastPayroll>, IntakeError> {
        let enough = |rows: u64| rows * 2 >= u64::from(people.rows());
        let batch = if self.tried < MOST_TRIED { ledger.batch_before(self.before)? } else { None };
        let batch = batch.filter(|batch| self.now.since(batch.admitted) < LONG_AGO);
        let apart = match (&batch, self.newest) {
            (Some(batch), Some(newest)) => newest.since(batch.admitted) > TOGETHER,
            (None, _) => true,
            (Some(_), None) => false,
        };
        if apart {
            if enough(self.rows) {
                return Ok(Some(std::mem::take(&mut self.found)));
            }
            // Too small for the payroll of these people: what is older may be.
            (self.newest, self.rows, self.found) = (None, 0, LastPayroll::default());
        }
        let Some(batch) = batch else { return Ok(Some(LastPayroll::default())) };
        self.before = batch.id;
        self.tried += 1;
        if let Some(part) = self.judge(&batch, people, ledger)? {
            self.newest = Some(self.newest.map_or(batch.admitted, |newest| newest.max(batch.admitted)));
            self.rows += u64::from(batch.rows);
            self.found.parts.push(part);
        }
        Ok(None)
    }

    fn judge(&self, batch: &Batch, people: &People, ledger: &LedgerReader) -> Result<Option<Part>, IntakeError> {
        let same_or_later = match (&self.period, &batch.terms.period) {
            (Some(ours), Some(theirs)) => theirs >= ours,
            _ => false,
        };
        if batch.tally.count(StateWord::Paid) == 0 || same_or_later {
            return Ok(None);
        }
        let Some(span) = ledger.span(batch.id)? else { return Ok(None) };
        let sampled = ledger.sample(span, SAMPLED)?;
        let half = |count: usize, of: usize| count > 0 && count * 2 >= of;
        if sampled.iter().filter(|row| row.retry).count() * 2 > sampled.len() {
            return Ok(None);
        }
        let here = sampled.iter().filter(|row| people.holds(row.receiver)).count();
        let whole = half(here, sampled.len());
        if whole {
            return Ok(Some(Part { batch: batch.id, span, whole }));
        }
        let mut there: Vec<usize> =
            ledger.earlier_amounts(people.sample(), span)?.into_iter().map(|earlier| earlier.place).collect();
        there.sort_unstable();
        there.dedup();
        Ok(half(there.len(), people.sample().len()).then_some(Part { batch: batch.id, span, whole }))
    }
}
