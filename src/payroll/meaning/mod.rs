//! What a column means: what its name says (`name.rs`), what its cells say beside those of the column that is
//! taken (`cells.rs`), and what follows (`decide.rs`). A column is taken because its name is certain, or a person
//! is asked: the name alone chooses the column, and every other one that could be meant is watched to the file's
//! last row (`rivals.rs`). Columns that change what a row means (currency, way of payment, state) are known by their
//! cells (`row_marks.rs`). `tests/columns.txt` is the whole decision in a form to read.
//!
//! Must never: take a column because of its place or because no better one is there, or let one bad cell remove a
//! column that could be meant.

mod cells;
mod decide;
mod name;
mod rivals;
mod row_marks;

pub use cells::Cells;
pub use decide::{Verdict, beside};
pub use name::{Name, Role, of_amount, of_wallet};
pub use rivals::{Other, Rivals, Shown, Taken};
pub use row_marks::RowMarks;
