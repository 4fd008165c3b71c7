//! What the ledger hands out to readers: reports, `status`, `explain`. Plain values, no SQL types.

use crate::payout::instruction::{Account, Instruction, Reference};
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

/// A payout that waits for a person, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldPayout {
    pub known: Known,
    /// A sentence: what happened and what to do.
    pub reason: String,
    /// Events so far: what an order about it names as seen.
    pub events: u32,
}

/// What became of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderOutcome {
    pub refused: bool,
    pub text: String,
}

/// One row of a file on its way in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRow {
    /// Line in the user's file, header included.
    pub line: u32,
    pub instruction: Instruction,
    pub name: String,
    /// The cells of the file's other columns, in their order.
    pub other: Vec<String>,
}
