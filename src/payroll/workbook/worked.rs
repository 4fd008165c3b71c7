//! What the formulas of a sheet give, worked out row by row from the numbers that stand in it, and held against the
//! results that are stored: they stay old where a workbook was changed and not calculated again.
//!
//! Must never: grow with the sheet beyond [`MOST_KEPT`] numbers, or call a result old that may be right.

use super::exact::{Decimal, Exact};
use super::formula::{Cells, Formula, Place, work_out};
use super::value::Cell as Value;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// Numbers of rows that were read, for formulas further down: 40,000 people with ten numbers each. Of a larger sheet
/// no formula is worked out that names another row.
const MOST_KEPT: usize = 400_000;
/// Cells that are added up for all formulas of a sheet: each adding up all above it would take hours.
const MOST_ADDED: u64 = 4_000_000;
/// Formulas that wait for one another.
const DEEPEST: usize = 40;

/// What is stored in a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stored {
    Number(Decimal),
    Text,
    /// A number that is not worked with, such as a date.
    Unknown,
}

/// A cell of the row that is read; an empty one is none.
#[derive(Clone, Debug)]
pub(super) struct OwnCell {
    pub column: u32,
    pub stored: Stored,
    pub formula: Option<Formula>,
}

impl OwnCell {
    /// None: the cell is empty.
    pub fn of(column: u32, cell: &Value<'_>, formula: Option<Formula>) -> Option<OwnCell> {
        let stored = match cell {
            Value::Empty => return None,
            Value::Text(_) => Stored::Text,
            Value::Number(_) | Value::Whole(_) => {
                let mut digits = String::new();
                cell.write(&mut digits);
                Decimal::parse(&digits).map_or(Stored::Unknown, Stored::Number)
            }
            Value::Truth(_) | Value::Date(_) | Value::DateText(_) | Value::Error(_) => Stored::Unknown,
        };
        Some(OwnCell { column, stored, formula })
    }

    /// Of a formula without a result.
    pub fn without_result(column: u32) -> OwnCell {
        OwnCell { column, stored: Stored::Unknown, formula: None }
    }
}

/// A number of an earlier row.
#[derive(Clone, Copy, Debug)]
struct Kept {
    row: u32,
    slack: u32,
    digits: i64,
    /// None: it is not known.
    places: Option<u8>,
}

impl Kept {
    fn of(row: u32, number: Option<Exact>) -> Kept {
        match number.and_then(Exact::kept) {
            Some((number, slack)) => Kept { slack, ..Kept::stored(row, number) },
            None => Kept { row, slack: 0, digits: 0, places: None },
        }
    }

    fn stored(row: u32, number: Decimal) -> Kept {
        Kept { row, slack: 0, digits: number.digits, places: Some(number.places) }
    }

    fn number(self) -> Option<Exact> {
        Some(Decimal { digits: self.digits, places: self.places? }.exact()?.with_slack(self.slack))
    }
}

/// The sheet as far as it was read.
#[derive(Debug, Default)]
pub(super) struct Worked {
    /// The numbers of each column, from above.
    columns: BTreeMap<u32, Vec<Kept>>,
    kept: usize,
    is_full: bool,
    added: Cell<u64>,
}

impl Worked {
    /// Takes a row in, its cells from left to right. Gives the columns whose stored result is not what the formula
    /// gives.
    pub fn take(&mut self, row: u32, cells: &[OwnCell]) -> Vec<u32> {
        let reading = Row {
            sheet: self,
            row,
            cells,
            known: RefCell::default(),
            busy: RefCell::default(),
            circle: Cell::default(),
        };
        let kept = |cell: &OwnCell| match (&cell.formula, cell.stored) {
            (None, Stored::Number(number)) => Kept::stored(row, number),
            _ => Kept::of(row, reading.own(cell)),
        };
        let there = cells.iter().filter(|cell| cell.stored != Stored::Text);
        let numbers: Vec<(u32, Kept)> = there.map(|cell| (cell.column, kept(cell))).collect();
        let is_old = |cell: &&OwnCell| match (&cell.formula, cell.stored, reading.worked_out(cell)) {
            (Some(_), Stored::Number(stored), Some(number)) => {
                !reading.circle.get() && stored.exact().is_some_and(|stored| stored.is_another(number))
            }
            _ => false,
        };
        let old = cells.iter().filter(is_old).map(|cell| cell.column).collect();
        self.is_full |= self.kept.saturating_add(numbers.len()) > MOST_KEPT;
        if self.is_full {
            self.columns.clear();
            return old;
        }
        self.kept += numbers.len();
        for (column, number) in numbers {
            self.columns.entry(column).or_default().push(number);
        }
        old
    }
}

