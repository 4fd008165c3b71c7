//! What the ledger hands out to readers: reports, `status`, `explain`. Plain values, no SQL types.

use crate::payout::instruction::{Account, Reference};
use crate::payout::moment::Wall;
use crate::payout::money::Amount;
use crate::payout::state::{BatchId, MayHaveBeenPaid, PayoutId, StateWord};

/// One row of a batch as a report needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportRow {
    pub id: PayoutId,
    pub line: u32,
    pub reference: Reference,
    pub receiver: Account,
    pub name: String,
    pub amount: Amount,
    pub description: String,
    pub status: StateWord,
    pub may_have_been_paid: MayHaveBeenPaid,
    pub transaction: Option<String>,
    pub attempts: u32,
    pub first_sent: Option<Wall>,
    pub settled: Option<Wall>,
    /// `transfer`, `status` or `operator`; empty while not paid.
    pub confirmed_by: &'static str,
    pub reason: String,
    pub retry_of: Option<Reference>,
    /// The reference of the live or paid successor, and the status at the end of the chain of
    /// successors (`final_status`); of this row itself where there is none.
    pub retried_as: Option<Reference>,
    pub final_status: StateWord,
    /// The cells of the file's other columns, in the order of the batch's `other_columns`.
    pub other: Vec<String>,
}

/// What the ledger knows of a reference, a file or a person that turns up again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    pub payout: PayoutId,
    pub batch: BatchId,
    pub file: String,
    pub admitted: Wall,
    pub line: u32,
    pub reference: Reference,
    pub receiver: Account,
    pub amount: Amount,
    pub status: StateWord,
    pub may_have_been_paid: MayHaveBeenPaid,
    /// Transferts ever made for it.
    pub attempts: u32,
}

/// One event as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredEvent {
    pub seq: i64,
    pub at: Wall,
    pub batch: BatchId,
    pub payout: Option<PayoutId>,
    /// Number of the event within its payout (or batch), from 1.
    pub no: u32,
    pub kind: String,
    /// JSON.
    pub body: String,
    /// SHA-256 chained over this event and all before it, in hex.
    pub hash: String,
}
