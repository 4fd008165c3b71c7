//! Numbers of a sheet, worked with as fractions: no digit is lost where a spreadsheet, which works with binary
//! fractions, loses some; and where the two may round apart, it is known by how much.
//!
//! Must never: overflow. What does not fit is not worked out.

/// Parts of a whole in which a number's slack is counted: millionths.
const SLACK_PARTS: i128 = 1_000_000;
/// Half a centime, in parts of slack.
const HALF_CENTIME: i128 = 5_000;
/// Digits and powers of ten of a number that is worked with.
const MOST_DIGITS: usize = 18;
const MOST_PLACES: i32 = 30;

/// A number as a sheet stores it: its digits, and how many of them stand behind the point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Decimal {
    pub digits: i64,
    pub places: u8,
}

impl Decimal {
    /// Of a number without an exponent.
    pub fn parse(text: &str) -> Option<Decimal> {
        let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
        let places = u8::try_from(decimals.len()).ok().filter(|places| usize::from(*places) <= MOST_DIGITS)?;
        Some(Decimal { digits: format!("{whole}{decimals}").parse().ok()?, places })
    }

    pub fn exact(self) -> Option<Exact> {
        Exact::of(i128::from(self.digits), power(i32::from(self.places))?, 0)
    }
}

/// A fraction in its lowest terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Exact {
    top: i128,
    /// Greater than zero.
    bottom: i128,
    /// By how much, in millionths, what a spreadsheet has may differ: it may round the other way what lies
    /// half-way.
    slack: i128,
}

impl Exact {
    pub const ZERO: Exact = Exact { top: 0, bottom: 1, slack: 0 };

    fn of(top: i128, bottom: i128, slack: i128) -> Option<Exact> {
        let (top, bottom) = if bottom < 0 { (top.checked_neg()?, bottom.checked_neg()?) } else { (top, bottom) };
        let common = common(top.checked_abs()?.unsigned_abs(), bottom.unsigned_abs())?;
        (slack < i128::from(u32::MAX)).then_some(Exact { top: top / common, bottom: bottom / common, slack })
    }

    /// A number as a sheet stores or writes it: `1250.5`, `-0.06`, `1.5E+7`.
    pub fn parse(text: &str) -> Option<Exact> {
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (whole, decimals) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let is_negative = whole.starts_with('-');
        let digits = format!("{}{decimals}", whole.trim_start_matches('-'));
        if !digits.contains(|c: char| c.is_ascii_digit()) {
            return None;
        }
        let digits = digits.trim_start_matches('0');
        let places = i32::try_from(decimals.len()).ok()?.checked_sub(exponent)?;
        if digits.len() > MOST_DIGITS || places.abs() > MOST_PLACES {
            return None;
        }
        if !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let top = if digits.is_empty() { 0 } else { digits.parse::<i128>().ok()? };
        let top = if is_negative { -top } else { top };
        if places >= 0 { Exact::of(top, power(places)?, 0) } else { Exact::of(top.checked_mul(power(-places)?)?, 1, 0) }
    }

    pub fn negative(self) -> Exact {
        Exact { top: -self.top, ..self }
    }

    pub fn plus(self, other: Exact) -> Option<Exact> {
        let common = common(self.bottom.unsigned_abs(), other.bottom.unsigned_abs())?;
        let (own, others) = (other.bottom / common, self.bottom / common);
        let top = self.top.checked_mul(own)?.checked_add(other.top.checked_mul(others)?)?;
        Exact::of(top, self.bottom.checked_mul(own)?, self.slack.checked_add(other.slack)?)
    }

    pub fn minus(self, other: Exact) -> Option<Exact> {
        self.plus(other.negative())
    }

    pub fn times(self, other: Exact) -> Option<Exact> {
        // Crosswise in lowest terms, so that less has to fit.
        let first = Exact::of(self.top, other.bottom, 0)?;
        let second = Exact::of(other.top, self.bottom, 0)?;
        let slack = if self.slack == 0 && other.slack == 0 {
            0
        } else {
            let own = self.magnitude()?.checked_mul(other.slack)?;
            let others = other.magnitude()?.checked_mul(self.slack)?;
            own.checked_add(others)?.checked_add(self.slack.checked_mul(other.slack)? / SLACK_PARTS + 1)?
        };
        Exact::of(first.top.checked_mul(second.top)?, first.bottom.checked_mul(second.bottom)?, slack)
    }

    pub fn over(self, other: Exact) -> Option<Exact> {
        if other.top == 0 || other.slack != 0 {
            return None;
        }
        self.times(Exact::of(other.bottom, other.top, 0)?)
    }

    /// At the place behind the point (before it, where that is negative), half away from zero.
    pub fn rounded(self, places: i32) -> Option<Exact> {
        if places.abs() > MOST_PLACES / 2 {
            return None;
        }
        let unit = if places >= 0 { Exact::of(1, power(places)?, 0)? } else { Exact::of(power(-places)?, 1, 0)? };
        let scaled = Exact { slack: 0, ..self }.over(unit)?;
        let double = scaled.top.checked_abs()?.checked_mul(2)?;
        let whole = double.checked_add(scaled.bottom)? / scaled.bottom.checked_mul(2)?;
        let from_half = (double % scaled.bottom.checked_mul(2)?).checked_sub(scaled.bottom)?.abs();
        let is_half = from_half.checked_mul(SLACK_PARTS)? < scaled.bottom;
        let rounded = Exact::of(whole * scaled.top.signum(), 1, 0)?.times(unit)?;
        let slack = match is_half || self.slack > 0 {
            true => self.slack.checked_add(unit.in_parts()?)?,
            false => 0,
        };
        Exact::of(rounded.top, rounded.bottom, slack)
    }

