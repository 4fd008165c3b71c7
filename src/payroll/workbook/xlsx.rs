//! An Excel workbook's sheet, row by row: the library reads the cells, [`Look`] says which rows are
//! seen, and both must agree on what is there.
//!
//! Must never: give a row that the two did not read alike.

use super::row::SheetRow;
use super::value::Cell;
use super::xlsx_look::Look;
use super::xlsx_parts::parts;
use super::xlsx_styles::Styles;
use super::{Bytes, Queue, archive, broken, hand_over, sheets, unreadable};
use crate::payroll::problem::Problem;
use crate::payroll::records::{Facts, FormulaResult};
use crate::words::say;
use calamine::{Reader, Xlsx};

pub(super) async fn read(bytes: Bytes, wanted: Option<String>, queue: Queue) -> Result<(), Problem> {
    let mut parts = parts(&bytes)?;
    let listed: Vec<_> = parts.iter().map(|part| part.listed.clone()).collect();
    let part = parts.swap_remove(sheets::choose(&listed, wanted.as_deref())?);
    let mut seen = archive::open(&bytes)?;
    let styles = Styles::read(&mut seen)?;
    let mut look = Look::begin(&mut seen, &part.path, styles)?;
    // The library reads each row only after the look has seen that it is not too long.
    let mut next = look.next_row()?;
    let mut book: Xlsx<Bytes> = Xlsx::new(bytes.clone()).map_err(|error| broken(&error))?;
    let mut cells = book.worksheet_cells_reader(&part.listed.name).map_err(|error| broken(&error))?;
    while let Some(seen) = next {
        let mut row = SheetRow::new(seen.index, seen.hidden, look.hidden_columns());
        for nth in 0..seen.cells {
            let cell = cells.next_cell().map_err(|error| broken(&error))?;
            match cell {
                Some(cell) if cell.get_position().0 == seen.index => {
                    let (column, value) = (cell.get_position().1, Cell::of_excel(cell.get_value()));
                    let note = look.note(nth);
                    let style = note.and_then(|note| note.style.as_deref());
                    let facts = Facts {
                        two_decimals: style.is_some_and(|style| style.two_decimals),
                        result: FormulaResult::of(note.is_some_and(|note| note.has_formula)),
                        ..Facts::default()
                    };
                    match style.and_then(|style| style.unit.as_ref()).filter(|_| value.is_number()) {
                        None => row.set(column, &value, facts)?,
                        Some(unit) => row.set(column, &Cell::Text(&unit.write(&value)), facts)?,
                    }
                }
                _ => return Err(unreadable(say!("workbook-contradicts", row = row.line))),
            }
        }
        if !row.is_empty() {
            hand_over(&queue, row).await;
        }
        next = look.next_row()?;
    }
    match cells.next_cell().map_err(|error| broken(&error))? {
        None => Ok(()),
        Some(cell) => Err(unreadable(say!("workbook-contradicts", row = cell.get_position().0.saturating_add(1)))),
    }
}
