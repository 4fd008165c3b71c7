//! A share of something, in parts per million: a fee's percentage, a fault's chance.
//!
//! Must never: hold a float.

use crate::payout::money::Amount;
use std::fmt;
use std::str::FromStr;

/// A share between nothing and all of something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Share(u64);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not a percentage between 0% and 100% with at most four decimals, such as 2.5%")]
pub struct NotAShare;

impl Share {
    /// Parts in a whole.
    pub const WHOLE: u64 = 1_000_000;
    pub const NONE: Share = Share(0);
    pub const ALL: Share = Share(Self::WHOLE);

    pub fn ppm(self) -> u64 {
        self.0
    }

    /// This share of an amount, rounded up to the centime: fees are never guessed too low.
    pub fn of(self, amount: Amount) -> Amount {
        let centimes = u128::try_from(amount.centimes()).unwrap_or(0);
        let part = (centimes * u128::from(self.0)).div_ceil(u128::from(Self::WHOLE));
        Amount::from_centimes(i64::try_from(part).unwrap_or(i64::MAX))
    }
}

/// Reads `5%`, `2.5%` or `2.5`.
impl FromStr for Share {
    type Err = NotAShare;

    fn from_str(text: &str) -> Result<Share, NotAShare> {
        let number = text.trim().strip_suffix('%').unwrap_or(text.trim());
        let (whole, decimals) = number.split_once('.').unwrap_or((number, "0"));
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || !digits(decimals) || decimals.len() > 4 {
            return Err(NotAShare);
        }
        let whole: u64 = whole.parse().map_err(|_| NotAShare)?;
        let parts: u64 = format!("{decimals:0<4}").parse().map_err(|_| NotAShare)?;
        let ppm = whole.checked_mul(10_000).and_then(|w| w.checked_add(parts)).ok_or(NotAShare)?;
        if ppm > Share::WHOLE { Err(NotAShare) } else { Ok(Share(ppm)) }
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimals = format!("{:04}", self.0 % 10_000);
        match decimals.trim_end_matches('0') {
            "" => write!(f, "{}%", self.0 / 10_000),
            rest => write!(f, "{}.{rest}%", self.0 / 10_000),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_read_exactly_and_a_fee_is_rounded_up() {
        let share = |text: &str| text.parse::<Share>();
        assert_eq!(share("2.5%").map(Share::ppm), Ok(25_000));
        assert_eq!(share("100").map(Share::ppm), Ok(1_000_000));
        for bad in ["", "%", "-1%", "100.0001%", "1e2", "2.55555%", "5 %%"] {
            assert_eq!(share(bad), Err(NotAShare), "{bad}");
        }
        let fee = |text: &str, centimes| share(text).map(|s| s.of(Amount::from_centimes(centimes)).centimes());
        assert_eq!(fee("3%", 10_000), Ok(300));
        assert_eq!(fee("3%", 10_001), Ok(301));
        assert_eq!(fee("0%", 10_001), Ok(0));
        assert_eq!(share("0.0001%").map(|s| s.to_string()), Ok("0.0001%".to_string()));
    }
}
