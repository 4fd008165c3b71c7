//! Rows whose amount is zero: nobody is to be paid by them, and where the setting says so they are no fault.
//!
//! Must never: leave somebody out whose amount could be anything else than zero.

use super::amounts::Style;
use super::cleaned::Cleaned;
use super::columns::{Columns, ReferencePlace};
use super::problem::{Code, Problem, quote};
use super::records::Record;
use super::row::{Limits, refuse_cut_off, wrong_shape};
use super::writer::undo_harmless;
use crate::payout::aside::{Aside, ZeroRows};
use crate::payout::money::Amount;
use crate::words::say;
use std::borrow::Cow;

/// Whose row it is, of a row that is left out; `None` of any other.
pub(super) fn whose(record: &Record<'_>, columns: &Columns, limits: &Limits, style: &mut Style) -> Option<String> {
    let cell = |place: usize| record.cell(place).unwrap_or_default().trim();
    // Asked of every row: nearly all have another digit.
    let may_be = limits.zero == ZeroRows::LeaveOut && !cell(columns.amount).contains(|c| ('1'..='9').contains(&c));
    if !may_be
        || wrong_shape(record, columns, &mut Cleaned::default()).is_some()
        || style.take_cell(record, columns.amount, &mut Cleaned::default()) != Ok(Amount::ZERO)
    {
        return None;
    }
    // `0,50` in a file whose cells commas part.
    refuse_cut_off(record, columns, style).ok()?;
    let reference = match &columns.reference {
        ReferencePlace::Cell(place) => cell(*place).to_string(),
        ReferencePlace::Built(built) => {
            built.text(&built.places().map(|place| Cow::from(cell(place))).collect::<Vec<_>>())
        }
    };
    let names = columns.name.iter().map(|place| undo_harmless(cell(*place)).into_owned());
    let texts: Vec<String> = std::iter::once(reference).chain(names).filter(|text| !text.is_empty()).collect();
    Some(quote(&texts.join(", ")))
}

/// The problem of a file by which nobody is to be paid.
pub(super) fn nobody(rows: u32, zero: &Aside) -> Option<Problem> {
    let text = if zero.is_none() { say!("no-rows") } else { say!("no-rows-but-zero") };
    (rows == 0).then(|| Problem::of_file(Code::NoRows, text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payroll::{Reader, Totals};

    const HEADER: &str = "Référence;Nom;Téléphone;Net à payer\n";
    const PAID: &str = "C17-001;Employé A;36170001;15000,00\n";

    /// What becomes of a file: its totals, or the lines and codes of its problems.
    fn read(rows: &str, zero: ZeroRows) -> Result<Totals, Vec<(u32, Code)>> {
        let (max_amount, min_amount) = (Amount::from_centimes(7_500_000), Amount::from_centimes(100));
        let limits = Limits { max_amount, min_amount, max_batch_amount: None, zero };
        let text = format!("{HEADER}{rows}");
        let mut reader = Reader::open(text.as_bytes(), &limits).unwrap();
        let mut bad: Vec<_> = reader.by_ref().filter_map(Result::err).flatten().collect();
        let totals = reader.finish();
        bad.extend(totals.as_ref().err().into_iter().flatten().cloned());
        totals.map_err(|_| bad.iter().map(|problem| (problem.line, problem.code)).collect())
    }

    fn named(aside: &Aside) -> Vec<(u32, &str)> {
        aside.named.iter().map(|one| (one.line, one.text.as_str())).collect()
    }

    #[test]
    fn a_row_of_zero_is_left_out_and_told_where_the_setting_says_so() {
        let rows = format!(
            "{PAID}C17-002;Employé B (congé sans solde);36170002;0,00\nC17-003;Employé D;;0\n;Employé C;pas de numéro;0,0 HTG\n\
             TOTAL;;;15000,00\n# lignes: 4\n"
        );
        let totals = read(&rows, ZeroRows::LeaveOut).unwrap();
        assert_eq!((totals.rows, totals.amount.centimes(), totals.zero.lines), (1, 1_500_000, 3));
        let told = [(3, "C17-002, Employé B (congé sans solde)"), (4, "C17-003, Employé D"), (5, "Employé C")];
        assert_eq!(named(&totals.zero), told);
        let refused = read(&format!("{PAID}C17-002;Employé B;36170002;0,00\n"), ZeroRows::Refuse);
        assert_eq!(refused, Err(vec![(3, Code::AmountNotPositive)]));
    }

    #[test]
    fn what_is_not_zero_or_not_certainly_zero_is_refused_as_ever() {
        for (amount, code) in [
            ("-0,00", Code::AmountNotPositive),
            ("-5,00", Code::AmountNotPositive),
            ("", Code::AmountMissing),
            ("-", Code::AmountFormat),
            ("0,001", Code::AmountTooPrecise),
            ("0,000", Code::AmountTooPrecise),
            ("0%", Code::AmountFormat),
            ("(0)", Code::AmountFormat),
            ("zéro", Code::AmountFormat),
            // The file has a comma before the centimes.
            ("0.00", Code::AmountStyle),
        ] {
            let found = read(&format!("{PAID}C17-002;Employé B;36170002;{amount}\n"), ZeroRows::LeaveOut);
            assert_eq!(found, Err(vec![(3, code)]), "{amount}");
        }
        // Cells that may have slipped.
        let found = read(&format!("{PAID}C17-002;Employé B;36170002;0;9000\n"), ZeroRows::LeaveOut);
        assert_eq!(found, Err(vec![(3, Code::CellsExtra)]));
    }

    #[test]
    fn a_zero_that_a_comma_may_have_cut_off_is_asked_about() {
        let limits = Limits {
            max_amount: Amount::from_centimes(7_500_000),
            min_amount: Amount::from_centimes(1),
            max_batch_amount: None,
            zero: ZeroRows::LeaveOut,
        };
        let text = "reference,receiver,amount,description\nA-1,36170001,0,50\n";
        let bad: Vec<_> = Reader::open(text.as_bytes(), &limits).unwrap().filter_map(Result::err).flatten().collect();
        assert_eq!(bad.iter().map(|problem| problem.line).collect::<Vec<_>>(), [2]);
    }

    #[test]
    fn the_controls_count_the_rows_of_the_sheet_and_a_row_behind_a_total_is_no_row_of_it() {
        let zero = "C17-002;Employé B;36170002;0,00\n";
        let found = |rows: &str| read(rows, ZeroRows::LeaveOut).map(|totals| totals.rows);
        assert_eq!(found(&format!("{PAID}{zero}# lignes: 1\n")), Err(vec![(4, Code::RowsDiffer)]));
        assert_eq!(found(&format!("{PAID}{zero}TOTAL;;;15000,01\n")), Err(vec![(4, Code::TotalDiffers)]));
        let behind = found(&format!("{PAID}TOTAL;;;15000,00\n{zero}"));
        assert!(behind.is_err_and(|problems| problems.contains(&(3, Code::TotalRow))));
        let alone = found(zero);
        assert_eq!(alone, Err(vec![(1, Code::NoRows)]));
    }
}
