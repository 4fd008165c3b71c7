//! A batch file from its first byte to its last, a row at a time.
//!
//! Must never: hold the file, take half a file for a whole one, or say that a file is in order
//! when one row of it was not.

use super::amounts::{Mark, Style};
use super::aside::{self, Line};
use super::cleaned::{Cleaned, Cleaning};
use super::columns::{Columns, ReferencePlace};
use super::controls::{self, Controls};
use super::dialect::{self, Delimiter};
use super::filled;
use super::half_file::{Ending, Tail};
use super::header::{self, HeaderLine};
use super::last_cells::LastCells;
use super::names::ColumnNames;
use super::problem::{Code, Problem, quote};
use super::records::Records;
use super::row::{self, Limits, Row};
use super::source::Hashing;
use super::told::{Header, ReadAs, Seen, Totals};
use super::workbook::ARCHIVE_MARK;
use super::{left_out, totals};
use crate::payout::aside::{Aside, FilledDown};
use crate::payout::instruction::Reference;
use crate::payout::money::Amount;
use crate::words::say;
use std::fmt;
use std::io::Read;

/// Reads a batch file. An iterator over its rows, then [`Reader::finish`].
pub struct Reader<R> {
    records: Records<Hashing<R>>,
    columns: Columns,
    header: Header,
    limits: Limits,
    /// Lines outside of the table.
    aside: Aside,
    /// Lines since the last row that hold formulas and nobody.
    filled: FilledDown,
    controls: Controls,
    style: Style,
    seen: Seen,
    zero: Aside,
    /// An amount could not be read, or the sum has no room: the total is not known.
    amount_unknown: bool,
    /// The first `#` line since the last row.
    remark: Option<u32>,
    /// The file begins with the byte-order mark of UTF-8.
    marked: bool,
    last_cells: LastCells,
    /// The last row that adds others up.
    total_row: Option<u32>,
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
    /// Reads as far as the header, with the columns' usual names. An error is the whole file's.
    pub fn open(source: R, limits: &Limits) -> Result<Reader<R>, Problem> {
        Reader::open_as(source, limits, &ColumnNames::default(), Style::default())
    }

    /// The same, with other names of columns, and what is known of the amounts' style. An error is the
    /// whole file's.
    pub fn open_as(source: R, limits: &Limits, wanted: &ColumnNames, style: Style) -> Result<Reader<R>, Problem> {
        let mut records = Records::new(Hashing::new(source));
        let (beginning, whole) = records.peek()?;
        if beginning.starts_with(ARCHIVE_MARK) {
            records.open_sheet(wanted.sheet.as_deref())?;
            return Reader::begin(records, Delimiter::default(), limits, wanted, style);
        }
        let dialect = dialect::find(beginning, whole, wanted)?;
        records.skip_mark(dialect.mark);
        records.set_delimiter(dialect.delimiter.byte());
        let mut cleaned = Cleaned::default();
        if dialect.separator && records.read()?.is_some() {
            cleaned.note(Cleaning::Separator, 1);
        }
        let mut reader = Reader::begin(records, dialect.delimiter, limits, wanted, style)?;
        (reader.marked, reader.seen.cleaned) = (dialect.mark > 0, cleaned);
        Ok(reader)
    }

    /// Finds the header among the records.
    fn begin(
        mut records: Records<Hashing<R>>,
        delimiter: Delimiter,
        limits: &Limits,
        wanted: &ColumnNames,
        style: Style,
    ) -> Result<Reader<R>, Problem> {
        let HeaderLine { line, columns, aside, controls, tail } = header::find(&mut records, delimiter, wanted)?;
        let header = Header {
            line,
            delimiter,
            reference: columns.reference_name(),
            is_built: matches!(columns.reference, ReferencePlace::Built(_)),
            columns: columns.read(),
            not_there: columns.not_there.iter().map(|known| known.own()).collect(),
            other: columns.names_for_report(),
            other_as_written: columns.other.iter().map(|place| columns.names[*place].clone()).collect(),
        };
        Ok(Reader {
            records,
            columns,
            header,
            limits: *limits,
            aside,
            filled: FilledDown::default(),
            controls,
            style,
            seen: Seen::default(),
            zero: Aside::default(),
            amount_unknown: false,
            remark: None,
            marked: false,
            last_cells: LastCells::default(),
            total_row: None,
            tail: Some(tail),
            reference: None,
            broken_off: None,
        })
    }

    /// What the amounts read so far prove of the file's decimal mark.
    pub fn mark(&self) -> Option<Mark> {
        self.style.mark()
    }

