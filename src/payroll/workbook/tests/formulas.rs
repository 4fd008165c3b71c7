//! Results of formulas that are missing or old.

use super::*;

/// The same workbook with a text exchanged in its parts.
pub(super) fn exchanged(book: Vec<u8>, from: &str, to: &str) -> Vec<u8> {
    let mut zip = zip::ZipArchive::new(Cursor::new(book)).unwrap();
    let names: Vec<String> = zip.file_names().map(|name| name.unwrap().into_owned()).collect();
    let mut parts = Vec::new();
    for name in &names {
        let mut text = String::new();
        std::io::Read::read_to_string(&mut zip.by_name(name).unwrap(), &mut text).unwrap();
        parts.push((name.as_str(), text.replace(from, to)));
    }
    archive(&parts)
}

/// Two people, whose amounts stand in C and what they are made of in D and E; and a TOTAL.
fn sheet(amounts: [&str; 2], total: &str) -> Vec<u8> {
    let header =
        HEADER.replace("</row>", "<c r=\"D1\" t=\"str\"><v>Brut</v></c><c r=\"E1\" t=\"str\"><v>Retenue</v></c></row>");
    let person = |line: u32, amount: &str| {
        format!(
            "<row r=\"{line}\"><c r=\"A{line}\" t=\"str\"><v>R-{line}</v></c><c r=\"B{line}\"><v>3700123{line}</v></c>\
             <c r=\"C{line}\">{amount}</c><c r=\"D{line}\"><v>10000</v></c><c r=\"E{line}\"><v>600</v></c></row>"
        )
    };
    let total = format!("<row r=\"4\"><c r=\"A4\" t=\"str\"><v>TOTAL</v></c><c r=\"C4\">{total}</c></row>");
    let rows = format!("{}{}{total}", person(2, amounts[0]), person(3, amounts[1]));
    excel(&[("Paie", "visible", &format!("<sheetData>{header}{rows}</sheetData>"))])
}

const RIGHT: [&str; 2] = ["<f>D2-E2</f><v>9400</v>", "<f>D3-E3</f><v>9400</v>"];
const TOTAL: &str = "<f>SUM(C2:C3)</f><v>18800</v>";

fn stale(line: u32) -> Result<Vec<Paid>, Vec<(u32, Code)>> {
    Err(vec![(line, Code::FormulaStale)])
}

#[test]
fn a_result_that_the_formula_does_not_give_is_refused() {
    assert_eq!(read_batch(&sheet(RIGHT, TOTAL)).unwrap().len(), 2);
    for old in [
        "<f>D3-E3</f><v>9000</v>",
        "<f>D3-E3</f><v>9400.01</v>",
        "<f>ROUND(D3*0.94,2)</f><v>9000</v>",
        "<f>SUM(D3,-E3)</f><v>9000</v>",
        "<f>+D3*(1-6%)</f><v>9000</v>",
        "<f>C2-1</f><v>9400</v>",
    ] {
        assert_eq!(read_batch(&sheet([RIGHT[0], old], "<v>18800</v>")), stale(3), "{old}");
    }
    for fresh in [
        "<f>D3-E3</f><v>9400.0000000000018</v>",
        "<f>ROUND(D3*0.94,2)</f><v>9400</v>",
        "<f>VLOOKUP(A3,Paie!A:E,5)</f><v>9400</v>",
        "<f>C9</f><v>9400</v>",
        "<f t=\"array\" ref=\"C3\">D3-1</f><v>9400</v>",
        "<v>9000</v>",
    ] {
        let total = if fresh == "<v>9000</v>" { "<v>18400</v>" } else { TOTAL };
        assert_eq!(read_batch(&sheet([RIGHT[0], fresh], total)).map(|paid| paid.len()), Ok(2), "{fresh}");
    }
    // The TOTAL is read, too; a formula that is not read harms nobody.
    assert_eq!(read_batch(&sheet(RIGHT, "<f>SUM(C2:C3)</f><v>18000</v>")), stale(4));
    let beside = exchanged(
        sheet(RIGHT, TOTAL),
        "<c r=\"E2\"><v>600</v></c>",
        "<c r=\"E2\"><f>D2*6%</f><v>600</v></c><c r=\"G2\"/>",
    );
    assert_eq!(read_batch(&beside).unwrap().len(), 2);
}

#[test]
fn a_formula_that_is_written_once_is_worked_out_in_each_cell() {
    let shared = |stored: &str| {
        let first = "<f t=\"shared\" ref=\"C2:C3\" si=\"0\">D2-$E$2</f><v>9400</v>";
        let second = format!("<f t=\"shared\" si=\"0\"/><v>{stored}</v>");
        exchanged(sheet([first, &second], "<v>18800</v>"), "<c r=\"D3\"><v>10000</v>", "<c r=\"D3\"><v>10000.00</v>")
    };
    assert_eq!(read_batch(&shared("9400")).unwrap().len(), 2);
    assert_eq!(read_batch(&shared("9401")), Err(vec![(3, Code::FormulaStale)]));
}

#[test]
fn a_result_through_other_old_results_is_refused() {
    let chain = exchanged(
        sheet(["<f>ROUND(E2,2)</f><v>600</v>", RIGHT[1]], "<v>10000</v>"),
        "<c r=\"E2\"><v>600</v></c>",
        "<c r=\"E2\"><f>D2*9%</f><v>600</v></c>",
    );
    assert_eq!(read_batch(&chain), stale(2));
}