/// The row that is read.
struct Row<'a> {
    sheet: &'a Worked,
    row: u32,
    cells: &'a [OwnCell],
    /// What its formulas give, by their columns.
    known: RefCell<BTreeMap<u32, Option<Exact>>>,
    /// The columns whose formulas are worked out at the moment, one for the other.
    busy: RefCell<Vec<u32>>,
    /// A formula leads to itself.
    circle: Cell<bool>,
}

impl Row<'_> {
    /// The number in a cell of the row: what its formula gives, or what is stored.
    fn own(&self, cell: &OwnCell) -> Option<Exact> {
        if self.busy.borrow().contains(&cell.column) {
            self.circle.set(true);
            return None;
        }
        self.worked_out(cell).or(match cell.stored {
            Stored::Number(number) => number.exact(),
            Stored::Text | Stored::Unknown => None,
        })
    }

    fn worked_out(&self, cell: &OwnCell) -> Option<Exact> {
        let formula = cell.formula.as_ref()?;
        // Only what is stored as a number is one: a formula that gives a text is none of those that are known.
        if !matches!(cell.stored, Stored::Number(_)) {
            return None;
        }
        if let Some(known) = self.known.borrow().get(&cell.column) {
            return *known;
        }
        if self.busy.borrow().len() >= DEEPEST {
            return None;
        }
        self.busy.borrow_mut().push(cell.column);
        let number = work_out(formula, Place { row: self.row, column: cell.column }, self);
        self.busy.borrow_mut().pop();
        self.known.borrow_mut().insert(cell.column, number);
        number
    }
}

