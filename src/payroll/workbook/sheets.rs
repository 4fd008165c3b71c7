//! Which sheet of a workbook is the payroll.
//!
//! Must never: choose. A second sheet that holds something could be the one that was meant.

use crate::payroll::problem::{Code, Problem, quote};
use crate::words::say;

/// A sheet as the workbook lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Listed {
    pub name: String,
    /// Not shown to who opens the workbook.
    pub hidden: bool,
    /// Something stands in it.
    pub filled: bool,
}

/// The sheet's place in the list.
pub(super) fn choose(sheets: &[Listed], wanted: Option<&str>) -> Result<usize, Problem> {
    let place = match wanted {
        Some(wanted) => by_name(sheets, wanted)?,
        None => the_only_one(sheets)?,
    };
    match sheets.get(place) {
        Some(sheet) if sheet.hidden => {
            Err(Problem::of_file(Code::SheetHidden, say!("workbook-sheet-hidden", sheet = quote(&sheet.name))))
        }
        Some(sheet) if !sheet.filled => {
            Err(Problem::of_file(Code::EmptyFile, say!("workbook-sheet-empty", sheet = quote(&sheet.name))))
        }
        _ => Ok(place),
    }
}

fn by_name(sheets: &[Listed], wanted: &str) -> Result<usize, Problem> {
    let is_it = |sheet: &Listed| sheet.name.trim().eq_ignore_ascii_case(wanted.trim());
    sheets.iter().position(is_it).ok_or_else(|| {
        let text = say!("workbook-sheet-missing", sheet = quote(wanted), sheets = names(sheets.iter()));
        Problem::of_file(Code::SheetMissing, text)
    })
}

fn the_only_one(sheets: &[Listed]) -> Result<usize, Problem> {
    let filled: Vec<usize> = (0..sheets.len()).filter(|place| sheets[*place].filled).collect();
    match filled.as_slice() {
        [one] => Ok(*one),
        [] => Err(Problem::of_file(Code::EmptyFile, say!("workbook-empty"))),
        _ => {
            let names = names(sheets.iter().filter(|sheet| sheet.filled));
            Err(Problem::of_file(Code::SheetsSeveral, say!("workbook-sheets-several", sheets = names)))
        }
    }
}

fn names<'a>(sheets: impl Iterator<Item = &'a Listed>) -> String {
    let names: Vec<String> = sheets.map(|sheet| format!("\"{}\"", sheet.name)).collect();
    quote(&names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheets(given: &[(&str, bool, bool)]) -> Vec<Listed> {
        given
            .iter()
            .map(|(name, hidden, filled)| Listed { name: name.to_string(), hidden: *hidden, filled: *filled })
            .collect()
    }

    #[test]
    fn a_sheet_is_taken_only_where_no_other_could_be_meant() {
        let (shown, hidden) = (false, true);
        for (given, wanted, expected) in [
            (&[("Paie", shown, true)][..], None, Ok(0)),
            (&[("Feuil1", shown, false), ("Paie", shown, true)], None, Ok(1)),
            (&[("Paie", shown, true), ("Feuil2", hidden, false)], None, Ok(0)),
            (&[("Paie", shown, true), ("Juin", shown, true)], None, Err(Code::SheetsSeveral)),
            (&[("Paie", shown, true), ("Listes", hidden, true)], None, Err(Code::SheetsSeveral)),
            (&[("Paie", shown, true), ("Juin", shown, true)], Some(" paie "), Ok(0)),
            (&[("Paie", shown, true)], Some("Juillet"), Err(Code::SheetMissing)),
            (&[("Paie", hidden, true)], None, Err(Code::SheetHidden)),
            (&[("Paie", hidden, true)], Some("Paie"), Err(Code::SheetHidden)),
            (&[("Paie", shown, false)], None, Err(Code::EmptyFile)),
            (&[("Paie", shown, false), ("Juin", shown, true)], Some("Paie"), Err(Code::EmptyFile)),
        ] {
            assert_eq!(choose(&sheets(given), wanted).map_err(|p| p.code), expected, "{given:?} {wanted:?}");
        }
    }
}
