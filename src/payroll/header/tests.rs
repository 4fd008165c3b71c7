//! The header among the first lines, in text.

use crate::payout::money::Amount;
use crate::payroll::{ColumnNames, Known, Limits, Problem, Reader, Row, Style, Wanted};

fn limits() -> Limits {
    Limits {
        max_amount: Amount::from_centimes(7_500_000),
        min_amount: Amount::from_centimes(100),
        max_batch_amount: None,
        zero: crate::payout::aside::ZeroRows::Refuse,
    }
}

/// The rows of a file and the lines left aside, or its problems.
type Read = Result<(Vec<Row>, Vec<(u32, String)>), Vec<Problem>>;

fn read_as(text: &str, wanted: &ColumnNames) -> Read {
    let mut reader =
        Reader::open_as(text.as_bytes(), &limits(), wanted, Style::default()).map_err(|problem| vec![problem])?;
    let (rows, problems): (Vec<_>, Vec<_>) = reader.by_ref().partition(Result::is_ok);
    let aside = reader.aside().named.iter().map(|one| (one.line, one.text.clone())).collect();
    let mut problems: Vec<Problem> = problems.into_iter().filter_map(Result::err).flatten().collect();
    let rows = rows.into_iter().flatten().collect();
    match reader.finish() {
        Ok(_) => Ok((rows, aside)),
        Err(more) => {
            problems.extend(more);
            Err(problems)
        }
    }
}

fn read(text: &str) -> Read {
    read_as(text, &ColumnNames::default())
}

fn codes(text: &str) -> Vec<(u32, &'static str)> {
    read(text).unwrap_err().iter().map(|problem| (problem.line, problem.code.as_str())).collect()
}

const TABLE: &str =
    "Référence;Nom;Téléphone;Net à payer\nH-1;Employé A;36150001;15000,00\nH-2;Employé B;36150002;12000,50\n";

#[test]
fn a_title_block_above_the_header_is_left_aside_and_listed() {
    let title = "INSTITUTION EXEMPLE, Direction des ressources humaines\n;PAYROLL NOVEMBRE 2026;;\n\n# rows: 2\n\
                 Tél. 3615 0001;;;\nFait le;30.11.2026;;Gourdes\n";
    let (rows, aside) = read(&format!("{title}{TABLE}")).unwrap();
    assert_eq!(rows.iter().map(|row| row.line).collect::<Vec<_>>(), [8, 9]);
    assert_eq!(rows[1].instruction.amount.centimes(), 1_200_050);
    let expected = [
        (1, "INSTITUTION EXEMPLE, Direction des ressources humaines"),
        (2, "PAYROLL NOVEMBRE 2026"),
        (5, "Tél. 3615 0001"),
        (6, "Fait le | 30.11.2026 | Gourdes"),
    ];
    assert_eq!(aside, expected.map(|(line, text)| (line, text.to_string())));
}

#[test]
fn a_line_above_that_could_be_somebodys_row_refuses_the_file_and_is_named() {
    for (line, column, value) in [
        ("H-0;Employé Z;36150009;\n", "Téléphone", "36150009"),
        ("36 15 00 09\n", "Référence", "36 15 00 09"),
        ("H-0;Employé Z;3.615E+07;\n", "Téléphone", "3.615E+07"),
        ("H-0;Employé Z;;15 000,00 HTG\n", "Net à payer", "15 000,00 HTG"),
        ("Année;;;2026\n", "Net à payer", "2026"),
        // Right of the table.
        (";;;;;+509 36150009\n", "", "+509 36150009"),
    ] {
        let problems = read(&format!("INSTITUTION\n{line}{TABLE}")).unwrap_err();
        let [problem] = problems.as_slice() else { panic!("{line}: {problems:?}") };
        let told = (problem.line, problem.code.as_str(), problem.column.as_str(), problem.value.as_str());
        assert_eq!(told, (2, "line_above_header", column, value));
    }
}

#[test]
fn the_header_is_one_of_the_first_twenty_lines() {
    let title = |lines: usize| "Une ligne de titre\n\n# une remarque\n".repeat(lines);
    let (rows, aside) = read(&format!("{}{TABLE}", title(19))).unwrap();
    assert_eq!((rows.len(), aside.len()), (2, 19));
    // The first line is told as a header that lacks what it must name.
    assert_eq!(codes(&format!("{}{TABLE}", title(20))), [(1, "column_missing")]);
    assert_eq!(codes("Référence;Tarif;Qui\nA;36150001;5\n"), [(1, "column_missing")]);
    // A wallet and an amount are named, and no reference.
    assert_eq!(codes("Titre\nNom;Téléphone;Montant\nA;36150001;5\n"), [(2, "column_missing")]);
}

#[test]
fn the_first_line_that_names_both_is_the_header_in_every_dialect() {
    for delimiter in [",", ";", "\t", "|"] {
        for end in ["\n", "\r\n", "\r"] {
            let text = "Institution Exemple\nPayroll\n\nReferans;Telefòn;Montan\nA;36150001;10.00\n";
            let text = text.replace(';', delimiter).replace('\n', end);
            let (rows, aside) = read(&text).unwrap();
            assert_eq!((rows.len(), rows[0].line, aside.len()), (1, 5, 2), "{text:?}");
        }
    }
}

#[test]
fn names_of_the_setting_find_the_header_too() {
    let mut wanted = ColumnNames::default();
    wanted.set(Known::Receiver, Wanted::Columns(vec!["Kont".to_string()]));
    wanted.set(Known::Amount, Wanted::Columns(vec!["Sòm".to_string()]));
    let (rows, aside) = read_as("Titre\nReferans,Kont,Sòm\nA,36150001,10.00\n", &wanted).unwrap();
    assert_eq!((rows.len(), aside.len()), (1, 1));
}

#[test]
fn what_cannot_be_read_above_the_header_is_not_left_aside() {
    assert_eq!(codes(&format!("\"Institution\" Exemple\n{TABLE}")), [(1, "quotes")]);
    assert_eq!(codes(&format!("# total 27000.50\n{TABLE}")), [(1, "control_line")]);
}
