//! Amounts printed the awkward ways MonCash prints them, worked out in whole numbers.
//!
//! Must never: hold a float.

use crate::payout::money::Amount;

/// Centimes from which Java's `Double.toString` writes an exponent (ten million gourdes).
const EXPONENT_FROM: u64 = 1_000_000_000;

/// As Java prints a double: `100.0`, `1250.5`, and from ten million `2.981402118E7`.
pub fn as_java_double(amount: Amount) -> String {
    let sign = if amount.centimes() < 0 { "-" } else { "" };
    let centimes = amount.centimes().unsigned_abs();
    if centimes < EXPONENT_FROM {
        let decimals = format!("{:02}", centimes % 100);
        let decimals = if decimals.ends_with('0') { &decimals[..1] } else { &decimals };
        return format!("{sign}{}.{decimals}", centimes / 100);
    }
    let digits = centimes.to_string();
    let exponent = digits.len() - 3;
    let (first, rest) = digits.split_at(1);
    let rest = rest.trim_end_matches('0');
    format!("{sign}{first}.{}E{exponent}", if rest.is_empty() { "0" } else { rest })
}

/// As few digits as will do: `10`, `10.5`, `10.25`.
pub fn as_short_number(amount: Amount) -> String {
    let plain = amount.to_string();
    plain.trim_end_matches('0').trim_end_matches('.').to_string()
}

/// Every digit of the double next to the amount, as in the document's balance sample:
/// 29814021.18 becomes `29814021.179999999701976776123046875`.
pub fn as_binary_expansion(amount: Amount) -> String {
    let sign = if amount.centimes() < 0 { "-" } else { "" };
    let centimes = u128::from(amount.centimes().unsigned_abs());
    // A double has a mantissa of 53 bits: scale by powers of two until it is filled.
    const FULL: u128 = 1 << 52;
    let mut scale = 0u32;
    while centimes > 0 && scale < 60 && (centimes << scale) / 100 < FULL {
        scale += 1;
    }
    let (mut mantissa, rest) = ((centimes << scale) / 100, (centimes << scale) % 100);
    if rest > 50 || (rest == 50 && mantissa % 2 == 1) {
        mantissa += 1;
    }
    let mut text = format!("{sign}{}", mantissa >> scale);
    let mask = (1u128 << scale) - 1;
    let mut fraction = mantissa & mask;
    if fraction != 0 {
        text.push('.');
    }
    while fraction != 0 {
        fraction *= 10;
        text.push(char::from(b'0' + u8::try_from(fraction >> scale).unwrap_or(9)));
        fraction &= mask;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payout::money::ExactNumber;

    #[test]
    fn numbers_look_as_moncash_prints_them() {
        let amount = Amount::from_centimes;
        assert_eq!(as_binary_expansion(amount(2_981_402_118)), "29814021.179999999701976776123046875");
        assert_eq!(as_binary_expansion(amount(10_000)), "100");
        assert_eq!(as_binary_expansion(amount(50)), "0.5");
        assert_eq!(as_binary_expansion(amount(0)), "0");
        assert_eq!(as_binary_expansion(amount(-150)), "-1.5");
        assert_eq!(as_java_double(amount(10_000)), "100.0");
        assert_eq!(as_java_double(amount(1)), "0.01");
        assert_eq!(as_java_double(amount(125_050)), "1250.5");
        assert_eq!(as_java_double(amount(2_981_402_118)), "2.981402118E7");
        assert_eq!(as_java_double(amount(1_000_000_000)), "1.0E7");
        assert_eq!(as_short_number(amount(1_000)), "10");
        assert_eq!(as_short_number(amount(1_050)), "10.5");
    }

    #[test]
    fn every_way_of_printing_is_still_the_same_money() {
        let mut seed = crate::simulator::seed::Seed::new(3);
        for _ in 0..2_000 {
            let amount = Amount::from_centimes(i64::try_from(seed.draw() % 10_000_000_000).unwrap_or(0));
            for text in [as_java_double(amount), as_short_number(amount), as_binary_expansion(amount)] {
                assert!(ExactNumber::parse(&text).is_some_and(|n| n.is(amount)), "{amount} as {text}");
            }
        }
    }
}
