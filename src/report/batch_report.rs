//! The report of a batch, `STEM.BATCH.report.csv`: one row for each row of the file, in its order,
//! written in slices beside the summary and the retry file, which come from the same rows.
//!
//! In the plain style and in English the file is UTF-8 without a byte-order mark, with commas: scripts see
//! the column names as they are, and spreadsheets read it as well (`style.rs` knows the other ways). Lines
//! end with a line feed alone. In a simulation one line that begins with `#` stands before the header, so
//! that nothing mistakes it for a report.
//!
//! Must never: leave out or repeat a row, or be called final while something can still change.

use super::ReportError;
use super::line::{LocalTimes, push_line};
use super::mark::Mark;
use super::names::ReportNames;
use super::publish::{Ready, RetryOutcome, Step, disk, look, publish};
use super::retry::RetryFile;
use super::style::{BYTE_ORDER_MARK, Style, headings};
use super::summary::{Found, Summary};
use super::view::{BalanceView, BatchView};
use crate::files::{Draft, Folder, SHARED_FILE};
use crate::ledger::LedgerError;
use crate::ledger::rows::{ReportRow, RowView};
use crate::payout::batch::{Batch, ReadAs};
use crate::payout::moment::Wall;
use crate::payout::money::Amount;
use crate::payout::state::StateWord;
use crate::payroll::fold;
use crate::payroll::writer::push_cell;
use crate::words::say;
use jiff::tz::TimeZone;
use std::ffi::OsStr;
use std::io::Write;
use std::path::Path;

/// Rows of one slice: a millisecond's work, which fits between two turns of the loop without being felt.
pub const SLICE: usize = 1_000;

/// Bytes of lines that are gathered before they are written.
const GATHERED: usize = 64 * 1024;

/// The report's own columns, in order; the file's other columns follow.
pub use crate::payroll::columns::REPORT_COLUMNS as COLUMNS;

/// What a report is written about and from.
#[derive(Clone, Debug)]
pub struct ReportHead {
    /// The batch as it is when the first row is read; its `last_event` is the report's number.
    pub batch: Batch,
    /// The names of the file's other columns, in order.
    pub other_columns: Vec<String>,
    /// How the file was read, where its admission tells.
    pub read_as: Option<ReadAs>,
    /// Number and hash of the ledger's last event at that moment.
    pub chain: ChainHead,
    pub simulated: bool,
    pub zone: TimeZone,
    pub style: Style,
}

/// The end of the ledger's chain of events, kept outside the ledger to show a cut tail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainHead {
    pub number: i64,
    /// Hex.
    pub hash: String,
}

/// How things are once the last row was read.
#[derive(Clone, Debug)]
pub struct Closing {
    pub now: BatchView,
    pub balance: Option<BalanceView>,
    pub at: Wall,
}

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    pub names: ReportNames,
    /// The event number to remember as reported.
    pub event: i64,
    pub is_final: bool,
    pub retry: RetryOutcome,
}

/// A report while it grows. Dropped, it leaves nothing behind.
pub struct ReportFile {
    head: ReportHead,
    folder: Folder,
    names: ReportNames,
    file: Draft,
    lines: Vec<u8>,
    times: LocalTimes,
    retry: Option<RetryFile>,
    found: Found,
    last_line: u32,
}

impl ReportFile {
    /// Begins a report in `folder`; refused at once where a newer one lies there.
    pub fn begin(folder: &Path, head: ReportHead) -> Result<ReportFile, ReportError> {
        let names = ReportNames::of(&head.batch.file, head.batch.id);
        let batch = head.batch.id.to_string();
        let failed = disk(&names.report, &batch);
        let folder = Folder::open(folder).map_err(&failed)?;
        look(&folder, &names, &batch, &mark(&head))?;
        let mut file = Draft::begin(&folder, SHARED_FILE).map_err(&failed)?;
        let style = head.style;
        if style.mark {
            file.write_all(BYTE_ORDER_MARK.as_bytes()).map_err(|error| failed(error.into()))?;
        }
        if head.simulated {
            writeln!(file, "# {}", style.text(&say!("simulation"))).map_err(|error| failed(error.into()))?;
        }
        let mut header = Vec::new();
        let own = headings(style.language);
        for (place, name) in own.iter().chain(&other_names(&own, &head.other_columns)).enumerate() {
            if place > 0 {
                header.push(style.delimiter.byte());
            }
            push_cell(&mut header, name, style.delimiter);
        }
        header.push(b'\n');
        file.write_all(&header).map_err(|error| failed(error.into()))?;
        let due = head.batch.is_final();
        let retry = due.then(|| RetryFile::begin(&folder, &names.retry, &batch, &head));
        let retry = retry.transpose()?;
        let times = LocalTimes::of(head.zone.clone());
        let lines = Vec::with_capacity(GATHERED * 2);
        let found = Found::in_words_of(style.language);
        Ok(ReportFile { head, folder, names, file, lines, times, retry, found, last_line: 0 })
    }

    /// Adds the next rows, in the order of the file; at most [`SLICE`] between two turns.
    pub fn push(&mut self, rows: &[ReportRow]) -> Result<(), ReportError> {
        rows.iter().try_for_each(|row| self.push_row(&row.view()))
    }

