//! The auditor's register: every payout of a period over all batches, one row each, streamed.
//!
//! Must never: hold more than a slice in memory, leave a payout out, or count one into two months.

use super::cell::local;
use super::{reasons, style};
use crate::ledger::period::Period;
use crate::ledger::rows::ReportRow;
use crate::ledger::{LedgerError, Reader};
use crate::payout::batch::Batch;
use crate::payout::money::Amount;
use crate::payout::state::{BatchId, PayoutId, StateWord};
use crate::payroll::{CsvWriter, Delimiter};
use crate::words::{Language, say};
use jiff::tz::TimeZone;
use std::io::{self, Write};

/// Rows that are read at a time.
const SLICE: u32 = 1_000;

/// The columns, in order; in English `batch,file,file_sha256,line,admitted_at` and a report's.
fn headings(language: Language) -> Vec<String> {
    let place = [say!("heading-batch"), say!("heading-file"), say!("heading-file-sha256"), say!("heading-line")];
    let mut all: Vec<String> = place.map(|heading| heading.text(language)).into();
    all.push(say!("heading-admitted-at").text(language));
    let [_, reference, receiver, name, amount, _, rest @ ..] = style::headings(language);
    all.extend([reference, receiver, name, amount]);
    all.extend(rest);
    all
}

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
    language: Language,
    zone: &TimeZone,
    mut after_slice: impl FnMut(u64),
) -> Result<(W, Sums), RegisterError> {
    // By which Excel shows é and ò.
    if language != Language::English {
        to.write_all(style::BYTE_ORDER_MARK.as_bytes())?;
    }
    if simulated {
        writeln!(to, "# {}", say!("simulation").text(language))?;
    }
    let mut csv = CsvWriter::new(to, Delimiter::Comma);
    csv.write_row(headings(language))?;
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
                csv.write_row(cells(&batch, row, language, zone))?;
            }
            after_slice(seen);
        }
    }
    Ok((csv.finish()?, sums))
}

fn cells(batch: &Batch, row: &ReportRow, language: Language, zone: &TimeZone) -> [String; 20] {
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
        reasons::text(&row.reason, language).into_owned(),
        text(&row.retry_of),
        text(&row.retried_as),
        row.final_status.as_str().to_string(),
    ]
}
