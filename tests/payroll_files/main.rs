//! The batch file's rules, kept on whole files.

mod cleaned;
mod dialects;
mod libreoffice;
mod rivals;
mod slices;
mod table;

use payoutd::payout::aside::ZeroRows;
use payoutd::payout::money::Amount;
use payoutd::payroll::{
    Code, ColumnNames, Confirmation, CsvWriter, Delimiter, DuplicateFinder, Limits, Problem, ProblemWriter, Reader,
    Row, Style, Totals,
};
use payoutd::words::Language;
use proptest::prelude::*;
use std::io::Read;

fn limits() -> Limits {
    Limits {
        max_amount: Amount::from_centimes(7_500_000),
        min_amount: Amount::from_centimes(100),
        max_batch_amount: Some(Amount::from_centimes(1_000_000_000)),
        zero: ZeroRows::Refuse,
    }
}

/// What a file comes to: its rows, and all its problems in the order in which they are told.
fn read_from(source: impl Read) -> (Vec<Row>, Vec<Problem>, Option<Totals>) {
    read_all(Reader::open(source, &limits()))
}

fn read_all<R: Read>(reader: Result<Reader<R>, Problem>) -> (Vec<Row>, Vec<Problem>, Option<Totals>) {
    let mut reader = match reader {
        Ok(reader) => reader,
        Err(problem) => return (Vec::new(), vec![problem], None),
    };
    let (mut rows, mut problems) = (Vec::new(), Vec::new());
    for row in &mut reader {
        match row {
            Ok(row) => rows.push(row),
            Err(more) => problems.extend(more),
        }
    }
    match reader.finish() {
        Ok(totals) => (rows, problems, Some(totals)),
        Err(more) => {
            problems.extend(more);
            assert!(!problems.is_empty(), "a refusal says why");
            (rows, problems, None)
        }
    }
}

/// As the house reads: looked through for the mark of its amounts first.
fn read(text: impl AsRef<[u8]>) -> (Vec<Row>, Vec<Problem>, Option<Totals>) {
    read_as(text.as_ref(), &ColumnNames::default())
}

fn read_as(text: &[u8], wanted: &ColumnNames) -> (Vec<Row>, Vec<Problem>, Option<Totals>) {
    let open = |style| Reader::open_as(text, &limits(), wanted, style);
    let mark = open(Style::default()).ok().and_then(Reader::find_mark);
    read_all(open(Style::told(mark)))
}

fn codes(text: impl AsRef<[u8]>) -> Vec<(u32, &'static str)> {
    let (_, problems, totals) = read(text);
    assert_eq!(problems.is_empty(), totals.is_some(), "admitted if and only if there is no problem");
    problems.iter().map(|problem| (problem.line, problem.code.as_str())).collect()
}

const HEAD: &str = "reference,receiver,amount,description\n";

fn with_head(rows: &str) -> String {
    format!("{HEAD}{rows}")
}

#[test]
fn a_payroll_is_read_as_it_stands() {
    let text = "\u{feff}Name;Amount;Receiver;Reference;Dept;Status;retry of;Description\r\n\
                Jean;1250.5;+509 3700-7294;EMP-1;HR;x;;July\r\n\
                \"Pè; \"\"Jo\"\"\";75000.00;37007295;EMP-2.r2;\"12, rue\r\nJacmel\";;EMP-2;\r\n";
    let (rows, problems, totals) = read(text);
    assert_eq!(problems, []);
    let [first, second] = rows.as_slice() else { panic!("{rows:?}") };
    assert_eq!((first.line, second.line), (2, 3));
    assert_eq!(first.instruction.receiver.msisdn(), "50937007294");
    assert_eq!(first.instruction.amount.centimes(), 125_050);
    assert_eq!((first.instruction.description.as_str(), first.name.as_str()), ("July", "Jean"));
    assert_eq!(second.name, "Pè; \"Jo\"");
    assert_eq!(second.instruction.retry_of.as_ref().map(|r| r.as_str()), Some("EMP-2"));
    assert_eq!(second.other, ["12, rue\r\nJacmel", ""]);
    let totals = totals.unwrap();
    assert_eq!((totals.rows, totals.amount.centimes()), (2, 7_625_050));
    use sha2::Digest;
    assert_eq!(totals.sha256.as_slice(), sha2::Sha256::digest(text.as_bytes()).as_slice());
    let reader = Reader::open(text.as_bytes(), &limits()).unwrap();
    assert_eq!(reader.header().other, ["Dept", "file_Status"]);
    assert_eq!(reader.header().other_as_written, ["Dept", "Status"]);
    assert_eq!((reader.header().delimiter, reader.header().reference.as_str()), (Delimiter::Semicolon, "Reference"));
}

