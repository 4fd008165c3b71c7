//! One line of a report, put together in a buffer that is used again for the next: a report of a million
//! rows makes seventeen million cells.
//!
//! Must never: write a cell otherwise than [`push_cell`] does, unless it cannot hold anything that would
//! have to be quoted or made harmless.

use super::cell::local;
use super::reasons;
use super::style::Style;
use crate::ledger::LedgerError;
use crate::ledger::rows::RowView;
use crate::payout::instruction::Reference;
use crate::payout::moment::Wall;
use crate::payout::money::Amount;
use crate::payroll::writer::push_cell;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Adds the line of a row; returns how many other cells it had.
pub(super) fn push_line(
    line: &mut Vec<u8>,
    row: &RowView<'_>,
    times: &mut LocalTimes,
    style: &Style,
) -> Result<usize, LedgerError> {
    let cut = style.delimiter.byte();
    let push_text = |line: &mut Vec<u8>, text: &str| {
        line.push(cut);
        push_cell(line, text, style.delimiter);
    };
    let push_plain = |line: &mut Vec<u8>, word: &str| {
        line.push(cut);
        line.extend_from_slice(word.as_bytes());
    };
    push_number(line, u64::from(row.line));
    // A reference begins with a letter or a digit, and none of its characters ends a cell.
    push_plain(line, row.reference);
    line.push(cut);
    if !style.short_receivers {
        line.extend_from_slice(b"509");
    }
    push_number(line, u64::from(row.receiver.local()));
    push_text(line, row.name);
    line.push(cut);
    match style.decimal_comma {
        // It may have to be quoted.
        true => push_cell(line, &style.amount(row.amount), style.delimiter),
        false => push_amount(line, row.amount),
    }
    push_text(line, row.description);
    push_plain(line, row.status.as_str());
    push_plain(line, row.may_have_been_paid.word());
    push_text(line, row.transaction.unwrap_or_default());
    line.push(cut);
    push_number(line, u64::from(row.attempts));
    for at in [row.first_sent, row.settled] {
        line.push(cut);
        if let Some(at) = at {
            times.push(line, at);
        }
    }
    push_plain(line, row.confirmed_by);
    push_text(line, &reasons::text(&row.reason, style.language));
    push_plain(line, row.retry_of.unwrap_or_default());
    push_plain(line, row.retried_as.as_deref().map_or("", Reference::as_str));
    push_plain(line, row.final_status.as_str());
    let cells = row.other.each(|cell| push_text(line, cell))?;
    line.push(b'\n');
    Ok(cells)
}

/// As `to_string` would, without its machinery: two digits at a time.
fn push_number(line: &mut Vec<u8>, mut number: u64) {
    let mut digits = [0; 20];
    let mut place = digits.len();
    while number >= 10 {
        let pair = PAIRS[(number % 100) as usize];
        number /= 100;
        digits[place - 1] = pair[1];
        digits[place - 2] = pair[0];
        place -= 2;
    }
    // One digit is left, or none but a zero that needs not be written.
    if number > 0 || place == digits.len() {
        place -= 1;
        digits[place] = PAIRS[number as usize][1];
    }
    line.extend_from_slice(&digits[place..]);
}

/// `00` to `99`.
const PAIRS: [[u8; 2]; 100] = {
    let mut pairs = [[b'0'; 2]; 100];
    let mut number = 0;
    while number < pairs.len() {
        pairs[number] = [b'0' + (number / 10) as u8, b'0' + (number % 10) as u8];
        number += 1;
    }
    pairs
};

/// As [`Amount`] prints itself.
fn push_amount(line: &mut Vec<u8>, amount: Amount) {
    let centimes = amount.centimes();
    if centimes < 0 {
        line.push(b'-');
    }
    push_number(line, centimes.unsigned_abs() / 100);
    line.push(b'.');
    line.extend_from_slice(&PAIRS[(centimes.unsigned_abs() % 100) as usize]);
}

