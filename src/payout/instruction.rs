//! What one row orders: pay this wallet this amount under this reference. Valid by construction.
//!
//! Must never: be changed once made, or show a whole account number where a log could keep it.

use super::money::Amount;
use std::fmt;

/// Longest reference, in characters. MonCash publishes no limit; integrations keep to 40 and more.
pub const LONGEST_REFERENCE: usize = 40;

/// Hex digits that stand for the part of a long reference that gave way to a retry's ending: 48 bits,
/// so that two long references of one file do not meet. Were they to, the file would be rejected, not
/// paid.
pub const CUT_DIGITS: usize = 12;

/// A promise to pay once, for ever. Kept as written; compared by [`Reference::key`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference(String);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReferenceError {
    #[error("is empty: every row needs a reference of its own")]
    Empty,
    #[error("is longer than 40 characters")]
    TooLong,
    #[error("may hold only A-Z a-z 0-9 . _ : / -")]
    BadCharacter,
    #[error("must begin and end with a letter or a digit")]
    BadEnds,
}

impl Reference {
    pub fn parse(text: &str) -> Result<Reference, ReferenceError> {
        Reference::check(text)?;
        Ok(Reference(text.to_string()))
    }

    /// Whether a text is a reference.
    pub fn check(text: &str) -> Result<(), ReferenceError> {
        if text.is_empty() {
            return Err(ReferenceError::Empty);
        }
        // Bytes first: they are never fewer than characters.
        if text.len() > LONGEST_REFERENCE && text.chars().count() > LONGEST_REFERENCE {
            return Err(ReferenceError::TooLong);
        }
        if !text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b':' | b'/' | b'-')) {
            return Err(ReferenceError::BadCharacter);
        }
        let alphanumeric = |b: Option<&u8>| b.is_some_and(u8::is_ascii_alphanumeric);
        let bytes = text.as_bytes();
        if !alphanumeric(bytes.first()) || !alphanumeric(bytes.last()) {
            return Err(ReferenceError::BadEnds);
        }
        Ok(())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What two references are compared by: no case, no leading zeros, because Excel rewrites
    /// `007` to `7` and people do not tell `pay-1` from `PAY-1`.
    pub fn key(&self) -> String {
        Reference::key_of(&self.0)
    }

    /// [`Reference::key`] without memory of its own: for what looks at millions.
    pub fn key_in<'a>(&self, room: &'a mut [u8; LONGEST_REFERENCE]) -> &'a str {
        let stripped = self.0.trim_start_matches('0');
        let text = if stripped.is_empty() { "0" } else { stripped };
        let key = &mut room[..text.len()];
        key.copy_from_slice(text.as_bytes());
        key.make_ascii_lowercase();
        // A reference is ASCII.
        std::str::from_utf8(key).unwrap_or_default()
    }

    /// The reference without the ending `.r2`, `.r3`… that is reserved for retries, where it has one.
    pub fn retry_base(&self) -> Option<&str> {
        let at = self.0.rfind(['r', 'R'])?;
        let base = self.0.get(..at)?.strip_suffix('.')?;
        let digits = self.0.get(at + 1..)?;
        let plain = !digits.is_empty() && !digits.starts_with('0') && digits.bytes().all(|b| b.is_ascii_digit());
        (plain && digits != "1" && !base.is_empty()).then_some(base)
    }

    /// Whether it has the shape of a retry's reference whose beginning had to be cut: as long as a
    /// reference may be, with a hyphen and the digits of a hash before the ending.
    pub fn was_cut_for_a_retry(&self) -> bool {
        let cut = |base: &str| {
            let (kept, digits) = base.rsplit_once('-')?;
            let hex = digits.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b.to_ascii_lowercase()));
            (!kept.is_empty() && hex && digits.len() == CUT_DIGITS).then_some(())
        };
        self.0.len() == LONGEST_REFERENCE && self.retry_base().and_then(cut).is_some()
    }

    /// The key of a text that need not be a valid reference (what a person typed).
    pub fn key_of(text: &str) -> String {
        let stripped = text.trim_start_matches('0');
        if stripped.is_empty() { "0".to_string() } else { stripped.to_ascii_lowercase() }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Country code of Haiti, before the eight digits of a wallet.
const COUNTRY: &str = "509";
/// Wallets have eight digits.
const SMALLEST: u32 = 10_000_000;
const LARGEST: u32 = 99_999_999;

/// A MonCash wallet: the eight digits after 509.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Account(u32);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AccountError {
    #[error("is empty: write the wallet's eight digits, such as 37007294")]
    Empty,
    #[error("is not a wallet number: write eight digits, such as 37007294, or 509 and eight digits")]
    NotAWallet,
}

