//! Cuts text into rows and cells: RFC 4180 quoting, line ends LF, CRLF or CR, any of four
//! delimiters. `csv_core` cuts; what a lenient reader would shift cells by is looked at here, byte for byte: an unclosed
//! quote, which to it is a cell that reaches to the end of the file, and text behind a closed one. So are rows' numbers,
//! and empty rows, which it passes over.
//!
//! Must never: hold more than [`BUFFER`] bytes whatever the file is, or lose count of the lines.

use super::code_pages::{CodePage, suspect};
use super::encoding::{Decoding, Encoding, is_mixed, presume, push_windows_1252};
use super::problem::{Code, Problem};
pub use super::record::{CellKind, End, Facts, FormulaResult, OfSheet, Record, Span, Unseen, column_letters};
use super::workbook::{LARGEST_FILE, Sheet};
use crate::words::say;
use csv_core::ReadFieldResult;
use std::io::Read;

/// Bytes of one row, line end included. Far above any payroll row; a guard for memory.
pub const LONGEST_RECORD: usize = 64 * 1024;

/// Bytes held at a time. Several times the longest row, so that moving the rest to the front is rare.
const BUFFER: usize = 256 * 1024;

/// Lines in one file: ten million rows, ten times the largest payroll thought of, and what may stand around
/// them; duplicates take 8 bytes a line.
pub const MOST_LINES: u32 = 10_100_000;

/// What cutting one record found, in bytes from its start.
#[derive(Debug)]
pub enum Cut {
    /// `content` without the line end, `taken` with it.
    Whole { content: usize, taken: usize, end: End },
    /// A quote without its partner, or text behind a closed one.
    Broken,
    /// The bytes are at an end before the record is, and more are to come.
    More,
}

/// Cuts records at one delimiter.
pub struct Cutter {
    reader: csv_core::Reader,
}

impl Cutter {
    pub fn new(delimiter: u8) -> Cutter {
        Cutter { reader: csv_core::ReaderBuilder::new().delimiter(delimiter).build() }
    }

    /// Cuts the record that `bytes` begins with. Its cells come into `text`, which is longer than `bytes`, without
    /// their quotes. `last`: nothing comes after `bytes`.
    pub fn cut(&mut self, bytes: &[u8], last: bool, text: &mut [u8], spans: &mut Vec<Span>) -> Cut {
        spans.clear();
        // What it reads first may be a byte-order mark to it, which it passes over. (A clone of it reads nothing.)
        self.reader.reset();
        self.reader.read_field(b"\n", text);
        let (mut at, mut to) = (0, 0);
        loop {
            let rest = &bytes[at..];
            let is_empty_row = at == 0 && matches!(rest, [b'\n' | b'\r', ..]);
            let (found, taken, given) = match is_empty_row {
                true => (ReadFieldResult::Field { record_end: true }, 1, 0),
                false => self.reader.read_field(rest, &mut text[to..]),
            };
            let is_ended = !rest.is_empty() && matches!(found, ReadFieldResult::Field { .. });
            if !is_ended && !last {
                return Cut::More;
            }
            let (raw, cell) = (&rest[..taken - usize::from(is_ended)], to..to + given);
            let quoted = raw.first() == Some(&b'"');
            // Between its own quotes every quote stands twice; whatever else was passed over is wrong.
            let quotes = text[cell.clone()].iter().filter(|byte| **byte == b'"').count();
            if quoted && (raw.len() != given + quotes + 2 || raw.last() != Some(&b'"')) {
                return Cut::Broken;
            }
            spans.push((cell.start, cell.end));
            (at, to) = (at + taken, cell.end);
            let content = at - usize::from(is_ended);
            let end = End { line_end: is_ended, quoted };
            match found {
                ReadFieldResult::Field { record_end: false } => {}
                _ if bytes.get(content) == Some(&b'\r') => match bytes.get(at) {
                    Some(b'\n') => return Cut::Whole { content, taken: at + 1, end },
                    None if !last => return Cut::More,
                    _ => return Cut::Whole { content, taken: at, end },
                },
                _ => return Cut::Whole { content, taken: at, end },
            }
        }
    }
}

/// Reads records one after the other out of a source.
pub struct Records<R> {
    source: Decoding<R>,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    source_ended: bool,
    cutter: Cutter,
    line: u32,
    spans: Vec<Span>,
    /// The cells of the record last read, and what they are where its letters are not UTF-8.
    cells: Vec<u8>,
    decoded: String,
    letters: Letters,
    /// Bytes of the record last read, so that it can be read again.
    taken: usize,
    /// The file is a workbook: its rows come from here.
    sheet: Option<Sheet>,
}

/// What the letters read so far show of the file's encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Letters {
    /// ASCII alone: either of the two that follow.
    Plain,
    /// A letter of UTF-8, or its mark.
    Utf8,
    Windows1252,
}

