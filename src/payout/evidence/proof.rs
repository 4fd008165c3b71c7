//! Mints [`ProvenUnpaid`], the only thing that opens a second attempt, and says what it still wants.
//!
//! Must never: mint one that a person could not check line by line against the rule, or after
//! MonCash once said paid.

use super::{Refusal, TransferAnswer};
use crate::payout::moment::BootMoment;
use crate::payout::state::{Basis, Call, Doubt, Negative, Payout, PayoutId};
use std::time::Duration;

/// How long ago the last "not found" may have come in when a proof is used. Reckoned from the
/// answer and not from the question: sandbox answers take 10 to 20 s, and would never be fresh.
pub const FRESH: Duration = Duration::from_secs(10);
/// How long ago the control question may have been put. It carries the same token as the last "not
/// found", and a token lives 59 s; shorter, and a slow service would be asked in turns for ever.
pub const CONTROL_FRESH: Duration = Duration::from_secs(60);

/// The control question: the status call's last word on a payout that Transfert itself confirmed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Control {
    /// The payout most recently confirmed by Transfert; none yet in a new ledger.
    pub reference: Option<String>,
    /// The last answer "successful" about it: when it was asked, and with which token.
    pub seen: Option<Negative>,
    /// When it was last asked without being answered "successful".
    pub failed: Option<BootMoment>,
}

/// How long a "not found" must wait, and how often it must be heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProofRules {
    pub grace: Duration,
    pub not_found_answers: u32,
    /// `after_not_found = "retry"`; otherwise only what never left is sent again.
    pub retry: bool,
}

/// Proof that one attempt did not pay. Belongs to that attempt of that payout, cannot be copied,
/// and is consumed by the transaction that opens the next attempt.
#[derive(Debug, PartialEq, Eq)]
pub struct ProvenUnpaid {
    payout: PayoutId,
    attempt: u32,
    how: How,
}

#[derive(Debug, PartialEq, Eq)]
enum How {
    NeverLeft,
    Served { grace: Duration, not_found: u32, control: String },
}

impl ProvenUnpaid {
    /// The payout that it is about; it opens no other's attempt.
    pub fn payout(&self) -> PayoutId {
        self.payout
    }

    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// Uses the proof up: what the `sent` event of the next attempt keeps of it.
    pub fn consume(self) -> Basis {
        match self.how {
            How::NeverLeft => Basis::NeverLeft,
            How::Served { grace, not_found, control } => {
                Basis::Proven { grace_ms: u64::try_from(grace.as_millis()).unwrap_or(u64::MAX), not_found, control }
            }
        }
    }
}

/// What a proof still wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// The call is under way.
    End,
    /// The grace runs until then.
    Grace(BootMoment),
    /// More answers, or a fresh one.
    Answers,
    Fresh,
    /// There is a payout to put the control question about; it wants asking.
    ControlQuestion,
    /// Nothing was ever confirmed by Transfert that a control question could be put about.
    Control,
    /// Policy leaves it to a person.
    Policy,
    /// MonCash once said paid: there is no proof any more.
    SaidPaid,
}

/// Mints a proof that the doubt's attempt did not pay, or says what is missing. The conditions
/// stand in the order of the house plan.
pub fn prove_unpaid(
    payout: &Payout,
    rules: &ProofRules,
    control: &Control,
    now: BootMoment,
) -> Result<ProvenUnpaid, Missing> {
    let doubt = payout.doubt().ok_or(Missing::End)?;
    let payout = payout.id;
    let end = doubt.ended().ok_or(Missing::End)?;
    if doubt.said_paid {
        return Err(Missing::SaidPaid);
    }
    let fresh = doubt.inquiry.not_found_heard.and_then(|heard| now.since(heard)).is_some_and(|age| age <= FRESH);
    if doubt.never_left() && !doubt.earlier_ambiguous {
        if doubt.inquiry.not_found.is_empty() {
            return Err(Missing::Answers);
        }
        if !fresh {
            return Err(Missing::Fresh);
        }
        return Ok(ProvenUnpaid { payout, attempt: doubt.attempt, how: How::NeverLeft });
    }
    // 1. The grace is served, on the clock that cannot jump, from the call's observed end.
    let served_at = end.plus(rules.grace);
    if !now.served(end, rules.grace) {
        return Err(Missing::Grace(served_at));
    }
    // 2. After that, enough questions were asked and answered "not found"; the last is fresh.
    let counted: Vec<&Negative> = doubt.inquiry.not_found.iter().filter(|n| n.asked.served(end, rules.grace)).collect();
    if counted.len() < usize::try_from(rules.not_found_answers.max(1)).unwrap_or(usize::MAX) {
        return Err(Missing::Answers);
    }
    if !rules.retry {
        return Err(Missing::Policy);
    }
    // 3. The control question, after the grace as well, and between two "not found": a status service
    // that was blind for a while was blind at one of them alone, and the other one told the truth. It
    // comes before the last: while nothing controls, nothing need be fresh, and nobody is asked every
    // few seconds for a day.
    let Some(reference) = &control.reference else {
        return Err(Missing::Control);
    };
    let recent = |seen: &Negative| now.since(seen.asked).is_some_and(|age| age <= CONTROL_FRESH);
    let follows_one = |seen: &Negative| counted.first().is_some_and(|first| not_before(seen.asked, first.heard));
    let seen = control.seen.filter(|seen| recent(seen) && seen.asked.served(end, rules.grace) && follows_one(seen));
    let seen = seen.ok_or(Missing::ControlQuestion)?;
    // The same token; where it was renewed between the two, the older question is repeated.
    match counted.last().filter(|last| fresh && not_before(last.asked, seen.heard)) {
        Some(last) if seen.token < last.token => return Err(Missing::ControlQuestion),
        Some(last) if seen.token == last.token => {}
        Some(_) | None => return Err(Missing::Fresh),
    }
    Ok(ProvenUnpaid {
        payout,
        attempt: doubt.attempt,
        how: How::Served {
            grace: rules.grace,
            not_found: u32::try_from(counted.len()).unwrap_or(u32::MAX),
            control: reference.clone(),
        },
    })
}

/// Whether `later` surely is no earlier than `earlier`.
fn not_before(later: BootMoment, earlier: BootMoment) -> bool {
    later.boot == earlier.boot && later.ms >= earlier.ms
}

/// Whether a refusal from the short list is confirmed: one accepted negative asked after the
/// call's end, where no earlier attempt can have paid.
pub fn decline_confirmed(doubt: &Doubt) -> bool {
    let refused =
        matches!(&doubt.call, Call::Ended { answer: TransferAnswer::Refused { kind: Refusal::Decline, .. }, .. });
    let negative = !doubt.inquiry.not_found.is_empty() || !doubt.inquiry.refusals.is_empty();
    refused && !doubt.said_paid && !doubt.earlier_ambiguous && negative
}

/// Whether the status service keeps repeating the refusal itself, after the grace, often enough:
/// then an answer that was lost was that refusal.
pub fn refusal_stands(doubt: &Doubt, rules: &ProofRules) -> bool {
    // Of an earlier attempt, or one that this ledger forgot, it says nothing.
    let about_this = !doubt.said_paid && !doubt.earlier_ambiguous;
    let Some(end) = doubt.ended().filter(|_| about_this) else {
        return false;
    };
    let repeated = doubt.inquiry.refusals.iter().filter(|n| n.asked.served(end, rules.grace)).count();
    repeated >= usize::try_from(rules.not_found_answers.max(1)).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests;
