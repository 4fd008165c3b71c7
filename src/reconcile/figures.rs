//! Amounts as statements print them: signs, currencies, thousands and decimals of several countries.
//!
//! Must never: guess. What could be read in two ways (`1,250`, `1.250`) is not read.

use crate::payout::money::Amount;

/// What may stand before or after an amount, in capitals.
const CURRENCIES: [&str; 6] = ["HTG", "GDES", "GDE", "GOURDES", "HT$", "G"];

/// An amount without its sign: the sign only says that it was a debit.
pub fn read_amount(text: &str) -> Option<Amount> {
    let text = text.trim();
    let text = text.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')).unwrap_or(text);
    let text = without_currency(text).trim_matches(is_sign).trim();
    let text = without_currency(text);
    let (whole, decimals) = match text.rfind(['.', ',']) {
        None => (text, ""),
        Some(at) => {
            let (whole, mark, decimals) = (text.get(..at)?, text.get(at..=at)?, text.get(at + 1..)?);
            match decimals.len() {
                1 | 2 => (whole, decimals),
                // The same mark twice can only part thousands; once, it could be either.
                3 if whole.contains(mark) => (text, ""),
                _ => return None,
            }
        }
    };
    let plain = ungroup(whole, text)?;
    Amount::parse(&if decimals.is_empty() { plain } else { format!("{plain}.{decimals}") }).ok()
}

fn is_sign(c: char) -> bool {
    matches!(c, '-' | '+' | '\u{2212}')
}

fn without_currency(text: &str) -> &str {
    let text = text.trim();
    for word in CURRENCIES {
        let head = text.get(..word.len()).filter(|head| head.eq_ignore_ascii_case(word));
        if head.is_some() {
            return text.get(word.len()..).unwrap_or_default().trim_start_matches('.').trim();
        }
        let at = text.len().saturating_sub(word.len());
        let tail = text.get(at..).filter(|tail| tail.eq_ignore_ascii_case(word));
        if tail.is_some() {
            return text.get(..at).unwrap_or_default().trim();
        }
    }
    text
}

/// `1 250 000` without what parts its thousands, which must be one sign and part threes. `all`: the whole
/// amount, whose decimal mark cannot part thousands too.
fn ungroup(whole: &str, all: &str) -> Option<String> {
    let mut parts = whole.chars().filter(|c| !c.is_ascii_digit());
    let Some(mark) = parts.next() else { return Some(whole.to_string()) };
    let is_mark = matches!(mark, ' ' | '\u{a0}' | '\u{202f}' | '\'' | '’' | '.' | ',');
    let decimal = all.get(whole.len()..).and_then(|rest| rest.chars().next());
    if !is_mark || parts.any(|other| other != mark) || decimal == Some(mark) {
        return None;
    }
    let mut groups = whole.split(mark);
    let first = groups.next()?;
    let whole_first = (1..=3).contains(&first.len());
    (whole_first && groups.all(|group| group.len() == 3)).then(|| whole.replace(mark, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_as_statements_print_them() {
        for (text, amount) in [
            ("1,250.00", "1250.00"),
            ("-10", "10.00"),
            ("+3.5", "3.50"),
            ("12 000.25 HTG", "12000.25"),
            ("HTG 1.250.000,5", "1250000.50"),
            ("1 250,00", "1250.00"),
            ("12'000,25 Gdes", "12000.25"),
            ("1,250,000", "1250000.00"),
            ("(1250.00)", "1250.00"),
            ("1250.00-", "1250.00"),
            ("−1,25", "1.25"),
            ("G 75", "75.00"),
        ] {
            assert_eq!(read_amount(text), Amount::parse(amount).ok(), "{text}");
        }
    }

    #[test]
    fn what_could_be_read_in_two_ways_is_not_read() {
        for text in [
            "",
            "x",
            "1.005",
            "1,250",
            "1.250",
            "12,34,567.00",
            "1,2,3.00",
            "1.250.00",
            "1 25.00",
            "1'250 000",
            "1e3",
            "--",
            "5,",
            "1,0000",
            "HTG",
            "1 250,000",
        ] {
            assert_eq!(read_amount(text), None, "{text}");
        }
    }
}
