//! Money: whole centimes of a gourde (HTG) in an `i64`, checked at every step.
//!
//! Must never: hold a float, round in anybody's favour but the prefunded account's, or wrap around.

use std::fmt;

/// Centimes in one gourde.
const CENTIMES: i64 = 100;

/// Longest number text that is looked at. A balance printed as a binary expansion has about
/// forty digits; anything much longer is not an amount.
const LONGEST_NUMBER: usize = 400;

/// Largest power of ten that is looked at, either way. A double reaches 308; what lies beyond is not
/// an amount, and would be written out as that many zeros.
const LARGEST_EXPONENT: i32 = 400;

/// An amount of HTG in whole centimes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amount(i64);

/// Why a text is not an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    #[error("is empty: write an amount such as 1250.00")]
    Empty,
    #[error("is not a plain number: write digits with a point before the centimes, such as 1250.00")]
    NotANumber,
    #[error("has more than two decimals: the smallest coin is one centime")]
    TooPrecise,
    #[error("is larger than any amount that can be handled")]
    TooLarge,
}

impl Amount {
    pub const ZERO: Amount = Amount(0);
    pub const MAX: Amount = Amount(i64::MAX);

    pub const fn from_centimes(centimes: i64) -> Amount {
        Amount(centimes)
    }

    pub const fn centimes(self) -> i64 {
        self.0
    }

    /// Reads a plain decimal in HTG: digits, at most one point, at most two decimals, a leading
    /// `-` allowed. Trailing zeros beyond two decimals are refused too: they are not how people
    /// write money, and what is unusual is asked about.
    pub fn parse(text: &str) -> Result<Amount, AmountError> {
        if text.is_empty() {
            return Err(AmountError::Empty);
        }
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, decimals) = digits.split_once('.').unwrap_or((digits, "00"));
        let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !all_digits(whole) || !all_digits(decimals) {
            return Err(AmountError::NotANumber);
        }
        if decimals.len() > 2 {
            return Err(AmountError::TooPrecise);
        }
        let whole: i64 = whole.parse().map_err(|_| AmountError::TooLarge)?;
        let mut cents: i64 = decimals.parse().map_err(|_| AmountError::NotANumber)?;
        if decimals.len() == 1 {
            cents *= 10;
        }
        let centimes = whole.checked_mul(CENTIMES).and_then(|c| c.checked_add(cents)).ok_or(AmountError::TooLarge)?;
        Ok(Amount(if negative { -centimes } else { centimes }))
    }

    pub fn checked_add(self, other: Amount) -> Option<Amount> {
        self.0.checked_add(other.0).map(Amount)
    }

    pub fn checked_sub(self, other: Amount) -> Option<Amount> {
        self.0.checked_sub(other.0).map(Amount)
    }

    /// For sums where an overflow can only mean "far more than there is": what is reserved or
    /// needed. Never use it for what is available.
    pub fn saturating_add(self, other: Amount) -> Amount {
        Amount(self.0.saturating_add(other.0))
    }

    pub fn saturating_sub(self, other: Amount) -> Amount {
        Amount(self.0.saturating_sub(other.0))
    }

    pub fn is_positive(self) -> bool {
        self.0 > 0
    }

    /// With thin spaces between thousands, for people: `1 234 567.89`. Never for files.
    pub fn grouped(self) -> String {
        let plain = self.to_string();
        let (sign, plain) = match plain.strip_prefix('-') {
            Some(rest) => ("-", rest.to_string()),
            None => ("", plain),
        };
        let (whole, decimals) = plain.split_once('.').unwrap_or((&plain, "00"));
        let mut out = String::with_capacity(plain.len() + 8);
        for (place, digit) in whole.chars().enumerate() {
            if place > 0 && (whole.len() - place).is_multiple_of(3) {
                out.push(' ');
            }
            out.push(digit);
        }
        format!("{sign}{out}.{decimals}")
    }
}

/// HTG with two decimals and a point, as files and JSON carry it: `1250.00`.
impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let magnitude = self.0.unsigned_abs();
        let cents = CENTIMES.unsigned_abs();
        write!(f, "{sign}{}.{:02}", magnitude / cents, magnitude % cents)
    }
}

/// A number as MonCash printed it, read exactly: the centime below it, and how far above it lies.
/// MonCash prints balances as binary expansions (29814021.179999999701976776123046875) and large
/// doubles with an exponent (2.981402118E7); both are read here without a float.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExactNumber {
    floor: Amount,
    rest: Rest,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rest {
    Exact,
    /// Above the floor by less than a ten-thousandth of a centime: an expansion of the floor.
    JustAbove,
    /// Below the next centime by as little: an expansion of that one.
    JustBelowNext,
    Between,
}

