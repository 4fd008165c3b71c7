//! How a cell shows what it holds, and what an Excel number format shows of a number (ECMA-376 part 1, 18.8.30 and
//! 18.8.31).
//!
//! Must never: say that a format shows two decimals where it may show the number otherwise.

use super::value::Cell;
use crate::payroll::records::Unseen;

/// How a cell shows what it holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Shown {
    pub format: Format,
    /// Struck out, or in the colour of its background.
    pub unseen: Option<Unseen>,
}

impl Shown {
    /// Why nobody sees this in such a cell.
    pub fn unseen(&self, value: &Cell<'_>) -> Option<Unseen> {
        let hides = if value.is_number() { self.format.hides_numbers } else { self.format.hides_texts };
        self.unseen.or(hides.then_some(Unseen::Format))
    }
}

/// Formats that every Excel knows without their being written, and that show two decimals: `0.00`, `#,##0.00`, the
/// same as money and with columns of signs.
const TWO_DECIMALS: [u32; 8] = [2, 4, 7, 8, 39, 40, 43, 44];

/// Whether the format with this number shows two decimals, where the workbook does not say itself what it is.
pub(super) fn shows_two_decimals(id: &str) -> bool {
    id.trim().parse().is_ok_and(|id: u32| TWO_DECIMALS.contains(&id))
}

/// A format's sections: of numbers above zero, below it, zero, and of texts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Format {
    /// A number above zero is shown with two decimals: all of it, and no more.
    pub two_decimals: bool,
    /// A number above zero is not shown.
    pub hides_numbers: bool,
    /// A text is not shown.
    pub hides_texts: bool,
    /// A number above zero is white, whatever the cell's colour.
    pub is_white: bool,
}

impl Format {
    pub fn of(code: &str) -> Format {
        let sections = sections(code);
        let numbers = || sections.iter().take(3);
        // With conditions any section may be that of a number above zero.
        let has_conditions = sections.iter().any(|section| section.has_condition);
        let shows = |section: &&Section| section.signs.chars().any(|c| c.is_alphabetic() || "0#?@".contains(c));
        let two_decimals = match has_conditions {
            true => numbers().filter(shows).all(Section::shows_two_decimals) && numbers().any(|s| shows(&s)),
            false => sections.first().is_some_and(Section::shows_two_decimals),
        };
        let hides_numbers = match has_conditions {
            true => !numbers().any(|section| shows(&section)),
            false => !code.is_empty() && sections.first().is_some_and(|section| !shows(&section)),
        };
        let hides_texts = sections.get(3).is_some_and(|section| !section.signs.contains('@'));
        let is_white = sections.first().is_some_and(|section| section.is_white);
        Format { two_decimals, hides_numbers, hides_texts, is_white }
    }
}

/// What one section says, without the texts, gaps and colours in it.
#[derive(Debug, Default)]
struct Section {
    signs: String,
    has_condition: bool,
    is_white: bool,
}

impl Section {
    fn shows_two_decimals(&self) -> bool {
        let Some((whole, decimals)) = self.signs.split_once('.') else { return false };
        let is_place = |c: char| "0#?".contains(c);
        // A comma that no place follows divides by a thousand.
        let last = whole.rfind(is_place);
        let scales = last.is_none_or(|last| whole.get(last..).is_some_and(|rest| rest.contains(',')));
        let two =
            decimals.strip_prefix("00").is_some_and(|rest| !rest.contains(|c: char| is_place(c) || ",.".contains(c)));
        let is_plain = |c: char| is_place(c) || c.is_whitespace() || ",.$-+()!&'~{}<>=€£¥".contains(c);
        two && !scales && self.signs.chars().all(is_plain)
    }
}

fn sections(code: &str) -> Vec<Section> {
    let (mut sections, mut section, mut rest) = (Vec::new(), Section::default(), code.chars());
    while let Some(character) = rest.next() {
        match character {
            '"' => drop(rest.by_ref().find(|c| *c == '"')),
            // A sign as it stands, a gap as wide as the next character, or the cell filled with it.
            '\\' | '_' | '*' => drop(rest.next()),
            '[' => {
                let inner: String = rest.by_ref().take_while(|c| *c != ']').collect();
                section.has_condition |= inner.starts_with(['<', '>', '=']);
                section.is_white |= ["white", "color2", "color 2"].iter().any(|word| inner.eq_ignore_ascii_case(word));
            }
            ';' => sections.push(std::mem::take(&mut section)),
            sign => section.signs.push(sign),
        }
    }
    sections.push(section);
    sections
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_with_two_decimals_is_known() {
        for format in [
            "0.00",
            "#,##0.00",
            "# ##0.00",
            "#,##0.00;[Red]-#,##0.00",
            "_-* #,##0.00\\ \"G\"_-;\\-* #,##0.00\\ \"G\"_-;_-* \"-\"??\\ \"G\"_-;_-@_-",
            "_(* #,##0.00_);_(* \\(#,##0.00\\);_(* \"-\"??_);_(@_)",
            "#,##0.00\\ [$HTG]",
            "[$-40C]#,##0.00",
            "\"G\"\\ #,##0.00_)",
            "[Blue]0.00",
            "[>=1000]#,##0.00;0.00",
        ] {
            let found = Format::of(format);
            assert!(found.two_decimals && !found.hides_numbers && !found.hides_texts, "{format}");
        }
        for format in [
            "",
            "General",
            "0",
            "0.0",
            "0.000",
            "0.0#",
            "0.##",
            "#,##0",
            "#,##0.00,",
            "0.00,,",
            "#,##0,.00",
            "0.00%",
            "0.00E+00",
            "# ?/?",
            "0.00/0",
            "dd.00",
            "mm:ss.00",
            "@",
            "0.00.00",
            "0.00 0",
            "[>=1000]#,##0;0.00",
            "0;0.00",
            ".00",
            "h.00",
            "0.00;;;x\"",
        ] {
            let expected = format == "0.00;;;x\"";
            assert_eq!(Format::of(format).two_decimals, expected, "{format}");
        }
        for (id, expected) in [
            ("2", true),
            ("4", true),
            ("44", true),
            ("0", false),
            ("1", false),
            ("3", false),
            ("9", false),
            ("10", false),
            ("11", false),
            ("14", false),
            ("x", false),
        ] {
            assert_eq!(shows_two_decimals(id), expected, "{id}");
        }
    }

    #[test]
    fn a_format_that_shows_nothing_is_known() {
        for (format, numbers, texts) in [
            (";;;", true, true),
            (";;", true, false),
            ("\"\"", true, false),
            ("0.00;;;", false, true),
            ("0.00;;;@", false, false),
            (";;;@", true, false),
            ("\"paid\"", true, false),
            ("[White];;", true, false),
            ("General", false, false),
            ("Standard", false, false),
            ("@", false, false),
            ("0;-0;;@", false, false),
            ("yyyy-mm-dd", false, false),
            ("[>=1]\"\";\"\"", true, false),
            ("[>=1]0;\"\"", false, false),
            ("", false, false),
        ] {
            let found = Format::of(format);
            assert_eq!((found.hides_numbers, found.hides_texts), (numbers, texts), "{format}");
        }
    }
}
