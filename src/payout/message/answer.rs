//! What the loop answers to orders: what was done, or why nothing was.
//!
//! Must never: change what a code means: ledgers keep it.

use super::{Said, Suspicion};
use crate::payout::batch::BatchState;
use crate::payout::evidence::StatusAnswer;
use crate::payout::order::{TwoEyes, Verb};
use crate::payout::state::{BatchId, StateWord};
use serde::{Deserialize, Serialize};

/// A stop that `resume` lifted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lifted {
    Pause,
    AccountRefused,
    EqualRefusals,
    Suspicion,
}

/// The numbers are of payouts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    // Given.
    Paused {
        doubt: u32,
    },
    Resumed {
        lifted: Vec<Lifted>,
    },
    Distrusted,
    BatchApprovedOnHold {
        batch: BatchId,
    },
    BatchApproved {
        batch: BatchId,
        queued: u32,
    },
    BatchHeld {
        batch: BatchId,
        queued: u32,
        doubt: u32,
        paid: u32,
    },
    BatchReleasedUnapproved {
        batch: BatchId,
    },
    BatchReleased {
        batch: BatchId,
        queued: u32,
    },
    BatchCancelled {
        batch: BatchId,
        queued: u32,
        doubt: u32,
        held: u32,
        paid: u32,
    },
    HeldInDoubt {
        reference: String,
    },
    PayoutHeld {
        reference: String,
    },
    PayoutReleased {
        reference: String,
    },
    CancelledInDoubt {
        reference: String,
    },
    PayoutCancelled {
        reference: String,
    },
    /// `resolve --not-paid`, and MonCash does not find it.
    CancelledNotFound {
        reference: String,
        who: String,
    },
    RecordedPaid {
        reference: String,
        transaction: String,
    },
    AskedAgain {
        reference: String,
    },
    PayoutIs {
        reference: String,
        state: StateWord,
    },

    // Refused.
    SuspicionUnseen {
        why: Box<Said<Suspicion>>,
    },
    NothingStopped,
    NeedsTarget,
    NoBatch,
    /// `other` is the payout that it paid.
    TransactionUsed {
        transaction: String,
        other: String,
        reference: String,
    },
    FourEyes {
        batch: BatchId,
        why: TwoEyes,
    },
    BatchMoved {
        batch: BatchId,
        seen: String,
        state: BatchState,
    },
    BatchOver {
        batch: BatchId,
        state: BatchState,
    },
    NotAwaited {
        batch: BatchId,
    },
    OnHoldAlready {
        batch: BatchId,
    },
    NotOnHold {
        batch: BatchId,
    },
    CancelledAlready {
        batch: BatchId,
    },
    NotOfBatch {
        verb: Verb,
    },
    PayoutMoved {
        reference: String,
        seen: String,
        state: StateWord,
    },
    NeverReleased {
        reference: String,
    },
    NeverCancelled {
        reference: String,
    },
    PaidElsewhere {
        reference: String,
    },
    MayLand {
        reference: String,
    },
    NeverSent {
        reference: String,
    },
    StillAsking {
        reference: String,
    },
    CannotBeDone {
        verb: Verb,
        reference: String,
        state: StateWord,
    },
    IsNow {
        reference: String,
        state: StateWord,
    },
    MovedMeanwhile {
        reference: String,
    },
    IsPaid {
        reference: String,
    },
    NoAnswer {
        reference: String,
        answer: StatusAnswer,
    },
}
