//! The day on which a file wants to be paid, and the month that this is.
//!
//! Must never: guess at a day. One that is over is refused: it is a slip of the pen, or last month's file.

use crate::payout::moment::Wall;
use crate::payroll::controls::Controls;
use crate::payroll::{Code, Problem};
use crate::words::say;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// Days ahead that a file may name; more is a mistyped year.
const FARTHEST_DAYS: i64 = 366;

/// The local day of a moment.
fn day_of(at: Wall) -> Date {
    let moment = jiff::Timestamp::from_millisecond(at.0).unwrap_or_default();
    moment.to_zoned(TimeZone::system()).date()
}

/// The month in which a file is paid, as `2026-07`.
pub fn paid_in(pay_on: Option<(Date, u32)>, now: Wall) -> String {
    let day = pay_on.map_or_else(|| day_of(now), |(day, _)| day);
    day.strftime("%Y-%m").to_string()
}

/// The moment before which nothing is paid: the beginning of that local day.
pub fn begins(day: Date) -> Option<Wall> {
    let begin = day.to_zoned(TimeZone::system()).ok()?;
    Some(Wall(begin.timestamp().as_millisecond()))
}

/// What is wrong with a file's own `# pay on:` line.
pub fn pay_on_problem(controls: &Controls, now: Wall) -> Option<Problem> {
    let (day, line) = controls.pay_on?;
    let today = day_of(now);
    let days = (day - today).get_days();
    let text = if day < today {
        say!("pay-on-past", day = day.to_string(), today = today.to_string())
    } else if i64::from(days) > FARTHEST_DAYS {
        say!("pay-on-far", day = day.to_string())
    } else {
        return None;
    };
    Some(Problem { value: day.to_string(), ..Problem::of_line(line, Code::ControlLine, text) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_that_is_over_or_years_ahead_is_refused_and_today_is_not() {
        let now = begins("2026-07-15".parse().unwrap()).unwrap();
        let now = Wall(now.0 + 3_600_000);
        for (day, good) in [
            ("2026-07-14", false),
            ("2026-07-15", true),
            ("2026-07-30", true),
            ("2027-07-15", true),
            ("2028-07-15", false),
            ("2025-07-30", false),
        ] {
            let controls = Controls { pay_on: Some((day.parse().unwrap(), 3)), ..Controls::default() };
            assert_eq!(pay_on_problem(&controls, now).is_none(), good, "{day}");
        }
        assert!(pay_on_problem(&Controls::default(), now).is_none());
        assert_eq!(paid_in(None, now), "2026-07");
        assert_eq!(paid_in(Some(("2026-08-01".parse().unwrap(), 3)), now), "2026-08");
    }
}
