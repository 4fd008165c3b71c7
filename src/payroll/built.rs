//! A reference put together from other columns, by `[columns] reference = "{matricule}-{periode}"`.
//!
//! Must never: be built from where a row stands or what a file is called. A file that is sorted, saved under
//! another name or dropped a second time would have new references, and everybody be paid again.

use super::amounts::is_date;
use super::cells::{Refusal, parse_reference, refuse_damage};
use super::fold::fold;
use super::names::Piece;
use super::problem::{Code, Problem, quote};
use crate::payout::instruction::Reference;
use crate::words::say;
use std::borrow::Cow;
use std::fmt;

/// Names that stand for a row's place or a file's name, folded: columns of such names may exist all the same.
const PLACES: [&str; 12] = [
    "line",
    "row",
    "rownumber",
    "linenumber",
    "file",
    "filename",
    "ligne",
    "fichier",
    "nomdufichier",
    "rang",
    "liy",
    "fichye",
];

/// What a reference is built from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Built {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    /// A column's place, and its name as the setting has it.
    Cell(usize, String),
}

impl Built {
    /// Finds the columns in the header.
    pub fn from(pieces: &[Piece], line: u32, names: &[String], folded: &[String]) -> Result<Built, Problem> {
        let part = |piece: &Piece| match piece {
            Piece::Text(text) => Ok(Part::Text(text.clone())),
            Piece::Column(name) => match folded.iter().position(|key| *key == fold(name)) {
                Some(place) => Ok(Part::Cell(place, name.clone())),
                None => Err(missing(line, name, names)),
            },
        };
        Ok(Built { parts: pieces.iter().map(part).collect::<Result<_, _>>()? })
    }

    pub fn places(&self) -> impl Iterator<Item = usize> + '_ {
        self.parts.iter().filter_map(|part| match part {
            Part::Text(_) => None,
            Part::Cell(place, _) => Some(*place),
        })
    }

    /// The text that a row's cells make: those of [`Built::places`], cleaned.
    pub fn text(&self, cells: &[Cow<'_, str>]) -> String {
        let (mut text, mut cells) = (String::new(), cells.iter());
        for part in &self.parts {
            match part {
                Part::Text(words) => text.push_str(words),
                Part::Cell(..) => text.push_str(cells.next().map_or("", |cell| cell)),
            }
        }
        text
    }

    /// The reference that a row's cells make.
    pub fn reference(&self, cells: &[Cow<'_, str>]) -> Result<Reference, Refusal> {
        let names = self.parts.iter().filter_map(|part| match part {
            Part::Text(_) => None,
            Part::Cell(_, name) => Some(name),
        });
        for (name, text) in names.zip(cells) {
            refuse_damage(text)?;
            // `2026-07-01` may well be what the payroll program writes; a spreadsheet writes its dates otherwise.
            if is_date(text) && !is_plain_day(text) {
                return Err((Code::DateFound, say!("reference-part-date", column = quote(name))));
            }
            if text.is_empty() {
                return Err((Code::ReferenceMissing, say!("reference-part-missing", column = quote(name))));
            }
        }
        parse_reference(&self.text(cells))
    }
}

/// `2026-07-01`
fn is_plain_day(text: &str) -> bool {
    text.len() == "2026-07-01".len() && text.bytes().all(|b| b.is_ascii_digit() || b == b'-')
}

impl fmt::Display for Built {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.parts.iter().try_for_each(|part| match part {
            Part::Text(text) => f.write_str(text),
            Part::Cell(_, name) => write!(f, "{{{name}}}"),
        })
    }
}

fn missing(line: u32, name: &str, names: &[String]) -> Problem {
    let text = match PLACES.contains(&fold(name).as_str()) {
        true => say!("built-from-place", column = quote(name)),
        false => say!("built-column-missing", column = quote(name)),
    };
    let value = quote(&names.join(", "));
    Problem { value, column: quote(name), ..Problem::of_line(line, Code::ColumnMissing, text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn built(name: &str) -> Result<Built, Problem> {
        let pieces = [Piece::Text("P/".to_string()), Piece::Column(name.to_string())];
        let names = ["Matricule".to_string(), "Line".to_string()];
        Built::from(&pieces, 1, &names, &names.each_ref().map(|name| fold(name)))
    }

    #[test]
    fn a_row_makes_the_reference_of_its_cells() {
        let reference = |cell: &'static str| {
            let reference = built("matricule").unwrap().reference(&[Cow::Borrowed(cell)]);
            reference.map(|reference| reference.to_string())
        };
        assert_eq!(reference("0012"), Ok("P/0012".to_string()));
        for plain in ["2026-07", "2026-07-01"] {
            assert_eq!(reference(plain), Ok(format!("P/{plain}")));
        }
        for (cell, code) in [
            ("", Code::ReferenceMissing),
            ("1.2E+5", Code::ScientificNotation),
            ("#N/A", Code::SpreadsheetError),
            ("a b", Code::ReferenceInvalid),
            ("01/07/2026", Code::DateFound),
            ("juil-26", Code::DateFound),
        ] {
            assert_eq!(reference(cell).map_err(|(code, _)| code), Err(code), "{cell}");
        }
    }

    #[test]
    fn no_reference_is_made_of_a_rows_place_or_a_files_name() {
        assert!(built("line").is_ok(), "a column that is called so is one");
        for name in ["row", "file", "ligne"] {
            let problem = built(name).unwrap_err();
            assert!(problem.problem.to_string().contains("never"), "{problem}");
        }
        assert!(built("periode").unwrap_err().problem.to_string().contains("[columns]"));
    }
}