    /// Reads on until an amount proves the file's decimal mark, to the file's end if none does.
    pub fn find_mark(mut self) -> Option<Mark> {
        while self.mark().is_none() && self.next_line().is_some() {
            if self.asks() {
                self.settle(None);
            }
        }
        self.mark()
    }

    /// Whether the next line cannot be read before somebody has looked whether another amount of the file
    /// proves its mark. Only a reader that was opened to ask does.
    pub fn asks(&self) -> bool {
        self.style.asks()
    }

    /// What that look found: the first mark that is proved. What is read by it must be proved by this
    /// reading's own bytes too, or [`Reader::finish`] refuses the file.
    pub fn settle(&mut self, mark: Option<Mark>) {
        self.style.settle(mark);
    }

    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Lines by which nobody is paid, so far.
    pub fn aside(&self) -> &Aside {
        &self.aside
    }

    /// What was read so far.
    pub fn seen(&self) -> Seen {
        self.seen
    }

    /// What was taken out of cells before they were read.
    pub fn cleaned(&self) -> &Cleaned {
        &self.seen.cleaned
    }

    /// The reference of the row last given, also of a bad row where that cell is in order: so that
    /// duplicates among bad rows are found in the same turn.
    pub fn reference_of<'a>(&'a self, row: &'a Result<Row, Vec<Problem>>) -> Option<&'a Reference> {
        row.as_ref().map_or(self.reference.as_ref(), |row| Some(&row.instruction.reference))
    }

    fn ending(&self) -> Ending {
        self.tail.map_or(Ending::Whole, |tail| tail.ending(&self.columns, &self.controls, &self.style))
    }

    /// Of a file that was read to its end: whether its last line is certainly whole.
    pub fn is_whole(&self) -> bool {
        matches!(self.ending(), Ending::Whole)
    }

    /// Ends the reading (what is left of the file is read first). An error means that the file must
    /// not be admitted: it holds the problems of the file as a whole, and none where all of them
    /// were given with the rows.
    pub fn finish(mut self) -> Result<Totals, Vec<Problem>> {
        while self.next().is_some() {}
        if let Some(problem) = self.broken_off {
            return Err(vec![problem]);
        }
        let total = self.style.shown().agreeing(&self.controls, self.seen.amount);
        let total = (!self.amount_unknown).then_some(total);
        let mut problems = self.controls.compare(self.seen.rows.saturating_add(self.zero.lines), total);
        problems.extend(self.columns.rivals.asks());
        problems.extend(self.columns.marks.finish());
        let ending = self.ending();
        let open_end = matches!(ending, Ending::Open);
        if let Ending::Half(problem) = ending {
            problems.push(problem);
        }
        problems.extend(self.last_cells.doubt(&self.columns));
        let unproved = |line| Problem::of_line(line, Code::AmountFormat, say!("amount-unproved"));
        problems.extend(self.style.unproved().map(unproved));
        problems.extend(left_out::nobody(self.seen.rows, &self.zero));
        problems.extend(self.limits.refuse_above(self.seen.amount));
        if !problems.is_empty() || self.seen.bad > 0 || self.amount_unknown {
            return Err(problems);
        }
        let Seen { rows, amount, cleaned, .. } = self.seen;
        let read_as = ReadAs {
            encoding: self.records.encoding(),
            delimiter: self.header.delimiter,
            decimal: self.style.mark(),
            total_row: self.total_row.is_some(),
            marked: self.marked,
        };
        let conditional_formats = self.records.has_conditional_formats();
        let (controls, shown) = (self.controls, self.style.shown());
        let (zero, aside, filled) = (self.zero, self.aside, self.filled);
        let passed_over = self.columns.rivals.passed_over().map(|(_, name)| quote(name)).collect();
        let sha256 = self.records.into_source().sha256();
        Ok(Totals {
            rows,
            amount,
            controls,
            shown,
            conditional_formats,
            read_as,
            zero,
            aside,
            filled,
            open_end,
            cleaned,
            passed_over,
            sha256,
        })
    }
}

