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
