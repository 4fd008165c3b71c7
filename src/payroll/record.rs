//! One row of a batch file as it stands there: its cells' texts, its line, and how it ends.
//!
//! Must never: own a text; a file has millions of rows.

use std::ops::Range;

/// Where a cell's text lies in its record's text.
pub type Span = (usize, usize);

/// How a record ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct End {
    /// By a line end, rather than by the file's end.
    pub line_end: bool,
    /// The last cell is in quotes and they are closed: nothing of it can be missing.
    pub quoted: bool,
}

/// One row as it stands in the file.
pub struct Record<'a> {
    /// As a spreadsheet counts: every row one, also an empty one and one whose cells hold line ends.
    pub line: u32,
    pub end: End,
    text: &'a str,
    spans: &'a [Span],
    /// A quote is not closed, or text follows it; the cells are not to be trusted.
    pub broken: bool,
    /// A row of a workbook that nobody sees who opens it.
    pub hidden: bool,
    /// Of a workbook's row.
    sheet: Option<OfSheet<'a>>,
}

/// What a workbook tells of a row beside its texts.
#[derive(Clone, Copy, Debug)]
pub struct OfSheet<'a> {
    pub cells: &'a [Facts],
    /// Places of columns that nobody sees who opens the sheet.
    pub hidden_columns: &'a [Range<usize>],
}

/// What a workbook tells of a cell beside its text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    pub kind: CellKind,
    /// Its number is shown with two decimals.
    pub two_decimals: bool,
    pub result: FormulaResult,
    /// Nobody sees what it holds.
    pub unseen: Option<Unseen>,
}

/// Why nobody sees what a cell holds, or sees that it does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unseen {
    Struck,
    /// It has the colour of its background.
    Colour,
    /// Its number format shows nothing of it.
    Format,
}

/// Whether a cell holds a formula, and what its stored result is worth.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FormulaResult {
    /// There is no formula.
    #[default]
    NoFormula,
    Stored,
    /// There is none: it was never calculated.
    NotStored,
    /// The workbook asks to be calculated anew.
    Unfinished,
    /// The formula gives something else.
    Old,
}

/// What a workbook stores a cell as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CellKind {
    /// Also what is true or false, and `#N/A`.
    #[default]
    Text,
    Number,
    Date,
}

impl<'a> Record<'a> {
    /// A row of a workbook's sheet.
    pub(super) fn of_sheet(
        line: u32,
        end: End,
        text: &'a str,
        spans: &'a [Span],
        sheet: OfSheet<'a>,
        hidden: bool,
    ) -> Record<'a> {
        Record { line, end, text, spans, broken: false, hidden, sheet: Some(sheet) }
    }

    pub(super) fn of_text(line: u32, end: End, text: &'a str, spans: &'a [Span], broken: bool) -> Record<'a> {
        Record { line, end, text, spans, broken, hidden: false, sheet: None }
    }

    /// What a workbook stores the cell as. A text file has but texts.
    pub fn kind(&self, place: usize) -> CellKind {
        self.facts(place).kind
    }

    /// What a workbook tells of the cell. A text file tells nothing.
    pub fn facts(&self, place: usize) -> Facts {
        self.sheet.and_then(|sheet| sheet.cells.get(place).copied()).unwrap_or_default()
    }

    /// A row of a workbook: there every cell stands in its column, and empty ones at the end are not there.
    pub fn is_of_sheet(&self) -> bool {
        self.sheet.is_some()
    }

    /// A column of a workbook that nobody sees: hidden, folded away, or of no width.
    pub fn is_hidden_column(&self, place: usize) -> bool {
        self.sheet.is_some_and(|sheet| sheet.hidden_columns.iter().any(|places| places.contains(&place)))
    }

    /// As a spreadsheet names the cell: `G7`.
    pub fn cell_name(&self, place: usize) -> String {
        format!("{}{}", column_letters(place), self.line)
    }

    pub fn len(&self) -> usize {
        self.spans.len()
    }

    pub fn cell(&self, place: usize) -> Option<&'a str> {
        self.as_written(place).map(without_formula)
    }

    fn as_written(&self, place: usize) -> Option<&'a str> {
        self.spans.get(place).and_then(|(from, to)| self.text.get(*from..*to))
    }

    /// Whether it is written as Excel's `="…"`, of which [`Record::cell`] gives the text.
    pub fn is_text_formula(&self, place: usize) -> bool {
        self.as_written(place).is_some_and(|text| without_formula(text).len() < text.len())
    }

    pub fn cells(&self) -> impl Iterator<Item = &'a str> {
        let text = self.text;
        self.spans.iter().map(move |(from, to)| without_formula(text.get(*from..*to).unwrap_or_default()))
    }

    /// Nothing but spaces and delimiters, whichever this file's is.
    pub fn is_blank(&self) -> bool {
        let is_empty = |cell: &str| cell.chars().all(|c| c.is_whitespace() || ",;|".contains(c));
        !self.broken && self.cells().all(is_empty)
    }
}

/// What stands in `="…"`, how a program tells Excel that a number is text. One with quotes in it stays as it is.
fn without_formula(text: &str) -> &str {
    let inner = text.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"'));
    inner.filter(|inner| !inner.contains('"')).unwrap_or(text)
}

/// As a spreadsheet names the column: `A` to `Z`, then `AA`.
pub fn column_letters(place: usize) -> String {
    let (mut left, mut letters) = (place, Vec::new());
    loop {
        letters.push(char::from(b'A' + u8::try_from(left % 26).unwrap_or_default()));
        match (left / 26).checked_sub(1) {
            Some(next) => left = next,
            None => return letters.into_iter().rev().collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_has_the_letters_that_a_spreadsheet_shows() {
        for (place, letters) in
            [(0, "A"), (6, "G"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (701, "ZZ"), (702, "AAA")]
        {
            assert_eq!(column_letters(place), letters);
        }
    }
}
