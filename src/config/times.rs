//! Payment hours as people write them: `"06:00-20:00"`, `"mon-fri"`, dates.
//!
//! Must never: take hours that would let nobody be paid, or guess at a day.

use super::reader::text;
use crate::payout::hours::{DAY, Day};
use std::collections::BTreeSet;
use toml::de::DeValue;

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// `06:00-20:00`, in minutes of the day; `24:00` is its end. Empty: the whole day.
pub fn hours(value: &DeValue<'_>) -> Result<(u16, u16), String> {
    let wanted = || "must be hours of one day such as \"06:00-20:00\", or \"\" for the whole day".to_string();
    let written = text(value)?;
    if written.is_empty() {
        return Ok((0, DAY));
    }
    let (from, until) = written.split_once('-').ok_or_else(wanted)?;
    let minute = |time: &str| {
        let (hour, minute) = time.trim().split_once(':')?;
        let plain =
            hour.len() == 2 && minute.len() == 2 && (hour.bytes().chain(minute.bytes())).all(|b| b.is_ascii_digit());
        let (hour, minute): (u16, u16) = (hour.parse().ok().filter(|_| plain)?, minute.parse().ok()?);
        let all = hour * 60 + minute;
        (minute < 60 && all <= DAY).then_some(all)
    };
    let (from, until) = (minute(from).ok_or_else(wanted)?, minute(until).ok_or_else(wanted)?);
    if from < until { Ok((from, until)) } else { Err(wanted()) }
}

/// `mon-fri`, or a list of days such as `["mon", "wed"]`.
pub fn days(value: &DeValue<'_>) -> Result<[bool; 7], String> {
    let wanted = || "must be days such as \"mon-fri\", or a list such as [\"mon\", \"thu\"]".to_string();
    let place = |day: &str| DAYS.iter().position(|known| known.eq_ignore_ascii_case(day.trim())).ok_or_else(wanted);
    let mut open = [false; 7];
    let mut open_from_to = |from: usize, to: usize| {
        open.iter_mut().enumerate().filter(|(day, _)| (from..=to).contains(day)).for_each(|(_, open)| *open = true);
    };
    match value {
        DeValue::Array(items) => {
            for item in items.iter() {
                let DeValue::String(day) = item.get_ref() else { return Err(wanted()) };
                let day = place(day)?;
                open_from_to(day, day);
            }
        }
        other => {
            let written = text(other)?;
            let (from, to) = written.split_once('-').unwrap_or((written, written));
            let (from, to) = (place(from)?, place(to)?);
            if from > to {
                return Err(wanted());
            }
            open_from_to(from, to);
        }
    }
    if open.contains(&true) { Ok(open) } else { Err(wanted()) }
}

/// A list of dates, `["2026-12-25"]`.
pub fn holidays(value: &DeValue<'_>) -> Result<BTreeSet<Day>, String> {
    let wanted = || "must be a list of dates such as [\"2026-12-25\", \"2027-01-01\"]".to_string();
    let DeValue::Array(items) = value else { return Err(wanted()) };
    let date = |text: &str| {
        let date: jiff::civil::Date = text.parse().ok().filter(|_| text.len() == "2026-12-25".len())?;
        Some(Day { year: date.year(), month: date.month(), day: date.day() })
    };
    let one = |item: &DeValue<'_>| match item {
        DeValue::String(text) => date(text).ok_or_else(wanted),
        _ => Err(wanted()),
    };
    items.iter().map(|item| one(item.get_ref())).collect()
}
