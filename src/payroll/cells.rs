//! One cell at a time: what may stand in it, and what to write instead.
//!
//! Must never: repair a number. A cell that could be meant in two ways is asked about.

use super::problem::Code;
use crate::payout::instruction::{Account, AccountError, Reference, ReferenceError};
use crate::payout::money::{Amount, AmountError};

/// Why a cell is refused: the code, and a sentence that says what to do.
pub type Refusal = (Code, String);

/// Characters of the text that the receiver sees. MonCash publishes no limit; a text message has 160.
pub const LONGEST_DESCRIPTION: usize = 100;
/// Characters of a person's name.
pub const LONGEST_PERSON: usize = 200;
/// Characters of a cell that is only echoed.
pub const LONGEST_OTHER: usize = 1000;

/// What spreadsheets write where a formula failed.
const SPREADSHEET_ERRORS: &[&str] =
    &["#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#GETTING_DATA"];

/// Characters that nobody sees, or that turn the reading direction.
pub fn is_hidden(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Whether a cell holds what a spreadsheet writes for a failed formula.
pub fn is_spreadsheet_error(text: &str) -> bool {
    text.starts_with('#') && SPREADSHEET_ERRORS.iter().any(|error| text.eq_ignore_ascii_case(error))
}

/// `5.09E+10`: what a spreadsheet makes of a long number in a narrow column.
fn is_scientific(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once(['e', 'E']) else { return false };
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b',');
    number(mantissa) && exponent.strip_prefix(['+', '-']).is_some_and(digits)
}

fn refuse_damage(text: &str, what: &str) -> Result<(), Refusal> {
    if is_spreadsheet_error(text) {
        let sentence =
            format!("The spreadsheet could not work out the {what}: correct the formula or write the value itself.");
        return Err((Code::SpreadsheetError, sentence));
    }
    if is_scientific(text) {
        let sentence = format!(
            "The spreadsheet has rounded the {what} and its digits are lost: format the column as text (not as a \
             number) and write the {what} anew."
        );
        return Err((Code::ScientificNotation, sentence));
    }
    Ok(())
}

pub fn parse_reference(text: &str) -> Result<Reference, Refusal> {
    Reference::parse(text).map_err(|error| match refuse_damage(text, "reference") {
        Err(refusal) => refusal,
        Ok(()) if error == ReferenceError::Empty => {
            (Code::ReferenceMissing, "The reference is empty: every row needs one of its own.".to_string())
        }
        Ok(()) => (Code::ReferenceInvalid, format!("The reference {error}: change it, such as to 2026-07-EMP0012.")),
    })
}

pub fn parse_retry_of(text: &str) -> Result<Reference, Refusal> {
    Reference::parse(text).map_err(|error| {
        refuse_damage(text, "reference").err().unwrap_or_else(|| {
            let sentence =
                format!("retry_of {error}: it must be the reference of the payout that is paid again, or empty.");
            (Code::RetryOfInvalid, sentence)
        })
    })
}

pub fn parse_receiver(text: &str) -> Result<Account, Refusal> {
    Account::parse(text).map_err(|error| match refuse_damage(text, "receiver's number") {
        Err(refusal) => refusal,
        Ok(()) if error == AccountError::Empty => (
            Code::ReceiverMissing,
            "The receiver is empty: write the wallet's eight digits, such as 37007294.".to_string(),
        ),
        Ok(()) => (Code::ReceiverInvalid, receiver_advice(text)),
    })
}

fn receiver_advice(text: &str) -> String {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let only_digits = digits == text.len();
    match digits {
        8 if only_digits && text.starts_with("509") => {
            "This begins with the country code 509 and has only 8 digits, so some are missing: write 509 and eight digits."
                .to_string()
        }
        8 if only_digits => "No wallet's number begins with 0: write its eight digits, such as 37007294.".to_string(),
        0 => "This is not a wallet's number: write eight digits, such as 37007294, or 509 and eight digits.".to_string(),
        _ => format!(
            "This is not a wallet's number (it has {digits} digits): write eight digits, such as 37007294, or 509 and \
             eight digits."
        ),
    }
}

