//! The auditor's register: every payout of a period over all batches, one row each, streamed.
//!
//! Must never: hold more than a slice in memory, leave a payout out, or count one into two months.

use super::SIMULATION;
use super::cell::local;
use crate::ledger::period::Period;
use crate::ledger::rows::ReportRow;
use crate::ledger::{LedgerError, Reader};
use crate::payout::batch::Batch;
use crate::payout::money::Amount;
use crate::payout::state::{BatchId, PayoutId, StateWord};
use crate::payroll::{CsvWriter, Delimiter};
use jiff::tz::TimeZone;
use std::io::{self, Write};

/// Rows that are read at a time.
const SLICE: u32 = 1_000;

/// The columns, in order.
pub const COLUMNS: [&str; 20] = [
    "batch",
    "file",
    "file_sha256",
    "line",
    "admitted_at",
    "reference",
    "receiver",
    "name",
    "amount",
    "status",
    "may_have_been_paid",
    "transaction_id",
    "attempts",
    "first_sent_at",
    "settled_at",
    "confirmed_by",
    "reason",
    "retry_of",
    "retried_as",
    "final_status",
];

/// Rows and HTG by status.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sums([(u64, Amount); StateWord::ALL.len()]);

impl Sums {
    fn add(&mut self, row: &ReportRow) {
        for (sum, word) in self.0.iter_mut().zip(StateWord::ALL) {
            if word == row.status {
                *sum = (sum.0 + 1, sum.1.saturating_add(row.amount));
            }
        }
    }

    pub fn each(&self) -> impl Iterator<Item = (StateWord, u64, Amount)> + '_ {
        StateWord::ALL.into_iter().zip(self.0).map(|(word, (rows, amount))| (word, rows, amount))
    }
}

#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    #[error("{0}")]
    Ledger(
        #[source]
        #[from]
        LedgerError,
    ),
    #[error("the register could not be written: {0}")]
    Written(
        #[source]
        #[from]
        io::Error,
    ),
}

/// Writes the register of a period; `after_slice` is told how many rows were looked at.
pub fn write<W: Write>(
    mut to: W,
    ledger: &Reader,
    period: &Period,
    simulated: bool,
    zone: &TimeZone,
    mut after_slice: impl FnMut(u64),
) -> Result<(W, Sums), RegisterError> {
    if simulated {
        writeln!(to, "# {SIMULATION}")?;
    }
    let mut csv = CsvWriter::new(to, Delimiter::Comma);
    csv.write_row(COLUMNS)?;
    let (mut sums, mut seen) = (Sums::default(), 0);
    let newest = ledger.highest_batch()?.map_or(0, |batch| batch.0);
    for id in 1..=newest {
        let Some(batch) = ledger.batch(BatchId(id))?.filter(|batch| period.may_hold(batch)) else { continue };
        let mut after: Option<PayoutId> = None;
        loop {
            let rows = ledger.rows(batch.id, after, SLICE)?;
            let Some(last) = rows.last() else { break };
            after = Some(last.id);
            seen += rows.len() as u64;
            for row in rows.iter().filter(|row| period.holds_row(&batch, row)) {
                sums.add(row);
                csv.write_row(cells(&batch, row, zone))?;
            }
            after_slice(seen);
        }
    }
    Ok((csv.finish()?, sums))
}

fn cells(batch: &Batch, row: &ReportRow, zone: &TimeZone) -> [String; 20] {
    let time = |at| local(at, zone);
    let text = |reference: &Option<crate::payout::instruction::Reference>| {
        reference.as_ref().map(ToString::to_string).unwrap_or_default()
    };
    [
        batch.id.to_string(),
        batch.file.clone(),
        super::publish::hex(&batch.sha256),
        row.line.to_string(),
        time(batch.admitted),
        row.reference.to_string(),
        row.receiver.msisdn(),
        row.name.clone(),
        row.amount.to_string(),
        row.status.as_str().to_string(),
        row.may_have_been_paid.word().to_string(),
        row.transaction.clone().unwrap_or_default(),
        row.attempts.to_string(),
        row.first_sent.map(time).unwrap_or_default(),
        row.settled.map(time).unwrap_or_default(),
        row.confirmed_by.to_string(),
        row.reason.clone(),
        text(&row.retry_of),
        text(&row.retried_as),
        row.final_status.as_str().to_string(),
    ]
}
