//! Sentences of what payoutd keeps as codes (`payout/message`), and what is kept of reasons.
//!
//! Must never: put what MonCash or a person said into other words.

use super::told::told;
use super::{Saying, say};
use crate::payout::message::{Answer, Detail, Lifted, Said, Suspicion};
use crate::payout::money::Amount;
use crate::payout::order::TwoEyes;
use crate::payout::state::{HeldReason, Reason};
use std::fmt;

/// A code that a sentence of the catalogue tells.
pub trait Coded {
    fn saying(&self) -> Saying;
}

/// What is kept, in words: a code's sentence, or what stands there, where an older ledger has a sentence of
/// payoutd's own as text.
pub fn said<C: Coded>(said: &Said<C>) -> Saying {
    match said {
        Said::Words(words) => told(words),
        Said::Coded { code } => code.saying(),
    }
}

/// English: for the journal, for scripts, and where nobody chose.
impl<C: Coded> fmt::Display for Said<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Said::Words(words) => f.write_str(words),
            Said::Coded { code } => code.saying().fmt(f),
        }
    }
}

impl Coded for Detail {
    fn saying(&self) -> Saying {
        match self {
            Detail::Repeats { reference } => say!("told-repeats", reference = reference),
            Detail::Transaction { transaction } => say!("told-transaction", transaction = transaction),
            Detail::TransactionKnown { transaction, payout } => {
                say!("told-transaction-known", transaction = transaction, number = payout.to_string())
            }
            Detail::RefusedAndSuccessful => say!("told-refused-and-successful"),
            Detail::NoTransaction => say!("told-no-transaction"),
            Detail::OtherReceiver { receiver, wanted } => {
                say!("told-other-receiver", receiver = receiver, wanted = wanted)
            }
            Detail::NoReceiver => say!("told-no-receiver"),
            Detail::OtherAmount { centimes, wanted_centimes } => {
                let (amount, wanted) = (Amount::from_centimes(*centimes), Amount::from_centimes(*wanted_centimes));
                say!("told-other-amount", amount = amount, wanted = wanted)
            }
            Detail::NoAmount => say!("told-no-amount"),
            Detail::OtherStatus { status, http } => {
                say!("said-other-status", status = status, http = http.to_string())
            }
            Detail::ErrorBeside { error } => say!("said-error-beside", error = error),
        }
    }
}

impl Coded for Suspicion {
    fn saying(&self) -> Saying {
        match self {
            Suspicion::MarkMissing { event } => say!("said-mark-missing", event = event.to_string()),
            Suspicion::MarkUnreadable => say!("said-mark-unreadable"),
            Suspicion::Restored => say!("said-restored"),
            Suspicion::EndsEarly { event, opening, written, opened } => {
                let (event, opening) = (event.to_string(), opening.to_string());
                let (written, opened) = (written.to_string(), opened.to_string());
                say!("said-ends-early", event = event, opening = opening, written = written, opened = opened)
            }
            Suspicion::BatchForgotten { batch, last } => {
                say!("said-batch-forgotten", batch = batch.to_string(), last = last.to_string())
            }
            Suspicion::OtherEvent { event } => say!("said-other-event", event = event.to_string()),
            Suspicion::StrangeBatch { batch, last } => {
                let what = match last {
                    None => say!("told-no-batch-at-all"),
                    Some(last) => say!("told-no-number-after", batch = last.to_string()),
                };
                say!("told-strange-batch", batch = batch.to_string(), what = what)
            }
            Suspicion::SummaryElsewhere { batch, event } => {
                say!("told-summary-elsewhere", batch = batch.to_string(), number = event.to_string())
            }
            Suspicion::SaidBy { who, reason } => say!("said-by-person", who = who, reason = reason),
            Suspicion::Again { now, before } => say!("said-again", now = said(now), before = said(before)),
        }
    }
}

