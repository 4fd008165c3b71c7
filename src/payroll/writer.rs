//! Writing CSV that people open in spreadsheets: reports, errors files, files to drop again.
//!
//! Must never: write a cell that a spreadsheet would run as a formula, or one that does not read
//! back the same.

use super::dialect::Delimiter;
use super::problem::Problem;
use crate::words::Language;
use std::borrow::Cow;
use std::io::Write;

/// First characters that make a spreadsheet run a cell, and their full-width forms, which some
/// versions read alike.
const STARTERS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// Where some spreadsheet ends a cell. One that is set to a country with decimal commas cuts our
/// commas' file at semicolons and heeds no quotes: `x;=1+1` is a formula there.
const CUTS: [char; 6] = [',', ';', '\t', '|', '\n', '\r'];

/// Whether a piece between two cuts may be taken for a formula. Spaces, quotes and control
/// characters in front of it are passed over by some; the wide forms are for others.
fn is_formula(piece: &str) -> bool {
    piece.trim_start_matches(|c: char| c == '"' || c.is_whitespace() || c.is_control()).starts_with(STARTERS)
}

/// Whether a spreadsheet may take this for a formula from its first character on.
fn begins_formula(cell: &str) -> bool {
    cell.starts_with(['\t', '\r', '\n', '\0']) || is_formula(cell.split(CUTS).next().unwrap_or_default())
}

/// `-5`, `-5.00`: a number, and nothing that runs.
fn is_negative_number(cell: &str) -> bool {
    let Some(digits) = cell.strip_prefix('-') else { return false };
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, "0"));
    [whole, decimals].iter().all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
}

/// Whether a text gets an apostrophe. One that begins with apostrophes and then with a formula gets
/// one more, so that [`undo_harmless`] gives back every cell as it was.
fn needs_mark(text: &str, runs: impl Fn(&str) -> bool) -> bool {
    let inner = text.trim_start_matches('\'');
    runs(inner) && (inner.len() < text.len() || !is_negative_number(inner))
}

fn has_mark(text: &str, runs: impl Fn(&str) -> bool) -> bool {
    text.strip_prefix('\'').is_some_and(|rest| runs(rest.trim_start_matches('\'')))
}

/// The pieces behind the first cut, each with the cut before it.
fn later_pieces(cell: &str) -> impl Iterator<Item = (&str, &str)> {
    // Every cut is one byte long.
    let starts = cell.match_indices(CUTS).map(|(at, cut)| (at + cut.len(), cut));
    starts.map(|(from, cut)| (cut, cell.get(from..).and_then(|rest| rest.split(CUTS).next()).unwrap_or_default()))
}

/// Whether a cell is plainly what it is, as nearly all are: it is empty, or nothing in it ends a cell and it
/// begins with a letter or a digit, so that nothing runs it and nothing needs to be quoted.
fn is_plain(cell: &str) -> bool {
    const ENDS: [bool; 256] = {
        let mut ends = [false; 256];
        let mut place = 0;
        while place < CUTS.len() {
            ends[CUTS[place] as usize] = true;
            place += 1;
        }
        ends[b'"' as usize] = true;
        ends
    };
    let bytes = cell.as_bytes();
    bytes.first().is_none_or(u8::is_ascii_alphanumeric) && !bytes.iter().any(|byte| ENDS[usize::from(*byte)])
}

/// Adds a cell to a line of CSV, made harmless, and quoted where it must be.
pub fn push_cell(line: &mut Vec<u8>, cell: &str, delimiter: Delimiter) {
    if is_plain(cell) {
        line.extend_from_slice(cell.as_bytes());
        return;
    }
    let cell = make_harmless(cell);
    if !cell.bytes().any(|byte| byte == delimiter.byte() || matches!(byte, b'"' | b'\n' | b'\r')) {
        line.extend_from_slice(cell.as_bytes());
        return;
    }
    line.push(b'"');
    for (place, piece) in cell.split('"').enumerate() {
        if place > 0 {
            line.extend_from_slice(b"\"\"");
        }
        line.extend_from_slice(piece.as_bytes());
    }
    line.push(b'"');
}