    /// Adds the next row, in the order of the file.
    pub fn push_row(&mut self, row: &RowView<'_>) -> Result<(), ReportError> {
        if row.line <= self.last_line {
            return Err(self.contradicts(format!("line {} comes after line {}", row.line, self.last_line)));
        }
        let pushed = push_line(&mut self.lines, row, &mut self.times, &self.head.style);
        let cells = pushed.map_err(|error| self.unreadable(row, &error))?;
        if cells != self.head.other_columns.len() {
            let wants = self.head.other_columns.len();
            return Err(self.contradicts(format!("line {} has {cells} other cells instead of {wants}", row.line)));
        }
        self.last_line = row.line;
        if self.lines.len() >= GATHERED {
            self.write_lines()?;
        }
        // What may be offered again is among these; few rows are, and the others need not be copied.
        let ended = matches!(row.status, StateWord::Declined | StateWord::Cancelled);
        if let Some(retry) = self.retry.as_mut().filter(|_| ended) {
            match row.keep() {
                Ok(row) => retry.push(&row)?,
                Err(error) => return Err(self.unreadable(row, &error)),
            }
        }
        self.found.add(row).ok_or_else(|| self.contradicts("the amounts add up to more than there is".into()))
    }

    fn write_lines(&mut self) -> Result<(), ReportError> {
        let failed = disk(&self.names.report, &self.head.batch.id.to_string());
        self.file.write_all(&self.lines).map_err(|error| failed(error.into()))?;
        self.lines.clear();
        Ok(())
    }

    fn unreadable(&self, row: &RowView<'_>, error: &LedgerError) -> ReportError {
        self.contradicts(format!("line {}: {error}", row.line))
    }

    /// Ends the report and puts it in place with its summary and, where it is due, its retry file.
    pub fn finish(self, closing: &Closing) -> Result<Written, ReportError> {
        self.finish_watched(closing, &mut |_| {})
    }

    pub(super) fn finish_watched(
        mut self,
        closing: &Closing,
        after: &mut dyn FnMut(Step),
    ) -> Result<Written, ReportError> {
        let is_final = self.is_final(closing)?;
        self.write_lines()?;
        let ReportFile { head, folder, names, file: mut report, retry, found, .. } = self;
        let batch = head.batch.id.to_string();
        let failed = disk(&names.report, &batch);
        report.seal(OsStr::new(&names.report)).map_err(&failed)?;
        let retry = retry.map(RetryFile::seal).transpose()?;
        let ready = Ready { folder: &folder, names: &names, batch: &batch, mark: mark(&head), report, retry, is_final };
        let render = |mark: &Mark, retry: &RetryOutcome| {
            Summary { head: &head, closing, found: &found, is_final, retry, names: &names, mark }.render()
        };
        let retry = publish(ready, render, after)?;
        Ok(Written { event: head.batch.last_event, names, is_final, retry })
    }

    /// Whether the rows that were read are the last word. Rows are read over many turns: they are
    /// one picture only if nothing of the batch moved meanwhile.
    fn is_final(&self, closing: &Closing) -> Result<bool, ReportError> {
        let (then, now) = (&self.head.batch, &closing.now.batch);
        if then.id != now.id {
            return Err(self.contradicts(format!("it was begun for {} and ended for {}", then.id, now.id)));
        }
        if self.found.tally.rows() != then.rows {
            let (has, wants) = (self.found.tally.rows(), then.rows);
            return Err(self.contradicts(format!("{has} rows were read and {wants} were admitted")));
        }
        let still = then.last_event == now.last_event;
        if still && self.found.tally != now.tally {
            return Err(self.contradicts("the rows do not add up to the batch's counts and amounts".into()));
        }
        Ok(still && then.is_final() && now.is_final())
    }

    fn contradicts(&self, what: String) -> ReportError {
        ReportError::Contradicts { batch: self.head.batch.id.to_string(), what }
    }
}

fn mark(head: &ReportHead) -> Mark {
    Mark { event: head.batch.last_event, head: head.chain.number, simulated: head.simulated, retry: None }
}

/// The names that the file's other columns have in the report. One that the report uses itself
/// gets `file_` before it, again while even that is taken.
fn other_names(own: &[String], other: &[String]) -> Vec<String> {
    let mut taken: Vec<String> = own.iter().map(|name| fold(name)).collect();
    let clashes: Vec<bool> = other.iter().map(|name| taken.contains(&fold(name))).collect();
    taken.extend(other.iter().zip(&clashes).filter(|(_, clash)| !**clash).map(|(name, _)| fold(name)));
    let mut names = Vec::with_capacity(other.len());
    for (name, clash) in other.iter().zip(clashes) {
        let mut name = name.clone();
        while clash && taken.contains(&fold(&name)) {
            name = format!("file_{name}");
        }
        if clash {
            taken.push(fold(&name));
        }
        names.push(name);
    }
    names
}

/// The HTG of a batch that were not paid as far as is known.
pub(super) fn unpaid(found: &Found) -> Amount {
    let add = |sum: Amount, word| sum.saturating_add(found.tally.amount(word));
    [StateWord::Declined, StateWord::Cancelled].into_iter().fold(Amount::ZERO, add)
}

#[cfg(test)]
mod dialect_tests;
#[cfg(test)]
mod language_tests;
#[cfg(test)]
mod placing_tests;
#[cfg(test)]
pub(super) mod tests;
