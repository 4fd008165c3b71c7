//! One row of a batch file as it stands there: its cells' texts, its line, and how it ends.
//!
//! Must never: own a text; a file has millions of rows.

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
    /// Of a workbook's cells, where they are not text.
    kinds: Option<&'a [CellKind]>,
}

/// What a workbook stores a cell as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellKind {
    /// Also what is true or false, and `#N/A`.
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
        kinds: &'a [CellKind],
        hidden: bool,
    ) -> Record<'a> {
        Record { line, end, text, spans, broken: false, hidden, kinds: Some(kinds) }
    }

    pub(super) fn of_text(line: u32, end: End, text: &'a str, spans: &'a [Span], broken: bool) -> Record<'a> {
        Record { line, end, text, spans, broken, hidden: false, kinds: None }
    }

    /// What a workbook stores the cell as. A text file has but texts.
    pub fn kind(&self, place: usize) -> CellKind {
        self.kinds.and_then(|kinds| kinds.get(place)).copied().unwrap_or(CellKind::Text)
    }

    /// A row of a workbook: there every cell stands in its column, and empty ones at the end are not there.
    pub fn is_of_sheet(&self) -> bool {
        self.kinds.is_some()
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
