//! What a number is, where it is neither a plain number nor gourdes: `12.5%`, `1250.5 USD`.
//!
//! Must never: let the number pass without its unit. Some count in Haitian dollars, of five gourdes each.

use super::value::Cell;
use crate::payroll::amounts::is_currency;

/// Signs that stand for money, none of which is gourdes.
const SIGNS: [char; 4] = ['$', '€', '£', '¥'];
/// Words for money other than gourdes, in lower case.
const WORDS: [&str; 12] =
    ["usd", "us", "eur", "cad", "dop", "gbp", "chf", "euro", "euros", "dollar", "dollars", "dola"];
/// Characters of a unit's name that are kept: more is no name.
const LONGEST_NAME: usize = 20;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    Percent,
    /// By its code or its sign: `USD`, `$`.
    Currency(String),
}

impl Unit {
    /// Of a currency as a workbook names it. None where it is gourdes, or no name.
    pub fn currency(name: &str) -> Option<Unit> {
        let name = name.trim();
        let kept: String = name.chars().take(LONGEST_NAME).collect();
        (!name.is_empty() && !is_currency(name.trim_end_matches('.'))).then_some(Unit::Currency(kept))
    }

    /// Of an Excel number format (ECMA-376 part 1, 18.8.31): `0.00%`, `"$"#,##0.00`, `#,##0.00\ [$USD]`. A format that shows
    /// the currency of whoever opens the workbook names none, and none is known.
    pub fn of_format(format: &str) -> Option<Unit> {
        let (mut rest, mut plain) = (format.chars(), String::new());
        // What the format shows beside the digits, a piece at a time.
        while let Some(character) = rest.next() {
            let shown = match character {
                '%' => return Some(Unit::Percent),
                '"' => rest.by_ref().take_while(|c| *c != '"').collect(),
                '[' => {
                    let inner: String = rest.by_ref().take_while(|c| *c != ']').collect();
                    let named = inner.strip_prefix('$').map(|named| named.split('-').next().unwrap_or_default());
                    if let Some(unit) = named.and_then(Unit::currency) {
                        return Some(unit);
                    }
                    continue;
                }
                '\\' => rest.next().map(String::from).unwrap_or_default(),
                // A gap as wide as the next character, or the cell filled with it.
                '_' | '*' => {
                    rest.next();
                    continue;
                }
                bare => bare.to_string(),
            };
            plain.push_str(&shown);
        }
        if let Some(sign) = plain.chars().find(|c| SIGNS.contains(c)) {
            return Some(Unit::Currency(sign.to_string()));
        }
        plain
            .split(|c: char| !c.is_alphabetic())
            .find_map(|word| WORDS.contains(&word.to_lowercase().as_str()).then(|| Unit::Currency(word.to_string())))
    }

    /// As a CSV file would show it, so that it is refused where an amount belongs.
    #[expect(clippy::float_arithmetic, reason = "a percentage is refused, and only shown")]
    pub fn write(&self, number: &Cell<'_>) -> String {
        let mut text = String::new();
        match (self, number) {
            (Unit::Percent, Cell::Number(share)) => Cell::Number(share * 100.0).write(&mut text),
            (Unit::Percent, Cell::Whole(share)) => Cell::Whole(share.saturating_mul(100)).write(&mut text),
            (_, cell) => cell.write(&mut text),
        }
        match self {
            Unit::Percent => format!("{text}%"),
            Unit::Currency(name) => format!("{text} {name}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_says_what_the_number_is() {
        let money = |name: &str| Some(Unit::Currency(name.to_string()));
        for (format, unit) in [
            ("General", None),
            ("0.00", None),
            ("#,##0.00", None),
            ("_(* #,##0.00_);_(* \\(#,##0.00\\);_(* \"-\"??_);_(@_)", None),
            ("#,##0.00\\ \"HTG\"", None),
            ("\"G\"\\ #,##0.00", None),
            ("#,##0.00\\ [$Gdes-1]", None),
            ("[$HTG]\\ #,##0.00", None),
            ("[$-40C]#,##0.00", None),
            ("[Red]0.00;[>=1000]0", None),
            ("0 \"jours\"", None),
            // A percent sign, or a dollar, that is only as wide as one.
            ("0_%_$", None),
            ("0%", Some(Unit::Percent)),
            ("0.00%;[Red]-0.00%", Some(Unit::Percent)),
            ("\"$\"#,##0.00", money("$")),
            ("_(\"$\"* #,##0.00_);_(\"$\"* \\(#,##0.00\\);_(\"$\"* \"-\"??_);_(@_)", money("$")),
            ("$#,##0", money("$")),
            ("\\$#,##0", money("$")),
            ("[$$-409]#,##0.00", money("$")),
            ("[$USD]\\ #,##0.00", money("USD")),
            ("#,##0.00\\ [$€-40C]", money("€")),
            ("[$RD$-1C0A]#,##0.00", money("RD$")),
            ("#,##0.00\" USD\"", money("USD")),
            ("#,##0.00 \"dola\"", money("dola")),
            ("[$", None),
            ("\"", None),
            ("", None),
        ] {
            assert_eq!(Unit::of_format(format), unit, "{format}");
        }
    }
}
