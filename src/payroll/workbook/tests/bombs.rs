//! Small workbooks out of which a library would make something large, or never come back.
//!
//! Must never: let one through to see. Each is refused before the library has it.

use super::*;
use std::io::Read;

/// The same workbook with a part's text changed.
fn changed(book: Vec<u8>, part: &str, from: &str, to: &str) -> Vec<u8> {
    let mut zip = zip::ZipArchive::new(Cursor::new(book)).unwrap();
    let names: Vec<String> = zip.file_names().map(|name| name.unwrap().into_owned()).collect();
    let mut parts = Vec::new();
    for name in &names {
        let mut text = String::new();
        zip.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        if name == part {
            assert!(text.contains(from), "{text}");
            text = text.replacen(from, to, 1);
        }
        parts.push((name.as_str(), text));
    }
    archive(&parts)
}

fn spread(cells: &[String]) -> Result<Vec<(u32, Vec<String>, bool)>, Code> {
    rows(open_document(&[("Paie", &table_row("", cells))]), None)
}

fn repeated(cell: &str, times: u32) -> String {
    cell.replacen("<table:table-cell", &format!("<table:table-cell table:number-columns-repeated=\"{times}\""), 1)
}

#[test]
fn a_text_that_stands_many_times_is_counted_each_time() {
    let long = text_cell(&"x".repeat(60_000));
    assert!(spread(&[repeated(&long, 1)]).is_ok());
    assert_eq!(spread(&[repeated(&long, 500)]), Err(Code::WorkbookTooLarge));
    let row_of = table_row("table:number-rows-repeated=\"1000\"", &[long]);
    assert_eq!(rows(open_document(&[("Paie", &row_of)]), None), Err(Code::WorkbookTooLarge));
    let formula = format!("<table:table-cell table:formula=\"of:={}\"/>", "1+".repeat(60_000));
    assert_eq!(spread(&[repeated(&formula, 400)]), Err(Code::WorkbookTooLarge));
}

#[test]
fn spaces_that_are_written_as_their_number_are_counted() {
    let spaces = |count: u64| text_cell(&format!("a<text:s text:c=\"{count}\"/>b"));
    assert_eq!(spread(&[spaces(3)]).unwrap()[0].1, ["a   b"]);
    assert_eq!(spread(&[spaces(2_000_000_000)]), Err(Code::WorkbookTooLarge));
    assert_eq!(spread(&[spaces(u64::MAX)]), Err(Code::WorkbookTooLarge));
    assert_eq!(spread(&[repeated(&spaces(100_000), 400)]), Err(Code::WorkbookTooLarge));
}

#[test]
fn cells_are_counted_whatever_they_are() {
    // A value without its type, and empty cells before another one: the library makes cells of them.
    let untyped = "<table:table-cell office:value=\"1\"/>";
    let empty = "<table:table-cell/>";
    let hundred = |cells: &[String]| table_row("", cells).repeat(100);
    for bomb in [
        hundred(&[repeated(untyped, 16_000)]),
        hundred(&[repeated(empty, 8_000), repeated(empty, 8_000), empty.to_string()]),
    ] {
        let some = table_row("", &[text_cell("x")]);
        assert_eq!(rows(open_document(&[("Paie", &(some + &bomb))]), None), Err(Code::WorkbookTooLarge));
    }
}

