//! A second opinion on cells: how spreadsheets cut them, which they would run, and what a text in
//! them is worth. Written without a line of the product's own.
//!
//! Must never: be kinder than the worst spreadsheet.

/// What a spreadsheet somewhere takes for the end of a cell, whatever the file was written with:
/// where the comma is for decimals, it cuts at semicolons.
const CUTS: [char; 6] = [',', ';', '\t', '|', '\n', '\r'];

/// Cells of this text that some spreadsheet would run: it cuts where its own country cuts and heeds
/// no quotes.
pub fn runnable(text: &str) -> Vec<&str> {
    text.split(CUTS).filter(|cell| is_runnable(cell)).collect()
}

fn is_runnable(cell: &str) -> bool {
    let inner = cell.trim_matches(|c: char| c == '"' || c.is_whitespace() || c.is_control());
    if !inner.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']) {
        return false;
    }
    let number = inner.strip_prefix('-').unwrap_or("x");
    let is_number = number.split('.').count() <= 2
        && number.split('.').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()));
    !is_number
}

/// An amount's text in centimes, where this mark stands before them: digits, at most two behind the mark, and
/// whatever else parts thousands; with or without a word for gourdes.
pub fn centimes(text: &str, mark: char) -> Option<i64> {
    let bare = text.trim_matches(|c: char| c.is_whitespace() || c.is_ascii_alphabetic());
    let bare = bare.strip_suffix('.').filter(|_| text.ends_with('.')).unwrap_or(bare);
    let bare = bare.trim_matches(|c: char| c.is_whitespace() || c.is_ascii_alphabetic());
    let thousands = [' ', '\u{a0}', '\u{202f}', '\'', '’', '.', ','];
    let (whole, part) = match bare.split_once(mark) {
        Some((whole, part)) if (1..=2).contains(&part.len()) => (whole, part),
        Some(_) => return None,
        None => (bare, ""),
    };
    let whole: String = whole.chars().filter(|c| !thousands.contains(c)).collect();
    let digits = format!("{whole}{part:0<2}");
    let is_plain = !whole.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    is_plain.then(|| digits.parse().ok()).flatten()
}

/// A cell without what nobody sees, and without the marks by which a number is said to be text: `="…"` and `'`.
pub fn bare(cell: &str) -> String {
    let is_unseen = |c: char| matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
    let seen: String = cell.chars().filter(|c| !is_unseen(*c)).collect();
    seen.trim_matches(|c: char| c.is_whitespace() || "=\"'".contains(c)).to_string()
}

/// The eight digits that a receiver's text ends with, where it can be a wallet's number at all.
pub fn wallet(text: &str) -> Option<String> {
    let text = [".0", ".00", ",0", ",00"]
        .iter()
        .find_map(|zeros| text.strip_suffix(zeros).filter(|rest| rest.bytes().all(|b| b.is_ascii_digit())))
        .unwrap_or(text);
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let cut = digits.len().checked_sub(8)?;
    let (country, local) = digits.split_at(cut);
    ["", "509", "00509"].contains(&country).then(|| local.to_string())
}

/// What two references are compared by.
pub fn key(reference: &str) -> String {
    let lower = reference.to_ascii_lowercase();
    match lower.trim_start_matches('0') {
        "" => "0".to_string(),
        bare => bare.to_string(),
    }
}

/// A file's text: UTF-16 by its mark, Latin-1 where it is said to be something like it (the columns that are
/// compared are ASCII), else UTF-8.
pub fn text(data: &[u8], latin: bool) -> String {
    let wide = |unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = data[2..].chunks(2).map(|pair| unit([pair[0], *pair.get(1).unwrap_or(&0)])).collect();
        String::from_utf16(&units).expect("a file that was taken is whole")
    };
    match data {
        [0xff, 0xfe, ..] => wide(u16::from_le_bytes),
        [0xfe, 0xff, ..] => wide(u16::from_be_bytes),
        _ if latin => data.iter().map(|byte| char::from(*byte)).collect(),
        _ => String::from_utf8(data.to_vec()).expect("a file that was taken is text"),
    }
}

/// The records of a file as the csv crate cuts them: cells as they stand.
pub fn records(text: &[u8], delimiter: u8) -> Vec<Vec<String>> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(text)
        .into_records()
        .map(|record| record.map(|cells| cells.iter().map(str::to_string).collect()).unwrap_or_default())
        .collect()
}
