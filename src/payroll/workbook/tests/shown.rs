//! What cells show of what formulas give.

use super::*;

/// Rows from 2 with these cells of column C, whose `#` is their row.
fn rows_with(cells: &[&str]) -> String {
    let row = |(line, cell): (u32, &&str)| {
        let reference =
            format!("<c r=\"A{line}\" t=\"str\"><v>R-{line}</v></c><c r=\"B{line}\"><v>3700{line:04}</v></c>");
        format!("<row r=\"{line}\">{reference}{}</row>", cell.replace('#', &line.to_string()))
    };
    (2..).zip(cells).map(row).collect()
}

/// What is paid of a sheet with these amounts.
fn amounts(cells: &[&str]) -> Result<Vec<i64>, Vec<(u32, Code)>> {
    read_batch(&paie(&rows_with(cells))).map(|paid| paid.into_iter().map(|(_, _, centimes)| centimes).collect())
}

#[test]
fn a_formula_pays_what_its_cell_shows() {
    for style in [4, 5] {
        for (stored, centimes) in
            [("13725.50325", 1_372_550), ("1.372550325E4", 1_372_550), ("1250.505", 125_051), ("1250.5", 125_050)]
        {
            let cell = format!("<c r=\"C#\" s=\"{style}\"><f>IF(1,1,1)</f><v>{stored}</v></c>");
            assert_eq!(amounts(&[&cell]), Ok(vec![centimes]), "{style} {stored}");
        }
    }
    for refused in [
        // The cell shows all of it; or shows it as something else; or no formula gave it.
        "<c r=\"C#\"><f>IF(1,1,1)</f><v>13725.50325</v></c>",
        "<c r=\"C#\" s=\"0\"><f>IF(1,1,1)</f><v>13725.50325</v></c>",
        "<c r=\"C#\" s=\"4\"><v>13725.50325</v></c>",
        "<c r=\"C#\" s=\"4\" t=\"str\"><f>IF(1,1,1)</f><v>13725.50325</v></c>",
    ] {
        assert_eq!(amounts(&[refused]), Err(vec![(2, Code::AmountTooPrecise)]), "{refused}");
    }
    let percent = "<c r=\"C#\" s=\"3\"><f>IF(1,1,1)</f><v>0.12345</v></c>";
    assert_eq!(amounts(&[percent]), Err(vec![(2, Code::AmountFormat)]));
    let nothing = "<c r=\"C#\" s=\"4\"><f>IF(1,1,1)</f><v>0.004</v></c>";
    assert_eq!(amounts(&[nothing]), Err(vec![(2, Code::AmountNotPositive)]));
}

#[test]
fn a_total_may_be_of_what_is_shown_or_of_what_is_stored() {
    let third = "<c r=\"C#\" s=\"4\"><f>IF(1,1,1)</f><v>333.333333333333</v></c>";
    let total = |stored: &str| format!("<c r=\"C9\" s=\"4\"><f>IF(1,1,1)</f><v>{stored}</v></c>");
    for (stored, agrees) in
        [("999.99", true), ("999.999999999999", true), ("1000", true), ("999.98", false), ("1000.01", false)]
    {
        let total = format!("<row r=\"9\"><c r=\"A9\" t=\"str\"><v>TOTAL</v></c>{}</row>", total(stored));
        let read = read_batch(&paie(&format!("{}{total}", rows_with(&[third; 3])))).map(|paid| paid.len());
        assert_eq!(read, if agrees { Ok(3) } else { Err(vec![(9, Code::TotalDiffers)]) }, "{stored}");
    }
}

#[test]
fn the_other_total_is_told() {
    let third = "<c r=\"C#\" s=\"4\"><f>IF(1,1,1)</f><v>333.333333333333</v></c>";
    let limits = Limits {
        max_amount: Amount::MAX,
        min_amount: Amount::from_centimes(1),
        max_batch_amount: None,
        zero: crate::payout::aside::ZeroRows::Refuse,
    };
    let told = |cells: &[&str]| {
        let book = paie(&rows_with(cells));
        let totals = Reader::open(&book[..], &limits).unwrap().finish().unwrap();
        (totals.amount.centimes(), totals.shown.count, totals.stored_total().map(Amount::centimes))
    };
    assert_eq!(told(&[third; 3]), (99_999, 3, Some(100_000)));
    assert_eq!(told(&[third]), (33_333, 1, None));
}

/// A number style of an OpenDocument, and a cell style that uses it.
fn shown_as(data: &str) -> String {
    let spaces = "xmlns:style=\"s\" xmlns:number=\"n\"";
    format!(
        "<office:automatic-styles {spaces}>{data}<style:style style:name=\"ce1\" style:family=\"table-cell\" style:data-style-name=\"N2\"/>\
         <style:style style:name=\"ce2\" style:family=\"table-cell\" style:parent-style-name=\"ce1\"/></office:automatic-styles>"
    )
}

#[test]
fn an_open_document_pays_what_its_cells_show() {
    let number = |attributes: &str| {
        format!("<number:number-style style:name=\"N2\"><number:number {attributes}/></number:number-style>")
    };
    let two = number("number:decimal-places=\"2\" number:min-decimal-places=\"2\" number:grouping=\"true\"");
    let money = "<number:number-style style:name=\"N2P0\"><number:number number:decimal-places=\"2\"/><number:text> G</number:text></number:number-style>\
                 <number:currency-style style:name=\"N2\"><number:text>-</number:text><number:number number:decimal-places=\"2\"/>\
                 <style:map style:condition=\"value()&gt;=0\" style:apply-style-name=\"N2P0\"/></number:currency-style>".to_string();
    let formula = "table:formula=\"of:=IF(1;1;1)\"";
    let read = |style: &str, attributes: &str, columns: &str| {
        let cell =
            number_cell("13725.50325").replacen("<table:table-cell ", &format!("<table:table-cell {attributes} "), 1);
        let row = table_row("", &[text_cell("R-1"), text_cell("37001234"), cell]);
        let header = table_row("", &["reference", "receiver", "amount"].map(text_cell));
        let book = open_document(&[("Paie", &format!("{columns}{header}{row}"))]);
        read_batch(&super::unseen::with_style(book, &shown_as(style))).map(|paid| paid[0].2)
    };
    for style in [&two, &money] {
        for name in ["ce1", "ce2"] {
            assert_eq!(read(style, &format!("{formula} table:style-name=\"{name}\""), ""), Ok(1_372_550), "{style}");
        }
    }
    // The style of the column, of which the document writes one before these.
    let columns = "<table:table-column/><table:table-column table:default-cell-style-name=\"ce1\"/>";
    assert_eq!(read(&two, formula, columns), Ok(1_372_550));
    let refused = Err(vec![(2, Code::AmountTooPrecise)]);
    assert_eq!(read(&two, "table:style-name=\"ce1\"", ""), refused, "no formula gave it");
    assert_eq!(read(&two, formula, ""), refused, "another style");
    for style in [
        number("number:decimal-places=\"3\""),
        number("number:min-integer-digits=\"1\""),
        number("number:decimal-places=\"2\" number:min-decimal-places=\"0\""),
        number("number:decimal-places=\"2\" number:display-factor=\"1000\""),
        two.replace("number-style", "percentage-style"),
        money.replacen("\"2\"/><number:text> G", "\"0\"/><number:text> G", 1),
        number("number:decimal-places=\"2\"/><number:scientific-number"),
    ] {
        assert_eq!(read(&style, &format!("{formula} table:style-name=\"ce1\""), ""), refused, "{style}");
    }
}
