//! A batch file from its first byte to its last, a row at a time.
//!
//! Must never: hold the file, take half a file for a whole one, or say that a file is in order
//! when one row of it was not.

use super::columns::{self, Columns};
use super::controls::{self, Controls};
use super::dialect::{self, Delimiter};
use super::problem::{Code, Problem};
use super::records::{End, Record, Records};
use super::row::{self, Limits, Row};
use super::source::Hashing;
use crate::payout::instruction::Reference;
use crate::payout::money::Amount;
use std::fmt;
use std::io::Read;

/// Lines before the header: what the dialect is found from has no more.
const MOST_LINES_BEFORE: u32 = 64 * 1024;

/// What the header says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The header's own line.
    pub line: u32,
    pub delimiter: Delimiter,
    /// The reference column's name as the file has it.
    pub reference: String,
    /// The other columns' names as a report carries them: `file_NAME` where a report has a NAME.
    pub other: Vec<String>,
    /// The other columns' names as the file has them.
    pub other_as_written: Vec<String>,
}

/// What was read so far; of a bad file too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Rows, bad ones included.
    pub rows: u32,
    /// Rows (or `#` lines) that have a problem.
    pub bad: u32,
    /// What the rows come to; of bad rows only where the amount could be read.
    pub amount: Amount,
}

/// A file that is in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Totals {
    pub rows: u32,
    pub amount: Amount,
    /// Of all bytes as they lie in the file: what `sha256sum` prints.
    pub sha256: [u8; 32],
    pub controls: Controls,
}

/// What the last line that held something was.
#[derive(Clone, Copy, Debug)]
struct Tail {
    line: u32,
    end: End,
    is_row: bool,
    cells: usize,
    /// The last cell shows by itself that nothing of it is missing.
    is_certain: bool,
}

impl Tail {
    fn of(record: &Record<'_>, is_row: bool, columns: &Columns) -> Tail {
        let (end, cells) = (record.end, record.len());
        // Two decimals are the most that an amount may have: a cut would have left fewer.
        let is_whole_amount = || {
            let cell = record.cell(columns.amount).unwrap_or_default();
            cells == columns.amount + 1 && cell.split_once('.').is_some_and(|(_, decimals)| decimals.len() == 2)
        };
        let is_certain = end.line_end || end.quoted || is_whole_amount();
        Tail { line: record.line, end, is_row, cells, is_certain }
    }
}

/// Reads a batch file. An iterator over its rows, then [`Reader::finish`].
pub struct Reader<R> {
    records: Records<Hashing<R>>,
    columns: Columns,
    header: Header,
    limits: Limits,
    controls: Controls,
    seen: Seen,
    /// An amount could not be read, or the sum has no room: the total is not known.
    amount_unknown: bool,
    /// The first `#` line since the last row.
    remark: Option<u32>,
    tail: Option<Tail>,
    /// Of the row last read, where that is a bad one.
    reference: Option<Reference>,
    /// What made it impossible to read on.
    broken_off: Option<Problem>,
}

/// Without the bytes that it holds: they are people's accounts.
impl<R> fmt::Debug for Reader<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader").field("header", &self.header).field("seen", &self.seen).finish_non_exhaustive()
    }
}

impl<R: Read> Reader<R> {
    /// Reads as far as the header. An error is the whole file's.
    pub fn open(source: R, limits: &Limits) -> Result<Reader<R>, Problem> {
        let mut records = Records::new(Hashing::new(source));
        let (beginning, whole) = records.peek()?;
        let dialect = dialect::find(beginning, whole)?;
        records.skip(dialect.mark);
        records.set_delimiter(dialect.delimiter.byte());
        let mut controls = Controls::default();
        while let Some(record) = records.read()? {
            if record.line > MOST_LINES_BEFORE {
                break;
            }
            if record.is_blank() {
                continue;
            }
            if controls::is_control_or_remark(&record) || is_long_remark(&record) {
                controls.read(&record)?;
                continue;
            }
            if record.broken {
                let text = "A quote (\") in the header is not closed, or text follows a closing one: correct it.";
                return Err(Problem::of_line(record.line, Code::Quotes, text));
            }
            let line = record.line;
            let columns = Columns::resolve(line, record.cells())?;
            let tail = Tail::of(&record, false, &columns);
            let header = Header {
                line,
                delimiter: dialect.delimiter,
                reference: columns.names[columns.reference].clone(),
                other: columns.names_for_report(),
                other_as_written: columns.other.iter().map(|place| columns.names[*place].clone()).collect(),
            };
            return Ok(Reader {
                records,
                columns,
                header,
                limits: *limits,
                controls,
                seen: Seen::default(),
                amount_unknown: false,
                remark: None,
                tail: Some(tail),
                reference: None,
                broken_off: None,
            });
        }
        let text = "No line names the columns: the file needs a header such as reference,receiver,amount.";
        Err(Problem::of_file(Code::HeaderMissing, text))
    }

    pub fn header(&self) -> &Header {
        &self.header
    }

    /// What was read so far.
    pub fn seen(&self) -> Seen {
        self.seen
    }

    /// The reference of the row last given, also of a bad row where that cell is in order: so that
    /// duplicates among bad rows are found in the same turn.
    pub fn reference_of<'a>(&'a self, row: &'a Result<Row, Vec<Problem>>) -> Option<&'a Reference> {
        row.as_ref().map_or(self.reference.as_ref(), |row| Some(&row.instruction.reference))
    }