#[test]
fn every_line_end_and_delimiter_gives_the_same_rows() {
    let plain = with_head("A,37007294,10.00,x\n\nB,37007295,20.00,\n");
    let expected = read(&plain).0;
    assert_eq!(expected.iter().map(|row| row.line).collect::<Vec<_>>(), [2, 4]);
    for end in ["\n", "\r\n", "\r"] {
        for delimiter in [",", ";", "\t", "|"] {
            for mark in ["", "\u{feff}"] {
                let text = format!("{mark}{}", plain.replace(',', delimiter).replace('\n', end));
                let (rows, problems, totals) = read(&text);
                assert_eq!((rows, problems), (expected.clone(), vec![]), "{text:?}");
                assert!(totals.is_some());
            }
        }
    }
}

#[test]
fn files_as_a_whole_are_refused_for_what_they_are() {
    let mut latin1 = with_head("A,37007294,10.00,caf").into_bytes();
    latin1.extend(b"\xe9 caf\xc3\xa9\n");
    let mut nul_late = with_head("A,37007294,10.00,x\n").into_bytes();
    for n in 0..20_000 {
        nul_late.extend(format!("R{n},37007294,10.00,x\n").bytes());
    }
    nul_late.extend(b"Z,37007294,10.00,\0\n");
    let table: Vec<(Vec<u8>, (u32, &str))> = vec![
        (b"".to_vec(), (1, "empty_file")),
        (b"\n\n".to_vec(), (1, "empty_file")),
        (HEAD.into(), (1, "no_rows")),
        (with_head(";;;\n\n").into(), (1, "no_rows")),
        (with_head(",,,\n \n").into(), (1, "no_rows")),
        (b"PK\x03\x04....".to_vec(), (1, "workbook_unreadable")),
        ("reference,receiver,amount\n".encode_utf16().flat_map(u16::to_le_bytes).collect(), (1, "not_text")),
        (b"reference,phone,telephone,amount\nA,37007294,37007295,1\n".to_vec(), (2, "column_ambiguous")),
        (b"ref,ref no,telephone,amount\nA,B,37007295,1\n".to_vec(), (1, "column_ambiguous")),
        (latin1, (2, "not_utf8")),
        (nul_late, (20_003, "not_text")),
        (b"a,b\n1,2\n".to_vec(), (1, "column_missing")),
        (b"reference,receiver,amount,Amount\nA,37007294,1,2\n".to_vec(), (1, "column_twice")),
        (b"\"reference,receiver,amount\nA,37007294,1\n".to_vec(), (1, "quotes")),
        (vec![b'x'; 1_000_000], (1, "line_too_long")),
        (with_head(&"y".repeat(1_000_000)).into(), (2, "line_too_long")),
    ];
    for (bytes, expected) in table {
        assert_eq!(codes(&bytes), [expected], "{:?}", String::from_utf8_lossy(&bytes[..bytes.len().min(60)]));
    }
}

