//! An OpenDocument sheet, row by row. The library unpacks all sheets at once, repeated rows written
//! out: what that comes to is counted first (`ods_look.rs`), and what a person sees of it.
//!
//! Must never: let the library unpack what was not counted.

use super::formula::{Formula, Place};
use super::ods_look::{Seen, look};
use super::row::SheetRow;
use super::sheets::{self, Listed};
use super::value::Cell;
use super::worked::{OwnCell, Worked};
use super::{Bytes, Queue, broken, hand_over, too_large, unreadable};
use crate::payroll::problem::Problem;
use crate::payroll::records::{Facts, FormulaResult, Unseen};
use crate::words::say;
use calamine::{Ods, Reader};
use std::rc::Rc;

/// Cells of all sheets together, written out: 50,000 people with ten columns. The library holds some
/// hundred bytes for each.
const MOST_CELLS: u64 = 500_000;
/// Bytes of their texts, written out with their elements: more than twice what an OpenDocument may have without repeats.
const MOST_WRITTEN: u64 = 32 << 20;

pub(super) async fn read(
    bytes: Bytes,
    wanted: Option<String>,
    queue: Queue,
    conditional: Rc<std::cell::Cell<bool>>,
) -> Result<(), Problem> {
    let seen = look(&bytes)?;
    let cells = |seen: &Seen| seen.rows.saturating_mul(seen.columns).max(seen.written);
    if seen.iter().map(cells).fold(0, u64::saturating_add) > MOST_CELLS {
        return Err(too_large(say!("workbook-too-many-cells", cells = MOST_CELLS)));
    }
    if seen.iter().map(|seen| seen.bytes).fold(0, u64::saturating_add) > MOST_WRITTEN {
        return Err(too_large(say!("workbook-unpacks-too-large")));
    }
    let listed: Vec<Listed> = seen
        .iter()
        .map(|seen| Listed { name: seen.name.clone(), hidden: seen.hidden, filled: seen.rows > 0 })
        .collect();
    let place = sheets::choose(&listed, wanted.as_deref())?;
    let mut book: Ods<Bytes> = Ods::new(bytes.clone()).map_err(|error| broken(&error))?;
    let (Some(seen), Some(Ok(range))) = (seen.get(place), book.worksheet_range_at(place)) else {
        return Err(unreadable(say!("workbook-no-workbook")));
    };
    let Some((first_row, first_column)) = range.start() else { return Ok(()) };
    // What the library gives must be where the look has seen it.
    if range.end().map(|(row, _)| u64::from(row) + 1) != Some(seen.rows) {
        return Err(unreadable(say!("workbook-contradicts", row = seen.rows)));
    }
    let hidden_columns = Rc::from(seen.hidden_columns.as_slice());
    conditional.set(seen.conditional);
    let mut worked = Worked::default();
    for (index, cells) in (first_row..).zip(range.rows()) {
        let is_hidden = seen.hidden_rows.iter().any(|rows| rows.contains(&u64::from(index)));
        let mut own = Vec::new();
        let mut row = SheetRow::new(index, is_hidden, &hidden_columns);
        for (column, value) in (first_column..).zip(cells) {
            let cell = Cell::of_open_document(value);
            let note = seen.note(u64::from(index), u64::from(column));
            let text = note.and_then(|note| note.formula.as_ref());
            let result = match (text, note.is_some_and(|note| note.has_result)) {
                (None, _) => FormulaResult::NoFormula,
                (Some(_), true) => FormulaResult::Stored,
                (Some(_), false) => FormulaResult::NotStored,
            };
            let shown = note.map(|note| note.shown).unwrap_or_default();
            let is_struck = note.is_some_and(|note| note.is_struck);
            let unseen = if is_struck { Some(Unseen::Struck) } else { shown.unseen(&cell) };
            let facts = Facts { two_decimals: shown.format.two_decimals, result, unseen, ..Facts::default() };
            match note.and_then(|note| note.unit.as_ref()) {
                None => row.set(column, &cell, facts)?,
                Some(unit) => row.set(column, &Cell::Text(&unit.write(&cell)), facts)?,
            }
            let written = Place { row: index, column };
            match result {
                FormulaResult::NotStored => own.push(OwnCell::without_result(column)),
                _ => {
                    own.extend(OwnCell::of(column, &cell, text.map(|text| Formula { text: Rc::clone(text), written })))
                }
            }
        }
        if !seen.works_with_shown {
            worked.take(index, &own).into_iter().for_each(|column| row.is_old(column));
        }
        if !row.is_empty() {
            hand_over(&queue, row).await;
        }
    }
    Ok(())
}
