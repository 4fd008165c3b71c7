//! Payment hours: on which days and between which times of day new money may leave. Local civil time
//! comes in as an argument; what it is at a moment, the caller knows.
//!
//! Must never: read a clock or a time zone, or let a question wait; only Transferts keep hours.

use std::collections::BTreeSet;
use std::fmt;

/// Minutes of a day.
pub const DAY: u16 = 24 * 60;
/// Days that are looked ahead for the next opening: more than any row of holidays.
const LOOK_AHEAD: u32 = 400;

/// A day of the calendar. Ordered as days are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day {
    pub year: i16,
    pub month: i8,
    pub day: i8,
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// A local time: its day, the day of the week (0 is Monday) and the minute of the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Local {
    pub day: Day,
    pub weekday: u8,
    pub minute: u16,
}

impl Day {
    /// The day after.
    pub fn next(self) -> Day {
        let leap = self.year % 4 == 0 && (self.year % 100 != 0 || self.year % 400 == 0);
        let last = match self.month {
            2 => 28 + i8::from(leap),
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        };
        match (self.day < last, self.month) {
            (true, _) => Day { day: self.day + 1, ..self },
            (false, 12) => Day { year: self.year.saturating_add(1), month: 1, day: 1 },
            (false, _) => Day { month: self.month + 1, day: 1, ..self },
        }
    }
}

/// `[engine] hours`, `days` and `holidays`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentHours {
    /// Minutes of the day: the first in which money may leave, and the first in which it may not.
    pub from: u16,
    pub until: u16,
    /// From Monday on.
    pub days: [bool; 7],
    pub holidays: BTreeSet<Day>,
}

impl Default for PaymentHours {
    /// At all times.
    fn default() -> PaymentHours {
        PaymentHours { from: 0, until: DAY, days: [true; 7], holidays: BTreeSet::new() }
    }
}

impl PaymentHours {
    /// Whether money may leave at any time.
    pub fn always(&self) -> bool {
        *self == PaymentHours::default()
    }

    pub fn is_open(&self, now: Local) -> bool {
        self.is_pay_day(now.day, now.weekday) && self.from <= now.minute && now.minute < self.until
    }

    fn is_pay_day(&self, day: Day, weekday: u8) -> bool {
        self.days.get(usize::from(weekday % 7)).copied().unwrap_or(false) && !self.holidays.contains(&day)
    }

    /// The next opening after a moment at which it is shut: its day, and the minute of the day. `None`
    /// where there is none in sight.
    pub fn opens(&self, now: Local) -> Option<(Day, u16)> {
        let Local { mut day, mut weekday, minute } = now;
        if self.is_pay_day(day, weekday) && minute < self.from {
            return Some((day, self.from));
        }
        for _ in 0..LOOK_AHEAD {
            (day, weekday) = (day.next(), (weekday + 1) % 7);
            if self.is_pay_day(day, weekday) {
                return Some((day, self.from));
            }
        }
        None
    }

    /// Minutes between two local times at which it is open, reckoned by the calendar.
    pub fn open_minutes(&self, since: Local, until: Local) -> u64 {
        let Local { mut day, mut weekday, .. } = since;
        let mut minutes = 0;
        for _ in 0..LOOK_AHEAD {
            if day > until.day {
                break;
            }
            if self.is_pay_day(day, weekday) {
                let from = if day == since.day { self.from.max(since.minute) } else { self.from };
                let end = if day == until.day { self.until.min(until.minute) } else { self.until };
                minutes += u64::from(end.saturating_sub(from));
            }
            (day, weekday) = (day.next(), (weekday + 1) % 7);
        }
        minutes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        let mut parts = text.split('-').map(|part| part.parse::<i16>().unwrap());
        let year = parts.next().unwrap();
        let (month, day) = (parts.next().unwrap(), parts.next().unwrap());
        Day { year, month: i8::try_from(month).unwrap(), day: i8::try_from(day).unwrap() }
    }

    /// 2026-07-27 is a Monday.
    fn at(date: &str, weekday: u8, hour: u16, minute: u16) -> Local {
        Local { day: day(date), weekday, minute: hour * 60 + minute }
    }

    fn office() -> PaymentHours {
        PaymentHours {
            from: 6 * 60,
            until: 20 * 60,
            days: [true, true, true, true, true, false, false],
            holidays: BTreeSet::from([day("2026-07-28")]),
        }
    }

    #[test]
    fn money_leaves_within_the_hours_of_a_pay_day_and_at_no_other_time() {
        for (now, open, opens) in [
            (at("2026-07-27", 0, 5, 59), false, Some(("2026-07-27", 360))),
            (at("2026-07-27", 0, 6, 0), true, None),
            (at("2026-07-27", 0, 19, 59), true, None),
            // Tuesday is a holiday.
            (at("2026-07-27", 0, 20, 0), false, Some(("2026-07-29", 360))),
            (at("2026-07-28", 1, 12, 0), false, Some(("2026-07-29", 360))),
            // Friday night, Saturday, Sunday.
            (at("2026-07-31", 4, 23, 0), false, Some(("2026-08-03", 360))),
            (at("2026-08-01", 5, 12, 0), false, Some(("2026-08-03", 360))),
            (at("2026-08-02", 6, 3, 0), false, Some(("2026-08-03", 360))),
        ] {
            assert_eq!(office().is_open(now), open, "{now:?}");
            if let Some((date, minute)) = opens {
                assert_eq!(office().opens(now), Some((day(date), minute)), "{now:?}");
            }
        }
        assert!(PaymentHours::default().is_open(at("2026-08-02", 6, 3, 0)) && PaymentHours::default().always());
        let never = PaymentHours { days: [false; 7], ..office() };
        assert_eq!(never.opens(at("2026-07-27", 0, 12, 0)), None);
    }

    #[test]
    fn only_open_time_makes_money_old() {
        let open = |since, until| office().open_minutes(since, until);
        // Friday 19:59 to Monday 06:30: a minute, and half an hour.
        assert_eq!(open(at("2026-07-31", 4, 19, 59), at("2026-08-03", 0, 6, 30)), 31);
        assert_eq!(open(at("2026-07-31", 4, 22, 0), at("2026-08-03", 0, 5, 0)), 0);
        assert_eq!(open(at("2026-07-27", 0, 7, 0), at("2026-07-27", 0, 9, 0)), 120);
        // Monday and Wednesday whole, Tuesday is a holiday.
        assert_eq!(open(at("2026-07-27", 0, 0, 0), at("2026-07-30", 3, 0, 0)), 2 * 14 * 60);
        // A clock that was set back.
        assert_eq!(open(at("2026-07-29", 2, 9, 0), at("2026-07-27", 0, 9, 0)), 0);
    }

    #[test]
    fn days_follow_one_another_over_months_years_and_leap_days() {
        for (one, next) in [
            ("2026-07-31", "2026-08-01"),
            ("2026-12-31", "2027-01-01"),
            ("2026-02-28", "2026-03-01"),
            ("2028-02-28", "2028-02-29"),
            ("2100-02-28", "2100-03-01"),
            ("2026-04-30", "2026-05-01"),
        ] {
            assert_eq!(day(one).next().to_string(), next);
        }
    }
}
