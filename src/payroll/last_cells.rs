//! Rows without their last cells: Excel stops writing columns that are empty to the end of the sheet's part (16 rows) that
//! it writes at a time.
//!
//! Such a row looks like one that lost a cell in its middle, and then the amount is its neighbour's. What the columns
//! of whole rows hold tells the two apart: a name where the amounts stand is refused anyway, another sum is not.
//!
//! Must never: take a row whose amount, wallet or reference may be the next column's.

use super::amounts;
use super::cleaned::{Purpose, bare};
use super::columns::Columns;
use super::problem::{Code, Problem};
use super::records::Record;
use crate::words::say;

/// Shapes of rows that are remembered; a file by Excel has a few.
const MOST_SHAPES: usize = 32;

/// What cells hold, a bit each; none for an empty one.
const NUMBER: u8 = 1;
const WORDS: u8 = 2;
/// Letters and digits.
const CODE: u8 = 4;

/// What was seen of the rows that have all cells, and of those that have not.
#[derive(Debug, Default)]
pub(super) struct LastCells {
    /// For each column, what its cells hold in whole rows.
    columns: Vec<u8>,
    /// What short rows hold from the last cell on that orders money, each with its first line and its length.
    shapes: Vec<(Vec<u8>, u32, usize)>,
    /// A short row for which no whole one can speak.
    doubtful: Option<(u32, usize)>,
}

/// Cells that a row has at least: those up to the last column that a payout is made of.
pub(super) fn needed(columns: &Columns) -> usize {
    let named = columns.name.iter().copied().chain(columns.description);
    ordering(columns).chain(named).max().map_or(0, |last| last + 1)
}

/// The columns that say who gets what, once.
fn ordering(columns: &Columns) -> impl Iterator<Item = usize> + '_ {
    columns.reference.places().chain([columns.receiver, columns.amount]).chain(columns.retry_of)
}

impl LastCells {
    /// Looks at a row that was taken, or would be.
    pub fn look(&mut self, record: &Record<'_>, columns: &Columns) {
        let last = ordering(columns).max().unwrap_or_default();
        if needed(columns) >= columns.named_until || record.is_of_sheet() {
            return;
        }
        if record.len() >= columns.named_until {
            self.columns.resize(columns.named_until, 0);
            for (place, seen) in self.columns.iter_mut().enumerate().skip(last + 1) {
                *seen |= kind(record.cell(place).unwrap_or_default());
            }
            return;
        }
        // Refused by itself.
        if record.len() < needed(columns) || !record.end.line_end {
            return;
        }
        let shape: Vec<u8> = record.cells().skip(last).map(kind).collect();
        if self.shapes.iter().any(|(known, ..)| *known == shape) {
            return;
        }
        if self.columns.is_empty() || self.shapes.len() == MOST_SHAPES {
            self.doubtful.get_or_insert((record.line, record.len()));
            return;
        }
        self.shapes.push((shape, record.line, record.len()));
    }

    /// The first short row that could be a whole one which lost a cell at its amount or before it.
    pub fn doubt(&self, columns: &Columns) -> Option<Problem> {
        let last = ordering(columns).max().unwrap_or_default();
        let shifts = |shape: &[u8], by: usize| {
            let stood = self.columns.iter().skip(last + by);
            shape.iter().zip(stood).all(|(kind, seen)| *kind == 0 || kind & seen != 0)
        };
        let lost = |(shape, _, has): &&(Vec<u8>, u32, usize)| {
            (1..=columns.named_until.saturating_sub(*has)).any(|by| shifts(shape, by))
        };
        let found = self.shapes.iter().find(lost).map(|(_, line, has)| (*line, *has));
        self.doubtful.into_iter().chain(found).min().map(|(line, has)| {
            let text = say!("cells-missing-where", has = has, wants = columns.names.len());
            Problem::of_line(line, Code::CellsMissing, text)
        })
    }
}

fn kind(cell: &str) -> u8 {
    let text = bare(cell, Purpose::Amount, |_| {});
    let has_digits = text.bytes().any(|byte| byte.is_ascii_digit());
    match () {
        () if text.is_empty() => 0,
        () if !has_digits => WORDS,
        () if !text.contains(char::is_alphabetic) || amounts::read(&text).is_ok() => NUMBER,
        () => CODE,
    }
}
