//! The decision: given this payout, these funds, this weather, these orders and this moment, what
//! next? One straight line of early returns for each of the two states in which something can
//! happen. `tests/decisions.txt` shows every outcome.
//!
//! Must never: answer "send" unless every gate is open, or "send again" without a proof in hand.

use super::evidence::{
    Control, Missing, ProofRules, ProvenUnpaid, Refusal, TransferAnswer, decline_confirmed, prove_unpaid,
    refusal_stands,
};
use super::funds::Cover;
use super::moment::{BootMoment, Moment, Wall};
use super::money::Amount;
use super::state::{
    ByOrder, Call, ConfirmedBy, Doubt, Event, HeldReason, MayHaveBeenPaid, Payout, Raw, StandingOrder, State,
};
use super::weather::Fitness;
use std::time::Duration;

/// The settings that decisions hang on (`[safety]`).
#[derive(Clone, Debug)]
pub struct Policy {
    pub check_first: bool,
    pub proof: ProofRules,
    pub ask_every: Duration,
    pub ask_at_most_every: Duration,
    pub ask_for: Duration,
    pub queued_for: Duration,
    pub attempts: u32,
    pub equal_refusals: u32,
    /// Messages of refusals that settings add to the short list of declines.
    pub also_declines: Vec<String>,
}

/// What keeps the whole house from sending, apart from weather and funds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// `payoutd pause`.
    Paused,
    /// The ledger may be older than its last send and no person has looked yet.
    Suspect,
    /// Too little free disk space.
    Disk,
    /// Stopping: nothing new is sent.
    Draining,
}

/// What all payouts share at this moment.
#[derive(Clone, Debug)]
pub struct House<'a> {
    pub policy: &'a Policy,
    pub stop: Option<Stop>,
    pub fitness: &'a Fitness,
    pub control: &'a Control,
    pub now: Moment,
}

/// What the payout's batch allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Gate {
    Open,
    AwaitingApproval,
    OnHold,
    NotBefore(Wall),
    Cancelled(ByOrder),
}

/// What `check_first` found out about a queued payout and its ancestors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Checked {
    NotYet,
    UnderWay,
    /// All are "not found"; the oldest question was asked then.
    Clear {
        asked: BootMoment,
    },
    /// MonCash knows our reference as paid.
    Used,
    /// MonCash knows our reference as refused.
    Refused,
    /// An ancestor is not certainly unpaid.
    Ancestor {
        reference: String,
    },
    /// No certain answer; asked then.
    Unclear {
        asked: BootMoment,
    },
}

/// How long ago a clear check may have been asked when the first Transfert is decided. Longer than one call with
/// its ancestors' may take (60 s, sandbox answers of 20 s): one that is stale at its answer would be made for ever.
pub const CHECK_FRESH: Duration = Duration::from_secs(180);

