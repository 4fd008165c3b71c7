//! What is refused of a workbook's cell whatever it holds: a result that may be old, and what nobody sees.
//!
//! Must never: refuse a text file's cell, or one of a workbook without formulas.

use super::cells::Refusal;
use super::problem::Code;
use super::records::{FormulaResult, Record, Unseen};
use crate::words::say;

/// Refuses the result of a formula that was never calculated, or may have changed since.
pub(super) fn refuse_old(record: &Record<'_>, place: usize) -> Result<(), Refusal> {
    let cell = || record.cell_name(place);
    let sentence = match record.facts(place).result {
        FormulaResult::NoFormula | FormulaResult::Stored => return Ok(()),
        FormulaResult::NotStored => say!("workbook-result-missing", cell = cell()),
        FormulaResult::Unfinished => say!("workbook-result-unfinished", cell = cell()),
        FormulaResult::Old => say!("workbook-result-old", cell = cell()),
    };
    Err((Code::FormulaStale, sentence))
}

/// Refuses what is struck out, or stands there without being seen.
pub(super) fn refuse_unseen(record: &Record<'_>, place: usize) -> Result<(), Refusal> {
    let is_empty = || record.cell(place).is_none_or(|text| text.trim().is_empty());
    let Some(unseen) = record.facts(place).unseen.filter(|_| !is_empty()) else { return Ok(()) };
    let cell = record.cell_name(place);
    let sentence = match unseen {
        Unseen::Struck => say!("workbook-cell-struck", cell = cell),
        Unseen::Colour => say!("workbook-cell-colour", cell = cell),
        Unseen::Format => say!("workbook-cell-format", cell = cell),
    };
    Err((Code::CellNotSeen, sentence))
}