    /// Ends the reading (what is left of the file is read first). An error means that the file must
    /// not be admitted: it holds the problems of the file as a whole, and none where all of them
    /// were given with the rows.
    pub fn finish(mut self) -> Result<Totals, Vec<Problem>> {
        while self.next().is_some() {}
        if let Some(problem) = self.broken_off {
            return Err(vec![problem]);
        }
        let total = (!self.amount_unknown).then_some(self.seen.amount);
        let mut problems = self.controls.compare(self.seen.rows, total);
        problems.extend(self.half_file());
        if self.seen.rows == 0 {
            let text = "The file has a header and no rows: was it saved or copied to its end?";
            problems.push(Problem::of_file(Code::NoRows, text));
        }
        problems.extend(self.over_limit());
        if !problems.is_empty() || self.seen.bad > 0 || self.amount_unknown {
            return Err(problems);
        }
        let Seen { rows, amount, .. } = self.seen;
        Ok(Totals { rows, amount, controls: self.controls, sha256: self.records.into_source().sha256() })
    }

    fn over_limit(&self) -> Option<Problem> {
        let limit = self.limits.max_batch_amount.unwrap_or(Amount::MAX);
        let amount = self.seen.amount;
        (amount > limit || amount == Amount::MAX).then(|| {
            let text = format!(
                "The rows come to {amount} HTG, above the {limit} HTG that one file may order (max_batch_amount): \
                 split the file, or have the limit raised."
            );
            Problem::of_file(Code::BatchAmountTooLarge, text)
        })
    }

    /// A last line without its end may be cut. A control line after the rows shows that they are
    /// whole; one before the header vouches for what it can: that no row and no money is missing.
    /// It cannot vouch for the text of a reference that stands last in its line, and a reference
    /// that lost its end would be paid a second time when the whole file arrives.
    fn half_file(&self) -> Option<Problem> {
        let tail = self.tail.filter(|tail| !tail.end.line_end)?;
        let advice = "copy the file anew, or, if it is whole, open it and end the last line with the Enter key";
        let half = |text: String| Some(Problem::of_line(tail.line, Code::HalfFile, text));
        if !self.controls.any() {
            return half(format!("The last line has no line end, so this may be half a file: {advice}."));
        }
        let last_column = tail.cells.saturating_sub(1);
        let names_a_payout = last_column == self.columns.reference || Some(last_column) == self.columns.retry_of;
        if tail.is_row && names_a_payout && !tail.is_certain {
            return half(format!(
                "The last line has no line end, and its last cell is a reference that may be cut: {advice}."
            ));
        }
        let is_amount = last_column == self.columns.amount;
        if tail.is_row && is_amount && !tail.is_certain && self.controls.total.is_none() {
            return half(format!(
                "The last line has no line end, and its last cell is an amount that may be cut: {advice}, or add a line \
                 such as # total: 123456.50."
            ));
        }
        None
    }
}

/// Before the header, a `#` line may hold delimiters: no row can stand there. Unless it is the
/// header itself.
fn is_long_remark(record: &Record<'_>) -> bool {
    let starts = record.cells().next().is_some_and(|cell| cell.trim().starts_with('#'));
    starts && !columns::names_all(&record.cells().map(str::to_string).collect::<Vec<_>>())
}

impl<R: Read> Reader<R> {
    /// Reads one line: for work in slices, where a file may have millions of lines without a row.
    /// `Some(None)`: an empty line or a remark.
    pub fn next_line(&mut self) -> Option<Option<Result<Row, Vec<Problem>>>> {
        self.reference = None;
        if self.broken_off.is_some() {
            return None;
        }
        let record = match self.records.read() {
            Ok(record) => record?,
            Err(problem) => {
                self.broken_off = Some(problem);
                return None;
            }
        };
        let is_remark = controls::is_control_or_remark(&record);
        let is_blank = record.is_blank();
        let is_row = !is_remark && !is_blank;
        self.tail = Some(Tail::of(&record, is_row, &self.columns));
        if is_blank {
            return Some(None);
        }
        if is_remark {
            self.remark.get_or_insert(record.line);
            let Err(problem) = self.controls.read(&record) else { return Some(None) };
            self.seen.bad += 1;
            return Some(Some(Err(vec![problem])));
        }
        let mut reading = row::read(&record, &self.columns, &self.limits);
        self.seen.rows += 1;
        match reading.amount.and_then(|amount| self.seen.amount.checked_add(amount)) {
            Some(sum) => self.seen.amount = sum,
            None => {
                self.amount_unknown = true;
                if reading.amount.is_some() {
                    self.seen.amount = Amount::MAX;
                }
            }
        }
        if let Some(line) = self.remark.take() {
            let problems = match reading.row {
                Ok(row) => {
                    reading.reference = Some(row.instruction.reference);
                    Vec::new()
                }
                Err(problems) => problems,
            };
            reading.row = Err(std::iter::once(controls::misplaced(line)).chain(problems).collect());
        }
        if reading.row.is_err() {
            self.seen.bad += 1;
            self.reference = reading.reference;
        }
        Some(Some(reading.row))
    }
}

/// Rows in the file's order. Every problem of a bad row comes at once; problems of the file as a
/// whole come from [`Reader::finish`].
impl<R: Read> Iterator for Reader<R> {
    type Item = Result<Row, Vec<Problem>>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(row) = self.next_line()? {
                return Some(row);
            }
        }
    }
}
