//! An amount that a comma cut in two: `1250,50` and `1,250` in a file whose cells commas part.
//!
//! Must never: put the two together. What was meant is for a person to write.

use super::amounts::{GROUP, are_thousands, without_currency};

/// What of an amount may have come into the next cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cut {
    /// `1250,50`
    Centimes,
    /// `1,250`, `1,250.50`
    Thousands,
}

/// Whether two neighbouring cells may be one amount that a comma cut in two; with the digits of both.
pub(super) fn cut_in_two<'a>(amount: &'a str, behind: &'a str) -> Option<(Cut, &'a str, &'a str)> {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    // Looked at in nearly every row: most amounts show their centimes, most texts begin with a letter.
    if !behind.trim_start().starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let (amount, behind) = (without_currency(amount)?, without_currency(behind)?);
    if !digits(amount) {
        return None;
    }
    let (whole, centimes) = behind.split_once('.').map_or((behind, None), |(whole, rest)| (whole, Some(rest)));
    let cut = match (whole.len(), centimes) {
        (1 | 2, None) if digits(whole) => Cut::Centimes,
        (GROUP, rest)
            if digits(whole)
                && are_thousands(&[amount, whole])
                && rest.is_none_or(|rest| digits(rest) && rest.len() <= 2) =>
        {
            Cut::Thousands
        }
        _ => return None,
    };
    Some((cut, amount, behind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_one_amount_is_told_from_what_cannot() {
        let cut = |amount, behind| cut_in_two(amount, behind).map(|(cut, ..)| cut);
        for (amount, behind) in [("1250", "50"), ("12", "5"), ("HTG 1250", "50"), ("1250", "50 HTG"), ("1250", " 50")] {
            assert_eq!(cut(amount, behind), Some(Cut::Centimes), "{amount},{behind}");
        }
        for (amount, behind) in [("12", "500"), ("1", "500.00"), ("750", "101"), ("HTG 12", "500.5"), ("12", "500 G")] {
            assert_eq!(cut(amount, behind), Some(Cut::Thousands), "{amount},{behind}");
        }
        for (amount, behind) in [
            ("1250", "Marie"),
            ("1250.00", "50"),
            ("1250", ""),
            ("1250", "500"),
            ("0", "500"),
            ("012", "500"),
            ("1250", "5 rue Capois"),
            ("12", "500.505"),
            ("12", "37007294"),
        ] {
            assert_eq!(cut(amount, behind), None, "{amount},{behind}");
        }
    }
}
