//! The payroll file, in and out: what a person drops becomes checked rows or problems that say
//! what to do, and what is written reads back the same.
//!
//! Bytes pass through these in turn: `source` (hashes them as they lie on disk), `encoding` (whose letters they
//! are), `records` (cuts them into rows and cells), `names`, `meaning` and `columns` (know which cell is which), `row`,
//! `cleaned`, `cells` and `amounts` (make an instruction of them), `totals` and `controls` (what the file says of itself),
//! `reader` (the rules of the file as a whole).
//!
//! Must never: hold a whole file, guess at money, or take a row that a person may have meant otherwise.

pub mod amounts;
mod aside;
pub mod built;
pub mod cells;
pub mod cleaned;
mod code_pages;
pub mod columns;
pub mod controls;
mod cut;
pub mod dialect;
mod doubtful;
pub mod duplicates;
pub mod encoding;
mod filled;
mod fold;
mod half_file;
mod header;
mod last_cells;
mod left_out;
pub mod meaning;
pub mod names;
pub mod problem;
pub mod read_as;
pub mod reader;
mod record;
mod records;
pub mod row;
mod shown;
mod source;
pub mod told;
mod totals;
pub mod workbook;
pub mod writer;

pub use amounts::{Mark, Style};
pub use cleaned::{Cleaned, Cleaning};
pub use dialect::Delimiter;
pub use duplicates::{Confirmation, DuplicateFinder, DuplicateSearch, Suspects};
pub use encoding::Encoding;
pub use fold::fold;
pub use names::{ColumnNames, Known, Piece, Wanted};
pub use problem::{Code, Problem};
pub use reader::Reader;
pub use row::{Limits, Row};
pub use shown::ShownAmounts;
pub use told::{Header, ReadAs, Seen, Totals};
pub use writer::{CsvWriter, ProblemWriter};