impl Account {
    /// Reads eight digits (not beginning 509), or 509 and eight digits, with `+`, `00`, spaces,
    /// dots, dashes or brackets as people write them.
    pub fn parse(text: &str) -> Result<Account, AccountError> {
        let mut digits = String::with_capacity(16);
        for c in text.trim().chars() {
            match c {
                '0'..='9' if digits.len() < 16 => digits.push(c),
                '+' if digits.is_empty() => digits.push_str("00"),
                ' ' | '\u{a0}' | '\u{202f}' | '.' | '-' | '(' | ')' => {}
                _ => return Err(AccountError::NotAWallet),
            }
        }
        if digits.is_empty() {
            return Err(AccountError::Empty);
        }
        let international = digits.strip_prefix("00").unwrap_or(&digits);
        let had_prefix = international.len() != digits.len();
        let local = match international.strip_prefix(COUNTRY) {
            Some(rest) if rest.len() == 8 => rest,
            Some(_) => return Err(AccountError::NotAWallet),
            None if had_prefix => return Err(AccountError::NotAWallet),
            None => international,
        };
        if local.len() != 8 {
            return Err(AccountError::NotAWallet);
        }
        local.parse().ok().and_then(Account::from_local).ok_or(AccountError::NotAWallet)
    }

    /// From the eight digits as a number, as the ledger keeps them.
    pub fn from_local(local: u32) -> Option<Account> {
        (SMALLEST..=LARGEST).contains(&local).then_some(Account(local))
    }

    pub fn local(self) -> u32 {
        self.0
    }

    /// As MonCash wants it: 509 and eight digits.
    pub fn msisdn(self) -> String {
        format!("{COUNTRY}{}", self.0)
    }

    /// For logs: `509••••7294`.
    pub fn masked(self) -> String {
        format!("{COUNTRY}••••{:04}", self.0 % 10_000)
    }

    /// Words of MonCash as a log may show them: where they name this account, masked.
    pub fn mask_in(self, words: &str) -> String {
        words.replace(&self.msisdn(), &self.masked()).replace(&self.0.to_string(), &self.masked())
    }
}

/// Digits of a wallet's number with its country: 509 and eight more.
const MSISDN_DIGITS: usize = 11;
/// What people put between the digits of a number.
const BETWEEN: [char; 3] = [' ', '-', '.'];

/// What a number within Haiti begins with, where it can be a wallet's.
const LOCAL_BEGINS: [char; 3] = ['3', '4', '5'];
/// Its digits, in two halves as people write them.
const LOCAL_HALF: usize = 4;

/// Every account number becomes `509••••7294`: eleven digits that begin with 509, in one or with a space,
/// dash or dot between. In words of MonCash or of a person eight digits that can be a wallet's become `••••7294`; an id
/// of a transaction may become so too: where it stands by itself, [`mask_account_runs`] is for it.
pub fn mask_accounts(text: &str) -> String {
    mask_local(&mask(text, &BETWEEN))
}

/// Eight digits that stand by themselves, in one or with one mark in their middle.
fn mask_local(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let (mut rest, mut before) = (text, ' ');
    while let Some(c) = rest.chars().next() {
        let stands_alone = !before.is_alphanumeric() && !"•._:/-".contains(before);
        if stands_alone && let Some((last_four, behind)) = local_at(rest) {
            masked.push_str("••••");
            masked.push_str(last_four);
            (rest, before) = (behind, '0');
            continue;
        }
        masked.push(c);
        before = c;
        rest = &rest[c.len_utf8()..];
    }
    masked
}

/// The last four digits of the local number that a text begins with, and what follows it.
fn local_at(text: &str) -> Option<(&str, &str)> {
    let half = |text: &str| text.get(..LOCAL_HALF).is_some_and(|half| half.bytes().all(|b| b.is_ascii_digit()));
    if !text.starts_with(LOCAL_BEGINS) || !half(text) {
        return None;
    }
    let second = &text[LOCAL_HALF..];
    let second = second.strip_prefix(BETWEEN).unwrap_or(second);
    if !half(second) {
        return None;
    }
    let (last_four, rest) = second.split_at(LOCAL_HALF);
    let mut next = rest.chars();
    let goes_on = match (next.next(), next.next()) {
        (Some('.' | ',' | '-' | '/' | ':'), Some(c)) => c.is_alphanumeric(),
        (Some(c), _) => c.is_alphanumeric() || c == '_',
        (None, _) => false,
    };
    (!goes_on).then_some((last_four, rest))
}