/// Bytes of a moment as [`local`] writes it, `2026-07-25T14:03:11-05:00`, and where its seconds stand.
const LOCAL: usize = 25;
const SECONDS: usize = 17;

/// Writes moments as [`local`] does, and keeps what those of one minute have in common: neighbours of a
/// batch were paid within seconds.
pub(super) struct LocalTimes {
    zone: TimeZone,
    /// Minutes since 1970, and how its first second is written.
    minute: Option<(i64, [u8; LOCAL])>,
}

impl LocalTimes {
    pub fn of(zone: TimeZone) -> LocalTimes {
        LocalTimes { zone, minute: None }
    }

    pub fn push(&mut self, line: &mut Vec<u8>, at: Wall) {
        let second = at.0.div_euclid(1000);
        let minute = second.div_euclid(60);
        if self.minute.as_ref().is_none_or(|(kept, ..)| *kept != minute) {
            self.minute = self.minute_of(minute);
        }
        let Some((_, text)) = &self.minute else {
            line.extend_from_slice(local(at, &self.zone).as_bytes());
            return;
        };
        let mut text = *text;
        let second = u8::try_from(second.rem_euclid(60)).unwrap_or(0);
        text[SECONDS] = b'0' + second / 10;
        text[SECONDS + 1] = b'0' + second % 10;
        line.extend_from_slice(&text);
    }

    /// `None` where more than the seconds differ within it, or they stand elsewhere: the clocks change in it,
    /// or are set to seconds, or the year has more than four digits.
    fn minute_of(&self, minute: i64) -> Option<(i64, [u8; LOCAL])> {
        let first = minute.checked_mul(60)?;
        let last = Timestamp::from_second(first.checked_add(59)?).ok()?;
        let offset = self.zone.to_offset(last);
        if offset != self.zone.to_offset(Timestamp::from_second(first).ok()?) || offset.seconds() % 60 != 0 {
            return None;
        }
        let text = local(Wall(first.checked_mul(1000)?), &self.zone);
        Some((minute, text.as_bytes().try_into().ok()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn zones() -> Vec<TimeZone> {
        let fixed = |seconds| TimeZone::fixed(jiff::tz::Offset::from_seconds(seconds).unwrap());
        // Rules of places whose clocks change, of one in the middle of a minute, and offsets of every kind.
        let changing = |rules: &str| TimeZone::posix(rules).unwrap();
        let (haiti, odd) = (changing("EST5EDT,M3.2.0/2,M11.1.0/2"), changing("EST5EDT,M3.2.0/2:00:30,M11.1.0/2:00:30"));
        vec![TimeZone::UTC, haiti, odd, fixed(-5 * 3600), fixed(5 * 3600 + 45 * 60), fixed(-(4 * 3600 + 49 * 60 + 20))]
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn moments_of_one_minute_are_written_as_each_would_be_alone(
            moments in proptest::collection::vec(
                // A change of clocks (2026-03-08 07:00 UTC), any time, and the end of time.
                prop_oneof![1_772_953_100_000_i64..1_772_953_300_000, any::<i64>(), -3_000_000_i64..3_000_000],
                1..20,
            ),
        ) {
            for zone in zones() {
                let mut times = LocalTimes::of(zone.clone());
                for at in &moments {
                    let mut line = Vec::new();
                    times.push(&mut line, Wall(*at));
                    prop_assert_eq!(String::from_utf8(line).unwrap(), local(Wall(*at), &zone));
                }
            }
        }

        #[test]
        fn numbers_and_amounts_are_written_as_they_print_themselves(number in any::<u64>(), centimes in any::<i64>()) {
            let mut line = Vec::new();
            push_number(&mut line, number);
            line.push(b' ');
            push_amount(&mut line, Amount::from_centimes(centimes));
            prop_assert_eq!(String::from_utf8(line).unwrap(), format!("{number} {}", Amount::from_centimes(centimes)));
        }
    }
}
