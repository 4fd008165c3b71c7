//! A payroll dropped as a workbook, by the real program.
//!
//! Must never: be written by the product's code; it writes no workbooks.

use super::house::{House, Simulator, hash_of};
use std::fs;
use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;

/// An OpenDocument with one sheet of people, `rows` of them; the row `hidden` is filtered out.
fn sheet(rows: u32, hidden: Option<u32>) -> Vec<u8> {
    let text = |text: &str| {
        format!("<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>")
    };
    let number = |number: &str| {
        format!(
            "<table:table-cell office:value-type=\"float\" office:value=\"{number}\"><text:p>…</text:p></table:table-cell>"
        )
    };
    let header = ["Référence", "Numéro MonCash", "Net à payer", "Nom et prénom"].map(text).concat();
    let mut table = format!("<table:table-row>{header}</table:table-row>");
    for n in 1..=rows {
        let cells = [
            text(&format!("ODS-{n}")),
            number(&format!("370{n:05}")),
            number(&format!("{}.5", 100 + n)),
            text(&format!("Mirlande Noël {n}")),
        ];
        let state = if hidden == Some(n) { " table:visibility=\"filter\"" } else { "" };
        table += &format!("<table:table-row{state}>{}</table:table-row>", cells.concat());
    }
    let content = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><office:document-content xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
         xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\">\
         <office:body><office:spreadsheet><table:table table:name=\"Paie\">{table}</table:table></office:spreadsheet></office:body>\
         </office:document-content>"
    );
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let manifest = "<manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\"/>";
    for (name, text) in [
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        ("META-INF/manifest.xml", manifest),
        ("content.xml", &content),
    ] {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn people_in_a_workbook_are_paid_once_and_one_that_nobody_sees_stops_all() {
    let simulator = Simulator::start(&[]);
    let house = House::build(&simulator, "");
    let drop = |name: &str, bytes: &[u8]| {
        fs::write(house.place("inbox").join(format!(".{name}")), bytes).unwrap();
        fs::rename(house.place("inbox").join(format!(".{name}")), house.place("inbox").join(name)).unwrap();
    };
    assert_eq!(house.once(), Some(0));

    drop("paie filtrée.ods", &sheet(20, Some(7)));
    assert_eq!(house.once(), Some(3), "rejected");
    let told = house.read("rejected", ".errors.csv");
    assert!(told.contains("\n8,,,row_hidden,"), "{told}");
    assert_eq!(simulator.debits().0, 0, "nobody is paid from it");

    let bytes = sheet(20, None);
    drop("paie.ods", &bytes);
    assert_eq!(house.once(), Some(0));
    drop("paie copie.ods", &bytes);
    assert_eq!(house.once(), Some(3), "the same file is known");
    assert_eq!(simulator.debits(), (20, 20, 0), "each person once, by the simulator's own count");

    let kept = house.named("accepted", ".ods");
    assert_eq!(kept, ["paie.B000001.ods"]);
    assert_eq!(hash_of(&fs::read(house.place("accepted").join(&kept[0])).unwrap()), hash_of(&bytes));
    let report = house.read("reports", ".report.csv");
    assert!(report.contains("2,ODS-1,50937000001,Mirlande Noël 1,101.50,"), "{report}");
    let summary = house.read("reports", ".summary.txt");
    assert!(summary.contains("Read from the cells of a workbook."), "{summary}");
}
