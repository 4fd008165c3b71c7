//! One cell or one line of text made fit for its reader: harmless in a spreadsheet, one line on a
//! screen, a time of day that people know.
//!
//! Must never: let a text from a file or from MonCash act as a formula, a control sequence or a
//! line of our own.

use crate::payout::moment::Wall;
use jiff::tz::TimeZone;
use std::borrow::Cow;

/// First characters that make a spreadsheet run a cell, and their full-width forms, which some
/// versions read alike.
const STARTERS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// `text` so that no spreadsheet runs it: with an apostrophe before it where it would. A plain
/// signed number is a number and stays.
pub fn harmless(text: &str) -> Cow<'_, str> {
    let runs = text.starts_with(['\t', '\r', '\n', '\0'])
        || text.trim_start().trim_start_matches(char::is_control).starts_with(STARTERS);
    if runs && !is_number(text) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (whole, decimals) = digits.split_once(['.', ',']).unwrap_or((digits, "0"));
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    all_digits(whole) && all_digits(decimals)
}

/// `text` as one line: control characters and those that turn the direction of writing are shown
/// as escapes. What comes from outside can then neither begin a line nor move a cursor.
pub fn one_line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let unruly = c.is_control()
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
        if unruly { out.extend(c.escape_default()) } else { out.push(c) }
    }
    out
}

/// RFC 3339 in the local zone, to the second: `2026-07-25T14:03:11-05:00`.
pub fn local(at: Wall, zone: &TimeZone) -> String {
    let Ok(timestamp) = jiff::Timestamp::from_millisecond(at.0) else {
        return format!("unknown time ({} ms)", at.0);
    };
    timestamp.to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// `count` things, in the right number: `1 row`, `2 rows`.
pub fn counted(count: u32, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_would_run_is_made_harmless() {
        for bad in [
            "=1+1",
            "+cmd|' /C calc'!A0",
            "-2+3",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            "\n=1",
            " =1",
            "\u{a0}=1",
            "＝1",
            "\0=1",
            "\u{1}=1",
            "+509 3700 7294",
            "-",
            "--5",
        ] {
            let made = harmless(bad);
            assert!(made.starts_with('\''), "{bad:?}");
            assert_eq!(&made[1..], bad);
        }
        for good in ["", "Jean", "-5", "+5.25", "1-2", "a=b", "'=1", "50937007294", "-1,5", "№ 7"] {
            assert_eq!(harmless(good), good);
        }
    }

    #[test]
    fn a_text_from_outside_stays_on_its_line() {
        assert_eq!(one_line("a\nEvent number: 9"), "a\\nEvent number: 9");
        assert_eq!(one_line("\u{1b}[2Jx\u{202e}"), "\\u{1b}[2Jx\\u{202e}");
        assert_eq!(one_line("Adélaïde ’ ok"), "Adélaïde ’ ok");
    }

    #[test]
    fn times_are_told_in_the_zone_of_the_reader() {
        let zone = TimeZone::fixed(jiff::tz::offset(-5));
        assert_eq!(local(Wall(1_785_006_191_999), &zone), "2026-07-25T14:03:11-05:00");
        assert_eq!(local(Wall(0), &TimeZone::UTC), "1970-01-01T00:00:00+00:00");
        assert!(local(Wall(i64::MAX), &zone).starts_with("unknown time"));
    }
}
