//! What is stored in a cell, as the text that a CSV file would have.
//!
//! Must never: use how a cell looks. A number is written with all the digits that a spreadsheet
//! calculates with, and no more; what has lost digits shows it.

use crate::payroll::records::CellKind;
use calamine::{Data, DataRef, ExcelDateTime};
use std::fmt::Write;

/// Significant digits that spreadsheets calculate with and show; the rest of a stored number is noise
/// of binary fractions (0.1 + 0.2 is stored as 0.30000000000000004).
const DIGITS: usize = 15;

/// A cell's stored value.
#[derive(Clone, Debug)]
pub(super) enum Cell<'a> {
    Empty,
    Text(&'a str),
    #[expect(clippy::disallowed_types, reason = "so the file has it")]
    Number(f64),
    Whole(i64),
    Truth(bool),
    /// A number that the sheet calls a date.
    Date(ExcelDateTime),
    /// A date in the words of ISO 8601.
    DateText(&'a str),
    /// `#N/A` and its kin.
    Error(String),
}

impl<'a> Cell<'a> {
    pub fn of_excel(value: &'a DataRef<'_>) -> Cell<'a> {
        match value {
            DataRef::Empty => Cell::Empty,
            DataRef::String(text) => Cell::Text(text),
            DataRef::SharedString(text) => Cell::Text(text),
            DataRef::Float(number) => Cell::Number(*number),
            DataRef::Int(number) => Cell::Whole(*number),
            DataRef::Bool(truth) => Cell::Truth(*truth),
            DataRef::DateTime(date) => Cell::Date(*date),
            DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => Cell::DateText(text),
            DataRef::Error(error) => Cell::Error(error.to_string()),
        }
    }

    pub fn of_open_document(value: &'a Data) -> Cell<'a> {
        match value {
            Data::Empty => Cell::Empty,
            Data::String(text) => Cell::Text(text),
            Data::Float(number) => Cell::Number(*number),
            Data::Int(number) => Cell::Whole(*number),
            Data::Bool(truth) => Cell::Truth(*truth),
            Data::DateTime(date) => Cell::Date(*date),
            Data::DateTimeIso(text) | Data::DurationIso(text) => Cell::DateText(text),
            Data::Error(error) => Cell::Error(error.to_string()),
        }
    }

    pub fn is_empty(&self) -> bool {
        matches!(self, Cell::Empty) || matches!(self, Cell::Text(text) if text.is_empty())
    }

    pub fn is_number(&self) -> bool {
        matches!(self, Cell::Number(_) | Cell::Whole(_))
    }

    pub fn kind(&self) -> CellKind {
        match self {
            Cell::Number(_) | Cell::Whole(_) => CellKind::Number,
            Cell::Date(_) | Cell::DateText(_) => CellKind::Date,
            Cell::Empty | Cell::Text(_) | Cell::Truth(_) | Cell::Error(_) => CellKind::Text,
        }
    }

    pub fn write(&self, out: &mut String) {
        match self {
            Cell::Empty => {}
            Cell::Text(text) | Cell::DateText(text) => out.push_str(text),
            Cell::Number(number) => out.push_str(&number_text(*number)),
            Cell::Whole(number) => drop(write!(out, "{number}")),
            Cell::Truth(truth) => out.push_str(if *truth { "TRUE" } else { "FALSE" }),
            Cell::Date(date) => write_date(*date, out),
            Cell::Error(text) => out.push_str(text),
        }
    }
}

/// All digits of a stored number, without an exponent: `1250.5`, `50937001234`. Beyond [`DIGITS`] digits
/// before the point (a spreadsheet has thrown the others away), and far behind it, with one:
/// `5.0937001234E+17`.
#[expect(clippy::disallowed_types, reason = "so the file has it")]
fn number_text(number: f64) -> String {
    if !number.is_finite() {
        return "#NUM!".to_string();
    }
    let rounded = format!("{number:.*e}", DIGITS - 1);
    let Some((mantissa, exponent)) = rounded.split_once('e') else { return rounded };
    let Ok(exponent) = exponent.parse::<i32>() else { return rounded };
    let sign = if mantissa.starts_with('-') && number != 0.0 { "-" } else { "" };
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let digits = digits.trim_end_matches('0');
    let places = i32::try_from(DIGITS).unwrap_or(i32::MAX);
    if digits.is_empty() {
        return "0".to_string();
    }
    if exponent >= places || exponent < -places {
        let (first, rest) = digits.split_at(1);
        let point = if rest.is_empty() { "" } else { "." };
        return format!("{sign}{first}{point}{rest}E{exponent:+}");
    }
    if exponent < 0 {
        let zeros = usize::try_from(-exponent - 1).unwrap_or_default();
        return format!("{sign}0.{}{digits}", "0".repeat(zeros));
    }
    let whole = usize::try_from(exponent).unwrap_or_default() + 1;
    if digits.len() <= whole {
        return format!("{sign}{digits}{}", "0".repeat(whole - digits.len()));
    }
    let (whole, rest) = digits.split_at(whole);
    format!("{sign}{whole}.{rest}")
}

fn write_date(date: ExcelDateTime, out: &mut String) {
    if date.is_duration() {
        return out.push_str(&number_text(date.as_f64()));
    }
    let (year, month, day, hour, minute, second, _) = date.to_ymd_hms_milli();
    let _ = write!(out, "{year:04}-{month:02}-{day:02}");
    if (hour, minute, second) != (0, 0, 0) {
        let _ = write!(out, " {hour:02}:{minute:02}:{second:02}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_the_digits_that_the_spreadsheet_shows() {
        for (number, text) in [
            (1250.0, "1250"),
            (1250.5, "1250.5"),
            (1250.1 + 0.2, "1250.3"),
            (0.1 + 0.2, "0.3"),
            (1250.505, "1250.505"),
            (50_937_001_234.0, "50937001234"),
            (74999.99, "74999.99"),
            (-3.25, "-3.25"),
            (0.0, "0"),
            (-0.0, "0"),
            (0.05, "0.05"),
            (1000.0 / 3.0, "333.333333333333"),
            (999_999_999_999_999.0, "999999999999999"),
            (5.093_700_123_4e17, "5.0937001234E+17"),
            (1e-30, "1E-30"),
            (f64::NAN, "#NUM!"),
            (f64::INFINITY, "#NUM!"),
        ] {
            assert_eq!(number_text(number), text);
        }
    }

    #[test]
    fn every_amount_in_centimes_is_read_back_to_the_centime() {
        for centimes in (1..=7_500_000_u32).step_by(97) {
            let number = f64::from(centimes) / 100.0;
            let parsed = crate::payout::money::Amount::parse(&number_text(number)).unwrap();
            assert_eq!(parsed.centimes(), i64::from(centimes));
        }
    }
}
