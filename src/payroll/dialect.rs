//! Which kind of CSV this is: found from the bytes that come first, and from the header's names.
//!
//! Must never: guess where the file does not say; what is no UTF-8 text is refused with a way out.

use super::columns;
use super::problem::{Code, Problem};
use super::records::{LONGEST_RECORD, Scan, scan};

/// What stands between two cells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Delimiter {
    #[default]
    Comma,
    Semicolon,
    Tab,
    Pipe,
}

impl Delimiter {
    pub const ALL: [Delimiter; 4] = [Delimiter::Comma, Delimiter::Semicolon, Delimiter::Tab, Delimiter::Pipe];

    pub fn byte(self) -> u8 {
        match self {
            Delimiter::Comma => b',',
            Delimiter::Semicolon => b';',
            Delimiter::Tab => b'\t',
            Delimiter::Pipe => b'|',
        }
    }
}

/// How the file is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dialect {
    pub delimiter: Delimiter,
    /// Bytes of the byte order mark before the text.
    pub mark: usize,
}

const UTF8_MARK: &[u8] = b"\xef\xbb\xbf";

/// What files that are no CSV begin with, and what they are.
const OTHERS: &[(&[u8], Code, &str)] = &[
    (b"PK\x03\x04", Code::NotText, "an Excel or LibreOffice workbook"),
    (b"\xd0\xcf\x11\xe0", Code::NotText, "an old Excel workbook"),
    (b"%PDF", Code::NotText, "a PDF"),
    (b"\x1f\x8b", Code::NotText, "a compressed file"),
    (b"\xff\xfe", Code::NotUtf8, "text in UTF-16 (\"Unicode text\")"),
    (b"\xfe\xff", Code::NotUtf8, "text in UTF-16 (\"Unicode text\")"),
];

/// Finds the dialect from the file's beginning; `whole`: nothing comes after it.
pub fn find(beginning: &[u8], whole: bool) -> Result<Dialect, Problem> {
    if let Some((_, code, what)) = OTHERS.iter().find(|(begins, ..)| beginning.starts_with(begins)) {
        let text = format!("This is {what}: save the sheet as \"CSV UTF-8\" and drop that.");
        return Err(Problem::of_file(*code, text));
    }
    if beginning.contains(&0) {
        let text = "The file holds bytes that no UTF-8 text has (NUL): it is damaged, in UTF-16 or no CSV file. \
                    Save the sheet as \"CSV UTF-8\" and drop that.";
        return Err(Problem::of_file(Code::NotText, text));
    }
    let mark = if beginning.starts_with(UTF8_MARK) { UTF8_MARK.len() } else { 0 };
    let text = &beginning[mark..];
    if text.iter().all(u8::is_ascii_whitespace) && whole {
        let text = "The file is empty: was it saved or copied to its end?";
        return Err(Problem::of_file(Code::EmptyFile, text));
    }
    let header = header_line(text, whole)?;
    Ok(Dialect { delimiter: delimiter_of(&text[header..], whole), mark })
}

/// Where the header begins: the first line that is neither blank nor a `#` line. A `#` line that
/// names all the columns is a header all the same (people number rows under `#`).
fn header_line(text: &[u8], whole: bool) -> Result<usize, Problem> {
    let mut at = 0;
    while at < text.len() && at < LONGEST_RECORD {
        let rest = &text[at..];
        let length = rest.iter().position(|b| *b == b'\n' || *b == b'\r').unwrap_or(rest.len());
        let line = &rest[..length];
        let is_blank = line.iter().all(|b| b.is_ascii_whitespace() || b",;|\"".contains(b));
        let is_remark = line.iter().find(|b| !b.is_ascii_whitespace() && **b != b'"') == Some(&b'#');
        if !is_blank && (!is_remark || names_all_columns(rest, whole)) {
            return Ok(at);
        }
        at += length + 1;
    }
    let text = "No line names the columns: the file needs a header such as reference,receiver,amount.";
    Err(Problem::of_file(Code::HeaderMissing, text))
}

fn names_all_columns(text: &[u8], whole: bool) -> bool {
    Delimiter::ALL.iter().any(|delimiter| columns::names_all(&cells_of(text, *delimiter, whole)))
}

/// The delimiter by which the header names most columns that are known; among equals, most columns.
fn delimiter_of(header: &[u8], whole: bool) -> Delimiter {
    let score = |delimiter: &Delimiter| {
        let cells = cells_of(header, *delimiter, whole);
        (columns::count_known(&cells), cells.len())
    };
    // `max_by_key` takes the last of equals; a comma is the likeliest.
    Delimiter::ALL.into_iter().rev().max_by_key(score).unwrap_or_default()
}

fn cells_of(text: &[u8], delimiter: Delimiter, whole: bool) -> Vec<String> {
    let mut spans = Vec::new();
    match scan(text, delimiter.byte(), whole, &mut spans) {
        Scan::Whole { .. } => spans.iter().map(|(a, b)| String::from_utf8_lossy(&text[*a..*b]).into_owned()).collect(),
        Scan::Broken | Scan::More => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delimiter_is_found_from_the_header() {
        for (text, expected) in [
            ("reference,receiver,amount\n", Delimiter::Comma),
            ("reference;receiver;amount\n", Delimiter::Semicolon),
            ("reference\treceiver\tamount\r\n", Delimiter::Tab),
            ("reference|receiver|amount\r", Delimiter::Pipe),
            ("\u{feff}reference;receiver;amount;\"a,b,c,d,e\"\n", Delimiter::Semicolon),
            ("# total: 1,2,3\n;;\nreference;receiver;amount;a|b|c|d\n", Delimiter::Semicolon),
            ("\"reference\";\"receiver\";\"amount\"\n", Delimiter::Semicolon),
            ("\"# rows: 3\",,\n\nAmount,Reference,Receiver", Delimiter::Comma),
            ("#;reference;receiver;amount\n", Delimiter::Semicolon),
            ("nothing known\n", Delimiter::Comma),
        ] {
            assert_eq!(find(text.as_bytes(), true).map(|d| d.delimiter), Ok(expected), "{text:?}");
        }
    }

    #[test]
    fn what_is_no_utf8_text_is_refused_with_a_way_out() {
        for (bytes, code) in [
            (&b""[..], Code::EmptyFile),
            (b"\xef\xbb\xbf \r\n", Code::EmptyFile),
            (b"PK\x03\x04rest", Code::NotText),
            (b"\xff\xfer\0e\0", Code::NotUtf8),
            (b"r\0e\0f\0", Code::NotText),
            (b"# only a remark\n", Code::HeaderMissing),
            (b";;;\n;;;\n", Code::HeaderMissing),
        ] {
            assert_eq!(find(bytes, true).map_err(|p| p.code), Err(code), "{bytes:?}");
        }
    }
}
