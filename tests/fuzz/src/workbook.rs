//! Promises about any workbook that is dropped: bytes that begin as an archive are taken as they are, others are the
//! XML of its parts, so that a fuzzer need not find out how to compress.
//!
//! Must never: pass over a row that nobody sees.

use super::batch::{Reading, hold_any, limits};
use super::outputs;
use std::io::{Cursor, Write};

/// An Excel workbook: behind this letter its sheet, its texts and its styles, a zero byte between them.
const EXCEL: u8 = b'X';
/// An OpenDocument: behind this letter its content.
const OPEN_DOCUMENT: u8 = b'O';

const WORKBOOK: &str = "<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" \
    xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\">\
    <sheets><sheet name=\"Paie\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>";
const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// Everything that is promised of it. Says whether it was taken.
pub fn hold(data: &[u8]) -> bool {
    let Some(bytes) = workbook(data) else { return false };
    let (reading, duplicates) = hold_any(&bytes);
    let Some(totals) = &reading.totals else { return false };
    let sum: i64 = reading.rows.iter().map(|row| row.instruction.amount.centimes()).sum();
    assert_eq!((totals.rows as usize, totals.amount.centimes()), (reading.rows.len(), sum), "the total is its rows");
    let mut before = 0;
    for row in &reading.rows {
        assert!(row.line > before, "rows come in the sheet's order");
        before = row.line;
        let amount = row.instruction.amount;
        assert!(amount >= limits().min_amount && amount <= limits().max_amount);
    }
    if data.first() == Some(&EXCEL) {
        look_for_hidden(data, &reading);
    }
    if duplicates == 0 {
        outputs::hold(&reading);
    }
    duplicates == 0
}

/// A row that is written `<row r="3" hidden="1">` is never paid. Where it stands behind the row before it, that is: in
/// a text, a style, a comment or a cell the same letters are no row.
fn look_for_hidden(data: &[u8], reading: &Reading) {
    let sheet = data[1..].split(|byte| *byte == 0).next().unwrap_or_default();
    let text = String::from_utf8_lossy(sheet);
    if text.contains("<!") {
        return;
    }
    for row in &reading.rows {
        for before in ["</row>", "<sheetData>"] {
            let hidden = format!("{before}<row r=\"{}\" hidden=\"1\"", row.line);
            assert!(!text.contains(&hidden), "{hidden}");
        }
    }
}

fn workbook(data: &[u8]) -> Option<Vec<u8>> {
    let (kind, rest) = data.split_first()?;
    match *kind {
        b'P' => Some(data.to_vec()),
        EXCEL => {
            let mut parts = rest.split(|byte| *byte == 0);
            let mut next = || parts.next().unwrap_or_default().to_vec();
            let (sheet, texts, styles) = (next(), next(), next());
            let relations = |all: &[(&str, &str, &str)]| {
                let one = |(id, kind, target): &(&str, &str, &str)| {
                    format!("<Relationship Id=\"{id}\" Type=\"{RELATIONS}/{kind}\" Target=\"{target}\"/>")
                };
                let all: String = all.iter().map(one).collect();
                format!(
                    "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">{all}</Relationships>"
                )
            };
            let book = [
                ("r1", "worksheet", "worksheets/sheet1.xml"),
                ("r2", "sharedStrings", "sharedStrings.xml"),
                ("r3", "styles", "styles.xml"),
            ];
            Some(archive(&[
                ("[Content_Types].xml", b"<Types/>".to_vec()),
                ("_rels/.rels", relations(&[("r1", "officeDocument", "xl/workbook.xml")]).into_bytes()),
                ("xl/workbook.xml", WORKBOOK.as_bytes().to_vec()),
                ("xl/_rels/workbook.xml.rels", relations(&book).into_bytes()),
                ("xl/worksheets/sheet1.xml", sheet),
                ("xl/sharedStrings.xml", texts),
                ("xl/styles.xml", styles),
            ]))
        }
        OPEN_DOCUMENT => Some(archive(&[
            ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet".to_vec()),
            ("content.xml", rest.to_vec()),
            ("META-INF/manifest.xml", b"<manifest/>".to_vec()),
        ])),
        _ => None,
    }
}

fn archive(parts: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, bytes) in parts {
        zip.start_file(*name, options).expect("memory");
        zip.write_all(bytes).expect("memory");
    }
    zip.finish().expect("memory").into_inner()
}
