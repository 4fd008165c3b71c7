//! The words that a state carries: whether money may have moved, who confirmed it, why a person must
//! look. Each with what people read.
//!
//! Must never: tell a person to pay by hand what may be paid.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;

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

    /// A sentence for people: what happened and what to do.
    pub fn sentence(&self) -> &'static str {
        match self {
            HeldReason::ReferenceUsedBefore => {
                "MonCash already knows this reference as paid, before payoutd sent anything: find out who paid it; do not pay by hand"
            }
            HeldReason::ReferenceRefusedBefore => {
                "MonCash already knows this reference and says that it was refused, before payoutd sent anything: an older ledger or somebody else used it, and may have used it more than once; do not pay by hand: look in the MonCash portal, then 'payoutd resolve'"
            }
            HeldReason::AncestorNotUnpaid => {
                "the payout that this one repeats is, or may be, paid: look at it with 'payoutd explain'; do not pay by hand"
            }
            HeldReason::TooOld => {
                "waited longer than [safety] queued_for; nothing was sent: 'payoutd release' sends it, 'payoutd cancel' ends it"
            }
            HeldReason::TooOldToSendAgain => {
                "MonCash does not find it, but that was certain only after [safety] queued_for; not sent again by itself: find out whether the person was paid in another way, then 'payoutd resolve --ask-again' sends it once MonCash denies it again, '--not-paid' ends it"
            }
            HeldReason::OnOrder => {
                "held by a person's order; nothing was sent: 'payoutd release' sends it, 'payoutd cancel' ends it"
            }
            HeldReason::AskedTooLong => {
                "MonCash gave no certain answer in time; may already be paid, do not pay by hand: look in the MonCash portal, then 'payoutd resolve'"
            }
            HeldReason::Contradiction => {
                "MonCash's answers contradict each other; may already be paid, do not pay by hand: look in the MonCash portal, then 'payoutd resolve'"
            }
            HeldReason::EchoDiffers => {
                "MonCash says paid, but with another receiver, amount or transaction; do not pay by hand: look in the MonCash portal, then 'payoutd resolve'"
            }
            HeldReason::PaidByWhom => {
                "MonCash says paid, but payoutd cannot show that its own call did it; do not pay by hand: look in the MonCash portal, then 'payoutd resolve'"
            }
            HeldReason::AttemptsUsed => {
                "every allowed attempt was made without a certain answer; may already be paid, do not pay by hand: look in the MonCash portal, then 'payoutd resolve'"
            }
            HeldReason::NotFoundHold => {
                "MonCash does not find it, and [safety] after_not_found = \"hold\" leaves it to a person; may already be paid, do not pay by hand: look in the MonCash portal, then 'payoutd resolve'"
            }
            HeldReason::RefusalUnclear => {
                "MonCash refused it in words that payoutd does not know; look in the MonCash portal, then 'payoutd resolve'; do not pay by hand"
            }
        }
    }
}

/// Why a payout stands where it stands. [`fmt::Display`] is the sentence of a report's `reason` column
/// in English; the report puts it into other languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason<'a> {
    /// Queued or paid: there is nothing to explain.
    Nothing,
    InDoubt,
    /// The words of MonCash's refusal, or of the person who ordered it.
    Told(Cow<'a, str>),
    /// And what MonCash or a person said, where that says more.
    Held(HeldReason, Cow<'a, str>),
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

impl fmt::Display for Reason<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::Nothing => Ok(()),
            Reason::InDoubt => f.write_str("sent, no certain answer yet; may already be paid, do not pay by hand"),
            Reason::Told(words) => f.write_str(words),
            Reason::Held(reason, detail) if detail.is_empty() => f.write_str(reason.sentence()),
            Reason::Held(reason, detail) => write!(f, "{} ({detail})", reason.sentence()),
        }
    }
}
