//! A record becomes a row, or every problem that it has.
//!
//! Must never: stop at a row's first problem, or let a cell slip into its neighbour's column.

use super::amounts::Style;
use super::cells::{self, LONGEST_DESCRIPTION, LONGEST_PERSON, Refusal};
use super::cleaned::{self, Cleaned, Cleaning, Purpose};
use super::columns::{Columns, ReferencePlace};
use super::cut::{Cut, cut_in_two};
use super::doubtful::{refuse_old, refuse_unseen};
use super::last_cells;
use super::meaning::Rivals;
use super::problem::{Code, Problem};
use super::records::{CellKind, Record, column_letters};
use crate::payout::aside::ZeroRows;
use crate::payout::instruction::{Account, Instruction, Reference};
use crate::payout::money::Amount;
use crate::words::say;
use std::borrow::Cow;

/// Cells that a message names.
const MOST_CELLS: usize = 3;

/// What a file may order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// One payout, at most.
    pub max_amount: Amount,
    /// One payout, at least.
    pub min_amount: Amount,
    /// All rows together; `None`: no limit.
    pub max_batch_amount: Option<Amount>,
    /// `[intake] zero`.
    pub zero: ZeroRows,
}

impl Limits {
    /// The problem of a file that orders more than it may.
    pub(super) fn refuse_above(&self, amount: Amount) -> Option<Problem> {
        let limit = self.max_batch_amount.unwrap_or(Amount::MAX);
        (amount > limit || amount == Amount::MAX).then(|| {
            let text = say!("batch-amount-too-large", amount = amount, limit = limit);
            Problem::of_file(Code::BatchAmountTooLarge, text)
        })
    }
}

/// A row that is in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// As a spreadsheet counts: records, header, empty lines and `#` lines included. A line end
    /// within quotes begins no new one.
    pub line: u32,
    pub instruction: Instruction,
    /// The person's name; empty where there is none.
    pub name: String,
    /// The cells of the file's other columns, in the header's order.
    pub other: Vec<String>,
}

impl Row {
    /// Bytes of its texts, about: what it takes in memory.
    pub fn text_bytes(&self) -> usize {
        self.instruction.description.len() + self.name.len() + self.other.iter().map(String::len).sum::<usize>()
    }
}

/// What could be read of a record.
pub(super) struct Reading {
    pub row: Result<Row, Vec<Problem>>,
    /// Of a bad row, where this cell of it is in order; a good one has it in its instruction.
    pub reference: Option<Reference>,
    /// The same, of the receiver.
    pub receiver: Option<Account>,
    /// Of a bad row too. `None`: the file's total is not known.
    pub amount: Option<Amount>,
}

impl Reading {
    /// Shows the row to the columns that could be meant instead of those it was read by.
    pub fn show(&self, record: &Record<'_>, rivals: &mut Rivals) {
        let (receiver, reference) = match &self.row {
            Ok(row) => (Some(row.instruction.receiver), row.instruction.reference.as_str()),
            Err(_) => (self.receiver, self.reference.as_ref().map_or("", Reference::as_str)),
        };
        rivals.see(record.line, receiver, self.amount, reference, |place| record.cell(place).unwrap_or_default());
    }

    /// Makes a bad row of it: these problems come before its own.
    pub fn refuse(&mut self, before: impl Iterator<Item = Problem>) {
        let problems = match std::mem::replace(&mut self.row, Err(Vec::new())) {
            Ok(row) => {
                self.reference = Some(row.instruction.reference);
                Vec::new()
            }
            Err(problems) => problems,
        };
        self.row = Err(before.chain(problems).collect());
    }
}

/// Reads a record's cells.
pub(super) fn read(
    record: &Record<'_>,
    columns: &Columns,
    limits: &Limits,
    style: &mut Style,
    cleaned: &mut Cleaned,
) -> Reading {
    if let Some(problem) = wrong_shape(record, columns, cleaned) {
        return Reading { row: Err(vec![problem]), reference: None, receiver: None, amount: None };
    }
    let mut sheet = Sheet { record, columns, cleaned, problems: Vec::new() };
    sheet.refuse_unnamed();
    sheet.refuse_unseen();
    let reference = sheet.take_reference();
    let receiver = sheet.take(columns.receiver, Purpose::Wallet, cells::parse_receiver);
    let amount = style.take_payable(record, columns.amount, sheet.cleaned);
    let amount = sheet.note(columns.amount, amount);
    if let Some(amount) = amount {
        sheet.note(columns.amount, check_limits(amount, limits));
        sheet.note(columns.amount, refuse_cut_off(record, columns, style));
    }
    let description = sheet.take_text(columns.description, LONGEST_DESCRIPTION);
    let name = sheet.take_name();
    let retry_of = sheet.take_retry_of(reference.as_ref());
    let other = sheet.take_other();
    match (reference, receiver, amount, sheet.problems.is_empty()) {
        (Some(reference), Some(receiver), Some(sum), true) => {
            let instruction = Instruction { reference, receiver, amount: sum, description, retry_of };
            let row = Ok(Row { line: record.line, instruction, name, other });
            Reading { row, reference: None, receiver: None, amount }
        }
        (reference, ..) => Reading { row: Err(sheet.problems), reference, receiver, amount },
    }
}

