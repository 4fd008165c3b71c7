//! The payroll file, in and out: what a person drops becomes checked rows or problems that say
//! what to do, and what is written reads back the same.
//!
//! Bytes pass through these in turn: `source` (hashes them as they lie on disk), `records` (cuts
//! them into rows and cells), `columns` (knows which cell is which), `row` and `cells` (make an
//! instruction of them), `reader` (the rules of the file as a whole).
//!
//! Must never: hold a whole file, guess at money, or take a row that a person may have meant otherwise.

pub mod cells;
pub mod columns;
pub mod controls;
pub mod dialect;
pub mod duplicates;
pub mod problem;
pub mod reader;
mod records;
pub mod row;
mod source;
pub mod workbook;
pub mod writer;

pub use dialect::Delimiter;
pub use duplicates::{Confirmation, DuplicateFinder, DuplicateSearch, Suspects};
pub use problem::{Code, Problem};
pub use reader::{Header, Reader, Seen, Totals};
pub use row::{Limits, Row};
pub use writer::{CsvWriter, ProblemWriter};
