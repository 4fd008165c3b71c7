//! A file whose last line has no end: a person is shown the last row, and says whether it is whole.
//!
//! Must never: let it be paid before that.

use crate::payout::terms::{Finding, Guard, Named};
use crate::payroll::Row;

/// A row as a person is shown it.
pub(super) fn named(row: &Row) -> Named {
    let order = &row.instruction;
    Named {
        line: row.line,
        reference: order.reference.to_string(),
        name: row.name.clone(),
        receiver: order.receiver.masked(),
        is: order.amount.grouped(),
        ..Named::default()
    }
}

/// What makes the batch wait, whatever the settings say.
pub(super) fn finding(last: Option<Named>) -> Finding {
    let found = Finding::of_file(Guard::OpenEnd, true, String::new(), String::new());
    Finding { rows: 1, named: last.into_iter().collect(), ..found }
}