impl Cells for Row<'_> {
    fn number(&self, place: Place) -> Option<Exact> {
        if place.row == self.row {
            return match self.cells.binary_search_by_key(&place.column, |cell| cell.column) {
                Ok(at) => self.own(self.cells.get(at)?),
                Err(_) => Some(Exact::ZERO),
            };
        }
        // An empty cell further up cannot be told from a text.
        let column = self.sheet.columns.get(&place.column).filter(|_| place.row < self.row)?;
        let at = column.binary_search_by_key(&place.row, |kept| kept.row).ok()?;
        column.get(at)?.number()
    }

    fn sum(&self, rows: RangeInclusive<u32>, columns: RangeInclusive<u32>) -> Option<Exact> {
        if *rows.end() > self.row || self.sheet.is_full && *rows.start() < self.row {
            return None;
        }
        let mut sum = Exact::ZERO;
        for (_, column) in self.sheet.columns.range(columns.clone()) {
            let from = column.partition_point(|kept| kept.row < *rows.start());
            let to = column.partition_point(|kept| kept.row <= *rows.end());
            let added = column.get(from..to)?;
            self.sheet.added.set(self.sheet.added.get().saturating_add(u64::try_from(added.len()).ok()?));
            if self.sheet.added.get() > MOST_ADDED {
                return None;
            }
            for kept in added {
                sum = sum.plus(kept.number()?)?;
            }
        }
        let own = self.cells.iter().filter(|cell| rows.contains(&self.row) && columns.contains(&cell.column));
        for cell in own.filter(|cell| cell.stored != Stored::Text) {
            sum = sum.plus(self.own(cell)?)?;
        }
        Some(sum)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::rc::Rc;

    const NONE: [u32; 0] = [];

    fn cell(row: u32, column: u32, stored: &str, formula: &str) -> OwnCell {
        let stored = Decimal::parse(stored).map_or(Stored::Text, Stored::Number);
        let formula = Formula { text: Rc::from(formula), written: Place { row, column } };
        OwnCell { column, stored, formula: Some(formula).filter(|formula| !formula.text.is_empty()) }
    }

    fn row(sheet: &mut Worked, row: u32, cells: &[(&str, &str)]) -> Vec<u32> {
        let cells: Vec<OwnCell> =
            (0..).zip(cells).map(|(column, (stored, formula))| cell(row, column, stored, formula)).collect();
        sheet.take(row, &cells)
    }

    #[test]
    fn an_old_result_is_known() {
        let mut sheet = Worked::default();
        assert_eq!(row(&mut sheet, 0, &[("Brut", ""), ("Prime", ""), ("Net", "")]), NONE);
        assert_eq!(row(&mut sheet, 1, &[("10000", ""), ("500", ""), ("10500", "A2+B2")]), NONE);
        assert_eq!(row(&mut sheet, 2, &[("12000", ""), ("500", ""), ("10500", "A3+B3")]), [2]);
        // The total of what is stored is as old as what it adds up; that of the right results is told as one, too.
        assert_eq!(row(&mut sheet, 3, &[("22000", "SUM(A2:A3)"), ("TOTAL", ""), ("21000", "SUM(C2:C3)")]), [2]);
    }

    #[test]
    fn an_old_result_is_known_through_others() {
        let mut sheet = Worked::default();
        assert_eq!(row(&mut sheet, 0, &[("12000", ""), ("9150", "A1*0.915"), ("9150", "ROUND(B1,2)")]), [1, 2]);
        // Also further to the right, and through a sheet's own rows.
        assert_eq!(row(&mut sheet, 1, &[("9150", "B2"), ("9150", "C2*0.915"), ("12000", "")]), [0, 1]);
        assert_eq!(row(&mut sheet, 2, &[("9150", "B1")]), [0]);
    }

    #[test]
    fn what_cannot_be_said_is_not_called_old() {
        let mut sheet = Worked::default();
        for cells in [
            [("1", "B1+1"), ("1", "A1+1")],
            [("1", "A1+1"), ("1", "")],
            [("1", "B9"), ("1", "SUM(A1:A9)")],
            [("5", "B1+1"), ("NOM", "")],
            [("5", "IF(B1,1,0)"), ("1", "")],
            [("#N/A", "B1+1"), ("1", "")],
        ] {
            assert_eq!(row(&mut sheet, 0, &cells), NONE, "{cells:?}");
            sheet = Worked::default();
        }
        // A text further up may be a number to a spreadsheet.
        row(&mut sheet, 0, &[("0.915x", "")]);
        assert_eq!(row(&mut sheet, 1, &[("5", "A1*2")]), NONE);
        // Half-way: spreadsheets round what they have in binary fractions.
        assert_eq!(row(&mut sheet, 2, &[("2.67", "ROUND(B3,2)"), ("2.675", "")]), NONE);
    }

    #[test]
    fn a_sheet_that_adds_up_without_end_is_given_up() {
        let mut sheet = Worked::default();
        let mut told = 0;
        for index in 0..6_000 {
            let sum = format!("SUM($A$1:A{})", index + 1);
            told += row(&mut sheet, index, &[("1", ""), ("-1", &sum)]).len();
        }
        assert!((2_000..3_000).contains(&told), "{told}");
        let mut sheet = Worked { kept: MOST_KEPT - 1, ..Worked::default() };
        assert_eq!(row(&mut sheet, 0, &[("1", ""), ("7", "A1")]), [1]);
        assert_eq!(row(&mut sheet, 1, &[("7", "A1"), ("7", "SUM(A1:A2)"), ("7", "C2")]), NONE);
        assert!(sheet.columns.is_empty());
    }
}
