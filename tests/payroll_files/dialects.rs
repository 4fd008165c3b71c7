//! Finance's files: any table, in any dialect, reads back the same, centime by centime, or is refused; files as
//! Excel, LibreOffice and people write them; and the house's two readings agree on all of them.

use super::table::{Dialect, Letters, Payout, dialects, encode, tables};
use super::{codes, limits, read, read_as};
use payoutd::intake::examine::{Examination, Good, Rules, Step, Verdict};
use payoutd::intake::terms::FileRules;
use payoutd::payout::moment::Wall;
use payoutd::payroll::{ColumnNames, Encoding, Known, Mark, Piece, Row, Wanted};
use proptest::prelude::*;
use std::io::{Seek, Write};

fn payout(row: &Row) -> Payout {
    let order = &row.instruction;
    Payout {
        reference: order.reference.to_string(),
        receiver: order.receiver.local(),
        centimes: order.amount.centimes(),
        name: row.name.clone(),
        description: order.description.clone(),
    }
}

/// Lines and codes.
type Problems = Vec<(u32, &'static str)>;

/// The house's first reading: what is wrong, or the good file and what its rows are by the second.
fn examine(bytes: &[u8]) -> Result<(Good, Vec<Payout>), Problems> {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    let rules = FileRules { limits: limits(), columns: ColumnNames::default() };
    let guards = payoutd::intake::guards::GuardSettings::off();
    let about = Rules { file: rules.clone(), paid_already_within: None, guards, now: Wall(0), seed: 3 };
    let mut examination = Examination::begin(file.try_clone().unwrap(), about).unwrap();
    let mut told = Vec::new();
    let verdict = loop {
        let step = examination.slice(None, &mut |problem| {
            told.push((problem.line, problem.code.as_str()));
            Ok(())
        });
        if let Step::Done(verdict) = step.unwrap() {
            break verdict;
        }
    };
    let Verdict::Good(good) = verdict else { return Err(told) };
    assert_eq!(told, []);
    file.rewind().unwrap();
    let mut reader = rules.open(file, Some(good.mark)).unwrap();
    let rows = (&mut reader).map(|row| payout(&row.unwrap())).collect();
    assert_eq!(reader.finish().unwrap(), good.totals, "the second reading finds what the first found");
    Ok((*good, rows))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_table_in_any_dialect_reads_back_the_same_or_is_asked_about(table in tables(), dialect in dialects()) {
        let bytes = dialect.write(&table);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let found = examine(&bytes);
        if dialect.is_ambiguous(&table) && !dialect.is_proved(&table) {
            let problems = found.map(|(good, _)| good.totals).unwrap_err();
            let is_question = |code: &str| code == "amount_format" || code == "amount_too_precise";
            prop_assert!(problems.iter().all(|(_, code)| is_question(code)), "{problems:?} {text}");
            return Ok(());
        }
        let (good, rows) = found.map_err(|problems| TestCaseError::fail(format!("{problems:?} {text}")))?;
        prop_assert_eq!(&rows, &table, "{}", text);
        let sum: i64 = table.iter().map(|payout| payout.centimes).sum();
        let read_as = good.totals.read_as;
        prop_assert_eq!((good.totals.amount.centimes(), read_as.total_row), (sum, dialect.total.is_some()));
        prop_assert_eq!(char::from(read_as.delimiter.byte()), dialect.separator);
        if dialect.is_proved(&table) {
            let mark = if dialect.mark == ',' { Mark::Comma } else { Mark::Point };
            prop_assert_eq!(read_as.decimal, Some(mark));
        }
        let letters = match dialect.letters {
            Letters::Utf16Le => Encoding::Utf16Le,
            Letters::Utf16Be => Encoding::Utf16Be,
            Letters::Windows1252 if std::str::from_utf8(&bytes).is_err() => Encoding::Windows1252,
            _ => Encoding::Utf8,
        };
        prop_assert_eq!(read_as.encoding, letters);
    }

    /// With a TOTAL row, no single slip of a finger pays anybody a centime more or less.
    #[test]
    fn one_wrong_character_is_noticed_where_a_total_stands(
        table in tables(),
        dialect in dialects(),
        place in any::<prop::sample::Index>(),
        put in prop::sample::select("0159.,;|\t' \u{a0}\"-+#GxT\n".chars().collect::<Vec<_>>()),
        how in 0..3,
    ) {
        let dialect = Dialect { total: Some("TOTAL"), letters: Letters::Utf8, ..dialect };
        let mut letters: Vec<char> = dialect.text(&table).chars().collect();
        let at = place.index(letters.len());
        match how {
            0 => letters[at] = put,
            1 => letters.insert(at, put),
            _ => { letters.remove(at); }
        }
        let text: String = letters.into_iter().collect();
        let (rows, _, totals) = read(&text);
        if totals.is_some() {
            let paid: Vec<i64> = rows.iter().map(|row| row.instruction.amount.centimes()).collect();
            let meant: Vec<i64> = table.iter().map(|payout| payout.centimes).collect();
            prop_assert_eq!(paid, meant, "{}", text);
        }
    }

    /// Amounts in two styles are refused, wherever the odd one stands.
    #[test]
    fn a_file_with_two_decimal_marks_is_refused(table in tables(), dialect in dialects(), odd in any::<prop::sample::Index>()) {
        prop_assume!(table.len() > 1);
        let dialect = Dialect { bare: false, thousands: "", currency: ("", ""), quote_all: true, total: None, ..dialect };
        let other = if dialect.mark == ',' { '.' } else { ',' };
        let odd = &table[odd.index(table.len())];
        let amount = format!("\"{}\"", dialect.amount(odd.centimes));
        let text = dialect.text(&table).replacen(&amount, &amount.replace(dialect.mark, &other.to_string()), 1);
        let (_, problems, totals) = read(&text);
        prop_assert!(totals.is_none(), "{}", text);
        prop_assert!(problems.iter().all(|problem| problem.code.as_str() == "amount_style"), "{problems:?}");
    }
}

#[test]
fn a_proof_far_behind_settles_a_row_at_the_front_and_both_readings_rest_on_it() {
    let rows: String = (0..5_000).map(|n| format!("R{n};37007294;{}\n", 100 + n % 1_000)).collect();
    let file = |last: &str| format!("ref;téléphone;montant\nA;37007294;1.500\n{rows}Z;37007294;{last}\n");
    let (good, payouts) = examine(file("12,50").as_bytes()).unwrap();
    assert_eq!((payouts[0].centimes, payouts.len(), good.mark), (150_000, 5_002, Some(Mark::Comma)));
    assert_eq!(examine(file("12.50").as_bytes()).unwrap_err(), [(2, "amount_too_precise")]);
    assert_eq!(examine(file("1250").as_bytes()).unwrap_err(), [(2, "amount_too_precise")]);
    assert_eq!(examine(file("1,250").as_bytes()).unwrap_err(), [(2, "amount_too_precise"), (5003, "amount_format")]);
}

#[test]
fn an_amount_read_by_a_mark_that_its_own_bytes_do_not_prove_is_refused() {
    let text = b"ref;tel;montant\nA;37007294;1.500\n";
    let rules = FileRules { limits: limits(), columns: ColumnNames::default() };
    let mut reader = rules.open(&text[..], Some(Some(Mark::Comma))).unwrap();
    assert_eq!(reader.next().unwrap().unwrap().instruction.amount.centimes(), 150_000);
    let problems = reader.finish().unwrap_err();
    assert_eq!(
        problems.iter().map(|problem| (problem.line, problem.code.as_str())).collect::<Vec<_>>(),
        [(2, "amount_format")]
    );
}

#[test]
fn letters_are_one_encoding_throughout_or_the_file_is_refused() {
    let head = b"ref;tel;montant;nom\n".to_vec();
    let file = |rows: &[&[u8]]| [head.clone(), rows.concat()].concat();
    let many: Vec<u8> = (0..40_000).flat_map(|n| format!("R{n};37007294;1,50;x\n").into_bytes()).collect();
    let (utf8, latin): (&[u8], &[u8]) = ("B;37007294;1,50;José\n".as_bytes(), b"C;37007294;1,50;Jos\xe9\n");
    let encoding = |bytes: Vec<u8>| {
        let (rows, _, totals) = read(bytes);
        (totals.unwrap().read_as.encoding, rows.last().unwrap().name.clone())
    };
    assert_eq!(encoding(file(&[&many, latin])), (Encoding::Windows1252, "José".to_string()), "however late it shows");
    assert_eq!(encoding(file(&[&many, utf8])), (Encoding::Utf8, "José".to_string()));
    assert_eq!(encoding(file(&[&many])), (Encoding::Utf8, "x".to_string()));
    for (bytes, line) in [
        (file(&[&many, utf8, latin]), 40_003),
        (file(&[latin, &many, utf8]), 40_003),
        (file(&[b"A;37007294;1,50;Jos\xe9 and Jos\xc3\xa9\n"]), 2),
        (file(&[latin, b"A;37007294;1,50;\x81\n"]), 3),
        ([b"\xef\xbb\xbf".to_vec(), file(&[latin])].concat(), 2),
    ] {
        assert_eq!(codes(&bytes), [(line, "not_utf8")]);
    }
    let mut wide = encode(Letters::Utf16Le, "ref\ttel\tmontant\nA\t37007294\t1,50\nB\t37007294\t1,50\n");
    let at = wide.len() - 4;
    wide[at..at + 2].copy_from_slice(b"\x00\xd8");
    assert_eq!(codes(&wide), [(3, "not_utf8")]);
    assert_eq!(codes(&wide[..wide.len() - 1]), [(3, "not_utf8")]);
}

#[test]
fn a_total_row_is_checked_and_never_paid() {
    let file = |last: &str| format!("ref;tel;montant;nom\nA;37007294;10,50;x\nB;37007295;20,00;y\n{last}");
    for total in [
        "TOTAL;;30,50;\n",
        "Total général;;30,50\n",
        ";;30,50;TOTAL JENERAL\n",
        ";TOTAL;30,50;\n",
        "TOTAL;;30,50;2 employés\n\n",
        "TOTAL;;30,50",
        "Total juillet 2026;;30,50;\n",
        "TOTAL;;30,50;\nGrand total;;30,50;\n",
    ] {
        assert_eq!(codes(file(total)), [], "{total}");
        assert_eq!(read(file(total)).0.len(), 2, "{total}");
    }
    let table: [(&str, &[(u32, &str)]); 11] = [
        ("TOTAL;;30,49;\n", &[(4, "total_differs")]),
        ("TOTAL;;30,50;\nTOTAL;;30,51;\n", &[(5, "total_row")]),
        ("TOTAL;;30,50;\nC;37007296;1,00;z\n", &[(4, "total_row"), (4, "total_differs")]),
        ("TOTAL;37007296;30,50;\n", &[(4, "total_row")]),
        (";;30,50;\n", &[(4, "total_row")]),
        ("TOTAL;;;\n", &[(4, "receiver_missing"), (4, "amount_missing")]),
        ("C;;30,50;Total\n", &[(4, "receiver_missing")]),
        (";;30,50;Marie\n", &[(4, "reference_missing"), (4, "receiver_missing")]),
        ("TOTAL;;#REF!;\n", &[(4, "spreadsheet_error")]),
        ("TOTAL;;30.50;\n", &[(4, "amount_style")]),
        ("TOTAL;;3", &[(4, "total_differs")]),
    ];
    for (last, expected) in table {
        assert_eq!(codes(file(last)), expected, "{last}");
    }
}

#[test]
fn a_reference_is_built_from_columns_where_the_file_has_none() {
    let mut wanted = ColumnNames::default();
    let column = |name: &str| Piece::Column(name.to_string());
    let pieces = vec![column("periode"), Piece::Text("-".to_string()), column("matricule")];
    wanted.set(Known::Reference, Wanted::Built(pieces));
    let read = |text: &str| read_as(text.as_bytes(), &wanted);
    let (rows, problems, totals) = read("Matricule;Période;Téléphone;Montant\n0012;2026-07;37007294;1500\n");
    assert_eq!((problems, totals.is_some()), (vec![], true));
    assert_eq!(
        (rows[0].instruction.reference.as_str(), rows[0].other.as_slice()),
        ("2026-07-0012", &["0012".to_string(), "2026-07".to_string()][..])
    );
    let (_, problems, _) =
        read("Matricule;Période;Téléphone;Montant\n;2026-07;37007294;1500\n1 2;2026-07;37007295;1500\n");
    let told: Vec<_> =
        problems.iter().map(|p| (p.line, p.code.as_str(), p.column.as_str(), p.value.as_str())).collect();
    let name = "{periode}-{matricule}";
    assert_eq!(told, [(2, "reference_missing", name, "2026-07-"), (3, "reference_invalid", name, "2026-07-1 2")]);
    // A retry file has references of its own, and the columns that the old ones were built from.
    let retry = "reference,receiver,amount,description,name,retry_of,reason,Matricule,Période\n\
                 2026-07-0012.r2,50937007294,1500.00,,,2026-07-0012,declined,0012,2026-07\n# rows: 1\n";
    let (rows, problems, _) = read(retry);
    assert_eq!((problems, rows[0].instruction.reference.as_str()), (vec![], "2026-07-0012.r2"));
    // Cut within a cell that the reference is built from, it is half a file.
    let (_, problems, _) = read("# total: 1500\nTéléphone;Montant;Période;Matricule\n37007294;1500;2026-07;001");
    assert_eq!(problems.iter().map(|p| p.code.as_str()).collect::<Vec<_>>(), ["half_file"]);
}

/// How a file is read, row by row, or what is wrong with it: a line for each.
pub fn told(bytes: &[u8]) -> String {
    match examine(bytes) {
        Ok((good, rows)) => {
            let read = good.totals.read_as;
            let decimal = read.decimal.map_or("whole", Mark::word);
            let total = if read.total_row { " total" } else { "" };
            let separator = char::from(read.delimiter.byte()).escape_default();
            let mut text = format!("{} {separator} {decimal}{total}\n", read.encoding.name());
            for row in rows {
                let Payout { reference, receiver, centimes, name, description } = row;
                text.push_str(&format!("{reference} | {receiver} | {centimes} | {name} | {description}\n"));
            }
            text
        }
        Err(problems) => problems.iter().map(|(line, code)| format!("{line} {code}\n")).collect(),
    }
}

/// `files/NAME.csv` beside `files/NAME.expected`.
#[test]
fn files_as_people_and_their_programs_write_them_are_read_right_or_refused_with_the_right_words() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/payroll_files/files");
    let mut seen = (0, 0);
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|ending| ending != "csv") {
            continue;
        }
        let found = told(&std::fs::read(&path).unwrap());
        let expected = std::fs::read_to_string(path.with_extension("expected")).unwrap();
        let is_read = found.contains(" | ");
        seen = (seen.0 + usize::from(is_read), seen.1 + usize::from(!is_read));
        assert_eq!(found, expected, "{}", path.display());
    }
    assert!(seen.0 >= 12 && seen.1 >= 10, "{seen:?}");
}
