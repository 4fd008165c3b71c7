//! Lines that are no rows, by themselves and in whole files.

use super::*;
use crate::payout::money::Amount;
use crate::payroll::{Limits, Reader};

#[test]
fn a_wallet_is_known_whatever_stands_around_its_digits() {
    for text in [
        "36150001",
        "509 3615-0001",
        "(+509) 36 15 00 01",
        "00509.3615.0001",
        "36150001.0",
        "'48150001",
        "=\"36150001\"",
        "\u{200e}36150001\u{200f}",
        "3615\u{2011}0001",
        "3.615E+07",
        "5.0936150001E+10",
        "5.09E10",
    ] {
        assert!(is_wallet(text, CellKind::Text), "{text}");
    }
    for text in [
        "",
        "30.11.2026",
        "30/11/2026",
        "2026-11-30",
        "2816 1234",
        "Tél : 3615 0001",
        "003-123-456-7",
        "3615001",
        "361500011",
        "1E+07x",
        "NOVEMBRE 2026",
        "15000",
    ] {
        assert!(!is_wallet(text, CellKind::Text), "{text}");
    }
    assert!(is_wallet("36150001", CellKind::Number) && !is_wallet("36150001", CellKind::Date));
}

#[test]
fn whatever_may_be_an_amount_stands_as_one() {
    for text in ["15000", "12 500,00", "HTG 1.250,50", "0", "-5,00", "(500)", "100 USD", "1,2,3", "2026", "50 %"] {
        assert!(stands_as_amount(text, CellKind::Text), "{text}");
    }
    for text in ["", "-", "HTG", "Le Directeur", "30/11/2026", "30 novembre 2026", "Page 1", "Net à payer"] {
        assert!(!stands_as_amount(text, CellKind::Text), "{text}");
    }
    assert!(stands_as_amount("46356", CellKind::Number) && !stands_as_amount("46356", CellKind::Date));
}

/// How many rows, and the lines left aside with their texts; or the lines and codes of problems.
type Found = Result<(u32, Vec<(u32, String)>), Vec<(u32, &'static str)>>;

fn read(text: &str) -> Found {
    let limits = Limits {
        max_amount: Amount::from_centimes(7_500_000),
        min_amount: Amount::from_centimes(100),
        max_batch_amount: None,
        zero: crate::payout::aside::ZeroRows::Refuse,
    };
    let mut reader = Reader::open(text.as_bytes(), &limits).unwrap();
    let mut problems: Vec<Problem> = reader.by_ref().filter_map(Result::err).flatten().collect();
    let aside = reader.aside().named.iter().map(|one| (one.line, one.text.clone())).collect();
    match reader.finish() {
        Ok(totals) => Ok((totals.rows, aside)),
        Err(more) => {
            problems.extend(more);
            Err(problems.iter().map(|problem| (problem.line, problem.code.as_str())).collect())
        }
    }
}

const ROWS: &str =
    "Référence;Nom;Téléphone;Net à payer\nS-1;Employé A;36150001;15000,00\nS-2;Employé B;36150002;12000,50\n";
const TOTAL: &str = "TOTAL;;;27000,50\n";

#[test]
fn signatures_below_the_total_are_left_aside_and_listed() {
    let below = "\nPréparé par :;;Approuvé par :\n________;;________;\nPort-au-Prince, le 30/11/2026;;;\nComptable;;Tél. 3615 0001;Le Directeur\n";
    let (rows, aside) = read(&format!("{ROWS}{TOTAL}{below}# fin\nArrêté à deux personnes")).unwrap();
    let expected = [
        (6, "Préparé par : | Approuvé par :"),
        (7, "________ | ________"),
        (8, "Port-au-Prince, le 30/11/2026"),
        (9, "Comptable | Tél. 3615 0001 | Le Directeur"),
        (11, "Arrêté à deux personnes"),
    ];
    assert_eq!((rows, aside), (2, expected.map(|(line, text)| (line, text.to_string())).to_vec()));
}

#[test]
fn a_line_below_the_total_with_a_wallet_or_an_amount_is_a_row_between_totals() {
    for line in [
        "S-3;Employé C;36150003;9000,00",
        "S-3;Employé C;36150003;",
        "S-3;36150003;;",
        "S-3;Employé C;3.615E+07;",
        "S-3;Employé C;;9000,00",
        ";;;0,00",
        ";;;2026",
    ] {
        let found = read(&format!("{ROWS}{TOTAL}Approuvé par\n{line}\n")).unwrap_err();
        assert!(found.contains(&(4, "total_row")) || found.contains(&(6, "total_row")), "{line}: {found:?}");
    }
    // Further totals are checked.
    assert_eq!(read(&format!("{ROWS}{TOTAL}Approuvé par\nTOTAL;;;27000,49\n")), Err(vec![(6, "total_row")]));
    assert_eq!(read(&format!("{ROWS}{TOTAL}\"Approuvé\" par\n")), Err(vec![(4, "total_row"), (5, "quotes")]));
}

#[test]
fn signatures_without_a_total_are_told_in_one_sentence_each() {
    for line in [
        "Préparé par :;;Approuvé par :;",
        "Préparé par : Jean",
        ";________;;",
        ";;;Le Directeur",
        "Fait le;30/11/2026;;",
    ] {
        assert_eq!(read(&format!("{ROWS}\n{line}\n")), Err(vec![(5, "signature_line")]), "{line}");
    }
    let limits = Limits {
        max_amount: Amount::MAX,
        min_amount: Amount::ZERO,
        max_batch_amount: None,
        zero: crate::payout::aside::ZeroRows::Refuse,
    };
    let text = format!("{ROWS}Préparé par :;;Approuvé par :;\n");
    let problems: Vec<Problem> =
        Reader::open(text.as_bytes(), &limits).unwrap().filter_map(Result::err).flatten().collect();
    let [problem] = problems.as_slice() else { panic!("{problems:?}") };
    assert_eq!(problem.value, "Préparé par : | Approuvé par :");
    assert!(problem.problem.to_string().contains("TOTAL row above it"));
}

#[test]
fn a_person_without_a_wallet_and_an_amount_is_no_signature() {
    let codes = |line: &str| {
        read(&format!("{ROWS}{line}\n")).unwrap_err().into_iter().map(|(_, code)| code).collect::<Vec<_>>()
    };
    assert_eq!(codes("S-3;Employé C;;"), ["receiver_missing", "amount_missing"]);
    assert_eq!(codes("S-3;Employé C;pas de numéro;"), ["receiver_invalid", "amount_missing"]);
    assert_eq!(codes(";Employé C;3615;"), ["reference_missing", "receiver_invalid", "amount_missing"]);
    assert_eq!(codes(";Employé C;;-1"), ["reference_missing", "receiver_missing", "amount_not_positive"]);
    assert_eq!(codes("#N/A;Employé C;;"), ["spreadsheet_error", "receiver_missing", "amount_missing"]);
}
