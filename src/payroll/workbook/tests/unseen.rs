//! What a sheet stores and nobody sees, or sees as something else.

use super::*;

fn unit_cell(kind: &str, value: &str) -> String {
    format!("<table:table-cell {kind} office:value=\"{value}\"><text:p>x</text:p></table:table-cell>")
}

fn cells_of(cell: String) -> Vec<String> {
    let rows_of = table_row("", &[text_cell("A"), cell]);
    rows(open_document(&[("Paie", &rows_of)]), None).unwrap().remove(0).1
}

#[test]
fn a_number_that_is_stored_as_dollars_or_percent_is_no_plain_number() {
    let usd = "office:value-type=\"currency\" office:currency=\"USD\"";
    assert_eq!(cells_of(unit_cell(usd, "1250.5"))[1], "1250.5 USD");
    assert_eq!(cells_of(unit_cell("office:value-type=\"percentage\"", "0.125"))[1], "12.5%");
    for gourdes in ["office:value-type=\"currency\"", "office:value-type=\"currency\" office:currency=\"HTG\""] {
        assert_eq!(cells_of(unit_cell(gourdes, "1250.5"))[1], "1250.5");
    }
    // In a row that is written once and stands several times.
    let cell = unit_cell(&format!("table:number-columns-repeated=\"2\" {usd}"), "7");
    let rows_of = table_row("table:number-rows-repeated=\"2\"", &[text_cell("A"), cell, number_cell("8")]);
    for (_, cells, _) in rows(open_document(&[("Paie", &rows_of)]), None).unwrap() {
        assert_eq!(cells, ["A", "7 USD", "7 USD", "8"]);
    }
}

#[test]
fn a_number_that_is_shown_as_dollars_or_percent_is_no_plain_number() {
    let cells = |cell: &str| rows(paie(&format!("<row r=\"2\">{cell}</row>")), None).unwrap().remove(1).1;
    for (style, shown) in [(0, "1250.5"), (2, "1250.5 $"), (3, "125050%"), (4, "1250.5"), (5, "1250.5")] {
        assert_eq!(cells(&format!("<c r=\"A2\" s=\"{style}\"><v>1250.5</v></c>")), [shown], "{style}");
    }
    // Among others, cells that hold nothing too; and a text is a text, however it is to look.
    let mixed = "<c r=\"A2\" s=\"2\"/><c r=\"B2\" t=\"s\" s=\"2\"><v>3</v></c><c r=\"C2\"><v>7</v></c><c r=\"D2\" s=\"2\"><v>8</v></c>";
    assert_eq!(cells(mixed), ["", "JUL-001", "7", "8 $"]);
    // What one row has says nothing of the next.
    let two = "<row r=\"2\"><c r=\"A2\" s=\"2\"><v>1</v></c></row><row r=\"3\"><c r=\"A3\"><v>1</v></c></row>";
    assert_eq!(rows(paie(two), None).unwrap()[1..], [row(2, &["1 $"]), row(3, &["1"])]);
}

#[test]
fn what_lies_under_merged_cells_is_seen_by_nobody() {
    let covered = number_cell("777").replace("table:table-cell", "table:covered-table-cell");
    let empty = "<table:covered-table-cell/>".to_string();
    let all = [table_row("", &[text_cell("A"), covered]), table_row("", &[text_cell("B"), empty])].concat();
    let read = rows(open_document(&[("Paie", &all)]), None).unwrap();
    assert_eq!(read.iter().map(|(_, _, hidden)| *hidden).collect::<Vec<_>>(), [true, false]);
}

#[test]
fn a_row_of_no_height_is_hidden() {
    for (height, hidden) in [("0", true), ("0.5", true), ("0.99", true), ("1", false), ("15.75", false)] {
        let read = rows(paie(&format!("<row r=\"2\" ht=\"{height}\"><c r=\"A2\"><v>1</v></c></row>")), None).unwrap();
        assert_eq!(read[1].2, hidden, "{height}");
    }
    for (height, hidden) in [("0cm", true), ("0.02cm", true), ("0.00mm", true), ("0.452cm", false), ("4.52mm", false)] {
        let style = format!(
            "<style:style xmlns:style=\"s\" style:name=\"ro9\"><style:table-row-properties style:row-height=\"{height}\"/></style:style>"
        );
        let all = table_row("table:style-name=\"ro9\"", &[text_cell("A")]);
        let book = open_document(&[("Paie", &all)]);
        let read = rows(with_style(book, &style), None).unwrap();
        assert_eq!(read[0].2, hidden, "{height}");
    }
}

/// The same document with a style before its body.
pub(super) fn with_style(book: Vec<u8>, style: &str) -> Vec<u8> {
    let mut zip = zip::ZipArchive::new(Cursor::new(book)).unwrap();
    let mut read = |name: &'static str| {
        let mut text = String::new();
        std::io::Read::read_to_string(&mut zip.by_name(name).unwrap(), &mut text).unwrap();
        (name, text.replacen("<office:body>", &format!("{style}<office:body>"), 1))
    };
    archive(&["mimetype", "META-INF/manifest.xml", "content.xml"].map(&mut read))
}

