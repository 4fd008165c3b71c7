//! What a reading says of a file: its header, what was seen so far, and what it comes to.
//!
//! Must never: say that a file is in order; only `Reader::finish` gives [`Totals`].

use super::amounts::Mark;
use super::cleaned::Cleaned;
use super::controls::Controls;
use super::dialect::Delimiter;
use super::encoding::Encoding;
use super::shown::ShownAmounts;
use crate::payout::aside::{Aside, FilledDown};
use crate::payout::money::Amount;
use crate::payout::reading::ColumnsRead;

/// What the header says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The header's own line.
    pub line: u32,
    pub delimiter: Delimiter,
    /// The reference column's name as the file has it, or what references are built from.
    pub reference: String,
    /// There is no such column: references are built from others.
    pub is_built: bool,
    /// Which column is what.
    pub columns: ColumnsRead,
    /// What `[columns]` names and the file does not have: payoutd's names of it.
    pub not_there: Vec<&'static str>,
    /// The other columns' names as a report carries them: `file_NAME` where a report has a NAME.
    pub other: Vec<String>,
    /// The other columns' names as the file has them.
    pub other_as_written: Vec<String>,
}

/// What was read so far; of a bad file too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Rows, bad ones included.
    pub rows: u32,
    /// Rows (or `#` lines) that have a problem.
    pub bad: u32,
    /// What the rows come to; of bad rows only where the amount could be read.
    pub amount: Amount,
    /// What was taken out of cells before they were read.
    pub cleaned: Cleaned,
}

/// How a file was read: told to whoever has to trust it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReadAs {
    pub encoding: Encoding,
    pub delimiter: Delimiter,
    /// What stands before the centimes; `None` where no amount shows it.
    pub decimal: Option<Mark>,
    /// A row of the sheet adds the others up, and agrees.
    pub total_row: bool,
    /// It begins with the byte-order mark of UTF-8.
    pub marked: bool,
}

/// A file that is in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Totals {
    pub rows: u32,
    pub amount: Amount,
    /// Of all bytes as they lie in the file: what `sha256sum` prints.
    pub sha256: [u8; 32],
    pub controls: Controls,
    /// Amounts of a workbook that are paid as their cells show them.
    pub shown: ShownAmounts,
    /// The workbook's sheet has conditional formats: what they strike out or hide is not known.
    pub conditional_formats: bool,
    pub read_as: ReadAs,
    /// Rows of zero that are left out. Not among `rows`.
    pub zero: Aside,
    /// Lines above the header and below the TOTAL.
    pub aside: Aside,
    /// Lines below the last person. Not among `rows`.
    pub filled: FilledDown,
    /// The last line has no end, and nothing vouches for it: a person must say whether the file is whole.
    pub open_end: bool,
    pub cleaned: Cleaned,
    /// Columns that could be meant too, and whose names say less than those of the ones that were taken.
    pub passed_over: Vec<String>,
}

impl Totals {
    /// What the stored amounts come to, as a cell shows it, where that is not what is paid.
    pub fn stored_total(&self) -> Option<Amount> {
        Some(self.shown.total_of_stored(self.amount)).filter(|stored| *stored != self.amount)
    }
}
