//! Amounts as people write them, and which mark a file has before its centimes.
//!
//! A file has one decimal mark. `12,50` and `1.234,50` prove a comma, `12.50` and `1,234.50` a point, and so
//! does a mark that stands twice (`1,234,567`: it parts thousands). `1,500` proves nothing and can be read in
//! two ways: it is read only where another amount of the file proves the mark.
//!
//! Must never: guess. Neither the separator of cells nor the language of the header proves anything.

use super::cells::{Refusal, refuse_damage};
use super::cleaned::{Cleaned, Purpose};
use super::doubtful::refuse_old;
use super::problem::Code;
use super::records::{CellKind, Record};
use super::shown::{self, ShownAmounts};
use crate::payout::money::{Amount, AmountError};
use crate::words::say;

/// What stands before the centimes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    Point,
    Comma,
}

impl Mark {
    fn of(c: char) -> Option<Mark> {
        match c {
            '.' => Some(Mark::Point),
            ',' => Some(Mark::Comma),
            _ => None,
        }
    }

    fn other(self) -> Mark {
        match self {
            Mark::Point => Mark::Comma,
            Mark::Comma => Mark::Point,
        }
    }

    /// As the configuration's and the ledger's words have it.
    pub fn word(self) -> &'static str {
        match self {
            Mark::Point => "point",
            Mark::Comma => "comma",
        }
    }

    pub fn sign(self) -> char {
        match self {
            Mark::Point => '.',
            Mark::Comma => ',',
        }
    }

    fn place(self) -> usize {
        match self {
            Mark::Point => 0,
            Mark::Comma => 1,
        }
    }
}

/// What an amount's text can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Figure {
    /// The same whichever mark the file has.
    Plain(Amount),
    /// It shows which mark the file has.
    Proof(Amount, Mark),
    /// One mark, and three digits behind it: this amount if the mark parts thousands.
    Either(Amount, Mark),
}

/// What parts thousands wherever it stands: people write it for nothing else.
const GROUPING: [char; 5] = [' ', '\u{a0}', '\u{202f}', '\'', '’'];

/// Words around an amount that say what it is in, in lower case.
const CURRENCIES: [&str; 9] = ["htg", "gourdes", "gourde", "goudes", "goud", "gdes", "gde", "gds", "g"];

/// Digits between two separators of thousands.
pub(super) const GROUP: usize = 3;

/// Reads one amount by itself.
pub fn read(text: &str) -> Result<Figure, AmountError> {
    // Nearly all are plain; and only they may be long numbers of digits.
    match Amount::parse(text) {
        Ok(amount) if text.as_bytes().contains(&b'.') => Ok(Figure::Proof(amount, Mark::Point)),
        Ok(amount) => Ok(Figure::Plain(amount)),
        Err(AmountError::NotANumber | AmountError::TooPrecise) => read_written(text),
        Err(error) => Err(error),
    }
}

fn read_written(text: &str) -> Result<Figure, AmountError> {
    let bare = without_currency(text).ok_or(AmountError::NotANumber)?;
    let digits = bare.strip_prefix(['-', '−']).map(str::trim_start);
    let figure = read_digits(digits.unwrap_or(bare))?;
    // Only told apart from what is no number at all: nothing below zero is paid.
    Ok(if digits.is_some() { Figure::Plain(Amount::from_centimes(-1)) } else { figure })
}