#[test]
fn an_archive_with_two_parts_of_one_name_is_not_read() {
    let one = paie("<row r=\"2\"><c r=\"A2\"><v>6</v></c></row>");
    assert!(rows(one.clone(), None).is_ok());
    // Of two names of one length the second is made the first's, in the directory and where the part lies.
    let two =
        archive(&[("xl/workbook.xml", "<workbook/>".to_string()), ("xl/workbooz.xml", "<workbook/>".to_string())]);
    let text: Vec<u8> = replaced(&two, b"xl/workbooz.xml", b"xl/workbook.xml");
    assert_eq!(rows(text, None), Err(Code::WorkbookUnreadable));
}

fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let found: Vec<usize> = (0..bytes.len() - from.len()).filter(|at| bytes[*at..].starts_with(from)).collect();
    for at in found {
        bytes[at..at + to.len()].copy_from_slice(to);
    }
    bytes
}

/// Places among the first six columns that the header's record calls hidden.
fn hidden_columns(book: Vec<u8>) -> Vec<usize> {
    let mut sheet = Sheet::open(book, None).unwrap();
    let record = sheet.read().unwrap().unwrap();
    (0..6).filter(|place| record.is_hidden_column(*place)).collect()
}

#[test]
fn a_column_that_nobody_sees_is_known_as_one() {
    for (around, hidden) in [
        ("", &[][..]),
        (
            "<cols><col min=\"1\" max=\"2\" width=\"9.1\"/><col min=\"3\" max=\"4\" width=\"12\" hidden=\"1\"/></cols>",
            &[2, 3],
        ),
        ("<cols><col min=\"2\" max=\"2\" width=\"0\" customWidth=\"1\"/></cols>", &[1]),
        (
            "<cols><col min=\"2\" max=\"2\" outlineLevel=\"1\" hidden=\"true\"/><col min=\"3\" max=\"3\" collapsed=\"1\"/></cols>",
            &[1],
        ),
        ("<sheetFormatPr defaultColWidth=\"0\"/><cols><col min=\"2\" max=\"3\" width=\"9\"/></cols>", &[0, 3, 4, 5]),
        ("<sheetFormatPr defaultColWidth=\"0\"/>", &[0, 1, 2, 3, 4, 5]),
    ] {
        let sheet = format!("{around}<sheetData>{HEADER}</sheetData>");
        assert_eq!(hidden_columns(excel(&[("Paie", "visible", &sheet)])), hidden, "{around}");
    }
    let style = "<style:style xmlns:style=\"s\" style:name=\"co9\"><style:table-column-properties style:column-width=\"0cm\"/></style:style>";
    for (columns, hidden) in [
        ("<table:table-column table:number-columns-repeated=\"9\"/>", &[][..]),
        (
            "<table:table-column table:number-columns-repeated=\"2\"/><table:table-column table:visibility=\"collapse\" table:number-columns-repeated=\"2\"/>",
            &[2, 3],
        ),
        ("<table:table-column/><table:table-column table:visibility=\"filter\"/>", &[1]),
        (
            "<table:table-column-group table:display=\"false\"><table:table-column/></table:table-column-group><table:table-column/>",
            &[0],
        ),
        ("<table:table-column/><table:table-column table:style-name=\"co9\"/>", &[1]),
    ] {
        let rows_of = format!("{columns}{}", table_row("", &["reference", "receiver"].map(text_cell)));
        let book = with_style(open_document(&[("Paie", &rows_of)]), style);
        // The document has a column of its own before these.
        let hidden: Vec<usize> = hidden.iter().map(|place| place + 1).collect();
        assert_eq!(hidden_columns(book), hidden, "{columns}");
    }
}

#[test]
fn nobody_is_paid_from_a_column_that_nobody_sees() {
    let row = "<row r=\"2\"><c r=\"A2\" t=\"s\"><v>3</v></c><c r=\"B2\"><v>37001234</v></c><c r=\"C2\"><v>1250.5</v></c><c r=\"D2\"><v>7</v></c></row>";
    let header = HEADER.replace("</row>", "<c r=\"D1\" t=\"inlineStr\"><is><t>Brut</t></is></c></row>");
    for (column, hidden) in [(1, true), (2, true), (3, true), (4, false), (5, false)] {
        let sheet = format!(
            "<cols><col min=\"{column}\" max=\"{column}\" hidden=\"1\"/></cols><sheetData>{header}{row}</sheetData>"
        );
        let read = read_batch(&excel(&[("Paie", "visible", &sheet)]));
        assert_eq!(read.is_err(), hidden, "{column}: {read:?}");
        if hidden {
            assert_eq!(read, Err(vec![(1, Code::ColumnHidden)]));
        }
    }
}
