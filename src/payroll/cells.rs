//! One cell at a time: what may stand in it, and what to write instead.
//!
//! Must never: repair a number. A cell that could be meant in two ways is asked about.

use super::amounts::{are_thousands, is_date};
use super::aside::is_day;
use super::cleaned::is_mark;
use super::problem::Code;
use crate::payout::instruction::{Account, AccountError, Reference, ReferenceError};
use crate::words::{Saying, say};

/// Why a cell is refused: the code, and a sentence that says what to do.
pub type Refusal = (Code, Saying);

/// Characters of the text that the receiver sees. MonCash publishes no limit; a text message has 160.
pub const LONGEST_DESCRIPTION: usize = 100;
/// Characters of a person's name.
pub const LONGEST_PERSON: usize = 200;
/// Characters of a cell that is only echoed.
pub const LONGEST_OTHER: usize = 1000;

/// What spreadsheets write where a formula failed, in English and in French, without spaces.
const SPREADSHEET_ERRORS: &[&str] = &[
    "#N/A",
    "#REF!",
    "#VALUE!",
    "#DIV/0!",
    "#NAME?",
    "#NUM!",
    "#NULL!",
    "#SPILL!",
    "#CALC!",
    "#FIELD!",
    "#BLOCKED!",
    "#GETTING_DATA",
    "#N/D",
    "#VALEUR!",
    "#NOM?",
    "#NOMBRE!",
    "#NUL!",
    "#PROPAGATION!",
    "#CALCUL!",
    "#CHAMP!",
    "#EPARS!",
];

/// Characters that nobody sees, or that turn the reading direction.
pub fn is_hidden(c: char) -> bool {
    c.is_control() || is_mark(c) || matches!(c, '\u{2028}' | '\u{2029}')
}

/// Whether a cell holds what a spreadsheet writes for a failed formula; LibreOffice has `Err:502` too.
pub fn is_spreadsheet_error(text: &str) -> bool {
    let number = text.strip_prefix("Err:").unwrap_or_default();
    if !text.starts_with('#') {
        return number.len() == 3 && number.bytes().all(|b| b.is_ascii_digit());
    }
    let word: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    SPREADSHEET_ERRORS.iter().any(|error| word.eq_ignore_ascii_case(error))
}

fn is_digits(part: &str) -> bool {
    !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit())
}

/// `5.09E+10`: what a spreadsheet makes of a long number in a narrow column.
fn is_scientific(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once(['e', 'E']) else { return false };
    let number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b',');
    number(mantissa) && exponent.strip_prefix(['+', '-']).is_some_and(is_digits) || is_scientific_without_sign(text)
}

/// `2.0261101E7`: what other programs make of it. One digit stands before the mark: `12E5` and `2026.07E12` may well be
/// somebody's own.
fn is_scientific_without_sign(text: &str) -> bool {
    // Asked of every row's reference: most have no mark.
    let Some((first, rest)) = text.split_once(['.', ',']) else { return false };
    let Some((behind, exponent)) = rest.split_once(['e', 'E']) else { return false };
    first.len() == 1 && [first, behind, exponent].into_iter().all(is_digits) && exponent.len() <= 3
}

/// Refuses what a spreadsheet put in place of a value.
pub(super) fn refuse_damage(text: &str) -> Result<(), Refusal> {
    if is_spreadsheet_error(text) {
        return Err((Code::SpreadsheetError, say!("spreadsheet-error")));
    }
    if text.len() > 1 && text.bytes().all(|byte| byte == b'#') {
        return Err((Code::SpreadsheetError, say!("column-too-narrow")));
    }
    if is_scientific(text) {
        return Err((Code::ScientificNotation, say!("scientific-notation")));
    }
    Ok(())
}