fn read_digits(text: &str) -> Result<Figure, AmountError> {
    let is_separator = |c: char| Mark::of(c).is_some() || GROUPING.contains(&c);
    let groups: Vec<&str> = text.split(is_separator).collect();
    let separators: Vec<char> = text.chars().filter(|c| is_separator(*c)).collect();
    let is_digits = |group: &&str| !group.is_empty() && group.bytes().all(|b| b.is_ascii_digit());
    if !groups.iter().all(is_digits) {
        return Err(AmountError::NotANumber);
    }
    let (Some((last, before)), Some((end, whole))) = (separators.split_last(), groups.split_last()) else {
        return Amount::parse(text).map(Figure::Plain);
    };
    let all = |separators: &[char], wanted: char| separators.iter().all(|c| *c == wanted);
    let Some(mark) = Mark::of(*last) else {
        let fine = all(before, *last) && are_thousands(&groups);
        return if fine { sum(&groups, "").map(Figure::Plain) } else { Err(AmountError::NotANumber) };
    };
    let Some(first) = before.first() else {
        return match (end.len(), groups.first()) {
            (1 | 2, _) => sum(whole, end).map(|amount| Figure::Proof(amount, mark)),
            (GROUP, _) if are_thousands(&groups) => sum(&groups, "").map(|amount| Figure::Either(amount, mark)),
            _ => Err(AmountError::TooPrecise),
        };
    };
    if !all(before, *first) {
        return Err(AmountError::NotANumber);
    }
    match (*first == *last, end.len()) {
        (true, _) if are_thousands(&groups) => sum(&groups, "").map(|amount| Figure::Proof(amount, mark.other())),
        (false, 1 | 2) if are_thousands(whole) => sum(whole, end).map(|amount| Figure::Proof(amount, mark)),
        (false, GROUP..) if are_thousands(whole) => Err(AmountError::TooPrecise),
        _ => Err(AmountError::NotANumber),
    }
}

/// `1`, `234`, `567`: groups of a number whose thousands are parted.
pub(super) fn are_thousands(groups: &[&str]) -> bool {
    let Some((first, rest)) = groups.split_first() else { return false };
    (1..=GROUP).contains(&first.len()) && !first.starts_with('0') && rest.iter().all(|group| group.len() == GROUP)
}

fn sum(whole: &[&str], decimals: &str) -> Result<Amount, AmountError> {
    let whole = whole.concat();
    if decimals.is_empty() { Amount::parse(&whole) } else { Amount::parse(&format!("{whole}.{decimals}")) }
}

/// The text without one word for gourdes, before it or behind. None where it has two.
pub(super) fn without_currency(text: &str) -> Option<&str> {
    let text = text.trim();
    let (front, rest) = split_front(text);
    let (rest, back) = split_back(rest);
    (!(front && back)).then_some(rest)
}

fn split_front(text: &str) -> (bool, &str) {
    let letters = text.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(text.len());
    let (word, rest) = text.split_at(letters);
    if !is_currency(word) {
        return (false, text);
    }
    // `Gdes. 1500`: a point that ends the word. `G.50` may be half a gourde.
    let rest = rest.strip_prefix('.').filter(|rest| rest.starts_with(char::is_whitespace)).unwrap_or(rest);
    (true, rest.trim_start())
}

fn split_back(text: &str) -> (&str, bool) {
    let bare = text.strip_suffix('.').unwrap_or(text);
    let letters = bare
        .rfind(|c: char| !c.is_ascii_alphabetic())
        .map_or(0, |at| at + bare.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8));
    let (rest, word) = bare.split_at(letters);
    if is_currency(word) { (rest.trim_end(), true) } else { (text, false) }
}

/// Whether it is a word for gourdes.
pub(super) fn is_currency(word: &str) -> bool {
    CURRENCIES.iter().any(|known| word.eq_ignore_ascii_case(known))
}

/// What the amounts of a file have shown of its decimal mark.
#[derive(Clone, Debug, Default)]
pub struct Style {
    /// The line of the first proof of each mark.
    proofs: [Option<u32>; 2],
    /// What an earlier look at the file's other amounts found.
    told: Option<Mark>,
    /// An amount that can be read in two ways is asked about rather than refused.
    may_ask: bool,
    asks: bool,
    /// The first line that was read by a mark.
    relied: Option<u32>,
    shown: ShownAmounts,
}

impl Style {
    /// Asks, once, for a look at the whole file, where an amount needs it.
    pub fn asking() -> Style {
        Style { may_ask: true, ..Style::default() }
    }

