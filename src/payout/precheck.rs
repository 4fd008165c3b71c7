//! `check_first`: what is asked about a queued payout, and about the payouts that it repeats, before its first
//! Transfert, and what the answers lead to.
//!
//! Must never: call clear what is not denied reference by reference, each by an accepted negative.

use super::evidence::StatusAnswer;
use super::instruction::Reference;
use super::moment::BootMoment;
use super::reply::Reply;
use super::state::{Basis, Event, HeldReason, Raw};

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

/// What was asked and heard so far about one queued payout.
#[derive(Clone, Debug)]
pub struct Precheck {
    /// The reference itself first, then its ancestors.
    references: Vec<Reference>,
    /// Accepted negatives, in that order.
    answers: Vec<Raw>,
    /// When the oldest of them was asked for.
    asked: Option<BootMoment>,
    /// The answer that says paid, or refused: the evidence for holding it.
    evidence: Option<Raw>,
    result: Checked,
}

impl Precheck {
    pub fn new(reference: Reference, ancestors: &[Reference]) -> Precheck {
        Precheck {
            references: std::iter::once(reference).chain(ancestors.iter().cloned()).collect(),
            answers: Vec::new(),
            asked: None,
            evidence: None,
            result: Checked::NotYet,
        }
    }

    pub fn result(&self) -> &Checked {
        &self.result
    }

    /// Which reference is asked about next; that question is under way from here on.
    pub fn ask(&mut self) -> Option<Reference> {
        // A clear result that went stale begins again.
        if self.answers.len() >= self.references.len() {
            self.begin_again();
        }
        let reference = self.references.get(self.answers.len())?.clone();
        self.result = Checked::UnderWay;
        Some(reference)
    }

    /// Takes the answer to a question. One that this check does not wait for, because the payout was held
    /// and released meanwhile, says nothing.
    pub fn hear(&mut self, about: &Reference, answer: &StatusAnswer, reply: &Reply) {
        let place = self.answers.len();
        if self.result != Checked::UnderWay || self.references.get(place) != Some(about) {
            return;
        }
        let is_ours = place == 0;
        self.result = match answer {
            StatusAnswer::NotFound => self.accept(reply),
            StatusAnswer::Successful if is_ours => self.found(Checked::Used, reply),
            StatusAnswer::Successful => self.found(Checked::Ancestor { reference: about.to_string() }, reply),
            StatusAnswer::RefusalRepeated { .. } if is_ours => self.found(Checked::Refused, reply),
            // An ancestor's own refusal, repeated, is an accepted negative too.
            StatusAnswer::RefusalRepeated { .. } => self.accept(reply),
            StatusAnswer::Account { .. }
            | StatusAnswer::TooMany
            | StatusAnswer::Token
            | StatusAnswer::Unknown { .. } => {
                self.begin_again();
                Checked::Unclear { asked: reply.asked }
            }
        };
    }

    fn accept(&mut self, reply: &Reply) -> Checked {
        let asked = self.asked.filter(|first| first.boot != reply.asked.boot || first.ms <= reply.asked.ms);
        let asked = asked.unwrap_or(reply.asked);
        self.asked = Some(asked);
        self.answers.push(Raw::of(reply));
        if self.answers.len() == self.references.len() { Checked::Clear { asked } } else { Checked::NotYet }
    }

    fn found(&mut self, what: Checked, reply: &Reply) -> Checked {
        self.evidence = Some(Raw::of(reply));
        what
    }

    fn begin_again(&mut self) {
        self.answers.clear();
        self.asked = None;
    }

    /// What the `sent` event of the first attempt keeps. A check that was broken off, because `check_first` is
    /// off by now, shows nothing.
    pub fn into_basis(self) -> Basis {
        match self.result {
            Checked::Clear { .. } => Basis::CheckedFirst { answers: self.answers },
            Checked::NotYet
            | Checked::UnderWay
            | Checked::Used
            | Checked::Refused
            | Checked::Ancestor { .. }
            | Checked::Unclear { .. } => Basis::Unchecked,
        }
    }

    /// The event with the answer that it rests on, where it holds the payout for one.
    pub fn attest(self, mut event: Event) -> Event {
        if let Event::Held { reason, raw, .. } = &mut event
            && raw.is_none()
            && rests_on_the_check(reason)
        {
            *raw = self.evidence;
        }
        event
    }
}

fn rests_on_the_check(reason: &HeldReason) -> bool {
    match reason {
        HeldReason::ReferenceUsedBefore | HeldReason::ReferenceRefusedBefore | HeldReason::AncestorNotUnpaid => true,
        HeldReason::TooOld
        | HeldReason::TooOldToSendAgain
        | HeldReason::OnOrder
        | HeldReason::AskedTooLong
        | HeldReason::Contradiction
        | HeldReason::EchoDiffers
        | HeldReason::PaidByWhom
        | HeldReason::AttemptsUsed
        | HeldReason::NotFoundHold
        | HeldReason::RefusalUnclear => false,
    }
}

#[cfg(test)]
mod tests;
