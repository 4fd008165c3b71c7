//! What a person may order, of what, and when it is refused. Orders stand until they are lifted.
//!
//! Must never: let an order touch a payout whose money may have moved, but by `resolve`.

use super::batch::{Approval, Batch, BatchEvent, BatchState};
use super::message::{Answer, Said, Suspicion};
use super::moment::BootMoment;
use super::state::{ByOrder, StateWord};
use super::state::{Call, ConfirmedBy, Event, HeldReason, MayHaveBeenPaid, Payout, StandingOrder, State};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The verbs of `payoutd approve|hold|release|cancel|resolve|pause|resume|…`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verb {
    Approve,
    Hold,
    Release,
    Cancel,
    ResolvePaid {
        transaction: String,
    },
    ResolveNotPaid,
    AskAgain,
    Pause,
    Resume,
    /// Says that this ledger may be older than its last send (the machine was restored).
    Distrust,
}

impl Verb {
    pub fn word(&self) -> &'static str {
        match self {
            Verb::Approve => "approve",
            Verb::Hold => "hold",
            Verb::Release => "release",
            Verb::Cancel => "cancel",
            Verb::ResolvePaid { .. } => "resolve --paid",
            Verb::ResolveNotPaid => "resolve --not-paid",
            Verb::AskAgain => "resolve --ask-again",
            Verb::Pause => "pause",
            Verb::Resume => "resume",
            Verb::Distrust => "distrust",
        }
    }
}

/// What an order is about, and the state of it that the person saw.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// Everything (pause, resume, distrust).
    House,
    /// Everything, by a person who saw this suspicion of the ledger, or none: `resume` lifts no
    /// other.
    HouseSeen {
        suspicion: Option<Said<Suspicion>>,
    },
    Batch {
        id: i64,
        seen: String,
    },
    Payout {
        id: i64,
        seen: String,
        seen_events: u32,
    },
}

/// An order as it lies in the ledger until the loop applies it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    pub verb: Verb,
    pub target: Target,
    pub by: ByOrder,
    /// The user (uid) who gave it; `None` where an older payoutd wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uid: Option<u32>,
    /// The file that it came as, where it came as one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Origin>,
}

/// A file that gave an order: this very one, and no other of the same name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// `approvals` or `orders`.
    pub folder: String,
    pub file: String,
    /// Of its content, in hex.
    pub sha256: String,
    pub inode: u64,
    /// When its content last changed: seconds since 1970, nanoseconds.
    pub modified: (i64, i64),
}

/// `[approval] four_eyes`: nobody approves what he dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FourEyes {
    /// The user (uid) that payoutd's own files belong to: what comes as his comes from nobody in
    /// particular.
    pub service: u32,
}

/// Why four eyes are not shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TwoEyes {
    /// Who dropped the batch and who approves it are one.
    Same { uid: u32 },
    /// Who dropped the batch cannot be told.
    Dropper,
    /// Who approves it cannot be told.
    Approver,
}

/// What the kernel and network folders put in the place of users that they cannot name (`nobody`).
const NOBODY: [u32; 2] = [65_534, u32::MAX];

impl FourEyes {
    /// Whether the approver is somebody else than the dropper, as far as anybody can tell.
    pub fn judge(self, dropped_by: Option<u32>, approved_by: Option<u32>) -> Result<(), TwoEyes> {
        let person = |uid: &u32| *uid != self.service && !NOBODY.contains(uid);
        if let (Some(one), Some(other)) = (dropped_by, approved_by)
            && one == other
        {
            return Err(TwoEyes::Same { uid: one });
        }
        dropped_by.filter(person).ok_or(TwoEyes::Dropper)?;
        approved_by.filter(person).ok_or(TwoEyes::Approver)?;
        Ok(())
    }
}

/// What an order on a batch does, or why it is refused.
pub fn judge_batch(order: &Order, batch: &Batch, four_eyes: Option<FourEyes>) -> Result<BatchEvent, Answer> {
    let state = batch.state(false);
    if let Target::Batch { seen, .. } = &order.target {
        // `paying` and `waiting` differ by what lies outside the batch; a person sees one batch.
        let same = state.word() == seen || (seen == BatchState::Waiting.word() && state == BatchState::Paying);
        if !same {
            return Err(Answer::BatchMoved { batch: batch.id, seen: seen.clone(), state });
        }
    }
    if batch.is_final() {
        return Err(Answer::BatchOver { batch: batch.id, state });
    }
    let by = order.by.clone();
    if order.verb == Verb::Approve
        && batch.approval == Approval::Awaited
        && let Some(Err(why)) = four_eyes.map(|eyes| eyes.judge(batch.terms.dropped_by, order.uid))
    {
        return Err(Answer::FourEyes { batch: batch.id, why });
    }
    match &order.verb {
        Verb::Approve if batch.approval == Approval::Awaited => Ok(BatchEvent::Approved { order: by }),
        Verb::Approve => Err(Answer::NotAwaited { batch: batch.id }),
        Verb::Hold if batch.hold.is_none() => Ok(BatchEvent::OnHold { order: by }),
        Verb::Hold => Err(Answer::OnHoldAlready { batch: batch.id }),
        Verb::Release if batch.hold.is_some() => Ok(BatchEvent::Freed { order: by }),
        Verb::Release => Err(Answer::NotOnHold { batch: batch.id }),
        Verb::Cancel if batch.cancel.is_none() => Ok(BatchEvent::CancelOrdered { order: by }),
        Verb::Cancel => Err(Answer::CancelledAlready { batch: batch.id }),
        other => Err(Answer::NotOfBatch { verb: other.clone() }),
    }
}

