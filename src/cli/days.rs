//! Days and months that people type, as moments of the local zone.
//!
//! Must never: guess a day that was not typed.

use super::exit::WrongUsage;
use crate::ledger::period::Period;
use crate::payout::moment::Wall;
use anyhow::Context as _;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// The first moment of a day.
pub fn begin(day: Date) -> anyhow::Result<Wall> {
    let zoned = day.to_zoned(TimeZone::system()).with_context(|| format!("{day} cannot be reckoned with"))?;
    Ok(Wall(zoned.timestamp().as_millisecond()))
}

/// The day of a moment.
pub fn day_of(at: Wall) -> Date {
    let moment = jiff::Timestamp::from_millisecond(at.0).unwrap_or_default();
    moment.to_zoned(TimeZone::system()).date()
}

/// From the first moment of one day to the last of another.
pub fn period(from: Option<Date>, to: Option<Date>) -> anyhow::Result<Period> {
    if from.zip(to).is_some_and(|(from, to)| from > to) {
        return Err(WrongUsage("--from is after --to: the first day comes first".to_string()).into());
    }
    let next = |day: Date| day.tomorrow().with_context(|| format!("{day} cannot be reckoned with"));
    Ok(Period { from: from.map(begin).transpose()?, before: to.map(|day| next(day).and_then(begin)).transpose()? })
}

/// `2026-07`: its first and its last day.
pub fn month(text: &str) -> Result<(Date, Date), WrongUsage> {
    let wrong = || WrongUsage(format!("'{}' is not a month: write it as 2026-07", text.escape_debug()));
    let (year, month) = text.split_once('-').ok_or_else(wrong)?;
    if year.len() != 4 || month.len() != 2 || !text.bytes().all(|b| b.is_ascii_digit() || b == b'-') {
        return Err(wrong());
    }
    let (year, month) = (year.parse().map_err(|_| wrong())?, month.parse().map_err(|_| wrong())?);
    let first = Date::new(year, month, 1).map_err(|_| wrong())?;
    Ok((first, first.last_of_month()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_all_of_its_days_and_nothing_else_is_one() {
        let (first, last) = month("2028-02").unwrap();
        assert_eq!((first.to_string(), last.to_string()), ("2028-02-01".into(), "2028-02-29".into()));
        for text in ["2026", "2026-13", "2026-7", "26-07", "2026-07-01", "+026-07", ""] {
            assert!(month(text).is_err(), "{text}");
        }
    }
}
