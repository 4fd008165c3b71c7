//! One line of text made fit for its reader: one line on a screen, a time of day that people know.
//!
//! Must never: let a text from a file or from MonCash act as a control sequence or a line of our own.

use crate::payout::moment::Wall;
pub use crate::words::one_line;
use jiff::tz::TimeZone;

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
