//! The ledger: one SQLite file. All SQL is in this room; it speaks the core's words.
//!
//! Events are the truth, chained by SHA-256; a payout's state columns are a cache that every
//! reading of a payout compares with its events. One [`Ledger`] a state folder writes; any number
//! of [`Reader`]s look on, and leave orders.
//!
//! Must never: let an SQL type out, move a payout but by `Payout::apply`, or scan settled rows at
//! start, in a turn or in `status`.

mod admission;
mod admission_index;
mod at_work;
mod audit;
mod audit_rows;
mod audit_since;
mod batches;
mod chain;
mod column;
mod connect;
mod copy;
mod error;
mod fields;
mod groups;
pub mod happened;
mod held;
mod highwater;
mod known;
mod library;
mod lookback;
mod migrate;
mod open;
mod orders;
mod pack;
pub mod period;
mod read;
mod reader;
pub mod readings;
mod replay;
mod report_rows;
pub mod rows;
mod seal;
mod seen;
pub mod settings;
mod shelf;
mod sorter;
mod standing;
mod stocktake;
mod stored;
pub mod testimony;
#[cfg(test)]
mod tests;
mod totals;
mod transaction;
mod turn;

pub use admission::SLICE;
pub use admission_index::{Clash, ClashKind, IndexStep};
pub use at_work::{AT_WORK_FILE, AtWork, command_at_work, is_command_at_work};
pub use audit::{Findings, verify, verify_copy};
pub use audit_since::{Partial, Since, verify_since};
pub use chain::Head;
pub use connect::FILE;
pub use copy::{Restored, backup, restore};
pub use error::{Identity, LedgerError};
pub use highwater::FILE as HIGH_WATER_FILE;
pub use library::{least_sqlite, sqlite_may_write, sqlite_version};
pub use lookback::{Earlier, EarlierRow, Sampled, Span};
pub use migrate::older_format;
pub use open::Opened;
pub use orders::{order_outcome, post_order};
pub use reader::Reader;
pub use rows::OrderOutcome;
pub use shelf::{Shelved, backup_into};
pub use standing::Standing;
pub use totals::Total;
pub use turn::Turn;

use admission::Admission;
use chain::Tip;
use std::fs::File;
use std::ops::Deref;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

/// The writing half: holds the state folder's lock and the one connection that writes.
pub struct Ledger {
    reader: Reader,
    state: PathBuf,
    /// Which opening of this ledger this is; every transaction asserts it.
    epoch: i64,
    tip: Tip,
    highest_batch: i64,
    water: File,
    admission: Option<Admission>,
    /// Pages that admissions left in the write-ahead log, about.
    unsettled: usize,
    /// A commit or a rollback failed: nothing may be written any more.
    broken: Option<String>,
    /// Released when the ledger is dropped, after the connection.
    _lock: OwnedFd,
}

impl Deref for Ledger {
    type Target = Reader;

    fn deref(&self) -> &Reader {
        &self.reader
    }
}

impl Ledger {
    /// The state folder.
    pub fn state(&self) -> &Path {
        &self.state
    }

    /// The number of the last event, which only this process can write.
    pub fn last_written(&self) -> i64 {
        self.tip.seq
    }

    /// Which opening of the ledger this is.
    pub fn opening(&self) -> i64 {
        self.epoch
    }
}