#[test]
fn a_result_that_was_never_stored_is_refused() {
    for missing in ["<f>D2-E2</f>", "<f>D2-E2</f><v></v>", "<f>VLOOKUP(A2,X,2)</f><v/>"] {
        assert_eq!(read_batch(&sheet([missing, RIGHT[1]], "<v>18800</v>")), stale(2), "{missing}");
    }
    let empty = sheet(RIGHT, TOTAL);
    let empty =
        exchanged(empty, "<c r=\"C2\"><f>D2-E2</f><v>9400</v>", "<c r=\"C2\" t=\"str\"><f>IF(1,\"\",1)</f><v></v>");
    assert_eq!(read_batch(&empty).unwrap_err()[0], (2, Code::AmountMissing), "an empty text is a result");
}

#[test]
fn a_workbook_that_asks_to_be_calculated_is_refused_where_formulas_are_read() {
    for (words, asks) in [
        ("fullCalcOnLoad=\"1\"", true),
        ("calcMode=\"manual\" calcCompleted=\"0\"", true),
        ("calcMode=\"manual\" forceFullCalc=\"1\"", true),
        ("calcMode=\"manual\"", false),
        ("calcId=\"191029\" fullCalcOnLoad=\"0\"", false),
        ("calcCompleted=\"0\"", false),
    ] {
        let asking = |book| exchanged(book, "</sheets>", &format!("</sheets><calcPr {words}/>"));
        let read = read_batch(&asking(sheet(RIGHT, TOTAL)));
        let refused = Err([2, 3, 4].map(|line| (line, Code::FormulaStale)).to_vec());
        assert_eq!(read.map(|paid| paid.len()), if asks { refused } else { Ok(2) }, "{words}");
        let plain = asking(sheet(["<v>9400</v>", "<v>9400</v>"], "<v>18800</v>"));
        assert_eq!(read_batch(&plain).unwrap().len(), 2, "{words}");
    }
    // Calculated with what cells show: other results are right then.
    let shown = exchanged(
        sheet(["<f>D2*1.001</f><v>10000</v>", RIGHT[1]], "<v>19400</v>"),
        "</sheets>",
        "</sheets><calcPr fullPrecision=\"0\"/>",
    );
    assert_eq!(read_batch(&shown).unwrap().len(), 2);
}

#[test]
fn wallets_and_references_of_formulas_are_held_to_them() {
    for (from, to, expected) in [
        ("<c r=\"B2\"><v>37001232</v>", "<c r=\"B2\"><f>37001200+32</f><v>37001232</v>", None),
        ("<c r=\"B2\"><v>37001232</v>", "<c r=\"B2\"><f>37001200+33</f><v>37001232</v>", Some(2)),
        ("<c r=\"A3\" t=\"str\"><v>R-3</v>", "<c r=\"A3\"><f>6+1</f><v>7</v>", None),
        ("<c r=\"A3\" t=\"str\"><v>R-3</v>", "<c r=\"A3\"><f>6+2</f><v>7</v>", Some(3)),
        ("<c r=\"A3\" t=\"str\"><v>R-3</v>", "<c r=\"A3\" t=\"str\"><f>\"R\"&amp;1</f>", Some(3)),
    ] {
        let read = read_batch(&exchanged(sheet(RIGHT, TOTAL), from, to));
        assert_eq!(read.map(|_| ()), expected.map_or(Ok(()), |line| stale(line).map(|_| ())), "{to}");
    }
}

#[test]
fn an_open_document_is_held_to_its_formulas() {
    let formula = |formula: &str, value: &str| {
        let value = if value.is_empty() {
            String::new()
        } else {
            format!("office:value-type=\"float\" office:value=\"{value}\"")
        };
        format!("<table:table-cell table:formula=\"{formula}\" {value}><text:p>x</text:p></table:table-cell>")
    };
    let book = |settings: &str, amounts: [&String; 2], total: &String| {
        let header = table_row("", &["reference", "receiver", "amount", "Brut"].map(text_cell));
        let person = |line: u32, amount: &String| {
            table_row(
                "",
                &[
                    text_cell(&format!("R-{line}")),
                    number_cell(&format!("3700123{line}")),
                    amount.clone(),
                    number_cell("10000"),
                ],
            )
        };
        let total = table_row("", &[text_cell("TOTAL"), text_cell(""), total.clone()]);
        let rows = [header, person(2, amounts[0]), person(3, amounts[1]), total].concat();
        exchanged(open_document(&[("Paie", &rows)]), "<office:spreadsheet>", &format!("<office:spreadsheet>{settings}"))
    };
    let right = [formula("of:=[.D2]*0.94", "9400"), formula("of:=ROUND([.D3]-600;2)", "9400")];
    let total = formula("of:=SUM([.C2:.C3])", "18800");
    assert_eq!(read_batch(&book("", right.each_ref(), &total)).unwrap().len(), 2);
    for old in [formula("of:=[.D3]-600", "9000"), formula("oooc:=[.D3]-600", "9000"), formula("of:=[.D3]-600", "")] {
        assert_eq!(read_batch(&book("", [&right[0], &old], &number_cell("18800"))), stale(3), "{old}");
    }
    assert_eq!(read_batch(&book("", right.each_ref(), &formula("of:=SUM([.C2:.C3])", "18700"))), stale(4));
    let unknown = formula("of:=IF([.D3]&gt;1;1;2)", "9400");
    assert_eq!(read_batch(&book("", [&right[0], &unknown], &total)).unwrap().len(), 2);
    let shown = "<table:calculation-settings table:precision-as-shown=\"true\"/>";
    let other = formula("of:=[.D3]*1.00004", "10000");
    assert_eq!(read_batch(&book(shown, [&right[0], &other], &number_cell("19400"))).unwrap().len(), 2);
    assert_eq!(read_batch(&book("", [&right[0], &other], &number_cell("19400"))), stale(3));
}