impl<R: Read> Records<R> {
    pub fn new(source: R) -> Records<R> {
        Records {
            source: Decoding::new(source),
            buffer: vec![0; BUFFER],
            start: 0,
            end: 0,
            source_ended: false,
            cutter: Cutter::new(b','),
            line: 0,
            spans: Vec::new(),
            cells: vec![0; LONGEST_RECORD + 1],
            decoded: String::new(),
            letters: Letters::Plain,
            taken: 0,
            sheet: None,
        }
    }

    /// What the file turned out to be written in, as far as it was read.
    pub fn encoding(&self) -> Encoding {
        if self.sheet.is_some() {
            return Encoding::Workbook;
        }
        match (self.source.wide(), self.letters) {
            (Some(wide), _) => wide,
            (None, Letters::Windows1252) => Encoding::Windows1252,
            (None, Letters::Plain | Letters::Utf8) => Encoding::Utf8,
        }
    }

    /// Whether a workbook's sheet has formats that only a spreadsheet works out; known when all was read.
    pub fn has_conditional_formats(&self) -> bool {
        self.sheet.as_ref().is_some_and(Sheet::has_conditional_formats)
    }

    /// The bytes that come next, as many as the longest record has where the file has so many;
    /// and whether nothing comes after them.
    pub fn peek(&mut self) -> Result<(&[u8], bool), Problem> {
        self.fill()?;
        Ok((&self.buffer[self.start..self.end], self.source_ended))
    }

    /// Passes over the byte order mark of UTF-8, of this length; with one, the file says what it is.
    pub fn skip_mark(&mut self, length: usize) {
        self.start = (self.start + length).min(self.end);
        if length > 0 {
            self.letters = Letters::Utf8;
        }
    }

    /// Goes back to before the record last read: it is the next one again.
    pub fn unread(&mut self) {
        if let Some(sheet) = &mut self.sheet {
            return sheet.unread();
        }
        self.start -= self.taken;
        self.line = self.line.saturating_sub(u32::from(self.taken > 0));
        self.taken = 0;
    }

    /// Takes what comes for a workbook, and gives the rows of its sheet from here on. All of it is read now,
    /// so that what is hashed is what the rows come from.
    pub fn open_sheet(&mut self, wanted: Option<&str>) -> Result<(), Problem> {
        let mut bytes = self.buffer[self.start..self.end].to_vec();
        let most = u64::try_from(LARGEST_FILE).unwrap_or(u64::MAX);
        let read = (&mut self.source).take(most).read_to_end(&mut bytes);
        read.map_err(|error| Problem::of_file(Code::Unreadable, say!("file-unreadable", error = error.to_string())))?;
        self.sheet = Some(Sheet::open(bytes, wanted)?);
        Ok(())
    }

    pub fn set_delimiter(&mut self, delimiter: u8) {
        self.cutter = Cutter::new(delimiter);
    }

    pub fn into_source(self) -> R {
        self.source.into_inner()
    }

    fn fill(&mut self) -> Result<(), Problem> {
        if self.source_ended || self.end - self.start > LONGEST_RECORD {
            return Ok(());
        }
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        while self.end < self.buffer.len() {
            match self.source.read(&mut self.buffer[self.end..]) {
                Ok(0) => {
                    self.source_ended = true;
                    break;
                }
                Ok(count) => self.end += count,
                Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
                Err(e) => {
                    let text = say!("file-unreadable", error = e.to_string());
                    return Err(Problem::of_line(self.line.saturating_add(1), Code::Unreadable, text));
                }
            }
        }
        Ok(())
    }