/// `1250,50` and `1,250` in a file whose cells commas part are two cells each, and no cell too many where the last
/// column is not filled: then what stands behind the amount may be the rest of it.
pub(super) fn refuse_cut_off(record: &Record<'_>, columns: &Columns, style: &mut Style) -> Result<(), Refusal> {
    let Some(column) = columns.behind_amount.filter(|_| !record.is_of_sheet()) else { return Ok(()) };
    let bare = |place| cleaned::bare(record.cell(place).unwrap_or_default(), Purpose::Amount, |_| {});
    let (amount, behind) = (bare(columns.amount), bare(column.place));
    let Some((cut, amount, behind)) = cut_in_two(&amount, &behind) else { return Ok(()) };
    let sentence = match cut {
        // In a column of numbers two digits are nothing strange. Where another amount of the file shows a point
        // before its centimes, they are not centimes.
        Cut::Centimes if !column.is_text && style.has_point(record.line) => return Ok(()),
        Cut::Centimes => say!("amount-cut-by-comma", amount = amount, behind = behind),
        Cut::Thousands => {
            say!("amount-cut-thousands", amount = amount, behind = behind, whole = format!("{amount}{behind}"))
        }
    };
    Err((Code::AmountFormat, sentence))
}

/// Cells that are too few or too many make every cell doubtful, so that nothing else is looked at.
/// An amount written `1,250.00` shows as one cell too many.
pub(super) fn wrong_shape(record: &Record<'_>, columns: &Columns, cleaned: &mut Cleaned) -> Option<Problem> {
    let line = record.line;
    if record.broken {
        return Some(Problem::of_line(line, Code::Quotes, say!("line-quotes")));
    }
    let (has, wants) = (record.len(), columns.names.len());
    if has < columns.named_until && !record.is_of_sheet() {
        // A last line without its end that lacks cells is half a line.
        if has < last_cells::needed(columns) || !record.end.line_end {
            return Some(Problem::of_line(line, Code::CellsMissing, say!("cells-missing", has = has, wants = wants)));
        }
        cleaned.note(Cleaning::LastCells, line);
    }
    if record.is_of_sheet() {
        return beyond_the_table(record, columns);
    }
    if has > wants {
        return Some(Problem::of_line(line, Code::CellsExtra, say!("cells-extra", has = has, wants = wants)));
    }
    None
}

/// In a workbook every cell stands in its column: what stands right of the table is named.
fn beyond_the_table(record: &Record<'_>, columns: &Columns) -> Option<Problem> {
    let is_filled = |place: &usize| record.cell(*place).is_some_and(|text| !text.trim().is_empty());
    let filled: Vec<usize> = (columns.names.len()..record.len()).filter(is_filled).collect();
    let first = filled.first()?;
    let mut cells: Vec<String> = filled.iter().take(MOST_CELLS).map(|place| record.cell_name(*place)).collect();
    cells.extend((filled.len() > MOST_CELLS).then(|| "…".to_string()));
    let last = column_letters(columns.names.len().saturating_sub(1));
    let text = say!("workbook-cells-beyond", cells = cells.join(", "), last = last);
    let value = record.cell(*first).unwrap_or_default();
    Some(Problem::of_cell(record.line, "", value, Code::CellsExtra, text))
}

fn check_limits(amount: Amount, limits: &Limits) -> Result<(), Refusal> {
    if amount > limits.max_amount {
        return Err((Code::AmountTooLarge, say!("amount-above", most = limits.max_amount)));
    }
    if amount < limits.min_amount {
        return Err((Code::AmountTooSmall, say!("amount-below", least = limits.min_amount)));
    }
    Ok(())
}

/// A record whose shape is right, and the problems found in it so far.
struct Sheet<'a> {
    record: &'a Record<'a>,
    columns: &'a Columns,
    cleaned: &'a mut Cleaned,
    problems: Vec<Problem>,
}

