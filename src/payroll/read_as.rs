//! How a file was read, in words: which letters, what parts its cells, which mark its amounts have.
//!
//! Must never: let a text of the file begin a line.

use super::problem::quote;
use crate::payout::aside::LineAside;
use crate::payout::batch::ReadAs;
use crate::words::{Saying, say};

/// What the ledger calls cells that were never text.
const WORKBOOK: &str = "workbook";

/// For summaries and `payoutd check`.
pub fn saying(read: &ReadAs) -> Saying {
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
pub fn left_out(read: &ReadAs) -> Vec<Saying> {
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
