//! Files as Excel, phones and export programs leave them: what no person typed is read over, and told.

use super::{codes, read};
use payoutd::payroll::{Cleaned, Cleaning, Totals};

fn cleaned(text: impl AsRef<[u8]>) -> Cleaned {
    let (_, problems, totals) = read(text);
    assert_eq!(problems, []);
    totals.map(|Totals { cleaned, .. }| cleaned).unwrap()
}

const HEAD: &str = "Référence;Téléphone;Montant;Nom\r\n";

#[test]
fn what_excel_and_phones_put_around_numbers_is_read_over_and_told() {
    let rows = "A-1;\u{202a}+509 3612-0001\u{202c};15000,00;Employé A\r\n\
                \u{200e}A-2;3612\u{2013}0002;12000,50;Employé B\r\n\
                \"=\"\"A-3\"\"\";\"=\"\"36120003\"\"\";=\"9000,00\";=\"Employé C\"\r\n\
                'A-4;'36120004;'9000,00;Employé D\r\n\
                A-5;(+509) 3612\u{2011}0005;\u{200b}9\u{a0}000,00;Employé E\r\n\
                =\"TOTAL\";=\"\";=\"54000,50\";\r\n";
    let text = format!("sep=;\r\n{HEAD}{rows}");
    let (found, problems, totals) = read(&text);
    assert_eq!(problems, []);
    let references: Vec<&str> = found.iter().map(|row| row.instruction.reference.as_str()).collect();
    assert_eq!(references, ["A-1", "A-2", "A-3", "A-4", "A-5"]);
    let receivers: Vec<u32> = found.iter().map(|row| row.instruction.receiver.local()).collect();
    assert_eq!(receivers, [36_120_001, 36_120_002, 36_120_003, 36_120_004, 36_120_005]);
    assert_eq!((found[0].line, found[2].name.as_str()), (3, "Employé C"));
    let totals = totals.unwrap();
    assert_eq!(totals.amount.centimes(), 5_400_050);
    for (what, met) in [
        (Cleaning::Separator, Some((1, 1))),
        (Cleaning::Invisible, Some((3, 3))),
        (Cleaning::Dash, Some((2, 4))),
        (Cleaning::TextFormula, Some((5, 5))),
        (Cleaning::Apostrophe, Some((3, 6))),
        (Cleaning::LastCells, None),
    ] {
        assert_eq!(totals.cleaned.of(what), met, "{what:?}");
    }
}

/// `É` of MacRoman is a letter of Windows-1252 too; its line ends give Excel for Mac away.
#[test]
fn letters_that_only_the_line_ends_tell_are_refused() {
    for (end, problems) in [("\r\n", vec![]), ("\n", vec![]), ("\r", vec![(2, "not_utf8")])] {
        let mut text = format!("reference,receiver,amount,name{end}A-1,36120001,1.00,").into_bytes();
        text.extend(b"PI\xe9RRE");
        text.extend(end.bytes());
        assert_eq!(codes(text), problems, "{end:?}");
    }
}

#[test]
fn nothing_is_said_of_a_plain_file() {
    assert_eq!(cleaned(format!("{HEAD}A;36120001;15 000,00;Jean-Élie d'Haïti\r\n")), Cleaned::default());
}

#[test]
fn a_name_is_never_changed() {
    assert_eq!(codes(format!("{HEAD}A;36120001;15,00;Jo\u{200b}el\r\n")), [(2, "control_character")]);
    assert_eq!(codes(format!("{HEAD}A\u{200b}é;36120001;15,00;Joel\r\n")), [(2, "reference_invalid")]);
}

#[test]
fn an_amount_that_a_comma_cut_is_found_behind_what_is_cleaned() {
    let head = "reference,receiver,amount,name,description\n";
    let marked = format!("{head}A,37007294,\u{200e}1250,\u{200e}50,Jo\n");
    assert_eq!(codes(marked), [(2, "amount_format"), (2, "control_character")]);
    assert_eq!(codes(format!("{head}A,37007294,'1250,50,Jo\n")), [(2, "amount_format")]);
}

/// Whole rows, then rows without their last cell.
fn shortened(head: &str, whole: &str, short: &str) -> String {
    format!("{head}\n{whole}\n{short}\n")
}

#[test]
fn empty_last_columns_that_excel_stopped_writing_are_empty() {
    let text = shortened(
        "Réf;Tél;Montant;Nom;Service;Observations",
        "A;36090001;1001,00;Jean;RH;\nB;36090002;1002,00;Marie;;congé",
        "C;36090003;1003,00;Paul;RH\nD;36090004;1004,00;Anne",
    );
    let (rows, problems, totals) = read(&text);
    assert_eq!(problems, []);
    assert_eq!(rows[3].other, ["", ""]);
    assert_eq!(totals.unwrap().cleaned.of(Cleaning::LastCells), Some((2, 4)));
}

#[test]
fn a_row_that_may_have_lost_a_cell_before_its_amount_is_refused() {
    let missing = |line| vec![(line, "cells_missing")];
    // The advance is gone, and what is left to pay would be the amount.
    let head = "reference;receiver;Avance;amount;Reste";
    assert_eq!(codes(shortened(head, "A;36090001;0;15000;500", "B;36090002;15000;500")), missing(3));
    assert_eq!(codes(shortened(head, "B;36090002;15000;500", "A;36090001;0;15000;500")), missing(2));
    // Without a whole row nothing tells.
    assert_eq!(codes(format!("{head}\nB;36090002;15000;500\n")), missing(2));
    // A column that a payout is made of.
    for short in ["B;36090002;15000", "B;36090002"] {
        assert_eq!(codes(shortened("Réf;Tél;Montant;Nom;Obs", "A;36090001;1;Jean;x", short)), missing(3), "{short}");
    }
    // Half a line, whoever vouches for the file.
    let half = "Réf;Tél;Montant;Nom;Obs\n# total: 3\nA;36090001;1;Jean;x\nB;36090002;2;Paul";
    let half = half.replacen("Réf;Tél;Montant;Nom;Obs\n# total: 3", "# total: 3\nRéf;Tél;Montant;Nom;Obs", 1);
    assert_eq!(codes(half), missing(4));
}
