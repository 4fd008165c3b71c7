//! Files as the user's Excel opens them: written like the batch's own file, and read rightly again after
//! a spreadsheet has opened and saved them.

use super::tests::*;
use super::*;
use crate::payout::aside::ZeroRows;
use crate::payroll::{Delimiter, Limits, Reader, Row};
use crate::words::Language;

fn read_as(separator: &str, decimal: Option<&str>, encoding: &str, marked: bool) -> ReadAs {
    let decimal = decimal.map(str::to_string);
    ReadAs { encoding: encoding.into(), separator: separator.into(), decimal, marked, ..ReadAs::default() }
}

/// Every language, plain and in each dialect that a file can come in.
fn styles() -> Vec<Style> {
    let mut styles = Vec::new();
    for language in Language::ALL {
        styles.push(Style::plain(language));
        for delimiter in Delimiter::ALL {
            for decimal in [None, Some("point"), Some("comma")] {
                let separator = char::from(delimiter.byte()).to_string();
                for (encoding, marked) in [("UTF-8", false), ("UTF-8", true), ("Windows-1252", false)] {
                    styles.push(Style::as_received(language, &read_as(&separator, decimal, encoding, marked)));
                }
            }
        }
    }
    styles
}

/// Two rows that are certainly unpaid, one with what a spreadsheet would run.
fn unpaid_rows() -> Vec<ReportRow> {
    let mut first = declined(2);
    first.amount = Amount::from_centimes(125_050);
    let mut second = declined(3);
    (second.name, second.other) = ("=Ti-Jean; \"Jò\", fils".to_string(), vec!["+509; x".to_string()]);
    vec![first, second]
}

fn retry_of(style: Style, rows: &[ReportRow]) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), ReportHead { style, ..head(rows, 40) }, rows).unwrap();
    std::fs::read(folder.path().join(RETRY)).unwrap()
}

/// The rows, or what is wrong with the file.
fn read(bytes: &[u8]) -> Result<Vec<Row>, String> {
    let limits = Limits {
        max_amount: Amount::from_centimes(7_500_000),
        min_amount: Amount::from_centimes(100),
        max_batch_amount: None,
        zero: ZeroRows::Refuse,
    };
    let mut reader = Reader::open(bytes, &limits).map_err(|problem| problem.to_string())?;
    let mut rows = Vec::new();
    while let Some(line) = reader.next_line() {
        if let Some(row) = line {
            rows.push(row.map_err(|problems| format!("{problems:?}"))?);
        }
    }
    reader.finish().map_err(|problems| format!("{problems:?}"))?;
    Ok(rows)
}

/// Opened and saved: numbers as numbers, quotes only where they must be, every line as long as the longest,
/// CRLF, and the separator and letters of whoever saves.
fn saved_by_excel(bytes: &[u8], style: Style, windows_1252: bool) -> Vec<u8> {
    let text = std::str::from_utf8(bytes).unwrap().trim_start_matches('\u{feff}');
    let mut reader = csv::ReaderBuilder::new();
    reader.delimiter(style.delimiter.byte()).flexible(true).has_headers(false);
    let records: Vec<csv::StringRecord> = reader.from_reader(text.as_bytes()).records().map(Result::unwrap).collect();
    let width = records.iter().map(csv::StringRecord::len).max().unwrap();
    let decimal = if style.decimal_comma { ',' } else { '.' };
    let number = |cell: &str| {
        let is_number = cell.chars().all(|c| c.is_ascii_digit() || c == decimal) && cell.contains(decimal);
        let short = cell.trim_end_matches('0').trim_end_matches(decimal);
        if is_number { short.to_string() } else { cell.to_string() }
    };
    let mut out = String::new();
    for record in &records {
        let cells = record.iter().map(number).chain(std::iter::repeat(String::new())).take(width);
        let quoted = cells.map(|cell| match cell.contains([char::from(style.delimiter.byte()), '"', '\n']) {
            true => format!("\"{}\"", cell.replace('"', "\"\"")),
            false => cell,
        });
        out.push_str(&quoted.collect::<Vec<_>>().join(&char::from(style.delimiter.byte()).to_string()));
        out.push_str("\r\n");
    }
    match windows_1252 {
        true => out.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect(),
        false => format!("\u{feff}{out}").into_bytes(),
    }
}

