//! An attempt that was committed and is not settled: what is known of its call, and what the status
//! call said about it since.
//!
//! Must never: count a question asked before the call's end, or one that another process asked.

use super::{ByOrder, MayHaveBeenPaid, StandingOrder};
use crate::payout::evidence::{StatusAnswer, TransferAnswer};
use crate::payout::moment::{BootMoment, Wall};
use std::time::Duration;

/// Where a call of Transfert stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Call {
    /// Launched by this process, or by one that has not been told dead yet.
    UnderWay,
    /// Its end was observed.
    Ended { at: BootMoment, answer: TransferAnswer },
    /// The process died with it, or nobody knows; its end counts from this moment.
    Unobserved { from: BootMoment },
}

/// An attempt that was committed and is not settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// 1 for the first Transfert; 0 for a send that this ledger may have forgotten.
    pub attempt: u32,
    pub opened: BootMoment,
    pub call: Call,
    /// MonCash answered "not found" for this reference before attempt 1.
    pub unpaid_before: bool,
    /// Some attempt before this one may have left.
    pub earlier_ambiguous: bool,
    /// MonCash once said paid, in whatever form. Nothing that it says later takes that back: from
    /// here a payout is paid or held, and never sent again, declined or cancelled by itself.
    pub said_paid: bool,
    /// An order of a person against the sends to come.
    pub standing: Option<(StandingOrder, ByOrder)>,
    pub inquiry: Inquiry,
}

/// What the status call said so far about one doubt. Counts only what this process asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inquiry {
    /// Questions answered or not, in this process: sets the wait before the next.
    pub questions: u32,
    /// When the last question was asked, whatever came of it.
    pub last_asked: Option<BootMoment>,
    /// "Not found" answers that count towards a proof, newest last; asked after the call's end.
    pub not_found: Vec<Negative>,
    /// When the newest of them came in: what a proof's freshness is reckoned by.
    pub not_found_heard: Option<BootMoment>,
    /// The status call said "successful" in this inquiry.
    pub successful: bool,
    /// Answers that repeat a refusal; negatives for a decline, never for a resend.
    pub refusals: Vec<Negative>,
    /// How long MonCash has been answering questions about this doubt, over all processes.
    pub reachable_for: Duration,
    /// When the last question was answered at all, on the wall clock.
    pub last_answered: Option<Wall>,
}

/// One accepted negative of the status call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Negative {
    pub asked: BootMoment,
    pub token: u64,
    /// When its answer came.
    pub heard: BootMoment,
}

/// Longest stretch between two answers that counts as "MonCash was reachable".
const LONGEST_REACHABLE_STRETCH: Duration = Duration::from_secs(20 * 60);

impl Doubt {
    pub(super) fn opened(attempt: u32, opened: BootMoment, unpaid_before: bool, earlier_ambiguous: bool) -> Doubt {
        Doubt {
            attempt,
            opened,
            call: Call::UnderWay,
            unpaid_before,
            earlier_ambiguous,
            said_paid: false,
            standing: None,
            inquiry: Inquiry::default(),
        }
    }

    /// A send that this ledger does not remember, if there was one.
    pub(super) fn forgotten(at: BootMoment) -> Doubt {
        let mut doubt = Doubt::opened(0, at, false, true);
        doubt.call = Call::Unobserved { from: at };
        doubt
    }

    /// A held doubt that is asked about again: every count begins anew, and what once said paid
    /// stays said.
    pub(super) fn reopened(held: Option<&Doubt>, money: MayHaveBeenPaid, at: BootMoment) -> Doubt {
        let mut doubt = held.cloned().unwrap_or_else(|| Doubt::forgotten(at));
        doubt.said_paid |= money == MayHaveBeenPaid::Yes;
        doubt.call = match doubt.call {
            Call::Ended { at: end, answer } if end.boot == at.boot => Call::Ended { at: end, answer },
            // Another boot's clock says nothing on this one: the grace counts anew.
            Call::Ended { answer, .. } => Call::Ended { at, answer },
            Call::UnderWay | Call::Unobserved { .. } => Call::Unobserved { from: at },
        };
        doubt.inquiry = Inquiry::default();
        doubt
    }

    pub fn standing_order(&self) -> Option<StandingOrder> {
        self.standing.as_ref().map(|(standing, _)| *standing)
    }

    pub fn never_left(&self) -> bool {
        matches!(&self.call, Call::Ended { answer: TransferAnswer::NeverLeft { .. }, .. })
    }

    /// When the end of the call was observed, or since when nobody can observe it.
    pub fn ended(&self) -> Option<BootMoment> {
        match &self.call {
            Call::UnderWay => None,
            Call::Ended { at, .. } | Call::Unobserved { from: at } => Some(*at),
        }
    }

    /// The process that launched the call is gone, and with it whatever it had counted. What it
    /// saw end in this boot keeps its moment; all else counts from `start`.
    pub fn inherit(&mut self, start: BootMoment) {
        let kept = match &self.call {
            Call::Ended { at, .. } => at.boot == start.boot,
            Call::UnderWay | Call::Unobserved { .. } => false,
        };
        if !kept {
            self.call = match &self.call {
                Call::Ended { answer, .. } => Call::Ended { at: start, answer: answer.clone() },
                Call::UnderWay | Call::Unobserved { .. } => Call::Unobserved { from: start },
            };
        }
        self.inquiry = Inquiry { reachable_for: self.inquiry.reachable_for, ..Inquiry::default() };
    }

    pub(super) fn hear(
        &mut self,
        question: Negative,
        ended: BootMoment,
        answer: &StatusAnswer,
        http_status: Option<u16>,
        at: Wall,
    ) {
        let inquiry = &mut self.inquiry;
        inquiry.questions = inquiry.questions.saturating_add(1);
        inquiry.last_asked = Some(question.asked);
        if http_status.is_some() {
            let stretch = inquiry.last_answered.map_or(Duration::ZERO, |last| at.since(last));
            inquiry.reachable_for = inquiry.reachable_for.saturating_add(stretch.min(LONGEST_REACHABLE_STRETCH));
            inquiry.last_answered = Some(at);
        }
        // Whenever it was asked: a reference that is paid stays paid.
        if *answer == StatusAnswer::Successful {
            inquiry.successful = true;
            self.said_paid = true;
            return;
        }
        // A question asked before the call's end says nothing about that call.
        let after_the_call =
            self.ended().is_some_and(|end| question.asked.since(end).is_some() && question.asked.ms >= end.ms);
        if !after_the_call {
            return;
        }
        match answer {
            StatusAnswer::NotFound => {
                self.inquiry.not_found.push(question);
                self.inquiry.not_found_heard = Some(ended);
            }
            StatusAnswer::RefusalRepeated { .. } => self.inquiry.refusals.push(question),
            // MonCash knows something of it, in words that we do not: what was "not found" until
            // now has been found, and every count begins anew.
            StatusAnswer::Unknown { .. } if http_status.is_some_and(|status| (200..300).contains(&status)) => {
                self.inquiry.not_found.clear();
                self.inquiry.not_found_heard = None;
                self.inquiry.refusals.clear();
            }
            // Heard above.
            StatusAnswer::Successful => {}
            StatusAnswer::Account { .. }
            | StatusAnswer::TooMany
            | StatusAnswer::Token
            | StatusAnswer::Unknown { .. } => {}
        }
    }
}