#[test]
fn every_problem_of_every_row_is_told_with_its_line() {
    let table: &[(&str, &[(u32, &str)])] = &[
        // May be 1250.50, cut in two: the description is missing, and a comma parts the cells.
        ("A,37007294,1250,50\n", &[(2, "amount_format")]),
        ("A,37007294,10.00\n", &[(2, "cells_missing")]),
        ("A,37007294,1,250.00,x\n", &[(2, "cells_extra")]),
        ("A,37007294,10.00,x,\n", &[(2, "cells_extra")]),
        ("A,37007294,10.00,\"x\nB,37007295,20.00,y\n", &[(2, "quotes")]),
        ("A,37007294,10.00,\"x\" y\nB,370,20.00,y\n", &[(2, "quotes"), (3, "receiver_invalid")]),
        ("A,37007294,10.00,\"x\nB,37007295,20.00,\"y\"\n", &[(2, "quotes")]),
        (
            ",,-1,a\u{1}b\n",
            &[(2, "reference_missing"), (2, "receiver_missing"), (2, "amount_not_positive"), (2, "control_character")],
        ),
        ("A,37007294,75000.01,\nB,37007294,0.99,\n", &[(2, "amount_too_large"), (3, "amount_too_small")]),
        ("A,5.09E+10,#N/A,\n", &[(2, "scientific_notation"), (2, "spreadsheet_error")]),
        ("#N/A,37007294,1.00,\n", &[(2, "spreadsheet_error")]),
        ("A,37007294,1.00,\n#N/A,,,\n", &[(3, "spreadsheet_error"), (3, "receiver_missing"), (3, "amount_missing")]),
    ];
    for (rows, expected) in table {
        assert_eq!(codes(with_head(rows)), *expected, "{rows:?}");
    }
    let long = format!("A,37007294,10.00,{}\n", "é".repeat(101));
    assert_eq!(codes(with_head(&long)), [(2, "cell_too_long")]);
    let (_, problems, _) = read("Réference,RECEIVER,Amount (USD),AMOUNT\nA,x,1,\"1,500\"\n");
    let told: Vec<_> = problems.iter().map(|p| (p.column.as_str(), p.value.as_str())).collect();
    assert_eq!(told, [("RECEIVER", "x"), ("AMOUNT", "1,500")], "columns are named as the user names them");
}

#[test]
fn a_retry_names_another_reference() {
    let head = "reference,receiver,amount,retry_of\n";
    assert_eq!(codes(format!("{head}A.r2,37007294,1.00,A\n")), []);
    assert_eq!(codes(format!("{head}007,37007294,1.00,7\n")), [(2, "retry_of_itself")]);
    assert_eq!(codes(format!("{head}A,37007294,1.00,-\n")), [(2, "retry_of_invalid")]);
}

#[test]
fn unnamed_columns_may_lie_empty_and_hold_nothing() {
    let head = "reference,receiver,amount,,\n";
    assert_eq!(codes(format!("{head}A,37007294,1.00,,\nB,37007294,1.00\n")), []);
    assert_eq!(codes(format!("{head}A,37007294,1,250.00,\n")), [(2, "column_unnamed")]);
}

