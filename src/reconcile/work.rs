//! A reconciliation, step by step: which payout MonCash is to be asked about next, and what its answer
//! comes to. Whoever drives it (the command; a chore of the daemon) makes the calls, at its own pace.
//!
//! Must never: ask anything itself, write into the ledger, or compare an answer with a row that is older
//! than the answer.

use super::compare::{Compared, Verdict, compare, word_of};
use super::kept::{Kept, KeptError};
use super::page::Page;
use super::statement::Statement;
use crate::ledger::period::Period;
use crate::ledger::rows::ReportRow;
use crate::ledger::{LedgerError, Reader};
use crate::payout::batch::Batch;
use crate::payout::evidence::StatusAnswer;
use crate::payout::instruction::Reference;
use crate::payout::moment::Wall;
use crate::payout::state::{BatchId, PayoutId};
use crate::words::{Language, say};
use std::collections::VecDeque;
use std::io::{self, Write};

/// Rows that are read from the ledger at a time.
const SLICE: u32 = 500;

#[derive(Debug, thiserror::Error)]
pub enum ReconcileError {
    #[error("{0}")]
    Ledger(
        #[source]
        #[from]
        LedgerError,
    ),
    #[error("{0}")]
    Kept(
        #[source]
        #[from]
        KeptError,
    ),
    #[error("the reconciliation could not be written: {0}")]
    Written(
        #[source]
        #[from]
        io::Error,
    ),
}

/// The batches that a reconciliation looks through: one that is named, or all that the period may hold.
pub fn batches(ledger: &Reader, named: Option<BatchId>, period: &Period) -> Result<Vec<Batch>, LedgerError> {
    if let Some(id) = named {
        return Ok(ledger.batch(id)?.into_iter().collect());
    }
    let newest = ledger.highest_batch()?.map_or(0, |batch| batch.0);
    let mut batches = Vec::new();
    for id in 1..=newest {
        batches.extend(ledger.batch(BatchId(id))?.filter(|batch| period.may_hold(batch)));
    }
    Ok(batches)
}

/// A payout that MonCash is to be asked about.
pub struct Question {
    batch: BatchId,
    row: ReportRow,
}

impl Question {
    pub fn reference(&self) -> &Reference {
        &self.row.reference
    }
}

pub enum Step {
    Ask(Box<Question>),
    /// A slice was read and nobody need be asked for it; there is more.
    More,
    Done,
}

pub struct Work<W: Write> {
    batches: VecDeque<Batch>,
    period: Period,
    rows: VecDeque<ReportRow>,
    after: Option<PayoutId>,
    page: Page<W>,
    statement: Option<Statement>,
    kept: Option<Kept>,
    /// When an answer was heard, as people read it.
    time: fn(Wall) -> String,
    looked_at: u64,
    used_again: u64,
}

impl<W: Write> Work<W> {
    pub fn begin(
        to: W,
        batches: Vec<Batch>,
        period: Period,
        statement: Option<Statement>,
        kept: Option<Kept>,
        language: Language,
        time: fn(Wall) -> String,
    ) -> io::Result<Work<W>> {
        Ok(Work {
            batches: batches.into(),
            period,
            rows: VecDeque::new(),
            after: None,
            page: Page::begin(to, language)?,
            statement,
            kept,
            time,
            looked_at: 0,
            used_again: 0,
        })
    }

    /// Rows of all batches that were looked through so far, and how many answers of an earlier run served.
    pub fn progress(&self) -> (u64, u64) {
        (self.looked_at, self.used_again)
    }

    /// What is next. Every question that comes out must be answered by [`Work::hear`] before the next.
    pub fn next(&mut self, ledger: &Reader, now: Wall) -> Result<Step, ReconcileError> {
        let Some(batch) = self.batches.front() else { return Ok(Step::Done) };
        let batch = batch.id;
        if self.rows.is_empty() {
            self.rows = ledger.rows(batch, self.after, SLICE)?.into();
            if self.rows.is_empty() {
                self.batches.pop_front();
                self.after = None;
                return Ok(Step::More);
            }
        }
        while let Some(row) = self.rows.pop_front() {
            self.after = Some(row.id);
            self.looked_at += 1;
            if !self.batches.front().is_some_and(|batch| self.period.holds_row(batch, &row)) {
                continue;
            }
            if let Some(other) = taken_over(ledger, &row)? {
                let advice = Some(say!("advice-taken-over"));
                let compared = Compared { verdict: Verdict::Match, advice, alarm: false };
                let found = self.look_up(&row);
                self.page.add(batch, &row, &format!("see batch {other}"), "", &compared, found)?;
                continue;
            }
            match self.kept.as_ref().and_then(|kept| kept.about(&row, now)) {
                Some((answer, asked)) => {
                    self.used_again += 1;
                    self.add(batch, &row, &answer, asked)?;
                }
                None => return Ok(Step::Ask(Box::new(Question { batch, row }))),
            }
        }
        Ok(Step::More)
    }

    /// Takes MonCash's answer. It is newer than the row that was read: it is compared with what stands
    /// now.
    pub fn hear(
        &mut self,
        ledger: &Reader,
        question: Question,
        answer: &StatusAnswer,
        now: Wall,
    ) -> Result<(), ReconcileError> {
        let Question { batch, row } = question;
        let row = ledger.report_row_of(row.id)?;
        if let Some(kept) = &mut self.kept {
            kept.keep(&row, answer, now)?;
        }
        self.add(batch, &row, answer, now)
    }

    fn add(
        &mut self,
        batch: BatchId,
        row: &ReportRow,
        answer: &StatusAnswer,
        asked: Wall,
    ) -> Result<(), ReconcileError> {
        let compared = compare(row.status, row.may_have_been_paid, answer);
        if compared.alarm {
            // For the journal too: whoever watches it must not wait for a person to open a file.
            tracing::error!(
                reference = %row.reference,
                batch = %batch,
                ledger = row.status.as_str(),
                "ALARM: MonCash paid a payout that the ledger calls unpaid; do not pay it again; nothing was changed"
            );
        }
        let found = self.look_up(row);
        self.page.add(batch, row, &word_of(answer), &(self.time)(asked), &compared, found)?;
        Ok(())
    }

    fn look_up(&mut self, row: &ReportRow) -> Option<super::statement::Found> {
        let statement = self.statement.as_mut()?;
        Some(statement.look_up(&row.reference, row.transaction.as_deref(), row.amount))
    }

    /// After [`Step::Done`]: the page with the statement's own lines, and what was kept.
    pub fn end(mut self) -> Result<Ended<W>, ReconcileError> {
        if let Some(statement) = &self.statement {
            for entry in statement.unmet() {
                self.page.add_stranger(entry)?;
            }
        }
        Ok(Ended { page: self.page, statement: self.statement, kept: self.kept })
    }
}

/// A reconciliation whose every row was looked at.
pub struct Ended<W: Write> {
    pub page: Page<W>,
    pub statement: Option<Statement>,
    /// To be thrown away once the page is published.
    pub kept: Option<Kept>,
}

/// The batch of the payout that has this row's reference now, where it is another one: a reference
/// that was cancelled before any Transfert may be admitted again.
fn taken_over(ledger: &Reader, row: &ReportRow) -> Result<Option<BatchId>, LedgerError> {
    let known = ledger.known_reference(&row.reference.key())?;
    Ok(known.filter(|known| known.payout != row.id).map(|known| known.batch))
}
