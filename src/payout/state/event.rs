//! The events that move a payout, as the ledger keeps them.
//!
//! Must never: change their meaning on disk: old ledgers are replayed with them.

use super::{ConfirmedBy, HeldReason, MayHaveBeenPaid};
use crate::payout::evidence::{StatusAnswer, TransferAnswer};
use crate::payout::message::{Detail, Said, Suspicion};
use crate::payout::moment::BootMoment;
use crate::payout::reply::{Outcome, Reply};
use serde::{Deserialize, Serialize};

/// What gives the right to open an attempt. Kept in the `sent` event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// First attempt; MonCash answered "not found" to `check_first` for the reference and for
    /// every ancestor. The raw answers.
    CheckedFirst { answers: Vec<Raw> },
    /// First attempt with `check_first` off.
    Unchecked,
    /// The attempt before verifiably never left; one accepted "not found" since.
    NeverLeft,
    /// A [`super::evidence::ProvenUnpaid`] of the attempt before, used up here.
    Proven { grace_ms: u64, not_found: u32, control: String },
}

/// A raw answer as the ledger keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Raw {
    /// HTTP status; none when no whole answer came.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub status: Option<u16>,
    /// The body, or what went wrong with the call.
    pub text: String,
    /// How long the call took, in milliseconds.
    pub ms: u64,
}

impl Raw {
    pub fn of(reply: &Reply) -> Raw {
        let (status, text) = match &reply.outcome {
            Outcome::Answered(http) => (Some(http.status), http.body.clone()),
            Outcome::NeverLeft(why) => (None, format!("never left: {why}")),
            Outcome::Lost(why) => (None, format!("no answer: {why}")),
        };
        Raw { status, text, ms: reply.ended.ms.saturating_sub(reply.asked.ms) }
    }
}

/// Who ordered something, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ByOrder {
    pub who: String,
    pub reason: String,
}

/// What stands against the sends to come of one payout in doubt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StandingOrder {
    Hold,
    Cancel,
}

/// What happens to one payout. The ledger stores `kind()` in a column and the rest as the body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// The intent to call Transfert. Committed before the call.
    Sent {
        attempt: u32,
        at: BootMoment,
        basis: Basis,
    },
    /// The end of the Transfert call was observed and settles nothing by itself.
    Answered {
        attempt: u32,
        at: BootMoment,
        answer: TransferAnswer,
        raw: Raw,
    },
    /// An answer of the status call about a payout in doubt.
    Asked {
        attempt: u32,
        asked: BootMoment,
        ended: BootMoment,
        token: u64,
        answer: StatusAnswer,
        raw: Raw,
    },
    Paid {
        by: ConfirmedBy,
        transaction: Option<String>,
        raw: Option<Raw>,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        order: Option<ByOrder>,
    },
    Declined {
        words: String,
        raw: Raw,
    },
    Held {
        reason: HeldReason,
        money: MayHaveBeenPaid,
        /// What MonCash or the person said, or payoutd.
        detail: Said<Detail>,
        raw: Option<Raw>,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        order: Option<ByOrder>,
    },
    Cancelled {
        money: MayHaveBeenPaid,
        order: ByOrder,
    },
    /// A person lifted a hold of a payout for which nothing was ever sent.
    Released {
        order: ByOrder,
    },
    /// A person wants MonCash asked again about a held payout.
    Reopened {
        order: ByOrder,
        at: BootMoment,
    },
    /// The ledger may be older than its last send: nothing is known about what was sent.
    Suspected {
        why: Said<Suspicion>,
        at: BootMoment,
    },
    /// An order that stands against the sends to come; `None` lifts it.
    Ordered {
        standing: Option<StandingOrder>,
        order: ByOrder,
    },
}

impl Event {
    pub fn kind(&self) -> &'static str {
        match self {
            Event::Sent { .. } => "sent",
            Event::Answered { .. } => "answered",
            Event::Asked { .. } => "asked",
            Event::Paid { .. } => "paid",
            Event::Declined { .. } => "declined",
            Event::Held { .. } => "held",
            Event::Cancelled { .. } => "cancelled",
            Event::Released { .. } => "released",
            Event::Reopened { .. } => "reopened",
            Event::Suspected { .. } => "suspected",
            Event::Ordered { .. } => "ordered",
        }
    }

    /// The attempt that the event opens, for the ledger's "one `sent` an attempt".
    pub fn opens(&self) -> Option<u32> {
        match self {
            Event::Sent { attempt, .. } => Some(*attempt),
            _ => None,
        }
    }
}
