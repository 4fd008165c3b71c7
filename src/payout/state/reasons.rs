//! The words that a state carries: whether money may have moved, who confirmed it, why a person must
//! look.
//!
//! Must never: change what they are called on disk.

use crate::payout::message::{Detail, Said};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Whether money may have moved for a payout, as a report says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MayHaveBeenPaid {
    No,
    Unknown,
    Yes,
}

impl MayHaveBeenPaid {
    pub fn word(self) -> &'static str {
        match self {
            MayHaveBeenPaid::No => "no",
            MayHaveBeenPaid::Unknown => "unknown",
            MayHaveBeenPaid::Yes => "yes",
        }
    }
}

/// Where the certainty of a payment comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConfirmedBy {
    Transfer,
    Status,
    Operator,
}

impl ConfirmedBy {
    pub fn word(self) -> &'static str {
        match self {
            ConfirmedBy::Transfer => "transfer",
            ConfirmedBy::Status => "status",
            ConfirmedBy::Operator => "operator",
        }
    }
}

/// Why a person must look at a payout.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HeldReason {
    /// MonCash knew the reference as paid before our first Transfert.
    ReferenceUsedBefore,
    /// MonCash knew the reference as refused before our first Transfert: an older ledger sent it, or somebody else.
    ReferenceRefusedBefore,
    /// An earlier payout of the same `retry_of` line is, or may be, paid.
    AncestorNotUnpaid,
    /// Waited longer than `queued_for`.
    TooOld,
    /// Proven unpaid only after `queued_for`: old money does not wake by a second Transfert either.
    TooOldToSendAgain,
    /// A person's `hold`.
    OnOrder,
    /// Asked for longer than `ask_for` without certainty.
    AskedTooLong,
    /// Answers that cannot both be true.
    Contradiction,
    /// MonCash says paid, but another receiver, amount or transaction than ours.
    EchoDiffers,
    /// MonCash says paid for a reference that we cannot show to have been unpaid before.
    PaidByWhom,
    /// Every allowed Transfert was used and none is known to have paid.
    AttemptsUsed,
    /// `after_not_found = "hold"`: not found after the grace, and policy leaves it to a person.
    NotFoundHold,
    /// A refusal that settings do not know how to read.
    RefusalUnclear,
}

impl HeldReason {
    /// Whether MonCash must have said paid for a payout in doubt to be held so.
    pub(super) fn rests_on_said_paid(&self) -> bool {
        matches!(self, HeldReason::Contradiction | HeldReason::EchoDiffers | HeldReason::PaidByWhom)
    }
}

/// Why a payout stands where it stands: what a report's `reason` column tells. Its sentences are in `words`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason<'a> {
    /// Queued or paid: there is nothing to explain.
    Nothing,
    InDoubt,
    /// The words of MonCash's refusal, or of the person who ordered it.
    Told(Cow<'a, str>),
    /// And what MonCash or a person said, where that says more.
    Held(HeldReason, Cow<'a, Said<Detail>>),
}

impl Reason<'_> {
    pub fn into_owned(self) -> Reason<'static> {
        match self {
            Reason::Nothing => Reason::Nothing,
            Reason::InDoubt => Reason::InDoubt,
            Reason::Told(words) => Reason::Told(Cow::Owned(words.into_owned())),
            Reason::Held(reason, detail) => Reason::Held(reason, Cow::Owned(detail.into_owned())),
        }
    }
}
