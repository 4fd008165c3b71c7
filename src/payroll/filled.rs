//! Formulas filled down below the last person: lines that come to nothing and name nobody.
//!
//! Must never: pass over a line that names a person or a wallet, or one that a row follows.

use super::amounts::{is_date, without_currency};
use super::aside::has_words;
use super::columns::Columns;
use super::problem::{Code, Problem};
use super::record::Record;
use crate::payout::aside::FilledDown;
use crate::words::say;

/// Whether a line without a wallet anywhere is such: no wallet, no name, and an amount of zero or none. Where
/// there is none, its reference shows that it is no signature.
pub(super) fn is_filled_down(record: &Record<'_>, columns: &Columns) -> bool {
    let cell = |place: usize| record.cell(place).unwrap_or_default().trim();
    let amount = without_currency(cell(columns.amount)).unwrap_or("?");
    let empty = columns.name.iter().copied().chain([columns.receiver]);
    if !is_nothing(amount) || !empty.map(cell).all(is_nothing) || !has_its_cells(record, columns) {
        return false;
    }
    let is_filled = |place: usize| !cell(place).is_empty();
    if columns.retry_of.is_some_and(is_filled) || columns.unnamed.iter().any(|place| is_filled(*place)) {
        return false;
    }
    let mut references = columns.reference.places().map(cell).filter(|text| !is_nothing(text)).peekable();
    !amount.is_empty()
        || if references.peek().is_some() { references.all(is_like_a_reference) } else { !has_words(record) }
}

/// An empty cell, or what formulas and formats make of one: `0`, `0,00`, `-`.
fn is_nothing(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || "0.,-–—".contains(c))
}

/// A reference, or what a formula makes of one without its number (`NOV-`); no words of a signature.
fn is_like_a_reference(text: &str) -> bool {
    let has_number = text.bytes().any(|b| b.is_ascii_digit()) || text.ends_with(['-', '_', '/']);
    has_number && !is_date(text) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._:/-".contains(&b))
}

/// No cell of what is read is missing: a line of fewer cells may be half a row.
fn has_its_cells(record: &Record<'_>, columns: &Columns) -> bool {
    let read = columns.reference.places().chain([columns.receiver, columns.amount]).chain(columns.name.iter().copied());
    let least = if record.end.line_end { read.max().map_or(0, |last| last + 1) } else { columns.named_until };
    record.len() <= columns.names.len() && (record.is_of_sheet() || record.len() >= least)
}

/// The problem where a row follows them: then somebody may be missing among them.
pub(super) fn between(filled: FilledDown, row: u32) -> Option<Problem> {
    let text = say!("filled-between", lines = filled.lines, row = row.to_string());
    (!filled.is_none()).then(|| Problem::of_line(filled.first, Code::ReceiverMissing, text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payout::money::Amount;
    use crate::payroll::{Limits, Reader};

    /// What becomes of a file: its rows and the lines filled down, or the lines and codes of its problems.
    fn read(text: &str) -> Result<(u32, FilledDown), Vec<(u32, &'static str)>> {
        let limits = Limits {
            max_amount: Amount::from_centimes(7_500_000),
            min_amount: Amount::from_centimes(100),
            max_batch_amount: None,
            zero: crate::payout::aside::ZeroRows::Refuse,
        };
        let mut reader = Reader::open(text.as_bytes(), &limits).unwrap();
        let mut problems: Vec<Problem> = reader.by_ref().filter_map(Result::err).flatten().collect();
        reader.finish().map(|totals| (totals.rows, totals.filled)).map_err(|more| {
            problems.extend(more);
            problems.iter().map(|problem| (problem.line, problem.code.as_str())).collect()
        })
    }

    const ROWS: &str = "Référence;Nom;Téléphone;Département;Net à payer\nF-1;Employé A;36150001;RH;15000,00\n";

    #[test]
    fn formulas_below_the_last_person_are_no_rows() {
        for line in [
            "F-2;;;;0,00",
            "F-2;;;RH;0",
            ";;;;0",
            "F-2;0;0;0;0",
            "F-2;;;;-",
            "F-2;;;;",
            ";0;0;;",
            "F-;;;;",
            "F-2;;;RH;HTG 0.00",
        ] {
            let text = format!("{ROWS}{line}\n{line}\n\n");
            assert_eq!(read(&text), Ok((1, FilledDown { lines: 2, first: 3 })), "{line}");
            // Above a TOTAL and a control line too.
            let text = format!("{ROWS}{line}\nTOTAL;;;;15000,00\nApprouvé par\n# lignes: 1\n");
            assert_eq!(read(&text), Ok((1, FilledDown { lines: 1, first: 3 })), "{line}");
        }
    }

    #[test]
    fn a_line_that_a_row_follows_is_asked_about() {
        let row = "F-4;Employé D;36150004;RH;9000,00\n";
        let found = read(&format!("{ROWS}F-2;;;;0,00\n;;;;0\n\n{row}"));
        assert_eq!(found, Err(vec![(3, "receiver_missing")]));
        let bad = read(&format!("{ROWS}F-2;;;;0,00\nF-4;Employé D;;RH;9000,00\n"));
        assert_eq!(bad, Err(vec![(3, "receiver_missing"), (4, "receiver_missing")]));
    }

    #[test]
    fn a_line_that_names_somebody_or_something_is_a_row() {
        for (line, code) in [
            ("F-2;Employé B;;RH;0,00", "receiver_missing"),
            ("F-2;;36150002;RH;0,00", "amount_not_positive"),
            // A contact beside the wallet.
            ("F-2;;;36150002;0,00", "receiver_missing"),
            ("F-2;;;RH;-5,00", "receiver_missing"),
            ("F-2;;;RH;#N/A", "receiver_missing"),
            ("#N/A;;;RH;", "spreadsheet_error"),
            ("Préparé par :;;;;", "signature_line"),
            (";;;Approuvé par;", "signature_line"),
            ("30/11/2026;;;Port-au-Prince;", "signature_line"),
            // Half a row.
            ("F-2;;", "cells_missing"),
        ] {
            let found = read(&format!("{ROWS}{line}\n")).unwrap_err();
            assert_eq!(found[0], (3, code), "{line}");
        }
        assert_eq!(read(&format!("{ROWS}TOTAL;;;;15000,00\nF-2;;;;0,00\n")).unwrap_err()[0], (3, "total_row"));
        assert_eq!(read("Référence;Téléphone;Montant\nF-1;;0\n"), Err(vec![(1, "no_rows")]));
    }
}