#[test]
fn a_retry_file_is_read_rightly_as_written_and_after_a_spreadsheet_saved_it() {
    let rows = unpaid_rows();
    for style in styles() {
        let written = retry_of(style, &rows);
        for (how, bytes) in [
            ("as written", written.clone()),
            ("saved as UTF-8", saved_by_excel(&written, style, false)),
            ("saved in Windows-1252", saved_by_excel(&written, style, true)),
        ] {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            let read = read(&bytes).unwrap_or_else(|problem| panic!("{style:?}, {how}: {problem}\n{text}"));
            assert_eq!(read.len(), 2, "{style:?}, {how}");
            for (row, was) in read.iter().zip(&rows) {
                let order = &row.instruction;
                assert_eq!((order.amount, order.receiver), (was.amount, was.receiver), "{style:?}, {how}\n{text}");
                assert_eq!(order.reference.to_string(), format!("{}.r2", was.reference), "{style:?}, {how}");
                assert_eq!(order.retry_of.as_ref(), Some(&was.reference), "{style:?}, {how}");
                assert_eq!((&row.name, &order.description), (&was.name, &was.description), "{style:?}, {how}");
                assert!(row.other.ends_with(&was.other), "{style:?}, {how}: {:?}", row.other);
            }
        }
    }
}

#[test]
fn a_report_that_is_dropped_holds_the_references_of_its_batch_and_nothing_new() {
    let rows = unpaid_rows();
    for style in styles() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), ReportHead { style, ..head(&rows, 40) }, &rows).unwrap();
        let report = std::fs::read(folder.path().join(REPORT)).unwrap();
        // Refused by the reader, or known row by row: never a reference that the ledger does not have.
        for row in read(&report).unwrap_or_default() {
            assert!(rows.iter().any(|was| was.reference == row.instruction.reference), "{style:?}: {row:?}");
        }
    }
}

#[test]
fn the_files_have_the_separator_the_decimal_mark_and_the_byte_order_mark_of_the_file_that_came() {
    let rows = unpaid_rows();
    let text = |read: ReadAs| String::from_utf8(retry_of(Style::as_received(Language::English, &read), &rows)).unwrap();
    let french = text(read_as(";", Some("comma"), "UTF-8", true));
    assert!(french.starts_with("\u{feff}reference;receiver;amount;"), "{french}");
    assert!(french.contains("PAY-2.r2;37007294;1250,50;"), "{french}");
    // No amount showed the mark: where cells are parted by semicolons, decimals are behind a comma.
    let whole = text(read_as(";", None, "UTF-8", false));
    assert!(whole.starts_with("reference;") && whole.contains(";1250,50;"), "{whole}");
    let tabs = text(read_as("\t", Some("point"), "Windows-1252", false));
    assert!(tabs.starts_with("\u{feff}reference\t") && tabs.contains("\t37007294\t1250.50\t"), "{tabs}");
    let quoted = text(read_as(",", Some("comma"), "UTF-8", false));
    assert!(quoted.contains("PAY-2.r2,37007294,\"1250,50\","), "{quoted}");
    // The report too.
    let folder = tempfile::tempdir().unwrap();
    let style = Style::as_received(Language::English, &read_as(";", Some("comma"), "UTF-8", true));
    write(folder.path(), ReportHead { style, ..head(&rows, 40) }, &rows).unwrap();
    let report = self::text(folder.path(), REPORT);
    assert!(report.starts_with("\u{feff}line;reference;receiver;"), "{report}");
    assert!(report.contains("\n2;PAY-2;37007294;Adélaïde Jean;1250,50;July;declined;no;"), "{report}");
}
