//! Which kind of CSV this is: found from the bytes that come first, and from the header's names.
//!
//! Must never: guess where the file does not say; what is no text is refused with a way out.

use super::cleaned;
use super::columns;
use super::encoding::{UTF8_MARK, presume};
use super::header::MOST_LINES;
use super::names::ColumnNames;
use super::problem::{Code, Problem};
use super::records::{Cut, Cutter, LONGEST_RECORD, Span};
use crate::words::{Saying, say};

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
    /// The first line says what parts the cells, and nothing else: `sep=;`.
    pub separator: bool,
}

/// What a page of HTML begins with; portals and programs call one `paie.xls`.
const HTML: [&str; 9] =
    ["<!doctype html", "<html", "<head", "<meta", "<style", "<body", "<table", "<div", "mime-version:"];

/// What files that are no CSV begin with, and what they are.
fn other(beginning: &[u8]) -> Option<Saying> {
    let begins = |with: &[u8]| beginning.starts_with(with);
    // The parts of a compound file have names in UTF-16.
    let holds = |part: &str| {
        let name: Vec<u8> = part.encode_utf16().flat_map(u16::to_le_bytes).collect();
        beginning.windows(name.len()).any(|window| window == name)
    };
    let text = beginning.strip_prefix(UTF8_MARK).unwrap_or(beginning).trim_ascii_start();
    let begins_as = |words: &[&str]| {
        let is = |word: &&str| text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word.as_bytes()));
        words.iter().any(is)
    };
    match () {
        () if begins(b"\xd0\xcf\x11\xe0") && holds("EncryptedPackage") => Some(say!("file-has-password")),
        () if begins(b"\xd0\xcf\x11\xe0") && (holds("Workbook") || holds("Book")) => Some(say!("file-is-old-workbook")),
        () if begins(b"\xd0\xcf\x11\xe0") => Some(say!("file-is-compound")),
        () if begins(b"%PDF") => Some(say!("file-is-pdf")),
        () if begins(b"\x1f\x8b") => Some(say!("file-is-compressed")),
        () if begins_as(&HTML) => Some(say!("file-is-html")),
        () if begins_as(&["<?xml", "<workbook"]) => Some(say!("file-is-xml")),
        () => None,
    }
}

/// Finds the dialect from the file's beginning; `whole`: nothing comes after it.
pub fn find(beginning: &[u8], whole: bool, wanted: &ColumnNames) -> Result<Dialect, Problem> {
    if let Some(what) = other(beginning) {
        return Err(Problem::of_file(Code::NotText, what));
    }
    if beginning.contains(&0) {
        return Err(Problem::of_file(Code::NotText, say!("file-holds-nul")));
    }
    let mark = if beginning.starts_with(UTF8_MARK) { UTF8_MARK.len() } else { 0 };
    let text = &beginning[mark..];
    if text.iter().all(u8::is_ascii_whitespace) && whole {
        return Err(Problem::of_file(Code::EmptyFile, say!("file-empty")));
    }
    let (said, length) = separator_line(text).unzip();
    let text = &text[length.unwrap_or_default()..];
    let mut trial = Trial::new(text.len(), whole);
    let header = header_line(text, &mut trial, wanted)?;
    let delimiter = said.unwrap_or_else(|| trial.delimiter_of(&text[header..], wanted));
    Ok(Dialect { delimiter, mark, separator: said.is_some() })
}

/// A first line `sep=;`, which tells Excel what parts the cells: that, and the line's length without its end.
fn separator_line(text: &[u8]) -> Option<(Delimiter, usize)> {
    let length = text.iter().position(|b| matches!(b, b'\n' | b'\r'))?;
    let line = text[..length].trim_ascii_start();
    let (name, sign) = line.strip_prefix(b"\"").unwrap_or(line).split_at_checked(b"sep=".len())?;
    let sign = sign.strip_suffix(b"\"").unwrap_or(sign);
    // Saved again by a program that fills lines up, the sign stands there several times.
    let is_said = |delimiter: &Delimiter| !sign.is_empty() && sign.iter().all(|byte| *byte == delimiter.byte());
    let said = Delimiter::ALL.into_iter().find(is_said)?;
    name.eq_ignore_ascii_case(b"sep=").then_some((said, length))
}

/// Where the header begins: the first line that names a wallet and an amount, whatever parts its cells; where none
/// does, the first line. Neither blank lines nor `#` lines count. A `#` line that names all the columns is a header
/// all the same (people number rows under `#`).
fn header_line(text: &[u8], trial: &mut Trial, wanted: &ColumnNames) -> Result<usize, Problem> {
    let (mut at, mut lines, mut first) = (0, 0, None);
    while at < text.len() && at < LONGEST_RECORD && lines < MOST_LINES {
        let rest = &text[at..];
        let length = rest.iter().position(|b| *b == b'\n' || *b == b'\r').unwrap_or(rest.len());
        let line = &rest[..length];
        let is_blank = line.iter().all(|b| b.is_ascii_whitespace() || b",;|\"".contains(b));
        let is_remark = line.iter().find(|b| !b.is_ascii_whitespace() && **b != b'"') == Some(&b'#');
        let names = |cells: Vec<String>| match is_remark {
            true => columns::names_all(&cells, wanted),
            false => names_both(&cells, wanted),
        };
        if !is_blank && (0..Delimiter::ALL.len()).any(|place| names(trial.cells_of(rest, place))) {
            return Ok(at);
        }
        if !is_blank && !is_remark {
            first.get_or_insert(at);
            lines += 1;
        }
        at += length + 1;
    }
    first.ok_or_else(|| Problem::of_file(Code::HeaderMissing, say!("header-missing")))
}