/// What to do next with one payout.
#[derive(Debug, PartialEq, Eq)]
pub enum Action {
    Wait(Wait),
    /// Ask the status call about the reference, and its ancestors, before anything is sent.
    Check,
    SendFirst,
    SendAgain(ProvenUnpaid),
    /// Ask the status call about the attempt in doubt.
    Ask,
    /// Put the control question.
    AskControl,
    Record(Box<Event>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wait {
    Approval,
    BatchHold,
    StartTime(Wall),
    Stopped(Stop),
    Weather,
    FundsUnknown,
    Funds {
        short: Amount,
    },
    /// For a reply that is under way.
    Reply,
    /// For a payout whose control question can be put.
    Control,
    /// For a person to lift a hold.
    HoldOrder,
    Until(BootMoment),
}

/// Decides for a payout that was never sent. `queued_since`: admission, approval or release,
/// whichever came last. `cover`: whether the funds cover this payout.
pub fn decide_queued(
    payout: &Payout,
    house: &House,
    gate: &Gate,
    checked: &Checked,
    cover: Cover,
    needs_check: bool,
    queued_since: Wall,
) -> Action {
    if *checked == Checked::UnderWay {
        return Action::Wait(Wait::Reply);
    }
    // What MonCash was heard to say stands, whatever else keeps the payout from going: a cancelled
    // row is offered for a retry, and this person may have the money.
    if *checked == Checked::Used {
        return hold(HeldReason::ReferenceUsedBefore, MayHaveBeenPaid::Yes, String::new());
    }
    // Somebody has sent it; what became of an earlier call of theirs is not known here.
    if *checked == Checked::Refused {
        return hold(HeldReason::ReferenceRefusedBefore, MayHaveBeenPaid::Unknown, String::new());
    }
    if let Gate::Cancelled(order) = gate {
        return record(Event::Cancelled { money: MayHaveBeenPaid::No, order: order.clone() });
    }
    if let Checked::Ancestor { reference } = checked {
        return hold(HeldReason::AncestorNotUnpaid, MayHaveBeenPaid::No, format!("it repeats {reference}"));
    }
    // A batch that waits for a person does not age: the approval or release is the person's word
    // that the money is still meant, and the wait counts from there.
    if let Some(wait) = gate_shut(gate, house.now.wall) {
        return Action::Wait(wait);
    }
    if house.now.wall.since(queued_since) > house.policy.queued_for {
        return hold(HeldReason::TooOld, MayHaveBeenPaid::No, String::new());
    }
    if let Some(wait) = house_shut(house) {
        return Action::Wait(wait);
    }
    match cover {
        Cover::Yes => {}
        Cover::Short(short) => return Action::Wait(Wait::Funds { short }),
        Cover::Unknown => return Action::Wait(Wait::FundsUnknown),
    }
    debug_assert!(payout.state == State::Queued);
    if !needs_check {
        return Action::SendFirst;
    }
    let now = house.now.boot;
    match checked {
        Checked::Clear { asked } if now.since(*asked).is_some_and(|age| age <= CHECK_FRESH) => Action::SendFirst,
        Checked::Unclear { asked } if !now.served(*asked, house.policy.ask_every) && asked.boot == now.boot => {
            Action::Wait(Wait::Until(asked.plus(house.policy.ask_every)))
        }
        _ => Action::Check,
    }
}

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
        return decide_said_paid(doubt, answer, house);
    }
    let refusal = match answer {
        Some(TransferAnswer::Refused { kind, words }) => Some((*kind, words.as_str())),
        _ => None,
    };
    if let Some((_, words)) = refusal
        && decline_confirmed(doubt)
    {
        return declined(words, payout);
    }
    if doubt.inquiry.reachable_for >= house.policy.ask_for {
        return hold(HeldReason::AskedTooLong, MayHaveBeenPaid::Unknown, String::new());
    }
    // A refusal about the receiver is never sent again: the full proof settles it, whatever the policy.
    let about_receiver = matches!(refusal, Some((Refusal::Decline | Refusal::Payee, _)));
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
            hold(HeldReason::RefusalUnclear, MayHaveBeenPaid::Unknown, words.to_string())
        }
        Ok(proof) => match (cancel_order(doubt, gate), shut) {
            (Some(order), _) => record(Event::Cancelled { money: MayHaveBeenPaid::No, order }),
            (None, _) if doubt.attempt >= house.policy.attempts => {
                hold(HeldReason::AttemptsUsed, MayHaveBeenPaid::Unknown, String::new())
            }
            // By now the person may have been paid in another way.
            (None, _) if house.now.wall.since(queued_since) > house.policy.queued_for => {
                hold(HeldReason::TooOldToSendAgain, MayHaveBeenPaid::Unknown, String::new())
            }
            // Its ancestors may have been forgotten as well: a person looks at the whole chain.
            (None, _) if doubt.attempt == 0 && payout.instruction.retry_of.is_some() => {
                hold(HeldReason::AncestorNotUnpaid, MayHaveBeenPaid::Unknown, String::new())
            }
            (None, Some(wait)) => Action::Wait(wait),
            (None, None) => Action::SendAgain(proof),
        },
        Err(Missing::Policy) => hold(HeldReason::NotFoundHold, MayHaveBeenPaid::Unknown, String::new()),
        Err(Missing::End | Missing::SaidPaid) => Action::Wait(Wait::Reply),
        // A stale proof is renewed when it can be used, and not before.
        Err(Missing::Fresh | Missing::ControlQuestion) if shut.is_some() => match ask_when_due(doubt, house) {
            Action::Ask => Action::Ask,
            _ => Action::Wait(shut.unwrap_or(Wait::Reply)),
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
            _ => Action::AskControl,
        },
        Err(Missing::Control) => match ask_when_due(doubt, house) {
            Action::Ask => Action::Ask,
            _ => Action::Wait(Wait::Control),
        },
        Err(Missing::Grace(_) | Missing::Answers | Missing::Fresh) => ask_when_due(doubt, house),
    }
}

