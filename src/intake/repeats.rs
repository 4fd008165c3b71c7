//! Rows of one file that pay the same old payout again: found in the first reading, so that `check` and previews
//! say what the inbox would.
//!
//! Must never: be what keeps a payout from having two successors; the ledger is.

use crate::payout::instruction::Reference;
use crate::payroll::{Code, Problem, Row};
use crate::words::say;
use std::collections::BTreeMap;

/// So many rows with `retry_of` are remembered, in some megabytes; a file with more is a file of retries that the
/// ledger judges when it is loaded.
const MOST: usize = 50_000;

/// Who is paid again in this file, and in which line.
#[derive(Debug, Default)]
pub(super) struct Repeats(BTreeMap<String, u32>);

impl Repeats {
    /// A row that pays `old` again; the problem where an earlier one does.
    pub fn note(&mut self, row: &Row, old: &Reference) -> Option<Problem> {
        let key = old.key().to_string();
        if let Some(line) = self.0.get(&key) {
            let text = say!("retry-of-twice", old = old, line = line.to_string());
            return Some(Problem::of_cell(row.line, "retry_of", old.as_str(), Code::RetryOfRepeated, text));
        }
        if self.0.len() < MOST {
            self.0.insert(key, row.line);
        }
        None
    }
}
