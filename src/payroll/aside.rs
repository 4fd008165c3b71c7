//! Lines by which nobody is paid: what stands above the header and below the TOTAL.
//!
//! Must never: pass over a line that could be somebody's row. One that holds a wallet's number, or something in
//! the amount's column that may be an amount, is never left aside.

use super::amounts;
use super::cells::{is_spreadsheet_error, parse_reference};
use super::columns::Columns;
use super::filled::is_filled_down;
use super::problem::{Code, Problem, quote};
use super::record::{CellKind, Record};
use super::totals;
use crate::words::say;

/// Words beside a number that leave it an amount, whatever it is in, in lower case.
const OTHER_CURRENCIES: [&str; 7] = ["usd", "us", "dola", "dollar", "dollars", "eur", "euros"];

/// Whether a cell is a wallet's number and nothing else: eight digits that begin with 3, 4 or 5, or 509 before
/// them, whatever people and programs put around digits.
pub(super) fn is_wallet(text: &str, kind: CellKind) -> bool {
    let text = text.trim();
    if kind == CellKind::Date || is_day(text) {
        return false;
    }
    // 3.615E+07: its digits are lost, and it was a number like that.
    if is_rounded(text) {
        return true;
    }
    let whole = [".0", ",0", ".00", ",00"].iter().find_map(|zeros| text.strip_suffix(zeros)).unwrap_or(text);
    if whole.chars().any(char::is_alphabetic) {
        return false;
    }
    let digits: String = whole.chars().filter(char::is_ascii_digit).collect();
    let local =
        ["00509", "509"].iter().find_map(|country| digits.strip_prefix(country).filter(|rest| rest.len() == LOCAL));
    let local = local.unwrap_or(&digits);
    local.len() == LOCAL && local.starts_with(['3', '4', '5'])
}

/// Digits of a wallet's number.
const LOCAL: usize = 8;

fn is_rounded(text: &str) -> bool {
    let Some((front, back)) = text.split_once(['e', 'E']) else { return false };
    let is_number = |part: &str| part.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b',');
    let exponent = back.strip_prefix('+').unwrap_or(back);
    front.starts_with(|c: char| c.is_ascii_digit()) && is_number(front) && matches!(exponent, "7" | "07" | "10")
}

/// `30.11.2026`, `2026-11-30`: eight digits that are a day.
pub(super) fn is_day(text: &str) -> bool {
    let parts: Vec<&str> = text.split(['.', '/', '-']).map(str::trim).collect();
    let number = |part: &str| part.parse::<u32>().ok().filter(|_| part.bytes().all(|b| b.is_ascii_digit()));
    let [a, b, c] = parts.as_slice() else { return false };
    let (Some(first), Some(second), Some(third)) = (number(a), number(b), number(c)) else { return false };
    let is_month_day = |a: u32, b: u32| (1..=12).contains(&a) && (1..=31).contains(&b);
    let is_year = |part: &str, year: u32| part.len() == 4 && (1900..=2100).contains(&year);
    is_year(c, third) && (is_month_day(first, second) || is_month_day(second, first))
        || is_year(a, first) && is_month_day(second, third)
}

/// Whether a cell could be taken for an amount, be it a bad one.
pub(super) fn stands_as_amount(text: &str, kind: CellKind) -> bool {
    let text = text.trim();
    match kind {
        CellKind::Date => return false,
        CellKind::Number => return !text.is_empty(),
        CellKind::Text => {}
    }
    if !text.bytes().any(|b| b.is_ascii_digit()) || is_day(text) || amounts::is_date(text) {
        return false;
    }
    let mut words = text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty());
    let is_currency = |word: &str| {
        amounts::is_currency(word) || OTHER_CURRENCIES.iter().any(|known| word.eq_ignore_ascii_case(known))
    };
    words.all(is_currency)
}

/// What a line says, on one line.
pub(super) fn text_of<'a>(cells: impl Iterator<Item = &'a str>) -> String {
    let one_line = |cell: &str| cell.split_whitespace().collect::<Vec<_>>().join(" ");
    let filled: Vec<String> = cells.map(one_line).filter(|cell| !cell.is_empty()).collect();
    quote(&filled.join(" | "))
}

/// What a line is that is neither empty nor a `#` line nor a total.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// A row, good or bad.
    Row,
    /// Formulas that were filled down below the last person.
    Filled,
    /// Below the TOTAL: a signature, a place and a day, a note.
    Outside,
    /// The same, and there is no TOTAL that shows where the rows end.
    Signature,
}

/// Looks at a line. `below_total`: a row that adds the others up stands above it.
pub(super) fn look(record: &Record<'_>, columns: &Columns, below_total: bool) -> Line {
    let receiver = record.cell(columns.receiver).unwrap_or_default();
    // Asked of every row: nearly all have a number there.
    let has_number = !below_total && receiver.bytes().filter(u8::is_ascii_digit).count() >= LOCAL;
    if record.broken || has_number || has_wallet(record) {
        return Line::Row;
    }
    let amount = record.cell(columns.amount).unwrap_or_default();
    match () {
        () if !below_total && is_filled_down(record, columns) => Line::Filled,
        () if stands_as_amount(amount, record.kind(columns.amount)) => Line::Row,
        () if below_total => Line::Outside,
        () if is_signature(record, columns) => Line::Signature,
        () => Line::Row,
    }
}

fn has_wallet(record: &Record<'_>) -> bool {
    record.cells().enumerate().any(|(place, cell)| is_wallet(cell, record.kind(place)))
}

/// Letters, or a line to sign on.
pub(super) fn has_words(record: &Record<'_>) -> bool {
    record.cells().any(|cell| cell.contains(|c: char| c.is_alphabetic() || c == '_'))
}

/// Words, and nothing where it would name a payout: no digit where the wallet belongs, and no reference.
fn is_signature(record: &Record<'_>, columns: &Columns) -> bool {
    let cell = |place: usize| record.cell(place).unwrap_or_default().trim();
    let is_reference = |text: &str| parse_reference(text).is_ok() && text.bytes().any(|b| b.is_ascii_digit());
    let names_a_payout = columns.reference.places().chain(columns.retry_of).any(|place| is_reference(cell(place)));
    let read = || columns.reference.places().chain([columns.receiver, columns.amount]);
    let is_damaged = read().any(|place| is_spreadsheet_error(cell(place)));
    let has_digit = cell(columns.receiver).bytes().any(|b| b.is_ascii_digit());
    // A TOTAL without its sum lacks that.
    let is_total = || record.cells().any(totals::is_word);
    has_words(record) && !has_digit && !names_a_payout && !is_damaged && !is_total()
}

/// The problem of a signature without a TOTAL above it.
pub(super) fn signature(record: &Record<'_>) -> Problem {
    let problem = Problem::of_line(record.line, Code::SignatureLine, say!("signature-line"));
    Problem { value: text_of(record.cells()), ..problem }
}

#[cfg(test)]
mod tests;