pub fn parse_reference(text: &str) -> Result<Reference, Refusal> {
    let parsed = Reference::parse(text);
    if parsed.is_ok() && is_day_of_spreadsheet(text) {
        return Err((Code::DateFound, say!("reference-date")));
    }
    if parsed.is_ok() && is_scientific_without_sign(text) {
        return Err((Code::ScientificNotation, say!("scientific-notation")));
    }
    parsed.map_err(|error| match refuse_damage(text) {
        Err(refusal) => refusal,
        Ok(()) => match error {
            ReferenceError::Empty => (Code::ReferenceMissing, say!("reference-missing")),
            ReferenceError::TooLong => (Code::ReferenceInvalid, say!("reference-too-long")),
            ReferenceError::BadCharacter => (Code::ReferenceInvalid, say!("reference-characters")),
            ReferenceError::BadEnds => (Code::ReferenceInvalid, say!("reference-ends")),
        },
    })
}

/// `01/07/26`, `07/01/2026`: what a spreadsheet makes of a reference such as `1/7` or `JUL-1` that it takes for a day.
/// Saved by another one it looks different, and would be a new reference. (`2026-07-01` may well be somebody's own.)
fn is_day_of_spreadsheet(text: &str) -> bool {
    // Asked of every row: most have no such mark.
    if !text.contains('/') {
        return is_day_of_month(text);
    }
    let parts: Vec<&str> = text.split('/').collect();
    let number = |part: &str, most: u32| part.len() <= 2 && part.parse().is_ok_and(|n: u32| (1..=most).contains(&n));
    let is_year = |part: &str| matches!(part.len(), 2 | 4) && part.bytes().all(|b| b.is_ascii_digit());
    match parts.as_slice() {
        [a, b, year] => is_year(year) && (number(a, 12) && number(b, 31) || number(a, 31) && number(b, 12)),
        _ => false,
    }
}

/// Months as spreadsheets show them in English and French, of those that a reference's letters can write.
const MONTHS_SHOWN: [&str; 19] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "janv", "mars", "avr", "juin",
    "juil", "mai", "sept",
];

