//! What is refused of a workbook's cell whatever it holds: a result that may be old.
//!
//! Must never: refuse a text file's cell, or one of a workbook without formulas.

use super::cells::Refusal;
use super::problem::Code;
use super::records::{FormulaResult, Record};
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