fn names_both(cells: &[String], wanted: &ColumnNames) -> bool {
    columns::names_wallet_and_amount(cells.iter().map(String::as_str), wanted)
}

/// What cuts a header at each delimiter, to see which is its own.
struct Trial {
    cutters: [Cutter; Delimiter::ALL.len()],
    cells: Vec<u8>,
    spans: Vec<Span>,
    /// Nothing comes after the text.
    whole: bool,
}

impl Trial {
    /// For texts of so many bytes at most.
    fn new(longest: usize, whole: bool) -> Trial {
        let cutters = Delimiter::ALL.map(|delimiter| Cutter::new(delimiter.byte()));
        Trial { cutters, cells: vec![0; longest + 1], spans: Vec::new(), whole }
    }

    /// The delimiter by which the header names a wallet and an amount, and most columns that are known; among equals,
    /// most columns.
    fn delimiter_of(&mut self, header: &[u8], wanted: &ColumnNames) -> Delimiter {
        let score = |place: &usize| {
            let cells = self.cells_of(header, *place);
            (names_both(&cells, wanted), columns::count_known(&cells, wanted), cells.len())
        };
        // `max_by_key` takes the last of equals; a comma is the likeliest.
        let best = (0..Delimiter::ALL.len()).rev().max_by_key(score);
        best.and_then(|place| Delimiter::ALL.get(place)).copied().unwrap_or_default()
    }

    fn cells_of(&mut self, text: &[u8], place: usize) -> Vec<String> {
        match self.cutters[place].cut(text, self.whole, &mut self.cells, &mut self.spans) {
            Cut::Whole { .. } => {
                let cell = |(from, to): &Span| cleaned::text(&presume(&self.cells[*from..*to]), |_| {}).into_owned();
                self.spans.iter().map(cell).collect()
            }
            Cut::Broken | Cut::More => Vec::new(),
        }
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
            ("Référence;Téléphone;Montant\n", Delimiter::Semicolon),
            ("Nimewo MonCash|Montan|Referans|a,b,c,d,e\r", Delimiter::Pipe),
            ("Institution Exemple, Direction\nNom, téléphone\n\nRéférence;Téléphone;Montant\n", Delimiter::Semicolon),
            ("A|B|C\nTéléphone,Montant\n", Delimiter::Comma),
        ] {
            assert_eq!(
                find(text.as_bytes(), true, &ColumnNames::default()).map(|d| d.delimiter),
                Ok(expected),
                "{text:?}"
            );
        }
    }

    #[test]
    fn a_first_line_that_names_the_separator_is_obeyed() {
        for (text, expected) in [
            ("sep=;\r\nreference,x;receiver;amount\r\n", Some(Delimiter::Semicolon)),
            ("\u{feff}SEP=,\nreference;receiver;amount\n", Some(Delimiter::Comma)),
            ("\"sep=|\"\rreference|receiver|amount\r", Some(Delimiter::Pipe)),
            ("sep=\t\nreference\treceiver\tamount\n", Some(Delimiter::Tab)),
            ("sep=;;;\nreference;receiver;amount\n", Some(Delimiter::Semicolon)),
            ("sep=:\nreference;receiver;amount\n", None),
            ("sep=\nreference;receiver;amount\n", None),
            ("\nsep=;\nreference;receiver;amount\n", None),
        ] {
            let found = find(text.as_bytes(), true, &ColumnNames::default()).unwrap();
            assert_eq!(found.separator.then_some(found.delimiter), expected, "{text:?}");
        }
    }

    #[test]
    fn a_header_in_windows_1252_names_its_columns_too() {
        let header = b"R\xe9f\xe9rence;T\xe9l\xe9phone;Montant;a,b,c,d,e\r\n";
        let found = find(header, true, &ColumnNames::default()).unwrap();
        assert_eq!(found.delimiter, Delimiter::Semicolon);
    }

    #[test]
    fn files_of_other_kinds_are_told_apart() {
        let compound = |parts: &[&str]| {
            let names = parts.iter().flat_map(|part| part.encode_utf16().flat_map(u16::to_le_bytes));
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0".iter().copied().chain(names).collect::<Vec<u8>>()
        };
        for (bytes, says) in [
            (compound(&["Root Entry", "EncryptionInfo", "EncryptedPackage"]), "password"),
            (compound(&["Root Entry", "Workbook"]), "old Excel workbook"),
            (compound(&["Root Entry", "WordDocument"]), "neither"),
            (b"\xef\xbb\xbf\r\n<TABLE border=1><tr><td>Reference</td>".to_vec(), "HTML"),
            (b"<!DOCTYPE HTML PUBLIC>".to_vec(), "HTML"),
            (b"<?xml version=\"1.0\"?>\n<Workbook>".to_vec(), "XML"),
        ] {
            let problem = find(&bytes, true, &ColumnNames::default()).unwrap_err();
            assert_eq!(problem.code, Code::NotText);
            assert!(problem.problem.to_string().contains(says), "{problem}");
        }
    }

    #[test]
    fn what_is_no_text_is_refused_with_a_way_out() {
        for (bytes, code) in [
            (&b""[..], Code::EmptyFile),
            (b"\xef\xbb\xbf \r\n", Code::EmptyFile),
            (b"r\0e\0f\0", Code::NotText),
            (b"# only a remark\n", Code::HeaderMissing),
            (b";;;\n;;;\n", Code::HeaderMissing),
        ] {
            assert_eq!(find(bytes, true, &ColumnNames::default()).map_err(|p| p.code), Err(code), "{bytes:?}");
        }
    }
}
