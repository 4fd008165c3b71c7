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

/// An amount's text in centimes: digits, and at most two behind a point.
pub fn centimes(text: &str) -> Option<i64> {
    let (whole, part) = match text.trim().split_once('.') {
        Some((whole, part)) if (1..=2).contains(&part.len()) => (whole, part),
        Some(_) => return None,
        None => (text.trim(), ""),
    };
    let digits = format!("{whole}{part:0<2}");
    let is_plain = !whole.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    is_plain.then(|| digits.parse().ok()).flatten()
}

/// The eight digits that a receiver's text ends with, where it can be a wallet's number at all.
pub fn wallet(text: &str) -> Option<String> {
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