/// Puts an apostrophe before what a spreadsheet would run: before the cell, and before every piece
/// of it that would be a cell of its own where the file is cut by another country's rule.
pub fn make_harmless(cell: &str) -> Cow<'_, str> {
    if is_plain(cell) {
        return Cow::Borrowed(cell);
    }
    let begins = needs_mark(cell, begins_formula);
    if !begins && !later_pieces(cell).any(|(_, piece)| needs_mark(piece, is_formula)) {
        return Cow::Borrowed(cell);
    }
    let mut out = String::with_capacity(cell.len() + 2);
    if begins {
        out.push('\'');
    }
    out.push_str(cell.split(CUTS).next().unwrap_or_default());
    for (cut, piece) in later_pieces(cell) {
        out.push_str(cut);
        if needs_mark(piece, is_formula) {
            out.push('\'');
        }
        out.push_str(piece);
    }
    Cow::Owned(out)
}

/// Takes away the apostrophes that [`make_harmless`] put there: what is written for a spreadsheet
/// can be dropped again.
pub fn undo_harmless(cell: &str) -> Cow<'_, str> {
    // Asked of every text of every row: a plain one has no mark, and no second piece that could.
    if is_plain(cell) {
        return Cow::Borrowed(cell);
    }
    let begins = has_mark(cell, begins_formula);
    if !begins && !later_pieces(cell).any(|(_, piece)| has_mark(piece, is_formula)) {
        return Cow::Borrowed(cell);
    }
    let first = cell.split(CUTS).next().unwrap_or_default();
    let mut out = String::with_capacity(cell.len());
    out.push_str(if begins { first.strip_prefix('\'').unwrap_or(first) } else { first });
    for (cut, piece) in later_pieces(cell) {
        out.push_str(cut);
        out.push_str(if has_mark(piece, is_formula) { piece.strip_prefix('\'').unwrap_or(piece) } else { piece });
    }
    Cow::Owned(out)
}

/// Writes rows of cells, each made harmless, lines ended by LF.
#[derive(Debug)]
pub struct CsvWriter<W: Write> {
    inner: csv::Writer<W>,
}

impl<W: Write> CsvWriter<W> {
    pub fn new(to: W, delimiter: Delimiter) -> CsvWriter<W> {
        let inner = csv::WriterBuilder::new().delimiter(delimiter.byte()).flexible(true).from_writer(to);
        CsvWriter { inner }
    }

    pub fn write_row<S: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = S>) -> std::io::Result<()> {
        for cell in cells {
            self.write_cell(cell.as_ref())?;
        }
        self.end_row()
    }

    /// One cell of a row that [`CsvWriter::end_row`] ends: for rows that are not at hand as a list.
    pub fn write_cell(&mut self, cell: &str) -> std::io::Result<()> {
        self.inner.write_field(make_harmless(cell).as_bytes()).map_err(to_io)
    }

    pub fn end_row(&mut self) -> std::io::Result<()> {
        self.inner.write_record(None::<&[u8]>).map_err(to_io)
    }

    /// Hands back what was written to, everything passed on to it.
    pub fn finish(self) -> std::io::Result<W> {
        self.inner.into_inner().map_err(|e| std::io::Error::from(e.error().kind()))
    }
}

fn to_io(error: csv::Error) -> std::io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => std::io::Error::other(format!("{other:?}")),
    }
}

/// Writes an errors file (CONTRACT: `line,column,value,code,problem`), one problem at a time.
#[derive(Debug)]
pub struct ProblemWriter<W: Write> {
    inner: CsvWriter<W>,
    language: Language,
}

impl<W: Write> ProblemWriter<W> {
    /// Begins with the header, which scripts read and which is the same in every language.
    pub fn begin(to: W, delimiter: Delimiter, language: Language) -> std::io::Result<ProblemWriter<W>> {
        let mut inner = CsvWriter::new(to, delimiter);
        inner.write_row(["line", "column", "value", "code", "problem"])?;
        Ok(ProblemWriter { inner, language })
    }

