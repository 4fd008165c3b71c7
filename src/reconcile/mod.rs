//! What MonCash says of payouts, held against what the ledger says, row by row.
//!
//! Must never: correct anything, or take a missing answer for agreement.

pub mod compare;
pub mod page;
pub mod statement;

pub use compare::{Compared, Verdict, compare};
pub use page::Page;
pub use statement::{Statement, StatementError};
