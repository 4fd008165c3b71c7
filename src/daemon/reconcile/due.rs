//! Which days are to be reconciled now: those since the last one, and the month before this one.
//!
//! Must never: leave a day out because the machine was off, or do one twice.

use crate::payout::moment::Wall;
use jiff::Zoned;
use jiff::civil::{Date, Time};
use std::path::Path;
use std::time::UNIX_EPOCH;

/// Keep the last day that was reconciled by day, and by month, in the state folder.
const LAST_DAY: &str = "reconciled";
const LAST_MONTH: &str = "reconciled-month";
/// A stretch that nobody reconciled is not followed further back than this.
const MOST_DAYS: i32 = 31;

/// Days to be reconciled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Due {
    pub first: Date,
    pub last: Date,
    /// They are a month.
    pub is_month: bool,
}

impl Due {
    /// Keeps up to which day this kind was done.
    pub fn mark(self) -> &'static str {
        if self.is_month { LAST_MONTH } else { LAST_DAY }
    }
}

/// The days since the last one that was done, where it is time.
fn days_due(today: Date, time: Time, daily: Option<Time>, done: Option<Date>) -> Option<Due> {
    let last = today.yesterday().ok()?;
    if time < daily? {
        return None;
    }
    let first = match done {
        Some(done) if done >= last => return None,
        Some(done) => done.tomorrow().ok()?,
        None => last,
    };
    let earliest = last.checked_sub(jiff::Span::new().days(MOST_DAYS)).ok()?;
    Some(Due { first: first.max(earliest), last, is_month: false })
}

/// The month before this one, where it was not done and it is time: on the first of a month from the set time on,
/// and on any later day.
fn month_due(today: Date, time: Time, monthly: Option<Time>, done: Option<Date>) -> Option<Due> {
    let last = today.first_of_month().yesterday().ok()?;
    let early = today == today.first_of_month() && time < monthly?;
    monthly?;
    let is_done = done.is_some_and(|done| done >= last);
    (!early && !is_done).then_some(Due { first: last.first_of_month(), last, is_month: true })
}

/// What is due: the days first, so that every morning has its page. `state`: where it is kept what was done.
pub(super) fn find(now: &Zoned, state: &Path, daily: Option<Time>, monthly: Option<Time>) -> Option<Due> {
    let done = |mark: &str| std::fs::read_to_string(state.join(mark)).ok().and_then(|text| text.trim().parse().ok());
    let (today, time) = (now.date(), now.time());
    days_due(today, time, daily, done(LAST_DAY)).or_else(|| month_due(today, time, monthly, done(LAST_MONTH)))
}

/// When the last of them was finished.
pub(in crate::daemon) fn last_finished(state: &Path) -> Option<Wall> {
    let finished = |mark: &&str| std::fs::metadata(state.join(mark)).and_then(|about| about.modified()).ok();
    let last = [LAST_DAY, LAST_MONTH].iter().filter_map(finished).max()?;
    let since = last.duration_since(UNIX_EPOCH).ok()?;
    Some(Wall(i64::try_from(since.as_millis()).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Option<Time> {
        Some(text.parse().unwrap())
    }

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn every_day_is_reconciled_once_and_missed_ones_are_made_up() {
        let due = |today: &str, time: &str, done: Option<&str>| {
            let due = days_due(day(today), at(time).unwrap(), at("05:30"), done.map(day));
            due.map(|due| (due.first.to_string(), due.last.to_string()))
        };
        let days = |first: &str, last: &str| Some((first.to_string(), last.to_string()));
        assert_eq!(due("2026-07-02", "05:29", None), None);
        assert_eq!(due("2026-07-02", "05:30", None), days("2026-07-01", "2026-07-01"));
        assert_eq!(due("2026-07-02", "05:30", Some("2026-07-01")), None);
        assert_eq!(due("2026-07-05", "05:30", Some("2026-07-01")), days("2026-07-02", "2026-07-04"));
        assert_eq!(due("2026-12-31", "05:30", Some("2026-01-01")), days("2026-11-29", "2026-12-30"));
        assert_eq!(days_due(day("2026-07-02"), at("12:00").unwrap(), None, None), None, "off");
    }

    #[test]
    fn a_month_is_reconciled_once_when_it_is_over() {
        let due = |today: &str, time: &str, done: Option<&str>| {
            let due = month_due(day(today), at(time).unwrap(), at("06:00"), done.map(day));
            due.map(|due| (due.first.to_string(), due.last.to_string()))
        };
        let july = Some(("2026-07-01".to_string(), "2026-07-31".to_string()));
        assert_eq!(due("2026-08-01", "05:59", Some("2026-06-30")), None, "not before the time");
        assert_eq!(due("2026-08-01", "06:00", Some("2026-06-30")), july);
        assert_eq!(due("2026-08-19", "00:10", Some("2026-06-30")), july, "the machine was off on the first");
        assert_eq!(due("2026-08-19", "00:10", None), july);
        assert_eq!(due("2026-08-31", "23:00", Some("2026-07-31")), None, "once");
        assert_eq!(due("2026-01-01", "07:00", None).unwrap().0, "2025-12-01");
        assert_eq!(month_due(day("2026-08-02"), at("12:00").unwrap(), None, None), None, "off");
    }
}