impl<R: Read> Reader<R> {
    /// Reads one line: for work in slices, where a file may have millions of lines without a row.
    /// `Some(None)`: an empty line, a remark, a total, a line left aside, or nothing: the reader [asks](Reader::asks).
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
        if record.hidden && !is_blank {
            let problem = Problem::of_line(record.line, Code::RowHidden, say!("workbook-row-hidden"));
            (self.seen.rows, self.seen.bad) = (self.seen.rows + 1, self.seen.bad + 1);
            // Whether it belongs to the total is for a person to say.
            self.amount_unknown = true;
            return Some(Some(Err(vec![problem])));
        }
        let could_be_row = !is_remark && !is_blank;
        let total = match could_be_row && totals::is_likely(&record, &self.columns) {
            true => totals::look(&record, &self.columns),
            false => totals::Seen::No,
        };
        let tail = Tail::of(&record, could_be_row && total != totals::Seen::Total, &self.columns);
        if total == totals::Seen::Total {
            let (line, text) = (record.line, record.cell(self.columns.amount).unwrap_or_default().trim());
            let mut cleaned = self.seen.cleaned;
            let taken = self.style.take_cell(&record, self.columns.amount, &mut cleaned);
            let taken = taken.and_then(|amount| {
                self.controls.add_total(amount, line).map_err(|sentence| (Code::TotalRow, sentence))
            });
            let problem = taken.err().map(|(code, sentence)| {
                let column = self.columns.names.get(self.columns.amount).map_or("", String::as_str);
                Problem::of_cell(line, column, text, code, sentence)
            });
            if self.style.asks() {
                self.records.unread();
                return Some(None);
            }
            (self.tail, self.total_row, self.seen.cleaned) = (Some(tail), Some(line), cleaned);
            self.seen.bad += u32::from(problem.is_some());
            return Some(problem.map(|problem| Err(vec![problem])));
        }
        if is_blank {
            self.tail = Some(tail.fit());
            return Some(None);
        }
        if is_remark {
            self.tail = Some(tail);
            self.remark.get_or_insert(record.line);
            let Err(problem) = self.controls.read(&record) else { return Some(None) };
            self.seen.bad += 1;
            return Some(Some(Err(vec![problem])));
        }
        let kind = aside::look(&record, &self.columns, self.total_row.is_some());
        if kind != Line::Row {
            let tail = Tail::of(&record, false, &self.columns);
            self.tail = Some(if kind == Line::Filled { tail.fit() } else { tail });
            match kind {
                Line::Outside => self.aside.note(record.line, &aside::text_of(record.cells())),
                Line::Filled => self.filled.note(record.line),
                Line::Row | Line::Signature => {}
            }
            let problem = (kind == Line::Signature).then(|| aside::signature(&record));
            self.seen.bad += u32::from(problem.is_some());
            return Some(problem.map(|problem| Err(vec![problem])));
        }
        let is_alone = total == totals::Seen::No && self.remark.is_none() && self.total_row.is_none();
        let left_out =
            is_alone.then(|| left_out::whose(&record, &self.columns, &self.limits, &mut self.style)).flatten();
        if let Some(whose) = left_out {
            self.zero.note(record.line, &whose);
            self.tail = Some(tail.fit());
            return Some(None);
        }
        let mut cleaned = self.seen.cleaned;
        let mut reading = row::read(&record, &self.columns, &self.limits, &mut self.style, &mut cleaned);
        if self.style.asks() {
            self.records.unread();
            return Some(None);
        }
        let strange = match &reading.row {
            Err(_) if total == totals::Seen::Nameless => Some(say!("total-nameless")),
            Ok(row) if totals::is_word(row.instruction.reference.as_str()) => Some(say!("total-with-receiver")),
            _ => None,
        };
        if let Some(sentence) = strange {
            reading.row = Err(vec![Problem::of_line(record.line, Code::TotalRow, sentence)]);
            reading.amount = None;
        }
        reading.show(&record, &mut self.columns.rivals);
        let apart = self.columns.marks.see(record.line, |place| record.cell(place).unwrap_or_default());
        if !apart.is_empty() {
            reading.refuse(apart.into_iter());
        }
        self.seen.cleaned = cleaned;
        self.last_cells.look(&record, &self.columns);
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
        let filled = std::mem::take(&mut self.filled);
        if self.remark.is_some() || self.total_row.is_some() || !filled.is_none() {
            let remark = self.remark.take().map(controls::misplaced);
            let total = |line| Problem::of_line(line, Code::TotalRow, say!("total-between-rows"));
            let total = self.total_row.take().map(total);
            reading.refuse(filled::between(filled, record.line).into_iter().chain(remark).chain(total));
        }
        self.tail = Some(if reading.row.is_ok() { tail.fit() } else { tail });
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
            if self.asks() {
                // Nobody is there to look.
                self.settle(None);
            }
            if let Some(row) = self.next_line()? {
                return Some(row);
            }
        }
    }
}
