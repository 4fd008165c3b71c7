//! Payment hours in the machine's time zone: whether money may leave at a moment, when it may again, and
//! how old queued money is when shut hours do not count.
//!
//! Must never: decide by anything but the moment that is passed in.

use crate::payout::hours::{Day, Local, PaymentHours};
use crate::payout::moment::Wall;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use std::time::Duration;

/// `[engine] hours`, with the zone in which they are meant.
#[derive(Clone, Debug)]
pub struct Hours {
    pub rule: PaymentHours,
    pub zone: TimeZone,
}

impl Hours {
    /// At all times.
    pub fn always() -> Hours {
        Hours { rule: PaymentHours::default(), zone: TimeZone::UTC }
    }

    fn local(&self, at: Wall) -> Local {
        let moment = jiff::Timestamp::from_millisecond(at.0).unwrap_or_default().to_zoned(self.zone.clone());
        let date = moment.date();
        Local {
            day: Day { year: date.year(), month: date.month(), day: date.day() },
            weekday: u8::try_from(date.weekday().to_monday_zero_offset()).unwrap_or(0),
            minute: u16::try_from(i32::from(moment.hour()) * 60 + i32::from(moment.minute())).unwrap_or(0),
        }
    }

    /// When money may leave again, where it may not now. Where no opening is in sight, in a year; it is
    /// looked at anew all the time.
    pub fn shut(&self, now: Wall) -> Option<Wall> {
        if self.rule.always() {
            return None;
        }
        let local = self.local(now);
        if self.rule.is_open(local) {
            return None;
        }
        let year = Wall(now.0.saturating_add(365 * 24 * 60 * 60 * 1000));
        Some(self.rule.opens(local).and_then(|(day, minute)| self.moment(day, minute)).unwrap_or(year))
    }

    /// A time that does not exist, because clocks went forward over it, is the one that they went to.
    fn moment(&self, day: Day, minute: u16) -> Option<Wall> {
        let time = Time::new(i8::try_from(minute / 60).ok()?, i8::try_from(minute % 60).ok()?, 0, 0).ok()?;
        let date = Date::new(day.year, day.month, day.day).ok()?;
        let zoned = date.to_datetime(time).to_zoned(self.zone.clone()).ok()?;
        Some(Wall(zoned.timestamp().as_millisecond()))
    }

    /// A moment since which as much time has gone by as was open since `since`.
    pub fn without_shut_time(&self, since: Wall, now: Wall) -> Wall {
        if self.rule.always() || since >= now {
            return since;
        }
        let open = Duration::from_secs(60 * self.rule.open_minutes(self.local(since), self.local(now)));
        let open = i64::try_from(open.as_millis()).unwrap_or(i64::MAX);
        Wall(now.0.saturating_sub(open)).max(since)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(zone: &str, from: u16, until: u16) -> Hours {
        let rule = PaymentHours { from: from * 60, until: until * 60, ..PaymentHours::default() };
        Hours { rule, zone: TimeZone::get(zone).unwrap() }
    }

    fn at(text: &str) -> Wall {
        Wall(text.parse::<jiff::Timestamp>().unwrap().as_millisecond())
    }

    /// Haiti changes its clocks on the second Sunday of March and the first of November, as New York does.
    #[test]
    fn hours_are_those_on_the_wall_when_clocks_change() {
        let hours = hours("America/Port-au-Prince", 6, 20);
        for (now, opens) in [
            // Winter: UTC-5. Six o'clock is 11:00 UTC.
            ("2026-03-07T10:59:00Z", Some("2026-03-07T11:00:00Z")),
            ("2026-03-07T11:00:00Z", None),
            // The night in which clocks go forward: six o'clock is 10:00 UTC the day after.
            ("2026-03-08T01:30:00Z", Some("2026-03-08T10:00:00Z")),
            ("2026-03-08T10:00:00Z", None),
            ("2026-03-08T23:59:00Z", None),
            ("2026-03-09T00:00:00Z", Some("2026-03-09T10:00:00Z")),
            // And back again in November.
            ("2026-11-01T05:30:00Z", Some("2026-11-01T11:00:00Z")),
        ] {
            assert_eq!(hours.shut(at(now)), opens.map(at), "{now}");
        }
    }

    #[test]
    fn an_opening_that_the_clock_jumps_over_is_where_it_jumps_to() {
        let hours = hours("America/Port-au-Prince", 2, 20);
        // 02:00 does not exist on that day; clocks go from 02:00 to 03:00.
        assert_eq!(hours.shut(at("2026-03-08T05:30:00Z")), Some(at("2026-03-08T07:00:00Z")));
        assert_eq!(hours.shut(at("2026-03-08T07:00:00Z")), None);
    }

    #[test]
    fn a_clock_that_is_set_moves_nothing_but_the_answer() {
        let hours = hours("UTC", 6, 20);
        let (night, day) = (at("2026-07-27T03:00:00Z"), at("2026-07-27T12:00:00Z"));
        assert!(hours.shut(night).is_some() && hours.shut(day).is_none() && hours.shut(night).is_some());
        // Set back behind the moment from which the age counts: nothing is older than that.
        assert_eq!(hours.without_shut_time(day, night), day);
    }

    #[test]
    fn shut_hours_make_no_money_old() {
        let hours = hours("UTC", 6, 20);
        let since = at("2026-07-27T19:00:00Z");
        let aged = |now: &str| at(now).since(hours.without_shut_time(since, at(now)));
        assert_eq!(aged("2026-07-28T05:00:00Z"), Duration::from_secs(3600));
        assert_eq!(aged("2026-07-28T07:00:00Z"), Duration::from_secs(2 * 3600));
        assert_eq!(Hours::always().without_shut_time(since, at("2026-07-30T00:00:00Z")), since);
    }
}