/// The same, but only what stands in one.
pub fn mask_account_runs(text: &str) -> String {
    mask(text, &[])
}

fn mask(text: &str, between: &[char]) -> String {
    let mut masked = String::with_capacity(text.len());
    let (mut rest, mut after_digit) = (text, false);
    while let Some(c) = rest.chars().next() {
        if !after_digit && let Some((last_four, behind)) = account_at(rest, between) {
            masked.push_str(COUNTRY);
            masked.push_str("••••");
            masked.push_str(&last_four);
            (rest, after_digit) = (behind, true);
            continue;
        }
        masked.push(c);
        after_digit = c.is_ascii_digit();
        rest = &rest[c.len_utf8()..];
    }
    masked
}

/// The last four digits of the account number that a text begins with, and what follows it.
fn account_at<'a>(text: &'a str, between: &[char]) -> Option<(String, &'a str)> {
    if !text.starts_with(COUNTRY) {
        return None;
    }
    let (mut digits, mut rest) = (String::new(), text);
    while digits.len() < MSISDN_DIGITS {
        let next = rest.strip_prefix(between).filter(|_| !digits.is_empty()).unwrap_or(rest);
        let digit = next.chars().next().filter(char::is_ascii_digit)?;
        digits.push(digit);
        rest = &next[1..];
    }
    if rest.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    Some((digits.split_off(MSISDN_DIGITS - 4), rest))
}

/// Masked, so that a stray `{:?}` gives nothing away.
impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Account({})", self.masked())
    }
}

/// What MonCash is told to do. `description` is the text that the receiver sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instruction {
    pub reference: Reference,
    pub receiver: Account,
    pub amount: Amount,
    pub description: String,
    /// The burned reference that this one pays again.
    pub retry_of: Option<Reference>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wallets_are_read_as_people_write_them() {
        for text in [
            "37007294",
            "3700-7294",
            "+509 3700 7294",
            "00509 37007294",
            "(509) 37 00 72 94",
            "(+509) 3700-7294",
            "50937007294",
            "+50937007294",
            " 37.00.72.94 ",
        ] {
            assert_eq!(Account::parse(text).map(Account::msisdn), Ok("50937007294".to_string()), "{text}");
        }
        for text in [
            "",
            "3700729",
            "370072945",
            "50937007",
            "+37007294",
            "++509 37007294",
            "509+37007294",
            "0037007294",
            "5.09E+10",
            "37007294a",
            "07007294",
            "+1 3700 7294",
        ] {
            assert!(Account::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_log_never_shows_a_whole_account() {
        let account = Account::parse("37007294").unwrap();
        assert_eq!(account.masked(), "509••••7294");
        assert_eq!(account.mask_in("50937007294: 37007294 full"), "509••••7294: 509••••7294 full");
        assert!(!format!("{account:?}").contains("3700"));
    }

    #[test]
    fn references_are_one_whatever_excel_or_a_person_made_of_their_case_and_zeros() {
        let key = |text: &str| Reference::parse(text).unwrap().key();
        assert_eq!(key("0042"), key("42"));
        assert_eq!(key("Pay-07"), key("PAY-07"));
        assert_ne!(key("PAY-07"), key("PAY-7"));
        assert_eq!(key("000"), "0");
        for text in ["0042", "Pay-07", "000", "0", "x", &"Z".repeat(LONGEST_REFERENCE)] {
            let reference = Reference::parse(text).unwrap();
            assert_eq!(reference.key_in(&mut [b'~'; LONGEST_REFERENCE]), reference.key());
        }
    }

    #[test]
    fn references_keep_to_their_letters() {
        for good in ["A", "2026-07/EMP:0012.r2", "a_b"] {
            assert!(Reference::parse(good).is_ok(), "{good}");
        }
        for bad in ["", "-a", "a-", "a b", "é", "=1+1", &"x".repeat(41)] {
            assert!(Reference::parse(bad).is_err(), "{bad}");
        }
    }
}
