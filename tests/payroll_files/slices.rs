//! The largest workbooks that are read, step by step: between two steps the daemon pays. Prints how long the
//! longest step took; timing decides nothing here, how many steps there are does.
//!
//! Must never: fail because the machine is slow.

use super::limits;
use payoutd::intake::examine::{Examination, Rules, Step, Verdict};
use payoutd::intake::terms::FileRules;
use payoutd::payout::moment::Wall;
use payoutd::payroll::ColumnNames;
use std::fmt::Write as _;
use std::io::{Seek, Write};
use std::time::{Duration, Instant};

fn archive(parts: &[(&str, String)]) -> std::fs::File {
    let mut zip = zip::ZipWriter::new(tempfile::tempfile().unwrap());
    for (name, text) in parts {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap()
}

/// An Excel workbook of so many rows, nearly 8 MiB of texts in it, all different.
fn excel(rows: usize) -> std::fs::File {
    let (mut texts, mut sheet) = (String::new(), String::new());
    for text in ["reference", "receiver", "amount", "name"] {
        write!(texts, "<si><t>{text}</t></si>").unwrap();
    }
    let cell = |column: char, row: usize, text: usize| format!("<c r=\"{column}{row}\" t=\"s\"><v>{text}</v></c>");
    write!(sheet, "<row r=\"1\">").unwrap();
    for (text, column) in "ABCD".chars().enumerate() {
        sheet.push_str(&cell(column, 1, text));
    }
    sheet.push_str("</row>");
    let filler = "é".repeat((7_900_000 / rows).saturating_sub(80) / 2);
    for n in 0..rows {
        let row = n + 2;
        write!(texts, "<si><t>R-{n}</t></si><si><t>{n} {filler}</t></si>").unwrap();
        let (reference, name) = (cell('A', row, 4 + 2 * n), cell('D', row, 5 + 2 * n));
        let numbers = format!("<c r=\"B{row}\"><v>37007294</v></c><c r=\"C{row}\"><v>{}.25</v></c>", 50 + n % 100);
        write!(sheet, "<row r=\"{row}\">{reference}{numbers}{name}</row>").unwrap();
    }
    excel_of(texts, sheet)
}

/// An Excel workbook of these texts and these rows.
fn excel_of(texts: String, sheet: String) -> std::fs::File {
    let head = "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"";
    let relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    archive(&[
        (
            "[Content_Types].xml",
            "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>".to_string(),
        ),
        (
            "_rels/.rels",
            format!(
                "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
                 <Relationship Id=\"r1\" Type=\"{relation}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/workbook.xml",
            format!(
                "<workbook {head} xmlns:r=\"{relation}\"><sheets><sheet name=\"Paie\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
                 <Relationship Id=\"r1\" Type=\"{relation}/worksheet\" Target=\"worksheets/sheet1.xml\"/>\
                 <Relationship Id=\"r2\" Type=\"{relation}/sharedStrings\" Target=\"sharedStrings.xml\"/></Relationships>"
            ),
        ),
        ("xl/sharedStrings.xml", format!("<sst {head}>{texts}</sst>")),
        ("xl/worksheets/sheet1.xml", format!("<worksheet {head}><sheetData>{sheet}</sheetData></worksheet>")),
    ])
}

/// An OpenDocument of so many rows.
fn open_document(rows: usize) -> std::fs::File {
    let text = |text: &str| {
        format!(
            "<table:table-cell office:value-type=\"string\" calcext:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>"
        )
    };
    let number = |number: &str| {
        format!(
            "<table:table-cell office:value-type=\"float\" office:value=\"{number}\" calcext:value-type=\"float\"><text:p>{number}</text:p></table:table-cell>"
        )
    };
    let row =
        |cells: [String; 4]| format!("<table:table-row table:style-name=\"ro1\">{}</table:table-row>", cells.concat());
    let mut table = row(["reference", "receiver", "amount", "name"].map(text));
    for n in 0..rows {
        let amount = format!("{}.25", 50 + n % 100);
        table.push_str(&row([text(&format!("R-{n}")), number("37007294"), number(&amount), text("Thérèse Noël")]));
    }
    let space = |name: &str| format!("xmlns:{name}=\"urn:oasis:names:tc:opendocument:xmlns:{name}:1.0\"");
    let spaces = ["office", "table", "text", "style"].map(space).join(" ");
    archive(&[
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet".to_string()),
        (
            "content.xml",
            format!(
                "<office:document-content {spaces} xmlns:calcext=\"urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0\">\
                 <office:body><office:spreadsheet><table:table table:name=\"Paie\">{table}</table:table></office:spreadsheet></office:body>\
                 </office:document-content>"
            ),
        ),
        (
            "META-INF/manifest.xml",
            "<manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\"/>".to_string(),
        ),
    ])
}

/// How many steps it takes, the longest of them, and how many rows are good.
fn steps(file: std::fs::File) -> (usize, Duration, u32) {
    let rules = FileRules { limits: limits(), columns: ColumnNames::default() };
    let guards = payoutd::intake::guards::GuardSettings::off();
    let about = Rules { file: rules, paid_already_within: None, guards, now: Wall(0), seed: 3 };
    let mut began = Instant::now();
    let mut examination = Examination::begin(file, about).unwrap();
    let (mut steps, mut longest) = (1, began.elapsed());
    println!("begin {longest:?}");
    loop {
        began = Instant::now();
        let mut problems = Vec::new();
        let step = examination.slice(None, &mut |problem| {
            problems.push(problem.to_string());
            Ok(())
        });
        let took = began.elapsed();
        if took > longest {
            println!("step {steps} {took:?}");
        }
        longest = longest.max(took);
        steps += 1;
        match step.unwrap() {
            Step::More => {}
            Step::Done(Verdict::Good(good)) => return (steps, longest, good.totals.rows),
            Step::Done(Verdict::Bad(_)) => panic!("{problems:?}"),
        }
    }
}

#[test]
fn a_workbook_that_would_keep_the_loop_long_before_its_first_row_is_refused() {
    let codes = |mut file: std::fs::File| {
        file.rewind().unwrap();
        let rules = FileRules { limits: limits(), columns: ColumnNames::default() };
        rules.open::<std::fs::File>(file, None).err().map(|problem| problem.code.as_str())
    };
    assert_eq!(codes(open_document(30_000)), Some("workbook_too_large"));
    // Formatted to the last row and beyond, and nothing in it.
    let empty = |rows: u32| {
        let sheet: String = (0..rows).map(|_| "<row><c/></row>".to_string()).collect();
        excel_of(String::new(), sheet)
    };
    assert_eq!(codes(empty(700_000)), Some("workbook_too_large"));
    assert_eq!(codes(empty(500_000)), Some("empty_file"));
}

#[test]
fn the_largest_workbooks_are_read_in_many_short_steps() {
    for (name, rows, file) in [("xlsx", 60_000, excel(60_000)), ("ods", 21_000, open_document(21_000))] {
        let (steps, longest, good) = steps(file);
        println!("{name}: {good} rows in {steps} steps, the longest {longest:?}");
        assert_eq!(good as usize, rows);
        assert!(steps > rows / 2_000, "{steps}");
    }
}