    /// With what a look at the whole file found.
    pub fn told(mark: Option<Mark>) -> Style {
        Style { told: mark, ..Style::default() }
    }

    /// Whether the amount last read waits for such a look.
    pub fn asks(&self) -> bool {
        self.asks
    }

    /// Answers.
    pub fn settle(&mut self, mark: Option<Mark>) {
        self.told = mark;
        self.may_ask = false;
        self.asks = false;
    }

    /// The mark that this reading has proved. Where the file proves both, none of its rows that show
    /// the second was taken.
    pub fn mark(&self) -> Option<Mark> {
        let [point, comma] = self.proofs;
        match (point, comma) {
            (Some(point), Some(comma)) if comma < point => Some(Mark::Comma),
            (Some(_), _) => Some(Mark::Point),
            (None, Some(_)) => Some(Mark::Comma),
            (None, None) => None,
        }
    }

    /// Whether another line than this proves the file's mark.
    pub fn is_proved_before(&self, line: u32) -> bool {
        self.proofs.iter().flatten().any(|proof| *proof < line)
    }

    /// A line that was read by a mark which this reading itself never saw proved: the bytes are not those
    /// that were looked at.
    pub fn unproved(&self) -> Option<u32> {
        self.relied.filter(|_| self.mark() != self.told.or(self.mark()) || self.mark().is_none())
    }

    /// Whether the file has a point before its centimes. Asks, where that is not known and may be asked.
    pub(super) fn has_point(&mut self, line: u32) -> bool {
        match self.mark().or(self.told) {
            Some(Mark::Point) => {
                self.relied.get_or_insert(line);
                true
            }
            Some(Mark::Comma) => false,
            None => {
                self.asks = self.may_ask;
                false
            }
        }
    }

    /// Reads an amount, of whichever sign.
    pub(super) fn take(&mut self, text: &str, line: u32) -> Result<Amount, Refusal> {
        let figure = read(text).map_err(|error| refusal(text, error))?;
        match figure {
            Figure::Plain(amount) => Ok(amount),
            Figure::Proof(amount, mark) => {
                self.proofs[mark.place()].get_or_insert(line);
                match self.proofs[mark.other().place()] {
                    Some(earlier) if self.mark() != Some(mark) => Err(contradiction(mark, earlier)),
                    _ => Ok(amount),
                }
            }
            Figure::Either(amount, mark) => match self.mark().or(self.told) {
                Some(decimal) if decimal != mark => {
                    self.relied.get_or_insert(line);
                    Ok(amount)
                }
                Some(_) => Err((Code::AmountTooPrecise, say!("amount-too-precise"))),
                None => {
                    self.asks = self.may_ask;
                    Err(two_ways(amount, mark))
                }
            },
        }
    }

    /// Reads a cell, of whichever sign. What a workbook stores as a number is that number: no mark stands in
    /// it, so that it proves none for the cells that are text.
    pub(super) fn take_cell(
        &mut self,
        record: &Record<'_>,
        place: usize,
        cleaned: &mut Cleaned,
    ) -> Result<Amount, Refusal> {
        refuse_old(record, place)?;
        let text = cleaned.bare(record, place, Purpose::Amount);
        match record.kind(place) {
            CellKind::Text => self.take(&text, record.line),
            CellKind::Number => shown::read(record, place).map_err(|error| refusal(&text, error)),
            CellKind::Date => Err((Code::DateFound, say!("workbook-date"))),
        }
    }

    /// The amounts that were paid as their cells show them.
    pub fn shown(&self) -> ShownAmounts {
        self.shown
    }

    /// Reads a cell with an amount that is to be paid: greater than zero.
    pub(super) fn take_payable(
        &mut self,
        record: &Record<'_>,
        place: usize,
        cleaned: &mut Cleaned,
    ) -> Result<Amount, Refusal> {
        let amount = self.take_cell(record, place, cleaned).and_then(payable)?;
        self.shown.add(record, place);
        Ok(amount)
    }
}

