//! What is struck out in a sheet, or stands there without being seen.

use super::formulas::exchanged;
use super::unseen::with_style;
use super::*;

const ROW: &str = "<row r=\"2\"><c r=\"A2\" t=\"s\"><v>3</v></c><c r=\"B2\"><v>37001234</v></c><c r=\"C2\"><v>1250.5</v></c><c r=\"D2\" t=\"str\"><v>Marie</v></c></row>";

/// A payroll with names; of its styles, 6 and more are these: fonts, fills, and cells.
fn book(row: &str, fonts: &str, fills: &str, cells: &str) -> Vec<u8> {
    let header = HEADER.replace("</row>", "<c r=\"D1\" t=\"str\"><v>Nom</v></c></row>");
    let book = excel(&[("Paie", "visible", &format!("<sheetData>{header}{row}</sheetData>"))]);
    let lists = format!(
        "</numFmts><fonts><font/>{fonts}</fonts><fills><fill><patternFill patternType=\"none\"/></fill>{fills}</fills>"
    );
    let book = exchanged(book, "</numFmts>", &lists);
    exchanged(book, "</cellXfs>", &format!("{cells}</cellXfs><dxfs><dxf><font><strike/></font></dxf></dxfs>"))
}

#[test]
fn what_is_struck_out_or_has_the_colour_of_its_background_is_not_paid() {
    let solid = |colour: &str| {
        format!(
            "<fill><patternFill patternType=\"solid\"><fgColor {colour}/><bgColor indexed=\"64\"/></patternFill></fill>"
        )
    };
    let font = |colour: &str| format!("<font><sz val=\"11\"/><color {colour}/></font>");
    for (fonts, fills, style, refused) in [
        ("<font><strike/></font>".to_string(), String::new(), "fontId=\"1\"", true),
        ("<font><strike val=\"0\"/></font>".to_string(), String::new(), "fontId=\"1\"", false),
        (font("rgb=\"FFFFFFFF\""), String::new(), "fontId=\"1\"", true),
        (font("theme=\"0\""), String::new(), "fontId=\"1\"", true),
        (font("indexed=\"9\""), String::new(), "fontId=\"1\"", true),
        (font("theme=\"0\" tint=\"-0.5\""), String::new(), "fontId=\"1\"", false),
        (font("rgb=\"FFFF0000\""), String::new(), "fontId=\"1\"", false),
        (font("theme=\"1\""), String::new(), "fontId=\"1\"", false),
        (font("rgb=\"FFFFFF00\""), solid("rgb=\"FFFFFF00\""), "fontId=\"1\" fillId=\"1\"", true),
        (font("rgb=\"FFFFFFFF\""), solid("rgb=\"FF000080\""), "fontId=\"1\" fillId=\"1\"", false),
        (font("theme=\"4\" tint=\"0.4\""), solid("theme=\"4\" tint=\"0.4\""), "fontId=\"1\" fillId=\"1\"", true),
        (font("theme=\"4\" tint=\"0.4\""), solid("theme=\"4\" tint=\"0.6\""), "fontId=\"1\" fillId=\"1\"", false),
        (font("theme=\"1\""), solid("rgb=\"FF000000\""), "fontId=\"1\" fillId=\"1\"", true),
        (String::new(), solid("indexed=\"8\""), "fillId=\"1\"", true),
        (
            font("rgb=\"FFFFFFFF\""),
            "<fill><patternFill patternType=\"gray125\"/></fill>".to_string(),
            "fontId=\"1\" fillId=\"1\"",
            false,
        ),
    ] {
        let styles = format!("<xf numFmtId=\"0\" {style}/>");
        for column in ["A2", "B2", "C2", "D2"] {
            let row = ROW.replace(&format!("r=\"{column}\""), &format!("r=\"{column}\" s=\"6\""));
            let read = read_batch(&book(&row, &fonts, &fills, &styles)).map(|paid| paid.len());
            let expected = if refused { Err(vec![(2, Code::CellNotSeen)]) } else { Ok(1) };
            assert_eq!(read, expected, "{column} {style} {fonts} {fills}");
        }
    }
}

#[test]
fn a_format_that_shows_nothing_pays_nothing() {
    for (format, refused) in
        [(";;;", [true, true]), ("0.00;;;", [false, true]), ("[White]0.00", [true, true]), ("0.00", [false, false])]
    {
        for (column, refused) in ["C2", "D2"].into_iter().zip(refused) {
            let row = ROW.replace(&format!("r=\"{column}\""), &format!("r=\"{column}\" s=\"6\""));
            let book = book(&row, "", "", "<xf numFmtId=\"200\" fontId=\"0\" fillId=\"0\"/>");
            let book =
                exchanged(book, "</numFmts>", &format!("<numFmt numFmtId=\"200\" formatCode=\"{format}\"/></numFmts>"));
            assert_eq!(read_batch(&book).is_err(), refused, "{format} {column}");
        }
    }
}