impl ExactNumber {
    /// Reads the text of a JSON number (or of a string that holds one). Negative numbers round
    /// towards minus infinity, so that a balance is never read as more than it is.
    pub fn parse(text: &str) -> Option<ExactNumber> {
        if text.len() > LONGEST_NUMBER {
            return None;
        }
        let (negative, body) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mantissa, exponent) = match body.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
            None => (body, 0),
        };
        let (whole, decimals) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits_only = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || !digits_only(whole) || !digits_only(decimals) {
            return None;
        }
        // Not `abs`: the smallest i32 has none.
        if !(-LARGEST_EXPONENT..=LARGEST_EXPONENT).contains(&exponent) {
            return None;
        }
        // The digits as one row; `point` counts how many of them are centimes and more.
        let digits: Vec<u8> = whole.bytes().chain(decimals.bytes()).collect();
        let point = i32::try_from(whole.len()).ok()? + exponent + 2;
        let mut floor: i64 = 0;
        for place in 0..point.max(0) {
            let digit = usize::try_from(place).ok().and_then(|p| digits.get(p)).map_or(0, |b| b - b'0');
            floor = floor.checked_mul(10)?.checked_add(i64::from(digit))?;
        }
        let below: Vec<u8> = if point >= 0 {
            digits.iter().skip(usize::try_from(point).ok()?).copied().collect()
        } else {
            let zeros = usize::try_from(-point).ok()?;
            std::iter::repeat_n(b'0', zeros).chain(digits.iter().copied()).collect()
        };
        let rest = if below.iter().all(|d| *d == b'0') {
            Rest::Exact
        } else if below.len() > 4 && below[..4].iter().all(|d| *d == b'0') {
            Rest::JustAbove
        } else if below.len() > 4 && below[..4].iter().all(|d| *d == b'9') {
            Rest::JustBelowNext
        } else {
            Rest::Between
        };
        if !negative {
            return Some(ExactNumber { floor: Amount(floor), rest });
        }
        // Mirror: the floor of a negative number is the centime further from zero.
        let (floor, rest) = match rest {
            Rest::Exact => (-floor, Rest::Exact),
            Rest::JustAbove => ((-floor).checked_sub(1)?, Rest::JustBelowNext),
            Rest::JustBelowNext => ((-floor).checked_sub(1)?, Rest::JustAbove),
            Rest::Between => ((-floor).checked_sub(1)?, Rest::Between),
        };
        Some(ExactNumber { floor: Amount(floor), rest })
    }

    /// Rounded down to the centime: what a balance is worth to us.
    pub fn floor(self) -> Amount {
        self.floor
    }

    /// Whether this is `amount`, allowing for a binary expansion of it and for nothing else.
    pub fn is(self, amount: Amount) -> bool {
        match self.rest {
            Rest::Exact | Rest::JustAbove => self.floor == amount,
            Rest::JustBelowNext => self.floor.checked_add(Amount(1)) == Some(amount),
            Rest::Between => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn plain_amounts_are_read_to_the_centime_and_nothing_else_is() {
        for (text, centimes) in [("0", 0), ("1", 100), ("1.5", 150), ("75000.00", 7_500_000), ("-2.01", -201)] {
            assert_eq!(Amount::parse(text), Ok(Amount(centimes)), "{text}");
        }
        for text in
            ["", ".5", "5.", "1,5", "1e3", " 1", "+1", "1.234", "1.000", "NaN", "٣", "--1", "92233720368547758.08"]
        {
            assert!(Amount::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_balance_is_never_read_as_more_than_it_is() {
        let floor = |text: &str| ExactNumber::parse(text).map(|n| n.floor().centimes());
        assert_eq!(floor("29814021.179999999701976776123046875"), Some(2_981_402_117));
        assert_eq!(floor("2.981402118E7"), Some(2_981_402_118));
        assert_eq!(floor("100"), Some(10_000));
        assert_eq!(floor("-0.001"), Some(-1));
        assert_eq!(floor("1e-9"), Some(0));
        assert_eq!(floor("1e30"), None);
        assert_eq!(floor("0x10"), None);
        assert_eq!(floor("1.2.3"), None);
        for huge in ["1e-2147483648", "1e2147483647", "1e-401", "1e99999999999"] {
            assert_eq!(floor(huge), None, "{huge}");
        }
    }

    #[test]
    fn an_echo_is_ours_only_when_it_is_the_same_centime() {
        let is = |text: &str, centimes: i64| ExactNumber::parse(text).is_some_and(|n| n.is(Amount(centimes)));
        assert!(is("100.0", 10_000));
        assert!(is("29814021.179999999701976776123046875", 2_981_402_118));
        assert!(!is("29814021.179999999701976776123046875", 2_981_402_117));
        assert!(!is("100.004", 10_000));
        assert!(!is("100.01", 10_000));
    }

    #[test]
    fn people_see_thousands_apart() {
        assert_eq!(Amount(123_456_789).grouped(), "1 234 567.89");
        assert_eq!(Amount(-10_000).grouped(), "-100.00");
        assert_eq!(Amount(99_999).grouped(), "999.99");
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in "-?[0-9]{0,30}[.]?[0-9]{0,30}([eE][+-]?[0-9]{0,12})?", any in ".*") {
            let _ = ExactNumber::parse(&text);
            let _ = ExactNumber::parse(&any);
            let _ = Amount::parse(&any);
        }

        #[test]
        fn what_is_printed_reads_back_the_same(centimes in -1_000_000_000_000i64..1_000_000_000_000) {
            let amount = Amount(centimes);
            prop_assert_eq!(Amount::parse(&amount.to_string()), Ok(amount));
            prop_assert!(ExactNumber::parse(&amount.to_string()).is_some_and(|n| n.is(amount) && n.floor() == amount));
        }
    }
}