#[test]
fn control_lines_are_checked_wherever_a_spreadsheet_puts_them() {
    let rows = "A,37007294,10.00,x\nB,37007295,20.50,y\n";
    let good = [
        format!("# total: 30.50\n# rows: 2\n{HEAD}{rows}"),
        format!("{HEAD}{rows}# total: 30.5\n"),
        format!("{HEAD}{rows}\n#ROWS:2,,,\n#Total : 30.50,,,\n"),
        format!("{HEAD}{rows}\"# rows: 2\",,,\n,,,\n"),
        format!("{HEAD}{rows}# rows:,2,,\n"),
        format!("# Salaries of July, July, drawn up by Marie\n#\n{HEAD}{rows}# end: thank you\n"),
        format!("# rows: 2\n{HEAD}{rows}# rows: 2\n"),
    ];
    for text in good {
        assert_eq!(codes(&text), [], "{text}");
    }
    let bad: [(String, &[(u32, &str)]); 18] = [
        (format!("# total: 30.49\n{HEAD}{rows}"), &[(1, "total_differs")]),
        (format!("{HEAD}{rows}# rows: 3\n"), &[(4, "rows_differ")]),
        (format!("# rows: 2\n{HEAD}{rows}# rows: 3\n"), &[(5, "control_line")]),
        (format!("{HEAD}{rows}# total: 30,500\n"), &[(4, "control_line")]),
        (format!("{HEAD}{rows}# totla: 30.50\n"), &[(4, "control_line")]),
        (format!("{HEAD}{rows}# total 30.50\n"), &[(4, "control_line")]),
        (format!("{HEAD}{rows}# rows: two\n"), &[(4, "control_line")]),
        (format!("# rows: -2\n{HEAD}{rows}"), &[(1, "control_line")]),
        (format!("{HEAD}{rows}# pay on 2030-12-01\n"), &[(4, "control_line")]),
        (format!("{HEAD}{rows}# payer le 2030-12-01\n"), &[(4, "control_line")]),
        (format!("{HEAD}{rows}# pay-on: 2030-12-01\n"), &[(4, "control_line")]),
        (format!("{HEAD}{rows}# à payer le: 2030-12-01\n"), &[(4, "control_line")]),
        (format!("{HEAD}{rows}# peye le: 2030-12-01\n"), &[(4, "control_line")]),
        (format!("{HEAD}{rows}# date de paiement: 2030-12-01\n"), &[(4, "control_line")]),
        (format!("{HEAD}{rows}# period 2026-07\n"), &[(4, "control_line")]),
        (format!("{HEAD}{rows}# PERIOD=2026-07\n"), &[(4, "control_line")]),
        (format!("{HEAD}A,37007294,10.00,x\n# rows: 2\nB,37007295,20.50,y\n"), &[(3, "control_line_place")]),
        (format!("{HEAD}# note\nA,37007294,10.00,x\n"), &[(2, "control_line_place")]),
    ];
    for (text, expected) in bad {
        assert_eq!(codes(&text), expected, "{text}");
    }
    // A total is not compared with rows whose amounts could not be read.
    assert_eq!(codes(format!("# total: 5.00\n{HEAD}A,37007294,x,\n")), [(3, "amount_format")]);
}

#[test]
fn a_column_that_is_called_hash_is_a_column() {
    assert_eq!(codes("#,reference,receiver,amount\n1,A,37007294,1.00\n2,B,37007294,1.00\n"), []);
}

#[test]
fn half_a_file_is_never_taken_for_a_whole_one() {
    let rows = "A,37007294,10.00,x\nB,37007295,20.50,y";
    let is_open = |text: String| read(text).2.expect("no problem").open_end;
    // A person is asked.
    assert!(is_open(with_head(rows)));
    assert!(is_open(format!("{HEAD}{rows}\n ")) && is_open(format!("{HEAD}{rows}\nC-3,,,")));
    // Something vouches for it.
    assert!(!is_open(format!("# total: 30.50\n{HEAD}{rows}")) && !is_open(format!("# rows: 2\n{HEAD}{rows}")));
    assert!(!is_open(format!("{HEAD}{rows}\n# rows: 2")) && !is_open(format!("{HEAD}{rows}\nTOTAL,,30.50,")));
    assert!(!is_open(format!("{HEAD}{rows}\n")));
    // Nothing that a person could say it of.
    assert_eq!(codes(format!("{HEAD}{rows}\n# row")), [(4, "half_file")]);
    assert_eq!(codes(with_head("A,37007294,10.00,x\nB,37007295,20.")), [(3, "cells_missing"), (3, "half_file")]);
    assert_eq!(codes(HEAD.trim_end()), [(1, "half_file"), (1, "no_rows")]);

    // What a control line cannot vouch for: a reference that stands last, an amount without a total.
    let last = |columns: &str, control: &str, row: &str| codes(format!("{control}{columns}\n{row}"));
    let reference = "receiver,amount,reference";
    assert_eq!(last(reference, "# total: 1.00\n", "37007294,1.00,EMP-0"), [(3, "half_file")]);
    assert_eq!(last(reference, "# total: 1.00\n", "37007294,1.00,\"EMP-0\""), []);
    let amount = "reference,receiver,amount";
    assert_eq!(last(amount, "# rows: 1\n", "A,37007294,12"), [(3, "half_file")]);
    // Two decimals are whole where another row shows that the point parts centimes: else it may be 12.500.
    assert_eq!(last(amount, "# rows: 1\n", "A,37007294,12.50"), [(3, "half_file")]);
    assert_eq!(last(amount, "# rows: 2\n", "A,37007294,1.25\nB,37007294,12.50"), []);
    assert_eq!(last(amount, "# total: 12\n", "A,37007294,12"), []);
    assert_eq!(last("reference,receiver,amount,retry_of", "# rows: 1\n", "A,37007294,12.50,"), [(3, "half_file")]);
}