/// Reads an amount in HTG: greater than zero, at most two decimals, a decimal point.
pub fn parse_amount(text: &str) -> Result<Amount, Refusal> {
    let amount = Amount::parse(text).map_err(|error| match refuse_damage(text, "amount") {
        Err(refusal) => refusal,
        Ok(()) => match error {
            AmountError::Empty => {
                (Code::AmountMissing, "The amount is empty: write one, such as 1250.00, or remove the row.".to_string())
            }
            AmountError::TooPrecise => (Code::AmountTooPrecise, precision_advice(text)),
            AmountError::TooLarge => {
                (Code::AmountTooLarge, "The amount is larger than any that can be paid.".to_string())
            }
            AmountError::NotANumber => (Code::AmountFormat, amount_advice(text)),
        },
    })?;
    if !amount.is_positive() {
        let sentence = "The amount is not greater than zero: write what is to be paid, or remove the row.";
        return Err((Code::AmountNotPositive, sentence.to_string()));
    }
    Ok(amount)
}

fn precision_advice(text: &str) -> String {
    match text.split_once('.') {
        Some((whole, decimals)) if decimals.len() == 3 && !whole.starts_with('0') => format!(
            "The amount has three decimals: write {whole}{decimals}.00 if the point parts thousands, else round it to \
             two decimals."
        ),
        _ => "The amount has more than two decimals: round it to the centime, such as 1250.75.".to_string(),
    }
}

/// Says what to write instead, where what was meant is plain; and asks where it is not.
fn amount_advice(text: &str) -> String {
    const PLAIN: &str = "write digits with a point before the centimes, such as 1250.00";
    let inner = text.trim_matches(|c: char| c.is_alphabetic() || c.is_whitespace() || "$€£".contains(c));
    if inner.len() != text.len() && Amount::parse(inner).is_ok() {
        return format!("The amount must stand alone, without a currency: write {inner}.");
    }
    if inner.starts_with('(') && inner.ends_with(')') {
        return format!("Brackets mean a negative amount, and only amounts above zero are paid: {PLAIN}.");
    }
    if inner.starts_with('+') {
        return format!("The amount must have no sign: {PLAIN}.");
    }
    let groups = |c: char| c.is_whitespace() || c == '\'' || c == '’';
    let bare: String = inner.chars().filter(|c| !groups(*c)).collect();
    if !bare.is_empty() && bare.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b',') {
        return separators_advice(&bare);
    }
    format!("This is not an amount: {PLAIN}.")
}

fn separators_advice(bare: &str) -> String {
    let digits = |part: &str| part.bytes().filter(u8::is_ascii_digit).map(char::from).collect::<String>();
    let is_number = |plain: &str| Amount::parse(plain).is_ok();
    let split = bare.rfind([',', '.']).map(|at| (&bare[..at], &bare[at + 1..]));
    match split {
        None if is_number(bare) => format!("The amount must have nothing between its digits: write {bare}."),
        // One comma and three digits: 1,250 is twelve hundred and fifty to some and one and a quarter to others.
        Some((whole, end)) if end.len() == 3 && !whole.contains([',', '.']) => format!(
            "The amount can be read in two ways: write {}.00 if the {} parts thousands.",
            digits(bare),
            if bare.contains(',') { "comma" } else { "point" }
        ),
        Some((whole, end)) if (1..=2).contains(&end.len()) && is_number(&format!("{}.{end}", digits(whole))) => {
            let reason = if bare.contains('.') && bare.contains(',') || whole.contains([',', '.']) {
                "separators between thousands are not read"
            } else {
                "decimals are parted by a point"
            };
            format!("The amount is not a plain number ({reason}): write {}.{end}.", digits(whole))
        }
        Some((_, end)) if end.len() == 3 => {
            format!("The amount must have nothing between thousands: write {}.00.", digits(bare))
        }
        _ => "This is not an amount: write digits with a point before the centimes, such as 1250.00.".to_string(),
    }
}

/// A text that people read: the description or a name.
pub fn check_text(text: &str, longest: usize) -> Result<(), Refusal> {
    if text.chars().any(is_hidden) {
        return Err(hidden());
    }
    check_length(text, longest)
}

/// A cell that is only echoed. It may hold line ends (addresses do) and tabs.
pub fn check_other(text: &str) -> Result<(), Refusal> {
    if text.chars().any(|c| is_hidden(c) && !matches!(c, '\n' | '\r' | '\t')) {
        return Err(hidden());
    }
    check_length(text, LONGEST_OTHER)
}

fn hidden() -> Refusal {
    let sentence = "The cell holds a character that cannot be seen (shown here by its number): write the text anew.";
    (Code::ControlCharacter, sentence.to_string())
}

