//! The last line of a file, which may be half a line, and the file half a file.
//!
//! Must never: take a reference or an amount that may have lost its end for a whole one.

use super::amounts::Style;
use super::columns::Columns;
use super::controls::Controls;
use super::problem::{Code, Problem};
use super::records::{End, Record};
use crate::words::say;

/// What the last line that held something was.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tail {
    line: u32,
    end: End,
    is_row: bool,
    cells: usize,
    /// It is an amount with two decimals, and ends there. A cut would have left fewer: unless the mark parts
    /// thousands.
    two_decimals: bool,
    /// All of the line is in order, so that a person can say whether it is whole.
    is_fit: bool,
}

/// How a file ends.
#[derive(Debug)]
pub(super) enum Ending {
    Whole,
    /// Nothing shows whether the last line is whole; a person can say.
    Open,
    Half(Problem),
}

impl Tail {
    pub fn of(record: &Record<'_>, is_row: bool, columns: &Columns) -> Tail {
        let (end, cells) = (record.end, record.len());
        let has_decimals = || {
            let cell = record.cell(columns.amount).unwrap_or_default();
            cells == columns.amount + 1 && cell.rsplit_once(['.', ',']).is_some_and(|(_, decimals)| decimals.len() == 2)
        };
        let two_decimals = !end.line_end && has_decimals();
        Tail { line: record.line, end, is_row, cells, two_decimals, is_fit: false }
    }

    /// The same of a line that is in order: a good row, an empty line, formulas filled down.
    pub fn fit(self) -> Tail {
        Tail { is_fit: true, ..self }
    }

    /// A last line without its end may be cut. A control line after the rows shows that they are
    /// whole; one before the header vouches for what it can: that no row and no money is missing.
    /// It cannot vouch for the text of a reference that stands last in its line, and a reference
    /// that lost its end would be paid a second time when the whole file arrives. Where nothing vouches,
    /// a person is asked; a bad row or a `#` line shows nothing that a person could say it of.
    pub fn ending(self, columns: &Columns, controls: &Controls, style: &Style) -> Ending {
        let half = |text| Ending::Half(Problem::of_line(self.line, Code::HalfFile, text));
        match (self.end.line_end, controls.any()) {
            (true, _) => return Ending::Whole,
            (false, false) if self.is_fit => return Ending::Open,
            (false, false) => return half(say!("half-file")),
            (false, true) => {}
        }
        let is_certain = self.end.quoted || self.two_decimals && style.is_proved_before(self.line);
        let last_column = self.cells.saturating_sub(1);
        let names_a_payout =
            columns.reference.places().any(|place| place == last_column) || Some(last_column) == columns.retry_of;
        if self.is_row && names_a_payout && !is_certain {
            return half(say!("half-file-reference"));
        }
        let is_amount = last_column == columns.amount;
        if self.is_row && is_amount && !is_certain && controls.total.is_none() {
            return half(say!("half-file-amount"));
        }
        Ending::Whole
    }
}