impl Coded for Answer {
    fn saying(&self) -> Saying {
        match self {
            Answer::Paused { doubt } => say!("told-paused", doubt = *doubt),
            Answer::Resumed { lifted } => {
                let parts = lifted.iter().map(lifted_stop);
                let parts = parts.reduce(|before, next| say!("listed-parts", before = before, next = next));
                say!("told-resumed", parts = parts.unwrap_or_else(|| say!("why-as-told", text = "")))
            }
            Answer::Distrusted => say!("told-distrusted"),
            Answer::BatchApprovedOnHold { batch } => say!("told-batch-approved-on-hold", batch = batch.to_string()),
            Answer::BatchApproved { batch, queued } => {
                say!("told-batch-approved", batch = batch.to_string(), queued = *queued)
            }
            Answer::BatchHeld { batch, queued, doubt, paid } => {
                let batch = batch.to_string();
                say!("told-batch-held", batch = batch, queued = *queued, doubt = *doubt, paid = *paid)
            }
            Answer::BatchReleasedUnapproved { batch } => {
                say!("told-batch-released-unapproved", batch = batch.to_string())
            }
            Answer::BatchReleased { batch, queued } => {
                say!("told-batch-released", batch = batch.to_string(), queued = *queued)
            }
            Answer::BatchCancelled { batch, queued, doubt, held, paid } => {
                let batch = batch.to_string();
                say!(
                    "told-batch-cancelled",
                    batch = batch,
                    queued = *queued,
                    doubt = *doubt,
                    held = *held,
                    paid = *paid
                )
            }
            Answer::HeldInDoubt { reference } => say!("told-held-in-doubt", reference = reference),
            Answer::PayoutHeld { reference } => say!("told-payout-held", reference = reference),
            Answer::PayoutReleased { reference } => say!("told-payout-released", reference = reference),
            Answer::CancelledInDoubt { reference } => say!("told-cancelled-in-doubt", reference = reference),
            Answer::PayoutCancelled { reference } => say!("told-payout-cancelled", reference = reference),
            Answer::CancelledNotFound { reference, who } => {
                say!("said-cancelled-not-found", reference = reference, who = who)
            }
            Answer::RecordedPaid { reference, transaction } => {
                say!("told-recorded-paid", reference = reference, transaction = transaction)
            }
            Answer::AskedAgain { reference } => say!("told-asked-again", reference = reference),
            Answer::PayoutIs { reference, state } => {
                say!("told-payout-is", reference = reference, state = state.as_str())
            }
            Answer::SuspicionUnseen { why } => say!("told-suspicion-unseen", what = said(why)),
            Answer::NothingStopped => say!("told-nothing-stopped"),
            Answer::NeedsTarget => say!("told-needs-target"),
            Answer::NoBatch => say!("told-no-batch"),
            Answer::TransactionUsed { transaction, other, reference } => {
                say!("told-transaction-used", transaction = transaction, other = other, reference = reference)
            }
            Answer::FourEyes { batch, why: TwoEyes::Same { uid } } => {
                say!("told-same-eyes", batch = batch.to_string(), number = uid.to_string())
            }
            Answer::FourEyes { batch, why: TwoEyes::Dropper } => say!("told-no-dropper", batch = batch.to_string()),
            Answer::FourEyes { batch, why: TwoEyes::Approver } => say!("told-no-approver", batch = batch.to_string()),
            Answer::BatchMoved { batch, seen, state } => {
                say!("told-batch-moved", batch = batch.to_string(), seen = seen, state = state.word())
            }
            Answer::BatchOver { batch, state } => {
                say!("told-batch-over", batch = batch.to_string(), state = state.word())
            }
            Answer::NotAwaited { batch } => say!("told-not-awaited", batch = batch.to_string()),
            Answer::OnHoldAlready { batch } => say!("told-on-hold-already", batch = batch.to_string()),
            Answer::NotOnHold { batch } => say!("told-not-on-hold", batch = batch.to_string()),
            Answer::CancelledAlready { batch } => say!("told-cancelled-already", batch = batch.to_string()),
            Answer::NotOfBatch { verb } => say!("told-not-of-batch", verb = verb.word()),
            Answer::PayoutMoved { reference, seen, state } => {
                say!("told-payout-moved", reference = reference, seen = seen, state = state.as_str())
            }
            Answer::NeverReleased { reference } => say!("told-never-released", reference = reference),
            Answer::NeverCancelled { reference } => say!("told-never-cancelled", reference = reference),
            Answer::PaidElsewhere { reference } => {
                say!("told-paid-elsewhere", reference = reference, other = reference)
            }
            Answer::MayLand { reference } => say!("told-may-land", reference = reference),
            Answer::NeverSent { reference } => say!("told-never-sent", reference = reference),
            Answer::StillAsking { reference } => say!("told-still-asking", reference = reference),
            Answer::CannotBeDone { verb, reference, state } => {
                say!("told-cannot-be-done", verb = verb.word(), reference = reference, state = state.as_str())
            }
            Answer::IsNow { reference, state } => say!("told-is-now", reference = reference, state = state.as_str()),
            Answer::MovedMeanwhile { reference } => say!("told-moved-meanwhile", reference = reference),
            Answer::IsPaid { reference } => say!("told-is-paid", reference = reference, other = reference),
            Answer::NoAnswer { reference, answer } => {
                say!("told-no-answer", reference = reference, answer = format!("{answer:?}"))
            }
        }
    }
}

fn lifted_stop(lifted: &Lifted) -> Saying {
    match lifted {
        Lifted::Pause => say!("told-the-pause"),
        Lifted::AccountRefused => say!("told-the-account"),
        Lifted::EqualRefusals => say!("told-the-refusals"),
        Lifted::Suspicion => say!("told-the-suspicion"),
    }
}

/// Why a payout stands where it stands, as a sentence of the catalogue.
pub fn reason(reason: &Reason<'_>) -> Saying {
    match reason {
        Reason::Nothing => say!("why-as-told", text = ""),
        Reason::InDoubt => say!("reason-in-doubt"),
        Reason::Told(words) => say!("why-as-told", text = words.as_ref()),
        Reason::Held(reason, detail) if detail.is_empty() => held(reason),
        Reason::Held(reason, detail) => say!("reason-with-detail", reason = held(reason), detail = said(detail)),
    }
}

impl fmt::Display for Reason<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::Nothing => Ok(()),
            Reason::Told(words) => f.write_str(words),
            Reason::InDoubt | Reason::Held(..) => reason(self).fmt(f),
        }
    }
}

impl fmt::Display for HeldReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        held(self).fmt(f)
    }
}

/// What happened and what to do.
fn held(reason: &HeldReason) -> Saying {
    match reason {
        HeldReason::ReferenceUsedBefore => say!("held-reference-used-before"),
        HeldReason::ReferenceRefusedBefore => say!("held-reference-refused-before"),
        HeldReason::AncestorNotUnpaid => say!("held-ancestor-not-unpaid"),
        HeldReason::TooOld => say!("held-too-old"),
        HeldReason::TooOldToSendAgain => say!("held-too-old-to-send-again"),
        HeldReason::OnOrder => say!("held-on-order"),
        HeldReason::AskedTooLong => say!("held-asked-too-long"),
        HeldReason::Contradiction => say!("held-contradiction"),
        HeldReason::EchoDiffers => say!("held-echo-differs"),
        HeldReason::PaidByWhom => say!("held-paid-by-whom"),
        HeldReason::AttemptsUsed => say!("held-attempts-used"),
        HeldReason::NotFoundHold => say!("held-not-found-hold"),
        HeldReason::RefusalUnclear => say!("held-refusal-unclear"),
    }
}
