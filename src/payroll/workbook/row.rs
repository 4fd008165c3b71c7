//! One row of a sheet, as a record has it.
//!
//! Must never: put a cell into another column's place.

use super::value::Cell;
use crate::payroll::problem::{Code, Problem};
use crate::payroll::records::{End, Facts, FormulaResult, OfSheet, Record, Span};
use crate::words::say;
use std::ops::Range;
use std::rc::Rc;

/// Columns of a row, empty ones included. Far above what a header may name.
const MOST_COLUMNS: usize = 512;

/// A row, its cells' texts one after the other.
#[derive(Debug, Default)]
pub(super) struct SheetRow {
    /// As the spreadsheet numbers it, from 1.
    pub line: u32,
    pub text: String,
    spans: Vec<Span>,
    cells: Vec<Facts>,
    /// Nobody who opens the sheet sees it: hidden, filtered out, or folded away.
    pub hidden: bool,
    /// Places of the sheet's columns that nobody sees.
    hidden_columns: Rc<[Range<usize>]>,
}

impl SheetRow {
    /// An empty row. `index` counts from 0.
    pub fn new(index: u32, hidden: bool, hidden_columns: &Rc<[Range<usize>]>) -> SheetRow {
        let hidden_columns = Rc::clone(hidden_columns);
        SheetRow { line: index.saturating_add(1), hidden, hidden_columns, ..SheetRow::default() }
    }

    /// Sets the cell of a column (from 0). Cells come from left to right.
    pub fn set(&mut self, column: u32, cell: &Cell<'_>, facts: Facts) -> Result<(), Problem> {
        let column = usize::try_from(column).unwrap_or(usize::MAX);
        if column < self.spans.len() {
            return Err(super::unreadable(say!("workbook-cell-order", row = self.line)));
        }
        // A formula without a result is no empty cell.
        if cell.is_empty() && facts.result != FormulaResult::NotStored {
            return Ok(());
        }
        if column >= MOST_COLUMNS {
            let text = say!("workbook-too-many-columns", columns = MOST_COLUMNS);
            return Err(Problem::of_line(self.line, Code::TooManyColumns, text));
        }
        self.spans.resize(column, (self.text.len(), self.text.len()));
        self.cells.resize(column, Facts::default());
        let from = self.text.len();
        cell.write(&mut self.text);
        self.spans.push((from, self.text.len()));
        self.cells.push(Facts { kind: cell.kind(), ..facts });
        Ok(())
    }

    /// Notes that the stored result of a column's formula is not what it gives.
    pub fn is_old(&mut self, column: u32) {
        let facts = usize::try_from(column).ok().and_then(|column| self.cells.get_mut(column));
        if let Some(facts) = facts {
            facts.result = FormulaResult::Old;
        }
    }

    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// A workbook is there whole or cannot be opened: no row of it is half.
    pub fn record(&self) -> Record<'_> {
        let end = End { line_end: true, quoted: true };
        let sheet = OfSheet { cells: &self.cells, hidden_columns: &self.hidden_columns };
        Record::of_sheet(self.line, end, &self.text, &self.spans, sheet, self.hidden)
    }
}
