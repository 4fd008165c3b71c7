//! An Excel workbook's sheet, row by row: the library reads the cells, [`Look`] says which rows are
//! seen, and both must agree on what is there.
//!
//! Must never: give a row that the two did not read alike.

use super::formula::{Formula, Place};
use super::row::SheetRow;
use super::value::Cell;
use super::worked::{OwnCell, Worked};
use super::xlsx_look::{Look, Note, Written};
use super::xlsx_parts::{Calculation, parts};
use super::xlsx_styles::Styles;
use super::xlsx_texts::struck;
use super::{Bytes, Queue, archive, broken, hand_over, sheets, unreadable};
use crate::payroll::problem::Problem;
use crate::payroll::records::{Facts, FormulaResult, Unseen};
use crate::words::say;
use calamine::{Reader, Xlsx};
use std::collections::BTreeMap;
use std::rc::Rc;

/// Formulas that are written once for several cells. A payroll has one for a column.
const MOST_SHARED: usize = 2_000;

pub(super) async fn read(
    bytes: Bytes,
    wanted: Option<String>,
    queue: Queue,
    conditional: Rc<std::cell::Cell<bool>>,
) -> Result<(), Problem> {
    let mut parts = parts(&bytes)?;
    let listed: Vec<_> = parts.iter().map(|part| part.listed.clone()).collect();
    let part = parts.swap_remove(sheets::choose(&listed, wanted.as_deref())?);
    let mut seen = archive::open(&bytes)?;
    let calculation = Calculation::read(&mut seen)?;
    let said = (Styles::read(&mut seen)?, struck(&mut seen)?);
    let mut look = Look::begin(&mut seen, &part.path, said)?;
    // The library reads each row only after the look has seen that it is not too long.
    let mut next = look.next_row()?;
    let mut book: Xlsx<Bytes> = Xlsx::new(bytes.clone()).map_err(|error| broken(&error))?;
    let mut cells = book.worksheet_cells_reader(&part.listed.name).map_err(|error| broken(&error))?;
    let (mut worked, mut shared) = (Worked::default(), BTreeMap::new());
    while let Some(seen) = next {
        let mut row = SheetRow::new(seen.index, seen.hidden, look.hidden_columns());
        let mut own = Vec::new();
        for nth in 0..seen.cells {
            let cell = cells.next_cell().map_err(|error| broken(&error))?;
            match cell {
                Some(cell) if cell.get_position().0 == seen.index => {
                    let (column, value) = (cell.get_position().1, Cell::of_excel(cell.get_value()));
                    let note = look.note(nth);
                    let facts = facts(note, calculation, &value);
                    let unit = note.and_then(|note| note.style.as_deref()).and_then(|style| style.unit.as_ref());
                    match unit.filter(|_| value.is_number()) {
                        None => row.set(column, &value, facts)?,
                        Some(unit) => row.set(column, &Cell::Text(&unit.write(&value)), facts)?,
                    }
                    let written = note.and_then(|note| note.formula.as_ref());
                    let formula =
                        written.and_then(|written| formula(written, Place { row: seen.index, column }, &mut shared));
                    match facts.result {
                        FormulaResult::NotStored => own.push(OwnCell::without_result(column)),
                        _ => own.extend(OwnCell::of(column, &value, formula)),
                    }
                }
                _ => return Err(unreadable(say!("workbook-contradicts", row = row.line))),
            }
        }
        if !calculation.is_of_shown {
            worked.take(seen.index, &own).into_iter().for_each(|column| row.is_old(column));
        }
        if !row.is_empty() {
            hand_over(&queue, row).await;
        }
        next = look.next_row()?;
    }
    match cells.next_cell().map_err(|error| broken(&error))? {
        None => {}
        Some(cell) => {
            return Err(unreadable(say!("workbook-contradicts", row = cell.get_position().0.saturating_add(1))));
        }
    }
    // What follows the rows is looked at as far as a row may be long: behind that there may be some.
    conditional.set(look.has_conditional_formats().unwrap_or(true));
    Ok(())
}

/// What the look knows of a cell.
fn facts(note: Option<&Note>, calculation: Calculation, value: &Cell<'_>) -> Facts {
    let shown = note.and_then(|note| note.style.as_deref()).map(|style| style.shown).unwrap_or_default();
    let is_struck = note.is_some_and(|note| note.is_struck);
    let result = match note.and_then(|note| note.formula.as_ref()) {
        None => FormulaResult::NoFormula,
        Some(formula) if !formula.has_result => FormulaResult::NotStored,
        Some(_) if calculation.is_unfinished => FormulaResult::Unfinished,
        Some(_) => FormulaResult::Stored,
    };
    let unseen = if is_struck { Some(Unseen::Struck) } else { shown.unseen(value) };
    Facts { two_decimals: shown.format.two_decimals, result, unseen, ..Facts::default() }
}

/// A cell's formula, where it is its own or written once for several.
fn formula(written: &Written, place: Place, shared: &mut BTreeMap<String, Formula>) -> Option<Formula> {
    if written.is_of_many {
        return None;
    }
    let own = || Formula { text: Rc::from(written.text.as_str()), written: place };
    match &written.shared {
        None => Some(own()),
        Some(number) if written.text.is_empty() => shared.get(number).cloned(),
        Some(number) => {
            if shared.len() < MOST_SHARED && number.len() < 20 {
                shared.insert(number.clone(), own());
            }
            Some(own())
        }
    }
}