/// Cut anywhere, a file is refused, or a person is asked, or it holds exactly the rows that it held.
#[test]
fn a_file_cut_anywhere_pays_nobody_a_wrong_amount() {
    for (head, tail) in [("", ""), ("# total: 44.50\n", ""), ("# rows: 3\n", ""), ("", "# rows: 3\n# total: 44.50\n")] {
        for columns in [
            "reference,receiver,amount\nEMP-01,37007294,10.00\nEMP-02,50937007295,20.5\nEMP-03,37007296,14\n",
            "receiver,amount,reference\n37007294,10.00,EMP-01\n50937007295,20.5,EMP-02\n37007296,14,EMP-03\n",
            "amount,reference,receiver\n10.00,EMP-01,37007294\n20.5,EMP-02,50937007295\n14,EMP-03,37007296\n",
        ] {
            let whole = format!("{head}{columns}{tail}");
            let (expected, problems, _) = read(&whole);
            assert_eq!(problems, []);
            for cut in 0..whole.len() {
                let (rows, _, totals) = read(&whole[..cut]);
                let ends_a_line = cut > 0 && whole.as_bytes()[cut - 1] == b'\n';
                let is_paid = totals.as_ref().is_some_and(|totals| !totals.open_end);
                if is_paid && !(ends_a_line && head.is_empty()) {
                    assert_eq!(rows, expected, "cut at {cut}: {:?}", &whole[..cut]);
                }
            }
        }
    }
}

#[test]
fn references_that_stand_twice_are_found_among_bad_rows_too() {
    let text = with_head("A-1,37007294,1.00,\n0a-1,37007294,1.00,\nb,37007294,x,\nA-1,37007294,1.00,\nB,370,1.00,\n");
    let open = || Reader::open(text.as_bytes(), &limits()).unwrap();
    let mut finder = DuplicateFinder::new(42);
    let mut reader = open();
    while let Some(row) = reader.next() {
        reader.reference_of(&row).into_iter().for_each(|reference| finder.push(reference));
    }
    let suspects = finder.suspects();
    assert_eq!(suspects.len(), 2);
    let (mut confirmation, mut found, mut reader) = (Confirmation::new(suspects), Vec::new(), open());
    let mut line = 1;
    while let Some(row) = reader.next() {
        line += 1;
        let reference = reader.reference_of(&row).cloned();
        found.extend(reference.and_then(|reference| confirmation.see(line, "reference", &reference)));
    }
    let told: Vec<_> = found
        .iter()
        .map(|problem| (problem.line, problem.code, problem.problem.to_string()[..40].to_string()))
        .collect();
    let says = |line| format!("This reference stands in line {line} already ");
    assert_eq!(told.len(), 3);
    for ((at, code, text), (line, earlier)) in told.into_iter().zip([(3, 2), (5, 2), (6, 4)]) {
        assert_eq!((at, code), (line, Code::ReferenceTwice));
        assert!(says(earlier).starts_with(&text));
    }
}

