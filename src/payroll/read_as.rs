//! How a file was read, in words: which letters, what parts its cells, which mark its amounts have.
//!
//! Must never: let a text of the file begin a line.

use super::cleaned::Cleaned;
use super::problem::quote;
use crate::payout::aside::LineAside;
use crate::payout::batch::ReadAs;
use crate::payout::reading::{ColumnsRead, Reading};
use crate::payout::terms::Named;
use crate::words::{Saying, say};

/// What the ledger calls cells that were never text.
const WORKBOOK: &str = "workbook";

/// All that was understood, as people are told it before they say yes and after: which column is what, the first row
/// and the last, what was read over, what was left aside.
pub fn reading(read: &ReadAs) -> Vec<Saying> {
    let mut lines = Vec::new();
    if let Some(reading) = &read.reading {
        lines.extend(columns(reading));
        lines.push(saying(read));
        lines.extend(reading.passed_over.iter().map(|column| say!("reading-passed-over", column = column)));
        lines.extend(reading.not_there.iter().map(|column| say!("reading-not-there", column = column)));
        let cleaned = Cleaned::of_kept(&reading.cleaned).sayings();
        lines.extend(cleaned.into_iter().map(|what| say!("reading-cleaned", what = what)));
        lines.extend((reading.shown > 0).then(|| say!("reading-shown", cells = reading.shown)));
        lines.extend(reading.conditional_formats.then(|| say!("reading-conditional-formats")));
    } else {
        lines.push(saying(read));
    }
    lines.extend(left_out(read));
    lines
}

fn columns(reading: &Reading) -> Vec<Saying> {
    let ColumnsRead { amount, receiver, reference, name, description, .. } = &reading.columns;
    let mut lines = vec![
        say!("reading-amount", column = quote(amount)),
        say!("reading-receiver", column = quote(receiver)),
        say!("reading-reference", column = quote(reference)),
    ];
    lines.push(match name.as_slice() {
        [] => say!("reading-no-name"),
        names => say!("reading-name", column = quote(&names.join(" + "))),
    });
    lines.push(match description {
        None => say!("reading-no-description"),
        Some(column) => say!("reading-description", column = quote(column)),
    });
    let row = |row: &Named| {
        let who = if row.name.is_empty() { row.reference.clone() } else { format!("{}, {}", row.reference, row.name) };
        let line = row.line.to_string();
        say!("reading-row", line = line, who = quote(&who), receiver = &row.receiver, amount = &row.is)
    };
    lines.extend(reading.first.as_ref().map(|first| say!("reading-first", row = row(first))));
    let last = reading.last.as_ref().filter(|last| reading.first.as_ref() != Some(*last));
    lines.extend(last.map(|last| say!("reading-last", row = row(last))));
    lines
}

/// By which letters, separator and decimal mark.
fn saying(read: &ReadAs) -> Saying {
    let separator = match read.separator.as_str() {
        "," => say!("read-as-commas"),
        ";" => say!("read-as-semicolons"),
        "\t" => say!("read-as-tabs"),
        "|" => say!("read-as-bars"),
        _ => say!("read-as-cells"),
    };
    let decimal = match read.decimal.as_deref() {
        Some("point") => say!("read-as-point"),
        Some("comma") => say!("read-as-comma"),
        _ => say!("read-as-whole"),
    };
    let encoding = quote(&read.encoding);
    let read_as = match read.total_row {
        true if read.encoding == WORKBOOK => say!("read-as-workbook-with-total"),
        false if read.encoding == WORKBOOK => say!("read-as-workbook"),
        true => say!("read-as-with-total", encoding = encoding, separator = separator, decimal = decimal),
        false => say!("read-as", encoding = encoding, separator = separator, decimal = decimal),
    };
    match &read.reference {
        Some(pattern) => say!("read-as-built", read = read_as, pattern = quote(pattern)),
        None => read_as,
    }
}

/// Lines by which nobody is paid, one by one: rows of zero, lines around the table, formulas filled down; empty where
/// none was.
fn left_out(read: &ReadAs) -> Vec<Saying> {
    let (zero, aside, filled) = (&read.zero, &read.aside, read.filled);
    let mut lines = Vec::new();
    if !zero.is_none() {
        lines.push(say!("left-out-zero", rows = zero.lines));
    }
    lines.extend(zero.named.iter().map(|aside| {
        let line = aside.line.to_string();
        match aside.text.as_str() {
            "" => say!("left-out-line", line = line),
            text => say!("left-out-row", line = line, who = quote(text)),
        }
    }));
    if zero.unnamed() > 0 {
        lines.push(say!("left-out-more", rows = zero.unnamed()));
    }
    if !aside.is_none() {
        lines.push(say!("left-aside", lines = aside.lines));
        let one = |one: &LineAside| say!("left-aside-line", line = one.line.to_string(), text = quote(&one.text));
        lines.extend(aside.named.iter().map(one));
    }
    if aside.unnamed() > 0 {
        lines.push(say!("left-aside-more", lines = aside.unnamed()));
    }
    if !filled.is_none() {
        lines.push(say!("filled-down", lines = filled.lines, first = filled.first.to_string()));
    }
    lines
}