/// MonCash said paid, now or before: it is paid by us, or a person looks at it.
fn decide_said_paid(doubt: &Doubt, answer: Option<&TransferAnswer>, house: &House) -> Action {
    if let Some(TransferAnswer::PaidOther { why }) = answer {
        return hold(HeldReason::EchoDiffers, MayHaveBeenPaid::Yes, why.clone());
    }
    // An answer that is ours to the letter was recorded as paid when it came, but for one whose
    // transaction another payout has.
    if let Some(TransferAnswer::Paid { transaction }) = answer {
        return hold(HeldReason::EchoDiffers, MayHaveBeenPaid::Yes, format!("transaction {transaction}"));
    }
    let inquiry = &doubt.inquiry;
    let ours = doubt.unpaid_before && (doubt.earlier_ambiguous || !doubt.never_left());
    if inquiry.successful && ours {
        return record(Event::Paid { by: ConfirmedBy::Status, transaction: None, raw: None, order: None });
    }
    if inquiry.successful {
        return hold(HeldReason::PaidByWhom, MayHaveBeenPaid::Yes, String::new());
    }
    if !inquiry.not_found.is_empty() || !inquiry.refusals.is_empty() {
        return hold(HeldReason::Contradiction, MayHaveBeenPaid::Unknown, String::new());
    }
    if inquiry.reachable_for >= house.policy.ask_for {
        return hold(HeldReason::AskedTooLong, MayHaveBeenPaid::Unknown, String::new());
    }
    ask_when_due(doubt, house)
}

fn record(event: Event) -> Action {
    Action::Record(Box::new(event))
}

fn hold(reason: HeldReason, money: MayHaveBeenPaid, detail: String) -> Action {
    record(Event::Held { reason, money, detail, raw: None, order: None })
}

fn declined(words: &str, payout: &Payout) -> Action {
    // The raw refusal and the raw negative are events of their own; this names them.
    let text = format!("see the events before this one, up to number {}", payout.events);
    record(Event::Declined { words: words.to_string(), raw: Raw { status: None, text, ms: 0 } })
}

fn gate_shut(gate: &Gate, now: Wall) -> Option<Wait> {
    match gate {
        Gate::Open | Gate::Cancelled(_) => None,
        Gate::AwaitingApproval => Some(Wait::Approval),
        Gate::OnHold => Some(Wait::BatchHold),
        Gate::NotBefore(start) => (now < *start).then_some(Wait::StartTime(*start)),
    }
}

fn house_shut(house: &House) -> Option<Wait> {
    if let Some(stop) = house.stop {
        return Some(Wait::Stopped(stop));
    }
    match house.fitness {
        Fitness::Clear | Fitness::Careful => None,
        Fitness::Throttled { until } => Some(Wait::Until(*until)),
        Fitness::Storm | Fitness::StatusBlind | Fitness::AccountRefused { .. } | Fitness::EqualRefusals { .. } => {
            Some(Wait::Weather)
        }
    }
}

/// Everything that keeps a proven payout from its next Transfert.
fn resend_shut(payout: &Payout, house: &House, gate: &Gate, cover: Cover) -> Option<Wait> {
    let held = payout.doubt().is_some_and(|doubt| doubt.standing_order() == Some(StandingOrder::Hold));
    if held {
        return Some(Wait::HoldOrder);
    }
    gate_shut(gate, house.now.wall).or_else(|| house_shut(house)).or(match cover {
        Cover::Yes => None,
        Cover::Short(short) => Some(Wait::Funds { short }),
        Cover::Unknown => Some(Wait::FundsUnknown),
    })
}

fn cancel_order(doubt: &Doubt, gate: &Gate) -> Option<ByOrder> {
    match (gate, &doubt.standing) {
        (_, Some((StandingOrder::Cancel, order))) => Some(order.clone()),
        (Gate::Cancelled(order), _) => Some(order.clone()),
        _ => None,
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

#[cfg(test)]
mod tests;