fn payable(amount: Amount) -> Result<Amount, Refusal> {
    if amount.is_positive() { Ok(amount) } else { Err((Code::AmountNotPositive, say!("amount-not-positive"))) }
}

/// Reads an amount that stands outside of the table, by itself alone.
pub fn read_alone(text: &str) -> Result<Amount, Refusal> {
    Style::default().take(text, 1)
}

fn contradiction(mark: Mark, earlier: u32) -> Refusal {
    let line = earlier.to_string();
    let sentence = match mark {
        Mark::Comma => say!("amount-style-comma", line = line),
        Mark::Point => say!("amount-style-point", line = line),
    };
    (Code::AmountStyle, sentence)
}

fn two_ways(amount: Amount, mark: Mark) -> Refusal {
    match mark {
        Mark::Comma => (Code::AmountFormat, say!("amount-two-ways-comma", amount = amount)),
        Mark::Point => (Code::AmountTooPrecise, say!("amount-two-ways-point", amount = amount)),
    }
}

fn refusal(text: &str, error: AmountError) -> Refusal {
    if let Err(refusal) = refuse_damage(text) {
        return refusal;
    }
    match error {
        AmountError::Empty => (Code::AmountMissing, say!("amount-missing")),
        AmountError::TooPrecise => (Code::AmountTooPrecise, say!("amount-too-precise")),
        AmountError::TooLarge => (Code::AmountTooLarge, say!("amount-beyond")),
        AmountError::NotANumber => not_a_number(text),
    }
}

/// Says what to write instead, where what was meant is plain; and asks where it is not.
fn not_a_number(text: &str) -> Refusal {
    if is_date(text) {
        return (Code::DateFound, say!("amount-date"));
    }
    let inner = text.trim_matches(|c: char| c.is_alphabetic() || c.is_whitespace() || "$€£".contains(c));
    let sentence = match inner {
        _ if text.trim_end().ends_with('%') => say!("amount-percent"),
        inner if inner.contains(['?', char::REPLACEMENT_CHARACTER]) => say!("amount-lost-sign"),
        inner if inner.starts_with('(') && inner.ends_with(')') => say!("amount-brackets"),
        inner if inner.starts_with('+') => say!("amount-sign"),
        inner if inner.len() != text.len() && read(inner).is_ok() => say!("amount-currency"),
        inner
            if inner.chars().all(|c| c.is_ascii_digit() || Mark::of(c).is_some() || GROUPING.contains(&c))
                && inner.bytes().any(|b| b.is_ascii_digit()) =>
        {
            say!("amount-grouping")
        }
        _ => say!("amount-not-plain"),
    };
    (Code::AmountFormat, sentence)
}

/// Months as spreadsheets shorten them, in English, French and Kreyòl: their first letters, without accents.
const MONTHS: [&str; 26] = [
    "jan", "feb", "fev", "mar", "mas", "apr", "avr", "may", "mai", "me", "jun", "juin", "jen", "jul", "juil", "jiye",
    "aug", "aou", "out", "sep", "sek", "oct", "okt", "nov", "dec", "des",
];

/// `01/07/2026`, `2026-07-01`, `1-Jul`, `juil-26`: what a spreadsheet makes of a number that it takes for a date.
pub fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split(['/', '-', '.', ' ']).filter(|part| !part.is_empty()).collect();
    let is_digits = |part: &&str| part.len() <= 4 && part.bytes().all(|b| b.is_ascii_digit());
    let is_month = |part: &&str| {
        let folded = super::fold::fold(part);
        folded.len() >= 2 && MONTHS.iter().any(|month| folded.starts_with(month))
    };
    let numbers = parts.iter().filter(|part| is_digits(part)).count();
    let months = parts.iter().filter(|part| !is_digits(part) && is_month(part)).count();
    match (parts.len(), numbers, months) {
        (3, 3, 0) => text.contains('/') || text.matches('-').count() == 2,
        (2, 2, 0) => text.contains('/'),
        (2 | 3, _, 1) => numbers + months == parts.len(),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