    /// The next record, or a problem after which nothing of the file can be read.
    pub fn read(&mut self) -> Result<Option<Record<'_>>, Problem> {
        if self.sheet.is_some() {
            return self.sheet.as_mut().map_or(Ok(None), Sheet::read);
        }
        self.fill()?;
        if self.start == self.end {
            return Ok(None);
        }
        self.line += 1;
        self.taken = 0;
        let line = self.line;
        if line > MOST_LINES {
            return Err(Problem::of_line(line, Code::TooManyLines, say!("too-many-lines", most = MOST_LINES)));
        }
        let rest = &self.buffer[self.start..self.end];
        let window = &rest[..rest.len().min(LONGEST_RECORD)];
        let last = self.source_ended && window.len() == rest.len();
        let (content, taken, end, broken) = match self.cutter.cut(window, last, &mut self.cells, &mut self.spans) {
            Cut::Whole { content, taken, end } => (content, taken, end, false),
            // Go on with the next physical line: one bad quote must not hide every row after it.
            Cut::Broken | Cut::More => match line_end(window) {
                Some((content, taken)) => (content, taken, End { line_end: true, quoted: false }, true),
                None if last => (window.len(), window.len(), End { line_end: false, quoted: false }, true),
                None => return Err(too_long(line, rest)),
            },
        };
        self.start += taken;
        self.taken = taken;
        let bytes = &rest[..content];
        if bytes.contains(&0) {
            return Err(binary(line));
        }
        if broken {
            self.spans.clear();
        }
        // The record's bytes are looked at whole: two halves of a letter may meet where cells were parted.
        let cells = self.cells.get(..self.spans.last().map_or(0, |(_, to)| *to)).unwrap_or_default();
        let text = match std::str::from_utf8(bytes) {
            Ok(text) if self.letters != Letters::Windows1252 || text.is_ascii() => {
                if !text.is_ascii() {
                    self.letters = Letters::Utf8;
                }
                std::str::from_utf8(cells).unwrap_or_default()
            }
            _ if self.source.wide().is_some() => return Err(damaged(line)),
            _ if self.letters == Letters::Utf8 || is_mixed(bytes) => return Err(mixed(line, bytes)),
            _ => {
                self.letters = Letters::Windows1252;
                // Only Excel for Mac still ends lines so, and the letters that it writes then are its own.
                let is_mac = rest.get(content..self.taken) == Some(b"\r");
                let first = || bytes.iter().position(|byte| !byte.is_ascii()).map(|at| (CodePage::MacRoman, at));
                if let Some((page, at)) = suspect(bytes).or_else(|| first().filter(|_| is_mac)) {
                    return Err(old_letters(line, bytes, page, at));
                }
                decode(line, cells, &mut self.spans, &mut self.decoded)?;
                &self.decoded
            }
        };
        Ok(Some(Record::of_text(line, end, text, &self.spans, broken)))
    }
}

/// The first line end, whatever quotes there are: bytes before it, and with it.
fn line_end(bytes: &[u8]) -> Option<(usize, usize)> {
    let at = bytes.iter().position(|b| *b == b'\n' || *b == b'\r')?;
    let crlf = bytes[at] == b'\r' && bytes.get(at + 1) == Some(&b'\n');
    Some((at, if crlf { at + 2 } else { at + 1 }))
}

/// Takes a record's cells over into text, from Windows-1252.
fn decode(line: u32, cells: &[u8], spans: &mut [Span], text: &mut String) -> Result<(), Problem> {
    text.clear();
    for span in spans.iter_mut() {
        let from = text.len();
        push_windows_1252(text, cells.get(span.0..span.1).unwrap_or_default()).map_err(|byte| {
            let sentence = say!("byte-without-letter", byte = format!("{byte:#04x}"));
            Problem::of_line(line, Code::NotUtf8, sentence)
        })?;
        *span = (from, text.len());
    }
    Ok(())
}

fn too_long(line: u32, bytes: &[u8]) -> Problem {
    if bytes.contains(&0) {
        return binary(line);
    }
    Problem::of_line(line, Code::LineTooLong, say!("line-too-long", most = LONGEST_RECORD / 1024))
}

fn binary(line: u32) -> Problem {
    Problem::of_line(line, Code::NotText, say!("line-holds-nul"))
}

/// Letters that Windows-1252 would make others of.
fn old_letters(line: u32, bytes: &[u8], page: CodePage, at: usize) -> Problem {
    let around = bytes.get(at.saturating_sub(MOST_SHOWN)..bytes.len().min(at + MOST_SHOWN));
    let sentence = match page {
        CodePage::MacRoman => say!("letters-mac-roman"),
        CodePage::Cp850 => say!("letters-cp850"),
        CodePage::Either => say!("letters-of-old"),
    };
    Problem::of_cell(line, "", &presume(around.unwrap_or_default()), Code::NotUtf8, sentence)
}

/// Half a letter of UTF-16.
fn damaged(line: u32) -> Problem {
    Problem::of_line(line, Code::NotUtf8, say!("utf-16-damaged"))
}

/// Letters of UTF-8 and bytes that are none.
fn mixed(line: u32, bytes: &[u8]) -> Problem {
    let valid = bytes.utf8_chunks().next().map_or("", |chunk| chunk.valid());
    let byte = bytes.get(valid.len()).or_else(|| bytes.iter().find(|byte| !byte.is_ascii())).copied();
    let from = valid.char_indices().rev().nth(MOST_SHOWN).map_or(0, |(at, _)| at);
    let text = say!("encoding-mixed", byte = format!("{:#04x}", byte.unwrap_or_default()));
    Problem::of_cell(line, "", valid.get(from..).unwrap_or_default(), Code::NotUtf8, text)
}

/// Characters shown of what stands before a byte that is no letter.
const MOST_SHOWN: usize = 20;

#[cfg(test)]
mod tests;