/// A source that never ends a line and counts what is taken from it.
struct Endless {
    taken: u64,
    opening: &'static [u8],
    byte: u8,
}

impl Read for &mut Endless {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let from = usize::try_from(self.taken).unwrap().min(self.opening.len());
        let opening = &self.opening[from..];
        let count = opening.len().min(buffer.len());
        buffer[..count].copy_from_slice(&opening[..count]);
        buffer[count..].fill(self.byte);
        self.taken += buffer.len() as u64;
        Ok(buffer.len())
    }
}

#[test]
fn an_endless_line_is_refused_after_a_few_buffers() {
    for (opening, code) in [
        (&b"reference,receiver,amount\nA,37007294,1.00"[..], Code::LineTooLong),
        (b"reference,receiver,amount\n\"A,37007294,1.00", Code::LineTooLong),
        (b"reference,receiver,amount", Code::HeaderMissing),
    ] {
        let mut source = Endless { taken: 0, opening, byte: b'0' };
        let (_, problems, totals) = read_from(&mut source);
        assert!(totals.is_none() && problems.len() == 1, "{problems:?}");
        assert!(problems[0].code == code || problems[0].code == Code::LineTooLong, "{problems:?}");
        assert!(source.taken < 1_000_000, "{} bytes were read", source.taken);
    }
}

#[test]
fn a_line_is_measured_alike_wherever_it_stands() {
    for before in [0, 1, 3000, 9000] {
        let rows: String = (0..before).map(|n| format!("R{n},37007294,1.00,\n")).collect();
        let line = before + 2;
        let long = |length| format!("{rows}Z,37007294,1.00,{}\n", "z".repeat(length));
        assert_eq!(codes(with_head(&long(65_000))), [(line, "cell_too_long")]);
        assert_eq!(codes(with_head(&long(66_000))), [(line, "line_too_long")]);
    }
}

/// Gives one byte at a time and is interrupted at every second call.
struct Trickle<'a>(&'a [u8], bool);

impl Read for Trickle<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.1 = !self.1;
        if self.1 {
            return Err(std::io::ErrorKind::Interrupted.into());
        }
        self.0.read(&mut buffer[..1])
    }
}

struct Breaking<'a>(&'a [u8]);

impl Read for Breaking<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        match self.0.read(buffer) {
            Ok(0) => Err(std::io::Error::other("I/O error")),
            read => read,
        }
    }
}

#[test]
fn a_slow_disk_changes_nothing_and_a_broken_one_is_told() {
    let text = with_head("A,37007294,10.00,\"x\r\ny\"\r\nB,37007295,20.00,\r\n").replace(",\"x\r\ny\"", ",x");
    assert_eq!(read_from(Trickle(text.as_bytes(), false)), read(&text));
    let (_, problems, totals) = read_from(Breaking(text.as_bytes()));
    assert_eq!((problems[0].code, problems.len(), totals), (Code::Unreadable, 1, None));
}

#[test]
fn a_file_larger_than_the_buffer_is_read_to_its_last_row() {
    let mut text = HEAD.to_string();
    for n in 0..30_000 {
        text.push_str(&format!("R{n},37007294,1.00,\"{}\"\n", "z".repeat(n % 90)));
    }
    let (rows, problems, totals) = read(&text);
    assert_eq!((rows.len(), problems.len(), totals.unwrap().amount.centimes()), (30_000, 0, 3_000_000));
    assert!(rows.iter().zip(0..).all(|(row, n)| row.instruction.reference.as_str() == format!("R{n}")
        && row.instruction.description.len() == n % 90
        && usize::try_from(row.line).unwrap() == n + 2));
}