#[test]
fn an_element_that_never_ends_is_not_waited_for() {
    let book = || open_document(&[("Paie", &table_row("", &[text_cell("x")]))]);
    let end = "</table:table></office:spreadsheet></office:body></office:document-content>";
    for (from, to) in [
        (
            "<text:p>x</text:p></table:table-cell></table:table-row>",
            "<text:p>x</text:p><office:annotation></table:table-cell></table:table-row>",
        ),
        (end, "</table:table>"),
        (end, "<office:annotation>"),
        (end, ""),
        // In the library's eyes this comment holds all that follows, in others' a row.
        (
            "<text:p>x</text:p>",
            "<office:annotation><table:table-row></table:table-row></office:annotation><text:p>x</text:p>",
        ),
        ("<text:p>x</text:p>", "<table:table-cell/><text:p>x</text:p>"),
    ] {
        let harm = changed(book(), "content.xml", from, to);
        assert_eq!(rows(harm, None), Err(Code::WorkbookUnreadable), "{to}");
    }
    // A comment that ends is only a comment.
    let comment = "<text:p>x</text:p><office:annotation><text:p>y</text:p></office:annotation>";
    let read = rows(changed(book(), "content.xml", "<text:p>x</text:p>", comment), None).unwrap();
    assert_eq!(read[0].1, ["x"]);
}

#[test]
fn an_excel_workbook_is_not_believed_in_what_it_says_of_its_size() {
    let book = || paie("<row r=\"2\"><c r=\"A2\"><v>1</v></c></row>");
    for count in ["100000000000", "1000000", "99999999999999999999999", "-1"] {
        let texts = changed(book(), "xl/sharedStrings.xml", "<sst ", &format!("<sst uniqueCount=\"{count}\" "));
        assert_eq!(rows(texts, None), Err(Code::WorkbookTooLarge), "{count}");
    }
    let texts = changed(book(), "xl/sharedStrings.xml", "<sst ", "<sst count=\"9\" uniqueCount=\"6\" ");
    assert!(rows(texts, None).is_ok());
    // The library copies a font's name and a format for every style.
    let styles = "<xf numFmtId=\"164\"/>".repeat(50_000);
    let harmless = changed(book(), "xl/styles.xml", "<cellXfs>", &format!("<cellXfs>{styles}"));
    assert!(rows(harmless, None).is_ok());
    let long = format!("<numFmts><numFmt numFmtId=\"166\" formatCode=\"{}\"/>", "0".repeat(100_000));
    let harm = changed(book(), "xl/styles.xml", "<numFmts>", &long);
    let harm = changed(harm, "xl/styles.xml", "<cellXfs>", &format!("<cellXfs>{styles}"));
    assert_eq!(rows(harm, None), Err(Code::WorkbookTooLarge));
}

#[test]
fn what_the_library_reads_elsewhere_is_looked_at_there_or_not_read() {
    let book = || paie("<row r=\"2\"><c r=\"A2\"><v>1</v></c></row>");
    let elsewhere = changed(book(), "_rels/.rels", "Target=\"xl/workbook.xml\"", "Target=\"other/workbook.xml\"");
    assert_eq!(rows(elsewhere, None), Err(Code::WorkbookUnreadable));
    let absolute = changed(book(), "_rels/.rels", "Target=\"xl/workbook.xml\"", "Target=\"/xl/workbook.xml\"");
    assert!(rows(absolute, None).is_ok());
    // Colours are read, and nothing else of what is drawn.
    let part =
        |name: &str| archive(&[("xl/workbook.xml", String::new()), (name, format!("<a>{}</a>", " ".repeat(5 << 20)))]);
    assert_eq!(rows(part("xl/theme/theme1.xml"), None), Err(Code::WorkbookTooLarge));
    assert_ne!(rows(part("xl/drawings/drawing1.xml"), None), Err(Code::WorkbookTooLarge));
}

#[test]
fn empty_sheets_are_counted_together() {
    let empty = format!("<sheetData>{}</sheetData>", "<row/>".repeat(400_000));
    let filled = ("Paie", "visible", "<sheetData><row r=\"1\"><c r=\"A1\"><v>1</v></c></row></sheetData>");
    let names = ["Feuil1", "Feuil2", "Feuil3", "Feuil4"].map(|name| (name, "visible", empty.as_str()));
    assert!(rows(excel(&[names[0], names[1], filled]), None).is_ok());
    assert_eq!(rows(excel(&[names[0], names[1], names[2], names[3], filled]), None), Err(Code::WorkbookTooLarge));
}