impl<'a> Sheet<'a> {
    fn text(&self, place: usize) -> &'a str {
        self.record.cell(place).unwrap_or_default()
    }

    /// A cell with a number or a reference, without what no person meant in it.
    fn bare(&mut self, place: usize, purpose: Purpose) -> Cow<'a, str> {
        self.cleaned.bare(self.record, place, purpose)
    }

    fn note<T>(&mut self, place: usize, result: Result<T, Refusal>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err((code, sentence)) => {
                let column = self.columns.names.get(place).map_or("", String::as_str);
                self.problems.push(Problem::of_cell(self.record.line, column, self.text(place), code, sentence));
                None
            }
        }
    }

    fn take<T>(&mut self, place: usize, purpose: Purpose, parse: impl FnOnce(&str) -> Result<T, Refusal>) -> Option<T> {
        if self.record.kind(place) == CellKind::Date {
            return self.note(place, Err((Code::DateFound, say!("workbook-date"))));
        }
        let text = self.bare(place, purpose);
        let read = refuse_old(self.record, place).and_then(|()| parse(&text));
        self.note(place, read)
    }

    fn take_reference(&mut self) -> Option<Reference> {
        let columns = self.columns;
        let built = match &columns.reference {
            ReferencePlace::Cell(place) => return self.take(*place, Purpose::Reference, cells::parse_reference),
            ReferencePlace::Built(built) => built,
        };
        let parts: Vec<Cow<'a, str>> = built.places().map(|place| self.bare(place, Purpose::Reference)).collect();
        let fresh = built.places().try_for_each(|place| refuse_old(self.record, place));
        match fresh.and_then(|()| built.reference(&parts)) {
            Ok(reference) => Some(reference),
            Err((code, sentence)) => {
                let value = built.text(&parts);
                let column = columns.reference_name();
                self.problems.push(Problem::of_cell(self.record.line, &column, &value, code, sentence));
                None
            }
        }
    }

    /// The name from its column, or from two, in the header's order.
    fn take_name(&mut self) -> String {
        let [first, second] = match self.columns.name.as_slice() {
            [] => return String::new(),
            [place] => return self.take_text(Some(*place), LONGEST_PERSON),
            [first, second, ..] => [*first, *second],
        };
        let halves = [first, second].map(|place| self.take_text(Some(place), LONGEST_PERSON));
        let name = halves.join(" ").trim().to_string();
        // Each half is short enough, or was told already.
        if halves.iter().all(|half| half.chars().count() <= LONGEST_PERSON) {
            self.note(second, cells::check_text(&name, LONGEST_PERSON));
        }
        name
    }

    fn take_text(&mut self, place: Option<usize>, longest: usize) -> String {
        let Some(place) = place else { return String::new() };
        let text = self.cleaned.text(self.record, place);
        if cells::is_no_text(&text) {
            return String::new();
        }
        self.note(place, cells::check_text(&text, longest));
        text.into_owned()
    }

    fn take_retry_of(&mut self, reference: Option<&Reference>) -> Option<Reference> {
        let place = self.columns.retry_of.filter(|place| !self.text(*place).trim().is_empty())?;
        let retry_of = self.take(place, Purpose::Reference, cells::parse_retry_of)?;
        if reference.is_some_and(|own| own.key() == retry_of.key()) {
            self.note::<()>(place, Err((Code::RetryOfItself, say!("retry-of-itself"))));
        }
        Some(retry_of)
    }

    fn take_other(&mut self) -> Vec<String> {
        let columns = self.columns;
        let take = |place: &usize| {
            let text = self.cleaned.echoed(self.record, *place, columns);
            self.note(*place, cells::check_other(&text));
            text.into_owned()
        };
        columns.other.iter().map(take).collect()
    }

    fn refuse_unseen(&mut self) {
        let columns = self.columns;
        let read = columns.reference.places().chain([columns.receiver, columns.amount]);
        for place in read.chain(columns.name.iter().copied()) {
            self.note(place, refuse_unseen(self.record, place));
        }
    }

    fn refuse_unnamed(&mut self) {
        let columns = self.columns;
        for place in &columns.unnamed {
            if !self.text(*place).trim().is_empty() {
                let sentence = match self.record.is_of_sheet() {
                    true => say!("workbook-cell-unnamed", cell = self.record.cell_name(*place)),
                    false => say!("column-unnamed", column = place + 1),
                };
                self.note::<()>(*place, Err((Code::ColumnUnnamed, sentence)));
            }
        }
    }
}
