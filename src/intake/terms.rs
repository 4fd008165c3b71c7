//! The terms on which a good file is admitted: approval, guards, the time to regret.
//!
//! Must never: let a batch be sent that a person was to look at first.

use super::examine::Good;
use super::guards::GuardSettings;
use super::pay_day::begins;
use crate::payout::batch::{Approval, Batch, BatchEvent, ReadAs};
use crate::payout::message::{GuardHold, Said};
use crate::payout::moment::Wall;
use crate::payout::money::Amount;
use crate::payout::reading::Reading;
use crate::payout::terms::{self, Finding, Terms, above};
use crate::payroll::{ColumnNames, Limits, Mark, Problem, Reader, Style};
use crate::words::Language;
use crate::words::findings::tell;
use std::io::Read;
use std::time::Duration;

/// What the guard for the same person and amount does to a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guard {
    Hold,
    Warn,
}

/// By what a file is read: what it may order, and what its columns are called.
#[derive(Clone, Debug)]
pub struct FileRules {
    pub limits: Limits,
    /// `[columns]`.
    pub columns: ColumnNames,
}

impl FileRules {
    /// Opens a file. `mark`: what a look at its amounts found, where there was one; else the reader asks
    /// for it, once, where an amount can be read in two ways.
    pub fn open<R: Read>(&self, file: R, mark: Option<Option<Mark>>) -> Result<Reader<R>, Problem> {
        let style = mark.map_or_else(Style::asking, Style::told);
        Reader::open_as(file, &self.limits, &self.columns, style)
    }
}

/// `[intake]`, `[limits]`, `[approval]` and the guard of `[safety]`.
#[derive(Clone, Debug)]
pub struct AdmitSettings {
    pub file: FileRules,
    /// `[reports] language`: of errors files.
    pub language: Language,
    pub paid_already_within: Option<Duration>,
    pub paid_already: Guard,
    pub guards: GuardSettings,
    /// A batch above this waits for approval; `None`: none waits.
    pub approval_above: Option<Amount>,
    pub start_after: Duration,
    /// A number that nobody outside can foresee.
    pub seed: u64,
}

impl AdmitSettings {
    /// The admission of a file that was found good.
    /// `earlier`: HTG of the batches admitted before it on the same day.
    pub(super) fn admission(
        &self,
        file: String,
        good: &Good,
        dropped_by: u32,
        earlier: Amount,
        received: Wall,
        now: Wall,
    ) -> BatchEvent {
        let totals = &good.totals;
        let mut findings: Vec<Finding> = above(self.approval_above, earlier, totals.amount).into_iter().collect();
        findings.extend(good.findings.iter().cloned());
        findings.extend(good.paid_already.clone());
        findings.sort_by_key(|finding| !finding.hold);
        let pay_on = totals.controls.pay_on.map(|(day, _)| day);
        let terms = Terms {
            dropped_by: Some(dropped_by),
            period: totals.controls.period(),
            pay_on: pay_on.map(|day| day.to_string()),
            findings,
        };
        let waits = terms.holding().next().is_some();
        let hold = good.paid_already.as_ref().filter(|_| self.paid_already == Guard::Hold);
        let regret = i64::try_from(self.start_after.as_millis()).unwrap_or(i64::MAX);
        BatchEvent::Admitted {
            file,
            sha256: totals.sha256.iter().map(|byte| format!("{byte:02x}")).collect(),
            rows_digest: String::new(),
            rows: totals.rows,
            amount_centimes: totals.amount.centimes(),
            received,
            approval: if waits { Approval::Awaited } else { Approval::NotNeeded },
            hold: hold.map(|_| Said::code(GuardHold::PaidAlready)),
            start: Wall(now.0.saturating_add(regret)).max(pay_on.and_then(begins).unwrap_or(now)),
            other_columns: good.header.other_as_written.clone(),
            read_as: Some(Box::new(good.read_as())),
            terms,
        }
    }
}

impl Good {
    /// How the file was read, as the ledger keeps it.
    pub fn read_as(&self) -> ReadAs {
        let read = &self.totals.read_as;
        ReadAs {
            encoding: read.encoding.name().to_string(),
            separator: char::from(read.delimiter.byte()).to_string(),
            decimal: read.decimal.map(|mark| mark.word().to_string()),
            total_row: read.total_row,
            marked: read.marked,
            zero: self.totals.zero.clone(),
            aside: self.totals.aside.clone(),
            filled: self.totals.filled,
            reference: self.header.is_built.then(|| self.header.reference.clone()),
            reading: Some(Reading {
                columns: self.header.columns.clone(),
                first: self.first.clone(),
                last: self.last.clone(),
                passed_over: self.totals.passed_over.clone(),
                not_there: self.header.not_there.iter().map(ToString::to_string).collect(),
                cleaned: self.totals.cleaned.kept(),
                shown: self.totals.shown.count,
                conditional_formats: self.totals.conditional_formats,
            }),
        }
    }
}

/// What whoever reads of a guard's finding does.
const LOOK: &str = "look at the file; then 'payoutd approve' or 'payoutd release' where it waits and is right, 'payoutd cancel' where it is wrong";

/// One line for the journal.
pub(super) fn tell_admitted(batch: &Batch) {
    tracing::info!(
        batch = %batch.id,
        file = batch.file,
        rows = batch.rows,
        htg = %batch.amount,
        waits_for_approval = batch.approval == Approval::Awaited,
        "batch admitted"
    );
    for finding in &batch.terms.findings {
        let held = finding.hold || finding.guard == terms::Guard::PaidAlready && batch.hold.is_some();
        tracing::warn!(batch = %batch.id, held, guard = finding.guard.word(), "{}: {LOOK}", tell(finding));
    }
}