    /// The whole number that it is.
    pub fn whole(self) -> Option<i32> {
        if self.bottom != 1 || self.slack != 0 {
            return None;
        }
        i32::try_from(self.top).ok()
    }

    /// As digits and slack: what does not end is rounded.
    pub fn kept(self) -> Option<(Decimal, u32)> {
        for places in 0_u8..=14 {
            let parts = power(i32::from(places))?;
            if parts % self.bottom == 0 {
                let digits = i64::try_from(self.top.checked_mul(parts / self.bottom)?).ok()?;
                return Some((Decimal { digits, places }, u32::try_from(self.slack).ok()?));
            }
        }
        let rounded = Exact { slack: 0, ..self }.rounded(9)?;
        let digits = i64::try_from(rounded.top.checked_mul(power(9)? / rounded.bottom)?).ok()?;
        Some((Decimal { digits, places: 9 }, u32::try_from(self.slack.checked_add(1)?).ok()?))
    }

    pub fn with_slack(self, slack: u32) -> Exact {
        Exact { slack: i128::from(slack), ..self }
    }

    /// Whether it is half a centime or more from the other, whichever way a spreadsheet may have rounded. What
    /// cannot be said is not.
    pub fn is_another(self, other: Exact) -> bool {
        let difference = || {
            let between = self.minus(other)?;
            let slack = between.slack.checked_add(HALF_CENTIME)?;
            Some(between.top.checked_abs()?.checked_mul(SLACK_PARTS)? >= slack.checked_mul(between.bottom)?)
        };
        difference().unwrap_or(false)
    }

    /// Without its sign, rounded up to a whole number.
    fn magnitude(self) -> Option<i128> {
        (self.top.checked_abs()? / self.bottom).checked_add(1)
    }

    /// In parts of slack, rounded up.
    fn in_parts(self) -> Option<i128> {
        (self.top.checked_abs()?.checked_mul(SLACK_PARTS)? / self.bottom).checked_add(1)
    }
}

fn power(places: i32) -> Option<i128> {
    10_i128.checked_pow(u32::try_from(places).ok()?)
}

/// The greatest number that divides both.
fn common(mut one: u128, mut other: u128) -> Option<i128> {
    while other != 0 {
        (one, other) = (other, one % other);
    }
    i128::try_from(one.max(1)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(text: &str) -> Exact {
        Exact::parse(text).unwrap()
    }

    #[test]
    fn numbers_are_read_and_worked_with_exactly() {
        assert_eq!(exact("0.1").plus(exact("0.2")), Some(exact("0.3")));
        assert_eq!(exact("15000.55").times(exact("0.915")), Some(exact("13725.50325")));
        assert_eq!(exact("100").over(exact("3")).unwrap().times(exact("3")), Some(exact("100")));
        assert_eq!(exact("1.5E+7"), exact("15000000"));
        assert_eq!(exact("-1.5E-3"), exact("-0.0015"));
        assert_eq!(exact("1").over(exact("0")), None);
        for text in ["", "-", ".", "1.2.3", "1e", "a", "1E-40", "12345678901234567890"] {
            assert_eq!(Exact::parse(text), None, "{text}");
        }
    }

    #[test]
    fn what_lies_half_way_is_rounded_away_from_zero_and_may_differ() {
        for (number, places, rounded) in [
            ("2.674", 2, "2.67"),
            ("2.676", 2, "2.68"),
            ("-2.676", 2, "-2.68"),
            ("1249.9", 0, "1250"),
            ("1264", -1, "1260"),
        ] {
            assert_eq!(exact(number).rounded(places), Some(exact(rounded)), "{number}");
        }
        for (number, rounded, other) in [("2.675", "2.68", "2.67"), ("-2.675", "-2.68", "-2.67")] {
            let half = exact(number).rounded(2).unwrap();
            assert_eq!(half.with_slack(0), exact(rounded), "{number}");
            assert!(!half.is_another(exact(other)) && half.is_another(exact("2.70")), "{number}");
        }
    }

    #[test]
    fn half_a_centime_is_a_difference() {
        assert!(exact("1250").is_another(exact("1250.005")));
        assert!(!exact("1250").is_another(exact("1250.0049")));
        assert!(!exact("13725.5032512346").is_another(exact("13725.50325123456")));
    }

    #[test]
    fn what_does_not_fit_is_not_worked_out() {
        let mut number = Some(exact("123456789012345678"));
        for _ in 0..9 {
            number = number.and_then(|number| number.times(exact("123456789012345678")));
        }
        assert_eq!(number, None);
        let third = exact("1").over(exact("3")).unwrap();
        assert_eq!(third.kept(), Some((Decimal { digits: 333_333_333, places: 9 }, 1)));
        assert_eq!(exact("1250.50").kept(), Some((Decimal { digits: 12_505, places: 1 }, 0)));
        assert_eq!(Decimal::parse("-1250.50"), Some(Decimal { digits: -125_050, places: 2 }));
        assert_eq!(Decimal::parse("1E-30"), None);
    }
}
