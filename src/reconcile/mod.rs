//! What MonCash says of payouts, held against what the ledger says: row by row (`work.rs`), and by the
//! account's balance.
//!
//! Must never: correct anything, or take a missing answer for agreement.

pub mod balance;
pub mod balance_page;
pub mod charge;
pub mod compare;
pub mod figures;
pub mod kept;
pub mod page;
pub mod proof;
pub mod shelf;
pub mod statement;
pub mod summary;
pub mod work;

pub use compare::{Compared, Verdict, compare};
pub use page::Page;
pub use statement::{Columns, Statement, StatementError};
pub use work::{ReconcileError, Step, Work};