/// What an order on one payout does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    Record(Box<Event>),
    /// Ask the status call once more; the answer decides (see [`not_paid_answered`]).
    AskOnce,
}

fn record(event: Event) -> Result<Effect, Answer> {
    Ok(Effect::Record(Box::new(event)))
}

/// Decides what `order` does to `payout`, or why it is refused. `grace` is the one in force.
pub fn judge_payout(order: &Order, payout: &Payout, grace: Duration, now: BootMoment) -> Result<Effect, Answer> {
    let reference = payout.instruction.reference.to_string();
    let state = payout.state.word();
    if let Target::Payout { seen, seen_events, .. } = &order.target
        && (seen != state.as_str() || *seen_events != payout.events)
    {
        return Err(Answer::PayoutMoved { reference, seen: seen.clone(), state });
    }
    let by = order.by.clone();
    match (&order.verb, &payout.state) {
        (Verb::Hold, State::Queued) => record(Event::Held {
            reason: HeldReason::OnOrder,
            money: MayHaveBeenPaid::No,
            detail: Said::Words(by.reason.clone()),
            raw: None,
            order: Some(by),
        }),
        (Verb::Hold, State::InDoubt(doubt)) if doubt.standing.is_none() => {
            record(Event::Ordered { standing: Some(StandingOrder::Hold), order: by })
        }
        (Verb::Release, State::Held { money: MayHaveBeenPaid::No, .. }) => record(Event::Released { order: by }),
        (Verb::Release, State::Held { .. }) => Err(Answer::NeverReleased { reference }),
        (Verb::Release, State::InDoubt(doubt)) if doubt.standing_order() == Some(StandingOrder::Hold) => {
            record(Event::Ordered { standing: None, order: by })
        }
        (Verb::Cancel, State::Queued | State::Held { money: MayHaveBeenPaid::No, .. }) => {
            record(Event::Cancelled { money: MayHaveBeenPaid::No, order: by })
        }
        (Verb::Cancel, State::InDoubt(doubt)) if doubt.standing_order() != Some(StandingOrder::Cancel) => {
            record(Event::Ordered { standing: Some(StandingOrder::Cancel), order: by })
        }
        (Verb::Cancel, State::Held { .. }) => Err(Answer::NeverCancelled { reference }),
        (Verb::ResolvePaid { transaction }, State::Held { money, .. }) if *money != MayHaveBeenPaid::No => {
            record(Event::Paid {
                by: ConfirmedBy::Operator,
                transaction: Some(transaction.clone()),
                raw: None,
                order: Some(by),
            })
        }
        // MonCash's own word stands in the ledger, and asking again cannot make it ours.
        (Verb::AskAgain, State::Held { reason: HeldReason::EchoDiffers, .. }) => {
            Err(Answer::PaidElsewhere { reference })
        }
        (Verb::AskAgain, State::Held { money, .. }) if *money != MayHaveBeenPaid::No => {
            record(Event::Reopened { order: by, at: now })
        }
        (Verb::ResolveNotPaid, State::Held { money, doubt, .. }) if *money != MayHaveBeenPaid::No => {
            if let Some(doubt) = doubt {
                let open = doubt.call == Call::UnderWay;
                let in_grace = doubt.ended().is_none_or(|end| !now.served(end, grace));
                if open || in_grace {
                    return Err(Answer::MayLand { reference });
                }
            }
            Ok(Effect::AskOnce)
        }
        (Verb::ResolvePaid { .. } | Verb::ResolveNotPaid | Verb::AskAgain, State::Held { .. }) => {
            Err(Answer::NeverSent { reference })
        }
        (Verb::ResolvePaid { .. } | Verb::ResolveNotPaid | Verb::AskAgain, State::InDoubt(_)) => {
            Err(Answer::StillAsking { reference })
        }
        (verb, _) => Err(Answer::CannotBeDone { verb: verb.clone(), reference, state }),
    }
}

/// The end of `resolve --not-paid`, once MonCash was asked once more.
pub fn not_paid_answered(
    order: &Order,
    payout: &Payout,
    answer: &super::evidence::StatusAnswer,
) -> Result<Event, Answer> {
    use super::evidence::StatusAnswer;
    let reference = payout.instruction.reference.to_string();
    let state = payout.state.word();
    if state != StateWord::Held {
        return Err(Answer::IsNow { reference, state });
    }
    if let Target::Payout { seen_events, .. } = &order.target
        && *seen_events != payout.events
    {
        return Err(Answer::MovedMeanwhile { reference });
    }
    match answer {
        StatusAnswer::NotFound | StatusAnswer::RefusalRepeated { .. } => {
            Ok(Event::Cancelled { money: MayHaveBeenPaid::Unknown, order: order.by.clone() })
        }
        StatusAnswer::Successful => Err(Answer::IsPaid { reference }),
        StatusAnswer::Account { .. } | StatusAnswer::TooMany | StatusAnswer::Token | StatusAnswer::Unknown { .. } => {
            Err(Answer::NoAnswer { reference, answer: answer.clone() })
        }
    }
}

#[cfg(test)]
mod tests;
