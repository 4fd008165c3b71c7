//! Amounts in every style, and what is refused with which words.

use super::*;

fn amount(centimes: i64) -> Amount {
    Amount::from_centimes(centimes)
}

#[test]
fn amounts_are_read_as_people_write_them() {
    let plain = |centimes| Figure::Plain(amount(centimes));
    let comma = |centimes| Figure::Proof(amount(centimes), Mark::Comma);
    let point = |centimes| Figure::Proof(amount(centimes), Mark::Point);
    for (text, figure) in [
        ("1250", plain(125_000)),
        ("1 250", plain(125_000)),
        ("12\u{a0}500", plain(1_250_000)),
        ("1\u{202f}234\u{202f}567", plain(123_456_700)),
        ("1'250", plain(125_000)),
        ("1’250", plain(125_000)),
        ("HTG 1250", plain(125_000)),
        ("1250 gourdes", plain(125_000)),
        ("1250G", plain(125_000)),
        ("1 250 Gdes.", plain(125_000)),
        ("Gdes. 1250", plain(125_000)),
        ("1250.00", point(125_000)),
        ("1250.5", point(125_050)),
        ("1,250.00", point(125_000)),
        ("1,234,567", point(123_456_700)),
        ("1,234,567.5", point(123_456_750)),
        ("1 250.00", point(125_000)),
        ("1'250.00", point(125_000)),
        ("G 1,250.50", point(125_050)),
        ("1250,00", comma(125_000)),
        ("12,5", comma(1_250)),
        ("1.250,00", comma(125_000)),
        ("1.234.567", comma(123_456_700)),
        ("1 250,5", comma(125_050)),
        ("1\u{202f}250,00 HTG", comma(125_000)),
        ("1,250", Figure::Either(amount(125_000), Mark::Comma)),
        ("1.250", Figure::Either(amount(125_000), Mark::Point)),
        ("999,999 G", Figure::Either(amount(99_999_900), Mark::Comma)),
    ] {
        assert_eq!(read(text), Ok(figure), "{text}");
    }
}

#[test]
fn every_wrong_amount_is_answered_with_what_to_write() {
    let table = [
        ("1,250", Code::AmountFormat, "two ways: write 1250.00 if the comma"),
        ("1.250", Code::AmountTooPrecise, "two ways: write 1250.00 if the point"),
        ("0.125", Code::AmountTooPrecise, "round it"),
        ("0,125", Code::AmountTooPrecise, "round it"),
        ("1250,125", Code::AmountTooPrecise, "round it"),
        ("1 250,125", Code::AmountTooPrecise, "round it"),
        ("1,250.125", Code::AmountTooPrecise, "round it"),
        ("12.3456", Code::AmountTooPrecise, "round it"),
        ("12 50", Code::AmountFormat, "three by three"),
        ("1 25", Code::AmountFormat, "three by three"),
        ("0 500", Code::AmountFormat, "three by three"),
        ("1 234'567", Code::AmountFormat, "three by three"),
        ("1.234,567.89", Code::AmountFormat, "three by three"),
        ("1 234.567,89", Code::AmountFormat, "three by three"),
        ("12,34,567", Code::AmountFormat, "three by three"),
        ("1,2,3.4.5", Code::AmountFormat, "three by three"),
        ("1,,5", Code::AmountFormat, "three by three"),
        ("$5", Code::AmountFormat, "gourdes"),
        ("5 USD", Code::AmountFormat, "gourdes"),
        ("HTG 5 G", Code::AmountFormat, "gourdes"),
        ("1?250,00", Code::AmountFormat, "CSV UTF-8"),
        ("5%", Code::AmountFormat, "percentage"),
        ("(50.00)", Code::AmountFormat, "negative"),
        ("+50.00", Code::AmountFormat, "no sign"),
        (".5", Code::AmountFormat, "write digits"),
        ("G.50", Code::AmountFormat, "write digits"),
        ("5.", Code::AmountFormat, "write digits"),
        ("fifty", Code::AmountFormat, "write digits"),
        ("01/07/2026", Code::DateFound, "a date"),
        ("2026-07-01", Code::DateFound, "a date"),
        ("1-Jul", Code::DateFound, "a date"),
        ("juil-26", Code::DateFound, "a date"),
        ("12 févr. 2026", Code::DateFound, "a date"),
        ("-5.00", Code::AmountNotPositive, "greater than zero"),
        ("-1 250,00", Code::AmountNotPositive, "greater than zero"),
        ("0", Code::AmountNotPositive, "greater than zero"),
        ("0,00", Code::AmountNotPositive, "greater than zero"),
        ("", Code::AmountMissing, "empty"),
        ("99999999999999999999", Code::AmountTooLarge, "larger"),
        ("5.09E+10", Code::ScientificNotation, "format the column as text"),
        ("1.25E4", Code::ScientificNotation, "format the column as text"),
        ("1E4", Code::AmountFormat, "write digits"),
        ("#N/A", Code::SpreadsheetError, "formula"),
        ("#ref!", Code::SpreadsheetError, "formula"),
        ("٣", Code::AmountFormat, "write digits"),
    ];
    for (text, code, says) in table {
        let (found, sentence) = Style::default().take_text(text, 2).unwrap_err();
        assert_eq!(found, code, "{text}: {sentence}");
        assert!(sentence.to_string().contains(says), "{text}: {sentence}");
    }
}

#[test]
fn what_can_be_read_in_two_ways_is_read_by_what_another_amount_proves() {
    let mut style = Style::default();
    assert!(style.take_text("1.500", 2).is_err());
    assert_eq!(style.take_text("12,50", 3), Ok(amount(1_250)));
    assert_eq!(style.take_text("1.500", 4), Ok(amount(150_000)));
    assert_eq!(style.take_text("1,500", 5).unwrap_err().0, Code::AmountTooPrecise);
    assert_eq!(style.take_text("12.50", 6).unwrap_err().0, Code::AmountStyle);
    assert_eq!(style.take_text("12,75", 7), Ok(amount(1_275)), "the first proof stands");
}

#[test]
fn an_amount_that_was_read_by_hearsay_is_not_taken_without_the_proof() {
    let mut style = Style::asking();
    assert!(style.take_text("1,500", 2).is_err() && style.asks());
    style.settle(Some(Mark::Point));
    assert_eq!(style.take_text("1,500", 2), Ok(amount(150_000)));
    assert_eq!(style.unproved(), Some(2));
    let mut other = style.clone();
    assert!(style.take_text("2.25", 3).is_ok() && style.unproved().is_none());
    assert!(other.take_text("2,25", 3).is_ok() && other.unproved() == Some(2));
}

impl Style {
    /// A cell that is text.
    fn take_text(&mut self, text: &str, line: u32) -> Result<Amount, Refusal> {
        self.take(text, line).and_then(payable)
    }
}