#[test]
fn a_text_that_is_struck_out_letter_by_letter_is_not_paid() {
    let struck = "<r><rPr><strike/></rPr><t>JUL</t></r><r><rPr><b/><strike/></rPr><t>-001</t></r>";
    let half = "<r><t>JUL</t></r><r><rPr><strike/></rPr><t>-001</t></r>";
    for (runs, refused) in
        [(struck, true), (half, false), ("<r><rPr><strike val=\"0\"/></rPr><t>JUL-001</t></r>", false)]
    {
        let shared = exchanged(book(ROW, "", "", ""), "<t>JUL-001</t>", runs);
        assert_eq!(read_batch(&shared).is_err(), refused, "{runs}");
        let inline = ROW
            .replace("<c r=\"A2\" t=\"s\"><v>3</v></c>", &format!("<c r=\"A2\" t=\"inlineStr\"><is>{runs}</is></c>"));
        assert_eq!(read_batch(&book(&inline, "", "", "")).is_err(), refused, "{runs}");
        // Another text that is struck out harms nobody.
        let other = exchanged(book(ROW, "", "", ""), "<t>JUL-002</t>", runs);
        assert_eq!(read_batch(&other).map(|paid| paid.len()), Ok(1));
    }
}

#[test]
fn conditional_formats_are_told() {
    let limits = Limits {
        max_amount: Amount::MAX,
        min_amount: Amount::from_centimes(1),
        max_batch_amount: None,
        zero: crate::payout::aside::ZeroRows::Refuse,
    };
    let told = |book: Vec<u8>| Reader::open(&book[..], &limits).unwrap().finish().unwrap().conditional_formats;
    assert!(!told(book(ROW, "", "", "")));
    assert!(told(exchanged(
        book(ROW, "", "", ""),
        "</sheetData>",
        "</sheetData><conditionalFormatting sqref=\"C2\"/>"
    )));
    let header = table_row("", &["reference", "receiver", "amount"].map(text_cell));
    let row = table_row("", &[text_cell("R-1"), text_cell("37001234"), number_cell("1250")]);
    let plain = || open_document(&[("Paie", &[header.as_str(), &row].concat())]);
    assert!(!told(plain()));
    assert!(told(exchanged(
        plain(),
        "</table:table>",
        "<c:conditional-formats xmlns:c=\"c\"><calcext:conditional-format/></c:conditional-formats></table:table>"
    )));
}