    pub fn add(&mut self, problem: &Problem) -> std::io::Result<()> {
        let (line, sentence) = (problem.line.to_string(), problem.problem.text(self.language));
        self.inner.write_row([&line, &problem.column, &problem.value, problem.code.as_str(), &sentence])
    }

    pub fn finish(self) -> std::io::Result<W> {
        self.inner.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_a_spreadsheet_would_run_is_made_make_harmless() {
        for bad in [
            "=1+1",
            "+cmd|' /C calc'!A0",
            "-2+3",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            "\n=1",
            " =1",
            "\u{a0}=1",
            "＝1",
            "\0=1",
            "\u{1}=1",
            "+509 3700 7294",
            "-",
            "--5",
        ] {
            let made = make_harmless(bad);
            assert!(made.starts_with('\''), "{bad:?}");
            assert_eq!(undo_harmless(&made), bad);
        }
        for good in ["", "Jean", "-5", "1-2", "a=b", "50937007294", "№ 7"] {
            assert_eq!(make_harmless(good), good);
        }
    }

    #[test]
    fn nothing_that_a_spreadsheet_would_run_is_written_bare() {
        for (cell, written) in [
            ("=1+1", "'=1+1"),
            ("+509", "'+509"),
            ("-cmd|' /C calc'!A0", "'-cmd|' /C calc'!A0"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("  =1", "'  =1"),
            ("\t=1", "'\t'=1"),
            ("\tx", "'\tx"),
            ("\rx", "'\rx"),
            ("\n=1", "'\n'=1"),
            ("＝1", "'＝1"),
            ("-5.00", "-5.00"),
            ("-5", "-5"),
            ("-5.0.0", "'-5.0.0"),
            ("-", "'-"),
            ("'=1", "''=1"),
            ("'-5", "''-5"),
            ("'tis", "'tis"),
            ("a=b", "a=b"),
            ("", ""),
            ("x;=1+1", "x;'=1+1"),
            ("x; +cmd|' /C calc'!A0", "x;' +cmd|' /C calc'!A0"),
            ("a;\"=1\"", "a;'\"=1\""),
            ("a\n@SUM(A1)", "a\n'@SUM(A1)"),
            ("x;'=1", "x;''=1"),
            ("x;-5;-5", "x;-5;-5"),
            ("-5;-5", "'-5;-5"),
            ("=1;=2", "'=1;'=2"),
            (" \n=1", " \n'=1"),
        ] {
            assert_eq!(make_harmless(cell), written, "{cell:?}");
            assert_eq!(undo_harmless(written), cell, "{written:?}");
        }
    }

    proptest! {
        #[test]
        fn a_line_put_together_by_hand_is_the_one_that_the_csv_writer_writes(
            cells in proptest::collection::vec("[a-cé='+@\\-\t\r\n 0,;|\"\u{a0}]{0,5}", 2..5),
        ) {
            for delimiter in Delimiter::ALL {
                let mut whole = CsvWriter::new(Vec::new(), delimiter);
                whole.write_row(&cells).unwrap();
                let mut line = Vec::new();
                for (place, cell) in cells.iter().enumerate() {
                    if place > 0 {
                        line.push(delimiter.byte());
                    }
                    push_cell(&mut line, cell, delimiter);
                }
                line.push(b'\n');
                prop_assert_eq!(line, whole.finish().unwrap());
            }
        }

        #[test]
        fn a_cell_made_harmless_comes_back_as_it_was(cell in "['=+@\\-\t\r\n 0-9.a;,|\"]{0,8}") {
            let written = make_harmless(&cell);
            prop_assert!(!is_plain(&cell) || !begins_formula(&cell) && !cell.contains(CUTS));
            let back = undo_harmless(&written);
            prop_assert_eq!(back.as_ref(), cell.as_str());
            prop_assert!(!begins_formula(&written) || is_negative_number(&written));
            for piece in written.split(CUTS).skip(1) {
                prop_assert!(!is_formula(piece) || is_negative_number(piece), "{}", written);
            }
        }
    }
}