fn check_length(text: &str, longest: usize) -> Result<(), Refusal> {
    // Bytes first: they are never fewer than characters.
    if text.len() > longest && text.chars().count() > longest {
        return Err((Code::CellTooLong, format!("The text has more than {longest} characters: shorten it.")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wrong_amount_is_answered_with_what_to_write() {
        let table = [
            ("1250,00", Code::AmountFormat, "write 1250.00"),
            ("1,250.00", Code::AmountFormat, "write 1250.00"),
            ("1.250,00", Code::AmountFormat, "write 1250.00"),
            ("1 250.00", Code::AmountFormat, "write 1250.00"),
            ("1\u{a0}250,5", Code::AmountFormat, "write 1250.5"),
            ("1'250.00", Code::AmountFormat, "write 1250.00"),
            ("1,250", Code::AmountFormat, "two ways"),
            ("1,250,000", Code::AmountFormat, "write 1250000.00"),
            ("12 500", Code::AmountFormat, "write 12500"),
            ("1.250", Code::AmountTooPrecise, "write 1250.00 if"),
            ("0.125", Code::AmountTooPrecise, "round it"),
            ("HTG 1250.00", Code::AmountFormat, "without a currency: write 1250.00"),
            ("1250 gourdes", Code::AmountFormat, "write 1250"),
            ("$5", Code::AmountFormat, "write 5"),
            ("(50.00)", Code::AmountFormat, "negative"),
            ("+50.00", Code::AmountFormat, "no sign"),
            (".5", Code::AmountFormat, "write digits"),
            ("5.", Code::AmountFormat, "write digits"),
            ("fifty", Code::AmountFormat, "write digits"),
            ("-5.00", Code::AmountNotPositive, "greater than zero"),
            ("0", Code::AmountNotPositive, "greater than zero"),
            ("0.00", Code::AmountNotPositive, "greater than zero"),
            ("", Code::AmountMissing, "empty"),
            ("99999999999999999999", Code::AmountTooLarge, "larger"),
            ("5.09E+10", Code::ScientificNotation, "format the column as text"),
            ("#N/A", Code::SpreadsheetError, "formula"),
            ("#ref!", Code::SpreadsheetError, "formula"),
            ("٣", Code::AmountFormat, "write digits"),
            ("1,2,3.4.5", Code::AmountFormat, "not a"),
        ];
        for (text, code, says) in table {
            let (found, sentence) = parse_amount(text).unwrap_err();
            assert_eq!(found, code, "{text}: {sentence}");
            assert!(sentence.contains(says), "{text}: {sentence}");
        }
        assert_eq!(parse_amount("1250.5"), Ok(Amount::from_centimes(125_050)));
    }

    #[test]
    fn a_wrong_receiver_or_reference_is_told_apart_from_a_damaged_one() {
        for (text, code, says) in [
            ("5.09E+10", Code::ScientificNotation, "as text"),
            ("5,0937E+10", Code::ScientificNotation, "as text"),
            ("#VALUE!", Code::SpreadsheetError, "formula"),
            ("", Code::ReceiverMissing, "eight digits"),
            ("3700729", Code::ReceiverInvalid, "7 digits"),
            ("50937007", Code::ReceiverInvalid, "country code"),
            ("07007294", Code::ReceiverInvalid, "begins with 0"),
            ("Marie", Code::ReceiverInvalid, "not a wallet"),
        ] {
            let (found, sentence) = parse_receiver(text).unwrap_err();
            assert_eq!(found, code, "{text}");
            assert!(sentence.contains(says), "{text}: {sentence}");
        }
        for (text, code) in [
            ("", Code::ReferenceMissing),
            ("2.02E+15", Code::ScientificNotation),
            ("#N/A", Code::SpreadsheetError),
            ("a b", Code::ReferenceInvalid),
        ] {
            assert_eq!(parse_reference(text).unwrap_err().0, code, "{text}");
        }
    }

    #[test]
    fn texts_are_short_and_hold_nothing_hidden() {
        assert!(check_text("Pè \"Ti Jo\" & fils 🙂", 100).is_ok());
        assert_eq!(check_text("a\u{202e}b", 100).unwrap_err().0, Code::ControlCharacter);
        assert_eq!(check_text("a\nb", 100).unwrap_err().0, Code::ControlCharacter);
        assert!(check_text(&"é".repeat(100), 100).is_ok());
        assert_eq!(check_text(&"é".repeat(101), 100).unwrap_err().0, Code::CellTooLong);
        assert!(check_other("12, rue\r\nJacmel\t").is_ok());
        assert_eq!(check_other("\u{1b}[2J").unwrap_err().0, Code::ControlCharacter);
    }
}
