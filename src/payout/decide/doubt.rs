//! What comes next for a payout in doubt: a question, the control question, an end, the next attempt.
//!
//! Must never: send again, decline or cancel what MonCash once called paid.

use super::{Action, House, Stop, Wait, gate_shut, held, hold, house_shut, money_short, record};
use crate::payout::batch::Gate;
use crate::payout::evidence::{
    Missing, ProofRules, Refusal, TransferAnswer, decline_confirmed, prove_unpaid, refusal_stands,
};
use crate::payout::funds::Cover;
use crate::payout::message::{Detail, Said};
use crate::payout::moment::Wall;
use crate::payout::state::{
    ByOrder, Call, ConfirmedBy, Doubt, Event, HeldReason, MayHaveBeenPaid, Payout, Raw, StandingOrder,
};
use crate::payout::weather::Fitness;
use std::time::Duration;

/// Decides for a payout in doubt. `asking`: a question about it is under way.
pub fn decide_doubt(
    payout: &Payout,
    house: &House,
    gate: &Gate,
    cover: Cover,
    asking: bool,
    queued_since: Wall,
) -> Action {
    let Some(doubt) = payout.doubt() else {
        return Action::Wait(Wait::Reply);
    };
    let now = house.now.boot;
    let answer = match &doubt.call {
        Call::UnderWay => return Action::Wait(Wait::Reply),
        Call::Ended { answer, .. } => Some(answer),
        Call::Unobserved { .. } => None,
    };
    if asking {
        return Action::Wait(Wait::Reply);
    }
    if doubt.said_paid {
        return decide_said_paid(doubt, house);
    }
    let refusal = match answer {
        Some(TransferAnswer::Refused { kind, words }) => Some((*kind, words.as_str())),
        Some(
            TransferAnswer::Paid { .. }
            | TransferAnswer::PaidOther { .. }
            | TransferAnswer::NeverLeft { .. }
            | TransferAnswer::Unknown { .. },
        )
        | None => None,
    };
    if let Some((_, words)) = refusal
        && decline_confirmed(doubt)
    {
        return declined(words, payout);
    }
    if doubt.inquiry.reachable_for >= house.policy.ask_for {
        return hold(HeldReason::AskedTooLong, MayHaveBeenPaid::Unknown, Said::default());
    }
    // A refusal about the receiver is never sent again: the full proof settles it, whatever the policy.
    let about_receiver = refusal.is_some_and(|(kind, _)| kind.is_about_receiver());
    let rules = ProofRules { retry: house.policy.proof.retry || about_receiver, ..house.policy.proof.clone() };
    if matches!(answer, None | Some(TransferAnswer::Unknown { .. })) && refusal_stands(doubt, &rules) {
        return declined("MonCash's status call keeps repeating that it refused this transfer", payout);
    }
    let settles_without_sending = about_receiver || cancel_order(doubt, gate).is_some();
    let shut = if settles_without_sending { None } else { resend_shut(payout, house, gate, cover) };
    match prove_unpaid(payout, &rules, house.control, now) {
        Ok(_) if about_receiver => declined(refusal.map_or("", |(_, words)| words), payout),
        Ok(_) if matches!(refusal, Some((Refusal::Unclear, _))) => {
            let words = refusal.map_or("", |(_, words)| words);
            hold(HeldReason::RefusalUnclear, MayHaveBeenPaid::Unknown, words.into())
        }
        Ok(proof) => match (cancel_order(doubt, gate), shut) {
            (Some(order), _) => record(Event::Cancelled { money: MayHaveBeenPaid::No, order }),
            (None, _) if doubt.attempt >= house.policy.attempts => {
                hold(HeldReason::AttemptsUsed, MayHaveBeenPaid::Unknown, Said::default())
            }
            // By now the person may have been paid in another way.
            (None, _) if house.now.wall.since(queued_since) > house.policy.queued_for => {
                hold(HeldReason::TooOldToSendAgain, MayHaveBeenPaid::Unknown, Said::default())
            }
            // Its ancestors may have been forgotten as well: a person looks at the whole chain.
            (None, _) if doubt.attempt == 0 && payout.instruction.retry_of.is_some() => {
                hold(HeldReason::AncestorNotUnpaid, MayHaveBeenPaid::Unknown, Said::default())
            }
            (None, Some(wait)) => Action::Wait(wait),
            (None, None) => Action::SendAgain(proof),
        },
        Err(Missing::Policy) => hold(HeldReason::NotFoundHold, MayHaveBeenPaid::Unknown, Said::default()),
        Err(Missing::End | Missing::SaidPaid) => Action::Wait(Wait::Reply),
        // A stale proof is renewed when it can be used, and not before.
        Err(Missing::Fresh | Missing::ControlQuestion) if shut.is_some() => match ask_when_due(doubt, house) {
            // Not due yet: what keeps it from being sent is the reason that people read.
            Action::Wait(_) => Action::Wait(shut.unwrap_or(Wait::Reply)),
            other => other,
        },
        Err(Missing::Fresh) if !last_question_failed(doubt) => Action::Ask,
        Err(Missing::ControlQuestion) => match house.control.failed {
            Some(failed) if failed.boot == now.boot && !now.served(failed, house.policy.ask_every) => {
                let again = failed.plus(house.policy.ask_every);
                match ask_when_due(doubt, house) {
                    Action::Wait(Wait::Until(due)) if due.ms < again.ms => Action::Wait(Wait::Until(due)),
                    Action::Wait(_) => Action::Wait(Wait::Until(again)),
                    ask => ask,
                }
            }
            Some(_) | None => Action::AskControl,
        },
        Err(Missing::Control) => match ask_when_due(doubt, house) {
            Action::Wait(_) => Action::Wait(Wait::Control),
            other => other,
        },
        Err(Missing::Grace(_) | Missing::Answers | Missing::Fresh) => ask_when_due(doubt, house),
    }
}