/// `1-Jul`, `01-juil`, `Jul-26`: `JUL-1` and `JUL-26` as spreadsheets show them. Who writes a reference so himself
/// writes the month in capitals, or other digits.
fn is_day_of_month(text: &str) -> bool {
    let Some((front, back)) = text.split_once('-') else { return false };
    let is_number = |part: &str| (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    let is_month = |part: &str| MONTHS_SHOWN.iter().any(|month| part.trim_end_matches('.').eq_ignore_ascii_case(month));
    let is_shouted = |part: &str| !part.chars().any(char::is_lowercase);
    is_number(front) && is_month(back) || is_month(front) && is_number(back) && !is_shouted(front)
}

pub fn parse_retry_of(text: &str) -> Result<Reference, Refusal> {
    let refusal = |_| refuse_damage(text).err().unwrap_or((Code::RetryOfInvalid, say!("retry-of-invalid")));
    Reference::parse(text).map_err(refusal)
}

pub fn parse_receiver(text: &str) -> Result<Account, Refusal> {
    // `30.11.2026` has the eight digits of a wallet.
    if is_day(text) {
        return Err((Code::DateFound, say!("receiver-date")));
    }
    let parsed = match without_decimals(text) {
        Some(Ok(whole)) => Account::parse(whole),
        // The point of `3700123.0` is no dash of a number that it would make eight digits of.
        Some(Err(())) => Err(AccountError::NotAWallet),
        None => Account::parse(text),
    };
    parsed.map_err(|error| match refuse_damage(text) {
        Err(refusal) => refusal,
        Ok(()) if error == AccountError::Empty => (Code::ReceiverMissing, say!("receiver-missing")),
        Ok(()) if is_date(text) => (Code::DateFound, say!("receiver-date")),
        Ok(()) => (Code::ReceiverInvalid, receiver_advice(text)),
    })
}

/// `50937007294.0`: a number as a program writes it that took it for an amount. The number itself where that
/// is whole; an error where it is not, and then no digit behind the point may be taken for one of its own.
fn without_decimals(text: &str) -> Option<Result<&str, ()>> {
    // Asked of every row, and nearly all are digits alone.
    let at = text.bytes().position(|byte| byte == b'.' || byte == b',')?;
    let (whole, decimals) = (text.get(..at)?, text.get(at + 1..)?);
    let is_zeros = (1..=2).contains(&decimals.len()) && decimals.bytes().all(|b| b == b'0');
    if !is_zeros || whole.is_empty() || !whole.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let is_whole = whole.len() == 8 || whole.len() == 11 && whole.starts_with("509");
    Some(if is_whole { Ok(whole) } else { Err(()) })
}

fn receiver_advice(text: &str) -> Saying {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let only_digits = digits == text.len();
    match digits {
        8 if only_digits && text.starts_with("509") => say!("receiver-cut-after-509"),
        8 if only_digits => say!("receiver-zero"),
        8.. if has_commas(text) => say!("receiver-commas"),
        0 => say!("receiver-no-number"),
        1..8 => say!("receiver-short", digits = digits),
        _ => say!("receiver-invalid", digits = digits),
    }
}

/// `36,350,001`: a number's format parts its thousands.
fn has_commas(text: &str) -> bool {
    let groups: Vec<&str> = text.split(',').collect();
    groups.len() > 2 && are_thousands(&groups) && groups.concat().bytes().all(|byte| byte.is_ascii_digit())
}

/// What programs write where there is nothing: no text to send to anybody.
pub fn is_no_text(text: &str) -> bool {
    ["NULL", "N/A", "#N/A"].iter().any(|nothing| text.eq_ignore_ascii_case(nothing))
}

/// A text that people read: the description or a name.
pub fn check_text(text: &str, longest: usize) -> Result<(), Refusal> {
    refuse_hidden(text, is_hidden)?;
    check_length(text, longest)
}

/// A cell that is only echoed. It may hold line ends (addresses do) and tabs.
pub fn check_other(text: &str) -> Result<(), Refusal> {
    refuse_hidden(text, |c| is_hidden(c) && !matches!(c, '\n' | '\r' | '\t'))?;
    check_length(text, LONGEST_OTHER)
}

fn refuse_hidden(text: &str, is_hidden: impl Fn(char) -> bool) -> Result<(), Refusal> {
    let Some((place, c)) = text.chars().enumerate().find(|(_, c)| is_hidden(*c)) else { return Ok(()) };
    let character = match c {
        '\t' => say!("hidden-tab"),
        '\n' | '\r' | '\u{2028}' | '\u{2029}' => say!("hidden-line-end"),
        '\u{ad}' => say!("hidden-hyphen"),
        '\u{200b}' => say!("hidden-space"),
        '\u{feff}' => say!("hidden-byte-order"),
        '\u{200c}' | '\u{200d}' | '\u{2060}'..='\u{2064}' => say!("hidden-joiner"),
        c if is_mark(c) => say!("hidden-direction"),
        _ => say!("hidden-control"),
    };
    let code = format!("U+{:04X}", u32::from(c));
    let place = (place + 1).to_string();
    Err((Code::ControlCharacter, say!("control-character", character = character, code = code, place = place)))
}

fn check_length(text: &str, longest: usize) -> Result<(), Refusal> {
    // Bytes first: they are never fewer than characters.
    if text.len() > longest && text.chars().count() > longest {
        return Err((Code::CellTooLong, say!("cell-too-long", longest = longest)));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_receiver_or_reference_is_told_apart_from_a_damaged_one() {
        for (text, code, says) in [
            ("5.09E+10", Code::ScientificNotation, "as text"),
            ("5,0937E+10", Code::ScientificNotation, "as text"),
            ("3.7007294E7", Code::ScientificNotation, "as text"),
            ("5,0937007294e10", Code::ScientificNotation, "as text"),
            ("5E10", Code::ReceiverInvalid, "3 digits"),
            ("#VALUE!", Code::SpreadsheetError, "formula"),
            ("########", Code::SpreadsheetError, "too narrow"),
            ("36,350,001", Code::ReceiverInvalid, "thousands"),
            ("50,936,350,001", Code::ReceiverInvalid, "thousands"),
            ("", Code::ReceiverMissing, "eight digits"),
            ("3700729", Code::ReceiverInvalid, "7 digits"),
            ("3700729.0", Code::ReceiverInvalid, "not a wallet"),
            ("370072945.0", Code::ReceiverInvalid, "not a wallet"),
            ("01/07/2026", Code::DateFound, "a date"),
            ("2026-11-30", Code::DateFound, "a date"),
            ("30.11.2026", Code::DateFound, "a date"),
            ("31-12-2025", Code::DateFound, "a date"),
            ("juil-26", Code::DateFound, "a date"),
            ("50937007", Code::ReceiverInvalid, "country code"),
            ("07007294", Code::ReceiverInvalid, "begins with 0"),
            ("Marie", Code::ReceiverInvalid, "not a wallet"),
        ] {
            let (found, sentence) = parse_receiver(text).unwrap_err();
            assert_eq!(found, code, "{text}");
            assert!(sentence.to_string().contains(says), "{text}: {sentence}");
        }
        for text in ["50937007294.0", "37007294.00", "37007294,0", "3700.7294", "37-00-7294", "509 37 00 72 94"] {
            assert_eq!(parse_receiver(text).map(|account| account.msisdn()), Ok("50937007294".to_string()), "{text}");
        }
        for (text, code) in [
            ("", Code::ReferenceMissing),
            ("2.02E+15", Code::ScientificNotation),
            ("2.0261101E7", Code::ScientificNotation),
            ("2,0261101E7", Code::ScientificNotation),
            ("2.0261101e15", Code::ScientificNotation),
            ("#N/A", Code::SpreadsheetError),
            ("a b", Code::ReferenceInvalid),
            ("01/07/26", Code::DateFound),
            ("1-Jul", Code::DateFound),
            ("01-juil", Code::DateFound),
            ("Jul-26", Code::DateFound),
            ("mars-26", Code::DateFound),
            ("7/31/2026", Code::DateFound),
        ] {
            assert_eq!(parse_reference(text).unwrap_err().0, code, "{text}");
        }
        for text in ["2026-07-01", "2026/07/01", "1/7", "13/13/26", "07/26/001", "JUL/1/26", "0/7/26", "1/7/26/1"]
            .into_iter()
            .chain(["12E5", "2026E11", "EMP1E2", "12E-5", "2026.07E12", "2.E7", "2.5E2026", "2.0E7.r2", "1.2.3E4"])
        {
            assert!(parse_reference(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn texts_are_short_and_hold_nothing_hidden() {
        assert!(is_no_text("NULL") && is_no_text("n/a") && is_no_text("#N/A") && !is_no_text("Nulle"));
        assert!(check_text("Pè \"Ti Jo\" & fils 🙂", 100).is_ok());
        assert_eq!(check_text("a\u{202e}b", 100).unwrap_err().0, Code::ControlCharacter);
        assert_eq!(check_text("a\nb", 100).unwrap_err().0, Code::ControlCharacter);
        assert!(check_text(&"é".repeat(100), 100).is_ok());
        assert_eq!(check_text(&"é".repeat(101), 100).unwrap_err().0, Code::CellTooLong);
        assert!(check_other("12, rue\r\nJacmel\t").is_ok());
        for (text, says) in [
            ("Jo\u{200b}el", "a zero-width space (U+200B), as its character 3"),
            ("\u{200e}Joel", "(U+200E), as its character 1"),
            ("é\tJoel", "a tab (U+0009), as its character 2"),
        ] {
            let (code, sentence) = check_text(text, 100).unwrap_err();
            assert_eq!(code, Code::ControlCharacter);
            assert!(sentence.to_string().contains(says), "{sentence}");
        }
        assert_eq!(check_other("\u{1b}[2J").unwrap_err().0, Code::ControlCharacter);
    }
}