#[test]
fn an_open_document_pays_nothing_that_nobody_sees() {
    let spaces = "xmlns:style=\"s\" xmlns:number=\"n\" xmlns:fo=\"f\"";
    let header = table_row("", &["reference", "receiver", "amount", "Nom"].map(text_cell));
    let cells = || [text_cell("R-1"), text_cell("37001234"), number_cell("1250"), text_cell("Marie")];
    let read = |styles: &str, place: usize| {
        let mut cells = cells();
        cells[place] = cells[place].replacen("<table:table-cell ", "<table:table-cell table:style-name=\"ce1\" ", 1);
        let book = open_document(&[("Paie", &[header.clone(), table_row("", &cells)].concat())]);
        read_batch(&with_style(book, &format!("<office:automatic-styles {spaces}>{styles}</office:automatic-styles>")))
            .map(|paid| paid.len())
    };
    let style = |properties: &str| {
        format!(
            "<style:style style:name=\"ce1\" style:family=\"table-cell\" style:data-style-name=\"N9\">{properties}</style:style>"
        )
    };
    for (styles, refused) in [
        (style("<style:text-properties style:text-line-through-style=\"solid\"/>"), true),
        (style("<style:text-properties style:text-line-through-style=\"none\"/>"), false),
        (style("<style:text-properties fo:color=\"#FFFFFF\"/>"), true),
        (style("<style:text-properties fo:color=\"#ff0000\"/>"), false),
        (style("<style:table-cell-properties fo:background-color=\"#ffff00\"/><style:text-properties fo:color=\"#ffff00\"/>"), true),
        (style("<style:table-cell-properties fo:background-color=\"#000080\"/><style:text-properties fo:color=\"#ffffff\"/>"), false),
        (style("<style:table-cell-properties fo:background-color=\"#000000\"/>"), false),
        (
            "<style:style style:name=\"P\" style:family=\"table-cell\"><style:text-properties style:text-line-through-style=\"solid\"/></style:style>\
             <style:style style:name=\"ce1\" style:family=\"table-cell\" style:parent-style-name=\"P\"/>".to_string(),
            true,
        ),
    ] {
        for place in 0..4 {
            let expected = if refused { Err(vec![(2, Code::CellNotSeen)]) } else { Ok(1) };
            assert_eq!(read(&styles, place), expected, "{place} {styles}");
        }
    }
    // Formats that show nothing: of numbers, and of texts.
    let nothing = "<number:number-style style:name=\"N9P0\"/><number:number-style style:name=\"N9P1\"/><number:number-style style:name=\"N9P2\"/>\
                   <number:text-style style:name=\"N9\"><style:map style:condition=\"value()&gt;0\" style:apply-style-name=\"N9P0\"/>\
                   <style:map style:condition=\"value()&lt;0\" style:apply-style-name=\"N9P1\"/></number:text-style>";
    let both = format!("{nothing}{}", style(""));
    let numbers = format!(
        "{}{}",
        nothing.replace(
            "<style:map style:condition=\"value()&gt;0\"",
            "<number:text-content/><style:map style:condition=\"value()&gt;0\""
        ),
        style("")
    );
    assert_eq!([2, 3].map(|place| read(&both, place).is_err()), [true, true]);
    assert_eq!([2, 3].map(|place| read(&numbers, place).is_err()), [true, false]);
    // Letters that are struck out.
    let letters = "<style:style style:name=\"T1\" style:family=\"text\"><style:text-properties style:text-line-through-style=\"solid\"/></style:style>";
    for (text, refused) in [
        ("<text:span text:style-name=\"T1\">R-1</text:span>", true),
        ("<text:span text:style-name=\"T1\">R</text:span>-1", false),
        ("<text:span text:style-name=\"T2\">R-1</text:span>", false),
    ] {
        let row = table_row("", &cells()).replace("<text:p>R-1</text:p>", &format!("<text:p>{text}</text:p>"));
        let book = open_document(&[("Paie", &[header.clone(), row].concat())]);
        let book = with_style(book, &format!("<office:automatic-styles {spaces}>{letters}</office:automatic-styles>"));
        assert_eq!(read_batch(&book).is_err(), refused, "{text}");
    }
}

#[test]
fn what_stands_beside_the_table_is_named_by_its_cell() {
    let limits = Limits {
        max_amount: Amount::MAX,
        min_amount: Amount::from_centimes(1),
        max_batch_amount: None,
        zero: crate::payout::aside::ZeroRows::Refuse,
    };
    let told = |book: Vec<u8>| {
        let problems: Vec<Problem> =
            Reader::open(&book[..], &limits).unwrap().flat_map(|row| row.err().unwrap_or_default()).collect();
        problems.into_iter().map(|problem| (problem.code, problem.problem.to_string())).collect::<Vec<_>>()
    };
    let beside = |cells: &str| book(&ROW.replace("</row>", &format!("{cells}</row>")), "", "", "");
    let cell = |name: &str| format!("<c r=\"{name}2\" t=\"str\"><v>a signé</v></c>");
    for (cells, named) in
        [(vec!["G"], "G2,"), (vec!["E", "H"], "E2, H2,"), (vec!["F", "G", "H", "AA"], "F2, G2, H2, …,")]
    {
        let found = told(beside(&cells.into_iter().map(cell).collect::<String>()));
        assert_eq!((found.len(), found[0].0), (1, Code::CellsExtra));
        assert!(found[0].1.contains(named) && found[0].1.contains("(D)"), "{found:?}");
        assert!(!found[0].1.contains("delimiter") && !found[0].1.contains("comma"), "{found:?}");
    }
    assert_eq!(told(beside("<c r=\"G2\" t=\"str\"><v> </v></c><c r=\"H2\"><f>C2</f></c>")), [], "nothing stands there");
    let gap = exchanged(
        beside(&cell("E")),
        "<c r=\"D1\" t=\"str\"><v>Nom</v></c></row>",
        "<c r=\"D1\" t=\"str\"><v>Nom</v></c><c r=\"F1\" t=\"str\"><v>Date</v></c></row>",
    );
    let found = told(gap);
    assert_eq!((found.len(), found[0].0), (1, Code::ColumnUnnamed));
    assert!(found[0].1.contains("E2"), "{found:?}");
}