/// MonCash said paid, now or before: it is paid by us, or a person looks at it, or the status call tells.
fn decide_said_paid(doubt: &Doubt, house: &House) -> Action {
    if let Some(event) = settle_said_paid(doubt) {
        return record(event);
    }
    let inquiry = &doubt.inquiry;
    if !inquiry.not_found.is_empty() || !inquiry.refusals.is_empty() {
        return hold(HeldReason::Contradiction, MayHaveBeenPaid::Unknown, Said::default());
    }
    if inquiry.reachable_for >= house.policy.ask_for {
        return hold(HeldReason::AskedTooLong, MayHaveBeenPaid::Unknown, Said::default());
    }
    ask_when_due(doubt, house)
}

/// What a "paid" of MonCash settles by itself, whichever call said it; `None` where nothing was said, the
/// call is still open, or it was said before this inquiry and the status call has to repeat it. Asked when
/// an answer comes in and whenever the doubt is looked at again, so that both give one answer.
pub fn settle_said_paid(doubt: &Doubt) -> Option<Event> {
    if !doubt.said_paid {
        return None;
    }
    let answer = match &doubt.call {
        Call::UnderWay => return None,
        Call::Ended { answer, .. } => Some(answer),
        Call::Unobserved { .. } => None,
    };
    match answer {
        Some(TransferAnswer::PaidOther { why }) => {
            return Some(held(HeldReason::EchoDiffers, MayHaveBeenPaid::Yes, why.clone()));
        }
        // An answer that is ours to the letter was recorded as paid when it came, but for one whose
        // transaction another payout has.
        Some(TransferAnswer::Paid { transaction }) => {
            let detail = Said::code(Detail::Transaction { transaction: transaction.clone() });
            return Some(held(HeldReason::EchoDiffers, MayHaveBeenPaid::Yes, detail));
        }
        Some(TransferAnswer::Refused { .. } | TransferAnswer::NeverLeft { .. } | TransferAnswer::Unknown { .. })
        | None => {}
    }
    if !doubt.inquiry.successful {
        return None;
    }
    let left = doubt.earlier_ambiguous || !doubt.never_left();
    if !doubt.unpaid_before || doubt.attempt == 0 || !left {
        return Some(held(HeldReason::PaidByWhom, MayHaveBeenPaid::Yes, Said::default()));
    }
    // Only one of the two can be true of this attempt; an earlier one may have caused both.
    let refused = matches!(answer, Some(TransferAnswer::Refused { kind: Refusal::Decline, .. }));
    if refused && !doubt.earlier_ambiguous {
        let detail = Said::code(Detail::RefusedAndSuccessful);
        return Some(held(HeldReason::Contradiction, MayHaveBeenPaid::Unknown, detail));
    }
    Some(Event::Paid { by: ConfirmedBy::Status, transaction: None, raw: None, order: None })
}

/// Who can still move a doubt, as far as its next step shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rest {
    /// It shows nothing: a question that is under way, or put now and then, changes nothing about that.
    AsBefore,
    /// MonCash or time moves it.
    Moves,
    /// MonCash has no more to say about it: a person decides.
    ForPerson,
    /// As [`Rest::ForPerson`], but money decides.
    ForMoney,
}