#[test]
fn too_much_money_in_one_file_is_refused() {
    let mut rows = String::new();
    for n in 0..134 {
        rows.push_str(&format!("R{n},37007294,75000.00,\n"));
    }
    assert_eq!(codes(with_head(&rows)), [(1, "batch_amount_too_large")]);
}

#[test]
fn an_errors_file_is_harmless_and_in_its_published_form() {
    let (_, problems, _) = read(with_head("=1+1,37007294,\"1,500\",\n"));
    let mut writer = ProblemWriter::begin(Vec::new(), Delimiter::Comma, Language::English).unwrap();
    problems.iter().for_each(|problem| writer.add(problem).unwrap());
    let text = String::from_utf8(writer.finish().unwrap()).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "line,column,value,code,problem");
    assert!(lines[1].starts_with("2,reference,'=1+1,reference_invalid,"), "{text}");
    assert!(lines[2].starts_with("2,amount,\"1,500\",amount_format,"), "{text}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever other cells and texts a table holds, written by us it reads back the same.
    #[test]
    fn what_is_written_reads_back_the_same(
        rows in prop::collection::vec(("['=+@a-zé\"#;,|-]{0,12}", "[^\\p{C}\u{feff}\u{2028}\u{2029}]{0,20}|[\t\n\r\"';,|=-]{0,9}"), 1..20),
        place in 0usize..4,
    ) {
        let delimiter = Delimiter::ALL[place];
        let mut writer = CsvWriter::new(Vec::new(), delimiter);
        writer.write_row(["other", "reference", "receiver", "amount", "description"]).unwrap();
        for (n, (text, other)) in rows.iter().enumerate() {
            writer.write_row([other.as_str(), &format!("R{n}"), "37007294", "1.00", text]).unwrap();
        }
        let bytes = writer.finish().unwrap();
        let (read, problems, totals) = read(&bytes);
        prop_assert!(totals.is_some(), "{:?} {:?}", problems, String::from_utf8_lossy(&bytes));
        prop_assert_eq!(read.len(), rows.len());
        for (row, (text, other)) in read.iter().zip(&rows) {
            prop_assert_eq!(&row.instruction.description, text);
            prop_assert_eq!(&row.other[0], other);
        }
    }

    /// On well-formed files the cells are those that the csv crate finds.
    #[test]
    fn cells_are_cut_as_others_cut_them(
        cells in prop::collection::vec(prop::collection::vec("[a\",;é\n]{0,4}", 4), 1..8),
    ) {
        let mut text = b"a,b,c,d,reference,receiver,amount\n".to_vec();
        let mut expected = Vec::new();
        for (n, row) in cells.iter().enumerate() {
            let quoted: Vec<String> = row.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
            text.extend(format!("{},R{n},37007294,1.00\n", quoted.join(",")).bytes());
        }
        let mut theirs = csv::ReaderBuilder::new().from_reader(text.as_slice());
        for record in theirs.records() {
            expected.push(record.unwrap().iter().take(4).map(str::to_string).collect::<Vec<_>>());
        }
        let (rows, problems, _) = read(&text);
        prop_assert_eq!(problems, vec![]);
        prop_assert_eq!(rows.into_iter().map(|row| row.other).collect::<Vec<_>>(), expected);
    }

    /// No bytes make it panic, and what is refused says why.
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), head in any::<bool>()) {
        let mut text = if head { HEAD.as_bytes().to_vec() } else { Vec::new() };
        text.extend(bytes);
        let (_, problems, totals) = read(&text);
        prop_assert_eq!(problems.is_empty(), totals.is_some());
    }

    #[test]
    fn no_text_of_the_format_makes_it_panic(text in "[#\",;\n\rAa0-9 .:=\t]{0,200}") {
        let (_, problems, totals) = read(format!("{HEAD}{text}"));
        prop_assert_eq!(problems.is_empty(), totals.is_some());
    }
}
