//! Workbooks as Excel and LibreOffice write them, and as somebody may who means harm.
//!
//! Must never: read a workbook by the product's own writing; there is none.

mod bombs;
mod formulas;
mod seen;
mod shown;
mod unseen;

use super::*;
use crate::payout::aside::ZeroRows;
use crate::payout::money::Amount;
use crate::payroll::records::CellKind;
use crate::payroll::{Limits, Reader};
use sha2::Digest;
use std::io::Write;
use zip::write::SimpleFileOptions;

/// The texts that the sheets of [`excel`] share.
const TEXTS: [&str; 6] = ["reference", "receiver", "amount", "JUL-001", "Jean &amp; Fils", "JUL-002"];

fn archive(parts: &[(&str, String)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A workbook of sheets: name, state, and what stands around and in `sheetData`.
fn excel(sheets: &[(&str, &str, &str)]) -> Vec<u8> {
    let head = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
    let main = "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"";
    let (mut list, mut relations, mut parts) = (String::new(), String::new(), Vec::new());
    for (number, (name, state, data)) in (1..).zip(sheets) {
        list += &format!("<sheet name=\"{name}\" sheetId=\"{number}\" state=\"{state}\" r:id=\"rId{number}\"/>");
        relations += &format!(
            "<Relationship Id=\"rId{number}\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" \
             Target=\"worksheets/sheet{number}.xml\"/>"
        );
        parts.push((format!("xl/worksheets/sheet{number}.xml"), format!("{head}<worksheet {main}>{data}</worksheet>")));
    }
    let texts: String = TEXTS.iter().map(|text| format!("<si><t>{text}</t></si>")).collect();
    // Of cells: 1 is a date, 2 dollars, 3 a percentage, 4 gourdes, 5 money of whoever looks. Before them a list of others.
    let formats = "<numFmt numFmtId=\"164\" formatCode=\"_(&quot;$&quot;* #,##0.00_)\"/>\
                   <numFmt numFmtId=\"165\" formatCode=\"#,##0.00\\ [$HTG]\"/>";
    let of_cells: String = [0, 14, 164, 10, 165, 44].iter().map(|id| format!("<xf numFmtId=\"{id}\"/>")).collect();
    let styles = format!(
        "<numFmts>{formats}</numFmts><cellStyleXfs><xf numFmtId=\"164\"/></cellStyleXfs><cellXfs>{of_cells}</cellXfs>"
    );
    let office = "xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"";
    let root = "<Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"xl/workbook.xml\"/>";
    let package = "xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"";
    let mut all = vec![
        ("[Content_Types].xml", format!("{head}<Types/>")),
        ("_rels/.rels", format!("{head}<Relationships {package}>{root}</Relationships>")),
        ("xl/workbook.xml", format!("{head}<workbook {main} {office}><sheets>{list}</sheets></workbook>")),
        ("xl/_rels/workbook.xml.rels", format!("{head}<Relationships {package}>{relations}</Relationships>")),
        ("xl/styles.xml", format!("{head}<styleSheet {main}>{styles}</styleSheet>")),
        ("xl/sharedStrings.xml", format!("{head}<sst {main}>{texts}</sst>")),
    ];
    all.extend(parts.iter().map(|(name, text)| (name.as_str(), text.clone())));
    archive(&all)
}

const HEADER: &str = "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" t=\"s\"><v>1</v></c><c r=\"C1\" t=\"s\"><v>2</v></c></row>";

fn paie(rows: &str) -> Vec<u8> {
    excel(&[("Paie", "visible", &format!("<sheetData>{HEADER}{rows}</sheetData>"))])
}

/// An OpenDocument of sheets: name, and its rows.
fn open_document(sheets: &[(&str, &str)]) -> Vec<u8> {
    let tables: String = sheets
        .iter()
        .map(|(name, rows)| format!("<table:table table:name=\"{name}\"><table:table-column/>{rows}</table:table>"))
        .collect();
    let content = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<office:document-content xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
         xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\">\
         <office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    );
    archive(&[
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet".to_string()),
        (
            "META-INF/manifest.xml",
            "<manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\"/>".to_string(),
        ),
        ("content.xml", content),
    ])
}

fn text_cell(text: &str) -> String {
    format!("<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>")
}

fn number_cell(number: &str) -> String {
    format!(
        "<table:table-cell office:value-type=\"float\" office:value=\"{number}\"><text:p>shown otherwise</text:p></table:table-cell>"
    )
}

fn table_row(attributes: &str, cells: &[String]) -> String {
    format!("<table:table-row {attributes}>{}</table:table-row>", cells.concat())
}

/// Every row: its line, its cells, whether it is hidden.
fn rows(bytes: Vec<u8>, wanted: Option<&str>) -> Result<Vec<(u32, Vec<String>, bool)>, Code> {
    let mut sheet = Sheet::open(bytes, wanted).map_err(|problem| problem.code)?;
    let mut rows = Vec::new();
    while let Some(record) = sheet.read().map_err(|problem| problem.code)? {
        rows.push((record.line, record.cells().map(str::to_string).collect(), record.hidden));
    }
    Ok(rows)
}

fn row(line: u32, cells: &[&str]) -> (u32, Vec<String>, bool) {
    (line, cells.iter().map(|cell| cell.to_string()).collect(), false)
}

#[test]
fn a_sheet_is_read_by_what_is_stored_in_its_cells() {
    let read = rows(
        paie(
            "<row r=\"3\"><c r=\"A3\" t=\"s\"><v>3</v></c><c r=\"B3\"><v>50937001234</v></c><c r=\"C3\"><v>1250.5</v></c>\
             <c r=\"E3\" t=\"s\"><v>4</v></c></row>\
             <row r=\"4\"><c r=\"A4\" t=\"inlineStr\"><is><t>JUL-002</t></is></c><c r=\"B4\" t=\"str\"><f>B3&amp;\"\"</f><v>37001235</v></c>\
             <c r=\"C4\"><f>C3+0.2</f><v>1250.7000000000001</v></c><c r=\"D4\" t=\"b\"><v>1</v></c><c r=\"E4\" t=\"e\"><v>#N/A</v></c></row>\
             <row r=\"5\"><c r=\"A5\"/><c r=\"B5\"/></row>",
        ),
        None,
    );
    assert_eq!(
        read.unwrap(),
        [
            row(1, &["reference", "receiver", "amount"]),
            row(3, &["JUL-001", "50937001234", "1250.5", "", "Jean & Fils"]),
            row(4, &["JUL-002", "37001235", "1250.7", "TRUE", "#N/A"]),
        ]
    );
}

#[test]
fn a_date_is_known_as_one() {
    let bytes = paie("<row r=\"2\"><c r=\"A2\" s=\"1\"><v>46233</v></c><c r=\"B2\"><v>37001234</v></c></row>");
    let mut sheet = Sheet::open(bytes, None).unwrap();
    sheet.read().unwrap();
    let record = sheet.read().unwrap().unwrap();
    assert_eq!(record.cell(0), Some("2026-07-30"));
    assert_eq!([0, 1, 2].map(|place| record.kind(place)), [CellKind::Date, CellKind::Number, CellKind::Text]);
}

#[test]
fn a_row_that_nobody_sees_is_known_as_one() {
    for hidden in ["hidden=\"1\"", "hidden=\"true\"", "ht=\"0\" customHeight=\"1\"", "ht=\"0.00\""] {
        let read = rows(paie(&format!("<row r=\"2\" {hidden}><c r=\"A2\"><v>1</v></c></row>")), None).unwrap();
        assert!(read[1].2, "{hidden}");
    }
    for shown in ["hidden=\"0\"", "ht=\"15\" customHeight=\"1\"", ""] {
        let read = rows(paie(&format!("<row r=\"2\" {shown}><c r=\"A2\"><v>1</v></c></row>")), None).unwrap();
        assert!(!read[1].2, "{shown}");
    }
    let all = format!(
        "<sheetFormatPr zeroHeight=\"1\"/><sheetData>{HEADER}<row r=\"2\" hidden=\"0\"><c r=\"A2\"><v>1</v></c></row></sheetData>"
    );
    let read = rows(excel(&[("Paie", "visible", &all)]), None).unwrap();
    assert_eq!(read.iter().map(|row| row.2).collect::<Vec<_>>(), [true, false]);
    // Hidden and empty harms nobody.
    assert_eq!(rows(paie("<row r=\"2\" hidden=\"1\"><c r=\"A2\"/></row>"), None).unwrap().len(), 1);
}

#[test]
fn of_several_sheets_none_is_chosen() {
    let filled = format!("<sheetData>{HEADER}</sheetData>");
    let (empty, formatted) = ("<sheetData/>", "<sheetData><row r=\"1\"><c r=\"A1\" s=\"1\"/></row></sheetData>");
    let two = || excel(&[("Juin", "visible", &filled), ("Juillet", "visible", &filled)]);
    assert_eq!(rows(two(), None), Err(Code::SheetsSeveral));
    assert_eq!(rows(two(), Some("Juillet")).unwrap().len(), 1);
    assert_eq!(rows(two(), Some("Août")), Err(Code::SheetMissing));
    let beside_empty =
        excel(&[("Juin", "visible", &filled), ("Feuil2", "visible", empty), ("Feuil3", "visible", formatted)]);
    assert_eq!(rows(beside_empty, None).unwrap().len(), 1);
    assert_eq!(rows(excel(&[("Juin", "hidden", &filled)]), None), Err(Code::SheetHidden));
    assert_eq!(rows(excel(&[("Juin", "veryHidden", &filled)]), None), Err(Code::SheetHidden));
    assert_eq!(rows(excel(&[("Juin", "visible", empty)]), None), Err(Code::EmptyFile));
}

#[test]
fn an_open_document_is_read_alike() {
    let header = table_row("", &["reference", "receiver", "amount"].map(text_cell));
    let first = table_row("", &[text_cell("JUL-001"), number_cell("37001234"), number_cell("1250.5")]);
    let gap = table_row("table:number-rows-repeated=\"2\"", &["<table:table-cell/>".to_string()]);
    let second = table_row(
        "table:visibility=\"filter\"",
        &[
            text_cell("JUL-002"),
            "<table:table-cell table:number-columns-repeated=\"2\"/>".to_string(),
            "<table:table-cell office:value-type=\"date\" office:date-value=\"2026-07-30\"><text:p>30/07/26</text:p></table:table-cell>".to_string(),
        ],
    );
    let rest = table_row(
        "table:number-rows-repeated=\"1048570\"",
        &["<table:table-cell table:number-columns-repeated=\"16384\"/>".to_string()],
    );
    let all = [header, first, gap, second, rest].concat();
    let read = rows(open_document(&[("Paie", &all), ("Feuille2", "")]), None).unwrap();
    assert_eq!(read[..2], [row(1, &["reference", "receiver", "amount"]), row(2, &["JUL-001", "37001234", "1250.5"])]);
    assert_eq!(read[2], (5, ["JUL-002", "", "", "2026-07-30"].map(String::from).to_vec(), true));
    assert_eq!(read.len(), 3);
    assert_eq!(rows(open_document(&[("Paie", &all), ("Juin", &all)]), None), Err(Code::SheetsSeveral));
    assert_eq!(rows(open_document(&[("Paie", &all), ("Juin", &all)]), Some("Juin")).unwrap().len(), 3);
}

#[test]
fn rows_that_are_folded_away_are_hidden() {
    let seen = table_row("", &[text_cell("seen")]);
    let folded = format!("<table:table-row-group table:display=\"false\">{seen}</table:table-row-group>");
    let open = format!("<table:table-row-group>{seen}</table:table-row-group>");
    let read = rows(open_document(&[("Paie", &[seen, folded, open].concat())]), None).unwrap();
    assert_eq!(read.iter().map(|row| row.2).collect::<Vec<_>>(), [false, true, false]);
}

#[test]
fn what_unpacks_to_more_than_a_payroll_has_is_refused() {
    let wide =
        table_row("", &["<table:table-cell table:number-columns-repeated=\"16000\"/>".to_string(), text_cell("x")]);
    let repeated = table_row("table:number-rows-repeated=\"1000000\"", &[text_cell("x")]);
    let far = [
        table_row("", &[text_cell("x")]),
        table_row("table:number-rows-repeated=\"900000\"", &["<table:table-cell/>".to_string()]),
        wide.clone(),
    ]
    .concat();
    for rows_of in [wide.repeat(40), repeated, far] {
        assert_eq!(rows(open_document(&[("Paie", &rows_of)]), None), Err(Code::WorkbookTooLarge));
    }
    let parts = |name: &str, bytes: usize| {
        let padding = ("xl/workbook.xml", String::new());
        archive(&[padding, (name, " ".repeat(bytes))])
    };
    assert_eq!(rows(parts("xl/sharedStrings.xml", 9 << 20), None), Err(Code::WorkbookTooLarge));
    assert_eq!(rows(parts("xl/styles.xml", 5 << 20), None), Err(Code::WorkbookTooLarge));
    assert_eq!(rows(vec![0; LARGEST_FILE + 1], None), Err(Code::WorkbookTooLarge));
    let crowd: Vec<(String, String)> = (0..5_000).map(|n| (format!("xl/media/{n}"), String::new())).collect();
    let crowd: Vec<(&str, String)> = crowd.iter().map(|(name, text)| (name.as_str(), text.clone())).collect();
    assert_eq!(rows(archive(&crowd), None), Err(Code::WorkbookTooLarge));
    // One row of two megabytes: never held whole.
    let long = format!("<row r=\"2\"><c r=\"A2\" t=\"str\"><v>{}</v></c></row>", "x".repeat(2 << 20));
    assert_eq!(rows(paie(&long), None), Err(Code::WorkbookUnreadable));
    let long = format!("<row r=\"2\"><c r=\"A2\" t=\"str\"><v>{}</v></c></row>", "x".repeat(100_000));
    assert_eq!(rows(paie(&long), None), Err(Code::LineTooLong));
    let column = "<row r=\"2\"><c r=\"XFD2\"><v>1</v></c></row>";
    assert_eq!(rows(paie(column), None), Err(Code::TooManyColumns));
}

#[test]
fn a_workbook_that_can_be_read_in_two_ways_is_refused() {
    for harm in [
        // Rows and cells out of order, or twice.
        "<row r=\"3\"><c r=\"A3\"><v>1</v></c></row><row r=\"2\"><c r=\"A2\"><v>1</v></c></row>",
        "<row r=\"2\"><c r=\"A2\"><v>1</v></c></row><row r=\"2\"><c r=\"A2\"><v>2</v></c></row>",
        "<row r=\"2\"><c r=\"B2\"><v>1</v></c><c r=\"A2\"><v>2</v></c></row>",
        "<row r=\"2\"><c r=\"A2\"><v>1</v></c><c r=\"A2\"><v>2</v></c></row>",
        // A cell that says it stands in another row.
        "<row r=\"2\"><c r=\"A9\"><v>1</v></c></row>",
        "<row r=\"0\"><c r=\"A1\"><v>1</v></c></row>",
        "<row r=\"x\"><c r=\"A1\"><v>1</v></c></row>",
        // A cell outside of any row.
        "<c r=\"A7\"><v>1</v></c>",
    ] {
        assert_eq!(rows(paie(harm), None), Err(Code::WorkbookUnreadable), "{harm}");
    }
}

#[test]
fn a_damaged_workbook_is_refused_and_harms_nobody() {
    let whole = paie("<row r=\"2\"><c r=\"A2\" t=\"s\"><v>3</v></c></row>");
    assert_eq!(rows(archive(&[("readme.txt", "no workbook".to_string())]), None), Err(Code::WorkbookUnreadable));
    for length in (4..whole.len()).step_by(7) {
        assert!(rows(whole[..length].to_vec(), None).is_err(), "cut at {length}");
    }
    // A text that is not there, and a sheet that ends in the middle.
    for (place, harm) in
        ["<row r=\"2\"><c r=\"A2\" t=\"s\"><v>99</v></c></row>", "<row r=\"2\"><c r=\"A2\"><v>1</v>"].iter().enumerate()
    {
        let read = rows(paie(harm), None);
        assert!(read.is_err(), "{place}: {read:?}");
    }
    for place in 0..whole.len() {
        let mut flipped = whole.clone();
        flipped[place] ^= 0x10;
        // Whatever comes of it, it comes as a value.
        let _ = rows(flipped, None);
    }
}

#[test]
fn every_row_comes_once_whatever_their_number() {
    let many: String = (2..=2_000).map(|n| format!("<row r=\"{n}\"><c r=\"A{n}\"><v>{n}</v></c></row>")).collect();
    let read = rows(paie(&many), None).unwrap();
    assert_eq!(read.len(), 2_000);
    assert!(read[1..].iter().all(|(line, cells, _)| cells[0] == line.to_string()));
}

/// Reference, receiver, centimes.
type Paid = (String, String, i64);

/// What the reader of batch files makes of a workbook: who is paid what; or every
/// problem, by its line and code.
fn read_batch(bytes: &[u8]) -> Result<Vec<Paid>, Vec<(u32, Code)>> {
    let limits = Limits {
        max_amount: Amount::from_centimes(7_500_000),
        min_amount: Amount::from_centimes(100),
        max_batch_amount: None,
        zero: ZeroRows::Refuse,
    };
    let told = |problem: Problem| (problem.line, problem.code);
    let mut reader = Reader::open(bytes, &limits).map_err(|problem| vec![told(problem)])?;
    let (mut rows, mut problems) = (Vec::new(), Vec::new());
    for row in reader.by_ref() {
        match row {
            Ok(row) => {
                let order = row.instruction;
                rows.push((order.reference.as_str().to_string(), order.receiver.msisdn(), order.amount.centimes()));
            }
            Err(of_row) => problems.extend(of_row.into_iter().map(told)),
        }
    }
    match reader.finish() {
        Ok(totals) => {
            let hash: [u8; 32] = sha2::Sha256::digest(bytes).into();
            assert_eq!(totals.sha256, hash, "the hash is that of the file as it lies there");
            assert_eq!(totals.read_as.encoding, crate::payroll::Encoding::Workbook);
            Ok(rows)
        }
        Err(of_file) => {
            problems.extend(of_file.into_iter().map(told));
            Err(problems)
        }
    }
}

fn paid(line: u32, cells: &str) -> String {
    format!("<row r=\"{line}\">{cells}</row>")
}

#[test]
fn a_workbook_is_a_batch_file_like_any_other() {
    let first = "<c r=\"A2\" t=\"s\"><v>3</v></c><c r=\"B2\"><v>50937001234</v></c><c r=\"C2\"><v>1250.5</v></c>";
    let second =
        "<c r=\"A3\"><v>42</v></c><c r=\"B3\" t=\"str\"><v>3700 1235</v></c><c r=\"C3\"><v>1250.3000000000002</v></c>";
    let total = "<c r=\"A5\" t=\"str\"><v>TOTAL</v></c><c r=\"C5\"><v>2500.8</v></c>";
    let rows = [paid(2, first), paid(3, second)].concat();
    let expected = [("JUL-001", "50937001234", 125_050), ("42", "50937001235", 125_030)]
        .map(|(a, b, c)| (a.to_string(), b.to_string(), c));
    assert_eq!(read_batch(&paie(&rows)).unwrap(), expected);
    assert_eq!(read_batch(&paie(&[&rows, &paid(5, total)[..]].concat())).unwrap(), expected);
    let wrong = paid(5, &total.replace("2500.8", "2500.9"));
    assert_eq!(read_batch(&paie(&[rows, wrong].concat())), Err(vec![(5, Code::TotalDiffers)]));
}

#[test]
fn what_a_person_may_have_meant_otherwise_is_refused_in_a_workbook_too() {
    let good = "<c r=\"A2\" t=\"s\"><v>3</v></c><c r=\"B2\"><v>37001234</v></c><c r=\"C2\"><v>1250.5</v></c>";
    assert_eq!(read_batch(&paie(&paid(2, good))).unwrap().len(), 1);
    for (from, to, code) in [
        // A text is no number: which mark it has is not settled by cells that are numbers.
        ("<c r=\"C2\"><v>1250.5</v></c>", "<c r=\"C2\" t=\"str\"><v>1,500</v></c>", Code::AmountFormat),
        ("<c r=\"C2\"><v>1250.5</v></c>", "<c r=\"C2\" t=\"str\"><v>1.500</v></c>", Code::AmountTooPrecise),
        ("<v>1250.5</v>", "<v>1250.505</v>", Code::AmountTooPrecise),
        ("<v>1250.5</v>", "<v>-1250.5</v>", Code::AmountNotPositive),
        ("<c r=\"C2\">", "<c r=\"C2\" s=\"1\">", Code::DateFound),
        ("<c r=\"B2\">", "<c r=\"B2\" s=\"1\">", Code::DateFound),
        ("<c r=\"A2\" t=\"s\"><v>3</v>", "<c r=\"A2\" s=\"1\"><v>46233</v>", Code::DateFound),
        ("<c r=\"A2\" t=\"s\"><v>3</v>", "<c r=\"A2\"><v>5.0937001234E17</v>", Code::ScientificNotation),
        ("<c r=\"B2\">", "<c r=\"B2\" t=\"e\">", Code::SpreadsheetError),
        ("<v>1250.5</v>", "<f>D2*E2</f>", Code::FormulaStale),
        ("<v>37001234</v>", "", Code::ReceiverMissing),
    ] {
        let cells = good.replace(from, to);
        assert_ne!(cells, good, "{from}");
        let cells = if code == Code::SpreadsheetError { cells.replace("37001234", "#N/A") } else { cells };
        let found = read_batch(&paie(&paid(2, &cells)));
        assert_eq!(found.as_ref().map_err(|problems| problems[0]), Err((2, code)), "{to}");
    }
    // A text that proves its mark by itself is read by it.
    let comma = good.replace("<c r=\"C2\"><v>1250.5</v></c>", "<c r=\"C2\" t=\"str\"><v>1 250,50 HTG</v></c>");
    assert_eq!(read_batch(&paie(&paid(2, &comma))).unwrap()[0].2, 125_050);
}

#[test]
fn nobody_is_paid_from_a_row_that_nobody_sees() {
    let cells = "<c r=\"A2\" t=\"s\"><v>3</v></c><c r=\"B2\"><v>37001234</v></c><c r=\"C2\"><v>1250.5</v></c>";
    let seen = cells.replace("<v>3</v>", "<v>5</v>").replace('2', "3").replace("37001334", "37001234");
    let hidden = format!("<row r=\"2\" hidden=\"1\">{cells}</row>{}", paid(3, &seen));
    assert_eq!(read_batch(&paie(&hidden)), Err(vec![(2, Code::RowHidden)]));
    let header = HEADER.replace("<row ", "<row hidden=\"1\" ");
    let sheet = format!("<sheetData>{header}{}</sheetData>", paid(2, cells));
    assert_eq!(read_batch(&excel(&[("Paie", "visible", &sheet)])), Err(vec![(1, Code::RowHidden)]));
}