/// For the end of `run --once`: whether this step of a doubt waits for what MonCash cannot say.
pub fn rest_of(action: &Action, fitness: &Fitness, stop: Option<Stop>) -> Rest {
    let needs_person = match fitness {
        Fitness::AccountRefused { .. } | Fitness::EqualRefusals { .. } => true,
        Fitness::Clear | Fitness::Careful | Fitness::Throttled { .. } | Fitness::Storm | Fitness::StatusBlind => false,
    };
    let person_if = |waits: bool| if waits { Rest::ForPerson } else { Rest::Moves };
    match action {
        Action::Ask | Action::Wait(Wait::Reply) => Rest::AsBefore,
        Action::Wait(Wait::Funds { .. }) => Rest::ForMoney,
        Action::Wait(Wait::HoldOrder | Wait::Approval | Wait::BatchHold | Wait::Stopped(_)) => Rest::ForPerson,
        Action::Wait(Wait::Weather) => person_if(needs_person),
        // Nothing goes that a control question could be put about.
        Action::Wait(Wait::Control) => person_if(needs_person || stop.is_some()),
        Action::Wait(Wait::StartTime(_) | Wait::FundsUnknown | Wait::Until(_))
        | Action::Check
        | Action::SendFirst
        | Action::SendAgain(_)
        | Action::AskControl
        | Action::Record(_) => Rest::Moves,
    }
}

fn declined(words: &str, payout: &Payout) -> Action {
    // The raw refusal and the raw negative are events of their own; this names them.
    let text = format!("see the events before this one, up to number {}", payout.events);
    record(Event::Declined { words: words.to_string(), raw: Raw { status: None, text, ms: 0 } })
}

/// Everything that keeps a proven payout from its next Transfert.
fn resend_shut(payout: &Payout, house: &House, gate: &Gate, cover: Cover) -> Option<Wait> {
    let held = payout.doubt().is_some_and(|doubt| doubt.standing_order() == Some(StandingOrder::Hold));
    if held {
        return Some(Wait::HoldOrder);
    }
    gate_shut(gate, house.now.wall).or_else(|| house_shut(house)).or_else(|| money_short(cover))
}

fn cancel_order(doubt: &Doubt, gate: &Gate) -> Option<ByOrder> {
    match (&doubt.standing, gate) {
        (Some((StandingOrder::Cancel, order)), _) | (_, Gate::Cancelled(order)) => Some(order.clone()),
        (
            Some((StandingOrder::Hold, _)) | None,
            Gate::Open | Gate::AwaitingApproval | Gate::OnHold | Gate::NotBefore(_),
        ) => None,
    }
}

/// Whether the last question brought no accepted negative.
fn last_question_failed(doubt: &Doubt) -> bool {
    let last_negative = doubt.inquiry.not_found.last().map(|negative| negative.asked);
    doubt.inquiry.last_asked != last_negative
}

/// The next scheduled question: at once after the call's end, then at growing waits; once the
/// grace is served at the first wait again, until enough answers are in.
fn ask_when_due(doubt: &Doubt, house: &House) -> Action {
    let now = house.now.boot;
    let Some(last) = doubt.inquiry.last_asked.filter(|last| last.boot == now.boot) else {
        return Action::Ask;
    };
    let policy = house.policy;
    let grace = if doubt.never_left() && !doubt.earlier_ambiguous { Duration::ZERO } else { policy.proof.grace };
    let grace_end = doubt.ended().map_or(now, |end| end.plus(grace));
    let needed = usize::try_from(policy.proof.not_found_answers).unwrap_or(usize::MAX);
    let counted = doubt.inquiry.not_found.iter().filter(|negative| negative.asked.ms >= grace_end.ms).count();
    let due = if now.ms >= grace_end.ms && last.ms < grace_end.ms {
        now
    } else if now.ms >= grace_end.ms && counted < needed && !last_question_failed(doubt) {
        last.plus(policy.ask_every)
    } else {
        let doublings = doubt.inquiry.questions.saturating_sub(1).min(16);
        let wait = policy.ask_every.saturating_mul(1 << doublings).min(policy.ask_at_most_every.max(policy.ask_every));
        let due = last.plus(wait);
        // No later than the end of the grace, when questions begin to count.
        if now.ms < grace_end.ms && grace_end.ms < due.ms { grace_end } else { due }
    };
    if now.ms >= due.ms { Action::Ask } else { Action::Wait(Wait::Until(due)) }
}
